#include "sysplex/jes/process_setup.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>

namespace sysplexd::jes {

void prepare_process() {
  ::syscall(SYS_close_range, 3, ~0u, 0);
  for (int signal = 1; signal < NSIG; ++signal)
    if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, SIG_DFL);
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::umask(022);
  // One arena, and big blocks go back to the kernel when they are freed.
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 128 << 10);
  if (::chdir("/") != 0) std::perror("chdir /");
}

net::Result<net::UniqueFd> take_process_lock(const std::string& path) {
  net::UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return net::system_error(errno, "lock file " + path);
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(file.get(), F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES) return net::Error{net::Errc::exists, "another process holds " + path};
    return net::system_error(errno, "locking " + path);
  }
  return file;
}

net::UniqueFd block_signals(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  net::UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  SYSPLEXD_INVARIANT(static_cast<bool>(fd), "a signalfd at the start of the process");
  return fd;
}

void log_line_to_stderr(const std::string& text) {
  std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &parts);
  std::fprintf(stderr, "%s %s\n", stamp, text.c_str());
}

}  // namespace sysplexd::jes
