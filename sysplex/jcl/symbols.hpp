// JCL symbols: SET, PROC defaults, values on the EXEC that calls a procedure, presets of submit, system symbols; and
// their substitution. Scopes nest as procedures do: an inner one sees the outer ones, and what it sets ends with it.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jcl/source_text.hpp"

namespace sysplexd::jcl {

// Values longer than this are refused where they are defined, so that no chain of SETs can grow without bound.
inline constexpr std::size_t longest_symbol_value = 255;

class SymbolScope {
 public:
  void define(std::string_view name, std::string value);
  const std::string* find(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// The chain that a statement sees: its scope, the calling ones, then presets, then system symbols.
class SymbolView {
 public:
  SymbolView(const std::map<std::string, std::string>& presets, const std::map<std::string, std::string>& system)
      : presets_(&presets), system_(&system) {}
  void push(const SymbolScope* scope) { scopes_.push_back(scope); }
  void pop() { scopes_.pop_back(); }
  void replace_innermost(const SymbolScope* scope) { scopes_.back() = scope; }
  // SET and PROC defaults of a preset name have no effect.
  bool is_preset(std::string_view name) const;
  const std::string* find(std::string_view name) const;
  const std::string* find_jcl(std::string_view name) const;     // without system symbols
  const std::string* find_system(std::string_view name) const;  // only those

 private:
  std::vector<const SymbolScope*> scopes_;
  const std::map<std::string, std::string>* presets_;
  const std::map<std::string, std::string>* system_;
};

using SymbolLookup = std::function<const std::string*(std::string_view name)>;

// &NAME, &NAME., &NAME(start:length) or (start,length) -> value. && and unknown names stay. Answers nullopt when
// nothing was replaced.
std::optional<SourceText> substitute(const SourceText& source, const SymbolView& symbols, Arena& arena);
// The same for one line of in-stream data.
std::optional<std::string> substitute_line(std::string_view line, const SymbolLookup& lookup);

}  // namespace sysplexd::jcl
