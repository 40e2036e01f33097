#include "sysplex/cf/embedded_engine.hpp"

#include "sysplex/cf/engine_core.hpp"

namespace sysplexd::cf {

Task<Result<std::unique_ptr<EmbeddedEngine>>> EmbeddedEngine::open(net::Executor executor,
                                                                   std::shared_ptr<dasd::FileSystem> files,
                                                                   EmbeddedOptions options) {
  auto core = std::make_shared<EngineCore>(std::move(executor), std::move(files), std::move(options));
  const net::Status taken = co_await core->take_over();
  if (!taken) co_return taken.error();
  core->start_loops();
  std::unique_ptr<EmbeddedEngine> engine(new EmbeddedEngine(std::move(core)));
  co_return engine;
}

EmbeddedEngine::EmbeddedEngine(std::shared_ptr<EngineCore> core) : core_(std::move(core)) {}
EmbeddedEngine::~EmbeddedEngine() { core_->stop(); }

Task<Result<TransactionAnswer>> EmbeddedEngine::transact(Transaction transaction) {
  return core_->transact(std::move(transaction));
}

std::optional<Versioned> EmbeddedEngine::get(std::string_view key) const {
  const auto& records = core_->state().records();
  const auto found = records.find(key);
  if (found == records.end()) return std::nullopt;
  return found->second;
}

void EmbeddedEngine::scan(std::string_view prefix, const ScanFunction& fn) const {
  const auto& records = core_->state().records();
  for (auto at = records.lower_bound(prefix); at != records.end(); ++at) {
    if (at->first.compare(0, prefix.size(), prefix) != 0) return;
    if (!fn(at->first, at->second)) return;
  }
}

Task<Result<std::optional<std::string>>> EmbeddedEngine::history(std::uint64_t number) {
  return core_->history(number);
}

Task<Result<std::vector<HistoryRecord>>> EmbeddedEngine::history_before(std::uint64_t before, std::size_t count) {
  return core_->history_list(before, count, true);
}

Task<Result<std::vector<HistoryRecord>>> EmbeddedEngine::history_from(std::uint64_t from, std::size_t count) {
  return core_->history_list(from, count, false);
}

Usage EmbeddedEngine::usage() const { return core_->usage(); }

Task<void> EmbeddedEngine::close() {
  core_->stop();
  return core_->wait_until_stopped();
}

std::optional<net::Error> EmbeddedEngine::failure() const { return core_->ended(); }

Task<net::Error> EmbeddedEngine::wait_until_ended() {
  const auto core = core_;
  co_await core->wait_until_ended();
  if (core->ended()) co_return *core->ended();
  co_return net::Error{net::Errc::closed, "the coupling facility was stopped"};
}

const RecoveryReport& EmbeddedEngine::recovery() const { return core_->recovery; }
const EngineCounters& EmbeddedEngine::counters() const { return core_->counters; }

}  // namespace sysplexd::cf
