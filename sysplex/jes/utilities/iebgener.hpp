// Control statements of IEBGENER, apart from the files (iebgener_statements.cpp touches none).
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"

namespace sysplexd::jes {

// RECORD FIELD=(length,input position or 'literal',conversion,output position), positions from 1.
struct GenerField {
  std::size_t length = 0;
  std::size_t input = 1;
  std::optional<std::string> literal;
  enum class Conversion { none, packed_to_zoned, zoned_to_packed } conversion = Conversion::none;
  std::size_t output = 1;
};

// The records up to and including the one that IDENT names, or up to the end.
struct GenerGroup {
  std::string member;                // of SYSUT2 when that is a library; empty: as before
  std::vector<GenerField> fields;    // empty: the record as it is
  std::optional<std::string> ident;  // last record of the group: these bytes …
  std::size_t ident_input = 1;       // … at this position
};

// No GENERATE statement: one group without anything.
net::Result<std::vector<GenerGroup>> parse_gener_statements(const std::vector<std::string>& lines);

// The output record; fields that reach beyond the input take blanks from there.
net::Result<std::string> edit_record(std::string_view input, const std::vector<GenerField>& fields);

}  // namespace sysplexd::jes
