// Card images: lines of 80 columns, cut from any text. Columns are counted in characters, so that a UTF-8 letter in an
// operand takes one column as it did in EBCDIC. Statements live in columns 1-71, 72 is the continuation mark of
// comments, 73-80 are not looked at (jcl-zosmf.md 2.1). Nothing here copies the text.
#pragma once
#include <cstddef>
#include <string_view>

namespace sysplexd::jcl {

struct Card {
  std::string_view text;  // without line end
  int number = 0;         // 1-based
};

class CardReader {
 public:
  CardReader(std::string_view text, int first_card);
  bool at_end() const { return at_end_; }
  const Card& peek() const { return card_; }     // not at the end
  std::size_t offset() const { return begin_; }  // of peek() in the text; at the end: its size
  Card take();                                   // peek(), and go on
  std::string_view between(std::size_t from, std::size_t to) const { return text_.substr(from, to - from); }

 private:
  void load();
  std::string_view text_;
  std::size_t begin_ = 0, next_ = 0;
  Card card_;
  bool at_end_ = false;
};

inline constexpr int last_statement_column = 71;
inline constexpr int last_continuation_column = 16;

// Columns 1-71 without trailing blanks.
std::string_view statement_field(std::string_view card);
// Column 72 is there and not blank.
bool has_continuation_mark(std::string_view card);
// 1-based column of the byte at offset; number of columns of a text.
int column_at(std::string_view card, std::size_t offset);
int columns(std::string_view text);

std::string_view trim_right(std::string_view text);

inline bool is_jcl_card(std::string_view card) { return card.starts_with("//"); }
inline bool is_comment_card(std::string_view card) { return card.starts_with("//*"); }
inline bool is_null_card(std::string_view card) { return is_jcl_card(card) && statement_field(card).size() == 2; }
// "//" and a blank third column with something behind: what a continuation looks like.
inline bool is_continuation_card(std::string_view card) {
  return is_jcl_card(card) && card.size() > 3 && card[2] == ' ' && !is_null_card(card);
}

}  // namespace sysplexd::jcl
