// JES_SYSOUT_RETENTION: which jobs' output may go, and the deleting itself. The rules are pure; who calls them knows
// the jobs (the queue and its history), the spool alone never deletes by looking into folders.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/spool/spool_paths.hpp"

namespace sysplexd::spool {

struct RetentionCandidate {
  std::uint64_t number = 0;
  bool ended = false;         // has an outcome, and is not in doubt
  bool in_use = false;        // somebody reads or follows it
  bool held = false;          // output held by the operator
  std::int64_t ended_ms = 0;  // milliseconds since 1970
};

// "30s", "15m", "12h", "7d", a bare number is days, "0" keeps for ever (milliseconds; 0: for ever).
net::Result<std::int64_t> parse_retention(std::string_view text);

// Jobs whose output has been kept for the whole retention, oldest first, at most `most` of them. A job whose end lies
// in the future (the clock was set back) stays.
std::vector<std::uint64_t> expired_jobs(const std::vector<RetentionCandidate>& jobs, std::int64_t now_ms,
                                        std::int64_t retention_ms, std::size_t most);

// Deletes all files of a job, all or nothing as seen through the job file: the job file is renamed to JOBnnnnn.deleted
// first (from here the job has no output), then its SYSOUT files go, then that file. finish_deletes() ends what a crash
// left half done in a bucket. A job without a file is not_found.
net::Status delete_job_files(const SpoolPaths& paths, std::uint64_t number);
net::Status finish_deletes(const std::string& bucket);

}  // namespace sysplexd::spool
