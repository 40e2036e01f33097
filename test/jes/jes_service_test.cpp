// The driver of the queue against a real coupling facility on tmpfs; the test plays the supervisor and an initiator on
// the real sockets: what is granted, what a dead initiator's job becomes, what a restart proves (jes_supervisor.cpp).
#include "sysplex/jes/jes_service.hpp"

#include <boost/test/unit_test.hpp>

#include "net/process.hpp"
#include "sysplex/cf/embedded_engine.hpp"
#include "sysplex/dasd/uring_file.hpp"
#include "sysplex/jes/job_view.hpp"
#include "sysplex/jes/processes.hpp"
#include "sysplex/spool/job_file_writer.hpp"
#include "test/support/co_test.hpp"
#include "test/support/temp_folder.hpp"

namespace {

using namespace sysplexd;
using jes::JobState;
using net::Task;

constexpr const char* deck = "//ONE      JOB (1),'T',CLASS=A\n//S1       EXEC PGM=TRUE\n//S2       EXEC PGM=TRUE\n";

// One life of a daemon's services on a folder, with the supervisor's socket answered by the test.
struct Node {
  explicit Node(net::Executor executor_, const test::TempFolder& folder_) : executor(executor_), folder(folder_) {}

  Task<void> start(bool create) {
    for (const char* name : {"run", "UNVSPOOL", "dasd", "temp", "cf"}) folder.folder(name);
    files = std::make_shared<dasd::UringFileSystem>(executor);
    cf::EmbeddedOptions options;
    options.folder = folder / "cf";
    options.create = create;
    options.incarnation = create ? 1 : 2;
    auto opened = co_await cf::EmbeddedEngine::open(executor, files, std::move(options));
    BOOST_REQUIRE_MESSAGE(opened.ok(), (opened ? "" : opened.error().text));
    engine = std::move(*opened);
    supervisor = std::make_unique<net::LocalListener>(executor, jes::supervisor_socket(folder.path()));
    jes::JesOptions jes_options;
    jes_options.mount_point = folder.path();
    jes_options.binary = "/bin/false";
    jes_options.spool_root = folder / "UNVSPOOL";
    jes_options.dasd_root = folder / "dasd";
    jes_options.temp_root = folder / "temp";
    jes_options.initiator_classes = {"A"};
    jes_options.conversion.sysname = "SYS1";
    service = std::make_unique<jes::JesService>(executor, *engine, files, clock, jes_options,
                                                [this](std::string line) { log += line + "\n"; });
    const auto started = co_await service->start();
    BOOST_REQUIRE(started.ok());
    running = std::make_unique<net::Scope>(executor, "node", 4);
    BOOST_REQUIRE(running->try_spawn("service", run()));
    auto accepted = co_await supervisor->accept();
    BOOST_REQUIRE(accepted.ok());
    supervisor_link = std::make_unique<net::LocalLink>(std::move(*accepted));
    const auto limit = clock.steady_now() + std::chrono::seconds(5);
    const auto keep = co_await supervisor_link->receive(limit);
    BOOST_REQUIRE(keep.ok());
    BOOST_TEST(keep->kind == jes::KeepInitiators::kind);
  }

  Task<void> run() {
    const auto ended = co_await service->run();
    BOOST_TEST(ended.ok());
  }

  Task<void> stop() {
    service->stop();
    co_await running->join();
    co_await engine->close();
    supervisor_link->close();
    supervisor->close();
  }

  Task<std::unique_ptr<net::LocalLink>> initiator(net::ProcessIdentity identity, jes::AttemptId has = {}) {
    const auto limit = clock.steady_now() + std::chrono::seconds(5);
    auto connected = co_await net::connect_local(executor, jes::jes_socket(folder.path()), limit);
    BOOST_REQUIRE(connected.ok());
    auto link = std::make_unique<net::LocalLink>(std::move(*connected));
    jes::InitiatorHello hello;
    hello.initiator = 1;
    hello.pid = identity.pid;
    hello.start_ticks = identity.start_ticks;
    hello.boot_id = identity.boot_id;
    hello.running = has;
    BOOST_REQUIRE(link->post_message(hello));
    co_return link;
  }

  template <class Message>
  Task<Message> expect(net::LocalLink* link) {
    const auto limit = clock.steady_now() + std::chrono::seconds(5);
    const auto frame = co_await link->receive(limit);
    BOOST_REQUIRE_MESSAGE(frame.ok(), "no message came: " << (frame ? "" : frame.error().text) << "\n" << log);
    BOOST_REQUIRE_EQUAL(frame->kind, Message::kind);
    auto message = net::decode<Message>(frame->payload);
    BOOST_REQUIRE(message.ok());
    co_return *message;
  }

  Task<jes::JobRecord> submit() {
    jcl::JobDeck cards;
    cards.text = deck;
    jes::Submitter submitter;
    submitter.user = "tester";
    auto submitted = co_await service->submit(std::move(cards), std::move(submitter));
    BOOST_REQUIRE_MESSAGE(submitted.ok(), (submitted ? "" : submitted.error().text));
    co_return submitted->record;
  }

  // Waits until the job has left the state, or is in it: told by the service, not polled by time.
  Task<jes::JobRecord> wait_for(std::uint64_t number, JobState state) {
    const auto limit = clock.steady_now() + std::chrono::seconds(5);
    for (;;) {
      const auto job = co_await service->find(number);
      BOOST_REQUIRE(job.ok());
      if (job->state == state) co_return *job;
      BOOST_REQUIRE_MESSAGE(clock.steady_now() < limit, "the job stays " << service->phase(*job) << "\n" << log);
      const auto next = clock.steady_now() + std::chrono::milliseconds(50);
      co_await service->changed(number, next);
    }
  }

  std::uint64_t append(std::uint64_t number, const std::string& record) {
    const auto path = service->spool().job_file(number);
    const auto summary = spool::read_summary(path);
    BOOST_REQUIRE(summary.ok());
    std::ofstream out(path, std::ios::binary | std::ios::app);
    out << record;
    return summary->end;
  }

  net::Executor executor;
  const test::TempFolder& folder;
  net::SystemClock clock;
  std::string log;
  std::shared_ptr<dasd::UringFileSystem> files;
  std::unique_ptr<cf::EmbeddedEngine> engine;
  std::unique_ptr<net::LocalListener> supervisor;
  std::unique_ptr<net::LocalLink> supervisor_link;
  std::unique_ptr<jes::JesService> service;
  std::unique_ptr<net::Scope> running;
};

net::ProcessIdentity gone() { return {4'000'000, 77, net::boot_id()}; }  // above pid_max: nobody

spool::JobOutcome ended_with(std::uint32_t attempt, int cc) {
  spool::JobOutcome outcome;
  outcome.attempt = attempt;
  outcome.cc = outcome.max_cc = cc;
  outcome.time_ms = 1'700'000'000'000;
  return outcome;
}

std::string began(std::uint32_t attempt) {
  spool::StepEvent event;
  event.attempt = attempt;
  event.sequence = 1;
  event.event = spool::EventKind::step_started;
  event.step = 1;
  std::string bytes;
  spool::append_record(bytes, event);
  return bytes;
}

Task<void> a_whole_job(net::Executor executor, const test::TempFolder* folder) {
  Node node(executor, *folder);
  co_await node.start(true);
  const auto job = co_await node.submit();
  BOOST_TEST(job.number == 1u);
  const auto other = co_await node.submit();
  auto link = co_await node.initiator(net::own_identity());
  const auto start = co_await node.expect<jes::StartJob>(link.get());
  BOOST_TEST(start.jobid == "JOB00001");
  BOOST_TEST((start.id == jes::AttemptId{1, 1}));
  const auto stored = node.engine->get(jes::job_key(1));
  BOOST_TEST(net::decode<jes::JobRecord>(stored->value)->attempt == 1u);  // durable before START
  jes::JobEnded ended;
  ended.id = start.id;
  ended.outcome = ended_with(1, 4);
  BOOST_TEST(link->post_message(ended));
  BOOST_TEST(link->post_message(ended));  // repeated, as after a lost answer
  const auto taken = co_await node.expect<jes::OutcomeTaken>(link.get());
  BOOST_TEST((taken.id == start.id));
  const auto next = co_await node.expect<jes::StartJob>(link.get());
  BOOST_TEST(next.id.job == other.number);
  const auto first = co_await node.wait_for(1, JobState::ended);
  BOOST_TEST(jes::retcode_text(first) == "CC 0004");
  BOOST_TEST(!node.engine->get(jes::job_key(1)).has_value());
  const auto view = jes::view_job(first, node.service->spool());
  BOOST_TEST(view.steps.size() == 2u);
  co_await node.stop();
}

Task<void> an_initiator_that_dies_before_it_begins(net::Executor executor, const test::TempFolder* folder) {
  Node node(executor, *folder);
  co_await node.start(true);
  co_await node.submit();
  auto link = co_await node.initiator(gone());
  const auto start = co_await node.expect<jes::StartJob>(link.get());
  link->close();
  jes::InitiatorDied died;
  died.initiator.initiator = 1;
  died.initiator.pid = gone().pid;
  died.initiator.running = start.id;
  died.how = "signal 9";
  BOOST_TEST(node.supervisor_link->post_message(died));
  const auto settled = co_await node.expect<jes::AttemptSettled>(node.supervisor_link.get());
  BOOST_TEST((settled.id == start.id));
  auto again = co_await node.initiator(net::own_identity());
  const auto second = co_await node.expect<jes::StartJob>(again.get());
  BOOST_TEST((second.id == jes::AttemptId{1, 2}));
  co_await node.stop();
}

Task<void> an_initiator_that_refuses(net::Executor executor, const test::TempFolder* folder) {
  Node node(executor, *folder);
  co_await node.start(true);
  co_await node.submit();
  auto link = co_await node.initiator(net::own_identity());
  const auto start = co_await node.expect<jes::StartJob>(link.get());
  jes::Refused refused;
  refused.id = start.id;
  refused.reason = "it is ending";
  BOOST_TEST(link->post_message(refused));
  const auto waiting = co_await node.wait_for(1, JobState::queued);
  BOOST_TEST(waiting.reason.find("it is ending") != std::string::npos);
  auto again = co_await node.initiator(net::own_identity());
  const auto second = co_await node.expect<jes::StartJob>(again.get());
  BOOST_TEST((second.id == jes::AttemptId{1, 2}));
  co_await node.stop();
}

Task<void> an_initiator_that_dies_in_a_step(net::Executor executor, const test::TempFolder* folder) {
  Node node(executor, *folder);
  co_await node.start(true);
  co_await node.submit();
  auto link = co_await node.initiator(gone());
  const auto start = co_await node.expect<jes::StartJob>(link.get());
  node.append(1, began(1));
  link->close();
  jes::InitiatorDied died;
  died.initiator.initiator = 1;
  died.initiator.pid = gone().pid;
  died.initiator.running = start.id;
  died.how = "signal 9";
  died.processes_ended = 2;
  BOOST_TEST(node.supervisor_link->post_message(died));
  const auto job = co_await node.wait_for(1, JobState::in_doubt);
  BOOST_TEST(job.reason.find("signal 9") != std::string::npos);
  BOOST_TEST(job.reason.find("step 1") != std::string::npos);
  BOOST_TEST(job.reason.find("2 of its processes") != std::string::npos);
  const auto settled = co_await node.expect<jes::AttemptSettled>(node.supervisor_link.get());
  BOOST_TEST((settled.id == start.id));
  // Nothing runs it again; the operator closes it.
  auto again = co_await node.initiator(net::own_identity());
  const auto closed = co_await node.service->cancel(1, false, false, "operator");
  BOOST_TEST(closed.ok());
  BOOST_TEST(jes::retcode_text(*closed) == "IN DOUBT");
  co_await node.stop();
}

// First life: the job is granted to an initiator that then dies with the daemon. Second life: what the job file proves.
Task<void> first_life(net::Executor executor, const test::TempFolder* folder, std::string record,
                      net::ProcessIdentity identity) {
  Node node(executor, *folder);
  co_await node.start(true);
  co_await node.submit();
  auto link = co_await node.initiator(identity);
  const auto start = co_await node.expect<jes::StartJob>(link.get());
  BOOST_TEST(start.id.attempt == 1u);
  if (!record.empty()) node.append(1, record);
  co_await node.stop();
}

Task<void> second_life(net::Executor executor, const test::TempFolder* folder, JobState expected, std::string reason) {
  Node node(executor, *folder);
  co_await node.start(false);
  if (expected == JobState::in_doubt && reason.find("restarted") == std::string::npos) {
    // Nobody reports the attempt: the supervisor is asked to look for its processes and end them.
    const auto find = co_await node.expect<jes::FindAttempt>(node.supervisor_link.get());
    BOOST_TEST(find.end_them);
    jes::AttemptFound found;
    found.id = find.id;
    found.processes = 1;
    BOOST_TEST(node.supervisor_link->post_message(found));
  }
  const auto job = co_await node.wait_for(1, expected);
  BOOST_TEST(job.reason.find(reason) != std::string::npos, job.reason);
  if (expected == JobState::ended) BOOST_TEST(jes::retcode_text(job) == "CC 0008");
  co_await node.stop();
}

Task<void> refusals(net::Executor executor, const test::TempFolder* folder) {
  Node node(executor, *folder);
  co_await node.start(true);
  const auto none = co_await node.service->cancel(9, false, false, "x");
  BOOST_TEST((none.error().code == net::Errc::not_found));
  co_await node.submit();
  const auto early = co_await node.service->purge(1);
  BOOST_TEST(!early.ok());
  const auto held = co_await node.service->hold(1);
  BOOST_TEST(held->held);
  const auto twice = co_await node.service->hold(1);
  BOOST_TEST((twice.error().code == net::Errc::conflict));
  const auto cancelled = co_await node.service->cancel(1, false, false, "tester");
  BOOST_TEST(jes::retcode_text(*cancelled) == "CANCELED");
  const auto purged = co_await node.service->purge(1);
  BOOST_TEST(purged.ok());
  const auto found = co_await node.service->find(1);
  BOOST_TEST(!found.ok());
  BOOST_TEST(!std::filesystem::exists(node.service->spool().job_file(1)));
  jcl::JobDeck big;
  big.text.assign(node.service->options().input_bytes_max + 1, ' ');
  jes::Submitter submitter;
  const auto large = co_await node.service->submit(std::move(big), std::move(submitter));
  BOOST_TEST((large.error().code == net::Errc::too_large));
  co_await node.stop();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jes_service)

BOOST_AUTO_TEST_CASE(a_job_is_granted_durably_then_started_and_ends_once) {
  test::TempFolder folder;
  test::co_test([&](net::Executor executor) { return a_whole_job(executor, &folder); });
}

BOOST_AUTO_TEST_CASE(an_attempt_that_never_began_is_queued_again_under_the_next_number) {
  test::TempFolder folder;
  test::co_test([&](net::Executor executor) { return an_initiator_that_dies_before_it_begins(executor, &folder); });
}

BOOST_AUTO_TEST_CASE(a_refused_start_is_queued_again_and_told_to_nobody_at_once) {
  test::TempFolder folder;
  test::co_test([&](net::Executor executor) { return an_initiator_that_refuses(executor, &folder); });
}

BOOST_AUTO_TEST_CASE(an_attempt_that_began_and_has_no_outcome_is_in_doubt_with_the_reason) {
  test::TempFolder folder;
  test::co_test([&](net::Executor executor) { return an_initiator_that_dies_in_a_step(executor, &folder); });
}

BOOST_AUTO_TEST_CASE(a_restart_takes_the_outcome_that_waits_in_the_job_file) {
  test::TempFolder folder;
  std::string record = began(1);
  spool::append_record(record, ended_with(1, 8));
  test::co_test([&](net::Executor executor) { return first_life(executor, &folder, record, gone()); });
  test::co_test([&](net::Executor executor) { return second_life(executor, &folder, JobState::ended, ""); });
}

BOOST_AUTO_TEST_CASE(a_restart_puts_a_begun_attempt_of_a_dead_initiator_in_doubt) {
  test::TempFolder folder;
  test::co_test([&](net::Executor executor) { return first_life(executor, &folder, began(1), gone()); });
  test::co_test([&](net::Executor executor) {
    return second_life(executor, &folder, JobState::in_doubt, "ended while the daemon was down");
  });
}

BOOST_AUTO_TEST_CASE(a_restart_queues_an_attempt_again_that_never_began) {
  test::TempFolder folder;
  test::co_test([&](net::Executor executor) { return first_life(executor, &folder, "", gone()); });
  test::co_test(
      [&](net::Executor executor) { return second_life(executor, &folder, JobState::queued, "before it began"); });
}

BOOST_AUTO_TEST_CASE(an_attempt_of_another_boot_is_in_doubt_even_without_an_event) {
  test::TempFolder folder;
  auto identity = gone();
  identity.boot_id = "another boot";
  test::co_test([&](net::Executor executor) { return first_life(executor, &folder, "", identity); });
  test::co_test([&](net::Executor executor) {
    return second_life(executor, &folder, JobState::in_doubt, "the system was restarted");
  });
}

BOOST_AUTO_TEST_CASE(what_the_state_does_not_allow_is_refused_and_changes_nothing) {
  test::TempFolder folder;
  test::co_test([&](net::Executor executor) { return refusals(executor, &folder); });
}

BOOST_AUTO_TEST_SUITE_END()
