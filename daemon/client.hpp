// The command line's side of run/sysplexd.sock: finds the daemon, sends one Request, hands on notices and chunks, gives
// the Answer. Blocking, no Asio: a command is a short process.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "daemon/client_protocol.hpp"
#include "net/result.hpp"

namespace sysplexd::daemon {

// Where the daemon is: --server, SYSPLEXD_SERVER, the socket under the mount_point of --config (or of SYSPLEXD_CONFIG,
// or of /etc/sysplexd/sysplexd.toml), in this order.
struct ServerChoice {
  std::string server;  // --server; empty: not given
  std::string config;  // --config; empty: not given
};
net::Result<std::string> find_server(const ServerChoice& choice);  // path of the socket

struct ClientEvents {
  std::function<void(std::string_view document)> notice;
  std::function<bool(std::string_view bytes)> chunk;  // false: stop reading (stdout is gone)
};

// exit_no_daemon with an error document when nobody answers at the address.
Answer call(const ServerChoice& choice, const Request& request, const ClientEvents& events = {});

// An error document (interfaces.md) with null for what is absent.
std::string error_document(std::string_view id, std::string_view message, std::string_view action,
                           std::string_view file = {}, int line = 0, int column = 0);
Answer failure(std::int32_t exit, std::string_view id, std::string_view message, std::string_view action);

}  // namespace sysplexd::daemon
