// Members of libraries.
#include "test/dasd/catalog_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(library, CatalogFixture)

BOOST_AUTO_TEST_CASE(a_member_that_is_a_link_is_refused) {
  put_file(folder / "secret", "do not read");
  BOOST_REQUIRE(catalog.create("MY.LIB", library()).ok());
  std::filesystem::create_symlink(folder / "secret", root + "/MY.LIB/EVIL");
  BOOST_TEST((code(catalog.open_data("MY.LIB", "EVIL", O_RDONLY)) == Errc::not_permitted));
  auto lib = catalog.library("MY.LIB");
  BOOST_REQUIRE(lib.ok());
  BOOST_TEST(lib->members()->empty());
  BOOST_TEST((code(lib->open("EVIL", O_WRONLY | O_CREAT)) == Errc::not_permitted));
  BOOST_TEST((code(lib->open("..", O_RDONLY)) == Errc::invalid));
  BOOST_TEST((code(lib->open("X/Y", O_RDONLY)) == Errc::invalid));
}

BOOST_AUTO_TEST_CASE(members_are_listed_renamed_and_removed) {
  BOOST_REQUIRE(catalog.create("MY.LIB", library()).ok());
  put_file(root + "/MY.LIB/BETA", "22");
  put_file(root + "/MY.LIB/ALPHA", "1");
  put_file(root + "/MY.LIB/not.a.member", "");
  auto lib = catalog.library("MY.LIB");
  BOOST_REQUIRE(lib.ok());
  const auto members = *lib->members();
  BOOST_REQUIRE(members.size() == 2u);
  BOOST_TEST(members[0].name == "ALPHA");
  BOOST_TEST(members[1].bytes == 2u);
  BOOST_TEST(lib->members("B*")->size() == 1u);
  BOOST_TEST((code(lib->rename("ALPHA", "BETA")) == Errc::exists));
  BOOST_TEST((code(lib->rename("ALPHA", "too-long-x")) == Errc::invalid));
  BOOST_REQUIRE(lib->rename("ALPHA", "GAMMA").ok());
  BOOST_REQUIRE(lib->remove("BETA").ok());
  BOOST_TEST((code(lib->remove("BETA")) == Errc::not_found));
  BOOST_TEST(lib->find("GAMMA")->bytes == 1u);
  BOOST_TEST((code(catalog.library("NO.LIB")) == Errc::not_found));
  BOOST_REQUIRE(catalog.create("A.SEQ", {}).ok());
  BOOST_TEST((code(catalog.library("A.SEQ")) == Errc::invalid));
}

BOOST_AUTO_TEST_SUITE_END()
