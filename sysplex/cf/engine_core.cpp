#include "sysplex/cf/engine_core.hpp"

#include <charconv>
#include <cstdio>

namespace sysplexd::cf {

namespace names {
namespace {

std::optional<std::uint64_t> number_between(std::string_view name, std::string_view prefix, int base,
                                            std::size_t digits) {
  if (name.size() < prefix.size() + digits || name.substr(0, prefix.size()) != prefix) return std::nullopt;
  std::uint64_t number = 0;
  const char* const begin = name.data() + prefix.size();
  const auto [end, error] = std::from_chars(begin, begin + digits, number, base);
  if (error != std::errc() || end != begin + digits) return std::nullopt;
  return number;
}

std::string numbered(const char* pattern, std::uint64_t number) {
  char name[48];
  std::snprintf(name, sizeof name, pattern, static_cast<unsigned long long>(number));
  return name;
}

}  // namespace

std::string epoch_folder(std::uint64_t epoch, std::uint64_t incarnation) {
  return numbered("epoch-%012llu-", epoch) + numbered("%016llx", incarnation);
}
std::optional<std::uint64_t> epoch_of_folder(std::string_view name) {
  if (name.size() != 6 + 12 + 1 + 16) return std::nullopt;
  return number_between(name, "epoch-", 10, 12);
}
std::string log_segment(std::uint64_t number) { return numbered("log-%012llu", number); }
std::optional<std::uint64_t> number_of_log_segment(std::string_view name) {
  if (name.size() != 4 + 12) return std::nullopt;
  return number_between(name, "log-", 10, 12);
}
std::string snapshot(std::uint64_t number) { return numbered("snapshot-%012llu", number); }

}  // namespace names

EngineCore::EngineCore(net::Executor executor, std::shared_ptr<dasd::FileSystem> files, EmbeddedOptions options)
    : executor_(executor),
      files_(std::move(files)),
      options_(std::move(options)),
      history_store_(files_, options_.folder + "/" + names::history),
      writer_event_(executor),
      spare_event_(executor),
      spare_done_(executor),
      housekeeper_event_(executor),
      history_event_(executor),
      ended_event_(executor) {
  SYSPLEXD_INVARIANT(options_.incarnation != 0, "incarnation 0 is nobody");
  // The record of a history segment (its numbers) and a transaction must each fit a log segment with room to spare.
  SYSPLEXD_INVARIANT(options_.history_segment_records * 10 + 1024 <= options_.segment_bytes / 4,
                     "log segments too small for the history segments");
  SYSPLEXD_INVARIANT(options_.segment_reserve <= options_.segment_bytes / 2, "a reserve larger than half a segment");
}

void EngineCore::start_loops() {
  loops_running_ = 3;
  spare_wanted_ = true;
  const auto self = shared_from_this();
  net::spawn(executor_, "cf writer", run_writer(self));
  net::spawn(executor_, "cf spare segment", run_spare_keeper(self));
  net::spawn(executor_, "cf housekeeper", run_housekeeper(self));
}

void EngineCore::stop() {
  if (stopping_) return;
  stopping_ = true;
  for (net::AsyncEvent* event :
       {&writer_event_, &spare_event_, &spare_done_, &housekeeper_event_, &history_event_, &ended_event_})
    event->notify_all();
}

Task<void> EngineCore::wait_until_stopped() {
  const auto self = shared_from_this();
  while (loops_running_ > 0) co_await ended_event_.wait();
}

Task<void> EngineCore::wait_until_ended() {
  const auto self = shared_from_this();
  while (!ended_ && loops_running_ > 0) co_await ended_event_.wait();
}

Usage EngineCore::usage() const {
  Usage usage;
  usage.revision = state_.revision();
  usage.records = state_.records().size();
  usage.live_bytes = state_.bytes();
  usage.live_bytes_max = options_.live_bytes_max;
  usage.stored_results = state_.stored_answers();
  usage.history_records = state_.history_records();
  return usage;
}

}  // namespace sysplexd::cf
