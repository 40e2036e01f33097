// The driver of the job queue on one member: makes what the rules (job_queue) decide durable in the coupling facility,
// then tells; keeps the links to this node's initiators and their supervisor.
//
//   submit ─► job file durable ─► record durable ─► answer          grant durable ─► START to the initiator
//   outcome (link or job file) ─► record to history durable ─► TAKEN to the initiator, watchers told
//
// A restart reads the live records and settles each running job by what can be proven: an outcome in its job file, its
// initiator alive (identity, never the pid alone), or no event of the attempt and the same boot; anything else is IN
// DOUBT with the reason (design section 4, Jobs).
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/event.hpp"
#include "net/local_link.hpp"
#include "net/scope.hpp"
#include "sysplex/cf/records.hpp"
#include "sysplex/dasd/file_io.hpp"
#include "sysplex/jes/job_queue.hpp"
#include "sysplex/jes/submission.hpp"
#include "sysplex/spool/job_file_reader.hpp"
#include "sysplex/spool/spool_paths.hpp"

namespace sysplexd::jes {

struct JesOptions {
  std::string mount_point, binary;
  std::string spool_root, dasd_root, temp_root;
  std::vector<std::string> linklist;
  std::vector<std::string> initiator_classes;  // one an initiator: "AB"
  QueueRules queue;
  ConversionRules conversion;
  std::int64_t output_bytes_max = 0, wait_seconds_max = 0;
  std::size_t queue_jobs_max = 100000;      // live jobs; above it submit is refused
  std::size_t input_bytes_max = 16u << 20;  // one deck
};

struct Submitted {
  JobRecord record;
  std::vector<jcl::JclError> errors;
};

struct InitiatorView {
  std::uint32_t number = 0;
  std::string classes, state;  // IDLE, BUSY, ABSENT
  std::int64_t pid = 0;
  std::uint64_t job = 0;
};

class JesService {
 public:
  using Log = std::function<void(std::string)>;  // an operator message, whole
  JesService(net::Executor executor, cf::Records& records, std::shared_ptr<dasd::FileSystem> files,
             const net::Clock& clock, JesOptions options, Log log);
  ~JesService();

  // Reads the queue, listens for initiators, finds or starts the supervisor. An error: this member cannot serve.
  net::Task<net::Status> start();
  // Ends when stop() was called, or with the error that ended the coupling facility's epoch.
  net::Task<net::Status> run();
  void stop();

  // --- what clients ask. Errors are answers; the text is for the user.
  net::Task<net::Result<Submitted>> submit(jcl::JobDeck deck, Submitter submitter);
  net::Task<net::Result<JobRecord>> hold(std::uint64_t number);
  net::Task<net::Result<JobRecord>> release(std::uint64_t number);
  net::Task<net::Result<JobRecord>> cancel(std::uint64_t number, bool force, bool dump, std::string by);
  net::Task<net::Status> purge(std::uint64_t number);
  net::Task<net::Result<JobRecord>> find(std::uint64_t number);  // live or ended; not_found
  // Newest `limit` jobs that match, oldest first; more: some were left out.
  struct ListAnswer {
    std::vector<JobRecord> jobs;
    bool more = false;
  };
  net::Task<ListAnswer> list(std::function<bool(const JobRecord&)> matches, std::size_t limit);

  const char* phase(const JobRecord& job) const { return queue_.phase(job); }
  std::string why_waiting(std::uint64_t number) const { return queue_.why_waiting(number, options_.initiator_classes); }
  // Ends at the next change of the job (state, step event) or at the deadline.
  net::Task<void> changed(std::uint64_t number, net::SteadyTime deadline);
  const spool::SpoolPaths& spool() const { return paths_; }
  const JesOptions& options() const { return options_; }
  std::vector<InitiatorView> initiators() const;
  std::size_t live_jobs() const { return queue_.jobs().size(); }
  // Of the supervisor that answers; 0 when none has by the deadline.
  net::Task<std::int64_t> supervisor_pid(net::SteadyTime deadline);
  // Ends when another supervisor answers than `known` (0: none yet), or when the service stops; gives its pid.
  net::Task<std::int64_t> supervisor_other_than(std::int64_t known);

  // Reload: new classes of initiators and what else takes effect without a restart.
  void reconfigure(JesOptions options);
  // P UBROKER: initiators and supervisor end when idle.
  void stop_supervisor_when_idle();
  // JES_SYSOUT_RETENTION: purges what ended before this time; answers how many.
  net::Task<std::size_t> purge_ended_before(std::int64_t time_ms);

 private:
  struct Slot;
  struct Supervisor;

  net::Task<void> accept_initiators();
  net::Task<void> serve_initiator(std::shared_ptr<net::LocalLink> link);
  void initiator_said_hello(const InitiatorHello& hello, const std::shared_ptr<net::LocalLink>& link);
  void job_event(const JobEvent& event);
  void job_ended(const JobEnded& ended);
  net::Task<void> supervise();
  net::Task<void> serve_supervisor(std::shared_ptr<net::LocalLink> link);
  void initiator_died(const InitiatorDied& died);

  void dispatch();
  net::Task<void> carry_grant(std::uint32_t slot, JobRecord job);
  net::Task<void> carry_end(JobRecord ended, std::uint32_t slot, std::optional<JobRecord> next);
  net::Task<void> carry_record(JobRecord job);
  void send_start(Slot& slot, const JobRecord& job);
  void send_cancel(Slot& slot, const JobRecord& job);
  net::Task<void> settle_after_restart();
  void settle_gone(std::uint64_t number, const std::string& how, std::optional<std::uint32_t> processes_ended);
  void put_in_doubt(std::uint64_t number, const std::string& how, std::uint32_t processes_ended);
  std::optional<JobRecord> choose_for(Slot& slot);
  JobRecord end_job(std::uint64_t number, const spool::JobOutcome& outcome);
  Slot* slot_of(std::uint64_t job);
  net::Task<net::Result<cf::TransactionAnswer>> commit(cf::Transaction transaction);
  cf::Transaction live_transaction(const JobRecord& job) const;
  cf::Transaction end_transaction(const JobRecord& job) const;
  net::Task<net::Status> write_job_file(std::uint64_t number, std::string bytes);
  void notify(std::uint64_t number);
  std::int64_t now_ms() const;
  void fail(const net::Error& error);

  net::Executor executor_;
  cf::Records& records_;
  std::shared_ptr<dasd::FileSystem> files_;
  const net::Clock& clock_;
  JesOptions options_;
  Log log_;
  spool::SpoolPaths paths_;
  JobQueue queue_;
  std::map<std::uint32_t, std::unique_ptr<Slot>> slots_;
  std::unique_ptr<Supervisor> supervisor_;
  std::unique_ptr<net::LocalListener> listener_;
  // Ended in the queue, on the way to the log: until that is durable they are told as they were.
  std::map<std::uint64_t, JobRecord> ending_;
  std::map<std::uint64_t, std::shared_ptr<net::AsyncEvent>> watchers_;
  std::map<std::uint64_t, std::string>
      gone_;  // running jobs whose initiator is gone: how; waits for the supervisor's count
  std::uint64_t next_number_ = 1, durable_next_ = 1;
  net::Scope scope_;
  net::AsyncEvent ended_, supervisor_known_;
  bool stopping_ = false;
  std::optional<net::Error> failure_;
};

}  // namespace sysplexd::jes
