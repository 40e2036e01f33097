// One option's value: the grammar and bounds of each type. In: the TOML node with its symbols replaced; out: the
// checked value, or everything that is wrong with it. Pure; load.cpp calls it for values of the file and for defaults
// alike.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/option.hpp"
#include "config/toml_tree.hpp"

namespace sysplexd::config {

struct Wrong {
  Place place;
  std::string value;          // the part that is wrong, as TOML
  std::string what;           // A STRING, NOT A NUMBER
  bool not_a_number = false;  // a string where a number must be; load.cpp names the symbols that made it
};

// symbols_used: a number may be a string only where symbols made it (a port always may).
std::optional<Value> check_value(const Option& option, const TomlNode& node, bool symbols_used,
                                 std::vector<Wrong>& wrong);

// The value as TOML would have it, in the shortest form that reads back to the same value.
std::string value_text(const Option& option, const Value& value);
// A string as an option would have it: quoted, an ampersand doubled so that no symbol is seen in it.
std::string value_quoted(std::string_view text);

// The known word that the writer most likely meant; empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace sysplexd::config
