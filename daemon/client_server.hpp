// run/sysplexd.sock: serves the command line of this node. One coroutine a connection, at most clients_max; one request
// a connection. Who asks is known by the socket (SO_PEERCRED): root and the daemon's own user act on every job, others
// on their own; a job runs as the user who submitted it.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "daemon/client_protocol.hpp"
#include "net/local_link.hpp"
#include "net/scope.hpp"
#include "sysplex/jes/jes_service.hpp"

namespace sysplexd::daemon {

class ClientServer {
 public:
  static constexpr std::size_t clients_max = 512;

  // everything: P UBROKER, the initiators and the supervisor end too, after their jobs; else the daemon alone.
  using Stop = std::function<void(bool everything)>;
  ClientServer(net::Executor executor, jes::JesService& service, const net::Clock& clock, Stop stop);
  net::Status listen(const std::string& path);
  net::Task<void> run();  // until close()
  void close();

 private:
  net::Task<void> serve(std::shared_ptr<net::LocalLink> link);
  net::Task<Answer> answer(net::LocalLink& link, const Request& request);
  net::Task<Answer> submit(net::LocalLink& link, const Request& request);
  net::Task<Answer> wait(net::LocalLink& link, const Request& request, std::vector<std::uint64_t> numbers);
  net::Task<Answer> output(net::LocalLink& link, const Request& request, jes::JobRecord job);
  net::Task<Answer> act(net::LocalLink& link, const Request& request, jes::JobRecord job);
  net::Task<Answer> list(const Request& request);

  net::Executor executor_;
  jes::JesService& service_;
  const net::Clock& clock_;
  Stop stop_;
  std::unique_ptr<net::LocalListener> listener_;
  net::Scope scope_;
};

}  // namespace sysplexd::daemon
