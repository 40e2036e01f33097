// A step as a whole: environment, undo, streams, libraries, program.
#include <sys/mount.h>

#include "test/jes/allocation_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(allocation, AllocationFixture)

BOOST_AUTO_TEST_CASE(a_new_data_set_is_made_empty_and_catalogued) {
  step({{"OUT", {fixed(dsn("PAY.OUT", new_catlg), 80)}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_OUT") == root + "/PAY.OUT");
  BOOST_TEST(value(step, "DCB_OUT") == "FB,80,");
  BOOST_TEST(value(step, "DISP_OUT") == "(none)");
  BOOST_TEST(file_bytes(root + "/PAY.OUT") == "");
  BOOST_TEST(step.messages[0] == "IEF236I ALLOC. FOR PAYJOB STEP1");
  BOOST_TEST(step.messages[1] == "IEF237I DASD ALLOCATED TO OUT");
  end(1);
  BOOST_TEST(said == disposition("PAY.OUT", "CATALOGED"));
  BOOST_TEST(catalog.find("PAY.OUT")->attributes.owner == "PAYUSER");
}

BOOST_AUTO_TEST_CASE(a_failed_dd_undoes_the_whole_step) {
  make("KEEP.ME", "x");
  make("PASSED.ON", "y");
  step({{"P", {dsn("PASSED.ON", {DispStatus::old, pass, keep})}}});
  step({{"A", {dsn("NEW.ONE", new_catlg)}},
        {"B", {lib(dsn("NEW.LIB", new_catlg))}},
        {"C", {temporary("T", new_pass)}},
        {"D", {instream("data\n")}},
        {"E", {dsn("KEEP.ME", {DispStatus::old, remove_, remove_})}},
        {"F", {dsn("PASSED.ON", {DispStatus::old, remove_, remove_})}},
        {"G", {path(folder / "made", {"OWRONLY", "OCREAT"})}},
        {"H", {path(folder / "cut", {"OWRONLY", "OTRUNC"})}},
        {"Z", {dsn("NO.SUCH", shr)}}});
  put_file(folder / "cut", "still here");
  allocated(1);
  end(1);
  BOOST_TEST(refused(2).find("IEF212I PAYJOB STEP2 Z") == 0u);
  BOOST_TEST(!there(root + "/NEW.ONE"));
  BOOST_TEST(!there(root + "/NEW.LIB"));
  BOOST_TEST(!there(folder / "made"));
  BOOST_TEST(file_bytes(folder / "cut") == "still here");
  BOOST_TEST(file_bytes(root + "/KEEP.ME") == "x");
  BOOST_TEST(temp_is_empty());
  end_job();
  BOOST_TEST(said == disposition("PASSED.ON", "KEPT"));  // passed still, and not made by this job
}

BOOST_AUTO_TEST_CASE(one_part_is_the_file_itself_and_dummy_ends_a_concatenation) {
  make("A.ONE", "1\n");
  step({{"A", {dsn("A.ONE", shr)}}, {"B", {dsn("A.ONE", shr), dummy, instream("never\n")}}, {"C", {dummy}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_A") == root + "/A.ONE");
  BOOST_TEST(value(step, "DD_B") == root + "/A.ONE");
  BOOST_TEST(value(step, "DD_C") == "/dev/null");
  BOOST_TEST(step.messages.back() == "IEF237I DMY  ALLOCATED TO C");
}

BOOST_AUTO_TEST_CASE(libraries_are_joined_by_colons_and_not_with_files) {
  make_library("LIB.A");
  make_library("LIB.B");
  make("A.SEQ", "x\n");
  step({{"L", {dsn("LIB.A", shr), dsn("LIB.B", shr)}}});
  step({{"L", {dsn("LIB.A", shr), dsn("A.SEQ", shr)}}});
  BOOST_TEST(value(allocated(1), "DD_L") == root + "/LIB.A:" + root + "/LIB.B");
  end(1);
  BOOST_TEST(refused(2).find("LIBRARIES AND SEQUENTIAL DATA SETS CANNOT BE CONCATENATED") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_member_that_must_be_read_and_is_not_there_is_s013) {
  make_library("MY.LIB");
  step({{"SYSIN", {dsn("MY.LIB", shr, "NONE")}}});
  step({{"IN", {instream("x\n"), dsn("MY.LIB", shr, "NONE")}}});
  for (int i = 1; i <= 2; ++i) {
    const auto step = allocated(i);
    BOOST_TEST(step.abend == "S013");
    BOOST_TEST(step.abend_reason.find("IEC141I 013-18,PAYJOB STEP") == 0u);
    BOOST_TEST(step.abend_reason.find("MY.LIB(NONE)") != std::string::npos);
    end(i, false);
  }
}

BOOST_AUTO_TEST_CASE(steplib_hides_joblib_and_both_must_be_libraries) {
  make_library("JOB.LIB");
  make_library("STEP.LIB");
  make("A.SEQ", "x");
  plan.joblib = {dsn("JOB.LIB", shr)};
  step({});
  step({{"STEPLIB", {dsn("STEP.LIB", shr), dsn("JOB.LIB", shr)}}});
  step({{"STEPLIB", {dsn("A.SEQ", shr)}}});
  BOOST_TEST(allocated(1).libraries == std::vector<std::string>{root + "/JOB.LIB"}, boost::test_tools::per_element());
  end(1);
  const std::vector<std::string> both = {root + "/STEP.LIB", root + "/JOB.LIB"};
  BOOST_TEST(allocated(2).libraries == both, boost::test_tools::per_element());
  end(2);
  BOOST_TEST(refused(3).find("A.SEQ IS NO LIBRARY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_missing_joblib_is_ief212i) {
  plan.joblib = {dsn("NO.LIB", shr)};
  step({});
  BOOST_TEST(refused(1) == "IEF212I PAYJOB STEP1 JOBLIB - DATA SET NOT FOUND");
}

BOOST_AUTO_TEST_CASE(a_program_that_an_earlier_step_made_is_found_by_its_dd) {
  step({{"SYSLMOD", {lib(temporary("GOSET", new_pass, "GO"))}}});
  auto& go = step({});
  go.program = "GO";
  go.program_dsn.name = "GOSET";
  go.program_dsn.member = "GO";
  go.program_dsn.temporary = true;
  const auto made = allocated(1);
  put_file(value(made, "DD_SYSLMOD"), "program");
  end(1);
  BOOST_TEST(file_bytes(allocated(2).program_path) == "program");
}

BOOST_AUTO_TEST_CASE(standard_streams_follow_their_dds) {
  make("A.OUT", "");
  step({{"SYSIN", {instream("in\n")}}, {"SYSOUT", {sysout()}}, {"SYSPRINT", {sysout()}}});
  step({{"SYSOUT", {dsn("A.OUT", old)}}, {"STDERR", {sysout()}}});
  step({{"SYSPRINT", {dummy}}});
  step({});
  const std::string prefix = spool + "/JOB00001.S";
  auto step = allocated(1);
  BOOST_TEST(file_bytes(step.stdin_path) == "in\n");
  BOOST_TEST(step.stdout_path == prefix + "1.SYSPRINT");
  BOOST_TEST(step.stderr_path == step.stdout_path);
  BOOST_TEST(!there(step.stdout_path));  // made by whoever opens it
  end(1);
  BOOST_TEST(says("PAYUSER.PAYJOB.JOB00001.D0000101.?"));
  step = allocated(2);
  BOOST_TEST(step.stdin_path == "/dev/null");
  BOOST_TEST(step.stdout_path == root + "/A.OUT");
  BOOST_TEST(step.stderr_path == prefix + "2.STDERR");
  end(2);
  BOOST_TEST(allocated(3).stdout_path == "/dev/null");
  end(3);
  BOOST_TEST(allocated(4).stdout_path == prefix + "4.STDOUT");
}

BOOST_AUTO_TEST_CASE(a_library_cannot_be_standard_output) {
  make_library("MY.LIB");
  step({{"SYSPRINT", {dsn("MY.LIB", shr)}}});
  BOOST_TEST(refused(1).find("MY.LIB IS A LIBRARY: NAME A MEMBER OF IT") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_two_dds_of_one_name_the_program_sees_the_first) {
  make("A.ONE", "1");
  make("A.TWO", "2");
  step({{"IN", {dsn("A.ONE", shr)}}, {"IN", {dsn("A.TWO", {DispStatus::old, remove_, keep})}}});
  BOOST_TEST(value(allocated(1), "DD_IN") == root + "/A.ONE");
  end(1);
  BOOST_TEST(!catalogued("A.TWO"));
}

BOOST_AUTO_TEST_CASE(a_read_only_root_is_told) {
  make("A.B", "x\n");
  if (::mount(root.c_str(), root.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    BOOST_TEST_MESSAGE("no right to mount: not run");
    return;
  }
  BOOST_REQUIRE(::mount("none", root.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0);
  step({{"IN", {dsn("A.B", shr)}}});
  step({{"OUT", {dsn("A.NEW", new_catlg)}}});
  allocated(1);
  end(1);
  BOOST_TEST(said == disposition("A.B", "KEPT"));
  const auto text = refused(2);
  ::umount2(root.c_str(), MNT_DETACH);
  BOOST_TEST(text.find("IEF344I PAYJOB STEP2 OUT") == 0u);
  BOOST_TEST(text.find("Read-only file system") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
