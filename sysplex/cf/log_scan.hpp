// Reading a log back. Pure: bytes of the segments in, whole records out, or a report that says where the damage is.
//
// A group is one write and one sync, and the next group is written only after that sync. So an incomplete record with
// no trace of a later group behind it is the torn tail of a write that nobody was told about, and is cut; an incomplete
// record with a later group behind it was acknowledged once, and the reading is refused: never skipped, never cut.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/cf/log_record.hpp"

namespace sysplexd::cf {

struct LogSegmentBytes {
  std::uint64_t number = 0;
  std::string name;  // for reports
  std::string_view bytes;
};

struct LogEnd {
  std::uint64_t records = 0;
  std::uint64_t lsn = 0;        // of the last record
  std::uint64_t bytes_cut = 0;  // of a torn group
  std::string cut_at;           // where, for the log line; empty: nothing cut
};

// Segments in ascending order of number, each at least `first`, which is the one that the manifest names.
// Records are given in order; with corrupt some have been given already: throw that state away.
net::Result<LogEnd> scan_log(const std::vector<LogSegmentBytes>& segments, std::uint64_t first, std::uint64_t epoch,
                             std::uint64_t incarnation, const std::function<void(LogRecord)>& give);

// Bytes of a segment header and of a group end: their encodings have one length.
std::size_t log_segment_header_bytes();
std::size_t group_end_bytes();

}  // namespace sysplexd::cf
