// Where a job's files lie under UNVSPOOL: a bucket folder for each thousand jobs, in it one job file and one file for
// each SYSOUT DD that was opened. All names of a job start with its id and a dot, and nothing else does: that is what
// deleting a job goes by. Pure.
//
//   UNVSPOOL/0012/JOB12345.jes   UNVSPOOL/0012/JOB12345.S1.SYSPRINT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace sysplexd::spool {

inline constexpr std::uint64_t jobs_in_bucket = 1000;

// "JOB00001" below 100000, then "J0100000" (jcl-zosmf.md 1.4).
std::string job_text(std::uint64_t number);

// The reverse, upper or lower case; also a plain number. 0 when it is none.
std::uint64_t job_number_of(std::string_view text);

class SpoolPaths {
 public:
  explicit SpoolPaths(std::string root);  // .../UNVSPOOL, without a slash at the end
  const std::string& root() const { return root_; }
  std::string bucket(std::uint64_t number) const;         // UNVSPOOL/0012
  std::string job_file(std::uint64_t number) const;       // UNVSPOOL/0012/JOB12345.jes
  std::string sysout_prefix(std::uint64_t number) const;  // UNVSPOOL/0012/JOB12345
  std::string sysout_file(std::uint64_t number, int step, std::string_view ddname) const;
  // A SpoolFile::name ("JOB12345.S1.SYSPRINT") of the job as a path; empty where the name is not one of this job's
  // (a name from a record never leads out of the bucket).
  std::string file_of(std::uint64_t number, std::string_view name) const;

 private:
  std::string root_;
};

// "JOB12345.S1.SYSPRINT": the file name alone.
std::string sysout_name(std::uint64_t number, int step, std::string_view ddname);

}  // namespace sysplexd::spool
