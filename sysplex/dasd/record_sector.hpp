// A record that fits one 512-byte sector and is overwritten in place: a frame (checksum) filled up with zeros. Disks
// write a sector whole or not at all, so a crash leaves the old record or the new one. Pure.
#pragma once
#include <string>
#include <string_view>

#include "net/frame.hpp"

namespace sysplexd::dasd {

inline constexpr std::size_t sector_bytes = 512;
inline constexpr std::size_t sector_payload_bytes_max = sector_bytes - net::frame_header_bytes;

std::string encode_sector(std::uint16_t kind, std::string_view payload);
// The payload; corrupt with the reason when it is not a whole sector of that kind.
net::Result<std::string> decode_sector(std::uint16_t kind, std::string_view bytes);

}  // namespace sysplexd::dasd
