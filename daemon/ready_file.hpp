// run/ready.json: renamed into place when the daemon serves, removed at a clean stop (interfaces.md).
#pragma once
#include <cstdint>
#include <string>

#include "net/result.hpp"

namespace sysplexd::daemon {

struct ReadyFile {
  std::string mount_point;
  std::int64_t supervisor_pid = 0;  // 0: none answers yet
};
net::Status write_ready_file(const ReadyFile& ready);
void remove_ready_file(const std::string& mount_point);

}  // namespace sysplexd::daemon
