// Values that several statements share: COND, TIME, REGION, data set names, names and classes. Each function reports
// what is wrong at its column and answers what can be used.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jcl/diagnostics.hpp"
#include "sysplex/jcl/operand.hpp"
#include "sysplex/jcl/plan.hpp"

namespace sysplexd::jcl {

inline constexpr int highest_code = 4095;
inline constexpr std::size_t longest_parm = 100;
inline constexpr std::size_t longest_dsname = 44;

struct Cond {
  std::vector<CondTest> tests;
  std::vector<Place> places;  // of each test, for steps that do not exist
  CondMode mode = CondMode::normal;
};
// on_job: no step names, no EVEN and ONLY.
Cond parse_cond(const Operand& operand, bool on_job, Diagnostics& diagnostics);

std::optional<std::int64_t> parse_time(const Operand& operand, Diagnostics& diagnostics);
std::string parse_region(const Operand& operand, Diagnostics& diagnostics);

// 1-8 characters of a name; field: for the message, "PGM". Empty when it is none.
std::string parse_name(std::string_view text, const Place& place, std::string_view field, Diagnostics& diagnostics);

// A.B.C, A.B.C(MEMBER), A.B.C(+1), &&T, &&T(M); nullopt and an error otherwise. Not for *.referbacks.
std::optional<DsName> parse_dsname(const Operand& operand, Diagnostics& diagnostics);

// PARM: parentheses off, apostrophes off, && to &; at most 100 characters.
std::string parse_parm(const Operand& operand, Diagnostics& diagnostics);

std::optional<Compare> parse_compare(std::string_view word);

}  // namespace sysplexd::jcl
