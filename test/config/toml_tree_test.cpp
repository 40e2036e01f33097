#include "config/toml_tree.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace sysplexd::config;

BOOST_AUTO_TEST_SUITE(toml_tree)

BOOST_AUTO_TEST_CASE(values_and_their_places_are_read) {
  const auto tree = parse_toml("[jes]\nclass = \"A\"\ninitiators = [{ class = \"AB\", count = 2 }]\nmode = 0o755\n");
  BOOST_REQUIRE(tree.errors.empty());
  const auto* jes = tree.root.find("jes");
  BOOST_REQUIRE(jes != nullptr);
  const auto* initiators = jes->find("initiators");
  BOOST_REQUIRE(initiators != nullptr);
  BOOST_TEST(initiators->key_place.line == 3);
  BOOST_TEST(initiators->key_place.column == 1);
  BOOST_TEST(initiators->place.column == 14);
  BOOST_TEST(initiators->items.at(0).find("count")->integer == 2);
  BOOST_TEST(jes->find("mode")->integer == 0755);
  BOOST_TEST(jes->find("mode")->octal);
  BOOST_TEST((jes->find("nothing") == nullptr));
}

BOOST_AUTO_TEST_CASE(members_keep_the_order_of_the_file) {
  const auto tree = parse_toml("z = 1\na = 2\nm = 3\n");
  BOOST_TEST(tree.root.members.at(0).key == "z");
  BOOST_TEST(tree.root.members.at(2).key == "m");
}

BOOST_AUTO_TEST_CASE(every_syntax_error_is_told_and_the_rest_is_read) {
  const auto tree = parse_toml("[a]\nx = 1\ny = = 2\nz = 3\n[b]\nx = 1\nx = 2\n[c]\nx = \"open\ny = 5\n");
  BOOST_REQUIRE(tree.errors.size() == 3u);
  BOOST_TEST(tree.errors[0].place.line == 3);
  BOOST_TEST(tree.errors[1].place.line == 7);
  BOOST_TEST(tree.errors[2].place.line == 9);
  BOOST_TEST(tree.root.find("a")->find("z")->integer == 3);
  BOOST_TEST(tree.root.find("c")->find("y")->integer == 5);
}

BOOST_AUTO_TEST_CASE(the_options_below_a_broken_section_head_are_not_read_into_the_section_before) {
  const auto tree = parse_toml("[a]\nx = 1\n\n[b\ny = 1\nz = 2\n[c]\nw = 1\n");
  BOOST_REQUIRE(tree.errors.size() == 1u);
  BOOST_TEST(tree.errors[0].place.line == 4);
  BOOST_TEST(tree.root.find("a")->members.size() == 1u);
  BOOST_TEST((tree.root.find("c") != nullptr));
}

BOOST_AUTO_TEST_CASE(a_list_that_is_never_closed_is_one_error) {
  const auto tree = parse_toml("[a]\nx = [ 1,\ny = 2\nz = 3\nw = 4\n");
  BOOST_TEST(tree.errors.size() == 1u);
}

BOOST_AUTO_TEST_CASE(reading_stops_after_twenty_syntax_errors) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "x = = 1\nok" + std::to_string(i) + " = 1\n";
  BOOST_TEST(parse_toml(text).errors.size() == 20u);
}

BOOST_DATA_TEST_CASE(garbage_is_an_error_and_no_crash,
                     boost::unit_test::data::make({"\x01\x02", "[", "[[", "=", "\xff\xfe", "a", "a=", "\"\"\"",
                                                   "[a]\n[a]", "x = 99999999999999999999", "a.b = 1\na = 2"})) {
  BOOST_TEST(!parse_toml(sample).errors.empty());
}

BOOST_AUTO_TEST_CASE(a_nul_byte_is_an_error) {
  BOOST_TEST(!parse_toml(std::string_view("a = \"\0\"", 7)).errors.empty());
}

BOOST_AUTO_TEST_CASE(a_node_is_written_as_toml_that_reads_back) {
  const auto tree = parse_toml("x = [{ a = \"q\\\"\\u0001\", b = -5 }, true, 1.5, 0o17, 2026-11-23, \"\"]");
  const auto again = toml_text(*tree.root.find("x"));
  BOOST_TEST(again == "[{ a = \"q\\\"\\u0001\", b = -5 }, true, 1.5, 0o17, 2026-11-23, \"\"]");
  BOOST_TEST(parse_toml("x = " + again).errors.empty());
}

BOOST_AUTO_TEST_SUITE_END()
