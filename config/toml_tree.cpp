#include "config/toml_tree.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <sstream>

namespace sysplexd::config {
namespace {

Place place_of(const toml::source_region& region) {
  return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

TomlNode convert(const toml::node& node) {
  TomlNode out;
  out.place = place_of(node.source());
  switch (node.type()) {
    case toml::node_type::table: {
      out.kind = TomlNode::Kind::table;
      for (auto&& [key, value] : *node.as_table()) {
        TomlNode member = convert(value);
        member.key_place = place_of(key.source());
        out.members.push_back({std::string(key.str()), std::move(member)});
      }
      // toml++ keeps members by name; errors are told in the order of the file.
      std::sort(out.members.begin(), out.members.end(), [](const auto& a, const auto& b) {
        return std::pair(a.value.key_place.line, a.value.key_place.column) <
               std::pair(b.value.key_place.line, b.value.key_place.column);
      });
      break;
    }
    case toml::node_type::array:
      out.kind = TomlNode::Kind::array;
      for (auto&& item : *node.as_array()) out.items.push_back(convert(item));
      break;
    case toml::node_type::string:
      out.kind = TomlNode::Kind::text;
      out.text = node.as_string()->get();
      break;
    case toml::node_type::integer:
      out.kind = TomlNode::Kind::integer;
      out.integer = node.as_integer()->get();
      out.octal = (node.as_integer()->flags() & toml::value_flags::format_as_octal) != toml::value_flags::none;
      break;
    case toml::node_type::boolean:
      out.kind = TomlNode::Kind::boolean;
      out.integer = node.as_boolean()->get() ? 1 : 0;
      break;
    case toml::node_type::floating_point:
      out.kind = TomlNode::Kind::real;
      out.text = fmt::format("{}", node.as_floating_point()->get());
      break;
    default: {
      out.kind = TomlNode::Kind::time;
      std::ostringstream stream;
      if (auto* date = node.as_date()) stream << date->get();
      if (auto* time = node.as_time()) stream << time->get();
      if (auto* both = node.as_date_time()) stream << both->get();
      out.text = stream.str();
    }
  }
  return out;
}

constexpr int syntax_errors_max = 20;

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

bool is_section_head(const std::string& line) {
  const auto first = line.find_first_not_of(" \t");
  return first != std::string::npos && line[first] == '[';
}

// Blanks the line, and the keys below a broken section head: they would be read into the section before it.
void take_out(std::vector<std::string>& lines, std::size_t index) {
  const bool head = is_section_head(lines[index]);
  lines[index].clear();
  if (!head) return;
  for (std::size_t i = index + 1; i < lines.size() && !is_section_head(lines[i]); ++i) lines[i].clear();
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view key) const {
  for (const auto& [name, node] : members)
    if (name == key) return &node;
  return nullptr;
}

TomlTree parse_toml(std::string_view text) {
  TomlTree tree;
  tree.root.kind = TomlNode::Kind::table;
  std::string rest(text);
  auto lines = split_lines(text);
  while (true) {
    toml::parse_result result = toml::parse(std::string_view(rest));
    if (result) {
      tree.root = convert(static_cast<const toml::table&>(result.table()));
      return tree;
    }
    const auto& error = result.error();
    const Place place = place_of(error.source());
    const int last = tree.errors.empty() ? -1 : tree.errors.back().place.line;
    const bool consequence = last >= 0 && place.line <= last + 1;
    if (!consequence) tree.errors.push_back({place, std::string(error.description())});
    const auto index = static_cast<std::size_t>(place.line) - 1;
    if (consequence || tree.errors.size() >= syntax_errors_max || place.line < 1 || index >= lines.size()) return tree;
    take_out(lines, index);
    rest = fmt::format("{}", fmt::join(lines, "\n"));
  }
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string toml_text(const TomlNode& node) {
  switch (node.kind) {
    case TomlNode::Kind::text: return toml_quoted(node.text);
    case TomlNode::Kind::integer:
      if (node.octal && node.integer >= 0) return fmt::format("0o{:o}", node.integer);
      return std::to_string(node.integer);
    case TomlNode::Kind::boolean: return node.integer ? "true" : "false";
    case TomlNode::Kind::real:
    case TomlNode::Kind::time: return node.text;
    case TomlNode::Kind::array: {
      std::string out = "[";
      for (const auto& item : node.items) out += (out.size() > 1 ? ", " : "") + toml_text(item);
      return out + "]";
    }
    case TomlNode::Kind::table: {
      std::string out = "{";
      for (const auto& [key, member] : node.members)
        out += (out.size() > 1 ? ", " : " ") + key + " = " + toml_text(member);
      return out + " }";
    }
  }
  return {};
}

}  // namespace sysplexd::config
