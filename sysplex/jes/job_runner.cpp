#include "sysplex/jes/job_runner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <limits>
#include <utility>

#include "config/message.hpp"
#include "sysplex/jcl/condition.hpp"
#include "sysplex/jcl/converter.hpp"
#include "sysplex/jes/allocation.hpp"
#include "sysplex/jes/job_files.hpp"
#include "sysplex/jes/job_log.hpp"
#include "sysplex/jes/job_messages.hpp"
#include "sysplex/jes/job_user.hpp"
#include "sysplex/jes/process_setup.hpp"
#include "sysplex/jes/proclib.hpp"
#include "sysplex/jes/step_program.hpp"
#include "sysplex/spool/job_file_reader.hpp"

namespace sysplexd::jes {

namespace {

constexpr std::chrono::milliseconds retry_interval(500);
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

std::int64_t wall_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

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

JobRunner::JobRunner(InitiatorNode node)
    : node_(std::move(node)), rc_fd_(::memfd_create("sysplexd-rc", MFD_CLOEXEC)), steps_(rc_fd_.get()) {
  SYSPLEXD_INVARIANT(rc_fd_.get() >= 0, "an initiator needs a memfd for its return code channel");
}

JobRunner::~JobRunner() = default;

AttemptId JobRunner::attempt() const { return job_ ? job_->start.id : AttemptId{}; }

const spool::JobOutcome& JobRunner::outcome() const {
  SYSPLEXD_INVARIANT(phase_ == Phase::outcome_waits, "an outcome before the job's end");
  return job_->outcome;
}

void JobRunner::outcome_taken() {
  if (phase_ != Phase::outcome_waits) return;
  job_.reset();
  phase_ = Phase::idle;
}

std::vector<spool::StepEvent> JobRunner::take_events() { return std::exchange(events_, {}); }

StartAnswer JobRunner::prepare(const StartJob& start) {
  StartAnswer answer;
  if (phase_ != Phase::idle) {
    if (start.id == attempt()) {
      answer.kind = StartAnswer::Kind::continues;
      return answer;
    }
    answer.reason =
        fmt::format("initiator {} has {} attempt {}", node_.id, job_id_text(attempt().job), attempt().attempt);
    return answer;
  }
  // What cannot be run ends at once and says why: the grant is ours, nobody else will end it.
  const auto cannot_run = [&](std::string abend, std::string reason) {
    answer.kind = StartAnswer::Kind::ended;
    answer.outcome.attempt = start.id.attempt;
    answer.outcome.time_ms = wall_ms();
    answer.outcome.abend = std::move(abend);
    answer.outcome.reason = "the job was not started: " + reason;
    return answer;
  };
  auto found = read_job_file(start.job_file, start.id.attempt);
  if (!found) return cannot_run("S001", found.error().text);
  if (found->outcome) {
    answer.kind = StartAnswer::Kind::ended;
    answer.outcome = *std::move(found->outcome);
    return answer;
  }
  if (found->begun) {
    answer.reason =
        fmt::format("{} attempt {} has begun already: its job file holds {} events of it; nothing is run twice",
                    start.jobid, start.id.attempt, found->events);
    return answer;
  }
  auto writer = spool::JobFileWriter::open(start.job_file, found->end);
  if (!writer) return cannot_run("S001", writer.error().text);
  const std::string temp_dir = start.temp_root + "/" + start.jobid;
  const auto& user = find_job_user(start.owner, start.uid, start.gid);
  if (auto made = make_temp_dir(start.temp_root, temp_dir, user); !made) return cannot_run("S0F9", made.error().text);
  if (start.id.attempt > 1) remove_sysout(start.sysout_prefix);

  auto converted = jcl::convert(convert_input(found->input), recorded_source(found->input.members));
  job_ = std::make_unique<Job>(start, std::move(converted), JobLog(std::move(writer).value(), start.jobid));
  job_->temp_dir = temp_dir;
  job_->cookie = attempt_cookie(start.id, node_.mount_point);
  job_->cards = std::count(found->input.deck.begin(), found->input.deck.end(), '\n');
  job_->earlier_jesmsglg = found->jesmsglg_bytes;
  job_->earlier_jesjcl = found->jesjcl_bytes;
  job_->earlier_jesysmsg = found->jesysmsg_bytes;
  phase_ = Phase::begun;
  answer.kind = StartAnswer::Kind::begun;
  return answer;
}

void JobRunner::emit(spool::StepEvent event) {
  event.attempt = job_->start.id.attempt;
  event.sequence = ++job_->sequence;
  if (event.time_ms == 0) event.time_ms = wall_ms();
  job_->log.event(event);
  events_.push_back(std::move(event));
}

void JobRunner::flush_log() {
  const auto flushed = job_->log.flush(wall_ms());
  if (flushed.ok()) return;
  if (!job_->trouble_told)
    log_line_to_stderr(config::text<"UNV2407E">(job_->start.jobid, job_->log.path(), flushed.error().text));
  job_->trouble_told = true;
  next_try_ = std::chrono::steady_clock::now() + retry_interval;
}

void JobRunner::run(SteadyTime now) {
  SYSPLEXD_INVARIANT(phase_ == Phase::begun, "run() follows prepare()");
  Job& job = *job_;
  phase_ = Phase::running;
  job.started = now;
  job.started_ms = wall_ms();
  spool::StepEvent event;
  event.event = spool::EventKind::job_started;
  event.time_ms = job.started_ms;
  job.log.message(config::text<"$HASP373">(job.start.job_name, node_.id, job.start.job_class, job.start.sysname),
                  job.started_ms);
  job.log.message(config::text<"IEF403I">(job.start.job_name, clock_text(local_time(job.started_ms))), job.started_ms);
  emit(event);
  if (!job.converted.ok()) {
    // The daemon converted the same input without an error: a newer or older program than ours did.
    job.jcl_error = true;
    job.end_reason = job.converted.errors.front().text;
    for (const auto& error : job.converted.errors) job.log.system_line(error.text);
    close(now);
    return;
  }
  AllocationContext context;
  const auto& user = find_job_user(job.start.owner, job.start.uid, job.start.gid);
  context.dasd_root = job.start.dasd_root;
  context.temp_dir = job.temp_dir;
  context.sysout_prefix = job.start.sysout_prefix;
  context.jobid = job.start.jobid;
  context.job_name = job.start.job_name;
  context.owner = user.name;
  context.uid = user.uid;
  context.gid = user.gid;
  context.groups = user.groups;
  context.started_s = job.started_ms / 1000;
  job.allocation.emplace(job.plan(), std::move(context));
  begin_steps(now);
}

// job_started is in the file before anything of the attempt can run: the daemon takes an attempt without an event for
// one that never began, and queues the job again. So a job that is just starting waits for a file that cannot be
// written.
void JobRunner::begin_steps(SteadyTime now) {
  flush_log();
  if (job_->log.trouble()) {
    phase_ = Phase::begun;
    return;
  }
  phase_ = Phase::running;
  advance(now);
}

void JobRunner::advance(SteadyTime now) {
  Job& job = *job_;
  while (job.next < static_cast<int>(job.plan().steps.size())) {
    if (job.cancelled) {
      job.cancel_took_effect = true;
      step_not_run("the job was cancelled", false);
      ++job.next;
      continue;
    }
    const auto decision = job.conditions.decide(job.next);
    if (!decision.run) {
      step_not_run(decision.reason, decision.by_condition);
      ++job.next;
      continue;
    }
    if (start_step(now)) return;
    ++job.next;
  }
  close(now);
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
std::optional<std::string> JobRunner::parm_of_step() const {
  const auto& step = job_->step();
  if (step.parm_dd.empty()) return step.parm;
  for (const auto& [name, value] : job_->step_allocation.environment)
    if (name == "DD_" + step.parm_dd) return read_parm_file(value);
  return step.parm;
}

SpawnRequest JobRunner::spawn_request(ProgramCommand command) const {
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
  if (const auto parm = parm_of_step()) set("SYSPLEXD_PARM", *parm);
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
  if (auto failed = steps_.start(spawn_request(std::move(command)), std::move(limits), now)) {
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

bool JobRunner::cancel(const CancelJob& cancel, SteadyTime now) {
  if (!job_ || !(cancel.id == attempt()) || (phase_ != Phase::running && phase_ != Phase::begun)) return false;
  const bool again = job_->cancelled.has_value();
  if (!again) {
    job_->cancelled = cancel;
    if (job_->cancelled->abend.empty()) job_->cancelled->abend = "S222";
  }
  if (!steps_.running()) return true;
  const std::string reason = cancel.reason.empty() ? "cancelled by the operator" : cancel.reason;
  if (!again || cancel.force)
    job_->log.message(config::text<"UNV2406I">(job_->label(), job_->cancelled->abend, reason), wall_ms());
  flush_log();
  steps_.order_end(job_->cancelled->abend, reason, cancel.force, true, now);
  children_changed(now);
  return true;
}

void JobRunner::children_changed(SteadyTime now) {
  if (phase_ != Phase::running) return;
  steps_.children_changed(now);
  if (!steps_.done()) return;
  end_step(steps_.take_report());
  ++job_->next;
  advance(now);
}

void JobRunner::tick(SteadyTime now) {
  if (!job_) return;
  if (phase_ == Phase::running) {
    steps_.tick(now);
    for (const auto& stuck : steps_.take_stuck()) {
      const auto colon = stuck.find(": ");
      const auto text = config::text<"UNV2403E">(job_->label(), stuck.substr(0, colon), stuck.substr(colon + 2));
      job_->log.message(text, wall_ms());
      log_line_to_stderr(text);
      flush_log();
    }
    if (steps_.done()) {
      children_changed(now);
    } else if (job_->log.trouble() && now >= next_try_) {
      flush_log();
    }
  } else if (phase_ == Phase::begun && now >= next_try_) {
    begin_steps(now);
  } else if (phase_ == Phase::closing && now >= next_try_) {
    try_to_conclude(now);
  }
}

std::optional<SteadyTime> JobRunner::next_tick() const {
  if (phase_ == Phase::closing || (phase_ == Phase::begun && job_->log.trouble())) return next_try_;
  if (phase_ != Phase::running) return std::nullopt;
  auto next = steps_.next_tick();
  if (job_->log.trouble()) next = next ? std::min(*next, next_try_) : next_try_;
  return next;
}

void JobRunner::close(SteadyTime now) {
  Job& job = *job_;
  phase_ = Phase::closing;
  if (job.allocation) {
    const auto ended = guarded("end of job", [&]() -> net::Result<int> {
      for (const auto& message : job.allocation->end_job()) job.log.system_line(message);
      return 0;
    });
    if (!ended) job.log.system_line(config::text<"UNV2427E">(job.start.jobid, ended.error().text));
  }
  remove_temp_dir(job.temp_dir);

  const auto end = job.conditions.job_end();
  auto& outcome = job.outcome;
  outcome.attempt = job.start.id.attempt;
  outcome.time_ms = wall_ms();
  outcome.max_cc = end.max_cc;
  outcome.cc = end.cc;
  outcome.abend = end.abend;
  outcome.jcl_error = job.jcl_error && end.abend.empty();
  outcome.cancelled = job.cancel_took_effect;
  outcome.reason = job.end_reason;
  if (outcome.cancelled) {
    if (outcome.abend.empty()) outcome.abend = job.cancelled->abend;
    outcome.reason = job.cancelled->reason.empty() ? "cancelled by the operator" : job.cancelled->reason;
  }

  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - job.started).count();
  const auto time = local_time(outcome.time_ms);
  UsageLine usage;
  usage.started = local_time(job.started_ms);
  usage.stopped = time;
  usage.user_ms = job.usage.user_ms;
  usage.system_ms = job.usage.system_ms;
  usage.with_memory = false;
  job.log.system_lines(job_usage(job.start.job_name, usage));
  job.log.message(outcome.jcl_error ? config::text<"IEF453I">(job.start.job_name, clock_text(time))
                                    : config::text<"IEF404I">(job.start.job_name, clock_text(time)),
                  outcome.time_ms);
  const std::string code = !outcome.abend.empty() ? "ABEND=" + outcome.abend
                           : outcome.jcl_error    ? "JCL ERROR"
                                                  : fmt::format("RC={:04}", outcome.cc);
  job.log.message(config::text<"$HASP395">(job.start.job_name, code), outcome.time_ms);
  std::vector<spool::SpoolFile> user_files;
  if (job.allocation) user_files = job.allocation->sysout_files();
  JobStatistics statistics{time, job.cards, 0, elapsed};
  for (const auto& file : user_files) statistics.spool_bytes += file.bytes;
  statistics.spool_bytes += job.earlier_jesmsglg + job.earlier_jesjcl + job.earlier_jesysmsg + job.log.message_bytes() +
                            job.log.system_bytes();
  job.log.message_lines(log_statistics(statistics));
  outcome.files = std::move(user_files);
  try_to_conclude(now);
}

// Output first, then the log, then the outcome: who sees the outcome durable finds all of it.
void JobRunner::try_to_conclude(SteadyTime now) {
  Job& job = *job_;
  const auto wall = wall_ms();
  if (!job.outcome_made) {
    const bool had_trouble = job.log.trouble();
    const auto written = job.log.flush(wall);
    if (!written.ok()) {
      flush_log();
      next_try_ = now + retry_interval;
      return;
    }
    if (had_trouble || job.trouble_told)
      job.outcome.reason += (job.outcome.reason.empty() ? "" : "; ") +
                            std::string("the outcome came late because the job file could not be written: ") +
                            job.log.trouble_text();
    const auto synced = sync_sysout(job.start.sysout_prefix, job.outcome.files);
    if (!synced.ok())
      job.outcome.reason += (job.outcome.reason.empty() ? "" : "; ") +
                            std::string("output may be lost by a power failure: ") + synced.error().text;
    spool::JobSummary sizes;
    sizes.jesmsglg_bytes = job.earlier_jesmsglg + job.log.message_bytes();
    sizes.jesjcl_bytes = job.earlier_jesjcl;
    sizes.jesysmsg_bytes = job.earlier_jesysmsg + job.log.system_bytes();
    auto files = spool::system_files(sizes);
    files.insert(files.end(), std::make_move_iterator(job.outcome.files.begin()),
                 std::make_move_iterator(job.outcome.files.end()));
    job.outcome.files = std::move(files);
    job.outcome_made = true;
  }
  const auto concluded = job.log.conclude(job.outcome, wall);
  if (!concluded.ok()) {
    if (!job.trouble_told)
      log_line_to_stderr(config::text<"UNV2407E">(job.start.jobid, job.log.path(), concluded.error().text));
    job.trouble_told = true;
    next_try_ = now + retry_interval;
    return;
  }
  phase_ = Phase::outcome_waits;
}

}  // namespace sysplexd::jes
