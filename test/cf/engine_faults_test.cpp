// Fail the n-th call, n = 1, 2, 3 … until the scenario is through, for each kind of fault: nothing acknowledged is
// lost, nothing refused is half there, what nobody was told about is there whole or not at all. Prints what was
// exercised.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <iostream>
#include <set>

#include "sysplex/cf/embedded_engine.hpp"
#include "test/cf/records_contract.hpp"
#include "test/cf/sim_disk.hpp"
#include "test/support/co_test.hpp"

using namespace sysplexd;  // NOLINT: test
using cf::EmbeddedEngine;
using cf::EmbeddedOptions;
using net::Errc;
using net::Task;
using test::FaultKind;
using test::SimDisk;

namespace {

constexpr std::uint64_t kib = 1024;

EmbeddedOptions tiny(std::uint64_t incarnation) {
  EmbeddedOptions options;
  options.folder = "/cf";
  options.create = true;
  options.incarnation = incarnation;
  options.segment_bytes = 8 * kib;
  options.segment_reserve = 2 * kib;
  options.group_bytes_max = 4 * kib;
  options.snapshot_log_bytes = 8 * kib;
  options.history_segment_records = 8;
  return options;
}

// What one writer knows. Its keys and history numbers are its own; it sends one transaction after the other.
struct Writer {
  struct Model {
    std::map<std::string, std::string> records;
    std::map<std::uint64_t, std::string> history;
    bool operator==(const Model&) const = default;
  };
  int id = 0;
  std::uint64_t incarnation = 1, sequence = 0;
  int step = 0;
  Model certain;
  // The request whose outcome nobody told: it may be done or not, but whole.
  std::optional<cf::Transaction> unknown;
  Model if_done;
  std::uint64_t acknowledged = 0, refused = 0;

  std::string prefix() const { return "w" + std::to_string(id) + "/"; }
};

cf::Transaction next_transaction(Writer& writer, Writer::Model& after, const cf::Records& records,
                                 bool& must_conflict) {
  cf::Transaction t;
  t.id.member = "MEMBER" + std::to_string(writer.id);
  t.id.incarnation = writer.incarnation;
  t.id.sequence = ++writer.sequence;
  t.id.acknowledged_below = writer.sequence > 3 ? writer.sequence - 2 : 0;
  after = writer.certain;
  const int step = writer.step++;
  const std::string key = writer.prefix() + std::to_string(step % 5);
  const std::string value = "v" + std::to_string(step) + std::string(static_cast<std::size_t>(step * 37 % 300), 'x');
  const auto now = records.get(key);
  must_conflict = step % 11 == 7;
  t.compares.push_back(cf::Compare{key, (now ? now->version : 0) + (must_conflict ? 1000 : 0)});
  t.puts.push_back(cf::Put{key, value});
  const std::string twin = writer.prefix() + "twin";
  t.puts.push_back(cf::Put{twin, value});
  after.records[key] = after.records[twin] = value;
  if (step % 4 == 3) {
    const std::string gone = writer.prefix() + std::to_string((step + 2) % 5);
    t.deletes.push_back(gone);
    after.records.erase(gone);
  }
  const std::uint64_t number = static_cast<std::uint64_t>(writer.id) * 100'000 + static_cast<std::uint64_t>(step);
  t.history.push_back(cf::HistoryRecord{number, value});
  after.history[number] = value;
  if (step % 6 == 5) {
    t.from_reserve = true;
    for (std::uint64_t back = 3; back < 6 && back <= static_cast<std::uint64_t>(step); ++back) {
      t.history_remove.push_back(number - back);
      after.history.erase(number - back);
    }
  }
  if (must_conflict) after = writer.certain;
  return t;
}

bool outcome_unknown(const net::Error& error) {
  return error.code == Errc::io || error.code == Errc::closed || error.code == Errc::corrupt;
}

Task<void> write_steps(EmbeddedEngine& engine, Writer& writer, int steps) {
  for (int i = 0; i < steps; ++i) {
    Writer::Model after;
    bool must_conflict = false;
    const cf::Transaction t = next_transaction(writer, after, engine, must_conflict);
    const auto answer = co_await engine.transact(t);
    if (!answer) {
      if (!outcome_unknown(answer.error())) {
        ++writer.refused;
        continue;
      }
      writer.unknown = t;
      writer.if_done = after;
      co_return;
    }
    BOOST_REQUIRE(answer->committed == !must_conflict);
    writer.certain = after;
    ++writer.acknowledged;
  }
}

Task<Writer::Model> read_model(EmbeddedEngine& engine, const Writer& writer) {
  Writer::Model model;
  engine.scan(writer.prefix(), [&](std::string_view key, const cf::Versioned& record) {
    model.records[std::string(key)] = record.value;
    return true;
  });
  const std::uint64_t first = static_cast<std::uint64_t>(writer.id) * 100'000;
  const auto listed = co_await engine.history_from(first, 10'000);
  BOOST_REQUIRE_MESSAGE(listed.ok(), "history cannot be listed: " + (listed.ok() ? "" : listed.error().text));
  for (const auto& record : *listed)
    if (record.number < first + 100'000) model.history[record.number] = record.value;
  co_return model;
}

// After recovery: each writer's state is the certain one, or the one with the unknown request; and sending that request
// again gives exactly the second.
Task<void> verify(EmbeddedEngine& engine, std::vector<Writer>& writers, const std::string& where) {
  for (auto& writer : writers) {
    const auto found = co_await read_model(engine, writer);
    const bool whole = found == writer.certain || (writer.unknown && found == writer.if_done);
    BOOST_REQUIRE_MESSAGE(whole, where + ": writer " + std::to_string(writer.id) + " finds another state");
    if (!writer.unknown) continue;
    const cf::Transaction again = *writer.unknown;
    const auto answer = co_await engine.transact(again);
    BOOST_REQUIRE_MESSAGE(answer.ok(), where + ": the repeat is refused: " + (answer.ok() ? "" : answer.error().text));
    const auto after = co_await read_model(engine, writer);
    BOOST_REQUIRE_MESSAGE((after == writer.if_done), where + ": the repeat was not carried out exactly once");
    writer.certain = writer.if_done;
    writer.unknown.reset();
  }
}

struct Tally {
  std::map<std::string, std::uint64_t> fired;  // "EIO in write_sync" -> how often
  std::uint64_t runs = 0, acknowledged = 0, refused = 0, unknown = 0, engines_ended = 0, engines_alive = 0;
  std::uint64_t torn = 0, snapshots = 0, history_segments = 0, opens_refused = 0, nested = 0;
};

struct Scenario {
  const char* name;
  int steps_before;  // each writer, before the fault is armed
  bool open_under_fault;
  int steps;  // each writer, under the fault
};
const Scenario scenarios[] = {
    {"start on empty", -1, true, 1},
    {"start with data", 25, true, 1},
    {"20 transactions", 2, false, 7},
    {"snapshots and history segments", 12, false, 16},
};
std::ostream& operator<<(std::ostream& out, const Scenario& s) { return out << s.name; }

// One run. false: the fault was not reached.
Task<void> one_run(net::Executor executor, const Scenario& scenario, FaultKind kind, std::uint64_t call,
                   std::uint64_t seed, bool power_cut, std::uint64_t nested_call, Tally& tally, bool& reached) {
  const auto disk = std::make_shared<SimDisk>(seed);
  const std::string where = std::string(scenario.name) + ", " + test::name_of(kind) + " at call " +
                            std::to_string(call) + ", seed " + std::to_string(seed) +
                            (power_cut ? ", power cut" : ", process killed") + ", nested " +
                            std::to_string(nested_call);
  std::vector<Writer> writers(3);
  for (int i = 0; i < 3; ++i) writers[static_cast<std::size_t>(i)].id = i + 1;
  const auto write = [](EmbeddedEngine& engine, std::vector<Writer>& all, int steps) -> Task<void> {
    std::vector<Task<void>> tasks;
    for (auto& writer : all) tasks.push_back(write_steps(engine, writer, steps));
    co_await net::all_of(std::move(tasks));
  };
  std::uint64_t incarnation = 0;
  std::unique_ptr<EmbeddedEngine> engine;
  if (scenario.steps_before >= 0) {
    const EmbeddedOptions options = tiny(++incarnation);
    auto opened = co_await EmbeddedEngine::open(executor, disk, options);
    BOOST_REQUIRE(opened.ok());
    engine = std::move(*opened);
    co_await write(*engine, writers, scenario.steps_before);
    if (scenario.open_under_fault) {
      co_await engine->close();
      engine.reset();
    }
  }

  disk->fail_at(kind, call);
  if (scenario.open_under_fault) {
    const EmbeddedOptions options = tiny(++incarnation);
    auto opened = co_await EmbeddedEngine::open(executor, disk, options);
    if (opened)
      engine = std::move(*opened);
    else
      ++tally.opens_refused;
  }
  if (engine) co_await write(*engine, writers, scenario.steps);
  reached = !disk->fired().empty() || disk->calls() >= call;
  ++tally.runs;
  if (!disk->fired().empty()) ++tally.fired[std::string(test::name_of(kind)) + " in " + disk->fired()];
  if (engine) {
    const bool ended = engine->failure().has_value();
    ++(ended ? tally.engines_ended : tally.engines_alive);
    // A full disk is no reason to end: what is refused is refused, and the next one is taken.
    if (kind == FaultKind::no_space)
      BOOST_REQUIRE_MESSAGE(!ended, where + ": " + (ended ? engine->failure()->text : ""));
    if (!ended && !disk->fired().empty() && kind != FaultKind::crash) {
      // Also what a history that could not be read once left open: the same request again, to the same host.
      co_await verify(*engine, writers, where + ", at once");
      co_await write(*engine, writers, 2);
      // The fault may have hit the work in the background, which ends the epoch a little later.
      if (kind == FaultKind::no_space || !engine->failure())
        for (const auto& writer : writers) BOOST_REQUIRE_MESSAGE(!writer.unknown.has_value(), where + ": not usable");
    }
    tally.snapshots += engine->counters().snapshots;
    tally.history_segments += engine->counters().history_segments;
    disk->crash();
    co_await engine->close();
    engine.reset();
  }
  disk->restart(power_cut);
  for (auto& writer : writers) {
    tally.acknowledged += writer.acknowledged;
    tally.refused += writer.refused;
    tally.unknown += writer.unknown ? 1 : 0;
  }

  // Recovery, itself cut off once when asked for.
  if (nested_call > 0) {
    disk->fail_at(FaultKind::crash, nested_call);
    const EmbeddedOptions options = tiny(++incarnation);
    auto opened = co_await EmbeddedEngine::open(executor, disk, options);
    if (!disk->fired().empty()) ++tally.nested;
    if (opened) {
      disk->crash();
      co_await (*opened)->close();
    }
    disk->restart(power_cut);
  }
  for (int life = 0; life < 2; ++life) {
    const EmbeddedOptions options = tiny(++incarnation);
    auto opened = co_await EmbeddedEngine::open(executor, disk, options);
    BOOST_REQUIRE_MESSAGE(opened.ok(), where + ": does not start again: " + (opened.ok() ? "" : opened.error().text));
    engine = std::move(*opened);
    if (engine->recovery().bytes_cut > 0) ++tally.torn;
    co_await verify(*engine, writers, where);
    co_await write(*engine, writers, 1);
    for (const auto& writer : writers) BOOST_REQUIRE_MESSAGE(!writer.unknown.has_value(), where + ": not usable");
    disk->crash();
    co_await engine->close();
    disk->restart(true);
  }
}

void run_all(const Scenario& scenario, FaultKind kind, bool nested, Tally& tally) {
  bool reached = true;
  for (std::uint64_t call = 1; reached; ++call) {
    BOOST_REQUIRE(call < 5000);
    for (const std::uint64_t seed : {call, call + 1'000'000}) {
      const bool power_cut = kind == FaultKind::crash || seed != call;
      const std::uint64_t nested_call = nested ? 1 + (call * 7 + seed) % 60 : 0;
      test::co_test(
          [&](net::Executor executor) {
            return one_run(executor, scenario, kind, call, seed, power_cut, nested_call, tally, reached);
          },
          std::chrono::minutes(3));
      if (!reached) break;
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_faults)

BOOST_DATA_TEST_CASE(nothing_acknowledged_is_lost_and_nothing_refused_is_half_there,
                     boost::unit_test::data::make(scenarios), scenario) {
  Tally tally;
  for (const FaultKind kind : {FaultKind::io, FaultKind::no_space, FaultKind::short_write, FaultKind::crash})
    run_all(scenario, kind, false, tally);
  std::cout << "faults, " << scenario.name << ": " << tally.runs << " runs, acknowledged " << tally.acknowledged
            << ", refused " << tally.refused << ", unknown " << tally.unknown << ", engines ended "
            << tally.engines_ended << ", went on " << tally.engines_alive << ", starts refused " << tally.opens_refused
            << ", torn tails cut " << tally.torn << ", snapshots " << tally.snapshots << ", history segments "
            << tally.history_segments << "\n";
  std::map<std::string, std::uint64_t> kinds;
  for (const auto& [what, count] : tally.fired) {
    std::cout << "  " << what << ": " << count << "\n";
    kinds[what.substr(0, what.find(" in "))] += count;
  }
  BOOST_TEST(tally.acknowledged > 0u);
  for (const FaultKind kind : {FaultKind::io, FaultKind::no_space, FaultKind::short_write, FaultKind::crash})
    BOOST_TEST(kinds[test::name_of(kind)] > 0u, "no fault of this kind fired: " << test::name_of(kind));
  if (scenario.steps >= 7) {
    BOOST_TEST(tally.unknown > 0u);
    BOOST_TEST(tally.refused > 0u);
    BOOST_TEST(tally.torn > 0u);
  }
  if (scenario.steps >= 16) {
    BOOST_TEST(tally.snapshots > 0u);
    BOOST_TEST(tally.history_segments > 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_crash_during_the_recovery_from_a_crash_changes_nothing) {
  Tally tally;
  run_all(scenarios[2], FaultKind::crash, true, tally);
  std::cout << "nested: " << tally.runs << " runs, recoveries cut off " << tally.nested << "\n";
  BOOST_TEST(tally.nested > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
