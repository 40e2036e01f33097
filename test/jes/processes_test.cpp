// This test binary as the program that supervisor, initiators and steps are started from, with the daemon's arguments.
#include <cstdlib>
#include <cstring>
#include <string>

#include "sysplex/jes/processes.hpp"
#include "sysplex/jes/utilities/program.hpp"

int run_as_process(int argc, char** argv) {
  using namespace sysplexd::jes;
  const std::string mode = argv[1];
  std::string mount_point, id;
  for (int i = 2; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--mount-point") == 0) mount_point = argv[i + 1];
    if (std::strcmp(argv[i], "--id") == 0) id = argv[i + 1];
  }
  if (mode == "supervisor") return run_supervisor({mount_point, own_binary()});
  if (mode == "initiator")
    return run_initiator(
        {static_cast<std::uint32_t>(std::strtoul(id.c_str(), nullptr, 10)), mount_point, own_binary()});
  if (mode == "program" && argc > 2) return run_program(argv[2]);
  if (mode == "cobol" && argc > 2) return run_cobol(argv[2]);
  return -1;
}
