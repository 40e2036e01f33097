// INCLUDE, JCLLIB, OUTPUT, EXPORT, JES2 control statements, and those that do nothing here. See expander.hpp.
#include <algorithm>

#include "sysplex/jcl/card.hpp"
#include "sysplex/jcl/expander.hpp"
#include "sysplex/jcl/keyword.hpp"
#include "sysplex/jcl/values.hpp"

namespace sysplexd::jcl {

void Expander::include(const Statement& statement, const Source& source, Level& level) {
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  listing_.add(listed);
  check_name(statement, source, false);
  const auto operands = parse_operands(text, source.origin, "INCLUDE", diagnostics_);
  const Operand* member = nullptr;
  for (const auto& operand : operands) {
    if (operand.keyword == "MEMBER")
      member = &operand;
    else
      diagnostics_.error<"IEFC630I">(operand.place(), operand.positional() ? operand.value : operand.keyword);
  }
  const Place place{source.origin, statement.word_place.card, statement.word_place.column};
  if (member == nullptr) return diagnostics_.error<"IEF646I">(place, std::string_view("MEMBER"));
  const auto name = parse_name(member->value, member->value_place(), member->keyword, diagnostics_);
  if (name.empty()) return;
  if (source.depth >= deepest_nesting) {
    diagnostics_.error<"UNV2002E">(place, std::string_view("INCLUDE"), deepest_nesting);
    stopped_ = true;
    return;
  }
  Member* found = members_.find(name);
  if (found == nullptr) return diagnostics_.error<"IEFC612I">(member->value_place(), "INCLUDE GROUP", name);
  const Source inside{enter("INCLUDE GROUP", name, member->value_place()), ListedAs::catalogued, source.depth + 1};
  if (!found->told) diagnostics_.take_over(found->diagnostics, inside.origin);
  found->told = true;
  for (const auto& one : found->statements) {
    if (stopped_ || one.operation == Operation::null) break;
    if (one.operation == Operation::job || one.operation == Operation::proc || one.operation == Operation::pend ||
        one.operation == Operation::jcllib) {
      misplaced(one, inside);
      continue;
    }
    this->statement(one, inside, level);
  }
}

void Expander::jcllib(const Statement& statement, const Source& source, Level& level) {
  if (level.depth > 0 || source.origin != nullptr || exec_seen_ || jcllib_seen_) return misplaced(statement, source);
  jcllib_seen_ = true;
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  listing_.add(listed);
  check_name(statement, source, false);
  std::vector<std::string> libraries;
  for (const auto& operand : parse_operands(text, source.origin, "JCLLIB", diagnostics_)) {
    if (operand.keyword == "PROCLIB") {
      interpreter_.ignore(operand);
      continue;
    }
    if (operand.keyword != "ORDER") {
      diagnostics_.error<"IEFC630I">(operand.place(), operand.positional() ? operand.value : operand.keyword);
      continue;
    }
    for (const auto& item : split_list(operand.value)) {
      Operand one = operand;
      one.value = item.text;
      one.value_at += static_cast<std::uint32_t>(item.at);
      if (const auto name = parse_dsname(one, diagnostics_)) libraries.push_back(name->name);
    }
  }
  if (libraries.empty() && text.text.empty())
    diagnostics_.error<"IEF646I">(Place{source.origin, statement.word_place.card, statement.word_place.column},
                                  std::string_view("ORDER"));
  members_.set_order(std::move(libraries));
}

void Expander::output(const Statement& statement, const Source& source, Level&) {
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  listing_.add(listed);
  check_name(statement, source, true);
  for (const auto& operand : parse_operands(text, source.origin, "OUTPUT", diagnostics_))
    if (operand.positional() || !is_output_keyword(operand.keyword))
      diagnostics_.error<"IEFC630I">(operand.place(), operand.positional() ? operand.value : operand.keyword);
  interpreter_.add_output_name(statement.name);
  interpreter_.ignore({source.origin, statement.place.card, 1}, "OUTPUT");
}

void Expander::export_symlist(const Statement& statement, const Source& source, Level&) {
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  listing_.add(listed);
  check_name(statement, source, false);
  for (const auto& operand : parse_operands(text, source.origin, "EXPORT", diagnostics_)) {
    if (operand.keyword != "SYMLIST") {
      diagnostics_.error<"IEFC630I">(operand.place(), operand.positional() ? operand.value : operand.keyword);
      continue;
    }
    for (const auto& item : split_list(operand.value)) {
      if (item.text == "*")
        export_all_ = true;
      else if (is_name(item.text))
        exported_.emplace(item.text);
      else
        diagnostics_.error<"IEFC632I">(operand.value_place(item.at), operand.keyword);
    }
  }
}

// Statements that are known and do nothing here, and those that would mean something that we do not do.
void Expander::other(const Statement& statement, const Source& source) {
  listing_.add({&statement, {}, source.as});
  const Place place{source.origin, statement.word_place.card, statement.word_place.column};
  if (statement.operation == Operation::xmit || statement.operation == Operation::job_group)
    diagnostics_.error<"IEFC601I">(place, statement.word);
  else
    interpreter_.ignore(place, statement.word);
}

void Expander::jes2(const Statement& statement) {
  const std::string_view text = statement.operands.text;
  listing_.comment(statement, ListedAs::job);
  const auto end = std::min(text.find(' '), text.size());
  const auto verb = text.substr(2, end - 2);
  const auto at = std::min(text.find_first_not_of(' ', end), text.size());
  const auto operand_text = text.substr(at, text.find(' ', at) - at);
  const auto place = statement.operands.place(at, nullptr);
  if (verb == "XMIT") return diagnostics_.error<"IEFC601I">(statement.operands.place(2, nullptr), "XMIT");
  if (verb == "PRIORITY") {
    const auto number = parse_number(operand_text);
    if (!number || *number > 15)
      diagnostics_.error<"IEF644I">(place, std::string_view("PRIORITY"));
    else if (!priority_by_job_)
      result_.plan.priority = *number;
    return;
  }
  if (verb == "NOTIFY" && result_.plan.notify.empty() && is_name(operand_text.substr(operand_text.find('.') + 1))) {
    result_.plan.notify = operand_text.substr(operand_text.find('.') + 1);
    return;
  }
  if (verb != "JOBPARM") return interpreter_.ignore(statement.place, trim_right(text));
  SourceText& source = texts_.emplace_back();
  source.text = operand_text;
  source.segments.push_back({0, place.card, place.column, false});
  for (const auto& operand : parse_operands(source, nullptr, "JOBPARM", diagnostics_)) {
    if (operand.keyword != "SYSAFF" && operand.keyword != "S") {
      interpreter_.ignore(operand.place(), std::string("/*JOBPARM ") + std::string(operand.keyword) +
                                               (operand.positional() ? "" : "=") + std::string(operand.value));
      continue;
    }
    if (affinity_by_job_) {
      diagnostics_.warning<"UNV2013W">(operand.place());
      continue;
    }
    for (const auto& item : split_list(operand.value)) {
      if (item.text == "ANY") continue;
      if (item.text.empty() || item.text.size() > 8)
        diagnostics_.error<"IEFC632I">(operand.value_place(item.at), operand.keyword);
      else
        result_.plan.system_affinity.emplace_back(item.text);
    }
  }
}

}  // namespace sysplexd::jcl
