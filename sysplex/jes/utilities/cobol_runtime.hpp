// The launcher's hold on libcob, shared by its two files: the run (cobol_launcher.cpp) and OPEN (cobol_open.cpp).
#pragma once
#include <string>

namespace sysplexd::jes::cobol {

// A function of the loaded libcob; nullptr when it is not loaded or has no such function.
void* runtime_function(const char* name);
// libcob is a 3.1: the layout of cob_file that cobol_open.cpp knows.
bool runtime_is_3_1();
// Ends the run as libcob ends it after a fatal error: message on stderr, files closed, abend reported. Does not return.
[[noreturn]] void fatal(const std::string& message);
// Ends the run with this abend ("U0016"); files are closed, the reason is the text. Does not return.
[[noreturn]] void abend(const std::string& code, const std::string& text);
// Keeps the file with the interposed entries in the link; called by run_cobol.
void keep_entries();

}  // namespace sysplexd::jes::cobol
