// Operator messages to stderr: with the journal's <N> priority under systemd, else with the time. One line a message,
// control characters made visible, so that a job name or a path cannot forge a line.
#pragma once
#include <string>
#include <string_view>

namespace sysplexd::daemon {

void operator_log(std::string_view message);

}  // namespace sysplexd::daemon
