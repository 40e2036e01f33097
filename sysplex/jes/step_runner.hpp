// One step's process tree from spawn to the end of its last process: limits, cancel, what is left behind, accounting.
// The owner (job_runner) polls: children_changed() at SIGCHLD, tick() at next_tick(). Blocking calls are short; nothing
// waits.
//
//   start ─► running ──main process ends──► leftovers? ─► done
//               └─ order (cancel, limit) ─► SIGTERM, 2 s, stop and kill all ─► done
//
// The process must be a subreaper (PR_SET_CHILD_SUBREAPER) with no other children: every child is then part of the
// step.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/fd.hpp"
#include "net/process.hpp"
#include "sysplex/jes/abend.hpp"
#include "sysplex/jes/process_tree.hpp"
#include "sysplex/jes/step_spawn.hpp"

namespace sysplexd::jes {

using SteadyTime = std::chrono::steady_clock::time_point;

struct StepLimitValues {
  std::optional<std::int64_t> cpu_ms;  // of the whole tree: S322
  bool job_limit = false;              // cpu_ms is what is left of the job's TIME
  std::int64_t wait_ms = 0;            // without CPU use: S522; 0: none
  std::int64_t output_bytes = 0;       // all SYSOUT of the job: S722; 0: none
  std::function<std::int64_t()> output_now;
};

struct StepUsage {
  std::int64_t user_ms = 0, system_ms = 0, max_rss = 0, read_bytes = 0, write_bytes = 0;
};

struct StepReport {
  StepResult result;
  RcReport rc;
  StepUsage usage;
  std::uint32_t left_behind = 0;  // processes that outlived the main one and were signalled
  bool job_fails = false;         // cancel or job time limit: no later step can catch it
};

class StepRunner {
 public:
  // rc_fd: the memfd that programs report through; kept by the caller over all steps.
  explicit StepRunner(int rc_fd) : rc_fd_(rc_fd) {}

  // Answers the failure of the spawn as the result of the step, or nothing: it runs.
  std::optional<StepResult> start(SpawnRequest request, StepLimitValues limits, SteadyTime now);

  bool running() const { return phase_ != Phase::idle && phase_ != Phase::done; }
  bool done() const { return phase_ == Phase::done; }
  const net::ProcessIdentity& process() const { return process_; }

  void children_changed(SteadyTime now);  // reaps; may end in done()
  void tick(SteadyTime now);
  std::optional<SteadyTime> next_tick() const;

  // Ends the whole tree with this abend; the first order's abend stays, a later one may add force.
  void order_end(const std::string& abend, const std::string& reason, bool force, bool job_fails, SteadyTime now);

  // Processes that SIGKILL has not ended for 10 s, told once: "4711: state D, waits in …".
  std::vector<std::string> take_stuck();

  StepReport take_report();  // done(): and idle again

 private:
  enum class Phase { idle, running, leaving, ending, killing, done };
  void look_at_leftovers(SteadyTime now);
  void check_limits(SteadyTime now);
  void begin_kill(SteadyTime now);
  void finish();
  std::int64_t tree_cpu_ms() const;

  int rc_fd_;
  Phase phase_ = Phase::idle;
  net::ProcessIdentity process_;
  net::UniqueFd pidfd_;
  StepLimitValues limits_;
  bool limited_ = false;
  bool main_ended_ = false;
  bool have_children_ = false;
  ProcessExit exit_;
  StepUsage usage_;
  std::int64_t reaped_cpu_ms_ = 0;
  std::string ordered_abend_, ordered_reason_;
  bool job_fails_ = false;
  Signalled signalled_;  // by an order
  Signalled left_behind_;
  SteadyTime next_limit_check_{}, next_phase_{}, kill_began_{}, cpu_changed_{};
  std::int64_t last_cpu_ms_ = -1;
  bool stuck_told_ = false;
  std::vector<std::string> stuck_;
};

}  // namespace sysplexd::jes
