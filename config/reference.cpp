#include "config/reference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/message.hpp"
#include "config/reference_text.hpp"

namespace sysplexd::config {

std::string wrapped(std::string_view text, std::size_t indent, std::string_view prefix) {
  constexpr std::size_t width = 100;
  std::string out, line;
  const std::string start = std::string(prefix) + std::string(indent, ' ');
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    const auto word = text.substr(at, end - at);
    if (!line.empty() && start.size() + line.size() + 1 + word.size() > width) {
      out += start + line + "\n";
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
    at = end + 1;
  }
  return out + start + line + "\n";
}

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::information: return "information";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
    case Severity::severe: return "severe";
    case Severity::action: return "action";
  }
  return {};
}

std::vector<const Message*> messages_by_id() {
  std::vector<const Message*> out;
  for (const auto& table : message_tables)
    for (const auto& message : table) out.push_back(&message);
  std::sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->id < b->id; });
  return out;
}

std::string shown_text(std::string_view pattern) {
  std::string out;
  int number = 0;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const bool doubled = at + 1 < pattern.size() && pattern[at + 1] == pattern[at];
    if ((pattern[at] == '{' || pattern[at] == '}') && doubled) {
      out += pattern[at++];
    } else if (pattern[at] == '{') {
      out += fmt::format("<{}>", ++number);
      at = std::min(pattern.find('}', at), pattern.size());
    } else {
      out += pattern[at];
    }
  }
  return out;
}

std::string absent_text(const Option& option) {
  switch (option.absent) {
    case Absent::standard:
    case Absent::derived: return std::string(option.standard);
    case Absent::unset: return "none";
    case Absent::refused: return "none, required";
  }
  return {};
}

std::string origin_name(const Origin& origin) {
  switch (origin.kind) {
    case Origin::Kind::file: return "file";
    case Origin::Kind::standard: return "default";
    case Origin::Kind::derived: return "derived";
  }
  return {};
}

std::pair<int, int> counted(const LoadResult& result) {
  int set = 0, by_default = 0;
  for (const auto& value : result.effective)
    if (value.section != "symbols") ++(value.origin.kind == Origin::Kind::file ? set : by_default);
  return {set, by_default};
}

std::string check_text(const LoadResult& result, const std::string& file) {
  if (result.ok()) {
    const auto [set, by_default] = counted(result);
    return text<"UNV1000I">(file, set, by_default) + "\n";
  }
  std::string out;
  for (const auto& error : result.errors) {
    out += error.line_text() + "\n";
    if (const auto* message = find_message(error.id)) out += fmt::format("    {}\n", message->action);
  }
  return out;
}

std::string show_text(const LoadResult& result, const std::string& file) {
  std::string out, section;
  std::size_t width = 0;
  for (const auto& value : result.effective) width = std::max(width, value.key.size() + 3 + value.value.size());
  width = std::min<std::size_t>(width, 60);
  for (const auto& value : result.effective) {
    if (value.section != section) {
      out += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", value.section);
      section = value.section;
    }
    std::string from = origin_name(value.origin);
    if (value.origin.kind == Origin::Kind::file) from = fmt::format("{}:{}", file, value.origin.line);
    if (!value.origin.symbols.empty()) from += ", symbols " + value.origin.symbols;
    if (!value.origin.written.empty()) from += ", written " + value.origin.written;
    // A symbol that the file sets again is ours all the same: SYSNAME may not be set.
    const bool comment = value.section == "symbols" && value.origin.kind != Origin::Kind::file;
    const std::string assignment = fmt::format("{}{} = {}", comment ? "# " : "", value.key, value.value);
    out += fmt::format("{:<{}}  # {}\n", assignment, width, from);
  }
  return out;
}

std::string option_reference() {
  std::string out;
  for (const auto name : sections()) {
    out += fmt::format("[{}]\n{}\n", name, wrapped(section_text(name), 2));
    for (const auto& option : options()) {
      if (option.section != name) continue;
      out += fmt::format("  {}\n", option.key);
      out += wrapped(option.text, 6);
      out += fmt::format("      type {}; default {}; takes effect at {}\n", type_name(option.type), absent_text(option),
                         option.takes_effect == TakesEffect::reload ? "reload" : "restart");
      out += wrapped("allowed: " + allowed(option), 6);
      if (option.later) out += "      since later part: accepted and checked\n";
      out += "\n";
    }
  }
  return out;
}

std::string message_reference() {
  std::string out;
  for (const auto* message : messages_by_id()) {
    out += fmt::format("{} {}\n", message->id, shown_text(message->text));
    out += wrapped(fmt::format("{}: {}", severity_name(message->severity), message->explanation), 4);
    out += wrapped(fmt::format("Action: {}", message->action), 4) + "\n";
  }
  return out;
}

std::string example_toml() {
  std::string out =
      "# sysplexd.toml: every option, made from the option table (sysplexd config reference).\n"
      "# A line with a blank behind # is text; take the # off an option's line to set it.\n"
      "# &SYSNAME, &SYSCLONE and the symbols of [symbols] are replaced in every string.\n";
  for (const auto name : sections()) {
    out += fmt::format("\n{}[{}]\n", wrapped(section_text(name), 1, "#"), name);
    for (const auto& option : options()) {
      if (option.section != name) continue;
      out += "\n" + wrapped(option.text, 1, "#");
      out += wrapped("Allowed: " + allowed(option), 1, "#");
      const bool commented = option.absent != Absent::refused;
      out += fmt::format("{}{} = {}\n", commented ? "#" : "", option.key, example_value(option));
    }
    if (name == "symbols") out += "#SYSCLONE = \"31\"\n#HLQ = \"PROD\"\n";
  }
  return out;
}

std::string example_value(const Option& option) {
  if (option.absent == Absent::standard) return std::string(option.standard);
  if (option.key == "system_id") return "\"mndv\"";
  if (option.key == "sysname") return "\"SYS1\"";
  if (option.key == "mount_point" || option.key == "shared_mount_point") return "\"/var/lib/sysplexd\"";
  if (option.key == "client") return "\"53&SYSCLONE\"";
  switch (option.type) {
    case Type::data_set_name: return "\"UNV.UNVJSC\"";
    case Type::path: return fmt::format("\"/var/lib/sysplexd/{}\"", option.key);
    case Type::mode: return "\"0755\"";
    case Type::port: return "5336";
    case Type::address:
      return option.standard_port >= 0 ? fmt::format("\"127.0.0.1:{}\"", option.standard_port) : "\"127.0.0.1:7001\"";
    case Type::addresses: return "[\"127.0.0.1:7001\"]";
    case Type::tls: return "\"off\"";
    default: return "\"UAGMNDV1\"";
  }
}

}  // namespace sysplexd::config
