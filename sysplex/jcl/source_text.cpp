// Offsets back to cards and columns; see source_text.hpp.
#include "sysplex/jcl/source_text.hpp"

#include <algorithm>

#include "sysplex/jcl/card.hpp"

namespace sysplexd::jcl {

const Segment& SourceText::segment_at(std::size_t offset) const {
  static const Segment none;
  if (segments.empty()) return none;
  const auto after = std::upper_bound(segments.begin(), segments.end(), offset,
                                      [](std::size_t at, const Segment& segment) { return at < segment.begin; });
  return after == segments.begin() ? segments.front() : *(after - 1);
}

Place SourceText::place(std::size_t offset, const Origin* origin) const {
  if (segments.empty()) return {origin, 0, 1};
  const Segment& segment = segment_at(offset);
  if (segment.substituted || offset <= segment.begin) return {origin, segment.card, segment.column};
  const auto end = std::min(offset, text.size());
  return {origin, segment.card, segment.column + columns(text.substr(segment.begin, end - segment.begin))};
}

}  // namespace sysplexd::jcl
