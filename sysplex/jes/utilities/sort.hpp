// SORT (aliases ICEMAN, DFSORT, SYNCSORT): the entry of the utility. What it understands and how it works: sort.cpp and
// the heads of the sort_* files; the order is cards -> control (pure) -> records -> order -> output.
#pragma once
#include "sysplex/jes/utilities/program.hpp"

namespace sysplexd::jes {

// Reads SYSIN (DD, else standard input), SORTIN or SORTINnn, writes SORTOUT and the DDs of OUTFIL, messages to stdout.
// CC 0, 4 (overflow of a sum, records cut to a shorter LRECL) or 16 (nothing usable was written).
ProgramEnd sort_program();

}  // namespace sysplexd::jes
