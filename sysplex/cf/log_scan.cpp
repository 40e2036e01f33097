#include "sysplex/cf/log_scan.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "net/frame.hpp"

namespace sysplexd::cf {
namespace {

using net::Errc;
using net::Error;

struct OpenedSegment {
  const LogSegmentBytes* segment = nullptr;
  LogSegmentHeader header;
  std::size_t header_bytes = 0;
};

Error damaged(const LogSegmentBytes& segment, std::size_t at, const std::string& why) {
  return Error{Errc::corrupt, "the log is damaged: " + segment.name + " at byte " + std::to_string(at) + ": " + why};
}

std::optional<OpenedSegment> open_segment(const LogSegmentBytes& segment) {
  const net::FrameView frame = net::parse_frame(segment.bytes);
  if (frame.state != net::FrameState::whole || frame.kind != LogSegmentHeader::kind) return std::nullopt;
  auto header = net::decode<LogSegmentHeader>(frame.payload);
  if (!header) return std::nullopt;
  return OpenedSegment{&segment, *header, frame.bytes};
}

// The group of a frame of the log, 0 for any other.
std::uint64_t group_of(const net::FrameView& frame) {
  if (frame.kind == LogRecord::kind) {
    const auto record = net::decode<LogRecord>(frame.payload);
    return record ? record->group : 0;
  }
  if (frame.kind == GroupEnd::kind) {
    const auto end = net::decode<GroupEnd>(frame.payload);
    return end ? end->group : 0;
  }
  return 0;
}

// Where a whole frame of a group later than `group` stands at or after `from`; npos when there is none.
std::size_t find_later_group(std::string_view bytes, std::size_t from, std::uint64_t group) {
  for (std::size_t at = bytes.find("SX", from); at != std::string_view::npos;) {
    const net::FrameView frame = net::parse_frame(bytes.substr(at));
    const bool whole = frame.state == net::FrameState::whole;
    if (whole && group_of(frame) > group) return at;
    at = bytes.find("SX", at + (whole ? frame.bytes : 1));
  }
  return std::string_view::npos;
}

struct Position {
  std::uint64_t group = 0, lsn = 0;  // the last seen
  bool group_open = false;
};

// Reads records from `at` up to `limit`; gives where the whole records end.
std::size_t read_records(const LogSegmentBytes& segment, std::size_t at, std::size_t limit, Position& position,
                         std::uint64_t& records, const std::function<void(LogRecord)>& give) {
  while (at < limit) {
    const net::FrameView frame = net::parse_frame(segment.bytes.substr(at, limit - at));
    if (frame.state != net::FrameState::whole) return at;
    if (frame.kind == LogRecord::kind) {
      auto record = net::decode<LogRecord>(frame.payload);
      const std::uint64_t group = position.group_open ? position.group : position.group + 1;
      if (!record || record->group != group || record->lsn != position.lsn + 1) return at;
      position = Position{group, record->lsn, true};
      ++records;
      give(std::move(*record));
    } else if (frame.kind == GroupEnd::kind) {
      const auto end = net::decode<GroupEnd>(frame.payload);
      if (!end || !position.group_open || end->group != position.group || end->lsn != position.lsn) return at;
      position.group_open = false;
    } else {
      return at;
    }
    at += frame.bytes;
  }
  return at;
}

}  // namespace

net::Result<LogEnd> scan_log(const std::vector<LogSegmentBytes>& segments, std::uint64_t first, std::uint64_t epoch,
                             std::uint64_t incarnation, const std::function<void(LogRecord)>& give) {
  std::map<std::uint64_t, OpenedSegment> opened;
  for (const auto& segment : segments) {
    const auto open = open_segment(segment);
    if (!open) continue;
    const auto& header = open->header;
    if (header.format != 1)
      return Error{Errc::unsupported,
                   segment.name + " has log format " + std::to_string(header.format) + "; this release reads format 1"};
    if (header.epoch != epoch || header.incarnation != incarnation || header.number != segment.number)
      return damaged(
          segment, 0,
          "it belongs to epoch " + std::to_string(header.epoch) + ", segment " + std::to_string(header.number));
    if (segment.bytes.size() < header.bytes)
      return damaged(segment, segment.bytes.size(),
                     "the file ends here; it was made with " + std::to_string(header.bytes) + " bytes");
    opened.emplace(segment.number, *open);
  }
  if (opened.find(first) == opened.end())
    return Error{Errc::corrupt, "the log is damaged: its first segment " + std::to_string(first) +
                                    " is not there or has no whole header"};

  // From the newest back to the first, by what each says it continues.
  std::vector<const OpenedSegment*> chain{&opened.rbegin()->second};
  while (chain.back()->header.number != first) {
    const auto& header = chain.back()->header;
    const auto before = opened.find(header.continues);
    if (header.continues >= header.number || before == opened.end())
      return damaged(*chain.back()->segment, 0,
                     "the segment " + std::to_string(header.continues) + " that it continues is not there");
    chain.push_back(&before->second);
  }
  std::reverse(chain.begin(), chain.end());

  LogEnd end;
  Position position;
  std::size_t at = 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const OpenedSegment& here = *chain[i];
    const LogSegmentBytes& segment = *here.segment;
    if (i > 0 && (here.header.first_lsn != position.lsn + 1 || here.header.first_group <= position.group))
      return damaged(segment, 0,
                     "it begins with record " + std::to_string(here.header.first_lsn) + " after record " +
                         std::to_string(position.lsn));
    position = Position{here.header.first_group - 1, here.header.first_lsn - 1, false};
    const bool last = i + 1 == chain.size();
    const std::size_t limit = last ? segment.bytes.size() : static_cast<std::size_t>(chain[i + 1]->header.previous_end);
    if (limit > segment.bytes.size() || limit < here.header_bytes)
      return damaged(segment, segment.bytes.size(), "it should go on to byte " + std::to_string(limit));
    at = read_records(segment, here.header_bytes, limit, position, end.records, give);
    if (!last && (at != limit || position.group_open))
      return damaged(
          segment, at,
          "a record is not whole, and the log goes on in segment " + std::to_string(chain[i + 1]->header.number));
  }

  end.lsn = position.lsn;
  const LogSegmentBytes& tail = *chain.back()->segment;
  const std::uint64_t torn_group = position.group_open ? position.group : position.group + 1;
  const std::size_t later = find_later_group(tail.bytes, at, torn_group);
  if (later != std::string_view::npos)
    return damaged(tail, at, "a record is not whole, and later ones stand at byte " + std::to_string(later));
  for (const auto& segment : segments) {
    if (segment.number <= tail.number) continue;
    const std::size_t stray = find_later_group(segment.bytes, 0, torn_group);
    if (stray != std::string_view::npos)
      return damaged(segment, 0, "its header is not whole, and records stand at byte " + std::to_string(stray));
  }
  const std::size_t written_end = tail.bytes.find_last_not_of('\0');
  if (written_end != std::string_view::npos && written_end >= at) {
    end.bytes_cut = written_end + 1 - at;
    end.cut_at = tail.name + " at byte " + std::to_string(at);
  }
  return end;
}

std::size_t log_segment_header_bytes() {
  static const std::size_t bytes = net::frame_header_bytes + net::encode(LogSegmentHeader{}).size();
  return bytes;
}

std::size_t group_end_bytes() {
  static const std::size_t bytes = net::frame_header_bytes + net::encode(GroupEnd{}).size();
  return bytes;
}

}  // namespace sysplexd::cf
