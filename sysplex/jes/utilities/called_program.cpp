// See called_program.hpp.
#include "sysplex/jes/utilities/called_program.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "sysplex/jes/utilities/cobol.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/process.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

namespace {

// What the program said in its file; MSG lines go on to the step's own descriptor.
ProgramEnd end_of(const ProcessEnd& ended, std::string_view said) {
  ProgramEnd end;
  bool told = false;
  while (!said.empty()) {
    const auto newline = std::min(said.find('\n'), said.size());
    const auto line = said.substr(0, newline);
    said.remove_prefix(std::min(newline + 1, said.size()));
    if (line.substr(0, 3) == "CC ") {
      end = {std::atoi(std::string(line.substr(3)).c_str()), "", ""};
      told = true;
    } else if (line.substr(0, 6) == "ABEND ") {
      const auto blank = std::min(line.find(' ', 6), line.size());
      end = {0, std::string(line.substr(6, blank - 6)), std::string(trim(line.substr(blank)))};
      told = true;
    } else if (line.substr(0, 4) == "MSG ") {
      tell_message(line.substr(4));
    }
  }
  if (told && (ended.signal == 0 || !end.abend.empty())) return end;
  if (ended.signal == 0) return {ended.exit_status, "", ""};
  // The same reading of signals as the step runner's (jcl-zosmf.md 2.9), as far as a program causes them itself.
  const int signal = ended.signal;
  char user[8];
  std::snprintf(user, sizeof user, "U%04d", signal);
  const std::string code = signal == SIGSEGV || signal == SIGBUS ? "S0C4"
                           : signal == SIGILL                    ? "S0C1"
                           : signal == SIGFPE                    ? "S0C9"
                           : signal == SIGABRT                   ? "U4038"
                           : signal == SIGXCPU                   ? "S322"
                                                                 : user;
  return {0, code, "ended by signal " + std::to_string(signal)};
}

}  // namespace

std::vector<std::string> step_libraries() {
  std::vector<std::string> libraries;
  const char* text = std::getenv("SYSPLEXD_LIBRARIES");
  std::string_view rest = text == nullptr ? "" : text;
  while (!rest.empty()) {
    const auto colon = std::min(rest.find(':'), rest.size());
    if (colon > 0) libraries.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return libraries;
}

net::Result<ProgramEnd> call_program(const CalledProgram& program) {
  ProcessRequest request;
  if (find_program(program.name) != nullptr) {
    request.arguments = {"/proc/self/exe", "program", program.name};
  } else {
    std::string path;
    for (const auto& library : program.libraries)
      for (const auto& file : {program.name, program.name + ".so"})
        if (path.empty() && ::access((library + "/" + file).c_str(), F_OK) == 0) path = library + "/" + file;
    if (path.empty()) return net::Error{net::Errc::not_found, "no library has a program " + program.name};
    if (is_cobol_module(path))
      request.arguments = {"/proc/self/exe", "cobol", path};
    else
      request.arguments = {path};
    if (request.arguments.size() == 1 && !program.parm.empty()) request.arguments.push_back(program.parm);
  }
  // A file, not a pipe: a program that tells much must not wait for us, who wait for it.
  const WorkFolder work("call");
  if (!work.ok()) return net::Error{net::Errc::io, work.problem()};
  const std::string told_path = work.path() + "/end";
  const int told = ::open(told_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);  // inherited on purpose
  if (told < 0) return net::system_error(errno, "open " + told_path);
  request.environment = {"SYSPLEXD_RC_FD=" + std::to_string(told), "SYSPLEXD_PARM=" + program.parm};
  flush_listing();
  const auto ended = run_process(request);
  ::close(told);
  if (!ended) return ended.error();
  const auto said = read_file(told_path, std::size_t{1} << 20);
  return end_of(ended.value(), said ? std::string_view(said.value()) : std::string_view());
}

}  // namespace sysplexd::jes
