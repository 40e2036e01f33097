// `sysplexd try`: a real daemon, supervisor and initiators in a temporary folder; runs a job, shows every step and the
// output.
#pragma once
#include <string>

namespace sysplexd::daemon {

struct TryCommand {
  std::string file;      // empty: the payroll sample
  int kill_in_step = 0;  // kill -9 the daemon while this step runs; 0: no
  bool keep = false, json = false;
};
int try_mode(const TryCommand& command);

}  // namespace sysplexd::daemon
