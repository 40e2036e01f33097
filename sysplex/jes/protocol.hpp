// What daemon, supervisor and initiators say to each other on unix sockets of one node, as frames (net/frame.hpp).
// Each message is declared here once. Sockets, under mount_point/run/:
//   jes.sock         the daemon listens; initiators connect, and connect again for ever when it is gone (the daemon may
//   be
//                    killed or upgraded at any moment; a running job goes on and its events wait in the job file)
//   supervisor.sock  the supervisor listens; the daemon and the initiators connect
//
// Identity of a process is pid + start_ticks (field 22 of /proc/PID/stat) + boot_id, never the pid alone.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/spool/job_file.hpp"

namespace sysplexd::jes {

// Which attempt of which job; attempt 0: none.
struct AttemptId {
  std::uint64_t job = 0;  // number: JOB00001 is 1
  std::uint32_t attempt = 0;
  bool operator==(const AttemptId&) const = default;
  template <class V>
  void fields(V& v) {
    v(1, job);
    v(2, attempt);
  }
};

// --- initiator -> daemon, initiator -> supervisor: first message on a connection, and on the supervisor's whenever it
// changes.
struct InitiatorHello {
  static constexpr std::uint16_t kind = 1;
  std::uint32_t initiator = 0;  // 1, 2, 3 …
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;
  std::string boot_id, version;
  AttemptId running;           // attempt 0: idle
  bool outcome_waits = false;  // the job of `running` has ended; its outcome is in the job file and follows now
  template <class V>
  void fields(V& v) {
    v(1, initiator);
    v(2, pid);
    v(3, start_ticks);
    v(4, boot_id);
    v(5, version);
    v(6, running);
    v(7, outcome_waits);
  }
};

// --- daemon -> initiator. Sent only after the grant of the attempt is durable in the coupling facility.
struct StartJob {
  static constexpr std::uint16_t kind = 2;
  AttemptId id;
  std::string jobid, job_name;  // "JOB00001"
  std::string sysname, job_class, message_class;
  std::string job_file;       // absolute path of JOBnnnnn.jes, with its input record
  std::string sysout_prefix;  // absolute path prefix of SYSOUT files: .../JOBnnnnn
  std::string dasd_root;      // catalogue root
  std::string temp_root;      // the initiator makes temp_root/JOBnnnnn and removes it at job end
  std::vector<std::string> linklist;
  std::string owner;  // user that the steps run as
  std::uint32_t uid = 0, gid = 0;
  std::int64_t output_bytes_max = 0;  // all SYSOUT of the job together, above it S722; 0: no limit
  std::int64_t wait_seconds_max = 0;  // a step without CPU use for so long ends with S522; 0: no limit
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, jobid);
    v(3, job_name);
    v(4, sysname);
    v(5, job_class);
    v(6, message_class);
    v(7, job_file);
    v(8, sysout_prefix);
    v(9, dasd_root);
    v(10, temp_root);
    v(11, linklist);
    v(12, owner);
    v(13, uid);
    v(14, gid);
    v(15, output_bytes_max);
    v(16, wait_seconds_max);
  }
};

// --- initiator -> daemon, as it happens; the same record is in the job file already.
struct JobEvent {
  static constexpr std::uint16_t kind = 3;
  AttemptId id;
  spool::StepEvent event;
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, event);
  }
};

// --- initiator -> daemon; repeated after a reconnect until OutcomeTaken. In the job file and fsynced already.
struct JobEnded {
  static constexpr std::uint16_t kind = 4;
  AttemptId id;
  spool::JobOutcome outcome;
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, outcome);
  }
};

// --- daemon -> initiator: the end is durable in the queue; the initiator is idle from here.
struct OutcomeTaken {
  static constexpr std::uint16_t kind = 5;
  AttemptId id;
  template <class V>
  void fields(V& v) {
    v(1, id);
  }
};

// --- daemon -> initiator: end the whole tree of the running step; the job ends with `abend`.
struct CancelJob {
  static constexpr std::uint16_t kind = 6;
  AttemptId id;
  std::string abend;  // S222, S122
  std::string reason;
  bool force = false;  // SIGKILL at once instead of SIGTERM, 2 s, SIGKILL
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, abend);
    v(3, reason);
    v(4, force);
  }
};

// --- daemon -> initiator: refusal of a START or a state that cannot be (logged by the receiver), and the reverse.
struct Refused {
  static constexpr std::uint16_t kind = 7;
  AttemptId id;
  std::string reason;
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, reason);
  }
};

// --- daemon -> supervisor: keep exactly these initiators. One that is no longer named ends after its job.
struct KeepInitiators {
  static constexpr std::uint16_t kind = 10;
  std::vector<std::uint32_t> initiators;
  template <class V>
  void fields(V& v) {
    v(1, initiators);
  }
};

// --- supervisor -> daemon: on connect and at every change.
struct SupervisorState {
  static constexpr std::uint16_t kind = 11;
  std::int64_t pid = 0;
  std::uint64_t start_ticks = 0;
  std::vector<InitiatorHello> initiators;  // those alive, with what each runs
  template <class V>
  void fields(V& v) {
    v(1, pid);
    v(2, start_ticks);
    v(3, initiators);
  }
};

// --- supervisor -> daemon: an initiator died while it had a job. The supervisor has ended every process that carried
// the attempt's cookie (it is their subreaper) before it says so; processes_ended counts them. Repeated on each connect
// until AttemptSettled.
struct InitiatorDied {
  static constexpr std::uint16_t kind = 12;
  InitiatorHello initiator;
  std::string how;  // "signal 9", "exit 1"
  std::uint32_t processes_ended = 0;
  template <class V>
  void fields(V& v) {
    v(1, initiator);
    v(2, how);
    v(3, processes_ended);
  }
};

struct AttemptSettled {  // daemon -> supervisor: InitiatorDied is durable in the queue; forget it
  static constexpr std::uint16_t kind = 13;
  AttemptId id;
  template <class V>
  void fields(V& v) {
    v(1, id);
  }
};

// --- daemon -> supervisor: does any process of the attempt live? For jobs that nobody reports after a restart.
struct FindAttempt {
  static constexpr std::uint16_t kind = 14;
  AttemptId id;
  bool end_them = false;  // SIGKILL what is found
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, end_them);
  }
};
struct AttemptFound {
  static constexpr std::uint16_t kind = 15;
  AttemptId id;
  std::uint32_t processes = 0;  // found (and with end_them: ended)
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, processes);
  }
};

// --- daemon -> supervisor (P UBROKER): idle initiators end now, the others after their job, then the supervisor.
struct StopWhenIdle {
  static constexpr std::uint16_t kind = 16;
  bool stop = true;
  template <class V>
  void fields(V& v) {
    v(1, stop);
  }
};

// --- supervisor -> initiator: end when idle.
struct EndWhenIdle {
  static constexpr std::uint16_t kind = 17;
  bool end = true;
  template <class V>
  void fields(V& v) {
    v(1, end);
  }
};

// SYSPLEXD_COOKIE of every process of an attempt: "<jobid>.<attempt>.<mount point checksum>"; the environment of a
// process cannot be forged by a stranger of another user, and marks also what has left the session and the group.
std::string attempt_cookie(const AttemptId& id, const std::string& mount_point);

// "JOB00001" below 100000, then "J0100000" (jcl-zosmf.md 1.4).
std::string job_id_text(std::uint64_t number);
// The reverse; 0 when it is none. Accepts lower case and plain numbers.
std::uint64_t job_number(std::string_view text);

}  // namespace sysplexd::jes
