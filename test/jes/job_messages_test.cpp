#include "sysplex/jes/job_messages.hpp"

#include <boost/test/unit_test.hpp>

using namespace sysplexd::jes;

namespace {
std::tm friday() {
  std::tm time{};
  time.tm_year = 126;
  time.tm_mon = 0;
  time.tm_mday = 2;
  time.tm_wday = 5;
  time.tm_yday = 1;
  time.tm_hour = 11;
  time.tm_min = 31;
  time.tm_sec = 2;
  return time;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(job_messages)

BOOST_AUTO_TEST_CASE(a_log_line_has_blank_time_blank_job_id_two_blanks_and_text) {
  BOOST_TEST(log_line("JOB00001", friday(), "IEF403I PAY - STARTED") == " 11.31.02 JOB00001  IEF403I PAY - STARTED\n");
  BOOST_TEST(log_line("J0100000", friday(), "X") == " 11.31.02 J0100000  X\n");
}

BOOST_AUTO_TEST_CASE(the_banner_spaces_the_names_and_dates_the_log) {
  const auto banner = log_banner("SYS1", "N1", "JOB00001", friday());
  BOOST_TEST(banner.find("J E S 2  J O B  L O G  --  S Y S T E M  S Y S 1  --  N O D E  N 1\n") != std::string::npos);
  BOOST_TEST(banner.find(" 11.31.02 JOB00001 ---- FRIDAY,   02 JAN 2026 ----\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_step_is_named_by_job_procedure_step_and_step) {
  BOOST_TEST(step_words("PAY", "STEP1", "") == "PAY STEP1");
  BOOST_TEST(step_words("PAY", "COMP", "COBOL") == "PAY COBOL COMP");
  BOOST_TEST(step_words("PAY", "", "") == "PAY");
}

BOOST_AUTO_TEST_CASE(usage_is_told_in_hours_minutes_and_hundredths) {
  UsageLine usage;
  usage.started = usage.stopped = friday();
  usage.user_ms = 3'600'000 + 2 * 60'000 + 3'450;
  usage.system_ms = 10;
  usage.max_rss = 4096;
  usage.read_bytes = 1;
  usage.write_bytes = 2048;
  BOOST_TEST(step_usage("STEP1", usage) ==
             "IEF373I STEP/STEP1   /START 2026002.1131\n"
             "IEF032I STEP/STEP1   /STOP  2026002.1131\n"
             "        CPU:     1 HR  02 MIN  03.45 SEC    SRB:     0 HR  00 MIN  00.01 SEC\n"
             "        VIRT:       4K  READ:          1K  WRITTEN:          2K\n");
  usage.with_memory = false;
  const auto job = job_usage("PAY", usage);
  BOOST_TEST(job.starts_with("IEF375I  JOB/PAY     /START 2026002.1131\nIEF033I  JOB/PAY     /STOP  2026002.1131\n"));
  BOOST_TEST(job.find("VIRT") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_statistics_are_one_block) {
  const auto block = log_statistics({friday(), 12, 1025, 90'000});
  BOOST_TEST(block.starts_with("------ JES2 JOB STATISTICS ------\n 02 JAN 2026 JOB EXECUTION DATE\n"));
  BOOST_TEST(block.find("           12 CARDS READ\n") != std::string::npos);
  BOOST_TEST(block.find("            2 SYSOUT SPOOL KBYTES\n") != std::string::npos);
  BOOST_TEST(block.find("         1.50 MINUTES EXECUTION TIME\n") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
