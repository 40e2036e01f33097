// Errors and warnings; see diagnostics.hpp.
#include "sysplex/jcl/diagnostics.hpp"

#include <algorithm>
#include <tuple>

namespace sysplexd::jcl {

void Diagnostics::add(std::vector<Finding>& list, const Place& place, std::string_view id, std::string text) {
  if (list.size() < limit)
    list.push_back({place, id, std::move(text)});
  else if (list.size() == limit)
    list.push_back({place, "UNV2009E", config::text<"UNV2009E">(limit)});
}

void Diagnostics::take_over(const Diagnostics& member, const Origin* origin) {
  for (const auto& finding : member.errors_)
    add(errors_, {origin, finding.place.card, finding.place.column}, finding.id, finding.text);
  for (const auto& finding : member.warnings_)
    add(warnings_, {origin, finding.place.card, finding.place.column}, finding.id, finding.text);
}

std::vector<JclError> Diagnostics::sorted(const std::vector<Finding>& list) {
  // By place only: findings of one place stay in the order found, the cause first.
  struct Numbered {
    JclError error;
    std::size_t found = 0;
  };
  std::vector<Numbered> all;
  all.reserve(list.size());
  for (const auto& finding : list) {
    JclError error{finding.place.card, finding.place.column, std::string(finding.id), finding.text};
    if (const Origin* origin = finding.place.origin) {
      error.card = origin->call_card;
      error.column = origin->call_column;
      error.text += " (LINE " + std::to_string(finding.place.card) + " COLUMN " + std::to_string(finding.place.column) +
                    " OF " + std::string(origin->kind) + " " + origin->member + ")";
    }
    all.push_back({std::move(error), all.size()});
  }
  std::sort(all.begin(), all.end(), [](const Numbered& a, const Numbered& b) {
    return std::tie(a.error.card, a.error.column, a.found) < std::tie(b.error.card, b.error.column, b.found);
  });
  std::vector<JclError> answer;
  answer.reserve(all.size());
  for (auto& [error, found] : all) {
    const bool repeated = !answer.empty() && answer.back().card == error.card && answer.back().column == error.column &&
                          answer.back().text == error.text;
    if (!repeated) answer.push_back(std::move(error));
  }
  return answer;
}

void Diagnostics::report(ConvertResult& result) const {
  result.errors = sorted(errors_);
  result.warnings = sorted(warnings_);
}

}  // namespace sysplexd::jcl
