// The inside of the embedded engine: one object, four coroutines. Private to sysplex/cf.
//
//   transact ──► begin (decide, encode, place in the log) ──► group ──► run_writer: write, sync, read the epoch record,
//   apply to the committed state, answer.      run_spare_keeper: the next pre-written log segment.
//   run_housekeeper: snapshots, history segments, removal of what is no longer needed.
//
// Two views. The committed state (live_state.hpp) is what get and scan tell. The begun view is the committed state plus
// what is on its way to the disk; compares are judged by it, and every answer, a refusal too, waits for the group in
// which it was judged, so nothing is told that rests on what could still be lost.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "net/event.hpp"
#include "sysplex/cf/embedded_engine.hpp"
#include "sysplex/cf/history_store.hpp"
#include "sysplex/cf/live_state.hpp"
#include "sysplex/cf/log_scan.hpp"

namespace sysplexd::cf {

// File names inside the folder of the coupling facility.
namespace names {
inline constexpr const char* epoch_record = "epoch";
inline constexpr const char* claim_lock = "claim.lock";
inline constexpr const char* history = "history";
inline constexpr const char* manifest = "manifest";
std::string epoch_folder(std::uint64_t epoch, std::uint64_t incarnation);
std::optional<std::uint64_t> epoch_of_folder(std::string_view name);
std::string log_segment(std::uint64_t number);
std::optional<std::uint64_t> number_of_log_segment(std::string_view name);
std::string snapshot(std::uint64_t number);
}  // namespace names

std::string encode_manifest(std::uint64_t snapshot, std::uint64_t log_segment);

struct LogFile {
  std::uint64_t number = 0;
  dasd::FileHandle file;
};

struct Waiter {
  std::optional<Result<TransactionAnswer>> answer;
};

struct BegunTransaction {
  LogRecord record;        // lsn 0: nothing to write, it only waits
  std::int64_t bytes = 0;  // what it adds to the live state
  std::uint64_t log_bytes = 0;
  std::size_t removals = 0;
  TransactionAnswer answer;
  std::shared_ptr<Waiter> waiter;
};

// What one write and one sync make durable.
struct Group {
  explicit Group(net::Executor executor) : done(std::move(executor)) {}
  std::uint64_t number = 0;  // 0: no records
  std::uint64_t last_lsn = 0;
  std::shared_ptr<LogFile> log;
  std::uint64_t offset = 0;
  std::optional<LogSegmentHeader> header;  // this group is the first in its segment
  bool closed = false;
  std::string bytes;
  std::vector<BegunTransaction> begun;
  net::AsyncEvent done;  // the waiters of `begun` have their answers
};

class EngineCore : public std::enable_shared_from_this<EngineCore> {
 public:
  EngineCore(net::Executor executor, std::shared_ptr<dasd::FileSystem> files, EmbeddedOptions options);

  // takeover.cpp
  Task<net::Status> take_over();
  void start_loops();

  // transact.cpp
  Task<Result<TransactionAnswer>> transact(Transaction transaction);

  // history_queries.cpp
  Task<Result<std::optional<std::string>>> history(std::uint64_t number);
  Task<Result<std::vector<HistoryRecord>>> history_list(std::uint64_t from, std::size_t count, bool newest_first);

  // engine_core.cpp
  void stop();
  Task<void> wait_until_stopped();
  Task<void> wait_until_ended();
  Usage usage() const;
  const LiveState& state() const { return state_; }
  const std::optional<net::Error>& ended() const { return ended_; }
  RecoveryReport recovery;
  EngineCounters counters;

 private:
  struct BegunKey {
    std::uint64_t version = 0;  // 0: deleted
    std::uint64_t lsn = 0;
  };
  struct BegunMember {
    std::uint64_t incarnation = 0, acknowledged_below = 0;
    std::map<std::uint64_t, std::pair<std::shared_ptr<Waiter>, std::shared_ptr<Group>>> requests;  // by sequence
  };
  // What begin says: an answer to give at once (an error), a wait, or that there is no place in the log.
  struct Begun {
    std::optional<net::Error> refused;
    std::shared_ptr<Waiter> waiter;
    std::shared_ptr<Group> group;
    bool wants_space = false;
  };

  // takeover.cpp
  Task<net::Status> claim();
  Task<net::Status> first_start();
  Task<net::Status> read_base();
  Task<net::Status> read_base_once(LiveState& state);
  Task<net::Status> check_history_files();
  Task<net::Status> write_own_folder();
  Task<net::Status> become_base();
  Task<Result<EpochRecord>> read_epoch_record();
  Task<net::Status> write_epoch_record(EpochRecord record);
  Task<void> discard_own_folder();

  // transact.cpp
  net::Status check(const Transaction& transaction) const;
  Begun begin(const Transaction& transaction, const std::vector<SegmentPlace>& places);
  std::optional<Begun> begin_repeat(const RequestId& id);
  std::uint64_t begun_version(const std::string& key) const;
  std::int64_t cost(const Transaction& transaction) const;
  Task<Result<std::vector<SegmentPlace>>> find_removed(std::vector<std::uint64_t> numbers);
  Task<void> wait_for_spare();

  // group_log.cpp
  Begun begin_record(BegunTransaction begun, bool from_reserve);
  Begun begin_silent(BegunTransaction begun);
  std::shared_ptr<Group> last_open_group();
  void close_group(Group& group);
  Task<void> run_writer(std::shared_ptr<EngineCore> self);
  Task<void> write_group(std::shared_ptr<Group> group);
  Task<net::Status> check_claim();
  void complete(Group& group);
  Task<void> seal_after(std::shared_ptr<Group> failed, net::Error why);
  void refuse_begun(Group& failed, const net::Error& why);
  Task<void> run_spare_keeper(std::shared_ptr<EngineCore> self);
  Task<void> make_spare();
  Task<Result<std::shared_ptr<LogFile>>> make_log_file();
  void end_epoch(const std::string& what, const net::Error& cause);

  // housekeeping.cpp
  Task<void> run_housekeeper(std::shared_ptr<EngineCore> self);
  Task<void> remove_old_epochs();
  Task<void> take_snapshot();
  Task<void> seal_history();
  Task<void> remove_emptied_segments();
  Task<net::Status> remove_folder(std::string path);
  Task<net::Status> remove_superseded(std::uint64_t snapshot, std::uint64_t log_segment);
  bool history_is_due() const;
  bool snapshot_is_due() const;

  net::Executor executor_;
  std::shared_ptr<dasd::FileSystem> files_;
  EmbeddedOptions options_;
  std::string own_folder_;
  dasd::FileHandle epoch_file_;
  std::uint64_t epoch_ = 0;
  EpochRecord base_;  // as read at the claim
  HistoryStore history_store_;

  LiveState state_;
  std::uint64_t committed_lsn_ = 0;

  // Begun view.
  std::unordered_map<std::string, BegunKey> begun_keys_;
  std::unordered_set<std::uint64_t> begun_numbers_;
  std::map<std::string, BegunMember, std::less<>> begun_members_;
  std::int64_t begun_bytes_ = 0;       // against the limit of live state
  std::uint64_t begun_log_bytes_ = 0;  // waiting to be written
  std::uint64_t begun_revision_ = 0, next_lsn_ = 1, next_group_ = 1;

  // The log: groups in order; placed_ is where the next record goes.
  std::deque<std::shared_ptr<Group>> groups_;
  std::shared_ptr<Group> in_flight_;
  std::shared_ptr<LogFile> placed_log_;
  std::uint64_t placed_offset_ = 0;
  std::shared_ptr<LogFile> spare_;
  std::uint64_t next_log_number_ = 1;
  bool spare_wanted_ = false, spare_making_ = false;
  bool sealing_ = false;  // a full disk: the log moves to its next segment
  std::uint64_t spare_attempts_ = 0;
  std::optional<net::Error> spare_error_;
  std::uint64_t written_log_ = 0;  // the segment that was written last
  std::uint64_t segments_since_snapshot_ = 0;

  // History and snapshots.
  bool seal_begun_ = false;         // a history segment is on its way into the state; removals wait
  std::size_t removals_begun_ = 0;  // and the other way round
  std::uint64_t seals_ = 0, next_history_ = 1, next_snapshot_ = 2;
  std::uint64_t history_retry_at_ = 0;   // after a full disk: not before the newest history has grown to this
  std::uint64_t snapshot_retry_at_ = 0;  // likewise, segments since the snapshot
  std::vector<std::uint64_t> emptied_segments_;

  bool stopping_ = false;
  std::size_t loops_running_ = 0;
  std::optional<net::Error> ended_;
  net::AsyncEvent writer_event_, spare_event_, spare_done_, housekeeper_event_, history_event_, ended_event_;
};

}  // namespace sysplexd::cf
