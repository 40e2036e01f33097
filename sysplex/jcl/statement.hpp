// Cards -> statements: fields, continuation, comments, delimiters and in-stream data by the column rules
// (jcl-zosmf.md 2.1). Knows no keyword but what it must to find the end of in-stream data.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sysplex/jcl/diagnostics.hpp"
#include "sysplex/jcl/source_text.hpp"

namespace sysplexd::jcl {

enum class Operation : std::uint8_t {
  job,
  exec,
  dd,
  proc,
  pend,
  set,
  if_then,
  otherwise,
  endif,
  include,
  jcllib,
  output,
  export_symlist,
  cntl,
  endcntl,
  command,
  xmit,
  schedule,
  notify,
  job_group,
  unknown,    // a JCL card whose operation field is no operation: reported by the reader already
  null,       // "//"
  comment,    // "//*"
  delimiter,  // "/*"
  jes2,       // "/*JOBPARM …"
  data,       // lines that belong to no DD: JES makes a //SYSIN DD * for them
};

struct Statement {
  Operation operation = Operation::unknown;
  std::string_view name;  // name field; empty: none
  std::string_view word;  // operation field as written
  Place place, name_place, word_place;
  SourceText operands;  // operand field of all cards; of IF the expression without THEN; of jes2 the whole card
  std::vector<std::string_view> cards;  // as read, for the listing; comment cards in between are among them
  bool cut = false;                     // the reader reported it and left operands out
  bool has_data = false;                // DD *, DD DATA, or Operation::data
  std::string_view data;                // raw lines with their line ends
  int data_card = 0;                    // number of the first
  std::size_t begin = 0;                // offset of the first card in the text read
};

// Everything in the text. Views point into text and arena, which must outlive the answer.
std::vector<Statement> read_statements(std::string_view text, int first_card, Arena& arena, Diagnostics& diagnostics);

// 1-8 of A-Z 0-9 @ # $, not starting with a digit.
bool is_name(std::string_view text);
bool is_name_character(char c);  // A-Z 0-9 @ # $

}  // namespace sysplexd::jcl
