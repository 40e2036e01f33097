// Control statements of SORT: cards, continuation, and the parser's model; every complaint says where.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "sysplex/jes/utilities/sort_control.hpp"

namespace {

using namespace sysplexd::jes::sort;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

ParsedControl parse(const std::string& text, const std::string& parm = "") {
  return parse_control(lines_of(text), parm, {2026, 11, 23, 9, 5, 7});
}

Control good(const std::string& text) {
  const auto parsed = parse(text);
  for (const auto& error : parsed.errors) BOOST_ERROR(text << "\n  -> " << error.message);
  return parsed.control;
}

// The same text cut at column 71, with a mark in column 72 and the rest at column 16.
std::string broken_at_71(const std::string& text) {
  std::string result = text.substr(0, 71) + "*\n";
  return result + std::string(15, ' ') + text.substr(71);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sort_control)

BOOST_AUTO_TEST_CASE(a_sort_statement_gives_its_keys) {
  const auto control = good("  SORT FIELDS=(5,4,CH,A,12,3,PD,D)\n");
  BOOST_CHECK(control.function == Function::sort);
  BOOST_REQUIRE_EQUAL(control.keys.size(), 2U);
  BOOST_CHECK_EQUAL(control.keys[0].field.position, 5U);
  BOOST_CHECK_EQUAL(control.keys[0].field.length, 4U);
  BOOST_CHECK(control.keys[0].field.format == Format::ch);
  BOOST_CHECK(!control.keys[0].descending);
  BOOST_CHECK(control.keys[1].field.format == Format::pd);
  BOOST_CHECK(control.keys[1].descending);
}

BOOST_AUTO_TEST_CASE(format_operand_serves_fields_without_one) {
  const auto control = good(" SORT FIELDS=(5,4,A,12,3,D),FORMAT=ZD,EQUALS,SKIPREC=7\n");
  BOOST_REQUIRE_EQUAL(control.keys.size(), 2U);
  BOOST_CHECK(control.keys[0].field.format == Format::zd);
  BOOST_CHECK(control.keys[1].descending);
  BOOST_CHECK_EQUAL(control.skip, 7U);
}

BOOST_AUTO_TEST_CASE(labels_comments_remarks_blank_cards_and_what_follows_END_are_no_statements) {
  const auto control = good(
      "* a comment with ' a quote\n"
      "MYLABEL  SORT FIELDS=(1,2,CH,A)   a remark, with a comma\n"
      "\n"
      "ALONE\n"
      " OPTION STOPAFT=3\n"
      " END\n"
      " RUBBISH\n");
  BOOST_CHECK(control.function == Function::sort);
  BOOST_CHECK_EQUAL(control.stop_after, 3U);
}

BOOST_AUTO_TEST_CASE(a_statement_goes_on_after_comma_blank_and_after_colon_blank) {
  const auto control = good(
      " SORT FIELDS=(9,     first\n"
      "* between\n"
      "               3,\n"
      "      ZD,\n"
      "               A)\n"
      " OUTREC FIELDS=(1,27,2X,   remark\n"
      "        60:\n"
      "        9,3,ZD,PD)\n");
  BOOST_REQUIRE_EQUAL(control.keys.size(), 1U);
  BOOST_CHECK_EQUAL(control.keys[0].field.position, 9U);
  BOOST_REQUIRE_EQUAL(control.outrec.items.size(), 4U);
  BOOST_CHECK(control.outrec.items[2].kind == BuildItem::Kind::column);
  BOOST_CHECK(control.outrec.items[3].edit.to == Format::pd);
}

BOOST_AUTO_TEST_CASE(a_break_at_column_71_continues_in_column_16_also_inside_a_constant) {
  std::string text = " INCLUDE COND=(1,80,CH,EQ,C'";
  text += std::string(60, 'a') + "  b')";
  const auto control = good(" SORT FIELDS=COPY\n" + broken_at_71(text) + "\n");
  BOOST_REQUIRE(control.filter.has_value());
  BOOST_CHECK_EQUAL(control.filter->condition.comparison.bytes, std::string(60, 'a') + "  b");
}

BOOST_AUTO_TEST_CASE(columns_73_to_80_are_a_sequence_number) {
  std::string card = " SORT FIELDS=(1,2,CH,A)";
  card.resize(72, ' ');
  BOOST_CHECK_EQUAL(good(card + "00010000\n").keys.size(), 1U);
}

BOOST_AUTO_TEST_CASE(AND_binds_closer_than_OR_and_parentheses_win) {
  const auto flat = good(" SORT FIELDS=COPY\n INCLUDE COND=(1,1,CH,EQ,C'A',OR,2,1,CH,EQ,C'B',AND,3,1,CH,NE,C'C')\n");
  const auto& top = flat.filter->condition;
  BOOST_CHECK(top.kind == Condition::Kind::disjunction);
  BOOST_REQUIRE_EQUAL(top.parts.size(), 2U);
  BOOST_CHECK(top.parts[0].kind == Condition::Kind::compare);
  BOOST_CHECK(top.parts[1].kind == Condition::Kind::conjunction);
  const auto grouped = good(" SORT FIELDS=COPY\n OMIT COND=((1,1,CH,EQ,C'A',|,2,1,CH,EQ,C'B'),&,3,1,CH,NE,C'C')\n");
  BOOST_CHECK(grouped.filter->omit);
  BOOST_CHECK(grouped.filter->condition.kind == Condition::Kind::conjunction);
  BOOST_CHECK(grouped.filter->condition.parts[0].kind == Condition::Kind::disjunction);
}

BOOST_AUTO_TEST_CASE(a_number_is_told_from_a_field_by_what_follows) {
  const auto control =
      good(" SORT FIELDS=COPY\n INCLUDE COND=(1,3,ZD,GT,5,4,PD,AND,9,2,FI,LE,-12,OR,1,2,EQ,+7),\n  FORMAT=BI\n");
  const auto& both = control.filter->condition.parts[0].parts;
  BOOST_CHECK(both[0].comparison.kind == Comparison::Right::field);
  BOOST_CHECK(both[0].comparison.right.format == Format::pd);
  BOOST_CHECK(both[1].comparison.number == -12);
  BOOST_CHECK(control.filter->condition.parts[1].comparison.left.format == Format::bi);
}

BOOST_AUTO_TEST_CASE(quotes_are_doubled_inside_constants_and_hexadecimal_is_bytes) {
  const auto control = good(" SORT FIELDS=COPY\n INCLUDE COND=(1,3,CH,EQ,C'A''B',OR,1,2,BI,EQ,X'00fF')\n");
  BOOST_CHECK_EQUAL(control.filter->condition.parts[0].comparison.bytes, "A'B");
  BOOST_CHECK_EQUAL(control.filter->condition.parts[1].comparison.bytes, std::string("\0\xFF", 2));
}

BOOST_AUTO_TEST_CASE(build_items_come_out_in_order) {
  const auto control = good(
      " OPTION COPY\n"
      " OUTREC BUILD=(3,2,20:5X,C'ab',2X'41',3C'-',5,4,PD,M11,\n"
      "   7,3,ZD,EDIT=(SI,IIT.TT),SIGNS=(,-),SEQNUM,5,ZD,9)\n");
  const auto& items = control.outrec.items;
  using Kind = BuildItem::Kind;
  const Kind kinds[] = {Kind::field,    Kind::column, Kind::constant, Kind::constant, Kind::constant,
                        Kind::constant, Kind::edit,   Kind::edit,     Kind::sequence, Kind::rest};
  BOOST_REQUIRE_EQUAL(items.size(), std::size(kinds));
  for (std::size_t i = 0; i < items.size(); ++i) BOOST_CHECK_MESSAGE(items[i].kind == kinds[i], "item " << i);
  BOOST_CHECK_EQUAL(items[2].bytes, "     ");
  BOOST_CHECK_EQUAL(items[4].bytes, "AA");
  BOOST_CHECK_EQUAL(items[6].edit.pattern, "TTTTTTT");
  BOOST_CHECK_EQUAL(items[7].edit.lead_minus, "-");
}

BOOST_AUTO_TEST_CASE(outfil_takes_names_filters_and_reports) {
  const auto control = good(
      " SORT FIELDS=(1,4,CH,A)\n"
      " OUTFIL FNAMES=(OUT1,OUT2),INCLUDE=(1,1,CH,EQ,C'A'),STARTREC=2,ENDREC=9\n"
      " OUTFIL FNAMES=REST,SAVE\n"
      " OUTFIL REMOVECC,HEADER1=(C'TOP',2/,DATE1(-)),\n"
      "   TRAILER1=(C'N=',COUNT=(M11,LENGTH=6),5X,TOT=(5,3,ZD,M12))\n");
  BOOST_REQUIRE_EQUAL(control.outfils.size(), 3U);
  BOOST_CHECK_EQUAL(control.outfils[0].ddnames.size(), 2U);
  BOOST_CHECK_EQUAL(control.outfils[0].first, 2U);
  BOOST_CHECK(control.outfils[1].save);
  BOOST_CHECK_EQUAL(control.outfils[2].ddnames.front(), "SORTOUT");
  BOOST_CHECK_EQUAL(control.outfils[2].header.size(), 4U);
  BOOST_CHECK_EQUAL(control.outfils[2].header.back().bytes, "2026-11-23");
  BOOST_CHECK_EQUAL(control.outfils[2].trailer[1].edit.length, 6U);
}

BOOST_AUTO_TEST_CASE(options_without_meaning_are_listed_and_PARM_is_an_OPTION_statement) {
  const auto parsed =
      parse(" SORT FIELDS=(1,1,BI,A),DYNALLOC=(SYSDA,3)\n OPTION VLSHRT,MAINSIZE=(32M)\n", "EQUALS,MAINSIZE=2G");
  BOOST_CHECK(parsed.errors.empty());
  BOOST_REQUIRE_EQUAL(parsed.control.ignored.size(), 2U);
  BOOST_CHECK_EQUAL(parsed.control.ignored[0], "DYNALLOC");
  BOOST_CHECK_EQUAL(parsed.control.main_size, 32U << 20);  // SYSIN comes after PARM
}

BOOST_AUTO_TEST_CASE(every_statement_reports_its_own_error_in_one_run) {
  const auto parsed = parse(" SORT FIELDS=(1,3,CH,X)\n OMIT COND=(1,2)\n NOSUCH A\n SUM FIELDS=(1,3,CH)\n");
  BOOST_REQUIRE_EQUAL(parsed.errors.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) BOOST_CHECK_EQUAL(parsed.errors[i].at.line, i + 1);
}

struct Bad {
  const char* text;
  unsigned line, column;
  const char* id;
};
std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.text; }

const Bad bad_statements[] = {
    {" OUTREC BUILD=(1,2)", 0, 0, "ICE010A"},
    {" SORT", 1, 2, "ICE012A"},
    {" SORT EQUALS", 1, 2, "ICE012A"},
    {" SORT FIELDS=(1,3,CH)", 1, 21, "ICE007A"},
    {" SORT FIELDS=(1,3,CH,E)", 1, 22, "ICE016A"},
    {" SORT FIELDS=(1,3,A)", 1, 19, "ICE018A"},
    {" SORT FIELDS=(1,3,QQ,A)", 1, 19, "ICE018A"},
    {" SORT FIELDS=(0,3,CH,A)", 1, 15, "ICE017A"},
    {" SORT FIELDS=(1,0,CH,A)", 1, 17, "ICE017A"},
    {" SORT FIELDS=(1,33,PD,A)", 1, 17, "ICE017A"},
    {" SORT FIELDS=(1,9999999999999,CH,A)", 1, 17, "ICE017A"},
    {" SORT FIELDS=(1,3.2,BI,A)", 1, 18, "ICE017A"},
    {" SORT FIELDS=(1,3,CH,A", 1, 14, "ICE007A"},
    {" SORT FIELDS=(1,3,CH,A))", 1, 24, "ICE007A"},
    {" SORT FIELDS=", 1, 14, "ICE007A"},
    {" SORT FIELDS=(1,3,CH,A),", 1, 25, "ICE007A"},
    {" SORT FIELDS=(1,3,CH,A),NONSENSE", 1, 25, "ICE007A"},
    {" SORT FIELDS=(1,3,CH,A),FIELDS=(1,3,CH,A)", 1, 25, "ICE014A"},
    {" SORT FIELDS=(1,3,CH,A)\n MERGE FIELDS=(1,3,CH,A)", 2, 2, "ICE014A"},
    {" OPTION COPY,SKIPREC=X", 1, 22, "ICE007A"},
    {" OPTION COPY,OVFLO=RC5", 1, 14, "ICE007A"},
    {" OPTION COPY,MAINSIZE=5Q", 1, 25, "ICE007A"},
    {" OPTION COPY\n INCLUDE FORMAT=CH", 2, 2, "ICE012A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,CH,EQ,C'A)", 2, 71, "ICE007A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,CH,EQ,5)", 2, 26, "ICE114A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,PD,EQ,C'A')", 2, 26, "ICE114A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,CH,XX,C'A')", 2, 23, "ICE113A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,CH,EQ,C'')", 2, 26, "ICE113A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,BI,EQ,X'0')", 2, 26, "ICE007A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,EQ,C'A')", 2, 20, "ICE018A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,SS,GT,C'A')", 2, 25, "ICE114A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,CH,EQ,3,2,ZD)", 2, 29, "ICE114A"},
    {" OPTION COPY\n INCLUDE COND=(1,2,CH,EQ,C'A',XOR,1,2,CH,EQ,C'B')", 2, 31, "ICE113A"},
    {" OPTION COPY\n INCLUDE COND=(1,17,PD,EQ,5)", 2, 18, "ICE017A"},
    {" OPTION COPY\n INCLUDE COND=ALL\n OMIT COND=NONE", 3, 2, "ICE014A"},
    {" SORT FIELDS=(1,3,CH,A)\n SUM FIELDS=(5,2,CH)", 2, 17, "ICE018A"},
    {" SORT FIELDS=(1,3,CH,A)\n SUM FIELDS=(3,2,ZD)", 2, 2, "ICE017A"},
    {" OPTION COPY\n SUM FIELDS=NONE", 2, 2, "ICE007A"},
    {" OPTION COPY\n OUTREC BUILD=(5,2,CH,M11)", 2, 20, "ICE018A"},
    {" OPTION COPY\n OUTREC BUILD=(5,2,ZD,M27)", 2, 23, "ICE111A"},
    {" OPTION COPY\n OUTREC BUILD=(5,2,ZD,EDIT=(,))", 2, 28, "ICE111A"},
    {" OPTION COPY\n OUTREC BUILD=(5,2,HUH)", 2, 20, "ICE111A"},
    {" OPTION COPY\n OUTREC BUILD=(1,20,5:3,2)", 2, 21, "ICE111A"},
    {" OPTION COPY\n OUTREC BUILD=(1,20,/,3,2)", 2, 21, "ICE111A"},
    {" OPTION COPY\n OUTREC BUILD=(99999X)", 2, 16, "ICE111A"},
    {" OPTION COPY\n OUTREC OVERLAY=(3:5)", 2, 20, "ICE111A"},
    {" OPTION COPY\n OUTREC IFTHEN=(BUILD=(1,2))", 2, 29, "ICE111A"},
    {" OPTION COPY\n OUTREC PARSE=(%)", 2, 9, "ICE111A"},
    {" OPTION COPY\n OUTFIL FNAMES=TOOLONGNAME", 2, 16, "ICE007A"},
    {" OPTION COPY\n OUTFIL SPLIT", 2, 9, "ICE223A"},
    {" OPTION COPY\n OUTFIL STARTREC=5,ENDREC=4", 2, 2, "ICE007A"},
    {" OPTION COPY\n ALTSEQ CODE=(12)", 2, 15, "ICE007A"},
    {" OPTION COPY\n MODS E15=(X,100)", 2, 2, "ICE005A"},
    {" SORT FIELDS=(1,3,\nCH,A)", 2, 1, "ICE007A"},
    {" SORT FIELDS=(1,3,", 1, 19, "ICE007A"},
};

BOOST_DATA_TEST_CASE(a_bad_statement_is_refused_with_line_and_column, boost::unit_test::data::make(bad_statements),
                     bad) {
  const auto parsed = parse(bad.text);
  BOOST_REQUIRE_MESSAGE(!parsed.errors.empty(), "accepted: " << bad.text);
  const auto& error = parsed.errors.front();
  BOOST_CHECK_MESSAGE(error.message.starts_with(bad.id), error.message);
  BOOST_CHECK_MESSAGE(error.at.line == bad.line && error.at.column == bad.column,
                      bad.text << " -> " << error.message << " (wanted " << bad.line << ":" << bad.column << ")");
}

BOOST_AUTO_TEST_CASE(a_card_longer_than_80_columns_is_refused) {
  const auto parsed = parse(" SORT FIELDS=(1,2,CH,A)" + std::string(70, ' ') + "X\n");
  BOOST_REQUIRE_EQUAL(parsed.errors.size(), 1U);
  BOOST_CHECK_EQUAL(parsed.errors[0].at.column, 81U);
}

BOOST_AUTO_TEST_CASE(parentheses_nested_too_deeply_are_refused) {
  const auto parsed =
      parse(" OPTION COPY\n INCLUDE COND=" + std::string(50, '(') + ",\n " + std::string(50, '(') + ",\n");
  BOOST_CHECK(!parsed.errors.empty());
}

BOOST_AUTO_TEST_CASE(variable_records_count_the_descriptor_word) {
  auto control = good(" SORT FIELDS=(5,3,CH,A)\n INCLUDE COND=(9,1,CH,EQ,C'A')\n OUTREC BUILD=(1,4,8:5,3,9)\n");
  BOOST_CHECK(rebase_variable(control).empty());
  BOOST_CHECK_EQUAL(control.keys[0].field.position, 1U);
  BOOST_CHECK_EQUAL(control.filter->condition.comparison.left.position, 5U);
  BOOST_REQUIRE_EQUAL(control.outrec.items.size(), 3U);
  BOOST_CHECK_EQUAL(control.outrec.items[0].number, 4U);
  BOOST_CHECK_EQUAL(control.outrec.items[1].field.position, 1U);
  BOOST_CHECK_EQUAL(control.outrec.items[2].field.position, 5U);
  auto inside = good(" SORT FIELDS=(1,3,CH,A)\n");
  BOOST_CHECK_EQUAL(rebase_variable(inside).size(), 1U);
}

BOOST_AUTO_TEST_CASE(fields_beyond_a_fixed_record_are_refused) {
  const auto control = good(" SORT FIELDS=(5,3,CH,A)\n SUM FIELDS=(9,4,ZD)\n");
  BOOST_CHECK(check_fixed(control, 12).empty());
  BOOST_CHECK_EQUAL(check_fixed(control, 11).size(), 1U);
  BOOST_CHECK_EQUAL(check_fixed(control, 6).size(), 2U);
  const auto reshaped = good(" SORT FIELDS=(5,3,CH,A)\n INREC BUILD=(1,80)\n");
  BOOST_CHECK(check_fixed(reshaped, 6).empty());
}

BOOST_AUTO_TEST_SUITE_END()
