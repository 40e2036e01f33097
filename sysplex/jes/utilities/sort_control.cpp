// SORT statements to the model: the run over all statements, SORT, MERGE, OPTION and PARM.
#include "sysplex/jes/utilities/sort_control.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "sysplex/jes/utilities/sort_parser.hpp"

namespace sysplexd::jes::sort {

namespace {

// Operands of OPTION, SORT, MERGE and PARM that z/OS needs and Linux does not. Accepted and listed as ignored.
constexpr std::string_view without_meaning[] = {
    "ABEND",    "ARESALL",  "ARESINV",  "AVGRLEN",  "BMSG",     "BSAM",     "CFW",        "CHALT",    "CHECK",
    "CINV",     "CKPT",     "COBEXIT",  "CORE",     "CTRX",     "DEBUG",    "DIAGSIMP",   "DSA",      "DSPSIZE",
    "DYNALLOC", "DYNALOC",  "DYNAPCT",  "DYNSPC",   "ESTAE",    "EXITCK",   "FILES",      "FILSZ",    "HIPRMAX",
    "LIST",     "LISTX",    "LOCALE",   "MOSIZE",   "MSG",      "MSGDD",    "MSGDDN",     "MSGPRT",   "NOABEND",
    "NOASSIST", "NOBLKSET", "NOCFW",    "NOCHECK",  "NOCHALT",  "NOCINV",   "NODYNALLOC", "NOESTAE",  "NOIOERR",
    "NOLIST",   "NOLISTX",  "NOMSGPRT", "NOOUTREL", "NOOUTSEC", "NOSDB",    "NOSOLRF",    "NOSTIMER", "NOSZERO",
    "NOVERIFY", "NOVLLONG", "NOVLSCMP", "NOVLSHRT", "NOWRKREL", "NOWRKSEC", "NOZDPRINT",  "NULLOFL",  "NULLOUT",
    "NZDPRINT", "ODMAXBF",  "OUTREL",   "OUTSEC",   "PAGE",     "PARMDDN",  "PRINT121",   "RESALL",   "RESET",
    "RESINV",   "SDB",      "SDBMSG",   "SIZE",     "SMF",      "SOLRF",    "SORTDD",     "SPANINC",  "STIMER",
    "SZERO",    "TEXIT",    "TRUNC",    "VERIFY",   "VLLONG",   "VLSCMP",   "VLSHRT",     "WRKREL",   "WRKSEC",
    "Y2PAST",   "ZDPRINT",  "ZSORT",    "EXPMAX",   "EXPOLD",   "EXPRES",   "FSZEST",     "LOCALE",   "NOZSORT",
    "USEWKDD",  "VSAMEMT",  "NVSAMEMT", "CENTURY",  "RLSOUT",   "NORLSOUT",
};

}  // namespace

void ControlParser::statement(const Statement& statement) {
  statement_ = &statement;
  const auto before = errors_.size();
  const auto operands = split_operands(statement, errors_);
  if (errors_.size() != before) {
    note_function(statement.operation);  // its error is known: do not report it as missing too
    return;
  }
  const auto& name = statement.operation;
  if (name == "SORT" || name == "MERGE") return sort_or_merge(operands);
  if (name == "OPTION") return option(operands);
  if (name == "INCLUDE" || name == "OMIT") return filter(operands);
  if (name == "SUM") return sum(operands);
  if (name == "INREC") return reformat(operands, control_.inrec);
  if (name == "OUTREC") return reformat(operands, control_.outrec);
  if (name == "OUTFIL") return outfil(operands);
  if (name == "ALTSEQ") return altseq(operands);
  if (name == "RECORD") return record(operands);
  if (name == "DEBUG" || name == "MODS" || name == "INPFIL") return unimportant(operands);
  complain_statement<"ICE005A">(name == "JOINKEYS" || name == "REFORMAT"
                                    ? "JOINKEYS IS NOT SUPPORTED HERE"
                                    : "NO SUCH STATEMENT (SORT, MERGE, OPTION, INCLUDE, OMIT, SUM, INREC, OUTREC, "
                                      "OUTFIL, ALTSEQ, RECORD, END)");
}

void ControlParser::finish() {
  if (control_.function == Function::none) {
    if (!function_seen_) errors_.push_back({{}, config::text<"ICE010A">()});
    return;
  }
  if (control_.function == Function::copy && control_.sum)
    errors_.push_back(
        {sum_at_, config::text<"ICE007A">("SUM", sum_at_.line, sum_at_.column, "A COPY HAS NO KEYS TO SUM BY")});
  if (control_.sum) check_sum_overlap();
}

void ControlParser::note_function(std::string_view operation) {
  if (operation == "SORT" || operation == "MERGE" || operation == "OPTION") function_seen_ = true;
}

void ControlParser::choose(Function function, Place at) {
  function_seen_ = true;
  if (function == Function::copy) {
    control_.function = Function::copy;
    return;
  }
  if (control_.function == Function::copy) return;
  if (control_.function != Function::none) {
    complain_at<"ICE014A">(at, "ONE SORT OR MERGE STATEMENT ONLY");
    return;
  }
  control_.function = function;
}

std::optional<Format> ControlParser::default_format(const std::vector<Operand>& operands, bool& good) {
  std::optional<Format> result;
  for (const auto& operand : operands) {
    if (operand.name != "FORMAT") continue;
    Format format{};
    auto cursor = value(operand);
    const auto name = operand.has_value ? cursor.word() : std::string();
    if (!parse_format(name, format)) {
      complain_operand<"ICE018A">(operand,
                                  "FORMAT= KNOWS CH, AC, AQ, BI, FI, PD, ZD, FS, UFF, SFF, SS, CLO, CTO, CSL, CST");
      good = false;
    } else {
      at_end(cursor);
      result = format;
    }
  }
  return result;
}

bool ControlParser::repeated(const std::vector<Operand>& operands) {
  std::set<std::string_view> seen;
  for (const auto& operand : operands) {
    if (operand.name == "IFTHEN" || seen.insert(operand.name).second) continue;
    complain_operand<"ICE014A">(operand, operand.name + " IS REPEATED");
    return true;
  }
  return false;
}

void ControlParser::sort_or_merge(const std::vector<Operand>& operands) {
  function_seen_ = true;
  if (repeated(operands)) return;
  bool good = true, has_fields = false;
  const auto format = default_format(operands, good);
  if (!good) return;
  for (const auto& operand : operands) {
    if (operand.name == "FORMAT") continue;
    if (operand.name == "FIELDS") {
      has_fields = true;
      auto cursor = value(operand);
      if (cursor.take_word("COPY")) {
        at_end(cursor);
        choose(Function::copy, statement_->at);
        continue;
      }
      if (cursor.peek() == '(' && cursor.peek(1) == 'C') {  // FIELDS=(COPY)
        cursor.take('(');
        if (!cursor.take_word("COPY")) cursor.complain<"ICE007A">("EXPECTED A POSITION OR COPY");
        cursor.expect(')');
        at_end(cursor);
        choose(Function::copy, statement_->at);
        continue;
      }
      const auto keys = key_fields(cursor, format);
      at_end(cursor);
      if (!cursor.ok()) return;
      control_.keys = keys;
      choose(statement_->operation == "SORT" ? Function::sort : Function::merge, statement_->at);
    } else if (!common_option(operand)) {
      complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF " + statement_->operation);
      return;
    }
  }
  if (!has_fields && control_.function != Function::copy) complain_statement<"ICE012A">("FIELDS= IS MISSING");
}

std::vector<SortKey> ControlParser::key_fields(Cursor& cursor, std::optional<Format> format) {
  std::vector<SortKey> keys;
  cursor.list([&] {
    SortKey key;
    key.field.position = static_cast<std::uint32_t>(cursor.number("A POSITION", 1, largest_position));
    if (cursor.ok() && cursor.peek() == '.') return cursor.complain<"ICE017A">("BIT POSITIONS ARE NOT SUPPORTED");
    cursor.expect(',');
    const auto length_at = cursor.position();
    key.field.length = static_cast<std::uint32_t>(cursor.number("A LENGTH", 1, 2'147'483'647));
    if (cursor.ok() && cursor.peek() == '.') return cursor.complain<"ICE017A">("BIT LENGTHS ARE NOT SUPPORTED");
    cursor.expect(',');
    if (!cursor.ok()) return;
    const auto at = cursor.position();
    auto word = cursor.word();
    if (parse_format(word, key.field.format) && key.field.format != Format::ss) {
      cursor.expect(',');
      if (!cursor.ok()) return;
      order(cursor, cursor.position(), cursor.word(), key);
    } else if (format && *format != Format::ss) {
      key.field.format = *format;
      order(cursor, at, word, key);
    } else {
      cursor.complain_at<"ICE018A">(at, word == "A" || word == "D"
                                            ? std::string("THE FORMAT IS MISSING (p,m,f,s, OR FORMAT=)")
                                            : "UNKNOWN FIELD FORMAT " + word);
    }
    if (cursor.ok()) check_length(cursor, length_at, key.field, false);
    keys.push_back(key);
  });
  return keys;
}

void ControlParser::order(Cursor& cursor, std::size_t at, const std::string& word, SortKey& key) {
  if (word == "A" || word == "D")
    key.descending = word == "D";
  else
    cursor.complain_at<"ICE016A">(at,
                                  word == "E" ? "ORDER E NEEDS AN EXIT ROUTINE; A OR D" : "THE ORDER MUST BE A OR D");
}

bool ControlParser::common_option(const Operand& operand) {
  const auto& name = operand.name;
  const auto number = [&](std::uint64_t& target) {
    auto cursor = value(operand);
    target = operand.has_value ? cursor.number(name, 0, UINT64_MAX / 16) : 0;
    if (!operand.has_value) complain_operand<"ICE007A">(operand, name + " NEEDS A NUMBER");
    at_end(cursor);
  };
  if (name == "COPY")
    choose(Function::copy, statement_->at);
  else if (name == "EQUALS")
    control_.equals = true;
  else if (name == "NOEQUALS")
    control_.equals = false;
  else if (name == "SKIPREC")
    number(control_.skip);
  else if (name == "STOPAFT")
    number(control_.stop_after);
  else if (name == "MAINSIZE")
    main_size(operand);
  else if (name == "OVFLO")
    overflow(operand);
  else if (std::find(std::begin(without_meaning), std::end(without_meaning), name) != std::end(without_meaning))
    control_.ignored.push_back(name);
  else
    return false;
  return true;
}

void ControlParser::option(const std::vector<Operand>& operands) {
  for (const auto& operand : operands)
    if (!common_option(operand)) return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF OPTION");
}

void ControlParser::main_size(const Operand& operand) {
  auto cursor = value(operand);
  const bool parenthesis = cursor.take('(');
  if (cursor.take_word("MAX")) {
    control_.main_size = 0;
  } else {
    // MAINSIZE=65536, 65536K, 64M, 1G: the unit is read by hand since it touches the digits.
    std::uint64_t size = cursor.number("MAINSIZE", 1, std::uint64_t{1} << 40);
    const auto unit = cursor.word();
    if (unit == "K")
      size <<= 10;
    else if (unit == "M")
      size <<= 20;
    else if (unit == "G")
      size <<= 30;
    else if (!unit.empty())
      cursor.complain<"ICE007A">("MAINSIZE IS n, nK, nM, nG OR MAX");
    control_.main_size = std::min(size, std::uint64_t{1} << 40);
  }
  if (parenthesis) cursor.expect(')');
  at_end(cursor);
}

void ControlParser::overflow(const Operand& operand) {
  auto cursor = value(operand);
  const auto word = operand.has_value ? cursor.word() : std::string();
  if (word == "RC0")
    control_.on_overflow = OnOverflow::rc0;
  else if (word == "RC4")
    control_.on_overflow = OnOverflow::rc4;
  else if (word == "RC16")
    control_.on_overflow = OnOverflow::rc16;
  else
    complain_operand<"ICE007A">(operand, "OVFLO IS RC0, RC4 OR RC16");
}

ParsedControl parse_control(std::span<const std::string> lines, std::string_view parm, const Moment& now) {
  ParsedControl parsed;
  auto cards = read_cards(lines);
  parsed.errors = std::move(cards.errors);
  const bool cards_good = parsed.errors.empty();
  ControlParser parser(parsed, now);
  if (!parm.empty()) parser.statement(parm_statement(parm));
  for (const auto& statement : cards.statements) parser.statement(statement);
  if (cards_good) parser.finish();  // else a statement may be missing because its cards are wrong
  std::sort(parsed.errors.begin(), parsed.errors.end(), [](const ControlError& a, const ControlError& b) {
    return std::tie(a.at.line, a.at.column, a.message) < std::tie(b.at.line, b.at.column, b.message);
  });
  return parsed;
}

}  // namespace sysplexd::jes::sort
