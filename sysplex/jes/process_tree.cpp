#include "sysplex/jes/process_tree.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace sysplexd::jes {

namespace {

// A tree that keeps growing for so many looks is killed as far as it is stopped; the caller comes again.
constexpr int freeze_rounds_max = 64;

// First bytes of a /proc file: enough for stat, io and wchan.
std::size_t read_small(const char* path, char* buffer, std::size_t size) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t n = ::read(fd, buffer, size);
  ::close(fd);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

std::int64_t field_after(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return 0;
  std::int64_t value = 0;
  std::from_chars(text.data() + at + key.size(), text.data() + text.size(), value);
  return value;
}

// Numeric fields of /proc/PID/stat, numbered as in proc(5); zeroes where there is no such process.
template <int First, int Last>
std::array<std::uint64_t, Last - First + 1> stat_fields(pid_t pid) {
  std::array<std::uint64_t, Last - First + 1> values{};
  char buffer[1024];
  char path[40];
  *fmt::format_to(path, "/proc/{}/stat", pid) = '\0';
  std::string_view text(buffer, read_small(path, buffer, sizeof buffer));
  // The name may hold blanks and parentheses: what follows its last one is field 3, the state.
  const auto comm_end = text.rfind(')');
  if (comm_end == std::string_view::npos) return values;
  text.remove_prefix(comm_end + 1);
  for (int field = 3; field <= Last && !text.empty(); ++field) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    if (field >= First)
      std::from_chars(word.data(), word.data() + word.size(), values[static_cast<std::size_t>(field - First)]);
  }
  return values;
}

// The freezing must outrun who forks; where we may not raise ourselves it takes more looks.
class Hurry {
 public:
  Hurry() : before_(::getpriority(PRIO_PROCESS, 0)) { raised_ = ::setpriority(PRIO_PROCESS, 0, -20) == 0; }
  ~Hurry() {
    if (raised_) ::setpriority(PRIO_PROCESS, 0, before_);
  }
  Hurry(const Hurry&) = delete;
  Hurry& operator=(const Hurry&) = delete;

 private:
  int before_;
  bool raised_;
};

}  // namespace

ProcessList own_descendants() { return net::Descendants::of(::getpid()); }

ProcessList cookie_processes(const std::string& cookie) {
  ProcessList all = net::processes_with_environment("SYSPLEXD_COOKIE=" + cookie).found;
  // Who has thrown its environment away is found below one who has not.
  const std::size_t marked = all.size();
  for (std::size_t i = 0; i < marked; ++i) {
    for (auto& descendant : net::Descendants::of(all[i].pid))
      if (std::find(all.begin(), all.end(), descendant) == all.end()) all.push_back(std::move(descendant));
  }
  std::erase_if(all, [](const auto& identity) { return identity.pid == ::getpid(); });
  return all;
}

void Signalled::add(const net::ProcessIdentity& identity) {
  const std::pair<std::int64_t, std::uint64_t> key{identity.pid, identity.start_ticks};
  const auto at = std::lower_bound(seen_.begin(), seen_.end(), key);
  if (at == seen_.end() || *at != key) seen_.insert(at, key);
}

bool Signalled::contains(const net::ProcessIdentity& identity) const {
  return std::binary_search(seen_.begin(), seen_.end(),
                            std::pair<std::int64_t, std::uint64_t>{identity.pid, identity.start_ticks});
}

void terminate_all(const Finder& find, Signalled& signalled) {
  for (const auto& identity : find()) {
    if (!net::kill_identified(identity, SIGTERM).ok()) continue;
    signalled.add(identity);
    (void)net::kill_identified(identity, SIGCONT).ok();
  }
}

std::size_t kill_all(const Finder& find, Signalled& signalled) {
  ProcessList found = find();
  if (found.empty()) return 0;
  const Hurry hurry;
  Signalled stopped;
  for (int round = 0; round < freeze_rounds_max; ++round) {
    bool somebody_new = false;
    for (const auto& identity : found) {
      if (stopped.contains(identity)) continue;
      stopped.add(identity);
      if (net::kill_identified(identity, SIGSTOP).ok()) somebody_new = true;
    }
    if (!somebody_new) break;
    found = find();
  }
  for (const auto& identity : found)
    if (net::kill_identified(identity, SIGKILL).ok()) signalled.add(identity);
  return found.size();
}

std::int64_t cpu_ms_of(const ProcessList& processes) {
  static const long ticks_per_second = ::sysconf(_SC_CLK_TCK);
  std::int64_t ticks = 0;
  for (const auto& identity : processes) {
    // utime, stime, cutime, cstime
    for (const auto value : stat_fields<14, 17>(identity.pid)) ticks += static_cast<std::int64_t>(value);
  }
  return ticks * 1000 / ticks_per_second;
}

std::uint64_t start_ticks_of(pid_t pid) { return stat_fields<22, 22>(pid)[0]; }

IoBytes io_of(pid_t pid) {
  char buffer[512];
  char path[40];
  *fmt::format_to(path, "/proc/{}/io", pid) = '\0';
  const std::string_view text(buffer, read_small(path, buffer, sizeof buffer));
  return {field_after(text, "rchar: "), field_after(text, "wchar: ")};
}

std::string process_state(pid_t pid) {
  char buffer[1024];
  const std::string_view stat(buffer, read_small(fmt::format("/proc/{}/stat", pid).c_str(), buffer, sizeof buffer));
  const auto comm_end = stat.rfind(')');
  if (comm_end == std::string_view::npos || comm_end + 2 >= stat.size()) return "it has just ended";
  const char state = stat[comm_end + 2];
  char where[128];
  const std::string_view wchan(where, read_small(fmt::format("/proc/{}/wchan", pid).c_str(), where, sizeof where));
  return fmt::format("state {}{}", state, wchan.empty() || wchan == "0" ? "" : fmt::format(", waits in {}", wchan));
}

}  // namespace sysplexd::jes
