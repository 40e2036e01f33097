// A program that another program calls (TSO CALL): found as the step runner finds one, run as a process of its own, its
// 16-bit condition code or abend taken over a pipe of the same form as the step's.
#pragma once
#include <string>
#include <vector>

#include "net/result.hpp"
#include "sysplex/jes/utilities/program.hpp"

namespace sysplexd::jes {

struct CalledProgram {
  std::string name;                    // "PAYCALC"
  std::vector<std::string> libraries;  // folders, in search order
  std::string parm;
};

// not_found: no such program.
net::Result<ProgramEnd> call_program(const CalledProgram& program);

// SYSPLEXD_LIBRARIES, parted.
std::vector<std::string> step_libraries();

}  // namespace sysplexd::jes
