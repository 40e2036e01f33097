// `sysplexd run`: builds the agent's services in order and awaits them.
#pragma once
#include <string>

namespace sysplexd::daemon {

struct RunCommand {
  std::string config;
};
// Exit code of the process: 0 after SIGTERM, 1 when it could not start or its state failed, 2 a bad configuration.
int run_mode(const RunCommand& command);

}  // namespace sysplexd::daemon
