// Starts the process of a step: clone(CLONE_VM|CLONE_VFORK|CLONE_PIDFD) on a private stack, so that the cost does not
// grow with the parent, the pidfd is there before the process can end, and a failing exec is known at once
// (toolchain.md section 4). The child opens its files with the rights of the job's user.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "net/fd.hpp"

namespace sysplexd::jes {

struct SpawnRequest {
  std::string path;
  std::vector<std::string> arguments;    // with argv[0]
  std::vector<std::string> environment;  // "NAME=value", exactly what the program sees
  std::string stdin_path = "/dev/null", stdout_path = "/dev/null", stderr_path;  // equal paths are opened once
  bool stdout_truncate = false;  // a data set that is not extended (DISP=MOD); SYSOUT is appended to
  std::string directory;         // working directory; empty: ours
  int rc_fd = -1;                // becomes descriptor 3 of the program
  bool set_user = false;
  uid_t uid = 0;
  gid_t gid = 0;
  const std::vector<gid_t>* groups = nullptr;
  std::int64_t cpu_seconds = 0;  // RLIMIT_CPU of the process; 0: no limit
};

enum class SpawnStage : int { none, clone, user, directory, standard_input, standard_output, standard_error, execute };

struct SpawnResult {
  pid_t pid = -1;  // -1: failed, nothing runs
  net::UniqueFd pidfd;
  SpawnStage stage = SpawnStage::none;  // where it failed
  int error = 0;
};

inline constexpr int rc_descriptor = 3;

// SIGCHLD, SIGTERM and the like are expected to be blocked in the caller (signalfd); the program starts with no signal
// blocked and none ignored, as leader of a session of its own, without core dumps, with descriptors 0 to 3 alone.
SpawnResult spawn_step(const SpawnRequest& request);

}  // namespace sysplexd::jes
