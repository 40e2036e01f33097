// Entry points of the two kept processes of a node, and how the daemon starts the first of them. Small processes
// without Asio: one thread, poll(2), unix sockets (protocol.hpp). Who starts whom:
//
//   daemon ─ start_supervisor() ─► `sysplexd supervisor --mount-point M` ─► `sysplexd initiator --id N --mount-point M`
//   ─► steps
//
// Nothing of this chain ends because something to its left ended.
#pragma once
#include <cstdint>
#include <string>

#include "net/result.hpp"

namespace sysplexd::jes {

struct SupervisorOptions {
  std::string mount_point;
  std::string binary;  // path of our own binary: what initiators are started from
};

struct InitiatorOptions {
  std::uint32_t id = 0;  // 1, 2, 3 …
  std::string mount_point;
  std::string binary;  // what built-in programs and the COBOL launcher are started from
};

// Both return the exit status of the process. The supervisor ends with 0 and a message where another one holds
// run/supervisor.lock, so starting one is harmless at any time. SIGTERM ends the supervisor alone: its initiators and
// their jobs go on, and the next supervisor adopts them. SIGTERM ends an initiator when it is idle.
int run_supervisor(const SupervisorOptions& options);
int run_initiator(const InitiatorOptions& options);

// Starts a supervisor that outlives the caller: own session, stdio on mount_point/log/supervisor.log, no inherited
// descriptors, and no child of the caller (nothing to wait for). Makes mount_point/run and /log where they are missing.
// Returns when the program is running (exec succeeded), not when its socket is there: connect with retries.
net::Status start_supervisor(const std::string& binary, const std::string& mount_point);

std::string supervisor_socket(const std::string& mount_point);  // mount_point/run/supervisor.sock
std::string jes_socket(const std::string& mount_point);         // mount_point/run/jes.sock

// Path of the running binary (/proc/self/exe).
std::string own_binary();

}  // namespace sysplexd::jes
