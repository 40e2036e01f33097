// Unix-domain stream sockets for both kinds of link: bind with a mode and without stealing a live name, connect without
// blocking, who is at the other end, one read or one gathered write. No Asio. Only listen_local_socket may wait (1 s at
// most, for another starter of the same name).
#pragma once
#include <sys/types.h>

#include <string>

#include "net/fd.hpp"
#include "net/frame_buffer.hpp"
#include "net/result.hpp"

namespace sysplexd::net {

// Who made the other end (SO_PEERCRED): the user is checked by the kernel, the pid was right at connect.
struct PeerCredentials {
  uid_t uid = static_cast<uid_t>(-1);
  gid_t gid = static_cast<gid_t>(-1);
  pid_t pid = 0;
};
PeerCredentials peer_credentials(int fd);

// A listening, non-blocking socket at `path` with exactly this mode from its first moment. A socket that is left there
// is removed only when nobody answers on it; a live one is `exists`, any other file too. Two starters at once: one
// gets it (they take turns by an flock on the folder). Paths above 107 bytes work as long as their last part is short.
Result<UniqueFd> listen_local_socket(const std::string& path, mode_t mode);

// A connected non-blocking socket. not_found: no such socket; closed: nobody listens; not_ready: the queue of the
// listener is full, try again.
Result<UniqueFd> connect_local_socket(const std::string& path);

// One non-blocking read into the buffer, one gathered write out of the outbox: the bytes moved, 0 when the kernel has
// nothing, or no room. closed: the peer has ended (or vanished).
Result<std::size_t> read_some(int fd, FrameBuffer& buffer);
Result<std::size_t> write_some(int fd, Outbox& outbox);

}  // namespace sysplexd::net
