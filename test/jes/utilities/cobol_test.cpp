// Compile, link and run COBOL through the built-in programs. Needs GnuCOBOL; without it only the refusals are tested.
#include "sysplex/jes/utilities/cobol.hpp"

#include <boost/test/unit_test.hpp>

#include "sysplex/dasd/catalog.hpp"
#include "sysplex/jes/utilities/compiler_options.hpp"
#include "sysplex/jes/utilities/object_deck.hpp"
#include "test/jes/utilities/step.hpp"

namespace jes = sysplexd::jes;
using sysplexd::test::Step;
using sysplexd::test::StepResult;

namespace {

// Statements of a PROCEDURE DIVISION in a program that has a few fields and files.
std::string program(const std::string& name, const std::string& statements, const std::string& storage = {}) {
  return "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. " + name +
         ".\n"
         "       ENVIRONMENT DIVISION.\n"
         "       INPUT-OUTPUT SECTION.\n"
         "       FILE-CONTROL.\n"
         "           SELECT CARDS ASSIGN TO UT-S-CARDS.\n"
         "           SELECT PRT ASSIGN TO UT-S-PRT.\n"
         "           SELECT STAT ASSIGN TO UT-S-STAT FILE STATUS FS.\n"
         "       DATA DIVISION.\n"
         "       FILE SECTION.\n"
         "       FD CARDS RECORDING MODE F.\n"
         "       01 CARD PIC X(10).\n"
         "       FD PRT RECORDING MODE F.\n"
         "       01 PLINE PIC X(10).\n"
         "       FD STAT RECORDING MODE F.\n"
         "       01 SLINE PIC X(10).\n"
         "       WORKING-STORAGE SECTION.\n"
         "       01 FS PIC XX VALUE '--'.\n"
         "       01 EOF-SWITCH PIC X VALUE 'N'.\n"
         "       01 LETTERS PIC X(4) VALUE 'AB1X'.\n"
         "       01 FIGURES REDEFINES LETTERS PIC 9(4).\n"
         "       01 TAB.\n"
         "          05 CELL PIC X OCCURS 5.\n"
         "       01 I PIC 99 VALUE 7.\n" +
         storage +
         "       LINKAGE SECTION.\n"
         "       01 PARM-AREA.\n"
         "          05 PARM-LEN PIC S9(4) COMP.\n"
         "          05 PARM-TEXT PIC X(100).\n"
         "       PROCEDURE DIVISION USING PARM-AREA.\n" +
         statements;
}

constexpr const char* copy_cards =
    "           OPEN INPUT CARDS OUTPUT PRT.\n"
    "           PERFORM UNTIL EOF-SWITCH = 'Y'\n"
    "             READ CARDS AT END MOVE 'Y' TO EOF-SWITCH\n"
    "               NOT AT END WRITE PLINE FROM CARD\n"
    "             END-READ\n"
    "           END-PERFORM.\n"
    "           CLOSE CARDS PRT.\n"
    "           STOP RUN.\n";

struct Cobol {
  Step step;
  Cobol() { std::filesystem::create_directories(library()); }
  std::string library() const { return step.root() + "/load"; }

  // Compiles and links into the library as `member`; the answer is of the step that failed, or of the link.
  StepResult build(const std::string& source, const std::string& member, const std::string& parm = {}) {
    Step build;
    build.dd("SYSIN", source);
    build.dd("SYSLIN", "");
    if (!parm.empty()) build.set("SYSPLEXD_PARM", parm);
    auto compiled = build.program("IGYCRCTL");
    if (compiled.cc != "CC 0") return compiled;
    build.unset("SYSPLEXD_PARM");
    build.dd_path("SYSLMOD", library() + "/" + member);
    return build.program("IEWL");
  }
  StepResult run(const std::string& statements, const std::string& storage = {}) {
    const auto built = build(program("TESTPGM", statements, storage), "TESTPGM");
    BOOST_REQUIRE_MESSAGE(built.cc == "CC 0", built.output);
    return step.cobol(library() + "/TESTPGM");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cobol)

BOOST_AUTO_TEST_CASE(libcob_messages_mean_abends) {
  BOOST_TEST(jes::abend_of_message("module 'SUBX' not found") == "S806");
  BOOST_TEST(jes::abend_of_message("A.cob:27: 'B' (Type: NUMERIC DISPLAY) not numeric: 'AB1X'") == "S0C7");
  BOOST_TEST(jes::abend_of_message("A.cob:27: subscript of 'TE' out of bounds: 7") == "S0C4");
  BOOST_TEST(jes::abend_of_message("file does not exist (status = 35) for file NOF ('NOFILE')") == "S013");
  BOOST_TEST(jes::abend_of_message("something else") == "U4038");
}

BOOST_AUTO_TEST_CASE(options_are_mapped_ignored_or_unknown) {
  const auto options = jes::compiler_options({"SSRANGE,NOSOURCE,MAP", "NOSSRANGE APOST,LIST(X,Y),WHAT(1)"});
  BOOST_TEST(!options.source);
  BOOST_TEST(options.mapped.empty());
  BOOST_TEST(options.ignored == (std::vector<std::string>{"MAP", "APOST", "LIST(X,Y)"}),
             boost::test_tools::per_element());
  BOOST_TEST(options.unknown == std::vector<std::string>{"WHAT(1)"}, boost::test_tools::per_element());
  BOOST_TEST(options.flags == std::vector<std::string>{"-fec=EC-DATA-INCOMPATIBLE"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_program_name_is_found_in_its_forms) {
  using Lines = std::vector<std::string>;
  BOOST_TEST(jes::program_id(Lines{"       IDENTIFICATION DIVISION.", "       PROGRAM-ID. PAYCALC."}) == "PAYCALC");
  BOOST_TEST(jes::program_id(Lines{"       program-id.", "      * comment", "           'PAY2' IS INITIAL."}) ==
             "PAY2");
  BOOST_TEST(jes::program_id(Lines{"      *PROGRAM-ID. NOT."}) == "");
}

BOOST_AUTO_TEST_CASE(object_decks_keep_order_and_the_last_of_a_name) {
  const auto deck = jes::object_deck({"A", "first"}) + jes::object_deck({"B", "b\nb"}) +
                    jes::object_deck({"A", "second"}) + "  NAME X(R)\n";
  const auto parsed = jes::parse_object_deck(deck);
  BOOST_REQUIRE(parsed);
  BOOST_REQUIRE(parsed.value().objects.size() == 2u);
  BOOST_TEST(parsed.value().objects[0].data == "second");
  BOOST_TEST(parsed.value().objects[1].data == "b\nb");
  BOOST_TEST(parsed.value().control == std::vector<std::string>{"  NAME X(R)"}, boost::test_tools::per_element());
  BOOST_TEST(!jes::parse_object_deck(deck.substr(0, 24)));
  BOOST_TEST(!jes::parse_object_deck("%SYSPLEXD-OBJECT A 99999999999999999999999\nx"));
  BOOST_TEST(!jes::parse_object_deck("\177ELF"));
}

BOOST_AUTO_TEST_CASE(without_a_compiler_the_message_is_clear) {
  Step step;
  step.set("PATH", step.root());
  step.dd("SYSIN", "       PROGRAM-ID. X.\n");
  const auto result = step.program("IGYCRCTL");
  BOOST_TEST(result.cc == "CC 16");
  BOOST_TEST(result.said("UNV5302E"));
}

BOOST_AUTO_TEST_CASE(what_is_no_module_is_s806) {
  Step step;
  BOOST_TEST(step.cobol(step.root() + "/NONE").cc.substr(0, 10) == "ABEND S806");
  const auto text = step.file("TEXT", "no program");
  BOOST_TEST(!jes::is_cobol_module(text));
  BOOST_TEST(!jes::is_cobol_module("/bin/sh"));
  BOOST_TEST(!jes::is_cobol_module(step.root()));
  const auto cut = step.file("CUT", Step::read("/bin/sh").substr(0, 100));
  BOOST_TEST(!jes::is_cobol_module(cut));
  if (sysplexd::test::have_cobc()) BOOST_TEST(step.cobol(text).cc.substr(0, 10) == "ABEND S806");
}

BOOST_AUTO_TEST_SUITE(with_gnucobol, *boost::unit_test::precondition([](boost::unit_test::test_unit_id) {
                        return boost::test_tools::assertion_result(sysplexd::test::have_cobc());
                      }))

BOOST_FIXTURE_TEST_CASE(parm_and_a_return_code_above_255_arrive, Cobol) {
  step.set("SYSPLEXD_PARM", "HELLO WORLD");
  auto result =
      run("           DISPLAY PARM-LEN ' ' PARM-TEXT(1:PARM-LEN).\n           MOVE 3000 TO RETURN-CODE.\n           "
          "STOP RUN.\n");
  BOOST_TEST(result.output == "+00011 HELLO WORLD\n");
  BOOST_TEST(result.cc == "CC 3000");
  BOOST_TEST(jes::is_cobol_module(library() + "/TESTPGM"));
  step.unset("SYSPLEXD_PARM");
  result = run("           DISPLAY PARM-LEN.\n           MOVE 4097 TO RETURN-CODE.\n           GOBACK.\n");
  BOOST_TEST(result.output == "+00000\n");
  BOOST_TEST(result.cc == "CC 1");  // the low twelve bits
}

BOOST_FIXTURE_TEST_CASE(display_goes_to_dd_sysout_where_a_step_has_sysprint_too, Cobol) {
  step.dd_path("SYSPRINT", step.root() + "/stdout");
  step.dd_path("SYSOUT", step.root() + "/sysout");
  const auto result = run("           DISPLAY 'HELLO'.\n           STOP RUN.\n");
  BOOST_TEST(result.output == "");
  BOOST_TEST(Step::read(step.root() + "/sysout") == "HELLO\n");
}

BOOST_FIXTURE_TEST_CASE(run_time_errors_are_the_abends_they_mean, Cobol) {
  struct Case {
    const char *statements, *abend, *text;
  };
  for (const auto& [statements, abend, text] :
       {Case{"           CALL 'NOSUCH'.\n", "ABEND S806", "module 'NOSUCH' not found"},
        Case{"           ADD 1 TO FIGURES.\n", "ABEND S0C7", "not numeric"},
        Case{"           OPEN INPUT CARDS.\n", "ABEND S013", "status = 35"},
        Case{"           READ CARDS.\n", "ABEND U4038", "status = 47"}}) {
    const auto result = run(statements);
    BOOST_TEST(result.cc.substr(0, std::string(abend).size()) == abend, statements << result.cc);
    BOOST_TEST(result.said(text), statements << result.errors);
  }
}

BOOST_FIXTURE_TEST_CASE(subscripts_are_checked_with_ssrange, Cobol) {
  const auto source = program("TESTPGM", "           MOVE 'X' TO CELL(I).\n           STOP RUN.\n");
  BOOST_REQUIRE(build(source, "TESTPGM", "SSRANGE").cc == "CC 0");
  BOOST_TEST(step.cobol(library() + "/TESTPGM").cc.substr(0, 10) == "ABEND S0C4");
  BOOST_REQUIRE(build(source, "TESTPGM").cc == "CC 0");
  BOOST_TEST(step.cobol(library() + "/TESTPGM").cc == "CC 0");
}

BOOST_FIXTURE_TEST_CASE(a_program_that_asks_for_an_abend_gets_it, Cobol) {
  auto result = run("           CALL 'CEE3ABD' USING CODE9 TIMING.\n           STOP RUN.\n",
                    "       01 CODE9 PIC S9(9) BINARY VALUE 1234.\n       01 TIMING PIC S9(9) BINARY VALUE 0.\n");
  BOOST_TEST(result.cc.substr(0, 11) == "ABEND U1234");
  result = run("           CALL 'ILBOABN0' USING CODE4.\n           STOP RUN.\n",
               "       01 CODE4 PIC S9(4) COMP VALUE 16.\n");
  BOOST_TEST(result.cc.substr(0, 11) == "ABEND U0016");
}

BOOST_FIXTURE_TEST_CASE(a_crash_is_the_signal_and_files_are_written, Cobol) {
  step.dd_path("PRT", step.root() + "/prt");
  const auto result =
      run("           OPEN OUTPUT PRT.\n           WRITE PLINE FROM LETTERS.\n"
          "           SET ADDRESS OF PARM-AREA TO NULL.\n           MOVE 'X' TO PARM-TEXT.\n           STOP RUN.\n");
  BOOST_TEST((result.signal == SIGSEGV || result.cc.substr(0, 10) == "ABEND S0C4"));
  BOOST_TEST(Step::read(step.root() + "/prt") == "AB1X\n");
}

BOOST_FIXTURE_TEST_CASE(the_data_set_decides_whether_records_are_bare_or_lines, Cobol) {
  BOOST_REQUIRE(build(program("TESTPGM", copy_cards), "TESTPGM").cc == "CC 0");
  const auto module_path = library() + "/TESTPGM";
  step.dd("CARDS", "one\ntwo\n");
  step.dd_path("PRT", step.root() + "/prt");
  BOOST_TEST(step.cobol(module_path).cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/prt") == "one\ntwo\n");
  step.dd_path("PRT", step.root() + "/fixed", "FB,10,");
  BOOST_TEST(step.cobol(module_path).cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/fixed") == "one       two       ");
  step.dd_path("CARDS", step.root() + "/fixed", "FB,10,");
  step.dd_path("PRT", step.root() + "/lines");
  BOOST_TEST(step.cobol(module_path).cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/lines") == "one\ntwo\n");
}

BOOST_FIXTURE_TEST_CASE(disp_mod_appends_and_a_new_data_set_gets_the_attributes_of_the_file, Cobol) {
  BOOST_REQUIRE(build(program("TESTPGM", copy_cards), "TESTPGM").cc == "CC 0");
  auto catalog = std::move(sysplexd::dasd::Catalog::open(step.dasd())).value();
  BOOST_REQUIRE(catalog.create("C.NEW", {}).ok());
  step.dd("CARDS", "one\n");
  step.dd_path("PRT", step.dasd() + "/C.NEW");
  BOOST_TEST(step.cobol(library() + "/TESTPGM").cc == "CC 0");
  BOOST_TEST(catalog.find("C.NEW").value().attributes.recfm == "FB");
  BOOST_TEST(catalog.find("C.NEW").value().attributes.lrecl == 10);
  BOOST_TEST(Step::read(step.dasd() + "/C.NEW") == "one       ");
  step.dd_path("PRT", step.dasd() + "/C.NEW", "FB,10,");
  step.set("DISP_PRT", "MOD");
  BOOST_TEST(step.cobol(library() + "/TESTPGM").cc == "CC 0");
  BOOST_TEST(Step::read(step.dasd() + "/C.NEW") == "one       one       ");
}

BOOST_FIXTURE_TEST_CASE(attributes_that_do_not_fit_are_s013_or_file_status_39, Cobol) {
  step.dd("CARDS", "12345678901234567890", "FB,20,");
  auto result = run("           OPEN INPUT CARDS.\n           STOP RUN.\n");
  BOOST_TEST(result.cc.substr(0, 10) == "ABEND S013");
  step.dd("STAT", "12345678901234567890", "FB,20,");
  result = run("           OPEN INPUT STAT.\n           DISPLAY 'FS ' FS.\n           STOP RUN.\n");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(result.output == "FS 39\n");
}

BOOST_FIXTURE_TEST_CASE(a_missing_dd_with_file_status_is_the_programs_own_affair, Cobol) {
  const auto result = run("           OPEN INPUT STAT.\n           DISPLAY 'FS ' FS.\n           STOP RUN.\n");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(result.output == "FS 35\n");
}

BOOST_FIXTURE_TEST_CASE(call_finds_members_of_the_step_libraries, Cobol) {
  std::filesystem::create_directories(step.root() + "/other");
  BOOST_REQUIRE(
      build(program("SUBPGM", "           DISPLAY 'IN SUB'.\n           MOVE 5 TO RETURN-CODE.\n           GOBACK.\n"),
            "SUBPGM")
          .cc == "CC 0");
  std::filesystem::rename(library() + "/SUBPGM", step.root() + "/other/SUBPGM");
  step.set("SYSPLEXD_LIBRARIES", step.root() + "/none:" + step.root() + "/other");
  const auto result =
      run("           CALL 'SUBPGM' USING PARM-AREA.\n           DISPLAY 'RC ' RETURN-CODE.\n           STOP RUN.\n");
  BOOST_TEST(result.output == "IN SUB\nRC +000000005\n");
  BOOST_TEST(result.cc == "CC 5");
  BOOST_TEST(std::filesystem::is_empty(step.root() + "/temp"));  // no links left behind
}

BOOST_FIXTURE_TEST_CASE(a_member_name_that_is_not_the_program_id_works, Cobol) {
  BOOST_REQUIRE(build(program("INNER", "           DISPLAY 'INNER'.\n           GOBACK.\n"), "OUTER").cc == "CC 0");
  BOOST_TEST(step.cobol(library() + "/OUTER").output == "INNER\n");
  // Found beside the caller without any STEPLIB.
  const auto result = run("           CALL 'OUTER' USING PARM-AREA.\n           STOP RUN.\n");
  BOOST_TEST(result.output == "INNER\n");
}

BOOST_FIXTURE_TEST_CASE(objects_appended_by_mod_are_linked_into_one_module, Cobol) {
  Step build;
  build.dd("SYSLIN", "");
  build.set("DISP_SYSLIN", "MOD");
  for (const auto& source : {program("MAIN1", "           CALL 'SUB1' USING PARM-AREA.\n           GOBACK.\n"),
                             program("SUB1", "           DISPLAY 'SUB1'.\n           GOBACK.\n")}) {
    build.dd("SYSIN", source);
    BOOST_REQUIRE(build.program("IGYCRCTL").cc == "CC 0");
  }
  std::filesystem::create_directories(build.root() + "/lib");
  build.dd_path("SYSLMOD", build.root() + "/lib");
  std::ofstream(build.root() + "/SYSLIN.dd", std::ios::app) << "  ENTRY MAIN1\n  ALIAS MAINX\n  NAME BOTH(R)\n";
  const auto linked = build.program("HEWL");
  BOOST_TEST(linked.cc == "CC 0", linked.output);
  BOOST_TEST(build.cobol(build.root() + "/lib/BOTH").output == "SUB1\n");
  BOOST_TEST(build.cobol(build.root() + "/lib/MAINX").output == "SUB1\n");
}

BOOST_FIXTURE_TEST_CASE(copybooks_are_read_from_lines_and_fixed_records, Cobol) {
  const std::string record = "       01 COPIED PIC X(5) VALUE 'BOOK!'.";
  for (const bool fixed : {false, true}) {
    Step build;
    std::filesystem::create_directories(build.root() + "/copy");
    build.file("copy/BOOK", fixed ? record + std::string(80 - record.size(), ' ') : record + "\n");
    build.dd_path("SYSLIB", build.root() + "/copy", fixed ? "FB,80," : "");
    build.dd("SYSIN",
             program("COPYPGM", "           DISPLAY COPIED.\n           GOBACK.\n", "           copy book.\n"));
    build.dd("SYSLIN", "");
    const auto compiled = build.program("IGYCRCTL");
    BOOST_TEST(compiled.cc == "CC 0", compiled.output);
    build.dd_path("SYSLMOD", build.root() + "/COPYPGM");
    BOOST_TEST(build.program("IEWBLINK").cc == "CC 0");
    BOOST_TEST(build.cobol(build.root() + "/COPYPGM").output == "BOOK!\n");
  }
}

BOOST_AUTO_TEST_CASE(errors_in_the_source_are_listed_with_their_line_and_end_12) {
  Step build;
  build.dd("SYSIN", program("BADPGM", "           MOVE NOWHERE TO I.\n           GOBACK.\n"));
  const auto object = build.dd("SYSLIN", "untouched");
  auto result = build.program("IGYCRCTL");
  BOOST_TEST(result.cc == "CC 12");
  BOOST_TEST(result.said("      30  IGYCB0001-S   'NOWHERE' is not defined"), result.output);
  BOOST_TEST(Step::read(object) == "untouched");
  build.dd("SYSIN", program("BADPGM", "           COPY NOBOOK.\n"));
  BOOST_TEST(build.program("IGYCRCTL").cc == "CC 12");
  build.dd("SYSIN", "");
  result = build.program("IGYCRCTL");
  BOOST_TEST(result.cc == "CC 12");
  BOOST_TEST(result.said("UNV5304E"));
  build.dd("SYSIN", "\x01\xff garbage\n" + std::string(100000, 'x') + "\n");
  BOOST_TEST(build.program("IGYCRCTL").cc == "CC 12");
  build.dd("SYSIN", program("GOODPGM", "           GOBACK.\n"));
  build.set("SYSPLEXD_PARM", "NONSENSEOPTION");
  BOOST_TEST(build.program("IGYCRCTL").cc == "CC 4");
}

BOOST_AUTO_TEST_CASE(the_binder_says_what_is_missing) {
  Step step;
  BOOST_TEST(step.program("IEWL").said("IEW2302E SYSLIN"));
  step.dd("SYSLIN", "");
  BOOST_TEST(step.program("IEWL").cc == "CC 12");
  step.dd("SYSLIN", "  NONSENSE X\n");
  step.dd_path("SYSLMOD", step.root() + "/X");
  BOOST_TEST(step.program("IEWL").said("IEW2303E"));
  step.dd("SYSLIN", "  INCLUDE NODD(X)\n");
  BOOST_TEST(step.program("IEWL").cc == "CC 12");
  BOOST_TEST(!std::filesystem::exists(step.root() + "/X"));
}

BOOST_FIXTURE_TEST_CASE(the_loader_links_and_runs, Cobol) {
  step.dd(
      "SYSIN",
      program(
          "LOADME",
          "           DISPLAY PARM-TEXT(1:PARM-LEN).\n           MOVE 300 TO RETURN-CODE.\n           STOP RUN.\n"));
  step.dd("SYSLIN", "");
  BOOST_REQUIRE(step.program("IGYCRCTL").cc == "CC 0");
  step.set("SYSPLEXD_PARM", "MAP/user parm");
  const auto result = step.program("LOADER");
  BOOST_TEST(result.cc == "CC 300");
  BOOST_TEST(result.said("user parm\n"));
}

BOOST_FIXTURE_TEST_CASE(indexed_files_work, Cobol) {
  const std::string source =
      "       IDENTIFICATION DIVISION.\n       PROGRAM-ID. INDEXED1.\n       ENVIRONMENT DIVISION.\n"
      "       INPUT-OUTPUT SECTION.\n       FILE-CONTROL.\n"
      "           SELECT KSDS ASSIGN TO KSDS ORGANIZATION INDEXED\n"
      "             ACCESS DYNAMIC RECORD KEY K FILE STATUS FS.\n"
      "       DATA DIVISION.\n       FILE SECTION.\n       FD KSDS.\n"
      "       01 R.\n          05 K PIC X(4).\n          05 V PIC X(6).\n"
      "       WORKING-STORAGE SECTION.\n       01 FS PIC XX.\n       PROCEDURE DIVISION.\n"
      "           OPEN OUTPUT KSDS.\n           MOVE 'BBBBsecond' TO R.\n           WRITE R.\n"
      "           MOVE 'AAAAfirst ' TO R.\n           WRITE R.\n           CLOSE KSDS.\n"
      "           OPEN I-O KSDS.\n           READ KSDS NEXT.\n           DISPLAY R.\n"
      "           MOVE 'BBBB' TO K.\n           READ KSDS.\n           DISPLAY V ' ' FS.\n"
      "           CLOSE KSDS.\n           STOP RUN.\n";
  BOOST_REQUIRE(build(source, "INDEXED1").cc == "CC 0");
  step.dd("KSDS", "");  // an empty cluster, as DEFINE CLUSTER makes it
  const auto result = step.cobol(library() + "/INDEXED1");
  BOOST_TEST(result.cc == "CC 0", result.errors);
  BOOST_TEST(result.output == "AAAAfirst \nsecond 00\n");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
