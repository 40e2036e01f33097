// Step names; see step_directory.hpp.
#include "sysplex/jcl/step_directory.hpp"

#include <algorithm>

namespace sysplexd::jcl {

std::optional<int> StepDirectory::find(std::string_view step, std::string_view procstep, int viewer, int before) const {
  const auto first = [&](const auto& matches) -> std::optional<int> {
    const auto end = entries_.begin() + std::min<std::ptrdiff_t>(before, std::ssize(entries_));
    const auto found = std::find_if(entries_.begin(), end, matches);
    if (found == end) return std::nullopt;
    return static_cast<int>(found - entries_.begin());
  };
  if (procstep.empty()) {
    const auto here = first([&](const StepEntry& e) {
      return e.call == viewer && (viewer == 0 ? e.procstep.empty() && e.name == step : e.procstep == step);
    });
    if (here) return here;
    const auto in_job = first([&](const StepEntry& e) { return e.procstep.empty() && e.name == step; });
    if (in_job) return in_job;
    // The EXEC of a procedure: z/OS wants a step with PGM=; its first step is the kindest reading.
    return first([&](const StepEntry& e) { return e.name == step || (e.parent_call == viewer && e.caller == step); });
  }
  const auto here =
      first([&](const StepEntry& e) { return e.parent_call == viewer && e.caller == step && e.procstep == procstep; });
  if (here) return here;
  return first([&](const StepEntry& e) { return e.name == step && e.procstep == procstep; });
}

}  // namespace sysplexd::jcl
