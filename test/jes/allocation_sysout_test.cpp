// SYSOUT files: names, numbers, which are listed.
#include "test/jes/allocation_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(allocation_sysout, AllocationFixture)

BOOST_AUTO_TEST_CASE(sysout_files_have_fixed_numbers_and_only_existing_ones_are_listed) {
  step({{"SYSPRINT", {sysout("X")}}, {"REPORT", {sysout("B")}}});
  auto& second = step({{"REPORT", {sysout()}}});
  second.procstep = "GO";
  job();
  BOOST_TEST(job().sysout_files().empty());
  put_file(spool + "/JOB00001.S1.REPORT", "12345");
  put_file(spool + "/JOB00001.S2.STDOUT", "");
  std::filesystem::create_symlink("/etc/passwd", spool + "/JOB00001.S2.REPORT");
  const auto files = job().sysout_files();
  BOOST_REQUIRE(files.size() == 2u);
  BOOST_TEST(files[0].id == 102u);
  BOOST_TEST(files[0].ddname == "REPORT");
  BOOST_TEST(files[0].sysout_class == "B");
  BOOST_TEST(files[0].bytes == 5u);
  BOOST_TEST(files[0].name == "JOB00001.S1.REPORT");
  BOOST_TEST(files[1].id == 104u);
  BOOST_TEST(files[1].ddname == "STDOUT");
  BOOST_TEST(files[1].step == "STEP2");
  BOOST_TEST(files[1].procstep == "GO");
  BOOST_TEST(jes::sysout_files(plan, context.sysout_prefix).size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
