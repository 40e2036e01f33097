// JOB, EXEC, RESTART and JOBRC; see interpreter.hpp.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "sysplex/jcl/card.hpp"
#include "sysplex/jcl/interpreter.hpp"
#include "sysplex/jcl/keyword.hpp"
#include "sysplex/jcl/statement.hpp"
#include "sysplex/jcl/values.hpp"

namespace sysplexd::jcl {

namespace {

constexpr std::size_t longest_programmer = 20, longest_accounting = 143, longest_ignored = 120;

constexpr std::array<std::string_view, 4> restart_definitions = {"R", "RNC", "NR", "NC"};

std::optional<Typrun> typrun_word(std::string_view word) {
  if (word == "HOLD") return Typrun::hold;
  if (word == "JCLHOLD") return Typrun::jclhold;
  if (word == "SCAN") return Typrun::scan;
  if (word == "COPY") return Typrun::copy;
  return std::nullopt;
}

bool is_alphanumeric(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

int card_of(const Place& place) { return place.origin != nullptr ? place.origin->call_card : place.card; }

}  // namespace

Interpreter::Interpreter(const ConvertInput& input, Plan& plan, Diagnostics& diagnostics)
    : plan_(plan), diagnostics_(diagnostics) {
  plan_.job_class = input.default_class;
  plan_.message_class = input.default_message_class;
}

void Interpreter::ignore(const Place& place, std::string_view what) {
  std::string line = "card " + std::to_string(card_of(place)) + ": ";
  line.append(what.substr(0, longest_ignored));
  if (what.size() > longest_ignored) line += "...";
  plan_.ignored.push_back(std::move(line));
}

void Interpreter::ignore(const Operand& operand) {
  std::string what(operand.keyword);
  what.append("=").append(operand.value.substr(0, longest_ignored));
  ignore(operand.place(), what);
}

std::string Interpreter::job_class(const Operand& operand, std::size_t longest) {
  if (operand.value.empty() || operand.value.size() > longest || !is_alphanumeric(operand.value)) {
    diagnostics_.error<"IEF639I">(operand.value_place(), operand.keyword);
    return {};
  }
  return std::string(operand.value);
}

void Interpreter::job(std::string_view name, const std::vector<Operand>& operands) {
  plan_.job_name = name;
  std::vector<std::string_view> seen;
  std::size_t positionals = 0;
  const Operand* affinity_operand = nullptr;
  const auto words = [&](const Operand& operand, const auto& table) {
    if (std::find(table.begin(), table.end(), operand.value) != table.end()) return true;
    diagnostics_.error<"IEF643I">(operand.value_place(), operand.keyword);
    return false;
  };
  for (const auto& operand : operands) {
    if (operand.positional()) {
      if (!seen.empty()) {
        diagnostics_.error<"IEFC630I">(operand.place(), operand.value);
      } else if (++positionals == 1) {
        const auto text = is_list(operand.value) ? operand.value.substr(1, operand.value.size() - 2) : operand.value;
        plan_.accounting = unquote(text);
        if (plan_.accounting.size() > longest_accounting)
          diagnostics_.error<"IEF642I">(operand.place(), std::string_view("ACCOUNTING"));
      } else if (positionals == 2) {
        plan_.programmer = unquote(operand.value);
        if (static_cast<std::size_t>(columns(plan_.programmer)) > longest_programmer)
          diagnostics_.error<"IEF642I">(operand.place(), std::string_view("PROGRAMMER NAME"));
      } else {
        diagnostics_.error<"IEF640I">(operand.place(), std::string_view("JOB"));
      }
      continue;
    }
    const auto key = find_job_key(operand.keyword);
    if (!key || !operand.qualifier.empty()) {
      diagnostics_.error<"IEFC630I">(operand.place(), operand.keyword);
      continue;
    }
    if (std::find(seen.begin(), seen.end(), operand.keyword) != seen.end()) {
      diagnostics_.error<"IEFC009I">(operand.place(), operand.keyword, operand.keyword, std::string_view("JOB"));
      continue;
    }
    seen.push_back(operand.keyword);
    if (operand.value.empty()) {
      diagnostics_.error<"IEF646I">(operand.place(), operand.keyword);
      continue;
    }
    switch (*key) {
      case JobKey::cls:
        if (auto text = job_class(operand, 8); !text.empty()) plan_.job_class = text;
        break;
      case JobKey::msgclass:
        if (auto text = job_class(operand, 1); !text.empty()) plan_.message_class = text;
        break;
      case JobKey::cond: {
        auto cond = parse_cond(operand, true, diagnostics_);
        plan_.cond = std::move(cond.tests);
        break;
      }
      case JobKey::prty: {
        const auto number = parse_number(operand.value);
        if (number && *number <= 15)
          plan_.priority = *number;
        else
          diagnostics_.error<"IEF644I">(operand.value_place(), operand.keyword);
        break;
      }
      case JobKey::notify: {
        const auto items = split_list(operand.value);
        const auto user = items[0].text.substr(items[0].text.find('.') + 1);
        plan_.notify = parse_name(user, operand.value_place(items[0].at), operand.keyword, diagnostics_);
        break;
      }
      case JobKey::user:
        plan_.user = parse_name(operand.value, operand.value_place(), operand.keyword, diagnostics_);
        break;
      case JobKey::rd:
        if (words(operand, restart_definitions)) plan_.restart_definition = operand.value;
        break;
      case JobKey::typrun:
        if (const auto word = typrun_word(operand.value))
          plan_.typrun = *word;
        else
          diagnostics_.error<"IEF643I">(operand.value_place(), operand.keyword);
        break;
      case JobKey::time: plan_.limits.cpu_seconds = parse_time(operand, diagnostics_); break;
      case JobKey::region:
        plan_.region = parse_region(operand, diagnostics_);
        plan_.limits.region = plan_.region;
        break;
      case JobKey::schenv:
        plan_.schenv = unquote(operand.value);
        if (plan_.schenv.size() > 16) diagnostics_.error<"IEF642I">(operand.value_place(), operand.keyword);
        break;
      case JobKey::sysaff:
      case JobKey::system:
        if (affinity_operand != nullptr)
          diagnostics_.error<"IEFC009I">(operand.place(), operand.keyword, affinity_operand->keyword,
                                         std::string_view("JOB"));
        affinity_operand = &operand;
        affinity(operand);
        break;
      case JobKey::restart: restart(operand); break;
      case JobKey::jobrc: job_rc(operand); break;
      case JobKey::ignored: ignore(operand); break;
    }
  }
}

// (SY1,SY2), (-SY1), ANY, *: what the queue needs to choose a member.
void Interpreter::affinity(const Operand& operand) {
  for (const auto& item : split_list(operand.value)) {
    auto text = item.text;
    if (text == "ANY" || text == "*" || text == "IND") {
      if (text != "ANY") plan_.system_affinity.emplace_back(text);
      continue;
    }
    if (text.starts_with('-')) text.remove_prefix(1);
    // Member names of one to four characters may begin with a digit.
    if (text.empty() || text.size() > 8 || !std::all_of(text.begin(), text.end(), is_name_character))
      diagnostics_.error<"IEFC632I">(operand.value_place(item.at), operand.keyword);
    else
      plan_.system_affinity.emplace_back(item.text);
  }
}

void Interpreter::restart(const Operand& operand) {
  const auto items = split_list(operand.value);
  restart_place_ = operand.value_place(items[0].at);
  if (items.size() > 1) ignore(operand);  // checkpoints
  const auto text = items[0].text;
  if (text == "*") {
    restart_first_ = true;
    return;
  }
  const auto dot = text.find('.');
  plan_.restart_step = parse_name(text.substr(0, dot), restart_place_, operand.keyword, diagnostics_);
  if (dot != std::string_view::npos)
    plan_.restart_procstep = parse_name(text.substr(dot + 1), restart_place_, operand.keyword, diagnostics_);
}

void Interpreter::job_rc(const Operand& operand) {
  const auto items = split_list(operand.value);
  job_rc_place_ = operand.value_place();
  if (items.size() == 1 && (items[0].text == "MAXRC" || items[0].text == "LASTRC")) {
    plan_.job_rc = items[0].text;
    return;
  }
  if (items.size() != 2 || items[0].text != "STEP") {
    diagnostics_.error<"IEF643I">(operand.value_place(), operand.keyword);
    return;
  }
  const auto text = items[1].text;
  const auto dot = text.find('.');
  const auto place = operand.value_place(items[1].at);
  auto name = parse_name(text.substr(0, dot), place, operand.keyword, diagnostics_);
  if (name.empty()) return;
  if (dot != std::string_view::npos) {
    const auto procstep = parse_name(text.substr(dot + 1), place, operand.keyword, diagnostics_);
    if (procstep.empty()) return;
    name += "." + procstep;
  }
  plan_.job_rc = name;
}

void Interpreter::joblib(const RawDd& dd) {
  std::vector<Forward> forwards;
  const RawStep none;
  for (auto& part : dd_parts(dd, none, forwards))
    if (dd.name == "JOBLIB") plan_.joblib.push_back(std::move(part));
  if (dd.name != "JOBLIB") ignore(dd.parts.front().place, dd.name);
}

void Interpreter::program(const Operand& operand, const RawStep& raw, Step& step) {
  if (!operand.value.starts_with("*.")) {
    step.program = parse_name(operand.value, operand.value_place(), operand.keyword, diagnostics_);
    return;
  }
  const Dd* dd = referback({operand.value, 0}, operand, raw);
  if (dd == nullptr) return;
  const DdPart& part = dd->parts.front();
  if (part.kind != DdKind::dataset || part.dsname.member.empty()) {
    diagnostics_.error<"IEF645I">(operand.value_place(), operand.keyword);
    return;
  }
  step.program = part.dsname.member;
  step.program_dsn = part.dsname;
}

void Interpreter::exec(const RawStep& raw, Step& step) {
  std::vector<std::string_view> seen;
  const Operand* parm = nullptr;
  for (const auto& operand : raw.exec) {
    if (operand.positional()) {
      diagnostics_.error<"IEFC630I">(operand.place(), operand.value);
      continue;
    }
    const auto key = find_exec_key(operand.keyword);
    if (!key || !operand.qualifier.empty()) {
      diagnostics_.error<"IEFC630I">(operand.place(), operand.keyword);
      continue;
    }
    if (std::find(seen.begin(), seen.end(), operand.keyword) != seen.end()) {
      diagnostics_.error<"IEFC009I">(operand.place(), operand.keyword, operand.keyword, std::string_view("EXEC"));
      continue;
    }
    seen.push_back(operand.keyword);
    if (operand.value.empty()) {
      if (*key == ExecKey::pgm) diagnostics_.error<"IEF646I">(operand.place(), operand.keyword);
      continue;
    }
    switch (*key) {
      case ExecKey::pgm: program(operand, raw, step); break;
      case ExecKey::proc:
        diagnostics_.error<"IEFC009I">(operand.place(), operand.keyword, std::string_view("PGM"),
                                       std::string_view("EXEC"));
        break;
      case ExecKey::parm:
        parm = &operand;
        step.parm = parse_parm(operand, diagnostics_);
        break;
      case ExecKey::parmdd:
        step.parm_dd = parse_name(operand.value, operand.value_place(), operand.keyword, diagnostics_);
        break;
      case ExecKey::cond: {
        auto cond = parse_cond(operand, false, diagnostics_);
        step.cond_mode = cond.mode;
        const int before = directory_.size() - 1;
        for (std::size_t i = 0; i < cond.tests.size(); ++i) {
          auto& test = cond.tests[i];
          if (test.step.empty()) continue;
          test.step_index = find_step(test.step, test.procstep, raw.call, before, cond.places[i], operand.keyword);
        }
        step.cond = std::move(cond.tests);
        break;
      }
      case ExecKey::time: step.limits.cpu_seconds = parse_time(operand, diagnostics_); break;
      case ExecKey::region: step.limits.region = parse_region(operand, diagnostics_); break;
      case ExecKey::rd:
        if (std::find(restart_definitions.begin(), restart_definitions.end(), operand.value) ==
            restart_definitions.end())
          diagnostics_.error<"IEF643I">(operand.value_place(), operand.keyword);
        else
          ignore(operand);
        break;
      case ExecKey::ignored: ignore(operand); break;
    }
  }
  if (parm != nullptr && !step.parm_dd.empty())
    diagnostics_.error<"IEFC009I">(parm->place(), std::string_view("PARM"), std::string_view("PARMDD"),
                                   std::string_view("EXEC"));
}

int Interpreter::find_step(const std::string& step, const std::string& procstep, int viewer, int before,
                           const Place& place, std::string_view field) {
  auto index = directory_.find(step, procstep, viewer, before);
  if (!index && viewer != 0) index = directory_.find(step, procstep, 0, before);
  if (index) return *index;
  if (missing_.contains(step)) return -1;
  diagnostics_.error<"IEF645I">(place, field);
  return -1;
}

void Interpreter::step(const RawStep& raw) {
  Step& step = plan_.steps.back();
  exec(raw, step);
  std::vector<Forward> forwards;
  std::unordered_set<std::string_view> names;
  step.dds.reserve(raw.dds.size());
  for (const auto& dd : raw.dds) {
    const auto before = forwards.size();
    auto parts = dd_parts(dd, raw, forwards);
    if (!names.insert(dd.name).second) {
      diagnostics_.warning<"UNV2008W">(dd.parts.front().place, dd.name);
      forwards.resize(before);
      continue;
    }
    step.dds.push_back({std::string(dd.name), std::move(parts)});
  }
  resolve_ddnames(step, forwards);
  remember_created(step);
  if (!step.parm_dd.empty() && find_dd(step, step.parm_dd) == nullptr)
    diagnostics_.error<"IEF645I">(raw.place, std::string_view("PARMDD"));
}

void Interpreter::end_of_job() {
  if (!plan_.restart_step.empty() && !restart_first_) {
    const auto index = directory_.find(plan_.restart_step, plan_.restart_procstep, 0, directory_.size());
    if (index)
      for (int i = 0; i < *index; ++i) plan_.steps[static_cast<std::size_t>(i)].skipped_by_restart = true;
    else if (!missing_.contains(plan_.restart_step))
      diagnostics_.error<"UNV2003E">(
          restart_place_, plan_.restart_step + (plan_.restart_procstep.empty() ? "" : ".") + plan_.restart_procstep);
  }
  if (plan_.job_rc.empty() || plan_.job_rc == "MAXRC" || plan_.job_rc == "LASTRC") return;
  const auto dot = plan_.job_rc.find('.');
  const auto procstep = dot == std::string::npos ? std::string() : plan_.job_rc.substr(dot + 1);
  if (!directory_.find(plan_.job_rc.substr(0, dot), procstep, 0, directory_.size()) &&
      !missing_.contains(plan_.job_rc.substr(0, dot)))
    diagnostics_.error<"IEF645I">(job_rc_place_, std::string_view("JOBRC"));
}

}  // namespace sysplexd::jcl
