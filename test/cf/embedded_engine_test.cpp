// The embedded engine: the contract on three file systems, and what is its own (restart, group commit, limits,
// fencing).
#include "sysplex/cf/embedded_engine.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "sysplex/dasd/uring_file.hpp"
#include "test/cf/records_contract.hpp"
#include "test/cf/sim_disk.hpp"
#include "test/support/co_test.hpp"
#include "test/support/temp_dir.hpp"

using namespace sysplexd;  // NOLINT: test
using cf::EmbeddedEngine;
using cf::EmbeddedOptions;
using net::Errc;
using net::Task;
using test::contract::commit;
using test::contract::put;
using test::contract::put_if;
using test::contract::request;

namespace {

constexpr std::uint64_t kib = 1024;

EmbeddedOptions small(std::string folder) {
  EmbeddedOptions options;
  options.folder = std::move(folder);
  options.create = true;
  options.segment_bytes = 16 * kib;
  options.segment_reserve = 4 * kib;
  options.group_bytes_max = 8 * kib;
  options.snapshot_log_bytes = 32 * kib;
  options.history_segment_records = 16;
  options.lock_wait = std::chrono::milliseconds(20);
  return options;
}

// The limit is for a loaded machine; nothing waits for it.
template <class F>
void co_test(F f) {
  test::co_test(std::move(f), std::chrono::minutes(3));
}

Task<std::unique_ptr<EmbeddedEngine>> open(std::shared_ptr<dasd::FileSystem> files, EmbeddedOptions options,
                                           std::uint64_t incarnation = 1) {
  const auto executor = co_await asio::this_coro::executor;
  options.incarnation = incarnation;
  auto opened = co_await EmbeddedEngine::open(executor, files, options);
  if (!opened) BOOST_FAIL("open: " + opened.error().text);
  co_return std::move(*opened);
}

Task<std::unique_ptr<EmbeddedEngine>> open_small(std::shared_ptr<dasd::FileSystem> files, std::string folder,
                                                 std::uint64_t incarnation = 1) {
  const EmbeddedOptions options = small(std::move(folder));
  auto engine = co_await open(files, options, incarnation);
  co_return std::move(engine);
}

Task<std::unique_ptr<EmbeddedEngine>> open_simulated(const EmbeddedOptions& options) {
  auto engine = co_await open(std::make_shared<test::SimDisk>(3), options);
  co_return std::move(engine);
}

std::shared_ptr<dasd::FileSystem> make_files(const std::string& kind, const net::Executor& executor) {
  if (kind == "simulated disk") return std::make_shared<test::SimDisk>(1);
  return std::make_shared<dasd::UringFileSystem>(
      executor, kind == "io_uring" ? dasd::FileEngine::ring : dasd::FileEngine::thread);
}

// An engine whose compares are taken out: the suite must see it.
class WithoutCompares final : public cf::Records {
 public:
  explicit WithoutCompares(cf::Records& under) : under_(under) {}
  Task<net::Result<cf::TransactionAnswer>> transact(cf::Transaction t) override {
    t.compares.clear();
    return under_.transact(std::move(t));
  }
  std::optional<cf::Versioned> get(std::string_view key) const override { return under_.get(key); }
  void scan(std::string_view prefix, const ScanFunction& fn) const override { under_.scan(prefix, fn); }
  Task<net::Result<std::optional<std::string>>> history(std::uint64_t n) override { return under_.history(n); }
  Task<net::Result<std::vector<cf::HistoryRecord>>> history_before(std::uint64_t n, std::size_t c) override {
    return under_.history_before(n, c);
  }
  Task<net::Result<std::vector<cf::HistoryRecord>>> history_from(std::uint64_t n, std::size_t c) override {
    return under_.history_from(n, c);
  }
  cf::Usage usage() const override { return under_.usage(); }

 private:
  cf::Records& under_;
};

// One that forgets who asked: repeats are carried out again.
class WithoutStoredResults final : public cf::Records {
 public:
  explicit WithoutStoredResults(cf::Records& under) : under_(under) {}
  Task<net::Result<cf::TransactionAnswer>> transact(cf::Transaction t) override {
    t.id = {};
    return under_.transact(std::move(t));
  }
  std::optional<cf::Versioned> get(std::string_view key) const override { return under_.get(key); }
  void scan(std::string_view prefix, const ScanFunction& fn) const override { under_.scan(prefix, fn); }
  Task<net::Result<std::optional<std::string>>> history(std::uint64_t n) override { return under_.history(n); }
  Task<net::Result<std::vector<cf::HistoryRecord>>> history_before(std::uint64_t n, std::size_t c) override {
    return under_.history_before(n, c);
  }
  Task<net::Result<std::vector<cf::HistoryRecord>>> history_from(std::uint64_t n, std::size_t c) override {
    return under_.history_from(n, c);
  }
  cf::Usage usage() const override { return under_.usage(); }

 private:
  cf::Records& under_;
};

const char* const file_systems[] = {"simulated disk", "io_uring", "thread"};

}  // namespace

BOOST_AUTO_TEST_SUITE(embedded_engine)

BOOST_DATA_TEST_CASE(keeps_the_contract_of_records, boost::unit_test::data::make(file_systems), kind) {
  const test::TempDir folder;
  co_test([&](net::Executor executor) -> Task<void> {
    const std::string name = kind;
    const auto files = make_files(name, executor);
    const std::string path = name == "simulated disk" ? "/cf" : folder / "cf";
    auto engine = co_await open_small(files, path);
    test::ContractReport report;
    co_await test::contract::all(*engine, report);
    for (const auto& violation : report.violations()) BOOST_ERROR(violation);
    BOOST_TEST(report.checks() > 50u);
    BOOST_TEST(engine->counters().history_segments > 4u);
    BOOST_TEST(engine->counters().snapshots > 0u);
    const auto usage = engine->usage();
    co_await engine->close();
    engine.reset();

    // And the same state after a restart.
    engine = co_await open_small(files, path, 2);
    BOOST_TEST(engine->recovery().epoch == 2u);
    BOOST_TEST(engine->usage().history_records == usage.history_records);
    BOOST_TEST(engine->usage().revision == usage.revision);
    BOOST_TEST(engine->usage().live_bytes == usage.live_bytes);
    const auto page = co_await engine->history_before(cf::history_newest, 1000);
    BOOST_REQUIRE(page.ok());
    BOOST_TEST(page->size() == usage.history_records);
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_CASE(the_suite_finds_an_engine_whose_compare_is_taken_out) {
  co_test([&]() -> Task<void> {
    auto engine = co_await open_small(std::make_shared<test::SimDisk>(1), "/cf");
    WithoutCompares broken(*engine);
    test::ContractReport report;
    co_await test::contract::compares_decide(broken, report);
    BOOST_TEST(report.violations().size() >= 3u);
    test::ContractReport races;
    co_await test::contract::races_have_one_winner(broken, races);
    co_await test::contract::begun_work_counts_at_once(broken, races);
    BOOST_TEST(races.violations().size() >= 2u);
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_CASE(the_suite_finds_an_engine_that_stores_no_results) {
  co_test([&]() -> Task<void> {
    auto engine = co_await open_small(std::make_shared<test::SimDisk>(1), "/cf");
    WithoutStoredResults broken(*engine);
    test::ContractReport report;
    co_await test::contract::repeats_are_answered_and_not_done_again(broken, report);
    BOOST_TEST(report.violations().size() >= 3u);
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_CASE(a_group_is_one_sync) {
  co_test([&]() -> Task<void> {
    const auto disk = std::make_shared<test::SimDisk>(1);
    EmbeddedOptions options = small("/cf");
    options.segment_bytes = 256 * kib;
    options.group_bytes_max = 64 * kib;
    options.snapshot_log_bytes = 1024 * kib;
    auto engine = co_await open(disk, options);
    const auto warm = co_await commit(*engine, "warm", "up");
    BOOST_TEST(warm.ok());
    co_await net::sleep_for(std::chrono::milliseconds(5));  // the spare segment is made meanwhile
    const auto syncs = disk->syncs();
    const auto groups = engine->counters().groups;
    std::vector<Task<void>> tasks;
    const auto one = [](EmbeddedEngine& to, int i) -> Task<void> {
      const auto answer = co_await commit(to, "k" + std::to_string(i), "v");
      BOOST_TEST((answer.ok() && answer->committed));
    };
    for (int i = 0; i < 100; ++i) tasks.push_back(one(*engine, i));
    co_await net::all_of(std::move(tasks));
    // The first goes alone, all others while it is under way.
    BOOST_TEST(engine->counters().groups - groups <= 3u);
    BOOST_TEST(disk->syncs() - syncs == engine->counters().groups - groups);
    BOOST_TEST(engine->counters().transactions == 101u);
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_CASE(answers_are_given_again_after_a_restart) {
  co_test([&]() -> Task<void> {
    const auto disk = std::make_shared<test::SimDisk>(7);
    auto engine = co_await open_small(disk, "/cf");
    const auto one = request("SYS1", 3, 1, put_if("x", 0, "one"));
    const auto two = request("SYS1", 3, 2, put_if("x", 0, "two"));
    const auto first = co_await engine->transact(one);
    const auto refused = co_await engine->transact(two);
    BOOST_REQUIRE((first.ok() && first->committed && refused.ok() && !refused->committed));
    for (std::uint64_t life = 2; life < 5; ++life) {
      // No close: killed, and the power went too.
      disk->crash();
      co_await engine->close();
      disk->restart(true);
      engine = co_await open_small(disk, "/cf", life);
      const auto repeat = co_await engine->transact(one);
      const auto refused_again = co_await engine->transact(two);
      BOOST_TEST((repeat.ok() && repeat->committed && repeat->revision == first->revision));
      BOOST_TEST((refused_again.ok() && !refused_again->committed && refused_again->conflict_key == "x"));
      BOOST_TEST(engine->get("x")->version == first->revision);
      BOOST_TEST(engine->usage().stored_results == 2u);
    }
    const auto acknowledging = request("SYS1", 3, 3, put("y", "z"), 3);
    const auto three = co_await engine->transact(acknowledging);
    BOOST_TEST(three.ok());
    BOOST_TEST(engine->usage().stored_results == 1u);
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_CASE(unacknowledged_answers_have_a_limit) {
  co_test([&]() -> Task<void> {
    EmbeddedOptions options = small("/cf");
    options.segment_bytes = 256 * kib;
    options.snapshot_log_bytes = 1024 * kib;
    auto engine = co_await open_simulated(options);
    for (std::uint64_t i = 1; i <= cf::stored_results_max; ++i) {
      const auto t = request("SYS1", 1, i, put("k", "v"));
      const auto answer = co_await engine->transact(t);
      if (!answer) BOOST_ERROR(answer.error().text);
    }
    const auto over = request("SYS1", 1, cf::stored_results_max + 1, put("k", "v"));
    const auto refused = co_await engine->transact(over);
    BOOST_TEST((!refused.ok() && refused.error().code == Errc::full));
    const auto acknowledging = request("SYS1", 1, cf::stored_results_max + 1, put("k", "v"), cf::stored_results_max);
    const auto taken = co_await engine->transact(acknowledging);
    BOOST_TEST(taken.ok());
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_new_work_lets_begun_work_end_and_recovers) {
  co_test([&]() -> Task<void> {
    const auto disk = std::make_shared<test::SimDisk>(3);
    auto engine = co_await open_small(disk, "/cf");
    for (int i = 0; i < 5; ++i) {
      const auto answer = co_await commit(*engine, "job/" + std::to_string(i), std::string(100, 'j'));
      BOOST_REQUIRE(answer.ok());
    }
    disk->set_capacity(disk->bytes_used());
    // New work until it is refused.
    int taken = 0;
    std::string refusal;
    for (int i = 5; i < 1000; ++i) {
      const auto answer = co_await commit(*engine, "job/" + std::to_string(i), std::string(100, 'j'));
      if (!answer) {
        BOOST_TEST((answer.error().code == Errc::no_space));
        refusal = answer.error().text;
        BOOST_TEST(!engine->get("job/" + std::to_string(i)).has_value());
        break;
      }
      ++taken;
    }
    BOOST_TEST(taken > 10);
    BOOST_TEST(refusal.find("no space left") != std::string::npos);
    BOOST_TEST(!engine->failure().has_value());
    // Ends of what was taken still commit.
    for (int i = 0; i < 5; ++i) {
      cf::Transaction end;
      end.from_reserve = true;
      end.deletes.push_back("job/" + std::to_string(i));
      end.history.push_back(cf::HistoryRecord{static_cast<std::uint64_t>(i), "CC 0000"});
      const auto answer = co_await engine->transact(end);
      BOOST_TEST((answer.ok() && answer->committed), (answer.ok() ? "" : answer.error().text));
    }
    // Space comes back: the next submit is taken, without a restart.
    disk->set_capacity(~std::uint64_t{0});
    const auto again = co_await commit(*engine, "job/again", "x");
    BOOST_TEST((again.ok() && again->committed));
    disk->crash();
    co_await engine->close();
    disk->restart(true);
    engine = co_await open_small(disk, "/cf", 2);
    BOOST_TEST(engine->get("job/again").has_value());
    BOOST_TEST(!engine->get("job/0").has_value());
    BOOST_TEST(engine->usage().history_records == 5u);
    BOOST_TEST(engine->usage().records == static_cast<std::uint64_t>(taken) + 1);
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_CASE(live_state_has_a_limit_with_a_reserve_for_ends) {
  co_test([&]() -> Task<void> {
    EmbeddedOptions options = small("/cf");
    options.live_bytes_max = 20'000;
    options.live_bytes_reserve = 4'000;
    auto engine = co_await open_simulated(options);
    int taken = 0;
    for (;; ++taken) {
      const auto answer = co_await commit(*engine, "job/" + std::to_string(taken), std::string(400, 'j'));
      if (answer) continue;
      BOOST_TEST((answer.error().code == Errc::full));
      BOOST_TEST(answer.error().text.find("20000") != std::string::npos);
      break;
    }
    BOOST_TEST(taken > 30);
    BOOST_TEST(engine->usage().live_bytes <= options.live_bytes_max);
    cf::Transaction growing_end = put("job/0", std::string(900, 'e'));
    growing_end.from_reserve = true;
    const auto ended = co_await engine->transact(growing_end);
    BOOST_TEST(ended.ok());
    cf::Transaction shrink;
    shrink.deletes = {"job/0", "job/1"};
    const auto shrunk = co_await engine->transact(shrink);
    BOOST_TEST(shrunk.ok());
    const auto again = co_await commit(*engine, "job/new", std::string(400, 'j'));
    BOOST_TEST(again.ok());
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_CASE(a_second_host_ends_the_first_one_s_epoch) {
  co_test([&]() -> Task<void> {
    const auto disk = std::make_shared<test::SimDisk>(3);
    auto old_host = co_await open_small(disk, "/cf", 1);
    const auto before = co_await commit(*old_host, "a", "old");
    BOOST_TEST(before.ok());
    auto new_host = co_await open_small(disk, "/cf", 2);
    BOOST_TEST(new_host->get("a")->value == "old");
    const auto late = co_await commit(*old_host, "a", "late");
    BOOST_TEST((!late.ok() && late.error().code == Errc::closed));
    const auto later = co_await commit(*old_host, "a", "later");
    BOOST_TEST(!later.ok());
    const auto why = co_await old_host->wait_until_ended();
    BOOST_TEST(why.text.find("claimed by another host") != std::string::npos);
    const auto good = co_await commit(*new_host, "a", "new");
    BOOST_TEST(good.ok());
    co_await old_host->close();
    co_await new_host->close();
    auto third = co_await open_small(disk, "/cf", 3);
    BOOST_TEST(third->get("a")->value == "new");
    co_await third->close();
  });
}

BOOST_AUTO_TEST_CASE(missing_is_never_empty) {
  co_test([&](net::Executor executor) -> Task<void> {
    const auto disk = std::make_shared<test::SimDisk>(3);
    EmbeddedOptions options = small("/cf");
    options.create = false;
    const auto absent = co_await EmbeddedEngine::open(executor, disk, options);
    BOOST_TEST((!absent.ok() && absent.error().code == Errc::not_found));
    {
      auto engine = co_await open_small(disk, "/cf");
      const auto done = co_await commit(*engine, "a", "b");
      BOOST_TEST(done.ok());
      co_await engine->close();
    }
    disk->remove("/cf/epoch");
    options.create = true;
    const auto headless = co_await EmbeddedEngine::open(executor, disk, options);
    BOOST_REQUIRE(!headless.ok());
    BOOST_TEST((headless.error().code == Errc::corrupt));
    BOOST_TEST(headless.error().text.find("not a first start") != std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(a_held_claim_lock_is_named_and_not_waited_for_longer_than_allowed) {
  co_test([&](net::Executor executor) -> Task<void> {
    const test::TempDir folder;
    const auto files = std::make_shared<dasd::UringFileSystem>(executor);
    {
      auto engine = co_await open_small(files, folder / "cf");
      co_await engine->close();
    }
    const auto held =
        co_await files->lock(folder / "cf" + "/claim.lock", "SYS9 pid 4711", std::chrono::milliseconds(0));
    BOOST_REQUIRE(held.ok());
    EmbeddedOptions options = small(folder / "cf");
    const auto refused = co_await EmbeddedEngine::open(executor, files, options);
    BOOST_REQUIRE(!refused.ok());
    BOOST_TEST((refused.error().code == Errc::timed_out));
    BOOST_TEST(refused.error().text.find("SYS9 pid 4711") != std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(emptied_history_segments_leave_the_disk) {
  co_test([&]() -> Task<void> {
    const auto disk = std::make_shared<test::SimDisk>(3);
    auto engine = co_await open_small(disk, "/cf");
    for (std::uint64_t i = 1; i <= 64; ++i) {
      cf::Transaction t;
      t.history.push_back(cf::HistoryRecord{i, "v"});
      const auto answer = co_await engine->transact(t);
      BOOST_REQUIRE(answer.ok());
    }
    const auto segments = [&] {
      std::size_t count = 0;
      for (const auto& file : disk->files()) count += file.find("/history/") != std::string::npos ? 1 : 0;
      return count;
    };
    for (int turn = 0; turn < 200 && engine->counters().history_segments < 4; ++turn) co_await net::yield();
    BOOST_TEST(engine->counters().history_segments == 4u);
    BOOST_TEST(segments() == 4u);
    cf::Transaction purge;
    for (std::uint64_t i = 1; i <= 40; ++i) purge.history_remove.push_back(i);
    const auto purged = co_await engine->transact(purge);
    BOOST_TEST((purged.ok() && purged->committed));
    BOOST_TEST(engine->usage().history_records == 24u);
    co_await engine->close();
    engine = co_await open_small(disk, "/cf", 2);
    BOOST_TEST(engine->usage().history_records == 24u);
    const auto oldest = co_await engine->history_from(0, 1);
    BOOST_REQUIRE((oldest.ok() && oldest->size() == 1));
    BOOST_TEST(oldest->front().number == 41u);
    for (int turn = 0; turn < 200 && segments() > 2; ++turn) co_await net::yield();
    BOOST_TEST(segments() == 2u);
    co_await engine->close();
  });
}

BOOST_AUTO_TEST_SUITE_END()
