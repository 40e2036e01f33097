#include "net/process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>

namespace sysplexd::net {
namespace {

struct Stat {
  char state = 0;
  pid_t parent = 0;
  long threads = 0;
  std::uint64_t start_ticks = 0;
  // A leader that ended before its other threads shows as a zombie, but the process goes on.
  bool runs() const { return (state != 'Z' && state != 'X' && state != 'x') || (state == 'Z' && threads > 1); }
};

// The whole file, however long; nullopt with errno.
std::optional<std::string> read_whole(int folder, const char* name) {
  UniqueFd file(::openat(folder, name, O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 16384> block;
  for (;;) {
    const ssize_t bytes = ::read(file.get(), block.data(), block.size());
    if (bytes < 0 && errno == EINTR) continue;
    if (bytes < 0) return std::nullopt;
    if (bytes == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(bytes));
  }
}

template <class Number>
Number number_of(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// proc(5): the command may hold blanks and brackets, so the fields count from the last ')', which ends field 2.
std::optional<Stat> parse_stat(std::string_view text) {
  const std::size_t bracket = text.rfind(')');
  if (bracket == std::string_view::npos) return std::nullopt;
  text.remove_prefix(bracket + 1);
  Stat stat;
  int field = 2;
  while (!text.empty() && field < 22) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    text.remove_prefix(end);
    switch (++field) {
      case 3: stat.state = word[0]; break;
      case 4: stat.parent = number_of<pid_t>(word); break;
      case 20: stat.threads = number_of<long>(word); break;
      case 22: stat.start_ticks = number_of<std::uint64_t>(word); break;
      default: break;
    }
  }
  if (field < 22) return std::nullopt;
  return stat;
}

std::string process_folder(pid_t pid) { return "/proc/" + std::to_string(pid); }

UniqueFd open_process(pid_t pid) {
  return UniqueFd(::open(process_folder(pid).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::optional<Stat> stat_of(int folder) {
  const auto text = read_whole(folder, "stat");
  if (!text) return std::nullopt;
  return parse_stat(*text);
}

ProcessIdentity identity_of(pid_t pid, const Stat& stat) {
  ProcessIdentity identity;
  identity.pid = pid;
  identity.start_ticks = stat.start_ticks;
  identity.boot_id = boot_id();
  return identity;
}

// Entries of a folder of /proc that are numbers.
std::vector<pid_t> numbers_in(const std::string& folder) {
  std::vector<pid_t> numbers;
  DIR* const stream = ::opendir(folder.c_str());
  if (stream == nullptr) return numbers;
  while (const dirent* const entry = ::readdir(stream)) {
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') numbers.push_back(number_of<pid_t>(entry->d_name));
  }
  ::closedir(stream);
  return numbers;
}

Error gone(pid_t pid) { return Error{Errc::not_found, "no process " + std::to_string(pid), ESRCH}; }

}  // namespace

const std::string& boot_id() {
  static const std::string id = [] {
    std::string text = read_whole(AT_FDCWD, "/proc/sys/kernel/random/boot_id").value_or("");
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }();
  return id;
}

Result<ProcessIdentity> read_identity(pid_t pid) {
  if (pid <= 0) return gone(pid);
  const auto text = read_whole(AT_FDCWD, (process_folder(pid) + "/stat").c_str());
  if (!text) {
    if (errno == ENOENT || errno == ESRCH) return gone(pid);
    return system_error(errno, "read the state of process " + std::to_string(pid));
  }
  const auto stat = parse_stat(*text);
  if (!stat) return Error{Errc::corrupt, process_folder(pid) + "/stat is not understood"};
  return identity_of(pid, *stat);
}

ProcessIdentity own_identity() {
  const Result<ProcessIdentity> identity = read_identity(::getpid());
  SYSPLEXD_INVARIANT(identity.ok(), "a process finds itself in /proc");
  return *identity;
}

bool same_process(const ProcessIdentity& identity) {
  if (identity.pid <= 0 || identity.boot_id != boot_id()) return false;
  const UniqueFd folder = open_process(identity.pid);
  if (!folder) return false;
  const auto stat = stat_of(folder.get());
  return stat && stat->start_ticks == identity.start_ticks && stat->runs();
}

Result<UniqueFd> open_pidfd(pid_t pid) {
  if (pid <= 0) return gone(pid);
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));  // always CLOEXEC
  if (pidfd) return pidfd;
  if (errno == ESRCH) return gone(pid);
  return system_error(errno, "pidfd_open of process " + std::to_string(pid));
}

Result<UniqueFd> open_pidfd(const ProcessIdentity& identity) {
  Result<UniqueFd> pidfd = open_pidfd(identity.pid);
  if (!pidfd.ok()) return pidfd;
  // Read after the open: if the process has its pid now, it had it then, since it began before.
  const Result<ProcessIdentity> now = read_identity(identity.pid);
  if (!now.ok()) return now.error();
  if (!(*now == identity)) return gone(identity.pid);
  return pidfd;
}

Result<void> kill_identified(const ProcessIdentity& identity, int signal) {
  const Result<UniqueFd> pidfd = open_pidfd(identity);
  if (!pidfd.ok()) return pidfd.error();
  if (::syscall(SYS_pidfd_send_signal, pidfd->get(), signal, nullptr, 0) == 0) return {};
  if (errno == ESRCH) return gone(identity.pid);
  return system_error(errno, "send signal " + std::to_string(signal) + " to process " + std::to_string(identity.pid));
}

std::vector<ProcessIdentity> Descendants::of(pid_t root) {
  Result<std::vector<ProcessIdentity>> found = by_children_files(root);
  if (found.ok()) return std::move(found).value();
  return by_scan(root);
}

Result<std::vector<ProcessIdentity>> Descendants::by_children_files(pid_t root) {
  // CONFIG_PROC_CHILDREN: asked of ourselves, since the root may be gone.
  if (::access("/proc/thread-self/children", R_OK) != 0)
    return Error{Errc::unsupported, "this kernel has no /proc/PID/task/TID/children"};
  std::vector<ProcessIdentity> found;
  std::vector<pid_t> to_look_at{root};
  for (std::size_t index = 0; index < to_look_at.size(); ++index) {
    const pid_t pid = to_look_at[index];
    if (pid != root) {
      const UniqueFd folder = open_process(pid);
      const auto stat = folder ? stat_of(folder.get()) : std::nullopt;
      if (!stat) continue;
      if (stat->runs()) found.push_back(identity_of(pid, *stat));
    }
    const std::string tasks = process_folder(pid) + "/task";
    for (const pid_t thread : numbers_in(tasks)) {
      const auto text = read_whole(AT_FDCWD, (tasks + "/" + std::to_string(thread) + "/children").c_str());
      if (!text) continue;
      for (std::size_t at = 0; at < text->size();) {
        const std::size_t end = std::min(text->find(' ', at), text->size());
        const pid_t child = number_of<pid_t>(std::string_view(*text).substr(at, end - at));
        const bool known = std::find(to_look_at.begin(), to_look_at.end(), child) != to_look_at.end();
        if (child > 0 && !known) to_look_at.push_back(child);
        at = end + 1;
      }
    }
  }
  return found;
}

std::vector<ProcessIdentity> Descendants::by_scan(pid_t root) {
  std::multimap<pid_t, std::pair<pid_t, Stat>> children;
  for (const pid_t pid : numbers_in("/proc")) {
    const UniqueFd folder = open_process(pid);
    const auto stat = folder ? stat_of(folder.get()) : std::nullopt;
    if (stat) children.emplace(stat->parent, std::make_pair(pid, *stat));
  }
  std::vector<ProcessIdentity> found;
  std::vector<pid_t> parents{root};
  for (std::size_t index = 0; index < parents.size(); ++index) {
    const auto [begin, end] = children.equal_range(parents[index]);
    for (auto child = begin; child != end; ++child) {
      const auto& [pid, stat] = child->second;
      if (std::find(parents.begin(), parents.end(), pid) != parents.end()) continue;
      parents.push_back(pid);
      if (stat.runs()) found.push_back(identity_of(pid, stat));
    }
  }
  return found;
}

MarkedProcesses processes_with_environment(std::string_view entry) {
  SYSPLEXD_INVARIANT(entry.find('=') != std::string_view::npos, "an environment entry is NAME=value");
  MarkedProcesses marked;
  for (const pid_t pid : numbers_in("/proc")) {
    // One folder descriptor, so that environment and identity are of the same process.
    const UniqueFd folder = open_process(pid);
    if (!folder) continue;
    const auto environment = read_whole(folder.get(), "environ");
    if (!environment) {
      if (errno == EACCES || errno == EPERM) ++marked.unreadable;
      continue;
    }
    bool has_entry = false;
    for (std::size_t at = 0; at < environment->size() && !has_entry;) {
      const std::size_t end = std::min(environment->find('\0', at), environment->size());
      has_entry = std::string_view(*environment).substr(at, end - at) == entry;
      at = end + 1;
    }
    if (!has_entry) continue;
    const auto stat = stat_of(folder.get());
    if (stat && stat->runs()) marked.found.push_back(identity_of(pid, *stat));
  }
  return marked;
}

}  // namespace sysplexd::net
