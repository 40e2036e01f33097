// Built-in programs (utilities): each runs as its own process `sysplexd program NAME` in a step, and sees what
// any program sees (sysplex/jes/README.md). One table, program.cpp: name -> entry.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jes {

// How a program ends: a condition code 0..4095 or an abend ("S806", "U4038"), told over SYSPLEXD_RC_FD.
struct ProgramEnd {
  int cc = 0;
  std::string abend;
  std::string text;  // reason of the abend, one sentence
};

struct Program {
  std::string_view name;     // "IEBGENER"
  ProgramEnd (*entry)();     // reads its DDs from the environment
  std::string_view summary;  // one line for documentation
};

std::span<const Program> programs();
const Program* find_program(std::string_view name);  // nullptr: not built in; aliases (ICEGENER, ICEMAN …) included

// Runs one and reports its end over SYSPLEXD_RC_FD; answers the exit status of the process (cc & 255, or 1 for an
// abend).
int run_program(std::string_view name);

// The COBOL launcher: loads a GnuCOBOL module (.so, by path) with libcob, passes PARM as halfword length and text,
// reports RETURN-CODE and run-time errors. Runs as `sysplexd cobol PATH`.
int run_cobol(std::string_view module_path);

}  // namespace sysplexd::jes
