// run/supervisor.state: what the next supervisor must know. One frame, replaced by rename; it must survive kill -9, not
// a power cut (after a boot nothing of it runs, and its boot_id says so), so it is not synced.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "net/result.hpp"
#include "sysplex/jes/protocol.hpp"

namespace sysplexd::jes {

struct DeathRecord {
  InitiatorDied died;
  bool processes_gone = false;  // looked until nobody was found: it may be told
  template <class V>
  void fields(V& v) {
    v(1, died);
    v(2, processes_gone);
  }
};

struct SupervisorRecord {
  static constexpr std::uint16_t kind = 100;
  std::vector<std::uint32_t> keep;
  std::vector<InitiatorHello> initiators;  // alive when it was written
  std::vector<DeathRecord> deaths;         // not settled
  template <class V>
  void fields(V& v) {
    v(1, keep);
    v(2, initiators);
    v(3, deaths);
  }
};

// A missing file is an empty record. corrupt: it is there and cannot be read; the caller says so and starts empty
// (initiators connect by themselves, and the daemon asks for attempts that nobody reports).
net::Result<SupervisorRecord> read_supervisor_record(const std::string& path);
net::Status write_supervisor_record(const std::string& path, const SupervisorRecord& record);

}  // namespace sysplexd::jes
