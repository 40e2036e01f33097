// Cards to statements. One pass, one state: whether the next card continues the open statement, and how.
#include "sysplex/jes/utilities/sort_cards.hpp"

#include <algorithm>
#include <optional>

#include "config/message.hpp"

namespace sysplexd::jes::sort {

namespace {

constexpr std::size_t last_column = 71;  // of the statement; 72 holds the continuation mark
constexpr std::size_t card_columns = 80;

enum class Continuation { none, implicit, explicit_ };

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

class CardReader {
 public:
  explicit CardReader(Cards& cards) : cards_(cards) {}

  // False: END was read.
  bool card(std::string text, std::uint32_t line) {
    line_ = line;
    if (!text.empty() && text.back() == '\r') text.pop_back();
    std::replace(text.begin(), text.end(), '\t', ' ');
    const auto used = text.find_last_not_of(' ') + 1;
    if (used > card_columns) complain<"ICE007A">(card_columns + 1, "THE CARD IS LONGER THAN 80 COLUMNS");
    text.resize(card_columns, ' ');
    const bool mark = text[last_column] != ' ';
    text.resize(last_column);
    if (text.front() == '*' && !in_quotes_) return true;
    const bool blank = text.find_first_not_of(' ') == std::string::npos;
    if (expected_ != Continuation::none) {
      if (blank && !in_quotes_) return true;
      continue_statement(text, mark);
      return true;
    }
    if (blank) return true;
    return begin_statement(text, mark);
  }

  void finish() {
    if (expected_ == Continuation::none) return;
    complain_at<"ICE007A">(open_.places.back(), "THE STATEMENT IS CONTINUED, BUT NO CARD FOLLOWS");
    drop();
  }

 private:
  template <config::MessageId Id>
  void complain(std::size_t column, std::string_view reason) {
    complain_at<Id>({line_, static_cast<std::uint32_t>(column)}, reason);
  }
  template <config::MessageId Id>
  void complain_at(Place at, std::string_view reason) {
    const std::string name = open_.operation.empty() ? "CONTROL" : open_.operation;
    cards_.errors.push_back({at, config::text<Id>(name, at.line, at.column, reason)});
  }

  bool begin_statement(const std::string& text, bool mark) {
    open_ = {};
    std::size_t column = 0;
    if (text[0] != ' ') column = std::min(text.find(' '), text.size());  // label
    column = std::min(text.find_first_not_of(' ', column), text.size());
    if (column == text.size()) return true;  // a label alone is printed, nothing else
    open_.at = {line_, static_cast<std::uint32_t>(column + 1)};
    while (column < text.size() && text[column] != ' ') open_.operation += upper(text[column++]);
    if (open_.operation == "END") {
      open_ = {};
      return false;
    }
    open_.places.push_back({line_, static_cast<std::uint32_t>(column + 1)});
    in_quotes_ = false;
    const auto first = text.find_first_not_of(' ', column);
    if (first == std::string::npos) {
      if (mark)
        expected_ = Continuation::implicit;
      else
        close();
      return true;
    }
    take(text, first, mark);
    return true;
  }

  void continue_statement(const std::string& text, bool mark) {
    const bool quoted = in_quotes_;
    if (text[0] != ' ' && !quoted) {
      complain<"ICE007A">(1, "COLUMN 1 OF A CONTINUATION CARD MUST BE BLANK");
      drop();
      return;
    }
    auto first = text.find_first_not_of(' ');
    if (expected_ == Continuation::explicit_ && (first == std::string::npos || first >= 15)) first = 15;
    take(text, first, mark);
  }

  // Takes operand text from column index `from`; decides whether the statement goes on.
  void take(const std::string& text, std::size_t from, bool mark) {
    expected_ = Continuation::none;
    open_.places.pop_back();
    std::size_t column = from;
    for (; column < text.size(); ++column) {
      const char c = text[column];
      if (c == ' ' && !in_quotes_) break;
      if (c == '\'') in_quotes_ = !in_quotes_;
      open_.text += c;
      open_.places.push_back({line_, static_cast<std::uint32_t>(column + 1)});
    }
    open_.places.push_back({line_, static_cast<std::uint32_t>(column + 1)});
    const char last = open_.text.empty() ? ' ' : open_.text.back();
    const bool separator = !in_quotes_ && (last == ',' || last == ';' || last == ':');
    if (separator) {
      expected_ = Continuation::implicit;
    } else if (column == text.size() && mark) {
      expected_ = Continuation::explicit_;
    } else if (in_quotes_) {
      complain<"ICE007A">(column, "A QUOTED CONSTANT HAS NO END");
      drop();
    } else {
      if (mark && column < text.size())
        complain<"ICE007A">(last_column + 1, "COLUMN 72 SAYS CONTINUED, BUT THE LAST OPERAND HAS ENDED");
      close();
    }
  }

  // Its cards are wrong and said so: to parse what was read would only add noise.
  void drop() {
    expected_ = Continuation::none;
    in_quotes_ = false;
    open_ = {};
  }

  void close() {
    expected_ = Continuation::none;
    in_quotes_ = false;
    if (!open_.operation.empty()) cards_.statements.push_back(std::move(open_));
    open_ = {};
  }

  Cards& cards_;
  Statement open_;
  Continuation expected_ = Continuation::none;
  bool in_quotes_ = false;
  std::uint32_t line_ = 0;
};

}  // namespace

Cards read_cards(std::span<const std::string> lines) {
  Cards cards;
  CardReader reader(cards);
  std::uint32_t line = 0;
  for (const auto& text : lines)
    if (!reader.card(text, ++line)) break;
  reader.finish();
  return cards;
}

Statement parm_statement(std::string_view parm) {
  Statement statement;
  statement.operation = "OPTION";
  statement.text = parm;
  statement.at = {0, 1};
  for (std::uint32_t column = 1; column <= parm.size() + 1; ++column) statement.places.push_back({0, column});
  return statement;
}

}  // namespace sysplexd::jes::sort
