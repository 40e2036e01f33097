// The operand field of a statement: KEYWORD=value and positional operands, lists in parentheses, apostrophes. Each
// piece knows its card and column.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jcl/diagnostics.hpp"
#include "sysplex/jcl/source_text.hpp"

namespace sysplexd::jcl {

struct Operand {
  std::string_view keyword;    // empty: positional
  std::string_view qualifier;  // STEP of PARM.STEP=
  std::string_view value;
  const SourceText* source = nullptr;
  const Origin* origin = nullptr;
  std::uint32_t keyword_at = 0, value_at = 0;  // offsets in source

  bool positional() const { return keyword.empty(); }
  Place place() const { return source->place(keyword_at, origin); }
  Place value_place(std::size_t offset = 0) const { return source->place(value_at + offset, origin); }
};

// One subparameter of a value: A of (A,B); the value itself when there is no list.
struct Item {
  std::string_view text;
  std::size_t at = 0;  // offset in the operand's value
};

// Offset of the comma that ends the operand at `at`, or the size.
std::size_t operand_end(std::string_view operands, std::size_t at);

// statement: its name for the messages, "DD". Refuses unbalanced parentheses and characters that JCL does not have.
// first_may_be_empty: JOB and OUTPUT positionals may be left out by their comma.
std::vector<Operand> parse_operands(const SourceText& source, const Origin* origin, std::string_view statement,
                                    Diagnostics& diagnostics, bool positional_may_be_empty = false);

bool is_list(std::string_view value);  // one pair of parentheses around all of it
std::vector<Item> split_list(std::string_view value, std::size_t at = 0);
inline std::vector<Item> split_list(const Item& item) { return split_list(item.text, item.at); }

// Apostrophes off, doubled ones to one.
std::string unquote(std::string_view text);
inline bool is_quoted(std::string_view text) { return text.size() >= 2 && text.front() == '\'' && text.back() == '\''; }

// Digits only, at most nine; nullopt otherwise.
std::optional<int> parse_number(std::string_view text);

}  // namespace sysplexd::jcl
