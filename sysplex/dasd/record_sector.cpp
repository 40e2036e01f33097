#include "sysplex/dasd/record_sector.hpp"

namespace sysplexd::dasd {

std::string encode_sector(std::uint16_t kind, std::string_view payload) {
  SYSPLEXD_INVARIANT(payload.size() <= sector_payload_bytes_max, "a sector record above its limit");
  std::string out;
  net::append_frame(out, kind, payload);
  out.resize(sector_bytes, '\0');
  return out;
}

net::Result<std::string> decode_sector(std::uint16_t kind, std::string_view bytes) {
  if (bytes.size() != sector_bytes)
    return net::Error{net::Errc::corrupt,
                      "a sector record has " + std::to_string(bytes.size()) + " bytes instead of 512"};
  const net::FrameView frame = net::parse_frame(bytes);
  if (frame.state == net::FrameState::corrupt) return net::Error{net::Errc::corrupt, frame.reason};
  if (frame.state == net::FrameState::need_more)
    return net::Error{net::Errc::corrupt, "a sector record is longer than its sector"};
  if (frame.kind != kind)
    return net::Error{net::Errc::corrupt, "a sector record of kind " + std::to_string(frame.kind) + " where kind " +
                                              std::to_string(kind) + " is expected"};
  if (bytes.find_first_not_of('\0', frame.bytes) != std::string_view::npos)
    return net::Error{net::Errc::corrupt, "bytes after the end of a sector record"};
  return std::string(frame.payload);
}

}  // namespace sysplexd::dasd
