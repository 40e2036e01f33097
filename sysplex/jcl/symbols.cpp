// Symbols; see symbols.hpp.
#include "sysplex/jcl/symbols.hpp"

#include <algorithm>

#include "sysplex/jcl/operand.hpp"
#include "sysplex/jcl/statement.hpp"

namespace sysplexd::jcl {

namespace {

struct Reference {
  std::size_t length = 0;  // of all that is replaced, from the ampersand
  std::string value;
};

std::size_t name_length(std::string_view text, std::size_t at) {
  if (at >= text.size() || (text[at] >= '0' && text[at] <= '9')) return 0;
  std::size_t end = at;
  while (end < text.size() && (is_name_character(text[end]) || (end > at && text[end] == '_'))) ++end;
  return end - at;
}

// "(1:4)" or "(1,4)" at `at`; start counts from 1, a negative one from the end. nullopt: it is a member or something
// else.
std::optional<std::pair<std::size_t, std::string>> substring(std::string_view text, std::size_t at,
                                                             std::string_view value) {
  if (at >= text.size() || text[at] != '(') return std::nullopt;
  const auto close = text.find(')', at);
  if (close == std::string_view::npos || close - at > 12) return std::nullopt;
  const auto inner = text.substr(at + 1, close - at - 1);
  const auto separator = inner.find_first_of(":,");
  if (separator == std::string_view::npos) return std::nullopt;
  auto start_text = inner.substr(0, separator);
  const bool from_end = start_text.starts_with('-');
  if (from_end) start_text.remove_prefix(1);
  const auto start = parse_number(start_text);
  const auto length = parse_number(inner.substr(separator + 1));
  if (!start || !length || *start == 0) return std::nullopt;
  const auto offset = static_cast<std::size_t>(*start);
  const auto first = from_end ? (offset > value.size() ? 0 : value.size() - offset) : offset - 1;
  const auto part = first >= value.size() ? std::string_view{} : value.substr(first, static_cast<std::size_t>(*length));
  return std::pair{close - at + 1, std::string(part)};
}

template <class Lookup>
std::optional<Reference> reference_at(std::string_view text, std::size_t ampersand, const Lookup& lookup) {
  auto length = name_length(text, ampersand + 1);
  if (length == 0) return std::nullopt;
  const std::string_view name = text.substr(ampersand + 1, length);
  const std::string* value = lookup(name);
  if (const auto underscore = name.find('_'); value == nullptr && underscore != std::string_view::npos) {
    length = underscore;  // only system symbols have underscores; for a JCL symbol it ends the name
    value = lookup(name.substr(0, length));
  }
  if (value == nullptr) return std::nullopt;
  const auto after = ampersand + 1 + length;
  if (after < text.size() && text[after] == '.') return Reference{length + 2, *value};
  if (auto part = substring(text, after, *value)) {
    const bool dot = after + part->first < text.size() && text[after + part->first] == '.';
    return Reference{length + 1 + part->first + (dot ? 1 : 0), std::move(part->second)};
  }
  return Reference{length + 1, *value};
}

}  // namespace

void SymbolScope::define(std::string_view name, std::string value) {
  values_.insert_or_assign(std::string(name), std::move(value));
}

const std::string* SymbolScope::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found != values_.end() ? &found->second : nullptr;
}

bool SymbolView::is_preset(std::string_view name) const { return presets_->contains(std::string(name)); }

const std::string* SymbolView::find_jcl(std::string_view name) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
    if (const std::string* value = (*scope)->find(name)) return value;
  const auto preset = presets_->find(std::string(name));
  return preset != presets_->end() ? &preset->second : nullptr;
}

const std::string* SymbolView::find_system(std::string_view name) const {
  const auto system = system_->find(std::string(name));
  return system != system_->end() ? &system->second : nullptr;
}

const std::string* SymbolView::find(std::string_view name) const {
  const std::string* value = find_jcl(name);
  return value != nullptr ? value : find_system(name);
}

std::optional<SourceText> substitute(const SourceText& source, const SymbolView& symbols, Arena& arena) {
  const std::string_view text = source.text;
  auto ampersand = text.find('&');
  if (ampersand == std::string_view::npos) return std::nullopt;
  const auto lookup = [&symbols](std::string_view name) { return symbols.find(name); };
  std::string out;
  SourceText answer;
  std::size_t done = 0, segment = 0;
  // Copies text[done, to) with the segments it crosses.
  const auto copy_to = [&](std::size_t to) {
    if (to <= done) return;
    while (segment + 1 < source.segments.size() && source.segments[segment + 1].begin <= done) ++segment;
    const Place place = source.place(done, nullptr);
    answer.segments.push_back({static_cast<std::uint32_t>(out.size()), place.card, place.column, false});
    for (auto next = segment + 1; next < source.segments.size() && source.segments[next].begin < to; ++next) {
      const Segment& crossed = source.segments[next];
      answer.segments.push_back({static_cast<std::uint32_t>(out.size() + (crossed.begin - done)), crossed.card,
                                 crossed.column, crossed.substituted});
    }
    out.append(text.substr(done, to - done));
    done = to;
  };
  bool changed = false;
  while (ampersand != std::string_view::npos) {
    if (ampersand + 1 < text.size() && text[ampersand + 1] == '&') {
      ampersand = text.find('&', ampersand + 2);
      continue;
    }
    if (const auto found = reference_at(text, ampersand, lookup)) {
      copy_to(ampersand);
      const Place place = source.place(ampersand, nullptr);
      answer.segments.push_back({static_cast<std::uint32_t>(out.size()), place.card, place.column, true});
      out.append(found->value);
      done = ampersand + found->length;
      changed = true;
      ampersand = text.find('&', done);
    } else {
      ampersand = text.find('&', ampersand + 1);
    }
  }
  if (!changed) return std::nullopt;
  copy_to(text.size());
  answer.text = arena.emplace_back(std::move(out));
  return answer;
}

std::optional<std::string> substitute_line(std::string_view line, const SymbolLookup& lookup) {
  auto ampersand = line.find('&');
  std::string out;
  std::size_t done = 0;
  bool changed = false;
  while (ampersand != std::string_view::npos) {
    if (ampersand + 1 < line.size() && line[ampersand + 1] == '&') {
      ampersand = line.find('&', ampersand + 2);
      continue;
    }
    if (const auto found = reference_at(line, ampersand, lookup)) {
      out.append(line.substr(done, ampersand - done)).append(found->value);
      done = ampersand + found->length;
      changed = true;
      ampersand = line.find('&', done);
    } else {
      ampersand = line.find('&', ampersand + 1);
    }
  }
  if (!changed) return std::nullopt;
  out.append(line.substr(done));
  return out;
}

}  // namespace sysplexd::jcl
