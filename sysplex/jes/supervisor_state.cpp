#include "sysplex/jes/supervisor_state.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "net/fd.hpp"
#include "net/frame.hpp"

namespace sysplexd::jes {

net::Result<SupervisorRecord> read_supervisor_record(const std::string& path) {
  const net::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) {
    if (errno == ENOENT) return SupervisorRecord{};
    return net::system_error(errno, path);
  }
  std::string bytes;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(file.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return net::system_error(errno, "reading " + path);
    if (n == 0) break;
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
  const auto frame = net::parse_frame(bytes);
  if (frame.state != net::FrameState::whole || frame.kind != SupervisorRecord::kind || frame.bytes != bytes.size())
    return net::Error{net::Errc::corrupt, path + " is not a whole supervisor state"};
  return net::decode<SupervisorRecord>(frame.payload);
}

net::Status write_supervisor_record(const std::string& path, const SupervisorRecord& record) {
  std::string bytes;
  net::append_message(bytes, record);
  const std::string next = path + ".new";
  const net::UniqueFd file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return net::system_error(errno, next);
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t n = ::write(file.get(), bytes.data() + at, bytes.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return net::system_error(n < 0 ? errno : ENOSPC, "writing " + next);
    at += static_cast<std::size_t>(n);
  }
  if (::rename(next.c_str(), path.c_str()) != 0) return net::system_error(errno, "renaming " + next);
  return {};
}

}  // namespace sysplexd::jes
