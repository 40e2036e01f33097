// Options of the COBOL compiler: PARM and CBL/PROCESS statements of Enterprise COBOL, as cobc understands them. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jes {

struct CompilerOptions {
  std::vector<std::string> flags;    // for cobc
  std::vector<std::string> mapped;   // "SSRANGE -> -fec=EC-BOUND-SUBSCRIPT …", for the listing
  std::vector<std::string> ignored;  // known, without a meaning here
  std::vector<std::string> unknown;  // no option of the compiler: warning
  bool source = true;                // list the source
  bool compile = true;               // false: NOCOMPILE, syntax check only
  bool numeric_check = true;         // decimal data is checked, as the machine does: S0C7
};

// texts: PARM first, then CBL operands in order; later ones win.
CompilerOptions compiler_options(const std::vector<std::string>& texts);

// Takes the CBL and PROCESS statements off the head of a source (they become comment lines, so that line numbers
// hold) and answers their operands.
std::vector<std::string> take_process_statements(std::vector<std::string>& source);

// PROGRAM-ID of the first program; empty: there is none.
std::string program_id(const std::vector<std::string>& source);

}  // namespace sysplexd::jes
