// Allocation: carries out the DDs of a step on the data set catalogue, and their dispositions when the step and the job
// end (jcl-zosmf.md 2.5). Called by the initiator only, one object a job; blocking calls.
//
//   JobAllocation job(plan, context);
//   for each step that runs:  allocate(step)  ->  run it  ->  end_step(step, normal_end)
//   end_job(), then sysout_files() for the outcome record
//
// A failed allocate() has undone all of that step; end_step() is then not called. What a killed initiator leaves is the
// job's temporary folder, removed by whoever ends the job, and data sets as the program itself would have left them.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "net/result.hpp"
#include "sysplex/dasd/catalog.hpp"
#include "sysplex/jcl/plan.hpp"
#include "sysplex/spool/job_file.hpp"

namespace sysplexd::jes {

struct AllocationContext {
  std::string dasd_root;      // catalogue root
  std::string temp_dir;       // of this job, made by the initiator, owned by the job's user
  std::string sysout_prefix;  // absolute: …/JOB00001; files are <prefix>.S<step>.<DDNAME>
  std::string jobid, job_name;
  std::string owner;           // user name, for attributes and messages
  uid_t uid = 0;               // of the job's user. When we are root and this is not, every file call is made with
  gid_t gid = 0;               // his rights, and what is made belongs to him
  std::vector<gid_t> groups;   // his supplementary groups
  std::int64_t started_s = 0;  // job start, seconds since 1970; in the names of temporary data sets
};

struct StepAllocation {
  std::vector<std::pair<std::string, std::string>> environment;  // DD_X, DCB_X, DISP_X (MOD)
  std::string stdin_path;                                        // SYSIN, else /dev/null
  std::string stdout_path;             // SYSPRINT, else SYSOUT, else STDOUT, else the step's own SYSOUT file STDOUT
  std::string stderr_path;             // STDERR, else stdout_path (open it once then)
  std::vector<std::string> libraries;  // STEPLIB, else JOBLIB: folders in search order; the linklist comes after them
  std::string program_path;            // PGM=*.step.dd: the program file, there or not; empty otherwise
  std::vector<std::string> messages;   // for JESYSMSG: IEF236I, IEF237I
  // The data sets are allocated and the step abends before its program starts: a member that must be read now
  // (SYSIN, part of a concatenation) is not in its library: S013, reason 18. Empty: run it.
  std::string abend, abend_reason;
};

// end_step() could not do what data depends on: the step ends with this abend even when its program ended well.
struct DispositionFailure {
  std::string abend;  // SE37 no space, S013 no permission, S001 I/O error
  std::string reason;
};

// SYSOUT files of the plan that are there, with sizes. Ids count from 101 over all SYSOUT DDs in order of the plan,
// whether or not a file was made; the own STDOUT of a step comes after its DDs. Also for a job that still runs.
std::vector<spool::SpoolFile> sysout_files(const jcl::Plan& plan, const std::string& sysout_prefix);

class JobAllocation {
 public:
  JobAllocation(const jcl::Plan& plan, AllocationContext context);  // plan must outlive this
  ~JobAllocation();
  JobAllocation(JobAllocation&&) noexcept;

  // The error text is the z/OS messages, one a line (IEF212I …): the step is not run, the job ends JCL ERROR.
  net::Result<StepAllocation> allocate(const jcl::Step& step);
  // Carries out the dispositions; the answer is for JESYSMSG (IEF285I …). Not normal: the third part of DISP.
  std::vector<std::string> end_step(const jcl::Step& step, bool normal_end, DispositionFailure* failure = nullptr);
  // Passed data sets that no step received: removed when this job made them, else kept. Temporary ones too.
  std::vector<std::string> end_job();
  std::vector<spool::SpoolFile> sysout_files() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace sysplexd::jes
