// Operands -> plan: what JOB, EXEC and DD mean, with defaults, referbacks and all checks of values.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sysplex/jcl/diagnostics.hpp"
#include "sysplex/jcl/plan.hpp"
#include "sysplex/jcl/raw_step.hpp"
#include "sysplex/jcl/step_directory.hpp"

namespace sysplexd::jcl {

class Interpreter {
 public:
  Interpreter(const ConvertInput& input, Plan& plan, Diagnostics& diagnostics);

  void job(std::string_view name, const std::vector<Operand>& operands);
  void joblib(const RawDd& dd);
  // Fills plan.steps.back(), whose names and IFs are set already.
  void step(const RawStep& raw);
  // RESTART and JOBRC name steps that are known only now.
  void end_of_job();

  // "card 12: UNIT=SYSDA"
  void ignore(const Place& place, std::string_view what);
  void ignore(const Operand& operand);
  // A step whose statement or procedure could not be read: references to it are not reported again.
  void add_missing_step(std::string_view name) { missing_.emplace(name); }
  void add_output_name(std::string_view name) { outputs_.emplace(name); }

  StepDirectory& directory() { return directory_; }
  // Resolves the step of a COND test or IF operand, or reports it; -1 then.
  int find_step(const std::string& step, const std::string& procstep, int viewer, int before, const Place& place,
                std::string_view field);

 private:
  struct DdWork;  // the operands of one DD part, sorted out
  void exec(const RawStep& raw, Step& step);
  void program(const Operand& operand, const RawStep& raw, Step& step);
  // DDNAME=target on part number `part` of the DD.
  struct Forward {
    std::string dd;
    std::size_t part = 0;
    std::string target;
    Place place;
  };
  std::vector<DdPart> dd_parts(const RawDd& raw, const RawStep& step, std::vector<Forward>& forwards);
  DdPart dd_part(const RawDdPart& raw, const RawStep& step, std::string& forward);
  DdWork sort_out(const RawDdPart& raw);
  bool exclusive(const DdWork& work);
  void data_set(const RawDdPart& raw, const DdWork& work, const RawStep& step, DdPart& part);
  void disposition(const Operand& operand, DdPart& part);
  void sysout(const Operand& operand, DdPart& part);
  void path(const DdWork& work, DdPart& part);
  void space(const Operand& operand, DdPart& part);
  void dcb(const Operand& operand, const RawStep& step, Dcb& dcb);
  void dcb_word(std::string_view keyword, const Item& value, const Operand& operand, Dcb& dcb);
  void model(const DdWork& work, const RawStep& step, DdPart& part);
  static void complete(Dcb& dcb, const Dcb& from);  // what is not coded is taken from the model
  void output_reference(const Operand& operand);
  // The DD that *.dd, *.step.dd or *.step.procstep.dd means; null and an error when there is none.
  const Dd* referback(const Item& text, const Operand& operand, const RawStep& step);
  const Dd* find_dd(const Step& step, std::string_view name) const;
  void resolve_ddnames(Step& step, std::vector<Forward>& forwards);
  void remember_created(const Step& step);
  void affinity(const Operand& operand);
  void restart(const Operand& operand);
  void job_rc(const Operand& operand);
  std::string job_class(const Operand& operand, std::size_t longest);
  std::string temporary_name();

  Plan& plan_;
  Diagnostics& diagnostics_;
  StepDirectory directory_;
  // Of the data sets that earlier steps create, for LIKE=: name -> attributes.
  struct Created {
    Dcb dcb;
    bool library = false;
  };
  std::unordered_map<std::string, Created> created_;
  std::set<std::string, std::less<>> outputs_, missing_;
  Place restart_place_, job_rc_place_;
  bool restart_first_ = false;
  int temporaries_ = 0;
};

}  // namespace sysplexd::jcl
