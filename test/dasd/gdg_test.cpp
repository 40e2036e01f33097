// Rules of generation data groups: pure.
#include "sysplex/dasd/gdg.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace sysplexd;
using namespace sysplexd::dasd;

namespace {

std::vector<GenerationName> group(const std::vector<int>& numbers) {
  std::vector<GenerationName> names;
  for (const int number : numbers) names.push_back({"A.B", number, 0});
  sort_newest_first(names);
  return names;
}

std::vector<int> numbers(const std::vector<GenerationName>& names) {
  std::vector<int> all;
  for (const auto& name : names) all.push_back(name.number);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gdg)

BOOST_AUTO_TEST_CASE(generations_are_ordered_newest_first) {
  BOOST_TEST(numbers(group({3, 1, 2})) == (std::vector<int>{3, 2, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(after_9999_comes_1_and_is_newer) {
  BOOST_TEST(numbers(group({9998, 1, 9999, 2})) == (std::vector<int>{2, 1, 9999, 9998}),
             boost::test_tools::per_element());
  BOOST_TEST(resolve_relative("A.B", group({9999}), 1)->number == 1);
  BOOST_TEST(resolve_relative("A.B", group({9998}), 3)->number == 2);
}

BOOST_AUTO_TEST_CASE(relative_numbers_count_from_the_newest) {
  const auto all = group({4, 7, 5});
  BOOST_TEST(resolve_relative("A.B", all, 0)->number == 7);
  BOOST_TEST(resolve_relative("A.B", all, -1)->number == 5);
  BOOST_TEST(resolve_relative("A.B", all, -2)->number == 4);
  BOOST_TEST(resolve_relative("A.B", all, 1)->number == 8);
  BOOST_TEST(resolve_relative("A.B", all, 2)->number == 9);
  BOOST_TEST(resolve_relative("A.B", {}, 1)->number == 1);
}

BOOST_AUTO_TEST_CASE(a_generation_that_is_not_there_is_not_found) {
  const auto missing = resolve_relative("A.B", group({4, 5}), -2);
  BOOST_REQUIRE(!missing);
  BOOST_TEST((missing.error().code == net::Errc::not_found));
  BOOST_TEST((resolve_relative("A.B", {}, 0).error().code == net::Errc::not_found));
  BOOST_TEST((resolve_relative("A.B", {}, 256).error().code == net::Errc::invalid));
  BOOST_TEST((resolve_relative("A.B", {}, -999).error().code == net::Errc::invalid));
}

BOOST_AUTO_TEST_CASE(noempty_rolls_off_the_oldest_and_empty_all_but_the_new_one) {
  GdgBase base;
  base.limit = 3;
  BOOST_TEST(rolls_off(base, group({1, 2, 3})).empty());
  BOOST_TEST(numbers(rolls_off(base, group({1, 2, 3, 4}))) == (std::vector<int>{1}), boost::test_tools::per_element());
  BOOST_TEST(numbers(rolls_off(base, group({1, 2, 3, 4, 5}))) == (std::vector<int>{2, 1}),
             boost::test_tools::per_element());
  base.empty = true;
  BOOST_TEST(rolls_off(base, group({1, 2, 3})).empty());
  BOOST_TEST(numbers(rolls_off(base, group({1, 2, 3, 4}))) == (std::vector<int>{3, 2, 1}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
