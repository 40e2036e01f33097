// The relational expression of IF: text -> tree (jcl-zosmf.md 2.4).
#pragma once
#include <optional>

#include "sysplex/jcl/diagnostics.hpp"
#include "sysplex/jcl/plan.hpp"
#include "sysplex/jcl/source_text.hpp"

namespace sysplexd::jcl {

// nullopt and one error when it is no expression. Step names are taken as written; the caller resolves them with
// the places in `steps`, one for each operand with a step name, in the order of the tree (depth first, left to right).
struct ParsedIf {
  IfExpression expression;
  std::vector<Place> step_places;
};
std::optional<ParsedIf> parse_if(const SourceText& source, const Origin* origin, Diagnostics& diagnostics);

}  // namespace sysplexd::jcl
