// Records and views -> the JSON documents of interfaces.md. The one place of the daemon that knows JSON.
#pragma once
#include <string>
#include <vector>

#include "sysplex/jes/jes_service.hpp"
#include "sysplex/jes/job_view.hpp"

namespace sysplexd::daemon {

std::string time_text(std::int64_t ms_since_1970);  // RFC 3339 UTC with milliseconds

// submit: {jobid,jobname,status} and, for a JCL error, retcode, errors. Several: {"jobs":[…]}.
std::string submitted_document(const std::vector<jes::Submitted>& jobs);
std::string list_document(const jes::JesService& service, const std::vector<jes::JobRecord>& jobs, bool more);
std::string show_document(const jes::JesService& service, const jes::JobRecord& job, const jes::JobView& view);
std::string explain_document(const jes::JesService& service, const jes::JobRecord& job, const jes::JobView& view);
std::string act_document(const jes::JesService& service, const jes::JobRecord& job, const std::string& message);
std::string initiators_document(const jes::JesService& service);
// Notices: {"submitted":{…}}, {"step":{…}}, {"file":{…}}.
std::string submitted_notice(const jes::JobRecord& job);
std::string step_notice(const jes::JobRecord& job, const jes::StepView& step);
std::string file_notice(const spool::SpoolFile& file, bool only);

}  // namespace sysplexd::daemon
