// DD statements on their way into a step, a call or JOBLIB; in-stream data with their symbols. See expander.hpp.
#include <algorithm>

#include "sysplex/jcl/card.hpp"
#include "sysplex/jcl/expander.hpp"

namespace sysplexd::jcl {

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
    const std::string* value = export_all_ || exported_.contains(std::string(name)) ? symbols_.find_jcl(name) : nullptr;
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

}  // namespace sysplexd::jcl
