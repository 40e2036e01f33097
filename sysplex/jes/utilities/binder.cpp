// The binder (IEWL, HEWL, IEWBLINK …) and the loader: objects of SYSLIN become one module, a shared object that the
// launcher runs (cobol_launcher.cpp), made by cobc and written as one member of SYSLMOD by rename: a program that
// runs the old member goes on with it.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "config/message.hpp"
#include "sysplex/jes/utilities/cobol.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/entries.hpp"
#include "sysplex/jes/utilities/object_deck.hpp"
#include "sysplex/jes/utilities/process.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

namespace {

constexpr std::size_t max_deck = std::size_t{512} << 20;

// What the control statements say of the module.
struct BinderOrders {
  std::string name, entry;
  std::vector<std::string> aliases;
};

struct Problem {
  int cc = 0;
  std::string text;
};

std::optional<Problem> failed(int cc, std::string text) { return Problem{cc, std::move(text)}; }

// Objects and control statements of one DD or member, merged into the deck.
std::optional<Problem> add_deck(const std::string& path, const std::string& what, DeckContents& all) {
  const auto read = read_file(path, max_deck);
  if (!read) return failed(12, config::text<"IEW2302E">(what, read.error().text));
  auto parsed = parse_object_deck(read.value());
  if (!parsed) return failed(12, config::text<"IEW2302E">(what, parsed.error().text));
  for (auto& object : parsed.value().objects) {
    const auto same = std::find_if(all.objects.begin(), all.objects.end(),
                                   [&](const ObjectText& other) { return other.name == object.name; });
    if (same == all.objects.end()) all.objects.push_back(std::move(object));
  }
  for (auto& line : parsed.value().control) all.control.push_back(std::move(line));
  return std::nullopt;
}

// INCLUDE DD(A,B),DD2: objects of library members or of a sequential data set. A member that is already a module
// stays one: its programs are found by CALL at run time.
std::optional<Problem> include(const std::string& operands, DeckContents& all) {
  const auto parts = split_operands(operands);
  if (!parts) return failed(12, config::text<"IEW2303E">("INCLUDE " + operands, parts.error().text));
  for (const auto& part : parts.value()) {
    const auto open = part.find('(');
    const auto ddname = part.substr(0, open);
    const auto dd = find_dd(ddname);
    if (!dd) return failed(12, config::text<"IEW2302E">(ddname, "the step has no such DD"));
    if (open == std::string::npos) {
      if (auto problem = add_deck(dd->path(), ddname, all)) return problem;
      continue;
    }
    const auto members = split_list(part.substr(open));
    if (!members) return failed(12, config::text<"IEW2303E">("INCLUDE " + operands, members.error().text));
    for (const auto& member : members.value()) {
      const auto path = find_member(dd->paths, member);
      const auto what = ddname + "(" + member + ")";
      if (!path) return failed(8, config::text<"IEW2302E">(what, "the library has no such member"));
      if (is_cobol_module(*path))
        print_line("  " + what + " is a module already; its programs are found by CALL at run time");
      else if (auto problem = add_deck(*path, what, all))
        return problem;
    }
  }
  return std::nullopt;
}

std::optional<Problem> obey(const std::vector<std::string>& control, BinderOrders& orders, DeckContents& all) {
  const auto statements = parse_control_statements(control);
  if (!statements) return failed(12, config::text<"IEW2303E">("control statement", statements.error().text));
  for (const auto& statement : statements.value()) {
    print_line("  " + statement.operation + " " + statement.operands);
    const auto first = statement.operands.substr(0, statement.operands.find_first_of("(,"));
    if (statement.operation == "NAME") {
      if (!valid_member_name(first))
        return failed(12, config::text<"IEW2303E">("NAME " + statement.operands, "no member name"));
      orders.name = first;
    } else if (statement.operation == "ENTRY") {
      orders.entry = first;
    } else if (statement.operation == "ALIAS") {
      const auto names = split_operands(statement.operands);
      if (!names) return failed(12, config::text<"IEW2303E">("ALIAS " + statement.operands, names.error().text));
      for (const auto& name : names.value()) {
        if (!valid_member_name(name)) return failed(12, config::text<"IEW2303E">("ALIAS " + name, "no member name"));
        orders.aliases.push_back(name);
      }
    } else if (statement.operation == "INCLUDE") {
      if (auto problem = include(statement.operands, all)) return problem;
    } else if (statement.operation == "LIBRARY" || statement.operation == "MODE" || statement.operation == "ORDER" ||
               statement.operation == "SETCODE" || statement.operation == "SETSSI" || statement.operation == "PAGE" ||
               statement.operation == "IDENTIFY" || statement.operation == "SETOPT" ||
               statement.operation == "EXPAND" || statement.operation == "CHANGE" || statement.operation == "REPLACE") {
      print_line("    (no meaning here, ignored)");
    } else {
      return failed(12, config::text<"IEW2303E">(statement.operation, "no binder control statement"));
    }
  }
  return std::nullopt;
}

// Links into `module_path`. The symbol `member` is made to mean the entry, so that PGM= and CALL find it by that name.
std::optional<Problem> link(const DeckContents& deck, const BinderOrders& orders, const WorkFolder& work,
                            const std::string& module_path) {
  const auto compiler = find_command("cobc");
  if (compiler.empty()) return failed(16, config::text<"UNV5302E">());
  if (deck.objects.empty()) return failed(12, config::text<"IEW2302E">("SYSLIN", "it holds no object"));
  const auto entry = orders.entry.empty() ? deck.objects.front().name : orders.entry;
  ProcessRequest request;
  request.arguments = {compiler, "-b", "-o", module_path};  // one module of all that is named
  int number = 0;
  bool named = false;
  for (const auto& object : deck.objects) {
    const std::string path = work.path() + "/" + std::to_string(++number) + ".o";
    if (const auto written = write_file(path, object.data); !written) return failed(16, written.error().text);
    request.arguments.push_back(path);
    named = named || object.name == orders.name;
  }
  if (!orders.name.empty() && !named && orders.name != entry)
    request.arguments.insert(request.arguments.end(), {"-Q", "-Wl,--defsym=" + orders.name + "=" + entry});
  for (const auto& alias : orders.aliases)
    if (alias != entry && alias != orders.name)
      request.arguments.insert(request.arguments.end(), {"-Q", "-Wl,--defsym=" + alias + "=" + entry});
  const std::string messages_path = work.path() + "/messages";
  const int messages = ::open(messages_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (messages < 0) return failed(16, net::system_error(errno, "open " + messages_path).text);
  request.standard_output = request.standard_error = messages;
  request.environment = {"LC_ALL=C", "TMPDIR=" + work.path()};
  flush_listing();
  const auto ended = run_process(request);
  ::close(messages);
  if (!ended) return failed(16, ended.error().text);
  if (const auto said = read_file(messages_path, std::size_t{1} << 20); said && !said.value().empty())
    print_line(trim_right(said.value()));
  if (ended.value().exit_status != 0 || ended.value().signal != 0)
    return failed(12, config::text<"IEW2304E">(orders.name.empty() ? entry : orders.name));
  for (const auto& object : deck.objects) print_line("  included " + object.name);
  print_line("  entry " + entry);
  return std::nullopt;
}

// Copies beside the target and renames over it. A data set that is no member is replaced the same way.
std::optional<Problem> store(const std::string& from, const std::string& to) {
  const auto slash = to.rfind('/');
  std::string temporary = to.substr(0, slash + 1) + ".bind.XXXXXX";
  const int made = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (made < 0) return failed(12, config::text<"IEW2302E">("SYSLMOD", net::system_error(errno, "write " + to).text));
  ::fchmod(made, 0755);
  ::close(made);
  const auto data = read_file(from, max_deck);
  auto written = data ? write_file(temporary, data.value()) : net::Status(data.error());
  if (written && ::rename(temporary.c_str(), to.c_str()) != 0) written = net::system_error(errno, "rename to " + to);
  if (written) return std::nullopt;
  ::unlink(temporary.c_str());
  return failed(12, config::text<"IEW2302E">("SYSLMOD", written.error().text));
}

std::optional<Problem> read_input(BinderOrders& orders, DeckContents& deck) {
  const auto dd = find_dd("SYSLIN");
  if (!dd) return failed(12, config::text<"IEW2302E">("SYSLIN", "the step has no such DD"));
  if (auto problem = add_deck(dd->path(), "SYSLIN", deck)) return problem;
  // INCLUDE may bring further control statements; they are obeyed in their turn.
  for (int round = 0; !deck.control.empty(); ++round) {
    if (round == 16) return failed(12, config::text<"IEW2303E">("INCLUDE", "more than 16 levels"));
    const auto control = std::move(deck.control);
    deck.control.clear();
    if (auto problem = obey(control, orders, deck)) return problem;
  }
  return std::nullopt;
}

ProgramEnd end_with(const std::optional<Problem>& problem) {
  if (problem) print_line(problem->text);
  const int cc = problem ? problem->cc : 0;
  print_line("IEW: return code " + std::to_string(cc));
  return {cc, "", ""};
}

std::optional<Problem> bind() {
  BinderOrders orders;
  DeckContents deck;
  if (auto problem = read_input(orders, deck)) return problem;
  const auto target = find_dd("SYSLMOD");
  if (!target) return failed(12, config::text<"IEW2302E">("SYSLMOD", "the step has no such DD"));
  std::string path = target->path();
  if (target->library()) {
    if (orders.name.empty() && !deck.objects.empty()) orders.name = deck.objects.front().name;
    if (!valid_member_name(orders.name))
      return failed(12, config::text<"IEW2302E">("SYSLMOD", "no member name: code DSN=LIBRARY(MEMBER) or NAME"));
    path += "/" + orders.name;
  } else if (const auto member = path.substr(path.rfind('/') + 1); valid_member_name(member)) {
    orders.name = member;  // DSN=LIBRARY(MEMBER) wins over NAME only here: one path was allocated
  }
  const WorkFolder work("iewl");
  if (!work.ok()) return failed(16, work.problem());
  const std::string module_path = work.path() + "/module.so";
  if (auto problem = link(deck, orders, work, module_path)) return problem;
  if (auto problem = store(module_path, path)) return problem;
  for (const auto& alias : orders.aliases)
    if (auto problem = store(module_path, path.substr(0, path.rfind('/') + 1) + alias)) return problem;
  print_line("  stored as " + path.substr(path.rfind('/') + 1));
  return std::nullopt;
}

}  // namespace

ProgramEnd binder_program() {
  print_line("IEWL - BINDER");
  if (const auto parm = step_parm(); !parm.empty()) print_line("  options " + parm + " (no meaning here, ignored)");
  return end_with(bind());
}

ProgramEnd loader_program() {
  std::string module_path;
  {
    BinderOrders orders;
    DeckContents deck;
    auto problem = read_input(orders, deck);
    if (problem) return end_with(problem);
    const char* temporary = std::getenv("SYSPLEXD_TEMP");
    module_path = std::string(temporary == nullptr ? "/tmp" : temporary) + "/loader.XXXXXX";
    if (::mkdtemp(module_path.data()) == nullptr)
      return end_with(failed(16, net::system_error(errno, "make " + module_path).text));
    const WorkFolder work("loader");
    if (!work.ok()) return end_with(failed(16, work.problem()));
    if (deck.objects.empty()) return end_with(failed(12, config::text<"IEW2302E">("SYSLIN", "it holds no object")));
    module_path += "/" + (orders.entry.empty() ? deck.objects.front().name : orders.entry) + ".so";
    problem = link(deck, orders, work, module_path);
    if (problem) return end_with(problem);
  }
  flush_listing();
  // PARM='loader options/program parameters': the program gets what follows the first slash.
  const auto parm = step_parm();
  const auto slash = parm.find('/');
  ::setenv("SYSPLEXD_PARM", slash == std::string::npos ? "" : parm.substr(slash + 1).c_str(), 1);
  const int status = run_cobol(module_path);  // tells the end itself, and mostly does not come back
  std::exit(status);
}

}  // namespace sysplexd::jes
