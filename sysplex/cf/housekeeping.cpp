// What goes on beside the commits: history segments, snapshots, and the removal of files that no state refers to.
#include <algorithm>

#include "sysplex/cf/engine_core.hpp"
#include "sysplex/cf/snapshot.hpp"
#include "sysplex/dasd/atomic_file.hpp"

namespace sysplexd::cf {

using net::Errc;
using net::Error;

namespace {

constexpr std::uint64_t history_retry_step = 64;  // records more before a full disk is tried again

bool missing(const net::Status& status) { return !status && status.error().code == Errc::not_found; }

}  // namespace

bool EngineCore::history_is_due() const {
  const auto& newest = state_.newest_history();
  if (newest.size() < history_retry_at_) return false;
  return newest.size() >= options_.history_segment_records ||
         state_.newest_history_bytes() >= options_.history_segment_bytes;
}

bool EngineCore::snapshot_is_due() const {
  if (segments_since_snapshot_ <= snapshot_retry_at_) return false;
  const std::uint64_t grown = segments_since_snapshot_ * options_.segment_bytes;
  return grown >= options_.snapshot_log_bytes && grown >= state_.bytes();
}

Task<void> EngineCore::run_housekeeper(std::shared_ptr<EngineCore> self) {
  const auto kept = std::move(self);
  co_await remove_old_epochs();
  while (!ended_ && !stopping_) {
    if (!emptied_segments_.empty()) {
      co_await remove_emptied_segments();
    } else if (history_is_due()) {
      co_await seal_history();
    } else if (snapshot_is_due()) {
      co_await take_snapshot();
    } else {
      co_await housekeeper_event_.wait();
    }
  }
  --loops_running_;
  writer_event_.notify_one();
  ended_event_.notify_all();
}

// Folders of epochs below ours: the base is ours now, and only grows. A late run of this by a host that was superseded
// removes nothing that anybody still reads. A file that cannot be removed costs space and nothing else: it is counted,
// and tried again by the next host. History files that no state refers to are what a host left that ended between
// writing one and committing it.
Task<void> EngineCore::remove_old_epochs() {
  const auto entries = co_await files_->list(options_.folder);
  if (!entries) {
    end_epoch("the folder could not be listed", entries.error());
    co_return;
  }
  for (const auto& name : *entries) {
    const auto epoch = names::epoch_of_folder(name);
    if (!epoch || *epoch >= epoch_) continue;
    const std::string path = options_.folder + "/" + name;
    const net::Status removed = co_await remove_folder(path);
    if (ended_ || stopping_) co_return;
    if (!removed) ++counters.removals_failed;
  }
  const auto ids = co_await history_store_.list();
  if (!ids) {
    end_epoch("the history could not be listed", ids.error());
    co_return;
  }
  for (const auto id : *ids) {
    if (state_.segments().count(id) > 0 || (id >> 24) >= epoch_) continue;
    const net::Status removed = co_await history_store_.remove(id);
    if (ended_ || stopping_) co_return;
    if (!removed) ++counters.removals_failed;
  }
}

Task<net::Status> EngineCore::remove_folder(std::string path) {
  const auto entries = co_await files_->list(path);
  if (!entries) {
    if (entries.error().code == Errc::not_found) co_return net::Status();
    co_return entries.error();
  }
  // The manifest last: a folder whose removal was cut off still says what it was.
  std::vector<std::string> ordered = *entries;
  std::partition(ordered.begin(), ordered.end(), [](const std::string& name) { return name != names::manifest; });
  for (const auto& name : ordered) {
    const std::string file = path + "/" + name;
    const net::Status removed = co_await files_->unlink(file);
    if (!removed && !missing(removed)) co_return removed;
  }
  const net::Status removed = co_await files_->remove_directory(path);
  if (missing(removed)) co_return net::Status();
  co_return removed;
}

Task<void> EngineCore::remove_emptied_segments() {
  // The commit that emptied them has passed the claim check: no later host refers to them.
  while (!emptied_segments_.empty()) {
    const std::uint64_t id = emptied_segments_.back();
    const net::Status removed = co_await history_store_.remove(id);
    if (ended_) co_return;
    if (!removed) ++counters.removals_failed;
    std::erase(emptied_segments_, id);
  }
}

Task<void> EngineCore::take_snapshot() {
  // All segments before the one written last hold only what is committed, and so is in the state from here on.
  SnapshotHeader header;
  header.epoch = epoch_;
  header.incarnation = options_.incarnation;
  header.log_segment = written_log_;
  header.revision = state_.revision();
  const std::uint64_t segments = segments_since_snapshot_;
  const std::uint64_t number = next_snapshot_++;
  const std::string path = own_folder_ + "/" + names::snapshot(number);
  net::Status done = co_await write_snapshot(files_, path, header, state_, committed_lsn_);
  if (done && !ended_) done = co_await files_->sync_directory(own_folder_);
  if (ended_) co_return;
  if (!done) {
    if (done.error().code != Errc::no_space) {
      end_epoch("a snapshot could not be written", done.error());
      co_return;
    }
    snapshot_retry_at_ = segments_since_snapshot_;
    const net::Status removed = co_await files_->unlink(path);
    if (!removed && !missing(removed)) ++counters.removals_failed;
    co_return;
  }
  const std::string manifest = encode_manifest(number, header.log_segment);
  const net::Status named = co_await dasd::replace_file(files_, own_folder_, names::manifest, manifest);
  if (ended_) co_return;
  if (!named) {
    // Old or new stands there, and both are good: nothing may be removed now.
    snapshot_retry_at_ = segments_since_snapshot_;
    if (named.error().code != Errc::no_space) end_epoch("the manifest could not be written", named.error());
    co_return;
  }
  ++counters.snapshots;
  segments_since_snapshot_ -= segments;
  snapshot_retry_at_ = 0;
  const net::Status removed = co_await remove_superseded(number, header.log_segment);
  if (!removed) ++counters.removals_failed;
}

Task<net::Status> EngineCore::remove_superseded(std::uint64_t snapshot, std::uint64_t log_segment) {
  const auto entries = co_await files_->list(own_folder_);
  if (!entries) co_return entries.error();
  const std::string current = names::snapshot(snapshot);
  for (const auto& name : *entries) {
    const auto number = names::number_of_log_segment(name);
    const bool old_log = number && *number < log_segment;
    const bool old_snapshot = name.rfind("snapshot-", 0) == 0 && name != current;
    if (!old_log && !old_snapshot) continue;
    const std::string path = own_folder_ + "/" + name;
    const net::Status removed = co_await files_->unlink(path);
    if (!removed && !missing(removed)) co_return removed;
  }
  co_return net::Status();
}

// The lowest numbers of the newest history become an immutable segment; the file is durable before the commit that
// refers to it.
Task<void> EngineCore::seal_history() {
  SegmentField field;
  std::vector<HistoryField> records;
  std::uint64_t bytes = 0;
  for (const auto& [number, value] : state_.newest_history()) {
    if (records.size() >= options_.history_segment_records || bytes >= options_.history_segment_bytes) break;
    records.push_back(HistoryField{number, value});
    bytes += value.size();
    net::wire_detail::put_integer<std::uint64_t>(field.numbers, number);
  }
  field.id = (epoch_ << 24) | next_history_++;
  field.lowest = records.front().number;
  field.highest = records.back().number;
  field.count = static_cast<std::uint32_t>(records.size());
  const net::Status written = co_await history_store_.write(field.id, std::move(records));
  if (ended_) co_return;
  if (!written) {
    if (written.error().code != Errc::no_space) {
      end_epoch("a history segment could not be written", written.error());
      co_return;
    }
    history_retry_at_ = state_.newest_history().size() + history_retry_step;
    emptied_segments_.push_back(field.id);
    co_return;
  }

  // From here removals wait for us, and those that were begun end first: so the bitmap says exactly what is gone.
  seal_begun_ = true;
  while ((removals_begun_ > 0 || sealing_) && !ended_) {
    if (sealing_)
      co_await spare_done_.wait();
    else
      co_await history_event_.wait();
  }
  if (ended_) co_return;
  for (std::uint32_t index = 0; index < field.count; ++index) {
    const auto number =
        net::wire_detail::get_integer<std::uint64_t>(std::string_view(field.numbers).substr(index * 8, 8));
    if (state_.newest_history().count(number) > 0) continue;
    if (field.removed.empty()) field.removed.assign((field.count + 7) / 8, '\0');
    field.removed[index / 8] =
        static_cast<char>(static_cast<unsigned char>(field.removed[index / 8]) | 1u << index % 8);
  }
  BegunTransaction begun;
  begun.record.revision = begun_revision_;
  begun.record.sealed = field;
  begun.answer.committed = true;
  const Begun waiting = begin_record(std::move(begun), true);
  bool committed = false;
  if (waiting.waiter) {
    while (!waiting.waiter->answer) co_await waiting.group->done.wait();
    committed = waiting.waiter->answer->ok();
  }
  seal_begun_ = false;
  ++seals_;
  history_event_.notify_all();
  if (ended_) co_return;
  if (committed) {
    ++counters.history_segments;
    history_retry_at_ = 0;
    co_return;
  }
  // No space in the log: the file goes, the records stay where they are.
  history_retry_at_ = state_.newest_history().size() + history_retry_step;
  emptied_segments_.push_back(field.id);
}

}  // namespace sysplexd::cf
