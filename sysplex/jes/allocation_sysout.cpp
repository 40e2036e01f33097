// SYSOUT files: their names and numbers follow from the plan alone, so that a listing of a running job, of an ended one
// and the outcome record agree.
#include <sys/stat.h>

#include <set>

#include "sysplex/jes/allocation_state.hpp"

namespace sysplexd::jes {

namespace {

constexpr std::uint32_t first_id = 101;

const jcl::Dd* find_dd(const jcl::Step& step, std::string_view name) {
  for (const auto& dd : step.dds)
    if (dd.name == name) return &dd;
  return nullptr;
}

}  // namespace

const jcl::Dd* output_dd(const jcl::Step& step) {
  for (const char* name : {"SYSPRINT", "SYSOUT", "STDOUT"})
    if (const auto* dd = find_dd(step, name)) return dd;
  return nullptr;
}

std::string sysout_name(const jcl::Step& step, const std::string& ddname) {
  return ".S" + std::to_string(step.number) + "." + ddname;
}

std::vector<SysoutSlot> sysout_slots(const jcl::Plan& plan) {
  std::vector<SysoutSlot> slots;
  std::uint32_t id = first_id;
  for (const auto& step : plan.steps) {
    std::set<std::string> names;  // of two DDs of one name the program sees the first
    for (const auto& dd : step.dds) {
      if (!names.insert(dd.name).second || dd.parts.empty() || dd.parts.front().kind != jcl::DdKind::sysout) continue;
      slots.push_back({id++, &step, dd.name, dd.parts.front().sysout_class, sysout_name(step, dd.name)});
    }
    if (output_dd(step) == nullptr)
      slots.push_back({id++, &step, "STDOUT", plan.message_class, sysout_name(step, "STDOUT")});
  }
  return slots;
}

namespace {

std::vector<spool::SpoolFile> existing(const std::vector<SysoutSlot>& slots, const std::string& prefix) {
  const std::string bucket_name = prefix.substr(prefix.rfind('/') + 1);
  std::vector<spool::SpoolFile> files;
  for (const auto& slot : slots) {
    struct stat status{};
    if (::lstat((prefix + slot.name).c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    spool::SpoolFile file;
    file.id = slot.id;
    file.ddname = slot.ddname;
    file.step = slot.step->name;
    file.procstep = slot.step->procstep;
    file.sysout_class = slot.sysout_class;
    file.bytes = static_cast<std::uint64_t>(status.st_size);
    file.name = bucket_name + slot.name;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::vector<spool::SpoolFile> sysout_files(const jcl::Plan& plan, const std::string& sysout_prefix) {
  return existing(sysout_slots(plan), sysout_prefix);
}

std::vector<spool::SpoolFile> JobAllocation::State::sysout_files() const {
  return existing(sysout_, context_.sysout_prefix);
}

}  // namespace sysplexd::jes
