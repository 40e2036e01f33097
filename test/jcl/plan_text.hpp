// A plan as text, one fact a line, for the golden decks: what a converted job says, and nothing about how it is held.
#pragma once
#include <string>

#include "sysplex/jcl/converter.hpp"

namespace sysplexd::jcl {

inline const char* text_of(Compare op) {
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

inline const char* text_of(DispAction action) {
  switch (action) {
    case DispAction::keep: return "KEEP";
    case DispAction::remove: return "DELETE";
    case DispAction::catlg: return "CATLG";
    case DispAction::uncatlg: return "UNCATLG";
    case DispAction::pass: return "PASS";
  }
  return "?";
}

inline const char* text_of(DispStatus status) {
  switch (status) {
    case DispStatus::is_new: return "NEW";
    case DispStatus::old: return "OLD";
    case DispStatus::shr: return "SHR";
    case DispStatus::mod: return "MOD";
  }
  return "?";
}

inline std::string text_of(const Disp& disp) {
  return std::string("(") + text_of(disp.status) + "," + text_of(disp.normal) + "," + text_of(disp.abnormal) + ")";
}

inline std::string text_of(const DsName& name) {
  std::string text = (name.temporary ? "&&" : "") + name.name;
  if (!name.member.empty()) text += "(" + name.member + ")";
  if (name.generation)
    text += "(" + std::string(*name.generation > 0 ? "+" : "") + std::to_string(*name.generation) + ")";
  return text;
}

inline std::string text_of(const IfExpression& e) {
  using Kind = IfExpression::Kind;
  const std::string of = (e.step.empty() ? "" : e.step + ".") + (e.procstep.empty() ? "" : e.procstep + ".");
  const std::string at = e.step.empty() ? "" : "@" + std::to_string(e.step_index + 1);
  switch (e.kind) {
    case Kind::rc: return of + "RC" + at + " " + text_of(e.op) + " " + std::to_string(e.code);
    case Kind::abendcc: return of + "ABENDCC" + at + " " + text_of(e.op) + " " + e.abend;
    case Kind::abend: return of + "ABEND" + at + (e.expected ? "" : "=FALSE");
    case Kind::run: return of + "RUN" + at + (e.expected ? "" : "=FALSE");
    case Kind::both: return "(" + text_of(e.operands[0]) + " AND " + text_of(e.operands[1]) + ")";
    case Kind::either: return "(" + text_of(e.operands[0]) + " OR " + text_of(e.operands[1]) + ")";
    case Kind::negation: return "NOT (" + text_of(e.operands[0]) + ")";
  }
  return "?";
}

inline std::string text_of(const std::vector<CondTest>& tests, CondMode mode) {
  std::string text;
  for (const auto& test : tests) {
    text += " (" + std::to_string(test.code) + "," + text_of(test.op);
    if (!test.step.empty())
      text += "," + test.step + (test.procstep.empty() ? "" : "." + test.procstep) + "@" +
              std::to_string(test.step_index + 1);
    text += ")";
  }
  if (mode == CondMode::even) text += " EVEN";
  if (mode == CondMode::only) text += " ONLY";
  return text;
}

inline std::string seconds_text(std::int64_t seconds) {
  return seconds == INT64_MAX ? "NOLIMIT" : std::to_string(seconds) + "s";
}

inline std::string text_of(const DdPart& part) {
  std::string text;
  switch (part.kind) {
    case DdKind::dummy: text = "DUMMY"; break;
    case DdKind::sysout: text = "SYSOUT=" + part.sysout_class; break;
    case DdKind::dataset:
      text = text_of(part.dsname) + " " + text_of(part.disp) + (part.library ? " library" : "");
      break;
    case DdKind::path:
      text = "PATH " + part.path + " " + text_of(part.disp);
      for (const auto& option : part.path_options) text += " " + option;
      if (part.path_mode) {
        text += " 0";
        for (int shift = 9; shift >= 0; shift -= 3) text += static_cast<char>('0' + ((*part.path_mode >> shift) & 7));
      }
      break;
    case DdKind::instream: text = "DATA"; break;
  }
  if (!part.dcb.recfm.empty()) text += " RECFM=" + part.dcb.recfm;
  if (part.dcb.lrecl != 0) text += " LRECL=" + std::to_string(part.dcb.lrecl);
  if (part.dcb.blksize != 0) text += " BLKSIZE=" + std::to_string(part.dcb.blksize);
  if (!part.dcb.dsorg.empty()) text += " DSORG=" + part.dcb.dsorg;
  text += "  card " + std::to_string(part.card) + "\n";
  if (part.kind == DdKind::instream) {
    std::string line;
    for (const char c : part.data) {
      if (c != '\n') {
        line += c;
        continue;
      }
      text += "      |" + line + "|\n";
      line.clear();
    }
  }
  return text;
}

inline std::string text_of(const Plan& plan) {
  std::string text = "JOB " + plan.job_name + " class " + plan.job_class + " msgclass " + plan.message_class +
                     " priority " + std::to_string(plan.priority) + "\n";
  const auto line = [&text](const char* name, const std::string& value) {
    if (!value.empty()) text += std::string("  ") + name + " " + value + "\n";
  };
  static const char* const typruns[] = {"", "HOLD", "JCLHOLD", "SCAN", "COPY"};
  line("accounting", plan.accounting);
  line("programmer", plan.programmer);
  line("typrun", typruns[static_cast<int>(plan.typrun)]);
  line("notify", plan.notify);
  line("user", plan.user);
  if (!plan.cond.empty()) line("cond", text_of(plan.cond, CondMode::normal).substr(1));
  if (plan.limits.cpu_seconds) line("time", seconds_text(*plan.limits.cpu_seconds));
  line("region", plan.region);
  line("restart", plan.restart_step + (plan.restart_procstep.empty() ? "" : "." + plan.restart_procstep));
  line("schenv", plan.schenv);
  line("jobrc", plan.job_rc);
  line("rd", plan.restart_definition);
  for (const auto& system : plan.system_affinity) line("system", system);
  for (const auto& part : plan.joblib) text += "  JOBLIB " + text_of(part);
  for (const auto& block : plan.ifs)
    text += "IF " + std::to_string(block.id) + " before step " + std::to_string(block.first_step + 1) + ": " +
            text_of(block.expression) + "  card " + std::to_string(block.card) + "\n";
  for (const auto& step : plan.steps) {
    text += "STEP " + std::to_string(step.number) + " " + (step.name.empty() ? "-" : step.name);
    if (!step.proc.empty()) text += " " + (step.procstep.empty() ? "-" : step.procstep) + " of " + step.proc;
    text += " PGM=" + step.program;
    if (!step.program_dsn.name.empty()) text += " from " + text_of(step.program_dsn);
    if (step.skipped_by_restart) text += " skipped";
    text += "  card " + std::to_string(step.card) + "\n";
    if (step.parm) text += "  parm |" + *step.parm + "|\n";
    line("parmdd", step.parm_dd);
    if (!step.cond.empty() || step.cond_mode != CondMode::normal)
      line("cond", text_of(step.cond, step.cond_mode).substr(1));
    if (step.limits.cpu_seconds) line("time", seconds_text(*step.limits.cpu_seconds));
    line("region", step.limits.region);
    for (const auto& [id, then] : step.within)
      text += "  in " + std::string(then ? "THEN" : "ELSE") + " of IF " + std::to_string(id) + "\n";
    for (const auto& dd : step.dds) {
      bool first = true;
      for (const auto& part : dd.parts) {
        text += "  " + (first ? dd.name : std::string()) +
                std::string(first && dd.name.size() < 8 ? 8 - dd.name.size()
                            : first                     ? 0
                                                        : 8,
                            ' ') +
                " " + text_of(part);
        first = false;
      }
    }
  }
  for (const auto& ignored : plan.ignored) text += "ignored " + ignored + "\n";
  return text;
}

inline std::string text_of(const std::vector<JclError>& errors) {
  std::string text;
  for (const auto& error : errors)
    text += std::to_string(error.card) + ":" + std::to_string(error.column) + ": " + error.text + "\n";
  return text;
}

// The whole answer; the first line says which of both it is.
inline std::string text_of(const ConvertResult& result) {
  std::string text;
  if (!result.ok()) text = text_of(result.errors);
  for (const auto& warning : result.warnings)
    text +=
        "warning " + std::to_string(warning.card) + ":" + std::to_string(warning.column) + ": " + warning.text + "\n";
  if (result.ok()) text += text_of(result.plan);
  return text;
}

}  // namespace sysplexd::jcl
