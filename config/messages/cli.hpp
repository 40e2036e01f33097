// Messages of cli. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message cli[] = {
    {"UNV9001E", Severity::error, "CANNOT REACH THE DAEMON AT {}: {}",
     "The command found no daemon behind the address.",
     "Start it (systemctl start sysplexd, or sysplexd run --config F), or name another with --server."},
};

}  // namespace sysplexd::config::messages
