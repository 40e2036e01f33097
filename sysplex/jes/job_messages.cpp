#include "sysplex/jes/job_messages.hpp"

#include <fmt/format.h>

#include "config/message.hpp"

namespace sysplexd::jes {

namespace {

constexpr const char* months[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr const char* weekdays[] = {"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"};

std::string spaced(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (!out.empty()) out += ' ';
    out += c;
  }
  return out;
}

std::string duration(std::int64_t ms) {
  return fmt::format("{:5} HR  {:02} MIN  {:02}.{:02} SEC", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                     ms / 10 % 100);
}

std::string usage_lines(const UsageLine& usage) {
  std::string out = fmt::format("        CPU: {}    SRB: {}\n", duration(usage.user_ms), duration(usage.system_ms));
  if (usage.with_memory)
    out += fmt::format("        VIRT: {:7}K  READ: {:10}K  WRITTEN: {:10}K\n", usage.max_rss / 1024,
                       (usage.read_bytes + 1023) / 1024, (usage.write_bytes + 1023) / 1024);
  return out;
}

}  // namespace

std::tm local_time(std::int64_t ms_since_1970) {
  const std::time_t seconds = ms_since_1970 / 1000;
  std::tm time{};
  ::localtime_r(&seconds, &time);
  return time;
}

std::string clock_text(const std::tm& time) {
  return fmt::format("{:02}.{:02}.{:02}", time.tm_hour, time.tm_min, time.tm_sec);
}

std::string julian_text(const std::tm& time) {
  return fmt::format("{:04}{:03}.{:02}{:02}", time.tm_year + 1900, time.tm_yday + 1, time.tm_hour, time.tm_min);
}

std::string log_banner(std::string_view sysname, std::string_view node, std::string_view jobid, const std::tm& time) {
  std::string out = fmt::format("{:20}J E S 2  J O B  L O G  --  S Y S T E M  {}  --  N O D E  {}\n\n", "",
                                spaced(sysname), spaced(node));
  out += fmt::format(" {} {:<8} ---- {:<9} {:02} {} {} ----\n", clock_text(time), jobid,
                     std::string(weekdays[time.tm_wday % 7]) + ",", time.tm_mday, months[time.tm_mon % 12],
                     time.tm_year + 1900);
  return out;
}

std::string log_line(std::string_view jobid, const std::tm& time, std::string_view text) {
  return fmt::format(" {} {:<8}  {}\n", clock_text(time), jobid, text);
}

std::string log_statistics(const JobStatistics& statistics) {
  return fmt::format(
      "------ JES2 JOB STATISTICS ------\n"
      " {:02} {} {} JOB EXECUTION DATE\n"
      " {:12} CARDS READ\n"
      " {:12} SYSOUT SPOOL KBYTES\n"
      " {:12.2f} MINUTES EXECUTION TIME\n",
      statistics.time.tm_mday, months[statistics.time.tm_mon % 12], statistics.time.tm_year + 1900, statistics.cards,
      (statistics.spool_bytes + 1023) / 1024, static_cast<double>(statistics.elapsed_ms) / 60'000.0);
}

std::string step_words(std::string_view job, std::string_view step, std::string_view procstep) {
  std::string out(job);
  for (const auto word : {procstep, step}) {
    if (word.empty()) continue;
    out += ' ';
    out += word;
  }
  return out;
}

std::string step_usage(std::string_view step, const UsageLine& usage) {
  return config::text<"IEF373I">(step, julian_text(usage.started)) + "\n" +
         config::text<"IEF032I">(step, julian_text(usage.stopped)) + "\n" + usage_lines(usage);
}

std::string job_usage(std::string_view job, const UsageLine& usage) {
  return config::text<"IEF375I">(job, julian_text(usage.started)) + "\n" +
         config::text<"IEF033I">(job, julian_text(usage.stopped)) + "\n" + usage_lines(usage);
}

}  // namespace sysplexd::jes
