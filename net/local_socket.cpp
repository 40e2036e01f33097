#include "net/local_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace sysplexd::net {
namespace {

constexpr int backlog = 128;
// Another starter holds the folder's lock for some system calls only; one that is stopped in them must not stop us.
constexpr int lock_attempts = 200;
constexpr int lock_pause_ms = 5;

// A socket address of a path. Above the 107 bytes of sun_path the folder is opened and named through /proc/self/fd.
class Address {
 public:
  explicit Address(const std::string& path) {
    address_.sun_family = AF_UNIX;
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.empty() || path.find('\0') != std::string::npos) {
      error_ = Error{Errc::invalid, "\"" + path + "\" is no path of a socket"};
      return;
    }
    folder_.reset(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const int open_errno = errno;
    if (path.size() < sizeof(address_.sun_path)) {
      std::memcpy(address_.sun_path, path.c_str(), path.size() + 1);
      return;
    }
    if (!folder_) folder_.reset(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder_) {
      error_ = system_error(open_errno, "open " + folder);
      return;
    }
    const std::string through = "/proc/self/fd/" + std::to_string(folder_.get()) + "/" + name;
    if (through.size() >= sizeof(address_.sun_path))
      error_ = Error{Errc::too_large, "the name of the socket " + path + " is too long"};
    else
      std::memcpy(address_.sun_path, through.c_str(), through.size() + 1);
  }
  const Error* error() const { return error_ ? &*error_ : nullptr; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const { return sizeof(address_); }
  const char* path() const { return address_.sun_path; }

  // Starters of the same name take turns. A file system without flock on folders just goes without.
  Result<void> lock() {
    if (!folder_) return {};
    for (int attempt = 0; attempt < lock_attempts; ++attempt) {
      if (::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return {};
      ::poll(nullptr, 0, lock_pause_ms);
    }
    return Error{Errc::not_ready, std::string("the folder of ") + path() + " stays locked by another starter"};
  }

 private:
  sockaddr_un address_{};
  UniqueFd folder_;
  std::optional<Error> error_;
};

UniqueFd new_socket() { return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)); }

Result<UniqueFd> connect_to(const Address& address, const std::string& path) {
  UniqueFd socket = new_socket();
  if (!socket) return system_error(errno, "socket");
  int result;
  do {
    result = ::connect(socket.get(), address.get(), address.size());
  } while (result != 0 && errno == EINTR);
  if (result == 0) return socket;
  if (errno == EAGAIN) return Error{Errc::not_ready, path + ": the queue of its listener is full", EAGAIN};
  return system_error(errno, "connect to " + path);
}

// The name is taken: frees it when it is a socket that nobody answers on.
Result<void> remove_stale(const Address& address, const std::string& path) {
  struct stat status{};
  if (::lstat(address.path(), &status) != 0) {
    if (errno == ENOENT) return {};
    return system_error(errno, "look at " + path);
  }
  if (!S_ISSOCK(status.st_mode)) return Error{Errc::exists, path + " exists and is no socket"};
  const Result<UniqueFd> probe = connect_to(address, path);
  if (probe.ok() || probe.error().code == Errc::not_ready)
    return Error{Errc::exists, "another process listens on " + path, EADDRINUSE};
  if (probe.error().system_errno == ENOENT) return {};
  if (probe.error().system_errno != ECONNREFUSED) return probe.error();
  if (::unlink(address.path()) != 0 && errno != ENOENT) return system_error(errno, "remove the stale socket " + path);
  return {};
}

}  // namespace

PeerCredentials peer_credentials(int fd) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  PeerCredentials peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return peer;
  peer.uid = credentials.uid;
  peer.gid = credentials.gid;
  peer.pid = credentials.pid;
  return peer;
}

Result<UniqueFd> listen_local_socket(const std::string& path, mode_t mode) {
  Address address(path);
  if (address.error() != nullptr) return *address.error();
  UniqueFd socket = new_socket();
  if (!socket) return system_error(errno, "socket");
  const Result<void> locked = address.lock();
  if (!locked.ok()) return locked.error();
  // The file gets the mode of the socket: never open wider than asked, not even between bind and chmod.
  if (::fchmod(socket.get(), mode) != 0) return system_error(errno, "set the mode of " + path);
  if (::bind(socket.get(), address.get(), address.size()) != 0) {
    if (errno != EADDRINUSE) return system_error(errno, "bind " + path);
    const Result<void> freed = remove_stale(address, path);
    if (!freed.ok()) return freed.error();
    if (::bind(socket.get(), address.get(), address.size()) != 0) return system_error(errno, "bind " + path);
  }
  // What the umask took away.
  if (::chmod(address.path(), mode) != 0 || ::listen(socket.get(), backlog) != 0) {
    const int failed = errno;
    ::unlink(address.path());
    return system_error(failed, "listen on " + path);
  }
  return socket;
}

Result<UniqueFd> connect_local_socket(const std::string& path) {
  const Address address(path);
  if (address.error() != nullptr) return *address.error();
  return connect_to(address, path);
}

Result<std::size_t> read_some(int fd, FrameBuffer& buffer) {
  for (;;) {
    const FrameBuffer::Space space = buffer.space();
    const ssize_t bytes = ::recv(fd, space.data, space.size, MSG_DONTWAIT);
    if (bytes > 0) {
      buffer.added(static_cast<std::size_t>(bytes));
      return static_cast<std::size_t>(bytes);
    }
    if (bytes == 0) {
      const char* const text = buffer.buffered() > 0 ? "the peer ended in the middle of a frame" : "the peer has ended";
      return Error{Errc::closed, text};
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
    if (errno != EINTR) return system_error(errno, "read from the peer");
  }
}

Result<std::size_t> write_some(int fd, Outbox& outbox) {
  constexpr std::size_t runs_max = 64;
  for (;;) {
    iovec vector[runs_max];
    std::size_t count = 0;
    for (const std::string_view run : outbox.runs(runs_max)) {
      vector[count].iov_base = const_cast<char*>(run.data());
      vector[count].iov_len = run.size();
      ++count;
    }
    msghdr message{};
    message.msg_iov = vector;
    message.msg_iovlen = count;
    const ssize_t bytes = ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (bytes >= 0) {
      outbox.consumed(static_cast<std::size_t>(bytes));
      return static_cast<std::size_t>(bytes);
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return std::size_t{0};
    if (errno != EINTR) return system_error(errno, "write to the peer");
  }
}

}  // namespace sysplexd::net
