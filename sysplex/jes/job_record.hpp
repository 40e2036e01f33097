// What the queue knows of one job, as it stands in the coupling facility's records under key "job/<number>"
// (live jobs) and, once ended, in a history record. Everything else about a job (input, log, events, outcome) is in its
// job file. Small on purpose: live state is bounded (design section 4 rule 4).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "net/wire.hpp"
#include "sysplex/jes/protocol.hpp"

namespace sysplexd::jes {

// Durable states. HELD and DELAYED of the outside are a queued job with a flag or a reason.
enum class JobState : std::uint8_t {
  queued = 1,
  running = 2,   // the attempt is granted to `initiator`; nothing else may start it
  in_doubt = 3,  // the attempt's end cannot be known; `reason` says why. Only the operator ends this
  ended = 4,
};

enum class EndKind : std::uint8_t {
  none = 0,
  completed = 1,  // cc
  abended = 2,    // abend
  jcl_error = 3,
  cancelled = 4,
  in_doubt = 5,  // the operator closed a job whose end is not known
  scanned = 6,   // TYPRUN=SCAN or COPY: never ran
};

// Identity of the initiator that holds the attempt.
struct InitiatorIdentity {
  std::uint32_t number = 0;
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;
  std::string boot_id;
  template <class V>
  void fields(V& v) {
    v(1, number);
    v(2, pid);
    v(3, start_ticks);
    v(4, boot_id);
  }
};

struct JobRecord {
  std::uint64_t number = 0;
  std::string name, owner, job_class, message_class;
  std::uint32_t uid = 0, gid = 0;
  std::int32_t priority = 0;
  JobState state = JobState::queued;
  bool held = false;
  std::uint32_t attempt = 0;                                    // the last one granted; 0: never
  InitiatorIdentity initiator;                                  // running, in_doubt
  std::string member;                                           // sysname where it runs or ran
  std::int64_t submitted_ms = 0, started_ms = 0, ended_ms = 0;  // wall clock, display only; 0: not yet
  bool cancel_asked = false;  // durable before the initiator is told, told again after a restart
  bool cancel_force = false;
  std::string cancel_abend;
  EndKind end = EndKind::none;
  std::int32_t cc = 0, max_cc = 0;
  std::string abend, reason;
  std::int32_t steps = 0;
  std::string notify;
  std::vector<std::string> exclusive_names, shared_names;  // SYSDSN names held while it runs
  template <class V>
  void fields(V& v) {
    v(1, number);
    v(2, name);
    v(3, owner);
    v(4, job_class);
    v(5, message_class);
    v(6, uid);
    v(7, gid);
    v(8, priority);
    v(9, state);
    v(10, held);
    v(11, attempt);
    v(12, initiator);
    v(13, member);
    v(14, submitted_ms);
    v(15, started_ms);
    v(16, ended_ms);
    v(17, cancel_asked);
    v(18, cancel_force);
    v(19, cancel_abend);
    v(20, end);
    v(21, cc);
    v(22, max_cc);
    v(23, abend);
    v(24, reason);
    v(25, steps);
    v(26, notify);
    v(27, exclusive_names);
    v(28, shared_names);
  }
};

// "CC 0004", "ABEND S0C4", "JCL ERROR", "CANCELED", "IN DOUBT"; empty while it has none (interfaces.md).
std::string retcode_text(const JobRecord& job);
// "INPUT", "ACTIVE", "OUTPUT".
const char* status_text(const JobRecord& job);
// Key of the live record: fixed width, so that a scan runs in job number order.
std::string job_key(std::uint64_t number);

}  // namespace sysplexd::jes
