// The bytes behind a DD: concatenations of lines and records.
#include <fcntl.h>
#include <sys/mount.h>

#include "sysplex/jes/allocation_files.hpp"
#include "test/jes/allocation_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(allocation_files, AllocationFixture)

BOOST_AUTO_TEST_CASE(sequential_parts_become_one_file_with_whole_lines) {
  make("A.ONE", "1\n2");  // no newline at its end
  make("A.TWO", "3\n");
  make("A.NONE", "");
  step({{"IN", {dsn("A.ONE", shr), dsn("A.NONE", shr), dsn("A.TWO", shr), instream("4\n")}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(value(step, "DD_IN")) == "1\n2\n3\n4\n");
  BOOST_TEST(step.messages.size() == 5u);
  BOOST_TEST(step.messages[2] == "IEF237I DASD ALLOCATED TO         ");
  BOOST_TEST(file_bytes(root + "/A.ONE") == "1\n2");
}

BOOST_AUTO_TEST_CASE(fixed_records_and_lines_join_in_the_form_of_the_first) {
  make("A.FIX", "aa  bb  ", 4);
  make("A.WIDE", "123456", 6);
  step({{"F", {dsn("A.FIX", shr), instream("c\ndddd\n")}}, {"L", {instream("x\n"), dsn("A.FIX", shr)}}});
  step({{"W", {dsn("A.FIX", shr), dsn("A.WIDE", shr)}}});
  step({{"T", {dsn("A.FIX", shr), instream("toolong\n")}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(value(step, "DD_F")) == "aa  bb  c   dddd");
  BOOST_TEST(value(step, "DCB_F") == "FB,4,");
  BOOST_TEST(file_bytes(value(step, "DD_L")) == "x\naa\nbb\n");
  BOOST_TEST(value(step, "DCB_L") == "(none)");
  end(1);
  BOOST_TEST(refused(2).find("LRECL=6 does not fit the first data set's LRECL=4") != std::string::npos);
  BOOST_TEST(refused(3).find("longer than LRECL=4") != std::string::npos);
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(a_concatenation_of_many_megabytes_is_whole) {
  std::string big;
  for (int i = 0; big.size() < (std::size_t{5} << 20); ++i) big += "line " + std::to_string(i) + "\n";
  make("A.BIG", big);
  make("A.FIX", std::string(std::size_t{3} << 20, 'f'), 8);
  step({{"IN", {dsn("A.BIG", shr), dsn("A.BIG", shr)}}, {"C", {instream("h\n"), dsn("A.FIX", shr)}}});
  const auto step = allocated(1);
  BOOST_TEST((file_bytes(value(step, "DD_IN")) == big + big));
  const auto lines = file_bytes(value(step, "DD_C"));
  BOOST_TEST(lines.size() == 2 + (std::size_t{3} << 20) / 8 * 9);
}

BOOST_AUTO_TEST_CASE(a_full_temporary_folder_is_ief257i_and_undone) {
  if (::mount("none", temp.c_str(), "tmpfs", 0, "size=64k") != 0) {
    BOOST_TEST_MESSAGE("no right to mount: not run");
    return;
  }
  make("A.BIG", std::string(200 * 1024, 'x'));
  step({{"NEW", {dsn("A.NEW", new_catlg)}}, {"IN", {dsn("A.BIG", shr), dsn("A.BIG", shr)}}});
  BOOST_TEST(refused(1).find("IEF257I PAYJOB STEP1 IN - SPACE REQUESTED NOT AVAILABLE") == 0u);
  BOOST_TEST(!there(root + "/A.NEW"));
  BOOST_TEST(temp_is_empty());
  ::umount2(temp.c_str(), MNT_DETACH);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(allocation_file_functions)

BOOST_AUTO_TEST_CASE(an_append_that_fails_leaves_the_target_as_it_was) {
  TempFolder folder;
  put_file(folder / "to", "old");
  const net::UniqueFd to(::open((folder / "to").c_str(), O_RDWR));
  const net::UniqueFd from(::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));  // reading a folder fails
  BOOST_TEST(!jes::append_file(from.get(), to.get(), true).ok());
  BOOST_TEST(file_bytes(folder / "to") == "old");  // the newline it had put there is gone too
}

BOOST_AUTO_TEST_CASE(a_short_last_record_does_not_shift_what_follows) {
  TempFolder folder;
  put_file(folder / "a", "aaaabb");
  put_file(folder / "b", "cccc");
  std::vector<jes::JoinSource> sources;
  for (const char* name : {"a", "b"})
    sources.push_back({name, net::UniqueFd(::open((folder / name).c_str(), O_RDONLY)), 4});
  BOOST_REQUIRE(jes::join_files(sources, 4, folder / "all").ok());
  BOOST_TEST(file_bytes(folder / "all") == "aaaabb  cccc");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_there_is_never_written_over) {
  TempFolder folder;
  put_file(folder / "there", "x");
  std::filesystem::create_symlink(folder / "there", folder / "link");
  BOOST_TEST((jes::write_new_file(folder / "there", "new").error().code == net::Errc::exists));
  BOOST_TEST((jes::write_new_file(folder / "link", "new").error().code == net::Errc::exists));
  BOOST_TEST(file_bytes(folder / "there") == "x");
}

BOOST_AUTO_TEST_SUITE_END()
