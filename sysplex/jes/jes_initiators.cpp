// jes_service, the initiators' side: connections, grants, events, ends.
#include <fmt/format.h>

#include "config/message.hpp"
#include "sysplex/jes/jes_service.hpp"
#include "sysplex/jes/jes_slots.hpp"

namespace sysplexd::jes {

using net::Errc;
using net::Task;

namespace {

// An initiator says who it is at once; who does not is no initiator.
constexpr auto hello_limit = std::chrono::seconds(5);

bool same(const InitiatorIdentity& a, const InitiatorHello& b) {
  return a.pid == b.pid && a.start_ticks == b.start_ticks && a.boot_id == b.boot_id;
}

}  // namespace

Task<void> JesService::accept_initiators() {
  while (!stopping_) {
    auto accepted = co_await listener_->accept();
    if (!accepted) {
      if (accepted.error().code == Errc::closed) co_return;
      continue;
    }
    auto link = std::make_shared<net::LocalLink>(std::move(*accepted));
    // The socket is 0600 in our folder; this refuses who got in by a wider mode.
    if (link->peer().uid != ::geteuid() && link->peer().uid != 0) continue;
    if (!scope_.try_spawn("initiator link", serve_initiator(link))) link->close();
  }
}

Task<void> JesService::serve_initiator(std::shared_ptr<net::LocalLink> link) {
  const auto first_limit = clock_.steady_now() + hello_limit;
  const auto first = co_await link->receive(first_limit);
  if (!first || first->kind != InitiatorHello::kind) co_return;
  const auto hello = net::decode<InitiatorHello>(first->payload);
  if (!hello) co_return;
  const std::uint32_t number = hello->initiator;
  initiator_said_hello(*hello, link);
  for (;;) {
    const auto frame = co_await link->receive();
    if (!frame) break;
    if (frame->kind == JobEvent::kind) {
      const auto event = net::decode<JobEvent>(frame->payload);
      if (event) job_event(*event);
    } else if (frame->kind == JobEnded::kind) {
      const auto ended = net::decode<JobEnded>(frame->payload);
      if (ended) job_ended(*ended);
    } else if (frame->kind == Refused::kind) {
      const auto refused = net::decode<Refused>(frame->payload);
      if (!refused) continue;
      log_(config::text<"UNV2609W">(number, refused->reason));
      // A refused START ran nothing: the job must not wait for an end that nobody will tell. The link is closed first,
      // so that an initiator that is just ending is not chosen again at once.
      if (slots_.at(number)->link != link || slots_.at(number)->job != refused->id) continue;
      link->close();
      settle_gone(refused->id.job, "initiator " + std::to_string(number) + " refused it: " + refused->reason,
                  std::nullopt);
    }
  }
  const auto slot = slots_.find(number);
  if (slot != slots_.end() && slot->second->link == link) slot->second->link = nullptr;
}

void JesService::initiator_said_hello(const InitiatorHello& hello, const std::shared_ptr<net::LocalLink>& link) {
  auto& entry = slots_[hello.initiator];
  if (!entry) {
    // A job of an initiator that is configured no more, or one that the supervisor has not ended yet.
    entry = std::make_unique<Slot>();
    entry->number = hello.initiator;
    entry->wanted = false;
  }
  Slot& slot = *entry;
  if (slot.link && slot.link != link) slot.link->close();
  slot.link = link;
  slot.start_told = false;
  const AttemptId granted = slot.job;
  const bool same_process = same(slot.identity, hello);
  slot.identity = {hello.initiator, hello.pid, hello.start_ticks, hello.boot_id};
  log_(config::text<"UNV2607I">(hello.initiator, hello.pid,
                                hello.running.attempt == 0 ? "IDLE" : job_id_text(hello.running.job)));
  if (granted.attempt != 0 && !same_process) {
    // Another process bears the number: the one that had the job is gone.
    slot.job = {};
    settle_gone(granted.job, "its initiator was replaced", std::nullopt);
  }
  if (hello.running.attempt != 0) {
    slot.job = hello.running;
    slot.start_told = true;
    const auto* job = queue_.find(hello.running.job);
    if (job != nullptr && job->state == JobState::running && job->attempt == hello.running.attempt && job->cancel_asked)
      send_cancel(slot, *job);
    return;  // an attempt that the queue does not have ends with its JobEnded, which job_ended() answers
  }
  if (slot.job.attempt != 0) {
    // Granted, and this very process never got START (it appends to the job file before it starts anything and would
    // say so): tell it again. While the grant is not durable yet, carry_grant() does.
    const auto* job = queue_.find(slot.job.job);
    if (job != nullptr && job->state == JobState::running && job->attempt == slot.job.attempt) {
      const auto stored = records_.get(job_key(job->number));
      const auto durable = stored ? net::decode<JobRecord>(stored->value) : net::Error{Errc::not_found, ""};
      if (durable && durable->state == JobState::running && durable->attempt == job->attempt) send_start(slot, *job);
    }
    return;
  }
  dispatch();
}

JesService::Slot* JesService::slot_of(std::uint64_t job) {
  for (auto& [number, slot] : slots_)
    if (slot->job.job == job && slot->job.attempt != 0) return slot.get();
  return nullptr;
}

void JesService::send_start(Slot& slot, const JobRecord& job) {
  if (!slot.link || !slot.link->is_open()) return;  // told when it connects again
  StartJob start;
  start.id = {job.number, job.attempt};
  start.jobid = job_id_text(job.number);
  start.job_name = job.name;
  start.sysname = options_.conversion.sysname;
  start.job_class = job.job_class;
  start.message_class = job.message_class;
  start.job_file = paths_.job_file(job.number);
  start.sysout_prefix = paths_.sysout_prefix(job.number);
  start.dasd_root = options_.dasd_root;
  start.temp_root = options_.temp_root;
  start.linklist = options_.linklist;
  start.owner = job.owner;
  start.uid = job.uid;
  start.gid = job.gid;
  start.output_bytes_max = options_.output_bytes_max;
  start.wait_seconds_max = options_.wait_seconds_max;
  slot.start_told = slot.link->post_message(start);
  if (!slot.start_told) slot.link->close();
}

void JesService::send_cancel(Slot& slot, const JobRecord& job) {
  if (!slot.link || !slot.link->is_open()) return;  // told when it connects again
  CancelJob cancel;
  cancel.id = {job.number, job.attempt};
  cancel.abend = job.cancel_abend;
  cancel.reason = job.reason;
  cancel.force = job.cancel_force;
  if (!slot.link->post_message(cancel)) slot.link->close();
}

std::optional<JobRecord> JesService::choose_for(Slot& slot) {
  if (!slot.idle() || stopping_ || failure_) return std::nullopt;
  const auto number = queue_.select(slot.classes);
  if (!number) return std::nullopt;
  const auto& job = queue_.grant(*number, slot.identity, options_.conversion.sysname, now_ms());
  slot.job = {job.number, job.attempt};
  slot.start_told = false;
  return job;
}

void JesService::dispatch() {
  for (auto& [number, slot] : slots_) {
    auto job = choose_for(*slot);
    if (!job) continue;
    if (scope_.try_spawn("grant", carry_grant(number, *job))) continue;
    queue_.requeue(job->number, "");
    slot->job = {};
  }
}

Task<void> JesService::carry_grant(std::uint32_t number, JobRecord job) {
  auto transaction = live_transaction(job);
  const auto answer = co_await commit(std::move(transaction));
  Slot& slot = *slots_.at(number);
  if (!answer) {
    if (failure_) co_return;
    queue_.requeue(job.number, answer.error().text);
    if (slot.job == AttemptId{job.number, job.attempt}) slot.job = {};
    log_(config::text<"UNV2605E">(job_id_text(job.number), answer.error().text));
    co_return;
  }
  const auto* now = queue_.find(job.number);
  const bool still = now != nullptr && now->state == JobState::running && now->attempt == job.attempt;
  if (still && slot.job == AttemptId{job.number, job.attempt} && !slot.start_told) send_start(slot, *now);
  notify(job.number);
}

void JesService::job_event(const JobEvent& event) { notify(event.id.job); }

JobRecord JesService::end_job(std::uint64_t number, const spool::JobOutcome& outcome) {
  ending_.emplace(number, *queue_.find(number));
  return queue_.end(number, outcome, now_ms());
}

void JesService::job_ended(const JobEnded& ended) {
  Slot* slot = slot_of(ended.id.job);
  const auto* job = queue_.find(ended.id.job);
  if (job == nullptr || job->attempt != ended.id.attempt || job->state == JobState::queued) {
    // Ended before (our answer was lost), or on its way to the log right now: then carry_end() answers.
    if (slot != nullptr && slot->job == ended.id && records_.get(job_key(ended.id.job)) == std::nullopt) {
      OutcomeTaken taken;
      taken.id = ended.id;
      if (slot->link && !slot->link->post_message(taken)) slot->link->close();
      slot->job = {};
      dispatch();
    }
    return;
  }
  auto record = end_job(ended.id.job, ended.outcome);
  std::optional<JobRecord> next;
  const std::uint32_t number = slot == nullptr ? 0 : slot->number;
  if (slot != nullptr) {
    slot->job = {};
    next = choose_for(*slot);
    // Not idle until the end is durable, or another grant could overtake OutcomeTaken.
    if (!next) slot->job = ended.id;
  }
  const bool spawned = scope_.try_spawn("end", carry_end(std::move(record), number, std::move(next)));
  SYSPLEXD_INVARIANT(spawned || stopping_ || failure_, "an end must find its place: one operation an initiator");
  dispatch();
}

// The end and the next grant of the same initiator are one transaction: one log record, one answer.
Task<void> JesService::carry_end(JobRecord ended, std::uint32_t number, std::optional<JobRecord> next) {
  for (;;) {
    auto transaction = end_transaction(ended);
    if (next) transaction.puts.push_back({job_key(next->number), net::encode(*next)});
    const auto answer = co_await commit(std::move(transaction));
    if (answer) break;
    if (failure_) co_return;
    log_(config::text<"UNV2605E">(job_id_text(ended.number), answer.error().text));
    const auto slot = slots_.find(number);
    if (next) {
      queue_.requeue(next->number, answer.error().text);
      next.reset();
    }
    if (slot != slots_.end()) slot->second->job = {ended.number, ended.attempt};
    co_await net::sleep_for(std::chrono::seconds(1));
    if (stopping_) co_return;
  }
  ending_.erase(ended.number);
  const auto settle = supervisor_->to_settle.find(ended.number);
  if (settle != supervisor_->to_settle.end()) {
    AttemptSettled settled;
    settled.id = settle->second;
    supervisor_->to_settle.erase(settle);
    if (supervisor_->link && !supervisor_->link->post_message(settled)) supervisor_->link->close();
  }
  const auto found = slots_.find(number);
  if (found != slots_.end()) {
    Slot& slot = *found->second;
    const bool mine =
        next ? slot.job == AttemptId{next->number, next->attempt} : slot.job == AttemptId{ended.number, ended.attempt};
    if (mine && !next) slot.job = {};
    if (slot.link) {
      OutcomeTaken taken;
      taken.id = {ended.number, ended.attempt};
      if (!slot.link->post_message(taken)) slot.link->close();
    }
    const auto* now = next ? queue_.find(next->number) : nullptr;
    if (mine && now != nullptr && now->state == JobState::running && now->attempt == next->attempt && !slot.start_told)
      send_start(slot, *now);
    if (next) notify(next->number);
  }
  notify(ended.number);
  dispatch();
}

}  // namespace sysplexd::jes
