// The option tables, in the order of the documents.
#include <fmt/format.h>

#include <algorithm>

#include "config/option.hpp"

namespace sysplexd::config {
namespace {

const std::string& text_of(const Value& value) { return std::get<std::string>(value); }
std::int64_t number_of(const Value& value) { return std::get<std::int64_t>(value); }
const std::vector<std::string>& list_of(const Value& value) { return std::get<std::vector<std::string>>(value); }

// A unix socket's path has 107 bytes; "/run/supervisor.sock" and what may come take 22.
constexpr std::int64_t mount_point_length_max = 85;
constexpr std::int64_t path_length_max = 1024;
constexpr std::int64_t mib = 1 << 20;

constexpr std::string_view every_class = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

const Option table[] = {
    // ---- [ubroker]: UBRCFG00 -----------------------------------------------------------------------------------
    {.section = "ubroker",
     .key = "system_id",
     .type = Type::identifier,
     .absent = Absent::refused,
     .min = 1,
     .max = 32,
     .text = "Name of the sysplex, the same on all its members. The first four characters, in upper case, name the XCF "
             "group: UAG and these. A shared mount belongs to one system_id.",
     .store = [](Settings& s, const Value& v) { s.ubroker.system_id = text_of(v); }},
    {.section = "ubroker",
     .key = "sysname",
     .type = Type::name,
     .absent = Absent::refused,
     .min = 1,
     .max = 8,
     .text = "Name of this system, unique in the sysplex; &SYSNAME in other options. Its last two characters are "
             "&SYSCLONE where [symbols] has none.",
     .store = [](Settings& s, const Value& v) { s.ubroker.sysname = text_of(v); }},
    {.section = "ubroker",
     .key = "sysplex_role",
     .type = Type::choice,
     .absent = Absent::standard,
     .standard = "\"none\"",
     .choices = "none primary secondary",
     .text = "none: one node alone. primary, secondary: a member of a sysplex, and what it starts as.",
     .later = true,
     .store =
         [](Settings& s, const Value& v) {
           const auto& word = text_of(v);
           s.ubroker.sysplex_role = word == "primary"     ? SysplexRole::primary
                                    : word == "secondary" ? SysplexRole::secondary
                                                          : SysplexRole::none;
         }},
    {.section = "ubroker",
     .key = "mount_point",
     .type = Type::path,
     .absent = Absent::refused,
     .min = 2,
     .max = mount_point_length_max,
     .text = "Directory of what belongs to this system alone: run/ with its sockets and ready.json. Never shared "
             "between systems. Short, because a socket's path has room for 107 bytes.",
     .store = [](Settings& s, const Value& v) { s.ubroker.mount_point = text_of(v); }},
    {.section = "ubroker",
     .key = "shared_mount_point",
     .type = Type::path,
     .absent = Absent::derived,
     .standard = "mount_point",
     .min = 2,
     .max = path_length_max,
     .text = "Directory of what all members share: the job queue, the spool UNVSPOOL/, the data sets dasd/. The same "
             "storage on every member.",
     .store = [](Settings& s, const Value& v) { s.ubroker.shared_mount_point = text_of(v); },
     .derive = [](const Settings& s) { return s.ubroker.mount_point; }},
    {.section = "ubroker",
     .key = "mount_point_mode",
     .type = Type::mode,
     .absent = Absent::standard,
     .standard = "\"0755\"",
     .text = "Permission bits of mount_point when it is made at the first start.",
     .store = [](Settings& s, const Value& v) { s.ubroker.mount_point_mode = static_cast<unsigned>(number_of(v)); }},
    {.section = "ubroker",
     .key = "shared_mount_point_mode",
     .type = Type::mode,
     .absent = Absent::derived,
     .standard = "mount_point_mode",
     .text = "Permission bits of shared_mount_point when it is made at the first start. Steps run as their users and "
             "write their output there, so others need the x bit.",
     .store = [](Settings& s,
                 const Value& v) { s.ubroker.shared_mount_point_mode = static_cast<unsigned>(number_of(v)); },
     .derive = [](const Settings& s) { return fmt::format("{:04o}", s.ubroker.mount_point_mode); }},

    // ---- [uag]: UAGCFG00 ---------------------------------------------------------------------------------------
    {.section = "uag",
     .key = "jsc_dataset",
     .type = Type::data_set_name,
     .text = "Job Submission Checkpoint of the group; a member with another name is refused.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.uag.jsc_dataset = text_of(v); }},
    {.section = "uag",
     .key = "cf_struct_name",
     .type = Type::name,
     .min = 1,
     .max = 16,
     .text = "List structure of the XCF Message Queue, from Secondaries to the Primary; one per group.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.uag.cf_struct_name = text_of(v); }},
    {.section = "uag",
     .key = "automatic_failover",
     .type = Type::failover,
     .absent = Absent::standard,
     .standard = "\"never\"",
     .text = "Who becomes Primary when the Primary ends. never: nobody by itself. With sysplex_role primary: "
             "always_primary takes the role from whoever has it; primary_secondary becomes a Secondary when there is "
             "a Primary, first in line. With sysplex_role secondary: secondary_primaryN is in line with rank N, "
             "lower first.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.uag.automatic_failover = std::get<AutomaticFailover>(v); }},
    {.section = "uag",
     .key = "jes_sysout_retention",
     .type = Type::duration,
     .absent = Absent::standard,
     .standard = "\"30d\"",
     .min = 0,
     .max = 3650LL * 86400,
     .unit = "days",
     .text = "How long the output of an ended job is kept in the spool. 0 keeps it until it is purged.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.uag.jes_sysout_retention = std::chrono::seconds(number_of(v)); }},
    {.section = "uag",
     .key = "task_limit",
     .type = Type::integer,
     .absent = Absent::standard,
     .standard = "0",
     .min = 0,
     .max = 1000,
     .unit = "jobs",
     .text = "Most jobs that this member runs at once, however many initiators are free. 0: the initiators are the "
             "limit.",
     .takes_effect = TakesEffect::reload,
     .later = true,
     .store = [](Settings& s, const Value& v) { s.uag.task_limit = number_of(v); }},

    // ---- [cf] --------------------------------------------------------------------------------------------------
    {.section = "cf",
     .key = "engine",
     .type = Type::choice,
     .absent = Absent::standard,
     .standard = "\"embedded\"",
     .choices = "embedded",
     .text = "Coupling facility. embedded: a log under shared_mount_point, written by one member.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.cf.engine = text_of(v); }},

    // ---- [xcf] -------------------------------------------------------------------------------------------------
    {.section = "xcf",
     .key = "listen",
     .type = Type::address,
     .text = "Where this member takes the links of the others. Without it the member is alone.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.xcf.listen = std::get<Address>(v); }},
    {.section = "xcf",
     .key = "peers",
     .type = Type::addresses,
     .min = 0,
     .max = 32,
     .text = "Where the members listen; this one may be among them, so that one list serves all.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.xcf.peers = std::get<std::vector<Address>>(v); }},
    {.section = "xcf",
     .key = "tls",
     .type = Type::tls,
     .text = "Certificate authority, certificate and key of this member, as files; the certificate names the member "
             "(SAN URI:sysplex:GROUP@SYSNAME). \"off\" only where listen is a loopback address. Needed with listen.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.xcf.tls = std::get<TlsFiles>(v); }},

    // ---- [jes] -------------------------------------------------------------------------------------------------
    {.section = "jes",
     .key = "initiators",
     .type = Type::initiators,
     .absent = Absent::standard,
     .standard = "[{ class = \"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\", count = 2 }]",
     .min = 1,
     .max = 256,
     .text = "Initiators of this system: each entry starts count processes that take jobs of its classes, the first "
             "class first. At most 256 together. With none the system takes jobs and runs none.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.initiators = std::get<std::vector<InitiatorClass>>(v); }},
    {.section = "jes",
     .key = "class",
     .type = Type::classes,
     .absent = Absent::standard,
     .standard = "\"A\"",
     .min = 1,
     .max = 1,
     .text = "Job class of a JOB statement without CLASS=.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.job_class = text_of(v); }},
    {.section = "jes",
     .key = "msgclass",
     .type = Type::classes,
     .absent = Absent::standard,
     .standard = "\"A\"",
     .min = 1,
     .max = 1,
     .text = "Message class of a JOB statement without MSGCLASS=.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.msgclass = text_of(v); }},
    {.section = "jes",
     .key = "proclib",
     .type = Type::paths,
     .absent = Absent::standard,
     .standard = "[]",
     .min = 0,
     .max = 64,
     .text = "Directories that are searched, in this order, for catalogued procedures and INCLUDE members, after "
             "JCLLIB ORDER and before the procedures that come with sysplexd.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.proclib = list_of(v); }},
    {.section = "jes",
     .key = "linklist",
     .type = Type::paths,
     .absent = Absent::standard,
     .standard = "[\"/usr/local/bin\", \"/usr/bin\", \"/bin\"]",
     .min = 0,
     .max = 64,
     .text = "Directories that are searched, in this order, for the program of EXEC PGM= after STEPLIB and JOBLIB.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.linklist = list_of(v); }},
    {.section = "jes",
     .key = "dasd",
     .type = Type::path,
     .absent = Absent::derived,
     .standard = "shared_mount_point/dasd",
     .min = 2,
     .max = path_length_max,
     .text = "Root of the data set catalogue: each data set is a file below it.",
     .store = [](Settings& s, const Value& v) { s.jes.dasd = text_of(v); },
     .derive = [](const Settings& s) { return s.ubroker.shared_mount_point + "/dasd"; }},
    {.section = "jes",
     .key = "input_bytes_max",
     .type = Type::size,
     .absent = Absent::standard,
     .standard = "\"8MiB\"",
     .min = 4096,
     .max = 12 * mib,
     .unit = "bytes",
     .text = "Largest job input with its in-stream data and procedures; a larger one is refused at submit.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.input_bytes_max = number_of(v); }},
    {.section = "jes",
     .key = "output_bytes_max",
     .type = Type::size,
     .absent = Absent::standard,
     .standard = "\"4GiB\"",
     .min = 0,
     .max = 1LL << 50,
     .unit = "bytes",
     .text = "Most SYSOUT bytes of one job; beyond it the job ends with S722. 0: no limit.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.output_bytes_max = number_of(v); }},
    {.section = "jes",
     .key = "wait_seconds_max",
     .type = Type::duration,
     .absent = Absent::standard,
     .standard = "0",
     .min = 0,
     .max = 30LL * 86400,
     .unit = "seconds",
     .text = "A step that uses no processor time for so long ends with S522. 0: no limit.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.wait_seconds_max = number_of(v); }},
    {.section = "jes",
     .key = "duplicate_job",
     .type = Type::choice,
     .absent = Absent::standard,
     .standard = "\"delay\"",
     .choices = "delay allow",
     .text = "A job whose name is that of a running one: delay waits for its end, allow runs both.",
     .takes_effect = TakesEffect::reload,
     .store =
         [](Settings& s, const Value& v) {
           s.jes.duplicate_job = text_of(v) == "allow" ? DuplicateJob::allow : DuplicateJob::delay;
         }},
    {.section = "jes",
     .key = "queue_jobs_max",
     .type = Type::integer,
     .absent = Absent::standard,
     .standard = "10000",
     .min = 1,
     .max = 20000,
     .unit = "jobs",
     .text = "Most jobs that wait or run at once; a submit beyond it is refused, and may be repeated later. Ended jobs "
             "do not count.",
     .takes_effect = TakesEffect::reload,
     .store = [](Settings& s, const Value& v) { s.jes.queue_jobs_max = number_of(v); }},

    // ---- [rsed] ------------------------------------------------------------------------------------------------
    {.section = "rsed",
     .key = "listen",
     .type = Type::address,
     .standard_port = 4035,
     .text = "Where the HTTP interface is served; the port is 4035 where none is written. Without it there is none.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.rsed.listen = std::get<Address>(v); }},

    // ---- [dbgmgr] ----------------------------------------------------------------------------------------------
    {.section = "dbgmgr",
     .key = "client",
     .type = Type::port,
     .min = 0,
     .max = 65535,
     .text = "CLIENT port of the Debug Manager, another one on each member: \"53&SYSCLONE\" serves all.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.dbgmgr.client = static_cast<std::uint16_t>(number_of(v)); }},
    {.section = "dbgmgr",
     .key = "host",
     .type = Type::port,
     .min = 0,
     .max = 65535,
     .text = "HOST port of the Debug Manager, the same on all members.",
     .later = true,
     .store = [](Settings& s, const Value& v) { s.dbgmgr.host = static_cast<std::uint16_t>(number_of(v)); }},
};

struct Section {
  std::string_view name, text;
};

constexpr Section section_table[] = {
    {"ubroker", "The broker (UBRCFG00): who this system is, and where its files are."},
    {"uag", "The agent (UAGCFG00): tracking, checkpoint, failover, retention."},
    {"cf", "The coupling facility, which decides what must be decided once."},
    {"xcf", "Links between the members."},
    {"jes", "The job entry subsystem: initiators, libraries, limits."},
    {"rsed", "The HTTP interface and log-on."},
    {"dbgmgr", "The Debug Manager."},
    {"symbols",
     "System symbols of the installation, for option values and JCL: NAME = \"value\". Names have 1 to 8 letters, "
     "digits, $ # @; values 44 characters at most, and may use other symbols. SYSNAME is [ubroker] sysname; SYSCLONE "
     "is the last two characters of it and SYSPLEX the first eight of system_id, where they are not set here."},
};

std::string amount(std::int64_t bytes) {
  constexpr std::pair<std::int64_t, std::string_view> units[] = {
      {1LL << 40, "TiB"}, {1LL << 30, "GiB"}, {1LL << 20, "MiB"}, {1LL << 10, "KiB"}};
  for (const auto& [unit, name] : units)
    if (bytes >= unit && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, name);
  return fmt::format("{}", bytes);
}

std::string period(std::int64_t seconds) {
  if (seconds && seconds % 86400 == 0) return fmt::format("{}d", seconds / 86400);
  return seconds ? fmt::format("{}s", seconds) : "0";
}

}  // namespace

std::span<const Option> options() { return table; }

std::string_view section_text(std::string_view section) {
  for (const auto& row : section_table)
    if (row.name == section) return row.text;
  return {};
}

std::vector<std::string_view> sections() {
  std::vector<std::string_view> out;
  for (const auto& row : section_table) out.push_back(row.name);
  return out;
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::identifier:
    case Type::name: return "name";
    case Type::data_set_name: return "data set name";
    case Type::classes: return "classes";
    case Type::choice: return "word";
    case Type::path: return "path";
    case Type::paths: return "list of paths";
    case Type::mode: return "mode";
    case Type::integer: return "number";
    case Type::duration: return "duration";
    case Type::size: return "size";
    case Type::port: return "port";
    case Type::address: return "address";
    case Type::addresses: return "list of addresses";
    case Type::initiators: return "list of initiators";
    case Type::tls: return "TLS files";
    case Type::failover: return "word";
  }
  return {};
}

std::string allowed(const Option& option) {
  switch (option.type) {
    case Type::identifier:
    case Type::name: return fmt::format("{} to {} letters, digits, $ # @", option.min, option.max);
    case Type::data_set_name: return "qualifiers of 1 to 8 letters, digits, $ # @ joined by periods, 44 at most";
    case Type::classes:
      return option.max == 1 ? "one letter or digit"
                             : fmt::format("{} to {} letters or digits", option.min, option.max);
    case Type::choice: {
      std::string words(option.choices);
      for (std::size_t at = 0; (at = words.find(' ', at)) != std::string::npos; at += 2) words.replace(at, 1, ", ");
      return words.find(',') == std::string::npos ? words : "one of " + words;
    }
    case Type::path: return fmt::format("an absolute path without .., {} bytes at most", option.max);
    case Type::paths: return fmt::format("a list of at most {} absolute paths without .. and :", option.max);
    case Type::mode: return "permission bits as \"0755\" or 0o755";
    case Type::integer: return fmt::format("{} to {}", option.min, option.max);
    case Type::duration:
      return fmt::format("{} to {}, as 30s, 15m, 12h, 7d or a number of {}", period(option.min), period(option.max),
                         option.unit);
    case Type::size:
      return fmt::format("{} to {}, as 64KiB, 100MB, 4GiB or a number of bytes", amount(option.min),
                         amount(option.max));
    case Type::port: return "a port, 0 to 65535";
    case Type::address: return "\"host:port\", port 0 to 65535";
    case Type::addresses: return fmt::format("a list of at most {} \"host:port\"", option.max);
    case Type::initiators:
      return fmt::format(
          "a list of {{ class = \"AB\", count = 2 }}; classes from {}, none twice in an entry; count {} to {}, "
          "and at most {} together",
          every_class, option.min, option.max, option.max);
    case Type::tls: return "\"off\", or { ca = \"FILE\", cert = \"FILE\", key = \"FILE\" }";
    case Type::failover: return "one of never, always_primary, primary_secondary, secondary_primary[1 to 32]";
  }
  return {};
}

}  // namespace sysplexd::config
