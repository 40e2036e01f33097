// The records of the coupling facility: compare-and-swap transactions over keys, and a history of finished things that
// is never copied. Every decision that must be taken once (who runs a job) is one transaction here. The contract that
// any engine must pass is test/cf/records_contract.hpp; no host name, file or log stands in this interface.
//
// One thread: all calls come from the executor that the engine was made with. A Records object outlives its callers'
// awaits; a cancelled await loses the answer, not the transaction (ask again with the same RequestId).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "net/task.hpp"

namespace sysplexd::cf {

using net::Result;
using net::Task;

// Limits. Input above them is refused with too_large, and nothing is carried out.
inline constexpr std::size_t key_bytes_max = 256;
inline constexpr std::size_t value_bytes_max = 256u << 10;        // a record, a history record
inline constexpr std::size_t transaction_bytes_max = 512u << 10;  // keys and values of one transaction
inline constexpr std::size_t stored_results_max = 4096;           // unacknowledged answers of one member

// Makes a repeat safe. The answer is stored in the same transaction and given again to a repeat of the same id, at any
// later host, until acknowledged. An empty member: no protection, nothing stored (for work that is itself idempotent).
struct RequestId {
  std::string member;
  std::uint64_t incarnation = 0;  // grows with each start of the member; a newer one ends the older one's requests
  std::uint64_t sequence = 0;     // 1, 2, 3 … within the incarnation; not necessarily sent in order
  // Every answer below this has arrived and will not be asked for again: the store may forget it. A request with a
  // lower sequence that comes late is refused (it would be carried out twice).
  std::uint64_t acknowledged_below = 0;
};

// Holds when the key has this version. 0: there must be no such key.
struct Compare {
  std::string key;
  std::uint64_t version = 0;
};

struct Put {
  std::string key;
  std::string value;
};

// A finished thing (a job that left the queue), found by its number. A number is given once and never again.
struct HistoryRecord {
  std::uint64_t number = 0;
  std::string value;
};

// All or nothing. A key stands at most once among puts and deletes.
struct Transaction {
  RequestId id;
  std::vector<Compare> compares;
  std::vector<Put> puts;
  std::vector<std::string> deletes;           // a key that is not there is no error
  std::vector<HistoryRecord> history;         // appended
  std::vector<std::uint64_t> history_remove;  // purge, retention; a number that is not there is no error
  // This transaction ends or shrinks work (job start, job end, purge): it may use the reserve of space that an ordinary
  // one (submit) may not, so that what was accepted can be finished when the disk or the live state is full.
  bool from_reserve = false;
};

struct TransactionAnswer {
  bool committed = false;
  std::uint64_t revision = 0;  // committed: the version that the put keys have now; else the revision it was judged at
  std::string conflict_key;    // not committed: the first compare that did not hold
};

struct Versioned {
  std::string value;
  std::uint64_t version = 0;  // revision of the transaction that wrote it
};

struct Usage {
  std::uint64_t revision = 0;
  std::uint64_t records = 0;
  std::uint64_t live_bytes = 0, live_bytes_max = 0;  // records, stored answers and the newest history
  std::uint64_t stored_results = 0;
  std::uint64_t history_records = 0;  // all, without the removed ones
};

class Records {
 public:
  virtual ~Records() = default;

  // Durable when it is told. Errors with which nothing was carried out, and nothing ever will be:
  //   invalid, too_large      the transaction breaks a rule above
  //   exists                  a history number was given before
  //   full, no_space          live state, waiting requests or the disk are at their limit; the text says which
  //   not_permitted           the request is older than an incarnation or an acknowledgement that is already known
  // With closed, io, corrupt the outcome is not known: repeat with the same id at the next host (or after a restart).
  virtual Task<Result<TransactionAnswer>> transact(Transaction transaction) = 0;

  // Committed state only: what a transaction still on its way to the disk will write is not told here (compares of
  // later transactions do see it). The pointer-free copy is deliberate: it stays good over an await.
  virtual std::optional<Versioned> get(std::string_view key) const = 0;
  // In key order, every key that starts with the prefix; fn returns false to stop. fn must not call the engine.
  using ScanFunction = std::function<bool(std::string_view key, const Versioned& record)>;
  virtual void scan(std::string_view prefix, const ScanFunction& fn) const = 0;

  // These may read storage.
  virtual Task<Result<std::optional<std::string>>> history(std::uint64_t number) = 0;
  // Newest (highest number) first, numbers below `before`; pass history_newest for the newest of all.
  virtual Task<Result<std::vector<HistoryRecord>>> history_before(std::uint64_t before, std::size_t count) = 0;
  // Oldest first, numbers from `from` on (retention walks this way).
  virtual Task<Result<std::vector<HistoryRecord>>> history_from(std::uint64_t from, std::size_t count) = 0;

  virtual Usage usage() const = 0;
};

inline constexpr std::uint64_t history_newest = ~std::uint64_t{0};

}  // namespace sysplexd::cf
