// Conditions; the rules are those of jcl-zosmf.md 2.4 and of z/OS MVS JCL Reference: EXEC COND, IF/THEN/ELSE/ENDIF
// ("Defaults": after an abend only an IF with ABEND, ABENDCC or ¬ABEND brings its steps in; "Specification of step
// names": of a step that did not start, everything but ¬RUN is false).
#include "sysplex/jcl/condition.hpp"

#include <algorithm>

#include "net/invariant.hpp"

namespace sysplexd::jcl {

namespace {

bool holds(int left, Compare op, int right) {
  switch (op) {
    case Compare::gt: return left > right;
    case Compare::ge: return left >= right;
    case Compare::eq: return left == right;
    case Compare::ne: return left != right;
    case Compare::lt: return left < right;
    case Compare::le: return left <= right;
  }
  return false;
}

const char* word(Compare op) {
  switch (op) {
    case Compare::gt: return "GT";
    case Compare::ge: return "GE";
    case Compare::eq: return "EQ";
    case Compare::ne: return "NE";
    case Compare::lt: return "LT";
    case Compare::le: return "LE";
  }
  return "?";
}

std::string step_label(const Step& step) {
  if (step.procstep.empty()) return step.name.empty() ? "step " + std::to_string(step.number) : step.name;
  return step.name.empty() ? step.procstep : step.name + "." + step.procstep;
}

bool tests_abend(const IfExpression& expression) {
  if (expression.kind == IfExpression::Kind::abend || expression.kind == IfExpression::Kind::abendcc) return true;
  return std::any_of(expression.operands.begin(), expression.operands.end(), tests_abend);
}

}  // namespace

Conditions::Conditions(const Plan& plan) : plan_(plan), ran_(plan.steps.size()), ifs_(plan.ifs.size(), IfState::open) {}

int Conditions::index_of(int resolved, const std::string& step, const std::string& procstep, int before) const {
  if (resolved >= 0) return resolved;
  for (int i = 0; i < before; ++i)
    if (plan_.steps[i].name == step && plan_.steps[i].procstep == procstep) return i;
  return -1;
}

// The first test that is true against the steps before `before`, as text; empty: none.
std::string Conditions::true_test(const std::vector<CondTest>& tests, int before) const {
  for (const auto& test : tests) {
    int first = 0, last = before;
    if (!test.step.empty()) {
      first = index_of(test.step_index, test.step, test.procstep, before);
      last = first + 1;
      if (first < 0 || first >= before) continue;
    }
    for (int i = first; i < last; ++i) {
      const Ran& ran = ran_[i];
      if (!ran.ran || !ran.end.abend.empty() || !holds(test.code, test.op, ran.end.cc)) continue;
      const std::string code = std::to_string(test.code), op = word(test.op);
      return "COND=(" + code + "," + op + (test.step.empty() ? "" : "," + test.step) +
             (test.procstep.empty() ? "" : "." + test.procstep) + "): " + code + " " + op + " RC " +
             std::to_string(ran.end.cc) + " of " + step_label(plan_.steps[i]);
    }
  }
  return {};
}

bool Conditions::evaluate_abendcc(const IfExpression& expression) const {
  const auto compare = [&](const std::string& abend) {
    if (abend.empty()) return false;
    const int order = abend.compare(expression.abend);
    return holds(order, expression.op, 0);
  };
  if (!expression.step.empty()) {
    const int index = index_of(expression.step_index, expression.step, expression.procstep, now_);
    return index >= 0 && ran_[index].ran && compare(ran_[index].end.abend);
  }
  return std::any_of(ran_.begin(), ran_.end(), [&](const Ran& ran) { return ran.ran && compare(ran.end.abend); });
}

bool Conditions::evaluate(const IfExpression& expression) const {
  using Kind = IfExpression::Kind;
  const bool of_step = !expression.step.empty();
  const int index = of_step ? index_of(expression.step_index, expression.step, expression.procstep, now_) : -1;
  const Ran* ran = index >= 0 && index < now_ ? &ran_[index] : nullptr;
  switch (expression.kind) {
    case Kind::both: return evaluate(expression.operands[0]) && evaluate(expression.operands[1]);
    case Kind::either: return evaluate(expression.operands[0]) || evaluate(expression.operands[1]);
    case Kind::negation: return !evaluate(expression.operands[0]);
    case Kind::abendcc: return evaluate_abendcc(expression);
    case Kind::rc:
      if (!of_step) return holds(highest_cc_, expression.op, expression.code);
      return ran != nullptr && ran->ran && ran->end.abend.empty() && holds(ran->end.cc, expression.op, expression.code);
    case Kind::abend:
      if (!of_step) return any_abend() == expression.expected;
      return ran != nullptr && ran->ran && ran->end.abend.empty() != expression.expected;
    case Kind::run:
      if (!of_step) return (last_ran_ >= 0) == expression.expected;
      return (ran != nullptr && ran->ran) == expression.expected;
  }
  return false;
}

Decision Conditions::decide(int index) {
  SYSPLEXD_INVARIANT(index >= now_ && index < static_cast<int>(plan_.steps.size()), "steps are decided in order");
  now_ = index;
  // The choice of an IF is made where it stands, whether its own steps run or not.
  for (const auto& block : plan_.ifs)
    if (block.first_step <= index && ifs_[block.id] == IfState::open)
      ifs_[block.id] = evaluate(block.expression) ? IfState::yes : IfState::no;

  const Step& step = plan_.steps[index];
  if (step.skipped_by_restart) return {false, "RESTART begins at a later step", false};
  if (job_failed_) return {false, "the job ended at an earlier step", false};
  if (!job_cond_hit_) {
    if (const std::string test = true_test(plan_.cond, index); !test.empty()) job_cond_hit_ = true;
  }
  if (job_cond_hit_) return {false, "JOB " + true_test(plan_.cond, index), true};

  bool abend_tested = false;
  for (const auto& [id, then] : step.within) {
    const bool taken = ifs_[id] == (then ? IfState::yes : IfState::no);
    if (!taken)
      return {false, "IF on card " + std::to_string(plan_.ifs[id].card) + " is " + (then ? "false" : "true"), true};
    abend_tested = abend_tested || tests_abend(plan_.ifs[id].expression);
  }
  if (any_abend() && !abend_tested && step.cond_mode == CondMode::normal)
    return {false, "an earlier step ended with abend " + first_abend_, false};
  if (index == 0) return {true, {}, false};  // COND of a job's first step counts as false
  if (!any_abend() && step.cond_mode == CondMode::only) return {false, "COND=ONLY and no earlier step abended", true};
  if (std::string test = true_test(step.cond, index); !test.empty()) return {false, std::move(test), true};
  return {true, {}, false};
}

void Conditions::record(int index, const StepEnd& end) {
  SYSPLEXD_INVARIANT(index == now_ && !ran_[index].ran, "record follows decide");
  ran_[index] = {true, end};
  last_ran_ = index;
  if (end.job_fails) job_failed_ = true;
  if (end.abend.empty())
    highest_cc_ = std::max(highest_cc_, end.cc);
  else if (first_abend_.empty())
    first_abend_ = end.abend;
}

JobEnd Conditions::job_end() const {
  JobEnd end;
  end.max_cc = highest_cc_;
  end.abend = first_abend_;
  end.any_ran = last_ran_ >= 0;
  end.cc = highest_cc_;
  int chosen = -1;
  if (plan_.job_rc == "LASTRC") {
    chosen = last_ran_;
  } else if (!plan_.job_rc.empty() && plan_.job_rc != "MAXRC") {
    const auto dot = plan_.job_rc.find('.');
    const std::string step = plan_.job_rc.substr(0, dot);
    const std::string procstep = dot == std::string::npos ? "" : plan_.job_rc.substr(dot + 1);
    chosen = index_of(-1, step, procstep, static_cast<int>(plan_.steps.size()));
    if (chosen >= 0 && !ran_[chosen].ran) chosen = -1;  // the step did not run: the highest counts
  }
  if (chosen >= 0) end.cc = ran_[chosen].end.cc;
  return end;
}

}  // namespace sysplexd::jcl
