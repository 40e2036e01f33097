// The listing; see listing.hpp.
#include "sysplex/jcl/listing.hpp"

#include "config/message.hpp"
#include "sysplex/jcl/card.hpp"

namespace sysplexd::jcl {

namespace {

std::string card_line(std::string_view card, ListedAs as, bool overridden) {
  const auto text = trim_right(card);
  if (as == ListedAs::job) return std::string(text);
  const char* prefix = as == ListedAs::catalogued ? (overridden ? "X/" : "XX") : (overridden ? "+/" : "++");
  return prefix + std::string(text.substr(text.size() < 2 ? text.size() : 2));
}

}  // namespace

void Listing::add(const ListedStatement& listed, bool overridden) {
  int number = overridden ? 0 : ++number_;
  for (const auto& card : listed.statement->cards) {
    lines_.push_back({number, card_line(card, listed.as, overridden)});
    number = 0;
  }
  if (!listed.substituted.empty()) lines_.push_back({0, config::text<"IEFC653I">(listed.substituted)});
}

void Listing::comment(const Statement& statement, ListedAs as) {
  for (const auto& card : statement.cards) lines_.push_back({0, card_line(card, as, false)});
}

void Listing::generated(std::string_view text) { lines_.push_back({++number_, std::string(text)}); }

}  // namespace sysplexd::jcl
