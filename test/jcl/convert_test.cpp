// convert() and split_jobs() beyond the golden decks: presets, card numbers, members, limits.
#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>

#include "config/message.hpp"
#include "test/jcl/decks.hpp"
#include "test/jcl/plan_text.hpp"

namespace sysplexd::jcl {
namespace {

const std::string head = "//J        JOB 1,'T',CLASS=A\n";

std::string steps(int count) {
  std::string deck = head;
  for (int i = 1; i <= count; ++i) deck += "//S" + std::to_string(i) + " EXEC PGM=IEFBR14\n";
  return deck;
}

BOOST_AUTO_TEST_SUITE(converter)

BOOST_AUTO_TEST_CASE(a_job_may_have_255_steps) {
  const auto result = convert_text(steps(255));
  BOOST_CHECK(result.ok());
  BOOST_CHECK_EQUAL(result.plan.steps.size(), 255u);
}

BOOST_AUTO_TEST_CASE(step_256_is_refused_with_the_limit_named) {
  const auto result = convert_text(steps(300));
  BOOST_REQUIRE_EQUAL(result.errors.size(), 1u);
  BOOST_CHECK_EQUAL(result.errors[0].id, "IEFC602I");
  BOOST_CHECK_EQUAL(result.errors[0].card, 257);
  BOOST_CHECK(result.errors[0].text.find("255") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(cards_are_counted_from_first_card) {
  const auto result = convert(deck_input(head + "//S EXEC PGM=A,BAD=1\n", 100), deck_member);
  BOOST_REQUIRE_EQUAL(result.errors.size(), 1u);
  BOOST_CHECK_EQUAL(result.errors[0].card, 101);
  BOOST_CHECK_EQUAL(result.errors[0].column, 16);
}

BOOST_AUTO_TEST_CASE(preset_symbols_win_over_set_and_proc_defaults_but_not_over_exec) {
  auto input = deck_input(head +
                          "//P PROC A=DEFAULT\n"
                          "//S EXEC PGM=X,PARM='&A'\n"
                          "// PEND\n"
                          "// SET A=SET\n"
                          "//J1 EXEC P\n"
                          "//J2 EXEC P,A=EXEC\n"
                          "//J3 EXEC PGM=X,PARM='&A'\n");
  input.symbols = {{"A", "PRESET"}};
  const auto result = convert(input, deck_member);
  BOOST_REQUIRE(result.ok());
  BOOST_CHECK_EQUAL(*result.plan.steps[0].parm, "PRESET");
  BOOST_CHECK_EQUAL(*result.plan.steps[1].parm, "EXEC");
  BOOST_CHECK_EQUAL(*result.plan.steps[2].parm, "PRESET");
}

BOOST_AUTO_TEST_CASE(a_member_is_asked_for_once_a_library_and_run) {
  std::map<std::string, int> asked;
  const MemberSource source = [&](const std::string& library, const std::string& member) -> std::optional<std::string> {
    ++asked[library + "/" + member];
    if (library == "B.LIB" && member == "P") return "//P PROC\n//S EXEC PGM=A\n";
    return std::nullopt;
  };
  std::string deck = head + "// JCLLIB ORDER=(A.LIB,B.LIB)\n";
  for (int i = 0; i < 20; ++i) deck += "//X EXEC P\n//Y EXEC NONE\n";
  const auto result = convert(deck_input(deck), source);
  BOOST_CHECK_EQUAL(result.errors.size(), 20u);
  BOOST_CHECK_EQUAL(result.errors[0].text, "IEFC612I PROCEDURE NONE WAS NOT FOUND");
  BOOST_CHECK_EQUAL(asked.size(), 5u);  // P in A and B, NONE in A, B and the system proclib
  for (const auto& [name, count] : asked) BOOST_CHECK_EQUAL(count, 1);
}

BOOST_AUTO_TEST_CASE(without_members_every_procedure_is_missing) {
  const auto result = convert(deck_input(head + "//S EXEC P\n"), {});
  BOOST_REQUIRE_EQUAL(result.errors.size(), 1u);
  BOOST_CHECK_EQUAL(result.errors[0].id, "IEFC612I");
}

BOOST_AUTO_TEST_CASE(the_same_input_gives_the_same_plan) {
  const auto deck = *file_text(decks_folder() + "payroll_like.jcl");
  BOOST_CHECK_EQUAL(text_of(convert_text(deck)), text_of(convert_text(deck)));
}

BOOST_AUTO_TEST_CASE(defaults_come_from_the_input) {
  auto input = deck_input(head.substr(0, head.find(",CLASS")) + "\n//S EXEC PGM=A\n//D DD SYSOUT=*\n");
  input.default_class = "Z";
  input.default_message_class = "Q";
  const auto result = convert(input, deck_member);
  BOOST_REQUIRE(result.ok());
  BOOST_CHECK_EQUAL(result.plan.job_class, "Z");
  BOOST_CHECK_EQUAL(result.plan.steps[0].dds[0].parts[0].sysout_class, "Q");
}

BOOST_AUTO_TEST_CASE(generated_names_of_temporary_data_sets_differ) {
  const auto result = convert_text(head + "//S EXEC PGM=A\n//D1 DD UNIT=X\n//D2 DD SPACE=(TRK,1)\n");
  BOOST_REQUIRE(result.ok());
  const auto& dds = result.plan.steps[0].dds;
  BOOST_CHECK(dds[0].parts[0].dsname.temporary);
  BOOST_CHECK_NE(dds[0].parts[0].dsname.name, dds[1].parts[0].dsname.name);
}

BOOST_AUTO_TEST_CASE(empty_input_is_refused_and_named) {
  for (const char* deck : {"", "\n\n", "//* only a comment\n", "hello world\n", "/*\n"}) {
    const auto result = convert_text(deck);
    BOOST_CHECK_MESSAGE(!result.ok() || !result.plan.steps.empty(), "accepted: " << deck);
  }
  const auto result = convert_text("");
  BOOST_REQUIRE_EQUAL(result.errors.size(), 1u);
  BOOST_CHECK_EQUAL(result.errors[0].id, "UNV2001E");
}

BOOST_AUTO_TEST_CASE(every_id_reported_has_an_explanation_and_an_action) {
  std::set<std::string> ids;
  for (const auto& message : config::messages::jcl) {
    BOOST_CHECK(ids.insert(std::string(message.id)).second);
    BOOST_CHECK(!message.explanation.empty());
    BOOST_CHECK(!message.action.empty());
  }
}

BOOST_AUTO_TEST_CASE(more_than_a_thousand_errors_are_cut_with_a_word) {
  std::string deck = head;
  for (int i = 0; i < 3000; ++i) deck += "//D NOSUCH\n";
  const auto result = convert_text(deck);
  BOOST_CHECK_EQUAL(result.errors.size(), 1001u);
  BOOST_CHECK_EQUAL(result.errors.back().id, "UNV2009E");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(splitting_jobs)

BOOST_AUTO_TEST_CASE(a_file_of_two_jobs_is_cut_before_each_job_statement) {
  const auto decks = split_jobs("//A JOB\n//S EXEC PGM=A\n//* of B\n/*PRIORITY 5\n//B JOB\n//S EXEC PGM=B\n");
  BOOST_REQUIRE_EQUAL(decks.size(), 2u);
  BOOST_CHECK_EQUAL(decks[0].text, "//A JOB\n//S EXEC PGM=A\n");
  BOOST_CHECK_EQUAL(decks[1].first_card, 3);
  BOOST_CHECK_EQUAL(decks[1].text, "//* of B\n/*PRIORITY 5\n//B JOB\n//S EXEC PGM=B\n");
}

BOOST_AUTO_TEST_CASE(what_follows_a_null_statement_is_passed_over) {
  const auto decks =
      split_jobs("//A JOB\n//S EXEC PGM=A\n//\nrubbish\n//X EXEC PGM=C\n//B JOB\n//S EXEC PGM=B\n//\nend\n");
  BOOST_REQUIRE_EQUAL(decks.size(), 2u);
  BOOST_CHECK_EQUAL(decks[0].text, "//A JOB\n//S EXEC PGM=A\n//\n");
  BOOST_CHECK_EQUAL(decks[1].text, "//B JOB\n//S EXEC PGM=B\n//\n");
  BOOST_CHECK_EQUAL(decks[1].first_card, 6);
}

BOOST_AUTO_TEST_CASE(a_job_inside_in_stream_data_is_data) {
  const auto decks = split_jobs(
      "//A JOB\n//S EXEC PGM=A\n//D DD DATA,DLM=QQ\n//IN JOB\n/*\nQQ\n//E DD *\nX\n//B JOB\n//S EXEC PGM=B\n");
  BOOST_REQUIRE_EQUAL(decks.size(), 2u);
  BOOST_CHECK_EQUAL(decks[1].first_card, 9);
}

BOOST_AUTO_TEST_CASE(text_before_the_first_job_is_a_deck_of_its_own_that_is_refused) {
  const auto decks = split_jobs("some text\n//A JOB\n//S EXEC PGM=A\n");
  BOOST_REQUIRE_EQUAL(decks.size(), 2u);
  BOOST_CHECK(!convert_text(decks[0].text).ok());
  BOOST_CHECK(convert_text(decks[1].text).ok());
}

BOOST_AUTO_TEST_CASE(a_file_without_a_job_comes_as_one_deck) {
  BOOST_CHECK_EQUAL(split_jobs("//S EXEC PGM=A\n").size(), 1u);
  BOOST_CHECK_EQUAL(split_jobs("").size(), 0u);
  BOOST_CHECK_EQUAL(split_jobs("//* comment\n").size(), 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace sysplexd::jcl
