// One part of a DD: what stands behind it, made or found.
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "config/message.hpp"
#include "sysplex/jes/allocation_files.hpp"
#include "sysplex/jes/allocation_state.hpp"

namespace sysplexd::jes {

using config::text;

namespace {

// DCB= of the DD over what the data set has.
void overlay(dasd::Attributes& attributes, const jcl::Dcb& dcb) {
  if (!dcb.recfm.empty()) attributes.recfm = dcb.recfm;
  if (dcb.lrecl != 0) attributes.lrecl = dcb.lrecl;
  if (dcb.blksize != 0) attributes.blksize = dcb.blksize;
  // RECFM=F,BLKSIZE=n without LRECL: unblocked, one record a block.
  if (attributes.recfm.starts_with('F') && attributes.lrecl == 0 && attributes.recfm.find('B') == std::string::npos)
    attributes.lrecl = attributes.blksize;
}

bool has_option(const jcl::DdPart& part, std::string_view option) {
  return std::find(part.path_options.begin(), part.path_options.end(), option) != part.path_options.end();
}

}  // namespace

net::Status JobAllocation::State::allocate_part(const jcl::DdPart& part, std::vector<DdFile>& files) {
  switch (part.kind) {
    case jcl::DdKind::dummy: {
      DdFile file;
      file.path = "/dev/null";
      file.dummy = true;
      overlay(file.attributes, part.dcb);
      files.push_back(std::move(file));
      return {};
    }
    case jcl::DdKind::sysout: {
      const std::string name = sysout_name(*step_, where_);
      DdFile file;
      file.path = context_.sysout_prefix + name;
      HeldPart held;
      held.kind = HeldKind::sysout;
      for (const auto& slot : sysout_)
        if (slot.name == name)
          held.label = fmt::format("{}.{}.{}.D{:07}.?", context_.owner, context_.job_name, context_.jobid, slot.id);
      held_.push_back(std::move(held));
      files.push_back(std::move(file));
      return {};
    }
    case jcl::DdKind::instream: return allocate_instream(part, files);
    case jcl::DdKind::path: return allocate_path(part, files);
    case jcl::DdKind::dataset: break;
  }
  if (auto ready = catalog_ready(); !ready) return ready;
  return part.dsname.temporary ? allocate_temporary(part, files) : allocate_data_set(part, files);
}

net::Status JobAllocation::State::allocate_instream(const jcl::DdPart& part, std::vector<DdFile>& files) {
  DdFile file;
  file.name = where_;
  overlay(file.attributes, part.dcb);
  const auto bytes = instream_bytes(part.data, file.attributes.fixed() ? file.attributes.lrecl : 0);
  if (!bytes) return refuse(bytes.error().text);
  file.path = work_file("in");
  if (auto written = write_new_file(file.path, *bytes); !written) return refuse(written.error(), true);
  HeldPart held;
  held.kind = HeldKind::instream;
  held.label = fmt::format("{}.{}.{}.I{:07}.?", context_.owner, context_.job_name, context_.jobid, work_file_count_);
  held_.push_back(std::move(held));
  // Lines, whatever RECFM says, unless the records are fixed.
  if (!file.attributes.fixed()) file.attributes = {};
  files.push_back(std::move(file));
  return {};
}

net::Status JobAllocation::State::allocate_path(const jcl::DdPart& part, std::vector<DdFile>& files) {
  const auto failed = [&](int error) {
    auto refused = refuse(net::system_error(error, part.path), error == ENOSPC || error == EDQUOT);
    if (refused.code != net::Errc::no_space)
      refused.text =
          text<"IGD17501I">(dasd::printable(part.path), net::system_error(error, step_label_ + " " + where_).text);
    return refused;
  };
  if (part.path.empty() || part.path.front() != '/' || part.path.find('\0') != std::string::npos)
    return refuse("PATH='" + dasd::printable(part.path) + "' IS NOT ABSOLUTE");
  struct stat status{};
  bool there = ::stat(part.path.c_str(), &status) == 0;
  if (!there && errno != ENOENT) return failed(errno);
  const bool create = has_option(part, "OCREAT");
  if (there && create && has_option(part, "OEXCL")) return failed(EEXIST);
  if (!there && !create) return failed(ENOENT);
  HeldPart held;
  held.kind = HeldKind::unix_file;
  if (!there) {
    const net::UniqueFd made(::open(part.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600));
    if (!made) return failed(errno);
    undo_.push_back([path = part.path] { ::unlink(path.c_str()); });
    if (::fchmod(made.get(), part.path_mode.value_or(0600) & 07777) != 0) return failed(errno);
    if (::fstat(made.get(), &status) != 0) return failed(errno);
  } else if (has_option(part, "OTRUNC") && S_ISREG(status.st_mode) && status.st_size > 0 &&
             !has_option(part, "OAPPEND")) {
    truncate_.push_back(part.path);  // once nothing of the step can fail any more
  }
  DdFile file;
  file.name = file.path = part.path;
  file.folder = S_ISDIR(status.st_mode);
  overlay(file.attributes, part.dcb);
  held.label = held.path = part.path;
  held.lines = !file.attributes.fixed();
  held.made_by_job = !there;
  held.exclusive = true;
  held.normal = part.disp.normal;  // PATHDISP; the converter filled in KEEP where it is not coded
  held.abnormal = part.disp.abnormal;
  if (has_option(part, "OAPPEND") && S_ISREG(status.st_mode) && status.st_size > 0)
    if (auto staged = stage(part, held, file); !staged) return staged;
  held_.push_back(std::move(held));
  files.push_back(std::move(file));
  return {};
}

dasd::Attributes JobAllocation::State::new_attributes(const jcl::DdPart& part) const {
  dasd::Attributes attributes;
  overlay(attributes, part.dcb);
  attributes.dsorg = part.library || part.dcb.dsorg.starts_with("PO") || !part.dsname.member.empty() ? "PO" : "PS";
  attributes.owner = context_.owner;
  return attributes;
}

// SYSyyddd.Thhmmss.RA000.jobname.name.Hnn, as JES names it.
std::string JobAllocation::State::temporary_label(const std::string& name) {
  const auto start = fmt::localtime(static_cast<std::time_t>(context_.started_s));
  return fmt::format("SYS{:%y%j}.T{:%H%M%S}.RA000.{}.{}.H{:02}", start, start, context_.job_name, name,
                     ++temporary_count_ % 100);
}

net::Status JobAllocation::State::allocate_temporary(const jcl::DdPart& part, std::vector<DdFile>& files) {
  const std::string& name = part.dsname.name;
  if (!dasd::valid_dsn(name)) return refuse("&&" + dasd::printable(name) + " IS NO TEMPORARY NAME");
  if (!part.dsname.member.empty() && !dasd::valid_member(part.dsname.member))
    return refuse("'" + dasd::printable(part.dsname.member) + "' IS NO MEMBER NAME");
  auto found = temporaries_.find(name);
  const bool is_new = part.disp.status == jcl::DispStatus::is_new ||
                      (part.disp.status == jcl::DispStatus::mod && found == temporaries_.end());
  if (is_new && found != temporaries_.end()) return net::Error{net::Errc::exists, text<"IEF253I">(step_label_, where_)};
  if (!is_new && found == temporaries_.end())
    return net::Error{net::Errc::not_found, text<"IEF212I">(step_label_, where_)};
  if (is_new) {
    Temporary temporary;
    temporary.attributes = new_attributes(part);
    if (const auto good = dasd::check(temporary.attributes); !good) return refuse(good.error().text);
    temporary.folder = temporary.attributes.dsorg == "PO";
    temporary.path = context_.temp_dir + "/T." + name;
    temporary.label = temporary_label(name);
    if (temporary.folder) {
      if (::mkdir(temporary.path.c_str(), 0700) != 0) return refuse(net::system_error(errno, temporary.path), true);
    } else if (auto made = write_new_file(temporary.path, {}); !made) {
      return refuse(made.error(), true);
    }
    found = temporaries_.emplace(name, std::move(temporary)).first;
    undo_.push_back([this, name] {
      std::vector<std::string> unheard;
      remove_temporary(name, unheard);
    });
  }
  const auto& temporary = found->second;
  DdFile file;
  file.name = "&&" + name;
  file.path = temporary.path;
  file.attributes = temporary.attributes;
  file.folder = temporary.folder;
  overlay(file.attributes, part.dcb);
  HeldPart held;
  held.kind = HeldKind::temporary;
  held.label = temporary.label;
  held.key = name;
  held.path = temporary.path;
  held.lines = !file.attributes.fixed();
  held.normal = part.disp.normal;
  held.abnormal = part.disp.abnormal;
  if (!part.dsname.member.empty()) {
    if (!temporary.folder) return refuse("&&" + name + " IS NO LIBRARY");
    file.name += "(" + part.dsname.member + ")";
    file.path += "/" + part.dsname.member;
    file.folder = false;
    file.missing = ::access(file.path.c_str(), F_OK) != 0;
  }
  if (part.disp.status == jcl::DispStatus::mod && !is_new && !file.folder)
    if (auto staged = stage(part, held, file); !staged) return staged;
  held_.push_back(std::move(held));
  files.push_back(std::move(file));
  return {};
}

// Relative numbers mean what they meant at the job's first reference to the group; (+1) stays one data set.
net::Result<dasd::GenerationName> JobAllocation::State::resolve_relative(const std::string& base, int relative) {
  auto known = groups_.find(base);
  if (known == groups_.end()) {
    auto now = catalog_->generations(base);
    if (!now) return now.error();
    known = groups_.emplace(base, std::move(*now)).first;
  }
  return dasd::resolve_relative(base, known->second, relative);
}

net::Result<std::string> JobAllocation::State::resolve(const jcl::DsName& name) {
  if (auto ready = catalog_ready(); !ready) return ready.error();
  if (!dasd::valid_dsn(name.name)) {
    const auto why = dasd::parse_dsn(name.name);
    return refuse(why ? "'" + dasd::printable(name.name) + "' IS NO DATA SET NAME" : why.error().text);
  }
  if (!name.member.empty() && !dasd::valid_member(name.member))
    return refuse("'" + dasd::printable(name.member) + "' IS NO MEMBER NAME");
  if (!name.generation) return name.name;
  const auto generation = resolve_relative(name.name, *name.generation);
  if (!generation) return refuse(generation.error(), false);
  return dasd::to_string(*generation);
}

// The generations that a group's name without a number stands for; nullopt: it is no group.
net::Result<std::optional<std::vector<dasd::GenerationName>>> JobAllocation::State::whole_group(
    const jcl::DsName& name) {
  using Answer = std::optional<std::vector<dasd::GenerationName>>;
  if (name.generation || !name.member.empty() || !dasd::valid_gdg_base(name.name)) return Answer();
  const auto entry = catalog_->find_uncatalogued(name.name);
  if (!entry || entry->kind != dasd::EntryKind::gdg_base) return Answer();
  auto all = catalog_->generations(name.name);
  if (!all) return refuse(all.error(), false);
  return Answer(std::move(*all));
}

// A data set of this job is found before it is catalogued: a new generation between its steps.
net::Result<dasd::Entry> JobAllocation::State::look_up(const std::string& dsn) {
  return made_.count(dsn) != 0 ? catalog_->find_uncatalogued(dsn) : catalog_->find(dsn);
}

net::Status JobAllocation::State::allocate_data_set(const jcl::DdPart& part, std::vector<DdFile>& files) {
  const auto& name = part.dsname;
  const bool is_new = part.disp.status == jcl::DispStatus::is_new;
  const bool mod = part.disp.status == jcl::DispStatus::mod;
  const auto incompatible = [&] { return net::Error{net::Errc::invalid, text<"IEF286I">(step_label_, where_)}; };
  const auto group = whole_group(name);
  if (!group) return group.error();
  if (*group) {
    if (is_new || mod) return incompatible();
    if ((*group)->empty()) return net::Error{net::Errc::not_found, text<"IEF212I">(step_label_, where_)};
    for (const auto& generation : **group)
      if (auto done = allocate_old(part, dasd::to_string(generation), files); !done) return done;
    return {};
  }
  if (is_new && name.generation && *name.generation <= 0) return incompatible();
  const auto dsn = resolve(name);
  if (!dsn) return dsn.error();
  if (is_new) return allocate_new(part, *dsn, files);
  if (mod) {
    const auto entry = look_up(*dsn);
    if (!entry && entry.error().code == net::Errc::not_found) return allocate_new(part, *dsn, files);
  }
  return allocate_old(part, *dsn, files);
}

net::Status JobAllocation::State::allocate_new(const jcl::DdPart& part, const std::string& dsn,
                                               std::vector<DdFile>& files) {
  const auto duplicate = [&] { return net::Error{net::Errc::exists, text<"IEF253I">(step_label_, where_)}; };
  if (made_.count(dsn) != 0 && catalog_->find_uncatalogued(dsn)) return duplicate();
  const auto attributes = new_attributes(part);
  // A generation, also by its absolute name, counts only once its step has ended well.
  auto generation = dasd::parse_generation(dsn);
  if (generation && !catalog_->gdg(generation->base)) generation.reset();
  const auto created =
      generation ? catalog_->create_generation(*generation, attributes) : catalog_->create(dsn, attributes);
  if (!created && created.error().code == net::Errc::exists) {
    if (!catalog_->find(dsn)) return duplicate();
    return net::Error{net::Errc::exists, text<"IEF344I">(step_label_, where_) + "\n" + text<"IGD17101I">(dsn)};
  }
  if (!created) return refuse(created.error(), true);
  made_.insert(dsn);
  undo_.push_back([this, dsn] {
    static_cast<void>(catalog_->remove(dsn));  // what cannot be removed stays empty; the step has failed anyhow
    made_.erase(dsn);
  });
  DdFile file;
  file.name = dsn;
  file.dsn = dsn;
  file.path = catalog_->path(dsn);
  file.attributes = attributes;
  file.folder = attributes.dsorg == "PO";
  HeldPart held;
  held.kind = HeldKind::data_set;
  held.label = held.key = dsn;
  held.path = file.path;
  held.made_by_job = true;
  held.exclusive = true;
  held.normal = part.disp.normal;
  held.abnormal = part.disp.abnormal;
  if (!part.dsname.member.empty()) {
    file.name += "(" + part.dsname.member + ")";
    file.member = part.dsname.member;
    file.path = catalog_->path(dsn, part.dsname.member);
    file.folder = false;
    file.missing = true;
  }
  held_.push_back(std::move(held));
  files.push_back(std::move(file));
  return {};
}

net::Status JobAllocation::State::allocate_old(const jcl::DdPart& part, const std::string& dsn,
                                               std::vector<DdFile>& files) {
  const auto entry = look_up(dsn);
  if (!entry) return refuse(entry.error(), false);
  DdFile file;
  file.name = dsn;
  file.dsn = dsn;
  file.path = catalog_->path(dsn);
  file.attributes = entry->attributes;
  file.folder = entry->kind == dasd::EntryKind::library;
  overlay(file.attributes, part.dcb);
  HeldPart held;
  held.kind = HeldKind::data_set;
  held.label = held.key = dsn;
  held.path = file.path;
  held.lines = !file.attributes.fixed();
  held.made_by_job = made_.count(dsn) != 0;
  held.exclusive = part.disp.status != jcl::DispStatus::shr;
  held.normal = part.disp.normal;
  held.abnormal = part.disp.abnormal;
  if (!part.dsname.member.empty()) {
    if (!file.folder) return refuse(dsn + " IS NO LIBRARY");
    const auto library = catalog_->library(dsn);
    if (!library) return refuse(library.error(), false);
    const auto member = library->find(part.dsname.member);
    if (!member && member.error().code != net::Errc::not_found) return refuse(member.error(), false);
    file.missing = !member;
    file.name += "(" + part.dsname.member + ")";
    file.member = held.member = part.dsname.member;
    file.path = catalog_->path(dsn, part.dsname.member);
    file.folder = false;
  }
  if (part.disp.status == jcl::DispStatus::mod && !file.folder)
    if (auto staged = stage(part, held, file); !staged) return staged;
  // OPEN for output takes DCB= of the DD into the label, as on z/OS; whether it was opened shows in the file.
  if (part.disp.status == jcl::DispStatus::old && entry->kind == dasd::EntryKind::data_set &&
      !(file.attributes == entry->attributes)) {
    struct stat status{};
    if (::stat(held.path.c_str(), &status) == 0) {
      held.new_attributes = file.attributes;
      held.changed = status.st_mtim;
      held.size = status.st_size;
    }
  }
  // Received: the end of the job has nothing to do with it any more, unless this step passes it on.
  if (const auto passed = passed_.find(dsn); passed != passed_.end()) {
    undo_.push_back([this, dsn, before = passed->second] { passed_[dsn] = before; });
    passed_.erase(passed);
  }
  held_.push_back(std::move(held));
  files.push_back(std::move(file));
  return {};
}

// DISP=MOD on a data set that holds something: the program gets a fresh file, whose bytes go to the end of the data set
// at step end. So one that truncates (OPEN OUTPUT, shell >) appends as on z/OS. Not for what is deleted anyhow.
net::Status JobAllocation::State::stage(const jcl::DdPart& part, HeldPart& held, DdFile& file) {
  if (part.kind == jcl::DdKind::dataset && part.disp.normal == jcl::DispAction::remove &&
      part.disp.abnormal == jcl::DispAction::remove)
    return {};
  struct stat status{};
  if (::stat(file.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return {};
  const std::string fresh = work_file("mod");
  if (auto made = write_new_file(fresh, {}); !made) return refuse(made.error(), true);
  held.path = file.path;
  held.staged = file.path = fresh;
  file.dsn.clear();
  return {};
}

}  // namespace sysplexd::jes
