// What JobAllocation keeps between steps. Private to allocation*.cpp:
//   allocation.cpp              a step: its DDs in order, undo, streams, libraries
//   allocation_data_set.cpp     one part of a DD: data set, temporary, in-stream, UNIX file, SYSOUT
//   allocation_disposition.cpp  end of step and job
//   allocation_sysout.cpp       numbers of SYSOUT files
#pragma once
#include <sys/stat.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sysplex/dasd/catalog.hpp"
#include "sysplex/jes/allocation.hpp"

namespace sysplexd::jes {

// SYSOUT DDs of a plan in order, with the own STDOUT of each step that needs one; the id is 101 + index.
struct SysoutSlot {
  std::uint32_t id = 0;
  const jcl::Step* step = nullptr;
  std::string ddname, sysout_class, name;  // name: of the file, behind the prefix: ".S2.SYSPRINT"
};
std::vector<SysoutSlot> sysout_slots(const jcl::Plan& plan);
// Has the step a DD for standard output? Otherwise it gets an own SYSOUT file STDOUT.
const jcl::Dd* output_dd(const jcl::Step& step);
std::string sysout_name(const jcl::Step& step, const std::string& ddname);

// A part of a DD as the program gets it.
struct DdFile {
  std::string name;  // for messages: A.B(MEMBER), &&T, a path
  std::string path;
  std::string dsn, member;      // of the catalogue; empty: something else
  dasd::Attributes attributes;  // data set's, with the DCB of the DD over them
  bool folder = false;
  bool dummy = false;
  bool missing = false;  // a member that is not there; the program may make it
};

enum class HeldKind : unsigned char { sysout, instream, temporary, data_set, unix_file };

// One part of a DD between allocate() and end_step().
struct HeldPart {
  HeldKind kind = HeldKind::data_set;
  std::string label;   // in IEF285I
  std::string key;     // data_set: DSN; temporary: its name; else empty
  std::string path;    // what DISP works on
  std::string staged;  // DISP=MOD: the fresh file whose bytes go to the end of path
  std::string member;
  bool lines = true;
  bool exclusive = false;  // not SHR: what was written is synced
  bool made_by_job = false;
  jcl::DispAction normal = jcl::DispAction::keep, abnormal = jcl::DispAction::keep;
  // DISP=OLD with DCB: the attributes that hold when the program wrote to it, and how to see that it did.
  std::optional<dasd::Attributes> new_attributes;
  timespec changed{};
  off_t size = 0;
};

struct Passed {
  bool made_by_job = false;
  jcl::DispAction abnormal = jcl::DispAction::keep;  // when the job ends after an abend
};

struct Temporary {
  std::string path, label;
  dasd::Attributes attributes;
  bool folder = false;
};

class JobAllocation::State {
 public:
  State(const jcl::Plan& plan, AllocationContext context);

  net::Result<StepAllocation> allocate(const jcl::Step& step);
  std::vector<std::string> end_step(const jcl::Step& step, bool normal_end, DispositionFailure* failure);
  std::vector<std::string> end_job();
  std::vector<spool::SpoolFile> sysout_files() const;

 private:
  // --- a step
  net::Status allocate_dd(const jcl::Dd& dd, StepAllocation& out);
  net::Status allocate_joblib(StepAllocation& out);
  net::Status find_program(StepAllocation& out);
  net::Status connect_streams(StepAllocation& out);
  net::Result<net::UniqueFd> open_input(const DdFile& file) const;
  net::Status join(const jcl::Dd& dd, const std::vector<DdFile>& files, DdFile& joined, StepAllocation& out);
  void undo();

  // --- one part of a DD; where_ names it
  net::Status allocate_part(const jcl::DdPart& part, std::vector<DdFile>& files);
  net::Status allocate_instream(const jcl::DdPart& part, std::vector<DdFile>& files);
  net::Status allocate_path(const jcl::DdPart& part, std::vector<DdFile>& files);
  net::Status allocate_data_set(const jcl::DdPart& part, std::vector<DdFile>& files);
  net::Status allocate_temporary(const jcl::DdPart& part, std::vector<DdFile>& files);
  net::Status allocate_new(const jcl::DdPart& part, const std::string& dsn, std::vector<DdFile>& files);
  net::Status allocate_old(const jcl::DdPart& part, const std::string& dsn, std::vector<DdFile>& files);
  net::Status stage(const jcl::DdPart& part, HeldPart& held, DdFile& file);
  // The error is a message already.
  net::Result<std::string> resolve(const jcl::DsName& name);
  net::Result<dasd::GenerationName> resolve_relative(const std::string& base, int relative);
  net::Result<std::optional<std::vector<dasd::GenerationName>>> whole_group(const jcl::DsName& name);
  net::Result<dasd::Entry> look_up(const std::string& dsn);
  dasd::Attributes new_attributes(const jcl::DdPart& part) const;
  std::string temporary_label(const std::string& name);
  std::string work_file(const std::string& suffix);
  net::Status catalog_ready();

  // --- dispositions
  void append_staged(HeldPart& held, std::vector<std::string>& messages, DispositionFailure* failure);
  void take_new_attributes(const HeldPart& held);
  void dispose_temporary(const HeldPart& held, jcl::DispAction action, std::vector<std::string>& messages);
  void dispose_data_set(const HeldPart& held, jcl::DispAction action, std::vector<std::string>& messages,
                        DispositionFailure* failure);
  void roll_in(const dasd::GenerationName& name, std::vector<std::string>& messages, const std::string& label);
  void sync(const HeldPart& held, DispositionFailure* failure);
  void remove_temporary(const std::string& name, std::vector<std::string>& messages);

  // --- messages
  std::string label(const jcl::Step& step) const;                 // JOB [PROCSTEP] STEP
  net::Error refuse(const std::string& why) const;                // UNV3101E
  net::Error refuse(const net::Error& error, bool making) const;  // as its code says

  const jcl::Plan& plan_;
  const AllocationContext context_;
  const std::vector<SysoutSlot> sysout_;
  std::optional<dasd::Catalog> catalog_;

  // Of the job.
  std::map<std::string, std::vector<dasd::GenerationName>> groups_;  // base -> generations at the first reference
  std::map<std::string, Temporary> temporaries_;
  std::set<std::string> made_;  // data sets that the job made and that are still there
  std::map<std::string, Passed> passed_;
  int temporary_count_ = 0;
  bool any_abnormal_ = false;

  // Of the running step.
  const jcl::Step* step_ = nullptr;
  std::string step_label_, where_;  // where_: "SYSUT1", "SYSUT1 +001"
  std::vector<HeldPart> held_;
  std::map<std::string, DdFile> dd_files_;
  std::vector<std::string> work_files_;  // in-stream data, concatenations, staged output: gone at step end
  std::set<std::string> gone_;           // deleted by this step, or found gone: said once
  std::vector<std::string> truncate_;    // PATHOPTS=OTRUNC: done last, since it cannot be undone
  std::vector<std::function<void()>> undo_;
  int work_file_count_ = 0;
};

}  // namespace sysplexd::jes
