#include "config/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <tuple>

#include "config/message.hpp"
#include "config/option.hpp"
#include "config/system_symbols.hpp"
#include "config/toml_tree.hpp"
#include "config/value.hpp"
#include "config/value_grammar.hpp"
#include "net/invariant.hpp"

namespace sysplexd::config {
namespace {

constexpr std::size_t file_bytes_max = 1 << 20;  // A configuration is a page; a log given by mistake is refused early.

// A node with the symbols of all its strings replaced, and what happened on the way.
struct Replaced {
  TomlNode node;
  std::vector<std::string> used;
  struct Undefined {
    Place place;
    std::string symbol;
  };
  std::vector<Undefined> undefined;
};

void replace(TomlNode& node, const std::map<std::string, std::string>& symbols, Replaced& out) {
  if (node.kind == TomlNode::Kind::text) {
    auto result = substitute(node.text, symbols);
    node.text = std::move(result.text);
    for (auto& name : result.used)
      if (std::find(out.used.begin(), out.used.end(), name) == out.used.end()) out.used.push_back(name);
    for (auto& name : result.undefined) out.undefined.push_back({node.place, name});
  }
  for (auto& item : node.items) replace(item, symbols, out);
  for (auto& member : node.members) replace(member.value, symbols, out);
}

Replaced replace_symbols(const TomlNode& node, const std::map<std::string, std::string>& symbols) {
  Replaced out;
  out.node = node;
  replace(out.node, symbols, out);
  return out;
}

class Loader {
 public:
  Loader(std::span<const Option> table, std::string_view toml, const std::string& name)
      : table_(table), name_(name), tree_(parse_toml(toml)) {}

  LoadResult run() {
    for (const auto& error : tree_.errors) report(error.place, "UNV1002E", "", "", "", text<"UNV1002E">(error.text));
    refuse_unknown();
    define_symbols();
    for (const auto& option : table_) load(option);
    check_together();
    for (const auto& [symbol, value] : settings_.symbols) show_symbol(symbol, value);
    if (result_.errors.empty()) result_.settings = std::move(settings_);
    // What is missing has no place and comes last.
    const auto rank = [](const ConfigError& e) { return std::tuple(e.line ? e.line : 1 << 30, e.column, e.text); };
    std::sort(result_.errors.begin(), result_.errors.end(),
              [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return std::move(result_);
  }

 private:
  void report(Place place, std::string id, std::string option, std::string value, std::string allowed_values,
              std::string text) {
    result_.errors.push_back({std::move(id), name_, place.line, place.column, std::move(option), std::move(value),
                              std::move(allowed_values), std::move(text)});
  }

  const TomlNode* section(std::string_view name) const {
    const auto* node = tree_.root.find(name);
    return node && node->kind == TomlNode::Kind::table ? node : nullptr;
  }
  const TomlNode* written(std::string_view section_name, std::string_view key) const {
    const auto* node = section(section_name);
    return node ? node->find(key) : nullptr;
  }

  std::vector<std::string_view> keys_of(std::string_view section_name) const {
    std::vector<std::string_view> out;
    for (const auto& option : table_)
      if (option.section == section_name) out.push_back(option.key);
    return out;
  }

  // "; DID YOU MEAN x?" or where the key belongs, or nothing.
  std::string hint(std::string_view key, std::string_view section_name) const {
    for (const auto& option : table_)
      if (option.key == key && option.section != section_name)
        return fmt::format("; IT BELONGS TO [{}]", option.section);
    const auto near = nearest(key, keys_of(section_name));
    return near.empty() ? "" : fmt::format("; DID YOU MEAN {}?", near);
  }

  void refuse_unknown() {
    auto known = sections();
    for (const auto& option : table_)
      if (std::find(known.begin(), known.end(), option.section) == known.end()) known.push_back(option.section);
    for (const auto& [name, node] : tree_.root.members) {
      const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
      const Place place = node.key_place.line ? node.key_place : node.place;
      if (is_known && node.kind == TomlNode::Kind::table) {
        if (name == "symbols") continue;
        for (const auto& [key, value] : node.members) {
          const auto keys = keys_of(name);
          if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
          const std::string option = name + "." + key;
          report(value.key_place, "UNV1004E", option, "", "", text<"UNV1004E">(option, hint(key, name)));
        }
      } else if (is_known) {
        const std::string allowed_values = fmt::format("a section, [{}]", name);
        report(place, "UNV1005E", name, toml_text(node), allowed_values,
               text<"UNV1005E">(name, toml_text(node), "NOT A SECTION", allowed_values));
      } else if (node.kind == TomlNode::Kind::table || node.kind == TomlNode::Kind::array) {
        const auto near = nearest(name, known);
        report(place, "UNV1003E", name, "", "",
               text<"UNV1003E">(name, near.empty() ? "" : fmt::format("; DID YOU MEAN [{}]?", near)));
      } else {
        const auto where = hint(name, "");
        report(place, "UNV1004E", name, "", "",
               text<"UNV1004E">(name, where.empty() ? "; OPTIONS STAND IN A SECTION" : where));
      }
    }
  }

  void refuse_symbol(const std::string& name, const TomlNode& node, Place place, const std::string& what) {
    report(place, "UNV1010E", "symbols." + name, toml_text(node), "", text<"UNV1010E">(name, toml_text(node), what));
  }

  // Symbols of the file, then ours, which the file may set but for SYSNAME.
  void define_symbols() {
    std::map<std::string, std::string> own;
    std::map<std::string, const TomlNode*> nodes;
    if (const auto* table = section("symbols")) {
      for (const auto& [key, node] : table->members) {
        const std::string name = upper(key);
        if (const auto fault = symbol_fault(name, node); !fault.empty()) {
          refuse_symbol(key, node, is_symbol_name(name) ? node.place : node.key_place, fault);
        } else if (!own.emplace(name, node.text).second) {
          refuse_symbol(key, node, node.key_place, "SET TWICE, IN UPPER AND LOWER CASE");
        }
        nodes[name] = &node;
        // A symbol that is refused must not make the options that use it look wrong too.
        own.emplace(name, "");
      }
    }
    // sysname and system_id may use the symbols that do not use them.
    const auto user = resolve_symbols(own).values;
    if (!own.count("SYSNAME")) own["SYSNAME"] = identity("sysname", user);
    if (!own.count("SYSPLEX")) own["SYSPLEX"] = identity("system_id", user).substr(0, 8);
    if (!own.count("SYSCLONE")) {
      const auto& sysname = own["SYSNAME"];
      own["SYSCLONE"] = sysname.size() > 2 ? sysname.substr(sysname.size() - 2) : sysname;
    }
    auto resolved = resolve_symbols(own);
    for (const auto& problem : resolved.problems) {
      const auto found = nodes.find(problem.symbol);
      if (found == nodes.end()) continue;
      refuse_symbol(problem.symbol, *found->second, found->second->place,
                    problem.undefined.empty() ? "ITS VALUE LEADS BACK TO ITSELF"
                                              : fmt::format("SYMBOL &{} IS NOT DEFINED", problem.undefined));
    }
    // Options that use a symbol that was refused are not told a second time: they see an empty value.
    for (const auto& [name, value] : own)
      if (!resolved.values.count(name)) {
        resolved.values[name] = "";
        refused_symbols_.push_back(name);
      }
    settings_.symbols = std::move(resolved.values);
  }

  static std::string symbol_fault(const std::string& name, const TomlNode& node) {
    if (!is_symbol_name(name)) return "NOT A SYMBOL NAME";
    if (name == "SYSNAME") return "SYSNAME IS SET BY [ubroker] sysname";
    if (node.kind != TomlNode::Kind::text) return "NOT A STRING";
    if (node.text.size() > symbol_value_length_max) return "TOO LONG";
    if (name == "SYSCLONE" && !has_symbol(node.text) && (node.text.empty() || node.text.size() > 2))
      return "SYSCLONE HAS 1 OR 2 CHARACTERS";
    for (const char c : node.text)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return "A CONTROL CHARACTER";
    return {};
  }

  std::string identity(std::string_view key, const std::map<std::string, std::string>& symbols) const {
    const auto* node = written("ubroker", key);
    return node && node->kind == TomlNode::Kind::text ? upper(substitute(node->text, symbols).text) : "";
  }

  void load(const Option& option) {
    const auto* node = written(option.section, option.key);
    Origin origin;
    if (node) {
      origin.kind = Origin::Kind::file;
      origin.line = node->key_place.line;
      origin.column = node->key_place.column;
      take(option, *node, origin);
      return;
    }
    switch (option.absent) {
      case Absent::unset: return;
      case Absent::refused:
        // After a syntax error the option may stand on the line that was taken out.
        if (tree_.errors.empty())
          report({}, "UNV1008E", option.name(), "", allowed(option), text<"UNV1008E">(option.name(), allowed(option)));
        return;
      case Absent::standard: {
        const auto standard = parse_toml(fmt::format("standard = {}", option.standard));
        SYSPLEXD_INVARIANT(standard.errors.empty(), "a default of the option table is no TOML value");
        take(option, *standard.root.find("standard"), origin);
        return;
      }
      case Absent::derived: {
        TomlNode derived;  // Of values that were checked; no symbol is left in them.
        derived.text = option.derive(settings_);
        origin.kind = Origin::Kind::derived;
        std::vector<Wrong> wrong;
        // What it derives from is wrong or missing, and told; else the derived path is too long.
        if (auto value = check_value(option, derived, false, wrong))
          store(option, *value, origin);
        else if (result_.errors.empty())
          report_wrong(option, wrong, {});
        return;
      }
    }
  }

  void take(const Option& option, const TomlNode& node, Origin origin) {
    const auto replaced = replace_symbols(node, settings_.symbols);
    const auto shown = [&](std::string value) { return option.secret ? std::string(hidden) : value; };
    for (const auto& [place, symbol] : replaced.undefined)
      report(place, "UNV1006E", option.name(), shown(toml_text(node)), "a symbol that is defined",
             text<"UNV1006E">(option.name(), shown(toml_text(node)), symbol));
    if (!replaced.undefined.empty()) return;
    for (const auto& symbol : replaced.used)
      if (std::find(refused_symbols_.begin(), refused_symbols_.end(), symbol) != refused_symbols_.end()) return;
    std::vector<Wrong> wrong;
    const auto value = check_value(option, replaced.node, !replaced.used.empty(), wrong);
    if (!value) {
      report_wrong(option, wrong, replaced.used, &node);
      return;
    }
    if (!replaced.used.empty()) {
      origin.written = shown(toml_text(node));
      origin.symbols = fmt::format("{}", fmt::join(replaced.used, " "));
    }
    store(option, *value, origin);
  }

  void report_wrong(const Option& option, const std::vector<Wrong>& wrong, const std::vector<std::string>& symbols,
                    const TomlNode* node = nullptr) {
    for (const auto& fault : wrong) {
      const std::string value = option.secret ? std::string(hidden) : fault.value;
      if (fault.not_a_number && !symbols.empty() && node) {
        std::string which;
        for (const auto& symbol : symbols)
          which += fmt::format("{}SYMBOL &{} IS {}", which.empty() ? "" : ", ", symbol,
                               option.secret ? std::string(hidden) : toml_quoted(settings_.symbols.at(symbol)));
        const std::string as_written = option.secret ? std::string(hidden) : toml_text(*node);
        report(fault.place, "UNV1007E", option.name(), value, allowed(option),
               text<"UNV1007E">(option.name(), as_written, value, which, allowed(option)));
      } else {
        report(fault.place, "UNV1005E", option.name(), value, allowed(option),
               text<"UNV1005E">(option.name(), value, fault.what, allowed(option)));
      }
    }
  }

  void store(const Option& option, const Value& value, const Origin& origin) {
    option.store(settings_, value);
    const std::string value_shown = option.secret ? std::string(hidden) : value_text(option, value);
    result_.effective.push_back({std::string(option.section), std::string(option.key), value_shown, origin});
  }

  const EffectiveValue* stored(std::string_view section_name, std::string_view key) const {
    for (const auto& value : result_.effective)
      if (value.section == section_name && value.key == key) return &value;
    return nullptr;
  }

  void conflict(const EffectiveValue& value, const std::string& other, const std::string& why) {
    const std::string option = value.section + "." + value.key;
    report({value.origin.line, value.origin.column}, "UNV1009E", option, value.value, "",
           text<"UNV1009E">(option, value.value, other, why));
  }

  // Rules between options that are each right.
  void check_together() {
    const auto* failover = stored("uag", "automatic_failover");
    const auto* role = stored("ubroker", "sysplex_role");
    if (failover && role && failover->origin.kind == Origin::Kind::file) {
      using Kind = AutomaticFailover::Kind;
      const auto kind = settings_.uag.automatic_failover.kind;
      const auto now = settings_.ubroker.sysplex_role;
      const std::string other = "ubroker.sysplex_role = " + role->value;
      if ((kind == Kind::always_primary || kind == Kind::primary_secondary) && now != SysplexRole::primary)
        conflict(*failover, other, "ONLY A MEMBER WITH sysplex_role primary MAY HAVE IT");
      if (kind == Kind::secondary_primary && now != SysplexRole::secondary)
        conflict(*failover, other, "ONLY A MEMBER WITH sysplex_role secondary MAY HAVE IT");
    }
    const auto* listen = stored("xcf", "listen");
    const auto* tls = stored("xcf", "tls");
    if (listen && !tls && !written("xcf", "tls"))
      conflict(*listen, "xcf.tls", "IT IS NOT SET; WRITE { ca, cert, key }, OR \"off\" ON A LOOPBACK ADDRESS");
    if (listen && tls && !settings_.xcf.tls.on && !settings_.xcf.listen.loopback())
      conflict(*tls, "xcf.listen = " + listen->value, "WITHOUT TLS ONLY A LOOPBACK ADDRESS IS SERVED");
    if (const auto* peers = stored("xcf", "peers"); peers && !listen && !written("xcf", "listen"))
      conflict(*peers, "xcf.listen", "IT IS NOT SET; A MEMBER WITH PEERS LISTENS");
    const auto* client = stored("dbgmgr", "client");
    if (client && settings_.dbgmgr.host && *settings_.dbgmgr.client != 0 &&
        settings_.dbgmgr.client == settings_.dbgmgr.host)
      conflict(*client, "dbgmgr.host", "TWO PORTS ARE NEEDED");
  }

  void show_symbol(const std::string& symbol, const std::string& value) {
    Origin origin;
    origin.kind = Origin::Kind::derived;
    if (const auto* table = section("symbols")) {
      for (const auto& [key, node] : table->members) {
        if (upper(key) != symbol) continue;
        origin.kind = Origin::Kind::file;
        origin.line = node.key_place.line;
        origin.column = node.key_place.column;
        if (node.kind == TomlNode::Kind::text && node.text != value) origin.written = toml_quoted(node.text);
      }
    }
    result_.effective.push_back({"symbols", symbol, value_quoted(value), origin});
  }

  std::span<const Option> table_;
  std::string name_;
  TomlTree tree_;
  Settings settings_;
  LoadResult result_;
  std::vector<std::string> refused_symbols_;
};

LoadResult unreadable(const std::string& path, const std::string& why) {
  LoadResult out;
  out.errors.push_back({"UNV1001E", path, 0, 0, "", "", "", text<"UNV1001E">(path, why)});
  return out;
}

}  // namespace

std::string ConfigError::line_text() const {
  if (line == 0) return fmt::format("{}: {}", file, text);
  return fmt::format("{}:{}:{}: {}", file, line, column, text);
}

LoadResult load_with(std::span<const Option> table, std::string_view toml, const std::string& name) {
  return Loader(table, toml, name).run();
}

LoadResult load_text(std::string_view toml, const std::string& name) { return load_with(options(), toml, name); }

LoadResult load_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (!file) return unreadable(path, std::strerror(errno));
  std::string text(file_bytes_max + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get())) return unreadable(path, std::strerror(errno));
  if (text.size() > file_bytes_max) return unreadable(path, fmt::format("MORE THAN {} BYTES", file_bytes_max));
  return load_text(text, path);
}

std::vector<Change> changes(const LoadResult& before, const LoadResult& after) {
  const auto find = [](const LoadResult& in, const EffectiveValue& like) -> const EffectiveValue* {
    for (const auto& value : in.effective)
      if (value.section == like.section && value.key == like.key) return &value;
    return nullptr;
  };
  const auto needs_restart = [](const EffectiveValue& value) {
    for (const auto& option : options())
      if (option.section == value.section && option.key == value.key)
        return option.takes_effect == TakesEffect::restart;
    return false;  // A symbol: the options that use it are told themselves; JCL uses it from the next job on.
  };
  std::vector<Change> out;
  for (const auto& value : after.effective) {
    const auto* old = find(before, value);
    if (old && old->value == value.value) continue;
    out.push_back({value.section + "." + value.key, old ? old->value : "", value.value, needs_restart(value)});
  }
  for (const auto& value : before.effective)
    if (!find(after, value)) out.push_back({value.section + "." + value.key, value.value, "", needs_restart(value)});
  return out;
}

}  // namespace sysplexd::config
