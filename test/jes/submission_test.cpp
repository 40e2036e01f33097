// prepare_job: one deck becomes a record and the first bytes of its job file.
#include "sysplex/jes/submission.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "sysplex/jes/job_view.hpp"
#include "test/support/temp_folder.hpp"

namespace {

using namespace sysplexd;

jes::ConversionRules rules() {
  jes::ConversionRules result;
  result.sysname = "SYS1";
  result.system_symbols = {{"SYSNAME", "SYS1"}};
  return result;
}

jes::PreparedJob prepare(const std::string& text, const jes::ConversionRules& with, jes::Submitter submitter = {}) {
  submitter.user = "payuser";
  jcl::JobDeck deck;
  deck.text = text;
  return jes::prepare_job(std::move(deck), 12, submitter, with, 1'700'000'000'000);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(submission)

BOOST_AUTO_TEST_CASE(a_good_deck_is_queued_with_its_names_and_its_job_file_converts_again) {
  test::TempFolder folder;
  std::ofstream(folder / "ADDSTEP") << "//ADDSTEP PROC\n//X EXEC PGM=IEFBR14\n//  PEND\n";
  auto with = rules();
  with.proclib.folders = {folder.path()};
  const auto prepared = prepare(
      "//PAY JOB (1),'X',CLASS=B,PRTY=9\n//S1 EXEC PGM=IEFBR14\n//A DD DSN=PAY.MASTER,DISP=OLD\n//B DD "
      "DSN=PAY.RATES,DISP=SHR\n//S2 EXEC ADDSTEP\n",
      with);
  BOOST_TEST(prepared.errors.empty());
  BOOST_TEST((prepared.record.state == jes::JobState::queued));
  BOOST_TEST(prepared.record.name == "PAY");
  BOOST_TEST(prepared.record.job_class == "B");
  BOOST_TEST(prepared.record.priority == 9);
  BOOST_TEST(prepared.record.steps == 2);
  BOOST_TEST(prepared.record.exclusive_names == std::vector<std::string>{"PAY.MASTER"},
             boost::test_tools::per_element());
  BOOST_TEST(prepared.record.shared_names == std::vector<std::string>{"PAY.RATES"}, boost::test_tools::per_element());
  // The procedure is gone; the job file has what the converter read.
  std::filesystem::remove(folder / "ADDSTEP");
  const spool::SpoolPaths paths(folder.path());
  std::filesystem::create_directories(paths.bucket(12));
  std::ofstream(paths.job_file(12), std::ios::binary) << prepared.job_file;
  const auto view = jes::view_job(prepared.record, paths);
  BOOST_TEST(view.problem == "");
  BOOST_REQUIRE(view.steps.size() == 2u);
  BOOST_TEST(view.steps[1].step == "S2");
  BOOST_TEST(view.steps[1].procstep == "X");
  BOOST_TEST(view.files.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_bad_deck_ends_as_jcl_error_with_every_error_and_its_card) {
  const auto prepared = prepare("//BAD JOB (1),'X'\n//S1 EXEC PGM=IEFBR14,REGON=4M\n//S2 EXEC NOPROC\n", rules());
  BOOST_TEST((prepared.record.end == jes::EndKind::jcl_error));
  BOOST_TEST(jes::retcode_text(prepared.record) == "JCL ERROR");
  BOOST_REQUIRE(prepared.errors.size() == 2u);
  BOOST_TEST(prepared.errors[0].card == 2);
  BOOST_TEST(prepared.errors[1].id == "IEFC612I");
  BOOST_TEST(prepared.record.reason.find("2 JCL errors") == 0u);
}

BOOST_AUTO_TEST_CASE(typrun_scan_ends_without_running_and_hold_waits) {
  BOOST_TEST((prepare("//A JOB 1,TYPRUN=SCAN\n//S EXEC PGM=IEFBR14\n", rules()).record.end == jes::EndKind::scanned));
  BOOST_TEST(prepare("//A JOB 1,TYPRUN=HOLD\n//S EXEC PGM=IEFBR14\n", rules()).record.held);
  jes::Submitter submitter;
  submitter.hold = true;
  BOOST_TEST(prepare("//A JOB 1\n//S EXEC PGM=IEFBR14\n", rules(), submitter).record.held);
}

BOOST_AUTO_TEST_CASE(the_user_and_the_date_are_symbols) {
  const auto symbols = jes::job_symbols(rules(), "payuser", 1'700'000'000'000);
  BOOST_TEST(symbols.at("SYSUID") == "PAYUSER");
  BOOST_TEST(symbols.at("SYSNAME") == "SYS1");
  BOOST_TEST(symbols.at("YYMMDD").size() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
