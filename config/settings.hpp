// What the program reads of its configuration: plain values, checked and with symbols substituted. A field has the
// name of its option (config/options.cpp), so that a reader who knows the key finds its use; the one exception is
// [jes] class, a C++ keyword: job_class. Made by config/load.hpp only.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sysplexd::config {

// host:port. Port 0 at a listener: the system chooses, run/ready.json tells.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  std::string text() const;  // 127.0.1.1:7001, [::1]:7001
  bool loopback() const;     // 127.0.0.0/8, ::1 and localhost
  bool operator==(const Address&) const = default;
};

enum class SysplexRole { none, primary, secondary };

struct UbrokerSettings {
  std::string system_id;
  std::string sysname;  // upper case
  SysplexRole sysplex_role = SysplexRole::none;
  std::string mount_point, shared_mount_point;  // absolute, without a slash at the end
  unsigned mount_point_mode = 0, shared_mount_point_mode = 0;
};

// Which member may take the Primary over (reference uag.md 1.1); rank of secondary_primaryN, else 0.
struct AutomaticFailover {
  enum class Kind { never, always_primary, primary_secondary, secondary_primary };
  Kind kind = Kind::never;
  int rank = 0;  // 1 .. 32 with secondary_primary; the bare word is rank 1
  bool operator==(const AutomaticFailover&) const = default;
};

struct UagSettings {
  std::string jsc_dataset;
  std::string cf_struct_name;
  AutomaticFailover automatic_failover;
  std::chrono::seconds jes_sysout_retention{};  // 0: kept until purged
  std::int64_t task_limit = 0;                  // 0: no limit but the initiators
};

struct CfSettings {
  std::string engine;  // "embedded"
};

struct TlsFiles {
  bool on = false;
  std::string ca, cert, key;
  bool operator==(const TlsFiles&) const = default;
};

struct XcfSettings {
  Address listen;  // host empty: no mesh, the member is alone
  std::vector<Address> peers;
  TlsFiles tls;
};

// initiators = [{ class = "AB", count = 2 }]: two initiators that take class A first, then B.
struct InitiatorClass {
  std::string job_classes;  // order is the order of selection
  int count = 0;
  bool operator==(const InitiatorClass&) const = default;
};

enum class DuplicateJob { delay, allow };

struct JesSettings {
  std::vector<InitiatorClass> initiators;
  std::vector<std::string> proclib;   // directories, searched in order
  std::vector<std::string> linklist;  // directories, searched in order
  std::string dasd;                   // catalogue root
  std::string job_class;              // option `class`: of a JOB statement without CLASS=
  std::string msgclass;               // of a JOB statement without MSGCLASS=
  std::int64_t output_bytes_max = 0;  // 0: no limit
  std::int64_t wait_seconds_max = 0;  // 0: no limit
  std::int64_t input_bytes_max = 0;
  std::int64_t queue_jobs_max = 0;
  DuplicateJob duplicate_job = DuplicateJob::delay;
};

struct RsedSettings {
  Address listen;  // host empty: not served
};

struct DbgmgrSettings {
  std::optional<std::uint16_t> client, host;  // nullopt: not served; 0: the system chooses
};

struct Settings {
  UbrokerSettings ubroker;
  UagSettings uag;
  CfSettings cf;
  XcfSettings xcf;
  JesSettings jes;
  RsedSettings rsed;
  DbgmgrSettings dbgmgr;
  std::map<std::string, std::string> symbols;  // all: SYSNAME, SYSCLONE, SYSPLEX and those of [symbols], resolved
};

}  // namespace sysplexd::config
