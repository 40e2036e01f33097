// The parser of SORT statements as a class: one function a statement (sort_control.cpp: SORT, MERGE, OPTION and what
// they share; sort_statements.cpp: the others). A statement's first error is reported, and the next statement is read
// on.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jes/utilities/sort_operands.hpp"

namespace sysplexd::jes::sort {

class ControlParser {
 public:
  ControlParser(ParsedControl& parsed, const Moment& now)
      : control_(parsed.control), errors_(parsed.errors), now_(now) {
    for (std::size_t i = 0; i < 256; ++i) control_.altseq[i] = static_cast<unsigned char>(i);
  }

  void statement(const Statement& statement);
  void finish();

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

  void note_function(std::string_view operation);
  // COPY wins over SORT and MERGE, whichever came first (OPTION COPY is an override in DFSORT too).
  void choose(Function function, Place at);
  std::optional<Format> default_format(const std::vector<Operand>& operands, bool& good);
  bool repeated(const std::vector<Operand>& operands);
  void sort_or_merge(const std::vector<Operand>& operands);
  std::vector<SortKey> key_fields(Cursor& cursor, std::optional<Format> format);
  static void order(Cursor& cursor, std::size_t at, const std::string& word, SortKey& key);
  // Operands that SORT, MERGE and OPTION share. False: none of them.
  bool common_option(const Operand& operand);
  void option(const std::vector<Operand>& operands);
  void main_size(const Operand& operand);
  void overflow(const Operand& operand);
  void filter(const std::vector<Operand>& operands);
  void sum(const std::vector<Operand>& operands);
  std::vector<Field> sum_fields(Cursor& cursor, std::optional<Format> format);
  void check_sum_overlap();
  // One of BUILD, FIELDS, OUTREC, OVERLAY and IFTHEN. False: another operand.
  bool reformat_operand(const Operand& operand, Reformat& reformat, bool outfil);
  void reformat(const std::vector<Operand>& operands, Reformat& target);
  void outfil(const std::vector<Operand>& operands);
  // CODE=(fftt,…): byte ff collates where tt does.
  void altseq(const std::vector<Operand>& operands);
  // The data set's attributes come with its DD: TYPE and LENGTH are read and have no meaning.
  void record(const std::vector<Operand>& operands);
  void unimportant(const std::vector<Operand>& operands);

  Control& control_;
  std::vector<ControlError>& errors_;
  Moment now_;
  const Statement* statement_ = nullptr;
  bool function_seen_ = false;
  Place sum_at_;
};

}  // namespace sysplexd::jes::sort
