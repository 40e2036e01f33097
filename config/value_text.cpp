// Values as TOML again, for `config show` and for changes of a reload; and the word that a writer meant.
#include <fmt/format.h>

#include <algorithm>

#include "config/value.hpp"
#include "config/value_grammar.hpp"

namespace sysplexd::config {
namespace {

std::string duration_text(std::int64_t seconds) {
  for (const auto& unit : duration_units)
    if (seconds && seconds % unit.factor == 0) return fmt::format("\"{}{}\"", seconds / unit.factor, unit.name);
  return "0";
}

std::string size_text(std::int64_t bytes) {
  for (const auto name : {"TiB", "GiB", "MiB", "KiB"}) {
    const auto& unit =
        *std::find_if(std::begin(size_units), std::end(size_units), [&](auto& u) { return u.name == name; });
    if (bytes && bytes % unit.factor == 0) return fmt::format("\"{}{}\"", bytes / unit.factor, name);
  }
  return fmt::format("{}", bytes);
}

std::string failover_text(const AutomaticFailover& failover) {
  switch (failover.kind) {
    case AutomaticFailover::Kind::never: return "\"never\"";
    case AutomaticFailover::Kind::always_primary: return "\"always_primary\"";
    case AutomaticFailover::Kind::primary_secondary: return "\"primary_secondary\"";
    case AutomaticFailover::Kind::secondary_primary: return fmt::format("\"secondary_primary{}\"", failover.rank);
  }
  return {};
}

template <class T, class Text>
std::string list_text(const std::vector<T>& items, Text text) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() > 1 ? ", " : "") + text(item);
  return out + "]";
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (upper(a[i - 1]) == upper(b[j - 1]) ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string value_quoted(std::string_view text) {
  std::string doubled;
  for (const char c : text) doubled += c == '&' ? "&&" : std::string(1, c);
  return toml_quoted(doubled);
}

std::string value_text(const Option& option, const Value& value) {
  const auto quoted = [](const std::string& text) { return value_quoted(text); };
  const auto address = [](const Address& a) { return toml_quoted(a.text()); };
  const auto initiator = [](const InitiatorClass& i) {
    return fmt::format("{{ class = {}, count = {} }}", toml_quoted(i.job_classes), i.count);
  };
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) return list_text(*texts, quoted);
  if (const auto* one = std::get_if<Address>(&value)) return address(*one);
  if (const auto* many = std::get_if<std::vector<Address>>(&value)) return list_text(*many, address);
  if (const auto* some = std::get_if<std::vector<InitiatorClass>>(&value)) return list_text(*some, initiator);
  if (const auto* failover = std::get_if<AutomaticFailover>(&value)) return failover_text(*failover);
  if (const auto* tls = std::get_if<TlsFiles>(&value)) {
    if (!tls->on) return "\"off\"";
    return fmt::format("{{ ca = {}, cert = {}, key = {} }}", quoted(tls->ca), quoted(tls->cert), quoted(tls->key));
  }
  const auto number = std::get<std::int64_t>(value);
  if (option.type == Type::mode) return fmt::format("\"{:04o}\"", number);
  if (option.type == Type::duration) return duration_text(number);
  if (option.type == Type::size) return size_text(number);
  return fmt::format("{}", number);
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  // A third of the letters may differ: "initators", "sysnam", "msg_class" still mean something.
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : known) {
    const auto d = distance(word, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace sysplexd::config
