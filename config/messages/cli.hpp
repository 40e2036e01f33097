// Messages of cli. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message cli[] = {
    {"UNV9001E", Severity::error, "CANNOT REACH THE DAEMON AT {}: {}",
     "The command found no daemon behind the address.",
     "Start it (systemctl start sysplexd, or sysplexd run --config F), or name another with --server."},
    {"UNV9002E", Severity::error, "CANNOT READ {}", "The file of a command is not there or may not be read.",
     "Correct the path; - reads stdin."},
    {"UNV9003E", Severity::error, "'{}' IS NOT SYM=VALUE", "--set takes a symbol name, =, and its value.",
     "Write it as --set HLQ=PROD."},
};

}  // namespace sysplexd::config::messages
