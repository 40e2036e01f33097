// Messages of config. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message config[] = {
    {"UNV1001E", Severity::error, "CANNOT READ CONFIGURATION {}: {}",
     "The file is not there or may not be read.", "Correct the path after --config."},
};

}  // namespace sysplexd::config::messages
