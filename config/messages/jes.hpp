// Messages of jes. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message jes[] = {
    {"$HASP373", Severity::information, "{:<8} STARTED - INIT {} - CLASS {} - SYS {}",
     "An initiator has started the job.", "None."},
};

}  // namespace sysplexd::config::messages
