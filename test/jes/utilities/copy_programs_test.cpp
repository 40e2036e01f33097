// IEFBR14, IEBGENER, IEBCOPY, BPXBATCH as steps.
#include <boost/test/unit_test.hpp>

#include "sysplex/dasd/catalog.hpp"
#include "test/jes/utilities/step.hpp"

using sysplexd::test::Step;

BOOST_AUTO_TEST_SUITE(copy_programs)

BOOST_AUTO_TEST_CASE(iefbr14_ends_with_condition_code_0) {
  Step step;
  const auto result = step.program("IEFBR14");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(result.exit_status == 0);
  BOOST_TEST(result.output.empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_program_is_s806) {
  Step step;
  const auto result = step.program("NOSUCH");
  BOOST_TEST(result.cc.substr(0, 10) == "ABEND S806");
  BOOST_TEST(result.exit_status == 1);
}

BOOST_AUTO_TEST_CASE(iebgener_copies_bytes_between_data_sets_of_lines) {
  Step step;
  std::string text;
  for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
  step.dd("SYSUT1", text + "\nlast line without newline");
  step.dd_path("SYSUT2", step.root() + "/out");
  const auto result = step.program("IEBGENER");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/out") == text + "\nlast line without newline");
}

BOOST_AUTO_TEST_CASE(iebgener_pads_lines_to_fixed_records_and_drops_the_padding_again) {
  Step step;
  step.dd("SYSUT1", "one\n\nthree\n");
  step.dd_path("SYSUT2", step.root() + "/fixed", "FB,6,600");
  BOOST_TEST(step.program("IEBGENER").cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/fixed") == "one         three ");
  Step back;
  back.dd("SYSUT1", "one         three ", "FB,6,600");
  back.dd_path("SYSUT2", back.root() + "/lines");
  BOOST_TEST(back.program("ICEGENER").cc == "CC 0");
  BOOST_TEST(Step::read(back.root() + "/lines") == "one\n\nthree\n");
}

BOOST_AUTO_TEST_CASE(iebgener_refuses_a_line_that_is_longer_than_lrecl) {
  Step step;
  step.dd("SYSUT1", "short\nmuch too long\n");
  step.dd_path("SYSUT2", step.root() + "/fixed", "FB,6,600");
  const auto result = step.program("IEBGENER");
  BOOST_TEST(result.cc == "CC 12");
  BOOST_TEST(result.said("IEB311I"));
  BOOST_TEST(result.said("record 2 has 13 bytes"));
}

BOOST_AUTO_TEST_CASE(iebgener_refuses_fixed_records_with_newlines_as_lines_and_a_longer_lrecl) {
  Step step;
  step.dd("SYSUT1", "a\nbcde", "FB,6,");
  step.dd_path("SYSUT2", step.root() + "/lines");
  BOOST_TEST(step.program("IEBGENER").cc == "CC 12");
  step.dd("SYSUT1", "abcdef", "FB,6,");
  step.dd_path("SYSUT2", step.root() + "/short", "FB,5,");
  const auto result = step.program("IEBGENER");
  BOOST_TEST(result.cc == "CC 12");
  BOOST_TEST(result.said("SYSUT1 LRECL=6"));
}

BOOST_AUTO_TEST_CASE(iebgener_says_which_dd_is_missing_or_cannot_be_used) {
  Step step;
  BOOST_TEST(step.program("IEBGENER").said("IEB316I DDNAME SYSUT1"));
  step.dd("SYSUT1", "");
  auto result = step.program("IEBGENER");
  BOOST_TEST(result.said("IEB316I DDNAME SYSUT2"));
  BOOST_TEST(result.cc == "CC 12");
  step.dd_path("SYSUT2", step.root() + "/no/such/folder/x");
  result = step.program("IEBGENER");
  BOOST_TEST(result.cc == "CC 12");
  step.dd_path("SYSUT2", step.root() + "/empty");
  result = step.program("IEBGENER");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(std::filesystem::file_size(step.root() + "/empty") == 0u);
}

BOOST_AUTO_TEST_CASE(iebgener_on_a_full_disk_fails_clearly) {
  Step step;
  step.dd("SYSUT1", "x\n");
  step.dd_path("SYSUT2", "/dev/full");
  const auto result = step.program("IEBGENER");
  BOOST_TEST(result.cc == "CC 12");
  BOOST_TEST(result.said("No space left"));
}

BOOST_AUTO_TEST_CASE(iebgener_appends_with_disp_mod) {
  Step step;
  step.dd("SYSUT1", "new\n");
  const auto out = step.dd("SYSUT2", "old\n");
  step.set("DISP_SYSUT2", "MOD");
  BOOST_TEST(step.program("IEBGENER").cc == "CC 0");
  BOOST_TEST(Step::read(out) == "old\nnew\n");
}

BOOST_AUTO_TEST_CASE(iebgener_edits_records) {
  Step step;
  step.dd("SYSIN", " GENERATE MAXFLDS=3,MAXLITS=4\n RECORD FIELD=(3,4,,1),FIELD=(4,'->x',,4),FIELD=(3,1,,9)\n");
  step.dd("SYSUT1", "abcdef\nghi\n");
  step.dd_path("SYSUT2", step.root() + "/out");
  const auto result = step.program("IEBGENER");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/out") == "def->x  abc\n   ->x  ghi\n");
}

BOOST_AUTO_TEST_CASE(iebgener_packs_and_unpacks) {
  Step step;
  step.dd("SYSIN", " GENERATE MAXFLDS=2\n RECORD FIELD=(4,1,ZP,1),FIELD=(1,5,,4)\n");
  step.dd("SYSUT1", "1234.\n123t.\n");  // t is -4 as GnuCOBOL writes it
  step.dd_path("SYSUT2", step.root() + "/out");
  BOOST_TEST(step.program("IEBGENER").cc == "CC 0");
  const auto packed = Step::read(step.root() + "/out");
  BOOST_TEST(packed == std::string("\x01\x23\x4C.\n\x01\x23\x4D.\n"));
  step.dd("SYSIN", " GENERATE MAXFLDS=1\n RECORD FIELD=(3,1,PZ,1)\n");
  step.dd("SYSUT1", packed);
  BOOST_TEST(step.program("IEBGENER").cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/out") == "01234\n0123t\n");
  step.dd("SYSUT1", "abc\n");
  const auto wrong = step.program("IEBGENER");
  BOOST_TEST(wrong.cc == "CC 12");
  BOOST_TEST(wrong.said("not numeric"));
}

BOOST_AUTO_TEST_CASE(iebgener_makes_members_by_groups) {
  Step step;
  std::filesystem::create_directories(step.root() + "/lib");
  step.dd("SYSIN",
          " GENERATE MAXNAME=2,MAXGPS=1\n"
          " MEMBER NAME=FIRST\n RECORD IDENT=(4,'LAST',1)\n"
          " MEMBER NAME=SECOND\n");
  step.dd("SYSUT1", "a\nLAST\nb\nc\n");
  step.dd_path("SYSUT2", step.root() + "/lib", "FB,5,");
  BOOST_TEST(step.program("IEBGENER").cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/lib/FIRST") == "a    LAST ");
  BOOST_TEST(Step::read(step.root() + "/lib/SECOND") == "b    c    ");
}

BOOST_AUTO_TEST_CASE(iebgener_refuses_wrong_control_statements) {
  for (const char* statement :
       {" RECORD FIELD=(1)", " GENERATE\n RECORD FIELD=(0,1)", " GENERATE\n RECORD FIELD=(99999999999999999999,1)",
        " GENERATE\n RECORD FIELD=(1,'abc')", " GENERATE\n RECORD FIELD=(1,1,HE,1)", " GENERATE NONSENSE=1",
        " GENERATE\n EXITS X", " GENERATE\n RECORD FIELD=(1,1,,1", " GENERATE\n MEMBER NAME=(A,B)", "\x01\x02\xff"}) {
    Step step;
    step.dd("SYSIN", statement);
    step.dd("SYSUT1", "x\n");
    const auto out = step.dd("SYSUT2", "untouched");
    const auto result = step.program("IEBGENER");
    BOOST_TEST(result.cc == "CC 12", statement << ": " << result.cc);
    BOOST_TEST(result.said("IEB304I"), statement);
    BOOST_TEST(Step::read(out) == "untouched", statement);
  }
}

BOOST_AUTO_TEST_CASE(iebgener_gives_a_new_data_set_the_attributes_of_the_input) {
  Step step;
  auto catalog = std::move(sysplexd::dasd::Catalog::open(step.dasd())).value();
  BOOST_REQUIRE(catalog.create("A.NEW", {}).ok());
  step.dd("SYSUT1", "abcd1234", "FB,4,");
  step.dd_path("SYSUT2", step.dasd() + "/A.NEW");
  const auto result = step.program("IEBGENER");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(result.said("IEB352I"));
  BOOST_TEST(catalog.find("A.NEW").value().attributes.recfm == "FB");
  BOOST_TEST(catalog.find("A.NEW").value().attributes.lrecl == 4);
  BOOST_TEST(Step::read(step.dasd() + "/A.NEW") == "abcd1234");
}

struct Libraries {
  Step step;
  Libraries() {
    std::filesystem::create_directories(step.root() + "/in");
    std::filesystem::create_directories(step.root() + "/out");
    step.file("in/ALPHA", "alpha\n");
    step.file("in/BETA", "beta\n");
    step.file("in/GAMMA", "gamma\n");
    step.file("out/BETA", "old\n");
    step.dd_path("I", step.root() + "/in");
    step.dd_path("O", step.root() + "/out");
  }
  std::string out(const std::string& member) { return Step::read(step.root() + "/out/" + member); }
};

BOOST_FIXTURE_TEST_CASE(iebcopy_copies_all_and_keeps_what_is_there, Libraries) {
  step.dd("SYSIN", "  COPY OUTDD=O,INDD=I\n");
  const auto result = step.program("IEBCOPY");
  BOOST_TEST(result.cc == "CC 0");
  BOOST_TEST(result.said("IEB1067I MEMBER BETA"));
  BOOST_TEST(out("ALPHA") == "alpha\n");
  BOOST_TEST(out("BETA") == "old\n");
}

BOOST_FIXTURE_TEST_CASE(iebcopy_selects_renames_and_replaces, Libraries) {
  step.dd("SYSIN", "C1 COPY OUTDD=O,INDD=I\n   SELECT MEMBER=((BETA,,R),(ALPHA,NEWNAME))\n");
  BOOST_TEST(step.program("IEBCOPY").cc == "CC 0");
  BOOST_TEST(out("BETA") == "beta\n");
  BOOST_TEST(out("NEWNAME") == "alpha\n");
  BOOST_TEST(!std::filesystem::exists(step.root() + "/out/GAMMA"));
  BOOST_TEST(!std::filesystem::exists(step.root() + "/out/ALPHA"));
}

BOOST_FIXTURE_TEST_CASE(iebcopy_excludes, Libraries) {
  step.dd("SYSIN", "  COPY OUTDD=O,INDD=((I,R))\n  EXCLUDE MEMBER=(ALPHA)\n");
  BOOST_TEST(step.program("IEBCOPY").cc == "CC 0");
  BOOST_TEST(out("BETA") == "beta\n");
  BOOST_TEST(!std::filesystem::exists(step.root() + "/out/ALPHA"));
}

BOOST_FIXTURE_TEST_CASE(iebcopy_answers_4_for_a_member_that_is_nowhere_and_12_for_wrong_statements, Libraries) {
  step.dd("SYSIN", "  COPY OUTDD=O,INDD=I\n  SELECT MEMBER=NOWHERE\n");
  BOOST_TEST(step.program("IEBCOPY").cc == "CC 4");
  for (const char* statement :
       {" COPY OUTDD=O", " SELECT MEMBER=A", " COPY OUTDD=NONE,INDD=I", " COPY OUTDD=O,INDD=NONE",
        " COPY OUTDD=O,INDD=I\n SELECT MEMBER=lowercase1", " COPY OUTDD=O,INDD=I\n SELECT MEMBER=../X"}) {
    step.dd("SYSIN", statement);
    BOOST_TEST(step.program("IEBCOPY").cc == "CC 12", statement);
  }
}

BOOST_FIXTURE_TEST_CASE(iebcopy_converts_the_record_form, Libraries) {
  step.dd("SYSIN", "  COPY OUTDD=O,INDD=I\n  S M=GAMMA\n");
  step.dd_path("O", step.root() + "/out", "FB,8,");
  BOOST_TEST(step.program("IEBCOPY").cc == "CC 0");
  BOOST_TEST(out("GAMMA") == "gamma   ");
  step.dd_path("O", step.root() + "/out", "FB,3,");
  step.dd("SYSIN", "  COPY OUTDD=O,INDD=I\n  S M=((GAMMA,,R))\n");
  BOOST_TEST(step.program("IEBCOPY").cc == "CC 8");
  BOOST_TEST(out("GAMMA") == "gamma   ");  // the old member stands
}

BOOST_AUTO_TEST_CASE(bpxbatch_runs_a_shell_command_and_its_status_times_256_is_the_code) {
  Step step;
  step.set("SYSPLEXD_PARM", "SH echo hello; echo wrong >&2; exit 3");
  auto result = step.program("BPXBATCH");
  BOOST_TEST(result.cc == "CC 768");
  BOOST_TEST(result.output == "hello\n");
  BOOST_TEST(result.errors == "wrong\n");
  step.set("SYSPLEXD_PARM", "sh exit 0");
  BOOST_TEST(step.program("BPXBATSL").cc == "CC 0");
  step.set("SYSPLEXD_PARM", "SH exit 15");
  BOOST_TEST(step.program("BPXBATCH").cc == "CC 3840");
  step.set("SYSPLEXD_PARM", "SH exit 16");
  result = step.program("BPXBATCH");
  BOOST_TEST(result.cc == "CC 4095");
  BOOST_TEST(result.told.find("MSG UNV5121I EXIT STATUS 16") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bpxbatch_runs_a_program_with_arguments_and_dds) {
  Step step;
  step.set("SYSPLEXD_PARM", "PGM /bin/sh -c 'cat; echo \"$VAR\"; echo \"$0\" >&2' 'a b'");
  step.dd("STDIN", "from stdin\n");
  step.dd("STDENV", "# comment\nVAR=value with blanks\n");
  step.dd_path("STDOUT", step.root() + "/out");
  step.dd_path("STDERR", step.root() + "/err");
  BOOST_TEST(step.program("BPXBATCH").cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/out") == "from stdin\nvalue with blanks\n");
  BOOST_TEST(Step::read(step.root() + "/err") == "a b\n");
}

BOOST_AUTO_TEST_CASE(bpxbatch_writes_records_where_the_data_set_has_them) {
  Step step;
  step.set("SYSPLEXD_PARM", "SH echo abc; echo 0123456789");
  step.dd_path("STDOUT", step.root() + "/out", "FB,6,");
  BOOST_TEST(step.program("BPXBATCH").cc == "CC 0");
  BOOST_TEST(Step::read(step.root() + "/out") == "abc   0123456789  ");
}

BOOST_AUTO_TEST_CASE(bpxbatch_takes_a_script_from_stdparm_and_a_shell_without_a_command_reads_stdin) {
  Step step;
  step.dd("STDPARM", "SH a=1\nfor x in 1 2; do\n  echo $a$x\ndone\n");
  BOOST_TEST(step.program("BPXBATCH").output == "11\n12\n");
  Step shell;
  shell.dd("STDIN", "echo read from stdin\nexit 2\n");
  const auto result = shell.program("BPXBATCH");
  BOOST_TEST(result.output == "read from stdin\n");
  BOOST_TEST(result.cc == "CC 512");
}

BOOST_AUTO_TEST_CASE(bpxbatch_says_what_is_wrong) {
  struct Case {
    const char *parm, *text;
  };
  for (const auto& [parm, text] : {Case{"RUN x", "UNV5120E"}, Case{"PGM", "UNV5120E"}, Case{"PGM 'open", "UNV5120E"},
                                   Case{"PGM /no/such/program", "BPXM047I"}, Case{"PGM /etc/passwd", "BPXM047I"},
                                   Case{"SH kill -9 $$", "BPXM009I"}}) {
    Step step;
    step.set("SYSPLEXD_PARM", parm);
    const auto result = step.program("BPXBATCH");
    BOOST_TEST(result.cc == "CC 4095", parm);
    BOOST_TEST(result.said(text), parm << ": " << result.errors);
  }
}

BOOST_AUTO_TEST_SUITE_END()
