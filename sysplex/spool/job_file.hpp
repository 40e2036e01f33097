// The job file: all that the system writes about one job in one append-only file of checksummed frames
// (net/frame.hpp), UNVSPOOL/<bucket>/JOBnnnnn.jes. The daemon creates it at submit (input, JESJCL), then one initiator
// appends (log lines, step events, the outcome), then it is only read. Each SYSOUT DD is a file of its own beside it
// (JOBnnnnn.S<step>.<ddname>), written by the program itself.
//
// A torn tail (power cut) is cut by the next writer; a damaged frame in the middle ends the reading with corrupt.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/frame.hpp"
#include "net/result.hpp"

namespace sysplexd::spool {

// Frame kinds in a job file. Append only.
enum class RecordKind : std::uint16_t {
  input = 1,     // JobInput
  jesmsglg = 2,  // payload: text lines, each ended by a newline
  jesjcl = 3,
  jesysmsg = 4,
  event = 5,    // StepEvent
  outcome = 6,  // JobOutcome; the last record of a job
};

// What the converter needs to make the same plan again.
struct MemberText {
  std::string library, member, text;
  bool found = true;
  template <class V>
  void fields(V& v) {
    v(1, library);
    v(2, member);
    v(3, text);
    v(4, found);
  }
};
struct SymbolValue {
  std::string name, value;
  template <class V>
  void fields(V& v) {
    v(1, name);
    v(2, value);
  }
};
struct JobInput {
  static constexpr auto record = RecordKind::input;
  std::string deck;
  std::int32_t first_card = 1;
  std::vector<MemberText> members;
  std::vector<SymbolValue> symbols, system_symbols;
  std::string default_class, default_message_class;
  template <class V>
  void fields(V& v) {
    v(1, deck);
    v(2, first_card);
    v(3, members);
    v(4, symbols);
    v(5, system_symbols);
    v(6, default_class);
    v(7, default_message_class);
  }
};

// One event of an attempt; also sent to the daemon as it happens. Times are milliseconds since 1970, UTC, for display
// only.
enum class EventKind : std::uint8_t {
  job_started = 1,
  step_started = 2,
  step_ended = 3,
  step_not_run = 4,
  data_set_file = 5
};
struct StepEvent {
  static constexpr auto record = RecordKind::event;
  std::uint32_t attempt = 0;
  std::uint32_t sequence = 0;  // 1, 2, 3 … within the attempt
  EventKind event = EventKind::job_started;
  std::int32_t step = 0;  // Step::number
  std::int64_t time_ms = 0;
  std::int64_t pid = 0;           // step_started
  std::uint64_t start_ticks = 0;  // step_started: field 22 of /proc/PID/stat, with the pid the identity of a process
  std::int32_t cc = 0;            // step_ended
  std::string abend;              // step_ended; empty: none
  std::string reason;             // why a step did not run, why it abended
  std::int64_t elapsed_ms = 0, cpu_ms = 0, max_rss = 0, read_bytes = 0,
               write_bytes = 0;  // step_ended; max_rss in bytes
  bool by_condition = false;     // step_not_run
  template <class V>
  void fields(V& v) {
    v(1, attempt);
    v(2, sequence);
    v(3, event);
    v(4, step);
    v(5, time_ms);
    v(6, pid);
    v(7, start_ticks);
    v(8, cc);
    v(9, abend);
    v(10, reason);
    v(11, elapsed_ms);
    v(12, cpu_ms);
    v(13, max_rss);
    v(14, read_bytes);
    v(15, write_bytes);
    v(16, by_condition);
  }
};

// A SYSOUT data set of the job, as listed by `job show`. id 2, 3, 4 are the system files; user files start at 101.
struct SpoolFile {
  std::uint32_t id = 0;
  std::string ddname, step, procstep, sysout_class;
  std::uint64_t bytes = 0;
  std::string name;  // file name in the bucket; empty: system file inside the job file
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, ddname);
    v(3, step);
    v(4, procstep);
    v(5, sysout_class);
    v(6, bytes);
    v(7, name);
  }
};

struct JobOutcome {
  static constexpr auto record = RecordKind::outcome;
  std::uint32_t attempt = 0;
  std::int64_t time_ms = 0;
  std::int32_t max_cc = 0, cc = 0;
  std::string abend;  // "S0C4"; empty: none
  bool cancelled = false;
  bool jcl_error = false;  // allocation or conversion
  std::string reason;
  std::vector<SpoolFile> files;
  template <class V>
  void fields(V& v) {
    v(1, attempt);
    v(2, time_ms);
    v(3, max_cc);
    v(4, cc);
    v(5, abend);
    v(6, cancelled);
    v(7, jcl_error);
    v(8, reason);
    v(9, files);
  }
};

}  // namespace sysplexd::spool
