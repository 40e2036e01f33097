#include "daemon/ready_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "net/fd.hpp"
#include "net/process.hpp"

namespace sysplexd::daemon {

net::Status write_ready_file(const ReadyFile& ready) {
  const auto identity = net::own_identity();
  const auto run = ready.mount_point + "/run/";
  const nlohmann::json document = {
      {"pid", identity.pid},
      {"start_time", identity.start_ticks},
      {"supervisor_pid", ready.supervisor_pid == 0 ? nlohmann::json(nullptr) : nlohmann::json(ready.supervisor_pid)},
      {"unix", run + "sysplexd.sock"},
      {"xcf", nullptr},
      {"http", nullptr},
      {"dbg_client", nullptr},
      {"dbg_host", nullptr}};
  const auto path = run + "ready.json", fresh = path + ".new";
  const auto text = document.dump() + "\n";
  {
    const net::UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd) return net::system_error(errno, fresh);
    if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      return net::system_error(errno, fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) return net::system_error(errno, path);
  return {};
}

void remove_ready_file(const std::string& mount_point) { ::unlink((mount_point + "/run/ready.json").c_str()); }

}  // namespace sysplexd::daemon
