// Messages of utility. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message utility[] = {
    {"CSV003I", Severity::error, "REQUESTED MODULE {} NOT FOUND",
     "The program is in no library that the step searches; the step ends with S806.", "Correct PGM=, or add the library to STEPLIB or [jes] linklist."},
};

}  // namespace sysplexd::config::messages
