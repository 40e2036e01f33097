#include "sysplex/jes/abend.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>

using namespace sysplexd::jes;

BOOST_AUTO_TEST_SUITE(abend)

namespace {
struct Row {
  int signal;
  const char* code;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.signal << " " << row.code; }
const Row rows[] = {{SIGSEGV, "S0C4"}, {SIGBUS, "S0C4"},   {SIGILL, "S0C1"},   {SIGFPE, "S0C9"},  {SIGABRT, "U4038"},
                    {SIGXCPU, "S322"}, {SIGKILL, "U0009"}, {SIGTERM, "U0015"}, {SIGHUP, "U0001"}, {SIGRTMIN, "U0034"}};
}  // namespace

BOOST_DATA_TEST_CASE(a_signal_is_the_abend_that_it_means, boost::unit_test::data::make(rows)) {
  BOOST_TEST(abend_of_signal(sample.signal) == sample.code);
  BOOST_TEST(is_abend_code(sample.code));
  const auto result = step_result({true, sample.signal}, {}, "", "");
  BOOST_TEST(result.abend == sample.code);
  BOOST_TEST(result.reason.find(signal_name(sample.signal)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_abend_code_is_three_hex_digits_or_a_number_up_to_4095) {
  for (const char* good : {"S0C4", "S322", "SE37", "U0000", "U4095"}) BOOST_TEST(is_abend_code(good), good);
  for (const char* bad : {"", "S", "S0C", "S0C44", "S0cg", "s0c4", "U4096", "U100", "U00000", "X0C4"})
    BOOST_TEST(!is_abend_code(bad), bad);
}

BOOST_AUTO_TEST_CASE(an_exit_status_is_the_condition_code) {
  BOOST_TEST(step_result({false, 0}, {}, "", "").cc == 0);
  BOOST_TEST(step_result({false, 255}, {}, "", "").cc == 255);
  BOOST_TEST(step_result({false, 255}, {}, "", "").abend.empty());
}

BOOST_AUTO_TEST_CASE(the_channel_wins_over_the_exit_status) {
  const auto result = step_result({false, 184}, parse_rc_channel("CC 3000\n"), "", "");
  BOOST_TEST(result.cc == 3000);
  const auto abend = step_result({false, 1}, parse_rc_channel("CC 0\nABEND S0C7 bad digit in COUNT\n"), "", "");
  BOOST_TEST(abend.abend == "S0C7");
  BOOST_TEST(abend.reason == "bad digit in COUNT");
  BOOST_TEST(abend.cc == 0);
  // The last line of the two kinds counts.
  BOOST_TEST(step_result({false, 1}, parse_rc_channel("ABEND S0C7\nCC 8\n"), "", "").abend.empty());
}

BOOST_AUTO_TEST_CASE(a_signal_is_an_abend_even_after_a_good_code_was_reported) {
  BOOST_TEST(step_result({true, SIGSEGV}, parse_rc_channel("CC 0\n"), "", "").abend == "S0C4");
  // But the abend that the launcher reported before it aborted says more.
  BOOST_TEST(step_result({true, SIGABRT}, parse_rc_channel("ABEND U0016 asked for\n"), "", "").abend == "U0016");
}

BOOST_AUTO_TEST_CASE(an_order_of_the_system_wins_over_all) {
  const auto result = step_result({false, 0}, parse_rc_channel("CC 0\n"), "S222", "cancelled by OPER");
  BOOST_TEST(result.abend == "S222");
  BOOST_TEST(result.reason == "cancelled by OPER");
}

BOOST_AUTO_TEST_CASE(a_code_above_4095_stays_a_failure) {
  BOOST_TEST(*parse_rc_channel("CC 4096\n").cc == 4095);
  BOOST_TEST(*parse_rc_channel("CC 65536\n").cc == 4095);
}

BOOST_AUTO_TEST_CASE(lines_that_mean_nothing_are_shown_and_change_nothing) {
  const auto report = parse_rc_channel("CC eight\nCC -4\nCC 4 5\nABEND 0C4\nhello\n\nMSG SORTED 12 RECORDS\nCC 4");
  BOOST_TEST(*report.cc == 4);
  BOOST_TEST(report.abend.empty());
  BOOST_TEST(report.messages.size() == 6u);
  BOOST_TEST(report.messages[5] == "SORTED 12 RECORDS");
  for (std::size_t i = 0; i < 5; ++i) BOOST_TEST(report.messages[i].starts_with("RC CHANNEL LINE NOT UNDERSTOOD"));
}

BOOST_AUTO_TEST_CASE(a_channel_full_of_rubbish_has_an_end) {
  const auto report = parse_rc_channel(std::string(10 << 20, 'x'));
  BOOST_TEST(report.messages.size() == 1u);
  BOOST_TEST(report.messages[0].size() < 1100u);
  std::string many;
  for (int i = 0; i < 10000; ++i) many += "MSG x\n";
  BOOST_TEST(parse_rc_channel(many).messages.size() == rc_messages_max);
  BOOST_TEST(parse_rc_channel(std::string("MSG a\x1b[2Jb\0c\n", 13)).messages[0] == "a.[2Jb.c");
}

BOOST_AUTO_TEST_CASE(a_code_has_a_system_and_a_user_half) {
  BOOST_TEST(abend_halves("S0C4").system == "S0C4");
  BOOST_TEST(abend_halves("S0C4").user == "U0000");
  BOOST_TEST(abend_halves("U0016").system == "S000");
  BOOST_TEST(abend_halves("U0016").user == "U0016");
}

BOOST_AUTO_TEST_SUITE_END()
