// The rules of the job queue (JES2 job selection, jcl-zosmf.md 2.6), pure: which job an idle initiator gets, why
// another waits, what hold, release, cancel and an end do. jes_service makes each change durable in the coupling
// facility before anybody is told; this keeps the same picture in memory.
//
// A job waits in exactly one place: the ready set of its class, or behind the reason that stopped it when it was last
// looked at (an active job of the same name, a data set held by another job), from which the end of that reason
// brings it back. So choosing costs the jobs looked at, not the length of the queue.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/result.hpp"
#include "sysplex/jes/job_record.hpp"

namespace sysplexd::jes {

struct QueueRules {
  bool delay_duplicate_names = true;  // JOBDEF DUPL_JOB=DELAY
};

class JobQueue {
 public:
  explicit JobQueue(QueueRules rules) : rules_(rules) {}

  // A job that is durable in the queue (new, or read at start). Running and in-doubt ones take their names at once.
  void add(JobRecord job);
  const JobRecord* find(std::uint64_t number) const;
  const std::map<std::uint64_t, JobRecord>& jobs() const { return jobs_; }

  // The job that an initiator with these classes runs next (classes in order, then priority, then age), or none. The
  // answer is only a choice: grant() takes it.
  std::optional<std::uint64_t> select(std::string_view classes);
  // queued -> running under the next attempt; takes its name and data sets. Answers the record to be made durable.
  const JobRecord& grant(std::uint64_t number, const InitiatorIdentity& initiator, const std::string& member,
                         std::int64_t now_ms);
  // The grant could not be made durable, or it is proven that the attempt never started: back to queued.
  const JobRecord& requeue(std::uint64_t number, std::string reason);

  // running -> in_doubt; names stay held only while processes of it may live.
  const JobRecord& put_in_doubt(std::uint64_t number, std::string reason, bool processes_may_live);

  // Leaves the queue (its record goes to history). The answer is the final record.
  JobRecord end(std::uint64_t number, const spool::JobOutcome& outcome, std::int64_t now_ms);
  // Ends a job that no initiator has: cancelled while queued, or closed by the operator while in doubt.
  JobRecord end_unstarted(std::uint64_t number, EndKind kind, std::string reason, std::int64_t now_ms);

  // Operator acts: the changed record to be made durable, or why not.
  net::Result<JobRecord> hold(std::uint64_t number);
  net::Result<JobRecord> release(std::uint64_t number);
  net::Result<JobRecord> ask_cancel(std::uint64_t number, std::string abend, bool force, std::string reason);

  // Why this job does not run now, one sentence for a person; empty when it runs or has ended.
  std::string why_waiting(std::uint64_t number, const std::vector<std::string>& initiator_classes) const;
  // "QUEUED", "HELD", "DELAYED", "RUNNING", "CANCELLING", "ENDED", "IN_DOUBT".
  const char* phase(const JobRecord& job) const;

  std::size_t queued_count() const;

 private:
  struct ReadyKey {
    std::int32_t priority;
    std::uint64_t number;
    bool operator<(const ReadyKey& other) const {
      return priority != other.priority ? priority > other.priority : number < other.number;
    }
  };
  struct Holder {
    std::uint64_t exclusive = 0;
    std::set<std::uint64_t> shared;
  };
  struct Blocker {
    std::uint64_t job = 0;  // 0: free to go
    std::string what;       // "JOB00004 of the same name", "PAY.MASTER held by JOB00004"
  };
  void make_ready(const JobRecord& job);
  void forget_waiting(const JobRecord& job);
  void take_names(const JobRecord& job);
  void drop_names(const JobRecord& job);
  Blocker blocker(const JobRecord& job) const;
  JobRecord& known(std::uint64_t number);

  QueueRules rules_;
  std::map<std::uint64_t, JobRecord> jobs_;
  std::map<std::string, std::set<ReadyKey>> ready_;                  // by class
  std::map<std::uint64_t, std::set<std::uint64_t>> waiting_behind_;  // blocking job -> jobs that wait for its end
  std::map<std::uint64_t, std::uint64_t> waits_for_;                 // the reverse
  std::unordered_map<std::string, std::set<std::uint64_t>> active_names_;
  std::unordered_map<std::string, Holder> held_names_;
};

}  // namespace sysplexd::jes
