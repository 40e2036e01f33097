// Which keywords each statement has (z/OS MVS JCL Reference). One that stands in no list here is IEFC630I.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace sysplexd::jcl {

enum class JobKey : std::uint8_t {
  cls,
  cond,
  jobrc,
  msgclass,
  notify,
  prty,
  rd,
  region,
  restart,
  schenv,
  sysaff,
  system,
  time,
  typrun,
  user,
  ignored,  // accepted, no meaning on Linux
};
std::optional<JobKey> find_job_key(std::string_view keyword);

enum class ExecKey : std::uint8_t { pgm, proc, parm, parmdd, cond, time, region, rd, ignored };
std::optional<ExecKey> find_exec_key(std::string_view keyword);

enum class DdKey : std::uint8_t {
  dsn,
  disp,
  sysout,
  path,
  pathopts,
  pathmode,
  pathdisp,
  dcb,
  recfm,
  lrecl,
  blksize,
  dsorg,
  space,
  dsntype,
  ddname,
  like,
  refdd,
  dlm,
  symbols,
  subsys,
  term,
  output,
  dcb_ignored,  // a DCB subparameter without meaning here, also as a keyword of its own
  ignored,
};
std::optional<DdKey> find_dd_key(std::string_view keyword);
bool is_output_keyword(std::string_view keyword);

// DSNAME and DSN, VOLUME and VOL are one keyword each.
std::string_view canonical_keyword(std::string_view keyword);

}  // namespace sysplexd::jcl
