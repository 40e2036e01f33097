// The end of a step and of a job: DISP carried out, JESYSMSG told.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "config/message.hpp"
#include "sysplex/jes/allocation_files.hpp"
#include "sysplex/jes/allocation_state.hpp"
#include "sysplex/jes/allocation_user.hpp"

namespace sysplexd::jes {

using config::text;

namespace {

// The first failure of a step is the one it ends with.
void fail(DispositionFailure* failure, const net::Error& error, const std::string& what) {
  if (failure == nullptr || !failure->abend.empty()) return;
  const bool space = error.code == net::Errc::no_space || error.system_errno == EFBIG;
  const bool rights = error.code == net::Errc::not_permitted || error.code == net::Errc::read_only;
  failure->abend = space ? "SE37" : rights ? "S013" : "S001";
  failure->reason = what + ": " + error.text;
}

}  // namespace

std::vector<std::string> JobAllocation::State::end_step(const jcl::Step& step, bool normal_end,
                                                        DispositionFailure* failure) {
  SYSPLEXD_INVARIANT(step_ == &step, "the step that ends is the one that was allocated");
  const ActAsUser user(context_.uid, context_.gid, context_.groups);
  std::vector<std::string> messages;
  any_abnormal_ = any_abnormal_ || !normal_end;
  DispositionFailure own;
  for (auto& held : held_) append_staged(held, messages, &own);
  // Data that DISP=MOD could not append makes this an abnormal end for all of the step.
  const bool normal = normal_end && own.abend.empty();
  any_abnormal_ = any_abnormal_ || !normal;
  for (const auto& held : held_) {
    const auto action = normal ? held.normal : held.abnormal;
    where_ = held.label;
    switch (held.kind) {
      case HeldKind::sysout: messages.push_back(text<"IEF285I">(held.label, "SYSOUT")); break;
      case HeldKind::instream: messages.push_back(text<"IEF285I">(held.label, "SYSIN")); break;
      case HeldKind::temporary: dispose_temporary(held, action, messages); break;
      case HeldKind::data_set: dispose_data_set(held, action, messages, &own); break;
      case HeldKind::unix_file: {
        const bool remove = action == jcl::DispAction::remove;
        if (!remove || ::unlink(held.path.c_str()) == 0 || errno == ENOENT) {
          messages.push_back(text<"IEF285I">(held.label, remove ? "DELETED" : "KEPT"));
        } else {
          const int error = errno;
          messages.push_back(text<"IEF283I">(held.label));
          messages.push_back(text<"UNV3106E">(step_label_, held.label, net::system_error(error, "unlink").text));
        }
        break;
      }
    }
  }
  for (const auto& path : work_files_) ::unlink(path.c_str());
  work_files_.clear();
  held_.clear();
  dd_files_.clear();
  gone_.clear();
  step_ = nullptr;
  if (failure != nullptr) *failure = own;
  return messages;
}

void JobAllocation::State::append_staged(HeldPart& held, std::vector<std::string>& messages,
                                         DispositionFailure* failure) {
  if (held.staged.empty()) return;
  struct stat status{};
  if (::stat(held.staged.c_str(), &status) == 0 && status.st_size == 0) return;
  const auto appended = [&]() -> net::Status {
    const net::UniqueFd from(::open(held.staged.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!from) {
      if (errno == ENOENT) return {};  // the program removed it: nothing to append
      return net::system_error(errno, held.staged);
    }
    net::UniqueFd to;
    if (held.kind == HeldKind::data_set) {
      auto opened = catalog_->open_data(held.key, held.member, O_RDWR);
      if (!opened) return opened.error();
      to = std::move(*opened);
    } else {
      to.reset(::open(held.path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
      if (!to) return net::system_error(errno, held.path);
    }
    return append_file(from.get(), to.get(), held.lines);
  }();
  if (appended) return;
  messages.push_back(text<"UNV3104E">(held.label, appended.error().text));
  fail(failure, appended.error(), "output of DISP=MOD was not appended to " + held.label);
}

// Written to with another DCB than the data set has: from now on the data set has that.
void JobAllocation::State::take_new_attributes(const HeldPart& held) {
  if (!held.new_attributes) return;
  struct stat status{};
  if (::stat(held.path.c_str(), &status) != 0) return;
  if (status.st_size == held.size && status.st_mtim.tv_sec == held.changed.tv_sec &&
      status.st_mtim.tv_nsec == held.changed.tv_nsec)
    return;
  const auto entry = look_up(held.key);
  if (!entry) return;
  auto attributes = entry->attributes;
  attributes.recfm = held.new_attributes->recfm;
  attributes.lrecl = held.new_attributes->lrecl;
  attributes.blksize = held.new_attributes->blksize;
  // A user who may write the data and not the catalogue keeps the old label; the data is what the program wrote.
  static_cast<void>(catalog_->set_attributes(held.key, attributes));
}

// What was written must be there after a power cut before the job's outcome says so.
void JobAllocation::State::sync(const HeldPart& held, DispositionFailure* failure) {
  if (!held.exclusive) return;
  const auto synced = catalog_->sync_data(held.key);
  // A program that may read nothing back (mode, rights) has its data in the page cache all the same.
  if (!synced && synced.error().code != net::Errc::not_permitted) fail(failure, synced.error(), held.label);
}

void JobAllocation::State::remove_temporary(const std::string& name, std::vector<std::string>& messages) {
  const auto found = temporaries_.find(name);
  if (found == temporaries_.end()) return;
  std::error_code error;
  std::filesystem::remove_all(found->second.path, error);  // does not follow links
  messages.push_back(error ? text<"IEF283I">(found->second.label) : text<"IEF285I">(found->second.label, "DELETED"));
  if (error) messages.push_back(text<"UNV3106E">(context_.job_name, found->second.label, error.message()));
  temporaries_.erase(found);
}

// KEEP, CATLG and UNCATLG of a temporary data set are PASS (JCL Reference, DISP).
void JobAllocation::State::dispose_temporary(const HeldPart& held, jcl::DispAction action,
                                             std::vector<std::string>& messages) {
  if (temporaries_.count(held.key) == 0) return;  // gone by another DD of this step
  if (action == jcl::DispAction::remove)
    remove_temporary(held.key, messages);
  else
    messages.push_back(text<"IEF285I">(held.label, "PASSED"));
}

void JobAllocation::State::roll_in(const dasd::GenerationName& name, std::vector<std::string>& messages,
                                   const std::string& label) {
  const auto rolled = catalog_->catalog_generation(name);
  if (!rolled) {
    messages.push_back(text<"IEF287I">(label, "CATALOGED"));
    messages.push_back(text<"UNV3106E">(step_label_, label, rolled.error().text));
    return;
  }
  messages.push_back(text<"IEF285I">(label, "CATALOGED"));
  const auto base = catalog_->gdg(name.base);
  for (const auto& old : rolled->rolled_off)
    messages.push_back(
        text<"UNV3103I">(dasd::to_string(old), name.base, base && base->scratch ? "DELETED" : "UNCATALOGED"));
  for (const auto& problem : rolled->problems) messages.push_back(text<"UNV3105W">("A GENERATION", name.base, problem));
}

void JobAllocation::State::dispose_data_set(const HeldPart& held, jcl::DispAction action,
                                            std::vector<std::string>& messages, DispositionFailure* failure) {
  const char* words[] = {"KEEP", "DELETE", "CATLG", "UNCATLG", "PASS"};
  const auto entry = catalog_->find_uncatalogued(held.key);
  if (!entry && entry.error().code == net::Errc::not_found) {
    passed_.erase(held.key);
    made_.erase(held.key);
    // Deleted by an earlier DD of this step: said already. By the program: worth a line.
    if (gone_.insert(held.key).second)
      messages.push_back(text<"UNV3102W">(held.label, words[static_cast<int>(action)]));
    return;
  }
  const auto not_done = [&](std::string message, const net::Error& error) {
    messages.push_back(std::move(message));
    messages.push_back(text<"UNV3106E">(step_label_, held.label, error.text));
  };
  if (action == jcl::DispAction::remove) {
    passed_.erase(held.key);
    if (const auto removed = catalog_->remove(held.key); !removed)
      return not_done(text<"IEF283I">(held.label), removed.error());
    made_.erase(held.key);
    gone_.insert(held.key);
    messages.push_back(text<"IEF285I">(held.label, "DELETED"));
    return;
  }
  take_new_attributes(held);
  sync(held, failure);
  const bool catalogued = entry && entry->attributes.catalogued;
  switch (action) {
    case jcl::DispAction::pass:
      passed_[held.key] = {held.made_by_job, held.abnormal};
      messages.push_back(text<"IEF285I">(held.label, "PASSED"));
      return;
    case jcl::DispAction::uncatlg:
      if (const auto done = catalog_->uncatalog(held.key); !done && catalogued)
        return not_done(text<"IEF287I">(held.label, "UNCATALOGED"), done.error());
      messages.push_back(text<"IEF285I">(held.label, "UNCATALOGED"));
      return;
    default: break;
  }
  // KEEP of a data set that the job made is CATLG, as for SMS-managed data sets: what has no place in the catalogue
  // could not be found again.
  const auto generation = dasd::parse_generation(held.key);
  if (held.made_by_job && !catalogued && generation && catalog_->gdg(generation->base))
    return roll_in(*generation, messages, held.label);
  if (held.made_by_job && !catalogued)
    if (const auto done = catalog_->recatalog(held.key); !done)
      return not_done(text<"IEF287I">(held.label, "CATALOGED"), done.error());
  messages.push_back(
      text<"IEF285I">(held.label, held.made_by_job && action == jcl::DispAction::catlg ? "CATALOGED" : "KEPT"));
}

std::vector<std::string> JobAllocation::State::end_job() {
  const ActAsUser user(context_.uid, context_.gid, context_.groups);
  std::vector<std::string> messages;
  step_label_ = context_.job_name;
  const auto passed = std::exchange(passed_, {});
  for (const auto& [dsn, how] : passed) {
    HeldPart held;
    held.label = held.key = dsn;
    held.made_by_job = how.made_by_job;
    // Not received by any step: the third part of DISP when a step abended since, else what its birth says.
    auto action = how.made_by_job ? jcl::DispAction::remove : jcl::DispAction::keep;
    if (any_abnormal_ && how.abnormal != jcl::DispAction::pass) action = how.abnormal;
    dispose_data_set(held, action, messages, nullptr);
  }
  while (!temporaries_.empty()) remove_temporary(std::string(temporaries_.begin()->first), messages);
  return messages;
}

}  // namespace sysplexd::jes
