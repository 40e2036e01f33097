#include "sysplex/jes/step_runner.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace sysplexd::jes {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds limit_interval(250);
constexpr milliseconds terminate_grace(2000);
// What the main process left behind often ends by itself at once (the tail of a pipeline): its output counts.
constexpr milliseconds leave_grace(200);
constexpr milliseconds kill_interval(50);
constexpr milliseconds stuck_after(10'000);

std::int64_t to_ms(const timeval& time) { return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_usec / 1000; }

StepResult spawn_failure(const SpawnRequest& request, const SpawnResult& spawned) {
  const std::string why = std::strerror(spawned.error);
  switch (spawned.stage) {
    case SpawnStage::execute:
      if (spawned.error == ENOENT)
        return {0, "S806", "the program " + request.path + " or its interpreter is not there"};
      if (spawned.error == ENOEXEC)
        return {0, "S306", request.path + " is no program: neither ELF nor a script that begins with #!"};
      return {0, "S306", "the program " + request.path + " cannot be executed: " + why};
    case SpawnStage::user:
      return {0, "S913", fmt::format("cannot become user {} group {}: {}", request.uid, request.gid, why)};
    case SpawnStage::directory: return {0, "S0F9", "working directory " + request.directory + ": " + why};
    case SpawnStage::standard_input: return {0, "S013", "SYSIN " + request.stdin_path + ": " + why};
    case SpawnStage::standard_output:
      return {0, spawned.error == ENOSPC ? "SE37" : "S013", "standard output " + request.stdout_path + ": " + why};
    case SpawnStage::standard_error:
      return {0, spawned.error == ENOSPC ? "SE37" : "S013", "standard error " + request.stderr_path + ": " + why};
    case SpawnStage::clone:
    case SpawnStage::none: break;
  }
  return {0, "S878", "no process could be made: " + why};
}

}  // namespace

std::optional<StepResult> StepRunner::start(SpawnRequest request, StepLimitValues limits, SteadyTime now) {
  SYSPLEXD_INVARIANT(phase_ == Phase::idle, "one step at a time");
  ::lseek(rc_fd_, 0, SEEK_SET);
  request.rc_fd = rc_fd_;
  if (limits.cpu_ms) request.cpu_seconds = std::max<std::int64_t>(1, (*limits.cpu_ms + 999) / 1000);
  auto spawned = spawn_step(request);
  if (spawned.pid < 0) return spawn_failure(request, spawned);
  pidfd_ = std::move(spawned.pidfd);
  // Not reaped yet: the pid is this process whatever it did meanwhile.
  process_ = {spawned.pid, start_ticks_of(spawned.pid), net::boot_id()};
  limits_ = std::move(limits);
  limited_ = limits_.cpu_ms || limits_.wait_ms > 0 || limits_.output_bytes > 0;
  phase_ = Phase::running;
  main_ended_ = false;
  have_children_ = true;
  exit_ = {};
  usage_ = {};
  reaped_cpu_ms_ = 0;
  ordered_abend_.clear();
  ordered_reason_.clear();
  job_fails_ = false;
  signalled_.clear();
  left_behind_.clear();
  next_limit_check_ = now + limit_interval;
  cpu_changed_ = now;
  last_cpu_ms_ = -1;
  stuck_told_ = false;
  stuck_.clear();
  return std::nullopt;
}

void StepRunner::children_changed(SteadyTime now) {
  if (!running()) return;
  for (;;) {
    siginfo_t info{};
    // Looked at before it is reaped: a zombie still has its /proc/PID/io.
    const int answer = ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT);
    if (answer != 0 && errno == EINTR) continue;
    if (answer != 0) {
      have_children_ = false;
      break;
    }
    if (info.si_pid == 0) break;
    const IoBytes io = io_of(info.si_pid);
    rusage usage{};
    int status = 0;
    if (::wait4(info.si_pid, &status, WNOHANG, &usage) != info.si_pid) continue;
    usage_.read_bytes += io.read;
    usage_.write_bytes += io.written;
    usage_.user_ms += to_ms(usage.ru_utime);
    usage_.system_ms += to_ms(usage.ru_stime);
    usage_.max_rss = std::max<std::int64_t>(usage_.max_rss, usage.ru_maxrss * 1024);
    if (info.si_pid != process_.pid) continue;
    main_ended_ = true;
    exit_ = {WIFSIGNALED(status), WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)};
    pidfd_.reset();
  }
  reaped_cpu_ms_ = usage_.user_ms + usage_.system_ms;
  if (main_ended_) look_at_leftovers(now);
}

void StepRunner::look_at_leftovers(SteadyTime now) {
  if (!have_children_) {
    finish();
  } else if (phase_ == Phase::running) {
    phase_ = Phase::leaving;
    next_phase_ = now + leave_grace;
  } else if (phase_ == Phase::killing) {
    // Somebody died: the next ones may be there already, as our children now.
    next_phase_ = std::min(next_phase_, now + milliseconds(2));
  }
}

void StepRunner::order_end(const std::string& abend, const std::string& reason, bool force, bool job_fails,
                           SteadyTime now) {
  if (!running()) return;
  if (ordered_abend_.empty()) {
    ordered_abend_ = abend;
    ordered_reason_ = reason;
  }
  job_fails_ = job_fails_ || job_fails;
  if (phase_ == Phase::killing) return;
  if (force) {
    begin_kill(now);
  } else if (phase_ != Phase::ending) {
    terminate_all(own_descendants, signalled_);
    phase_ = Phase::ending;
    next_phase_ = now + terminate_grace;
  }
}

void StepRunner::begin_kill(SteadyTime now) {
  phase_ = Phase::killing;
  kill_began_ = now;
  next_phase_ = now;
  tick(now);
}

void StepRunner::tick(SteadyTime now) {
  if (!running()) return;
  if (limited_ && (phase_ == Phase::running || phase_ == Phase::leaving) && now >= next_limit_check_) check_limits(now);
  if (phase_ == Phase::running || now < next_phase_) return;
  switch (phase_) {
    case Phase::leaving:
      terminate_all(own_descendants, left_behind_);
      phase_ = Phase::ending;
      next_phase_ = now + terminate_grace;
      return;
    case Phase::ending: begin_kill(now); return;
    case Phase::killing: {
      kill_all(own_descendants, main_ended_ && ordered_abend_.empty() ? left_behind_ : signalled_);
      next_phase_ = now + kill_interval;
      children_changed(now);
      if (running() && now - kill_began_ >= stuck_after && !stuck_told_) {
        stuck_told_ = true;
        for (const auto& identity : own_descendants())
          stuck_.push_back(fmt::format("{}: {}", identity.pid, process_state(identity.pid)));
      }
      return;
    }
    case Phase::idle:
    case Phase::running:
    case Phase::done: return;
  }
}

std::optional<SteadyTime> StepRunner::next_tick() const {
  if (!running()) return std::nullopt;
  if (phase_ == Phase::running) return limited_ ? std::optional(next_limit_check_) : std::nullopt;
  if (phase_ == Phase::leaving && limited_) return std::min(next_limit_check_, next_phase_);
  return next_phase_;
}

std::int64_t StepRunner::tree_cpu_ms() const { return reaped_cpu_ms_ + cpu_ms_of(own_descendants()); }

void StepRunner::check_limits(SteadyTime now) {
  next_limit_check_ = now + limit_interval;
  if (limits_.cpu_ms || limits_.wait_ms > 0) {
    const std::int64_t cpu = tree_cpu_ms();
    if (limits_.cpu_ms && cpu > *limits_.cpu_ms) {
      order_end("S322",
                fmt::format("{} ms of CPU time used, {} allowed by TIME of the {}", cpu, *limits_.cpu_ms,
                            limits_.job_limit ? "job (what was left of it)" : "step"),
                true, limits_.job_limit, now);
      return;
    }
    if (cpu != last_cpu_ms_) {
      last_cpu_ms_ = cpu;
      cpu_changed_ = now;
    }
    if (limits_.wait_ms > 0 && now - cpu_changed_ >= milliseconds(limits_.wait_ms)) {
      order_end("S522", fmt::format("no CPU time used for {} s: the wait limit", limits_.wait_ms / 1000), false, false,
                now);
      return;
    }
  }
  if (limits_.output_bytes > 0 && limits_.output_now) {
    const std::int64_t output = limits_.output_now();
    if (output > limits_.output_bytes)
      order_end("S722", fmt::format("{} bytes of SYSOUT, {} allowed", output, limits_.output_bytes), true, false, now);
  }
}

void StepRunner::finish() {
  phase_ = Phase::done;
  if (!ordered_abend_.empty()) return;
  // The limits once more: what was used since the last look counts too.
  const std::int64_t cpu = usage_.user_ms + usage_.system_ms;
  if (limits_.cpu_ms && cpu > *limits_.cpu_ms) {
    ordered_abend_ = "S322";
    ordered_reason_ = fmt::format("{} ms of CPU time used, {} allowed by TIME of the {}", cpu, *limits_.cpu_ms,
                                  limits_.job_limit ? "job (what was left of it)" : "step");
    job_fails_ = limits_.job_limit;
    return;
  }
  if (limits_.output_bytes > 0 && limits_.output_now) {
    const std::int64_t output = limits_.output_now();
    if (output > limits_.output_bytes) {
      ordered_abend_ = "S722";
      ordered_reason_ = fmt::format("{} bytes of SYSOUT, {} allowed", output, limits_.output_bytes);
    }
  }
}

std::vector<std::string> StepRunner::take_stuck() { return std::exchange(stuck_, {}); }

StepReport StepRunner::take_report() {
  SYSPLEXD_INVARIANT(phase_ == Phase::done, "a report before the step's end");
  phase_ = Phase::idle;
  StepReport report;
  struct stat status{};
  if (::fstat(rc_fd_, &status) == 0 && status.st_size > 0) {
    std::string bytes(std::min<std::size_t>(static_cast<std::size_t>(status.st_size), rc_channel_bytes_max), '\0');
    const ssize_t n = ::pread(rc_fd_, bytes.data(), bytes.size(), 0);
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    report.rc = parse_rc_channel(bytes);
    ::ftruncate(rc_fd_, 0);  // empty for the next step, whose offset starts at 0
  }
  report.result = step_result(exit_, report.rc, ordered_abend_, ordered_reason_);
  report.usage = usage_;
  report.left_behind = left_behind_.count();
  report.job_fails = job_fails_;
  return report;
}

}  // namespace sysplexd::jes
