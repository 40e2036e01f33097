// One part of a DD: data sets, temporaries, generations, in-stream data, UNIX files.
#include <sys/wait.h>

#include <algorithm>

#include "test/jes/allocation_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(allocation_data_set, AllocationFixture)

BOOST_AUTO_TEST_CASE(old_and_shr_of_a_missing_data_set_are_ief212i) {
  step({{"IN", {dsn("NO.SUCH", shr)}}});
  BOOST_TEST(refused(1) == "IEF212I PAYJOB STEP1 IN - DATA SET NOT FOUND");
  auto& in_procedure = step({{"IN", {dummy}}});
  in_procedure.procstep = "GO";
  in_procedure.dds = {{"IN", {instream("x\n"), dsn("NO.SUCH", old)}}};
  BOOST_TEST(refused(2) == "IEF212I PAYJOB GO STEP2 IN +001 - DATA SET NOT FOUND");
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(new_on_a_catalogued_name_is_igd17101i_and_the_data_set_stays) {
  make("A.B", "precious");
  step({{"OUT", {dsn("A.B", new_catlg)}}});
  const auto text = refused(1);
  BOOST_TEST(text.find("IEF344I PAYJOB STEP1 OUT - ALLOCATION FAILED") == 0u);
  BOOST_TEST(text.find("\nIGD17101I DATA SET A.B NOT DEFINED BECAUSE DUPLICATE NAME EXISTS IN CATALOG") !=
             std::string::npos);
  BOOST_TEST(file_bytes(root + "/A.B") == "precious");
}

BOOST_AUTO_TEST_CASE(new_on_an_uncatalogued_name_is_ief253i) {
  make("A.B", "precious");
  BOOST_REQUIRE(catalog.uncatalog("A.B").ok());
  step({{"OUT", {dsn("A.B", new_catlg)}}});
  BOOST_TEST(refused(1) == "IEF253I PAYJOB STEP1 OUT - DUPLICATE NAME ON DIRECT ACCESS VOLUME");
  BOOST_TEST(file_bytes(root + "/A.B") == "precious");
}

BOOST_AUTO_TEST_CASE(names_that_leave_the_root_are_refused) {
  put_file(folder / "secret", "x");
  std::filesystem::create_symlink(folder / "secret", root + "/A.LINK");
  for (const char* name : {"../secret", "..", ".", "A/B", "a.b", ".catalog", "", "A.B\n",
                           "A1234567.B1234567.C1234567.D1234567.E123456.F"}) {
    plan.steps.clear();
    job_.reset();
    step({{"X", {dsn(name, {DispStatus::old, remove_, remove_})}}});
    BOOST_TEST(refused(1).find("UNV3101E PAYJOB STEP1 X - ") == 0u);
    plan.steps.front().dds.front().parts.front().disp = new_catlg;
    BOOST_TEST(refused(1).find("UNV3101E PAYJOB STEP1 X - ") == 0u);
  }
  for (const char* member : {"..", "../X", "TOOLONGNAME", "a"}) {
    plan.steps.clear();
    job_.reset();
    step({{"X", {temporary("T", new_pass, member)}}, {"Y", {dsn("SOME.LIB", shr, member)}}});
    BOOST_TEST(refused(1).find("IS NO MEMBER NAME") != std::string::npos);
  }
  plan.steps.clear();
  job_.reset();
  step({{"X", {dsn("A.LINK", old)}}});
  BOOST_TEST(refused(1).find("symbolic link") != std::string::npos);
  BOOST_TEST(file_bytes(folder / "secret") == "x");
}

BOOST_AUTO_TEST_CASE(a_missing_catalogue_root_is_told_and_nothing_is_made) {
  context.dasd_root = folder / "nowhere";
  step({{"X", {dsn("A.B", new_catlg)}}});
  BOOST_TEST(refused(1).find("nowhere: No such file or directory") != std::string::npos);
  BOOST_TEST(!there(folder / "nowhere"));
}

BOOST_AUTO_TEST_CASE(recfm_f_with_blksize_alone_has_records_of_a_block) {
  auto part = dsn("A.B", new_catlg);
  part.dcb.recfm = "F";
  part.dcb.blksize = 133;
  step({{"X", {part}}});
  BOOST_TEST(value(allocated(1), "DCB_X") == "F,133,133");
}

BOOST_AUTO_TEST_CASE(temporary_data_sets_live_for_the_job_in_its_folder) {
  step({{"OUT", {fixed(temporary("T", new_pass), 80)}}});
  step({{"IN", {temporary("T", {DispStatus::old, keep, keep})}}});
  step({{"IN", {temporary("T", {DispStatus::old, remove_, remove_})}}});
  step({{"IN", {temporary("T", {DispStatus::old, pass, pass})}}});
  const auto first = allocated(1);
  put_file(value(first, "DD_OUT"), std::string(80, 'x'));
  BOOST_TEST(value(first, "DD_OUT").find(temp + "/") == 0u);
  BOOST_TEST(first.messages[1] == "IEF237I VIO  ALLOCATED TO OUT");
  end(1);
  BOOST_TEST(says("PASSED"));
  BOOST_TEST(says(".RA000.PAYJOB.T.H01"));
  const auto second = allocated(2);
  BOOST_TEST(value(second, "DD_IN") == value(first, "DD_OUT"));
  BOOST_TEST(value(second, "DCB_IN") == "FB,80,");
  BOOST_TEST(file_bytes(value(second, "DD_IN")).size() == 80u);
  end(2);
  BOOST_TEST(says("PASSED"));  // KEEP is PASS for a temporary one
  allocated(3);
  end(3);
  BOOST_TEST(says("DELETED"));
  BOOST_TEST(refused(4) == "IEF212I PAYJOB STEP4 IN - DATA SET NOT FOUND");
  BOOST_TEST(temp_is_empty());
  BOOST_TEST(catalog.list("**", true)->empty());
}

BOOST_AUTO_TEST_CASE(a_temporary_name_is_new_once_and_gone_at_job_end) {
  step({{"A", {temporary("T", new_pass)}}, {"L", {lib(temporary("OBJ", new_pass, "M"))}}});
  step({{"A", {temporary("T", new_pass)}}});
  const auto step = allocated(1);
  put_file(value(step, "DD_L"), "object");
  end(1);
  BOOST_TEST(refused(2) == "IEF253I PAYJOB STEP2 A - DUPLICATE NAME ON DIRECT ACCESS VOLUME");
  end_job();
  BOOST_TEST(std::count(said.begin(), said.end(), '\n') == 2);
  BOOST_TEST(says("DELETED"));
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(a_new_generation_is_one_data_set_for_the_whole_job) {
  make_group("PAY.HIST", 2);
  step({{"OUT", {generation("PAY.HIST", 1, new_catlg)}}, {"IN", {generation("PAY.HIST", 0, shr)}}});
  step({{"IN", {generation("PAY.HIST", 1, shr)}},
        {"OLD", {generation("PAY.HIST", 0, shr)}},
        {"NEXT", {generation("PAY.HIST", 2, new_catlg)}}});
  const auto first = allocated(1);
  BOOST_TEST(value(first, "DD_OUT") == root + "/PAY.HIST.G0003V00");
  BOOST_TEST(value(first, "DD_IN") == root + "/PAY.HIST.G0002V00");
  BOOST_TEST(!catalogued("PAY.HIST.G0003V00"));  // not before its step has ended
  end(1);
  BOOST_TEST(catalogued("PAY.HIST.G0003V00"));
  const auto second = allocated(2);
  BOOST_TEST(value(second, "DD_IN") == root + "/PAY.HIST.G0003V00");
  BOOST_TEST(value(second, "DD_OLD") == root + "/PAY.HIST.G0002V00");
  BOOST_TEST(value(second, "DD_NEXT") == root + "/PAY.HIST.G0004V00");
  end(2);
  end_job();
  BOOST_TEST(dasd::to_string(*catalog.resolve("PAY.HIST", 0)) == "PAY.HIST.G0004V00");
}

BOOST_AUTO_TEST_CASE(a_passed_generation_is_found_by_later_steps_before_it_is_catalogued) {
  make_group("A.G", 0);
  step({{"OUT", {generation("A.G", 1, new_pass)}}});
  step({{"IN", {generation("A.G", 1, {DispStatus::old, catlg, remove_})}}});
  const auto first = allocated(1);
  put_file(value(first, "DD_OUT"), "data\n");
  end(1);
  BOOST_TEST(!catalogued("A.G.G0001V00"));
  BOOST_TEST(file_bytes(value(allocated(2), "DD_IN")) == "data\n");
  end(2);
  BOOST_TEST(said == disposition("A.G.G0001V00", "CATALOGED"));
  BOOST_TEST(catalogued("A.G.G0001V00"));
}

BOOST_AUTO_TEST_CASE(the_group_without_a_number_is_all_generations_newest_first) {
  make_group("A.G", 3);
  step({{"IN", {dsn("A.G", shr)}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(value(step, "DD_IN")) == "generation 3\ngeneration 2\ngeneration 1\n");
  end(1);
  BOOST_TEST(std::count(said.begin(), said.end(), '\n') == 3);
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(impossible_uses_of_generations_are_refused) {
  make_group("A.G", 1);
  make_group("A.EMPTY", 0);
  const auto text = [&](jcl::DdPart part) {
    plan.steps.clear();
    job_.reset();
    step({{"X", {std::move(part)}}});
    return refused(1);
  };
  BOOST_TEST(text(generation("A.G", -1, shr)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");
  BOOST_TEST(text(generation("A.NONE", 1, new_catlg)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");
  BOOST_TEST(text(generation("A.NONE", 0, shr)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");
  BOOST_TEST(text(generation("A.G", 1, shr)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");  // nobody made it
  BOOST_TEST(text(dsn("A.EMPTY", shr)) == "IEF212I PAYJOB STEP1 X - DATA SET NOT FOUND");
  BOOST_TEST(text(dsn("A.G", new_catlg)) == "IEF286I PAYJOB STEP1 X - DISP FIELD INCOMPATIBLE WITH DSNAME");
  BOOST_TEST(text(dsn("A.G", mod)) == "IEF286I PAYJOB STEP1 X - DISP FIELD INCOMPATIBLE WITH DSNAME");
  BOOST_TEST(text(generation("A.G", 0, new_catlg)) == "IEF286I PAYJOB STEP1 X - DISP FIELD INCOMPATIBLE WITH DSNAME");
  make("A.SEQ", "x");
  BOOST_TEST(text(generation("A.SEQ", 0, shr)).find("is a data set, no generation data group") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(two_steps_cannot_make_one_generation) {
  make_group("A.G", 0);
  step({{"OUT", {generation("A.G", 1, new_pass)}}});
  step({{"OUT", {generation("A.G", 1, new_catlg)}}});
  put_file(value(allocated(1), "DD_OUT"), "kept");
  end(1);
  BOOST_TEST(refused(2).find("IEF253I") == 0u);
  BOOST_TEST(file_bytes(root + "/A.G.G0001V00") == "kept");
}

BOOST_AUTO_TEST_CASE(in_stream_data_is_a_file_of_lines_or_of_padded_records) {
  step({{"A", {instream("one\n  two  \n")}}, {"B", {fixed(instream("one\ntwo   \n"), 4)}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(value(step, "DD_A")) == "one\n  two  \n");
  BOOST_TEST(value(step, "DCB_A") == "(none)");
  BOOST_TEST(file_bytes(value(step, "DD_B")) == "one two ");
  BOOST_TEST(value(step, "DCB_B") == "FB,4,");
  end(1);
  BOOST_TEST(says("SYSIN"));
  BOOST_TEST(temp_is_empty());
}

BOOST_AUTO_TEST_CASE(in_stream_lines_longer_than_lrecl_are_refused_by_number) {
  step({{"B", {fixed(instream("one\ntoo long\n"), 4)}}});
  BOOST_TEST(refused(1).find("line 2 of the in-stream data has 8 characters, LRECL is 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_member_is_a_file_of_its_library) {
  make_library("MY.LIB");
  put_file(root + "/MY.LIB/OLDM", "old");
  step({{"A", {dsn("MY.LIB", shr, "OLDM")}},
        {"B", {dsn("MY.LIB", shr, "NEWM")}},
        {"C", {lib(dsn("NEW.LIB", new_catlg, "M"))}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_A") == root + "/MY.LIB/OLDM");
  BOOST_TEST(value(step, "DD_B") == root + "/MY.LIB/NEWM");
  BOOST_TEST(step.abend == "");  // the program may be about to write it
  put_file(value(step, "DD_B"), "new");
  put_file(value(step, "DD_C"), "first");
  end(1);
  BOOST_TEST(file_bytes(root + "/NEW.LIB/M") == "first");
  BOOST_TEST((catalog.find("NEW.LIB")->kind == dasd::EntryKind::library));
}

BOOST_AUTO_TEST_CASE(a_member_of_what_is_no_library_is_refused) {
  make("A.SEQ", "x");
  step({{"X", {dsn("A.SEQ", shr, "M")}}});
  BOOST_TEST(refused(1).find("A.SEQ IS NO LIBRARY") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(path_is_made_with_its_mode_only_when_asked) {
  auto made = path(folder / "made", {"OWRONLY", "OCREAT"});
  made.path_mode = 0640;
  step({{"A", {made}}});
  step({{"A", {path(folder / "none", {"ORDONLY"})}}});
  step({{"A", {path(folder / "made", {"OWRONLY", "OCREAT", "OEXCL"})}}});
  step({{"A", {path("relative/path", {"OCREAT"})}}});
  const auto step = allocated(1);
  BOOST_TEST(value(step, "DD_A") == folder / "made");
  struct stat status{};
  BOOST_REQUIRE(::stat((folder / "made").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0640u);
  end(1);
  BOOST_TEST(there(folder / "made"));  // KEEP is the default of PATHDISP
  BOOST_TEST(refused(2).find("IGD17501I") == 0u);
  BOOST_TEST(refused(2).find("No such file or directory") != std::string::npos);
  BOOST_TEST(refused(3).find("File exists") != std::string::npos);
  BOOST_TEST(refused(4).find("IS NOT ABSOLUTE") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(path_options_truncate_append_and_delete) {
  put_file(folder / "trunc", "old");
  put_file(folder / "append", "old\n");
  put_file(folder / "gone", "old");
  auto own = path(folder / "own", {"OWRONLY", "OCREAT", "OEXCL"});
  own.disp = {DispStatus::is_new, remove_, remove_};
  auto gone = path(folder / "gone", {"ORDONLY"});
  gone.disp = {DispStatus::old, remove_, keep};
  step({{"T", {path(folder / "trunc", {"OWRONLY", "OTRUNC"})}},
        {"A", {path(folder / "append", {"OWRONLY", "OAPPEND"})}},
        {"G", {gone}},
        {"O", {own}}});
  const auto step = allocated(1);
  BOOST_TEST(file_bytes(folder / "trunc") == "");
  BOOST_TEST(value(step, "DISP_A") == "MOD");
  put_file(value(step, "DD_A"), "new\n");
  end(1);
  BOOST_TEST(file_bytes(folder / "append") == "old\nnew\n");
  BOOST_TEST(!there(folder / "gone"));
  BOOST_TEST(!there(folder / "own"));
  BOOST_TEST(says("DELETED"));
}

BOOST_AUTO_TEST_CASE(two_jobs_in_two_processes_that_make_one_data_set_are_told_apart) {
  step({{"OUT", {dsn("RACE.OUT", new_catlg)}}});
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      jes::JobAllocation own(plan, context);
      const auto done = own.allocate(plan.steps[0]);
      if (!done) ::_exit(done.error().text.find("IGD17101I") != std::string::npos ? 1 : 2);
      own.end_step(plan.steps[0], true);
      ::_exit(0);
    }
    children.push_back(pid);
  }
  int made = 0, duplicates = 0;
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    made += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    duplicates += WIFEXITED(status) && WEXITSTATUS(status) == 1;
  }
  BOOST_TEST(made == 1);
  BOOST_TEST(duplicates == 3);
  BOOST_TEST(catalogued("RACE.OUT"));
}

BOOST_AUTO_TEST_SUITE_END()
