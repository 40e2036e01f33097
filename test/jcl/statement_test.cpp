// The column rules of cards (jcl-zosmf.md 2.1).
#include <boost/test/unit_test.hpp>

#include <string>

#include "sysplex/jcl/card.hpp"
#include "sysplex/jcl/statement.hpp"

namespace sysplexd::jcl {
namespace {

struct Read {
  std::string text;
  Arena arena;
  Diagnostics diagnostics;
  std::vector<Statement> statements;
  explicit Read(std::string cards) : text(std::move(cards)) {
    statements = read_statements(text, 1, arena, diagnostics);
  }
  std::vector<JclError> errors() const {
    ConvertResult result;
    diagnostics.report(result);
    return result.errors;
  }
};

// A card filled up to the column, then the rest.
std::string filled(std::string text, std::size_t column, const std::string& rest) {
  text.resize(column - 1, ' ');
  return text + rest;
}

BOOST_AUTO_TEST_SUITE(statements)

BOOST_AUTO_TEST_CASE(columns_count_characters_not_bytes) {
  BOOST_CHECK_EQUAL(columns("abc"), 3);
  BOOST_CHECK_EQUAL(columns("\xC3\xA4\xC3\xB6"), 2);
  BOOST_CHECK_EQUAL(column_at("\xC3\xA4x", 2), 2);
  BOOST_CHECK_EQUAL(statement_field(std::string(100, 'x')).size(), 71u);
}

BOOST_AUTO_TEST_CASE(columns_73_to_80_are_not_looked_at) {
  const Read read(filled("//S1 EXEC PGM=A", 73, "00000100") + "\n");
  BOOST_REQUIRE_EQUAL(read.statements.size(), 1u);
  BOOST_CHECK_EQUAL(read.statements[0].operands.text, "PGM=A");
  BOOST_CHECK(read.errors().empty());
}

BOOST_AUTO_TEST_CASE(operands_continue_behind_a_comma_in_columns_4_to_16) {
  for (const std::size_t column : {4u, 10u, 16u}) {
    const Read read("//S1 EXEC PGM=A,  comment\n" + filled("//", column, "PARM=B") + "\n");
    BOOST_REQUIRE_EQUAL(read.statements.size(), 1u);
    BOOST_CHECK_EQUAL(read.statements[0].operands.text, "PGM=A,PARM=B");
    const Place place = read.statements[0].operands.place(6, nullptr);
    BOOST_CHECK_EQUAL(place.card, 2);
    BOOST_CHECK_EQUAL(place.column, static_cast<int>(column));
    BOOST_CHECK(read.errors().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_continuation_that_begins_behind_column_16_is_an_error_at_its_column) {
  const Read read("//S1 EXEC PGM=A,\n" + filled("//", 17, "PARM=B") + "\n");
  BOOST_REQUIRE_EQUAL(read.errors().size(), 1u);
  BOOST_CHECK_EQUAL(read.errors()[0].id, "IEFC621I");
  BOOST_CHECK_EQUAL(read.errors()[0].card, 2);
  BOOST_CHECK_EQUAL(read.errors()[0].column, 17);
}

BOOST_AUTO_TEST_CASE(a_quoted_string_goes_on_from_column_71_to_column_16_exactly) {
  const std::string first = filled("//S1 EXEC PGM=A,PARM='", 72, "").substr(0, 71);
  const Read read(first + "\n" + filled("//", 16, "TAIL'") + "\n");
  BOOST_REQUIRE_EQUAL(read.statements.size(), 1u);
  const auto text = read.statements[0].operands.text;
  BOOST_CHECK_EQUAL(text.size(), first.size() - 10 + 5);
  BOOST_CHECK(text.ends_with("TAIL'"));
  const Read wrong(first + "\n" + filled("//", 15, "TAIL'") + "\n");
  BOOST_CHECK_EQUAL(wrong.errors().at(0).id, "IEFC621I");
  BOOST_CHECK_EQUAL(wrong.errors().at(0).column, 22);
}

BOOST_AUTO_TEST_CASE(a_short_card_inside_apostrophes_is_filled_with_blanks_to_column_71) {
  const Read read("//S1 EXEC PGM=A,PARM='X\n" + filled("//", 16, "Y'") + "\n");
  BOOST_CHECK_EQUAL(read.statements[0].operands.text.size(), 61u + 2u);
  BOOST_CHECK(read.errors().empty());
}

BOOST_AUTO_TEST_CASE(comments_may_stand_between_continuations) {
  const Read read("//S1 EXEC PGM=A,\n//* one\n//*\n//  PARM=B\n");
  BOOST_REQUIRE_EQUAL(read.statements.size(), 1u);
  BOOST_CHECK_EQUAL(read.statements[0].operands.text, "PGM=A,PARM=B");
  BOOST_CHECK_EQUAL(read.statements[0].cards.size(), 4u);
}

BOOST_AUTO_TEST_CASE(column_72_continues_a_comment_only) {
  const Read read(filled("//S1 EXEC PGM=A  comment", 72, "X") + "\n//  PARM=B\n//S2 EXEC PGM=C\n");
  BOOST_REQUIRE_EQUAL(read.statements.size(), 2u);
  BOOST_CHECK_EQUAL(read.statements[0].operands.text, "PGM=A");
}

BOOST_AUTO_TEST_CASE(operands_that_run_into_column_72_are_an_error) {
  const Read read("//D DD DSN=" + std::string(80, 'A') + "\n");
  BOOST_REQUIRE_EQUAL(read.errors().size(), 1u);
  BOOST_CHECK_EQUAL(read.errors()[0].id, "IEFC618I");
  BOOST_CHECK_EQUAL(read.errors()[0].column, 72);
}

BOOST_AUTO_TEST_CASE(data_end_at_the_delimiter_of_their_kind) {
  const auto data = [](const std::string& cards) { return std::string(Read(cards).statements.at(0).data); };
  BOOST_CHECK_EQUAL(data("//D DD *\nA\n/*\nB\n"), "A\n");
  BOOST_CHECK_EQUAL(data("//D DD *\nA\n//X EXEC\n"), "A\n");
  BOOST_CHECK_EQUAL(data("//D DD DATA\nA\n//X\n/*\n"), "A\n//X\n");
  BOOST_CHECK_EQUAL(data("//D DD *,DLM=XY\nA\n/*\n//\nXY\nB\n"), "A\n/*\n//\n");
  BOOST_CHECK_EQUAL(data("//D DD DATA,DLM='ENDDATA'\nA\nENDDATA\n"), "A\n");
  BOOST_CHECK_EQUAL(data("//D DD *,\n//   DLM=$$\nA\n/*\n$$\n"), "A\n/*\n");
  BOOST_CHECK_EQUAL(data("//D DD *"), "");
  BOOST_CHECK_EQUAL(data("//D DD *\nlast without newline"), "last without newline");
}

BOOST_AUTO_TEST_CASE(if_goes_on_without_a_comma_until_then) {
  const Read read("// IF (RC = 0 &\n//* why not\n//     STEP1.RUN)\n//  THEN  comment\n//S EXEC PGM=A\n");
  BOOST_REQUIRE_EQUAL(read.statements.size(), 2u);
  BOOST_CHECK_EQUAL(read.statements[0].operands.text, "(RC = 0 & STEP1.RUN) ");
  BOOST_CHECK(read.errors().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace sysplexd::jcl
