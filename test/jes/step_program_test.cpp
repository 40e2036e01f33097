#include "sysplex/jes/step_program.hpp"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "sysplex/jes/job_files.hpp"
#include "test/support/temp_dir.hpp"

using namespace sysplexd::jes;
namespace fs = std::filesystem;

namespace {

struct Libraries {
  Libraries() {
    for (const char* folder : {"one", "two"}) fs::create_directory(folder_ / folder);
  }
  void put(const std::string& name) const { std::ofstream(root + "/" + name) << "#!/bin/sh\n"; }
  ProgramCommand find(const std::string& program, std::optional<std::string> parm = std::nullopt) const {
    const std::vector<std::string> steplib{root + "/one"}, linklist{root + "/two"};
    ProgramRequest request;
    request.name = program;
    request.parm = std::move(parm);
    request.libraries = &steplib;
    request.linklist = &linklist;
    request.binary = "/bin/sysplexd";
    return find_command(request);
  }
  sysplexd::test::TempDir folder_;
  std::string root = folder_.path();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(step_program)

BOOST_AUTO_TEST_CASE(a_built_in_program_is_our_own_binary) {
  const Libraries libraries;
  const auto command = libraries.find("IEFBR14", "X");
  BOOST_TEST(command.path == "/bin/sysplexd");
  BOOST_TEST(command.arguments == (std::vector<std::string>{"/bin/sysplexd", "program", "IEFBR14"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_step_library_comes_before_the_link_list) {
  const Libraries libraries;
  libraries.put("two/PAYROLL");
  BOOST_TEST(libraries.find("PAYROLL").path == libraries.root + "/two/PAYROLL");
  libraries.put("one/payroll");
  BOOST_TEST(libraries.find("PAYROLL").path == libraries.root + "/one/payroll");
  libraries.put("one/PAYROLL");
  BOOST_TEST(libraries.find("PAYROLL").path == libraries.root + "/one/PAYROLL");
}

BOOST_AUTO_TEST_CASE(a_module_goes_to_the_cobol_launcher) {
  const Libraries libraries;
  libraries.put("one/CALC.so");
  const auto command = libraries.find("CALC", "A B");
  BOOST_TEST(command.path == "/bin/sysplexd");
  BOOST_TEST(command.arguments == (std::vector<std::string>{"/bin/sysplexd", "cobol", libraries.root + "/one/CALC.so"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_ordinary_program_gets_its_parm_in_words) {
  const Libraries libraries;
  libraries.put("one/RUN");
  const auto command = libraries.find("RUN", "a 'b c' d");
  BOOST_TEST(command.arguments == (std::vector<std::string>{libraries.root + "/one/RUN", "a", "b c", "d"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_program_that_is_nowhere_is_s806_with_the_places_searched) {
  const Libraries libraries;
  const auto command = libraries.find("NOTHERE");
  BOOST_TEST(command.abend == "S806");
  BOOST_TEST(command.reason.starts_with("CSV003I"));
  BOOST_TEST(command.reason.find("NOTHERE") != std::string::npos);
  BOOST_TEST(command.reason.find(libraries.root + "/one") != std::string::npos);
  fs::create_directory(libraries.root + "/one/FOLDER");
  BOOST_TEST(libraries.find("FOLDER").abend == "S806");
}

BOOST_AUTO_TEST_CASE(a_name_does_not_lead_out_of_its_library) {
  const Libraries libraries;
  libraries.put("secret");
  for (const char* name : {"../secret", "..", ".", "", "/bin/sh"})
    BOOST_TEST(libraries.find(name).abend == "S806", name);
}

BOOST_AUTO_TEST_CASE(a_program_of_an_earlier_dd_is_exactly_that_file) {
  const Libraries libraries;
  libraries.put("one/X");
  libraries.put("two/GO");
  ProgramRequest request;
  request.name = "X";
  request.program_path = libraries.root + "/two/GO";
  BOOST_TEST(find_command(request).path == libraries.root + "/two/GO");
  request.program_path = libraries.root + "/two/NONE";
  BOOST_TEST(find_command(request).abend == "S806");
}

BOOST_AUTO_TEST_CASE(parm_is_split_at_blanks_outside_quotes) {
  const auto split = [](const char* parm) {
    std::string joined;
    for (const auto& word : split_parm(parm)) joined += "[" + word + "]";
    return joined;
  };
  BOOST_TEST(split("") == "");
  BOOST_TEST(split("   ") == "");
  BOOST_TEST(split("a") == "[a]");
  BOOST_TEST(split("  a  bb ") == "[a][bb]");
  BOOST_TEST(split("'a b' \"c 'd'\"") == "[a b][c 'd']");
  BOOST_TEST(split("x'y z'w") == "[xy zw]");
  BOOST_TEST(split("'' a") == "[][a]");
  BOOST_TEST(split("'open end") == "[open end]");
  BOOST_TEST(split("$HOME;ls|*") == "[$HOME;ls|*]");
}

BOOST_AUTO_TEST_CASE(a_parm_data_set_is_its_records_without_line_ends) {
  const Libraries libraries;
  std::ofstream(libraries.root + "/parm") << "FIRST,   \nSECOND\n";
  BOOST_TEST(read_parm_file(libraries.root + "/parm") == "FIRST,SECOND");
  std::ofstream(libraries.root + "/long") << std::string(100'000, 'x');
  BOOST_TEST(read_parm_file(libraries.root + "/long").size() == 32760u);
  BOOST_TEST(read_parm_file(libraries.root + "/none") == "");
}

BOOST_AUTO_TEST_SUITE_END()
