// The step runner on real processes, inside the test process: it is made a subreaper and has no other children here.
#include "sysplex/jes/step_runner.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sysplex/jes/process_setup.hpp"
#include "test/support/temp_dir.hpp"

using namespace sysplexd;
using namespace sysplexd::jes;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

struct Bench {
  Bench() : rc(::memfd_create("rc", MFD_CLOEXEC)), signals(block_signals({SIGCHLD})), runner(rc.get()) {
    BOOST_REQUIRE(::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
  }
  ~Bench() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGCHLD);
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
  }
  SpawnRequest shell(const std::string& script) const {
    SpawnRequest request;
    request.path = "/bin/bash";
    request.arguments = {"/bin/bash", "-c", script};
    request.environment = {"PATH=/usr/bin:/bin", "SYSPLEXD_RC_FD=3"};
    request.stdout_path = folder / "out";
    request.directory = folder.path();
    return request;
  }
  std::optional<StepResult> start(SpawnRequest request, StepLimitValues limits = {}) {
    return runner.start(std::move(request), std::move(limits), steady_clock::now());
  }
  // The owner's loop, until the step is done; `meanwhile` is asked after each turn.
  void turn_until(const std::function<bool()>& reached) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(60);
    while (!reached()) {
      BOOST_REQUIRE(steady_clock::now() < deadline);
      pollfd polled{signals.get(), POLLIN, 0};
      int wait = 5;  // for what `reached` looks at beside the runner
      if (const auto next = runner.next_tick())
        wait = std::clamp<int>(static_cast<int>(std::chrono::ceil<milliseconds>(*next - steady_clock::now()).count()),
                               0, wait);
      ::poll(&polled, 1, wait);
      char drain[1024];
      while (::read(signals.get(), drain, sizeof drain) > 0) {
      }
      runner.children_changed(steady_clock::now());
      runner.tick(steady_clock::now());
    }
  }
  StepReport finish() {
    turn_until([&] { return runner.done(); });
    return runner.take_report();
  }
  StepReport run(const std::string& script, StepLimitValues limits = {}) {
    const auto failed = start(shell(script), std::move(limits));
    BOOST_REQUIRE(!failed.has_value());
    return finish();
  }
  std::string text(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(folder / name, std::ios::binary).rdbuf();
    return out.str();
  }
  // Waits until the program has written the file, with the runner turning.
  void wait_for_file(const std::string& name) {
    turn_until([&] { return std::filesystem::exists(folder / name) || runner.done(); });
    BOOST_REQUIRE(std::filesystem::exists(folder / name));
  }
  test::TempDir folder;
  net::UniqueFd rc, signals;
  StepRunner runner;
};

bool no_child_is_left() { return ::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(step_runner, Bench)

BOOST_AUTO_TEST_CASE(the_exit_status_is_the_condition_code) {
  BOOST_TEST(run("exit 0").result.cc == 0);
  BOOST_TEST(run("exit 255").result.cc == 255);
  BOOST_TEST(no_child_is_left());
}

BOOST_AUTO_TEST_CASE(a_signal_is_an_abend) {
  BOOST_TEST(run("kill -SEGV $$").result.abend == "S0C4");
  BOOST_TEST(run("kill -KILL $$").result.abend == "U0009");
}

BOOST_AUTO_TEST_CASE(the_return_code_channel_is_read_and_empty_for_the_next_step) {
  auto report = run("echo CC 3000 >&3; echo MSG done >&3; exit 184");
  BOOST_TEST(report.result.cc == 3000);
  BOOST_TEST(report.rc.messages.at(0) == "done");
  BOOST_TEST(run("exit 7").result.cc == 7);
}

BOOST_AUTO_TEST_CASE(a_program_sees_its_four_descriptors_and_default_signals) {
  // Opened without CLOEXEC, as a library might: it must not reach the program.
  const int leaked = ::open("/dev/null", O_RDONLY);
  ::signal(SIGPIPE, SIG_IGN);
  run("ls /proc/self/fd | sort -n | tr '\\n' ' '; grep -E 'Sig(Blk|Ign)' /proc/self/status; ulimit -c; ps -o sid= -p "
      "$$ "
      "| tr -d ' ' > sid; echo $$ > pid");
  ::signal(SIGPIPE, SIG_DFL);
  ::close(leaked);
  // ls opens the folder itself as one more.
  BOOST_TEST(text("out").starts_with("0 1 2 3 4 "), text("out"));
  BOOST_TEST(text("out").find("SigBlk:\t0000000000000000") != std::string::npos);
  BOOST_TEST(text("out").find("SigIgn:\t0000000000000000") != std::string::npos);
  BOOST_TEST(text("out").ends_with("\n0\n"));
  BOOST_TEST(text("sid") == text("pid"));
}

BOOST_AUTO_TEST_CASE(the_environment_is_exactly_what_was_given) {
  SpawnRequest request;
  request.path = "/usr/bin/env";
  request.arguments = {"env"};
  request.environment = {"A=1", "DD_X=/dev/null"};
  request.stdout_path = folder / "out";
  BOOST_REQUIRE(!start(std::move(request)).has_value());
  finish();
  BOOST_TEST(text("out") == "A=1\nDD_X=/dev/null\n");
}

BOOST_AUTO_TEST_CASE(a_failing_exec_is_told_at_once_and_leaves_nothing) {
  SpawnRequest request = shell("");
  request.path = folder / "none";
  BOOST_TEST(start(request)->abend == "S806");
  std::ofstream(folder / "text") << "echo no interpreter named\n";
  request.path = folder / "text";
  BOOST_TEST(start(request)->abend == "S306");
  ::chmod((folder / "text").c_str(), 0755);
  const auto no_format = start(request);
  BOOST_TEST(no_format->abend == "S306");
  BOOST_TEST(no_format->reason.find("#!") != std::string::npos);
  request = shell("exit 0");
  request.stdin_path = folder / "missing";
  BOOST_TEST(start(request)->abend == "S013");
  request = shell("exit 0");
  request.stdout_path = folder / "no/such/folder";
  BOOST_TEST(start(request)->abend == "S013");
  request = shell("exit 0");
  request.directory = folder / "gone";
  BOOST_TEST(start(request)->abend == "S0F9");
  BOOST_TEST(no_child_is_left());
  BOOST_TEST(run("exit 3").result.cc == 3);
}

BOOST_AUTO_TEST_CASE(output_is_byte_exact_and_stderr_shares_its_file_where_it_is_the_same) {
  run("printf 'a\\0b\\377'; printf 'err' >&2; printf 'c'");
  BOOST_TEST(text("out") == std::string("a\0b\377errc", 8));
  auto request = shell("echo out; echo err >&2");
  request.stderr_path = folder / "err";
  BOOST_REQUIRE(!start(std::move(request)).has_value());
  finish();
  BOOST_TEST(text("err") == "err\n");
}

BOOST_AUTO_TEST_CASE(standard_output_on_a_data_set_replaces_it_and_sysout_is_appended_to) {
  std::ofstream(folder / "out") << "old content that is longer\n";
  auto request = shell("echo new");
  request.stdout_truncate = true;
  BOOST_REQUIRE(!start(std::move(request)).has_value());
  finish();
  BOOST_TEST(text("out") == "new\n");
  run("echo more");
  BOOST_TEST(text("out") == "new\nmore\n");
}

BOOST_AUTO_TEST_CASE(a_fifo_with_nobody_at_its_other_end_holds_nobody) {
  BOOST_REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  auto request = shell("cat; exit 6");
  request.stdin_path = folder / "fifo";
  BOOST_REQUIRE(!start(std::move(request)).has_value());
  BOOST_TEST(finish().result.cc == 6);
  request = shell("echo lost");
  request.stdout_path = folder / "fifo";
  BOOST_TEST(start(std::move(request))->abend == "S013");
}

BOOST_AUTO_TEST_CASE(standard_output_blocks_as_a_program_expects) {
  run("awk '/^flags/{print $2}' /proc/self/fdinfo/0 /proc/self/fdinfo/1 /proc/self/fdinfo/2");
  // O_NONBLOCK is 04000; SYSOUT is opened O_APPEND (02000), write only (1).
  BOOST_TEST(text("out") == "0100000\n0102001\n0102001\n");
}

BOOST_AUTO_TEST_CASE(the_steps_user_has_its_rights_alone) {
  if (::geteuid() != 0) return;
  const std::vector<gid_t> groups{65534, 100};
  ::chmod(folder.path().c_str(), 0777);
  auto request = shell("id -u; id -g; id -G; cat /etc/shadow || echo refused");
  request.set_user = true;
  request.uid = request.gid = 65534;
  request.groups = &groups;
  BOOST_REQUIRE(!start(std::move(request)).has_value());
  finish();
  BOOST_TEST(text("out").starts_with("65534\n65534\n65534 100\n"), text("out"));
  BOOST_TEST(text("out").ends_with("refused\n"));
  struct stat status{};
  BOOST_REQUIRE(::stat((folder / "out").c_str(), &status) == 0);
  BOOST_TEST(status.st_uid == 65534u);
  BOOST_TEST((status.st_mode & 0777) == 0600u);
  // And our own are as before.
  BOOST_TEST(::geteuid() == 0u);
}

BOOST_AUTO_TEST_CASE(usage_counts_the_whole_tree) {
  const auto report =
      run("(i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done) & (head -c 1000000 /dev/zero > big); wait");
  BOOST_TEST(report.usage.user_ms + report.usage.system_ms > 20);
  BOOST_TEST(report.usage.write_bytes >= 1'000'000);
  BOOST_TEST(report.usage.read_bytes >= 1'000'000);
  BOOST_TEST(report.usage.max_rss > 500'000);
}

BOOST_AUTO_TEST_CASE(what_ends_by_itself_soon_after_the_main_process_is_waited_for) {
  const auto report = run("(for i in 1 2 3; do echo line $i; done > late; touch done) & exit 4");
  BOOST_TEST(report.result.cc == 4);
  BOOST_TEST(report.left_behind == 0u);
  BOOST_TEST(std::filesystem::exists(folder / "done"));
}

BOOST_AUTO_TEST_CASE(what_the_main_process_leaves_behind_is_ended_and_counted) {
  const auto report = run("sleep 1000 & (setsid sleep 1000 &) ; (trap '' TERM; exec sleep 1000) & exit 0");
  BOOST_TEST(report.result.cc == 0);
  BOOST_TEST(report.left_behind == 3u);
  BOOST_TEST(no_child_is_left());
}

BOOST_AUTO_TEST_CASE(a_cancel_ends_daemons_that_left_session_and_environment) {
  start(
      shell("setsid env -i /bin/sh -c '(sleep 1000 & sleep 1000 & wait) & echo $$ > p1; wait' & "
            "(setsid setsid sleep 1000 &) ; touch ready; sleep 1000"));
  wait_for_file("ready");
  wait_for_file("p1");
  runner.order_end("S222", "cancelled", false, true, steady_clock::now());
  const auto report = finish();
  BOOST_TEST(report.result.abend == "S222");
  BOOST_TEST(report.job_fails);
  BOOST_TEST(no_child_is_left());
}

BOOST_AUTO_TEST_CASE(a_program_may_clean_up_when_it_is_cancelled) {
  start(shell("trap 'echo cleaned > cleaned; exit 0' TERM; touch ready; while :; do sleep 0.01; done"));
  wait_for_file("ready");
  const auto asked = steady_clock::now();
  runner.order_end("S222", "cancelled", false, true, asked);
  const auto report = finish();
  BOOST_TEST(report.result.abend == "S222");
  BOOST_TEST(text("cleaned") == "cleaned\n");
  BOOST_TEST((steady_clock::now() - asked < milliseconds(1900)));
}

BOOST_AUTO_TEST_CASE(who_ignores_sigterm_is_killed_after_two_seconds_and_with_force_at_once) {
  start(shell("trap '' TERM; touch ready; while :; do :; done"));
  wait_for_file("ready");
  auto asked = steady_clock::now();
  runner.order_end("S222", "cancelled", false, true, asked);
  finish();
  BOOST_TEST((steady_clock::now() - asked >= milliseconds(1900)));
  std::filesystem::remove(folder / "ready");
  start(shell("trap '' TERM; touch ready; while :; do :; done"));
  wait_for_file("ready");
  asked = steady_clock::now();
  runner.order_end("S222", "cancelled", true, true, asked);
  finish();
  BOOST_TEST((steady_clock::now() - asked < milliseconds(1500)));
}

BOOST_AUTO_TEST_CASE(a_force_may_follow_a_cancel) {
  start(shell("trap '' TERM; touch ready; while :; do :; done"));
  wait_for_file("ready");
  const auto asked = steady_clock::now();
  runner.order_end("S222", "cancelled", false, true, asked);
  runner.order_end("S222", "forced", true, true, asked);
  const auto report = finish();
  BOOST_TEST(report.result.reason == "cancelled");
  BOOST_TEST((steady_clock::now() - asked < milliseconds(1500)));
}

BOOST_AUTO_TEST_CASE(a_stopped_step_can_be_cancelled) {
  start(shell("touch ready; kill -STOP $$; sleep 1000"));
  wait_for_file("ready");
  runner.order_end("S222", "cancelled", false, true, steady_clock::now());
  BOOST_TEST(finish().result.abend == "S222");
}

BOOST_AUTO_TEST_CASE(a_fork_bomb_ends) {
  // Each generation forks and lets its parent end: nobody stays where it was seen. Bounded, in case we are wrong.
  start(
      shell("f() { [ $1 -gt 4000 ] && exit; f $(($1+1)) & f $(($1+1)) & touch ready; exit; }; trap '' TERM; ulimit -u "
            "400; (f 0 &); sleep 1000"));
  wait_for_file("ready");
  const auto asked = steady_clock::now();
  runner.order_end("S222", "cancelled", true, true, asked);
  finish();
  BOOST_TEST((steady_clock::now() - asked < std::chrono::seconds(20)));
  BOOST_TEST(no_child_is_left());
}

BOOST_AUTO_TEST_CASE(a_tree_that_forks_and_leaves_all_the_time_ends) {
  start(
      shell("trap '' TERM; loop() { while :; do (sleep 0.01 &) ; done; }; loop & (setsid bash -c 'while :; do (sleep "
            "0.01 &); done' &); touch ready; loop"));
  wait_for_file("ready");
  runner.order_end("S222", "cancelled", true, true, steady_clock::now());
  finish();
  BOOST_TEST(no_child_is_left());
}

BOOST_AUTO_TEST_CASE(cpu_time_of_the_whole_tree_is_limited) {
  StepLimitValues limits;
  limits.cpu_ms = 300;
  // Two children share the work, so that no single process comes near the limit of the kernel.
  const auto began = steady_clock::now();
  const auto report = run("(while :; do :; done) & (while :; do :; done) & wait", limits);
  BOOST_TEST(report.result.abend == "S322");
  BOOST_TEST(!report.job_fails);
  BOOST_TEST(report.result.reason.find("TIME of the step") != std::string::npos);
  BOOST_TEST(report.usage.user_ms + report.usage.system_ms > 290);
  BOOST_TEST((steady_clock::now() - began < std::chrono::seconds(20)));
}

BOOST_AUTO_TEST_CASE(what_is_left_of_the_jobs_time_ends_the_job) {
  StepLimitValues limits;
  limits.cpu_ms = 100;
  limits.job_limit = true;
  const auto report = run("while :; do :; done", limits);
  BOOST_TEST(report.result.abend == "S322");
  BOOST_TEST(report.job_fails);
}

BOOST_AUTO_TEST_CASE(a_step_that_only_waits_ends_at_the_wait_limit) {
  StepLimitValues limits;
  limits.wait_ms = 400;
  const auto report = run("sleep 1000", limits);
  BOOST_TEST(report.result.abend == "S522");
  BOOST_TEST(run("i=0; while [ $i -lt 100 ]; do i=$((i+1)); done", limits).result.abend == "");
}

BOOST_AUTO_TEST_CASE(output_is_limited_while_it_is_written_and_at_the_end) {
  StepLimitValues limits;
  limits.output_bytes = 100'000;
  limits.output_now = [this] {
    std::error_code none;
    const auto size = std::filesystem::file_size(folder / "out", none);
    return none ? std::int64_t{0} : static_cast<std::int64_t>(size);
  };
  BOOST_TEST(run("while :; do head -c 100000 /dev/zero; sleep 0.05; done", limits).result.abend == "S722");
  std::filesystem::remove(folder / "out");
  BOOST_TEST(run("head -c 100001 /dev/zero", limits).result.abend == "S722");
  std::filesystem::remove(folder / "out");
  BOOST_TEST(run("head -c 100000 /dev/zero", limits).result.abend == "");
}

BOOST_AUTO_TEST_CASE(a_process_that_cannot_be_killed_is_reported_and_keeps_the_step_busy) {
  // The old freezer holds a process against SIGKILL, as a dead disk does.
  const std::string group = "/sys/fs/cgroup/freezer/sysplexd-test-" + std::to_string(::getpid());
  if (::mkdir(group.c_str(), 0755) != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: no freezer of cgroup v1 here");
    return;
  }
  const auto write = [&](const char* file, const std::string& what) { std::ofstream(group + "/" + file) << what; };
  start(shell("touch ready; sleep 1000"));
  wait_for_file("ready");
  write("cgroup.procs", std::to_string(runner.process().pid));
  write("freezer.state", "FROZEN");
  const auto asked = steady_clock::now();
  runner.order_end("S222", "cancelled", true, true, asked);
  std::vector<std::string> stuck;
  turn_until([&] {
    stuck = runner.take_stuck();
    return !stuck.empty() || runner.done();
  });
  BOOST_TEST(!runner.done());
  BOOST_TEST((steady_clock::now() - asked >= std::chrono::seconds(10)));
  BOOST_REQUIRE(!stuck.empty());
  BOOST_TEST(stuck[0].starts_with(std::to_string(runner.process().pid) + ": state "), stuck[0]);
  write("freezer.state", "THAWED");
  BOOST_TEST(finish().result.abend == "S222");
  ::rmdir(group.c_str());
}

BOOST_AUTO_TEST_CASE(a_stranger_with_the_same_pid_is_not_signalled) {
  start(shell("sleep 1000"));
  auto identity = runner.process();
  BOOST_TEST(net::same_process(identity));
  identity.start_ticks += 1;  // as a process that got the pid later would have
  BOOST_TEST(!net::kill_identified(identity, SIGKILL).ok());
  BOOST_TEST(net::same_process(runner.process()));
  runner.order_end("S222", "", true, true, steady_clock::now());
  finish();
}

BOOST_AUTO_TEST_SUITE_END()
