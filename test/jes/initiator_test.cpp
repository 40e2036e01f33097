// Whole jobs in a real initiator process; the test is the daemon.
#include <fcntl.h>
#include <pwd.h>
#include <sys/mount.h>

#include <set>

#include "test/jes/fake_daemon.hpp"

using namespace sysplexd;
using namespace sysplexd::jes;
using namespace sysplexd::test;
using spool::EventKind;
using spool::RecordKind;

namespace {

struct Lab {
  Lab() : daemon(node), initiator(initiator_arguments(node, 1)), link(&daemon.accept()) {}
  // Runs it to its end and takes the outcome.
  spool::JobOutcome run(const StartJob& start) {
    link->send(start);
    return finish(start.id);
  }
  spool::JobOutcome finish(const AttemptId& id) {
    const auto ended = link->receive<JobEnded>();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST((ended->id == id));
    OutcomeTaken taken;
    taken.id = id;
    link->send(taken);
    return ended->outcome;
  }
  std::vector<spool::StepEvent> events() {
    std::vector<spool::StepEvent> all;
    while (auto event = link->receive<JobEvent>(0ms)) all.push_back(event->event);
    return all;
  }
  // The started event of the step that runs.
  spool::StepEvent wait_for_step(int step) {
    for (;;) {
      const auto event = link->receive<JobEvent>();
      BOOST_REQUIRE(event.has_value());
      if (event->event.event == EventKind::step_started && event->event.step == step) return event->event;
    }
  }
  bool log_has(std::uint64_t job, const std::string& text) {
    return node.text(job, RecordKind::jesmsglg).find(text) != std::string::npos;
  }
  bool messages_have(std::uint64_t job, const std::string& text) {
    return node.text(job, RecordKind::jesysmsg).find(text) != std::string::npos;
  }

  Node node;
  FakeDaemon daemon;
  Child initiator;
  Conversation* link;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(initiator, Lab)

BOOST_AUTO_TEST_CASE(it_says_who_it_is) {
  BOOST_TEST(daemon.hello.initiator == 1u);
  BOOST_TEST(daemon.hello.pid == initiator.identity.pid);
  BOOST_TEST(daemon.hello.start_ticks == initiator.identity.start_ticks);
  BOOST_TEST(daemon.hello.boot_id == net::boot_id());
  BOOST_TEST(daemon.hello.running.attempt == 0u);
}

BOOST_AUTO_TEST_CASE(six_steps_run_in_order_and_all_of_it_is_told) {
  for (int i = 1; i <= 5; ++i)
    node.program("PROG" + std::to_string(i),
                 "echo step " + std::to_string(i) + " $SYSPLEXD_STEP; exit " + std::to_string(i % 3));
  const auto start = node.submit(1, "SIX",
                                 "//SIX      JOB (1),'TEST',CLASS=A\n"
                                 "//S1       EXEC PGM=PROG1\n"
                                 "//SYSPRINT DD SYSOUT=*\n"
                                 "//S2       EXEC PGM=PROG2\n"
                                 "//S3       EXEC PGM=PROG3\n"
                                 "//S4       EXEC PGM=IEFBR14\n"
                                 "//S5       EXEC PGM=PROG4\n"
                                 "//S6       EXEC PGM=PROG5\n"
                                 "//SYSPRINT DD SYSOUT=*\n");
  const auto outcome = run(start);
  BOOST_TEST(outcome.max_cc == 2);
  BOOST_TEST(outcome.cc == 2);
  BOOST_TEST(outcome.abend == "");
  BOOST_TEST(!outcome.cancelled);
  BOOST_TEST(!outcome.jcl_error);
  BOOST_TEST(outcome.reason == "");

  const auto told = events();
  BOOST_REQUIRE(told.size() == 13u);
  BOOST_TEST((told[0].event == EventKind::job_started));
  std::uint32_t sequence = 0;
  const int codes[] = {1, 2, 0, 0, 1, 2};
  for (const auto& event : told) BOOST_TEST(event.sequence == ++sequence);
  for (int i = 0; i < 6; ++i) {
    const auto& began = told[static_cast<std::size_t>(1 + 2 * i)];
    const auto& ended = told[static_cast<std::size_t>(2 + 2 * i)];
    BOOST_TEST(
        (began.event == EventKind::step_started && began.step == i + 1 && began.pid > 0 && began.start_ticks > 0));
    BOOST_TEST((ended.event == EventKind::step_ended && ended.step == i + 1));
    BOOST_TEST(ended.cc == codes[i]);
  }
  // The job file holds the same.
  const auto summary = spool::read_summary(start.job_file);
  BOOST_REQUIRE(summary.ok());
  BOOST_TEST(summary->events.size() == 13u);
  BOOST_TEST(summary->outcome->max_cc == 2);

  BOOST_TEST(node.sysout(1, 1, "SYSPRINT") == "step 1 S1\n");
  BOOST_TEST(node.sysout(1, 6, "SYSPRINT") == "step 5 S6\n");
  BOOST_TEST(node.sysout(1, 2, "STDOUT") == "step 2 S2\n");
  std::set<std::string> names;
  for (const auto& file : outcome.files)
    names.insert(file.ddname + "/" + file.step + "/" + std::to_string(file.bytes > 0));
  BOOST_TEST(names.contains("JESMSGLG/JES2/1"));
  BOOST_TEST(names.contains("JESYSMSG/JES2/1"));
  BOOST_TEST(names.contains("SYSPRINT/S1/1"));
  BOOST_TEST(names.contains("STDOUT/S2/1"));
  // Step 4 wrote nothing: no file for it.
  BOOST_TEST(!names.contains("STDOUT/S4/0"));
  BOOST_TEST(!std::filesystem::exists(node.spool.sysout_file(1, 4, "STDOUT")));
  for (const auto& file : outcome.files)
    if (file.id == spool::jesmsglg_id) BOOST_TEST(file.bytes == node.text(1, RecordKind::jesmsglg).size());

  const auto log = node.text(1, RecordKind::jesmsglg);
  BOOST_TEST(log.find("BANNER\n") == 0u);
  for (const char* text :
       {"JOB00001  $HASP373 SIX      STARTED - INIT 1 - CLASS A - SYS SYS1\n", "IEF403I SIX - STARTED - TIME=",
        "IEF404I SIX - ENDED - TIME=", "$HASP395 SIX      ENDED - RC=0002\n", "JES2 JOB STATISTICS"})
    BOOST_TEST(log.find(text) != std::string::npos, text);
  for (const char* text : {"IEF142I SIX S2 - STEP WAS EXECUTED - COND CODE 0002\n", "IEF373I STEP/S1      /START ",
                           "IEF032I STEP/S6      /STOP  ", "IEF033I  JOB/SIX     /STOP  "})
    BOOST_TEST(messages_have(1, text), text);
  BOOST_TEST(std::filesystem::is_empty(node / "temp"));
}

BOOST_AUTO_TEST_CASE(jobs_follow_one_another_in_one_process) {
  for (std::uint64_t number = 1; number <= 5; ++number)
    BOOST_TEST(run(node.submit(number, "J", "//J JOB\n//S EXEC PGM=IEFBR14\n")).max_cc == 0);
  BOOST_TEST(net::same_process(initiator.identity));
}

BOOST_AUTO_TEST_CASE(after_an_abend_only_even_and_only_steps_run) {
  node.program("CRASH", "kill -SEGV $$");
  node.program("OK", "exit 0");
  const auto outcome = run(node.submit(1, "AB",
                                       "//AB JOB\n//S1 EXEC PGM=CRASH\n//S2 EXEC PGM=OK\n//S3 EXEC PGM=OK,COND=EVEN\n"
                                       "//S4 EXEC PGM=OK,COND=ONLY\n"));
  BOOST_TEST(outcome.abend == "S0C4");
  BOOST_TEST(outcome.reason.find("S1") != std::string::npos);
  BOOST_TEST(outcome.reason.find("SIGSEGV") != std::string::npos);
  std::string states;
  for (const auto& event : events()) {
    if (event.event == EventKind::step_ended)
      states += std::to_string(event.step) + (event.abend.empty() ? "ok " : event.abend + " ");
    if (event.event == EventKind::step_not_run) states += std::to_string(event.step) + "flushed ";
  }
  BOOST_TEST(states == "1S0C4 2flushed 3ok 4ok ");
  BOOST_TEST(log_has(1, "IEF450I AB S1 - ABEND=S0C4 U0000 REASON=00000000 TIME="));
  BOOST_TEST(messages_have(1, "IEF472I AB S1 - COMPLETION CODE - SYSTEM=0C4 USER=0000 REASON=00000000"));
  BOOST_TEST(messages_have(1, "IEF272I AB S2 - STEP WAS NOT EXECUTED."));
  BOOST_TEST(log_has(1, "$HASP395 AB       ENDED - ABEND=S0C4"));
}

BOOST_AUTO_TEST_CASE(a_condition_passes_a_step_over_and_says_why) {
  node.program("EIGHT", "exit 8");
  const auto outcome = run(node.submit(
      1, "CO", "//CO JOB\n//S1 EXEC PGM=EIGHT\n//S2 EXEC PGM=IEFBR14,COND=(4,LT)\n//S3 EXEC PGM=IEFBR14\n"));
  BOOST_TEST(outcome.max_cc == 8);
  BOOST_TEST(messages_have(1, "IEF202I CO S2 - STEP WAS NOT RUN BECAUSE OF CONDITION CODES"));
  for (const auto& event : events())
    if (event.event == EventKind::step_not_run)
      BOOST_TEST((event.step == 2 && event.by_condition && !event.reason.empty()));
}

BOOST_AUTO_TEST_CASE(output_goes_to_each_dd_byte_for_byte) {
  node.program(
      "WRITER",
      "printf 'to stdout\\0\\377'; printf 'to stderr' >&2; printf 'to report' > \"$DD_REPORT\"; cat; echo parm $1 $2");
  const auto outcome =
      run(node.submit(1, "OUT",
                      "//OUT JOB\n//S1 EXEC PGM=WRITER,PARM='one two'\n//SYSPRINT DD SYSOUT=*\n//REPORT DD SYSOUT=B\n"
                      "//UNUSED DD SYSOUT=A\n//STDERR DD SYSOUT=A\n//SYSIN DD *\ninput line\n/*\n"));
  BOOST_TEST(outcome.max_cc == 0);
  BOOST_TEST(node.sysout(1, 1, "SYSPRINT") == std::string("to stdout\0\377input line\nparm one two\n", 35),
             node.sysout(1, 1, "SYSPRINT"));
  BOOST_TEST(node.sysout(1, 1, "REPORT") == "to report");
  BOOST_TEST(node.sysout(1, 1, "STDERR") == "to stderr");
  BOOST_TEST(!std::filesystem::exists(node.spool.sysout_file(1, 1, "UNUSED")));
  bool found = false;
  for (const auto& file : outcome.files)
    if (file.ddname == "REPORT")
      found = file.sysout_class == "B" && file.bytes == 9 && file.name == "JOB00001.S1.REPORT";
  BOOST_TEST(found);
}

BOOST_AUTO_TEST_CASE(a_program_sees_the_job_in_its_environment) {
  node.program("ENV", "env | sort; pwd");
  run(node.submit(1, "EV", "//EV JOB\n//STEPX EXEC PGM=ENV,PARM='A=B'\n//SYSPRINT DD SYSOUT=*\n//IN DD DUMMY\n"));
  const auto text = node.sysout(1, 1, "SYSPRINT");
  for (const std::string line :
       {std::string("DD_IN=/dev/null"), std::string("LANG=C.UTF-8"), std::string("SYSPLEXD_JOBID=JOB00001"),
        std::string("SYSPLEXD_JOBNAME=EV"), std::string("SYSPLEXD_PARM=A=B"), std::string("SYSPLEXD_RC_FD=3"),
        std::string("SYSPLEXD_STEP=STEPX"), "SYSPLEXD_DASD=" + (node / "dasd"),
        "SYSPLEXD_LIBRARIES=" + (node / "linklib"), "SYSPLEXD_TEMP=" + (node / "temp/JOB00001"),
        "SYSPLEXD_COOKIE=" + attempt_cookie({1, 1}, node.mount()), node / "temp/JOB00001"})
    BOOST_TEST(text.find(line + "\n") != std::string::npos, line << " is not in " << text);
}

BOOST_AUTO_TEST_CASE(a_parm_may_come_from_a_dd) {
  node.program("ARGS", "printf '[%s]' \"$@\"; echo \"$SYSPLEXD_PARM\"");
  run(node.submit(
      1, "PD",
      "//PD JOB\n//S1 EXEC PGM=ARGS,PARMDD=WORDS\n//SYSPRINT DD SYSOUT=*\n//WORDS DD *\none 'two \nthree'\n/*\n"));
  BOOST_TEST(node.sysout(1, 1, "SYSPRINT") == "[one][twothree]one 'twothree'\n", node.sysout(1, 1, "SYSPRINT"));
}

BOOST_AUTO_TEST_CASE(a_missing_program_is_s806_and_one_that_may_not_run_s306) {
  std::ofstream(node / "linklib/DATA") << "text";
  auto outcome = run(node.submit(1, "NO", "//NO JOB\n//S1 EXEC PGM=NOTHERE\n"));
  BOOST_TEST(outcome.abend == "S806");
  BOOST_TEST(log_has(1, "CSV003I"));
  outcome = run(node.submit(2, "NO", "//NO JOB\n//S1 EXEC PGM=DATA\n"));
  BOOST_TEST(outcome.abend == "S306");
}

BOOST_AUTO_TEST_CASE(time_of_a_step_is_s322_and_can_be_caught_by_even) {
  node.program("SPIN", "(while :; do :; done) & while :; do :; done");
  const auto outcome =
      run(node.submit(1, "TI", "//TI JOB\n//S1 EXEC PGM=SPIN,TIME=(0,1)\n//S2 EXEC PGM=IEFBR14,COND=EVEN\n"));
  BOOST_TEST(outcome.abend == "S322");
  const auto told = events();
  BOOST_TEST((told.back().event == EventKind::step_ended && told.back().step == 2));
  BOOST_TEST(node.processes_of(1) == 0u);
}

BOOST_AUTO_TEST_CASE(time_of_the_job_ends_the_job) {
  node.program("SPIN", "while :; do :; done");
  const auto outcome =
      run(node.submit(1, "TJ", "//TJ JOB TIME=(0,1)\n//S1 EXEC PGM=SPIN\n//S2 EXEC PGM=IEFBR14,COND=EVEN\n"));
  BOOST_TEST(outcome.abend == "S322");
  const auto told = events();
  BOOST_TEST((told.back().event == EventKind::step_not_run && told.back().step == 2));
}

BOOST_AUTO_TEST_CASE(an_output_limit_is_s722) {
  node.program("FLOOD", "while :; do head -c 1000000 /dev/zero; done");
  auto start = node.submit(1, "FL", "//FL JOB\n//S1 EXEC PGM=FLOOD\n");
  start.output_bytes_max = 2'000'000;
  BOOST_TEST(run(start).abend == "S722");
}

BOOST_AUTO_TEST_CASE(a_data_set_that_is_not_there_fails_the_job_before_the_step) {
  node.program("OK", "exit 0");
  const auto outcome = run(
      node.submit(1, "DS", "//DS JOB\n//S1 EXEC PGM=OK\n//IN DD DSN=NOT.THERE,DISP=SHR\n//S2 EXEC PGM=OK,COND=EVEN\n"));
  BOOST_TEST(outcome.jcl_error);
  BOOST_TEST(outcome.abend == "");
  BOOST_TEST(outcome.reason.find("IEF212I") != std::string::npos, outcome.reason);
  BOOST_TEST(log_has(1, "IEF453I DS - JOB FAILED - JCL ERROR"));
  for (const auto& event : events())
    BOOST_TEST((event.event == EventKind::job_started || event.event == EventKind::step_not_run));
}

BOOST_AUTO_TEST_CASE(a_cancel_ends_the_tree_and_the_job) {
  node.program("TREE",
               "(setsid sleep 1000 &); (env -i setsid bash -c 'sleep 1000 & sleep 1000' &); touch "
               "\"$SYSPLEXD_TEMP/ready\"; sleep 1000");
  const auto start = node.submit(1, "CA", "//CA JOB\n//S1 EXEC PGM=TREE\n//S2 EXEC PGM=IEFBR14,COND=EVEN\n");
  link->send(start);
  wait_for_step(1);
  BOOST_REQUIRE(becomes([&] { return std::filesystem::exists(node / "temp/JOB00001/ready"); }));
  CancelJob cancel;
  cancel.id = start.id;
  cancel.abend = "S222";
  cancel.reason = "cancelled by OPER1";
  link->send(cancel);
  const auto outcome = finish(start.id);
  BOOST_TEST(outcome.cancelled);
  BOOST_TEST(outcome.abend == "S222");
  BOOST_TEST(outcome.reason == "cancelled by OPER1");
  BOOST_TEST(node.processes_of(1) == 0u);
  BOOST_TEST(net::Descendants::of(initiator.pid()).empty());
  BOOST_TEST(log_has(1, "ABEND=S222"));
}

BOOST_AUTO_TEST_CASE(a_cancel_of_a_job_that_is_not_here_is_refused) {
  CancelJob cancel;
  cancel.id = {9, 1};
  link->send(cancel);
  const auto refused = link->receive<Refused>();
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST((refused->id == cancel.id));
}

BOOST_AUTO_TEST_CASE(a_job_goes_on_without_the_daemon_and_its_outcome_waits_for_the_next_one) {
  node.program("SLOW", "echo before; while [ ! -e \"$SYSPLEXD_TEMP/go\" ]; do sleep 0.01; done; echo after; exit 5");
  const auto start =
      node.submit(1, "LO", "//LO JOB\n//S1 EXEC PGM=SLOW\n//SYSPRINT DD SYSOUT=*\n//S2 EXEC PGM=IEFBR14\n");
  link->send(start);
  const auto began = wait_for_step(1);
  link->link().close();
  // The next daemon, while the step runs.
  link = &daemon.accept();
  BOOST_TEST((daemon.hello.running == start.id));
  BOOST_TEST(!daemon.hello.outcome_waits);
  BOOST_TEST(daemon.hello.pid == initiator.pid());
  const auto step = net::read_identity(static_cast<pid_t>(began.pid));
  BOOST_REQUIRE(step.ok());
  BOOST_TEST(step->start_ticks == began.start_ticks);
  link->link().close();
  std::ofstream(node / "temp/JOB00001/go") << "";
  // The outcome is durable though nobody listens.
  BOOST_REQUIRE(becomes([&] {
    const auto summary = spool::read_summary(start.job_file);
    return summary.ok() && summary->outcome.has_value();
  }));
  // It is repeated on each connection until it is taken.
  for (int i = 0; i < 3; ++i) {
    link = &daemon.accept();
    if (!daemon.hello.outcome_waits) {
      // The connection was made before the end.
      link->link().close();
      --i;
      continue;
    }
    const auto ended = link->receive<JobEnded>();
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(ended->outcome.max_cc == 5);
    if (i < 2) link->link().close();
  }
  OutcomeTaken taken;
  taken.id = start.id;
  link->send(taken);
  BOOST_TEST(node.sysout(1, 1, "SYSPRINT") == "before\nafter\n");
  BOOST_TEST(run(node.submit(2, "NX", "//NX JOB\n//S1 EXEC PGM=IEFBR14\n")).max_cc == 0);
}

BOOST_AUTO_TEST_CASE(a_start_that_is_repeated_runs_nothing_twice) {
  node.program("WITNESS",
               "echo $$ >> \"" + (node / "witness") + "\"; while [ ! -e \"$SYSPLEXD_TEMP/go\" ]; do sleep 0.01; done");
  const auto start = node.submit(1, "TW", "//TW JOB\n//S1 EXEC PGM=WITNESS\n");
  link->send(start);
  wait_for_step(1);
  link->send(start);
  const auto again = link->receive<InitiatorHello>();
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((again->running == start.id));
  // Another job meanwhile is refused, and does not disturb.
  const auto other = node.submit(2, "OT", "//OT JOB\n//S1 EXEC PGM=IEFBR14\n");
  link->send(other);
  const auto refused = link->receive<Refused>();
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST((refused->id == other.id));
  std::ofstream(node / "temp/JOB00001/go") << "";
  BOOST_TEST(finish(start.id).max_cc == 0);
  // Repeated after its end: the recorded outcome, no second run.
  link->send(start);
  BOOST_TEST(finish(start.id).max_cc == 0);
  BOOST_TEST(slurp(node / "witness").find('\n') == slurp(node / "witness").size() - 1);
}

BOOST_AUTO_TEST_CASE(an_attempt_that_began_elsewhere_is_refused_and_a_new_one_runs) {
  auto start = node.submit(1, "BE", "//BE JOB\n//S1 EXEC PGM=IEFBR14\n");
  {
    const auto summary = spool::read_summary(start.job_file);
    auto writer = spool::JobFileWriter::open(start.job_file, summary->end);
    spool::StepEvent event;
    event.attempt = 1;
    event.sequence = 1;
    writer->add(event);
    BOOST_REQUIRE(writer->sync().ok());
  }
  std::ofstream(start.sysout_prefix + ".S1.STDOUT") << "of attempt 1";
  link->send(start);
  const auto refused = link->receive<Refused>();
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST(refused->reason.find("has begun already") != std::string::npos);
  const auto second = node.start(1, "BE", 2);
  BOOST_TEST(run(second).attempt == 2u);
  // Its output is its own.
  BOOST_TEST(!std::filesystem::exists(start.sysout_prefix + ".S1.STDOUT"));
  // And the first attempt is not begun by anybody any more.
  link->send(start);
  BOOST_TEST(link->receive<Refused>().has_value());
}

BOOST_AUTO_TEST_CASE(a_job_file_that_cannot_be_used_ends_the_job_with_the_reason) {
  auto start = node.start(7, "GONE");
  BOOST_TEST(run(start).abend == "S001");
  start = node.submit(1, "BAD", "//BAD JOB\n//S1 EXEC PGM=IEFBR14\n");
  std::string bytes = slurp(start.job_file);
  bytes[30] = static_cast<char>(bytes[30] ^ 1);
  std::ofstream(start.job_file, std::ios::binary | std::ios::trunc) << bytes;
  const auto outcome = run(start);
  BOOST_TEST(outcome.abend == "S001");
  BOOST_TEST(outcome.reason.find("damaged") != std::string::npos);
  start = node.submit(2, "TMP", "//TMP JOB\n//S1 EXEC PGM=IEFBR14\n");
  start.temp_root = "/proc/no/such";
  BOOST_TEST(run(start).abend == "S0F9");
}

BOOST_AUTO_TEST_CASE(a_torn_tail_is_cut_and_the_job_runs) {
  const auto start = node.submit(1, "TORN", "//TORN JOB\n//S1 EXEC PGM=IEFBR14\n");
  std::ofstream(start.job_file, std::ios::binary | std::ios::app) << "SX\x01half a rec";
  BOOST_TEST(run(start).max_cc == 0);
  BOOST_TEST(!spool::read_summary(start.job_file)->torn_tail);
}

BOOST_AUTO_TEST_CASE(garbage_from_the_daemon_costs_the_connection_and_nothing_else) {
  node.program("SLOW", "while [ ! -e \"$SYSPLEXD_TEMP/go\" ]; do sleep 0.01; done");
  const auto start = node.submit(1, "GA", "//GA JOB\n//S1 EXEC PGM=SLOW\n");
  link->send(start);
  wait_for_step(1);
  BOOST_REQUIRE(link->link().send(std::string(4000, 'x')).ok());
  link = &daemon.accept();
  BOOST_TEST((daemon.hello.running == start.id));
  std::string frame;
  net::append_frame(frame, StartJob::kind, "no fields");
  net::append_frame(frame, 999, "of a newer daemon");
  BOOST_REQUIRE(link->link().send(frame).ok());
  BOOST_TEST(link->receive<Refused>().has_value());
  std::ofstream(node / "temp/JOB00001/go") << "";
  BOOST_TEST(finish(start.id).max_cc == 0);
}

BOOST_AUTO_TEST_CASE(sigterm_ends_it_when_it_is_idle) {
  node.program("SLOW", "while [ ! -e \"$SYSPLEXD_TEMP/go\" ]; do sleep 0.01; done");
  const auto start = node.submit(1, "SI", "//SI JOB\n//S1 EXEC PGM=SLOW\n");
  link->send(start);
  wait_for_step(1);
  initiator.signal(SIGTERM);
  initiator.signal(SIGHUP);
  initiator.signal(SIGINT);
  std::ofstream(node / "temp/JOB00001/go") << "";
  BOOST_TEST(finish(start.id).max_cc == 0);
  BOOST_TEST(initiator.ended().value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(two_of_one_number_do_not_live) {
  Child second(initiator_arguments(node, 1));
  const auto status = second.ended();
  BOOST_REQUIRE(status.has_value());
  BOOST_TEST(WEXITSTATUS(*status) == 1);
}

BOOST_AUTO_TEST_CASE(a_full_spool_delays_the_outcome_and_loses_nothing) {
  if (::geteuid() != 0) return;
  // The job files on a small file system of their own, and a filler that leaves no page free.
  const std::string small = node / "UNVSPOOL/0000";
  std::filesystem::create_directories(small);
  if (::mount("none", small.c_str(), "tmpfs", 0, "size=256k") != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: no right to mount a tmpfs");
    return;
  }
  struct Unmount {
    std::string path;
    ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
  } unmount{small};
  node.program("FILL", "head -c 1000000 /dev/zero > " + small + "/filler; echo lots of output; exit 0");
  node.program("MARK", "echo ran >> " + (node / "mark"));
  std::string deck = "//FU JOB\n//S0 EXEC PGM=FILL\n//STDOUT DD DUMMY\n";
  std::string marks;
  for (int i = 1; i <= 12; ++i) {  // their messages fill more than the page that the job file has already
    deck += "//S" + std::to_string(i) + " EXEC PGM=MARK\n//STDOUT DD DUMMY\n";
    marks += "ran\n";
  }
  const auto start = node.submit(1, "FU", deck);
  link->send(start);
  BOOST_REQUIRE(becomes([&] { return slurp(node / "mark") == marks; }));
  BOOST_TEST(!link->receive<JobEnded>(700ms).has_value());
  std::filesystem::remove(small + "/filler");
  const auto ended = link->receive<JobEnded>();
  BOOST_REQUIRE(ended.has_value());
  BOOST_TEST(ended->outcome.max_cc == 0);
  BOOST_TEST(ended->outcome.reason.find("late") != std::string::npos, ended->outcome.reason);
  BOOST_TEST(messages_have(1, "UNV2405W"));
  const auto summary = spool::read_summary(start.job_file);
  BOOST_REQUIRE(summary.ok());
  BOOST_TEST(summary->events.size() == 27u);
  BOOST_TEST(summary->outcome.has_value());
}

BOOST_AUTO_TEST_CASE(a_job_does_not_begin_while_its_first_event_cannot_be_written) {
  if (::geteuid() != 0) return;
  const std::string small = node / "UNVSPOOL/0000";
  std::filesystem::create_directories(small);
  if (::mount("none", small.c_str(), "tmpfs", 0, "size=64k") != 0) return;
  struct Unmount {
    std::string path;
    ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
  } unmount{small};
  node.program("MARK", "echo ran >> " + (node / "mark"));
  const auto start = node.submit(1, "WA", "//WA JOB\n//S1 EXEC PGM=MARK\n//STDOUT DD DUMMY\n");
  {
    // The file ends near a page's end, so that the first event needs a page that is not there.
    const auto size = std::filesystem::file_size(start.job_file);
    auto writer = spool::JobFileWriter::open(start.job_file, size);
    writer->add(RecordKind::jesjcl, std::string((8192 - size % 4096 - net::frame_header_bytes - 4) % 4096, '*'));
    BOOST_REQUIRE(writer->sync().ok());
  }
  BOOST_REQUIRE(std::filesystem::file_size(start.job_file) % 4096 == 4092);
  {
    const int fd = ::open((small + "/filler").c_str(), O_WRONLY | O_CREAT, 0600);
    std::string page(4096, 'f');
    while (::write(fd, page.data(), page.size()) > 0) {
    }
    ::close(fd);
  }
  link->send(start);
  BOOST_TEST(!link->receive<JobEnded>(700ms).has_value());
  BOOST_TEST(!std::filesystem::exists(node / "mark"));
  std::filesystem::remove(small + "/filler");
  BOOST_TEST(finish(start.id).max_cc == 0);
  BOOST_TEST(slurp(node / "mark") == "ran\n");
}

BOOST_AUTO_TEST_CASE(steps_run_as_the_jobs_owner) {
  if (::geteuid() != 0) return;
  node.program(
      "WHO",
      "id -un; echo report > \"$DD_REPORT\"; touch \"$SYSPLEXD_TEMP/mine\" && ls -l $SYSPLEXD_TEMP | grep -c nobody");
  auto start = node.submit(
      1, "WHO", "//WHO JOB\n//S1 EXEC PGM=WHO\n//SYSPRINT DD SYSOUT=*\n//REPORT DD SYSOUT=*\n//EMPTY DD SYSOUT=*\n");
  const passwd* nobody = ::getpwnam("nobody");
  BOOST_REQUIRE(nobody != nullptr);
  start.owner = "nobody";
  start.uid = nobody->pw_uid;
  start.gid = nobody->pw_gid;
  const auto outcome = run(start);
  BOOST_TEST(outcome.max_cc == 0);
  BOOST_TEST(outcome.abend == "");
  BOOST_TEST(node.sysout(1, 1, "SYSPRINT").starts_with("nobody\n"), node.sysout(1, 1, "SYSPRINT"));
  BOOST_TEST(node.sysout(1, 1, "REPORT") == "report\n");
  struct stat status{};
  BOOST_REQUIRE(::stat(node.spool.sysout_file(1, 1, "REPORT").c_str(), &status) == 0);
  BOOST_TEST(status.st_uid == nobody->pw_uid);
  BOOST_TEST((status.st_mode & 0777) == 0600u);
  BOOST_TEST(!std::filesystem::exists(node.spool.sysout_file(1, 1, "EMPTY")));
  BOOST_TEST(std::filesystem::is_empty(node / "temp"));
}

BOOST_AUTO_TEST_SUITE_END()
