#include "sysplex/cf/history_store.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace sysplexd::cf {

using dasd::Buffers;
using dasd::OpenMode;
using net::Errc;
using net::Error;

HistoryStore::HistoryStore(std::shared_ptr<dasd::FileSystem> files, std::string folder)
    : files_(std::move(files)), folder_(std::move(folder)) {}

std::string HistoryStore::path(std::uint64_t id) const {
  char name[32];
  std::snprintf(name, sizeof name, "%016llx.seg", static_cast<unsigned long long>(id));
  return folder_ + "/" + name;
}

std::optional<std::uint64_t> history_segment_id(std::string_view name) {
  constexpr std::string_view suffix = ".seg";
  if (name.size() != 16 + suffix.size() || name.substr(16) != suffix) return std::nullopt;
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + 16, id, 16);
  if (error != std::errc() || end != name.data() + 16) return std::nullopt;
  return id;
}

Task<net::Status> HistoryStore::write(std::uint64_t id, std::vector<HistoryField> records) {
  const std::string file_path = path(id);
  const auto file = co_await files_->open(file_path, OpenMode::create_new);
  if (!file) co_return file.error();
  Buffers buffers;
  buffers.push_back(encode_history_segment(id, records));
  const auto written = co_await files_->write_sync(*file, 0, std::move(buffers));
  if (!written) co_return written.error();
  const auto named = co_await files_->sync_directory(folder_);
  co_return named;
}

Task<net::Status> HistoryStore::remove(std::uint64_t id) {
  opened_.remove_if([id](const auto& entry) { return entry.first == id; });
  const std::string file_path = path(id);
  const auto removed = co_await files_->unlink(file_path);
  if (!removed && removed.error().code != Errc::not_found) co_return removed.error();
  co_return net::Status();
}

Task<Result<std::vector<std::uint64_t>>> HistoryStore::list() {
  const auto names = co_await files_->list(folder_);
  if (!names) co_return names.error();
  std::vector<std::uint64_t> ids;
  for (const auto& name : *names)
    if (const auto id = history_segment_id(name)) ids.push_back(*id);
  co_return ids;
}

Task<Result<std::shared_ptr<const HistoryStore::OpenSegment>>> HistoryStore::open(std::uint64_t id) {
  const auto known =
      std::find_if(opened_.begin(), opened_.end(), [id](const auto& entry) { return entry.first == id; });
  if (known != opened_.end()) {
    opened_.splice(opened_.begin(), opened_, known);
    co_return opened_.front().second;
  }
  const std::string file_path = path(id);
  const auto file = co_await files_->open(file_path, OpenMode::read);
  if (!file) co_return file.error();
  const auto size = co_await files_->size(*file);
  if (!size) co_return size.error();
  if (*size < history_tail_bytes) co_return Error{Errc::corrupt, file_path + " is shorter than its tail"};
  const std::uint64_t tail_at = *size - history_tail_bytes;
  const auto tail_bytes = co_await files_->read(*file, tail_at, history_tail_bytes);
  if (!tail_bytes) co_return tail_bytes.error();
  const auto tail = decode_history_tail(*tail_bytes);
  if (!tail) co_return Error{Errc::corrupt, file_path + ": " + tail.error().text};
  if (tail->id != id || tail->index_offset > tail_at || tail->index_bytes != tail_at - tail->index_offset)
    co_return Error{Errc::corrupt, file_path + ": its tail belongs to another file"};
  const auto index_length = static_cast<std::size_t>(tail->index_bytes);
  const auto index_bytes = co_await files_->read(*file, tail->index_offset, index_length);
  if (!index_bytes) co_return index_bytes.error();
  auto index = decode_history_index(*index_bytes, *tail);
  if (!index) co_return Error{Errc::corrupt, file_path + ": " + index.error().text};
  auto opened = std::make_shared<OpenSegment>();
  opened->file = *file;
  opened->index = std::move(*index);
  // Another reader may have been quicker: one entry a segment.
  opened_.remove_if([id](const auto& entry) { return entry.first == id; });
  opened_.emplace_front(id, opened);
  if (opened_.size() > open_segments_max) opened_.pop_back();
  std::shared_ptr<const OpenSegment> result = std::move(opened);
  co_return result;
}

Task<Result<std::optional<SegmentPlace>>> HistoryStore::find(std::vector<std::uint64_t> candidates,
                                                             std::uint64_t number) {
  for (const auto id : candidates) {
    const auto segment = co_await open(id);
    if (!segment) co_return segment.error();
    const auto& index = (*segment)->index;
    const auto entry = std::lower_bound(index.begin(), index.end(), number,
                                        [](const HistoryIndexEntry& e, std::uint64_t n) { return e.number < n; });
    if (entry == index.end() || entry->number != number) continue;
    std::optional<SegmentPlace> place;
    place.emplace();
    place->segment = id;
    place->index = static_cast<std::uint32_t>(entry - index.begin());
    co_return place;
  }
  co_return std::optional<SegmentPlace>();
}

Task<Result<std::string>> HistoryStore::value(SegmentPlace place) {
  const auto segment = co_await open(place.segment);
  if (!segment) co_return segment.error();
  const auto opened = *segment;
  const HistoryIndexEntry entry = opened->index.at(place.index);
  const auto bytes = co_await files_->read(opened->file, entry.offset, entry.bytes);
  if (!bytes) co_return bytes.error();
  auto value = decode_history_value(*bytes, entry.number);
  if (!value) co_return Error{Errc::corrupt, opened->file->path() + ": " + value.error().text};
  co_return value;
}

}  // namespace sysplexd::cf
