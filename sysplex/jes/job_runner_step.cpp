// One step of a job: allocate, find the program, spawn; at its end dispositions, messages and the event.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "config/message.hpp"
#include "sysplex/jes/allocation_user.hpp"
#include "sysplex/jes/job_files.hpp"
#include "sysplex/jes/job_runner_job.hpp"
#include "sysplex/jes/job_user.hpp"
#include "sysplex/jes/step_program.hpp"

namespace sysplexd::jes {

namespace {
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();  // TIME=NOLIMIT
}

void JobRunner::step_not_run(const std::string& reason, bool by_condition) {
  Job& job = *job_;
  if (by_condition) job.log.system_line(config::text<"IEF202I">(job.words()));
  job.log.system_line(config::text<"UNV2404I">(job.label(), reason));
  job.log.system_line(config::text<"IEF272I">(job.words()));
  spool::StepEvent event;
  event.event = spool::EventKind::step_not_run;
  event.step = job.step().number;
  event.reason = reason;
  event.by_condition = by_condition;
  emit(std::move(event));
}

StepLimitValues JobRunner::limits_of_step() const {
  const Job& job = *job_;
  StepLimitValues limits;
  const auto own = job.step().limits.cpu_seconds, whole = job.plan().limits.cpu_seconds;
  if (own && *own != no_limit) limits.cpu_ms = *own * 1000;
  if (whole && *whole != no_limit) {
    const std::int64_t left = std::max<std::int64_t>(0, *whole * 1000 - job.usage.user_ms - job.usage.system_ms);
    if (!limits.cpu_ms || left < *limits.cpu_ms) {
      limits.cpu_ms = left;
      limits.job_limit = true;
    }
  }
  // TIME=NOLIMIT (1440) frees a step from the wait limit too, as on z/OS.
  const bool free_of_waits = (own && *own == no_limit) || (!own && whole && *whole == no_limit);
  if (!free_of_waits) limits.wait_ms = job.start.wait_seconds_max * 1000;
  limits.output_bytes = job.start.output_bytes_max;
  if (limits.output_bytes > 0) {
    limits.output_now = [this] {
      std::int64_t bytes = 0;
      for (const auto& file : job_->allocation->sysout_files()) bytes += static_cast<std::int64_t>(file.bytes);
      return bytes;
    };
  }
  return limits;
}

// PARM, or the text of the PARMDD: its records one after the other, without their line ends and the blanks before them.
// Read with the rights of the job's user.
std::optional<std::string> JobRunner::parm_of_step() const {
  const auto& step = job_->step();
  if (step.parm_dd.empty()) return step.parm;
  const auto& user = find_job_user(job_->start.owner, job_->start.uid, job_->start.gid);
  for (const auto& [name, value] : job_->step_allocation.environment) {
    if (name != "DD_" + step.parm_dd) continue;
    const ActAsUser his_rights(user.uid, user.gid, user.groups);
    return read_parm_file(value);
  }
  return step.parm;
}

SpawnRequest JobRunner::spawn_request(ProgramCommand command, const std::optional<std::string>& parm) const {
  const Job& job = *job_;
  const auto& user = find_job_user(job.start.owner, job.start.uid, job.start.gid);
  const auto& allocation = job.step_allocation;
  SpawnRequest request;
  request.path = std::move(command.path);
  request.arguments = std::move(command.arguments);
  auto& environment = request.environment;
  environment.reserve(allocation.environment.size() + 16);
  const auto set = [&](std::string_view name, std::string_view value) {
    std::string entry;
    entry.reserve(name.size() + value.size() + 1);
    environment.push_back(std::move(entry.append(name).append("=").append(value)));
  };
  set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  set("HOME", user.home);
  set("USER", user.name);
  set("LANG", "C.UTF-8");
  for (const auto& [name, value] : allocation.environment) set(name, value);
  if (parm) set("SYSPLEXD_PARM", *parm);
  set("SYSPLEXD_RC_FD", std::to_string(rc_descriptor));
  set("SYSPLEXD_DASD", job.start.dasd_root);
  set("SYSPLEXD_TEMP", job.temp_dir);
  std::string libraries;
  for (const auto* folders : {&allocation.libraries, &job.start.linklist})
    for (const auto& folder : *folders) libraries += (libraries.empty() ? "" : ":") + folder;
  set("SYSPLEXD_LIBRARIES", libraries);
  set("SYSPLEXD_JOBID", job.start.jobid);
  set("SYSPLEXD_JOBNAME", job.start.job_name);
  set("SYSPLEXD_STEP", job.label());
  set("SYSPLEXD_COOKIE", job.cookie);
  if (!allocation.stdin_path.empty()) request.stdin_path = allocation.stdin_path;
  if (!allocation.stdout_path.empty()) request.stdout_path = allocation.stdout_path;
  request.stderr_path = allocation.stderr_path;
  const auto is_sysout = [&](const std::string& path) { return path.starts_with(job.start.sysout_prefix + "."); };
  // Standard output on a data set replaces its content, as OPEN for output does, unless DISP=MOD.
  request.stdout_truncate = !is_sysout(request.stdout_path);
  for (const auto& [name, value] : allocation.environment) {
    if (request.stdout_truncate && name.starts_with("DD_") && value == request.stdout_path)
      for (const auto& [other, disp] : allocation.environment)
        if (other == "DISP_" + name.substr(3) && disp == "MOD") request.stdout_truncate = false;
  }
  if (user.switch_user) {
    // The user cannot make files in the spool; those of this step are there for him, and go again when he leaves them
    // empty.
    make_sysout_for(request.stdout_path, job.start.sysout_prefix, user);
    make_sysout_for(request.stderr_path, job.start.sysout_prefix, user);
    for (const auto& [name, value] : allocation.environment)
      if (name.starts_with("DD_")) make_sysout_for(value, job.start.sysout_prefix, user);
  }
  request.directory = job.temp_dir;
  request.set_user = user.switch_user;
  request.uid = user.uid;
  request.gid = user.gid;
  request.groups = &user.groups;
  return request;
}

void JobRunner::step_started(std::int64_t pid, std::uint64_t start_ticks) {
  spool::StepEvent event;
  event.event = spool::EventKind::step_started;
  event.step = job_->step().number;
  event.time_ms = job_->step_started_ms;
  event.pid = pid;
  event.start_ticks = start_ticks;
  emit(std::move(event));
}

bool JobRunner::start_step(SteadyTime now) {
  Job& job = *job_;
  job.step_started_ms = wall_ms();
  job.step_started = now;
  auto allocated = guarded("allocation", [&] { return job.allocation->allocate(job.step()); });
  if (!allocated) {
    job.log.system_lines(with_newline(allocated.error().text));
    job.conditions.record(job.next, {0, "", true});
    if (job.end_reason.empty()) job.end_reason = first_line(allocated.error().text);
    job.jcl_error = true;
    step_not_run(first_line(allocated.error().text), false);
    return false;
  }
  job.step_allocation = std::move(allocated).value();
  for (const auto& message : job.step_allocation.messages) job.log.system_line(message);
  StepReport report;
  if (!job.step_allocation.abend.empty()) {
    step_started(0, 0);
    report.result = {0, job.step_allocation.abend, job.step_allocation.abend_reason};
    end_step(std::move(report));
    return false;
  }
  ProgramRequest wanted;
  wanted.name = job.step().program;
  wanted.parm = parm_of_step();
  const auto parm = wanted.parm;
  wanted.libraries = &job.step_allocation.libraries;
  wanted.linklist = &job.start.linklist;
  wanted.program_path = job.step_allocation.program_path;
  wanted.binary = node_.binary;
  auto command = find_command(wanted);
  auto limits = limits_of_step();
  if (command.abend.empty() && limits.cpu_ms && *limits.cpu_ms == 0) {
    command.abend = "S322";
    command.reason = "no CPU time is left of TIME of the job";
    report.job_fails = limits.job_limit;
  }
  if (!command.abend.empty()) {
    step_started(0, 0);
    report.result = {0, command.abend, command.reason};
    end_step(std::move(report));
    return false;
  }
  flush_log();
  if (auto failed = steps_.start(spawn_request(std::move(command), parm), std::move(limits), now)) {
    step_started(0, 0);
    report.result = *std::move(failed);
    end_step(std::move(report));
    return false;
  }
  step_started(steps_.process().pid, steps_.process().start_ticks);
  flush_log();
  return true;
}

void JobRunner::end_step(StepReport report) {
  Job& job = *job_;
  const auto& step = job.step();
  auto& result = report.result;
  for (const auto& message : report.rc.messages) job.log.system_line(message);
  if (report.left_behind > 0) job.log.system_line(config::text<"UNV2402W">(job.label(), report.left_behind));
  remove_empty_sysout(job.step_allocation, job.start.sysout_prefix,
                      find_job_user(job.start.owner, job.start.uid, job.start.gid).switch_user);
  DispositionFailure failure;
  std::vector<std::string> dispositions;
  const auto disposed = guarded("dispositions", [&]() -> net::Result<int> {
    dispositions = job.allocation->end_step(step, result.abend.empty(), &failure);
    return 0;
  });
  if (!disposed) failure = {"S001", disposed.error().text};
  if (!failure.abend.empty() && result.abend.empty()) result = {0, failure.abend, failure.reason};
  const std::int64_t ended_ms = wall_ms();
  if (result.abend.empty()) {
    job.log.system_line(config::text<"IEF142I">(job.words(), result.cc));
  } else {
    const auto halves = abend_halves(result.abend);
    job.log.message(config::text<"IEF450I">(job.words(), halves.system, halves.user, clock_text(local_time(ended_ms))),
                    ended_ms);
    if (!result.reason.empty()) job.log.message(config::text<"UNV2401E">(job.label(), result.reason), ended_ms);
    job.log.system_line(config::text<"IEF472I">(job.words(), halves.system.substr(1), halves.user.substr(1)));
    if (!result.reason.empty()) job.log.system_line(config::text<"UNV2401E">(job.label(), result.reason));
    if (job.end_reason.empty())
      job.end_reason = result.reason.empty() ? "step " + job.label() : "step " + job.label() + ": " + result.reason;
  }
  for (const auto& message : dispositions) job.log.system_line(message);
  UsageLine usage;
  usage.started = local_time(job.step_started_ms);
  usage.stopped = local_time(ended_ms);
  usage.user_ms = report.usage.user_ms;
  usage.system_ms = report.usage.system_ms;
  usage.max_rss = report.usage.max_rss;
  usage.read_bytes = report.usage.read_bytes;
  usage.write_bytes = report.usage.write_bytes;
  job.log.system_lines(step_usage(step.procstep.empty() ? step.name : step.procstep, usage));
  job.usage.user_ms += report.usage.user_ms;
  job.usage.system_ms += report.usage.system_ms;

  spool::StepEvent event;
  event.event = spool::EventKind::step_ended;
  event.step = step.number;
  event.time_ms = ended_ms;
  event.cc = result.cc;
  event.abend = result.abend;
  event.reason = result.reason;
  event.elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - job.step_started)
          .count();
  event.cpu_ms = report.usage.user_ms + report.usage.system_ms;
  event.max_rss = report.usage.max_rss;
  event.read_bytes = report.usage.read_bytes;
  event.write_bytes = report.usage.write_bytes;
  emit(std::move(event));
  job.conditions.record(job.next, {result.cc, result.abend, report.job_fails});
  if (job.cancelled) job.cancel_took_effect = true;
  job.step_allocation = {};
}

}  // namespace sysplexd::jes
