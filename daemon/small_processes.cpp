#include "daemon/small_processes.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

#include "sysplex/jes/processes.hpp"
#include "sysplex/jes/utilities/program.hpp"

namespace sysplexd::daemon {
namespace {

std::string option(int argc, char** argv, std::string_view name) {
  for (int i = 2; i + 1 < argc; ++i)
    if (name == argv[i]) return argv[i + 1];
  return "";
}

}  // namespace

std::optional<int> small_process(int argc, char** argv) {
  if (argc < 3) return std::nullopt;
  const std::string_view mode = argv[1];
  if (mode == "program") return jes::run_program(argv[2]);
  if (mode == "cobol") return jes::run_cobol(argv[2]);
  if (mode == "supervisor") {
    jes::SupervisorOptions options;
    options.mount_point = option(argc, argv, "--mount-point");
    options.binary = jes::own_binary();
    return options.mount_point.empty() ? 2 : jes::run_supervisor(options);
  }
  if (mode == "initiator") {
    jes::InitiatorOptions options;
    options.id = static_cast<std::uint32_t>(std::strtoul(option(argc, argv, "--id").c_str(), nullptr, 10));
    options.mount_point = option(argc, argv, "--mount-point");
    options.binary = jes::own_binary();
    return options.mount_point.empty() || options.id == 0 ? 2 : jes::run_initiator(options);
  }
  return std::nullopt;
}

}  // namespace sysplexd::daemon
