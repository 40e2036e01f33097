// Number formats and edit masks of SORT.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <random>

#include "sysplex/jes/utilities/sort_number.hpp"

namespace {
using namespace sysplexd::jes::sort;

std::int64_t read(Format format, std::string_view bytes, std::uint32_t length = 0) {
  Field field{1, length != 0 ? length : static_cast<std::uint32_t>(bytes.size()), format};
  return static_cast<std::int64_t>(read_number(field, bytes));
}

std::string edited(std::int64_t value, unsigned mask, unsigned digits) {
  std::string out;
  append_edited(value, edit_mask(mask, digits), out);
  return out;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(sort_number)

BOOST_AUTO_TEST_CASE(packed_decimal_has_its_sign_in_the_last_half_byte) {
  BOOST_CHECK_EQUAL(read(Format::pd, "\x12\x34\x5C"), 12345);
  BOOST_CHECK_EQUAL(read(Format::pd, "\x12\x34\x5D"), -12345);
  BOOST_CHECK_EQUAL(read(Format::pd, "\x12\x34\x5B"), -12345);
  BOOST_CHECK_EQUAL(read(Format::pd, "\x12\x34\x5F"), 12345);
}

BOOST_AUTO_TEST_CASE(zoned_decimal_knows_the_signs_of_GnuCOBOL_and_of_translated_EBCDIC) {
  BOOST_CHECK_EQUAL(read(Format::zd, "00123"), 123);
  BOOST_CHECK_EQUAL(read(Format::zd, "0012s"), -123);  // GnuCOBOL on ASCII
  BOOST_CHECK_EQUAL(read(Format::zd, "0012p"), -120);
  BOOST_CHECK_EQUAL(read(Format::zd, "0012C"), 123);
  BOOST_CHECK_EQUAL(read(Format::zd, "0012L"), -123);
  BOOST_CHECK_EQUAL(read(Format::zd, "0012}"), -120);
  BOOST_CHECK_EQUAL(read(Format::zd, "0012{"), 120);
  BOOST_CHECK_EQUAL(read(Format::zd, "   12"), 12);
  BOOST_CHECK_EQUAL(read(Format::ol, "s012"), -3012);
}

BOOST_AUTO_TEST_CASE(binary_is_big_endian) {
  BOOST_CHECK_EQUAL(read(Format::bi, std::string("\x01\x00", 2)), 256);
  BOOST_CHECK_EQUAL(read(Format::fi, "\xFF\xFE"), -2);
  BOOST_CHECK_EQUAL(read(Format::fi, std::string("\x80\0\0\0\0\0\0\0", 8)), INT64_MIN);
  BOOST_CHECK_EQUAL(read(Format::bi, "\x01", 2), 256);  // behind the line: zeros
}

BOOST_AUTO_TEST_CASE(separate_and_floating_signs) {
  BOOST_CHECK_EQUAL(read(Format::ls, "-0123"), -123);
  BOOST_CHECK_EQUAL(read(Format::ls, "+0123"), 123);
  BOOST_CHECK_EQUAL(read(Format::ts, "0123-"), -123);
  BOOST_CHECK_EQUAL(read(Format::fs, "  -12"), -12);
  BOOST_CHECK_EQUAL(read(Format::fs, "   12"), 12);
  BOOST_CHECK_EQUAL(read(Format::uff, "$1,234.56"), 123456);
  BOOST_CHECK_EQUAL(read(Format::sff, "(1,234)"), -1234);
}

BOOST_AUTO_TEST_CASE(what_is_stored_reads_back) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  struct Case {
    Format format;
    std::uint32_t length;
    std::int64_t limit;
  };
  const Case cases[] = {{Format::pd, 5, 999'999'999}, {Format::zd, 7, 9'999'999}, {Format::fi, 4, INT32_MAX},
                        {Format::fi, 8, INT64_MAX},   {Format::ls, 6, 99'999},    {Format::ts, 6, 99'999},
                        {Format::fs, 9, 99'999'999},  {Format::ol, 4, 9'999},     {Format::pd, 1, 9}};
  for (const auto& test : cases)
    for (int i = 0; i < 300; ++i) {
      const auto magnitude = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(test.limit));
      const std::int64_t value = random() % 2 == 0 ? magnitude : -magnitude;
      std::string bytes;
      BOOST_REQUIRE(store_number(value, test.format, test.length, bytes));
      BOOST_REQUIRE_EQUAL(bytes.size(), test.length);
      BOOST_REQUIRE_EQUAL(read(test.format, bytes), value);
    }
}

BOOST_AUTO_TEST_CASE(a_number_that_does_not_fit_is_not_stored) {
  std::string out = "x";
  BOOST_CHECK(!store_number(10'000, Format::zd, 4, out));
  BOOST_CHECK(!store_number(1'000, Format::pd, 2, out));
  BOOST_CHECK(!store_number(-1, Format::bi, 4, out));
  BOOST_CHECK(!store_number(128, Format::fi, 1, out));
  BOOST_CHECK(!store_number(65'536, Format::bi, 2, out));
  BOOST_CHECK(!store_number(-1'000, Format::fs, 4, out));
  BOOST_CHECK_EQUAL(out, "x");
  BOOST_CHECK(store_number(-128, Format::fi, 1, out));
}

struct Mask {
  std::int64_t value;
  unsigned mask, digits;
  const char* text;
};
std::ostream& operator<<(std::ostream& out, const Mask& mask) {
  return out << "M" << mask.mask << " of " << mask.value;
}

// The examples of the DFSORT manual's table of edit masks.
const Mask masks[] = {
    {1234, 0, 5, " 1234 "},
    {-1, 0, 5, "    1-"},
    {-123, 1, 5, "00123-"},
    {123450, 2, 6, "1,234.50 "},
    {-20, 2, 6, "    0.20-"},
    {-1234, 3, 6, "   12.34CR"},
    {123456, 3, 6, "1,234.56  "},
    {123456, 4, 6, "+1,234.56"},
    {-12, 4, 6, "    -0.12"},
    {-1234, 5, 6, "   (12.34)"},
    {123450, 5, 6, " 1,234.50 "},
    {123456, 6, 8, "    012-3456"},
    {12345678, 6, 8, "  1-234-5678"},
    {12345, 7, 9, "000-01-2345"},
    {30553, 8, 6, " 3:05:53"},
    {123004, 9, 6, "12/30/04"},
    {1234, 10, 5, " 1234"},
    {1234, 11, 5, "01234"},
    {1234567, 12, 7, " 1,234,567"},
    {-12345, 12, 7, "   -12,345"},
    {-12345, 13, 7, "   -12.345"},
    {-12345, 14, 7, "   (12 345)"},
    {-1234, 15, 5, " 1 234-"},
    {-1234, 16, 5, " -1 234"},
    {-1234, 17, 5, " -1'234"},
    {-1234, 18, 6, "   -12.34"},
    {-123456, 19, 6, "-1.234,56"},
    {1, 25, 5, "     1"},
    {-12, 26, 4, "-0012"},
    {12, 26, 4, "+0012"},
    {0, 12, 5, "      0"},
};

BOOST_DATA_TEST_CASE(edit_masks_print_as_the_manual_shows, boost::unit_test::data::make(masks), mask) {
  BOOST_CHECK_EQUAL(edited(mask.value, mask.mask, mask.digits), mask.text);
}

BOOST_AUTO_TEST_CASE(a_result_longer_than_LENGTH_loses_its_left_side) {
  auto edit = edit_mask(11, 8);
  edit.length = 3;
  std::string out;
  append_edited(12345678, edit, out);
  BOOST_CHECK_EQUAL(out, "678");
  NumberEdit stored;
  stored.to = Format::zd;
  stored.length = 3;
  out.clear();
  append_edited(12345, stored, out);
  BOOST_CHECK_EQUAL(out, "345");
}

BOOST_AUTO_TEST_SUITE_END()
