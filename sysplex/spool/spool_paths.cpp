#include "sysplex/spool/spool_paths.hpp"

#include <fmt/format.h>

#include <utility>

namespace sysplexd::spool {

std::string job_text(std::uint64_t number) {
  return number < 100000 ? fmt::format("JOB{:05}", number) : fmt::format("J{:07}", number);
}

std::uint64_t job_number_of(std::string_view text) {
  const auto letter = [&](std::size_t i, char upper) { return i < text.size() && (text[i] & ~0x20) == upper; };
  if (letter(0, 'J')) text.remove_prefix(letter(1, 'O') && letter(2, 'B') ? 3 : 1);
  if (text.empty() || text.size() > 9) return 0;
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

SpoolPaths::SpoolPaths(std::string root) : root_(std::move(root)) {}

std::string SpoolPaths::bucket(std::uint64_t number) const {
  return fmt::format("{}/{:04}", root_, number / jobs_in_bucket);
}

std::string SpoolPaths::sysout_prefix(std::uint64_t number) const { return bucket(number) + "/" + job_text(number); }

std::string SpoolPaths::job_file(std::uint64_t number) const { return sysout_prefix(number) + ".jes"; }

std::string SpoolPaths::sysout_file(std::uint64_t number, int step, std::string_view ddname) const {
  return bucket(number) + "/" + sysout_name(number, step, ddname);
}

std::string SpoolPaths::file_of(std::uint64_t number, std::string_view name) const {
  if (!name.starts_with(job_text(number) + ".") || name.find('/') != std::string_view::npos ||
      name.find('\0') != std::string_view::npos)
    return {};
  return bucket(number) + "/" + std::string(name);
}

std::string sysout_name(std::uint64_t number, int step, std::string_view ddname) {
  return fmt::format("{}.S{}.{}", job_text(number), step, ddname);
}

}  // namespace sysplexd::spool
