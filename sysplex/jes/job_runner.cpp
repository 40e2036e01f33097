// The job from START to its durable outcome. Its steps are in job_runner_step.cpp.
#include "sysplex/jes/job_runner.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>

#include "config/message.hpp"
#include "sysplex/jes/job_files.hpp"
#include "sysplex/jes/job_runner_job.hpp"
#include "sysplex/jes/job_user.hpp"
#include "sysplex/jes/process_setup.hpp"
#include "sysplex/jes/proclib.hpp"
#include "sysplex/spool/job_file_reader.hpp"

namespace sysplexd::jes {

namespace {
constexpr std::chrono::milliseconds retry_interval(500);
}

std::int64_t wall_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

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
