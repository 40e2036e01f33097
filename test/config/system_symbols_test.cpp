#include "config/system_symbols.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

using namespace sysplexd::config;
namespace data = boost::unit_test::data;

namespace {
const std::map<std::string, std::string> symbols{
    {"SYSNAME", "SYS1"}, {"SYSCLONE", "31"}, {"EMPTY", ""}, {"A$#@1", "x"}};

struct Row {
  const char *text, *result, *undefined;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.text; }
const Row rows[] = {
    {"", "", ""},
    {"plain", "plain", ""},
    {"53&SYSCLONE", "5331", ""},
    {"&SYSNAME..LOG", "SYS1.LOG", ""},
    {"&SYSNAME.LOG", "SYS1LOG", ""},
    {"&SYSNAME/&SYSCLONE", "SYS1/31", ""},
    {"&SYSNAME&SYSCLONE", "SYS131", ""},
    {"&sysname.", "SYS1", ""},
    {"a&EMPTY.b", "ab", ""},
    {"&A$#@1", "x", ""},
    {"R&&D", "R&D", ""},
    {"&&SYSNAME", "&SYSNAME", ""},
    {"&&&SYSCLONE", "&31", ""},
    {"a & b", "a & b", ""},
    {"&1", "&1", ""},
    {"&", "&", ""},
    {"&NOPE", "&NOPE", "NOPE"},
    {"&NOPE.x", "&NOPE.x", "NOPE"},
    {"&SYSCLONE1", "&SYSCLONE1", "SYSCLONE1"},  // one long name, not SYSCLONE and a 1
};
}  // namespace

BOOST_AUTO_TEST_SUITE(system_symbols)

BOOST_DATA_TEST_CASE(symbols_are_replaced_by_the_rules_of_zos, data::make(rows)) {
  const auto out = substitute(sample.text, symbols);
  BOOST_TEST(out.text == sample.result);
  std::string undefined;
  for (const auto& name : out.undefined) undefined += name;
  BOOST_TEST(undefined == sample.undefined);
}

BOOST_AUTO_TEST_CASE(the_symbols_used_are_named_in_order) {
  const auto out = substitute("&SYSCLONE&SYSNAME&NOPE", symbols);
  BOOST_TEST(out.used == (std::vector<std::string>{"SYSCLONE", "SYSNAME"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(symbol_names_have_one_to_eight_characters_and_no_digit_first) {
  BOOST_TEST(is_symbol_name("HLQ"));
  BOOST_TEST(is_symbol_name("$A1"));
  BOOST_TEST(is_symbol_name("ABCDEFGH"));
  BOOST_TEST(!is_symbol_name("ABCDEFGHI"));
  BOOST_TEST(!is_symbol_name("1A"));
  BOOST_TEST(!is_symbol_name(""));
  BOOST_TEST(!is_symbol_name("A-B"));
}

BOOST_AUTO_TEST_CASE(symbols_may_use_symbols_in_any_order) {
  const auto out = resolve_symbols({{"A", "&B..&C"}, {"B", "&C&C"}, {"C", "x"}});
  BOOST_TEST(out.problems.empty());
  BOOST_TEST(out.values.at("A") == "xx.x");
}

BOOST_AUTO_TEST_CASE(a_double_ampersand_in_a_symbol_is_one_and_is_not_read_again) {
  const auto out = resolve_symbols({{"A", "&&B"}, {"B", "x"}});
  BOOST_TEST(out.values.at("A") == "&B");
  BOOST_TEST(substitute("&A", out.values).text == "&B");
}

BOOST_AUTO_TEST_CASE(a_loop_is_told_once_and_leaves_the_others_alone) {
  const auto out = resolve_symbols({{"A", "&B"}, {"B", "&A"}, {"C", "good"}, {"D", "&D"}});
  BOOST_TEST(out.problems.size() == 2u);  // A <-> B once, D
  for (const auto& problem : out.problems) BOOST_TEST(problem.undefined == "");
  BOOST_TEST(out.values.size() == 1u);
  BOOST_TEST(out.values.at("C") == "good");
}

BOOST_AUTO_TEST_CASE(an_undefined_name_in_a_symbol_is_told_by_the_symbol_that_has_it) {
  const auto out = resolve_symbols({{"A", "&B"}, {"B", "&NOPE"}});
  BOOST_REQUIRE(out.problems.size() == 1u);
  BOOST_TEST(out.problems[0].symbol == "B");
  BOOST_TEST(out.problems[0].undefined == "NOPE");
  BOOST_TEST(out.values.empty());
}

BOOST_AUTO_TEST_SUITE_END()
