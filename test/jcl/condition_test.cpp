// Conditions: IBM's worked example, tables of single rules, and random jobs against a brute-force interpreter that
// follows the manual sentence by sentence and shares no code with the product.
#include <boost/test/unit_test.hpp>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sysplex/jcl/condition.hpp"
#include "test/jcl/decks.hpp"

namespace sysplexd::jcl {
namespace {

// Runs a deck: ends[i] is what step i ends with ("6", "S0C4"). Answers "1 2 - 4" style: number or - for each step.
std::string run(const std::string& deck, const std::vector<std::string>& ends, JobEnd* job_end = nullptr,
                std::vector<Decision>* decisions = nullptr) {
  const auto result = convert_text(deck);
  BOOST_REQUIRE_MESSAGE(result.ok(), (result.errors.empty() ? "" : result.errors[0].text));
  Conditions conditions(result.plan);
  std::string trace;
  for (std::size_t i = 0; i < result.plan.steps.size(); ++i) {
    const auto decision = conditions.decide(static_cast<int>(i));
    if (decisions != nullptr) decisions->push_back(decision);
    trace += decision.run ? std::to_string(i + 1) : "-";
    if (!decision.run) {
      BOOST_CHECK(!decision.reason.empty());
      continue;
    }
    StepEnd end;
    const std::string text = i < ends.size() ? ends[i] : "0";
    if (text[0] == 'S' || text[0] == 'U')
      end.abend = text;
    else if (text[0] == '!')
      end.job_fails = true, end.abend = text.substr(1);
    else
      end.cc = std::stoi(text);
    conditions.record(static_cast<int>(i), end);
  }
  if (job_end != nullptr) *job_end = conditions.job_end();
  return trace;
}

const std::string head = "//J        JOB 1,'T',CLASS=A\n";

BOOST_AUTO_TEST_SUITE(conditions)

BOOST_AUTO_TEST_CASE(ibms_worked_example_of_nine_steps) {
  JobEnd end;
  std::vector<Decision> decisions;
  const auto trace =
      run("//MYJOB    JOB ,A.SMITH,COND=(10,LT)\n"
          "//STEP1    EXEC PGM=A\n"
          "//STEP2    EXEC PGM=B,COND=((2,EQ),(4,EQ))\n"
          "//STEP3    EXEC PGM=C,COND=ONLY\n"
          "//STEP4    EXEC PGM=D,\n"
          "//         COND=((5,GT,STEP1),(2,EQ))\n"
          "//STEP5    EXEC PGM=E\n"
          "//STEP6    EXEC PGM=F,\n"
          "//         COND=((8,GT,STEP5),EVEN)\n"
          "//STEP7    EXEC PGM=G,COND=(4,GT,STEP4)\n"
          "//STEP8    EXEC PGM=H\n"
          "//STEP9    EXEC PGM=I,COND=ONLY\n",
          {"6", "2", "", "", "9", "10", "12"}, &end, &decisions);
  BOOST_CHECK_EQUAL(trace, "12--567--");
  BOOST_CHECK_EQUAL(end.max_cc, 12);
  BOOST_CHECK_EQUAL(decisions[3].reason, "COND=(2,EQ): 2 EQ RC 2 of STEP2");
  BOOST_CHECK(decisions[7].by_condition);
  BOOST_CHECK_EQUAL(decisions[7].reason, "JOB COND=(10,LT): 10 LT RC 12 of STEP7");
}

BOOST_AUTO_TEST_CASE(after_an_abend_only_even_only_and_an_if_that_tests_it_run) {
  const std::string deck = head +
                           "//S1 EXEC PGM=A\n"
                           "//S2 EXEC PGM=B\n"
                           "//S3 EXEC PGM=C,COND=EVEN\n"
                           "//S4 EXEC PGM=D,COND=ONLY\n"
                           "// IF RC = 0 THEN\n"
                           "//S5 EXEC PGM=E\n"
                           "// ENDIF\n"
                           "// IF ABEND THEN\n"
                           "//S6 EXEC PGM=F\n"
                           "// ELSE\n"
                           "//S7 EXEC PGM=G\n"
                           "// ENDIF\n"
                           "// IF ¬ABEND THEN\n"
                           "// ELSE\n"
                           "//S8 EXEC PGM=H\n"
                           "// ENDIF\n"
                           "// IF ABENDCC = S0C4 THEN\n"
                           "//S9 EXEC PGM=I\n"
                           "// ENDIF\n";
  JobEnd end;
  BOOST_CHECK_EQUAL(run(deck, {"S0C4"}, &end), "1-34-6-89");
  BOOST_CHECK_EQUAL(end.abend, "S0C4");
  BOOST_CHECK_EQUAL(run(deck, {"0"}), "123-5-7--");
  BOOST_CHECK_EQUAL(run(deck, {"U0016"}), "1-34-6-8-");
}

BOOST_AUTO_TEST_CASE(the_choice_of_an_if_is_not_revised_by_a_later_abend) {
  // JCL Reference, IF example 9: if STEP1 does not abend, STEP3 runs although STEP2 did.
  const std::string deck = head +
                           "//STEP1 EXEC PGM=A\n// IF ¬ABEND THEN\n//STEP2 EXEC PGM=B\n//STEP3 EXEC PGM=C\n"
                           "// ELSE\n//STEP4 EXEC PGM=D\n// ENDIF\n";
  BOOST_CHECK_EQUAL(run(deck, {"0", "S0C7"}), "123-");
  BOOST_CHECK_EQUAL(run(deck, {"S0C7"}), "1--4");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_caught_ends_the_job) {
  const std::string deck =
      head + "//S1 EXEC PGM=A\n//S2 EXEC PGM=B,COND=EVEN\n// IF ABEND THEN\n//S3 EXEC PGM=C\n// ENDIF\n";
  std::vector<Decision> decisions;
  BOOST_CHECK_EQUAL(run(deck, {"!S222"}, nullptr, &decisions), "1--");
  BOOST_CHECK(!decisions[1].by_condition);
}

BOOST_AUTO_TEST_CASE(of_a_step_that_did_not_run_everything_but_not_run_is_false) {
  const std::string deck = head +
                           "//S1 EXEC PGM=A\n"
                           "//S2 EXEC PGM=B,COND=(0,EQ,S1)\n"
                           "// IF S2.RC = 0 THEN\n//A EXEC PGM=X\n// ENDIF\n"
                           "// IF S2.ABEND THEN\n//B EXEC PGM=X\n// ENDIF\n"
                           "// IF S2.ABEND=FALSE THEN\n//C EXEC PGM=X\n// ENDIF\n"
                           "// IF S2.RUN THEN\n//D EXEC PGM=X\n// ENDIF\n"
                           "// IF ¬S2.RUN THEN\n//E EXEC PGM=X\n// ENDIF\n"
                           "// IF NOT (S2.RC = 0) THEN\n//F EXEC PGM=X\n// ENDIF\n"
                           "//G EXEC PGM=X,COND=(0,EQ,S2)\n";
  BOOST_CHECK_EQUAL(run(deck, {"0"}), "1-----789");
}

BOOST_AUTO_TEST_CASE(unqualified_rc_is_the_highest_so_far_and_zero_at_the_start) {
  const std::string deck = head +
                           "// IF RC = 0 THEN\n//S1 EXEC PGM=A\n// ENDIF\n"
                           "//S2 EXEC PGM=B\n//S3 EXEC PGM=C\n"
                           "// IF RC > 4 AND RC <= 8 THEN\n//S4 EXEC PGM=D\n// ELSE\n//S5 EXEC PGM=E\n// ENDIF\n";
  BOOST_CHECK_EQUAL(run(deck, {"0", "8", "2"}), "1234-");
  BOOST_CHECK_EQUAL(run(deck, {"0", "4", "2"}), "123-5");
  BOOST_CHECK_EQUAL(run(deck, {"0", "12", "2"}), "123-5");
}

BOOST_AUTO_TEST_CASE(the_condition_of_the_first_step_counts_as_false) {
  BOOST_CHECK_EQUAL(run(head + "//S1 EXEC PGM=A,COND=ONLY\n//S2 EXEC PGM=B\n", {}), "12");
}

BOOST_AUTO_TEST_CASE(steps_before_the_restart_step_count_as_not_run) {
  const std::string deck =
      "//J        JOB 1,'T',CLASS=A,RESTART=S2\n"
      "//S1 EXEC PGM=A\n//S2 EXEC PGM=B,COND=(0,EQ,S1)\n"
      "// IF S1.RUN THEN\n//S3 EXEC PGM=C\n// ELSE\n//S4 EXEC PGM=D\n// ENDIF\n";
  std::vector<Decision> decisions;
  BOOST_CHECK_EQUAL(run(deck, {}, nullptr, &decisions), "-2-4");
  BOOST_CHECK(!decisions[0].by_condition);
}

BOOST_AUTO_TEST_CASE(jobrc_chooses_the_completion_code) {
  const auto cc = [](const std::string& jobrc, const std::vector<std::string>& ends) {
    JobEnd end;
    run("//J JOB 1,'T'" + jobrc + "\n//S1 EXEC PGM=A\n//S2 EXEC PGM=B,COND=(4,LT)\n//S3 EXEC PGM=C,COND=EVEN\n", ends,
        &end);
    return end;
  };
  BOOST_CHECK_EQUAL(cc("", {"4", "8", "2"}).cc, 8);
  BOOST_CHECK_EQUAL(cc(",JOBRC=MAXRC", {"4", "8", "2"}).cc, 8);
  BOOST_CHECK_EQUAL(cc(",JOBRC=LASTRC", {"4", "8", "2"}).cc, 2);
  BOOST_CHECK_EQUAL(cc(",JOBRC=(STEP,S1)", {"4", "8", "2"}).cc, 4);
  BOOST_CHECK_EQUAL(cc(",JOBRC=(STEP,S2)", {"8", "", "2"}).cc, 8);  // S2 did not run
  BOOST_CHECK_EQUAL(cc(",JOBRC=LASTRC", {"4", "8", "2"}).max_cc, 8);
  BOOST_CHECK_EQUAL(cc("", {"4", "S0C1", "2"}).abend, "S0C1");
}

BOOST_AUTO_TEST_CASE(nothing_ran_is_told) {
  JobEnd end;
  run(head + "// IF RC = 5 THEN\n//S1 EXEC PGM=A\n// ENDIF\n", {}, &end);
  BOOST_CHECK(!end.any_ran);
  BOOST_CHECK_EQUAL(end.cc, 0);
}

BOOST_AUTO_TEST_SUITE_END()

// --- random jobs

struct RandomJob {
  std::string deck;
  std::vector<std::string> ends;
  struct Test {
    int code;
    std::string op;
    int step;  // -1: any
  };
  struct Expr {  // one comparison; joined by AND, OR
    enum Kind { rc, abend, run } kind;
    int step;
    std::string op;
    int code;
    bool negated;
  };
  struct If {
    std::vector<Expr> terms;
    bool conjunction;
  };
  struct Step {
    std::vector<Test> tests;
    int mode = 0;  // 0, EVEN, ONLY
    std::vector<std::pair<int, bool>> within;
    std::vector<int> ifs_before;  // IF statements between the step before and this one
  };
  std::vector<Test> job_tests;
  std::vector<If> ifs;
  std::vector<Step> steps;
};

const char* const operators[] = {"GT", "GE", "EQ", "NE", "LT", "LE"};

bool compare_by_name(int a, const std::string& op, int b) {
  if (op == "GT") return a > b;
  if (op == "GE") return a >= b;
  if (op == "EQ") return a == b;
  if (op == "NE") return a != b;
  if (op == "LT") return a < b;
  return a <= b;
}

RandomJob random_job(std::mt19937& random) {
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  RandomJob job;
  const int codes[] = {0, 2, 4, 8, 12};
  const auto test_text = [](const RandomJob::Test& test) {
    return "(" + std::to_string(test.code) + "," + test.op + (test.step >= 0 ? ",S" + std::to_string(test.step) : "") +
           ")";
  };
  job.deck = "//J        JOB 1,'R'";
  if (pick(4) == 0) {
    job.job_tests.push_back({codes[pick(5)], operators[pick(6)], -1});
    job.deck += ",COND=" + test_text(job.job_tests[0]);
  }
  job.deck += "\n";
  std::vector<std::pair<int, bool>> open;
  std::vector<int> waiting;
  const int count = 1 + pick(10);
  for (int i = 0; i < count; ++i) {
    while (!open.empty() && pick(3) == 0) {
      if (open.back().second && pick(2) == 0) {
        open.back().second = false;
        job.deck += "//         ELSE\n";
        break;
      }
      open.pop_back();
      job.deck += "//         ENDIF\n";
    }
    if (open.size() < 4 && pick(3) == 0) {
      RandomJob::If block;
      block.conjunction = pick(2) == 0;
      std::string text;
      for (int t = 0, terms = 1 + pick(3); t < terms; ++t) {
        RandomJob::Expr e{static_cast<RandomJob::Expr::Kind>(pick(3)), i > 0 && pick(2) == 0 ? pick(i) : -1,
                          operators[pick(6)], codes[pick(5)], pick(3) == 0};
        if (e.kind == RandomJob::Expr::run && e.step < 0) e.kind = RandomJob::Expr::rc;
        std::string term = e.step >= 0 ? "S" + std::to_string(e.step) + "." : "";
        term += e.kind == RandomJob::Expr::rc      ? "RC " + e.op + " " + std::to_string(e.code)
                : e.kind == RandomJob::Expr::abend ? "ABEND"
                                                   : "RUN";
        if (e.negated) term = e.kind == RandomJob::Expr::rc ? "NOT (" + term + ")" : "^" + term;
        text += (t > 0 ? (block.conjunction ? " AND\n//   " : " OR\n//   ") : "") + term;
        block.terms.push_back(e);
      }
      job.deck += "//         IF " + text + " THEN\n";
      waiting.push_back(static_cast<int>(job.ifs.size()));
      open.emplace_back(static_cast<int>(job.ifs.size()), true);
      job.ifs.push_back(block);
    }
    RandomJob::Step step;
    step.within = open;
    step.ifs_before = waiting;
    waiting.clear();
    step.mode = pick(5) == 0 ? 1 : pick(6) == 0 ? 2 : 0;
    for (int t = pick(3); t > 0; --t)
      step.tests.push_back({codes[pick(5)], operators[pick(6)], i > 0 && pick(2) == 0 ? pick(i) : -1});
    std::string cond;
    for (const auto& test : step.tests) cond += (cond.empty() ? "" : ",") + test_text(test);
    if (step.mode != 0) cond += std::string(cond.empty() ? "" : ",") + (step.mode == 1 ? "EVEN" : "ONLY");
    job.deck += "//S" + std::to_string(i) + " EXEC PGM=A" + (cond.empty() ? "" : ",\n//   COND=(" + cond + ")") + "\n";
    job.steps.push_back(step);
    job.ends.push_back(pick(5) == 0 ? (pick(2) == 0 ? "S0C4" : "U0001") : std::to_string(codes[pick(5)]));
  }
  while (!open.empty()) {
    open.pop_back();
    job.deck += "//         ENDIF\n";
  }
  return job;
}

// The manual, sentence by sentence.
std::string reference(const RandomJob& job) {
  struct Result {
    bool ran = false;
    std::optional<int> cc;
  };
  std::vector<Result> results(job.steps.size());
  std::vector<bool> taken(job.ifs.size());
  bool job_over = false;
  std::string trace;
  for (std::size_t i = 0; i < job.steps.size(); ++i) {
    const auto& step = job.steps[i];
    bool abended = false;
    int highest = 0;
    for (const auto& result : results) {
      if (result.ran && !result.cc) abended = true;
      if (result.cc && *result.cc > highest) highest = *result.cc;
    }
    for (const int id : step.ifs_before) {
      const auto& block = job.ifs[id];
      bool all = true, any = false;
      for (const auto& e : block.terms) {
        bool value = false;
        if (e.kind == RandomJob::Expr::rc) {
          // "If the step did not start executing, that part is false"; abended steps have no return code.
          value = e.step < 0 ? compare_by_name(highest, e.op, e.code)
                             : results[e.step].cc && compare_by_name(*results[e.step].cc, e.op, e.code);
          if (e.negated) value = !value;
        } else if (e.kind == RandomJob::Expr::abend) {
          if (e.step < 0)
            value = abended != e.negated;
          else
            value = results[e.step].ran && (!results[e.step].cc.has_value()) != e.negated;
        } else {
          value = results[e.step].ran != e.negated;
        }
        all = all && value;
        any = any || value;
      }
      taken[id] = block.conjunction ? all : any;
    }
    const auto hit = [&](const RandomJob::Test& test) {
      for (std::size_t k = 0; k < i; ++k)
        if ((test.step < 0 || test.step == static_cast<int>(k)) && results[k].cc &&
            compare_by_name(test.code, test.op, *results[k].cc))
          return true;
      return false;
    };
    for (const auto& test : job.job_tests) job_over = job_over || hit(test);
    bool run = !job_over, abend_tested = false;
    for (const auto& [id, then] : step.within) {
      run = run && taken[id] == then;
      for (const auto& e : job.ifs[id].terms) abend_tested = abend_tested || e.kind == RandomJob::Expr::abend;
    }
    if (abended && step.mode == 0 && !abend_tested) run = false;
    if (i > 0) {  // "The system evaluates COND on the first EXEC statement as false"
      if (!abended && step.mode == 2) run = false;
      for (const auto& test : step.tests) run = run && !hit(test);
    }
    trace += run ? std::to_string(i + 1) : "-";
    if (!run) continue;
    results[i].ran = true;
    if (job.ends[i][0] != 'S' && job.ends[i][0] != 'U') results[i].cc = std::stoi(job.ends[i]);
  }
  return trace;
}

BOOST_AUTO_TEST_SUITE(random_conditions)

BOOST_AUTO_TEST_CASE(random_jobs_run_the_steps_that_the_manual_runs) {
  const char* given = std::getenv("SYSPLEXD_SEED");
  const unsigned first = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : 1;
  const unsigned last = given != nullptr ? first : 3000;
  for (unsigned seed = first; seed <= last; ++seed) {
    std::mt19937 random(seed);
    const auto job = random_job(random);
    const auto expected = reference(job);
    const auto got = run(job.deck, job.ends);
    BOOST_REQUIRE_MESSAGE(expected == got, "SYSPLEXD_SEED=" << seed << " expected " << expected << " got " << got
                                                            << "\n"
                                                            << job.deck);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace sysplexd::jcl
