// The external sort against std::stable_sort: in memory, through runs, through several merge passes.
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <random>

#include "sysplex/jes/utilities/sort_merge.hpp"
#include "test/support/temp_dir.hpp"

namespace {
using namespace sysplexd::jes::sort;
namespace net = sysplexd::net;

constexpr std::size_t plenty = std::size_t{64} << 20;

KeyOrder order_of(std::vector<SortKey> keys) {
  std::array<unsigned char, 256> table{};
  std::iota(table.begin(), table.end(), static_cast<unsigned char>(0));
  return KeyOrder(std::move(keys), table);
}

SortMemory memory_of(std::size_t arena, std::size_t buffer = 4096) { return {arena, buffer, arena / 5}; }

struct Outcome {
  std::vector<std::string> records;
  net::Status status;
  std::size_t runs = 0, merges = 0;
};

Outcome sorted(const std::vector<std::string>& input, const KeyOrder& order, const SortMemory& memory,
               const std::string& directory) {
  Outcome outcome;
  ExternalSort engine(order, memory, directory);
  for (const auto& record : input) {
    outcome.status = engine.add(record);
    if (!outcome.status) return outcome;
  }
  outcome.status = engine.finish([&](std::string_view record) {
    outcome.records.emplace_back(record);
    return true;
  });
  outcome.runs = engine.runs_written();
  outcome.merges = engine.intermediate_merges();
  return outcome;
}

std::string error_text(const Outcome& outcome) { return outcome.status.ok() ? "" : outcome.status.error().text; }

std::vector<std::string> reference(std::vector<std::string> input, const KeyOrder& order) {
  std::stable_sort(input.begin(), input.end(), [&](const auto& a, const auto& b) { return order.compare(a, b) < 0; });
  return input;
}

// Lines of few different letters, some with long common beginnings, NULs, empty ones.
std::vector<std::string> ragged_lines(std::mt19937& random, std::size_t count) {
  std::vector<std::string> lines;
  while (lines.size() < count) {
    std::string line;
    if (random() % 4 == 0) line.assign(random() % 40, 'p');
    for (unsigned n = random() % 20; n > 0; --n) line += std::string("\0aab\xFEz", 6)[random() % 6];
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::vector<SortKey>> orders() {
  return {{{{1, 1000, Format::ch}, false}},
          {{{1, 1000, Format::ch}, true}},
          {{{1, 2, Format::ch}, false}},  // many equal keys: stability shows
          {{{30, 5, Format::ch}, true}},
          {{{2, 1, Format::ch}, false}, {{1, 1, Format::ch}, true}},
          {{{1, 3, Format::bi}, true}, {{4, 9, Format::ch}, false}},
          {{{1, 2, Format::zd}, false}}};
}
}  // namespace

BOOST_AUTO_TEST_SUITE(sort_merge)

BOOST_AUTO_TEST_CASE(every_size_of_memory_gives_the_stable_order) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  sysplexd::test::TempDir directory;
  bool through_runs = false, through_passes = false;
  for (const auto& keys : orders()) {
    const auto order = order_of(keys);
    const auto input = ragged_lines(random, 6000);
    const auto wanted = reference(input, order);
    for (const std::size_t arena : {std::size_t{8} << 10, std::size_t{24} << 10, std::size_t{100} << 10, plenty}) {
      const auto outcome = sorted(input, order, memory_of(arena), directory.path());
      BOOST_REQUIRE_MESSAGE(outcome.status.ok(), error_text(outcome));
      BOOST_REQUIRE_MESSAGE(outcome.records == wanted, "arena " << arena);
      through_runs = through_runs || (outcome.runs > 1 && outcome.merges == 0);
      through_passes = through_passes || outcome.merges > 1;
    }
  }
  BOOST_CHECK(through_runs);
  BOOST_CHECK(through_passes);
}

BOOST_AUTO_TEST_CASE(no_record_and_one_record_are_sorted) {
  sysplexd::test::TempDir directory;
  const auto order = order_of({{{1, 10, Format::ch}, false}});
  BOOST_CHECK(sorted({}, order, memory_of(16384), directory.path()).records.empty());
  BOOST_CHECK_EQUAL(sorted({""}, order, memory_of(16384), directory.path()).records.size(), 1U);
}

BOOST_AUTO_TEST_CASE(thousands_of_equal_records_keep_their_order_in_every_pass) {
  sysplexd::test::TempDir directory;
  const auto order = order_of({{{1, 3, Format::ch}, true}});
  std::vector<std::string> input;
  for (int i = 0; i < 20'000; ++i) input.push_back("key" + std::to_string(i));
  const auto outcome = sorted(input, order, memory_of(8192), directory.path());
  BOOST_CHECK_GT(outcome.merges, 10U);
  BOOST_CHECK(outcome.records == input);
}

BOOST_AUTO_TEST_CASE(long_and_short_records_go_through_a_small_merge) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  sysplexd::test::TempDir directory;
  const auto order = order_of({{{1, 1'000'000, Format::ch}, false}});
  std::vector<std::string> input;
  for (int i = 0; i < 400; ++i) {
    std::string record(random() % 3 == 0 ? 150'000 + random() % 50'000 : random() % 10, 'x');
    if (!record.empty()) record.back() = static_cast<char>('a' + random() % 26);
    input.push_back(record);
  }
  const auto outcome = sorted(input, order, memory_of(std::size_t{1} << 20), directory.path());
  BOOST_REQUIRE_MESSAGE(outcome.status.ok(), error_text(outcome));
  BOOST_CHECK_GT(outcome.merges, 0U);
  BOOST_CHECK(outcome.records == reference(input, order));
}

BOOST_AUTO_TEST_CASE(a_record_that_memory_cannot_hold_is_refused) {
  sysplexd::test::TempDir directory;
  const auto order = order_of({{{1, 10, Format::ch}, false}});
  const auto outcome =
      sorted({"short", std::string(70'000, 'x')}, order, memory_of(std::size_t{64} << 10), directory.path());
  BOOST_REQUIRE(!outcome.status.ok());
  BOOST_CHECK(outcome.status.error().code == net::Errc::too_large);
  BOOST_CHECK_NE(outcome.status.error().text.find("record 2"), std::string::npos);
}

BOOST_AUTO_TEST_CASE(memory_that_is_given_up_in_the_middle_changes_nothing_in_the_result) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  sysplexd::test::TempDir directory;
  const auto order = order_of({{{1, 100, Format::ch}, false}});
  const auto input = ragged_lines(random, 5000);
  ExternalSort engine(order, memory_of(200 << 10), directory.path());
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (i % 700 == 5) BOOST_REQUIRE(engine.reserve(20'000).ok());
    BOOST_REQUIRE(engine.add(input[i]).ok());
  }
  std::vector<std::string> records;
  BOOST_REQUIRE(engine
                    .finish([&](std::string_view record) {
                      records.emplace_back(record);
                      return true;
                    })
                    .ok());
  BOOST_CHECK(records == reference(input, order));
}

BOOST_AUTO_TEST_CASE(a_million_short_records_are_sorted) {
  const unsigned seed = std::random_device{}();
  BOOST_TEST_MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  sysplexd::test::TempDir directory;
  const auto order = order_of({{{1, 20, Format::ch}, false}});
  std::vector<std::string> input;
  for (int i = 0; i < 1'000'000; ++i) input.push_back(std::to_string(random() % 50'000));
  const auto outcome = sorted(input, order, memory_of(std::size_t{2} << 20, 65536), directory.path());
  BOOST_CHECK_GT(outcome.runs, 5U);
  std::sort(input.begin(), input.end());
  BOOST_CHECK(outcome.records == input);
}

BOOST_AUTO_TEST_CASE(a_missing_work_folder_is_an_error_with_its_name) {
  const auto order = order_of({{{1, 20, Format::ch}, false}});
  const auto outcome = sorted(std::vector<std::string>(5000, "record"), order, memory_of(16384), "/nonexistent/work");
  BOOST_REQUIRE(!outcome.status.ok());
  BOOST_CHECK_NE(outcome.status.error().text.find("/nonexistent/work"), std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_work_file_has_a_name) {
  sysplexd::test::TempDir directory;
  const auto order = order_of({{{1, 20, Format::ch}, false}});
  ExternalSort engine(order, memory_of(16384), directory.path());
  for (int i = 0; i < 5000; ++i) BOOST_REQUIRE(engine.add(std::to_string(i)).ok());
  BOOST_CHECK_GT(engine.runs_written(), 1U);
  BOOST_CHECK(std::filesystem::is_empty(directory.path()));
}

BOOST_AUTO_TEST_CASE(a_consumer_that_stops_ends_the_merge) {
  sysplexd::test::TempDir directory;
  const auto order = order_of({{{1, 20, Format::ch}, false}});
  for (const std::size_t arena : {std::size_t{16384}, plenty}) {
    ExternalSort engine(order, memory_of(arena), directory.path());
    for (int i = 0; i < 5000; ++i) BOOST_REQUIRE(engine.add(std::to_string(i)).ok());
    int seen = 0;
    BOOST_CHECK(engine.finish([&](std::string_view) { return ++seen < 10; }).ok());
    BOOST_CHECK_EQUAL(seen, 10);
  }
}

BOOST_AUTO_TEST_SUITE_END()
