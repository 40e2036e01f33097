// The files around a job that the initiator handles itself: what the job file holds when START comes, the temporary
// folder, SYSOUT files beside the program. Blocking, short.
#pragma once
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/jes/allocation.hpp"
#include "sysplex/jes/job_user.hpp"
#include "sysplex/spool/job_file.hpp"

namespace sysplexd::jes {

struct JobFileContent {
  spool::JobInput input;
  std::optional<spool::JobOutcome> outcome;  // of this attempt; synced again, so it may be told
  bool begun = false;                        // events of this attempt, or of a later one, are there
  std::uint32_t events = 0;
  std::uint64_t jesmsglg_bytes = 0, jesjcl_bytes = 0, jesysmsg_bytes = 0;
  std::uint64_t end = 0;
};
net::Result<JobFileContent> read_job_file(const std::string& path, std::uint32_t attempt);

// A new empty folder of mode 0700 that belongs to the user; what an earlier attempt left there is removed.
net::Status make_temp_dir(const std::string& temp_root, const std::string& temp_dir, const JobUser& user);
void remove_temp_dir(const std::string& temp_dir);

// All "<prefix>.S…" files: of an attempt before this one.
void remove_sysout(const std::string& sysout_prefix);
// Makes the file for the user where path is a SYSOUT file of the job that is not there; else nothing.
void make_sysout_for(const std::string& path, const std::string& sysout_prefix, const JobUser& user);
// Standard output and error that nothing was written to make no file; all: every SYSOUT DD of the step.
void remove_empty_sysout(const StepAllocation& allocation, const std::string& sysout_prefix, bool all);
// fdatasync of each file that holds something, and of their folder.
net::Status sync_sysout(const std::string& sysout_prefix, const std::vector<spool::SpoolFile>& files);

// PARMDD: records one after the other without line ends and the blanks before them, at most 32,760 bytes.
std::string read_parm_file(const std::string& path);

std::string first_line(const std::string& text);
std::string with_newline(std::string text);

// A failing world inside (std::system_error and the like) becomes the error of the answer: the job ends with it, not
// we.
template <class F>
auto guarded(const char* what, F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::exception& failure) {
    return net::Error{net::Errc::io, std::string(what) + ": " + failure.what()};
  }
}

}  // namespace sysplexd::jes
