// Which step a name in COND, IF, JOBRC, RESTART or a referback means. Names inside a procedure call are seen first from
// inside that call, then from the job; of equal names the first counts.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jcl {

struct StepEntry {
  std::string name;      // EXEC of the job
  std::string procstep;  // EXEC of the procedure; empty: none
  std::string caller;    // EXEC that called the innermost procedure
  int call = 0;          // number of the procedure call; 0: the job itself
  int parent_call = -1;
};

class StepDirectory {
 public:
  void add(StepEntry entry) { entries_.push_back(std::move(entry)); }
  int size() const { return static_cast<int>(entries_.size()); }
  const StepEntry& at(int index) const { return entries_[static_cast<std::size_t>(index)]; }
  // Among the first `before` steps, as seen from a statement of call `viewer`.
  std::optional<int> find(std::string_view step, std::string_view procstep, int viewer, int before) const;

 private:
  std::vector<StepEntry> entries_;
};

}  // namespace sysplexd::jcl
