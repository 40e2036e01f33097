// The grammars of option values, each alone: letters, numbers with units, addresses, paths. Used by value.cpp (read)
// and value_text.cpp (write). Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace sysplexd::config {

// ASCII only: a locale must not change what a name is.
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
inline bool is_letter(char c) { return upper(c) >= 'A' && upper(c) <= 'Z'; }
inline bool is_national(char c) { return c == '$' || c == '#' || c == '@'; }
inline bool is_name_character(char c) { return is_letter(c) || is_digit(c) || is_national(c); }

std::string upper(std::string_view text);

// Digits only; nullopt for anything else and for what does not fit.
std::optional<std::int64_t> decimal(std::string_view text);
// nullopt where the product does not fit.
std::optional<std::int64_t> times(std::int64_t number, std::int64_t unit);

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

inline constexpr Unit duration_units[] = {{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}};
inline constexpr Unit size_units[] = {
    {"KiB", 1LL << 10}, {"MiB", 1LL << 20}, {"GiB", 1LL << 30}, {"TiB", 1LL << 40},    {"kB", 1000},
    {"KB", 1000},       {"MB", 1000000},    {"GB", 1000000000}, {"TB", 1000000000000}, {"B", 1}};

// "1d12h": numbers with their units, added up. A number without a unit only alone: in `bare`.
std::optional<std::int64_t> with_units(std::string_view text, std::span<const Unit> units, std::int64_t bare);

// host:port, [v6]:port; without a port where standard_port is one (not -1).
std::optional<Address> parse_address(std::string_view text, int standard_port);
std::optional<AutomaticFailover> parse_failover(std::string_view text);

// Why the text is no path of ours; empty: it is one.
std::string_view path_fault(std::string_view text, bool colon_ok, std::int64_t max);
std::string without_end_slash(std::string text);

}  // namespace sysplexd::config
