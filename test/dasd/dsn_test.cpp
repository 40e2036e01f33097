// The grammar of data set, member and generation names; patterns.
#include "sysplex/dasd/dsn.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace sysplexd;
using namespace sysplexd::dasd;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(dsn)

static const std::vector<std::string> good_names = {
    "A",
    "PAY.MASTER",
    "SYS1.PROCLIB",
    "#A.@B.$C",
    "A1234567.B-234567.C",
    "USER.X-Y",
    "A1234567.B1234567.C1234567.D1234567.E1234567",  // 44
};
BOOST_DATA_TEST_CASE(a_name_by_the_grammar_is_accepted, data::make(good_names)) { BOOST_TEST(valid_dsn(sample)); }

static const std::vector<std::string> bad_names = {
    "",
    ".",
    "..",
    "../A",
    "A/B",
    "A..B",
    ".A",
    "A.",
    "1A",
    "-A",
    "A.1B",
    "A.-B",
    "A.B C",
    "a.b",
    "A.B*",
    "ABCDEFGHI",
    "A.ABCDEFGHI",
    "A1234567.B1234567.C1234567.D1234567.E1234567.",
    "A1234567.B1234567.C1234567.D1234567.E123456.F",  // 45
    std::string("A\0B", 3),
    "A\nB",
    "A.\xC3\x84",
    "A_B",
    "A(B)",
    "~A",
    "A.G0001V00/..",
};
BOOST_DATA_TEST_CASE(a_name_against_the_grammar_is_refused, data::make(bad_names)) { BOOST_TEST(!valid_dsn(sample)); }

BOOST_AUTO_TEST_CASE(exactly_44_characters_pass_and_45_do_not) {
  const std::string longest = "A1234567.B1234567.C1234567.D1234567.E1234567";
  BOOST_TEST(longest.size() == 44u);
  BOOST_TEST(valid_dsn(longest));
  const std::string longer = "A1234567.B1234567.C1234567.D1234567.E123456.F";
  BOOST_TEST(longer.size() == 45u);
  const auto refused = parse_dsn(longer);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().text.find("45 characters, at most 44") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(member_names_have_one_to_eight_characters_and_no_hyphen) {
  for (const char* good : {"A", "PAYROLL1", "#X", "@Y", "$Z", "A1"}) BOOST_TEST(valid_member(good), good);
  for (const char* bad : {"", "PAYROLL12", "1A", "A-B", "a", "A.B", "..", "/", "A B", "A\n"})
    BOOST_TEST(!valid_member(bad), bad);
}

BOOST_AUTO_TEST_CASE(a_reference_is_split_into_name_member_and_generation) {
  BOOST_TEST((*parse_dsn("a.b.c") == DataSetRef{"A.B.C", "", {}}));
  BOOST_TEST((*parse_dsn("A.B(mem)") == DataSetRef{"A.B", "MEM", {}}));
  BOOST_TEST((*parse_dsn("A.B(+1)") == DataSetRef{"A.B", "", 1}));
  BOOST_TEST((*parse_dsn("A.B(0)") == DataSetRef{"A.B", "", 0}));
  BOOST_TEST((*parse_dsn("A.B(-12)") == DataSetRef{"A.B", "", -12}));
  BOOST_TEST(to_string(*parse_dsn("A.B(+1)")) == "A.B(+1)");
  BOOST_TEST(to_string(*parse_dsn("A.B(0)")) == "A.B(0)");
  BOOST_TEST(to_string(*parse_dsn("A.B(-2)")) == "A.B(-2)");
  BOOST_TEST(to_string(*parse_dsn("a.b(m)")) == "A.B(M)");
}

static const std::vector<std::string> bad_references = {"A.B(",
                                                        "A.B()",
                                                        "A.B(M",
                                                        "A.B(M)X",
                                                        "A.B(M)(N)",
                                                        "A.B(+)",
                                                        "A.B(+1A)",
                                                        "A.B(12345)",
                                                        "A.B(9MEM)",
                                                        "(M)",
                                                        "A.B(../X)",
                                                        "A.B(MEMBERTOO)",
                                                        "A1234567.B1234567.C1234567.D1234567.E(+1)"};
BOOST_DATA_TEST_CASE(a_wrong_reference_says_what_is_wrong, data::make(bad_references)) {
  const auto refused = parse_dsn(sample);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == net::Errc::invalid));
  BOOST_TEST(refused.error().text.find(sample) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(unprintable_names_come_escaped_and_cut_in_messages) {
  const auto refused = parse_dsn(std::string("A\x01\xff\n.B"));
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().text.find("A\\x01\\xFF\\x0A.B") != std::string::npos);
  BOOST_TEST(printable(std::string(100000, 'X')).size() < 70u);
}

BOOST_AUTO_TEST_CASE(generation_names_are_told_from_others) {
  BOOST_TEST((*parse_generation("A.B.G0001V00") == GenerationName{"A.B", 1, 0}));
  BOOST_TEST((*parse_generation("A.G9999V99") == GenerationName{"A", 9999, 99}));
  for (const char* none :
       {"G0001V00", "A.G0000V00", "A.G001V00", "A.G00010V0", "A.GABCDV00", "A.G0001V0X", "A.B", ".G0001V00"})
    BOOST_TEST(!parse_generation(none), none);
  BOOST_TEST(to_string(GenerationName{"PAY.HIST", 7, 0}) == "PAY.HIST.G0007V00");
}

BOOST_AUTO_TEST_CASE(a_group_name_leaves_room_for_its_generations) {
  BOOST_TEST(valid_gdg_base("A1234567.B1234567.C1234567.D1234567"));     // 35
  BOOST_TEST(!valid_gdg_base("A1234567.B1234567.C1234567.D123456.E1"));  // 36
}

struct Match {
  const char* pattern;
  const char* name;
  bool matches;
};
std::ostream& operator<<(std::ostream& out, const Match& m) { return out << m.pattern << " on " << m.name; }
static const std::vector<Match> matches = {
    {"A.B", "A.B", true},
    {"A.B", "A.BC", false},
    {"A.*", "A.B", true},
    {"A.*", "A", false},
    {"A.*", "A.B.C", false},
    {"A.**", "A", true},
    {"A.**", "A.B", true},
    {"A.**", "A.B.C.D", true},
    {"A.**", "AB", false},
    {"**", "A.B.C", true},
    {"*", "A", true},
    {"*", "A.B", false},
    {"A.B*", "A.BCD", true},
    {"A.B*", "A.B", true},
    {"A.*X", "A.YX", true},
    {"A.*X", "A.XY", false},
    {"A.%", "A.B", true},
    {"A.%", "A.BB", false},
    {"A.%%B", "A.XYB", true},
    {"%.B", "A.B", true},
    {"A.**.C", "A.C", true},
    {"A.**.C", "A.B.C", true},
    {"A.**.C", "A.B.D", false},
    {"**.C", "A.B.C", true},
    {"**.B.**", "A.B.C", true},
    {"**.X.**", "A.B.C", false},
    {"A.*B*C*", "A.XBYC", true},
    {"A.*B*C*", "A.XCYB", false},
    {"*.*.*", "A.B.C", true},
    {"*.*.*", "A.B", false},
};
BOOST_DATA_TEST_CASE(patterns_match_by_qualifier, data::make(matches)) {
  BOOST_TEST(valid_dsn_pattern(sample.pattern));
  BOOST_TEST(match_dsn(sample.pattern, sample.name) == sample.matches);
}

BOOST_AUTO_TEST_CASE(a_pattern_of_many_wild_cards_is_answered_at_once) {
  std::string pattern = "**";
  for (int i = 0; i < 20; ++i) pattern += ".**";
  BOOST_TEST(!match_dsn(pattern + ".Z", "A.B.C.D.E.F.G.H.I.J.K.L.M.N.O.P.Q.R.S.T.U"));
}

BOOST_AUTO_TEST_CASE(wrong_patterns_are_refused) {
  for (const char* bad : {"", "A..B", ".A", "A.", "a", "A/B", "../*", "A.1", "A\n"})
    BOOST_TEST(!valid_dsn_pattern(bad), bad);
  BOOST_TEST(!valid_dsn_pattern(std::string(89, 'A')));
  BOOST_TEST(match_member("", "X"));
  BOOST_TEST(match_member("PAY*", "PAYROLL"));
  BOOST_TEST(!match_member("PAY%", "PAYROLL"));
}

BOOST_AUTO_TEST_SUITE_END()
