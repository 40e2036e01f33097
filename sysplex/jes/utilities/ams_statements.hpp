// Access method services (IDCAMS): statements apart from what they do. Lines -> statements with IF/ELSE and DO/END
// resolved into a tree. Pure. Rules: z/OS DFSMS Access Method Services Commands, chapter 2 (modal commands).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jes::ams {

// A word, a quoted word, or a list; a word may own a list: NAME(A.B), DELETE A.B(M).
struct Item {
  std::string text;  // upper case unless quoted; empty for a bare list
  bool quoted = false;
  bool has_list = false;
  std::vector<Item> list;
};

enum class Operator { eq, ne, gt, lt, ge, le };

struct Statement {
  enum class Kind { command, condition, block, set, wrong };
  Kind kind = Kind::command;
  int line = 0;                     // 1-based
  std::string verb;                 // command: DELETE …
  std::vector<Item> items;          // command: its parameters
  bool of_maxcc = false;            // condition, set: MAXCC, else LASTCC
  Operator op = Operator::eq;       // condition
  int number = 0;                   // condition, set
  std::vector<Statement> children;  // condition: THEN and, if there, ELSE; block: its statements
  std::string problem;              // wrong: what is wrong
};

// The whole input. What cannot be read is a `wrong` statement in its place; reading goes on at the next command.
std::vector<Statement> parse(const std::vector<std::string>& lines);

// Text of an item as it was written, for messages.
std::string to_string(const Item& item);

}  // namespace sysplexd::jes::ams
