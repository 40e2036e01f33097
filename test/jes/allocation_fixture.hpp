// A catalogue root, a job of steps built by hand, and the calls of the initiator in short: for allocation*_test.cpp.
#pragma once
#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sysplex/jes/allocation.hpp"
#include "test/support/temp_folder.hpp"

namespace sysplexd::test {

using jcl::Disp;
using jcl::DispAction;
using jcl::DispStatus;

inline constexpr auto keep = DispAction::keep, remove_ = DispAction::remove, catlg = DispAction::catlg,
                      uncatlg = DispAction::uncatlg, pass = DispAction::pass;

inline jcl::DdPart dsn(const std::string& name, Disp disp, const std::string& member = {}) {
  jcl::DdPart part;
  part.kind = jcl::DdKind::dataset;
  part.dsname.name = name;
  part.dsname.member = member;
  part.disp = disp;
  return part;
}
inline jcl::DdPart generation(const std::string& base, int number, Disp disp) {
  auto part = dsn(base, disp);
  part.dsname.generation = number;
  return part;
}
inline jcl::DdPart temporary(const std::string& name, Disp disp, const std::string& member = {}) {
  auto part = dsn(name, disp, member);
  part.dsname.temporary = true;
  return part;
}
inline jcl::DdPart fixed(jcl::DdPart part, int lrecl) {
  part.dcb.recfm = "FB";
  part.dcb.lrecl = lrecl;
  return part;
}
inline jcl::DdPart lib(jcl::DdPart part) {
  part.library = true;
  return part;
}
inline jcl::DdPart instream(const std::string& data) {
  jcl::DdPart part;
  part.kind = jcl::DdKind::instream;
  part.data = data;
  return part;
}
inline jcl::DdPart sysout(const std::string& sysout_class = "A") {
  jcl::DdPart part;
  part.kind = jcl::DdKind::sysout;
  part.sysout_class = sysout_class;
  return part;
}
inline jcl::DdPart path(const std::string& name, const std::vector<std::string>& options = {}) {
  jcl::DdPart part;
  part.kind = jcl::DdKind::path;
  part.path = name;
  part.path_options = options;
  part.disp = {DispStatus::shr, DispAction::keep, DispAction::keep};  // as the converter fills it
  return part;
}
inline const jcl::DdPart dummy = {};

inline constexpr Disp new_catlg{DispStatus::is_new, catlg, remove_};
inline constexpr Disp new_pass{DispStatus::is_new, pass, remove_};
inline constexpr Disp shr{DispStatus::shr, keep, keep};
inline constexpr Disp old{DispStatus::old, keep, keep};
inline constexpr Disp mod{DispStatus::mod, keep, keep};

struct AllocationFixture {
  test::TempFolder folder;
  std::string root = folder.folder("dasd"), temp = folder.folder("temp"), spool = folder.folder("spool");
  dasd::Catalog catalog = dasd::Catalog::open(root).value();
  jcl::Plan plan;
  jes::AllocationContext context;
  std::optional<jes::JobAllocation> job_;
  std::string said;                 // messages of the last end_step or end_job
  jes::DispositionFailure failure;  // of the last end_step

  AllocationFixture() {
    plan.job_name = "PAYJOB";
    context.dasd_root = root;
    context.temp_dir = temp;
    context.sysout_prefix = spool + "/JOB00001";
    context.jobid = "JOB00001";
    context.job_name = "PAYJOB";
    context.owner = "PAYUSER";
    context.uid = ::getuid();
    context.gid = ::getgid();
    context.started_s = 1795399200;
  }
  jcl::Step& step(const std::vector<jcl::Dd>& dds) {
    jcl::Step step;
    step.number = static_cast<int>(plan.steps.size()) + 1;
    step.name = "STEP" + std::to_string(step.number);
    step.program = "PROG";
    step.dds = dds;
    plan.steps.push_back(step);
    return plan.steps.back();
  }
  // The job begins with the first use; all steps are in the plan by then.
  jes::JobAllocation& job() {
    if (!job_) job_.emplace(plan, context);
    return *job_;
  }
  jes::StepAllocation allocated(int number) {
    auto done = job().allocate(plan.steps[static_cast<std::size_t>(number - 1)]);
    BOOST_REQUIRE_MESSAGE(done.ok(), (done.ok() ? "" : done.error().text));
    return std::move(done).value();
  }
  std::string refused(int number) {
    const auto done = job().allocate(plan.steps[static_cast<std::size_t>(number - 1)]);
    BOOST_REQUIRE(!done.ok());
    return done.error().text;
  }
  void end(int number, bool normal = true) {
    said.clear();
    failure = {};
    const auto messages = job().end_step(plan.steps[static_cast<std::size_t>(number - 1)], normal, &failure);
    for (const auto& message : messages) said += message + "\n";
  }
  void end_job() {
    said.clear();
    const auto messages = job().end_job();
    for (const auto& message : messages) said += message + "\n";
  }
  bool says(const std::string& words) const { return said.find(words) != std::string::npos; }
  std::string disposition(const std::string& name, const std::string& word) {
    return "IEF285I   " + name + std::string(name.size() < 44 ? 44 - name.size() : 0, ' ') + " " + word + "\n";
  }
  static std::string value(const jes::StepAllocation& step, const std::string& name) {
    for (const auto& [key, text] : step.environment)
      if (key == name) return text;
    return "(none)";
  }
  void make(const std::string& name, const std::string& bytes, int lrecl = 0) {
    dasd::Attributes attributes;
    if (lrecl != 0) {
      attributes.recfm = "FB";
      attributes.lrecl = lrecl;
    }
    BOOST_REQUIRE(catalog.create(name, attributes).ok());
    put_file(root + "/" + name, bytes);
  }
  void make_library(const std::string& name) {
    dasd::Attributes attributes;
    attributes.dsorg = "PO";
    BOOST_REQUIRE(catalog.create(name, attributes).ok());
  }
  void make_group(const std::string& base, int generations, int limit = 5, bool scratch = true) {
    dasd::GdgBase attributes;
    attributes.limit = limit;
    attributes.scratch = scratch;
    BOOST_REQUIRE(catalog.define_gdg(base, attributes).ok());
    for (int i = 1; i <= generations; ++i) {
      BOOST_REQUIRE(catalog.create_generation({base, i, 0}, {}).ok());
      put_file(root + "/" + dasd::to_string(dasd::GenerationName{base, i, 0}),
               "generation " + std::to_string(i) + "\n");
      BOOST_REQUIRE(catalog.catalog_generation({base, i, 0}).ok());
    }
  }
  bool catalogued(const std::string& name) { return catalog.find(name).ok(); }
  bool temp_is_empty() { return std::filesystem::is_empty(temp); }
};

}  // namespace sysplexd::test
