// LISTCAT.
#include <cstdio>

#include "config/message.hpp"
#include "sysplex/jes/utilities/ams_session.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"

namespace sysplexd::jes::ams {

namespace {

// "     LIMIT------------------5": a name, hyphens, a value that ends in column `width`.
std::string field(std::string_view name, std::string_view value, std::size_t width) {
  std::string text(name);
  if (text.size() + value.size() < width) text.append(width - text.size() - value.size(), '-');
  return text + std::string(value);
}

bool word_in(const std::vector<Item>& items, std::initializer_list<std::string_view> names) {
  return find_item(items, names) != nullptr;
}

}  // namespace

void Session::list_entry(const dasd::Entry& entry, bool all) {
  const bool gdg = entry.kind == dasd::EntryKind::gdg_base;
  print_((gdg ? "GDG BASE ------ " : "NONVSAM ------- ") + entry.dsn);
  print_("     IN-CAT --- " + catalog_.root());
  if (!entry.problem.empty()) print_(config::text<"UNV5402E">(entry.dsn, entry.problem));
  if (!all) return;
  const auto& owner = gdg ? entry.base.owner : entry.attributes.owner;
  const auto& created = gdg ? entry.base.created : entry.attributes.created;
  print_("     HISTORY");
  print_("       " + field("DATASET-OWNER", owner.empty() ? "(NULL)" : owner, 32) + "     " +
         field("CREATION", created.empty() ? "(NULL)" : created, 32));
  print_("     ATTRIBUTES");
  if (gdg) {
    print_("       " + field("LIMIT", std::to_string(entry.base.limit), 32) + "     " +
           (entry.base.scratch ? "SCRATCH" : "NOSCRATCH") + "     " + (entry.base.empty ? "EMPTY" : "NOEMPTY"));
    print_("     ASSOCIATIONS");
    const auto generations = catalog_.generations(entry.dsn);
    if (!generations || generations.value().empty()) {
      print_("       (NULL)");
      return;
    }
    for (auto g = generations.value().rbegin(); g != generations.value().rend(); ++g)
      print_("       NONVSAM--" + dasd::to_string(*g));
    return;
  }
  const auto& attributes = entry.attributes;
  print_("       " + field("RECFM", attributes.recfm.empty() ? "(LINES)" : attributes.recfm, 32) + "     " +
         field("LRECL", std::to_string(attributes.lrecl), 32));
  print_("       " + field("DSORG", attributes.dsorg, 32) + "     " + field("BYTES", std::to_string(entry.bytes), 32));
}

// LISTCAT [ENTRIES(…) | LEVEL(…)] [type] [NAME | ALL …]
int Session::list_catalog(const Statement& statement) {
  const auto& items = statement.items;
  for (const auto& item : items) {
    static constexpr std::string_view words[] = {"ENTRIES",
                                                 "ENTRY",
                                                 "ENT",
                                                 "LEVEL",
                                                 "LVL",
                                                 "NAME",
                                                 "NAMES",
                                                 "HISTORY",
                                                 "HIST",
                                                 "VOLUME",
                                                 "VOL",
                                                 "ALLOCATION",
                                                 "ALLOC",
                                                 "ALL",
                                                 "CLUSTER",
                                                 "CL",
                                                 "NONVSAM",
                                                 "NVSAM",
                                                 "GENERATIONDATAGROUP",
                                                 "GDG",
                                                 "GDS",
                                                 "CATALOG",
                                                 "CAT",
                                                 "DATA",
                                                 "INDEX",
                                                 "ALIAS",
                                                 "USERCATALOG",
                                                 "UCAT",
                                                 "PATH",
                                                 "AIX",
                                                 "ALTERNATEINDEX",
                                                 "OUTFILE",
                                                 "OFILE",
                                                 "CREATION",
                                                 "EXPIRATION",
                                                 "LIBRARY",
                                                 "SPACE",
                                                 "PAGESPACE"};
    bool known = false;
    for (const auto word : words) known = known || word == item.text;
    if (!known) return wrong("KEYWORD '" + item.text + "' IS IMPROPER");
  }
  const bool all = word_in(items, {"ALL", "HISTORY", "HIST", "ALLOCATION", "ALLOC", "VOLUME", "VOL"});
  const bool only_gdg = word_in(items, {"GENERATIONDATAGROUP", "GDG"});
  const bool only_data = word_in(items, {"NONVSAM", "NVSAM", "CLUSTER", "CL", "GDS", "DATA"});
  std::vector<std::string> patterns;
  const Item* entries = find_item(items, {"ENTRIES", "ENTRY", "ENT"});
  const Item* level = find_item(items, {"LEVEL", "LVL"});
  const bool by_level = level != nullptr;
  const Item* names = by_level ? level : entries;
  if (names != nullptr) {
    for (const auto& name : names->list) {
      const auto text = upper(to_string(Item{name.text, false, name.has_list, name.list}));
      const auto pattern = by_level ? text + ".**" : text;
      if (!dasd::valid_dsn_pattern(pattern)) return wrong("'" + text + "' IS NO ENTRY NAME");
      patterns.push_back(pattern);
    }
    if (patterns.empty()) return wrong(names->text + " NEEDS A NAME");
  } else {
    patterns.emplace_back("**");
  }
  print_("LISTING FROM CATALOG -- " + catalog_.root());
  int cc = 0;
  int data_sets = 0, groups = 0;
  for (const auto& pattern : patterns) {
    const auto found = catalog_.list(pattern);
    if (!found) return catalog_error(found.error(), pattern, "");
    int matched = 0;
    for (const auto& entry : found.value()) {
      const bool gdg = entry.kind == dasd::EntryKind::gdg_base;
      if (by_level && entry.dsn.size() + 3 == pattern.size()) continue;  // LEVEL(A.B) is what lies below A.B
      if ((only_gdg || only_data) && !((gdg && only_gdg) || (!gdg && only_data))) continue;
      ++matched;
      ++(gdg ? groups : data_sets);
      list_entry(entry, all);
    }
    if (matched == 0 && names != nullptr) {
      print_(config::text<"IDC3012I">(by_level ? pattern.substr(0, pattern.size() - 3) : pattern));
      print_(config::text<"IDC3009I">(8, "IGG0CLEG", 42));
      cc = 4;
    }
  }
  print_("         THE NUMBER OF ENTRIES PROCESSED WAS:");
  char line[64];
  const std::pair<const char*, int> counts[] = {
      {"GDG ", groups}, {"NONVSAM ", data_sets}, {"TOTAL ", groups + data_sets}};
  for (const auto& [name, count] : counts) {
    std::snprintf(line, sizeof line, "%-10s%s%6d", name, "-----------", count);
    print_("                   " + std::string(line));
  }
  return cc;
}

}  // namespace sysplexd::jes::ams
