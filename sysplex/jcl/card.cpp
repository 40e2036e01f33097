// Cards and columns; see card.hpp.
#include "sysplex/jcl/card.hpp"

#include <algorithm>
#include <cstring>

namespace sysplexd::jcl {

namespace {

bool is_tail_byte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Byte offset of a 1-based column, or the size when the text is shorter. A column takes at most four bytes here, so a
// long line of stray tail bytes cannot make this slow.
std::size_t offset_of(std::string_view text, int column) {
  const std::size_t want = static_cast<std::size_t>(column) - 1;
  if (is_ascii(text.substr(0, want))) return std::min(want, text.size());
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_tail_byte(text[i]) && i > 0 && static_cast<unsigned char>(text[i - 1]) >= 0x80) continue;
    if (seen++ == want) return i;
  }
  return text.size();
}

}  // namespace

CardReader::CardReader(std::string_view text, int first_card) : text_(text) {
  card_.number = first_card - 1;
  load();
}

void CardReader::load() {
  begin_ = next_;
  if (begin_ >= text_.size()) {
    at_end_ = true;
    begin_ = text_.size();
    card_.text = {};
    return;
  }
  const auto* found = static_cast<const char*>(std::memchr(text_.data() + begin_, '\n', text_.size() - begin_));
  const std::size_t end = found != nullptr ? static_cast<std::size_t>(found - text_.data()) : text_.size();
  next_ = found != nullptr ? end + 1 : end;
  card_.text = text_.substr(begin_, end - begin_);
  if (card_.text.ends_with('\r')) card_.text.remove_suffix(1);
  ++card_.number;
}

Card CardReader::take() {
  const Card card = card_;
  load();
  return card;
}

std::string_view trim_right(std::string_view text) {
  const auto last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

std::string_view statement_field(std::string_view card) {
  return trim_right(card.substr(0, offset_of(card, last_statement_column + 1)));
}

bool has_continuation_mark(std::string_view card) {
  const auto at = offset_of(card, last_statement_column + 1);
  return at < card.size() && card[at] != ' ';
}

int columns(std::string_view text) {
  if (is_ascii(text)) return static_cast<int>(text.size());
  int count = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!(is_tail_byte(text[i]) && i > 0 && static_cast<unsigned char>(text[i - 1]) >= 0x80)) ++count;
  return count;
}

int column_at(std::string_view card, std::size_t offset) { return columns(card.substr(0, offset)) + 1; }

}  // namespace sysplexd::jcl
