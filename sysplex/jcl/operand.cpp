// Operands; see operand.hpp.
#include "sysplex/jcl/operand.hpp"

#include <algorithm>

#include "sysplex/jcl/statement.hpp"

namespace sysplexd::jcl {

namespace {

// Outside apostrophes JCL has upper case, digits, national and special characters, and nothing else.
constexpr std::size_t most_operands = 1000;  // a statement with more is a mistake, and its checks are not linear

bool is_jcl_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > ' ' && byte < 0x7F && !(c >= 'a' && c <= 'z');
}

// Printable form of the bad character for the message.
std::string shown(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < ' ' || byte == 0x7F) return fmt::format("X'{:02X}'", byte);
  std::size_t end = at + 1;
  if (byte >= 0xC0)
    while (end < text.size() && end < at + 4 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  if (byte >= 0x80 && end == at + 1) return fmt::format("X'{:02X}'", byte);
  return std::string(text.substr(at, end - at));
}

// False and an error when a character outside apostrophes is none of JCL's. The values of symbols may hold any.
bool check_characters(const Operand& operand, std::string_view statement, Diagnostics& diagnostics) {
  bool in_quote = false;
  for (std::size_t i = 0; i < operand.value.size(); ++i) {
    const char c = operand.value[i];
    if (c == '\'') in_quote = !in_quote;
    if (in_quote || is_jcl_character(c)) continue;
    if (operand.source->segment_at(operand.value_at + i).substituted) continue;
    diagnostics.error<"IEFC620I">(operand.value_place(i), shown(operand.value, i), statement);
    return false;
  }
  return true;
}

// "PARM", "PARM.STEP1", and lower case too: that is an unidentified keyword, not a bad character.
std::size_t keyword_length(std::string_view text) {
  const auto equals = text.find_first_of("='(");
  if (equals == std::string_view::npos || text[equals] != '=' || equals == 0) return 0;
  const auto fits = [](char c) { return is_name_character(c) || c == '.' || c == '_' || (c >= 'a' && c <= 'z'); };
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals), fits) ? equals : 0;
}

}  // namespace

std::size_t operand_end(std::string_view operands, std::size_t at) {
  int depth = 0;
  bool in_quote = false;
  for (; at < operands.size(); ++at) {
    const char c = operands[at];
    if (c == '\'') in_quote = !in_quote;
    if (in_quote) continue;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth <= 0) return at;
  }
  return at;
}

std::vector<Operand> parse_operands(const SourceText& source, const Origin* origin, std::string_view statement,
                                    Diagnostics& diagnostics, bool positional_may_be_empty) {
  std::vector<Operand> operands;
  const std::string_view text = source.text;
  if (text.empty()) return operands;
  operands.reserve(8);
  std::vector<std::uint32_t> open;
  bool keyword_seen = false;
  for (std::size_t at = 0; at <= text.size();) {
    // One pass for the end of the operand and the balance of its parentheses.
    bool in_quote = false;
    std::size_t end = at;
    open.clear();
    for (; end < text.size(); ++end) {
      const char c = text[end];
      if (c == '\'') in_quote = !in_quote;
      if (in_quote) continue;
      if (c == '(') open.push_back(static_cast<std::uint32_t>(end));
      if (c == ',' && open.empty()) break;
      if (c == ')') {
        if (open.empty()) {
          diagnostics.error<"IEFC622I">(source.place(end, origin), statement);
          return operands;
        }
        open.pop_back();
      }
    }
    if (!open.empty()) {
      diagnostics.error<"IEFC622I">(source.place(open.front(), origin), statement);
      return operands;
    }
    Operand operand;
    operand.source = &source;
    operand.origin = origin;
    operand.keyword_at = operand.value_at = static_cast<std::uint32_t>(at);
    operand.value = text.substr(at, end - at);
    if (const auto length = keyword_length(operand.value); length > 0) {
      keyword_seen = true;
      operand.keyword = operand.value.substr(0, length);
      operand.value.remove_prefix(length + 1);
      operand.value_at += static_cast<std::uint32_t>(length + 1);
      if (const auto dot = operand.keyword.find('.'); dot != std::string_view::npos) {
        operand.qualifier = operand.keyword.substr(dot + 1);
        operand.keyword = operand.keyword.substr(0, dot);
      }
    }
    const bool empty = operand.positional() && operand.value.empty();
    if (empty && (!positional_may_be_empty || keyword_seen))
      diagnostics.error<"IEFC620I">(source.place(at, origin), std::string_view(","), statement);
    else if (check_characters(operand, statement, diagnostics))
      operands.push_back(operand);
    if (operands.size() == most_operands) {
      diagnostics.error<"IEF640I">(operand.place(), statement);
      break;
    }
    at = end + 1;
    if (end == text.size()) break;
  }
  return operands;
}

bool is_list(std::string_view value) {
  if (value.size() < 2 || value.front() != '(' || value.back() != ')') return false;
  int depth = 0;
  bool in_quote = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\'') in_quote = !in_quote;
    if (in_quote) continue;
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0 && i + 1 != value.size()) return false;
  }
  return true;
}

std::vector<Item> split_list(std::string_view value, std::size_t at) {
  if (!is_list(value)) return {Item{value, at}};
  std::vector<Item> items;
  const std::string_view inner = value.substr(1, value.size() - 2);
  for (std::size_t begin = 0;;) {
    const auto end = operand_end(inner, begin);
    items.push_back({inner.substr(begin, end - begin), at + 1 + begin});
    if (end >= inner.size()) return items;
    begin = end + 1;
  }
}

std::string unquote(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  bool in_quote = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\'') {
      plain.push_back(text[i]);
    } else if (in_quote && i + 1 < text.size() && text[i + 1] == '\'') {
      plain.push_back('\'');
      ++i;
    } else {
      in_quote = !in_quote;
    }
  }
  return plain;
}

std::optional<int> parse_number(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace sysplexd::jcl
