// See ams_statements.hpp. Columns 2-72 are the margins of IDCAMS; column 1 counts here too, because text that starts
// there can mean nothing else.
#include "sysplex/jes/utilities/ams_statements.hpp"

#include <algorithm>
#include <charconv>

#include "sysplex/jes/utilities/control_statements.hpp"

namespace sysplexd::jes::ams {

namespace {

constexpr std::size_t right_margin = 72;
constexpr int deepest_nesting = 10;  // IFs and DOs, as on z/OS
constexpr int deepest_list = 32;

struct Token {
  enum class Kind { word, quoted, open, close, op, end };  // end: of the command (line without continuation, or ';')
  Kind kind = Kind::word;
  std::string text;
  int line = 0;
  bool after_blank = true;  // A.B(M) is one item, A.B (M) are two
};

// Comments off, continuations joined, words cut.
class Tokenizer {
 public:
  explicit Tokenizer(const std::vector<std::string>& lines) : lines_(lines) {}

  std::vector<Token> run(std::string& problem) {
    bool joined = false;  // '+': the next word goes on with this one
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      number_ = static_cast<int>(i) + 1;
      std::string text = without_comments(std::string_view(lines_[i]).substr(0, right_margin));
      std::string_view rest = trim_right(text);
      const bool blank = trim(rest).empty();
      bool continued = false, plus = false;
      if (!quote_ && !blank) {
        const char last = rest.back();
        // A hyphen that belongs to a word (A.B-) still continues: so says IDCAMS.
        if (last == '-' || last == '+') {
          continued = true;
          plus = last == '+';
          rest.remove_suffix(1);
          if (!plus || (!rest.empty() && rest.back() == ' ')) rest = trim_right(rest);
        }
      }
      if (joined) rest = trim(rest);
      scan(rest, joined);
      joined = plus;
      if (!blank && !continued && !comment_ && !quote_) push(Token::Kind::end, "");
      // An empty line or a comment line ends no continued command.
    }
    if (comment_) problem = "a comment is not closed";
    if (quote_) problem = "an apostrophe is not closed";
    push(Token::Kind::end, "");
    return std::move(tokens_);
  }

 private:
  void push(Token::Kind kind, std::string text, bool after_blank = true) {
    tokens_.push_back({kind, std::move(text), number_, after_blank});
  }

  std::string without_comments(std::string_view line) {
    std::string out;
    bool quote = quote_;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (comment_) {
        if (line.substr(i, 2) == "*/") {
          comment_ = false;
          ++i;
        }
        continue;
      }
      if (!quote && line.substr(i, 2) == "/*") {
        comment_ = true;
        ++i;
        out += ' ';
        continue;
      }
      if (line[i] == '\'') quote = !quote;
      out += line[i];
    }
    return out;
  }

  void scan(std::string_view text, bool join) {
    bool blank = !join;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (quote_) {
        if (c != '\'')
          tokens_.back().text += c;
        else if (text.substr(i, 2) == "''")
          tokens_.back().text += text[i++];
        else
          quote_ = false;
        blank = false;
        continue;
      }
      if (c == ' ' || c == '\t' || c == ',' || c == '\r') {
        blank = true;
        continue;
      }
      if (c == '\'') {
        push(Token::Kind::quoted, "", blank);
        quote_ = true;
      } else if (c == '(') {
        push(Token::Kind::open, "(", blank);
      } else if (c == ')') {
        push(Token::Kind::close, ")", blank);
      } else if (c == ';') {
        push(Token::Kind::end, "");
      } else if (is_operator(c)) {
        if (!blank && !tokens_.empty() && tokens_.back().kind == Token::Kind::op)
          tokens_.back().text += c;
        else
          push(Token::Kind::op, std::string(1, c), blank);
      } else {
        const char folded = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        if (!blank && !tokens_.empty() && tokens_.back().kind == Token::Kind::word)
          tokens_.back().text += folded;
        else
          push(Token::Kind::word, std::string(1, folded), blank);
      }
      blank = false;
    }
  }

  // ¬ comes as one byte (Latin-1) or two (UTF-8).
  static bool is_operator(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '=' || c == '<' || c == '>' || c == '^' || c == '~' || byte == 0xC2 || byte == 0xAC;
  }

  const std::vector<std::string>& lines_;
  std::vector<Token> tokens_;
  int number_ = 0;
  bool comment_ = false, quote_ = false;
};

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  std::vector<Statement> run() {
    std::vector<Statement> statements;
    for (skip_ends(); !at_end_of_input(); skip_ends()) {
      if (is_word("END") || is_word("ELSE")) {
        statements.push_back(wrong(tokens_[at_].text + " without its " + (is_word("END") ? "DO" : "IF")));
        skip_command();
        continue;
      }
      statements.push_back(statement(0));
    }
    return statements;
  }

 private:
  bool at_end_of_input() const { return at_ >= tokens_.size(); }
  const Token& token() const { return tokens_[at_]; }
  bool is(Token::Kind kind) const { return !at_end_of_input() && token().kind == kind; }
  bool is_word(std::string_view text) const { return is(Token::Kind::word) && token().text == text; }
  void skip_ends() {
    while (is(Token::Kind::end)) ++at_;
  }
  void skip_command() {
    while (!at_end_of_input() && !is(Token::Kind::end)) ++at_;
  }
  Statement wrong(std::string why) const {
    Statement statement;
    statement.kind = Statement::Kind::wrong;
    statement.line = at_end_of_input() ? (tokens_.empty() ? 0 : tokens_.back().line) : token().line;
    statement.problem = std::move(why);
    return statement;
  }
  Statement wrong_skipped(std::string why) {
    auto statement = wrong(std::move(why));
    skip_command();
    return statement;
  }

  Statement statement(int depth) {
    if (depth > deepest_nesting) return wrong_skipped("IF and DO are nested deeper than 10");
    if (is_word("IF")) return condition(depth);
    if (is_word("DO")) return block(depth);
    if (is_word("SET")) return set();
    return command();
  }

  Statement block(int depth) {
    Statement block;
    block.kind = Statement::Kind::block;
    block.line = token().line;
    ++at_;
    for (skip_ends(); !at_end_of_input() && !is_word("END"); skip_ends())
      block.children.push_back(statement(depth + 1));
    if (at_end_of_input())
      block.children.push_back(wrong("DO without its END"));
    else
      ++at_;
    return block;
  }

  bool code_name(bool& of_maxcc) {
    if (!is_word("LASTCC") && !is_word("MAXCC")) return false;
    of_maxcc = is_word("MAXCC");
    ++at_;
    return true;
  }

  bool comparison(Operator& op) {
    if (!is(Token::Kind::op) && !is(Token::Kind::word)) return false;
    std::string text;
    for (const char c : token().text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte == 0xC2) continue;
      text += byte == 0xAC || c == '^' || c == '~' ? '!' : c;
    }
    static constexpr std::pair<std::string_view, Operator> names[] = {
        {"=", Operator::eq},  {"EQ", Operator::eq}, {"!=", Operator::ne}, {"NE", Operator::ne}, {"<>", Operator::ne},
        {">", Operator::gt},  {"GT", Operator::gt}, {"<", Operator::lt},  {"LT", Operator::lt}, {">=", Operator::ge},
        {"GE", Operator::ge}, {"!<", Operator::ge}, {"<=", Operator::le}, {"LE", Operator::le}, {"!>", Operator::le}};
    for (const auto& [name, value] : names)
      if (text == name) {
        op = value;
        ++at_;
        return true;
      }
    return false;
  }

  bool number(int& value) {
    if (!is(Token::Kind::word)) return false;
    const auto& text = token().text;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value < 0) return false;
    ++at_;
    return true;
  }

  Statement condition(int depth) {
    Statement condition;
    condition.kind = Statement::Kind::condition;
    condition.line = token().line;
    ++at_;
    if (!code_name(condition.of_maxcc)) return wrong_skipped("IF needs LASTCC or MAXCC");
    if (!comparison(condition.op)) return wrong_skipped("IF needs a comparison: EQ NE GT LT GE LE");
    if (!number(condition.number)) return wrong_skipped("IF needs a number to compare with");
    if (!is_word("THEN")) return wrong_skipped("IF needs THEN");
    ++at_;
    condition.children.push_back(clause(depth));
    const auto before = at_;
    skip_ends();
    if (is_word("ELSE")) {
      ++at_;
      condition.children.push_back(clause(depth));
    } else {
      at_ = before;
    }
    return condition;
  }

  // THEN and ELSE that end their line without a continuation have an empty clause.
  Statement clause(int depth) {
    if (!at_end_of_input() && !is(Token::Kind::end) && !is_word("ELSE")) return statement(depth + 1);
    Statement nothing;
    nothing.kind = Statement::Kind::block;
    nothing.line = at_end_of_input() ? 0 : token().line;
    return nothing;
  }

  Statement set() {
    Statement set;
    set.kind = Statement::Kind::set;
    set.line = token().line;
    ++at_;
    Operator op{};
    if (!code_name(set.of_maxcc) || !comparison(op) || op != Operator::eq || !number(set.number))
      return wrong_skipped("SET needs MAXCC=n or LASTCC=n");
    set.number = std::min(set.number, 16);  // more than 16 is 16, says the manual
    return set;
  }

  Statement command() {
    if (!is(Token::Kind::word)) return wrong_skipped("a command name is wanted, not " + token().text);
    Statement command;
    command.line = token().line;
    command.verb = token().text;
    ++at_;
    std::string problem;
    // Inside THEN the command ends before ELSE only at its own end of line, so ELSE is no word of it.
    while (!at_end_of_input() && !is(Token::Kind::end)) {
      if (is(Token::Kind::close)) return wrong_skipped("a parenthesis is closed that was not opened");
      command.items.push_back(item(problem, 0));
      if (!problem.empty()) return wrong_skipped(problem);
    }
    return command;
  }

  Item item(std::string& problem, int depth) {
    Item item;
    if (depth > deepest_list) {
      problem = "parentheses are nested too deep";
      return item;
    }
    if (is(Token::Kind::word) || is(Token::Kind::quoted) || is(Token::Kind::op)) {
      item.text = token().text;
      item.quoted = is(Token::Kind::quoted);
      ++at_;
      // X'0D', C'A': the prefix is a word of its own before the quoted text.
      if (!item.quoted && is(Token::Kind::quoted) && !token().after_blank) {
        item.text += "'" + token().text + "'";
        ++at_;
      }
      // NAME (A.B) with a blank before the parenthesis is common, and the same; 'A.B(M)' (N) are two.
      if (!is(Token::Kind::open) || (item.quoted && token().after_blank)) return item;
    }
    ++at_;  // (
    item.has_list = true;
    while (!is(Token::Kind::close)) {
      if (at_end_of_input() || is(Token::Kind::end)) {
        problem = "a parenthesis is not closed (is a continuation mark missing?)";
        return item;
      }
      item.list.push_back(this->item(problem, depth + 1));
      if (!problem.empty()) return item;
    }
    ++at_;
    return item;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Statement> parse(const std::vector<std::string>& lines) {
  std::string problem;
  auto tokens = Tokenizer(lines).run(problem);
  auto statements = Parser(std::move(tokens)).run();
  if (!problem.empty()) {
    Statement wrong;
    wrong.kind = Statement::Kind::wrong;
    wrong.line = static_cast<int>(lines.size());
    wrong.problem = problem;
    statements.push_back(wrong);
  }
  return statements;
}

std::string to_string(const Item& item) {
  std::string text = item.quoted ? "'" + item.text + "'" : item.text;
  if (!item.has_list) return text;
  text += "(";
  for (std::size_t i = 0; i < item.list.size(); ++i) text += (i > 0 ? " " : "") + to_string(item.list[i]);
  return text + ")";
}

}  // namespace sysplexd::jes::ams
