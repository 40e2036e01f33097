// DELETE, DEFINE, ALTER.
#include <algorithm>

#include "config/message.hpp"
#include "sysplex/jes/utilities/ams_session.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"

namespace sysplexd::jes::ams {

namespace {

char type_letter(const dasd::Entry& entry) {
  if (entry.kind == dasd::EntryKind::gdg_base) return 'B';
  return dasd::parse_generation(entry.dsn) ? 'H' : 'A';
}

bool is_pattern(std::string_view name) { return name.find_first_of("*%") != std::string_view::npos; }

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

// DELETE name | (name …) [type] [PURGE …]
int Session::remove(const Statement& statement) {
  bool force = false, scratch = true, mask = false;
  std::string type;
  std::vector<Item> names;
  for (std::size_t i = 0; i < statement.items.size(); ++i) {
    const auto& item = statement.items[i];
    if (i == 0) {
      if (item.text.empty() && !item.quoted && item.has_list)
        names = item.list;
      else
        names.push_back(item);
      continue;
    }
    const auto& word = item.text;
    if (one_of(word, {"FORCE", "FRC"})) {
      force = true;
    } else if (one_of(word, {"NOSCRATCH", "NSCR"})) {
      scratch = false;
    } else if (word == "MASK") {
      mask = true;
    } else if (one_of(word, {"GENERATIONDATAGROUP", "GDG", "CLUSTER", "CL", "NONVSAM", "NVSAM", "LIBRARYENTRY", "ALIAS",
                             "ALTERNATEINDEX", "AIX", "PATH", "TRUENAME", "USERCATALOG", "UCAT", "PAGESPACE", "NVR",
                             "VVR"})) {
      type = word == "GENERATIONDATAGROUP" ? "GDG" : word;
    } else if (!one_of(word,
                       {"PURGE", "PRG", "NOPURGE", "NPRG", "ERASE", "ERAS", "NOERASE", "NERAS", "SCRATCH", "SCR",
                        "NOFORCE", "NFRC", "NOMASK", "CATALOG", "CAT", "FILE", "RECOVERY", "NORECOVERY", "PRMNT"})) {
      return wrong("KEYWORD '" + word + "' IS IMPROPER");
    }
  }
  if (names.empty()) return wrong("REQUIRED POSITIONAL PARAMETER MISSING: THE ENTRY NAME");
  if (!type.empty() && !one_of(type, {"GDG", "CLUSTER", "CL", "NONVSAM", "NVSAM"})) {
    print_(config::text<"UNV5401E">("DELETE " + type));
    return 12;
  }
  int cc = 0;
  for (const auto& name : names) {
    const auto text = to_string(Item{name.text, false, name.has_list, name.list});
    cc = std::max(cc, remove_one(upper(text), force, scratch, mask, type));
  }
  return cc;
}

int Session::remove_one(const std::string& name, bool force, bool scratch, bool mask, const std::string& type) {
  const auto open = name.find('(');
  if (is_pattern(name.substr(0, open))) {
    if (!dasd::valid_dsn_pattern(name)) return wrong("'" + name + "' IS NO NAME PATTERN");
    // Without MASK one asterisk stands for one qualifier; the catalogue's pattern has both rules in one.
    const auto entries = catalog_.list(name);
    if (!entries) return catalog_error(entries.error(), name, "DELETED");
    int cc = 0, matched = 0;
    for (const auto& entry : entries.value()) {
      const bool gdg = entry.kind == dasd::EntryKind::gdg_base;
      if (type.empty() ? (mask && gdg) : (type == "GDG") != gdg) continue;
      ++matched;
      cc = std::max(cc, remove_entry(entry, force, scratch));
    }
    if (matched == 0) return catalog_error({net::Errc::not_found, ""}, name, "DELETED");
    return cc;
  }
  const auto parsed = dasd::parse_dsn(name);
  if (!parsed) {
    // Members by pattern: A.B(M*) is no data set name, but LIBRARY(pattern) is meant.
    if (open != std::string::npos && name.back() == ')' && dasd::valid_dsn(name.substr(0, open)))
      return remove_members({name.substr(0, open), name.substr(open + 1, name.size() - open - 2), {}});
    return wrong("'" + name + "': " + parsed.error().text);
  }
  auto ref = parsed.value();
  if (!ref.member.empty()) return remove_members(ref);
  if (ref.generation) {
    const auto resolved = catalog_.resolve(ref.name, *ref.generation);
    if (!resolved) return catalog_error(resolved.error(), name, "DELETED");
    ref.name = dasd::to_string(resolved.value());
  }
  const auto entry = catalog_.find(ref.name);
  if (!entry) return catalog_error(entry.error(), ref.name, "DELETED");
  const bool gdg = entry.value().kind == dasd::EntryKind::gdg_base;
  if (!type.empty() && (type == "GDG") != gdg) return catalog_error({net::Errc::not_found, ""}, ref.name, "DELETED");
  return remove_entry(entry.value(), force, scratch);
}

int Session::remove_entry(const dasd::Entry& entry, bool force, bool scratch) {
  if (entry.kind == dasd::EntryKind::gdg_base) {
    const auto generations = catalog_.generations(entry.dsn);
    const auto status = catalog_.delete_gdg(entry.dsn, force);
    if (!status) return catalog_error(status.error(), entry.dsn, "DELETED");
    if (generations && force)
      for (const auto& generation : generations.value())
        print_(config::text<"IDC0550I">('H', dasd::to_string(generation)));
    print_(config::text<"IDC0550I">('B', entry.dsn));
    return 0;
  }
  const auto status = scratch ? catalog_.remove(entry.dsn) : catalog_.uncatalog(entry.dsn);
  if (!status) return catalog_error(status.error(), entry.dsn, "DELETED");
  print_(config::text<"IDC0550I">(type_letter(entry), entry.dsn));
  return 0;
}

int Session::remove_members(const dasd::DataSetRef& ref) {
  auto opened = catalog_.library(ref.name);
  const auto name = ref.name + "(" + ref.member + ")";
  if (!opened) return catalog_error(opened.error(), ref.name, "DELETED");
  auto library = std::move(opened).value();
  if (!is_pattern(ref.member)) {
    const auto status = library.remove(ref.member);
    if (!status) return catalog_error(status.error(), name, "DELETED");
    print_(config::text<"IDC0549I">(ref.member));
    return 0;
  }
  const auto members = library.members(ref.member);
  if (!members) return catalog_error(members.error(), name, "DELETED");
  if (members.value().empty()) return catalog_error({net::Errc::not_found, ""}, name, "DELETED");
  for (const auto& member : members.value()) {
    const auto status = library.remove(member.name);
    if (!status) return catalog_error(status.error(), ref.name + "(" + member.name + ")", "DELETED");
    print_(config::text<"IDC0549I">(member.name));
  }
  return 0;
}

int Session::define(const Statement& statement) {
  for (const auto& item : statement.items) {
    if (one_of(item.text, {"GENERATIONDATAGROUP", "GDG"})) return define_gdg(item);
    if (one_of(item.text, {"CLUSTER", "CL"})) return define_cluster(item);
    if (one_of(item.text, {"NONVSAM", "NVSAM"})) return define_nonvsam(item);
  }
  if (statement.items.empty()) return wrong("DEFINE OF WHAT: CLUSTER, GDG OR NONVSAM");
  if (one_of(statement.items.front().text,
             {"ALIAS", "ALTERNATEINDEX", "AIX", "PATH", "USERCATALOG", "UCAT", "PAGESPACE"})) {
    print_(config::text<"UNV5401E">("DEFINE " + statement.items.front().text));
    return 12;
  }
  return wrong("KEYWORD '" + statement.items.front().text + "' IS IMPROPER");
}

int Session::define_gdg(const Item& item) {
  const auto name = single_value(find_item(item.list, {"NAME"}));
  if (!name) return wrong("GDG NEEDS NAME(base)");
  if (!dasd::valid_gdg_base(*name)) return wrong("'" + *name + "' IS NO NAME OF A GDG BASE (AT MOST 35 CHARACTERS)");
  dasd::GdgBase base;
  const Item* limit = find_item(item.list, {"LIMIT", "LIM"});
  const auto number = number_value(limit);
  if (!number || *number < 1 || *number > dasd::gdg_limit_max) return wrong("GDG NEEDS LIMIT(1 TO 999)");
  base.limit = static_cast<int>(*number);
  for (const auto& word : item.list) {
    if (one_of(word.text, {"SCRATCH", "SCR"})) base.scratch = true;
    if (one_of(word.text, {"NOSCRATCH", "NSCR"})) base.scratch = false;
    if (one_of(word.text, {"EMPTY", "EMP"})) base.empty = true;
    if (one_of(word.text, {"NOEMPTY", "NEMP"})) base.empty = false;
    if (!one_of(word.text, {"NAME",    "LIMIT", "LIM",     "SCRATCH", "SCR",      "NOSCRATCH", "NSCR",
                            "EMPTY",   "EMP",   "NOEMPTY", "NEMP",    "FIFO",     "LIFO",      "PURGE",
                            "NOPURGE", "OWNER", "TO",      "FOR",     "EXTENDED", "NOEXTENDED"}))
      return wrong("KEYWORD '" + word.text + "' IS IMPROPER");
  }
  const auto status = catalog_.define_gdg(*name, base);
  if (!status) return std::max(12, catalog_error(status.error(), *name, "DEFINED"));
  return 0;
}

// A cluster is a data set here: INDEXED and NUMBERED ones stay empty until a COBOL program opens them for output
// (libcob makes its own file); a sequential one (NONINDEXED) with records of one length is RECFM=F.
int Session::define_cluster(const Item& item) {
  const auto name = single_value(find_item(item.list, {"NAME"}));
  if (!name) return wrong("CLUSTER NEEDS NAME(entry)");
  if (!dasd::valid_dsn(*name)) return wrong("'" + *name + "' IS NO DATA SET NAME");
  dasd::Attributes attributes;
  const bool sequential = find_item(item.list, {"NONINDEXED", "NIXD"}) != nullptr;
  const Item* size = find_item(item.list, {"RECORDSIZE", "RECSZ"});
  if (size != nullptr) {
    const auto number = [&](std::size_t i) {
      const Item one{"", false, true, {size->list[i]}};
      return number_value(&one);
    };
    const auto average = size->list.size() == 2 ? number(0) : std::nullopt;
    const auto largest = size->list.size() == 2 ? number(1) : std::nullopt;
    if (!average || !largest || *average < 1 || *largest < *average || *largest > 32760)
      return wrong("RECORDSIZE(average maximum) IS WANTED, 1 TO 32760");
    if (sequential && *average == *largest) {
      attributes.recfm = "F";
      attributes.lrecl = static_cast<int>(*largest);
    }
  }
  if (find_item(item.list, {"LINEAR", "LIN"}) != nullptr) {
    print_(config::text<"UNV5401E">("DEFINE CLUSTER LINEAR"));
    return 12;
  }
  const auto status = catalog_.create(*name, attributes);
  if (!status) return std::max(12, catalog_error(status.error(), *name, "DEFINED"));
  print_(config::text<"IDC0508I">("DATA", *name));
  return 0;
}

// The entry for a file that is there and not catalogued.
int Session::define_nonvsam(const Item& item) {
  const auto name = single_value(find_item(item.list, {"NAME"}));
  if (!name) return wrong("NONVSAM NEEDS NAME(entry)");
  if (!dasd::valid_dsn(*name)) return wrong("'" + *name + "' IS NO DATA SET NAME");
  if (catalog_.find(*name)) return std::max(12, catalog_error({net::Errc::exists, ""}, *name, "DEFINED"));
  const auto generation = dasd::parse_generation(*name);
  if (generation && catalog_.find_uncatalogued(*name)) {
    const auto rolled = catalog_.catalog_generation(*generation);
    if (!rolled) return catalog_error(rolled.error(), *name, "DEFINED");
    return 0;
  }
  const auto status = catalog_.recatalog(*name);
  if (!status) return catalog_error(status.error(), *name, "DEFINED");
  return 0;
}

int Session::alter(const Statement& statement) {
  if (statement.items.empty()) return wrong("REQUIRED POSITIONAL PARAMETER MISSING: THE ENTRY NAME");
  const auto found = reference(statement.items.front());
  const auto old_name = upper(to_string(
      Item{statement.items.front().text, false, statement.items.front().has_list, statement.items.front().list}));
  if (!found) {
    if (found.error().code == net::Errc::not_found) return catalog_error(found.error(), old_name, "ALTERED");
    return wrong("'" + old_name + "': " + found.error().text);
  }
  const auto& ref = found.value();
  const std::vector<Item> words(statement.items.begin() + 1, statement.items.end());
  for (const auto& word : words)
    if (!one_of(
            word.text,
            {"NEWNAME",         "NEWNM",        "LIMIT",         "LIM",  "SCRATCH",   "SCR",   "NOSCRATCH",   "NSCR",
             "EMPTY",           "EMP",          "NOEMPTY",       "NEMP", "OWNER",     "TO",    "FOR",         "NULLIFY",
             "INHIBIT",         "UNINHIBIT",    "SHAREOPTIONS",  "SHR",  "FREESPACE", "FSPC",  "BUFFERSPACE", "BUFSP",
             "ADDVOLUMES",      "AVOL",         "REMOVEVOLUMES", "RVOL", "CATALOG",   "ERASE", "NOERASE",     "PURGE",
             "MANAGEMENTCLASS", "STORAGECLASS", "ROLLIN"}))
      return wrong("KEYWORD '" + word.text + "' IS IMPROPER");
  if (const Item* rename = find_item(words, {"NEWNAME", "NEWNM"})) {
    const auto value = single_value(rename);
    const auto target = dasd::parse_dsn(value.value_or(""));
    if (!target) return wrong("NEWNAME: " + target.error().text);
    net::Status status;
    if (ref.member.empty() != target.value().member.empty())
      return wrong("NEWNAME(" + *value + ") IS NOT OF THE SAME KIND");
    if (!ref.member.empty()) {
      if (target.value().name != ref.name) return wrong("NEWNAME OF A MEMBER MUST NAME THE SAME LIBRARY");
      auto library = catalog_.library(ref.name);
      if (!library) return catalog_error(library.error(), ref.name, "ALTERED");
      status = library.value().rename(ref.member, target.value().member);
    } else {
      status = catalog_.rename(ref.name, target.value().name);
    }
    if (!status) {
      const bool taken = status.error().code == net::Errc::exists;
      const int cc = catalog_error(status.error(), taken ? *value : old_name, "");
      print_(config::text<"IDC0551I">(old_name, "ALTERED"));
      return taken ? std::max(cc, 12) : cc;
    }
    print_(config::text<"IDC0531I">(old_name));
    return 0;
  }
  const auto entry = catalog_.find(ref.name);
  if (!entry) return catalog_error(entry.error(), ref.name, "ALTERED");
  if (const auto rollin = find_item(words, {"ROLLIN"}); rollin != nullptr) {
    const auto generation = dasd::parse_generation(ref.name);
    if (!generation) return wrong("ROLLIN NEEDS A GENERATION DATA SET");
    const auto rolled = catalog_.catalog_generation(*generation);
    if (!rolled) return catalog_error(rolled.error(), ref.name, "ALTERED");
    return 0;
  }
  if (entry.value().kind == dasd::EntryKind::gdg_base) {
    auto base = entry.value().base;
    for (const auto& word : words) {
      if (one_of(word.text, {"LIMIT", "LIM"})) {
        const auto limit = number_value(&word);
        if (!limit || *limit < 1 || *limit > dasd::gdg_limit_max) return wrong("LIMIT(1 TO 999) IS WANTED");
        base.limit = static_cast<int>(*limit);
      }
      if (one_of(word.text, {"SCRATCH", "SCR"})) base.scratch = true;
      if (one_of(word.text, {"NOSCRATCH", "NSCR"})) base.scratch = false;
      if (one_of(word.text, {"EMPTY", "EMP"})) base.empty = true;
      if (one_of(word.text, {"NOEMPTY", "NEMP"})) base.empty = false;
    }
    const auto status = catalog_.alter_gdg(ref.name, base);
    if (!status) return catalog_error(status.error(), ref.name, "ALTERED");
  } else if (find_item(words, {"LIMIT", "LIM", "SCRATCH", "NOSCRATCH", "EMPTY", "NOEMPTY"}) != nullptr) {
    print_(config::text<"UNV5402E">(ref.name, "it is no GDG base"));
    print_(config::text<"IDC0551I">(ref.name, "ALTERED"));
    return 8;
  }
  print_(config::text<"IDC0531I">(ref.name));
  return 0;
}

}  // namespace sysplexd::jes::ams
