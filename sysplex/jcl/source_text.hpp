// Where a piece of operand text stood: operands are joined from several cards and changed by symbols, and an error must
// still name the card and the column that the writer sees.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jcl {

// A procedure or INCLUDE member that is being read; places inside it are reported at the card that called it.
struct Origin {
  std::string_view kind;  // "PROCEDURE", "INCLUDE GROUP"
  std::string member;
  int call_card = 0;  // of the submitted deck
  int call_column = 1;
};

struct Place {
  const Origin* origin = nullptr;  // null: the submitted deck
  int card = 0;
  int column = 1;
};

struct Segment {
  std::uint32_t begin = 0;  // offset in the text
  int card = 0;
  int column = 0;            // of the character at begin
  bool substituted = false;  // value of a symbol: every character stands at the symbol's own column
};

struct SourceText {
  std::string_view text;
  std::vector<Segment> segments;  // ascending, the first at 0 unless the text is empty

  const Segment& segment_at(std::size_t offset) const;
  Place place(std::size_t offset, const Origin* origin) const;
};

// Strings that views point into for as long as a conversion runs. A deque, so that nothing moves.
using Arena = std::deque<std::string>;

}  // namespace sysplexd::jcl
