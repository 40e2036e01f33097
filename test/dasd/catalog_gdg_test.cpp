// Generation data groups in the catalogue, one process and several.
#include "test/dasd/catalog_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(catalog_gdg, CatalogFixture)

BOOST_AUTO_TEST_CASE(a_group_numbers_its_generations_and_rolls_off_with_scratch) {
  BOOST_REQUIRE(catalog.define_gdg("PAY.HIST", limit(2, true)).ok());
  BOOST_TEST((code(catalog.resolve("PAY.HIST", 0)) == Errc::not_found));
  BOOST_TEST(to_string(roll_in("PAY.HIST")) == "PAY.HIST.G0001V00");
  roll_in("PAY.HIST");
  const auto third = *catalog.resolve("PAY.HIST", 1);
  BOOST_REQUIRE(catalog.create_generation(third, {}).ok());
  BOOST_TEST(to_string(*catalog.resolve("PAY.HIST", 0)) == "PAY.HIST.G0002V00");  // not yet catalogued
  const auto rolled = catalog.catalog_generation(third);
  BOOST_REQUIRE(rolled.ok());
  BOOST_REQUIRE(rolled->rolled_off.size() == 1u);
  BOOST_TEST(to_string(rolled->rolled_off.front()) == "PAY.HIST.G0001V00");
  BOOST_TEST(!there(root + "/PAY.HIST.G0001V00"));
  BOOST_TEST(to_string(*catalog.resolve("PAY.HIST", 0)) == "PAY.HIST.G0003V00");
  BOOST_TEST(to_string(*catalog.resolve("PAY.HIST", -1)) == "PAY.HIST.G0002V00");
}

BOOST_AUTO_TEST_CASE(noscratch_keeps_the_file_of_a_rolled_off_generation) {
  BOOST_REQUIRE(catalog.define_gdg("A.G", limit(1, false)).ok());
  roll_in("A.G");
  put_file(root + "/A.G.G0001V00", "old");
  roll_in("A.G");
  BOOST_TEST(file_bytes(root + "/A.G.G0001V00") == "old");
  BOOST_TEST((code(catalog.find("A.G.G0001V00")) == Errc::not_found));
  BOOST_TEST(catalog.generations("A.G")->size() == 1u);
}

BOOST_AUTO_TEST_CASE(empty_rolls_off_all_when_the_limit_is_passed) {
  BOOST_REQUIRE(catalog.define_gdg("A.G", limit(3, true, true)).ok());
  for (int i = 0; i < 3; ++i) roll_in("A.G");
  BOOST_TEST(catalog.generations("A.G")->size() == 3u);
  roll_in("A.G");
  const auto left = *catalog.generations("A.G");
  BOOST_REQUIRE(left.size() == 1u);
  BOOST_TEST(to_string(left.front()) == "A.G.G0004V00");
}

BOOST_AUTO_TEST_CASE(a_lower_limit_rolls_off_at_once) {
  BOOST_REQUIRE(catalog.define_gdg("A.G", limit(5, true)).ok());
  for (int i = 0; i < 5; ++i) roll_in("A.G");
  BOOST_REQUIRE(catalog.alter_gdg("A.G", limit(2, true)).ok());
  const auto left = *catalog.generations("A.G");
  BOOST_REQUIRE(left.size() == 2u);
  BOOST_TEST(to_string(left.back()) == "A.G.G0004V00");
  BOOST_TEST((code(catalog.alter_gdg("A.G", limit(0, true))) == Errc::invalid));
  BOOST_TEST((code(catalog.alter_gdg("A.NONE", limit(2, true))) == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_generation_whose_job_died_is_reclaimed) {
  BOOST_REQUIRE(catalog.define_gdg("A.G", limit(3, true)).ok());
  const auto name = *catalog.resolve("A.G", 1);
  BOOST_REQUIRE(catalog.create_generation(name, {}).ok());
  put_file(root + "/A.G.G0001V00", "half");
  BOOST_TEST((*catalog.resolve("A.G", 1) == name));
  BOOST_REQUIRE(catalog.create_generation(name, fixed80()).ok());
  BOOST_TEST(file_bytes(root + "/A.G.G0001V00") == "");
  BOOST_REQUIRE(catalog.catalog_generation(name).ok());
  BOOST_TEST((code(catalog.create_generation(name, {})) == Errc::exists));
  BOOST_TEST(catalog.find("A.G.G0001V00")->attributes.lrecl == 80);
}

BOOST_AUTO_TEST_CASE(a_generation_without_its_group_cannot_be_made) {
  BOOST_TEST((code(catalog.create_generation({"A.NONE", 1, 0}, {})) == Errc::not_found));
  BOOST_TEST((code(catalog.create_generation({"A.NONE", 0, 0}, {})) == Errc::invalid));
  BOOST_REQUIRE(catalog.create("A.SEQ", {}).ok());
  BOOST_TEST((code(catalog.generations("A.SEQ")) == Errc::conflict));
}

BOOST_AUTO_TEST_CASE(a_group_with_generations_is_deleted_by_force_only) {
  BOOST_REQUIRE(catalog.define_gdg("A.G", limit(3, true)).ok());
  roll_in("A.G");
  roll_in("A.G");
  BOOST_TEST((code(catalog.delete_gdg("A.G", false)) == Errc::conflict));
  BOOST_REQUIRE(catalog.delete_gdg("A.G", true).ok());
  BOOST_TEST(catalog.list("**", true)->empty());
  BOOST_TEST((code(catalog.delete_gdg("A.G", true)) == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(processes_that_roll_in_at_once_keep_the_limit_and_lose_none) {
  BOOST_REQUIRE(catalog.define_gdg("RACE.G", limit(4, true)).ok());
  // Each makes five generations with numbers of its own, in any order; the four highest must be left.
  const int good = together(4, [&](int i) {
    auto own = Catalog::open(root);
    if (!own) return false;
    for (int n = 0; n < 5; ++n) {
      const GenerationName name{"RACE.G", 1 + n * 4 + i, 0};
      if (!own->create_generation(name, {}) || !own->catalog_generation(name)) return false;
    }
    return true;
  });
  // A generation that is older than the four there rolls off as it comes in: still fine for its maker.
  BOOST_TEST(good == 4);
  const auto left = *catalog.generations("RACE.G");
  BOOST_REQUIRE(left.size() == 4u);
  BOOST_TEST(left.front().number == 20);
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(root))
    files += file.path().filename().string().rfind("RACE.G.G", 0) == 0;
  BOOST_TEST(files == 4);
}

BOOST_AUTO_TEST_SUITE_END()
