// What the control statements mean for records of a known form: variable records (positions count the record
// descriptor word) and fixed records (fields must lie inside). Pure.
#include "config/message.hpp"
#include "sysplex/jes/utilities/sort_control.hpp"

namespace sysplexd::jes::sort {

namespace {

constexpr std::uint32_t descriptor = 4;  // bytes of the record descriptor word

struct Rebase {
  std::vector<ControlError> errors;

  void fail(std::string_view statement) {
    errors.push_back({{},
                      config::text<"ICE017A">(statement, 0, 0,
                                              "RECFM=V: THE FIRST DATA BYTE IS POSITION 5; A FIELD BEGINS BEFORE IT")});
  }
  void field(Field& field, std::string_view statement) {
    if (field.position <= descriptor)
      fail(statement);
    else
      field.position -= descriptor;
  }
  void condition(Condition& condition, std::string_view statement) {
    if (condition.kind == Condition::Kind::compare) {
      field(condition.comparison.left, statement);
      if (condition.comparison.kind == Comparison::Right::field) field(condition.comparison.right, statement);
    }
    for (auto& part : condition.parts) this->condition(part, statement);
  }
  // BUILD begins with (1,4) or (1,n) or 1: the descriptor word, which is made anew for each record.
  void items(std::vector<BuildItem>& items, std::string_view statement) {
    bool first = true;
    for (auto item = items.begin(); item != items.end();) {
      const bool data = item->kind == BuildItem::Kind::field || item->kind == BuildItem::Kind::rest;
      if (first && data && item->field.position == 1 &&
          (item->kind == BuildItem::Kind::rest || item->field.length >= descriptor)) {
        first = false;
        if (item->kind == BuildItem::Kind::field) {
          item->field.length -= descriptor;
          if (item->field.length == 0) {
            item = items.erase(item);
            continue;
          }
        }
        ++item;
        continue;
      }
      first = false;
      if (item->kind == BuildItem::Kind::column) {
        if (item->number <= descriptor)
          fail(statement);
        else
          item->number -= descriptor;
      } else if (data || item->kind == BuildItem::Kind::edit || item->kind == BuildItem::Kind::translate ||
                 (item->kind == BuildItem::Kind::statistic && item->statistic != Statistic::count)) {
        field(item->field, statement);
      }
      ++item;
    }
  }
  void reformat(Reformat& reformat, std::string_view statement) {
    items(reformat.items, statement);
    for (auto& clause : reformat.clauses) {
      condition(clause.condition, statement);
      items(clause.items, statement);
    }
  }
};

}  // namespace

std::vector<ControlError> rebase_variable(Control& control) {
  Rebase rebase;
  for (auto& key : control.keys) rebase.field(key.field, "SORT");
  if (control.filter) rebase.condition(control.filter->condition, "INCLUDE");
  if (control.sum)
    for (auto& field : control.sum->fields) rebase.field(field, "SUM");
  rebase.reformat(control.inrec, "INREC");
  rebase.reformat(control.outrec, "OUTREC");
  for (auto& outfil : control.outfils) {
    if (outfil.filter) rebase.condition(outfil.filter->condition, "OUTFIL");
    rebase.reformat(outfil.reformat, "OUTFIL");
    rebase.items(outfil.header, "OUTFIL");
    rebase.items(outfil.trailer, "OUTFIL");
  }
  return std::move(rebase.errors);
}

namespace {

struct FixedCheck {
  std::size_t lrecl;
  std::vector<ControlError> errors;

  void field(const Field& field, std::string_view statement) {
    const auto end = std::uint64_t{field.position} + field.length - 1;
    if (end > lrecl) errors.push_back({{}, config::text<"ICE027A">(statement, end, lrecl)});
  }
  void condition(const Condition& condition, std::string_view statement) {
    if (condition.kind == Condition::Kind::compare) {
      field(condition.comparison.left, statement);
      if (condition.comparison.kind == Comparison::Right::field) field(condition.comparison.right, statement);
    }
    for (const auto& part : condition.parts) this->condition(part, statement);
  }
};

}  // namespace

std::vector<ControlError> check_fixed(const Control& control, std::size_t lrecl) {
  FixedCheck check{lrecl, {}};
  if (lrecl == 0) return {};
  if (control.filter) check.condition(control.filter->condition, control.filter->omit ? "OMIT" : "INCLUDE");
  if (control.inrec.kind != Reformat::Kind::none) return std::move(check.errors);
  for (const auto& key : control.keys) check.field(key.field, control.function == Function::merge ? "MERGE" : "SORT");
  if (control.sum)
    for (const auto& field : control.sum->fields) check.field(field, "SUM");
  return std::move(check.errors);
}

}  // namespace sysplexd::jes::sort
