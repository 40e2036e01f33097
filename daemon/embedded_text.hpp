// Files of packaging/ that the binary carries (made by CMake from packaging/samples).
#pragma once
#include <string_view>

namespace sysplexd::daemon {

extern const std::string_view payroll_sample;

}  // namespace sysplexd::daemon
