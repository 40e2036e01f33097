// Damage while the host is down: every byte of its files flipped, every file cut at every length, sectors zeroed and
// doubled. What comes back is the last state, the one before it (the last write cut as torn), or a refusal that names
// the file; never a mixture, never an older state, never a wrong history value.
#include <boost/test/unit_test.hpp>
#include <iostream>

#include "sysplex/cf/embedded_engine.hpp"
#include "sysplex/cf/log_scan.hpp"
#include "test/cf/records_contract.hpp"
#include "test/cf/sim_disk.hpp"
#include "test/support/co_test.hpp"

using namespace sysplexd;  // NOLINT: test
using cf::EmbeddedEngine;
using cf::EmbeddedOptions;
using net::Errc;
using net::Task;
using test::SimDisk;

namespace {

constexpr int steps = 33;

EmbeddedOptions options_of(std::uint64_t incarnation) {
  EmbeddedOptions options;
  options.folder = "/cf";
  options.create = true;
  options.incarnation = incarnation;
  options.segment_bytes = 5 * 1024;
  options.segment_reserve = 1024;
  options.group_bytes_max = 2 * 1024;
  options.snapshot_log_bytes = 8 * 1024;
  options.history_segment_records = 10;
  options.live_bytes_max = 64 * 1024;
  return options;
}

// All that can be asked, as one text; an error of a history value stands in it as "!".
Task<std::string> picture(EmbeddedEngine& engine) {
  std::string out = test::contract::keys_of(engine, "");
  for (std::uint64_t number = 1; number <= steps; ++number) {
    const auto value = co_await engine.history(number);
    out += value ? "|" + value->value_or("-") : "|!";
  }
  co_return out;
}

struct Damaged {
  std::uint64_t trials = 0, unchanged = 0, tail_cut = 0, shorter = 0, refused = 0, history_refused = 0;
};

class Victim {
 public:
  Victim() {
    test::co_test([this](net::Executor executor) { return build(executor); }, std::chrono::minutes(3));
  }

  // One trial: the file with these bytes instead.
  void try_with(const std::string& file, std::string bytes, const std::string& what, Damaged& damaged,
                bool any_prefix = false) {
    const auto disk = disk_->clone(++seed_);
    disk->content(file) = std::move(bytes);
    test::co_test(
        [&](net::Executor executor) { return reopen(executor, disk, file + ": " + what, damaged, any_prefix); },
        std::chrono::minutes(3));
  }
  std::string content(const std::string& file) { return disk_->content(file); }
  std::vector<std::string> files() const { return disk_->files(); }

 private:
  Task<void> build(net::Executor executor) {
    const EmbeddedOptions options = options_of(1);
    auto opened = co_await EmbeddedEngine::open(executor, disk_, options);
    BOOST_REQUIRE(opened.ok());
    auto engine = std::move(*opened);
    for (int i = 1; i <= steps; ++i) {
      cf::Transaction t;
      t.id.member = "SYS1";
      t.id.incarnation = 1;
      t.id.sequence = static_cast<std::uint64_t>(i);
      t.id.acknowledged_below = t.id.sequence;
      t.puts.push_back(cf::Put{"key" + std::to_string(i % 4), "value " + std::to_string(i) + std::string(150, 'v')});
      t.history.push_back(cf::HistoryRecord{static_cast<std::uint64_t>(i), "outcome " + std::to_string(i)});
      before_last_ = last_;
      const auto answer = co_await engine->transact(t);
      BOOST_REQUIRE((answer.ok() && answer->committed));
      last_ = co_await picture(*engine);
      states_.push_back(last_);
    }
    BOOST_REQUIRE(engine->counters().snapshots > 0);
    BOOST_REQUIRE(engine->counters().history_segments > 0);
    co_await engine->close();
    disk_->settle();
    // There must be something to damage: a snapshot and a log of several records behind it.
    const EmbeddedOptions again = options_of(2);
    const auto copy = disk_->clone(1);
    auto undamaged = co_await EmbeddedEngine::open(executor, copy, again);
    BOOST_REQUIRE(undamaged.ok());
    BOOST_REQUIRE_MESSAGE((*undamaged)->recovery().log_records >= 8,
                          "only " << (*undamaged)->recovery().log_records << " records in the log");
    const std::string found = co_await picture(**undamaged);
    BOOST_REQUIRE(found == last_);
    co_await (*undamaged)->close();
  }

  Task<void> reopen(net::Executor executor, std::shared_ptr<SimDisk> disk, std::string where, Damaged& damaged,
                    bool any_prefix) {
    ++damaged.trials;
    const EmbeddedOptions options = options_of(2);
    auto opened = co_await EmbeddedEngine::open(executor, disk, options);
    if (!opened) {
      BOOST_REQUIRE_MESSAGE(opened.error().code == Errc::corrupt || opened.error().code == Errc::unsupported ||
                                opened.error().code == Errc::closed,
                            where + ": refused for another reason: " + opened.error().text);
      BOOST_REQUIRE_MESSAGE(opened.error().text.size() > 20, where + ": refused without a report");
      ++damaged.refused;
      co_return;
    }
    const std::string found = co_await picture(**opened);
    const bool history_refused = found.find("|!") != std::string::npos;
    if (found == last_) {
      ++damaged.unchanged;
    } else if (found == before_last_) {
      BOOST_REQUIRE_MESSAGE((*opened)->recovery().bytes_cut > 0, where + ": a record was left out in silence");
      ++damaged.tail_cut;
    } else if (any_prefix && std::find(states_.begin(), states_.end(), found) != states_.end()) {
      ++damaged.shorter;
    } else if (history_refused && where.find(".seg") != std::string::npos) {
      // Values that are there are right ones.
      std::size_t at = 0, expected_at = 0;
      for (int i = 0; i <= steps; ++i) {
        const auto end = std::min(found.find('|', at), found.size());
        const auto expected_end = std::min(last_.find('|', expected_at), last_.size());
        const std::string part = found.substr(at, end - at);
        BOOST_REQUIRE_MESSAGE(part == "!" || part == last_.substr(expected_at, expected_end - expected_at),
                              where + ": a wrong history value");
        at = end + 1;
        expected_at = expected_end + 1;
      }
      ++damaged.history_refused;
    } else {
      BOOST_FAIL(where + ": another state came back");
    }
    co_await (*opened)->close();
  }

  std::shared_ptr<SimDisk> disk_ = std::make_shared<SimDisk>(11);
  std::uint64_t seed_ = 0;
  std::string last_, before_last_;
  std::vector<std::string> states_;
};

// Every byte that was written; of the pre-written zeros behind them one in sixteen.
std::size_t step_at(const std::string& good, std::size_t at) {
  const std::size_t last = good.find_last_not_of('\0');
  return last == std::string::npos || at > last ? 16 : 1;
}

void print(const char* what, const Damaged& damaged) {
  std::cout << what << ": " << damaged.trials << " trials, same state " << damaged.unchanged << ", torn tail cut "
            << damaged.tail_cut << ", shorter prefix " << damaged.shorter << ", refused " << damaged.refused
            << ", history values refused " << damaged.history_refused << "\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_damage)

BOOST_AUTO_TEST_CASE(a_flipped_byte_is_found_wherever_it_stands) {
  Victim victim;
  Damaged damaged;
  for (const auto& file : victim.files()) {
    const std::string good = victim.content(file);
    for (std::size_t at = 0; at < good.size(); at += step_at(good, at)) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
      victim.try_with(file, std::move(bad), "byte " + std::to_string(at) + " flipped", damaged);
    }
  }
  print("flips", damaged);
  BOOST_TEST(damaged.refused > 1000u);
  BOOST_TEST(damaged.tail_cut > 0u);
  BOOST_TEST(damaged.history_refused > 0u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_is_refused) {
  Victim victim;
  Damaged damaged;
  for (const auto& file : victim.files()) {
    const std::string good = victim.content(file);
    for (std::size_t length = 0; length < good.size(); length += step_at(good, length)) {
      victim.try_with(file, good.substr(0, length), "cut to " + std::to_string(length), damaged);
    }
  }
  print("cuts", damaged);
  BOOST_TEST(damaged.refused > 500u);
  BOOST_TEST(damaged.tail_cut + damaged.shorter == 0u);  // a pre-written file has a known length
}

BOOST_AUTO_TEST_CASE(zeroed_and_doubled_sectors_are_found) {
  Victim victim;
  Damaged damaged;
  for (const auto& file : victim.files()) {
    const std::string good = victim.content(file);
    for (std::size_t at = 0; at < good.size(); at += 512) {
      std::string zeroed = good;
      const std::size_t length = std::min<std::size_t>(512, good.size() - at);
      zeroed.replace(at, length, length, '\0');
      victim.try_with(file, std::move(zeroed), "sector at " + std::to_string(at) + " zeroed", damaged, true);
      std::string doubled = good;
      if (at + 1024 <= good.size()) {
        doubled.replace(at + 512, 512, good, at, 512);
        victim.try_with(file, std::move(doubled), "sector at " + std::to_string(at) + " written twice", damaged, true);
      }
    }
  }
  print("sectors", damaged);
  BOOST_TEST(damaged.refused > 4u);
}

BOOST_AUTO_TEST_SUITE_END()
