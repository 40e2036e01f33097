// The rules of the job queue (sysplex/jes/job_queue.hpp) as scripts: arrange, act, compare.
#include "sysplex/jes/job_queue.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

namespace {

using namespace sysplexd::jes;

JobRecord job(std::uint64_t number, const std::string& name, const std::string& job_class = "A", int priority = 7) {
  JobRecord record;
  record.number = number;
  record.name = name;
  record.job_class = job_class;
  record.priority = priority;
  return record;
}

InitiatorIdentity initiator(std::uint32_t number) { return {number, 1000 + number, 5, "boot"}; }

sysplexd::spool::JobOutcome outcome(int cc) {
  sysplexd::spool::JobOutcome result;
  result.cc = result.max_cc = cc;
  result.time_ms = 77;
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(job_queue)

BOOST_AUTO_TEST_CASE(an_initiator_takes_its_first_class_then_priority_then_age) {
  JobQueue queue{{}};
  queue.add(job(1, "LOWB", "B", 1));
  queue.add(job(2, "OLD", "A", 7));
  queue.add(job(3, "YOUNG", "A", 7));
  queue.add(job(4, "URGENT", "A", 15));
  queue.add(job(5, "OTHER", "C", 15));
  std::vector<std::uint64_t> order;
  while (const auto number = queue.select("AB")) {
    order.push_back(*number);
    queue.grant(*number, initiator(1), "SYS1", 10);
  }
  const std::vector<std::uint64_t> expected = {4, 2, 3, 1};
  BOOST_TEST(order == expected, boost::test_tools::per_element());
  BOOST_TEST(queue.queued_count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_job_waits_for_the_end_of_one_of_the_same_name) {
  JobQueue queue{{}};
  queue.add(job(1, "PAY"));
  queue.add(job(2, "PAY"));
  queue.add(job(3, "PAY"));
  BOOST_TEST(*queue.select("A") == 1u);
  queue.grant(1, initiator(1), "SYS1", 10);
  BOOST_TEST(!queue.select("A").has_value());
  BOOST_TEST(queue.phase(*queue.find(2)) == "DELAYED");
  BOOST_TEST(queue.why_waiting(2, {"A"}).find("JOB00001") != std::string::npos);
  const auto ended = queue.end(1, outcome(4), 99);
  BOOST_TEST(retcode_text(ended) == "CC 0004");
  BOOST_TEST(ended.ended_ms == 77);
  BOOST_TEST(*queue.select("A") == 2u);
}

BOOST_AUTO_TEST_CASE(duplicate_names_run_together_when_the_rule_allows_it) {
  JobQueue queue{{false}};
  queue.add(job(1, "PAY"));
  queue.add(job(2, "PAY"));
  queue.grant(1, initiator(1), "SYS1", 10);
  BOOST_TEST(*queue.select("A") == 2u);
}

BOOST_AUTO_TEST_CASE(data_sets_exclude_each_other_and_readers_share) {
  JobQueue queue{{}};
  auto writer = job(1, "WRITER");
  writer.exclusive_names = {"PAY.MASTER"};
  auto reader = job(2, "READER1"), reader2 = job(3, "READER2"), writer2 = job(4, "WRITER2");
  reader.shared_names = reader2.shared_names = {"PAY.MASTER"};
  writer2.exclusive_names = {"PAY.MASTER"};
  for (auto& record : {writer, reader, reader2, writer2}) queue.add(record);
  queue.grant(*queue.select("A"), initiator(1), "SYS1", 1);
  BOOST_TEST(!queue.select("A").has_value());
  queue.end(1, outcome(0), 2);
  queue.grant(*queue.select("A"), initiator(1), "SYS1", 3);
  BOOST_TEST(*queue.select("A") == 3u);
  queue.grant(3, initiator(2), "SYS1", 3);
  BOOST_TEST(!queue.select("A").has_value());
  BOOST_TEST(queue.why_waiting(4, {"A"}) == "data set PAY.MASTER is held by job JOB00002");
  queue.end(2, outcome(0), 4);
  BOOST_TEST(!queue.select("A").has_value());  // the other reader still has it
  queue.end(3, outcome(0), 5);
  BOOST_TEST(*queue.select("A") == 4u);
}

BOOST_AUTO_TEST_CASE(a_held_job_is_passed_over_until_it_is_released) {
  JobQueue queue{{}};
  auto held = job(1, "HELD");
  held.held = true;
  queue.add(held);
  queue.add(job(2, "NEXT"));
  BOOST_TEST(*queue.select("A") == 2u);
  BOOST_TEST(queue.hold(2).ok());
  BOOST_TEST(!queue.select("A").has_value());
  BOOST_TEST(!queue.hold(2).ok());
  BOOST_TEST(queue.release(1).ok());
  BOOST_TEST(!queue.release(1).ok());
  BOOST_TEST(*queue.select("A") == 1u);
  BOOST_TEST(!queue.hold(99).ok());
}

BOOST_AUTO_TEST_CASE(a_grant_that_never_began_goes_back_and_the_next_attempt_has_a_new_number) {
  JobQueue queue{{}};
  queue.add(job(1, "PAY"));
  BOOST_TEST(queue.grant(1, initiator(1), "SYS1", 10).attempt == 1u);
  queue.requeue(1, "its initiator ended before it began");
  BOOST_TEST(*queue.select("A") == 1u);
  BOOST_TEST(queue.grant(1, initiator(2), "SYS1", 11).attempt == 2u);
}

BOOST_AUTO_TEST_CASE(a_job_in_doubt_runs_never_again_and_frees_its_names_only_without_processes) {
  for (const bool alive : {true, false}) {
    JobQueue queue{{}};
    queue.add(job(1, "PAY"));
    queue.add(job(2, "PAY"));
    queue.grant(1, initiator(1), "SYS1", 10);
    queue.put_in_doubt(1, "initiator ended by signal 9", alive);
    BOOST_TEST(retcode_text(*queue.find(1)) == "IN DOUBT");
    BOOST_TEST(queue.phase(*queue.find(1)) == "IN_DOUBT");
    BOOST_TEST(queue.select("A").has_value() == !alive);
    const auto closed = queue.end_unstarted(1, EndKind::in_doubt, "closed by root", 20);
    BOOST_TEST(retcode_text(closed) == "IN DOUBT");
    BOOST_TEST(*queue.select("A") == 2u);
  }
}

BOOST_AUTO_TEST_CASE(cancel_of_a_running_job_is_remembered_in_its_record) {
  JobQueue queue{{}};
  queue.add(job(1, "PAY"));
  queue.grant(1, initiator(1), "SYS1", 10);
  const auto asked = queue.ask_cancel(1, "S222", true, "cancelled by root");
  BOOST_TEST(asked->cancel_asked);
  BOOST_TEST(asked->cancel_force);
  BOOST_TEST(queue.phase(*queue.find(1)) == "CANCELLING");
  const auto bytes = sysplexd::net::encode(*asked);
  const auto back = sysplexd::net::decode<JobRecord>(bytes);
  BOOST_TEST(back->cancel_abend == "S222");
  BOOST_TEST((back->state == JobState::running));
}

BOOST_AUTO_TEST_CASE(a_class_without_initiator_is_named_as_the_reason) {
  JobQueue queue{{}};
  queue.add(job(1, "PAY", "Z"));
  BOOST_TEST(queue.why_waiting(1, {"AB", "C"}).find("no initiator serves class Z") != std::string::npos);
}

// Random walks: whatever happens, no two active jobs share a name or an exclusive data set, none is lost, and in the
// end all have run exactly once.
BOOST_AUTO_TEST_CASE(random_walks_lose_no_job_and_break_no_exclusion) {
  std::size_t grants = 0;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      std::mt19937 random(seed);
      const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
      JobQueue queue{{}};
      std::uint64_t next = 1;
      std::set<std::uint64_t> running;
      std::map<std::uint64_t, int> ran;
      for (int step = 0; step < 400 || !queue.jobs().empty(); ++step) {
        BOOST_REQUIRE_MESSAGE(step < 20000, "the queue does not drain");
        const int what = step < 400 ? pick(6) : 2 + pick(4);
        if (what < 2) {
          auto record =
              job(next++, "N" + std::to_string(pick(8)), std::string(1, static_cast<char>('A' + pick(2))), pick(16));
          if (pick(2) == 0) record.exclusive_names = {"D" + std::to_string(pick(4))};
          if (pick(2) == 0) record.shared_names = {"E" + std::to_string(pick(3))};
          if (pick(4) == 0) record.exclusive_names.push_back("E" + std::to_string(pick(3)));
          record.held = pick(6) == 0;
          queue.add(record);
        } else if (what == 2 || what == 3) {
          if (running.size() >= 4) continue;
          const auto number = queue.select(pick(2) == 0 ? "AB" : "BA");
          if (!number) continue;
          queue.grant(*number, initiator(1), "SYS1", step);
          running.insert(*number);
          ++grants;
          std::set<std::string> names, exclusive;
          for (const auto active : running) {
            BOOST_TEST(names.insert(queue.find(active)->name).second);
            for (const auto& name : queue.find(active)->exclusive_names) BOOST_TEST(exclusive.insert(name).second);
          }
          for (const auto active : running)
            for (const auto& name : queue.find(active)->shared_names)
              for (const auto other : running)
                if (other != active)
                  for (const auto& held : queue.find(other)->exclusive_names) BOOST_TEST(held != name);
        } else if (what == 4 && !running.empty()) {
          const auto number = *std::next(running.begin(), pick(static_cast<int>(running.size())));
          running.erase(number);
          if (pick(5) == 0) {
            queue.requeue(number, "again");
          } else {
            queue.end(number, outcome(0), step);
            ran[number] += 1;
          }
        } else {
          std::vector<std::uint64_t> waiting;
          for (const auto& [number, record] : queue.jobs())
            if (record.state == JobState::queued) waiting.push_back(number);
          if (waiting.empty()) continue;
          const auto number = waiting[static_cast<std::size_t>(pick(static_cast<int>(waiting.size())))];
          if (queue.find(number)->held)
            (void)queue.release(number);
          else if (step < 400)
            (void)queue.hold(number);
        }
      }
      BOOST_TEST(ran.size() == next - 1);
      for (const auto& [number, times] : ran) BOOST_TEST(times == 1);
    }
  }
  BOOST_TEST_MESSAGE("grants made: " << grants);
  BOOST_TEST(grants > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
