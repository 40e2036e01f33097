// See control_statements.hpp.
#include "sysplex/jes/utilities/control_statements.hpp"

#include <algorithm>

#include "sysplex/jes/utilities/dd.hpp"

namespace sysplexd::jes {

namespace {

constexpr std::size_t statement_columns = 71;
constexpr std::size_t max_control_lines = 1'000'000;

// Cuts the operand field: up to the first blank outside apostrophes and parentheses; what follows is a remark.
// quote carries an open apostrophe to the next line.
std::string_view operand_field(std::string_view text, bool& quote, int& depth) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') quote = !quote;
    if (quote) continue;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ' ' && depth <= 0) return text.substr(0, i);
  }
  return text;
}

std::string fold_outside_quotes(std::string_view text) {
  std::string out;
  bool quote = false;
  for (const char c : text) {
    if (c == '\'') quote = !quote;
    out += static_cast<char>(!quote && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return out;
}

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

}  // namespace

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::string_view trim_right(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? std::string_view() : trim_right(text.substr(first));
}

net::Result<std::vector<ControlStatement>> parse_control_statements(const std::vector<std::string>& lines) {
  std::vector<ControlStatement> statements;
  bool continued = false, quote = false;
  int depth = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view line = lines[i];
    const bool mark = line.size() > statement_columns && line[statement_columns] != ' ';
    line = trim_right(line.substr(0, statement_columns));
    if (!continued) {
      if (trim(line).empty() || line.front() == '*') continue;
      ControlStatement statement;
      statement.line = static_cast<int>(i) + 1;
      std::string_view rest = line;
      if (rest.front() != ' ') statement.label = upper(take_word(rest));
      statement.operation = upper(take_word(rest));
      // Many decks start the operation in column 1: a lone word, or a "label" that is followed by operands.
      if (statement.operation.empty() || statement.operation.find('=') != std::string::npos) {
        statement.operation = statement.label;
        statement.label.clear();
        rest = line.substr(statement.operation.size());
      }
      statements.push_back(std::move(statement));
      quote = false;
      depth = 0;
      const auto field = operand_field(trim(rest), quote, depth);
      statements.back().operands = fold_outside_quotes(field);
    } else {
      // An open apostrophe goes on exactly in column 16, all else at the first character.
      std::string_view rest = quote && line.size() > 15 ? line.substr(15) : trim(line);
      const auto field = operand_field(rest, quote, depth);
      statements.back().operands += fold_outside_quotes(field);
    }
    const auto& operands = statements.back().operands;
    continued = mark || (!operands.empty() && operands.back() == ',');
    if (!continued && (quote || depth > 0))
      return net::Error{net::Errc::invalid, "statement of line " + std::to_string(statements.back().line) +
                                                " ends inside " + (quote ? "apostrophes" : "parentheses")};
  }
  if (continued && !statements.empty() && !statements.back().operands.empty() &&
      statements.back().operands.back() == ',')
    return net::Error{net::Errc::invalid, "statement of line " + std::to_string(statements.back().line) +
                                              " is continued, but nothing follows"};
  return statements;
}

net::Result<std::vector<std::string>> split_operands(std::string_view text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  std::string current;
  bool quote = false;
  int depth = 0;
  for (const char c : text) {
    if (c == '\'') quote = !quote;
    if (!quote && c == '(') ++depth;
    if (!quote && c == ')' && --depth < 0)
      return net::Error{net::Errc::invalid, "unbalanced parentheses in " + std::string(text)};
    if (c == ',' && !quote && depth == 0) {
      parts.push_back(std::move(current));
      current.clear();
    } else {
      current += c;
    }
  }
  if (quote || depth != 0)
    return net::Error{net::Errc::invalid, "unbalanced apostrophes or parentheses in " + std::string(text)};
  parts.push_back(std::move(current));
  return parts;
}

net::Result<std::vector<std::string>> split_list(std::string_view text) {
  if (text.size() >= 2 && text.front() == '(' && text.back() == ')') text = text.substr(1, text.size() - 2);
  return split_operands(text);
}

std::pair<std::string, std::string> split_keyword(std::string_view operand) {
  const auto equals = operand.find('=');
  if (equals == std::string_view::npos) return {upper(trim(operand)), ""};
  return {upper(trim(operand.substr(0, equals))), std::string(trim(operand.substr(equals + 1)))};
}

net::Result<std::vector<std::string>> read_control_lines(std::string_view ddname) {
  std::vector<std::string> lines;
  const auto dd = find_dd(ddname);
  if (!dd && ddname != "SYSIN") return lines;
  auto opened = dd ? RecordReader::open(*dd) : net::Result<RecordReader>(RecordReader::standard_input());
  if (!opened) return opened.error();
  auto reader = std::move(opened).value();
  std::string_view record;
  while (reader.next(record)) {
    if (lines.size() == max_control_lines)
      return net::Error{net::Errc::too_large, std::string(ddname) + " has more than " +
                                                  std::to_string(max_control_lines) + " control statement lines"};
    lines.emplace_back(trim_right(record.substr(0, 80)));
  }
  if (!reader.status()) return reader.status().error();
  return lines;
}

}  // namespace sysplexd::jes
