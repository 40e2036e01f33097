#include "sysplex/spool/spool_paths.hpp"

#include <boost/test/unit_test.hpp>

using namespace sysplexd::spool;

BOOST_AUTO_TEST_SUITE(spool_paths)

BOOST_AUTO_TEST_CASE(a_job_id_has_five_digits_and_seven_from_a_hundred_thousand_on) {
  BOOST_TEST(job_text(1) == "JOB00001");
  BOOST_TEST(job_text(99999) == "JOB99999");
  BOOST_TEST(job_text(100000) == "J0100000");
  BOOST_TEST(job_text(12345678) == "J12345678");
}

BOOST_AUTO_TEST_CASE(a_job_id_is_read_in_each_form_and_nothing_else_is) {
  for (const std::uint64_t number : {1ull, 42ull, 99999ull, 100000ull, 9999999ull})
    BOOST_TEST(job_number_of(job_text(number)) == number);
  BOOST_TEST(job_number_of("job00007") == 7u);
  BOOST_TEST(job_number_of("j0100000") == 100000u);
  BOOST_TEST(job_number_of("17") == 17u);
  for (const char* wrong : {"", "JOB", "J", "JOBX", "JOB1X", "TSU00001", "-1", "JO12", "99999999999999999999"})
    BOOST_TEST(job_number_of(wrong) == 0u, wrong);
}

BOOST_AUTO_TEST_CASE(a_thousand_jobs_share_a_bucket) {
  const SpoolPaths paths("/s/UNVSPOOL");
  BOOST_TEST(paths.bucket(999) == "/s/UNVSPOOL/0000");
  BOOST_TEST(paths.bucket(1000) == "/s/UNVSPOOL/0001");
  BOOST_TEST(paths.bucket(12'345'678) == "/s/UNVSPOOL/12345");
  BOOST_TEST(paths.job_file(12345) == "/s/UNVSPOOL/0012/JOB12345.jes");
  BOOST_TEST(paths.sysout_prefix(12345) == "/s/UNVSPOOL/0012/JOB12345");
  BOOST_TEST(paths.sysout_file(12345, 3, "SYSPRINT") == "/s/UNVSPOOL/0012/JOB12345.S3.SYSPRINT");
}

BOOST_AUTO_TEST_CASE(a_file_name_of_a_record_does_not_lead_out_of_the_bucket) {
  const SpoolPaths paths("/s");
  BOOST_TEST(paths.file_of(7, "JOB00007.S1.OUT") == "/s/0000/JOB00007.S1.OUT");
  BOOST_TEST(paths.file_of(7, "JOB00008.S1.OUT") == "");
  BOOST_TEST(paths.file_of(7, "JOB00007./../../etc/passwd") == "");
  BOOST_TEST(paths.file_of(7, "/etc/passwd") == "");
  BOOST_TEST(paths.file_of(7, "") == "");
}

BOOST_AUTO_TEST_SUITE_END()
