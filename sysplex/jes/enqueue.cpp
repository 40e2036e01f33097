// Names of a job, and who holds them.
#include "sysplex/jes/enqueue.hpp"

namespace sysplexd::jes {

namespace {

bool takes_away(jcl::DispAction action) {
  return action == jcl::DispAction::remove || action == jcl::DispAction::uncatlg;
}

void add(std::map<std::string, bool>& names, const jcl::DdPart& part) {
  if (part.kind != jcl::DdKind::dataset || part.dsname.temporary || part.dsname.name.empty()) return;
  const auto& generation = part.dsname.generation;
  // A relative generation is held by its group: a new one changes the group; (0) and (-n) follow DISP, so that two jobs
  // with DISP=OLD never have one generation together.
  const bool exclusive = part.disp.status != jcl::DispStatus::shr || takes_away(part.disp.normal) ||
                         takes_away(part.disp.abnormal) || (generation && *generation > 0);
  auto& held = names[part.dsname.name];
  held = held || exclusive;
}

}  // namespace

std::vector<Enqueue> enqueues(const jcl::Plan& plan) {
  std::map<std::string, bool> names;
  for (const auto& part : plan.joblib) add(names, part);
  for (const auto& step : plan.steps) {
    if (step.skipped_by_restart) continue;
    for (const auto& dd : step.dds)
      for (const auto& part : dd.parts) add(names, part);
  }
  std::vector<Enqueue> list;
  for (const auto& [name, exclusive] : names) list.push_back({name, exclusive});
  return list;
}

std::optional<EnqueueConflict> EnqueueTable::try_take(std::uint64_t job, const std::vector<Enqueue>& names) {
  for (const auto& wanted : names) {
    const auto found = names_.find(wanted.name);
    if (found == names_.end()) continue;
    const auto& holders = found->second;
    if (holders.exclusive != 0 && holders.exclusive != job) return EnqueueConflict{holders.exclusive, wanted.name};
    if (!wanted.exclusive) continue;
    for (const auto other : holders.shared)
      if (other != job) return EnqueueConflict{other, wanted.name};
  }
  release(job);
  for (const auto& wanted : names) {
    auto& holders = names_[wanted.name];
    if (wanted.exclusive)
      holders.exclusive = job;
    else
      holders.shared.insert(job);
  }
  jobs_[job] = names;
  return std::nullopt;
}

void EnqueueTable::release(std::uint64_t job) {
  const auto held = jobs_.find(job);
  if (held == jobs_.end()) return;
  for (const auto& name : held->second) {
    const auto found = names_.find(name.name);
    if (found == names_.end()) continue;
    if (found->second.exclusive == job) found->second.exclusive = 0;
    found->second.shared.erase(job);
    if (found->second.exclusive == 0 && found->second.shared.empty()) names_.erase(found);
  }
  jobs_.erase(held);
}

std::vector<std::uint64_t> EnqueueTable::holders(const std::string& name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return {};
  std::vector<std::uint64_t> jobs(found->second.shared.begin(), found->second.shared.end());
  if (found->second.exclusive != 0) jobs.insert(jobs.begin(), found->second.exclusive);
  return jobs;
}

}  // namespace sysplexd::jes
