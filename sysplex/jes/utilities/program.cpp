// The table of built-in programs, and the run of one. The whole contract with the step runner is in program.hpp.
#include "sysplex/jes/utilities/program.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

#include "config/message.hpp"
#include "sysplex/jes/utilities/entries.hpp"
#include "sysplex/jes/utilities/report.hpp"
#if __has_include("sysplex/jes/utilities/sort.hpp")
#include "sysplex/jes/utilities/sort.hpp"
#define SYSPLEXD_HAS_SORT 1
#endif

namespace sysplexd::jes {

namespace {

constexpr Program table[] = {
    {"IEFBR14", iefbr14_program, "does nothing: for what the DDs of its step do"},
    {"IEBGENER", iebgener_program, "copies SYSUT1 to SYSUT2, edits records, makes members"},
    {"ICEGENER", iebgener_program, "as IEBGENER"},
    {"IEBCOPY", iebcopy_program, "copies members between libraries"},
    {"BPXBATCH", bpxbatch_program, "runs a shell command (SH) or a program (PGM)"},
    {"BPXBATSL", bpxbatch_program, "as BPXBATCH"},
    {"IDCAMS", idcams_program, "catalogue, GDG and data set services"},
    {"IKJEFT01", ikjeft01_program, "TSO commands in batch"},
    {"IKJEFT1A", ikjeft01_program, "TSO commands in batch"},
    {"IKJEFT1B", ikjeft1b_program, "TSO commands in batch, ends at the first that fails"},
    {"IGYCRCTL", cobol_compiler_program, "compiles COBOL (GnuCOBOL)"},
    {"IEWL", binder_program, "links objects to a program"},
    {"HEWL", binder_program, "as IEWL"},
    {"IEWBLINK", binder_program, "as IEWL"},
    {"HEWLH096", binder_program, "as IEWL"},
    {"LINKEDIT", binder_program, "as IEWL"},
    {"LOADER", loader_program, "links objects and runs the program"},
#ifdef SYSPLEXD_HAS_SORT
    {"SORT", sort_program, "sorts, copies, selects and sums records"},
    {"ICEMAN", sort_program, "as SORT"},
    {"DFSORT", sort_program, "as SORT"},
    {"SYNCSORT", sort_program, "as SORT"},
#endif
};

// A failing world (full disk in the middle of a listing, no memory) ends the step, not the daemon: an abend.
ProgramEnd run_entry(const Program& program) {
  try {
    return program.entry();
  } catch (const std::bad_alloc&) {
    return {0, "S878", config::text<"UNV5101E">(program.name, "out of memory")};
  } catch (const std::system_error& error) {
    const bool no_space = error.code() == std::errc::no_space_on_device;
    return {0, no_space ? "SD37" : "U4038", config::text<"UNV5101E">(program.name, error.what())};
  } catch (const std::exception& error) {
    return {0, "U4038", config::text<"UNV5101E">(program.name, error.what())};
  }
}

}  // namespace

std::span<const Program> programs() { return table; }

const Program* find_program(std::string_view name) {
  for (const auto& program : table)
    if (program.name == name) return &program;
  return nullptr;
}

int run_program(std::string_view name) {
  const Program* program = find_program(name);
  if (program == nullptr) {
    const auto text = config::text<"CSV003I">(name);
    std::fprintf(stderr, "%s\n", text.c_str());
    tell_end({0, "S806", text});
    return 1;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a write into a closed pipe is an error that the program tells
  auto end = run_entry(*program);
  const bool listed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (!listed && end.abend.empty())
    end = {0, "S001", config::text<"UNV5101E">(program->name, "SYSPRINT could not be written")};
  if (!end.abend.empty()) std::fprintf(stderr, "%s\n", end.text.c_str());
  tell_end(end);
  return end.abend.empty() ? end.cc & 0xFF : 1;
}

ProgramEnd iefbr14_program() { return {}; }

}  // namespace sysplexd::jes
