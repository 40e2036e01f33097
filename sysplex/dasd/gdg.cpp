// Order, relative numbers and roll-off of generations.
#include "sysplex/dasd/gdg.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sysplexd::dasd {

namespace {

constexpr int number_max = 9999;

}  // namespace

void sort_newest_first(std::vector<GenerationName>& generations) {
  // A group spans less than half of the numbers, so low and high ones together mean that it wrapped.
  bool low = false, high = false;
  for (const auto& generation : generations) {
    low = low || generation.number <= number_max / 4;
    high = high || generation.number > number_max - number_max / 4;
  }
  const auto age = [wrapped = low && high](const GenerationName& g) {
    return (wrapped && g.number <= number_max / 2 ? g.number + number_max : g.number) * 100 + g.version;
  };
  std::sort(generations.begin(), generations.end(),
            [&](const GenerationName& a, const GenerationName& b) { return age(a) > age(b); });
}

net::Result<GenerationName> resolve_relative(const std::string& base, const std::vector<GenerationName>& newest_first,
                                             int relative) {
  if (relative > 255 || relative < -(gdg_limit_max - 1))
    return net::Error{net::Errc::invalid, fmt::format("{}({:+}): a relative number is -998..+255", base, relative)};
  if (relative > 0) {
    const int newest = newest_first.empty() ? 0 : newest_first.front().number;
    return GenerationName{base, (newest + relative - 1) % number_max + 1, 0};
  }
  const auto index = static_cast<std::size_t>(-relative);
  if (index >= newest_first.size())
    return net::Error{net::Errc::not_found, fmt::format("{}({}) is not there: the group has {} generations", base,
                                                        relative, newest_first.size())};
  return newest_first[index];
}

std::vector<GenerationName> rolls_off(const GdgBase& base, const std::vector<GenerationName>& newest_first) {
  const auto limit = static_cast<std::size_t>(base.limit);
  if (newest_first.size() <= limit) return {};
  const auto keep = base.empty ? std::size_t{1} : limit;
  return {newest_first.begin() + static_cast<std::ptrdiff_t>(keep), newest_first.end()};
}

}  // namespace sysplexd::dasd
