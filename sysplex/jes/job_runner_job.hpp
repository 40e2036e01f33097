// What a JobRunner holds of the job it runs. Private to job_runner*.cpp.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "sysplex/jcl/condition.hpp"
#include "sysplex/jcl/converter.hpp"
#include "sysplex/jes/allocation.hpp"
#include "sysplex/jes/job_log.hpp"
#include "sysplex/jes/job_messages.hpp"
#include "sysplex/jes/job_runner.hpp"

namespace sysplexd::jes {

std::int64_t wall_ms();  // since 1970: for display only

struct JobRunner::Job {
  Job(StartJob start_, jcl::ConvertResult converted_, JobLog log_)
      : start(std::move(start_)), converted(std::move(converted_)), conditions(converted.plan), log(std::move(log_)) {}
  const jcl::Plan& plan() const { return converted.plan; }
  const jcl::Step& step() const { return converted.plan.steps[static_cast<std::size_t>(next)]; }
  std::string words() const { return step_words(start.job_name, step().name, step().procstep); }
  std::string label() const {
    if (step().procstep.empty()) return step().name.empty() ? std::to_string(step().number) : step().name;
    return step().name + "." + step().procstep;
  }

  StartJob start;
  jcl::ConvertResult converted;
  jcl::Conditions conditions;
  JobLog log;
  std::string temp_dir, cookie;
  std::int64_t cards = 0;
  std::uint64_t earlier_jesmsglg = 0, earlier_jesjcl = 0, earlier_jesysmsg = 0;
  std::optional<JobAllocation> allocation;
  StepAllocation step_allocation;  // of the running step
  std::int64_t started_ms = 0, step_started_ms = 0;
  SteadyTime started{}, step_started{};
  StepUsage usage;  // of all steps
  std::uint32_t sequence = 0;
  int next = 0;  // index of the step that runs or comes next
  std::optional<CancelJob> cancelled;
  bool cancel_took_effect = false;
  bool jcl_error = false;
  std::string end_reason;  // first of: abend, allocation failure
  spool::JobOutcome outcome;
  bool outcome_made = false;
  bool trouble_told = false;
};

}  // namespace sysplexd::jes
