// What an initiator that is root may do for a job.
#include "test/jes/allocation_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(allocation_user, AllocationFixture)

BOOST_AUTO_TEST_CASE(root_does_for_a_user_only_what_the_user_may) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("not root: not run");
    return;
  }
  make("ROOT.ONLY", "secret\n");
  BOOST_REQUIRE(::chmod((root + "/ROOT.ONLY").c_str(), 0600) == 0);
  BOOST_REQUIRE(::chmod(root.c_str(), 01777) == 0);
  BOOST_REQUIRE(::chmod((root + "/.catalog").c_str(), 01777) == 0);
  BOOST_REQUIRE(::chmod((root + "/.catalog/.tmp").c_str(), 01777) == 0);
  BOOST_REQUIRE(::chmod((root + "/.catalog/.lock").c_str(), 0666) == 0);
  BOOST_REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  BOOST_REQUIRE(::chown(temp.c_str(), 12345, 12345) == 0);
  context.uid = context.gid = 12345;
  step({{"MINE", {dsn("USER.OWN", new_catlg)}}, {"DEL", {dsn("ROOT.ONLY", {DispStatus::old, remove_, remove_})}}});
  step({{"IN", {instream("x\n"), dsn("ROOT.ONLY", shr)}}});
  allocated(1);
  end(1);
  BOOST_TEST(says("IEF283I   ROOT.ONLY"));
  BOOST_TEST(there(root + "/ROOT.ONLY"));
  struct stat status{};
  BOOST_REQUIRE(::stat((root + "/USER.OWN").c_str(), &status) == 0);
  BOOST_TEST(status.st_uid == 12345u);
  BOOST_TEST(refused(2).find("Permission denied") != std::string::npos);
  BOOST_TEST(::access((root + "/ROOT.ONLY").c_str(), R_OK) == 0);  // our own rights are back
  put_file(root + "/PROOF", "x");
  BOOST_REQUIRE(::stat((root + "/PROOF").c_str(), &status) == 0);
  BOOST_TEST(status.st_uid == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
