// Processes by identity: pid + start time + boot, never the pid alone, which the kernel gives away again. Signals go
// through a pidfd that was checked after it was opened. Reads /proc; no Asio, never waits.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/fd.hpp"
#include "net/result.hpp"

namespace sysplexd::net {

struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/PID/stat: clock ticks since boot
  std::string boot_id;            // /proc/sys/kernel/random/boot_id
  bool operator==(const ProcessIdentity&) const = default;
};

// Of this boot of the machine; read once. Empty where /proc is not there.
const std::string& boot_id();

// not_found: no such process. A zombie still has an identity.
Result<ProcessIdentity> read_identity(pid_t pid);
// Of the calling process, read afresh (it changes by fork).
ProcessIdentity own_identity();

// The very process still runs. A zombie does not run, unless other threads of it do.
bool same_process(const ProcessIdentity& identity);

// CLOEXEC. not_found: no such process (a zombie has one). Readable when the process has ended.
Result<UniqueFd> open_pidfd(pid_t pid);
// The pidfd of the very process; not_found when it is gone or the pid belongs to another.
Result<UniqueFd> open_pidfd(const ProcessIdentity& identity);

// not_found: it is gone (or another has its pid), nobody was signalled.
Result<void> kill_identified(const ProcessIdentity& identity, int signal);

// All running descendants, parents before children, without the root itself. A tree that forks meanwhile can escape one
// look: who ends a tree looks again until nothing is found. Orphans are children of the nearest subreaper.
struct Descendants {
  static std::vector<ProcessIdentity> of(pid_t root);
  // The two ways, for tests: from /proc/PID/task/TID/children, and by the parent field of every process.
  static Result<std::vector<ProcessIdentity>> by_children_files(pid_t root);
  static std::vector<ProcessIdentity> by_scan(pid_t root);
};

struct MarkedProcesses {
  std::vector<ProcessIdentity> found;
  std::uint32_t unreadable = 0;  // processes of other users, whose environment we may not read
};
// Running processes that were started with this entry, "NAME=value", in their environment. A process can overwrite or
// drop its own copy by exec: together with Descendants it finds also what has left its session and parent.
MarkedProcesses processes_with_environment(std::string_view entry);

}  // namespace sysplexd::net
