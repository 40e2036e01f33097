#include "sysplex/jes/utilities/dd.hpp"

#include <boost/test/unit_test.hpp>

#include "test/jes/utilities/step.hpp"

namespace jes = sysplexd::jes;
namespace net = sysplexd::net;
using sysplexd::test::Step;

BOOST_AUTO_TEST_SUITE(dd)

BOOST_AUTO_TEST_CASE(attributes_are_read_from_the_environment_form) {
  const auto fb = jes::parse_dcb("fb,80,800");
  BOOST_TEST(fb.recfm == "FB");
  BOOST_TEST(fb.lrecl == 80u);
  BOOST_TEST(fb.blksize == 800u);
  BOOST_TEST(fb.fixed());
  BOOST_TEST(fb.data_limit() == 80u);
  BOOST_TEST(jes::parse_dcb("VB,255,").data_limit() == 251u);
  BOOST_TEST(!jes::parse_dcb("FB").fixed());
  BOOST_TEST(!jes::parse_dcb("FB,99999999999999999999").fixed());
  BOOST_TEST(jes::parse_dcb("").data_limit() == 0u);
  BOOST_TEST(jes::parse_dcb("U,0,3200").data_limit() == 0u);
}

BOOST_AUTO_TEST_CASE(directories_joined_by_colons_are_a_concatenation_and_a_colon_in_a_file_name_is_none) {
  Step step;
  std::filesystem::create_directories(step.root() + "/a");
  std::filesystem::create_directories(step.root() + "/b");
  step.file("a/ONE", "1");
  step.file("b/ONE", "2");
  step.file("b/TWO", "2");
  const auto libraries = step.root() + "/a:" + step.root() + "/b";
  ::setenv("DD_SYSLIB", libraries.c_str(), 1);
  const auto dd = jes::find_dd("SYSLIB");
  BOOST_REQUIRE(dd);
  BOOST_TEST(dd->paths.size() == 2u);
  BOOST_TEST(dd->library());
  BOOST_TEST(*jes::find_member(dd->paths, "ONE") == step.root() + "/a/ONE");
  BOOST_TEST(*jes::find_member(dd->paths, "TWO") == step.root() + "/b/TWO");
  BOOST_TEST(!jes::find_member(dd->paths, "../a/ONE"));
  const auto odd = step.file("a:b", "x");
  ::setenv("DD_SYSLIB", odd.c_str(), 1);
  BOOST_TEST(jes::find_dd("SYSLIB")->path() == odd);
  ::unsetenv("DD_SYSLIB");
  BOOST_TEST(!jes::find_dd("SYSLIB"));
}

BOOST_AUTO_TEST_CASE(lines_are_read_with_and_without_a_last_newline) {
  Step step;
  for (const std::string text : {"a\n\nb", "a\n\nb\n"}) {
    auto reader = jes::RecordReader::open(step.file("x", text), {});
    BOOST_REQUIRE(reader);
    std::string_view record;
    std::string all;
    while (reader.value().next(record)) all += "[" + std::string(record) + "]";
    BOOST_TEST(all == "[a][][b]");
    BOOST_TEST(reader.value().status().ok());
    BOOST_TEST(reader.value().records() == 3u);
  }
}

BOOST_AUTO_TEST_CASE(lines_longer_than_the_buffer_are_whole_and_longer_than_the_limit_are_an_error) {
  Step step;
  const std::string longest(1000, 'x');
  const auto path = step.file("x", "short\n" + longest + "\n" + longest + longest + "\n");
  auto reader = jes::RecordReader::open(path, {}, {64, 1500});
  BOOST_REQUIRE(reader);
  std::string_view record;
  BOOST_TEST(reader.value().next(record));
  BOOST_TEST(record == "short");
  BOOST_TEST(reader.value().next(record));
  BOOST_TEST(record == longest);
  BOOST_TEST(!reader.value().next(record));
  BOOST_REQUIRE(!reader.value().status());
  BOOST_TEST((reader.value().status().error().code == net::Errc::too_large));
  BOOST_TEST(!reader.value().next(record));
}

BOOST_AUTO_TEST_CASE(fixed_records_cross_the_buffer_and_a_short_last_one_is_an_error) {
  Step step;
  const jes::DcbAttributes dcb{"FB", 7, 0};
  const auto path = step.file("x", std::string("0000001") + "0000002" + "000");
  auto reader = jes::RecordReader::open(path, dcb, {8, 8});
  BOOST_REQUIRE(reader);
  std::string_view record;
  BOOST_TEST(reader.value().next(record));
  BOOST_TEST(reader.value().next(record));
  BOOST_TEST(record == "0000002");
  BOOST_TEST(!reader.value().next(record));
  BOOST_REQUIRE(!reader.value().status());
  BOOST_TEST((reader.value().status().error().code == net::Errc::corrupt));
}

BOOST_AUTO_TEST_CASE(fixed_records_are_padded_and_too_long_ones_refused) {
  Step step;
  const auto path = step.root() + "/out";
  auto writer = jes::RecordWriter::open(path, {"F", 5, 0});
  BOOST_REQUIRE(writer);
  BOOST_TEST(writer.value().write("ab"));
  BOOST_TEST(!writer.value().write("abcdef"));
  BOOST_TEST((writer.value().status().error().code == net::Errc::too_large));
  BOOST_TEST(writer.value().write("12345"));
  BOOST_TEST(!writer.value().close());
  BOOST_TEST(Step::read(path) == "ab   12345");
}

BOOST_AUTO_TEST_CASE(a_full_device_is_an_error_of_close) {
  auto writer = jes::RecordWriter::open("/dev/full", {});
  BOOST_REQUIRE(writer);
  BOOST_TEST(writer.value().write("x"));
  const auto status = writer.value().close();
  BOOST_REQUIRE(!status);
  BOOST_TEST((status.error().code == net::Errc::no_space));
}

BOOST_AUTO_TEST_CASE(a_missing_file_and_a_folder_cannot_be_read) {
  Step step;
  BOOST_TEST(!jes::RecordReader::open(step.root() + "/none", {}));
  auto folder = jes::RecordReader::open(step.root(), {});
  std::string_view record;
  BOOST_TEST((!folder || (!folder.value().next(record) && !folder.value().status())));
}

BOOST_AUTO_TEST_SUITE_END()
