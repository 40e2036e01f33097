// COBOL on GnuCOBOL: the launcher (run_cobol in program.hpp), and what the step runner asks to choose it.
// libcob is loaded at run time (dlopen of libcob.so.4): the daemon needs no COBOL to be installed.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jes {

// An ELF shared object that needs libcob and is no program by itself (no interpreter): to be run by
// `sysplexd cobol PATH`. False for every other file, and where it cannot be read.
bool is_cobol_module(const std::string& path);

// Functions that an ELF shared object defines for others, in the order of its symbol table; empty: none, or no ELF.
std::vector<std::string> module_entries(const std::string& path);

// Code of the abend that a fatal message of libcob means: S806, S0C7, S0C4, S013, SD37 …; U4038 for the others
// (the code Language Environment uses for an unhandled condition of severity 2 or more).
std::string abend_of_message(std::string_view message);

}  // namespace sysplexd::jes
