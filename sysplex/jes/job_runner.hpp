// One job at a time from START to its durable outcome: the plan's steps in order, conditions, allocation, the step
// runner, messages and events. Driven by the initiator's poll loop; owns the job file while the job is here.
//
//   idle ─prepare()─► begun ─run()─► running ─last step─► closing ─outcome durable─► outcome_waits ─OUTCOME TAKEN─►
//   idle
//
// The order is always: into the job file, then told (take_events(), outcome()).
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/fd.hpp"
#include "sysplex/jes/protocol.hpp"
#include "sysplex/jes/step_runner.hpp"
#include "sysplex/spool/job_file.hpp"

namespace sysplexd::jes {

struct InitiatorNode {
  std::uint32_t id = 0;
  std::string mount_point, binary;
};

struct StartAnswer {
  enum class Kind {
    begun,      // tell the supervisor, then run()
    continues,  // this very attempt is here already
    ended,      // nothing to run: `outcome` is what the job file holds of this attempt, or why it cannot be run
    refused,    // nothing was done
  };
  Kind kind = Kind::refused;
  std::string reason;
  spool::JobOutcome outcome;
};

class JobRunner {
 public:
  enum class Phase { idle, begun, running, closing, outcome_waits };

  explicit JobRunner(InitiatorNode node);
  ~JobRunner();

  StartAnswer prepare(const StartJob& start);
  void run(SteadyTime now);

  // False: that attempt is not here or has ended; nothing to cancel.
  bool cancel(const CancelJob& cancel, SteadyTime now);

  void children_changed(SteadyTime now);
  void tick(SteadyTime now);
  std::optional<SteadyTime> next_tick() const;

  Phase phase() const { return phase_; }
  AttemptId attempt() const;                 // attempt 0: idle
  const spool::JobOutcome& outcome() const;  // outcome_waits
  void outcome_taken();                      // outcome_waits -> idle
  std::vector<spool::StepEvent> take_events();

 private:
  struct Job;
  void begin_steps(SteadyTime now);
  void advance(SteadyTime now);
  bool start_step(SteadyTime now);  // false: it has ended already
  void step_started(std::int64_t pid, std::uint64_t start_ticks);
  void end_step(StepReport report);
  void step_not_run(const std::string& reason, bool by_condition);
  void close(SteadyTime now);
  void try_to_conclude(SteadyTime now);
  void flush_log();
  void emit(spool::StepEvent event);
  StepLimitValues limits_of_step() const;
  std::optional<std::string> parm_of_step() const;
  SpawnRequest spawn_request(struct ProgramCommand command, const std::optional<std::string>& parm) const;

  InitiatorNode node_;
  net::UniqueFd rc_fd_;
  StepRunner steps_;
  Phase phase_ = Phase::idle;
  std::unique_ptr<Job> job_;
  SteadyTime next_try_{};  // closing, or a log that could not be written
  std::vector<spool::StepEvent> events_;
};

}  // namespace sysplexd::jes
