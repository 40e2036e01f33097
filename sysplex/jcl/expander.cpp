// The walk over the statements; see expander.hpp. Procedure calls are in procedure.cpp.
#include "sysplex/jcl/expander.hpp"

#include <algorithm>
#include <array>

#include "sysplex/jcl/card.hpp"
#include "sysplex/jcl/if_expression.hpp"
#include "sysplex/jcl/keyword.hpp"
#include "sysplex/jcl/values.hpp"

namespace sysplexd::jcl {

Expander::Expander(const ConvertInput& input, const MemberSource& members, ConvertResult& result)
    : input_(input), result_(result), members_(members, arena_), interpreter_(input, result.plan, diagnostics_),
      listing_(result.listing), symbols_(input.symbols, input.system_symbols) {}

void Expander::run() {
  const auto statements = read_statements(input_.deck, input_.first_card, arena_, diagnostics_);
  Level level;
  symbols_.push(&level.symbols);
  for (const auto& one : statements) {
    if (stopped_ || level.ended) break;
    statement(one, Source{}, level);
  }
  if (!stopped_ && defining_ != nullptr) diagnostics_.error<"UNV2010E">(defining_place_);
  if (!job_seen_ && statements.empty()) diagnostics_.error<"UNV2001E">(Place{nullptr, input_.first_card, 1});
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
  if (!flawed) diagnostics_.error<"IEF646I">(place, std::string_view("EXEC"));
  // Its DD statements are still checked, as those of a program.
  start_step(statement, source, level, std::move(operands));
}

namespace {

// "STEP.DD", "STEP.PROCSTEP.DD": each part a name.
bool is_dd_name(std::string_view name) {
  for (std::size_t begin = 0, parts = 1;; ++parts) {
    const auto dot = name.find('.', begin);
    if (!is_name(name.substr(begin, dot == std::string_view::npos ? dot : dot - begin)) || parts > 3) return false;
    if (dot == std::string_view::npos) return true;
    begin = dot + 1;
  }
}

}  // namespace

void Expander::dd(const Statement& statement, const Source& source, Level& level) {
  ListedStatement listed{&statement, {}, source.as};
  const SourceText& text = substituted(statement, listed);
  RawDdPart part;
  part.place = {source.origin, statement.name.empty() ? statement.word_place.card : statement.name_place.card,
                statement.name.empty() ? statement.word_place.column : statement.name_place.column};
  const auto errors = diagnostics_.error_count();
  part.operands = parse_operands(text, source.origin, "DD", diagnostics_);
  part.flawed = diagnostics_.error_count() != errors || statement.cut;
  part.has_data = statement.has_data;
  if (statement.has_data) part.data = in_stream_data(statement, part.operands);
  if (!statement.name.empty() && !is_dd_name(statement.name)) {
    listing_.add(listed);
    diagnostics_.error<"IEFC662I">(part.place);
    return;
  }
  add_dd(statement.name, std::move(part), listed, level);
}

void Expander::add_dd(std::string_view name, RawDdPart part, ListedStatement listed, Level& level) {
  const auto refuse_misplaced = [&] {
    listing_.add(listed);
    diagnostics_.error<"IEFC019I">(part.place, std::string_view("DD"));
  };
  const auto dot = name.rfind('.');
  const auto qualifier = dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
  const auto plain = dot == std::string_view::npos ? name : name.substr(dot + 1);
  int& count = level.pending != nullptr ? level.pending->dds : level.dds;
  if (++count > most_dds) {
    if (count == most_dds + 1) diagnostics_.error<"IEFC603I">(part.place, most_dds);
    return;
  }
  if (level.pending != nullptr) {
    Call& call = *level.pending;
    if (name.empty()) {
      if (call.overrides.empty()) return refuse_misplaced();
      call.overrides.back().parts.push_back(std::move(part));
      call.overrides.back().listing.push_back(listed);
      return;
    }
    if (!qualifier.empty()) call.current_step = qualifier;
    const Place place = part.place;
    Override item{call.current_step, plain, {}, {listed}, place, false};
    item.parts.push_back(std::move(part));
    return call.add(std::move(item));
  }
  if (!level.step) {
    const bool library = name == "JOBLIB" || name == "JOBCAT" || name == "SYSCHK";
    if (level.depth > 0 || exec_seen_ || (!library && !(name.empty() && level.joblib_open))) return refuse_misplaced();
    listing_.add(listed);
    if (library) {
      level.joblib_open = true;
      if (joblib_) interpreter_.joblib(*joblib_);
      joblib_ = RawDd{name, {}};
    }
    joblib_->parts.push_back(std::move(part));
    return;
  }
  if (name == "JOBLIB") return refuse_misplaced();
  if (!qualifier.empty()) {
    listing_.add(listed);
    diagnostics_.error<"IEFC611I">(part.place, qualifier);
    return;
  }
  RawStep& step = *level.step;
  bool overridden = false;
  if (name.empty()) {
    if (step.dds.empty()) return refuse_misplaced();
    ++level.concatenation;
    auto merged = matched_part(part, level, overridden);
    step.dds.back().parts.push_back(std::move(merged));
  } else {
    finish_matched(level);
    start_matching(plain, level);
    auto merged = matched_part(part, level, overridden);
    step.dds.push_back({plain, {}});
    step.dds.back().parts.push_back(std::move(merged));
  }
  listing_.add(listed, overridden);
}

// Lines without a DD: JES puts //SYSIN DD * in front. Blank lines alone are passed over, a file often ends in one.
void Expander::loose_data(const Statement& statement, const Source& source, Level& level) {
  const bool blank = statement.data.find_first_not_of(" \r\n\t") == std::string_view::npos;
  const Place place{source.origin, statement.data_card, 1};
  if (blank) return diagnostics_.warning<"UNV2012W">(place);
  if (level.pending == nullptr && !level.step) {
    listing_.generated("//SYSIN DD *               GENERATED STATEMENT");
    return diagnostics_.error<"IEFC019I">(place, std::string_view("DD"));
  }
  static const Statement generated = [] {
    Statement made;
    made.operation = Operation::dd;
    made.name = "SYSIN";
    made.word = "DD";
    made.operands.text = "*";
    made.cards = {"//SYSIN    DD *              GENERATED STATEMENT"};
    return made;
  }();
  SourceText& text = texts_.emplace_back();
  text.text = "*";
  text.segments.push_back({0, statement.data_card, 1, false});
  RawDdPart part;
  part.place = place;
  part.operands = parse_operands(text, source.origin, "DD", diagnostics_);
  part.has_data = true;
  part.data = statement.data;
  add_dd("SYSIN", std::move(part), {&generated, {}, ListedAs::job}, level);
}

// SYMBOLS=JCLONLY substitutes exported JCL symbols, EXECSYS and CNVTSYS system symbols too.
std::string_view Expander::in_stream_data(const Statement& statement, const std::vector<Operand>& operands) {
  const Operand* mode = find(operands, "SYMBOLS");
  if (mode == nullptr) return statement.data;
  const auto word = split_list(mode->value)[0];
  if (word.text != "JCLONLY" && word.text != "EXECSYS" && word.text != "CNVTSYS") {
    diagnostics_.error<"IEF643I">(mode->value_place(word.at), mode->keyword);
    return statement.data;
  }
  const bool system = word.text != "JCLONLY";
  const SymbolLookup lookup = [&](std::string_view name) -> const std::string* {
    const std::string* value =
        export_all_ || exported_.contains(std::string(name)) ? symbols_.find_jcl(name) : nullptr;
    return value == nullptr && system ? symbols_.find_system(name) : value;
  };
  std::string& data = arena_.emplace_back();
  data.reserve(statement.data.size());
  for (std::string_view rest = statement.data; !rest.empty();) {
    const auto found = rest.find('\n');
    const auto line = rest.substr(0, found);
    rest = found == std::string_view::npos ? std::string_view{} : rest.substr(found + 1);
    if (const auto changed = substitute_line(line, lookup))
      data.append(trim_right(*changed));
    else
      data.append(line);
    data.push_back('\n');
  }
  return data;
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
