// A frame: length, kind, version and checksum around a payload; what travels on every socket and stands in
// every append-only file of ours. 16 bytes, little-endian:
//
//   0 magic 'SX'   2 version u8 (1)   3 flags u8   4 length u32   8 kind u16   10 reserved u16   12 checksum u32
//
// The checksum (XXH3, low 32 bits) covers the header with the checksum as zero, and the payload. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "net/result.hpp"

namespace sysplexd::net {

inline constexpr std::size_t frame_header_bytes = 16;
inline constexpr std::uint8_t frame_version = 1;
// A payload is at most this; a longer length field is refused before anything is allocated.
inline constexpr std::size_t frame_payload_bytes_max = 16u << 20;

struct Frame {
  std::uint16_t kind = 0;
  std::uint8_t flags = 0;
  std::string payload;
};

std::uint32_t checksum(std::string_view bytes, std::uint64_t seed = 0);

void append_frame(std::string& out, std::uint16_t kind, std::string_view payload, std::uint8_t flags = 0);

template <class Message>
void append_message(std::string& out, const Message& message);

enum class FrameState { whole, need_more, corrupt };

struct FrameView {
  FrameState state = FrameState::need_more;
  std::uint16_t kind = 0;
  std::uint8_t flags = 0;
  std::string_view payload;  // into the input; valid while that is
  std::size_t bytes = 0;     // whole: what to remove from the input; need_more: 0
  const char* reason = "";   // corrupt: why
};

// Looks at the front of the bytes; never reads past them, never allocates.
FrameView parse_frame(std::string_view in);

}  // namespace sysplexd::net

#include "net/wire.hpp"

namespace sysplexd::net {
template <class Message>
void append_message(std::string& out, const Message& message) {
  append_frame(out, Message::kind, encode(message));
}
}  // namespace sysplexd::net
