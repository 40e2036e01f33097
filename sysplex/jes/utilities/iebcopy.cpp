// IEBCOPY: members from libraries to a library. COPY (COPYMOD) OUTDD=,INDD= with SELECT and EXCLUDE; without SYSIN, or
// with an empty one, SYSUT1 to SYSUT2. A member is made beside its place and renamed into it: a reader sees the old
// one or the new one. Condition code 4: a selected member is nowhere; 8: a member could not be copied; 12: statements.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <set>

#include "config/message.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/copy_records.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/entries.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

namespace {

struct Selection {
  std::string new_name;  // empty: the old one
  bool replace = false;
  bool found = false;
};

struct InputLibrary {
  std::string ddname;
  bool replace = false;
};

struct CopyOrder {
  std::string output;
  std::vector<InputLibrary> inputs;
  std::map<std::string, Selection> selected;  // empty: all
  std::set<std::string> excluded;
};

net::Error bad(const ControlStatement& statement, const std::string& why) {
  return {net::Errc::invalid, "line " + std::to_string(statement.line) + ", " + statement.operation + ": " + why};
}

net::Status read_copy(const ControlStatement& statement, CopyOrder& order) {
  const auto operands = split_operands(statement.operands);
  if (!operands) return bad(statement, operands.error().text);
  for (const auto& operand : operands.value()) {
    const auto [keyword, value] = split_keyword(operand);
    if (keyword == "OUTDD" || keyword == "O") {
      order.output = value;
    } else if (keyword == "INDD" || keyword == "I") {
      const auto names = split_list(value);
      if (!names) return bad(statement, names.error().text);
      // INDD=A, INDD=(A,B), INDD=((A,R),B); INDD=(A,R) is a list of two DDs.
      for (const auto& name : names.value()) {
        const auto parts = split_list(name);
        if (!parts || parts.value().empty() || parts.value().size() > 2) return bad(statement, "INDD=" + value);
        if (parts.value().size() == 2 && parts.value()[1] != "R")
          return bad(statement, "(ddname,R) is wanted, not " + name);
        order.inputs.push_back({parts.value()[0], parts.value().size() == 2});
      }
    } else if (keyword != "LIST" && keyword != "L") {
      return bad(statement, "unknown keyword " + keyword);
    }
  }
  return {};
}

net::Status read_members(const ControlStatement& statement, CopyOrder& order, bool select) {
  const auto operands = split_operands(statement.operands);
  if (!operands || operands.value().size() != 1) return bad(statement, "MEMBER=(…) is wanted");
  const auto [keyword, value] = split_keyword(operands.value().front());
  const auto members = split_list(value);
  if ((keyword != "MEMBER" && keyword != "M") || !members) return bad(statement, "MEMBER=(…) is wanted");
  for (const auto& member : members.value()) {
    const auto split = split_list(member);
    if (!split || split.value().empty() || split.value().size() > 3) return bad(statement, "member " + member);
    auto parts = split.value();
    parts.resize(3);
    const bool plain = parts[1].empty() && parts[2].empty();
    if (!valid_member_name(parts[0]) || (!parts[1].empty() && !valid_member_name(parts[1])) ||
        (!parts[2].empty() && parts[2] != "R") || (!select && !plain))
      return bad(statement, "no member name: " + member);
    if (select)
      order.selected[parts[0]] = {parts[1], parts[2] == "R", false};
    else
      order.excluded.insert(parts[0]);
  }
  if (!order.selected.empty() && !order.excluded.empty()) return bad(statement, "SELECT and EXCLUDE in one COPY");
  return {};
}

net::Result<std::vector<CopyOrder>> read_orders(const std::vector<ControlStatement>& statements) {
  std::vector<CopyOrder> orders;
  for (const auto& statement : statements) {
    const auto& operation = statement.operation;
    net::Status status;
    if (operation == "COPY" || operation == "C" || operation == "COPYMOD" || operation == "COPYGRP" ||
        operation == "CM") {
      orders.emplace_back();
      status = read_copy(statement, orders.back());
    } else if (orders.empty()) {
      return bad(statement, "COPY must come first");
    } else if (operation == "SELECT" || operation == "S") {
      status = read_members(statement, orders.back(), true);
    } else if (operation == "EXCLUDE" || operation == "E") {
      status = read_members(statement, orders.back(), false);
    } else {
      return bad(statement, "is not supported (COPY, COPYMOD, SELECT and EXCLUDE are)");
    }
    if (!status) return status.error();
  }
  if (orders.empty()) orders.push_back({"SYSUT2", {{"SYSUT1", false}}, {}, {}});
  for (const auto& order : orders)
    if (order.output.empty() || order.inputs.empty())
      return net::Error{net::Errc::invalid, "COPY needs OUTDD= and INDD="};
  return orders;
}

net::Status copy_member(const DdInfo& from, const std::string& path, const DdInfo& to, const std::string& name) {
  std::string temporary = to.path() + "/.copy.XXXXXX";
  const int made = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (made < 0) return net::system_error(errno, "write into library " + to.path());
  struct stat status{};
  ::fchmod(made, ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0644);
  ::close(made);
  DdInfo source = from, target = to;
  source.paths = {path};
  target.paths = {temporary};
  target.append = false;
  const auto copied = copy_data_set(source, target);
  if (copied && ::rename(temporary.c_str(), (to.path() + "/" + name).c_str()) == 0) return {};
  const auto error = copied ? net::system_error(errno, "store member " + name) : copied.error();
  ::unlink(temporary.c_str());
  return error;
}

// Copies what one input has; returns the condition code.
int copy_from(const DdInfo& from, const InputLibrary& input, const DdInfo& to, CopyOrder& order, int& copied) {
  int cc = 0;
  std::set<std::string> seen;
  for (const auto& directory : from.paths) {
    const auto members = library_members(directory);
    if (!members) {
      print_line(config::text<"UNV5110E">(input.ddname, members.error().text));
      return 12;
    }
    for (const auto& member : members.value()) {
      if (!seen.insert(member).second || order.excluded.contains(member)) continue;
      std::string name = member;
      bool replace = input.replace;
      if (!order.selected.empty()) {
        const auto selection = order.selected.find(member);
        if (selection == order.selected.end() || selection->second.found) continue;
        selection->second.found = true;
        if (!selection->second.new_name.empty()) name = selection->second.new_name;
        replace = replace || selection->second.replace;
      }
      const std::string target = to.path() + "/" + name;
      if (!replace && ::access(target.c_str(), F_OK) == 0) {
        print_line(config::text<"IEB1067I">(name));
        continue;
      }
      const auto status = copy_member(from, directory + "/" + member, to, name);
      if (status) {
        ++copied;
        print_line(config::text<"IEB154I">(name == member ? member : member + " AS " + name));
      } else {
        print_line(conversion_text(status.error(), input.ddname + "(" + member + ")"));
        cc = 8;
      }
    }
  }
  return cc;
}

int carry_out(CopyOrder& order) {
  const auto to = find_dd(order.output);
  if (!to) {
    print_line(config::text<"IEB316I">(order.output, "the step has no such DD"));
    return 12;
  }
  if (!to->library()) {
    print_line(config::text<"IEB316I">(order.output,
                                       "it is no library (unloading to a sequential data set is not supported)"));
    return 12;
  }
  int cc = 0;
  for (const auto& input : order.inputs) {
    const auto from = find_dd(input.ddname);
    if (!from || !from->library()) {
      print_line(config::text<"IEB316I">(input.ddname, from ? "it is no library" : "the step has no such DD"));
      return 12;
    }
    if (from->paths == to->paths) {
      print_line("COMPRESS OF " + input.ddname + ": LIBRARIES HERE NEED NO COMPRESSION, NOTHING TO DO");
      continue;
    }
    print_line(config::text<"IEB167I">(input.ddname));
    int copied = 0;
    cc = std::max(cc, copy_from(*from, input, *to, order, copied));
    if (copied == 0) print_line(config::text<"IEB166I">(order.output));
  }
  for (const auto& [member, selection] : order.selected)
    if (!selection.found) {
      print_line(config::text<"IEB177I">(member));
      cc = std::max(cc, 4);
    }
  return cc;
}

}  // namespace

ProgramEnd iebcopy_program() {
  print_line("IEBCOPY MESSAGES AND CONTROL STATEMENTS");
  const auto lines = read_control_lines();
  auto statements =
      lines ? parse_control_statements(lines.value()) : net::Result<std::vector<ControlStatement>>(lines.error());
  auto orders = statements ? read_orders(statements.value()) : net::Result<std::vector<CopyOrder>>(statements.error());
  int cc = 12;
  if (!orders) {
    print_line(config::text<"IEB304I">(orders.error().text));
  } else {
    for (const auto& line : lines.value()) print_line("  " + line);
    cc = 0;
    for (auto& order : orders.value()) cc = std::max(cc, carry_out(order));
  }
  print_line(config::text<"IEB147I">(cc));
  return {cc, "", ""};
}

}  // namespace sysplexd::jes
