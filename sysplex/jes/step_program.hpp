// EXEC PGM=X -> what to execute: a built-in program, or the first hit in STEPLIB/JOBLIB and then the linklist.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jes {

struct ProgramRequest {
  std::string name;                                     // PGM=
  std::optional<std::string> parm;                      // of EXEC, or read from PARMDD
  const std::vector<std::string>* libraries = nullptr;  // STEPLIB or JOBLIB folders
  const std::vector<std::string>* linklist = nullptr;
  std::string program_path;  // PGM=*.step.dd: exactly this file
  std::string binary;        // our own, for built-in programs and the COBOL launcher
};

struct ProgramCommand {
  std::string path;
  std::vector<std::string> arguments;  // with argv[0]
  std::string abend, reason;           // not empty: there is no such program (S806), nothing to execute
};

// In each folder NAME, NAME.so, then the same in lower case. A module (NAME.so, or a file that is a COBOL module) goes
// to the COBOL launcher. Whether it may be executed is found out by executing it.
ProgramCommand find_command(const ProgramRequest& request);

// PARM of an ordinary program as arguments: split at blanks; single and double quotes keep blanks and are taken off; a
// quote that is not closed goes to the end. No other character means anything: this is no shell.
std::vector<std::string> split_parm(std::string_view parm);

}  // namespace sysplexd::jes
