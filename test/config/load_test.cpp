// The loader: the example of interfaces.md, every kind of error with its place, all errors at once, symbols, origins.
#include "config/load.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>

using namespace sysplexd::config;
namespace data = boost::unit_test::data;

namespace {

const std::string base = "[ubroker]\nsystem_id = \"mndv\"\nsysname = \"SYS1\"\nmount_point = \"/m\"\n";

LoadResult load(const std::string& toml) { return load_text(toml, "t.toml"); }

std::string all(const LoadResult& result) {
  std::string out;
  for (const auto& error : result.errors) out += error.line_text() + "\n";
  return out;
}

// interfaces.md, "Configuration examples"
const char* sys1 = R"([ubroker]
system_id = "mndv"
sysname = "SYS1"
sysplex_role = "primary"
mount_point = "/var/lib/sysplexd/sys1"
shared_mount_point = "/srv/sysplex"
[uag]
jsc_dataset = "UNV.UNVJSC"
cf_struct_name = "UAGMNDV1"
automatic_failover = "primary_secondary"
[xcf]
listen = "127.0.1.1:7001"
peers = ["127.0.1.1:7001", "127.0.1.2:7001"]
tls = "off"                 # loopback only; else { ca = , cert = , key = }; a member's identity is SAN URI:sysplex:UAGMNDV@SYS1
[jes]
initiators = [{ class = "AB", count = 2 }]
[rsed]
listen = "127.0.1.1:4035"
[dbgmgr]
client = "53&SYSCLONE"      # a port that is not numeric after substitution is an error that names the symbol
host = 5336                 # on the listen address
[symbols]
SYSCLONE = "31"             # default: the last two characters of sysname
)";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  BOOST_REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

struct Row {
  const char* toml;  // behind `base`, so that its first line is line 5
  const char* id;
  int line, column;
  const char* option;
  const char* in_text;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.toml; }

const Row errors[] = {
    {"x = = 1", "UNV1002E", 5, 5, "", "TOML SYNTAX"},
    {"sysname = \"S2\"", "UNV1002E", 5, 11, "", "sysname"},
    {"[jess]\nclass = \"A\"", "UNV1003E", 5, 2, "jess", "DID YOU MEAN [jes]?"},
    {"[telephone]", "UNV1003E", 5, 2, "telephone", "UNKNOWN SECTION [telephone]"},
    {"[[jess]]", "UNV1003E", 5, 3, "jess", "UNKNOWN SECTION [jess]"},
    {"[[jes]]", "UNV1005E", 5, 3, "jes", "NOT A SECTION"},
    {"sysplexrole = \"none\"", "UNV1004E", 5, 1, "ubroker.sysplexrole", "DID YOU MEAN sysplex_role?"},
    {"  linklist = []", "UNV1004E", 5, 3, "ubroker.linklist", "IT BELONGS TO [jes]"},
    {"colour = 1", "UNV1004E", 5, 1, "ubroker.colour", "UNKNOWN OPTION ubroker.colour"},
    {"[jes]\nclass = 5", "UNV1005E", 6, 9, "jes.class", "A NUMBER, NOT A STRING"},
    {"[jes]\nqueue_jobs_max = 0", "UNV1005E", 6, 18, "jes.queue_jobs_max", "OUT OF BOUNDS; ALLOWED: 1 to 20000"},
    {"[jes]\nqueue_jobs_max = 20001", "UNV1005E", 6, 18, "jes.queue_jobs_max", "20001"},
    {"[jes]\nlinklist = [\n \"/a\",\n \"b\"]", "UNV1005E", 8, 2, "jes.linklist", "\"b\": NOT AN ABSOLUTE PATH"},
    {"[jes]\ninitiators = [{ class = \"A\", cuont = 2 }]", "UNV1005E", 6, 30, "jes.initiators", "UNKNOWN KEY cuont"},
    {"[jes]\ndasd = \"/d/&NOPE\"", "UNV1006E", 6, 8, "jes.dasd", "SYMBOL &NOPE IS NOT DEFINED"},
    {"[dbgmgr]\nclient = \"53&SYSCLONE\"", "UNV1007E", 6, 10, "dbgmgr.client", "SYMBOL &SYSCLONE IS \"S1\""},
    {"[symbols]\nSYSNAME = \"X\"", "UNV1010E", 6, 11, "symbols.SYSNAME", "SET BY [ubroker] sysname"},
    {"[symbols]\nTOOLONGNAME = \"X\"", "UNV1010E", 6, 1, "symbols.TOOLONGNAME", "NOT A SYMBOL NAME"},
    {"[symbols]\nSYSCLONE = 31", "UNV1010E", 6, 12, "symbols.SYSCLONE", "NOT A STRING"},
    {"[symbols]\nSYSCLONE = \"311\"", "UNV1010E", 6, 12, "symbols.SYSCLONE", "1 OR 2 CHARACTERS"},
    {"[symbols]\nA = \"&A\"", "UNV1010E", 6, 5, "symbols.A", "LEADS BACK TO ITSELF"},
    {"[symbols]\nA = \"&B\"", "UNV1010E", 6, 5, "symbols.A", "SYMBOL &B IS NOT DEFINED"},
    {"[symbols]\nA = \"1\"\na = \"2\"", "UNV1010E", 7, 1, "symbols.a", "SET TWICE"},
    {"[symbols]\nA = \"a\\tb\"", "UNV1010E", 6, 5, "symbols.A", "CONTROL CHARACTER"},
    {"[symbols]\nA = \"123456789012345678901234567890123456789012345\"", "UNV1010E", 6, 5, "symbols.A", "TOO LONG"},
    {"[uag]\nautomatic_failover = \"always_primary\"", "UNV1009E", 6, 1, "uag.automatic_failover",
     "sysplex_role primary"},
    {"[uag]\nautomatic_failover = \"secondary_primary2\"", "UNV1009E", 6, 1, "uag.automatic_failover",
     "role secondary"},
    {"[xcf]\nlisten = \"127.0.0.1:1\"", "UNV1009E", 6, 1, "xcf.listen", "IT IS NOT SET"},
    {"[xcf]\nlisten = \"10.0.0.1:1\"\ntls = \"off\"", "UNV1009E", 7, 1, "xcf.tls", "ONLY A LOOPBACK ADDRESS"},
    {"[xcf]\npeers = [\"10.0.0.1:1\"]", "UNV1009E", 6, 1, "xcf.peers", "A MEMBER WITH PEERS LISTENS"},
    {"[dbgmgr]\nclient = 1\nhost = 1", "UNV1009E", 6, 1, "dbgmgr.client", "TWO PORTS"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(load_file_and_text)

BOOST_AUTO_TEST_CASE(the_example_of_the_interfaces_loads) {
  const auto result = load(sys1);
  BOOST_REQUIRE_MESSAGE(result.ok(), all(result));
  const auto& s = *result.settings;
  BOOST_TEST(s.ubroker.system_id == "mndv");
  BOOST_TEST(s.ubroker.sysname == "SYS1");
  BOOST_TEST((s.ubroker.sysplex_role == SysplexRole::primary));
  BOOST_TEST(s.ubroker.shared_mount_point == "/srv/sysplex");
  BOOST_TEST(s.uag.jsc_dataset == "UNV.UNVJSC");
  BOOST_TEST((s.uag.automatic_failover.kind == AutomaticFailover::Kind::primary_secondary));
  BOOST_TEST(s.xcf.listen.text() == "127.0.1.1:7001");
  BOOST_TEST(s.xcf.peers.size() == 2u);
  BOOST_TEST(!s.xcf.tls.on);
  BOOST_REQUIRE(s.jes.initiators.size() == 1u);
  BOOST_TEST(s.jes.initiators[0].job_classes == "AB");
  BOOST_TEST(s.jes.initiators[0].count == 2);
  BOOST_TEST(s.jes.dasd == "/srv/sysplex/dasd");
  BOOST_TEST(s.rsed.listen.port == 4035);
  BOOST_TEST(s.dbgmgr.client.value() == 5331);
  BOOST_TEST(s.dbgmgr.host.value() == 5336);
  BOOST_TEST(s.symbols.at("SYSCLONE") == "31");
}

BOOST_AUTO_TEST_CASE(the_second_member_of_the_example_loads) {
  auto sys2 = replaced(sys1, "\"SYS1\"", "\"SYS2\"");
  sys2 = replaced(sys2, "\"primary\"", "\"secondary\"");
  sys2 = replaced(sys2, "\"primary_secondary\"", "\"secondary_primary1\"");
  sys2 = replaced(sys2, "\"127.0.1.1:7001\"", "\"127.0.1.2:7001\"");
  sys2 = replaced(sys2, "\"31\"", "\"32\"");
  const auto result = load(sys2);
  BOOST_REQUIRE_MESSAGE(result.ok(), all(result));
  BOOST_TEST(result.settings->dbgmgr.client.value() == 5332);
  BOOST_TEST(result.settings->uag.automatic_failover.rank == 1);
}

BOOST_AUTO_TEST_CASE(what_the_file_leaves_out_has_its_default) {
  const auto result = load(base);
  BOOST_REQUIRE_MESSAGE(result.ok(), all(result));
  const auto& s = *result.settings;
  BOOST_TEST((s.ubroker.sysplex_role == SysplexRole::none));
  BOOST_TEST(s.ubroker.shared_mount_point == "/m");
  BOOST_TEST(s.ubroker.mount_point_mode == 0755u);
  BOOST_TEST(s.ubroker.shared_mount_point_mode == 0755u);
  BOOST_TEST(s.jes.dasd == "/m/dasd");
  BOOST_TEST(s.jes.linklist.size() == 3u);
  BOOST_TEST(s.jes.job_class == "A");
  BOOST_TEST(s.jes.output_bytes_max == 4LL << 30);
  BOOST_TEST(s.uag.jes_sysout_retention.count() == 30 * 86400);
  BOOST_TEST((s.jes.duplicate_job == DuplicateJob::delay));
  BOOST_TEST(s.cf.engine == "embedded");
  BOOST_TEST(s.xcf.listen.host == "");
  BOOST_TEST(!s.dbgmgr.client.has_value());
  BOOST_TEST(s.symbols.at("SYSNAME") == "SYS1");
  BOOST_TEST(s.symbols.at("SYSCLONE") == "S1");
  BOOST_TEST(s.symbols.at("SYSPLEX") == "MNDV");
}

BOOST_AUTO_TEST_CASE(the_shared_mode_follows_the_mode_of_the_mount_point) {
  const auto result = load(base + "mount_point_mode = \"0711\"\n");
  BOOST_TEST(result.settings.value().ubroker.shared_mount_point_mode == 0711u);
}

BOOST_DATA_TEST_CASE(an_error_has_its_id_place_option_and_reason, data::make(errors)) {
  const auto result = load(base + sample.toml + "\n");
  BOOST_TEST(!result.ok());
  BOOST_REQUIRE_MESSAGE(result.errors.size() == 1u, all(result));
  const auto& error = result.errors[0];
  BOOST_TEST_INFO(all(result));
  BOOST_TEST(error.id == sample.id);
  BOOST_TEST(error.file == "t.toml");
  BOOST_TEST(error.line == sample.line);
  BOOST_TEST(error.column == sample.column);
  BOOST_TEST(error.option == sample.option);
  BOOST_TEST(error.text.find(sample.in_text) != std::string::npos);
  BOOST_TEST(error.text.starts_with(error.id));
}

BOOST_AUTO_TEST_CASE(all_errors_of_a_file_are_told_at_once_in_its_order) {
  const auto result = load(
      "[ubroker]\nsysname = \"TOO_LONG_NAME\"\nmount_point = \"here\"\n[jes]\nclas = \"A\"\n"
      "queue_jobs_max = 0\ndasd = \"&X\"\n[nowhere]\n[symbols]\nB = 5\n");
  BOOST_REQUIRE_MESSAGE(result.errors.size() == 8u, all(result));
  const char* ids[] = {"UNV1005E", "UNV1005E", "UNV1004E", "UNV1005E", "UNV1006E", "UNV1003E", "UNV1010E", "UNV1008E"};
  for (std::size_t i = 0; i < 8; ++i) BOOST_TEST(result.errors[i].id == ids[i]);
  BOOST_TEST(result.errors.back().option == "ubroker.system_id");
  BOOST_TEST(result.errors.back().line == 0);
}

BOOST_AUTO_TEST_CASE(an_empty_file_names_every_option_that_is_required) {
  const auto result = load("");
  BOOST_REQUIRE(result.errors.size() == 3u);
  for (const auto& error : result.errors) {
    BOOST_TEST(error.id == "UNV1008E");
    BOOST_TEST(!error.allowed.empty());
  }
}

BOOST_AUTO_TEST_CASE(after_a_syntax_error_nothing_is_called_missing) {
  const auto result = load("[ubroker\nsysname = 5\n[jes]\nclass = 9\n");
  BOOST_REQUIRE_MESSAGE(result.errors.size() == 2u, all(result));
  BOOST_TEST(result.errors[0].id == "UNV1002E");
  BOOST_TEST(result.errors[1].option == "jes.class");
}

BOOST_AUTO_TEST_CASE(an_option_outside_a_section_is_told_where_it_belongs) {
  const auto result = load("sysname = \"S\"\n" + replaced(base, "sysname = \"SYS1\"\n", ""));
  BOOST_REQUIRE(!result.errors.empty());
  BOOST_TEST(result.errors[0].text.find("IT BELONGS TO [ubroker]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_symbol_is_told_once_and_not_again_by_the_options_that_use_it) {
  const auto result = load(base + "[jes]\ndasd = \"/d/&A\"\n[symbols]\nA = \"&A\"\n");
  BOOST_REQUIRE_MESSAGE(result.errors.size() == 1u, all(result));
  BOOST_TEST(result.errors[0].option == "symbols.A");
}

BOOST_AUTO_TEST_CASE(symbols_are_replaced_in_lists_and_tables_too) {
  const auto result =
      load(base +
           "[jes]\nlinklist = [\"/opt/&SYSNAME./bin\", \"/&&x\"]\nproclib = [\"/&HLQ\"]\n"
           "initiators = [{ class = \"&C\", count = 1 }]\n[symbols]\nHLQ = \"P&SYSCLONE\"\nC = \"XY\"\n");
  BOOST_REQUIRE_MESSAGE(result.ok(), all(result));
  BOOST_TEST(result.settings->jes.linklist[0] == "/opt/SYS1/bin");
  BOOST_TEST(result.settings->jes.linklist[1] == "/&x");
  BOOST_TEST(result.settings->jes.proclib[0] == "/PS1");
  BOOST_TEST(result.settings->jes.initiators[0].job_classes == "XY");
}

BOOST_AUTO_TEST_CASE(sysname_may_use_symbols_of_the_file) {
  const auto result = load(replaced(base, "SYS1", "SY&N") + "[symbols]\nN = \"s7\"\n");
  BOOST_REQUIRE_MESSAGE(result.ok(), all(result));
  BOOST_TEST(result.settings->ubroker.sysname == "SYS7");
  BOOST_TEST(result.settings->symbols.at("SYSCLONE") == "S7");
}

BOOST_AUTO_TEST_CASE(a_derived_path_that_is_too_long_is_an_error) {
  const auto result = load(base + "shared_mount_point = \"/" + std::string(1020, 'x') + "\"\n");
  BOOST_REQUIRE(result.errors.size() == 1u);
  BOOST_TEST(result.errors[0].option == "jes.dasd");
}

BOOST_AUTO_TEST_CASE(a_mount_point_too_long_for_its_sockets_is_refused) {
  BOOST_TEST(load(replaced(base, "\"/m\"", "\"/" + std::string(84, 'x') + "\"")).ok());
  BOOST_TEST(!load(replaced(base, "\"/m\"", "\"/" + std::string(85, 'x') + "\"")).ok());
}

BOOST_AUTO_TEST_CASE(every_value_knows_where_it_comes_from) {
  const auto result = load(sys1);
  const auto find = [&](const std::string& section, const std::string& key) {
    for (const auto& value : result.effective)
      if (value.section == section && value.key == key) return value;
    BOOST_FAIL(section + "." + key + " is not shown");
    return EffectiveValue{};
  };
  const auto client = find("dbgmgr", "client");
  BOOST_TEST(client.value == "5331");
  BOOST_TEST((client.origin.kind == Origin::Kind::file));
  BOOST_TEST(client.origin.line == 20);
  BOOST_TEST(client.origin.written == "\"53&SYSCLONE\"");
  BOOST_TEST(client.origin.symbols == "SYSCLONE");
  BOOST_TEST((find("jes", "dasd").origin.kind == Origin::Kind::derived));
  BOOST_TEST((find("jes", "class").origin.kind == Origin::Kind::standard));
  BOOST_TEST((find("symbols", "SYSCLONE").origin.kind == Origin::Kind::file));
  BOOST_TEST((find("symbols", "SYSNAME").origin.kind == Origin::Kind::derived));
}

BOOST_AUTO_TEST_CASE(a_secret_is_hidden_in_the_effective_values_and_in_every_error) {
  const Option table[] = {
      {.section = "ubroker",
       .key = "sysname",
       .type = Type::name,
       .absent = Absent::refused,
       .min = 1,
       .max = 8,
       .store = [](Settings& s, const Value& v) { s.ubroker.sysname = std::get<std::string>(v); }},
      {.section = "ubroker",
       .key = "word",
       .type = Type::classes,
       .min = 1,
       .max = 9,
       .secret = true,
       .store = [](Settings& s, const Value& v) { s.jes.job_class = std::get<std::string>(v); }},
      {.section = "ubroker",
       .key = "number",
       .type = Type::port,
       .min = 0,
       .max = 9,
       .secret = true,
       .store = [](Settings&, const Value&) {}},
  };
  const std::string good = "[ubroker]\nsysname = \"S1\"\nword = \"&PW\"\n[symbols]\nPW = \"GEHEIM7\"\n";
  auto result = load_with(table, replaced(good, "GEHEIM7", "GEHIM7"), "t");
  BOOST_REQUIRE_MESSAGE(result.ok(), all(result));
  BOOST_TEST(result.settings->jes.job_class == "GEHIM7");
  for (const auto& value : result.effective)
    if (value.section == "ubroker" && value.key == "word") {
      BOOST_TEST(value.value == hidden);
      BOOST_TEST(value.origin.written == hidden);
    }
  const char* wrong[] = {"word = \"GEHEIM!\"", "word = \"GEHEIM&NOPE\"", "number = \"GEHEIM\"",
                         "number = \"GEHEIM&SYSNAME\"", "number = [\"GEHEIM\"]"};
  for (const auto* line : wrong) {
    result = load_with(table, std::string("[ubroker]\nsysname = \"S1\"\n") + line + "\n", "t");
    BOOST_REQUIRE(!result.errors.empty());
    for (const auto& error : result.errors) {
      BOOST_TEST(error.text.find("GEHEIM") == std::string::npos);
      BOOST_TEST(error.value.find("GEHEIM") == std::string::npos);
      BOOST_TEST(error.text.find(std::string(hidden)) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_reload_tells_what_changed_and_what_waits_for_a_restart) {
  const auto before = load(base + "[jes]\nclass = \"B\"\n");
  const auto after =
      load(replaced(base, "\"/m\"", "\"/n\"") + "[jes]\nduplicate_job = \"allow\"\n[rsed]\nlisten = \"127.0.0.1\"\n");
  BOOST_REQUIRE(before.ok() && after.ok());
  std::map<std::string, Change> found;
  for (const auto& change : changes(before, after)) found[change.option] = change;
  BOOST_TEST(found.size() == 6u);
  BOOST_TEST(found.at("ubroker.mount_point").needs_restart);
  BOOST_TEST(found.at("ubroker.shared_mount_point").needs_restart);
  BOOST_TEST(found.at("jes.dasd").needs_restart);
  BOOST_TEST(!found.at("jes.class").needs_restart);
  BOOST_TEST(found.at("jes.class").before == "\"B\"");
  BOOST_TEST(found.at("jes.class").after == "\"A\"");
  BOOST_TEST(!found.at("jes.duplicate_job").needs_restart);
  BOOST_TEST(found.at("rsed.listen").before == "");
  BOOST_TEST(changes(before, before).empty());
}

BOOST_AUTO_TEST_CASE(a_file_is_read_and_what_cannot_be_read_is_one_error) {
  char folder[] = "/dev/shm/sysplexd-config-XXXXXX";
  BOOST_REQUIRE(mkdtemp(folder) != nullptr);
  const std::string path = std::string(folder) + "/a.toml";
  std::ofstream(path) << base;
  BOOST_TEST(load_file(path).ok());
  for (const auto& wrong : {std::string(folder), std::string(folder) + "/none", std::string()}) {
    const auto result = load_file(wrong);
    BOOST_REQUIRE(result.errors.size() == 1u);
    BOOST_TEST(result.errors[0].id == "UNV1001E");
    BOOST_TEST(!result.ok());
  }
  std::ofstream(path) << std::string((1 << 20) + 1, '#');
  BOOST_TEST(load_file(path).errors.at(0).text.find("MORE THAN 1048576 BYTES") != std::string::npos);
  std::ofstream(path) << base << std::string((1 << 20) - base.size(), '#');
  BOOST_TEST(load_file(path).ok());
  std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()
