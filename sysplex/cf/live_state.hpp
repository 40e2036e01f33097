// The committed state of the coupling facility in memory, and how a log record changes it. Pure. The same apply()
// serves commits and recovery; it is idempotent, and records applied in log order over any later state give the same
// end state (that is what a snapshot taken while commits go on needs).
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/cf/log_record.hpp"
#include "sysplex/cf/transaction.hpp"

namespace sysplexd::cf {

// An immutable segment of history, referenced and never copied.
struct HistorySegment {
  std::uint64_t id = 0, lowest = 0, highest = 0;
  std::uint32_t count = 0, removed_count = 0;
  std::string removed;  // bitmap by index; empty: none
  bool is_removed(std::uint32_t index) const {
    return !removed.empty() && (static_cast<unsigned char>(removed[index / 8]) >> (index % 8) & 1) != 0;
  }
  void remove(std::uint32_t index);
};

struct MemberAnswers {
  std::uint64_t incarnation = 0, acknowledged_below = 0;
  std::map<std::uint64_t, TransactionAnswer> answers;  // by sequence
};

// What an entry counts against the limit of live state: its bytes and about what the containers add.
std::uint64_t record_cost(std::string_view key, std::string_view value);
std::uint64_t history_cost(std::string_view value);
std::uint64_t answer_cost(std::string_view conflict_key);

class LiveState {
 public:
  // Gives the ids of history segments that hold nothing any more and have left the state: their files can go.
  std::vector<std::uint64_t> apply(const LogRecord& record);

  // From a snapshot.
  void restore(const SnapshotHeader& header);
  net::Status restore(SnapshotPart part);

  const std::map<std::string, Versioned, std::less<>>& records() const { return records_; }
  const std::map<std::uint64_t, std::string>& newest_history() const { return newest_; }
  std::uint64_t newest_history_bytes() const { return newest_bytes_; }
  const std::map<std::uint64_t, HistorySegment>& segments() const { return segments_; }
  const std::map<std::string, MemberAnswers, std::less<>>& members() const { return members_; }

  std::uint64_t revision() const { return revision_; }
  std::uint64_t bytes() const;
  std::uint64_t stored_answers() const { return stored_answers_; }
  std::uint64_t history_records() const { return newest_.size() + segment_records_; }

 private:
  void put(std::string key, std::string value, std::uint64_t version);
  void erase(std::string_view key);
  void add_newest(std::uint64_t number, std::string value);
  void remove_newest(std::uint64_t number);
  void add_segment(const SegmentField& field);
  void keep_answer(const AnswerField& answer);
  void forget_answers(MemberAnswers& member, std::uint64_t below);

  std::map<std::string, Versioned, std::less<>> records_;
  std::map<std::uint64_t, std::string> newest_;
  std::map<std::uint64_t, HistorySegment> segments_;
  std::map<std::string, MemberAnswers, std::less<>> members_;
  std::uint64_t revision_ = 0;
  std::uint64_t record_bytes_ = 0, newest_bytes_ = 0, segment_bytes_ = 0, answer_bytes_ = 0;
  std::uint64_t stored_answers_ = 0, segment_records_ = 0;
};

}  // namespace sysplexd::cf
