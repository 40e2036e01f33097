// What a client that waits has been told of one job: new step events and new output since the last look. Reads the job
// file and the SYSOUT files; the waiting itself is client_server's.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sysplex/jes/job_view.hpp"

namespace sysplexd::daemon {

class StepFollower {
 public:
  // Notices for what has changed since the last call.
  std::vector<std::string> news(const jes::JobRecord& job, const jes::JobView& view);

 private:
  std::map<int, jes::StepState> told_;
};

// Which files: all, or those of a step, a DD, or one id.
struct FileChoice {
  std::string step, ddname;
  std::uint32_t id = 0;
  bool user_files_only = false;  // submit --follow: SYSOUT without the system files
  bool matches(const spool::SpoolFile& file) const;
  bool chooses_one() const { return id != 0 || !ddname.empty(); }
};

class OutputFollower {
 public:
  struct Part {
    spool::SpoolFile file;
    std::string bytes;
    bool new_file = false;  // the part before came from another file: say which this is
  };
  explicit OutputFollower(FileChoice choice) : choice_(std::move(choice)) {}
  // The next part of at most about 256 KiB, or one with empty bytes when all that is there was given.
  net::Result<Part> next(const jes::JobRecord& job, const jes::JobView& view, const spool::SpoolPaths& paths);
  std::size_t files_seen() const { return given_.size(); }

 private:
  FileChoice choice_;
  std::map<std::uint32_t, std::uint64_t> offsets_;
  std::map<std::uint32_t, bool> given_;
  std::uint32_t last_ = 0;
};

}  // namespace sysplexd::daemon
