// The lock of UringFileSystem: an open-file-description lock, tried again until its deadline. Such a lock belongs to
// the opening, not to the process, and ends with it; a POSIX lock would end when anybody in this process closes the
// file.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "net/fd.hpp"
#include "sysplex/dasd/uring_file.hpp"

namespace sysplexd::dasd {
namespace {

constexpr auto try_again_after = std::chrono::milliseconds(10);
constexpr std::size_t owner_bytes_max = 256;

class OfdLock final : public FileLock {
 public:
  explicit OfdLock(net::UniqueFd fd) : fd_(std::move(fd)) {}

 private:
  net::UniqueFd fd_;  // closing it gives the lock back
};

std::string printable(std::string text) {
  text.resize(std::min(text.size(), text.find('\0')));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  return text;
}

}  // namespace

Task<Result<FileLockHandle>> UringFileSystem::lock(std::string path, std::string owner,
                                                   std::chrono::milliseconds wait) {
  net::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) co_return net::system_error(errno, "open of lock file " + path);
  const auto deadline = std::chrono::steady_clock::now() + wait;
  for (;;) {
    struct flock whole{};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(fd.get(), F_OFD_SETLK, &whole) == 0) break;
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) co_return net::system_error(errno, "lock of " + path);
    if (std::chrono::steady_clock::now() >= deadline) {
      std::string holder(owner_bytes_max, '\0');
      const auto bytes = ::pread(fd.get(), holder.data(), holder.size(), 0);
      holder.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
      co_return net::Error{net::Errc::timed_out, "lock " + path + " was not free within " +
                                                     std::to_string(wait.count()) + " ms; it is held by " +
                                                     printable(std::move(holder))};
    }
    co_await net::sleep_for(try_again_after);
  }
  // For the message above only: not synced, and a failure (full disk) costs nothing but the name in that message.
  owner.resize(owner_bytes_max, '\0');
  [[maybe_unused]] const auto told = ::pwrite(fd.get(), owner.data(), owner.size(), 0);
  FileLockHandle held = std::make_shared<OfdLock>(std::move(fd));
  co_return held;
}

}  // namespace sysplexd::dasd
