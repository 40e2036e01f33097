// jes_service, the supervisor's side: the link, initiators that died, and what can be proven of a job whose initiator
// is gone.
#include <fmt/format.h>

#include "config/message.hpp"
#include "net/process.hpp"
#include "sysplex/jes/jes_service.hpp"
#include "sysplex/jes/jes_slots.hpp"
#include "sysplex/jes/processes.hpp"

namespace sysplexd::jes {

using net::Errc;
using net::Task;

namespace {

constexpr auto connect_limit = std::chrono::seconds(2);
constexpr auto retry_pause = std::chrono::milliseconds(20);
// Between two starts of a supervisor: one that cannot live must not become a storm.
constexpr auto start_pause = std::chrono::seconds(1);

}  // namespace

Task<void> JesService::supervise() {
  net::SteadyTime next_start{};
  bool waiting = false;
  while (!stopping_) {
    const auto path = supervisor_socket(options_.mount_point);
    const auto limit = clock_.steady_now() + connect_limit;
    auto connected = co_await net::connect_local(executor_, path, limit);
    if (connected) {
      waiting = false;
      auto link = std::make_shared<net::LocalLink>(std::move(*connected));
      supervisor_->link = link;
      co_await serve_supervisor(link);
      supervisor_->link = nullptr;
      supervisor_->pid = 0;
      continue;
    }
    const auto now = clock_.steady_now();
    if (now >= next_start && !supervisor_->stop_when_idle) {
      if (waiting) log_(config::text<"UNV2611W">(connected.error().text));
      waiting = true;
      next_start = now + start_pause;
      const auto started = start_supervisor(options_.binary, options_.mount_point);
      if (!started) log_(config::text<"UNV2611W">(started.error().text));
    }
    co_await net::sleep_for(retry_pause);
  }
}

Task<void> JesService::serve_supervisor(std::shared_ptr<net::LocalLink> link) {
  KeepInitiators keep;
  for (const auto& [number, slot] : slots_)
    if (slot->wanted) keep.initiators.push_back(number);
  if (!link->post_message(keep)) co_return;
  for (const auto& [number, how] : gone_) {
    FindAttempt find;
    find.id = {number, queue_.find(number) == nullptr ? 0 : queue_.find(number)->attempt};
    find.end_them = true;
    if (!link->post_message(find)) co_return;
  }
  for (;;) {
    const auto frame = co_await link->receive();
    if (!frame) co_return;
    if (frame->kind == SupervisorState::kind) {
      const auto state = net::decode<SupervisorState>(frame->payload);
      if (state) supervisor_->pid = state->pid;
      supervisor_known_.notify_all();
    } else if (frame->kind == InitiatorDied::kind) {
      const auto died = net::decode<InitiatorDied>(frame->payload);
      if (died) initiator_died(*died);
    } else if (frame->kind == AttemptFound::kind) {
      const auto found = net::decode<AttemptFound>(frame->payload);
      const auto waits = found ? gone_.find(found->id.job) : gone_.end();
      if (waits == gone_.end()) continue;
      const auto* job = queue_.find(found->id.job);
      if (job == nullptr || job->attempt != found->id.attempt || job->state != JobState::running) continue;
      const std::string how = waits->second;
      gone_.erase(waits);
      put_in_doubt(found->id.job, how, found->processes);
    }
  }
}

void JesService::initiator_died(const InitiatorDied& died) {
  const AttemptId id = died.initiator.running;
  log_(config::text<"UNV2608W">(died.initiator.initiator, died.initiator.pid, died.how));
  const auto* job = queue_.find(id.job);
  const bool open = job != nullptr && job->attempt == id.attempt && job->state == JobState::running;
  if (!open) {
    // Settled before, or on its way to the log: then the end of that way tells the supervisor.
    const auto stored = records_.get(job_key(id.job));
    const auto durable = stored ? net::decode<JobRecord>(stored->value) : net::Error{Errc::not_found, ""};
    if (durable && durable->attempt == id.attempt && durable->state == JobState::running) {
      supervisor_->to_settle[id.job] = id;
      return;
    }
    AttemptSettled settled;
    settled.id = id;
    if (supervisor_->link && !supervisor_->link->post_message(settled)) supervisor_->link->close();
    return;
  }
  supervisor_->to_settle[id.job] = id;
  settle_gone(id.job,
              fmt::format("initiator {} (pid {}) ended by {}", died.initiator.initiator, died.initiator.pid, died.how),
              died.processes_ended);
}

Task<void> JesService::settle_after_restart() {
  std::vector<std::uint64_t> running;
  for (const auto& [number, job] : queue_.jobs())
    if (job.state == JobState::running) running.push_back(number);
  for (const auto number : running) {
    const auto* job = queue_.find(number);
    if (job == nullptr || job->state != JobState::running) continue;
    const net::ProcessIdentity identity{static_cast<pid_t>(job->initiator.pid), job->initiator.start_ticks,
                                        job->initiator.boot_id};
    if (identity.boot_id == net::boot_id() && net::same_process(identity))
      continue;  // it connects and says what it has
    const bool rebooted = identity.boot_id != net::boot_id();
    settle_gone(number,
                rebooted ? std::string("the system was restarted while it ran")
                         : fmt::format("initiator {} (pid {}) ended while the daemon was down",
                                       identity.pid == 0 ? 0 : job->initiator.number, identity.pid),
                rebooted ? std::optional<std::uint32_t>(0) : std::nullopt);
    co_await net::yield();
  }
}

void JesService::settle_gone(std::uint64_t number, const std::string& how,
                             std::optional<std::uint32_t> processes_ended) {
  const auto* job = queue_.find(number);
  if (job == nullptr || job->state != JobState::running) return;
  for (auto& [slot_number, slot] : slots_)
    if (slot->job == AttemptId{number, job->attempt}) slot->job = {};
  const auto summary = spool::read_summary(paths_.job_file(number));
  if (!summary) {
    gone_.erase(number);
    put_in_doubt(number, how + "; its job file cannot be read: " + summary.error().text, processes_ended.value_or(0));
    return;
  }
  if (summary->outcome && summary->outcome->attempt == job->attempt) {
    gone_.erase(number);
    auto record = end_job(number, *summary->outcome);
    const bool spawned = scope_.try_spawn("end", carry_end(std::move(record), 0, std::nullopt));
    SYSPLEXD_INVARIANT(spawned || stopping_, "an end must find its place");
    return;
  }
  bool began = false;
  for (const auto& event : summary->events) began = began || event.attempt == job->attempt;
  const bool same_boot = job->initiator.boot_id == net::boot_id();
  if (!began && same_boot) {
    // The initiator appends its first event before it starts a process, and what a process of this boot wrote is here.
    gone_.erase(number);
    const auto& record = queue_.requeue(number, how + " before it began");
    log_(config::text<"UNV2604I">(job_id_text(number), record.name, record.reason));
    const bool spawned = scope_.try_spawn("requeue", carry_record(record));
    SYSPLEXD_INVARIANT(spawned || stopping_, "a requeue must find its place");
    return;
  }
  if (processes_ended) {
    gone_.erase(number);
    put_in_doubt(number, how, *processes_ended);
    return;
  }
  gone_[number] = how;
  FindAttempt find;
  find.id = {number, job->attempt};
  find.end_them = true;
  if (supervisor_->link && !supervisor_->link->post_message(find)) supervisor_->link->close();
}

void JesService::put_in_doubt(std::uint64_t number, const std::string& how, std::uint32_t processes_ended) {
  const auto* job = queue_.find(number);
  if (job == nullptr || job->state != JobState::running) return;
  std::string where = "before a step ended";
  if (const auto summary = spool::read_summary(paths_.job_file(number))) {
    int running = 0;
    for (const auto& event : summary->events) {
      if (event.attempt != job->attempt) continue;
      if (event.event == spool::EventKind::step_started) running = event.step;
      if (event.event == spool::EventKind::step_ended && event.step == running) running = 0;
    }
    where = running != 0 ? fmt::format("while step {} ran", running) : "between two steps";
  }
  const std::string ended = processes_ended == 0 ? "none of its processes lives"
                                                 : fmt::format("{} of its processes were ended", processes_ended);
  const auto& record = queue_.put_in_doubt(number, fmt::format("{}, {}; {}", how, where, ended), false);
  log_(config::text<"UNV2603W">(job_id_text(number), record.name, record.reason));
  const bool spawned = scope_.try_spawn("in doubt", carry_record(record));
  SYSPLEXD_INVARIANT(spawned || stopping_, "an in-doubt record must find its place");
}

// Makes a state durable that is true whether we can write it or not; so it tries until it is written.
Task<void> JesService::carry_record(JobRecord job) {
  for (;;) {
    auto transaction = live_transaction(job);
    const auto answer = co_await commit(std::move(transaction));
    if (answer) break;
    if (failure_ || stopping_) co_return;
    log_(config::text<"UNV2605E">(job_id_text(job.number), answer.error().text));
    co_await net::sleep_for(std::chrono::seconds(1));
    const auto* now = queue_.find(job.number);
    if (now == nullptr || now->state != job.state || now->attempt != job.attempt) co_return;
  }
  const auto settle = supervisor_->to_settle.find(job.number);
  if (settle != supervisor_->to_settle.end()) {
    AttemptSettled settled;
    settled.id = settle->second;
    supervisor_->to_settle.erase(settle);
    if (supervisor_->link && !supervisor_->link->post_message(settled)) supervisor_->link->close();
  }
  dispatch();
  notify(job.number);
}

Task<std::int64_t> JesService::supervisor_pid(net::SteadyTime deadline) {
  while (supervisor_->pid == 0 && clock_.steady_now() < deadline) co_await supervisor_known_.wait_until(deadline);
  co_return supervisor_->pid;
}

Task<std::int64_t> JesService::supervisor_other_than(std::int64_t known) {
  while (!stopping_ && !failure_ && (supervisor_->pid == known || supervisor_->pid == 0))
    co_await supervisor_known_.wait();
  co_return supervisor_->pid;
}

void JesService::stop_supervisor_when_idle() {
  supervisor_->stop_when_idle = true;
  StopWhenIdle stop;
  if (supervisor_->link && !supervisor_->link->post_message(stop)) supervisor_->link->close();
}

}  // namespace sysplexd::jes
