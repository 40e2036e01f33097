// The cursor over an operand field, and the split into operands.
#include "sysplex/jes/utilities/sort_operands.hpp"

#include <array>

namespace sysplexd::jes::sort {

namespace {

bool word_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' || c == '#' || c == '$';
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = upper(c);
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct FormatName {
  std::string_view name;
  Format format;
};
constexpr std::array format_names{
    FormatName{"CH", Format::ch},  FormatName{"AC", Format::ch},   FormatName{"AQ", Format::aq},
    FormatName{"BI", Format::bi},  FormatName{"FI", Format::fi},   FormatName{"PD", Format::pd},
    FormatName{"ZD", Format::zd},  FormatName{"CTO", Format::zd},  FormatName{"OT", Format::zd},
    FormatName{"CLO", Format::ol}, FormatName{"OL", Format::ol},   FormatName{"FS", Format::fs},
    FormatName{"CSF", Format::fs}, FormatName{"CSL", Format::ls},  FormatName{"LS", Format::ls},
    FormatName{"ASL", Format::ls}, FormatName{"CST", Format::ts},  FormatName{"TS", Format::ts},
    FormatName{"AST", Format::ts}, FormatName{"UFF", Format::uff}, FormatName{"SFF", Format::sff},
    FormatName{"SS", Format::ss},
};

}  // namespace

void Cursor::expect(char c) {
  if (failed_ || take(c)) return;
  std::string reason = "EXPECTED ";
  reason += c;
  complain<"ICE007A">(reason);
}

std::uint64_t Cursor::number(std::string_view what, std::uint64_t minimum, std::uint64_t limit) {
  if (failed_) return minimum;
  const auto start = position_;
  if (!digit()) {
    complain<"ICE007A">(std::string("EXPECTED A NUMBER: ") + std::string(what));
    return minimum;
  }
  std::uint64_t value = 0;
  while (digit()) {
    value = value * 10 + static_cast<std::uint64_t>(peek() - '0');
    if (value > limit) break;
    ++position_;
  }
  if (value > limit || value < minimum) {
    complain_at<"ICE017A">(start,
                           std::string(what) + " MUST BE " + std::to_string(minimum) + " TO " + std::to_string(limit));
    return minimum;
  }
  return value;
}

Number Cursor::signed_number(std::string_view what) {
  if (failed_) return 0;
  const auto start = position_;
  const bool negative = peek() == '-';
  if (negative || peek() == '+') ++position_;
  if (!digit()) {
    complain<"ICE007A">(std::string("EXPECTED A NUMBER: ") + std::string(what));
    return 0;
  }
  Number value = 0;
  int digits = 0;
  while (digit()) {
    if (value != 0 || peek() != '0') ++digits;
    if (digits > 31) {
      complain_at<"ICE017A">(start, "A NUMBER HAS AT MOST 31 DIGITS");
      return 0;
    }
    value = value * 10 + (peek() - '0');
    ++position_;
  }
  return negative ? -value : value;
}

std::string Cursor::peek_word() const {
  std::string text;
  for (std::size_t i = position_; i < end_ && word_char(statement_.text[i]); ++i) text += upper(statement_.text[i]);
  return text;
}

std::string Cursor::word() {
  auto text = peek_word();
  position_ += text.size();
  return text;
}

bool Cursor::take_word(std::string_view word) {
  if (done() || peek_word() != word) return false;
  position_ += word.size();
  return true;
}

bool Cursor::constant_ahead() const {
  const char c = upper(peek());
  return c == '\'' || ((c == 'C' || c == 'X') && peek(1) == '\'');
}

std::string Cursor::constant(bool* hexadecimal) {
  const bool hex = upper(peek()) == 'X';
  if (hexadecimal != nullptr) *hexadecimal = hex;
  const auto start = position_;
  if (peek() != '\'') ++position_;
  ++position_;
  std::string text;
  for (;;) {
    if (done()) {
      complain_at<"ICE007A">(start, "A QUOTED CONSTANT HAS NO END");
      return {};
    }
    if (take('\'')) {
      if (!take('\'')) break;
      text += '\'';
    } else {
      text += peek();
      ++position_;
    }
  }
  if (!hex) return text;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
    if (high < 0 || low < 0) {
      complain_at<"ICE007A">(start, "X'...' NEEDS PAIRS OF HEXADECIMAL DIGITS");
      return {};
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  if (bytes.empty()) complain_at<"ICE007A">(start, "X'...' IS EMPTY");
  return bytes;
}

std::vector<Operand> split_operands(const Statement& statement, std::vector<ControlError>& errors) {
  std::vector<Operand> operands;
  const auto& text = statement.text;
  Cursor cursor(statement, 0, text.size(), errors);
  while (cursor.ok() && !cursor.done()) {
    Operand operand;
    operand.at = cursor.position();
    operand.name = cursor.word();
    if (operand.name.empty()) {
      cursor.complain<"ICE007A">("EXPECTED AN OPERAND NAME");
      break;
    }
    if (cursor.take('=') || cursor.peek() == '(') {
      operand.has_value = true;
      operand.begin = cursor.position();
      int depth = 0;
      bool quoted = false;
      std::vector<std::size_t> open;
      for (; !cursor.done(); cursor.skip()) {
        const char c = cursor.peek();
        if (c == '\'') quoted = !quoted;
        if (quoted) continue;
        if (c == '(') open.push_back(cursor.position());
        if (c == ')') {
          if (open.empty()) {
            cursor.complain<"ICE007A">("A CLOSING PARENTHESIS TOO MANY");
            break;
          }
          open.pop_back();
        }
        depth = static_cast<int>(open.size());
        if ((c == ',' || c == ';') && depth == 0) break;
      }
      if (cursor.ok() && depth != 0) cursor.complain_at<"ICE007A">(open.back(), "THE PARENTHESIS IS NOT CLOSED");
      if (!cursor.ok()) break;
      operand.end = cursor.position();
      if (operand.end == operand.begin) {
        cursor.complain<"ICE007A">(operand.name + " HAS NO VALUE");
        break;
      }
    }
    operands.push_back(operand);
    if (cursor.done()) break;
    if (!cursor.take(',') && !cursor.take(';')) cursor.complain<"ICE007A">("EXPECTED A COMMA OR THE END");
    if (cursor.ok() && cursor.done()) cursor.complain<"ICE007A">("NO OPERAND FOLLOWS THE COMMA");
  }
  return operands;
}

bool parse_format(std::string_view name, Format& format) {
  for (const auto& entry : format_names)
    if (entry.name == name) {
      format = entry.format;
      return true;
    }
  return false;
}

std::string_view format_name(Format format) {
  for (const auto& entry : format_names)
    if (entry.format == format) return entry.name;
  return "?";
}

bool numeric(Format format) { return format != Format::ch && format != Format::aq && format != Format::ss; }

void check_length(Cursor& cursor, std::size_t at, const Field& field, bool arithmetic) {
  std::uint32_t limit = 0;  // 0: any
  switch (field.format) {
    case Format::ch:
    case Format::aq:
    case Format::ss: break;
    case Format::bi: limit = arithmetic ? 8 : 4092; break;
    case Format::fi: limit = arithmetic ? 8 : 256; break;
    case Format::pd: limit = arithmetic ? 16 : 32; break;
    case Format::zd:
    case Format::ol: limit = arithmetic ? 31 : 256; break;
    case Format::fs:
    case Format::ls:
    case Format::ts: limit = arithmetic ? 32 : 256; break;
    case Format::uff:
    case Format::sff: limit = 44; break;
  }
  const std::uint32_t least = field.format == Format::ls || field.format == Format::ts ? 2 : 1;
  if ((limit != 0 && field.length > limit) || field.length < least)
    cursor.complain_at<"ICE017A">(at, "THE LENGTH OF A " + std::string(format_name(field.format)) + " FIELD MUST BE " +
                                          std::to_string(least) + " TO " + std::to_string(limit));
}

}  // namespace sysplexd::jes::sort
