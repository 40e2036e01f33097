// IKJEFT01 and kin: TSO commands of PARM and DD SYSTSIN, listing on DD SYSTSPRT. CALL runs programs, ALLOC and FREE set
// the DDs that they see, catalogue commands go to access method services. What needs a subsystem that is not here
// (DB2's DSN, REXX) says so with condition code 12. The condition code is that of the last command; IKJEFT1B
// ends at the first command that fails.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "config/message.hpp"
#include "sysplex/jes/utilities/ams_session.hpp"
#include "sysplex/jes/utilities/called_program.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/entries.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

namespace {

using ams::Item;

class Tso {
 public:
  explicit Tso(ams::Print print) : print_(std::move(print)) {}

  // Condition code of the command; an abend of a called program is in abend().
  int run(const ams::Statement& statement);
  bool ended() const { return ended_; }
  const ProgramEnd& abend() const { return abend_; }

 private:
  int call(const std::vector<Item>& items);
  int ams_command(std::string verb, std::vector<Item> items);
  int rename(const std::vector<Item>& items);
  int list_data_set(const std::vector<Item>& items);
  int allocate(const std::vector<Item>& items);
  int free_dd(const std::vector<Item>& items);
  int say(int cc, const std::string& text) {
    print_(text);
    return cc;
  }

  ams::Print print_;
  ProgramEnd abend_;
  bool in_db2_ = false;  // subcommands of DSN follow, up to its END
  bool ended_ = false;
};

std::string name_of(const Item& item) {
  return upper(ams::to_string(Item{item.text, false, item.has_list, item.list}));
}

int Tso::run(const ams::Statement& statement) {
  const auto& verb = statement.verb;
  const auto& items = statement.items;
  if (in_db2_) {
    if (verb == "END") in_db2_ = false;
    return 12;  // DSN itself has said why
  }
  if (verb == "CALL") return call(items);
  if (verb == "DELETE" || verb == "DEL" || verb == "LISTCAT" || verb == "LISTC" || verb == "DEFINE" || verb == "DEF" ||
      verb == "ALTER" || verb == "REPRO" || verb == "PRINT" || verb == "VERIFY")
    return ams_command(verb, items);
  if (verb == "RENAME" || verb == "REN") return rename(items);
  if (verb == "LISTDS" || verb == "LISTD") return list_data_set(items);
  if (verb == "ALLOCATE" || verb == "ALLOC") return allocate(items);
  if (verb == "FREE" || verb == "UNALLOC") return free_dd(items);
  if (verb == "SEND" || verb == "SE") {
    if (items.empty()) return say(12, config::text<"IKJ56701I">("MESSAGE TEXT"));
    tell_message(items.front().text);
    return 0;
  }
  if (verb == "TIME") {
    char when[64];
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    std::strftime(when, sizeof when, "TIME-%H:%M:%S DATE-%Y.%j", &local);
    return say(0, when);
  }
  if (verb == "PROFILE" || verb == "PROF" || verb == "CONTROL" || verb == "WHEN") return 0;  // the dialogue is not here
  if (verb == "END" || verb == "LOGOFF") {
    ended_ = true;
    return 0;
  }
  if (verb == "DSN") {
    in_db2_ = true;
    return say(12, config::text<"UNV5501E">("DSN", "DB2"));
  }
  if (verb == "EXEC" || verb == "EX" || verb.front() == '%')
    return say(12, config::text<"UNV5501E">(verb, "REXX and CLIST"));
  return say(12, config::text<"IKJ56500I">(verb));
}

// CALL 'LIBRARY(PROGRAM)' 'parm' | CALL *(PROGRAM) 'parm'
int Tso::call(const std::vector<Item>& items) {
  if (items.empty()) return say(12, config::text<"IKJ56701I">("PROGRAM NAME"));
  auto name = name_of(items.front());
  std::string parm;
  for (std::size_t i = 1; i < items.size(); ++i)
    if (items[i].quoted) parm = items[i].text;
  CalledProgram program;
  program.parm = parm;
  program.libraries = step_libraries();
  const auto open = name.find('(');
  if (open == std::string::npos || name.back() != ')') {
    program.name = name;
  } else {
    program.name = name.substr(open + 1, name.size() - open - 2);
    const auto library = name.substr(0, open);
    if (library != "*") {
      const auto catalog = dasd::Catalog::from_environment();
      if (!catalog) return say(12, config::text<"UNV5402E">(library, catalog.error().text));
      const auto entry = catalog.value().find(library);
      if (!entry) return say(12, config::text<"IKJ58503I">(library));
      program.libraries.insert(program.libraries.begin(), catalog.value().path(library));
    }
  }
  if (!valid_member_name(program.name)) return say(12, config::text<"IKJ56701I">("PROGRAM NAME"));
  const auto end = call_program(program);
  if (!end) return say(12, config::text<"CSV003I">(program.name) + ": " + end.error().text);
  if (end.value().abend.empty()) return end.value().cc;
  abend_ = end.value();
  return say(12, config::text<"IKJ56641I">(program.name, abend_.abend, abend_.text));
}

int Tso::ams_command(std::string verb, std::vector<Item> items) {
  auto catalog = dasd::Catalog::from_environment();
  if (!catalog) return say(12, config::text<"UNV5402E">("CATALOG", catalog.error().text));
  ams::Statement statement;
  statement.verb = std::move(verb);
  statement.items = std::move(items);
  ams::Session session(std::move(catalog).value(), print_);
  session.run({statement});
  return session.last_cc();
}

// RENAME 'A' 'B' | 'A(M)' (N)
int Tso::rename(const std::vector<Item>& items) {
  if (items.size() < 2) return say(12, config::text<"IKJ56701I">("NEW DATA SET NAME"));
  auto target = items[1];
  const auto from = name_of(items[0]);
  const auto open = from.find('(');
  if (target.text.empty() && target.list.size() == 1 && open != std::string::npos) {
    target.text = from.substr(0, open);
    target.has_list = true;
  }
  Item from_item{from, false, false, {}}, word{"NEWNAME", false, true, {Item{name_of(target), false, false, {}}}};
  return ams_command("ALTER", {from_item, word});
}

int Tso::list_data_set(const std::vector<Item>& items) {
  if (items.empty()) return say(12, config::text<"IKJ56701I">("DATA SET NAME"));
  const auto catalog = dasd::Catalog::from_environment();
  if (!catalog) return say(12, config::text<"UNV5402E">("CATALOG", catalog.error().text));
  const bool members = ams::find_item(items, {"MEMBERS", "MEM", "M"}) != nullptr;
  std::vector<std::string> names;
  if (items.front().text.empty())
    for (const auto& item : items.front().list) names.push_back(name_of(item));
  else
    names.push_back(name_of(items.front()));
  int cc = 0;
  for (const auto& name : names) {
    const auto entry = catalog.value().find(name);
    if (!entry) {
      cc = say(12, config::text<"IKJ58503I">(name));
      continue;
    }
    const auto& attributes = entry.value().attributes;
    char line[96];
    std::snprintf(line, sizeof line, "  %-5s %-5s %-7s %s", attributes.recfm.empty() ? "**" : attributes.recfm.c_str(),
                  attributes.lrecl > 0 ? std::to_string(attributes.lrecl).c_str() : "**",
                  attributes.blksize > 0 ? std::to_string(attributes.blksize).c_str() : "**",
                  entry.value().kind == dasd::EntryKind::gdg_base ? "GDG" : attributes.dsorg.c_str());
    print_(name);
    print_("--RECFM-LRECL-BLKSIZE-DSORG");
    print_(line);
    if (!members || entry.value().kind != dasd::EntryKind::library) continue;
    print_("--MEMBERS--");
    const auto library = catalog.value().library(name);
    const auto listed = library ? library.value().members() : net::Result<std::vector<dasd::Member>>(library.error());
    if (!listed) return say(12, config::text<"UNV5402E">(name, listed.error().text));
    for (const auto& member : listed.value()) print_("  " + member.name);
  }
  return cc;
}

// ALLOC F(DD) DA('A.B') SHR|OLD|MOD|NEW [RECFM(F B) LRECL(80) DSORG(PO)] | DUMMY | SYSOUT(A)
int Tso::allocate(const std::vector<Item>& items) {
  const auto ddname = ams::single_value(ams::find_item(items, {"FILE", "FI", "F", "DDNAME", "DD"}));
  if (!ddname || !valid_member_name(*ddname)) return say(12, config::text<"IKJ56701I">("FILE NAME"));
  const std::string variable = "DD_" + *ddname, dcb = "DCB_" + *ddname, disp = "DISP_" + *ddname;
  if (::getenv(variable.c_str()) != nullptr && ams::find_item(items, {"REUSE", "REU"}) == nullptr)
    return say(12, config::text<"IKJ56861I">(*ddname));
  ::unsetenv(dcb.c_str());
  ::unsetenv(disp.c_str());
  const Item* name_item = ams::find_item(items, {"DATASET", "DA", "DSNAME", "DSN"});
  if (name_item == nullptr || name_item->list.empty()) {
    if (ams::find_item(items, {"DUMMY"}) != nullptr) {
      ::setenv(variable.c_str(), "/dev/null", 1);
      return 0;
    }
    if (ams::find_item(items, {"SYSOUT", "SYS"}) != nullptr) {
      ::setenv(variable.c_str(), "/dev/stdout", 1);  // our own listing: TSO batch has no other
      return 0;
    }
    return say(12, config::text<"IKJ56701I">("DATA SET NAME"));
  }
  auto opened = dasd::Catalog::from_environment();
  if (!opened) return say(12, config::text<"UNV5402E">("CATALOG", opened.error().text));
  auto catalog = std::move(opened).value();
  const auto ref = dasd::parse_dsn(name_of(name_item->list.front()));
  if (!ref || ref.value().generation) return say(12, config::text<"IKJ56701I">("VALID DATA SET NAME"));
  auto entry = catalog.find(ref.value().name);
  const bool mod = ams::find_item(items, {"MOD"}) != nullptr;
  if (ams::find_item(items, {"NEW", "N"}) != nullptr || (mod && !entry)) {
    dasd::Attributes attributes;
    if (const Item* recfm = ams::find_item(items, {"RECFM"}))
      for (const auto& part : recfm->list) attributes.recfm += part.text;
    attributes.lrecl = static_cast<int>(ams::number_value(ams::find_item(items, {"LRECL"})).value_or(0));
    attributes.blksize = static_cast<int>(ams::number_value(ams::find_item(items, {"BLKSIZE"})).value_or(0));
    const auto dsorg = ams::single_value(ams::find_item(items, {"DSORG"}));
    if ((dsorg && *dsorg == "PO") || ams::find_item(items, {"DIR"}) != nullptr) attributes.dsorg = "PO";
    const auto made = catalog.create(ref.value().name, attributes);
    if (!made) return say(12, config::text<"UNV5402E">(ref.value().name, made.error().text));
    entry = catalog.find(ref.value().name);
  }
  if (!entry) return say(12, config::text<"IKJ56228I">(ref.value().name));
  ::setenv(variable.c_str(), catalog.path(ref.value().name, ref.value().member).c_str(), 1);
  if (const auto text = entry.value().attributes.dcb_text(); !text.empty()) ::setenv(dcb.c_str(), text.c_str(), 1);
  if (mod) ::setenv(disp.c_str(), "MOD", 1);
  return 0;
}

int Tso::free_dd(const std::vector<Item>& items) {
  std::vector<std::string> names;
  if (const Item* files = ams::find_item(items, {"FILE", "FI", "F", "DDNAME", "DD"}))
    for (const auto& item : files->list) names.push_back(item.text);
  else if (ams::find_item(items, {"ALL"}) != nullptr)
    names = dd_names();
  int cc = 0;
  for (const auto& name : names) {
    if (::getenv(("DD_" + name).c_str()) == nullptr) cc = say(12, config::text<"IKJ56247I">(name));
    for (const char* prefix : {"DD_", "DCB_", "DISP_"}) ::unsetenv((prefix + name).c_str());
  }
  if (names.empty()) return say(12, config::text<"IKJ56701I">("FILE NAME"));
  return cc;
}

ProgramEnd run_tso(bool end_at_failure) {
  std::optional<RecordWriter> file;
  if (const auto dd = find_dd("SYSTSPRT")) {
    auto made = RecordWriter::open(*dd);
    if (!made) return {0, "S013", config::text<"UNV5110E">("SYSTSPRT", made.error().text)};
    file.emplace(std::move(made).value());
  }
  net::Status written;
  const ams::Print print = [&](std::string_view line) {
    if (!file) {
      print_line(line);
    } else if (!file->write(file->dcb().data_limit() > 0 ? line.substr(0, file->dcb().data_limit()) : line)) {
      written = file->status();
    }
  };
  std::vector<std::string> lines;
  if (const auto parm = step_parm(); !trim(parm).empty()) lines.push_back(parm);
  const auto read = read_control_lines("SYSTSIN");
  if (!read) return {0, "S013", config::text<"UNV5110E">("SYSTSIN", read.error().text)};
  lines.insert(lines.end(), read.value().begin(), read.value().end());

  Tso tso(print);
  int cc = 0;
  const auto run_one = [&](const ams::Statement& statement) {
    if (statement.kind == ams::Statement::Kind::wrong) {
      print(config::text<"IKJ56701I">(statement.problem));
      cc = 12;
    } else if (statement.kind != ams::Statement::Kind::command) {
      print(config::text<"UNV5501E">("IF, DO and SET", "CLIST"));
      cc = 12;
    } else {
      std::string echo = statement.verb;
      for (const auto& item : statement.items) echo += " " + ams::to_string(item);
      print("READY");
      print(echo);
      cc = tso.run(statement);
    }
    return !tso.ended() && !(end_at_failure && cc != 0);
  };
  for (const auto& statement : ams::parse(lines))
    if (!run_one(statement)) break;
  print("READY");
  print("END");
  if (file && written) written = file->close();
  if (!written) return {0, "SD37", config::text<"UNV5110E">("SYSTSPRT", written.error().text)};
  if (end_at_failure && !tso.abend().abend.empty()) return tso.abend();
  return {condition_code(cc), "", ""};
}

}  // namespace

ProgramEnd ikjeft01_program() { return run_tso(false); }
ProgramEnd ikjeft1b_program() { return run_tso(true); }

}  // namespace sysplexd::jes
