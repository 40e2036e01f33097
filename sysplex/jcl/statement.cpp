// The reader of statements; see statement.hpp.
#include "sysplex/jcl/statement.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "sysplex/jcl/card.hpp"
#include "sysplex/jcl/operand.hpp"

namespace sysplexd::jcl {

namespace {

constexpr std::array<std::pair<std::string_view, Operation>, 29> operations{{
    {"DD", Operation::dd},
    {"EXEC", Operation::exec},
    {"JOB", Operation::job},
    {"SET", Operation::set},
    {"PROC", Operation::proc},
    {"PEND", Operation::pend},
    {"IF", Operation::if_then},
    {"ELSE", Operation::otherwise},
    {"ENDIF", Operation::endif},
    {"INCLUDE", Operation::include},
    {"JCLLIB", Operation::jcllib},
    {"OUTPUT", Operation::output},
    {"EXPORT", Operation::export_symlist},
    {"CNTL", Operation::cntl},
    {"ENDCNTL", Operation::endcntl},
    {"COMMAND", Operation::command},
    {"XMIT", Operation::xmit},
    {"SCHEDULE", Operation::schedule},
    {"NOTIFY", Operation::notify},
    {"JOBGROUP", Operation::job_group},
    {"GJOB", Operation::job_group},
    {"JOBSET", Operation::job_group},
    {"SJOB", Operation::job_group},
    {"ENDSET", Operation::job_group},
    {"AFTER", Operation::job_group},
    {"BEFORE", Operation::job_group},
    {"CONCURRENT", Operation::job_group},
    {"ENDGROUP", Operation::job_group},
    {"GROUP", Operation::job_group},
}};

std::optional<Operation> find_operation(std::string_view word) {
  for (const auto& [text, operation] : operations)
    if (text == word) return operation;
  return std::nullopt;
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  const auto found = text.find_first_not_of(' ', at);
  return found == std::string_view::npos ? text.size() : found;
}

std::size_t word_end(std::string_view text, std::size_t at) {
  const auto found = text.find(' ', at);
  return found == std::string_view::npos ? text.size() : found;
}

// The word THEN on its own; npos when it is not on this card.
std::size_t find_then(std::string_view field, std::size_t from) {
  for (auto at = field.find("THEN", from); at != std::string_view::npos; at = field.find("THEN", at + 1)) {
    const bool begins = at == from || field[at - 1] == ' ' || field[at - 1] == ')';
    const bool ends = at + 4 == field.size() || field[at + 4] == ' ';
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

class Reader {
 public:
  Reader(std::string_view text, int first_card, Arena& arena, Diagnostics& diagnostics)
      : cards_(text, first_card), arena_(arena), diagnostics_(diagnostics) {}

  std::vector<Statement> read() {
    std::vector<Statement> statements;
    while (!cards_.at_end()) statements.push_back(next());
    return statements;
  }

 private:
  enum class FieldEnd { complete, comma, quote };

  Statement next() {
    Statement statement;
    statement.begin = cards_.offset();
    const std::string_view text = cards_.peek().text;
    statement.place = {nullptr, cards_.peek().number, 1};
    statement.name_place = {nullptr, statement.place.card, 3};
    if (!is_jcl_card(text) && !text.starts_with("/*")) {
      read_loose_data(statement);
      return statement;
    }
    const Card card = cards_.take();
    statement.cards.push_back(card.text);
    if (is_comment_card(text)) {
      statement.operation = Operation::comment;
    } else if (text.starts_with("/*")) {
      const bool blank = text.size() < 3 || text[2] == ' ';
      statement.operation = blank ? Operation::delimiter : Operation::jes2;
      if (!blank) single_card_operands(statement, card, statement_field(card.text), 0);
    } else if (is_null_card(text)) {
      statement.operation = Operation::null;
    } else {
      read_jcl(statement, card);
    }
    return statement;
  }

  void single_card_operands(Statement& statement, const Card& card, std::string_view field, std::size_t at) {
    statement.operands.text = field.substr(at);
    statement.operands.segments.push_back({0, card.number, column_at(card.text, at), false});
  }

  // Lines in front of the next card that begins with // or /*.
  void read_loose_data(Statement& statement) {
    statement.operation = Operation::data;
    statement.has_data = true;
    statement.data_card = cards_.peek().number;
    const auto begin = cards_.offset();
    while (!cards_.at_end() && !is_jcl_card(cards_.peek().text) && !cards_.peek().text.starts_with("/*")) cards_.take();
    statement.data = cards_.between(begin, cards_.offset());
    // A blank third column makes it the end of these data; else it is a JES2 control statement of its own.
    if (!cards_.at_end() && is_delimiter(cards_.peek().text)) cards_.take();
  }

  static bool is_delimiter(std::string_view card) {
    return card.starts_with("/*") && (card.size() < 3 || card[2] == ' ');
  }

  void read_jcl(Statement& statement, const Card& card) {
    const std::string_view field = statement_field(card.text);
    const auto name_end = word_end(field, 2);
    statement.name = field.substr(2, name_end - 2);
    const auto at = skip_blanks(field, name_end);
    const auto end = word_end(field, at);
    statement.word = field.substr(at, end - at);
    statement.word_place = {nullptr, card.number, column_at(card.text, at)};
    const auto operation = find_operation(statement.word);
    if (!operation) {
      // A card whose predecessor should have ended in a comma looks like this too.
      diagnostics_.error<"IEFC605I">(statement.word.empty() ? statement.name_place : statement.word_place);
      return;
    }
    statement.operation = *operation;
    const auto operand_at = skip_blanks(field, end);
    switch (*operation) {
      case Operation::if_then: read_if(statement, card, field, operand_at); break;
      case Operation::otherwise:
      case Operation::endif:
      case Operation::pend: read_comment_continuation(statement, card); break;  // no operands: the rest is comment
      default: read_operands(statement, card, field, operand_at);
    }
    if (*operation == Operation::dd) read_data_of_dd(statement);
  }

  // From here on the operand field, joined over its cards.
  void read_operands(Statement& statement, Card card, std::string_view field, std::size_t at) {
    single_card_operands(statement, card, field, at);
    bool in_quote = false;
    std::size_t quote_at = 0;  // offset in the joined text of the apostrophe that is open
    auto [end, stop] = scan(field, at, in_quote, quote_at, 0, at);
    statement.operands.text = field.substr(at, stop - at);
    std::string* joined = nullptr;
    while (end != FieldEnd::complete) {
      const Card last = card;
      const auto wait_at = statement.operands.text.empty() ? 0 : statement.operands.text.size() - 1;
      if (!next_continuation(statement, end == FieldEnd::quote, card)) {
        diagnostics_.error<"IEFC621I">(statement.operands.place(end == FieldEnd::quote ? quote_at : wait_at, nullptr));
        if (end == FieldEnd::comma) statement.operands.text.remove_suffix(1);
        statement.cut = true;
        return;
      }
      if (joined == nullptr) {
        joined = &arena_.emplace_back(statement.operands.text);
      }
      field = statement_field(card.text);
      if (end == FieldEnd::quote) {
        // The string went on to column 71; what the file does not show there are blanks.
        const int have = columns(statement_field(last.text));
        if (have < last_statement_column) joined->append(static_cast<std::size_t>(last_statement_column - have), ' ');
        at = std::min<std::size_t>(last_continuation_column - 1, field.size());
      } else {
        at = skip_blanks(field, 2);
        if (column_at(card.text, at) > last_continuation_column)
          diagnostics_.error<"IEFC621I">(Place{nullptr, card.number, column_at(card.text, at)});
      }
      const auto begin = joined->size();
      statement.operands.segments.push_back(
          {static_cast<std::uint32_t>(begin), card.number, column_at(card.text, at), false});
      std::tie(end, stop) = scan(field, at, in_quote, quote_at, begin, at);
      joined->append(field.substr(at, stop - at));
      statement.operands.text = *joined;
    }
    if (stop == field.size() && columns(field) == last_statement_column && has_continuation_mark(card.text)) {
      diagnostics_.error<"IEFC618I">(Place{nullptr, card.number, last_statement_column + 1});
      drop_cut_operand(statement);
    } else {
      read_comment_continuation(statement, card);
    }
  }

  // The card was too long: one error is enough. The operand that was cut is not looked at, nor is what seems to
  // continue the statement.
  void drop_cut_operand(Statement& statement) {
    const std::string_view text = statement.operands.text;
    statement.cut = true;
    std::size_t last = 0;
    for (auto end = operand_end(text, 0); end < text.size(); end = operand_end(text, last)) last = end + 1;
    statement.operands.text = text.substr(0, last == 0 ? 0 : last - 1);
    for (bool more = true; more && !cards_.at_end() && is_continuation_card(cards_.peek().text);) {
      const std::string_view field = statement_field(cards_.peek().text);
      const auto at = skip_blanks(field, 2);
      if (at >= last_continuation_column || find_operation(field.substr(at, word_end(field, at) - at))) return;
      more = field[word_end(field, at) - 1] == ',';
      statement.cards.push_back(cards_.take().text);
    }
  }

  // Where the operand field of this card ends, and why.
  static std::pair<FieldEnd, std::size_t> scan(std::string_view field, std::size_t at, bool& in_quote,
                                               std::size_t& quote_at, std::size_t joined_begin,
                                               std::size_t joined_from) {
    auto i = at;
    for (; i < field.size(); ++i) {
      if (field[i] == '\'') {
        in_quote = !in_quote;
        if (in_quote) quote_at = joined_begin + (i - joined_from);
      } else if (field[i] == ' ' && !in_quote) {
        break;
      }
    }
    if (in_quote) return {FieldEnd::quote, i};
    return {i > at && field[i - 1] == ',' ? FieldEnd::comma : FieldEnd::complete, i};
  }

  // Takes the next continuation card; comment cards before it stay with the statement. A quoted string goes on in
  // column 16 exactly.
  bool next_continuation(Statement& statement, bool quoted, Card& card) {
    while (!cards_.at_end() && is_comment_card(cards_.peek().text)) statement.cards.push_back(cards_.take().text);
    if (cards_.at_end() || !is_continuation_card(cards_.peek().text)) return false;
    const std::string_view field = statement_field(cards_.peek().text);
    if (quoted && column_at(field, skip_blanks(field, 2)) < last_continuation_column) return false;
    card = cards_.take();
    statement.cards.push_back(card.text);
    return true;
  }

  // A mark in column 72 behind complete operands continues the comment only.
  void read_comment_continuation(Statement& statement, Card card) {
    while (has_continuation_mark(card.text) && !cards_.at_end() && is_continuation_card(cards_.peek().text)) {
      card = cards_.take();
      statement.cards.push_back(card.text);
    }
  }

  // The expression up to THEN; it may go on at any blank.
  void read_if(Statement& statement, Card card, std::string_view field, std::size_t at) {
    std::string& joined = arena_.emplace_back();
    for (;;) {
      statement.operands.segments.push_back(
          {static_cast<std::uint32_t>(joined.size()), card.number, column_at(card.text, at), false});
      const auto then = find_then(field, at);
      if (then != std::string_view::npos) {
        joined.append(trim_right(field.substr(at, then - at)));
        break;
      }
      joined.append(field.substr(at));
      joined.push_back(' ');
      while (!cards_.at_end() && is_comment_card(cards_.peek().text)) statement.cards.push_back(cards_.take().text);
      if (cards_.at_end() || !is_if_continuation(cards_.peek().text)) {
        statement.operands.text = joined;
        diagnostics_.error<"UNV2005E">(statement.word_place);
        return;
      }
      card = cards_.take();
      statement.cards.push_back(card.text);
      field = statement_field(card.text);
      at = skip_blanks(field, 2);
    }
    statement.operands.text = joined;
  }

  // Without a comma to tell, a card that begins with an operation is a statement of its own.
  static bool is_if_continuation(std::string_view card) {
    if (!is_continuation_card(card)) return false;
    const std::string_view field = statement_field(card);
    const auto at = skip_blanks(field, 2);
    return !find_operation(field.substr(at, word_end(field, at) - at));
  }

  void read_data_of_dd(Statement& statement) {
    const std::string_view text = statement.operands.text;
    const auto first = text.substr(0, text.find(','));
    const bool star = first == "*", all = first == "DATA";
    if (!star && !all) return;
    const std::string delimiter = delimiter_of(text);
    statement.has_data = true;
    statement.data_card = cards_.at_end() ? 0 : cards_.peek().number;
    const auto begin = cards_.offset();
    auto end = begin;
    while (!cards_.at_end()) {
      const std::string_view card = cards_.peek().text;
      if (!delimiter.empty()) {
        if (card.starts_with(delimiter)) break;
      } else if (card.starts_with("/*") || (star && is_jcl_card(card))) {
        break;
      }
      cards_.take();
      end = cards_.offset();
    }
    statement.data = cards_.between(begin, end);
    if (cards_.at_end()) {
      if (!delimiter.empty()) diagnostics_.warning<"UNV2006W">(statement.place, delimiter);
      return;
    }
    if (!delimiter.empty() || is_delimiter(cards_.peek().text)) cards_.take();
  }

  static std::string delimiter_of(std::string_view operands) {
    for (std::size_t at = 0; at < operands.size();) {
      const auto end = operand_end(operands, at);
      if (operands.substr(at, end - at).starts_with("DLM=")) return unquote(operands.substr(at + 4, end - at - 4));
      at = end + 1;
    }
    return {};
  }

  CardReader cards_;
  Arena& arena_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' || c == '#' || c == '$';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 8 && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), is_name_character);
}

std::vector<Statement> read_statements(std::string_view text, int first_card, Arena& arena, Diagnostics& diagnostics) {
  return Reader(text, first_card, arena, diagnostics).read();
}

}  // namespace sysplexd::jcl
