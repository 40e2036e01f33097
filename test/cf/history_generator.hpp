// Makes finished things through the records interface, as jobs that end do: for start-up and listing tests with a long
// history (1,000,000 records).
#pragma once
#include <functional>
#include <string>

#include "sysplex/cf/records.hpp"

namespace sysplexd::test {

// Numbers first … first+count-1, `per_transaction` in each transaction, up to `runners` transactions at once. Gives the
// first error, or nothing.
inline net::Task<net::Status> generate_history(cf::Records& records, std::uint64_t first, std::uint64_t count,
                                               std::function<std::string(std::uint64_t)> value,
                                               std::uint64_t per_transaction = 100, int runners = 8) {
  struct Shared {
    std::uint64_t next, end, per_transaction;
    std::function<std::string(std::uint64_t)> value;
    net::Status status;
  };
  auto shared = std::make_shared<Shared>(Shared{first, first + count, per_transaction, std::move(value), {}});
  const auto run = [](cf::Records& to, std::shared_ptr<Shared> work) -> net::Task<void> {
    while (work->next < work->end && work->status.ok()) {
      cf::Transaction t;
      t.from_reserve = true;
      for (std::uint64_t i = 0; i < work->per_transaction && work->next < work->end; ++i, ++work->next) {
        cf::HistoryRecord record;
        record.number = work->next;
        record.value = work->value(work->next);
        t.history.push_back(std::move(record));
      }
      const auto answer = co_await to.transact(std::move(t));
      if (!answer && work->status.ok()) work->status = answer.error();
    }
  };
  std::vector<net::Task<void>> tasks;
  for (int i = 0; i < runners; ++i) tasks.push_back(run(records, shared));
  co_await net::all_of(std::move(tasks));
  co_return shared->status;
}

}  // namespace sysplexd::test
