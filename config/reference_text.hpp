// Words that reference.cpp, reference_json.cpp and man_page.cpp share; nobody else includes it.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/load.hpp"
#include "config/message.hpp"

namespace sysplexd::config {

// Lines of at most 100 columns, each behind `prefix` and `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent, std::string_view prefix = "");
std::string_view severity_name(Severity severity);
std::vector<const Message*> messages_by_id();
// A message's pattern for readers: {} becomes <1>, <2> …
std::string shown_text(std::string_view pattern);
std::string absent_text(const Option& option);  // what holds when the option is not written
std::string example_value(const Option& option);
std::string origin_name(const Origin& origin);          // file, default, derived
std::pair<int, int> counted(const LoadResult& result);  // options of the file, options by default

}  // namespace sysplexd::config
