// Any bytes: an answer, never a crash; big and hostile decks in linear time.
#include <boost/test/unit_test.hpp>

#include <ctime>
#include <filesystem>
#include <random>
#include <string>

#include "test/jcl/decks.hpp"
#include "test/jcl/plan_text.hpp"

namespace sysplexd::jcl {
namespace {

const std::string head = "//J        JOB 1,'T',CLASS=A\n";

void try_all(const std::string& text) {
  for (const auto& job : split_jobs(text)) {
    const auto result = convert(deck_input(job.text, job.first_card), deck_member);
    BOOST_REQUIRE(result.ok() || !result.errors.empty());
    for (const auto& error : result.errors) {
      BOOST_REQUIRE_GE(error.card, 1);
      BOOST_REQUIRE_GE(error.column, 1);
      BOOST_REQUIRE(error.text.starts_with(error.id));
    }
  }
  (void)convert(deck_input(text), deck_member);
}

// Processor time: the machine may be busy with other things.
double seconds(const std::string& deck) {
  const auto begin = std::clock();
  (void)convert(deck_input(deck), deck_member);
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

BOOST_AUTO_TEST_SUITE(robustness)

BOOST_AUTO_TEST_CASE(mutated_decks_give_an_answer) {
  std::vector<std::string> decks;
  for (const auto& entry : std::filesystem::directory_iterator(decks_folder()))
    if (entry.path().extension() == ".jcl") decks.push_back(*file_text(entry.path()));
  for (unsigned seed = 1; seed <= 2000; ++seed) {
    std::mt19937 random(seed);
    std::string text = decks[random() % decks.size()];
    for (unsigned i = 0, changes = 1 + random() % 8; i < changes && !text.empty(); ++i) {
      const auto at = random() % text.size();
      static const std::string interesting("\0\n\r\t '(),&=*./\xC2\xAC\xFF", 17);
      switch (random() % 5) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.erase(at, 1 + random() % 20); break;
        case 2: text.insert(at, 1, interesting[random() % interesting.size()]); break;
        case 3: text.insert(at, text.substr(random() % text.size(), random() % 100)); break;
        default: text.resize(at); break;
      }
    }
    BOOST_TEST_CONTEXT("seed " << seed) { try_all(text); }
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_give_an_answer) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    std::string text(random() % 3000, ' ');
    for (auto& c : text) c = static_cast<char>(random());
    BOOST_TEST_CONTEXT("seed " << seed) {
      try_all(text);
      try_all("//J JOB\n//S EXEC PGM=A\n//D DD " + text);
    }
  }
}

BOOST_AUTO_TEST_CASE(ten_megabytes_of_data_are_read_in_linear_time) {
  std::string deck = head + "//S EXEC PGM=A\n//D DD *\n";
  while (deck.size() < 10'000'000) deck += "0123456789012345678901234567890123456789012345678901234567890123456789\n";
  const auto result = convert_text(deck);
  BOOST_REQUIRE(result.ok());
  BOOST_CHECK_GT(result.plan.steps[0].dds[0].parts[0].data.size(), 9'900'000u);
  BOOST_CHECK_LT(seconds(deck), 5.0);
}

// Each grows one construct; ten times the size may take some thirty times as long at most (noise and allocation), where
// a quadratic reading takes a hundred times.
BOOST_AUTO_TEST_CASE(big_decks_take_time_by_their_size) {
  const auto repeated = [](const std::string& begin, const std::string& one, std::size_t count,
                           const std::string& end) {
    std::string text = begin;
    for (std::size_t i = 0; i < count; ++i) text += one;
    return text + end;
  };
  struct Shape {
    const char* name;
    std::string begin, one, end;
  };
  const Shape shapes[] = {
      {"comments", head, "//* comment\n", "//S EXEC PGM=A\n"},
      {"continued operands", head + "//S EXEC PGM=A,\n", "//   PARM=X,\n", "//   TIME=1\n"},
      {"open apostrophe", head + "//S EXEC PGM=A,PARM='\n", "//             X\n", ""},
      {"set statements", head, "// SET A=&A.X,B=&A\n", "//S EXEC PGM=A\n"},
      {"dd statements", head + "//S EXEC PGM=A\n", "//D DD DSN=A.B,DISP=SHR\n", ""},
      {"concatenation", head + "//S EXEC PGM=A\n//D DD DUMMY\n", "// DD DSN=A.B,DISP=SHR,LIKE=A.C\n", ""},
      {"unknown operations", head, "//X NOSUCH OPERANDS\n", ""},
      {"ampersands", head + "//S EXEC PGM=A,\n//  PARM='", "&&&X&", "'\n"},
      {"parentheses", head + "//S EXEC PGM=A,COND=", "(", "\n"},
      {"if statements", head, "// IF RC = 0 THEN\n// ENDIF\n", "//S EXEC PGM=A\n"},
      {"overrides", head + "//P PROC\n//S EXEC PGM=A\n//D DD DUMMY\n// PEND\n//X EXEC P\n", "//S.D DD DUMMY\n", ""},
  };
  for (const auto& shape : shapes) {
    const double small = std::min(seconds(repeated(shape.begin, shape.one, 4000, shape.end)),
                                  seconds(repeated(shape.begin, shape.one, 4000, shape.end)));
    const double large = seconds(repeated(shape.begin, shape.one, 40000, shape.end));
    BOOST_CHECK_MESSAGE(large < 0.05 + 30 * small, shape.name << ": " << small << " s, ten times: " << large << " s");
  }
}

BOOST_AUTO_TEST_CASE(symbols_cannot_grow_without_bound) {
  std::string deck = head + "// SET A=XXXXXXXX\n";
  for (int i = 0; i < 200; ++i) deck += "// SET A=&A&A\n";
  const auto result = convert_text(deck + "//S EXEC PGM=A\n");
  BOOST_CHECK(!result.ok());
  BOOST_CHECK_EQUAL(result.errors[0].id, "IEF642I");
}

BOOST_AUTO_TEST_CASE(members_that_call_each_other_twice_end_at_a_limit) {
  const MemberSource twice = [](const std::string&, const std::string& member) -> std::optional<std::string> {
    const std::string next = "M" + std::to_string(std::stoi(member.substr(1)) + 1);
    if (next == "M15") {
      std::string comments;
      for (int i = 0; i < 30; ++i) comments += "//* end\n";
      return comments;
    }
    return "// INCLUDE MEMBER=" + next + "\n// INCLUDE MEMBER=" + next + "\n";
  };
  const auto result = convert(deck_input(head + "// INCLUDE MEMBER=M1\n//S EXEC PGM=A\n"), twice);
  BOOST_REQUIRE(!result.ok());
  BOOST_CHECK_EQUAL(result.errors[0].id, "UNV2011E");
}

BOOST_AUTO_TEST_CASE(ifs_nest_fifteen_deep_and_no_deeper) {
  const auto nested = [](int depth) {
    std::string deck = head;
    for (int i = 0; i < depth; ++i) deck += "// IF RC = 0 THEN\n";
    deck += "//S EXEC PGM=A\n";
    for (int i = 0; i < depth; ++i) deck += "// ENDIF\n";
    return convert_text(deck);
  };
  BOOST_CHECK(nested(15).ok());
  BOOST_REQUIRE(!nested(16).ok());
  BOOST_CHECK_EQUAL(nested(16).errors[0].id, "UNV2002E");
}

BOOST_AUTO_TEST_CASE(hostile_if_expressions_are_refused) {
  const auto with = [](const std::string& expression) {
    std::string cards = "// IF ";
    for (std::size_t at = 0; at < expression.size(); at += 50) cards += expression.substr(at, 50) + "\n//   ";
    return convert_text(head + "//S EXEC PGM=A\n" + cards + " THEN\n// ENDIF\n");
  };
  BOOST_CHECK(!with(std::string(100000, '(')).ok());
  BOOST_CHECK(!with(std::string(100000, '^')).ok());
  std::string chain = "RC = 0";
  for (int i = 0; i < 10000; ++i) chain += " & RC = 0";
  BOOST_CHECK(!with(chain).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace sysplexd::jcl
