// SORT control statements, second stage: the model that the statements describe, and its parser. Pure; all errors of a
// run are reported at once, each with its statement, line and column.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jes/utilities/sort_cards.hpp"

namespace sysplexd::jes::sort {

// Field formats. All text is ASCII: CH and AC collate alike, EBCDIC order is not offered.
enum class Format {
  ch,   // characters (CH, AC)
  aq,   // characters in the sequence of ALTSEQ
  bi,   // unsigned binary, big-endian
  fi,   // two's complement, big-endian
  pd,   // packed decimal, sign in the last half byte (B, D negative)
  zd,   // zoned decimal, trailing overpunch: '0'-'9', 'p'-'y' negative as GnuCOBOL writes it, '{A-I' and '}J-R' too
  ol,   // zoned with leading overpunch (CLO)
  fs,   // digits with a floating leading sign (CSF)
  ls,   // leading separate sign (CSL, ASL)
  ts,   // trailing separate sign (CST, AST)
  uff,  // the digits of free text, unsigned
  sff,  // the digits of free text, negative when it holds '-' or ')'
  ss,   // substring search, only in conditions
};

struct Field {
  std::uint32_t position = 1;  // first byte is 1
  std::uint32_t length = 1;
  Format format = Format::ch;
};

struct SortKey {
  Field field;
  bool descending = false;
};

using Number = __int128;  // 31 decimal digits fit

enum class Relation { eq, ne, gt, ge, lt, le };

struct Comparison {
  enum class Right { field, characters, hexadecimal, number };
  Field left;
  Relation relation = Relation::eq;
  Right kind = Right::characters;
  Field right;
  std::string bytes;  // characters and hexadecimal
  Number number = 0;
};

// A condition tree. `all` is true for every record, `none` for no record.
struct Condition {
  enum class Kind { all, none, compare, conjunction, disjunction };
  Kind kind = Kind::all;
  Comparison comparison;
  std::vector<Condition> parts;
};

struct Filter {
  Condition condition;
  bool omit = false;
};

// How a number is printed or stored anew.
struct NumberEdit {
  std::string pattern;  // of I, T, S and literals; empty: store as `to`
  std::string lead_plus, lead_minus, trail_plus, trail_minus;
  Format to = Format::zd;
  std::uint32_t length = 0;  // of the result; never 0
};

enum class Translation { upper, lower, hex };
enum class Statistic { count, total, minimum, maximum, average };

struct BuildItem {
  enum class Kind {
    column,     // number: go on in this column
    field,      // field: bytes as they are
    rest,       // field.position to the end of the record
    constant,   // bytes
    edit,       // field through edit
    translate,  // field through translation
    sequence,   // running number through edit
    statistic,  // TRAILER1 only: statistic of field through edit
    newline,    // OUTFIL only: the record ends here, the next begins
    page,       // HEADER1, TRAILER1: page number
  };
  Kind kind = Kind::constant;
  std::uint32_t number = 0;
  Field field;
  std::string bytes;
  NumberEdit edit;
  Translation translation = Translation::upper;
  Statistic statistic = Statistic::count;
  Number start = 1, increment = 1;  // sequence
  std::size_t slot = 0;             // sequence: its counter; numbered over the whole control
};

struct IfThen {
  enum class When { init, condition, none };
  When when = When::init;
  Condition condition;
  bool overlay = false;
  bool next = false;  // HIT=NEXT
  std::vector<BuildItem> items;
};

struct Reformat {
  enum class Kind { none, build, overlay, ifthen };
  Kind kind = Kind::none;
  std::vector<BuildItem> items;
  std::vector<IfThen> clauses;
};

struct Sum {
  std::vector<Field> fields;     // empty: NONE
  bool keep_duplicates = false;  // XSUM: what is dropped goes to SORTXSUM
};

struct Outfil {
  std::vector<std::string> ddnames;  // SORTOUT when the statement names none
  std::optional<Filter> filter;
  bool save = false;                           // the records that no other OUTFIL takes
  std::uint64_t first = 1, last = UINT64_MAX;  // STARTREC, ENDREC
  Reformat reformat;
  std::vector<BuildItem> header, trailer;
  bool detail = true;            // NODETAIL
  bool carriage_control = true;  // REMOVECC; only of a report
  bool report() const { return !header.empty() || !trailer.empty(); }
};

enum class Function { none, sort, merge, copy };
enum class OnOverflow { rc0 = 0, rc4 = 4, rc16 = 16 };

struct Control {
  Function function = Function::none;
  std::vector<SortKey> keys;
  bool equals = true;  // our order is always stable: NOEQUALS has no effect
  std::uint64_t skip = 0, stop_after = UINT64_MAX;
  std::optional<Filter> filter;
  std::optional<Sum> sum;
  Reformat inrec, outrec;
  std::vector<Outfil> outfils;
  std::array<unsigned char, 256> altseq{};  // identity without ALTSEQ
  std::uint64_t main_size = 0;              // bytes; 0: not given
  OnOverflow on_overflow = OnOverflow::rc4;
  std::size_t sequence_slots = 0;
  std::vector<std::string> ignored;  // accepted operands that have no meaning here
};

// What DATE and TIME constants show: a parameter, so that the parser needs no clock.
struct Moment {
  int year = 2000, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

struct ParsedControl {
  Control control;
  std::vector<ControlError> errors;  // empty: control is good
};

ParsedControl parse_control(std::span<const std::string> lines, std::string_view parm, const Moment& now);

// RECFM=V data sets are kept as lines without the record descriptor word, but their statements count its four bytes:
// position 5 is the first data byte. Moves every position and column; a field inside the word is an error, except
// (1,4) as the first item of BUILD, which is dropped.
std::vector<ControlError> rebase_variable(Control& control);

// Fields of keys, conditions and sums that end behind a fixed record of lrecl bytes. With INREC the length that keys
// and sums see is the new one, so only the condition is checked.
std::vector<ControlError> check_fixed(const Control& control, std::size_t lrecl);

}  // namespace sysplexd::jes::sort
