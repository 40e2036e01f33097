#include "sysplex/spool/retention.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "test/support/temp_dir.hpp"

using namespace sysplexd::spool;
namespace fs = std::filesystem;

namespace {

struct Spool {
  Spool() : paths(root.path()) { fs::create_directories(paths.bucket(1)); }
  void touch(const std::string& name) const { std::ofstream(paths.bucket(1) + "/" + name) << "x"; }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::directory_iterator(paths.bucket(1))) out.push_back(entry.path().filename());
    std::sort(out.begin(), out.end());
    return out;
  }
  sysplexd::test::TempDir root;
  SpoolPaths paths;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(retention)

BOOST_AUTO_TEST_CASE(a_retention_is_a_number_with_a_unit_and_days_without) {
  BOOST_TEST(*parse_retention("30s") == 30'000);
  BOOST_TEST(*parse_retention("15m") == 900'000);
  BOOST_TEST(*parse_retention("12h") == 43'200'000);
  BOOST_TEST(*parse_retention("7d") == 604'800'000);
  BOOST_TEST(*parse_retention("7") == 604'800'000);
  BOOST_TEST(*parse_retention("0") == 0);
  for (const char* wrong : {"", "d", "7w", "-1", "1.5d", "9999999", " 7"})
    BOOST_TEST(!parse_retention(wrong).ok(), wrong);
}

BOOST_AUTO_TEST_CASE(only_ended_unused_unheld_jobs_past_the_limit_go_oldest_first) {
  const std::int64_t now = 1'000'000;
  const std::vector<RetentionCandidate> jobs = {
      {1, true, false, false, 900'000},   {2, true, false, false, 100'000}, {3, false, false, false, 100},
      {4, true, true, false, 100},        {5, true, false, true, 100},      {6, true, false, false, 99'999},
      {7, true, false, false, 2'000'000},  // ended in the future: the clock was set back
      {8, true, false, false, 500'001},
  };
  BOOST_TEST(expired_jobs(jobs, now, 500'000, 10) == (std::vector<std::uint64_t>{6, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(expired_jobs(jobs, now, 500'000, 1) == (std::vector<std::uint64_t>{6}), boost::test_tools::per_element());
  BOOST_TEST(expired_jobs(jobs, now, 499'999, 10).size() == 3u);
  BOOST_TEST(expired_jobs(jobs, now, 0, 10).empty());
}

BOOST_AUTO_TEST_CASE(all_files_of_a_job_go_and_nobody_elses) {
  const Spool spool;
  for (const char* name : {"JOB00001.jes", "JOB00001.S1.SYSPRINT", "JOB00001.S2.OUT", "JOB00010.jes", "JOB00010.S1.A"})
    spool.touch(name);
  BOOST_REQUIRE(delete_job_files(spool.paths, 1).ok());
  BOOST_TEST(spool.names() == (std::vector<std::string>{"JOB00010.S1.A", "JOB00010.jes"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(deleting_what_is_not_there_says_so) {
  const Spool spool;
  const auto deleted = delete_job_files(spool.paths, 1);
  BOOST_REQUIRE(!deleted.ok());
  BOOST_TEST((deleted.error().code == sysplexd::net::Errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_deletion_that_was_interrupted_is_finished) {
  const Spool spool;
  // After the rename, one SYSOUT file left: the job has no output any more, and the rest goes later.
  for (const char* name : {"JOB00001.deleted", "JOB00001.S2.OUT", "JOB00002.jes", "JOB00002.S1.OUT", "NOTES.deleted"})
    spool.touch(name);
  BOOST_REQUIRE(finish_deletes(spool.paths.bucket(1)).ok());
  BOOST_TEST(spool.names() == (std::vector<std::string>{"JOB00002.S1.OUT", "JOB00002.jes", "NOTES.deleted"}),
             boost::test_tools::per_element());
  // Or by deleting the job again.
  for (const char* name : {"JOB00003.deleted", "JOB00003.S2.OUT"}) spool.touch(name);
  BOOST_REQUIRE(delete_job_files(spool.paths, 3).ok());
  BOOST_TEST(spool.names().size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
