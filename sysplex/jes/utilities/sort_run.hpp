// The parts of sort.cpp that tests call directly.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

namespace sysplexd::jes::sort {

int run();  // condition code; DDs from the environment

// "65536", "64K", "64M", "1G"; nullopt: something else.
std::optional<std::size_t> parse_size(std::string_view text);

}  // namespace sysplexd::jes::sort
