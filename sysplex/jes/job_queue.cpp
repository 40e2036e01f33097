#include "sysplex/jes/job_queue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sysplexd::jes {

using net::Errc;
using net::Error;

std::string retcode_text(const JobRecord& job) {
  if (job.state == JobState::in_doubt) return "IN DOUBT";
  if (job.state != JobState::ended) return "";
  switch (job.end) {
    case EndKind::completed:
    case EndKind::scanned: return fmt::format("CC {:04d}", job.cc);
    case EndKind::abended: return "ABEND " + job.abend;
    case EndKind::jcl_error: return "JCL ERROR";
    case EndKind::cancelled: return "CANCELED";
    case EndKind::in_doubt: return "IN DOUBT";
    case EndKind::none: break;
  }
  return "";
}

const char* status_text(const JobRecord& job) {
  switch (job.state) {
    case JobState::queued: return "INPUT";
    case JobState::running: return "ACTIVE";
    case JobState::in_doubt:
    case JobState::ended: return "OUTPUT";
  }
  return "INPUT";
}

std::string job_key(std::uint64_t number) { return fmt::format("job/{:012d}", number); }

JobRecord& JobQueue::known(std::uint64_t number) {
  const auto found = jobs_.find(number);
  SYSPLEXD_INVARIANT(found != jobs_.end(), "a job that the queue does not have");
  return found->second;
}

const JobRecord* JobQueue::find(std::uint64_t number) const {
  const auto found = jobs_.find(number);
  return found == jobs_.end() ? nullptr : &found->second;
}

void JobQueue::add(JobRecord job) {
  SYSPLEXD_INVARIANT(job.state != JobState::ended, "an ended job belongs to history");
  const auto [at, fresh] = jobs_.emplace(job.number, std::move(job));
  SYSPLEXD_INVARIANT(fresh, "a job is added twice");
  if (at->second.state == JobState::queued)
    make_ready(at->second);
  else if (at->second.state == JobState::running)
    take_names(at->second);
}

void JobQueue::make_ready(const JobRecord& job) {
  if (!job.held) ready_[job.job_class].insert({job.priority, job.number});
}

void JobQueue::forget_waiting(const JobRecord& job) {
  if (const auto ready = ready_.find(job.job_class); ready != ready_.end())
    ready->second.erase({job.priority, job.number});
  const auto waits = waits_for_.find(job.number);
  if (waits == waits_for_.end()) return;
  waiting_behind_[waits->second].erase(job.number);
  waits_for_.erase(waits);
}

void JobQueue::take_names(const JobRecord& job) {
  active_names_[job.name].insert(job.number);
  for (const auto& name : job.exclusive_names) held_names_[name].exclusive = job.number;
  for (const auto& name : job.shared_names) held_names_[name].shared.insert(job.number);
}

void JobQueue::drop_names(const JobRecord& job) {
  if (const auto active = active_names_.find(job.name); active != active_names_.end()) {
    active->second.erase(job.number);
    if (active->second.empty()) active_names_.erase(active);
  }
  const auto drop = [&](const std::string& name) {
    const auto held = held_names_.find(name);
    if (held == held_names_.end()) return;
    if (held->second.exclusive == job.number) held->second.exclusive = 0;
    held->second.shared.erase(job.number);
    if (held->second.exclusive == 0 && held->second.shared.empty()) held_names_.erase(held);
  };
  for (const auto& name : job.exclusive_names) drop(name);
  for (const auto& name : job.shared_names) drop(name);
  // Those that waited for this job are looked at again; they may find the next reason.
  const auto behind = waiting_behind_.find(job.number);
  if (behind == waiting_behind_.end()) return;
  for (const auto number : behind->second) {
    waits_for_.erase(number);
    make_ready(known(number));
  }
  waiting_behind_.erase(behind);
}

JobQueue::Blocker JobQueue::blocker(const JobRecord& job) const {
  if (rules_.delay_duplicate_names) {
    const auto active = active_names_.find(job.name);
    if (active != active_names_.end()) {
      const auto other = *active->second.begin();
      return {other, fmt::format("job {} of the same name is running", job_id_text(other))};
    }
  }
  for (const auto& name : job.exclusive_names) {
    const auto held = held_names_.find(name);
    if (held == held_names_.end()) continue;
    const auto other = held->second.exclusive != 0 ? held->second.exclusive : *held->second.shared.begin();
    return {other, fmt::format("data set {} is held by job {}", name, job_id_text(other))};
  }
  for (const auto& name : job.shared_names) {
    const auto held = held_names_.find(name);
    if (held == held_names_.end() || held->second.exclusive == 0) continue;
    return {held->second.exclusive,
            fmt::format("data set {} is held exclusively by job {}", name, job_id_text(held->second.exclusive))};
  }
  return {};
}

std::optional<std::uint64_t> JobQueue::select(std::string_view classes) {
  for (const char letter : classes) {
    const auto ready = ready_.find(std::string(1, letter));
    if (ready == ready_.end()) continue;
    auto& set = ready->second;
    while (!set.empty()) {
      const auto number = set.begin()->number;
      const auto blocked = blocker(known(number));
      if (blocked.job == 0) return number;
      set.erase(set.begin());
      waiting_behind_[blocked.job].insert(number);
      waits_for_[number] = blocked.job;
    }
  }
  return std::nullopt;
}

const JobRecord& JobQueue::grant(std::uint64_t number, const InitiatorIdentity& initiator, const std::string& member,
                                 std::int64_t now_ms) {
  auto& job = known(number);
  SYSPLEXD_INVARIANT(job.state == JobState::queued && !job.held, "a grant of a job that is not waiting");
  SYSPLEXD_INVARIANT(blocker(job).job == 0, "a grant of a job whose names are held");
  forget_waiting(job);
  job.state = JobState::running;
  job.attempt += 1;
  job.initiator = initiator;
  job.member = member;
  job.started_ms = now_ms;
  job.reason.clear();
  take_names(job);
  return job;
}

const JobRecord& JobQueue::requeue(std::uint64_t number, std::string reason) {
  auto& job = known(number);
  SYSPLEXD_INVARIANT(job.state == JobState::running, "a requeue of a job that was not granted");
  job.state = JobState::queued;
  job.initiator = {};
  job.started_ms = 0;
  job.reason = std::move(reason);
  drop_names(job);
  make_ready(job);
  return job;
}

const JobRecord& JobQueue::put_in_doubt(std::uint64_t number, std::string reason, bool processes_may_live) {
  auto& job = known(number);
  SYSPLEXD_INVARIANT(job.state == JobState::running, "only a running job can be in doubt");
  job.state = JobState::in_doubt;
  job.reason = std::move(reason);
  if (!processes_may_live) drop_names(job);
  return job;
}

JobRecord JobQueue::end(std::uint64_t number, const spool::JobOutcome& outcome, std::int64_t now_ms) {
  auto job = known(number);
  drop_names(job);
  jobs_.erase(number);
  job.state = JobState::ended;
  job.ended_ms = outcome.time_ms != 0 ? outcome.time_ms : now_ms;
  job.cc = outcome.cc;
  job.max_cc = outcome.max_cc;
  job.abend = outcome.abend;
  job.reason = outcome.reason;
  job.end = outcome.cancelled       ? EndKind::cancelled
            : outcome.jcl_error     ? EndKind::jcl_error
            : outcome.abend.empty() ? EndKind::completed
                                    : EndKind::abended;
  job.exclusive_names.clear();
  job.shared_names.clear();
  return job;
}

JobRecord JobQueue::end_unstarted(std::uint64_t number, EndKind kind, std::string reason, std::int64_t now_ms) {
  auto job = known(number);
  SYSPLEXD_INVARIANT(job.state != JobState::running, "a running job is ended by its outcome only");
  forget_waiting(job);
  drop_names(job);
  jobs_.erase(number);
  job.state = JobState::ended;
  job.end = kind;
  job.ended_ms = now_ms;
  job.reason = std::move(reason);
  job.exclusive_names.clear();
  job.shared_names.clear();
  return job;
}

net::Result<JobRecord> JobQueue::hold(std::uint64_t number) {
  const auto found = jobs_.find(number);
  if (found == jobs_.end()) return Error{Errc::not_found, "no such job waits or runs"};
  auto& job = found->second;
  if (job.state != JobState::queued)
    return Error{Errc::conflict, fmt::format("the job is {}, only a waiting job can be held", phase(job))};
  if (job.held) return Error{Errc::conflict, "the job is held already"};
  forget_waiting(job);
  job.held = true;
  return job;
}

net::Result<JobRecord> JobQueue::release(std::uint64_t number) {
  const auto found = jobs_.find(number);
  if (found == jobs_.end()) return Error{Errc::not_found, "no such job waits or runs"};
  auto& job = found->second;
  if (job.state != JobState::queued || !job.held)
    return Error{Errc::conflict, fmt::format("the job is {}, not held", phase(job))};
  job.held = false;
  make_ready(job);
  return job;
}

net::Result<JobRecord> JobQueue::ask_cancel(std::uint64_t number, std::string abend, bool force, std::string reason) {
  const auto found = jobs_.find(number);
  if (found == jobs_.end()) return Error{Errc::not_found, "no such job waits or runs"};
  auto& job = found->second;
  SYSPLEXD_INVARIANT(job.state == JobState::running, "ask_cancel is for running jobs");
  job.cancel_asked = true;
  job.cancel_force = job.cancel_force || force;
  job.cancel_abend = std::move(abend);
  job.reason = std::move(reason);
  return job;
}

const char* JobQueue::phase(const JobRecord& job) const {
  switch (job.state) {
    case JobState::queued:
      if (job.held) return "HELD";
      return blocker(job).job != 0 ? "DELAYED" : "QUEUED";
    case JobState::running: return job.cancel_asked ? "CANCELLING" : "RUNNING";
    case JobState::in_doubt: return "IN_DOUBT";
    case JobState::ended: return "ENDED";
  }
  return "QUEUED";
}

std::string JobQueue::why_waiting(std::uint64_t number, const std::vector<std::string>& initiator_classes) const {
  const auto* job = find(number);
  if (job == nullptr || job->state != JobState::queued) return "";
  if (job->held) return fmt::format("it is held; release it with: sysplexd job release {}", job_id_text(number));
  const bool served = std::any_of(initiator_classes.begin(), initiator_classes.end(), [&](const std::string& classes) {
    return classes.find(job->job_class) != std::string::npos;
  });
  if (!served)
    return fmt::format("no initiator serves class {}; add one in [jes] initiators and reload", job->job_class);
  const auto blocked = blocker(*job);
  if (blocked.job != 0) return blocked.what;
  std::size_t ahead = 0;
  if (const auto ready = ready_.find(job->job_class); ready != ready_.end())
    ahead = static_cast<std::size_t>(
        std::distance(ready->second.begin(), ready->second.lower_bound({job->priority, job->number})));
  return fmt::format("all initiators of class {} are busy; {} job{} of the class before it", job->job_class, ahead,
                     ahead == 1 ? " is" : "s are");
}

std::size_t JobQueue::queued_count() const {
  return static_cast<std::size_t>(std::count_if(
      jobs_.begin(), jobs_.end(), [](const auto& entry) { return entry.second.state == JobState::queued; }));
}

}  // namespace sysplexd::jes
