// Conditions, BUILD, OVERLAY and IFTHEN on single records.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "sysplex/jes/utilities/sort_reformat.hpp"

namespace {
using namespace sysplexd::jes::sort;
using namespace std::string_view_literals;

ParsedControl parse(const std::string& statement) {
  std::vector<std::string> lines{" OPTION COPY"};
  std::size_t begin = 0;
  while (begin <= statement.size()) {
    const auto end = std::min(statement.find('\n', begin), statement.size());
    lines.push_back(" " + statement.substr(begin, end - begin));
    begin = end + 1;
  }
  auto parsed = parse_control(lines, "", {});
  for (const auto& error : parsed.errors) BOOST_ERROR(statement << " -> " << error.message);
  return parsed;
}

bool selected(const std::string& condition, std::string_view record) {
  const auto control = parse("INCLUDE COND=" + condition).control;
  return accepts(*control.filter, record, control.altseq);
}

std::string outrec(const std::string& operands, std::string_view record) {
  const auto control = parse("OUTREC " + operands).control;
  Counters counters(control.sequence_slots);
  Reformatter reformatter(control.outrec, control.altseq, counters);
  return std::string(reformatter.apply(record));
}

struct Match {
  const char* condition;
  std::string_view record;
  bool selected;
};
std::ostream& operator<<(std::ostream& out, const Match& match) { return out << match.condition; }

const Match matches_table[] = {
    {"(1,3,CH,EQ,C'ABC')", "ABCD", true},
    {"(1,3,CH,EQ,C'AB')", "AB", true},  // behind the line: blanks; constant: padded with blanks
    {"(1,3,CH,EQ,C'AB')", "AB x", true},
    {"(1,2,CH,EQ,C'ABC')", "ABx", true},  // a longer constant is cut
    {"(1,3,CH,GT,C'ABC')", "ABD", true},
    {"(1,3,CH,LE,C'ABC')", "ABD", false},
    {"(9,3,CH,EQ,C' ')", "short", true},
    {"(1,2,BI,EQ,X'0041')", "\0A"sv, true},
    {"(1,2,BI,GE,66)", "\0A"sv, false},
    {"(1,2,FI,LT,0)", "\xFF\xFF"sv, true},
    {"(1,3,ZD,EQ,-12)", "01r", true},
    {"(1,2,PD,GT,+9)", "\x01\x0C"sv, true},
    {"(1,5,FS,EQ,-7)", "   -7", true},
    {"(1,3,ZD,GT,5,3,ZD)", "123|122", true},
    {"(1,2,PD,EQ,3,3,ZD)",
     "\x12\x3C"
     "123"sv,
     true},
    {"(1,2,CH,EQ,4,3,CH)", "AB|AB ", true},
    {"(1,1,BI,EQ,2,2,BI)", "A\0A"sv, true},
    {"(1,10,SS,EQ,C'CD')", "ABCDEF", true},
    {"(1,3,SS,EQ,C'CD')", "ABCDEF", false},
    {"(1,10,SS,NE,C'CD')", "ABCDEF", false},
    {"(1,1,SS,EQ,C'Y,N')", "N", true},
    {"(1,1,SS,EQ,C'Y,N')", "Q", false},
    {"(1,1,CH,EQ,C'A',AND,2,1,CH,EQ,C'B')", "AB", true},
    {"(1,1,CH,EQ,C'A',AND,2,1,CH,EQ,C'B')", "AC", false},
    {"(1,1,CH,EQ,C'A',OR,2,1,CH,EQ,C'B')", "AC", true},
    {"(1,1,CH,EQ,C'A',AND,2,1,CH,EQ,C'B',OR,\n3,1,CH,EQ,C'C')", "xxC", true},
    {"(1,1,CH,EQ,C'A',AND,(2,1,CH,EQ,C'B',OR,\n3,1,CH,EQ,C'C'))", "xxC", false},
    {"ALL", "x", true},
    {"NONE", "x", false},
};

struct Change {
  const char* operands;
  std::string_view record, result;
};
std::ostream& operator<<(std::ostream& out, const Change& change) { return out << change.operands; }

const Change changes[] = {
    {"FIELDS=(3,2,1,2)", "ABCD", "CDAB"},
    {"BUILD=(1,2,2X,3,2)", "ABCD", "AB  CD"},
    {"BUILD=(1,2,10:3,2)", "ABCD", "AB       CD"},
    {"BUILD=(1,6,C'|')", "AB", "AB    |"},
    {"BUILD=(2C'xy',X'41',2Z,3X'42')", "", "xyxyA\0\0BBB"sv},
    {"BUILD=(C'''',3)", "ABCD", "'CD"},
    {"BUILD=(5)", "ABCD", ""},
    {"BUILD=(1,5,ZD,M11)", "0012r", "00122"},
    {"BUILD=(1,5,ZD,M12)", "01234", "  1,234"},
    {"BUILD=(1,5,ZD,EDIT=(SIII.TT),SIGNS=(+,-))", "0012r", "  -1.22"},
    {"BUILD=(1,5,ZD,EDIT=($I,IIT.TT))", "12345", "$  123.45"},
    {"BUILD=(1,5,ZD,PD)", "12345", "\x12\x34\x5C"},
    {"BUILD=(1,5,ZD,TO=BI,LENGTH=2)", "00258", "\x01\x02"},
    {"BUILD=(1,3,PD,TO=ZD,LENGTH=7)", "\x12\x34\x5D", "001234u"},
    {"BUILD=(1,5,UFF,M11,LENGTH=4)", "$1,23", "0123"},
    {"BUILD=(1,3,TRAN=LTOU,4,3,TRAN=UTOL,7,2,HEX)", "aB3DeF\x0A\xFF", "AB3def0AFF"},
    {"OVERLAY=(3:C'xx')", "ABCDE", "ABxxE"},
    {"OVERLAY=(8:C'x',1,2)", "ABCDE", "ABCDE  xAB"},
    {"IFTHEN=(WHEN=(1,1,CH,EQ,C'A'),OVERLAY=(2:C'1')),\nIFTHEN=(WHEN=(1,1,CH,EQ,C'B'),OVERLAY=(2:C'2')),\n"
     "IFTHEN=(WHEN=NONE,OVERLAY=(2:C'?'))",
     "Bx", "B2"},
    {"IFTHEN=(WHEN=(1,1,CH,EQ,C'A'),OVERLAY=(2:C'1')),\nIFTHEN=(WHEN=NONE,OVERLAY=(2:C'?'))", "Zx", "Z?"},
    {"IFTHEN=(WHEN=INIT,BUILD=(C'A',1)),\nIFTHEN=(WHEN=(1,1,CH,EQ,C'A'),BUILD=(2),HIT=NEXT),\n"
     "IFTHEN=(WHEN=(1,1,CH,EQ,C'x'),OVERLAY=(1:C'Y'))",
     "xyz", "Yyz"},
};
}  // namespace

BOOST_AUTO_TEST_SUITE(sort_reformat)

BOOST_DATA_TEST_CASE(a_condition_selects, boost::unit_test::data::make(matches_table), match) {
  BOOST_CHECK_EQUAL(selected(match.condition, match.record), match.selected);
}

BOOST_DATA_TEST_CASE(a_record_is_made_anew, boost::unit_test::data::make(changes), change) {
  BOOST_CHECK_EQUAL(outrec(change.operands, change.record), change.result);
}

BOOST_AUTO_TEST_CASE(a_sequence_number_counts_from_START_by_INCR) {
  const auto control = parse("OUTREC BUILD=(SEQNUM,3,ZD,START=98,INCR=2,SEQNUM,2,BI)").control;
  Counters counters(control.sequence_slots);
  Reformatter reformatter(control.outrec, control.altseq, counters);
  BOOST_CHECK_EQUAL(reformatter.apply("x"), "098\0\1"sv);
  BOOST_CHECK_EQUAL(reformatter.apply("x"), "100\0\2"sv);
}

BOOST_AUTO_TEST_SUITE_END()
