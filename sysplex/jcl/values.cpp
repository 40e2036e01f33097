// Shared values; see values.hpp. Bounds by z/OS MVS JCL Reference.
#include "sysplex/jcl/values.hpp"

#include <algorithm>
#include <limits>

#include "sysplex/jcl/statement.hpp"

namespace sysplexd::jcl {

namespace {

constexpr int most_cond_tests = 8;
constexpr int most_minutes = 357912;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// (code,operator[,step[,procstep]]); step.procstep may be written with a period.
std::optional<CondTest> parse_test(const Operand& operand, const Item& item, bool on_job, Diagnostics& diagnostics) {
  const auto parts = split_list(item);
  if (parts.size() < 2 || parts.size() > 4 || (on_job && parts.size() > 2)) {
    const std::size_t at = parts.size() > 2 ? parts[on_job ? 2 : parts.size() - 1].at : item.at;
    if (parts.size() < 2)
      diagnostics.error<"IEF646I">(operand.value_place(at), operand.keyword);
    else
      diagnostics.error<"IEF640I">(operand.value_place(at), operand.keyword);
    return std::nullopt;
  }
  CondTest test;
  const auto code = parse_number(parts[0].text);
  if (!code || *code > highest_code) {
    diagnostics.error<"IEF644I">(operand.value_place(parts[0].at), operand.keyword);
    return std::nullopt;
  }
  test.code = *code;
  const auto compare = parse_compare(parts[1].text);
  if (!compare) {
    diagnostics.error<"IEF643I">(operand.value_place(parts[1].at), operand.keyword);
    return std::nullopt;
  }
  test.op = *compare;
  if (parts.size() > 2) {
    std::string_view step = parts[2].text, procstep = parts.size() > 3 ? parts[3].text : std::string_view{};
    if (const auto dot = step.find('.'); dot != std::string_view::npos && procstep.empty()) {
      procstep = step.substr(dot + 1);
      step = step.substr(0, dot);
    }
    test.step = parse_name(step, operand.value_place(parts[2].at), operand.keyword, diagnostics);
    if (test.step.empty()) return std::nullopt;
    if (!procstep.empty()) {
      test.procstep = parse_name(procstep, operand.value_place(parts.back().at), operand.keyword, diagnostics);
      if (test.procstep.empty()) return std::nullopt;
    }
  }
  return test;
}

// Qualifiers of a data set name. Reports the first thing wrong.
bool check_dsname(const Operand& operand, const Item& name, Diagnostics& diagnostics) {
  const auto fail_at = [&](std::size_t offset) { return operand.value_place(name.at + offset); };
  if (name.text.size() > longest_dsname) {
    diagnostics.error<"IEF642I">(fail_at(0), operand.keyword);
    return false;
  }
  for (std::size_t begin = 0;;) {
    const auto dot = name.text.find('.', begin);
    const auto end = dot == std::string_view::npos ? name.text.size() : dot;
    const auto qualifier = name.text.substr(begin, end - begin);
    if (qualifier.empty()) {
      diagnostics.error<"IEFC624I">(fail_at(std::min(begin, name.text.size() - 1)), operand.keyword);
      return false;
    }
    for (std::size_t i = 0; i < qualifier.size(); ++i) {
      const char c = qualifier[i];
      if (c == '&') {
        diagnostics.error<"IEFC627I">(fail_at(begin + i), operand.keyword);
        return false;
      }
      if (c == '*') {
        diagnostics.error<"IEFC628I">(fail_at(begin + i), operand.keyword);
        return false;
      }
      if (!is_name_character(c) && !(c == '-' && i > 0)) {
        diagnostics.error<"IEFC620I">(fail_at(begin + i), std::string(1, c), std::string_view("DD"));
        return false;
      }
    }
    if (is_digit(qualifier[0])) {
      diagnostics.error<"IEF647I">(fail_at(begin), operand.keyword);
      return false;
    }
    if (qualifier.size() > 8) {
      diagnostics.error<"IEF642I">(fail_at(begin), operand.keyword);
      return false;
    }
    if (dot == std::string_view::npos) return true;
    begin = dot + 1;
  }
}

// What stands in the parentheses behind a name: member or generation.
bool parse_suffix(const Operand& operand, const Item& inner, DsName& dsname, Diagnostics& diagnostics) {
  const std::string_view text = inner.text;
  const bool sign = text.starts_with('+') || text.starts_with('-');
  if (!text.empty() && (sign || is_digit(text[0])) && !dsname.temporary) {
    const auto number = parse_number(sign ? text.substr(1) : text);
    if (!number || *number > 999 || (!sign && *number != 0)) {
      diagnostics.error<"IEF644I">(operand.value_place(inner.at), operand.keyword);
      return false;
    }
    dsname.generation = text[0] == '-' ? -*number : *number;
    return true;
  }
  dsname.member = parse_name(text, operand.value_place(inner.at), operand.keyword, diagnostics);
  return !dsname.member.empty();
}

}  // namespace

std::optional<Compare> parse_compare(std::string_view word) {
  if (word == "GT") return Compare::gt;
  if (word == "GE") return Compare::ge;
  if (word == "EQ") return Compare::eq;
  if (word == "NE") return Compare::ne;
  if (word == "LT") return Compare::lt;
  if (word == "LE") return Compare::le;
  return std::nullopt;
}

Cond parse_cond(const Operand& operand, bool on_job, Diagnostics& diagnostics) {
  Cond cond;
  auto items = split_list(operand.value);
  // (4,LT) and (4,LT,STEP1) are one test without the outer parentheses.
  if (!items.empty() && is_list(operand.value) && !items[0].text.empty() && is_digit(items[0].text[0]))
    items = {Item{operand.value, 0}};
  bool mode_seen = false;
  for (const auto& item : items) {
    if (!on_job && (item.text == "EVEN" || item.text == "ONLY")) {
      if (mode_seen) diagnostics.error<"IEF643I">(operand.value_place(item.at), operand.keyword);
      mode_seen = true;
      cond.mode = item.text == "EVEN" ? CondMode::even : CondMode::only;
      continue;
    }
    if (!is_list(item.text)) {
      diagnostics.error<"IEF643I">(operand.value_place(item.at), operand.keyword);
      continue;
    }
    if (const auto test = parse_test(operand, item, on_job, diagnostics)) {
      cond.tests.push_back(*test);
      cond.places.push_back(operand.value_place(item.at));
    }
  }
  if (items.size() > most_cond_tests)
    diagnostics.error<"IEF640I">(operand.value_place(items[most_cond_tests].at), operand.keyword);
  return cond;
}

std::optional<std::int64_t> parse_time(const Operand& operand, Diagnostics& diagnostics) {
  constexpr auto no_limit = std::numeric_limits<std::int64_t>::max();
  if (operand.value == "NOLIMIT" || operand.value == "MAXIMUM" || operand.value == "1440") return no_limit;
  const auto items = split_list(operand.value);
  if (items.size() > 2) {
    diagnostics.error<"IEF640I">(operand.value_place(items[2].at), operand.keyword);
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  const int limits[] = {most_minutes, 59};
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].text.empty()) continue;
    const auto number = parse_number(items[i].text);
    if (!number || *number > limits[i]) {
      diagnostics.error<"IEF644I">(operand.value_place(items[i].at), operand.keyword);
      return std::nullopt;
    }
    if (i == 0 && *number == 1440) return no_limit;
    seconds += static_cast<std::int64_t>(*number) * (i == 0 ? 60 : 1);
  }
  // TIME=0 gives a step what is left of the job's time: no limit of its own.
  if (seconds == 0) return std::nullopt;
  return seconds;
}

std::string parse_region(const Operand& operand, Diagnostics& diagnostics) {
  auto text = operand.value;
  const auto items = split_list(text);
  if (items.size() == 1) text = items[0].text;
  auto digits = text;
  if (digits.ends_with('K') || digits.ends_with('M')) digits.remove_suffix(1);
  const auto number = parse_number(digits);
  const bool megabytes = text.ends_with('M');
  if (!number || (megabytes && *number > 2047) || (!megabytes && *number > 2096128)) {
    diagnostics.error<"IEF644I">(operand.value_place(), operand.keyword);
    return {};
  }
  return std::string(text);
}

std::string parse_name(std::string_view text, const Place& place, std::string_view field, Diagnostics& diagnostics) {
  if (text.empty()) {
    diagnostics.error<"IEF646I">(place, field);
  } else if (text.find('&') != std::string_view::npos) {
    diagnostics.error<"IEFC627I">(place, field);
  } else if (text.size() > 8) {
    diagnostics.error<"IEF642I">(place, field);
  } else if (is_digit(text[0])) {
    diagnostics.error<"IEF647I">(place, field);
  } else if (!is_name(text)) {
    diagnostics.error<"IEFC632I">(place, field);
  } else {
    return std::string(text);
  }
  return {};
}

std::optional<DsName> parse_dsname(const Operand& operand, Diagnostics& diagnostics) {
  Item whole{operand.value, 0};
  if (is_quoted(whole.text)) whole = {whole.text.substr(1, whole.text.size() - 2), 1};
  DsName dsname;
  if (whole.text.starts_with('&')) {
    // One ampersand is a symbol that nobody defined: a temporary name too (jcl-zosmf.md 2.1).
    const std::size_t ampersands = whole.text.starts_with("&&") ? 2 : 1;
    const auto name = whole.text.substr(ampersands);
    if (ampersands == 2 || is_name(name.substr(0, name.find('(')))) {
      dsname.temporary = true;
      whole = {name, whole.at + ampersands};
    }
  }
  Item name = whole;
  const auto open = whole.text.find('(');
  if (open != std::string_view::npos) {
    name.text = whole.text.substr(0, open);
    if (!whole.text.ends_with(')')) {
      diagnostics.error<"IEFC632I">(operand.value_place(whole.at + open), operand.keyword);
      return std::nullopt;
    }
  }
  if (name.text.empty()) {
    diagnostics.error<"IEF646I">(operand.value_place(), operand.keyword);
    return std::nullopt;
  }
  if (dsname.temporary) {
    dsname.name = parse_name(name.text, operand.value_place(name.at), operand.keyword, diagnostics);
    if (dsname.name.empty()) return std::nullopt;
  } else if (!check_dsname(operand, name, diagnostics)) {
    return std::nullopt;
  } else {
    dsname.name = name.text;
  }
  if (open != std::string_view::npos) {
    const Item inner{whole.text.substr(open + 1, whole.text.size() - open - 2), whole.at + open + 1};
    if (!parse_suffix(operand, inner, dsname, diagnostics)) return std::nullopt;
  }
  return dsname;
}

std::string parse_parm(const Operand& operand, Diagnostics& diagnostics) {
  // (A,'B C') is A,B C: the commas stay, the parentheses around it do not.
  auto text = operand.value;
  if (is_list(text)) text = text.substr(1, text.size() - 2);
  const std::string plain = unquote(text);
  std::string parm;
  parm.reserve(plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) {
    parm.push_back(plain[i]);
    if (plain[i] == '&' && i + 1 < plain.size() && plain[i + 1] == '&') ++i;
  }
  if (parm.size() > longest_parm) diagnostics.error<"IEF642I">(operand.value_place(), operand.keyword);
  return parm;
}

}  // namespace sysplexd::jcl
