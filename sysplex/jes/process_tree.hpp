// Ending process trees so that nothing escapes: everything found is stopped (SIGSTOP) until a look finds nobody new,
// then all of it is killed. A stopped process cannot fork, so a fork bomb or a double fork only costs more looks.
// Signals go by identity (net/process.hpp), never by pid alone. Used by the initiator for a step (its own descendants:
// it is their subreaper) and by the supervisor for the attempt of a dead initiator (by cookie).
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "net/process.hpp"

namespace sysplexd::jes {

using ProcessList = std::vector<net::ProcessIdentity>;

// Who is to be ended, looked up afresh at each call: running processes only.
using Finder = std::function<ProcessList()>;

// All descendants of the calling process.
ProcessList own_descendants();
// Marked with SYSPLEXD_COOKIE=<cookie>, and the descendants of those; never the calling process.
ProcessList cookie_processes(const std::string& cookie);

// Gathers, without counting one twice, who was signalled.
class Signalled {
 public:
  void add(const net::ProcessIdentity& identity);
  bool contains(const net::ProcessIdentity& identity) const;
  std::uint32_t count() const { return static_cast<std::uint32_t>(seen_.size()); }
  void clear() { seen_.clear(); }

 private:
  std::vector<std::pair<std::int64_t, std::uint64_t>> seen_;  // pid, start ticks; sorted
};

// SIGTERM (and SIGCONT, for who is stopped) to all found once.
void terminate_all(const Finder& find, Signalled& signalled);

// Stops all, then kills all; answers how many still ran at the last look (they may need a moment to die, or wait in the
// kernel). Call again until it answers 0; the caller must have reaped its dead children meanwhile.
std::size_t kill_all(const Finder& find, Signalled& signalled);

// CPU time of these processes and of the children they have waited for, in ms (clock tick resolution).
std::int64_t cpu_ms_of(const ProcessList& processes);

struct IoBytes {
  std::int64_t read = 0, written = 0;  // bytes of read and write calls
};
// Also of a zombie, with the children it has waited for. Zeroes where it cannot be read.
IoBytes io_of(pid_t pid);

// Field 22 of /proc/PID/stat; 0 where there is no such process. Two system calls fewer than net::read_identity: for the
// process of each step, whose boot we know.
std::uint64_t start_ticks_of(pid_t pid);

// "D (disk sleep), in nfs_wait": why a process does not die.
std::string process_state(pid_t pid);

}  // namespace sysplexd::jes
