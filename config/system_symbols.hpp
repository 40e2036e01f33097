// System symbols in option values, by the rules of z/OS: &NAME or &NAME. (the period ends the name and goes away),
// names of 1 to 8 letters, digits, $ # @ that do not start with a digit, in either case; && stands for one &. Pure.
//
//   "53&SYSCLONE"  with SYSCLONE 31  ->  "5331"        "&SYSNAME..LOG" with SYSNAME SYS1  ->  "SYS1.LOG"
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::config {

inline constexpr std::size_t symbol_name_length_max = 8;
inline constexpr std::size_t symbol_value_length_max = 44;

struct Substitution {
  std::string text;
  std::vector<std::string> used;       // symbols that were replaced, in order of use
  std::vector<std::string> undefined;  // symbols without a value; they stay in the text as they stood
};

Substitution substitute(std::string_view text, const std::map<std::string, std::string>& symbols);

bool is_symbol_name(std::string_view name);
bool has_symbol(std::string_view text);

// Symbols whose values use symbols, resolved. A loop or an undefined name is told by the symbol that has it.
struct ResolvedSymbols {
  std::map<std::string, std::string> values;
  struct Problem {
    std::string symbol;     // whose value is at fault
    std::string undefined;  // the missing name; empty: the symbol's value leads back to itself
  };
  std::vector<Problem> problems;
};
ResolvedSymbols resolve_symbols(const std::map<std::string, std::string>& written);

}  // namespace sysplexd::config
