// SORT statements to the model: one function a statement. A statement's first error is reported, and the next
// statement is read on.
#include "sysplex/jes/utilities/sort_control.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "sysplex/jes/utilities/sort_operands.hpp"

namespace sysplexd::jes::sort {

namespace {

// Operands of OPTION, SORT, MERGE and PARM that z/OS needs and Linux does not. Accepted and listed as ignored.
constexpr std::string_view without_meaning[] = {
    "ABEND",   "ARESALL", "ARESINV", "AVGRLEN",  "BMSG",     "BSAM",     "CFW",      "CHALT",    "CHECK",    "CINV",
    "CKPT",    "COBEXIT", "CORE",    "CTRX",     "DEBUG",    "DIAGSIMP", "DSA",      "DSPSIZE",  "DYNALLOC", "DYNALOC",
    "DYNAPCT", "DYNSPC",  "EFS",     "ESTAE",    "EXITCK",   "E15",      "E35",      "FILES",    "FILSZ",    "HIPRMAX",
    "LIST",    "LISTX",   "LOCALE",  "MOSIZE",   "MSG",      "MSGDD",    "MSGDDN",   "MSGPRT",   "NOABEND",  "NOASSIST",
    "NOBLKSET", "NOCFW",  "NOCHECK", "NOCHALT",  "NOCINV",   "NODYNALLOC", "NOESTAE", "NOIOERR", "NOLIST",   "NOLISTX",
    "NOMSGPRT", "NOOUTREL", "NOOUTSEC", "NOSDB", "NOSOLRF",  "NOSTIMER", "NOSZERO",  "NOVERIFY", "NOVLLONG", "NOVLSCMP",
    "NOVLSHRT", "NOWRKREL", "NOWRKSEC", "NOZDPRINT", "NULLOFL", "NULLOUT", "NZDPRINT", "ODMAXBF", "OUTREL",  "OUTSEC",
    "PAGE",    "PARMDDN", "PRINT121", "RESALL",  "RESET",    "RESINV",   "SDB",      "SDBMSG",   "SIZE",     "SMF",
    "SOLRF",   "SORTDD",  "SPANINC", "STIMER",   "SZERO",    "TEXIT",    "TRUNC",    "VERIFY",   "VLLONG",   "VLSCMP",
    "VLSHRT",  "WRKREL",  "WRKSEC",  "Y2PAST",   "ZDPRINT",  "ZSORT",    "EXPMAX",   "EXPOLD",   "EXPRES",   "FSZEST",
    "LOCALE",  "NOZSORT", "USEWKDD", "VSAMEMT",  "NVSAMEMT", "CENTURY",  "RLSOUT",   "NORLSOUT",
};

class Parser {
 public:
  Parser(ParsedControl& parsed, const Moment& now)
      : control_(parsed.control), errors_(parsed.errors), now_(now) {
    for (std::size_t i = 0; i < 256; ++i) control_.altseq[i] = static_cast<unsigned char>(i);
  }

  void statement(const Statement& statement) {
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

  void finish() {
    if (control_.function == Function::none) {
      if (!function_seen_)
        errors_.push_back({{}, config::text<"ICE010A">()});
      return;
    }
    if (control_.function == Function::copy && control_.sum)
      errors_.push_back({sum_at_, config::text<"ICE007A">("SUM", sum_at_.line, sum_at_.column, "A COPY HAS NO KEYS TO SUM BY")});
    if (control_.sum) check_sum_overlap();
  }

 private:
  template <config::MessageId Id>
  void complain_at(Place at, std::string_view reason) {
    errors_.push_back({at, config::text<Id>(statement_->operation, at.line, at.column, reason)});
  }
  template <config::MessageId Id>
  void complain_statement(std::string_view reason) {
    complain_at<Id>(statement_->at, reason);
  }
  template <config::MessageId Id>
  void complain_operand(const Operand& operand, std::string_view reason) {
    complain_at<Id>(statement_->places[operand.at], reason);
  }

  Cursor value(const Operand& operand) const { return {*statement_, operand.begin, operand.end, errors_}; }
  static void at_end(Cursor& cursor) {
    if (cursor.ok() && !cursor.done()) cursor.complain<"ICE007A">("EXPECTED A COMMA OR THE END OF THE OPERAND");
  }

  void note_function(std::string_view operation) {
    if (operation == "SORT" || operation == "MERGE" || operation == "OPTION") function_seen_ = true;
  }

  // COPY wins over SORT and MERGE, whichever came first (OPTION COPY is an override in DFSORT too).
  void choose(Function function, Place at) {
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

  std::optional<Format> default_format(const std::vector<Operand>& operands, bool& good) {
    std::optional<Format> result;
    for (const auto& operand : operands) {
      if (operand.name != "FORMAT") continue;
      Format format{};
      auto cursor = value(operand);
      const auto name = operand.has_value ? cursor.word() : std::string();
      if (!parse_format(name, format)) {
        complain_operand<"ICE018A">(operand, "FORMAT= KNOWS CH, AC, AQ, BI, FI, PD, ZD, FS, UFF, SFF, SS, CLO, CTO, CSL, CST");
        good = false;
      } else {
        at_end(cursor);
        result = format;
      }
    }
    return result;
  }

  bool repeated(const std::vector<Operand>& operands) {
    std::set<std::string_view> seen;
    for (const auto& operand : operands) {
      if (operand.name == "IFTHEN" || seen.insert(operand.name).second) continue;
      complain_operand<"ICE014A">(operand, operand.name + " IS REPEATED");
      return true;
    }
    return false;
  }

  void sort_or_merge(const std::vector<Operand>& operands) {
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

  std::vector<SortKey> key_fields(Cursor& cursor, std::optional<Format> format) {
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
        cursor.complain_at<"ICE018A">(
            at, word == "A" || word == "D" ? std::string("THE FORMAT IS MISSING (p,m,f,s, OR FORMAT=)")
                                           : "UNKNOWN FIELD FORMAT " + word);
      }
      if (cursor.ok()) check_length(cursor, length_at, key.field, false);
      keys.push_back(key);
    });
    return keys;
  }

  static void order(Cursor& cursor, std::size_t at, const std::string& word, SortKey& key) {
    if (word == "A" || word == "D")
      key.descending = word == "D";
    else
      cursor.complain_at<"ICE016A">(at, word == "E" ? "ORDER E NEEDS AN EXIT ROUTINE; A OR D" : "THE ORDER MUST BE A OR D");
  }

  // Operands that SORT, MERGE and OPTION share. False: none of them.
  bool common_option(const Operand& operand) {
    const auto& name = operand.name;
    const auto number = [&](std::uint64_t& target) {
      auto cursor = value(operand);
      target = operand.has_value ? cursor.number(name, 0, UINT64_MAX / 16) : 0;
      if (!operand.has_value) complain_operand<"ICE007A">(operand, name + " NEEDS A NUMBER");
      at_end(cursor);
    };
    if (name == "COPY") choose(Function::copy, statement_->at);
    else if (name == "EQUALS") control_.equals = true;
    else if (name == "NOEQUALS") control_.equals = false;
    else if (name == "SKIPREC") number(control_.skip);
    else if (name == "STOPAFT") number(control_.stop_after);
    else if (name == "MAINSIZE") main_size(operand);
    else if (name == "OVFLO") overflow(operand);
    else if (std::find(std::begin(without_meaning), std::end(without_meaning), name) != std::end(without_meaning))
      control_.ignored.push_back(name);
    else
      return false;
    return true;
  }

  void option(const std::vector<Operand>& operands) {
    for (const auto& operand : operands)
      if (!common_option(operand))
        return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF OPTION");
  }

  void main_size(const Operand& operand) {
    auto cursor = value(operand);
    const bool parenthesis = cursor.take('(');
    if (cursor.take_word("MAX")) {
      control_.main_size = 0;
    } else {
      // MAINSIZE=65536, 65536K, 64M, 1G: the unit is read by hand since it touches the digits.
      std::uint64_t size = cursor.number("MAINSIZE", 1, std::uint64_t{1} << 40);
      const auto unit = cursor.word();
      if (unit == "K") size <<= 10;
      else if (unit == "M") size <<= 20;
      else if (unit == "G") size <<= 30;
      else if (!unit.empty()) cursor.complain<"ICE007A">("MAINSIZE IS n, nK, nM, nG OR MAX");
      control_.main_size = std::min(size, std::uint64_t{1} << 40);
    }
    if (parenthesis) cursor.expect(')');
    at_end(cursor);
  }

  void overflow(const Operand& operand) {
    auto cursor = value(operand);
    const auto word = operand.has_value ? cursor.word() : std::string();
    if (word == "RC0") control_.on_overflow = OnOverflow::rc0;
    else if (word == "RC4") control_.on_overflow = OnOverflow::rc4;
    else if (word == "RC16") control_.on_overflow = OnOverflow::rc16;
    else complain_operand<"ICE007A">(operand, "OVFLO IS RC0, RC4 OR RC16");
  }

  void filter(const std::vector<Operand>& operands) {
    if (repeated(operands)) return;
    if (control_.filter) return complain_statement<"ICE014A">("ONE INCLUDE OR OMIT STATEMENT ONLY");
    bool good = true, has_condition = false;
    const auto format = default_format(operands, good);
    if (!good) return;
    Filter filter;
    filter.omit = statement_->operation == "OMIT";
    for (const auto& operand : operands) {
      if (operand.name == "FORMAT") continue;
      if (operand.name != "COND")
        return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF " + statement_->operation);
      has_condition = true;
      auto cursor = value(operand);
      filter.condition = parse_condition(cursor, format);
      at_end(cursor);
    }
    if (!has_condition) return complain_statement<"ICE012A">("COND= IS MISSING");
    control_.filter = std::move(filter);
  }

  void sum(const std::vector<Operand>& operands) {
    sum_at_ = statement_->at;
    if (repeated(operands)) return;
    if (control_.sum) return complain_statement<"ICE014A">("ONE SUM STATEMENT ONLY");
    bool good = true, has_fields = false;
    const auto format = default_format(operands, good);
    if (!good) return;
    Sum sum;
    for (const auto& operand : operands) {
      if (operand.name == "FORMAT") continue;
      if (operand.name == "XSUM") {
        sum.keep_duplicates = true;
        continue;
      }
      if (operand.name != "FIELDS")
        return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF SUM");
      has_fields = true;
      auto cursor = value(operand);
      if (cursor.take_word("NONE") || (cursor.peek() == '(' && cursor.peek(1) == 'N')) {
        if (cursor.take('(')) {
          if (!cursor.take_word("NONE")) cursor.complain<"ICE007A">("EXPECTED A POSITION OR NONE");
          cursor.expect(')');
        }
      } else {
        sum.fields = sum_fields(cursor, format);
      }
      at_end(cursor);
      if (!cursor.ok()) return;
    }
    if (!has_fields) return complain_statement<"ICE012A">("FIELDS= IS MISSING");
    control_.sum = std::move(sum);
  }

  std::vector<Field> sum_fields(Cursor& cursor, std::optional<Format> format) {
    std::vector<Field> fields;
    cursor.list([&] {
      Field field;
      field.position = static_cast<std::uint32_t>(cursor.number("A POSITION", 1, largest_position));
      cursor.expect(',');
      const auto length_at = cursor.position();
      field.length = static_cast<std::uint32_t>(cursor.number("A LENGTH", 1, largest_position));
      if (!cursor.ok()) return;
      const auto at = cursor.position();
      if (cursor.peek() == ',' && !(cursor.peek(1) >= '0' && cursor.peek(1) <= '9')) {
        cursor.take(',');
        const auto word = cursor.word();
        if (!parse_format(word, field.format)) return cursor.complain_at<"ICE018A">(at, "UNKNOWN FIELD FORMAT " + word);
      } else if (format) {
        field.format = *format;
      } else {
        return cursor.complain_at<"ICE018A">(at, "THE FORMAT IS MISSING (p,m,f, OR FORMAT=)");
      }
      if (!numeric(field.format) || field.format == Format::uff || field.format == Format::sff)
        return cursor.complain_at<"ICE018A">(at, "A SUM NEEDS BI, FI, PD, ZD, FS, CLO, CSL OR CST");
      check_length(cursor, length_at, field, true);
      fields.push_back(field);
    });
    return fields;
  }

  void check_sum_overlap() {
    for (const auto& field : control_.sum->fields)
      for (const auto& key : control_.keys)
        if (field.position < std::uint64_t{key.field.position} + key.field.length &&
            key.field.position < std::uint64_t{field.position} + field.length) {
          errors_.push_back({sum_at_, config::text<"ICE017A">("SUM", sum_at_.line, sum_at_.column,
                                                              "A SUMMARY FIELD OVERLAPS A CONTROL FIELD")});
          return;
        }
  }

  // One of BUILD, FIELDS, OUTREC, OVERLAY and IFTHEN. False: another operand.
  bool reformat_operand(const Operand& operand, Reformat& reformat, bool outfil) {
    const auto& name = operand.name;
    BuildContext context;
    context.outfil = outfil;
    context.now = now_;
    context.sequence_slots = &control_.sequence_slots;
    const bool build = name == "BUILD" || (outfil ? name == "OUTREC" : name == "FIELDS");
    if (!build && name != "OVERLAY" && name != "IFTHEN") return false;
    const auto kind = build               ? Reformat::Kind::build
                      : name == "OVERLAY" ? Reformat::Kind::overlay
                                          : Reformat::Kind::ifthen;
    if (reformat.kind != Reformat::Kind::none && (reformat.kind != kind || kind != Reformat::Kind::ifthen)) {
      complain_operand<"ICE014A">(operand, "ONE OF BUILD, OVERLAY AND IFTHEN ONLY");
      return true;
    }
    reformat.kind = kind;
    context.overlay = kind == Reformat::Kind::overlay;
    auto cursor = value(operand);
    if (kind == Reformat::Kind::ifthen) {
      context.outfil = false;  // '/' would split a record in the middle of its clauses
      reformat.clauses.push_back(parse_ifthen(cursor, context));
    } else {
      if (context.overlay) context.outfil = false;
      reformat.items = parse_build(cursor, context);
    }
    at_end(cursor);
    return true;
  }

  void reformat(const std::vector<Operand>& operands, Reformat& target) {
    if (target.kind != Reformat::Kind::none)
      return complain_statement<"ICE014A">("ONE " + statement_->operation + " STATEMENT ONLY");
    for (const auto& operand : operands)
      if (!reformat_operand(operand, target, false))
        return complain_operand<"ICE111A">(operand, operand.name + " IS NOT SUPPORTED IN " + statement_->operation);
    if (target.kind == Reformat::Kind::none) complain_statement<"ICE012A">("BUILD=, OVERLAY= OR IFTHEN= IS MISSING");
  }

  void outfil(const std::vector<Operand>& operands) {
    if (repeated(operands)) return;
    Outfil outfil;
    const auto before = errors_.size();
    for (const auto& operand : operands) {
      if (errors_.size() != before) return;
      const auto& name = operand.name;
      if (reformat_operand(operand, outfil.reformat, true)) continue;
      auto cursor = value(operand);
      if (name == "FNAMES" || name == "FILES") {
        const auto one = [&] {
          const auto at = cursor.position();
          auto ddname = cursor.word();
          if (name == "FILES") ddname = ddname == "OUT" ? "SORTOUT" : "SORTOF" + ddname;
          if (ddname.empty() || ddname.size() > 8)
            return cursor.complain_at<"ICE007A">(at, "A DDNAME HAS 1 TO 8 CHARACTERS");
          outfil.ddnames.push_back(ddname);
        };
        if (cursor.peek() == '(')
          cursor.list(one);
        else
          one();
        at_end(cursor);
      } else if (name == "INCLUDE" || name == "OMIT") {
        if (outfil.filter || outfil.save) return complain_operand<"ICE014A">(operand, "ONE OF INCLUDE, OMIT AND SAVE ONLY");
        bool good = true;
        const auto format = default_format(operands, good);
        outfil.filter = Filter{parse_condition(cursor, format), name == "OMIT"};
        at_end(cursor);
      } else if (name == "SAVE") {
        if (outfil.filter) return complain_operand<"ICE014A">(operand, "ONE OF INCLUDE, OMIT AND SAVE ONLY");
        outfil.save = true;
      } else if (name == "STARTREC" || name == "ENDREC") {
        (name == "STARTREC" ? outfil.first : outfil.last) = cursor.number(name, 1, UINT64_MAX / 16);
        at_end(cursor);
      } else if (name == "HEADER1" || name == "TRAILER1") {
        BuildContext context;
        context.outfil = context.report = true;
        context.trailer = name == "TRAILER1";
        context.now = now_;
        context.sequence_slots = &control_.sequence_slots;
        (context.trailer ? outfil.trailer : outfil.header) = parse_build(cursor, context);
        at_end(cursor);
      } else if (name == "REMOVECC") {
        outfil.carriage_control = false;
      } else if (name == "NODETAIL") {
        outfil.detail = false;
      } else if (name == "FORMAT") {
        continue;  // taken with INCLUDE
      } else {
        return complain_operand<"ICE223A">(operand, name + " IS NOT SUPPORTED IN OUTFIL");
      }
    }
    if (outfil.first > outfil.last) return complain_statement<"ICE007A">("STARTREC IS GREATER THAN ENDREC");
    if (outfil.ddnames.empty()) outfil.ddnames.push_back("SORTOUT");
    control_.outfils.push_back(std::move(outfil));
  }

  // CODE=(fftt,…): byte ff collates where tt does.
  void altseq(const std::vector<Operand>& operands) {
    for (const auto& operand : operands) {
      if (operand.name != "CODE")
        return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF ALTSEQ");
      auto cursor = value(operand);
      cursor.list([&] {
        const auto at = cursor.position();
        const auto word = cursor.word();
        const bool hexadecimal =
            word.size() == 4 && word.find_first_not_of("0123456789ABCDEF") == std::string::npos;
        if (!hexadecimal) return cursor.complain_at<"ICE007A">(at, "CODE= HAS FOUR HEXADECIMAL DIGITS EACH");
        const auto code = std::stoul(word, nullptr, 16);
        control_.altseq[code >> 8] = static_cast<unsigned char>(code & 0xFF);
      });
      at_end(cursor);
    }
  }

  // The data set's attributes come with its DD: TYPE and LENGTH are read and have no meaning.
  void record(const std::vector<Operand>& operands) {
    for (const auto& operand : operands) {
      if (operand.name != "TYPE" && operand.name != "LENGTH")
        return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF RECORD");
      control_.ignored.push_back("RECORD " + operand.name);
    }
  }

  void unimportant(const std::vector<Operand>& operands) {
    if (statement_->operation == "MODS")
      return complain_statement<"ICE005A">("EXIT ROUTINES (MODS) ARE NOT SUPPORTED HERE");
    (void)operands;
    control_.ignored.push_back(statement_->operation);
  }

  Control& control_;
  std::vector<ControlError>& errors_;
  Moment now_;
  const Statement* statement_ = nullptr;
  bool function_seen_ = false;
  Place sum_at_;
};

}  // namespace

ParsedControl parse_control(std::span<const std::string> lines, std::string_view parm, const Moment& now) {
  ParsedControl parsed;
  auto cards = read_cards(lines);
  parsed.errors = std::move(cards.errors);
  const bool cards_good = parsed.errors.empty();
  Parser parser(parsed, now);
  if (!parm.empty()) parser.statement(parm_statement(parm));
  for (const auto& statement : cards.statements) parser.statement(statement);
  if (cards_good) parser.finish();  // else a statement may be missing because its cards are wrong
  std::sort(parsed.errors.begin(), parsed.errors.end(), [](const ControlError& a, const ControlError& b) {
    return std::tie(a.at.line, a.at.column, a.message) < std::tie(b.at.line, b.at.column, b.message);
  });
  return parsed;
}

}  // namespace sysplexd::jes::sort
