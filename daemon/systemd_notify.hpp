// sd_notify(3) without libsystemd, whose libraries each step's process would have to load: one datagram to
// NOTIFY_SOCKET.
#pragma once
#include <string_view>

namespace sysplexd::daemon {

// "READY=1", "STOPPING=1", "STATUS=…", "RELOADING=1\nMONOTONIC_USEC=…". Nothing happens outside systemd.
void systemd_notify(std::string_view state);

}  // namespace sysplexd::daemon
