// Procedure calls: symbols, overrides, nesting; and the steps that come out of them. See expander.hpp.
#include <algorithm>

#include "sysplex/jcl/expander.hpp"
#include "sysplex/jcl/keyword.hpp"
#include "sysplex/jcl/values.hpp"

namespace sysplexd::jcl {

void Expander::Call::add(Override item) {
  by_dd.emplace(item.dd, overrides.size());
  overrides.push_back(std::move(item));
}

void Expander::define(Level& level, const Operand& operand, std::string_view field) {
  if (operand.positional() || !operand.qualifier.empty()) return diagnostics_.error<"IEFC632I">(operand.place(), field);
  if (operand.keyword.size() > 8) return diagnostics_.error<"IEF642I">(operand.place(), field);
  if (!is_name(operand.keyword)) return diagnostics_.error<"IEFC632I">(operand.place(), field);
  auto value = unquote(operand.value);
  if (value.size() > longest_symbol_value) {
    diagnostics_.error<"IEF642I">(operand.value_place(), operand.keyword);
    value.resize(longest_symbol_value);
  }
  if (symbols_.is_preset(operand.keyword) && field != "EXEC") return;
  level.symbols.define(operand.keyword, std::move(value));
}

// --- steps

void Expander::start_step(const Statement& statement, const Source& source, Level& level,
                          std::vector<Operand> operands) {
  Plan& plan = result_.plan;
  const Place place{source.origin, statement.place.card, 3};
  if (plan.steps.size() == most_steps) {
    diagnostics_.error<"IEFC602I">(place, most_steps);
    stopped_ = true;
    return;
  }
  const bool first = level.steps_seen++ == 0;
  if (level.by != nullptr) apply_exec_overrides(operands, statement.name, first, *level.by, false);
  Step& step = plan.steps.emplace_back();
  step.number = static_cast<int>(plan.steps.size());
  if (level.depth == 0) {
    step.name = statement.name;
  } else {
    step.name = level.job_step;
    step.procstep = statement.name;
    step.proc = level.procedure;
  }
  step.card = source.origin != nullptr ? source.origin->call_card : statement.place.card;
  for (const auto& open : ifs_) step.within.emplace_back(open.id, open.then);
  interpreter_.directory().add({step.name, step.procstep, std::string(level.caller), level.call, level.parent_call});
  level.step.emplace();
  level.step->exec = std::move(operands);
  level.step->place = place;
  level.step->call = level.call;
  level.step_name = statement.name;
  level.first_step = first;
  level.dds = 0;
  level.matched.clear();
}

bool Expander::overrides_step(const Override& item, const Level& level) const {
  if (item.step.empty()) return level.first_step;
  return item.step == level.step_name;
}

void Expander::start_matching(std::string_view dd, Level& level) {
  level.concatenation = 0;
  if (level.by == nullptr) return;
  const auto [begin, end] = level.by->by_dd.equal_range(dd);
  for (auto found = begin; found != end; ++found) {
    Override& item = level.by->overrides[found->second];
    if (item.used || !overrides_step(item, level)) continue;
    item.used = true;
    level.matched.push_back(found->second);
  }
  std::sort(level.matched.begin(), level.matched.end());  // in the order written
}

// The part of the procedure's DD with what overrides its position in the concatenation.
RawDdPart Expander::matched_part(const RawDdPart& base, Level& level, bool& overridden) {
  RawDdPart merged = base;
  for (const auto index : level.matched) {
    Override& item = level.by->overrides[index];
    if (level.concatenation >= item.parts.size()) continue;
    merged = merge_dd(merged, item.parts[level.concatenation]);
    listing_.add(item.listing[level.concatenation]);
    overridden = true;
  }
  return merged;
}

// Overrides with more statements than the procedure's concatenation has: the rest is added at its end.
void Expander::finish_matched(Level& level) {
  for (const auto index : level.matched) {
    Override& item = level.by->overrides[index];
    for (auto next = level.concatenation + 1; next < item.parts.size(); ++next) {
      listing_.add(item.listing[next]);
      level.step->dds.back().parts.push_back(item.parts[next]);
      level.concatenation = next;
    }
  }
  level.matched.clear();
}

void Expander::close_step(Level& level) {
  if (!level.step) return;
  finish_matched(level);
  if (level.by != nullptr)
    for (auto& item : level.by->overrides) {
      if (item.used || !overrides_step(item, level)) continue;
      item.used = true;
      for (const auto& listed : item.listing) listing_.add(listed);
      level.step->dds.push_back({item.dd, item.parts});
    }
  interpreter_.step(*level.step);
  level.step.reset();
}

// Keywords of the call that belong to this step: KEY.step=; of those without a step, PARM goes to the first step and is
// taken from the others, the rest to all (jcl-zosmf.md 2.3). for_call: the step calls a procedure itself, so they
// become keywords of that call.
void Expander::apply_exec_overrides(std::vector<Operand>& operands, std::string_view step, bool first, Call& call,
                                    bool for_call) {
  for (const auto& operand : call.operands) {
    const auto key = find_exec_key(operand.keyword);
    if (!key || *key == ExecKey::pgm || *key == ExecKey::proc) continue;
    if (!operand.qualifier.empty() && operand.qualifier != step) continue;
    Operand plain = operand;
    plain.qualifier = {};
    const bool parm = *key == ExecKey::parm || *key == ExecKey::parmdd;
    if (operand.qualifier.empty() && parm && !first) {
      // A PARM.step= of the call for this step still counts.
      const bool own = std::any_of(call.operands.begin(), call.operands.end(), [&](const Operand& other) {
        return other.keyword == operand.keyword && other.qualifier == step;
      });
      if (!own && !for_call)
        std::erase_if(operands, [&](const Operand& old) { return old.keyword == operand.keyword; });
      continue;
    }
    if (parm) {
      const std::string_view partner = *key == ExecKey::parm ? "PARMDD" : "PARM";
      std::erase_if(operands, [&](const Operand& old) { return old.keyword == partner; });
    }
    override_operand(operands, plain);
  }
}

// --- calls

void Expander::start_call(const Statement& statement, Level& level, std::vector<Operand> operands,
                          const Operand& procedure) {
  auto call = std::make_unique<Call>();
  call->name = statement.name;
  call->place = {procedure.origin, statement.place.card, 3};
  call->procedure_place = procedure.value_place();
  call->procedure = parse_name(procedure.value, call->procedure_place, "PROC", diagnostics_);
  const bool first = level.steps_seen++ == 0;
  if (level.by != nullptr) {
    apply_exec_overrides(operands, statement.name, first, *level.by, true);
    level.step_name = statement.name;
    level.first_step = first;
  }
  bool named = false;
  for (auto& operand : operands) {
    const bool is_name_of_procedure = operand.value_at == procedure.value_at && operand.source == procedure.source;
    if (is_name_of_procedure && !named) {
      named = true;
    } else if (operand.positional()) {
      diagnostics_.error<"IEFC630I">(operand.place(), operand.value);
    } else {
      call->operands.push_back(operand);
    }
  }
  level.pending = std::move(call);
}

void Expander::flush(Level& level) {
  if (level.pending == nullptr) return;
  const auto call = std::move(level.pending);
  if (call->procedure.empty()) return;
  // Overrides of the outer call for this step go on as overrides of the inner one, and count more.
  if (level.by != nullptr)
    for (auto& item : level.by->overrides) {
      const bool mine = item.step.empty() ? level.first_step : item.step == call->name;
      if (item.used || !mine) continue;
      item.used = true;
      Override passed = item;
      passed.step = {};
      passed.used = false;
      call->add(std::move(passed));
    }
  if (call->snapshot) symbols_.replace_innermost(&*call->snapshot);
  expand(*call, level);
  if (call->snapshot) symbols_.replace_innermost(&level.symbols);
}

void Expander::expand(Call& call, Level& level) {
  if (level.depth >= deepest_nesting) {
    diagnostics_.error<"UNV2002E">(call.procedure_place, "PROCEDURE " + call.procedure, deepest_nesting);
    stopped_ = true;
    return;
  }
  Level inner;
  inner.parent = &level;
  inner.depth = level.depth + 1;
  inner.call = ++calls_;
  inner.parent_call = level.call;
  inner.procedure = call.procedure;
  inner.job_step = level.depth == 0 ? call.name : level.job_step;
  inner.caller = call.name;
  inner.by = &call;
  inner.if_base = ifs_.size();

  std::vector<const Statement*> body;
  const Statement* proc = nullptr;
  Source source{call.procedure_place.origin, ListedAs::in_stream, 0};
  if (const auto known = procedures_.find(call.procedure); known != procedures_.end()) {
    proc = known->second.proc;
    body = known->second.body;
    source.origin = nullptr;
  } else {
    Member* member = members_.find(call.procedure);
    if (member == nullptr) {
      diagnostics_.error<"IEFC612I">(call.procedure_place, "PROCEDURE", call.procedure);
      interpreter_.add_missing_step(call.name);
      return;
    }
    source = {enter("PROCEDURE", call.procedure, call.procedure_place), ListedAs::catalogued, 0};
    if (!member->told) diagnostics_.take_over(member->diagnostics, source.origin);
    member->told = true;
    body.reserve(member->statements.size());
    for (const auto& one : member->statements) {
      const bool first = proc == nullptr && std::all_of(body.begin(), body.end(), [](const Statement* before) {
                           return before->operation == Operation::comment;
                         });
      if (one.operation == Operation::proc && first)
        proc = &one;
      else
        body.push_back(&one);
    }
  }
  assign_symbols(call, inner, proc, body, source);
  symbols_.push(&inner.symbols);
  expand_body(inner, body, source);
  symbols_.pop();

  for (const auto& item : call.overrides)
    if (!item.used && !stopped_) diagnostics_.error<"IEFC611I">(item.place, item.step.empty() ? item.dd : item.step);
}

// Symbols of the new level: what the EXEC says, then the defaults of PROC for the rest.
void Expander::assign_symbols(Call& call, Level& inner, const Statement* proc,
                              const std::vector<const Statement*>& body, const Source& source) {
  std::vector<Operand> defaults;
  if (proc != nullptr) {
    ListedStatement listed{proc, {}, source.as};
    const SourceText& text = substituted(*proc, listed);
    listing_.add(listed);
    defaults = parse_operands(text, source.origin, "PROC", diagnostics_);
  }
  std::unordered_set<std::string_view> known;
  for (const auto& operand : defaults) known.insert(operand.keyword);
  bool searched = false;
  // Names used in the body count as known too: a procedure need not give a default to each symbol.
  const auto used_in_body = [&](std::string_view name) {
    if (!searched) {
      for (const auto* one : body)
        for (auto at = one->operands.text.find('&'); at != std::string_view::npos;
             at = one->operands.text.find('&', at + 1)) {
          auto end = at + 1;
          while (end < one->operands.text.size() && is_name_character(one->operands.text[end])) ++end;
          known.insert(one->operands.text.substr(at + 1, end - at - 1));
        }
      searched = true;
    }
    return known.contains(name);
  };
  for (const auto& operand : call.operands) {
    const auto key = find_exec_key(operand.keyword);
    if (key && *key != ExecKey::pgm && *key != ExecKey::proc) continue;  // goes to the steps
    if (key || !operand.qualifier.empty()) {
      diagnostics_.error<"IEFC630I">(operand.place(), operand.keyword);
    } else if (!known.contains(operand.keyword) && !used_in_body(operand.keyword)) {
      diagnostics_.error<"IEFC657I">(operand.place(), operand.keyword);
    } else {
      define(inner, operand, "EXEC");
    }
  }
  for (const auto& operand : defaults)
    if (inner.symbols.find(operand.keyword) == nullptr) define(inner, operand, "PROC");
}

void Expander::expand_body(Level& inner, const std::vector<const Statement*>& body, const Source& source) {
  const int before = static_cast<int>(result_.plan.steps.size());
  std::unordered_set<std::string_view> steps;
  for (const auto* one : body) {
    if (stopped_ || inner.ended) break;
    if (one->operation == Operation::exec) steps.insert(one->name);
    statement(*one, source, inner);
  }
  end_level(inner);
  if (stopped_) return;
  for (const auto& operand : inner.by->operands)
    if (find_exec_key(operand.keyword) && !operand.qualifier.empty() && !steps.contains(operand.qualifier))
      diagnostics_.error<"IEFC611I">(operand.place(), operand.qualifier);
  if (static_cast<int>(result_.plan.steps.size()) == before && !diagnostics_.has_errors())
    diagnostics_.error<"IEFC607I">(inner.by->procedure_place);
}

void Expander::end_level(Level& level) {
  flush(level);
  close_step(level);
  while (ifs_.size() > level.if_base) {
    if (!stopped_) diagnostics_.error<"UNV2004E">(ifs_.back().place);
    ifs_.pop_back();
  }
}

}  // namespace sysplexd::jcl
