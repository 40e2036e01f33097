#define BOOST_TEST_MODULE sysplexd
#include <boost/test/unit_test.hpp>
