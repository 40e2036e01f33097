// Names of data sets, members and generations: the strict grammar (MVS JCL Reference, "Data set names"). Pure. Every
// name passes here before it comes near a path: no valid name has '/', a leading '.', a lower-case letter or a control
// character, so a name can be used as one component of a path and nothing else.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "net/result.hpp"

namespace sysplexd::dasd {

inline constexpr std::size_t dsn_max = 44;
inline constexpr std::size_t gdg_base_max = 35;  // leaves room for .GnnnnVnn

// 1 to 44 characters: qualifiers of 1 to 8, joined by '.'; first character A-Z # @ $, then 0-9 and '-' too.
bool valid_dsn(std::string_view name);
// 1 to 8 of A-Z # @ $ 0-9, not starting with a digit.
bool valid_member(std::string_view name);
// A data set name short enough for generations.
bool valid_gdg_base(std::string_view name);

// a-z to A-Z, nothing else. For names that people type; JCL itself refuses lower case.
std::string upper(std::string_view text);
// A name for a message: what is no printable ASCII comes as \xNN, cut after 60 characters.
std::string printable(std::string_view text);

// What "A.B.C", "A.B.C(MEMBER)", "A.B.C(+1)" says.
struct DataSetRef {
  std::string name;
  std::string member;             // empty: none
  std::optional<int> generation;  // relative, -9999 … +9999
  bool operator==(const DataSetRef&) const = default;
};
// Folds to upper case; invalid names the first thing that is wrong and where.
net::Result<DataSetRef> parse_dsn(std::string_view text);
std::string to_string(const DataSetRef& ref);

// A.B.G0001V00 -> A.B, 1, 0. nullopt: no generation name.
struct GenerationName {
  std::string base;
  int number = 0;   // 1..9999
  int version = 0;  // 0..99
  bool operator==(const GenerationName&) const = default;
};
std::optional<GenerationName> parse_generation(std::string_view dsn);
std::string to_string(const GenerationName& name);

// LISTCAT and z/OSMF patterns: '%' one character, '*' any characters inside one qualifier ('A.*' has exactly two
// qualifiers), '**' any number of qualifiers, none too ('A.**' is A, A.B, A.B.C).
bool valid_dsn_pattern(std::string_view pattern);
bool match_dsn(std::string_view pattern, std::string_view dsn);
// Member patterns: '%' and '*'; the empty pattern matches all.
bool match_member(std::string_view pattern, std::string_view member);

}  // namespace sysplexd::dasd
