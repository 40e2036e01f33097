// SYSDSN: which data set names a job holds, exclusively or shared, from before its first step to its end
// (jcl-zosmf.md 2.5). Pure. Temporary data sets, SYSOUT, in-stream data and UNIX paths take no name.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sysplex/jcl/plan.hpp"

namespace sysplexd::jes {

struct Enqueue {
  std::string name;
  bool exclusive = false;
  bool operator==(const Enqueue&) const = default;
};

// Names of the job, sorted, each once. Exclusive when any step says NEW, OLD or MOD, or a disposition deletes or
// uncatalogs; a relative generation is held by its base (at conversion nobody knows which one it will be), exclusively
// also when any step makes a new one. Steps skipped by RESTART do not count.
std::vector<Enqueue> enqueues(const jcl::Plan& plan);

struct EnqueueConflict {
  std::uint64_t job = 0;  // lowest number of the jobs that hold it
  std::string name;
};

// Who holds what. All names of a job or none, so that no two jobs can wait for each other.
class EnqueueTable {
 public:
  // nullopt: taken. A job that holds names already changes them to these.
  std::optional<EnqueueConflict> try_take(std::uint64_t job, const std::vector<Enqueue>& names);
  void release(std::uint64_t job);
  // Holders of a name, ascending; empty: free.
  std::vector<std::uint64_t> holders(const std::string& name) const;

 private:
  struct Holders {
    std::uint64_t exclusive = 0;  // job number; 0: none
    std::set<std::uint64_t> shared;
  };
  std::map<std::string, Holders> names_;
  std::map<std::uint64_t, std::vector<Enqueue>> jobs_;
};

}  // namespace sysplexd::jes
