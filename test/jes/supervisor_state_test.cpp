#include "sysplex/jes/supervisor_state.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sysplex/jes/protocol.hpp"
#include "test/support/temp_dir.hpp"

using namespace sysplexd;
using namespace sysplexd::jes;

BOOST_AUTO_TEST_SUITE(supervisor_state)

namespace {
SupervisorRecord sample() {
  SupervisorRecord record;
  record.keep = {1, 2, 7};
  InitiatorHello hello;
  hello.initiator = 2;
  hello.pid = 4711;
  hello.start_ticks = 99;
  hello.boot_id = "boot";
  hello.running = {12, 3};
  record.initiators.push_back(hello);
  DeathRecord death;
  death.died.initiator = hello;
  death.died.how = "signal 9";
  death.processes_gone = true;
  record.deaths.push_back(death);
  return record;
}
}  // namespace

BOOST_AUTO_TEST_CASE(what_was_written_is_read_and_a_missing_file_is_empty) {
  const test::TempDir folder;
  const std::string path = folder / "s";
  BOOST_TEST(read_supervisor_record(path)->keep.empty());
  BOOST_REQUIRE(write_supervisor_record(path, sample()).ok());
  const auto read = read_supervisor_record(path);
  BOOST_REQUIRE(read.ok());
  BOOST_TEST(read->keep == (std::vector<std::uint32_t>{1, 2, 7}), boost::test_tools::per_element());
  BOOST_TEST((read->initiators.at(0).running == AttemptId{12, 3}));
  BOOST_TEST(read->deaths.at(0).died.how == "signal 9");
  BOOST_TEST(read->deaths.at(0).processes_gone);
  BOOST_TEST(!std::filesystem::exists(path + ".new"));
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_corrupt_at_every_byte_and_length) {
  const test::TempDir folder;
  const std::string path = folder / "s";
  BOOST_REQUIRE(write_supervisor_record(path, sample()).ok());
  std::ostringstream read;
  read << std::ifstream(path, std::ios::binary).rdbuf();
  const std::string whole = read.str();
  const auto state_with = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    const auto answer = read_supervisor_record(path);
    return answer.ok() ? net::Errc{} : answer.error().code;
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    BOOST_TEST((state_with(bytes) == net::Errc::corrupt), "byte " << at);
    BOOST_TEST((state_with(whole.substr(0, at)) == net::Errc::corrupt), "length " << at);
  }
  BOOST_TEST((state_with(whole + "x") == net::Errc::corrupt));
}

BOOST_AUTO_TEST_CASE(a_cookie_names_job_attempt_and_mount_point) {
  const auto cookie = attempt_cookie({7, 2}, "/m");
  BOOST_TEST(cookie.starts_with("JOB00007.2."));
  BOOST_TEST(cookie == attempt_cookie({7, 2}, "/m"));
  BOOST_TEST(cookie != attempt_cookie({7, 2}, "/n"));
  BOOST_TEST(cookie != attempt_cookie({7, 3}, "/m"));
  BOOST_TEST(job_number(job_id_text(123456)) == 123456u);
}

BOOST_AUTO_TEST_SUITE_END()
