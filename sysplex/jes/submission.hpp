// One deck -> a job ready for the queue: converted, its record made, the first bytes of its job file made (input,
// JESJCL, for a job that does not run also the messages and the outcome). Decides, writes nothing: jes_service makes
// the bytes and then the record durable, and only then tells.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "sysplex/jcl/converter.hpp"
#include "sysplex/jes/job_record.hpp"
#include "sysplex/jes/proclib.hpp"

namespace sysplexd::jes {

struct Submitter {
  std::string user;
  std::uint32_t uid = 0, gid = 0;
  std::map<std::string, std::string> symbols;  // --set
  bool hold = false;
};

struct ConversionRules {
  ProclibOptions proclib;
  std::string sysname;
  std::map<std::string, std::string> system_symbols;  // of the member
  std::string default_class = "A", default_message_class = "A";
};

struct PreparedJob {
  JobRecord record;      // queued, or ended (JCL error, TYPRUN=SCAN)
  std::string job_file;  // bytes
  std::vector<jcl::JclError> errors;
};

PreparedJob prepare_job(jcl::JobDeck deck, std::uint64_t number, const Submitter& submitter,
                        const ConversionRules& rules, std::int64_t now_ms);

// The symbols that depend on time and user, beside those of the member: SYSUID, YYMMDD, HHMMSS, JDAY … (local time).
std::map<std::string, std::string> job_symbols(const ConversionRules& rules, const std::string& user,
                                               std::int64_t now_ms);

}  // namespace sysplexd::jes
