// Procedures that come with the system: searched after JCLLIB and [jes] proclib (whoever makes the converter's
// MemberSource asks here last), so that a site may put its own in their place. Pure.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace sysplexd::jes {

struct BuiltinProc {
  std::string_view name;  // "IGYWCL"
  std::string_view text;  // lines, as a member of a procedure library
};

std::span<const BuiltinProc> builtin_procs();
std::optional<std::string_view> builtin_procedure(std::string_view name);

}  // namespace sysplexd::jes
