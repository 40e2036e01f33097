#include "sysplex/jes/utilities/control_statements.hpp"

#include <boost/test/unit_test.hpp>

namespace jes = sysplexd::jes;

BOOST_AUTO_TEST_SUITE(control_statements)

BOOST_AUTO_TEST_CASE(label_operation_operands_and_remark_are_parted) {
  const auto parsed = jes::parse_control_statements({"COPY1  copy outdd=o,INDD=(a,b)  a remark", "* a comment", ""});
  BOOST_REQUIRE(parsed);
  BOOST_REQUIRE(parsed.value().size() == 1u);
  BOOST_TEST(parsed.value()[0].label == "COPY1");
  BOOST_TEST(parsed.value()[0].operation == "COPY");
  BOOST_TEST(parsed.value()[0].operands == "OUTDD=O,INDD=(A,B)");
}

BOOST_AUTO_TEST_CASE(an_operation_may_stand_in_column_one) {
  const auto parsed = jes::parse_control_statements({"GENERATE MAXNAME=1"});
  BOOST_REQUIRE(parsed);
  BOOST_TEST(parsed.value()[0].operation == "GENERATE");
  BOOST_TEST(parsed.value()[0].operands == "MAXNAME=1");
}

BOOST_AUTO_TEST_CASE(a_trailing_comma_continues) {
  const auto parsed = jes::parse_control_statements({" SELECT MEMBER=(A,", "               B,'x y')   remark"});
  BOOST_REQUIRE(parsed);
  BOOST_REQUIRE(parsed.value().size() == 1u);
  BOOST_TEST(parsed.value()[0].operands == "MEMBER=(A,B,'x y')");
}

BOOST_AUTO_TEST_CASE(columns_beyond_71_are_no_operands) {
  const std::string line = " COPY OUTDD=O,INDD=I" + std::string(60, ' ') + "00010000";
  const auto parsed = jes::parse_control_statements({line.substr(0, 72) + "        "});
  BOOST_REQUIRE(parsed);
  BOOST_TEST(parsed.value()[0].operands == "OUTDD=O,INDD=I");
}

BOOST_AUTO_TEST_CASE(what_is_not_closed_or_goes_nowhere_is_an_error) {
  BOOST_TEST(!jes::parse_control_statements({" SELECT MEMBER=(A"}));
  BOOST_TEST(!jes::parse_control_statements({" RECORD FIELD=(1,'x"}));
  BOOST_TEST(!jes::parse_control_statements({" SELECT MEMBER=A,"}));
  BOOST_TEST(!jes::split_operands("A)"));
  BOOST_TEST(!jes::split_operands("'A"));
}

BOOST_AUTO_TEST_CASE(operands_part_at_top_level_commas_only) {
  const auto parts = jes::split_operands("A=(1,2),B='x,y',,C");
  BOOST_REQUIRE(parts);
  BOOST_TEST(parts.value() == (std::vector<std::string>{"A=(1,2)", "B='x,y'", "", "C"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
