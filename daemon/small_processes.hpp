// `sysplexd supervisor|initiator|program|cobol …`: the processes that the daemon and the initiators start. Not in the
// help; nobody types them.
#pragma once
#include <optional>

namespace sysplexd::daemon {

// The exit status, or nullopt when the arguments name none of them.
std::optional<int> small_process(int argc, char** argv);

}  // namespace sysplexd::daemon
