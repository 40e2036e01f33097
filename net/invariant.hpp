// Our own mistakes end the process: always on, one line on stderr, abort. systemd starts the daemon
// again and the coupling facility's log recovers it; a wrong state must not be written down.
#pragma once
#include <cstdio>
#include <cstdlib>

namespace sysplexd::net {

[[noreturn]] inline void invariant_failed(const char* expression, const char* why, const char* file, int line) {
  std::fprintf(stderr, "<2>UNV0001S INTERNAL ERROR: %s (%s) at %s:%d\n", why, expression, file, line);
  std::abort();
}

}  // namespace sysplexd::net

#define SYSPLEXD_INVARIANT(condition, why) \
  ((condition) ? static_cast<void>(0) : ::sysplexd::net::invariant_failed(#condition, why, __FILE__, __LINE__))
