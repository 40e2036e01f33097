// How a host begins (design section 4, rules 1 and 3): claim a new epoch under the lock, read what the last complete
// one left, write an own folder, make it the base under the lock. Nothing of another's folder is ever written.
#include <algorithm>

#include "net/frame.hpp"
#include "sysplex/cf/engine_core.hpp"
#include "sysplex/cf/snapshot.hpp"
#include "sysplex/dasd/atomic_file.hpp"
#include "sysplex/dasd/record_sector.hpp"

namespace sysplexd::cf {

using net::Errc;
using net::Error;

namespace {

constexpr std::uint64_t manifest_bytes_max = 4096;
constexpr std::uint64_t state_file_bytes_max = 1u << 30;
// The base's host may be alive and remove what its newer snapshot replaced while we read: then its manifest has
// changed.
constexpr int base_reads_max = 3;

Error cannot_read(const std::string& what, const Error& error) {
  Error told = error;
  told.text = what + ": " + error.text;
  return told;
}

}  // namespace

std::string encode_manifest(std::uint64_t snapshot, std::uint64_t log_segment) {
  Manifest manifest;
  manifest.snapshot = snapshot;
  manifest.log_segment = log_segment;
  std::string out;
  net::append_message(out, manifest);
  return out;
}

Task<net::Status> EngineCore::take_over() {
  net::Status status = co_await claim();
  if (status) status = co_await read_base();
  if (!status) co_return status;
  status = co_await write_own_folder();
  if (!status) {
    // Nothing refers to it yet. Without this each refused start on a full disk would take more of it.
    co_await discard_own_folder();
    co_return status;
  }
  status = co_await become_base();
  co_return status;
}

Task<Result<EpochRecord>> EngineCore::read_epoch_record() {
  const auto bytes = co_await files_->read(epoch_file_, 0, dasd::sector_bytes);
  if (!bytes) co_return bytes.error();
  const auto payload = dasd::decode_sector(EpochRecord::kind, *bytes);
  if (!payload) co_return cannot_read("the epoch record " + epoch_file_->path(), payload.error());
  const auto record = net::decode<EpochRecord>(*payload);
  if (!record) co_return cannot_read("the epoch record " + epoch_file_->path(), record.error());
  if (record->format != 1)
    co_return Error{Errc::unsupported, "the epoch record " + epoch_file_->path() + " has format " +
                                           std::to_string(record->format) + "; this release reads format 1"};
  co_return record;
}

Task<net::Status> EngineCore::write_epoch_record(EpochRecord record) {
  dasd::Buffers buffers;
  buffers.push_back(dasd::encode_sector(EpochRecord::kind, net::encode(record)));
  const auto written = co_await files_->write_sync(epoch_file_, 0, std::move(buffers));
  co_return written;
}

Task<net::Status> EngineCore::claim() {
  const std::string lock_path = options_.folder + "/" + names::claim_lock;
  const std::string record_path = options_.folder + "/" + names::epoch_record;
  auto lock = co_await files_->lock(lock_path, options_.owner, options_.lock_wait);
  if (!lock && lock.error().code == Errc::not_found && options_.create) {
    const net::Status made = co_await files_->make_directory(options_.folder);
    if (!made && made.error().code != Errc::exists) co_return made;
    const auto slash = options_.folder.rfind('/');
    const std::string parent =
        slash == std::string::npos ? "." : options_.folder.substr(0, std::max<std::size_t>(slash, 1));
    const net::Status named = co_await files_->sync_directory(parent);
    if (!named) co_return named;
    lock = co_await files_->lock(lock_path, options_.owner, options_.lock_wait);
  }
  if (!lock) co_return lock.error();
  auto file = co_await files_->open(record_path, dasd::OpenMode::read_write);
  if (!file && file.error().code == Errc::not_found) {
    const net::Status made = co_await first_start();
    if (!made) co_return made;
    file = co_await files_->open(record_path, dasd::OpenMode::read_write);
  }
  if (!file) co_return file.error();
  epoch_file_ = *file;
  const auto record = co_await read_epoch_record();
  if (!record) co_return record.error();
  base_ = *record;
  EpochRecord mine = base_;
  mine.claimed = std::max(mine.claimed, mine.base) + 1;
  mine.claimed_by = options_.incarnation;
  const net::Status written = co_await write_epoch_record(mine);
  if (!written) co_return written;
  epoch_ = mine.claimed;
  own_folder_ = options_.folder + "/" + names::epoch_folder(epoch_, options_.incarnation);
  recovery.epoch = epoch_;
  recovery.base_epoch = base_.base;
  co_return net::Status();
}

// Missing is never empty: a folder without an epoch record is new only if nothing of a coupling facility stands in it,
// and if the caller says that it may be.
Task<net::Status> EngineCore::first_start() {
  if (!options_.create)
    co_return Error{Errc::not_found, "no coupling facility stands in " + options_.folder +
                                         "; if this is its first start, say so, else look for the missing mount"};
  const auto entries = co_await files_->list(options_.folder);
  if (!entries) co_return entries.error();
  bool has_history = false;
  for (const auto& name : *entries) {
    has_history = has_history || name == names::history;
    const bool expected =
        name == names::claim_lock || name == names::history || name == std::string(names::epoch_record) + ".new";
    if (!expected)
      co_return Error{Errc::corrupt, "the epoch record is missing in " + options_.folder + ", but " + name +
                                         " stands there: this is not a first start"};
  }
  const std::string history = options_.folder + "/" + names::history;
  if (has_history) {
    const auto files = co_await files_->list(history);
    if (!files) co_return files.error();
    if (!files->empty())
      co_return Error{Errc::corrupt, "the epoch record is missing in " + options_.folder +
                                         ", but there is history: this is not a first start"};
  } else {
    const net::Status made = co_await files_->make_directory(history);
    if (!made) co_return made;
  }
  const std::string record = dasd::encode_sector(EpochRecord::kind, net::encode(EpochRecord{}));
  const net::Status written = co_await dasd::replace_file(files_, options_.folder, names::epoch_record, record);
  if (!written) co_return written;
  recovery.first_start = true;
  co_return net::Status();
}

Task<net::Status> EngineCore::read_base() {
  if (base_.base == 0) co_return net::Status();
  net::Status read;
  for (int attempt = 0; attempt < base_reads_max; ++attempt) {
    LiveState state;
    read = co_await read_base_once(state);
    if (read) {
      state_ = std::move(state);
      break;
    }
    if (read.error().code != Errc::not_found && read.error().code != Errc::corrupt) break;
  }
  if (!read) {
    // To the caller a missing file of the base is damage, not an absent coupling facility.
    Error error = read.error();
    if (error.code == Errc::not_found) error.code = Errc::corrupt;
    co_return cannot_read("epoch " + std::to_string(base_.base) + " of the coupling facility cannot be read", error);
  }
  recovery.records = state_.records().size();
  recovery.history_records = state_.history_records();
  begun_revision_ = state_.revision();
  const net::Status history = co_await check_history_files();
  co_return history;
}

Task<net::Status> EngineCore::read_base_once(LiveState& state) {
  const std::string folder = options_.folder + "/" + names::epoch_folder(base_.base, base_.base_by);
  const std::string manifest_path = folder + "/" + names::manifest;
  const auto manifest_bytes = co_await dasd::read_file(files_, manifest_path, manifest_bytes_max);
  if (!manifest_bytes) co_return manifest_bytes.error();
  const net::FrameView frame = net::parse_frame(*manifest_bytes);
  if (frame.state != net::FrameState::whole || frame.kind != Manifest::kind || frame.bytes != manifest_bytes->size())
    co_return Error{Errc::corrupt, manifest_path + " is damaged"};
  const auto manifest = net::decode<Manifest>(frame.payload);
  if (!manifest) co_return cannot_read(manifest_path, manifest.error());
  if (manifest->format != 1)
    co_return Error{Errc::unsupported, manifest_path + " has format " + std::to_string(manifest->format) +
                                           "; this release reads format 1"};

  const std::string snapshot_path = folder + "/" + names::snapshot(manifest->snapshot);
  SnapshotEnd snapshot_end;
  {
    const auto bytes = co_await dasd::read_file(files_, snapshot_path, state_file_bytes_max);
    if (!bytes) co_return bytes.error();
    const auto read = read_snapshot(*bytes, base_.base, base_.base_by, manifest->log_segment, state);
    if (!read) co_return cannot_read(snapshot_path, read.error());
    snapshot_end = *read;
  }

  const auto entries = co_await files_->list(folder);
  if (!entries) co_return entries.error();
  std::vector<std::string> contents;
  std::vector<LogSegmentBytes> segments;
  for (const auto& name : *entries) {
    const auto number = names::number_of_log_segment(name);
    if (!number || *number < manifest->log_segment) continue;
    const std::string path = folder + "/" + name;
    auto bytes = co_await dasd::read_file(files_, path, state_file_bytes_max);
    if (!bytes) co_return bytes.error();
    contents.push_back(std::move(*bytes));
    LogSegmentBytes segment;
    segment.number = *number;
    segment.name = path;
    segments.push_back(std::move(segment));
  }
  for (std::size_t i = 0; i < segments.size(); ++i) segments[i].bytes = contents[i];
  const auto apply = [&state](LogRecord record) { state.apply(record); };
  const auto end = scan_log(segments, manifest->log_segment, base_.base, base_.base_by, apply);
  if (!end) co_return end.error();
  if (end->lsn < snapshot_end.log_lsn)
    co_return Error{Errc::corrupt, "the log in " + folder + " ends with record " + std::to_string(end->lsn) +
                                       ", but its snapshot was taken at record " +
                                       std::to_string(snapshot_end.log_lsn)};
  recovery.log_records = end->records;
  recovery.bytes_cut = end->bytes_cut;
  recovery.cut_at = end->cut_at;
  co_return net::Status();
}

Task<net::Status> EngineCore::check_history_files() {
  const auto ids = co_await history_store_.list();
  if (!ids) co_return ids.error();
  for (const auto& [id, segment] : state_.segments())
    if (std::find(ids->begin(), ids->end(), id) == ids->end())
      co_return Error{Errc::corrupt, "history segment " + std::to_string(id) + " with the numbers " +
                                         std::to_string(segment.lowest) + " to " + std::to_string(segment.highest) +
                                         " is not in " + options_.folder + "/" + names::history};
  co_return net::Status();
}

Task<net::Status> EngineCore::write_own_folder() {
  net::Status status = co_await files_->make_directory(own_folder_);
  if (!status) co_return status;
  auto log = co_await make_log_file();
  if (!log) co_return log.error();
  placed_log_ = *log;
  written_log_ = placed_log_->number;
  LogSegmentHeader log_header;
  log_header.epoch = epoch_;
  log_header.incarnation = options_.incarnation;
  log_header.bytes = options_.segment_bytes;
  log_header.number = placed_log_->number;
  log_header.first_group = next_group_;
  log_header.first_lsn = next_lsn_;
  dasd::Buffers buffers;
  buffers.emplace_back();
  net::append_message(buffers.back(), log_header);
  status = co_await files_->write_sync(placed_log_->file, 0, std::move(buffers));
  if (!status) co_return status;
  placed_offset_ = log_segment_header_bytes();

  SnapshotHeader header;
  header.epoch = epoch_;
  header.incarnation = options_.incarnation;
  header.log_segment = placed_log_->number;
  header.revision = state_.revision();
  const std::string path = own_folder_ + "/" + names::snapshot(1);
  status = co_await write_snapshot(files_, path, header, state_, committed_lsn_);
  if (!status) co_return status;
  const std::string manifest = encode_manifest(1, placed_log_->number);
  // Syncs the folder too, and with it the names of the snapshot and the log.
  status = co_await dasd::replace_file(files_, own_folder_, names::manifest, manifest);
  if (!status) co_return status;
  status = co_await files_->sync_directory(options_.folder);
  co_return status;
}

Task<net::Status> EngineCore::become_base() {
  const std::string lock_path = options_.folder + "/" + names::claim_lock;
  const auto lock = co_await files_->lock(lock_path, options_.owner, options_.lock_wait);
  if (!lock) co_return lock.error();
  const auto record = co_await read_epoch_record();
  if (!record) co_return record.error();
  if (record->claimed != epoch_ || record->claimed_by != options_.incarnation)
    co_return Error{Errc::closed,
                    "epoch " + std::to_string(record->claimed) + " was claimed by another host meanwhile"};
  EpochRecord mine = *record;
  mine.base = epoch_;
  mine.base_by = options_.incarnation;
  const net::Status written = co_await write_epoch_record(mine);
  co_return written;
}

Task<void> EngineCore::discard_own_folder() {
  placed_log_.reset();
  // A failure here leaves a folder that the next start removes.
  [[maybe_unused]] const net::Status removed = co_await remove_folder(own_folder_);
}

}  // namespace sysplexd::cf
