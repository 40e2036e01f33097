// The operands of one DD part, sorted out by keyword; between the two files of the DD interpreter.
#pragma once
#include <algorithm>
#include <string_view>
#include <vector>

#include "sysplex/jcl/interpreter.hpp"

namespace sysplexd::jcl {

struct Interpreter::DdWork {
  const Operand* positional = nullptr;  // *, DATA, DUMMY
  const Operand* dsn = nullptr;
  const Operand* disp = nullptr;
  const Operand* sysout = nullptr;
  const Operand* path = nullptr;
  const Operand* pathopts = nullptr;
  const Operand* pathmode = nullptr;
  const Operand* pathdisp = nullptr;
  const Operand* space = nullptr;
  const Operand* dsntype = nullptr;
  const Operand* ddname = nullptr;
  const Operand* like = nullptr;
  const Operand* refdd = nullptr;
  const Operand* no_data = nullptr;  // SUBSYS, TERM, QNAME
  std::vector<const Operand*> dcb;   // DCB= and its words, in order
};

template <class Table>
bool contains(const Table& table, std::string_view word) {
  return std::find(table.begin(), table.end(), word) != table.end();
}

}  // namespace sysplexd::jcl
