// The supervisor process with real initiators and jobs; the test is the daemon, and kills what it likes.
#include <fcntl.h>
#include <sys/prctl.h>

#include <algorithm>

#include "sysplex/jes/process_setup.hpp"
#include "sysplex/jes/supervisor_state.hpp"
#include "test/jes/fake_daemon.hpp"

using namespace sysplexd;
using namespace sysplexd::jes;
using namespace sysplexd::test;

namespace {

struct Lab {
  Lab() : daemon(node) {}
  ~Lab() {
    if (supervisor) supervisor->end(SIGKILL);
    // Initiators outlive their supervisor: that is the point. Here they end with the test.
    for (const auto& identity : seen) (void)net::kill_identified(identity, SIGKILL).ok();
    for (const auto& identity : of_this_node()) (void)net::kill_identified(identity, SIGKILL).ok();
  }
  std::vector<net::ProcessIdentity> of_this_node() const {
    std::vector<net::ProcessIdentity> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const auto pid = static_cast<pid_t>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
      if (pid <= 0 || pid == ::getpid()) continue;
      const std::string line = slurp(entry.path().string() + "/cmdline");
      if (line.find(node.mount()) == std::string::npos || line.find("--mount-point") == std::string::npos) continue;
      if (auto identity = net::read_identity(pid)) found.push_back(*identity);
    }
    return found;
  }
  void start_supervisor() {
    supervisor.reset();
    supervisor = std::make_unique<Child>(std::vector<std::string>{"supervisor", "--mount-point", node.mount()});
    connect();
  }
  // As the daemon connects: with retries.
  void connect() {
    control.reset();
    BOOST_REQUIRE(becomes([&] {
      auto link = net::BlockingLink::connect(supervisor_socket(node.mount()), 0ms);
      if (!link) return false;
      control = std::make_unique<Conversation>(std::move(link).value());
      return true;
    }));
  }
  void keep(std::vector<std::uint32_t> initiators) {
    KeepInitiators message;
    message.initiators = std::move(initiators);
    control->send(message);
  }
  Conversation& accept() {
    auto& conversation = daemon.accept();
    seen.push_back({static_cast<pid_t>(daemon.hello.pid), daemon.hello.start_ticks, daemon.hello.boot_id});
    return conversation;
  }
  std::string log() const { return slurp(node / "log/supervisor.log"); }
  // One initiator with a job whose step has started and waits for temp/JOB00001/go.
  StartJob run_a_job(Conversation& link, const std::string& extra = "") {
    node.program(
        "SLOW",
        extra + "touch \"$SYSPLEXD_TEMP/ready\"; while [ ! -e \"$SYSPLEXD_TEMP/go\" ]; do sleep 0.01; done; exit 3");
    const auto start = node.submit(1, "RUN", "//RUN JOB\n//S1 EXEC PGM=SLOW\n");
    link.send(start);
    BOOST_REQUIRE(becomes([&] { return std::filesystem::exists(node / "temp/JOB00001/ready"); }));
    return start;
  }
  void let_go() { std::ofstream(node / "temp/JOB00001/go") << ""; }

  Node node;
  FakeDaemon daemon;
  std::unique_ptr<Child> supervisor;
  std::unique_ptr<Conversation> control;
  std::vector<net::ProcessIdentity> seen;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(supervisor_process, Lab)

BOOST_AUTO_TEST_CASE(it_says_its_state_and_starts_the_initiators_that_are_named) {
  start_supervisor();
  const auto state = control->receive<SupervisorState>();
  BOOST_REQUIRE(state.has_value());
  BOOST_TEST(state->pid == supervisor->pid());
  BOOST_TEST(state->initiators.empty());
  keep({1, 2, 5});
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < 3; ++i) {
    accept();
    ids.push_back(daemon.hello.initiator);
  }
  std::sort(ids.begin(), ids.end());
  BOOST_TEST(ids == (std::vector<std::uint32_t>{1, 2, 5}), boost::test_tools::per_element());
  std::optional<SupervisorState> last;
  while (auto next = control->receive<SupervisorState>(last && last->initiators.size() == 3 ? 0ms : 5000ms))
    last = next;
  BOOST_REQUIRE(last.has_value());
  BOOST_TEST(last->initiators.size() == 3u);
}

BOOST_AUTO_TEST_CASE(one_that_dies_idle_is_started_again) {
  start_supervisor();
  keep({1});
  accept();
  const auto first = seen.back();
  BOOST_REQUIRE(net::kill_identified(first, SIGKILL).ok());
  accept();
  BOOST_TEST((seen.back() != first));
  BOOST_TEST(!control->receive<InitiatorDied>(100ms).has_value());
}

BOOST_AUTO_TEST_CASE(one_that_dies_at_once_again_and_again_is_started_more_and_more_slowly) {
  // Its number is taken: it ends at once.
  const auto lock = take_process_lock(node / "run/initiator-1.lock");
  BOOST_REQUIRE(lock.ok());
  BOOST_REQUIRE(jes::start_supervisor(own_binary(), node.mount()).ok());
  connect();
  keep({1});
  BOOST_REQUIRE(becomes([&] { return log().find("NEXT TRY IN 400 MS") != std::string::npos; }));
  const auto text = log();
  std::size_t starts = 0;
  for (auto at = text.find("STARTED AS PROCESS"); at != std::string::npos; at = text.find("STARTED AS PROCESS", at + 1))
    ++starts;
  BOOST_TEST(starts <= 4u);
}

BOOST_AUTO_TEST_CASE(an_initiator_that_dies_with_a_job_is_reported_when_all_its_processes_are_gone) {
  start_supervisor();
  keep({1});
  auto& link = accept();
  // A daemon in another session, and one without our mark in its environment.
  const auto start = run_a_job(link,
                               "(setsid sleep 1000 &); (env -i setsid bash -c 'trap \"\" TERM; sleep 1000 & sleep "
                               "1000' & echo $! > \"$SYSPLEXD_TEMP/clean\"); ");
  BOOST_TEST(node.processes_of(1) >= 2u);
  const auto initiator = seen.back();
  const auto tree = net::Descendants::of(initiator.pid);
  BOOST_REQUIRE(net::kill_identified(initiator, SIGKILL).ok());
  const auto died = control->receive<InitiatorDied>();
  BOOST_REQUIRE(died.has_value());
  BOOST_TEST((died->initiator.running == start.id));
  BOOST_TEST(died->initiator.pid == initiator.pid);
  BOOST_TEST(died->how == "signal 9");
  BOOST_TEST(died->processes_ended >= 3u);
  BOOST_TEST(node.processes_of(1) == 0u);
  for (const auto& identity : tree) BOOST_TEST(!net::same_process(identity));
  // Another one takes its number meanwhile, and is idle.
  accept();
  BOOST_TEST(daemon.hello.running.attempt == 0u);
  // It is told on each connection until it is settled.
  connect();
  BOOST_TEST(control->receive<InitiatorDied>().has_value());
  supervisor->end(SIGKILL);
  start_supervisor();
  BOOST_TEST(control->receive<InitiatorDied>().has_value());
  AttemptSettled settled;
  settled.id = start.id;
  control->send(settled);
  BOOST_TEST(becomes([&] { return read_supervisor_record(node / "run/supervisor.state")->deaths.empty(); }));
  connect();
  BOOST_TEST(!control->receive<InitiatorDied>(100ms).has_value());
}

BOOST_AUTO_TEST_CASE(a_job_survives_the_supervisor_and_the_next_one_adopts_its_initiator) {
  start_supervisor();
  keep({1, 2});
  Conversation* links[2] = {&accept(), nullptr};
  links[1] = &accept();
  const auto start = run_a_job(*links[0]);
  const auto step = links[0]->receive<JobEvent>();
  BOOST_REQUIRE(step.has_value());
  supervisor->end(SIGKILL);
  start_supervisor();
  const auto state = control->receive<SupervisorState>();
  BOOST_REQUIRE(state.has_value());
  BOOST_REQUIRE(state->initiators.size() == 2u);
  for (const auto& hello : state->initiators) {
    const bool known = std::any_of(seen.begin(), seen.end(), [&](const auto& identity) {
      return identity.pid == hello.pid && identity.start_ticks == hello.start_ticks;
    });
    BOOST_TEST(known);
  }
  // Nobody is started beside them, though the daemon says again what it wants.
  keep({1, 2});
  let_go();
  const auto ended = links[0]->receive<JobEnded>();
  BOOST_REQUIRE(ended.has_value());
  BOOST_TEST(ended->outcome.max_cc == 3);
  BOOST_TEST((ended->id == start.id));
  // No second process of a number: the supervisor and its two.
  BOOST_TEST(of_this_node().size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_initiator_that_dies_while_no_supervisor_lives_is_found_out) {
  start_supervisor();
  keep({1});
  auto& link = accept();
  const auto start = run_a_job(link, "(setsid sleep 1000 &); ");
  // The supervisor has written who runs what.
  BOOST_REQUIRE(becomes([&] {
    const auto record = read_supervisor_record(node / "run/supervisor.state");
    return record.ok() && !record->initiators.empty() && record->initiators[0].running == start.id;
  }));
  supervisor->end(SIGKILL);
  BOOST_REQUIRE(net::kill_identified(seen.back(), SIGKILL).ok());
  start_supervisor();
  const auto died = control->receive<InitiatorDied>();
  BOOST_REQUIRE(died.has_value());
  BOOST_TEST((died->initiator.running == start.id));
  BOOST_TEST(died->processes_ended >= 2u);
  BOOST_TEST(node.processes_of(1) == 0u);
  accept();  // and it keeps the set that it was told before
  BOOST_TEST(daemon.hello.initiator == 1u);
}

BOOST_AUTO_TEST_CASE(an_adopted_initiator_that_dies_with_a_job_is_reported_too) {
  start_supervisor();
  keep({1});
  auto& link = accept();
  const auto start = run_a_job(link, "(setsid sleep 1000 &); ");
  supervisor->end(SIGKILL);
  start_supervisor();
  BOOST_REQUIRE(control->receive<SupervisorState>().has_value());
  BOOST_REQUIRE(net::kill_identified(seen.back(), SIGKILL).ok());
  const auto died = control->receive<InitiatorDied>();
  BOOST_REQUIRE(died.has_value());
  BOOST_TEST((died->initiator.running == start.id));
  BOOST_TEST(died->processes_ended >= 2u);
  BOOST_TEST(node.processes_of(1) == 0u);
}

BOOST_AUTO_TEST_CASE(without_its_state_initiators_are_adopted_as_they_connect) {
  start_supervisor();
  keep({1});
  auto& link = accept();
  run_a_job(link);
  supervisor->end(SIGKILL);
  std::ofstream(node / "run/supervisor.state", std::ios::trunc) << "rubbish";
  start_supervisor();
  // Its hello says what it runs.
  BOOST_TEST(becomes([&] {
    const auto state = control->receive<SupervisorState>();
    return state && state->initiators.size() == 1 && state->initiators[0].pid == seen.back().pid &&
           state->initiators[0].running.job == 1;
  }));
  let_go();
  BOOST_TEST(link.receive<JobEnded>()->outcome.max_cc == 3);
}

BOOST_AUTO_TEST_CASE(an_initiator_that_is_named_no_more_ends_after_its_job) {
  start_supervisor();
  keep({1});
  auto& link = accept();
  const auto start = run_a_job(link);
  keep({});
  BOOST_TEST(!becomes([&] { return !net::same_process(seen.back()); }, 200ms));
  let_go();
  BOOST_REQUIRE(link.receive<JobEnded>().has_value());
  BOOST_TEST(!becomes([&] { return !net::same_process(seen.back()); }, 200ms));
  OutcomeTaken taken;
  taken.id = start.id;
  link.send(taken);
  BOOST_TEST(becomes([&] { return !net::same_process(seen.back()); }));
  BOOST_TEST(!control->receive<InitiatorDied>(50ms).has_value());
  keep({1});
  accept();
  BOOST_TEST(daemon.hello.initiator == 1u);
}

BOOST_AUTO_TEST_CASE(it_stops_when_the_last_initiator_is_idle) {
  start_supervisor();
  keep({1, 2});
  accept();
  auto& link = accept();
  const auto start = run_a_job(link);
  StopWhenIdle stop;
  control->send(stop);
  BOOST_TEST(!supervisor->ended(200ms).has_value());
  let_go();
  BOOST_REQUIRE(link.receive<JobEnded>().has_value());
  OutcomeTaken taken;
  taken.id = start.id;
  link.send(taken);
  const auto status = supervisor->ended();
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST(WEXITSTATUS(*status) == 0);
  BOOST_TEST(of_this_node().empty());
}

BOOST_AUTO_TEST_CASE(sigterm_ends_it_alone) {
  start_supervisor();
  keep({1});
  auto& link = accept();
  run_a_job(link);
  supervisor->signal(SIGTERM);
  const auto status = supervisor->ended();
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST(WEXITSTATUS(*status) == 0);
  BOOST_TEST(net::same_process(seen.back()));
  start_supervisor();
  const auto state = control->receive<SupervisorState>();
  BOOST_TEST(state->initiators.size() == 1u);
  BOOST_TEST((state->initiators.at(0).running == AttemptId{1, 1}));
  let_go();
  BOOST_TEST(link.receive<JobEnded>()->outcome.max_cc == 3);
}

BOOST_AUTO_TEST_CASE(an_attempt_is_found_by_its_cookie_and_ended_when_asked) {
  start_supervisor();
  const AttemptId id{4, 2};
  const std::string cookie = "SYSPLEXD_COOKIE=" + attempt_cookie(id, node.mount());
  std::string path = "/bin/sleep", seconds = "1000";
  char* arguments[] = {path.data(), seconds.data(), nullptr};
  std::string entry = cookie;
  char* environment[] = {entry.data(), nullptr};
  pid_t pid = 0;
  BOOST_REQUIRE(::posix_spawn(&pid, path.c_str(), nullptr, nullptr, arguments, environment) == 0);
  FindAttempt find;
  find.id = id;
  control->send(find);
  auto found = control->receive<AttemptFound>();
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->processes == 1u);
  find.end_them = true;
  control->send(find);
  found = control->receive<AttemptFound>();
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->processes == 1u);
  int status = 0;
  BOOST_TEST(::waitpid(pid, &status, 0) == pid);
  BOOST_TEST(WTERMSIG(status) == SIGKILL);
  find.id = {5, 1};
  control->send(find);
  BOOST_TEST(control->receive<AttemptFound>()->processes == 0u);
}

BOOST_AUTO_TEST_CASE(a_hello_with_another_process_identity_is_refused) {
  start_supervisor();
  auto fake = net::BlockingLink::connect(supervisor_socket(node.mount()), 1000ms);
  BOOST_REQUIRE(fake.ok());
  Conversation liar(std::move(fake).value());
  InitiatorHello hello;
  hello.initiator = 1;
  hello.pid = supervisor->pid();  // lives, but it is not who connected
  hello.start_ticks = supervisor->identity.start_ticks;
  hello.boot_id = net::boot_id();
  hello.running = {1, 1};
  liar.send(hello);
  BOOST_TEST(!liar.receive<EndWhenIdle>(2000ms).has_value());
  BOOST_TEST(!liar.link().is_open());
  connect();
  BOOST_TEST(control->receive<SupervisorState>()->initiators.empty());
  BOOST_TEST(net::same_process(supervisor->identity));
}

BOOST_AUTO_TEST_CASE(garbage_costs_the_connection_alone) {
  start_supervisor();
  auto other = net::BlockingLink::connect(supervisor_socket(node.mount()), 1000ms);
  BOOST_REQUIRE(other.ok());
  (void)other->send(std::string(100'000, 'z'), 1000ms).ok();
  BOOST_TEST(becomes([&] {
    auto frame = other->next();
    return !frame.ok();
  }));
  keep({1});
  accept();
  BOOST_TEST(net::same_process(supervisor->identity));
}

BOOST_AUTO_TEST_CASE(it_is_started_for_good_and_a_second_one_leaves) {
  // Another test of this process may have made it a subreaper, to which the supervisor would fall as a child.
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  // A descriptor without CLOEXEC and a blocked signal, as a caller may have: nothing of it reaches the supervisor.
  const int leaked = ::open("/dev/null", O_RDONLY);
  BOOST_REQUIRE(jes::start_supervisor(own_binary(), node.mount()).ok());
  BOOST_REQUIRE(jes::start_supervisor(own_binary(), node.mount()).ok());
  ::close(leaked);
  connect();
  const auto state = control->receive<SupervisorState>();
  BOOST_REQUIRE(state.has_value());
  const auto pid = static_cast<pid_t>(state->pid);
  BOOST_TEST(::getsid(pid) == pid);
  BOOST_TEST((::waitpid(pid, nullptr, WNOHANG) < 0 && errno == ECHILD));
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry, gone).string();
    const int number = std::atoi(entry.path().filename().c_str());
    if (number == 0) BOOST_TEST(target == "/dev/null");
    if (number == 1 || number == 2) BOOST_TEST(target == node / "log/supervisor.log");
    if (number > 2) BOOST_TEST(target != "/dev/null");
  }
  BOOST_TEST(becomes([&] { return log().find("UNV2421I") != std::string::npos; }));
  BOOST_TEST(becomes([&] { return of_this_node().size() == 1; }));
  const auto failed = jes::start_supervisor(node / "no-binary", node.mount());
  BOOST_REQUIRE(!failed.ok());
  BOOST_TEST(failed.error().text.find("no-binary") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
