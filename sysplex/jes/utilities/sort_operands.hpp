// Reading the operand field of one statement: a cursor with one sticky complaint, so that every rule of the parser may
// read on without asking; the statement's first error is the one reported. Pure; used by the sort_parse_* files only.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/message.hpp"
#include "sysplex/jes/utilities/sort_control.hpp"

namespace sysplexd::jes::sort {

class Cursor {
 public:
  Cursor(const Statement& statement, std::size_t begin, std::size_t end, std::vector<ControlError>& errors)
      : statement_(statement), position_(begin), end_(end), errors_(errors) {}

  bool ok() const { return !failed_; }
  bool done() const { return position_ >= end_; }
  std::size_t position() const { return position_; }
  char peek(std::size_t ahead = 0) const {
    return position_ + ahead < end_ ? statement_.text[position_ + ahead] : '\0';
  }
  bool digit() const { return peek() >= '0' && peek() <= '9'; }
  bool take(char c) {
    if (peek() != c || done()) return false;
    ++position_;
    return true;
  }
  void expect(char c);
  void skip() { ++position_; }

  // Decimal digits, at most `limit`.
  std::uint64_t number(std::string_view what, std::uint64_t minimum, std::uint64_t limit);
  Number signed_number(std::string_view what);
  // Letters, digits and @#$, folded to upper case; empty where none stands here.
  std::string word();
  std::string peek_word() const;
  bool take_word(std::string_view word);  // the whole next word
  // '...' with doubled quotes, or after it was seen to stand here X'..' and C'..'.
  bool constant_ahead() const;
  std::string constant(bool* hexadecimal = nullptr);

  template <config::MessageId Id>
  void complain(std::string_view reason) {
    complain_at<Id>(position_, reason);
  }
  template <config::MessageId Id>
  void complain_at(std::size_t position, std::string_view reason) {
    const Place at = statement_.places[position < statement_.places.size() ? position : statement_.places.size() - 1];
    if (!failed_) errors_.push_back({at, config::text<Id>(statement_.operation, at.line, at.column, reason)});
    failed_ = true;
    position_ = end_;
  }

  // "(" list ")" : calls item() for each element until the closing parenthesis.
  template <class Item>
  void list(const Item& item) {
    expect('(');
    while (ok()) {
      item();
      if (!ok() || !take(',')) break;
    }
    if (ok()) expect(')');
  }

 private:
  const Statement& statement_;
  std::size_t position_, end_;
  std::vector<ControlError>& errors_;
  bool failed_ = false;
};

// One operand of a statement: NAME or NAME=value; begin and end bound the value in the text.
struct Operand {
  std::string name;
  std::size_t at = 0;
  bool has_value = false;
  std::size_t begin = 0, end = 0;
};

// Splits the operand field at commas outside quotes and parentheses.
std::vector<Operand> split_operands(const Statement& statement, std::vector<ControlError>& errors);

// Position and length of a field: bounds of DFSORT fields are wider here, since lines may be long.
inline constexpr std::uint64_t largest_position = 1'000'000'000;

bool parse_format(std::string_view name, Format& format);
bool numeric(Format format);
std::string_view format_name(Format format);
// Complains unless a field of this length can be a number (arithmetic: at most 31 digits) or, as a key, be ordered.
void check_length(Cursor& cursor, std::size_t at, const Field& field, bool arithmetic);

// The grammars; the cursor stands on the opening parenthesis or on ALL / NONE.
Condition parse_condition(Cursor& cursor, std::optional<Format> default_format);
struct BuildContext {
  bool outfil = false;  // '/' allowed
  bool report = false;  // HEADER1, TRAILER1
  bool trailer = false;
  bool overlay = false;
  Moment now;
  std::size_t* sequence_slots = nullptr;
};
std::vector<BuildItem> parse_build(Cursor& cursor, const BuildContext& context);
IfThen parse_ifthen(Cursor& cursor, const BuildContext& context);

}  // namespace sysplexd::jes::sort
