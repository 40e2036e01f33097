// Each deck under test/jcl/decks against its .plan or .errors file, and .listing where there is one. To accept a new
// outcome after reading it: SYSPLEXD_WRITE_GOLDEN=1 test_jcl --run_test=golden
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "test/jcl/decks.hpp"
#include "test/jcl/plan_text.hpp"

namespace sysplexd::jcl {
namespace {

std::vector<std::string> deck_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(decks_folder()))
    if (entry.path().extension() == ".jcl") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

void compare(const std::string& path, const std::string& text) {
  if (std::getenv("SYSPLEXD_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  const auto expected = file_text(path);
  BOOST_REQUIRE_MESSAGE(expected, "no golden file " << path);
  BOOST_CHECK_MESSAGE(*expected == text, path << "\n--- expected\n" << *expected << "--- got\n" << text);
}

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(there_are_at_least_sixty_decks) { BOOST_CHECK_GE(deck_names().size(), 60u); }

BOOST_DATA_TEST_CASE(deck_gives_its_plan_or_its_errors, boost::unit_test::data::make(deck_names()), name) {
  const auto deck = file_text(decks_folder() + name + ".jcl");
  BOOST_REQUIRE(deck);
  std::string text, listing;
  bool good = true;
  for (const auto& job : split_jobs(*deck)) {
    const auto result = convert(deck_input(job.text, job.first_card), deck_member);
    good = good && result.ok();
    text += text_of(result);
    for (const auto& line : result.listing)
      listing += fmt::format("{:>9} {}\n", line.statement == 0 ? "" : std::to_string(line.statement), line.text);
  }
  compare(decks_folder() + name + (good ? ".plan" : ".errors"), text);
  if (std::filesystem::exists(decks_folder() + name + ".listing")) compare(decks_folder() + name + ".listing", listing);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace sysplexd::jcl
