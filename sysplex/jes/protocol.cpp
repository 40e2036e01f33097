#include "sysplex/jes/protocol.hpp"

#include <fmt/format.h>

#include "net/frame.hpp"
#include "sysplex/jes/processes.hpp"
#include "sysplex/spool/spool_paths.hpp"

namespace sysplexd::jes {

std::string job_id_text(std::uint64_t number) { return spool::job_text(number); }

std::uint64_t job_number(std::string_view text) { return spool::job_number_of(text); }

std::string attempt_cookie(const AttemptId& id, const std::string& mount_point) {
  return fmt::format("{}.{}.{:08x}", job_id_text(id.job), id.attempt, net::checksum(mount_point));
}

std::string supervisor_socket(const std::string& mount_point) { return mount_point + "/run/supervisor.sock"; }

std::string jes_socket(const std::string& mount_point) { return mount_point + "/run/jes.sock"; }

}  // namespace sysplexd::jes
