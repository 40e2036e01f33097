// Whole runs of SORT: data sets in and out, messages, condition codes, failures.
#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <random>
#include <sstream>

#include "sysplex/jes/utilities/sort.hpp"
#include "sysplex/jes/utilities/sort_run.hpp"
#include "test/jes/utilities/step.hpp"

namespace {
using sysplexd::test::Step;
using sysplexd::test::StepResult;

struct SortStep : Step {
  std::string out = file("SORTOUT.dd", "old content\n");

  StepResult sort(const std::string& sysin) {
    dd("SYSIN", sysin);
    if (!no_sortout) dd_path("SORTOUT", out, out_dcb);
    return run([] {
      ::malloc_trim(0);  // memory that earlier tests freed would count as in use, since this is a fork and no exec
      return sysplexd::jes::sort_program().cc;
    });
  }
  // The result of a run that must be good.
  std::string result(const std::string& sysin, int cc = 0) {
    const auto end = sort(sysin);
    BOOST_CHECK_MESSAGE(end.exit_status == cc, "cc " << end.exit_status << "\n" << end.output);
    return read(out);
  }
  std::string out_dcb;
  bool no_sortout = false;
};

std::string lines(std::vector<std::string> records) {
  std::string text;
  for (const auto& record : records) text += record + "\n";
  return text;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(sort_program)

BOOST_AUTO_TEST_CASE(lines_are_sorted_and_counted) {
  SortStep step;
  step.dd("SORTIN", "pear\napple\n\nfig");  // the last line has no newline
  const auto end = step.sort(" SORT FIELDS=(1,10,CH,A)\n");
  BOOST_CHECK_EQUAL(end.exit_status, 0);
  BOOST_CHECK_EQUAL(Step::read(step.out), "\napple\nfig\npear\n");
  BOOST_CHECK(end.said("ICE000I"));
  BOOST_CHECK(end.said("  SORT FIELDS=(1,10,CH,A)"));
  BOOST_CHECK(end.said("ICE080I IN MAIN STORAGE SORT"));
  BOOST_CHECK(end.said("ICE054I RECORDS - IN: 4, OUT: 4"));
  BOOST_CHECK(end.said("ICE055I INSERT 0, DELETE 0"));
  BOOST_CHECK(end.said("ICE052I END OF SORT - RETURN CODE 0"));
}

BOOST_AUTO_TEST_CASE(one_character_field_over_the_line_equals_the_C_locale_of_GNU_sort) {
  if (std::system("command -v sort >/dev/null") != 0) return;
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    for (unsigned n = random() % 30; n > 0; --n) {
      const char c = static_cast<char>(random() % 3 == 0 ? random() : 'a' + random() % 3);
      text += c == '\n' || c == '\001' ? ' ' : c;
    }
    text += '\n';
  }
  SortStep step;
  const auto in = step.dd("SORTIN", text);
  const auto wanted = step.root() + "/wanted";
  BOOST_REQUIRE_EQUAL(std::system(("LC_ALL=C sort -o " + wanted + " " + in).c_str()), 0);
  BOOST_CHECK(step.result(" SORT FIELDS=(1,32752,CH,A)\n") == Step::read(wanted));
  BOOST_REQUIRE_EQUAL(std::system(("LC_ALL=C sort -r -o " + wanted + " " + in).c_str()), 0);
  BOOST_CHECK(step.result(" SORT FIELDS=(1,32752,CH,D)\n") == Step::read(wanted));
  const std::string positions = "LC_ALL=C sort -s -t \"$(printf '\\001')\" -k1.3,1.4 -o " + wanted + " " + in;
  BOOST_REQUIRE_EQUAL(std::system(positions.c_str()), 0);
  BOOST_CHECK(step.result(" SORT FIELDS=(3,2,CH,A),EQUALS\n") == Step::read(wanted));
}

BOOST_AUTO_TEST_CASE(input_larger_than_memory_goes_through_work_files_and_comes_out_the_same) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  std::vector<std::string> records;
  for (int i = 0; i < 300'000; ++i)
    records.push_back(std::to_string(random()) + std::string(40 + random() % 40, '.') + std::to_string(i));
  SortStep step;
  step.dd("SORTIN", lines(records));
  step.set("SYSPLEXD_SORT_MEMORY", "8M");
  const auto end = step.sort(" SORT FIELDS=(1,200,CH,A)\n");
  BOOST_CHECK_MESSAGE(end.exit_status == 0, end.output);
  BOOST_CHECK(end.said("ICE098I WORK SPACE"));
  std::sort(records.begin(), records.end());
  BOOST_CHECK(Step::read(step.out) == lines(records));
}

BOOST_AUTO_TEST_CASE(an_empty_input_empties_the_output) {
  for (const char* statement : {" SORT FIELDS=(1,10,CH,A)\n", " SORT FIELDS=COPY\n"}) {
    SortStep step;
    step.dd("SORTIN", "");
    BOOST_CHECK_EQUAL(step.result(statement), "");
  }
  SortStep step;
  step.dd_path("SORTIN", "/dev/null");
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,10,CH,A)\n"), "");
}

BOOST_AUTO_TEST_CASE(an_INCLUDE_that_takes_nothing_gives_an_empty_output) {
  SortStep step;
  step.dd("SORTIN", "a\nb\n");
  const auto end = step.sort(" SORT FIELDS=(1,1,CH,A)\n INCLUDE COND=(1,1,CH,EQ,C'X')\n");
  BOOST_CHECK_EQUAL(end.exit_status, 0);
  BOOST_CHECK_EQUAL(Step::read(step.out), "");
  BOOST_CHECK(end.said("ICE054I RECORDS - IN: 2, OUT: 0"));
  BOOST_CHECK(end.said("ICE055I INSERT 0, DELETE 2"));
}

BOOST_AUTO_TEST_CASE(fixed_records_are_sorted_without_newlines) {
  SortStep step;
  step.dd("SORTIN", "cc3aa1bb2", "FB,3,300");
  step.out_dcb = "FB,3";
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,2,CH,D)\n"), "cc3bb2aa1");
}

BOOST_AUTO_TEST_CASE(newlines_and_NULs_inside_fixed_records_are_data) {
  SortStep step;
  const std::string a("\n\0z", 3), b("\n\0a", 3), c("\0\n\n", 3);
  step.dd("SORTIN", a + b + c, "F,3");
  step.out_dcb = "F,3";
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,3,BI,A)\n"), c + b + a);
}

BOOST_AUTO_TEST_CASE(a_fixed_data_set_with_a_remainder_is_an_error_and_the_output_is_untouched) {
  SortStep step;
  step.dd("SORTIN", "cc3aa1b", "FB,3,300");
  const auto end = step.sort(" SORT FIELDS=(1,2,CH,A)\n");
  BOOST_CHECK_EQUAL(end.exit_status, 16);
  BOOST_CHECK(end.said("ICE061A I/O ERROR - SORTIN"));
  BOOST_CHECK(end.said("1 of 3 bytes"));
  BOOST_CHECK_EQUAL(Step::read(step.out), "old content\n");
}

BOOST_AUTO_TEST_CASE(a_field_beyond_the_fixed_record_is_an_error) {
  SortStep step;
  step.dd("SORTIN", "cc3aa1", "FB,3");
  const auto end = step.sort(" SORT FIELDS=(3,2,CH,A)\n");
  BOOST_CHECK_EQUAL(end.exit_status, 16);
  BOOST_CHECK(end.said("ICE027A"));
}

BOOST_AUTO_TEST_CASE(variable_records_count_positions_with_the_descriptor_word) {
  SortStep step;
  step.dd("SORTIN", "xb\nya\n", "VB,84");
  step.out_dcb = "VB,84";
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(6,1,CH,A)\n OUTREC BUILD=(1,4,5)\n"), "ya\nxb\n");
}

BOOST_AUTO_TEST_CASE(lines_are_padded_to_a_fixed_output_and_cutting_data_is_told) {
  SortStep step;
  step.dd("SORTIN", "bb\na\nlonger\ntrail    \n");
  step.out_dcb = "FB,5";
  const auto end = step.sort(" SORT FIELDS=(1,80,CH,A)\n");
  BOOST_CHECK_EQUAL(end.exit_status, 4);
  BOOST_CHECK_EQUAL(Step::read(step.out), "a    bb   longetrail");
  BOOST_CHECK(end.said("ICE171I 1 RECORDS OF SORTOUT"));
}

BOOST_AUTO_TEST_CASE(DISP_MOD_appends_and_a_failed_run_takes_only_its_own_records_back) {
  SortStep step;
  step.dd("SORTIN", "b\na\n");
  step.set("DISP_SORTOUT", "MOD");
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,1,CH,A)\n"), "old content\na\nb\n");
  step.dd("SORTIN", "d\nc\n");
  BOOST_CHECK_EQUAL(step.result(" OPTION COPY\n"), "old content\na\nb\nd\nc\n");
}

BOOST_AUTO_TEST_CASE(output_may_be_the_input) {
  for (const char* statement : {" SORT FIELDS=(1,3,CH,A)\n", " SORT FIELDS=COPY\n OMIT COND=(1,1,CH,EQ,C'b')\n",
                                " SORT FIELDS=(1,3,CH,A)\n OUTREC BUILD=(1,1,40X)\n"}) {
    SortStep step;
    step.out = step.dd("SORTIN", "cc\nbb\naa\n");
    const auto text = step.result(statement);
    BOOST_CHECK_EQUAL(std::count(text.begin(), text.end(), '\n'), text.find('b') == std::string::npos ? 2 : 3);
    if (std::string(statement).find("COPY") == std::string::npos) BOOST_CHECK_EQUAL(text.front(), 'a');
  }
}

BOOST_AUTO_TEST_CASE(output_that_is_the_input_stays_whole_when_there_is_no_space) {
  SortStep step;
  step.out = step.dd("SORTIN", "b\na\n");
  step.dd("SYSIN", " SORT FIELDS=(1,1,CH,A)\n OUTREC BUILD=(1,1,3000X)\n");
  step.dd_path("SORTOUT", step.out);
  const auto end = step.run([] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4500, 4500};  // the listing and the work file fit, not the longer result
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return sysplexd::jes::sort_program().cc;
  });
  BOOST_CHECK_EQUAL(end.exit_status, 16);
  BOOST_CHECK_MESSAGE(end.said("ICE061A I/O ERROR - SORTOUT"), end.output);
  BOOST_CHECK_EQUAL(Step::read(step.out), "b\na\n");
}

BOOST_AUTO_TEST_CASE(a_full_output_is_told_and_holds_nothing_of_the_run) {
  SortStep step;
  step.dd("SORTIN", lines(std::vector<std::string>(2000, "some record")));
  step.out = "/dev/full";
  const auto full = step.sort(" SORT FIELDS=(1,80,CH,A)\n");
  BOOST_CHECK_EQUAL(full.exit_status, 16);
  BOOST_CHECK_MESSAGE(full.said("ICE061A I/O ERROR - SORTOUT") && full.said("No space left"), full.output);

  SortStep limited;
  limited.dd("SORTIN", lines(std::vector<std::string>(200'000, "some record")));
  limited.dd("SYSIN", " SORT FIELDS=COPY\n");
  limited.dd_path("SORTOUT", limited.out);
  const auto end = limited.run([] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1'000'000, 1'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return sysplexd::jes::sort_program().cc;
  });
  BOOST_CHECK_EQUAL(end.exit_status, 16);
  BOOST_CHECK_EQUAL(Step::read(limited.out), "");
}

BOOST_AUTO_TEST_CASE(a_full_work_space_is_told) {
  SortStep step;
  step.dd("SORTIN", lines(std::vector<std::string>(600'000, "some record of a size")));
  step.dd("SYSIN", " SORT FIELDS=(1,80,CH,A)\n");
  step.dd_path("SORTOUT", step.out);
  step.set("SYSPLEXD_SORT_MEMORY", "8M");
  const auto end = step.run([] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1'000'000, 1'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return sysplexd::jes::sort_program().cc;
  });
  BOOST_CHECK_EQUAL(end.exit_status, 16);
  BOOST_CHECK_MESSAGE(end.said("ICE061A I/O ERROR - SORTWORK"), end.output);
  BOOST_CHECK_EQUAL(Step::read(step.out), "old content\n");
}

BOOST_AUTO_TEST_CASE(SUM_adds_and_keeps_the_first_record_of_each_key) {
  SortStep step;
  step.dd("SORTIN", "B005x\nA001y\nB007z\nA009w\nC100v\n");
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,1,CH,A)\n SUM FIELDS=(2,3,ZD)\n"), "A010y\nB012x\nC100v\n");
}

BOOST_AUTO_TEST_CASE(SUM_NONE_drops_duplicates_and_XSUM_keeps_them_elsewhere) {
  SortStep step;
  step.dd("SORTIN", "b1\na1\nb2\nb3\n");
  const auto dropped = step.dd("SORTXSUM", "");
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,1,CH,A)\n SUM FIELDS=NONE,XSUM\n"), "a1\nb1\n");
  BOOST_CHECK_EQUAL(Step::read(dropped), "b2\nb3\n");
}

BOOST_AUTO_TEST_CASE(a_SUM_that_overflows_keeps_both_records) {
  SortStep step;
  step.dd("SORTIN", "A600\nA500\nA001\n");
  const auto end = step.sort(" SORT FIELDS=(1,1,CH,A)\n SUM FIELDS=(2,3,ZD)\n");
  BOOST_CHECK_EQUAL(end.exit_status, 4);
  BOOST_CHECK(end.said("ICE152I OVERFLOW DURING SUMMATION - RC=4"));
  BOOST_CHECK_EQUAL(Step::read(step.out), "A600\nA501\n");
  step.file("SORTOUT.dd", "old\n");
  BOOST_CHECK_EQUAL(step.sort(" SORT FIELDS=(1,1,CH,A)\n SUM FIELDS=(2,3,ZD)\n OPTION OVFLO=RC0\n").exit_status, 0);
  step.file("SORTOUT.dd", "old\n");
  BOOST_CHECK_EQUAL(step.sort(" SORT FIELDS=(1,1,CH,A)\n SUM FIELDS=(2,3,ZD)\n OPTION OVFLO=RC16\n").exit_status, 16);
  BOOST_CHECK_EQUAL(Step::read(step.out), "old\n");  // nothing had been written yet
}

BOOST_AUTO_TEST_CASE(records_pass_SKIPREC_INCLUDE_STOPAFT_INREC_in_this_order) {
  SortStep step;
  step.dd("SORTIN", "z1\na2\nx3\na4\na5\na6\n");
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,1,CH,D)\n"
                                " OPTION SKIPREC=2,STOPAFT=2\n"
                                " INCLUDE COND=(1,1,CH,EQ,C'a')\n"
                                " INREC BUILD=(2,1,1,1)\n"),
                    "5a\n4a\n");
}

BOOST_AUTO_TEST_CASE(OUTFIL_splits_into_data_sets_and_SAVE_takes_the_rest) {
  SortStep step;
  step.dd("SORTIN", "b1\na1\nc1\na2\n");
  const auto a = step.dd("OUTA", ""), b = step.dd("OUTB", ""), rest = step.dd("REST", "");
  step.no_sortout = true;
  const auto end = step.sort(
      " SORT FIELDS=(1,2,CH,A)\n"
      " OUTFIL FNAMES=OUTA,INCLUDE=(1,1,CH,EQ,C'a'),BUILD=(2,1,C'!')\n"
      " OUTFIL FNAMES=OUTB,INCLUDE=(1,1,CH,EQ,C'b')\n"
      " OUTFIL FNAMES=REST,SAVE\n");
  BOOST_CHECK_MESSAGE(end.exit_status == 0, end.output);
  BOOST_CHECK_EQUAL(Step::read(a), "1!\n2!\n");
  BOOST_CHECK_EQUAL(Step::read(b), "b1\n");
  BOOST_CHECK_EQUAL(Step::read(rest), "c1\n");
  BOOST_CHECK(end.said("ICE227I OUTA: DELETED = 2, REPORT = 0, DATA = 2"));
}

BOOST_AUTO_TEST_CASE(OUTFIL_prints_a_header_and_a_trailer_with_its_numbers) {
  SortStep step;
  step.dd("SORTIN", "b012\na030\n");
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,1,CH,A)\n"
                                " OUTFIL REMOVECC,HEADER1=(C'TOP',/,C'--'),BUILD=(1,1,X,2,3),\n"
                                "  TRAILER1=(C'N=',COUNT=(M11,LENGTH=3),\n"
                                "   C' S=',TOT=(2,3,ZD,M11,LENGTH=5),\n"
                                "   C' MIN=',MIN=(2,3,ZD,M11,LENGTH=3),\n"
                                "   C' MAX=',MAX=(2,3,ZD,M11,LENGTH=3),\n"
                                "   C' AVG=',AVG=(2,3,ZD,M11,LENGTH=3))\n"),
                    "TOP\n--\na 030\nb 012\nN=002 S=00042 MIN=012 MAX=030 AVG=021\n");
  BOOST_CHECK_EQUAL(step.result(" SORT FIELDS=(1,1,CH,A)\n OUTFIL HEADER1=(C'TOP')\n"), "1TOP\n1a030\n b012\n");
}

BOOST_AUTO_TEST_CASE(MERGE_takes_sorted_inputs_in_order_and_refuses_others) {
  SortStep step;
  step.dd("SORTIN01", "a1\nc1\n");
  step.dd("SORTIN02", "a2\nb2\nd2\n");
  BOOST_CHECK_EQUAL(step.result(" MERGE FIELDS=(1,1,CH,A)\n"), "a1\na2\nb2\nc1\nd2\n");
  step.dd("SORTIN02", "b2\na2\n");
  const auto end = step.sort(" MERGE FIELDS=(1,1,CH,A)\n");
  BOOST_CHECK_EQUAL(end.exit_status, 16);
  BOOST_CHECK_MESSAGE(end.said("ICE068A OUT OF SEQUENCE SORTIN02 - RECORD 2"), end.output);
  BOOST_CHECK_EQUAL(Step::read(step.out), "a1\na2\nb2\nc1\nd2\n");  // of the run before
}

#if defined(__SANITIZE_ADDRESS__)
#define SORT_TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SORT_TEST_ASAN 1
#endif
#endif

BOOST_AUTO_TEST_CASE(a_line_of_ten_million_bytes_is_sorted_in_the_default_memory) {
  SortStep step;
#ifdef SORT_TEST_ASAN
  step.set("SYSPLEXD_SORT_MEMORY", "2G");  // what the sanitizer holds counts as memory of the process
#endif
  const std::string in = step.dd("SORTIN", "z\n");
  constexpr std::size_t size = 10'000'000;
  {  // in pieces: what this process holds when it forks is memory that the run has not
    std::ofstream stream(in, std::ios::binary | std::ios::app);
    const std::string piece(size / 100, 'm');
    for (const char last : {'b', 'a'}) {
      for (int i = 0; i < 100; ++i) stream << piece;
      stream << last << '\n';
    }
    stream << "k\n";
  }
  const auto text = step.result(" SORT FIELDS=(1,20000000,CH,A)\n");
  BOOST_REQUIRE_EQUAL(text.size(), 2 * size + 8);
  BOOST_CHECK_EQUAL(text.substr(0, 3), "k\nm");
  BOOST_CHECK_EQUAL(text.substr(2 + size - 1, 4), "ma\nm");
  BOOST_CHECK_EQUAL(text.substr(text.size() - 5), "mb\nz\n");
}

BOOST_AUTO_TEST_CASE(a_line_longer_than_memory_allows_is_an_error_that_says_how_to_raise_it) {
  SortStep step;
  step.set("SYSPLEXD_SORT_MEMORY", "8M");
  step.dd("SORTIN", "z\n" + std::string(10'000'000, 'm') + "\n");
  const auto end = step.sort(" SORT FIELDS=(1,20,CH,A)\n");
  BOOST_CHECK_EQUAL(end.exit_status, 16);
  BOOST_CHECK_MESSAGE(end.said("ICE039A INSUFFICIENT MAIN STORAGE - SORTIN") && end.said("record 2"), end.output);
  BOOST_CHECK_EQUAL(Step::read(step.out), "old content\n");
}

BOOST_AUTO_TEST_CASE(control_statement_errors_leave_everything_untouched) {
  SortStep step;
  step.dd("SORTIN", "b\na\n");
  const auto end = step.sort(" SORT FIELDS=(1,1,ZZ,A)\n NONSENSE\n");
  BOOST_CHECK_EQUAL(end.exit_status, 16);
  BOOST_CHECK(end.said("ICE018A SORT STATEMENT, LINE 1 COLUMN 19"));
  BOOST_CHECK(end.said("ICE005A NONSENSE STATEMENT, LINE 2 COLUMN 2"));
  BOOST_CHECK_EQUAL(Step::read(step.out), "old content\n");
}

BOOST_AUTO_TEST_CASE(missing_DDs_and_data_sets_are_named) {
  SortStep step;
  BOOST_CHECK(step.sort(" SORT FIELDS=(1,1,CH,A)\n").said("ICE056A SORTIN NOT DEFINED"));
  BOOST_CHECK(step.sort(" MERGE FIELDS=(1,1,CH,A)\n").said("ICE056A SORTIN01 NOT DEFINED"));
  step.dd_path("SORTIN", step.root() + "/nothing-here");
  BOOST_CHECK(step.sort(" SORT FIELDS=(1,1,CH,A)\n").said("nothing-here"));
  step.dd("SORTIN", "a\n");
  BOOST_CHECK(step.sort(" SORT FIELDS=(1,1,CH,A)\n OUTFIL FNAMES=ABSENT\n").said("ICE056A ABSENT NOT DEFINED"));
  step.no_sortout = true;
  step.unset("DD_SORTOUT");
  BOOST_CHECK(step.sort(" SORT FIELDS=(1,1,CH,A)\n").said("ICE056A SORTOUT NOT DEFINED"));
  step.set("SYSPLEXD_SORT_MEMORY", "lots");
  BOOST_CHECK(step.sort(" SORT FIELDS=(1,1,CH,A)\n").said("SYSPLEXD_SORT_MEMORY=lots"));
}

BOOST_AUTO_TEST_CASE(PARM_is_read_as_options) {
  SortStep step;
  step.dd("SORTIN", "a\nb\nc\n");
  step.set("SYSPLEXD_PARM", "SKIPREC=1,MSGPRT=ALL");
  const auto end = step.sort(" SORT FIELDS=COPY\n");
  BOOST_CHECK_EQUAL(Step::read(step.out), "b\nc\n");
  BOOST_CHECK(end.said("ICE291I IGNORED HERE: MSGPRT"));
  step.set("SYSPLEXD_PARM", "SKIPREC");
  BOOST_CHECK_EQUAL(step.sort(" SORT FIELDS=COPY\n").exit_status, 16);
}

BOOST_AUTO_TEST_CASE(sizes_are_read_with_their_units) {
  using sysplexd::jes::sort::parse_size;
  BOOST_CHECK(parse_size("64M") == std::size_t{64} << 20);
  BOOST_CHECK(parse_size("65536") == 65536U);
  BOOST_CHECK(parse_size("1g") == std::size_t{1} << 30);
  BOOST_CHECK(parse_size("7K") == 7168U);
  for (const char* text : {"", "M", "1X", "1MB", "-1", "99999999999999"}) BOOST_CHECK(!parse_size(text));
}

BOOST_AUTO_TEST_SUITE_END()
