#include "sysplex/cf/history_segment.hpp"

#include "net/frame.hpp"

namespace sysplexd::cf {
namespace {

using net::Errc;
using net::Error;
using net::wire_detail::get_integer;
using net::wire_detail::put_integer;

constexpr std::uint16_t value_kind = 130, index_kind = 131, tail_kind = 132;
constexpr std::size_t index_entry_bytes = 16;

net::Result<std::string_view> payload_of(std::string_view bytes, std::uint16_t kind, const char* what) {
  const net::FrameView frame = net::parse_frame(bytes);
  if (frame.state != net::FrameState::whole || frame.kind != kind || frame.bytes != bytes.size())
    return Error{Errc::corrupt, std::string(what) + " of a history segment is damaged"};
  return frame.payload;
}

}  // namespace

std::string encode_history_segment(std::uint64_t id, const std::vector<HistoryField>& records) {
  std::string out, index;
  for (const auto& record : records) {
    std::string payload;
    payload.reserve(8 + record.value.size());
    put_integer<std::uint64_t>(payload, record.number);
    payload += record.value;
    put_integer<std::uint64_t>(index, record.number);
    put_integer<std::uint32_t>(index, static_cast<std::uint32_t>(out.size()));
    const std::size_t before = out.size();
    net::append_frame(out, value_kind, payload);
    put_integer<std::uint32_t>(index, static_cast<std::uint32_t>(out.size() - before));
  }
  const std::size_t index_offset = out.size();
  net::append_frame(out, index_kind, index);
  std::string tail;
  put_integer<std::uint64_t>(tail, id);
  put_integer<std::uint64_t>(tail, index_offset);
  put_integer<std::uint64_t>(tail, out.size() - index_offset);
  put_integer<std::uint64_t>(tail, records.size());
  net::append_frame(out, tail_kind, tail);
  return out;
}

net::Result<HistoryTail> decode_history_tail(std::string_view last_bytes) {
  const auto payload = payload_of(last_bytes, tail_kind, "the tail");
  if (!payload) return payload.error();
  const std::string_view bytes = *payload;
  if (bytes.size() != 32) return Error{Errc::corrupt, "the tail of a history segment has a wrong length"};
  HistoryTail tail;
  tail.id = get_integer<std::uint64_t>(bytes.substr(0, 8));
  tail.index_offset = get_integer<std::uint64_t>(bytes.substr(8, 8));
  tail.index_bytes = get_integer<std::uint64_t>(bytes.substr(16, 8));
  tail.count = get_integer<std::uint64_t>(bytes.substr(24, 8));
  return tail;
}

net::Result<std::vector<HistoryIndexEntry>> decode_history_index(std::string_view bytes, const HistoryTail& tail) {
  const auto payload = payload_of(bytes, index_kind, "the index");
  if (!payload) return payload.error();
  const std::string_view entries = *payload;
  if (entries.size() != tail.count * index_entry_bytes)
    return Error{Errc::corrupt, "the index of a history segment has a wrong length"};
  std::vector<HistoryIndexEntry> index;
  index.reserve(tail.count);
  for (std::size_t at = 0; at < entries.size(); at += index_entry_bytes) {
    HistoryIndexEntry entry;
    entry.number = get_integer<std::uint64_t>(entries.substr(at, 8));
    entry.offset = get_integer<std::uint32_t>(entries.substr(at + 8, 4));
    entry.bytes = get_integer<std::uint32_t>(entries.substr(at + 12, 4));
    const bool in_order = index.empty() || index.back().number < entry.number;
    if (!in_order || entry.offset + std::uint64_t{entry.bytes} > tail.index_offset)
      return Error{Errc::corrupt, "the index of a history segment points astray"};
    index.push_back(entry);
  }
  return index;
}

net::Result<std::string> decode_history_value(std::string_view bytes, std::uint64_t number) {
  const auto payload = payload_of(bytes, value_kind, "a value");
  if (!payload) return payload.error();
  const std::string_view value = *payload;
  if (value.size() < 8 || get_integer<std::uint64_t>(value.substr(0, 8)) != number)
    return Error{Errc::corrupt, "history record " + std::to_string(number) + " is not where its index says"};
  return std::string(value.substr(8));
}

}  // namespace sysplexd::cf
