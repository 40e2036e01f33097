#include "sysplex/jes/job_view.hpp"

#include "sysplex/jes/allocation.hpp"
#include "sysplex/jes/proclib.hpp"

namespace sysplexd::jes {

const char* step_state_text(StepState state) {
  switch (state) {
    case StepState::pending: return "PENDING";
    case StepState::running: return "RUNNING";
    case StepState::ended: return "ENDED";
    case StepState::abended: return "ABENDED";
    case StepState::flushed: return "FLUSHED";
  }
  return "PENDING";
}

void apply_event(StepView& step, const spool::StepEvent& event, const JobRecord& job) {
  switch (event.event) {
    case spool::EventKind::step_started:
      step.state = StepState::running;
      step.pid = event.pid;
      step.started_ms = event.time_ms;
      step.member = job.member;
      break;
    case spool::EventKind::step_ended:
      step.state = event.abend.empty() ? StepState::ended : StepState::abended;
      step.ended_ms = event.time_ms;
      if (event.abend.empty()) step.cc = event.cc;
      step.abend = event.abend;
      step.reason = event.reason;
      step.elapsed_ms = event.elapsed_ms;
      step.cpu_ms = event.cpu_ms;
      step.max_rss = event.max_rss;
      step.read_bytes = event.read_bytes;
      step.write_bytes = event.write_bytes;
      break;
    case spool::EventKind::step_not_run:
      step.state = StepState::flushed;
      step.reason = event.reason;
      break;
    case spool::EventKind::job_started:
    case spool::EventKind::data_set_file: break;
  }
}

JobView view_job(const JobRecord& job, const spool::SpoolPaths& paths) {
  JobView view;
  const auto path = paths.job_file(job.number);
  const auto input = spool::read_input(path);
  const auto summary = input ? spool::read_summary(path) : net::Result<spool::JobSummary>(input.error());
  if (!summary) {
    view.problem = summary.error().text;
    return view;
  }
  const auto converted = jcl::convert(convert_input(*input), recorded_source(input->members));
  view.errors = converted.errors;
  view.files = spool::system_files(*summary);
  if (!converted.ok()) return view;
  for (const auto& planned : converted.plan.steps) {
    StepView step;
    step.number = planned.number;
    step.step = planned.name;
    step.procstep = planned.procstep;
    step.program = planned.program;
    view.steps.push_back(std::move(step));
  }
  for (const auto& event : summary->events)
    if (event.attempt == job.attempt && event.step > 0 && static_cast<std::size_t>(event.step) <= view.steps.size())
      apply_event(view.steps[static_cast<std::size_t>(event.step) - 1], event, job);
  const bool over = job.state == JobState::ended || job.state == JobState::in_doubt;
  if (over)
    for (auto& step : view.steps) {
      if (step.state == StepState::running) step.reason = job.reason;
      if (step.state == StepState::pending) step.state = StepState::flushed;
    }
  const auto files = summary->outcome && !summary->outcome->files.empty()
                         ? summary->outcome->files
                         : sysout_files(converted.plan, paths.sysout_prefix(job.number));
  for (const auto& file : files)
    if (file.id >= spool::first_user_file_id) view.files.push_back(file);
  return view;
}

}  // namespace sysplexd::jes
