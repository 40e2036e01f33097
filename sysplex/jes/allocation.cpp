// A step: its DDs in the order of the plan, then program, standard streams; all undone when one of them fails.
#include "sysplex/jes/allocation.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "config/message.hpp"
#include "sysplex/jes/allocation_files.hpp"
#include "sysplex/jes/allocation_state.hpp"
#include "sysplex/jes/allocation_user.hpp"

namespace sysplexd::jes {

using config::text;

JobAllocation::JobAllocation(const jcl::Plan& plan, AllocationContext context)
    : state_(std::make_unique<State>(plan, std::move(context))) {}
JobAllocation::~JobAllocation() = default;
JobAllocation::JobAllocation(JobAllocation&&) noexcept = default;

net::Result<StepAllocation> JobAllocation::allocate(const jcl::Step& step) { return state_->allocate(step); }
std::vector<std::string> JobAllocation::end_step(const jcl::Step& step, bool normal_end, DispositionFailure* failure) {
  return state_->end_step(step, normal_end, failure);
}
std::vector<std::string> JobAllocation::end_job() { return state_->end_job(); }
std::vector<spool::SpoolFile> JobAllocation::sysout_files() const { return state_->sysout_files(); }

JobAllocation::State::State(const jcl::Plan& plan, AllocationContext context)
    : plan_(plan), context_(std::move(context)), sysout_(sysout_slots(plan)) {}

std::string JobAllocation::State::label(const jcl::Step& step) const {
  std::string words = context_.job_name;
  if (!step.procstep.empty()) words += " " + step.procstep;
  if (!step.name.empty()) words += " " + step.name;
  return words;
}

net::Error JobAllocation::State::refuse(const std::string& why) const {
  return {net::Errc::invalid, text<"UNV3101E">(step_label_, where_, why)};
}

// An error of the catalogue or the system as the message that z/OS has for it.
net::Error JobAllocation::State::refuse(const net::Error& error, bool making) const {
  if (error.code == net::Errc::no_space || error.system_errno == EFBIG)
    return {net::Errc::no_space, text<"IEF257I">(step_label_, where_) + "\n" + refuse(error.text).text,
            error.system_errno};
  if (error.code == net::Errc::not_found && !making)
    return {net::Errc::not_found, text<"IEF212I">(step_label_, where_), error.system_errno};
  std::string words = refuse(error.text).text;
  if (making) words = text<"IEF344I">(step_label_, where_) + "\n" + words;
  return {error.code, std::move(words), error.system_errno};
}

net::Result<StepAllocation> JobAllocation::State::allocate(const jcl::Step& step) {
  SYSPLEXD_INVARIANT(step_ == nullptr, "the step before has ended");
  const ActAsUser user(context_.uid, context_.gid, context_.groups);
  step_ = &step;
  step_label_ = label(step);
  StepAllocation out;
  out.messages.push_back(text<"IEF236I">(step_label_));
  const auto allocated = [&]() -> net::Status {
    const bool steplib =
        std::any_of(step.dds.begin(), step.dds.end(), [](const auto& dd) { return dd.name == "STEPLIB"; });
    if (!steplib)
      if (auto done = allocate_joblib(out); !done) return done;
    for (const auto& dd : step.dds)
      if (auto done = allocate_dd(dd, out); !done) return done;
    if (auto done = find_program(out); !done) return done;
    if (auto done = connect_streams(out); !done) return done;
    for (const auto& path : truncate_) {
      where_ = "PATH=";
      if (::truncate(path.c_str(), 0) != 0) return refuse(net::system_error(errno, path), false);
    }
    return {};
  }();
  truncate_.clear();
  if (!allocated) {
    undo();
    return allocated.error();
  }
  undo_.clear();
  return out;
}

void JobAllocation::State::undo() {
  for (auto step = undo_.rbegin(); step != undo_.rend(); ++step) (*step)();
  for (const auto& path : work_files_) ::unlink(path.c_str());
  undo_.clear();
  work_files_.clear();
  held_.clear();
  dd_files_.clear();
  step_ = nullptr;
}

net::Status JobAllocation::State::catalog_ready() {
  if (catalog_) return {};
  auto opened = dasd::Catalog::open(context_.dasd_root);
  if (!opened) return refuse(opened.error().text);
  catalog_.emplace(std::move(*opened));
  return {};
}

std::string JobAllocation::State::work_file(const std::string& suffix) {
  auto path = fmt::format("{}/S{}.{}.{}", context_.temp_dir, step_->number, ++work_file_count_, suffix);
  work_files_.push_back(path);
  return path;
}

net::Status JobAllocation::State::allocate_dd(const jcl::Dd& dd, StepAllocation& out) {
  std::vector<DdFile> files;
  bool first = true;
  for (std::size_t part = 0; part < dd.parts.size(); ++part) {
    where_ = part == 0 ? dd.name : fmt::format("{} +{:03}", dd.name, part);
    const bool sysout = dd.parts[part].kind == jcl::DdKind::sysout;
    if (sysout && dd.parts.size() > 1) return refuse("SYSOUT CANNOT BE PART OF A CONCATENATION");
    if (auto done = allocate_part(dd.parts[part], files); !done) return done;
    const char* device = "DASD";
    switch (dd.parts[part].kind) {
      case jcl::DdKind::dummy: device = "DMY"; break;
      case jcl::DdKind::sysout:
      case jcl::DdKind::instream: device = "JES2"; break;
      case jcl::DdKind::dataset: device = dd.parts[part].dsname.temporary ? "VIO" : "DASD"; break;
      case jcl::DdKind::path: device = "HFS"; break;
    }
    out.messages.push_back(text<"IEF237I">(device, first ? dd.name : std::string(8, ' ')));
    first = false;
  }
  where_ = dd.name;
  DdFile file;
  if (auto done = join(dd, files, file, out); !done) return done;
  if (!dd_files_.emplace(dd.name, file).second) return {};  // of two DDs of one name the program sees the first
  out.environment.emplace_back("DD_" + dd.name, file.path);
  const bool lines_by_nature =
      dd.parts.size() == 1 && (dd.parts.front().kind == jcl::DdKind::sysout ||
                               (dd.parts.front().kind == jcl::DdKind::instream && !file.attributes.fixed()));
  if (const auto dcb = file.attributes.dcb_text(); !dcb.empty() && !file.folder && !lines_by_nature)
    out.environment.emplace_back("DCB_" + dd.name, dcb);
  const auto& only = dd.parts.front();
  const bool append = only.kind == jcl::DdKind::path
                          ? std::count(only.path_options.begin(), only.path_options.end(), "OAPPEND") != 0
                          : only.kind == jcl::DdKind::dataset && only.disp.status == jcl::DispStatus::mod;
  if (dd.parts.size() == 1 && append) out.environment.emplace_back("DISP_" + dd.name, "MOD");
  if (dd.name == "STEPLIB" && !file.dummy) {
    for (const auto& library : files) {
      if (library.dummy) break;
      if (!library.folder) return refuse(library.name + " IS NO LIBRARY");
      out.libraries.push_back(library.path);
    }
  }
  return {};
}

net::Result<net::UniqueFd> JobAllocation::State::open_input(const DdFile& file) const {
  if (!file.dsn.empty()) return catalog_->open_data(file.dsn, file.member, O_RDONLY);
  net::UniqueFd fd(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return net::system_error(errno, file.name);
  return fd;
}

// Several parts as one path. A DUMMY ends a concatenation: what stands after it is never read.
net::Status JobAllocation::State::join(const jcl::Dd& dd, const std::vector<DdFile>& files, DdFile& joined,
                                       StepAllocation& out) {
  std::size_t count = 0;
  while (count < files.size() && !files[count].dummy) ++count;
  if (count == 0) {
    joined.path = "/dev/null";
    joined.dummy = true;
    if (!files.empty()) joined.attributes = files.front().attributes;
    return {};
  }
  joined = files.front();
  if (count == 1) return {};
  const auto folders = static_cast<std::size_t>(std::count_if(
      files.begin(), files.begin() + static_cast<std::ptrdiff_t>(count), [](const auto& f) { return f.folder; }));
  if (folders == count) {
    for (std::size_t i = 1; i < count; ++i) joined.path += ":" + files[i].path;
    return {};
  }
  if (folders != 0) return refuse("LIBRARIES AND SEQUENTIAL DATA SETS CANNOT BE CONCATENATED");
  joined.path = work_file(dd.name);
  std::vector<JoinSource> sources;
  for (std::size_t i = 0; i < count; ++i) {
    JoinSource source;
    source.name = files[i].name;
    source.fixed = files[i].attributes.fixed() ? files[i].attributes.lrecl : 0;
    auto opened = open_input(files[i]);
    if (!opened && opened.error().code == net::Errc::not_found && files[i].missing) {
      if (out.abend.empty()) {
        out.abend = "S013";
        out.abend_reason = text<"IEC141I">(step_label_ + " " + dd.name, files[i].name);
      }
      return {};
    }
    if (!opened) return refuse(opened.error(), false);
    source.file = std::move(*opened);
    struct stat status{};
    if (::fstat(source.file.get(), &status) != 0) return refuse(net::system_error(errno, files[i].name), false);
    if (!S_ISREG(status.st_mode)) return refuse(files[i].name + " IS NO REGULAR FILE");
    sources.push_back(std::move(source));
  }
  const auto& attributes = files.front().attributes;
  auto done = join_files(sources, attributes.fixed() ? attributes.lrecl : 0, joined.path);
  return done ? done : net::Status(refuse(done.error(), false));
}

net::Status JobAllocation::State::allocate_joblib(StepAllocation& out) {
  for (std::size_t i = 0; i < plan_.joblib.size(); ++i) {
    const auto& part = plan_.joblib[i];
    where_ = i == 0 ? "JOBLIB" : fmt::format("JOBLIB +{:03}", i);
    if (part.kind == jcl::DdKind::dummy) return {};
    if (part.kind == jcl::DdKind::path) {
      out.libraries.push_back(part.path);
      continue;
    }
    if (part.kind != jcl::DdKind::dataset) return refuse("JOBLIB NEEDS LIBRARIES");
    auto dsn = resolve(part.dsname);
    if (!dsn) return dsn.error();
    const auto entry = look_up(*dsn);
    if (!entry) return refuse(entry.error(), false);
    if (entry->kind != dasd::EntryKind::library) return refuse(*dsn + " IS NO LIBRARY");
    out.libraries.push_back(catalog_->path(*dsn));
  }
  return {};
}

// PGM=*.step.dd: the member of the data set of that DD. That it is there is the step runner's to find out (S806).
net::Status JobAllocation::State::find_program(StepAllocation& out) {
  const auto& name = step_->program_dsn;
  if (name.name.empty()) return {};
  where_ = "PGM=";
  std::string path;
  bool folder = false;
  if (name.temporary) {
    const auto found = temporaries_.find(name.name);
    if (found == temporaries_.end()) return refuse(net::Error{net::Errc::not_found, {}}, false);
    path = found->second.path;
    folder = found->second.folder;
  } else {
    auto dsn = resolve(name);
    if (!dsn) return dsn.error();
    const auto entry = look_up(*dsn);
    if (!entry) return refuse(entry.error(), false);
    path = catalog_->path(*dsn);
    folder = entry->kind == dasd::EntryKind::library;
  }
  const std::string member = name.member.empty() ? step_->program : name.member;
  if (folder && !dasd::valid_member(member)) return refuse("'" + dasd::printable(member) + "' IS NO MEMBER NAME");
  out.program_path = folder ? path + "/" + member : path;
  return {};
}

net::Status JobAllocation::State::connect_streams(StepAllocation& out) {
  const auto stream = [&](const std::string& ddname, bool input, std::string& path) -> net::Status {
    const auto found = dd_files_.find(ddname);
    if (found == dd_files_.end()) return {};
    const auto& file = found->second;
    where_ = ddname;
    if (file.folder) return refuse(file.name + " IS A LIBRARY: NAME A MEMBER OF IT");
    struct stat status{};
    if (input && file.missing && ::stat(file.path.c_str(), &status) != 0 && out.abend.empty()) {
      out.abend = "S013";
      out.abend_reason = text<"IEC141I">(step_label_ + " " + ddname, file.name);
    }
    path = file.path;
    return {};
  };
  out.stdin_path = "/dev/null";
  if (auto done = stream("SYSIN", true, out.stdin_path); !done) return done;
  const auto* output = output_dd(*step_);
  out.stdout_path = context_.sysout_prefix + sysout_name(*step_, "STDOUT");
  if (output != nullptr)
    if (auto done = stream(output->name, false, out.stdout_path); !done) return done;
  out.stderr_path = out.stdout_path;
  return stream("STDERR", false, out.stderr_path);
}

}  // namespace sysplexd::jes
