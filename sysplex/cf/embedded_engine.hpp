// The embedded engine of the coupling facility: state in memory, made durable by a log of checksummed records with
// group commit, in a folder of its own for each epoch. See README.md for the files and the order of things.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sysplex/cf/records.hpp"
#include "sysplex/dasd/file_io.hpp"

namespace sysplexd::cf {

struct EmbeddedOptions {
  std::string folder;              // of the coupling facility; shared by all that may host it
  std::uint64_t incarnation = 1;   // of this host: drawn at random at each start, never 0
  std::string owner = "sysplexd";  // named in messages to who waits for the claim lock
  // A folder without an epoch record is a first start only when this is set and nothing of ours stands in it; without
  // it, missing is never empty (design section 8, promise 6).
  bool create = false;
  std::chrono::milliseconds lock_wait{5000};

  std::uint64_t live_bytes_max = 32u << 20;
  std::uint64_t live_bytes_reserve = 1u << 20;  // above the limit, for from_reserve
  std::uint64_t segment_bytes = 4u << 20;       // of the log; pre-written
  std::uint64_t segment_reserve = 1u << 20;  // the end of the last segment, for from_reserve, when no spare can be made
  std::uint64_t group_bytes_max = 1u << 20;  // one write
  std::uint64_t waiting_bytes_max = 16u << 20;   // begun and not yet durable; above it: full
  std::uint64_t snapshot_log_bytes = 16u << 20;  // a snapshot is taken when the log has grown by this
  std::size_t history_segment_records = 4096;
  std::uint64_t history_segment_bytes = 4u << 20;
};

// What recovery found, for the start-up message.
struct RecoveryReport {
  std::uint64_t epoch = 0, base_epoch = 0;
  bool first_start = false;
  std::uint64_t log_records = 0, records = 0, history_records = 0;
  std::uint64_t bytes_cut = 0;  // of a torn last write; nobody was told that it was done
  std::string cut_at;
};

struct EngineCounters {
  std::uint64_t transactions = 0, refusals = 0;  // committed, compare failed
  std::uint64_t groups = 0;                      // writes with one sync each
  std::uint64_t snapshots = 0, history_segments = 0;
  std::uint64_t removals_failed =
      0;  // files that are not needed any more and could not be removed; the next host tries again
};

class EngineCore;

class EmbeddedEngine final : public Records {
 public:
  // Claims a new epoch, reads what the last complete one left, writes its own copy, makes it the base. Errors:
  // timed_out (somebody holds the claim lock), corrupt (with the file, the place and the reason), closed (claimed by
  // another meanwhile), not_found (no coupling facility here, and `create` is not set), io, no_space.
  static Task<Result<std::unique_ptr<EmbeddedEngine>>> open(net::Executor executor,
                                                            std::shared_ptr<dasd::FileSystem> files,
                                                            EmbeddedOptions options);
  // Without close(): as a crash, but in order; what is on its way may still reach the disk.
  ~EmbeddedEngine() override;

  Task<Result<TransactionAnswer>> transact(Transaction transaction) override;
  std::optional<Versioned> get(std::string_view key) const override;
  void scan(std::string_view prefix, const ScanFunction& fn) const override;
  Task<Result<std::optional<std::string>>> history(std::uint64_t number) override;
  Task<Result<std::vector<HistoryRecord>>> history_before(std::uint64_t before, std::size_t count) override;
  Task<Result<std::vector<HistoryRecord>>> history_from(std::uint64_t from, std::size_t count) override;
  Usage usage() const override;

  // Takes nothing more, finishes what was begun, ends.
  Task<void> close();
  // Why the epoch ended, once it has; from then on every request is answered with this. A host ends itself then and
  // starts anew (a new incarnation claims a new epoch).
  std::optional<net::Error> failure() const;
  Task<net::Error> wait_until_ended();

  const RecoveryReport& recovery() const;
  const EngineCounters& counters() const;

 private:
  explicit EmbeddedEngine(std::shared_ptr<EngineCore> core);
  std::shared_ptr<EngineCore> core_;
};

}  // namespace sysplexd::cf
