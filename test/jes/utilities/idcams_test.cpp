// IDCAMS and TSO batch on a catalogue.
#include <boost/test/unit_test.hpp>

#include "sysplex/dasd/catalog.hpp"
#include "test/jes/utilities/step.hpp"

using sysplexd::test::Step;
using sysplexd::test::StepResult;
namespace dasd = sysplexd::dasd;

namespace {

struct Catalogue {
  Step step;
  dasd::Catalog catalog = std::move(dasd::Catalog::open(step.dasd())).value();

  void make(const std::string& dsn, std::string_view data = "x\n", const dasd::Attributes& attributes = {}) {
    BOOST_REQUIRE(catalog.create(dsn, attributes).ok());
    if (attributes.dsorg != "PO") step.file("dasd/" + dsn, data);
  }
  bool there(const std::string& dsn) { return catalog.find(dsn).ok(); }
  StepResult idcams(const std::string& statements) {
    step.dd("SYSIN", statements);
    return step.program("IDCAMS");
  }
  // SYSPRINT without the head line (time) and the echo of SYSIN.
  static std::string listing(const StepResult& result, const std::string& statements) {
    const auto at = result.output.find(statements);
    BOOST_REQUIRE(at != std::string::npos);
    return result.output.substr(at + statements.size());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(idcams, Catalogue)

BOOST_AUTO_TEST_CASE(delete_answers_as_z_os_does) {
  make("A.B");
  const std::string deck = " DELETE A.B PURGE\n DELETE A.B\n IF LASTCC = 8 THEN SET MAXCC = 0\n";
  const auto result = idcams(deck);
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(listing(result, deck) ==
             "\nIDC0550I ENTRY (A) A.B DELETED\n"
             "IDC0001I FUNCTION COMPLETED, HIGHEST CONDITION CODE WAS 0\n\n"
             "IDC3012I ENTRY A.B NOT FOUND\n"
             "IDC3009I ** VSAM CATALOG RETURN CODE IS 8 - REASON CODE IS IGG0CLEG-42\n"
             "IDC0551I ** ENTRY A.B NOT DELETED\n"
             "IDC0001I FUNCTION COMPLETED, HIGHEST CONDITION CODE WAS 8\n\n"
             "IDC0002I IDCAMS PROCESSING COMPLETE. MAXIMUM CONDITION CODE WAS 0\n");
  BOOST_TEST(!there("A.B"));
}

BOOST_AUTO_TEST_CASE(delete_takes_lists_masks_and_members) {
  for (const char* dsn : {"M.ONE", "M.TWO", "M.TWO.DEEP", "M.THREE.X"}) make(dsn);
  make("M.LIB", {}, {.dsorg = "PO"});
  for (const char* member : {"A1", "A2", "B1"}) step.file(std::string("dasd/M.LIB/") + member, "x");
  BOOST_TEST(idcams(" DELETE M.LIB(B1)\n DELETE (M.ONE -\n M.TWO)\n").cc == "CC 0");
  BOOST_TEST(!there("M.ONE"));
  BOOST_TEST(!there("M.TWO"));
  BOOST_TEST(!std::filesystem::exists(step.dasd() + "/M.LIB/B1"));
  BOOST_TEST(idcams(" DELETE M.LIB(B1)\n").cc == "CC 8");
  BOOST_TEST(idcams(" DELETE M.LIB(A*)\n").cc == "CC 0");
  BOOST_TEST(std::filesystem::is_empty(step.dasd() + "/M.LIB"));
  BOOST_TEST(idcams(" DELETE M.** MASK\n").cc == "CC 0");
  BOOST_TEST(!there("M.TWO.DEEP"));
  BOOST_TEST(!there("M.LIB"));
  BOOST_TEST(idcams(" DELETE M.** MASK\n").cc == "CC 8");
}

BOOST_AUTO_TEST_CASE(generation_data_groups_are_defined_altered_and_deleted) {
  BOOST_TEST(idcams(" DEFINE GDG(NAME(G.BASE) LIMIT(3) SCRATCH NOEMPTY)\n").cc == "CC 0");
  BOOST_TEST(catalog.gdg("G.BASE").value().limit == 3);
  BOOST_TEST(catalog.gdg("G.BASE").value().scratch);
  BOOST_TEST(idcams(" DEFINE GDG(NAME(G.BASE) LIMIT(3))\n").cc == "CC 12");
  const dasd::GenerationName generation{"G.BASE", 1, 0};
  BOOST_REQUIRE(catalog.create_generation(generation, {}).ok());
  BOOST_REQUIRE(catalog.catalog_generation(generation).ok());
  BOOST_TEST(idcams(" ALTER G.BASE LIMIT(7) NOSCRATCH\n").cc == "CC 0");
  BOOST_TEST(catalog.gdg("G.BASE").value().limit == 7);
  BOOST_TEST(!catalog.gdg("G.BASE").value().scratch);
  BOOST_TEST(idcams(" DELETE G.BASE GDG\n").cc == "CC 8");
  BOOST_TEST(there("G.BASE"));
  const auto result = idcams(" DELETE G.BASE GDG FORCE\n");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(result.said("IDC0550I ENTRY (H) G.BASE.G0001V00 DELETED"));
  BOOST_TEST(result.said("IDC0550I ENTRY (B) G.BASE DELETED"));
  BOOST_TEST(!there("G.BASE"));
}

BOOST_AUTO_TEST_CASE(relative_generations_name_the_newest) {
  BOOST_REQUIRE(idcams(" DEFINE GDG(NAME(G.R) LIMIT(5))\n").cc == "CC 0");
  for (int number : {1, 2}) {
    const dasd::GenerationName generation{"G.R", number, 0};
    BOOST_REQUIRE(catalog.create_generation(generation, {}).ok());
    step.file("dasd/" + dasd::to_string(generation), std::to_string(number) + "\n");
    BOOST_REQUIRE(catalog.catalog_generation(generation).ok());
  }
  BOOST_TEST(idcams(" PRINT INDATASET(G.R(-1)) CHARACTER\n").said("\n1\n"));
  BOOST_TEST(idcams(" DELETE G.R(0)\n").cc == "CC 0");
  BOOST_TEST(!there("G.R.G0002V00"));
  BOOST_TEST(idcams(" PRINT INDATASET(G.R(-5)) CHARACTER\n").cc == "CC 12");
}

BOOST_AUTO_TEST_CASE(repro_copies_with_skip_and_count_and_converts) {
  make("R.IN", "one\ntwo\nthree\nfour\n");
  make("R.OUT", "", {.recfm = "FB", .lrecl = 6});
  auto result = idcams(" REPRO INDATASET(R.IN) OUTDATASET(R.OUT) SKIP(1) COUNT(2)\n");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(result.said("IDC0005I NUMBER OF RECORDS PROCESSED WAS 2"));
  BOOST_TEST(Step::read(step.dasd() + "/R.OUT") == "two   three ");
  step.dd_path("OUT", step.root() + "/out");
  result = idcams(" REPRO IDS(R.OUT) OUTFILE(OUT)\n");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/out") == "two\nthree\n");
  result = idcams(" REPRO IDS(R.IN) ODS(R.OUT) COUNT(99999999999999)\n");
  BOOST_TEST(result.said("PROCESSED WAS 4"));
}

BOOST_AUTO_TEST_CASE(repro_refuses_what_does_not_fit_or_is_not_there) {
  make("R.IN", "much too long\n");
  make("R.OUT", "", {.recfm = "F", .lrecl = 4});
  make("R.LIB", "", {.dsorg = "PO"});
  for (const char* deck : {" REPRO IDS(R.IN) ODS(R.OUT)\n", " REPRO IDS(R.NONE) ODS(R.OUT)\n",
                           " REPRO IDS(R.IN) ODS(R.NONE)\n", " REPRO INFILE(NODD) ODS(R.OUT)\n", " REPRO IDS(R.IN)\n",
                           " REPRO IDS(R.IN) ODS(R.IN)\n", " REPRO IDS(R.LIB) ODS(R.OUT)\n",
                           " REPRO IDS(R.IN) ODS(R.OUT) COUNT(X)\n", " REPRO IDS(R.IN) ODS(R.OUT) COUNT(-1)\n",
                           " REPRO IDS(R.IN) ODS(R.OUT) NONSENSE\n", " REPRO IDS(../../etc/passwd) ODS(R.OUT)\n"})
    BOOST_TEST(idcams(deck).cc == "CC 12", deck);
}

BOOST_AUTO_TEST_CASE(print_shows_records_in_three_forms) {
  make("P.IN", std::string("HELLO\x01\nsecond\n"));
  const std::string deck =
      " PRINT IDS(P.IN) CHARACTER COUNT(1)\n PRINT IDS(P.IN) HEX SKIP(1)\n PRINT IDS(P.IN) COUNT(1)\n";
  const auto result = idcams(deck);
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(listing(result, deck) ==
             "\nLISTING OF DATA SET -P.IN\nRECORD SEQUENCE NUMBER - 1\nHELLO.\n\n"
             "IDC0005I NUMBER OF RECORDS PROCESSED WAS 1\nIDC0001I FUNCTION COMPLETED, HIGHEST CONDITION CODE WAS 0\n\n"
             "LISTING OF DATA SET -P.IN\nRECORD SEQUENCE NUMBER - 2\n7365636F6E64\n\n"
             "IDC0005I NUMBER OF RECORDS PROCESSED WAS 1\nIDC0001I FUNCTION COMPLETED, HIGHEST CONDITION CODE WAS 0\n\n"
             "LISTING OF DATA SET -P.IN\nRECORD SEQUENCE NUMBER - 1\n"
             "000000  48454C4C 4F01                                                              *HELLO.               "
             "           *\n\n"
             "IDC0005I NUMBER OF RECORDS PROCESSED WAS 1\nIDC0001I FUNCTION COMPLETED, HIGHEST CONDITION CODE WAS 0\n\n"
             "IDC0002I IDCAMS PROCESSING COMPLETE. MAXIMUM CONDITION CODE WAS 0\n");
}

BOOST_AUTO_TEST_CASE(listcat_lists_levels_entries_and_answers_4_for_nothing) {
  make("L.A");
  make("L.A.B");
  make("L.C.D");
  auto result = idcams(" LISTCAT LEVEL(L.A)\n");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(result.said("NONVSAM ------- L.A.B\n"));
  BOOST_TEST(!result.said("NONVSAM ------- L.A\n"));
  result = idcams(" LISTCAT ENTRIES(L.A L.NONE) ALL\n");
  BOOST_TEST(result.cc == "CC 4");
  BOOST_TEST(result.said("IDC3012I ENTRY L.NONE NOT FOUND"));
  BOOST_TEST(result.said("(LINES)"));
  BOOST_TEST(idcams(" LISTCAT ENT(L.*)\n").said("NONVSAM ------- L.A\n"));
  BOOST_TEST(idcams(" LISTCAT NONSENSE\n").cc == "CC 12");
}

BOOST_AUTO_TEST_CASE(alter_renames_data_sets_and_members) {
  make("N.OLD");
  make("N.TAKEN");
  make("N.LIB", {}, {.dsorg = "PO"});
  step.file("dasd/N.LIB/M1", "x");
  BOOST_TEST(idcams(" ALTER N.OLD NEWNAME(N.NEW)\n ALTER N.LIB(M1) NEWNAME(N.LIB(M2))\n").cc == "CC 0");
  BOOST_TEST(there("N.NEW"));
  BOOST_TEST(std::filesystem::exists(step.dasd() + "/N.LIB/M2"));
  BOOST_TEST(idcams(" ALTER N.NEW NEWNAME(N.TAKEN)\n").cc == "CC 12");
  BOOST_TEST(idcams(" ALTER N.OLD NEWNAME(N.X)\n").cc == "CC 8");
  BOOST_TEST(idcams(" ALTER N.NEW NEWNAME(bad..name)\n").cc == "CC 12");
  BOOST_TEST(idcams(" ALTER N.NEW LIMIT(5)\n").cc == "CC 8");
}

BOOST_AUTO_TEST_CASE(noscratch_uncatalogues_and_define_nonvsam_catalogues_again) {
  make("U.A", "data\n");
  BOOST_TEST(idcams(" DELETE U.A NOSCRATCH\n").cc == "CC 0");
  BOOST_TEST(!there("U.A"));
  BOOST_TEST(idcams(" DEFINE NONVSAM(NAME(U.A) DEVICETYPES(3390) VOLUMES(VOL001))\n").cc == "CC 0");
  BOOST_TEST(there("U.A"));
  BOOST_TEST(Step::read(step.dasd() + "/U.A") == "data\n");
  BOOST_TEST(idcams(" DEFINE NONVSAM(NAME(U.A))\n").cc == "CC 12");
  BOOST_TEST(idcams(" DEFINE NONVSAM(NAME(U.NONE))\n").cc == "CC 8");
}

BOOST_AUTO_TEST_CASE(clusters_are_data_sets) {
  const auto result = idcams(
      " DEFINE CLUSTER(NAME(C.ESDS) NONINDEXED RECORDSIZE(80 80) TRACKS(1 1)) -\n   DATA(NAME(C.ESDS.DATA))\n"
      " DEFINE CLUSTER(NAME(C.KSDS) INDEXED KEYS(4 0) RECORDSIZE(40 80))\n DEFINE CLUSTER(NAME(C.KSDS))\n");
  BOOST_TEST(result.cc == "CC 12");  // of the duplicate
  BOOST_TEST(catalog.find("C.ESDS").value().attributes.lrecl == 80);
  BOOST_TEST(there("C.KSDS"));
  BOOST_TEST(idcams(" VERIFY DATASET(C.KSDS)\n DELETE C.KSDS CLUSTER\n").cc == "CC 0");
}

BOOST_AUTO_TEST_CASE(conditions_choose_and_16_ends_the_run) {
  make("I.A");
  auto result = idcams(
      " DELETE I.NONE\n IF LASTCC NE 8 THEN -\n   DELETE I.A\n ELSE DO\n   DEFINE GDG(NAME(I.G) LIMIT(1))\n   SET "
      "LASTCC = 4\n END\n"
      " IF LASTCC = 4 THEN SET MAXCC = 2\n");
  BOOST_TEST(result.cc == "CC 2");
  BOOST_TEST(there("I.A"));
  BOOST_TEST(there("I.G"));
  result = idcams(" SET MAXCC = 99\n DELETE I.A\n");
  BOOST_TEST(result.cc == "CC 16");
  BOOST_TEST(there("I.A"));
}

BOOST_AUTO_TEST_CASE(wrong_commands_are_12_and_the_next_is_done) {
  make("W.A");
  const auto result = idcams(" NONSENSE\n DELETE\n DELETE W.A BADWORD\n DEFINE GDG(NAME(W.G))\n DELETE W.A\n");
  BOOST_TEST(result.cc == "CC 12");
  BOOST_TEST(result.said("COMMAND 'NONSENSE' IS NOT KNOWN"));
  BOOST_TEST(result.said("IDC3202I"));
  BOOST_TEST(!there("W.A"));
  BOOST_TEST(idcams(" BLDINDEX INFILE(X)\n").said("UNV5401E"));
  std::string bytes;
  for (int i = 1; i < 256; ++i) bytes += static_cast<char>(i);
  BOOST_TEST(idcams(bytes).cc == "CC 12");
  BOOST_TEST(idcams("").cc == "CC 0");
}

BOOST_AUTO_TEST_CASE(without_a_catalogue_it_ends_16) {
  step.dd("SYSIN", " LISTCAT\n");
  std::filesystem::remove_all(step.dasd());
  const auto result = step.program("IDCAMS");
  BOOST_TEST(result.cc == "CC 16");
  BOOST_TEST(result.said("UNV5402E CATALOG"));
}

BOOST_AUTO_TEST_CASE(tso_batch_runs_commands_and_goes_on_after_a_failure) {
  make("T.OLD");
  make("T.LIB", {}, {.recfm = "FB", .lrecl = 80, .dsorg = "PO"});
  step.file("dasd/T.LIB/MEM", "x");
  step.dd("SYSTSIN",
          " LISTDS 'T.LIB' MEMBERS\n DELETE 'T.NONE'\n RENAME 'T.OLD' 'T.NEW'\n RENAME 'T.LIB(MEM)' (MEM2)\n");
  step.dd_path("SYSTSPRT", step.root() + "/print");
  const auto result = step.program("IKJEFT01");
  BOOST_TEST(result.cc == "CC 0");
  const auto print = Step::read(step.root() + "/print");
  BOOST_TEST(print.find("--MEMBERS--\n  MEM\n") != std::string::npos);
  BOOST_TEST(print.find("IDC3012I ENTRY T.NONE NOT FOUND") != std::string::npos);
  BOOST_TEST(there("T.NEW"));
  BOOST_TEST(std::filesystem::exists(step.dasd() + "/T.LIB/MEM2"));
}

BOOST_AUTO_TEST_CASE(ikjeft1b_ends_at_the_first_failure) {
  make("T.A");
  step.dd("SYSTSIN", " DELETE 'T.NONE'\n DELETE 'T.A'\n");
  BOOST_TEST(step.program("IKJEFT1B").cc == "CC 8");
  BOOST_TEST(there("T.A"));
}

BOOST_AUTO_TEST_CASE(tso_batch_says_that_db2_and_unknown_commands_are_not_there) {
  step.dd("SYSTSIN", " DSN SYSTEM(DB2P)\n RUN PROGRAM(X) PLAN(Y)\n END\n");
  auto result = step.program("IKJEFT01");
  BOOST_TEST(result.cc == "CC 12");
  BOOST_TEST(result.said("THERE IS NO DB2 ON THIS SYSTEM"));
  BOOST_TEST(!result.said("IKJ56500I"));
  step.dd("SYSTSIN", " FROBNICATE\n");
  result = step.program("IKJEFT01");
  BOOST_TEST(result.said("IKJ56500I COMMAND FROBNICATE NOT FOUND"));
  BOOST_TEST(result.cc == "CC 12");
}

BOOST_AUTO_TEST_CASE(tso_call_runs_a_program_of_a_library_with_the_dds_of_alloc) {
  make("T.LOAD", {}, {.dsorg = "PO"});
  make("T.DATA", "payload\n");
  const auto path = step.file("dasd/T.LOAD/SHOWIT", "#!/bin/sh\ncat \"$DD_IN\"; echo parm \"$1\"; exit 3\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  step.set("SYSPLEXD_PARM", "ALLOC F(IN) DA('T.DATA') SHR");
  step.dd("SYSTSIN", " CALL 'T.LOAD(SHOWIT)' 'two words'\n");
  auto result = step.program("IKJEFT01");
  BOOST_TEST(result.said("payload\n"));
  BOOST_TEST(result.said("parm two words\n"));
  BOOST_TEST(result.cc == "CC 3");
  step.unset("SYSPLEXD_PARM");
  step.dd("SYSTSIN", " CALL 'T.LOAD(NOSUCH)'\n");
  result = step.program("IKJEFT01");
  BOOST_TEST(result.cc == "CC 12");
  BOOST_TEST(result.said("CSV003I"));
}

BOOST_AUTO_TEST_SUITE_END()
