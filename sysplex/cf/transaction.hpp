// What a transaction of the coupling facility is made of, and its limits. Pure: shared by the interface (records.hpp)
// and by the state that carries it out (live_state.hpp).
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sysplexd::cf {

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

}  // namespace sysplexd::cf
