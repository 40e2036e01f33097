// Messages of jcl. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message jcl[] = {
    {"IEFC630I", Severity::error, "UNIDENTIFIED KEYWORD {}",
     "The statement has a keyword that JCL does not know here.", "Correct the keyword."},
};

}  // namespace sysplexd::config::messages
