// The walk over the statements; see expander.hpp. DD statements are in dd_statement.cpp, procedure calls in
// procedure.cpp, libraries and what JES2 reads in library_statement.cpp.
#include "sysplex/jcl/expander.hpp"

#include <algorithm>
#include <array>

#include "sysplex/jcl/card.hpp"
#include "sysplex/jcl/if_expression.hpp"
#include "sysplex/jcl/keyword.hpp"
#include "sysplex/jcl/values.hpp"

namespace sysplexd::jcl {

Expander::Expander(const ConvertInput& input, const MemberSource& members, ConvertResult& result)
    : input_(input),
      result_(result),
      members_(members, arena_),
      interpreter_(input, result.plan, diagnostics_),
      listing_(result.listing),
      symbols_(input.symbols, input.system_symbols) {}

void Expander::run() {
  const auto statements = read_statements(input_.deck, input_.first_card, arena_, diagnostics_);
  Level level;
  symbols_.push(&level.symbols);
  for (const auto& one : statements) {
    if (stopped_ || level.ended) break;
    statement(one, Source{}, level);
  }
  if (!stopped_ && defining_ != nullptr) diagnostics_.error<"UNV2010E">(defining_place_);
  if (!job_seen_) diagnostics_.error<"UNV2001E">(Place{nullptr, input_.first_card, 1});
  end_level(level);
  if (joblib_) interpreter_.joblib(*joblib_);
  if (job_seen_ && !exec_seen_ && !stopped_ && defining_ == nullptr) diagnostics_.error<"IEFC607I">(job_place_);
  interpreter_.end_of_job();
  diagnostics_.report(result_);
}

const Operand* Expander::find(const std::vector<Operand>& operands, std::string_view keyword) {
  const auto found = std::find_if(operands.begin(), operands.end(),
                                  [&](const Operand& operand) { return operand.keyword == keyword; });
  return found != operands.end() ? &*found : nullptr;
}

void Expander::statement(const Statement& statement, const Source& source, Level& level) {
  if (source.as != ListedAs::job && too_many_expanded({source.origin, statement.place.card, 1})) return;
  if (statement.operation == Operation::comment) {
    if (defining_ != nullptr && level.depth == 0) defining_->body.push_back(&statement);
    return listing_.comment(statement, source.as);
  }
  const bool before_job = statement.operation == Operation::jes2 || statement.operation == Operation::delimiter ||
                          statement.operation == Operation::job;
  if (!job_seen_ && !before_job) {
    // One error for the missing JOB statement; then the rest is read as if there were one.
    diagnostics_.error<"UNV2001E">(Place{nullptr, statement.place.card, 1});
    job_seen_ = true;
    job_place_ = statement.place;
  }
  if (defining_ != nullptr && level.depth == 0 && source.origin == nullptr && defining(statement)) return;
  switch (statement.operation) {
    case Operation::comment:
    case Operation::delimiter: break;
    case Operation::job: job(statement, source); break;
    case Operation::exec: exec(statement, source, level); break;
    case Operation::dd: dd(statement, source, level); break;
    case Operation::data: loose_data(statement, source, level); break;
    case Operation::set: set(statement, source, level); break;
    case Operation::if_then: if_then(statement, source, level); break;
    case Operation::otherwise: otherwise(statement, source, level); break;
    case Operation::endif: endif(statement, source, level); break;
    case Operation::include: include(statement, source, level); break;
    case Operation::jcllib: jcllib(statement, source, level); break;
    case Operation::output: output(statement, source, level); break;
    case Operation::export_symlist: export_symlist(statement, source, level); break;
    case Operation::null: level.ended = source.depth == 0; break;
    case Operation::pend:
      if (level.depth == 0 || source.depth > 0) return misplaced(statement, source);
      flush(level);
      close_step(level);
      listing_.add({&statement, {}, source.as});
      level.ended = true;
      break;
    case Operation::proc:
      if (level.depth > 0 || source.origin != nullptr) return misplaced(statement, source);
      flush(level);
      listing_.add({&statement, {}, source.as});
      check_name(statement, source, true);
      defining_ = &procedures_[std::string(statement.name)];
      *defining_ = {&statement, {}};
      defining_place_ = statement.place;
      break;
    case Operation::jes2: jes2(statement); break;
    case Operation::unknown:  // reported by the reader
      listing_.add({&statement, {}, source.as});
      interpreter_.add_missing_step(statement.name);
      exec_seen_ = exec_seen_ || !statement.name.empty();
      break;
    default: other(statement, source);
  }
}

// Between PROC and PEND the statements are only kept. True: done with it.
bool Expander::defining(const Statement& statement) {
  if (statement.operation == Operation::null) {
    diagnostics_.error<"UNV2010E">(defining_place_);
    stopped_ = true;  // what should be the job is in the procedure
    return true;
  }
  if (statement.operation == Operation::job || statement.operation == Operation::proc ||
      statement.operation == Operation::jcllib) {
    misplaced(statement, Source{});
    return true;
  }
  if (statement.operation != Operation::jes2 && statement.operation != Operation::delimiter)
    listing_.add({&statement, {}, ListedAs::job});
  if (statement.operation == Operation::pend)
    defining_ = nullptr;
  else
    defining_->body.push_back(&statement);
  return true;
}

void Expander::misplaced(const Statement& statement, const Source& source) {
  listing_.add({&statement, {}, source.as});
  const auto& place = statement.word.empty() ? statement.place : statement.word_place;
  diagnostics_.error<"IEFC019I">(Place{source.origin, place.card, place.column},
                                 statement.word.empty() ? std::string_view("SYSIN") : statement.word);
}

bool Expander::too_many_expanded(const Place& place) {
  if (++expanded_ <= most_expanded) return false;
  if (!stopped_) diagnostics_.error<"UNV2011E">(place, most_expanded);
  stopped_ = true;
  return true;
}

void Expander::check_name(const Statement& statement, const Source& source, bool required) {
  if (statement.name.empty() && !required) return;
  if (!is_name(statement.name))
    diagnostics_.error<"IEFC662I">(Place{source.origin, statement.name_place.card, statement.name_place.column});
}

const SourceText& Expander::substituted(const Statement& statement, ListedStatement& listed) {
  if (auto changed = substitute(statement.operands, symbols_, arena_)) {
    const SourceText& kept = texts_.emplace_back(std::move(*changed));
    listed.substituted = kept.text;
    return kept;
  }
  return statement.operands;
}

Origin* Expander::enter(std::string_view kind, const std::string& member, const Place& call) {
  Origin& origin = origins_.emplace_back();
  origin.kind = kind;
  origin.member = member;
  origin.call_card = call.origin != nullptr ? call.origin->call_card : call.card;
  origin.call_column = call.origin != nullptr ? call.origin->call_column : call.column;
  return &origin;
}

void Expander::job(const Statement& statement, const Source& source) {
  if (job_seen_) return misplaced(statement, source);
  job_seen_ = true;
  job_place_ = statement.place;
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  listing_.add(listed);
  check_name(statement, source, true);
  const auto operands = parse_operands(text, source.origin, "JOB", diagnostics_, true);
  affinity_by_job_ = find(operands, "SYSAFF") != nullptr || find(operands, "SYSTEM") != nullptr;
  priority_by_job_ = find(operands, "PRTY") != nullptr;
  interpreter_.job(statement.name, operands);
}

void Expander::exec(const Statement& statement, const Source& source, Level& level) {
  flush(level);
  close_step(level);
  exec_seen_ = true;
  level.joblib_open = false;
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  listing_.add(listed);
  check_name(statement, source, false);
  const auto errors = diagnostics_.error_count();
  auto operands = parse_operands(text, source.origin, "EXEC", diagnostics_);
  const bool flawed = diagnostics_.error_count() != errors || statement.cut;
  if (find(operands, "PGM") != nullptr) return start_step(statement, source, level, std::move(operands));
  const Operand* procedure = find(operands, "PROC");
  if (procedure == nullptr && !operands.empty() && operands.front().positional()) procedure = &operands.front();
  if (procedure != nullptr && !procedure->value.empty()) {
    const Operand named = *procedure;
    return start_call(statement, level, std::move(operands), named);
  }
  const auto place = text.text.empty() ? Place{source.origin, statement.word_place.card, statement.word_place.column}
                                       : text.place(0, source.origin);
  // A misspelt PGM= is reported as the keyword that it is.
  const bool misspelt = std::any_of(operands.begin(), operands.end(), [](const Operand& operand) {
    return !operand.positional() && !find_exec_key(operand.keyword);
  });
  if (!flawed && !misspelt) diagnostics_.error<"IEF646I">(place, std::string_view("EXEC"));
  // Its DD statements are still checked, as those of a program.
  start_step(statement, source, level, std::move(operands));
}

void Expander::set(const Statement& statement, const Source& source, Level& level) {
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  listing_.add(listed);
  check_name(statement, source, false);
  // The call that waits was written before this SET.
  if (level.pending != nullptr && !level.pending->snapshot) level.pending->snapshot = level.symbols;
  const auto operands = parse_operands(text, source.origin, "SET", diagnostics_);
  if (text.text.empty())
    diagnostics_.error<"IEF646I">(Place{source.origin, statement.word_place.card, statement.word_place.column},
                                  std::string_view("SET"));
  for (const auto& operand : operands) define(level, operand, "SET");
}

void Expander::if_then(const Statement& statement, const Source& source, Level& level) {
  flush(level);
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  listing_.add(listed);
  check_name(statement, source, false);
  const Place place{source.origin, statement.word_place.card, statement.word_place.column};
  if (ifs_.size() - level.if_base >= deepest_nesting && ifs_.size() >= deepest_nesting) {
    diagnostics_.error<"UNV2002E">(place, std::string_view("IF"), deepest_nesting);
    stopped_ = true;
    return;
  }
  IfBlock block;
  block.id = static_cast<int>(result_.plan.ifs.size());
  block.first_step = static_cast<int>(result_.plan.steps.size());
  block.card = source.origin != nullptr ? source.origin->call_card : statement.place.card;
  if (auto parsed = parse_if(text, source.origin, diagnostics_)) {
    block.expression = std::move(parsed->expression);
    std::size_t next = 0;
    const auto resolve = [&](auto&& self, IfExpression& expression) -> void {
      if (!expression.step.empty())
        expression.step_index = interpreter_.find_step(expression.step, expression.procstep, level.call,
                                                       block.first_step, parsed->step_places[next++], "IF");
      for (auto& operand : expression.operands) self(self, operand);
    };
    resolve(resolve, block.expression);
  }
  ifs_.push_back({block.id, true, place});
  result_.plan.ifs.push_back(std::move(block));
}

void Expander::otherwise(const Statement& statement, const Source& source, Level& level) {
  flush(level);
  if (ifs_.size() <= level.if_base || !ifs_.back().then) return misplaced(statement, source);
  listing_.add({&statement, {}, source.as});
  check_name(statement, source, false);
  ifs_.back().then = false;
}

void Expander::endif(const Statement& statement, const Source& source, Level& level) {
  flush(level);
  if (ifs_.size() <= level.if_base) return misplaced(statement, source);
  listing_.add({&statement, {}, source.as});
  check_name(statement, source, false);
  ifs_.pop_back();
}

}  // namespace sysplexd::jcl
