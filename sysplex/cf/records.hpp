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
#include "sysplex/cf/transaction.hpp"

namespace sysplexd::cf {

using net::Result;
using net::Task;

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
