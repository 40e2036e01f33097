// A test binary whose tests start processes of ours (test/jes) is itself the program that they are started from: it
// defines run_as_process(), which answers -1 for arguments that are Boost's. In the others the name stays undefined.
#define BOOST_TEST_MODULE sysplexd
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

int run_as_process(int argc, char** argv) __attribute__((weak));

int main(int argc, char** argv) {
  if (run_as_process != nullptr && argc > 1) {
    const int status = run_as_process(argc, argv);
    if (status >= 0) return status;
  }
  return boost::unit_test::unit_test_main(&init_unit_test, argc, argv);
}
