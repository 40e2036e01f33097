// What a program of a step tells the step runner over SYSPLEXD_RC_FD (sysplex/jes/README.md): its end, and lines for
// JESYSMSG. And SYSPRINT, the listing that a utility writes: standard output.
#pragma once
#include <string>
#include <string_view>

#include "sysplex/jes/utilities/program.hpp"

namespace sysplexd::jes {

// "CC 8" or "ABEND S806 text". Without the descriptor (run by hand) nothing is written: the exit status says it.
void tell_end(const ProgramEnd& end);
// "MSG text": a line for JESYSMSG.
void tell_message(std::string_view text);

// z/OS keeps the low twelve bits of a return code: 4096 is 0, -1 is 4095.
constexpr int condition_code(long return_code) { return static_cast<int>(return_code & 0xFFF); }

// One listing line to SYSPRINT. Unbuffered text of programs that we start goes to the same file: flush before.
void print_line(std::string_view text = {});
void flush_listing();

}  // namespace sysplexd::jes
