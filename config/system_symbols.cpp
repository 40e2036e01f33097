#include "config/system_symbols.hpp"

#include <algorithm>
#include <set>

#include "config/value_grammar.hpp"

namespace sysplexd::config {
namespace {

bool starts_name(char c) { return is_letter(c) || is_national(c); }

// Length of the name behind the & at the front of the text; 0: the & is an ordinary character. A run longer than a name
// can be is taken whole: it is told as undefined and not cut into a name and a rest.
std::size_t name_length(std::string_view text) {
  if (text.size() < 2 || !starts_name(text[1])) return 0;
  std::size_t length = 1;
  while (1 + length < text.size() && is_name_character(text[1 + length])) ++length;
  return length;
}

class Resolver {
 public:
  explicit Resolver(const std::map<std::string, std::string>& written) : written_(written) {}
  ResolvedSymbols run() {
    for (const auto& [name, value] : written_) resolve(name);
    return std::move(out_);
  }

 private:
  // The walk is as deep as symbols use each other; a symbol on the way is a loop. False: the symbol has no value.
  bool resolve(const std::string& name) {
    if (out_.values.count(name)) return true;
    if (failed_.count(name)) return false;
    if (!on_the_way_.insert(name).second) {
      out_.problems.push_back({name, ""});
      return false;
    }
    std::map<std::string, std::string> known;
    bool good = true;
    const Substitution probe = substitute(written_.at(name), {});
    for (const auto& used : probe.undefined) {
      if (!written_.count(used)) {
        out_.problems.push_back({name, used});
        good = false;
      } else if (resolve(used)) {
        known[used] = out_.values[used];
      } else {
        good = false;
      }
    }
    on_the_way_.erase(name);
    if (good)
      out_.values[name] = substitute(written_.at(name), known).text;
    else
      failed_.insert(name);
    return good;
  }

  const std::map<std::string, std::string>& written_;
  ResolvedSymbols out_;
  std::set<std::string> on_the_way_, failed_;
};

}  // namespace

Substitution substitute(std::string_view text, const std::map<std::string, std::string>& symbols) {
  Substitution out;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] != '&') {
      out.text += text[at++];
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == '&') {
      out.text += '&';
      at += 2;
      continue;
    }
    const auto length = name_length(text.substr(at));
    if (length == 0) {
      out.text += text[at++];
      continue;
    }
    const std::string name = upper(text.substr(at + 1, length));
    std::size_t end = at + 1 + length;
    if (const auto found = symbols.find(name); found != symbols.end()) {
      out.text += found->second;
      out.used.push_back(name);
      if (end < text.size() && text[end] == '.') ++end;
    } else {
      out.text += text.substr(at, end - at);
      out.undefined.push_back(name);
    }
    at = end;
  }
  return out;
}

bool is_symbol_name(std::string_view name) {
  return !name.empty() && name.size() <= symbol_name_length_max && starts_name(name[0]) &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

bool has_symbol(std::string_view text) { return !substitute(text, {}).undefined.empty(); }

ResolvedSymbols resolve_symbols(const std::map<std::string, std::string>& written) { return Resolver(written).run(); }

}  // namespace sysplexd::config
