// Attributes and their text: pure.
#include "sysplex/dasd/data_set.hpp"

#include <boost/test/unit_test.hpp>

using namespace sysplexd;
using namespace sysplexd::dasd;

BOOST_AUTO_TEST_SUITE(data_set)

BOOST_AUTO_TEST_CASE(attributes_come_back_from_their_text) {
  Attributes attributes;
  attributes.recfm = "FBA";
  attributes.lrecl = 133;
  attributes.blksize = 1330;
  attributes.created = "2026-11-23T02:00:00Z";
  attributes.owner = "PAYUSER";
  attributes.catalogued = false;
  const auto back = parse_attributes(to_text(attributes));
  BOOST_REQUIRE(back.ok());
  BOOST_TEST(!back->gdg);
  BOOST_TEST((back->data_set == attributes));
  BOOST_TEST(attributes.dcb_text() == "FBA,133,1330");
  BOOST_TEST(Attributes{}.dcb_text() == "");
  GdgBase base;
  base.limit = 255;
  base.scratch = base.empty = true;
  base.owner = "X";
  const auto base_back = parse_attributes(to_text(base));
  BOOST_REQUIRE(base_back.ok());
  BOOST_TEST(base_back->gdg);
  BOOST_TEST((base_back->base == base));
}

BOOST_AUTO_TEST_CASE(unknown_keys_and_comments_are_passed_over_and_wrong_lines_are_named) {
  const auto fine = parse_attributes("# by hand\nrecfm=FB\nlrecl=80\nvolser=WORK01\n");
  BOOST_REQUIRE(fine.ok());
  BOOST_TEST(fine->data_set.lrecl == 80);
  for (const char* bad : {"lrecl=80x\n", "recfm\n", "recfm=XB\n", "lrecl=-1\n", "lrecl=40000\n", "dsorg=VS\n",
                          "limit=0\n", "catalogued=maybe\n", "limit=1000\n", "lrecl=99999999999\n", "\x01\x02\x03"}) {
    const auto refused = parse_attributes(bad);
    BOOST_REQUIRE_MESSAGE(!refused, bad);
    BOOST_TEST((refused.error().code == net::Errc::corrupt));
  }
}

BOOST_AUTO_TEST_CASE(record_formats_are_checked) {
  for (const char* good : {"F", "FB", "FBA", "FBM", "V", "VB", "VBS", "VBA", "U", "FBS"})
    BOOST_TEST(valid_recfm(good), good);
  for (const char* bad : {"", "B", "FF", "FBB", "FAM", "FX", "fb", "F B"}) BOOST_TEST(!valid_recfm(bad), bad);
}

BOOST_AUTO_TEST_SUITE_END()
