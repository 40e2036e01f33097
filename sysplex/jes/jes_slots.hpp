// What jes_service keeps about each initiator and about the supervisor; private to its three source files.
#pragma once
#include <memory>
#include <string>

#include "sysplex/jes/jes_service.hpp"

namespace sysplexd::jes {

// One configured initiator. link is empty while it is not connected; job stays while an attempt is granted to it,
// connected or not. A slot without link and without job is simply absent.
struct JesService::Slot {
  std::uint32_t number = 0;
  std::string classes;
  bool wanted = true;  // false: no longer configured, ends when idle
  std::shared_ptr<net::LocalLink> link;
  InitiatorIdentity identity;
  AttemptId job;            // attempt 0: idle
  bool start_told = false;  // START of `job` left on this link
  bool idle() const { return wanted && link != nullptr && link->is_open() && job.attempt == 0; }
};

struct JesService::Supervisor {
  std::shared_ptr<net::LocalLink> link;
  std::int64_t pid = 0;  // of the one behind the link; 0: not told yet
  bool stop_when_idle = false;
  std::map<std::uint64_t, AttemptId> to_settle;  // attempts of dead initiators whose end is being made durable
};

}  // namespace sysplexd::jes
