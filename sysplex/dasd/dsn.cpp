// The grammar of names, character by character.
#include "sysplex/dasd/dsn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace sysplexd::dasd {

namespace {

constexpr bool letter(char c) { return (c >= 'A' && c <= 'Z') || c == '#' || c == '@' || c == '$'; }
constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// What is wrong with a data set name; empty: nothing.
std::string name_problem(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > dsn_max) return fmt::format("{} characters, at most {}", name.size(), dsn_max);
  int number = 0;
  for (const auto qualifier : split(name, '.')) {
    ++number;
    if (qualifier.empty()) return fmt::format("qualifier {} is empty", number);
    if (qualifier.size() > 8) return fmt::format("qualifier {} has {} characters, at most 8", number, qualifier.size());
    if (!letter(qualifier.front())) return fmt::format("qualifier {} does not start with A-Z, #, @ or $", number);
    for (const char c : qualifier)
      if (!letter(c) && !digit(c) && c != '-')
        return fmt::format("'{}' in qualifier {} is not allowed", printable({&c, 1}), number);
  }
  return {};
}

// Glob of one qualifier: '%' one character, a run of '*' any characters. Linear: backs up to the last star only.
bool match_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
    } else if (p < pattern.size() && (pattern[p] == '%' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

// "+1", "-2", "0": at most four digits.
std::optional<int> relative_number(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > 4 || !std::all_of(text.begin(), text.end(), digit)) return std::nullopt;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return negative ? -value : value;
}

}  // namespace

bool valid_dsn(std::string_view name) { return name_problem(name).empty(); }

bool valid_member(std::string_view name) {
  return !name.empty() && name.size() <= 8 && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return letter(c) || digit(c); });
}

bool valid_gdg_base(std::string_view name) { return name.size() <= gdg_base_max && valid_dsn(name); }

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.size() >= 60) return out + "...";
    if (c > ' ' && c < 0x7f)
      out += c;
    else
      out += c == ' ' ? std::string(" ") : fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

net::Result<DataSetRef> parse_dsn(std::string_view text) {
  const auto refuse = [&](const std::string& why) {
    return net::Error{net::Errc::invalid, "'" + printable(text) + "' is no data set name: " + why};
  };
  DataSetRef ref;
  const auto open = text.find('(');
  ref.name = upper(text.substr(0, open));
  if (auto why = name_problem(ref.name); !why.empty()) return refuse(why);
  if (open == std::string_view::npos) return ref;
  if (text.back() != ')') return refuse("no ) at its end");
  const auto inner = text.substr(open + 1, text.size() - open - 2);
  if (inner.empty()) return refuse("nothing between ( and )");
  if (inner.front() == '+' || inner.front() == '-' || digit(inner.front())) {
    ref.generation = relative_number(inner);
    if (!ref.generation) return refuse("'" + printable(inner) + "' is no generation number");
    if (!valid_gdg_base(ref.name)) return refuse("a generation group has a name of at most 35 characters");
    return ref;
  }
  ref.member = upper(inner);
  if (!valid_member(ref.member)) return refuse("'" + printable(inner) + "' is no member name");
  return ref;
}

std::string to_string(const DataSetRef& ref) {
  if (ref.generation) return fmt::format("{}({}{})", ref.name, *ref.generation > 0 ? "+" : "", *ref.generation);
  return ref.member.empty() ? ref.name : ref.name + "(" + ref.member + ")";
}

std::optional<GenerationName> parse_generation(std::string_view dsn) {
  if (dsn.size() < 10 || !valid_dsn(dsn)) return std::nullopt;
  const auto last = dsn.substr(dsn.size() - 9);  // .GnnnnVnn
  if (last[0] != '.' || last[1] != 'G' || last[6] != 'V') return std::nullopt;
  GenerationName name;
  for (const std::size_t i : {2, 3, 4, 5}) {
    if (!digit(last[i])) return std::nullopt;
    name.number = name.number * 10 + (last[i] - '0');
  }
  for (const std::size_t i : {7, 8}) {
    if (!digit(last[i])) return std::nullopt;
    name.version = name.version * 10 + (last[i] - '0');
  }
  if (name.number == 0) return std::nullopt;
  name.base = dsn.substr(0, dsn.size() - 9);
  return name;
}

std::string to_string(const GenerationName& name) {
  return fmt::format("{}.G{:04}V{:02}", name.base, name.number, name.version);
}

bool valid_dsn_pattern(std::string_view pattern) {
  if (pattern.empty() || pattern.size() > 2 * dsn_max) return false;
  for (const auto qualifier : split(pattern, '.')) {
    if (qualifier.empty() || digit(qualifier.front()) || qualifier.front() == '-') return false;
    for (const char c : qualifier)
      if (!letter(c) && !digit(c) && c != '-' && c != '*' && c != '%') return false;
  }
  return true;
}

bool match_dsn(std::string_view pattern, std::string_view dsn) {
  const auto globs = split(pattern, '.');
  const auto names = split(dsn, '.');
  // reached[n]: the globs so far can have taken exactly the first n qualifiers.
  std::vector<bool> reached(names.size() + 1, false);
  reached[0] = true;
  for (const auto glob : globs) {
    std::vector<bool> next(names.size() + 1, false);
    if (glob == "**") {
      bool any = false;
      for (std::size_t n = 0; n <= names.size(); ++n) next[n] = any = any || reached[n];
    } else {
      for (std::size_t n = 0; n < names.size(); ++n) next[n + 1] = reached[n] && match_glob(glob, names[n]);
    }
    reached = std::move(next);
  }
  return reached[names.size()];
}

bool match_member(std::string_view pattern, std::string_view member) {
  return pattern.empty() || match_glob(pattern, member);
}

}  // namespace sysplexd::dasd
