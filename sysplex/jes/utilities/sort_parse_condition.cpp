// The grammar of COND=, INCLUDE= and OMIT=: comparisons joined by AND and OR (AND binds closer), parentheses.
#include <string>

#include "sysplex/jes/utilities/sort_operands.hpp"

namespace sysplexd::jes::sort {

namespace {

constexpr int deepest = 64;  // parentheses; keeps the recursion bounded on any input

bool byte_format(Format format) { return format == Format::ch || format == Format::aq || format == Format::bi; }

class ConditionParser {
 public:
  ConditionParser(Cursor& cursor, std::optional<Format> format) : cursor_(cursor), format_(format) {}

  Condition parenthesised() {
    Condition condition;
    if (++depth_ > deepest) {
      cursor_.complain<"ICE113A">("PARENTHESES ARE NESTED TOO DEEPLY");
      return condition;
    }
    cursor_.expect('(');
    if (cursor_.ok()) condition = disjunction();
    cursor_.expect(')');
    --depth_;
    return condition;
  }

 private:
  enum class Connector { none, and_, or_ };

  Condition disjunction() {
    return joined(Condition::Kind::disjunction, Connector::or_, [this] { return conjunction(); });
  }
  Condition conjunction() {
    return joined(Condition::Kind::conjunction, Connector::and_, [this] {
      auto term = cursor_.peek() == '(' ? parenthesised() : comparison();
      read_connector();
      return term;
    });
  }

  template <class Part>
  Condition joined(Condition::Kind kind, Connector connector, const Part& part) {
    Condition first = part();
    if (!cursor_.ok() || connector_ != connector) return first;
    Condition condition;
    condition.kind = kind;
    condition.parts.push_back(std::move(first));
    while (cursor_.ok() && connector_ == connector) condition.parts.push_back(part());
    return condition;
  }

  void read_connector() {
    connector_ = Connector::none;
    if (!cursor_.ok() || !cursor_.take(',')) return;
    if (cursor_.take('|') || cursor_.take_word("OR"))
      connector_ = Connector::or_;
    else if (cursor_.take('&') || cursor_.take_word("AND"))
      connector_ = Connector::and_;
    else
      cursor_.complain<"ICE113A">("EXPECTED AND OR OR");
    cursor_.expect(',');
  }

  void format_of(Field& field) {
    Format format{};
    if (parse_format(cursor_.peek_word(), format)) {
      cursor_.word();
      field.format = format;
      cursor_.expect(',');
    } else if (format_) {
      field.format = *format_;
    } else {
      cursor_.complain<"ICE018A">("EXPECTED A FIELD FORMAT (CH, BI, FI, PD, ZD, FS, SS ...)");
    }
  }

  Condition comparison() {
    Condition condition;
    condition.kind = Condition::Kind::compare;
    auto& comparison = condition.comparison;
    comparison.left.position = static_cast<std::uint32_t>(cursor_.number("A POSITION", 1, largest_position));
    cursor_.expect(',');
    const auto length_at = cursor_.position();
    comparison.left.length = static_cast<std::uint32_t>(cursor_.number("A LENGTH", 1, largest_position));
    cursor_.expect(',');
    if (cursor_.ok()) format_of(comparison.left);
    if (cursor_.ok()) relation(comparison);
    if (cursor_.ok() && comparison.left.format == Format::ss && comparison.relation != Relation::eq &&
        comparison.relation != Relation::ne)
      cursor_.complain<"ICE114A">("SS COMPARES WITH EQ OR NE ONLY");
    cursor_.expect(',');
    if (cursor_.ok()) right(comparison);
    const bool arithmetic = comparison.kind == Comparison::Right::number ||
                            (comparison.kind == Comparison::Right::field &&
                             !(byte_format(comparison.left.format) && byte_format(comparison.right.format)));
    if (cursor_.ok()) check_length(cursor_, length_at, comparison.left, arithmetic);
    if (cursor_.ok() && comparison.kind == Comparison::Right::field)
      check_length(cursor_, length_at, comparison.right, arithmetic);
    return condition;
  }

  void relation(Comparison& comparison) {
    static constexpr std::string_view names[] = {"EQ", "NE", "GT", "GE", "LT", "LE"};
    const auto at = cursor_.position();
    const auto word = cursor_.word();
    for (std::size_t i = 0; i < std::size(names); ++i)
      if (names[i] == word) {
        comparison.relation = static_cast<Relation>(i);
        return;
      }
    cursor_.complain_at<"ICE113A">(at, "EXPECTED EQ, NE, GT, GE, LT OR LE");
  }

  void right(Comparison& comparison) {
    const auto at = cursor_.position();
    const Format left = comparison.left.format;
    if (cursor_.constant_ahead()) {
      bool hexadecimal = false;
      comparison.bytes = cursor_.constant(&hexadecimal);
      comparison.kind = hexadecimal ? Comparison::Right::hexadecimal : Comparison::Right::characters;
      if (!cursor_.ok()) return;
      if (numeric(left) && left != Format::bi)
        cursor_.complain_at<"ICE114A">(
            at, "A " + std::string(format_name(left)) + " FIELD COMPARES WITH A NUMBER OR A FIELD, NOT WITH A STRING");
      if (cursor_.ok() && comparison.bytes.empty()) cursor_.complain_at<"ICE113A">(at, "THE CONSTANT IS EMPTY");
      return;
    }
    const bool digits = cursor_.digit();
    if (!digits && cursor_.peek() != '+' && cursor_.peek() != '-') {
      cursor_.complain<"ICE113A">("EXPECTED C'...', X'...', A NUMBER OR A FIELD");
      return;
    }
    const Number number = cursor_.signed_number("A CONSTANT OR A POSITION");
    if (!cursor_.ok()) return;
    if (digits && cursor_.peek() == ',' && cursor_.peek(1) >= '0' && cursor_.peek(1) <= '9') {
      comparison.kind = Comparison::Right::field;
      if (number < 1 || number > static_cast<Number>(largest_position)) {
        cursor_.complain_at<"ICE017A">(at, "A POSITION MUST BE 1 TO " + std::to_string(largest_position));
        return;
      }
      comparison.right.position = static_cast<std::uint32_t>(number);
      cursor_.expect(',');
      comparison.right.length = static_cast<std::uint32_t>(cursor_.number("A LENGTH", 1, largest_position));
      right_format(comparison);
      return;
    }
    comparison.kind = Comparison::Right::number;
    comparison.number = number;
    if (!numeric(left))
      cursor_.complain_at<"ICE114A">(at, "A " + std::string(format_name(left)) +
                                             " FIELD COMPARES WITH C'...', X'...' OR A FIELD, NOT WITH A NUMBER");
  }

  void right_format(Comparison& comparison) {
    if (!cursor_.ok()) return;
    const auto at = cursor_.position();
    Format format{};
    bool found = false;
    if (cursor_.peek() == ',') {
      std::string word;
      for (std::size_t i = 1; cursor_.peek(i) >= 'A' && cursor_.peek(i) <= 'z'; ++i)
        word += static_cast<char>(cursor_.peek(i) >= 'a' ? cursor_.peek(i) - 32 : cursor_.peek(i));
      if (parse_format(word, format)) {
        cursor_.take(',');
        cursor_.word();
        found = true;
      }
    }
    if (!found && format_) {
      format = *format_;
      found = true;
    }
    if (!found) {
      cursor_.complain_at<"ICE018A">(at, "EXPECTED THE FORMAT OF THE SECOND FIELD");
      return;
    }
    comparison.right.format = format;
    const Format left = comparison.left.format;
    const bool bytes = byte_format(left) && byte_format(format);
    const bool numbers = numeric(left) && numeric(format);
    if (!bytes && !numbers)
      cursor_.complain_at<"ICE114A">(at, "A " + std::string(format_name(left)) + " FIELD DOES NOT COMPARE WITH A " +
                                             std::string(format_name(format)) + " FIELD");
  }

  Cursor& cursor_;
  std::optional<Format> format_;
  Connector connector_ = Connector::none;
  int depth_ = 0;
};

}  // namespace

Condition parse_condition(Cursor& cursor, std::optional<Format> default_format) {
  Condition condition;
  if (cursor.take_word("ALL")) return condition;
  if (cursor.take_word("NONE")) {
    condition.kind = Condition::Kind::none;
    return condition;
  }
  return ConditionParser(cursor, default_format).parenthesised();
}

}  // namespace sysplexd::jes::sort
