// The TOML file -> Settings, or every error of the file at once. A default goes the same road as a value of the file
// (substitution, bounds), so no second list of defaults exists beside the option table.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/option.hpp"

namespace sysplexd::config {

// One thing that is wrong, as `config check` prints it and its JSON has it.
struct ConfigError {
  std::string id;  // UNV10nnE, config/messages/config.hpp
  std::string file;
  int line = 0;  // 1-based; 0: not at a place of the file (a required option that is missing)
  int column = 0;
  std::string option;             // jes.initiators; empty for a TOML syntax error
  std::string value;              // as written, after symbols; *hidden* for a secret; empty where none was written
  std::string allowed;            // what would be right
  std::string text;               // whole message, id first, names and values in it
  std::string line_text() const;  // FILE:LINE:COLUMN: text
};

// Where an effective value comes from.
struct Origin {
  enum class Kind { file, standard, derived };  // written; default of the table; default made from another option
  Kind kind = Kind::standard;
  int line = 0, column = 0;  // kind file
  std::string written;       // kind file: as it stood before symbols, when those changed it
  std::string symbols;       // names of the symbols used, blanks between: "SYSCLONE"
};

struct EffectiveValue {
  std::string section, key;
  std::string value;  // as TOML; a secret is *hidden*
  Origin origin;
};

struct LoadResult {
  std::optional<Settings> settings;       // present exactly when errors is empty
  std::vector<ConfigError> errors;        // in file order
  std::vector<EffectiveValue> effective;  // in order of the option table, then [symbols]
  bool ok() const { return settings.has_value(); }
};

// A file that cannot be read is one error (UNV1001E, line 0).
LoadResult load_file(const std::string& path);
LoadResult load_text(std::string_view toml, const std::string& name);
// With another table than options(): tests of the loader.
LoadResult load_with(std::span<const Option> table, std::string_view toml, const std::string& name);

// SIGHUP: options whose value differs, "section.key"; those of takes_effect restart are not carried over by a reload.
struct Change {
  std::string option, before, after;
  bool needs_restart = false;
};
std::vector<Change> changes(const LoadResult& before, const LoadResult& after);

}  // namespace sysplexd::config
