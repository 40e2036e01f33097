// Where procedures and INCLUDE members come from: JCLLIB libraries through the catalogue, the [jes] proclib folders,
// then the built-in procedures. Records what it gave, so that the job file holds all that the converter read.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "sysplex/jcl/converter.hpp"
#include "sysplex/spool/job_file.hpp"

namespace sysplexd::jes {

struct ProclibOptions {
  std::vector<std::string>
      folders;            // [jes] proclib; a member is MEMBER, MEMBER.jcl or MEMBER.proc, upper or lower case
  std::string dasd_root;  // empty: JCLLIB libraries are not there (jcl check without a configuration)
};

class RecordingSource {
 public:
  explicit RecordingSource(const ProclibOptions& options) : options_(options) {}
  jcl::MemberSource source();  // valid while this lives
  std::vector<spool::MemberText> take() { return std::move(given_); }

 private:
  std::optional<std::string> read(const std::string& library, const std::string& member) const;
  const ProclibOptions& options_;
  std::vector<spool::MemberText> given_;
};

// Gives the recorded texts again: the initiator's source. members must outlive the answer.
jcl::MemberSource recorded_source(const std::vector<spool::MemberText>& members);

// What the converter was given and what it must be given again (job file).
jcl::ConvertInput convert_input(const spool::JobInput& input);

}  // namespace sysplexd::jes
