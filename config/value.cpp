#include "config/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "config/value_grammar.hpp"

namespace sysplexd::config {
namespace {

std::string_view kind_name(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::text: return "A STRING";
    case TomlNode::Kind::integer: return "A NUMBER";
    case TomlNode::Kind::real: return "A FRACTION";
    case TomlNode::Kind::boolean: return "A BOOLEAN";
    case TomlNode::Kind::time: return "A DATE OR TIME";
    case TomlNode::Kind::array: return "A LIST";
    case TomlNode::Kind::table: return "A TABLE";
  }
  return {};
}

class Checker {
 public:
  Checker(const Option& option, bool symbols_used, std::vector<Wrong>& wrong)
      : option_(option), symbols_used_(symbols_used), wrong_(wrong) {}

  std::optional<Value> check(const TomlNode& node) {
    const auto before = wrong_.size();
    refuse_control_characters(node);
    if (wrong_.size() != before) return std::nullopt;
    std::optional<Value> value;
    switch (option_.type) {
      case Type::identifier:
      case Type::name: value = name(node); break;
      case Type::data_set_name: value = data_set_name(node); break;
      case Type::classes: value = classes(node, option_.min, option_.max); break;
      case Type::choice: value = choice(node); break;
      case Type::path: value = path(node, true); break;
      case Type::paths:
        value = list<std::string>(node, [this](const TomlNode& item) { return path(item, false); });
        break;
      case Type::mode: value = mode(node); break;
      case Type::integer: value = bounded(node, whole_number(node, symbols_used_)); break;
      case Type::port: value = bounded(node, whole_number(node, true)); break;
      case Type::duration: value = bounded(node, quantity(node, duration_units)); break;
      case Type::size: value = bounded(node, quantity(node, size_units)); break;
      case Type::address: value = address(node); break;
      case Type::addresses: value = list<Address>(node, [this](const TomlNode& item) { return address(item); }); break;
      case Type::initiators: value = initiators(node); break;
      case Type::tls: value = tls(node); break;
      case Type::failover: value = failover(node); break;
    }
    return wrong_.size() == before ? value : std::nullopt;
  }

 private:
  void refuse(const TomlNode& node, std::string what, bool not_a_number = false) {
    wrong_.push_back({node.place, toml_text(node), std::move(what), not_a_number});
  }

  void refuse_control_characters(const TomlNode& node) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (node.kind == TomlNode::Kind::text && std::any_of(node.text.begin(), node.text.end(), control))
      refuse(node, "A CONTROL CHARACTER");
    for (const auto& item : node.items) refuse_control_characters(item);
    for (const auto& member : node.members) refuse_control_characters(member.value);
  }

  const std::string* string(const TomlNode& node) {
    if (node.kind == TomlNode::Kind::text) return &node.text;
    refuse(node, fmt::format("{}, NOT A STRING", kind_name(node.kind)));
    return nullptr;
  }

  bool length_ok(const TomlNode& node, std::size_t length, std::int64_t min, std::int64_t max) {
    if (static_cast<std::int64_t>(length) < min) return refuse(node, length ? "TOO SHORT" : "EMPTY"), false;
    if (static_cast<std::int64_t>(length) > max) return refuse(node, "TOO LONG"), false;
    return true;
  }

  std::optional<std::string> name(const TomlNode& node) {
    const auto* text = string(node);
    if (!text || !length_ok(node, text->size(), option_.min, option_.max)) return std::nullopt;
    if (!std::all_of(text->begin(), text->end(), is_name_character))
      return refuse(node, "A CHARACTER THAT A NAME CANNOT HAVE"), std::nullopt;
    return option_.type == Type::identifier ? *text : upper(*text);
  }

  std::optional<std::string> data_set_name(const TomlNode& node) {
    const auto* text = string(node);
    if (!text || !length_ok(node, text->size(), 1, 44)) return std::nullopt;
    for (std::size_t at = 0; at <= text->size();) {
      const auto end = std::min(text->find('.', at), text->size());
      const auto qualifier = std::string_view(*text).substr(at, end - at);
      const bool good = !qualifier.empty() && qualifier.size() <= 8 && !is_digit(qualifier[0]) &&
                        std::all_of(qualifier.begin(), qualifier.end(), is_name_character);
      if (!good) return refuse(node, fmt::format("QUALIFIER {}", toml_quoted(qualifier))), std::nullopt;
      at = end + 1;
    }
    return upper(*text);
  }

  std::optional<std::string> classes(const TomlNode& node, std::int64_t min, std::int64_t max) {
    const auto* text = string(node);
    if (!text || !length_ok(node, text->size(), min, max)) return std::nullopt;
    const auto good = [](char c) { return is_letter(c) || is_digit(c); };
    if (!std::all_of(text->begin(), text->end(), good))
      return refuse(node, "A CHARACTER THAT IS NO CLASS"), std::nullopt;
    std::string out = upper(*text);
    if (std::set<char>(out.begin(), out.end()).size() != out.size())
      return refuse(node, "A CLASS STANDS TWICE"), std::nullopt;
    return out;
  }

  std::optional<std::string> choice(const TomlNode& node) {
    const auto* text = string(node);
    if (!text) return std::nullopt;
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < option_.choices.size();) {
      const auto end = std::min(option_.choices.find(' ', at), option_.choices.size());
      words.push_back(option_.choices.substr(at, end - at));
      at = end + 1;
    }
    if (std::find(words.begin(), words.end(), *text) != words.end()) return *text;
    return refuse(node, "NOT A WORD OF THIS OPTION"), std::nullopt;
  }

  std::optional<std::string> path(const TomlNode& node, bool single) {
    const auto* text = string(node);
    if (!text) return std::nullopt;
    const auto fault = path_fault(*text, single, single ? option_.max : 1024);
    if (!fault.empty()) return refuse(node, std::string(fault)), std::nullopt;
    std::string out = without_end_slash(*text);
    if (single && !length_ok(node, out.size(), option_.min, option_.max)) return std::nullopt;
    return out;
  }

  template <class T, class Item>
  std::optional<Value> list(const TomlNode& node, Item item) {
    if (node.kind != TomlNode::Kind::array)
      return refuse(node, fmt::format("{}, NOT A LIST", kind_name(node.kind))), std::nullopt;
    if (static_cast<std::int64_t>(node.items.size()) > option_.max)
      return refuse(node, fmt::format("{} IN THE LIST", node.items.size())), std::nullopt;
    std::vector<T> out;
    for (const auto& entry : node.items)  // All of them, so that all errors are told.
      if (auto value = item(entry)) out.push_back(std::move(*value));
    return Value(std::move(out));
  }

  std::optional<Value> mode(const TomlNode& node) {
    // A decimal 755 would be other bits than it looks.
    std::optional<std::int64_t> bits;
    if (node.kind == TomlNode::Kind::integer && node.octal) bits = node.integer;
    if (node.kind == TomlNode::Kind::text && !node.text.empty() && node.text.size() <= 5 &&
        node.text.find_first_not_of("01234567") == std::string::npos)
      bits = std::stol(node.text, nullptr, 8);
    if (!bits || *bits > 07777 || *bits < 0) return refuse(node, "NOT PERMISSION BITS"), std::nullopt;
    if ((*bits & 0700) != 0700) return refuse(node, "THE OWNER MUST HAVE rwx"), std::nullopt;
    return Value(*bits);
  }

  std::optional<std::int64_t> whole_number(const TomlNode& node, bool as_string) {
    if (node.kind == TomlNode::Kind::integer) return node.integer;
    if (node.kind == TomlNode::Kind::text && as_string) {
      if (const auto number = decimal(node.text)) return number;
      refuse(node, "NOT A NUMBER", true);
    } else {
      refuse(node, fmt::format("{}, NOT A NUMBER", kind_name(node.kind)));
    }
    return std::nullopt;
  }

  std::optional<std::int64_t> quantity(const TomlNode& node, std::span<const Unit> units) {
    const std::int64_t bare = option_.unit == "days" ? 86400 : 1;
    std::optional<std::int64_t> number;
    if (node.kind == TomlNode::Kind::integer) {
      number = times(node.integer, bare);
    } else if (node.kind == TomlNode::Kind::text) {
      number = with_units(node.text, units, bare);
      if (node.text.empty()) number.reset();
    } else {
      refuse(node, fmt::format("{}, NOT A NUMBER WITH A UNIT", kind_name(node.kind)));
      return std::nullopt;
    }
    if (!number) refuse(node, "NOT A NUMBER WITH A UNIT", node.kind == TomlNode::Kind::text);
    return number;
  }

  std::optional<Value> bounded(const TomlNode& node, std::optional<std::int64_t> number) {
    if (!number) return std::nullopt;
    if (*number < option_.min || *number > option_.max) return refuse(node, "OUT OF BOUNDS"), std::nullopt;
    return Value(*number);
  }

  std::optional<Address> address(const TomlNode& node) {
    const auto* text = string(node);
    if (!text) return std::nullopt;
    auto out = parse_address(*text, option_.standard_port);
    if (!out) refuse(node, "NOT AN ADDRESS WITH A PORT");
    return out;
  }

  std::optional<Value> initiators(const TomlNode& node) {
    auto out = list<InitiatorClass>(node, [this](const TomlNode& item) { return initiator(item); });
    if (!out) return std::nullopt;
    std::int64_t total = 0;
    for (const auto& entry : std::get<std::vector<InitiatorClass>>(*out)) total += entry.count;
    if (total > option_.max) return refuse(node, fmt::format("{} INITIATORS TOGETHER", total)), std::nullopt;
    return out;
  }

  std::optional<InitiatorClass> initiator(const TomlNode& node) {
    if (!has_members(node, {"class", "count"})) return std::nullopt;
    const auto& count_node = *node.find("count");
    const auto job_classes = classes(*node.find("class"), 1, 36);
    const auto count = bounded(count_node, whole_number(count_node, symbols_used_));
    if (!job_classes || !count) return std::nullopt;
    return InitiatorClass{*job_classes, static_cast<int>(std::get<std::int64_t>(*count))};
  }

  // A table with exactly these members.
  bool has_members(const TomlNode& node, const std::vector<std::string_view>& names) {
    if (node.kind != TomlNode::Kind::table)
      return refuse(node, fmt::format("{}, NOT A TABLE", kind_name(node.kind))), false;
    bool good = true;
    for (const auto& [key, member] : node.members) {
      // A misspelt key is told as that alone, not as a missing one too.
      if (std::find(names.begin(), names.end(), key) != names.end()) continue;
      wrong_.push_back({member.key_place, toml_text(node), fmt::format("UNKNOWN KEY {}", key)});
      good = false;
    }
    for (const auto name : names) {
      if (!good || node.find(name)) continue;
      refuse(node, fmt::format("KEY {} IS MISSING", name));
      return false;
    }
    return good;
  }

  std::optional<Value> tls(const TomlNode& node) {
    if (node.kind == TomlNode::Kind::text) {
      if (node.text == "off") return Value(TlsFiles{});
      return refuse(node, "NEITHER \"off\" NOR A TABLE"), std::nullopt;
    }
    if (!has_members(node, {"ca", "cert", "key"})) return std::nullopt;
    TlsFiles out{.on = true};
    for (const auto& [name, field] :
         {std::pair{"ca", &TlsFiles::ca}, {"cert", &TlsFiles::cert}, {"key", &TlsFiles::key}}) {
      const auto& file = *node.find(name);
      const auto* text = string(file);
      if (text && !path_fault(*text, true, 1024).empty()) refuse(file, std::string(path_fault(*text, true, 1024)));
      if (text) out.*field = *text;
    }
    return Value(std::move(out));
  }

  std::optional<Value> failover(const TomlNode& node) {
    const auto* text = string(node);
    if (!text) return std::nullopt;
    const auto out = parse_failover(*text);
    if (!out) return refuse(node, "NOT A WORD OF THIS OPTION"), std::nullopt;
    return Value(*out);
  }

  const Option& option_;
  const bool symbols_used_;
  std::vector<Wrong>& wrong_;
};

}  // namespace

std::optional<Value> check_value(const Option& option, const TomlNode& node, bool symbols_used,
                                 std::vector<Wrong>& wrong) {
  return Checker(option, symbols_used, wrong).check(node);
}

}  // namespace sysplexd::config
