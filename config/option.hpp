// An option: everything about it in one record, so that loading, bounds, defaults, the man page and `config show` come
// from one place. The tables are options.cpp; README.md has the checklist for a new one.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/settings.hpp"

namespace sysplexd::config {

// A checked value, as an option's store takes it. The alternative follows from the option's type.
using Value = std::variant<std::string, std::int64_t, std::vector<std::string>, Address, std::vector<Address>,
                           std::vector<InitiatorClass>, TlsFiles, AutomaticFailover>;

enum class Type {
  identifier,     // as name, but keeps its case                                                -> string
  name,           // letters, digits, $ # @; length within bounds; upper case afterwards        -> string
  data_set_name,  // qualifiers of 1 to 8 joined by periods, 44 at most; upper case afterwards  -> string
  classes,        // letters and digits, one character a class; length within bounds            -> string
  choice,         // one of the words of `choices`                                              -> string
  path,           // absolute, no .. in it; length within bounds                                -> string
  paths,          // list of such, none with a colon (they are joined by colons)                -> strings
  mode,           // permission bits: "0755" or 0o755                                           -> integer
  integer,        // a number within bounds                                                     -> integer
  duration,       // "30s" "15m" "12h" "7d", or a number of `unit`; bounds in seconds           -> integer, seconds
  size,           // "64KiB" "100MB" "4GiB", or a number of bytes                               -> integer, bytes
  port,           // 0 to 65535, as a number or as a string that is one after substitution      -> integer
  address,        // "host:port"                                                                -> Address
  addresses,      // list of such                                                               -> Addresses
  initiators,     // list of { class = "AB", count = 2 }; count within bounds                   -> InitiatorClasses
  tls,            // "off", or { ca = , cert = , key = }                                        -> TlsFiles
  failover,       // never, always_primary, primary_secondary, secondary_primary[1..32]         -> AutomaticFailover
};

enum class TakesEffect { restart, reload };  // reload: at SIGHUP, for what starts after it

// How a file that does not name the option is read.
enum class Absent {
  standard,  // as if `standard` were written
  derived,   // as `derive` says; `standard` says it in words
  unset,     // the field keeps its empty value: the function is off
  refused,   // an error: the option is required
};

struct Option {
  std::string_view section, key;
  Type type = Type::name;
  Absent absent = Absent::unset;
  std::string_view standard;      // a TOML value, "" for unset and refused
  std::int64_t min = 0, max = 0;  // of the value, or of its length for names, classes and paths
  std::string_view choices;       // type choice: words, blanks between
  std::string_view unit;          // of a bare number
  int standard_port = -1;         // type address: where none is written; -1: it must be written
  std::string_view text;          // what it means, for operators: sentences
  TakesEffect takes_effect = TakesEffect::restart;
  bool later = false;   // accepted and checked; the part that uses it comes with a later version
  bool secret = false;  // never shown, logged or in an error
  void (*store)(Settings&, const Value&) = nullptr;
  std::string (*derive)(const Settings&) = nullptr;  // Absent::derived: the string value; earlier options are stored

  std::string name() const { return std::string(section) + "." + std::string(key); }
};

// All options, sections together, in the order of the documents; later options may derive from earlier ones.
std::span<const Option> options();
// One sentence on a section; empty for one that does not exist. "symbols" is a section without options: a free table.
std::string_view section_text(std::string_view section);
std::vector<std::string_view> sections();

// What is allowed, in words: "1 to 32", "one of none, primary, secondary".
std::string allowed(const Option& option);
std::string_view type_name(Type type);

inline constexpr std::string_view hidden = "*hidden*";

}  // namespace sysplexd::config
