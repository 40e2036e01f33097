// Entries of the built-in programs, for the table in program.cpp. Each reads its DDs from the environment.
#pragma once
#include "sysplex/jes/utilities/program.hpp"

namespace sysplexd::jes {

ProgramEnd iefbr14_program();
ProgramEnd iebgener_program();
ProgramEnd iebcopy_program();
ProgramEnd bpxbatch_program();
ProgramEnd idcams_program();
ProgramEnd ikjeft01_program();  // goes on after a failing command
ProgramEnd ikjeft1b_program();  // ends at it
ProgramEnd cobol_compiler_program();
ProgramEnd binder_program();
ProgramEnd loader_program();  // links and runs: it ends the process itself

}  // namespace sysplexd::jes
