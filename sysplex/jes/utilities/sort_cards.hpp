// SORT control statements, first stage: cards become logical statements. Pure.
// Columns 1-71 hold the statement, 72 the continuation mark, 73-80 are ignored; `*` in column 1 is a comment, a blank
// card as well. A label starts in column 1. The operand field ends at the first blank outside quotes; what follows is a
// remark. Continuation: after comma-blank, semicolon-blank or colon-blank at the first non-blank of columns 2-71; after
// a break at column 71 with a mark in column 72 at column 16, or before it where columns 2-15 are not blank
// (DFSORT Application Programming Guide, "Continuation lines").
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jes::sort {

struct Place {
  std::uint32_t line = 0;    // of the card in SYSIN, from 1; 0: PARM
  std::uint32_t column = 0;  // from 1
};

// One complaint, complete with message id, statement, line and column.
struct ControlError {
  Place at;
  std::string message;
};

struct Statement {
  std::string operation;      // "SORT", upper case
  std::string text;           // the operand field of all its cards, without remarks
  std::vector<Place> places;  // where each character of text stood; one more for the end
  Place at;                   // of the operation
};

struct Cards {
  std::vector<Statement> statements;  // without END and what follows it
  std::vector<ControlError> errors;
};

Cards read_cards(std::span<const std::string> lines);

// Operand text that stands outside cards (PARM): one statement OPTION on line 0.
Statement parm_statement(std::string_view parm);

}  // namespace sysplexd::jes::sort
