// Rules of generation data groups: order, relative numbers, roll-off. Pure.
#pragma once
#include <string>
#include <vector>

#include "net/result.hpp"
#include "sysplex/dasd/data_set.hpp"
#include "sysplex/dasd/dsn.hpp"

namespace sysplexd::dasd {

// Newest first. Numbers wrap from 9999 to 1: when a group has both low and high ones the low ones are newer (a group
// has at most 999, so the window is never ambiguous).
void sort_newest_first(std::vector<GenerationName>& generations);

// The generation that (relative) means in a group whose catalogued generations are `newest_first`: 0 the newest, -1 the
// one before, +n a number n above the newest. not_found: there are not so many; invalid: out of -998..+255.
net::Result<GenerationName> resolve_relative(const std::string& base, const std::vector<GenerationName>& newest_first,
                                             int relative);

// What rolls off when `newest_first` already holds the new generation: NOEMPTY the oldest beyond the limit, EMPTY all
// but the newest as soon as the limit is passed.
std::vector<GenerationName> rolls_off(const GdgBase& base, const std::vector<GenerationName>& newest_first);

}  // namespace sysplexd::dasd
