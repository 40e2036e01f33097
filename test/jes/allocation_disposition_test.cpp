// DISP at the end of a step and of a job.
#include <sys/mount.h>

#include <fstream>

#include "test/jes/allocation_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(allocation_disposition, AllocationFixture)

struct End {
  DispStatus status;
  DispAction normal, abnormal;
  bool normal_end;
  const char* word;
  bool file, catalogued;
};
std::ostream& operator<<(std::ostream& out, const End& e) {
  return out << static_cast<int>(e.status) << ',' << static_cast<int>(e.normal) << ',' << static_cast<int>(e.abnormal)
             << ' ' << (e.normal_end ? "normal" : "abnormal");
}
static const std::vector<End> ends = {
    {DispStatus::is_new, remove_, remove_, true, "DELETED", false, false},
    {DispStatus::is_new, catlg, remove_, true, "CATALOGED", true, true},
    {DispStatus::is_new, catlg, remove_, false, "DELETED", false, false},
    {DispStatus::is_new, keep, keep, true, "KEPT", true, true},
    {DispStatus::is_new, remove_, catlg, false, "CATALOGED", true, true},
    {DispStatus::is_new, uncatlg, keep, true, "UNCATALOGED", true, false},
    {DispStatus::is_new, pass, remove_, true, "PASSED", true, true},
    {DispStatus::old, keep, keep, true, "KEPT", true, true},
    {DispStatus::old, keep, keep, false, "KEPT", true, true},
    {DispStatus::old, remove_, keep, true, "DELETED", false, false},
    {DispStatus::old, remove_, keep, false, "KEPT", true, true},
    {DispStatus::old, keep, remove_, false, "DELETED", false, false},
    {DispStatus::old, catlg, catlg, true, "KEPT", true, true},
    {DispStatus::old, uncatlg, keep, true, "UNCATALOGED", true, false},
    {DispStatus::shr, keep, keep, true, "KEPT", true, true},
    {DispStatus::shr, remove_, keep, true, "DELETED", false, false},
    {DispStatus::mod, keep, keep, true, "KEPT", true, true},
    {DispStatus::mod, remove_, remove_, true, "DELETED", false, false},
    {DispStatus::mod, remove_, remove_, false, "DELETED", false, false},
};
BOOST_DATA_TEST_CASE_F(AllocationFixture, dispositions_do_what_they_say, boost::unit_test::data::make(ends)) {
  if (sample.status != DispStatus::is_new) make("A.B", "data\n");
  step({{"D", {dsn("A.B", {sample.status, sample.normal, sample.abnormal})}}});
  allocated(1);
  end(1, sample.normal_end);
  BOOST_TEST(said == disposition("A.B", sample.word));
  BOOST_TEST(there(root + "/A.B") == sample.file);
  BOOST_TEST(catalogued("A.B") == sample.catalogued);
  if (sample.file && sample.status != DispStatus::is_new) BOOST_TEST(file_bytes(root + "/A.B") == "data\n");
}

BOOST_AUTO_TEST_CASE(a_data_set_that_the_program_deleted_is_said_to_be_gone) {
  make("A.B", "x");
  step({{"X", {dsn("A.B", {DispStatus::old, remove_, keep})}}, {"Y", {dsn("A.B", old)}}});
  allocated(1);
  BOOST_REQUIRE(catalog.remove("A.B").ok());
  end(1);
  BOOST_TEST(said == "UNV3102W A.B IS GONE: ITS DISPOSITION DELETE HAD NOTHING TO ACT ON\n");
}

BOOST_AUTO_TEST_CASE(the_delete_idiom_removes_what_is_there_and_is_content_without) {
  make("OLD.OUT", "yesterday");
  const Disp idiom{DispStatus::mod, remove_, remove_};
  step({{"A", {dsn("OLD.OUT", idiom)}}, {"B", {dsn("NEVER.WAS", idiom)}}});
  step({{"A", {dsn("OLD.OUT", new_catlg)}}});
  allocated(1);
  end(1);
  BOOST_TEST(said == disposition("OLD.OUT", "DELETED") + disposition("NEVER.WAS", "DELETED"));
  allocated(2);
  end(2);
  BOOST_TEST(catalogued("OLD.OUT"));
  BOOST_TEST(!catalogued("NEVER.WAS"));
}

BOOST_AUTO_TEST_CASE(dcb_of_an_old_data_set_becomes_its_label_only_when_it_is_written) {
  make("A.B", "text\n");
  make("A.C", "text\n");
  step({{"X", {fixed(dsn("A.B", old), 4)}}, {"Y", {fixed(dsn("A.C", old), 4)}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DCB_X") == "FB,4,");
  put_file(root + "/A.B", "NEW1NEW2");
  end(1);
  BOOST_TEST(catalog.find("A.B")->attributes.recfm == "FB");
  BOOST_TEST(catalog.find("A.C")->attributes.recfm == "");
}

BOOST_AUTO_TEST_CASE(a_passed_data_set_that_nobody_receives_goes_with_the_job_that_made_it) {
  make("WAS.THERE", "x");
  step({{"A", {dsn("NEW.ONE", new_pass)}}, {"B", {dsn("WAS.THERE", {DispStatus::old, pass, keep})}}});
  allocated(1);
  end(1);
  BOOST_TEST(said == disposition("NEW.ONE", "PASSED") + disposition("WAS.THERE", "PASSED"));
  end_job();
  BOOST_TEST(said == disposition("NEW.ONE", "DELETED") + disposition("WAS.THERE", "KEPT"));
  BOOST_TEST(!catalogued("NEW.ONE"));
  BOOST_TEST(catalogued("WAS.THERE"));
}

BOOST_AUTO_TEST_CASE(a_passed_data_set_is_received_kept_or_passed_on) {
  step({{"A", {dsn("X.ONE", new_pass)}}, {"B", {dsn("X.TWO", new_pass)}}});
  step({{"A", {dsn("X.ONE", {DispStatus::old, catlg, remove_})}},
        {"B", {dsn("X.TWO", {DispStatus::old, pass, remove_})}}});
  step({{"B", {dsn("X.TWO", shr)}}});
  for (int i = 1; i <= 3; ++i) {
    allocated(i);
    end(i);
    if (i == 2) BOOST_TEST(said == disposition("X.ONE", "CATALOGED") + disposition("X.TWO", "PASSED"));
  }
  end_job();
  BOOST_TEST(said == "");
  BOOST_TEST(catalogued("X.ONE"));
  BOOST_TEST(catalogued("X.TWO"));
}

BOOST_AUTO_TEST_CASE(after_an_abend_the_third_part_decides_for_what_was_passed) {
  step({{"A", {dsn("X.KEPT", {DispStatus::is_new, pass, catlg})}}, {"B", {dsn("X.GONE", new_pass)}}});
  step({});
  allocated(1);
  end(1);
  allocated(2);
  end(2, false);
  end_job();
  BOOST_TEST(said == disposition("X.GONE", "DELETED") + disposition("X.KEPT", "CATALOGED"));
}

BOOST_AUTO_TEST_CASE(roll_off_comes_with_the_catalogued_generation_and_is_told) {
  make_group("A.G", 2, 2);
  step({{"OUT", {generation("A.G", 1, new_catlg)}}, {"OLDEST", {generation("A.G", -1, shr)}}});
  allocated(1);
  BOOST_TEST(there(root + "/A.G.G0001V00"));
  end(1);
  BOOST_TEST(says(disposition("A.G.G0003V00", "CATALOGED") + "UNV3103I A.G.G0001V00 ROLLED OFF FROM A.G, DELETED\n"));
  BOOST_TEST(!there(root + "/A.G.G0001V00"));
}

BOOST_AUTO_TEST_CASE(noscratch_roll_off_is_told_as_uncataloged) {
  make_group("A.G", 1, 1, false);
  step({{"OUT", {generation("A.G", 1, new_catlg)}}});
  allocated(1);
  end(1);
  BOOST_TEST(says("UNV3103I A.G.G0001V00 ROLLED OFF FROM A.G, UNCATALOGED"));
  BOOST_TEST(file_bytes(root + "/A.G.G0001V00") == "generation 1\n");
}

BOOST_AUTO_TEST_CASE(an_abend_leaves_no_new_generation_and_rolls_nothing_off) {
  make_group("A.G", 1, 1);
  step({{"OUT", {generation("A.G", 1, new_catlg)}}});
  allocated(1);
  end(1, false);
  BOOST_TEST(said == disposition("A.G.G0002V00", "DELETED"));
  BOOST_TEST(catalogued("A.G.G0001V00"));
}

BOOST_AUTO_TEST_CASE(mod_appends_what_a_truncating_program_writes) {
  make("A.LOG", "first\n");
  step({{"LOG", {dsn("A.LOG", mod)}}});
  step({{"LOG", {dsn("A.LOG", mod)}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DISP_LOG") == "MOD");
  put_file(value(step, "DD_LOG"), "first\n");  // truncates; the same bytes again are new data
  end(1);
  BOOST_TEST(file_bytes(root + "/A.LOG") == "first\nfirst\n");
  std::ofstream(value(allocated(2), "DD_LOG"), std::ios::app) << "third\n";
  end(2, false);  // also what a program wrote before its abend
  BOOST_TEST(file_bytes(root + "/A.LOG") == "first\nfirst\nthird\n");
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(mod_of_a_missing_data_set_makes_it) {
  step({{"LOG", {dsn("A.LOG", {DispStatus::mod, catlg, catlg})}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_LOG") == root + "/A.LOG");
  BOOST_TEST(value(step, "DISP_LOG") == "MOD");
  end(1);
  BOOST_TEST(said == disposition("A.LOG", "CATALOGED"));
}

BOOST_AUTO_TEST_CASE(mod_completes_a_last_line_but_not_a_fixed_record) {
  make("A.TEXT", "no newline");
  make("A.FIX", "aaaa", 4);
  make("A.SAME", "untouched");
  step({{"T", {dsn("A.TEXT", mod)}}, {"F", {dsn("A.FIX", mod)}}, {"S", {dsn("A.SAME", mod)}}});
  const auto step = allocated(1);
  put_file(value(step, "DD_T"), "next\n");
  put_file(value(step, "DD_F"), "bbbb");
  end(1);
  BOOST_TEST(file_bytes(root + "/A.TEXT") == "no newline\nnext\n");
  BOOST_TEST(file_bytes(root + "/A.FIX") == "aaaabbbb");
  BOOST_TEST(file_bytes(root + "/A.SAME") == "untouched");
}

BOOST_AUTO_TEST_CASE(a_full_volume_fails_the_append_with_se37_and_leaves_the_data_set_as_it_was) {
  const auto volume = folder.folder("volume");
  if (::mount("none", volume.c_str(), "tmpfs", 0, "size=64k") != 0) {
    BOOST_TEST_MESSAGE("no right to mount: not run");
    return;
  }
  context.dasd_root = volume;
  auto own = dasd::Catalog::open(volume).value();
  BOOST_REQUIRE(own.create("A.LOG", {}).ok());
  put_file(volume + "/A.LOG", "old\n");
  step({{"LOG", {dsn("A.LOG", mod)}}, {"NEW", {dsn("A.NEW", new_catlg)}}});
  put_file(value(allocated(1), "DD_LOG"), std::string(200 * 1024, 'x'));
  end(1);
  BOOST_TEST(failure.abend == "SE37");
  BOOST_TEST(failure.reason.find("A.LOG") != std::string::npos);
  BOOST_TEST(says("UNV3104E OUTPUT OF DISP=MOD WAS NOT APPENDED TO A.LOG"));
  BOOST_TEST(says(disposition("A.NEW", "DELETED")));  // the end is abnormal now
  BOOST_TEST(file_bytes(volume + "/A.LOG") == "old\n");
  ::umount2(volume.c_str(), MNT_DETACH);
}

BOOST_AUTO_TEST_SUITE_END()
