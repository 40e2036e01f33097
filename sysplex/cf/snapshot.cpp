#include "sysplex/cf/snapshot.hpp"

#include "net/frame.hpp"

namespace sysplexd::cf {
namespace {

using net::Errc;
using net::Error;

constexpr std::size_t piece_bytes = 256u << 10;  // one write; about how long commits wait for us

// Walks the state by key, so that it may change between two pieces.
class PieceMaker {
 public:
  explicit PieceMaker(const LiveState& state) : state_(state) {}
  // The next part of the state; false when there is none.
  bool next(SnapshotPart& part) {
    std::size_t bytes = 0;
    if (stage_ == 0) {
      for (auto at = state_.records().upper_bound(last_key_); more(at, state_.records().end(), bytes); ++at) {
        bytes += record_cost(at->first, at->second.value);
        part.records.push_back(RecordField{at->first, at->second.value, at->second.version});
        last_key_ = at->first;
      }
    } else if (stage_ == 1) {
      for (auto at = state_.newest_history().lower_bound(next_); more(at, state_.newest_history().end(), bytes); ++at) {
        bytes += history_cost(at->second);
        part.newest.push_back(HistoryField{at->first, at->second});
        next_ = at->first + 1;
      }
    } else if (stage_ == 2) {
      for (auto at = state_.segments().lower_bound(next_); more(at, state_.segments().end(), bytes); ++at) {
        const HistorySegment& s = at->second;
        bytes += record_cost(s.removed, {});
        part.segments.push_back(SegmentField{s.id, s.lowest, s.highest, s.count, s.removed, {}});
        next_ = at->first + 1;
      }
    } else {
      // Members are few, and their answers bounded (stored_results_max): one member a piece.
      const auto at = last_key_.empty() ? state_.members().begin() : state_.members().upper_bound(last_key_);
      if (at == state_.members().end()) return false;
      const MemberAnswers& member = at->second;
      part.members.push_back(MemberField{at->first, member.incarnation, member.acknowledged_below});
      for (const auto& [sequence, answer] : member.answers)
        part.answers.push_back(AnswerField{at->first, member.incarnation, sequence, member.acknowledged_below,
                                           answer.committed, answer.revision, answer.conflict_key});
      last_key_ = at->first;
      return true;
    }
    if (bytes == 0) {
      ++stage_;
      next_ = 0;
      last_key_.clear();
    }
    return true;
  }

 private:
  template <class Iterator>
  static bool more(Iterator at, Iterator end, std::size_t bytes) {
    return at != end && bytes < piece_bytes;
  }
  const LiveState& state_;
  int stage_ = 0;
  std::string last_key_;
  std::uint64_t next_ = 0;
};

}  // namespace

Task<net::Status> write_snapshot(std::shared_ptr<dasd::FileSystem> files, std::string path, SnapshotHeader header,
                                 const LiveState& state, const std::uint64_t& committed_lsn) {
  const auto file = co_await files->open(path, dasd::OpenMode::create_new);
  if (!file) co_return file.error();
  PieceMaker pieces(state);
  SnapshotEnd end;
  std::uint64_t offset = 0;
  std::string out;
  net::append_message(out, header);
  bool more = true;
  while (more) {
    SnapshotPart part;
    more = pieces.next(part);
    if (more) {
      net::append_message(out, part);
      ++end.parts;
    } else {
      end.log_lsn = committed_lsn;
      net::append_message(out, end);
    }
    if (more && out.size() < piece_bytes) continue;
    const std::uint64_t bytes = out.size();
    dasd::Buffers buffers;
    buffers.push_back(std::exchange(out, {}));
    const auto written = co_await files->write(*file, offset, std::move(buffers));
    if (!written) co_return written.error();
    offset += bytes;
  }
  const auto synced = co_await files->sync(*file);
  co_return synced;
}

net::Result<SnapshotEnd> read_snapshot(std::string_view bytes, std::uint64_t epoch, std::uint64_t incarnation,
                                       std::uint64_t log_segment, LiveState& state) {
  std::size_t at = 0;
  std::uint64_t parts = 0;
  const auto damaged = [&](const std::string& why) {
    return Error{Errc::corrupt, "the snapshot is damaged at byte " + std::to_string(at) + ": " + why};
  };
  for (;;) {
    const net::FrameView frame = net::parse_frame(bytes.substr(at));
    if (frame.state == net::FrameState::need_more) return damaged("it ends in the middle of a record");
    if (frame.state == net::FrameState::corrupt) return damaged(frame.reason);
    if (at == 0) {
      if (frame.kind != SnapshotHeader::kind) return damaged("it does not begin with a header");
      const auto header = net::decode<SnapshotHeader>(frame.payload);
      if (!header) return damaged(header.error().text);
      if (header->format != 1)
        return Error{Errc::unsupported,
                     "the snapshot has format " + std::to_string(header->format) + "; this release reads format 1"};
      if (header->epoch != epoch || header->incarnation != incarnation || header->log_segment != log_segment)
        return damaged("it belongs to epoch " + std::to_string(header->epoch) + ", log segment " +
                       std::to_string(header->log_segment));
      state.restore(*header);
    } else if (frame.kind == SnapshotPart::kind) {
      auto part = net::decode<SnapshotPart>(frame.payload);
      if (!part) return damaged(part.error().text);
      const net::Status restored = state.restore(std::move(*part));
      if (!restored) return damaged(restored.error().text);
      ++parts;
    } else if (frame.kind == SnapshotEnd::kind) {
      const auto end = net::decode<SnapshotEnd>(frame.payload);
      if (!end || end->parts != parts) return damaged("it has not all its parts");
      if (at + frame.bytes != bytes.size()) return damaged("bytes after its end");
      return *end;
    } else {
      return damaged("a record of unknown kind " + std::to_string(frame.kind));
    }
    at += frame.bytes;
  }
}

}  // namespace sysplexd::cf
