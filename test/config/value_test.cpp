// Values of each type (value, value_text) and their grammars (value_grammar).
// Each type: what it takes, what it refuses, at its bounds.
#include "config/value.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

using namespace sysplexd::config;
namespace data = boost::unit_test::data;

namespace {

Option option_of(Type type) {
  Option option{.section = "t", .key = "o", .type = type};
  switch (type) {
    case Type::identifier:
    case Type::name: option.min = 1, option.max = 8; break;
    case Type::classes: option.min = 1, option.max = 3; break;
    case Type::choice: option.choices = "delay allow"; break;
    case Type::path: option.min = 2, option.max = 10; break;
    case Type::paths:
    case Type::addresses: option.max = 2; break;
    case Type::integer: option.min = -1, option.max = 10; break;
    case Type::duration: option.max = 3650LL * 86400, option.unit = "days"; break;
    case Type::size: option.max = 1LL << 50, option.unit = "bytes"; break;
    case Type::port: option.max = 65535; break;
    case Type::address: option.standard_port = 4035; break;
    case Type::initiators: option.min = 1, option.max = 10; break;
    default: break;
  }
  return option;
}

// ok: the value as it is shown; wrong: empty.
struct Row {
  Type type;
  const char *toml, *shown;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << type_name(row.type) << " " << row.toml; }

const Row rows[] = {
    {Type::identifier, "\"mnDv$1\"", "\"mnDv$1\""},
    {Type::identifier, "\"a.b\"", ""},
    {Type::name, "\"SYS1\"", "\"SYS1\""},
    {Type::name, "\"sys$#@1\"", "\"SYS$#@1\""},
    {Type::name, "\"ABCDEFGH\"", "\"ABCDEFGH\""},
    {Type::name, "\"ABCDEFGHI\"", ""},
    {Type::name, "\"\"", ""},
    {Type::name, "\"A-B\"", ""},
    {Type::name, "\"A\\u00e4\"", ""},
    {Type::name, "5", ""},
    {Type::name, "true", ""},
    {Type::data_set_name, "\"unv.unvjsc\"", "\"UNV.UNVJSC\""},
    {Type::data_set_name, "\"A\"", "\"A\""},
    {Type::data_set_name, "\"A..B\"", ""},
    {Type::data_set_name, "\"A.\"", ""},
    {Type::data_set_name, "\".A\"", ""},
    {Type::data_set_name, "\"A.1B\"", ""},
    {Type::data_set_name, "\"ABCDEFGHI\"", ""},
    {Type::data_set_name, "\"AAAAAAAA.AAAAAAAA.AAAAAAAA.AAAAAAAA.AAAAAAAA\"",
     "\"AAAAAAAA.AAAAAAAA.AAAAAAAA.AAAAAAAA.AAAAAAAA\""},
    {Type::data_set_name, "\"AAAAAAAA.AAAAAAAA.AAAAAAAA.AAAAAAAA.AAAAAAAA.A\"", ""},
    {Type::classes, "\"ab1\"", "\"AB1\""},
    {Type::classes, "\"AA\"", ""},
    {Type::classes, "\"aA\"", ""},
    {Type::classes, "\"\"", ""},
    {Type::classes, "\"ABCD\"", ""},
    {Type::classes, "\"$\"", ""},
    {Type::choice, "\"delay\"", "\"delay\""},
    {Type::choice, "\"DELAY\"", ""},
    {Type::choice, "\"delay allow\"", ""},
    {Type::choice, "\"\"", ""},
    {Type::path, "\"/a\"", "\"/a\""},
    {Type::path, "\"/a/b/\"", "\"/a/b\""},
    {Type::path, "\"/a:b\"", "\"/a:b\""},
    {Type::path, "\"a\"", ""},
    {Type::path, "\"\"", ""},
    {Type::path, "\"/\"", ""},
    {Type::path, "\"/a/../b\"", ""},
    {Type::path, "\"/..\"", ""},
    {Type::path, "\"/a..b\"", "\"/a..b\""},
    {Type::path, "\"/123456789\"", "\"/123456789\""},
    {Type::path, "\"/1234567890\"", ""},
    {Type::path, "\"/a\\u0000\"", ""},
    {Type::path, "\"/a\\nb\"", ""},
    {Type::paths, "[]", "[]"},
    {Type::paths, "[\"/a\", \"/b\"]", "[\"/a\", \"/b\"]"},
    {Type::paths, "[\"/a\", \"/b\", \"/c\"]", ""},
    {Type::paths, "[\"/a:b\"]", ""},
    {Type::paths, "\"/a\"", ""},
    {Type::paths, "[1]", ""},
    {Type::mode, "\"0755\"", "\"0755\""},
    {Type::mode, "\"750\"", "\"0750\""},
    {Type::mode, "0o1777", "\"1777\""},
    {Type::mode, "755", ""},
    {Type::mode, "\"0855\"", ""},
    {Type::mode, "\"0644\"", ""},
    {Type::mode, "\"17777\"", ""},
    {Type::mode, "\"\"", ""},
    {Type::integer, "-1", "-1"},
    {Type::integer, "10", "10"},
    {Type::integer, "11", ""},
    {Type::integer, "-2", ""},
    {Type::integer, "\"5\"", ""},
    {Type::integer, "5.0", ""},
    {Type::duration, "0", "0"},
    {Type::duration, "\"0\"", "0"},
    {Type::duration, "7", "\"7d\""},
    {Type::duration, "\"30s\"", "\"30s\""},
    {Type::duration, "\"90m\"", "\"90m\""},
    {Type::duration, "\"1d12h\"", "\"36h\""},
    {Type::duration, "\"3650d\"", "\"3650d\""},
    {Type::duration, "3651", ""},
    {Type::duration, "\"-1d\"", ""},
    {Type::duration, "\"1w\"", ""},
    {Type::duration, "\"1d2\"", ""},
    {Type::duration, "\"d\"", ""},
    {Type::duration, "\"\"", ""},
    {Type::duration, "9223372036854775807", ""},
    {Type::duration, "\"106751991167301d106751991167301d\"", ""},
    {Type::duration, "true", ""},
    {Type::size, "\"64KiB\"", "\"64KiB\""},
    {Type::size, "\"4096MiB\"", "\"4GiB\""},
    {Type::size, "\"1MB\"", "1000000"},
    {Type::size, "123", "123"},
    {Type::size, "\"1GiBs\"", ""},
    {Type::size, "\"2048TiB\"", ""},
    {Type::size, "\"99999999999999TiB\"", ""},
    {Type::port, "0", "0"},
    {Type::port, "65535", "65535"},
    {Type::port, "\"5331\"", "5331"},
    {Type::port, "65536", ""},
    {Type::port, "-1", ""},
    {Type::port, "\"53x\"", ""},
    {Type::address, "\"127.0.1.1:7001\"", "\"127.0.1.1:7001\""},
    {Type::address, "\"127.0.1.1\"", "\"127.0.1.1:4035\""},
    {Type::address, "\"host.example:0\"", "\"host.example:0\""},
    {Type::address, "\"[::1]:7001\"", "\"[::1]:7001\""},
    {Type::address, "\"[::1]\"", "\"[::1]:4035\""},
    {Type::address, "\"::1:7001\"", ""},
    {Type::address, "\"[::1\"", ""},
    {Type::address, "\"[xyz]:1\"", ""},
    {Type::address, "\"127.0.1.256:1\"", ""},
    {Type::address, "\"127.1:1\"", ""},
    {Type::address, "\":7001\"", ""},
    {Type::address, "\"h:\"", ""},
    {Type::address, "\"h:65536\"", ""},
    {Type::address, "\"a b:1\"", ""},
    {Type::addresses, "[\"h:1\", \"127.0.0.1:2\"]", "[\"h:1\", \"127.0.0.1:2\"]"},
    {Type::addresses, "[\"h:1\", 5]", ""},
    {Type::initiators, "[]", "[]"},
    {Type::initiators, "[{ class = \"ab\", count = 2 }]", "[{ class = \"AB\", count = 2 }]"},
    {Type::initiators, "[{ class = \"A\", count = 5 }, { class = \"B\", count = 5 }]",
     "[{ class = \"A\", count = 5 }, { class = \"B\", count = 5 }]"},
    {Type::initiators, "[{ class = \"A\", count = 5 }, { class = \"B\", count = 6 }]", ""},
    {Type::initiators, "[{ class = \"A\", count = 0 }]", ""},
    {Type::initiators, "[{ class = \"A\", count = 11 }]", ""},
    {Type::initiators, "[{ class = \"A\" }]", ""},
    {Type::initiators, "[{ count = 1 }]", ""},
    {Type::initiators, "[{ class = \"A\", count = 1, kount = 2 }]", ""},
    {Type::initiators, "[{ class = \"A\", count = \"1\" }]", ""},
    {Type::initiators, "[\"A\"]", ""},
    {Type::initiators, "{ class = \"A\", count = 1 }", ""},
    {Type::tls, "\"off\"", "\"off\""},
    {Type::tls, "\"on\"", ""},
    {Type::tls, "{ ca = \"/c\", cert = \"/d\", key = \"/k\" }", "{ ca = \"/c\", cert = \"/d\", key = \"/k\" }"},
    {Type::tls, "{ ca = \"/c\", cert = \"/d\" }", ""},
    {Type::tls, "{ ca = \"/c\", cert = \"/d\", key = \"k\" }", ""},
    {Type::tls, "{ ca = \"/c\", cert = \"/d\", key = 1 }", ""},
    {Type::tls, "{ ca = \"/c\", cert = \"/d\", key = \"/k\", x = 1 }", ""},
    {Type::tls, "false", ""},
    {Type::failover, "\"never\"", "\"never\""},
    {Type::failover, "\"always_primary\"", "\"always_primary\""},
    {Type::failover, "\"primary_secondary\"", "\"primary_secondary\""},
    {Type::failover, "\"secondary_primary\"", "\"secondary_primary1\""},
    {Type::failover, "\"secondary_primary32\"", "\"secondary_primary32\""},
    {Type::failover, "\"secondary_primary 3\"", "\"secondary_primary3\""},
    {Type::failover, "\"secondary_primary(3)\"", "\"secondary_primary3\""},
    {Type::failover, "\"secondary_primary0\"", ""},
    {Type::failover, "\"secondary_primary33\"", ""},
    {Type::failover, "\"secondary_primaryx\"", ""},
    {Type::failover, "\"\"", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(value)

BOOST_DATA_TEST_CASE(a_value_is_taken_or_refused_by_the_rules_of_its_type, data::make(rows)) {
  const auto option = option_of(sample.type);
  const auto tree = parse_toml(std::string("o = ") + sample.toml);
  BOOST_REQUIRE(tree.errors.empty());
  std::vector<Wrong> wrong;
  const auto value = check_value(option, *tree.root.find("o"), false, wrong);
  if (*sample.shown) {
    BOOST_REQUIRE(value.has_value());
    BOOST_TEST(wrong.empty());
    BOOST_TEST(value_text(option, *value) == sample.shown);
    // What is shown reads back to the same value.
    const auto again = parse_toml("o = " + value_text(option, *value));
    const auto second = check_value(option, *again.root.find("o"), false, wrong);
    BOOST_REQUIRE(second.has_value());
    BOOST_TEST((*second == *value));
  } else {
    BOOST_TEST(!value.has_value());
    BOOST_REQUIRE(!wrong.empty());
    BOOST_TEST(!wrong[0].what.empty());
    BOOST_TEST(wrong[0].place.line == 1);
  }
}

BOOST_AUTO_TEST_CASE(all_wrong_items_of_a_list_are_told_each_at_its_place) {
  const auto tree = parse_toml("o = [\"/a\",\n  \"b\",\n  \"/c/..\"]");
  auto option = option_of(Type::paths);
  option.max = 9;
  std::vector<Wrong> wrong;
  BOOST_TEST(!check_value(option, *tree.root.find("o"), false, wrong).has_value());
  BOOST_REQUIRE(wrong.size() == 2u);
  BOOST_TEST(wrong[0].place.line == 2);
  BOOST_TEST(wrong[1].place.line == 3);
}

BOOST_AUTO_TEST_CASE(a_string_is_a_number_only_where_symbols_made_it) {
  const auto tree = parse_toml("o = \"5\"");
  std::vector<Wrong> wrong;
  BOOST_TEST(check_value(option_of(Type::integer), *tree.root.find("o"), true, wrong).has_value());
  BOOST_TEST(!check_value(option_of(Type::integer), *tree.root.find("o"), false, wrong).has_value());
}

BOOST_AUTO_TEST_CASE(the_nearest_known_word_is_found_and_a_far_one_is_not) {
  const std::vector<std::string_view> words{"sysname", "system_id", "initiators", "class"};
  BOOST_TEST(nearest("sysnam", words) == "sysname");
  BOOST_TEST(nearest("systemid", words) == "system_id");
  BOOST_TEST(nearest("initators", words) == "initiators");
  BOOST_TEST(nearest("CLASS", words) == "class");
  BOOST_TEST(nearest("password", words) == "");
  BOOST_TEST(nearest("", words) == "");
}

BOOST_AUTO_TEST_CASE(loopback_addresses_are_known) {
  BOOST_TEST((Address{"127.0.1.1", 1}.loopback()));
  BOOST_TEST((Address{"127.255.0.1", 1}.loopback()));
  BOOST_TEST((Address{"::1", 1}.loopback()));
  BOOST_TEST((Address{"localhost", 1}.loopback()));
  BOOST_TEST(!(Address{"0.0.0.0", 1}.loopback()));
  BOOST_TEST(!(Address{"128.0.0.1", 1}.loopback()));
  BOOST_TEST(!(Address{"localhost.example", 1}.loopback()));
}

BOOST_AUTO_TEST_SUITE_END()
