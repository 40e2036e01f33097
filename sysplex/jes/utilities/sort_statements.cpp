// INCLUDE, OMIT, SUM, INREC, OUTREC, OUTFIL, ALTSEQ, RECORD, and the statements that have no meaning here.
#include "sysplex/jes/utilities/sort_parser.hpp"

namespace sysplexd::jes::sort {

void ControlParser::filter(const std::vector<Operand>& operands) {
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

void ControlParser::sum(const std::vector<Operand>& operands) {
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
    if (operand.name != "FIELDS") return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF SUM");
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

std::vector<Field> ControlParser::sum_fields(Cursor& cursor, std::optional<Format> format) {
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

void ControlParser::check_sum_overlap() {
  for (const auto& field : control_.sum->fields)
    for (const auto& key : control_.keys)
      if (field.position < std::uint64_t{key.field.position} + key.field.length &&
          key.field.position < std::uint64_t{field.position} + field.length) {
        errors_.push_back({sum_at_, config::text<"ICE017A">("SUM", sum_at_.line, sum_at_.column,
                                                            "A SUMMARY FIELD OVERLAPS A CONTROL FIELD")});
        return;
      }
}

bool ControlParser::reformat_operand(const Operand& operand, Reformat& reformat, bool outfil) {
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

void ControlParser::reformat(const std::vector<Operand>& operands, Reformat& target) {
  if (target.kind != Reformat::Kind::none)
    return complain_statement<"ICE014A">("ONE " + statement_->operation + " STATEMENT ONLY");
  for (const auto& operand : operands)
    if (!reformat_operand(operand, target, false))
      return complain_operand<"ICE111A">(operand, operand.name + " IS NOT SUPPORTED IN " + statement_->operation);
  if (target.kind == Reformat::Kind::none) complain_statement<"ICE012A">("BUILD=, OVERLAY= OR IFTHEN= IS MISSING");
}

void ControlParser::outfil(const std::vector<Operand>& operands) {
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
      if (outfil.filter || outfil.save)
        return complain_operand<"ICE014A">(operand, "ONE OF INCLUDE, OMIT AND SAVE ONLY");
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

void ControlParser::altseq(const std::vector<Operand>& operands) {
  for (const auto& operand : operands) {
    if (operand.name != "CODE") return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF ALTSEQ");
    auto cursor = value(operand);
    cursor.list([&] {
      const auto at = cursor.position();
      const auto word = cursor.word();
      const bool hexadecimal = word.size() == 4 && word.find_first_not_of("0123456789ABCDEF") == std::string::npos;
      if (!hexadecimal) return cursor.complain_at<"ICE007A">(at, "CODE= HAS FOUR HEXADECIMAL DIGITS EACH");
      const auto code = std::stoul(word, nullptr, 16);
      control_.altseq[code >> 8] = static_cast<unsigned char>(code & 0xFF);
    });
    at_end(cursor);
  }
}

void ControlParser::record(const std::vector<Operand>& operands) {
  for (const auto& operand : operands) {
    if (operand.name != "TYPE" && operand.name != "LENGTH")
      return complain_operand<"ICE007A">(operand, operand.name + " IS NO OPERAND OF RECORD");
    control_.ignored.push_back("RECORD " + operand.name);
  }
}

void ControlParser::unimportant(const std::vector<Operand>& operands) {
  if (statement_->operation == "MODS")
    return complain_statement<"ICE005A">("EXIT ROUTINES (MODS) ARE NOT SUPPORTED HERE");
  (void)operands;
  control_.ignored.push_back(statement_->operation);
}

}  // namespace sysplexd::jes::sort
