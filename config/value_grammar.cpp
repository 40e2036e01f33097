#include "config/value_grammar.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sysplexd::config {
namespace {

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  if (host.find_first_not_of("0123456789.") == std::string_view::npos) {
    in_addr address{};
    return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1;
  }
  const auto good = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; };
  return std::all_of(host.begin(), host.end(), good) && host.front() != '-' && host.front() != '.';
}

}  // namespace

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return upper(c); });
  return out;
}

std::optional<std::int64_t> decimal(std::string_view text) {
  std::int64_t number = 0;
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> times(std::int64_t number, std::int64_t unit) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(number, unit, &product) ? std::nullopt : std::optional(product);
}

std::optional<std::int64_t> with_units(std::string_view text, std::span<const Unit> units, std::int64_t bare) {
  if (const auto alone = decimal(text)) return times(*alone, bare);
  std::int64_t sum = 0;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = decimal(text.substr(0, digits));
    text.remove_prefix(digits);
    const auto letters = std::min(text.find_first_of("0123456789"), text.size());
    const auto name = text.substr(0, letters);
    const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
    if (!number || unit == units.end()) return std::nullopt;
    text.remove_prefix(letters);
    const auto part = times(*number, unit->factor);
    if (!part || __builtin_add_overflow(sum, *part, &sum)) return std::nullopt;
  }
  return sum;
}

std::optional<Address> parse_address(std::string_view text, int standard_port) {
  Address out;
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    in6_addr address{};
    if (close == std::string_view::npos) return std::nullopt;
    out.host = text.substr(1, close - 1);
    if (inet_pton(AF_INET6, out.host.c_str(), &address) != 1) return std::nullopt;
    text.remove_prefix(close + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    out.host = text.substr(0, colon);
    if (!is_host(out.host)) return std::nullopt;
    text.remove_prefix(colon);
  }
  if (text.empty() && standard_port >= 0) {
    out.port = static_cast<std::uint16_t>(standard_port);
    return out;
  }
  if (text.empty() || text.front() != ':') return std::nullopt;
  const auto port = decimal(text.substr(1));
  if (!port || *port > 65535) return std::nullopt;
  out.port = static_cast<std::uint16_t>(*port);
  return out;
}

std::optional<AutomaticFailover> parse_failover(std::string_view text) {
  using Kind = AutomaticFailover::Kind;
  if (text == "never") return AutomaticFailover{Kind::never, 0};
  if (text == "always_primary") return AutomaticFailover{Kind::always_primary, 0};
  if (text == "primary_secondary") return AutomaticFailover{Kind::primary_secondary, 0};
  constexpr std::string_view ranked = "secondary_primary";
  if (!text.starts_with(ranked)) return std::nullopt;
  text.remove_prefix(ranked.size());
  if (text.empty()) return AutomaticFailover{Kind::secondary_primary, 1};
  // uag.md 1.1: the rank is a suffix of the word; a blank or parentheses around it are taken too.
  if (text.front() == ' ') text.remove_prefix(1);
  if (text.size() > 2 && text.front() == '(' && text.back() == ')') text = text.substr(1, text.size() - 2);
  const auto rank = decimal(text);
  if (!rank || *rank < 1 || *rank > 32) return std::nullopt;
  return AutomaticFailover{Kind::secondary_primary, static_cast<int>(*rank)};
}

std::string_view path_fault(std::string_view text, bool colon_ok, std::int64_t max) {
  if (text.empty() || text.front() != '/') return "NOT AN ABSOLUTE PATH";
  if (static_cast<std::int64_t>(text.size()) > max) return "TOO LONG";
  if (!colon_ok && text.find(':') != std::string_view::npos) return "A COLON IN A PATH OF A LIST";
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('/', at), text.size());
    if (text.substr(at, end - at) == "..") return ".. IN A PATH";
    at = end + 1;
  }
  return {};
}

std::string without_end_slash(std::string text) {
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::string Address::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

bool Address::loopback() const {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost";
}

}  // namespace sysplexd::config
