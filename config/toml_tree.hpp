// A TOML text as a plain tree with places, and its syntax errors. The only file that includes toml++ is toml_tree.cpp
// (3.5 s a translation unit); everything behind it works on this tree. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::config {

struct Place {
  int line = 0, column = 0;  // 1-based; 0: nowhere
};

struct TomlMember;

struct TomlNode {
  enum class Kind { text, integer, real, boolean, time, array, table };
  Kind kind = Kind::text;
  std::string text;          // text: the string; real and time: as TOML writes it
  std::int64_t integer = 0;  // integer; boolean as 0 and 1
  bool octal = false;        // integer written as 0o…
  std::vector<TomlNode> items;
  std::vector<TomlMember> members;  // in file order
  Place place;                      // of the value
  Place key_place;                  // of the key, where the node is a member of a table
  const TomlNode* find(std::string_view key) const;
};

struct TomlMember {
  std::string key;
  TomlNode value;
};

struct TomlSyntaxError {
  Place place;
  std::string text;
};

struct TomlTree {
  TomlNode root;  // what could be read; whole only when errors is empty
  std::vector<TomlSyntaxError> errors;
};

// toml++ stops at the first error; here the line of an error is taken out and the rest is read again (a broken section
// head with its section), up to 20 times. Errors on adjoining lines count as the consequence of one: reading stops.
TomlTree parse_toml(std::string_view text);

// As TOML would have it: "SYS1", 17, ["a", "b"], { class = "A", count = 2 }. Control characters come out escaped.
std::string toml_text(const TomlNode& node);
std::string toml_quoted(std::string_view text);

}  // namespace sysplexd::config
