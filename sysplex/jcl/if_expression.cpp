// IF expressions by recursive descent; OR binds weaker than AND, AND weaker than a comparison, NOT strongest.
#include "sysplex/jcl/if_expression.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sysplex/jcl/operand.hpp"
#include "sysplex/jcl/statement.hpp"
#include "sysplex/jcl/values.hpp"

namespace sysplexd::jcl {

namespace {

// Parentheses and NOTs deeper than this are refused: the parser recurses, and a deck may be hostile.
constexpr int deepest = 100;

struct Token {
  enum class Kind { word, compare, both, either, negation, open, close, end, bad } kind = Kind::end;
  std::string_view text;
  std::size_t at = 0;
  Compare compare = Compare::eq;
};

constexpr std::array<std::pair<std::string_view, Compare>, 8> word_operators{{
    {"GT", Compare::gt},
    {"LT", Compare::lt},
    {"NG", Compare::le},
    {"NL", Compare::ge},
    {"EQ", Compare::eq},
    {"NE", Compare::ne},
    {"GE", Compare::ge},
    {"LE", Compare::le},
}};

class Parser {
 public:
  Parser(const SourceText& source, const Origin* origin, Diagnostics& diagnostics)
      : source_(source), origin_(origin), diagnostics_(diagnostics) {
    advance();
  }

  std::optional<ParsedIf> parse() {
    ParsedIf parsed;
    if (token_.kind == Token::Kind::end) {
      diagnostics_.error<"IEF646I">(source_.place(0, origin_), std::string_view("IF"));
      return std::nullopt;
    }
    if (!either(parsed.expression, 0)) return std::nullopt;
    if (token_.kind != Token::Kind::end) {
      fail();
      return std::nullopt;
    }
    parsed.step_places = std::move(step_places_);
    return parsed;
  }

 private:
  using Kind = IfExpression::Kind;

  bool fail() {
    diagnostics_.error<"IEFC632I">(source_.place(token_.at, origin_), std::string_view("IF"));
    return false;
  }

  // The not sign in UTF-8, Latin-1, or as the circumflex that ASCII decks use.
  std::size_t not_sign(std::size_t at) const {
    const auto text = source_.text;
    if (text[at] == '^' || text[at] == '\xAC') return 1;
    return text.substr(at).starts_with("\xC2\xAC") ? 2 : 0;
  }

  void set(Token::Kind kind, std::size_t length, Compare compare = Compare::eq) {
    token_ = {kind, source_.text.substr(at_, length), at_, compare};
    at_ += length;
  }

  void advance() {
    const auto text = source_.text;
    while (at_ < text.size() && text[at_] == ' ') ++at_;
    if (at_ >= text.size()) return set(Token::Kind::end, 0);
    const char c = text[at_];
    const char next = at_ + 1 < text.size() ? text[at_ + 1] : ' ';
    if (c == '(') return set(Token::Kind::open, 1);
    if (c == ')') return set(Token::Kind::close, 1);
    if (c == '&') return set(Token::Kind::both, 1);
    if (c == '|') return set(Token::Kind::either, 1);
    if (c == '=') return set(Token::Kind::compare, 1, Compare::eq);
    if (c == '>')
      return next == '=' ? set(Token::Kind::compare, 2, Compare::ge) : set(Token::Kind::compare, 1, Compare::gt);
    if (c == '<')
      return next == '=' ? set(Token::Kind::compare, 2, Compare::le) : set(Token::Kind::compare, 1, Compare::lt);
    if (const auto sign = not_sign(at_); sign > 0) {
      const char after = at_ + sign < text.size() ? text[at_ + sign] : ' ';
      if (after == '=') return set(Token::Kind::compare, sign + 1, Compare::ne);
      if (after == '>') return set(Token::Kind::compare, sign + 1, Compare::le);
      if (after == '<') return set(Token::Kind::compare, sign + 1, Compare::ge);
      return set(Token::Kind::negation, sign);
    }
    std::size_t end = at_;
    while (end < text.size() && (is_name_character(text[end]) || text[end] == '.')) ++end;
    if (end == at_) return set(Token::Kind::bad, 1);
    const auto word = text.substr(at_, end - at_);
    if (word == "AND") return set(Token::Kind::both, 3);
    if (word == "OR") return set(Token::Kind::either, 2);
    if (word == "NOT") return set(Token::Kind::negation, 3);
    for (const auto& [name, compare] : word_operators)
      if (word == name) return set(Token::Kind::compare, word.size(), compare);
    set(Token::Kind::word, word.size());
  }

  static void join(IfExpression& left, Kind kind, IfExpression right) {
    IfExpression node;
    node.kind = kind;
    node.operands.push_back(std::move(left));
    node.operands.push_back(std::move(right));
    left = std::move(node);
  }

  // a OR b OR c makes a tree as deep as it is long, so the number of operators is bounded as the depth is.
  bool count_operator() { return ++operators_ <= deepest || fail(); }

  bool either(IfExpression& out, int depth) {
    if (!both(out, depth)) return false;
    while (token_.kind == Token::Kind::either) {
      if (!count_operator()) return false;
      advance();
      IfExpression right;
      if (!both(right, depth)) return false;
      join(out, Kind::either, std::move(right));
    }
    return true;
  }

  bool both(IfExpression& out, int depth) {
    if (!primary(out, depth)) return false;
    while (token_.kind == Token::Kind::both) {
      if (!count_operator()) return false;
      advance();
      IfExpression right;
      if (!primary(right, depth)) return false;
      join(out, Kind::both, std::move(right));
    }
    return true;
  }

  bool primary(IfExpression& out, int depth) {
    if (depth > deepest) return fail();
    if (token_.kind == Token::Kind::negation) {
      advance();
      IfExpression inner;
      if (!primary(inner, depth + 1)) return false;
      // ¬ABEND and ¬RUN are keywords of their own: of a step that did not run, ¬ABEND is false as ABEND is.
      if (inner.kind == Kind::abend || inner.kind == Kind::run) {
        inner.expected = !inner.expected;
        out = std::move(inner);
      } else {
        out.kind = Kind::negation;
        out.operands.push_back(std::move(inner));
      }
      return true;
    }
    if (token_.kind == Token::Kind::open) {
      const Token open = token_;
      advance();
      if (!either(out, depth + 1)) return false;
      if (token_.kind != Token::Kind::close) {
        diagnostics_.error<"IEFC622I">(source_.place(open.at, origin_), std::string_view("IF"));
        return false;
      }
      advance();
      return true;
    }
    return comparison(out);
  }

  bool comparison(IfExpression& out) {
    if (token_.kind != Token::Kind::word) return fail();
    const Token word = token_;
    if (!keyword(word, out)) return false;
    advance();
    if (token_.kind != Token::Kind::compare) {
      if (out.kind == Kind::abend || out.kind == Kind::run) return true;
      return fail();
    }
    out.op = token_.compare;
    advance();
    if (token_.kind != Token::Kind::word) return fail();
    if (!value(out)) return fail();
    advance();
    return true;
  }

  // STEP.PROCSTEP.RC
  bool keyword(const Token& word, IfExpression& out) {
    std::array<std::string_view, 3> parts;
    std::size_t count = 0;
    for (std::size_t begin = 0; count < parts.size();) {
      const auto dot = word.text.find('.', begin);
      parts[count++] = word.text.substr(begin, dot == std::string_view::npos ? dot : dot - begin);
      if (dot == std::string_view::npos) break;
      begin = dot + 1;
      if (count == parts.size()) return fail();
    }
    const auto name = parts[count - 1];
    if (name == "RC")
      out.kind = Kind::rc;
    else if (name == "ABENDCC")
      out.kind = Kind::abendcc;
    else if (name == "ABEND")
      out.kind = Kind::abend;
    else if (name == "RUN")
      out.kind = Kind::run;
    else {
      diagnostics_.error<"IEFC630I">(source_.place(word.at + word.text.size() - name.size(), origin_), name);
      return false;
    }
    for (std::size_t i = 0; i + 1 < count; ++i)
      if (!is_name(parts[i])) return fail();
    if (count > 1) {
      out.step = parts[0];
      if (count > 2) out.procstep = parts[1];
      step_places_.push_back(source_.place(word.at, origin_));
    }
    return true;
  }

  bool value(IfExpression& out) {
    const auto text = token_.text;
    if (out.kind == Kind::rc) {
      const auto number = parse_number(text);
      if (!number || *number > highest_code) return false;
      out.code = *number;
      return true;
    }
    if (out.kind == Kind::abendcc) {
      const auto digits = text.substr(std::min<std::size_t>(1, text.size()));
      const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
      if (text.starts_with('S') && digits.size() == 3 && std::all_of(digits.begin(), digits.end(), hex)) {
        out.abend = text;
        return true;
      }
      const auto number = parse_number(digits);
      if (!text.starts_with('U') || digits.size() > 4 || !number || *number > highest_code) return false;
      out.abend = "U" + std::string(4 - digits.size(), '0') + std::string(digits);
      return true;
    }
    if (out.op != Compare::eq && out.op != Compare::ne) return false;
    if (text != "TRUE" && text != "FALSE") return false;
    out.expected = (text == "TRUE") == (out.op == Compare::eq);
    out.op = Compare::eq;
    return true;
  }

  const SourceText& source_;
  const Origin* origin_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  Token token_;
  int operators_ = 0;
  std::vector<Place> step_places_;
};

}  // namespace

std::optional<ParsedIf> parse_if(const SourceText& source, const Origin* origin, Diagnostics& diagnostics) {
  return Parser(source, origin, diagnostics).parse();
}

}  // namespace sysplexd::jcl
