#include "net/frame.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sysplexd::net {
namespace {

std::uint32_t frame_checksum(std::string_view header, std::string_view payload) {
  const std::uint64_t head = XXH3_64bits(header.data(), 12);
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(payload.data(), payload.size(), head));
}

}  // namespace

std::uint32_t checksum(std::string_view bytes, std::uint64_t seed) {
  return static_cast<std::uint32_t>(XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed));
}

void append_frame(std::string& out, std::uint16_t kind, std::string_view payload, std::uint8_t flags) {
  SYSPLEXD_INVARIANT(payload.size() <= frame_payload_bytes_max, "a frame payload above its limit");
  const std::size_t at = out.size();
  out.append("SX", 2);
  wire_detail::put_integer<std::uint8_t>(out, frame_version);
  wire_detail::put_integer<std::uint8_t>(out, flags);
  wire_detail::put_integer<std::uint32_t>(out, static_cast<std::uint32_t>(payload.size()));
  wire_detail::put_integer<std::uint16_t>(out, kind);
  wire_detail::put_integer<std::uint16_t>(out, 0);
  wire_detail::put_integer<std::uint32_t>(out, frame_checksum(std::string_view(out).substr(at, 12), payload));
  out.append(payload);
}

FrameView parse_frame(std::string_view in) {
  FrameView view;
  if (in.size() < frame_header_bytes) {
    if (!in.empty() && in[0] != 'S') return {FrameState::corrupt, 0, 0, {}, 0, "no frame starts here"};
    return view;
  }
  if (in[0] != 'S' || in[1] != 'X') return {FrameState::corrupt, 0, 0, {}, 0, "no frame starts here"};
  if (static_cast<std::uint8_t>(in[2]) != frame_version)
    return {FrameState::corrupt, 0, 0, {}, 0, "unknown frame version"};
  const auto length = wire_detail::get_integer<std::uint32_t>(in.substr(4, 4));
  if (length > frame_payload_bytes_max) return {FrameState::corrupt, 0, 0, {}, 0, "frame longer than its limit"};
  if (in.size() - frame_header_bytes < length) return view;
  const std::string_view payload = in.substr(frame_header_bytes, length);
  if (wire_detail::get_integer<std::uint32_t>(in.substr(12, 4)) != frame_checksum(in, payload))
    return {FrameState::corrupt, 0, 0, {}, 0, "frame checksum is wrong"};
  view.state = FrameState::whole;
  view.flags = static_cast<std::uint8_t>(in[3]);
  view.kind = wire_detail::get_integer<std::uint16_t>(in.substr(8, 2));
  view.payload = payload;
  view.bytes = frame_header_bytes + length;
  return view;
}

}  // namespace sysplexd::net
