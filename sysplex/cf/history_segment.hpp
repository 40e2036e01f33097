// An immutable file of history: values sorted by number, an index behind them, a tail that says where the index stands;
// each a frame with its checksum. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/cf/log_record.hpp"

namespace sysplexd::cf {

struct HistoryIndexEntry {
  std::uint64_t number = 0;
  std::uint32_t offset = 0, bytes = 0;  // of the value's frame in the file
};

struct HistoryTail {
  std::uint64_t id = 0, index_offset = 0, index_bytes = 0, count = 0;
};

inline constexpr std::size_t history_tail_bytes = 48;

// Records sorted by number, none twice, at least one.
std::string encode_history_segment(std::uint64_t id, const std::vector<HistoryField>& records);

net::Result<HistoryTail> decode_history_tail(std::string_view last_bytes);
net::Result<std::vector<HistoryIndexEntry>> decode_history_index(std::string_view bytes, const HistoryTail& tail);
net::Result<std::string> decode_history_value(std::string_view bytes, std::uint64_t number);

}  // namespace sysplexd::cf
