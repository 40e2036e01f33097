// One binary: the short processes of a node first (they must not pay for the command line), then the commands.
#include <cstring>

#include "daemon/cli.hpp"
#include "daemon/small_processes.hpp"

int main(int argc, char** argv) {
  if (const auto status = sysplexd::daemon::small_process(argc, argv)) return *status;
  return sysplexd::daemon::cli_main(argc, argv);
}
