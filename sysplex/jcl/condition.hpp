// Which step runs next: JOB COND, EXEC COND with EVEN and ONLY, IF/THEN/ELSE, abends, restart (jcl-zosmf.md 2.4).
// A pure machine: the initiator asks decide(i) for each step in order, then tells record(i, …) for those that ran.
#pragma once
#include <string>
#include <vector>

#include "sysplex/jcl/plan.hpp"

namespace sysplexd::jcl {

struct StepEnd {
  int cc = 0;              // 0..4095 when abend is empty
  std::string abend;       // "S0C4", "U0016"; empty: none
  bool job_fails = false;  // ends that EVEN, ONLY and IF cannot catch: cancel, job time limit, allocation JCL error
};

struct Decision {
  bool run = false;
  std::string reason;  // not run: one sentence for a person, "COND=(4,LT): 4 LT RC 8 of STEP1"
  bool by_condition =
      false;  // not run because of COND or IF (IEF202I); false: flushed after an abend, a job end or restart
};

struct JobEnd {
  int max_cc = 0;     // highest RC of the steps that ran
  int cc = 0;         // job completion code (JOBRC applied)
  std::string abend;  // first abend, empty: none
  bool any_ran = false;
};

class Conditions {
 public:
  explicit Conditions(const Plan& plan);  // plan must outlive this
  // step is an index into plan.steps; must be called once for each, ascending.
  Decision decide(int step);
  void record(int step, const StepEnd& end);  // only for steps whose decision was run
  JobEnd job_end() const;

 private:
  enum class IfState : unsigned char { open, yes, no };
  struct Ran {
    bool ran = false;
    StepEnd end;
  };
  bool evaluate(const IfExpression& expression) const;
  bool evaluate_abendcc(const IfExpression& expression) const;
  int index_of(int resolved, const std::string& step, const std::string& procstep, int before) const;
  std::string true_test(const std::vector<CondTest>& tests, int before) const;
  bool any_abend() const { return !first_abend_.empty(); }
  const Plan& plan_;
  std::vector<Ran> ran_;
  std::vector<IfState> ifs_;
  bool job_cond_hit_ = false;
  bool job_failed_ = false;
  int now_ = 0;         // step that decide() was asked about last
  int highest_cc_ = 0;  // of the steps that ran and did not abend
  int last_ran_ = -1;
  std::string first_abend_;
};

}  // namespace sysplexd::jcl
