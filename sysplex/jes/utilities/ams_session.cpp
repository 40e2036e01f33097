// Flow of access method services: conditions, condition codes, dispatch. Commands: ams_entries.cpp, ams_list.cpp,
// ams_data.cpp.
#include "sysplex/jes/utilities/ams_session.hpp"

#include <algorithm>
#include <charconv>

#include "config/message.hpp"

namespace sysplexd::jes::ams {

namespace {
constexpr int terminating = 16;
}

Session::Session(dasd::Catalog catalog, Print print) : catalog_(std::move(catalog)), print_(std::move(print)) {}

bool Session::run(const std::vector<Statement>& statements) {
  for (const auto& statement : statements)
    if (!run_one(statement)) return false;
  return true;
}

bool Session::compare(const Statement& condition) const {
  const int code = condition.of_maxcc ? max_cc_ : last_cc_;
  switch (condition.op) {
    case Operator::eq: return code == condition.number;
    case Operator::ne: return code != condition.number;
    case Operator::gt: return code > condition.number;
    case Operator::lt: return code < condition.number;
    case Operator::ge: return code >= condition.number;
    case Operator::le: return code <= condition.number;
  }
  return false;
}

bool Session::run_one(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::block: return run(statement.children);
    case Statement::Kind::condition:
      if (compare(statement)) return run_one(statement.children[0]);
      return statement.children.size() < 2 || run_one(statement.children[1]);
    case Statement::Kind::set:
      // MAXCC as set stands even when it is lower than before: that is what SET MAXCC=0 is coded for.
      if (statement.of_maxcc)
        max_cc_ = statement.number;
      else
        last_cc_ = statement.number;
      return max_cc_ < terminating;
    case Statement::Kind::wrong:
      last_cc_ = wrong("LINE " + std::to_string(statement.line) + ": " + statement.problem);
      max_cc_ = std::max(max_cc_, last_cc_);
      return true;
    case Statement::Kind::command: break;
  }
  if (statement.verb == "CANCEL") return false;
  if (statement.verb == "PARM") return true;  // GRAPHICS, MARGINS, TEST: about the listing of the original
  last_cc_ = run_command(statement);
  print_(config::text<"IDC0001I">(last_cc_));
  print_("");
  max_cc_ = std::max(max_cc_, last_cc_);
  return max_cc_ < terminating;
}

int Session::run_command(const Statement& statement) {
  struct Verb {
    std::string_view name, abbreviation;
    int (Session::*run)(const Statement&);
  };
  static constexpr Verb verbs[] = {
      {"DELETE", "DEL", &Session::remove}, {"DEFINE", "DEF", &Session::define},
      {"ALTER", "", &Session::alter},      {"LISTCAT", "LISTC", &Session::list_catalog},
      {"REPRO", "", &Session::repro},      {"PRINT", "", &Session::print_data},
      {"VERIFY", "VFY", &Session::verify},
  };
  for (const auto& verb : verbs)
    if (statement.verb == verb.name || (!verb.abbreviation.empty() && statement.verb == verb.abbreviation))
      return (this->*verb.run)(statement);
  static constexpr std::string_view elsewhere[] = {"BLDINDEX", "EXPORT",   "IMPORT",   "EXAMINE", "DIAGNOSE",
                                                   "SHCDS",    "DCOLLECT", "ALLOCATE", "CREATE",  "SETCACHE"};
  if (std::find(std::begin(elsewhere), std::end(elsewhere), statement.verb) != std::end(elsewhere)) {
    print_(config::text<"UNV5401E">(statement.verb));
    return 12;
  }
  return wrong("COMMAND '" + statement.verb + "' IS NOT KNOWN");
}

int Session::wrong(const std::string& text) {
  print_(config::text<"IDC3211I">(text));
  print_(config::text<"IDC3202I">());
  return 12;
}

int Session::catalog_error(const net::Error& error, const std::string& name, std::string_view function) {
  int cc = 12;
  if (error.code == net::Errc::not_found) {
    print_(config::text<"IDC3012I">(name));
    print_(config::text<"IDC3009I">(8, "IGG0CLEG", 42));
    cc = 8;
  } else if (error.code == net::Errc::exists) {
    print_(config::text<"IDC3013I">(name));
    print_(config::text<"IDC3009I">(8, "IGG0CLEH", 38));
  } else {
    print_(config::text<"UNV5402E">(name, error.text));
    if (error.code == net::Errc::conflict) cc = 8;
  }
  if (!function.empty()) print_(config::text<"IDC0551I">(name, function));
  return cc;
}

net::Result<dasd::DataSetRef> Session::reference(const Item& item) const {
  auto parsed = dasd::parse_dsn(to_string(Item{item.text, false, item.has_list, item.list}));
  if (!parsed || !parsed.value().generation) return parsed;
  const auto resolved = catalog_.resolve(parsed.value().name, *parsed.value().generation);
  if (!resolved) return resolved.error();
  auto ref = parsed.value();
  ref.name = dasd::to_string(resolved.value());
  ref.generation.reset();
  return ref;
}

const Item* find_item(const std::vector<Item>& items, std::initializer_list<std::string_view> names) {
  for (const auto& item : items)
    if (!item.quoted && std::find(names.begin(), names.end(), item.text) != names.end()) return &item;
  return nullptr;
}

std::optional<std::string> single_value(const Item* item) {
  if (item == nullptr || item->list.empty()) return std::nullopt;
  const auto& value = item->list.front();
  return to_string(Item{value.text, false, value.has_list, value.list});
}

std::optional<long long> number_value(const Item* item) {
  const auto text = single_value(item);
  if (!text || item->list.size() != 1) return std::nullopt;
  std::string_view digits = *text;
  int base = 10;
  if (digits.size() > 3 && (digits.front() == 'X' || digits.front() == 'B') && digits[1] == '\'') {
    base = digits.front() == 'X' ? 16 : 2;
    digits = digits.substr(2, digits.size() - 3);
  }
  long long value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace sysplexd::jes::ams
