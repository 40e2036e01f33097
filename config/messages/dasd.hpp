// Messages of dasd. Included by config/message.hpp only.
#pragma once
namespace sysplexd::config::messages {

inline constexpr Message dasd[] = {
    {"IEF212I", Severity::error, "{} {} {} - DATA SET NOT FOUND",
     "DISP=OLD or SHR names a data set that is not catalogued.", "Correct the name, or create it in an earlier step."},
};

}  // namespace sysplexd::config::messages
