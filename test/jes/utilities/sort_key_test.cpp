// The order of records: each format against a plain reference, and the promise of the prefix.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "sysplex/jes/utilities/sort_key.hpp"
#include "sysplex/jes/utilities/sort_number.hpp"

namespace {
using namespace sysplexd::jes::sort;

std::array<unsigned char, 256> identity() {
  std::array<unsigned char, 256> table{};
  std::iota(table.begin(), table.end(), static_cast<unsigned char>(0));
  return table;
}

KeyOrder order_of(std::vector<SortKey> keys) { return KeyOrder(std::move(keys), identity()); }

int sign(int value) { return (value > 0) - (value < 0); }

// For all pairs: compare agrees with the values, and the prefix never contradicts it.
void check_pairs(const KeyOrder& order, const std::vector<std::string>& records, const std::vector<Number>& values,
                 bool descending) {
  for (std::size_t i = 0; i < records.size(); ++i)
    for (std::size_t j = 0; j < records.size(); ++j) {
      const int wanted = (values[i] > values[j]) - (values[i] < values[j]);
      const int got = sign(order.compare(records[i], records[j]));
      BOOST_REQUIRE_EQUAL(got, descending ? -wanted : wanted);
      if (got < 0) BOOST_REQUIRE_LE(order.prefix(records[i]), order.prefix(records[j]));
    }
}
}  // namespace

BOOST_AUTO_TEST_SUITE(sort_key)

BOOST_AUTO_TEST_CASE(numbers_of_each_format_are_ordered_by_value) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  struct Case {
    Format format;
    std::uint32_t length;
  };
  const Case cases[] = {{Format::pd, 4}, {Format::pd, 3}, {Format::zd, 7}, {Format::fi, 4}, {Format::fi, 2},
                        {Format::ls, 6}, {Format::ts, 6}, {Format::fs, 7}, {Format::ol, 5}, {Format::zd, 20}};
  for (const auto& test : cases) {
    for (const bool descending : {false, true}) {
      std::vector<std::string> records;
      std::vector<Number> values{0, 1, -1, 9, -9, 10, -10, 99, -99, 100};
      while (values.size() < 60) {
        const Number magnitude = static_cast<Number>(random() % (test.length == 2 ? 30'000 : 99'000));
        values.push_back(random() % 2 == 0 ? magnitude : -magnitude);
      }
      for (const auto value : values) {
        std::string bytes = "##";
        BOOST_REQUIRE(store_number(value, test.format, test.length, bytes));
        records.push_back(bytes);
      }
      check_pairs(order_of({{{3, test.length, test.format}, descending}}), records, values, descending);
    }
  }
}

BOOST_AUTO_TEST_CASE(minus_zero_equals_zero) {
  const auto order = order_of({{{1, 2, Format::pd}, false}});
  BOOST_CHECK_EQUAL(order.compare(std::string_view("\x00\x0D", 2), std::string_view("\x00\x0C", 2)), 0);
  const auto zoned = order_of({{{1, 2, Format::zd}, false}});
  BOOST_CHECK_EQUAL(zoned.compare("0p", "00"), 0);
}

BOOST_AUTO_TEST_CASE(a_line_that_ends_inside_a_character_field_is_lower_than_any_continuation) {
  for (const bool two_fields : {false, true}) {
    std::vector<SortKey> keys{{{1, 9, Format::ch}, false}};
    if (two_fields) keys.push_back({{10, 2, Format::ch}, false});
    const auto order = order_of(keys);
    const std::string_view nul("a\0", 2), nulnul("a\0\0", 3);
    BOOST_CHECK_LT(order.compare("a", nul), 0);
    BOOST_CHECK_LT(order.compare(nul, nulnul), 0);
    BOOST_CHECK_LT(order.compare("", "a"), 0);
    BOOST_CHECK_LT(order.compare("a", "a "), 0);
    BOOST_CHECK_GT(order.compare("\x80", "z"), 0);
  }
}

// Random short strings of few letters, NUL among them: many equal beginnings and equal keys.
BOOST_AUTO_TEST_CASE(prefix_never_contradicts_compare_on_ragged_lines) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  std::vector<std::string> records;
  for (int i = 0; i < 250; ++i) {
    std::string record;
    for (unsigned n = random() % 14; n > 0; --n) record += std::string("\0\0ab\xFF", 5)[random() % 5];
    records.push_back(record);
  }
  const std::vector<std::vector<SortKey>> orders = {
      {{{1, 100, Format::ch}, false}},
      {{{1, 100, Format::ch}, true}},
      {{{2, 3, Format::ch}, false}, {{6, 2, Format::ch}, true}},
      {{{2, 3, Format::ch}, true}, {{1, 1, Format::ch}, false}, {{8, 4, Format::ch}, false}},
      {{{1, 2, Format::bi}, false}, {{3, 20, Format::ch}, true}},
      {{{1, 3, Format::fi}, true}, {{4, 20, Format::aq}, false}},
      {{{1, 3, Format::zd}, false}, {{4, 2, Format::pd}, true}, {{6, 9, Format::ch}, false}},
  };
  for (const auto& keys : orders) {
    const auto order = order_of(keys);
    for (const auto& a : records)
      for (const auto& b : records) {
        const int forth = order.compare(a, b), back = order.compare(b, a);
        BOOST_REQUIRE_EQUAL(sign(forth), -sign(back));
        if (forth < 0) BOOST_REQUIRE_LE(order.prefix(a), order.prefix(b));
        if (forth == 0) BOOST_REQUIRE_EQUAL(order.prefix(a), order.prefix(b));
      }
    auto sorted = records;
    std::sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) { return order.compare(a, b) < 0; });
    for (std::size_t i = 0; i < sorted.size(); ++i)  // transitive: any two are in order, not only neighbours
      for (std::size_t j = i + 1; j < sorted.size(); ++j) BOOST_REQUIRE_LE(order.compare(sorted[i], sorted[j]), 0);
  }
}

BOOST_AUTO_TEST_CASE(ALTSEQ_changes_the_order_of_AQ_only) {
  auto table = identity();
  table['b'] = 'A' - 1;
  const KeyOrder altered({{{1, 5, Format::aq}, false}}, table);
  BOOST_CHECK_LT(altered.compare("b", "A"), 0);
  const KeyOrder plain({{{1, 5, Format::ch}, false}}, table);
  BOOST_CHECK_GT(plain.compare("b", "A"), 0);
}

BOOST_AUTO_TEST_SUITE_END()
