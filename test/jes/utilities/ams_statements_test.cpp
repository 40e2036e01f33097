#include "sysplex/jes/utilities/ams_statements.hpp"

#include <boost/test/unit_test.hpp>

namespace ams = sysplexd::jes::ams;
using Kind = ams::Statement::Kind;

BOOST_AUTO_TEST_SUITE(ams_statements)

namespace {
std::string all(const ams::Statement& statement) {
  std::string text = statement.verb;
  for (const auto& item : statement.items) text += " " + ams::to_string(item);
  return text;
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_command_ends_with_its_line_unless_a_hyphen_or_a_plus_continues_it) {
  const auto statements = ams::parse({" delete a.b -", "   c.d", " LISTCAT LEVEL(A.+", "     B)", " VERIFY;  PRINT"});
  BOOST_REQUIRE(statements.size() == 4u);
  BOOST_TEST(all(statements[0]) == "DELETE A.B C.D");
  BOOST_TEST(all(statements[1]) == "LISTCAT LEVEL(A.B)");
  BOOST_TEST(all(statements[2]) == "VERIFY");
  BOOST_TEST(all(statements[3]) == "PRINT");
  BOOST_TEST(statements[1].line == 3);
}

BOOST_AUTO_TEST_CASE(comments_stand_anywhere_and_over_lines) {
  const auto statements = ams::parse({"/* head */", " DELETE /* of */ A.B - /* go on */", "  /* a line of its own */",
                                      "  PURGE", " /* two", "    lines */ LISTCAT"});
  BOOST_REQUIRE(statements.size() == 2u);
  BOOST_TEST(all(statements[0]) == "DELETE A.B PURGE");
  BOOST_TEST(all(statements[1]) == "LISTCAT");
}

BOOST_AUTO_TEST_CASE(columns_beyond_72_do_not_count) {
  std::string line = " DELETE A.B";
  line.resize(72, ' ');
  const auto statements = ams::parse({line + "00010000"});
  BOOST_REQUIRE(statements.size() == 1u);
  BOOST_TEST(all(statements[0]) == "DELETE A.B");
}

BOOST_AUTO_TEST_CASE(if_then_else_and_do_nest) {
  const auto statements = ams::parse({" IF LASTCC=8 THEN DO", "   SET MAXCC = 0", "   LISTCAT", " END", " ELSE -",
                                      "   IF MAXCC GE 4 THEN DELETE A", " VERIFY"});
  BOOST_REQUIRE(statements.size() == 2u);
  const auto& outer = statements[0];
  BOOST_TEST((outer.kind == Kind::condition));
  BOOST_TEST(!outer.of_maxcc);
  BOOST_TEST(outer.number == 8);
  BOOST_REQUIRE(outer.children.size() == 2u);
  BOOST_TEST((outer.children[0].kind == Kind::block));
  BOOST_TEST(outer.children[0].children.size() == 2u);
  BOOST_TEST((outer.children[1].kind == Kind::condition));
  BOOST_TEST((outer.children[1].op == ams::Operator::ge));
  BOOST_TEST(outer.children[1].of_maxcc);
}

BOOST_AUTO_TEST_CASE(then_without_continuation_has_an_empty_clause) {
  const auto statements = ams::parse({" IF LASTCC = 0 THEN", " DELETE A"});
  BOOST_REQUIRE(statements.size() == 2u);
  BOOST_TEST(statements[0].children[0].children.empty());
  BOOST_TEST(all(statements[1]) == "DELETE A");
}

BOOST_AUTO_TEST_CASE(members_and_quoted_names_are_one_item) {
  const auto statements = ams::parse({" DELETE (A.B(M) 'C.D(X)') NONVSAM"});
  BOOST_REQUIRE(statements.size() == 1u);
  BOOST_TEST(all(statements[0]) == "DELETE (A.B(M) 'C.D(X)') NONVSAM");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_wrong_and_the_next_command_is_read_again) {
  for (const char* line :
       {" DELETE (A", " DELETE A)", " IF X = 1 THEN DELETE A", " IF LASTCC 8 THEN LISTCAT", " SET MAXCC 4", " END",
        " ELSE DELETE A", " (A)", " IF LASTCC = 99999999999999 THEN DELETE A", " IF LASTCC = 0"}) {
    const auto statements = ams::parse({line, " LISTCAT"});
    BOOST_REQUIRE_MESSAGE(statements.size() == 2u, line);
    BOOST_TEST((statements[0].kind == Kind::wrong), line);
    BOOST_TEST(all(statements[1]) == "LISTCAT", line);
  }
}

BOOST_AUTO_TEST_CASE(open_comments_quotes_and_blocks_and_deep_nesting_end_in_an_error) {
  for (const char* line : {" DELETE A /* open", " DELETE 'A", " DO"}) {
    bool wrong = false;
    for (const auto& statement : ams::parse({line})) {
      wrong = wrong || statement.kind == Kind::wrong;
      for (const auto& child : statement.children) wrong = wrong || child.kind == Kind::wrong;
    }
    BOOST_TEST(wrong, line);
  }
  std::string deep(100000, '(');
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < deep.size(); i += 70) lines.push_back(deep.substr(i, 70) + "-");
  BOOST_TEST((ams::parse(lines).front().kind == Kind::wrong));
  std::vector<std::string> blocks(1000, " IF LASTCC = 0 THEN DO");
  BOOST_TEST(!ams::parse(blocks).empty());
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  ams::parse({bytes, bytes, bytes});
}

BOOST_AUTO_TEST_SUITE_END()
