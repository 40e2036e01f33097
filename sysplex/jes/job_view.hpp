// What `job show` tells of one job, put together from its record and its job file each time it is asked: no second copy
// of a status is kept anywhere, so none can be stale.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sysplex/jcl/converter.hpp"
#include "sysplex/jes/job_record.hpp"
#include "sysplex/spool/job_file_reader.hpp"
#include "sysplex/spool/spool_paths.hpp"

namespace sysplexd::jes {

enum class StepState : std::uint8_t { pending, running, ended, abended, flushed };
const char* step_state_text(StepState state);  // "PENDING" …

struct StepView {
  int number = 0;
  std::string step, procstep, program;
  StepState state = StepState::pending;
  std::optional<int> cc;
  std::string abend, reason, member;
  std::int64_t pid = 0, started_ms = 0, ended_ms = 0;                                     // 0: none
  std::int64_t elapsed_ms = 0, cpu_ms = 0, max_rss = 0, read_bytes = 0, write_bytes = 0;  // ended, abended
};

struct JobView {
  std::vector<StepView> steps;
  std::vector<spool::SpoolFile> files;  // system files first
  std::vector<jcl::JclError> errors;
  std::string problem;  // the job file cannot be read: why; the rest is empty then
};

JobView view_job(const JobRecord& job, const spool::SpoolPaths& paths);
// Folds one event into the view of its step.
void apply_event(StepView& step, const spool::StepEvent& event, const JobRecord& job);

}  // namespace sysplexd::jes
