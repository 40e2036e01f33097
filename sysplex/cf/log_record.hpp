// What the embedded engine writes down, as TLV messages in frames (net/frame.hpp): the records of the log, of snapshots
// and of the epoch record. Log records hold effects, not requests: applying one again changes nothing, which is what
// lets a snapshot be taken while commits go on. Append only: kinds and tags stay what they are.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/wire.hpp"

namespace sysplexd::cf {

// One Put. Its version is the revision of the log record it stands in; in a snapshot it is written out.
struct RecordField {
  std::string key, value;
  std::uint64_t version = 0;  // snapshots only
  template <class V>
  void fields(V& v) {
    v(1, key);
    v(2, value);
    v(3, version);
  }
};

struct HistoryField {
  std::uint64_t number = 0;
  std::string value;
  template <class V>
  void fields(V& v) {
    v(1, number);
    v(2, value);
  }
};

// The answer kept for a repeat.
struct AnswerField {
  std::string member;
  std::uint64_t incarnation = 0, sequence = 0, acknowledged_below = 0;
  bool committed = false;
  std::uint64_t revision = 0;
  std::string conflict_key;
  template <class V>
  void fields(V& v) {
    v(1, member);
    v(2, incarnation);
    v(3, sequence);
    v(4, acknowledged_below);
    v(5, committed);
    v(6, revision);
    v(7, conflict_key);
  }
};

// A record in an immutable history segment that was removed: its place in the segment's index.
struct SegmentPlace {
  std::uint64_t segment = 0;
  std::uint32_t index = 0;
  template <class V>
  void fields(V& v) {
    v(1, segment);
    v(2, index);
  }
};

// A history segment that is now part of the state. `removed` is a bitmap by index, empty when nothing was removed.
struct SegmentField {
  std::uint64_t id = 0, lowest = 0, highest = 0;
  std::uint32_t count = 0;
  std::string removed;
  std::string numbers;  // log only: the record numbers, 8 bytes each; they leave the newest history
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, lowest);
    v(3, highest);
    v(4, count);
    v(5, removed);
    v(6, numbers);
  }
};

// First frame of a log segment. It names the segment that it continues and where that one ends: what stands there after
// `previous_end` was refused (a write that failed for want of space) and is not part of the log.
struct LogSegmentHeader {
  static constexpr std::uint16_t kind = 100;
  std::uint32_t format = 1;
  std::uint64_t epoch = 0, incarnation = 0;
  std::uint64_t number = 0, continues = 0, previous_end = 0;
  std::uint64_t first_group = 0, first_lsn = 0;
  std::uint64_t bytes = 0;  // of the file, which was pre-written: a shorter one was cut
  template <class V>
  void fields(V& v) {
    v(1, format);
    v(2, epoch);
    v(3, incarnation);
    v(4, number);
    v(5, continues);
    v(6, previous_end);
    v(7, first_group);
    v(8, first_lsn);
    v(9, bytes);
  }
};

// One transaction, or one refusal that must be told again to a repeat. lsn counts 1, 2, 3 … without a gap.
struct LogRecord {
  static constexpr std::uint16_t kind = 101;
  std::uint64_t group = 0, lsn = 0, revision = 0;
  std::optional<AnswerField> answer;
  std::vector<RecordField> puts;
  std::vector<std::string> deletes;
  std::vector<HistoryField> history;
  std::vector<std::uint64_t> newest_removed;  // numbers that stood in the newest history
  std::vector<SegmentPlace> removed;
  std::optional<SegmentField> sealed;
  template <class V>
  void fields(V& v) {
    v(1, group);
    v(2, lsn);
    v(3, revision);
    v(4, answer);
    v(5, puts);
    v(6, deletes);
    v(7, history);
    v(8, newest_removed);
    v(9, removed);
    v(10, sealed);
  }
};

// Last frame of a group: what one write and one sync made durable together.
struct GroupEnd {
  static constexpr std::uint16_t kind = 102;
  std::uint64_t group = 0, lsn = 0;
  template <class V>
  void fields(V& v) {
    v(1, group);
    v(2, lsn);
  }
};

// A snapshot: header, parts, end. The log that goes with it begins in `log_segment`.
struct SnapshotHeader {
  static constexpr std::uint16_t kind = 110;
  std::uint32_t format = 1;
  std::uint64_t epoch = 0, incarnation = 0, log_segment = 0;
  std::uint64_t revision = 0;
  template <class V>
  void fields(V& v) {
    v(1, format);
    v(2, epoch);
    v(3, incarnation);
    v(4, log_segment);
    v(5, revision);
  }
};

struct MemberField {
  std::string member;
  std::uint64_t incarnation = 0, acknowledged_below = 0;
  template <class V>
  void fields(V& v) {
    v(1, member);
    v(2, incarnation);
    v(3, acknowledged_below);
  }
};

struct SnapshotPart {
  static constexpr std::uint16_t kind = 111;
  std::vector<RecordField> records;
  std::vector<HistoryField> newest;
  std::vector<SegmentField> segments;
  std::vector<MemberField> members;
  std::vector<AnswerField> answers;
  template <class V>
  void fields(V& v) {
    v(1, records);
    v(2, newest);
    v(3, segments);
    v(4, members);
    v(5, answers);
  }
};

struct SnapshotEnd {
  static constexpr std::uint16_t kind = 112;
  std::uint64_t parts = 0;
  std::uint64_t log_lsn = 0;  // pieces hold what was committed up to here: a log that ends earlier has lost records
  template <class V>
  void fields(V& v) {
    v(1, parts);
    v(2, log_lsn);
  }
};

// `manifest` of an epoch's folder: which snapshot, and with it which log, is the state. Replaced as a whole.
struct Manifest {
  static constexpr std::uint16_t kind = 113;
  std::uint32_t format = 1;
  std::uint64_t snapshot = 0, log_segment = 0;
  template <class V>
  void fields(V& v) {
    v(1, format);
    v(2, snapshot);
    v(3, log_segment);
  }
};

// Who hosts, and whose folder is complete. 512 bytes in place, changed only under the lock (design section 4, rules 1,
// 3).
struct EpochRecord {
  static constexpr std::uint16_t kind = 120;
  std::uint32_t format = 1;
  std::uint64_t claimed = 0, claimed_by = 0;  // epoch, incarnation
  std::uint64_t base = 0, base_by = 0;        // the last complete one; 0: none yet
  template <class V>
  void fields(V& v) {
    v(1, format);
    v(2, claimed);
    v(3, claimed_by);
    v(4, base);
    v(5, base_by);
  }
};

}  // namespace sysplexd::cf
