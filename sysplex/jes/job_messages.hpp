// The lines of JESMSGLG and JESYSMSG (jcl-zosmf.md 2.7), each ended by a newline. Pure: times come in.
#pragma once
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace sysplexd::jes {

std::tm local_time(std::int64_t ms_since_1970);  // the one function here that asks the system: its time zone

// "hh.mm.ss" and "yyyyddd.hhmm".
std::string clock_text(const std::tm& time);
std::string julian_text(const std::tm& time);

// First lines of JESMSGLG; also for a job that never runs (JCL error).
std::string log_banner(std::string_view sysname, std::string_view node, std::string_view jobid, const std::tm& time);
// One line: " hh.mm.ss JOB00001  text".
std::string log_line(std::string_view jobid, const std::tm& time, std::string_view text);

struct JobStatistics {
  std::tm time{};
  std::int64_t cards = 0;
  std::uint64_t spool_bytes = 0;
  std::int64_t elapsed_ms = 0;
};
// The block at the end of JESMSGLG. Print records are not counted: output may be ten gigabytes, and is bytes.
std::string log_statistics(const JobStatistics& statistics);

// "JOB PROCSTEP STEP" without the parts that are empty: how IEF messages name a step.
std::string step_words(std::string_view job, std::string_view step, std::string_view procstep);

struct UsageLine {
  std::tm started{}, stopped{};
  std::int64_t user_ms = 0, system_ms = 0;  // CPU and SRB
  std::int64_t max_rss = 0, read_bytes = 0, write_bytes = 0;
  bool with_memory = true;  // of a step; the job's line has the times alone
};
std::string step_usage(std::string_view step, const UsageLine& usage);  // IEF373I, IEF032I
std::string job_usage(std::string_view job, const UsageLine& usage);    // IEF375I, IEF033I

}  // namespace sysplexd::jes
