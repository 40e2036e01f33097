// Control statements of the IEB… utilities and the binder: "label OPERATION operands", columns 1-71, continued after a
// trailing comma or by a character in column 72. Pure.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/result.hpp"

namespace sysplexd::jes {

struct ControlStatement {
  std::string label;      // "COPY1" of "COPY1 COPY OUTDD=…"; empty: none
  std::string operation;  // upper case
  std::string operands;   // continuation joined, remarks dropped; case kept inside apostrophes only
  int line = 0;           // 1-based, of its first line
};

net::Result<std::vector<ControlStatement>> parse_control_statements(const std::vector<std::string>& lines);

// "A=(1,2),B='x,y',C" -> A=(1,2) | B='x,y' | C. Commas inside parentheses and apostrophes do not part.
net::Result<std::vector<std::string>> split_operands(std::string_view text);
// One level of parentheses off: "(A,(B,,R))" -> A | (B,,R); "A" -> A.
net::Result<std::vector<std::string>> split_list(std::string_view text);
// "KEY=value" -> (KEY, value); no equals sign: (text, "").
std::pair<std::string, std::string> split_keyword(std::string_view operand);

std::string upper(std::string_view text);
std::string_view trim(std::string_view text);
std::string_view trim_right(std::string_view text);

// The lines of SYSIN (DD SYSIN, else standard input) as the utilities read control statements: at most 1,000,000
// lines, columns beyond 80 dropped, carriage returns and trailing blanks off.
net::Result<std::vector<std::string>> read_control_lines(std::string_view ddname = "SYSIN");

}  // namespace sysplexd::jes
