// The catalogue: look-ups and changes of data sets, wrong names, links, races, kills.
#include <csignal>

#include "test/dasd/catalog_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(catalog, CatalogFixture)

BOOST_AUTO_TEST_CASE(a_missing_root_is_an_error_and_never_an_empty_catalogue) {
  const auto missing = Catalog::open(folder / "nowhere");
  BOOST_REQUIRE(!missing);
  BOOST_TEST((missing.error().code == Errc::not_found));
  BOOST_TEST(!there(folder / "nowhere"));
}

BOOST_AUTO_TEST_CASE(a_step_finds_the_root_in_its_environment) {
  ::unsetenv("SYSPLEXD_DASD");
  BOOST_TEST((code(Catalog::from_environment()) == Errc::not_ready));
  ::setenv("SYSPLEXD_DASD", root.c_str(), 1);
  const auto opened = Catalog::from_environment();
  ::unsetenv("SYSPLEXD_DASD");
  BOOST_REQUIRE(opened.ok());
  BOOST_TEST(opened->root() == root);
}

BOOST_AUTO_TEST_CASE(a_created_data_set_is_an_empty_file_with_attributes) {
  BOOST_REQUIRE(catalog.create("PAY.MASTER", fixed80()).ok());
  BOOST_TEST(file_bytes(root + "/PAY.MASTER") == "");
  const auto entry = catalog.find("PAY.MASTER");
  BOOST_REQUIRE(entry.ok());
  BOOST_TEST((entry->kind == EntryKind::data_set));
  BOOST_TEST(entry->attributes.recfm == "FB");
  BOOST_TEST(entry->attributes.lrecl == 80);
  BOOST_TEST(entry->attributes.created.size() == 20u);
  BOOST_TEST(file_bytes(root + "/.catalog/PAY.MASTER").find("lrecl=80\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_file_that_a_user_copied_in_is_a_catalogued_text_data_set) {
  put_file(root + "/USER.NOTES", "one\ntwo\n");
  const auto entry = catalog.find("USER.NOTES");
  BOOST_REQUIRE(entry.ok());
  BOOST_TEST(entry->attributes.catalogued);
  BOOST_TEST(entry->attributes.recfm == "");
  BOOST_TEST(entry->bytes == 8u);
  BOOST_TEST((code(catalog.create("USER.NOTES", {})) == Errc::exists));
  BOOST_TEST(file_bytes(root + "/USER.NOTES") == "one\ntwo\n");
  BOOST_REQUIRE(catalog.remove("USER.NOTES").ok());
  BOOST_TEST(!there(root + "/USER.NOTES"));
}

BOOST_AUTO_TEST_CASE(a_name_is_taken_once) {
  BOOST_REQUIRE(catalog.create("A.B", {}).ok());
  BOOST_TEST((code(catalog.create("A.B", {})) == Errc::exists));
  BOOST_TEST((code(catalog.create("A.B", library())) == Errc::exists));
  BOOST_TEST((code(catalog.define_gdg("A.B", limit(3, true))) == Errc::exists));
}

BOOST_AUTO_TEST_CASE(names_against_the_grammar_reach_no_file) {
  for (const std::string& name :
       {std::string("../OUT"), std::string(".."), std::string("."), std::string("A/B"), std::string(".catalog"),
        std::string("a.b"), std::string(), std::string("A\0B", 3),
        std::string("A1234567.B1234567.C1234567.D1234567.E123456.F"), std::string("A.B(M)")}) {
    BOOST_TEST((code(catalog.find(name)) == Errc::invalid));
    BOOST_TEST((code(catalog.create(name, {})) == Errc::invalid));
    BOOST_TEST((code(catalog.remove(name)) == Errc::invalid));
    BOOST_TEST((code(catalog.rename("A.B", name)) == Errc::invalid));
    BOOST_TEST((code(catalog.uncatalog(name)) == Errc::invalid));
    BOOST_TEST((code(catalog.open_data(name, "", O_RDONLY)) == Errc::invalid));
    BOOST_TEST((code(catalog.define_gdg(name, limit(1, true))) == Errc::invalid));
  }
  BOOST_TEST((code(catalog.list("../*")) == Errc::invalid));
  BOOST_TEST(std::filesystem::is_empty(root));
}

BOOST_AUTO_TEST_CASE(wrong_attributes_make_no_data_set) {
  Attributes wrong = fixed80();
  wrong.lrecl = 40000;
  BOOST_TEST((code(catalog.create("A.B", wrong)) == Errc::invalid));
  wrong = fixed80();
  wrong.owner = "X\nlimit=1";
  BOOST_TEST((code(catalog.create("A.B", wrong)) == Errc::invalid));
  BOOST_TEST((code(catalog.find("A.B")) == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_in_the_root_is_refused_and_its_target_untouched) {
  put_file(folder / "secret", "do not read");
  std::filesystem::create_symlink(folder / "secret", root + "/A.LINK");
  std::filesystem::create_directory_symlink(folder.path(), root + "/A.DIRLINK");
  BOOST_TEST((code(catalog.find("A.LINK")) == Errc::not_permitted));
  BOOST_TEST((code(catalog.open_data("A.LINK", "", O_RDONLY)) == Errc::not_permitted));
  BOOST_TEST((code(catalog.open_data("A.DIRLINK", "SECRET", O_RDONLY)) == Errc::not_permitted));
  BOOST_TEST((code(catalog.library("A.DIRLINK")) == Errc::not_permitted));
  BOOST_TEST((code(catalog.create("A.LINK", {})) == Errc::not_permitted));
  BOOST_TEST((code(catalog.set_attributes("A.LINK", {})) == Errc::not_permitted));
  // Deleting removes the link itself.
  BOOST_REQUIRE(catalog.remove("A.LINK").ok());
  BOOST_REQUIRE(catalog.remove("A.DIRLINK").ok());
  BOOST_TEST(file_bytes(folder / "secret") == "do not read");
}

BOOST_AUTO_TEST_CASE(what_is_neither_file_nor_folder_is_no_data_set) {
  BOOST_REQUIRE(::mkfifo((root + "/A.FIFO").c_str(), 0600) == 0);
  BOOST_TEST((code(catalog.find("A.FIFO")) == Errc::not_permitted));
  BOOST_TEST(
      (code(catalog.open_data("A.FIFO", "", O_RDONLY)) == Errc::not_permitted));  // and does not wait for a writer
}

BOOST_AUTO_TEST_CASE(rename_moves_attributes_and_never_replaces) {
  BOOST_REQUIRE(catalog.create("A.OLD", fixed80()).ok());
  put_file(root + "/A.OLD", std::string(80, 'x'));
  BOOST_REQUIRE(catalog.create("A.TAKEN", {}).ok());
  BOOST_TEST((code(catalog.rename("A.OLD", "A.TAKEN")) == Errc::exists));
  BOOST_TEST((code(catalog.rename("A.OLD", "A.OLD")) == Errc::exists));
  BOOST_TEST((code(catalog.rename("A.NONE", "A.NEW")) == Errc::not_found));
  BOOST_REQUIRE(catalog.rename("A.OLD", "A.NEW").ok());
  BOOST_TEST(catalog.find("A.NEW")->attributes.lrecl == 80);
  BOOST_TEST(catalog.find("A.NEW")->bytes == 80u);
  BOOST_TEST((code(catalog.find("A.OLD")) == Errc::not_found));
  BOOST_TEST(!there(root + "/.catalog/A.OLD"));
}

BOOST_AUTO_TEST_CASE(uncatalogued_data_sets_keep_their_file_and_their_name) {
  BOOST_REQUIRE(catalog.create("A.B", fixed80()).ok());
  put_file(root + "/A.B", "data");
  BOOST_REQUIRE(catalog.uncatalog("A.B").ok());
  BOOST_TEST((code(catalog.find("A.B")) == Errc::not_found));
  BOOST_TEST(file_bytes(root + "/A.B") == "data");
  BOOST_TEST(catalog.list("**")->empty());
  BOOST_TEST(catalog.list("**", true)->size() == 1u);
  BOOST_TEST((code(catalog.create("A.B", {})) == Errc::exists));
  BOOST_TEST((code(catalog.uncatalog("A.B")) == Errc::not_found));
  BOOST_REQUIRE(catalog.recatalog("A.B").ok());
  BOOST_TEST(catalog.find("A.B")->attributes.lrecl == 80);
  BOOST_TEST((code(catalog.recatalog("A.B")) == Errc::exists));
}

BOOST_AUTO_TEST_CASE(list_answers_by_pattern_in_order_with_groups) {
  for (const char* name : {"PAY.B", "PAY.A", "PAYX.A", "PAY.A.X", "OTHER"})
    BOOST_REQUIRE(catalog.create(name, {}).ok());
  BOOST_REQUIRE(catalog.create("PAY.LIB", library()).ok());
  BOOST_REQUIRE(catalog.define_gdg("PAY.HIST", limit(3, true)).ok());
  put_file(root + "/not-a-data-set", "");
  const auto names = [&](const char* pattern) {
    std::string all;
    const auto entries = *catalog.list(pattern);
    for (const auto& entry : entries) all += entry.dsn + " ";
    return all;
  };
  BOOST_TEST(names("PAY.*") == "PAY.A PAY.B PAY.HIST PAY.LIB ");
  BOOST_TEST(names("PAY.**") == "PAY.A PAY.A.X PAY.B PAY.HIST PAY.LIB ");
  BOOST_TEST(names("PAY*.A") == "PAY.A PAYX.A ");
  BOOST_TEST(names("PAY.A") == "PAY.A ");
  BOOST_TEST(names("OTHER.**") == "OTHER ");
  BOOST_TEST(names("**") == "OTHER PAY.A PAY.A.X PAY.B PAY.HIST PAY.LIB PAYX.A ");
  BOOST_TEST((catalog.list("PAY.HIST")->front().kind == EntryKind::gdg_base));
}

BOOST_AUTO_TEST_CASE(damaged_attributes_are_told_and_do_not_hide_the_rest) {
  BOOST_REQUIRE(catalog.create("A.BAD", {}).ok());
  BOOST_REQUIRE(catalog.create("A.GOOD", {}).ok());
  put_file(root + "/.catalog/A.BAD", "lrecl=eighty\n");
  BOOST_TEST((code(catalog.find("A.BAD")) == Errc::corrupt));
  const auto entries = *catalog.list("A.*");
  BOOST_REQUIRE(entries.size() == 2u);
  BOOST_TEST(entries[0].problem.find("lrecl=eighty") != std::string::npos);
  BOOST_TEST(entries[1].problem == "");
  put_file(root + "/.catalog/A.BAD", std::string(5000, 'x'));
  BOOST_TEST((code(catalog.find("A.BAD")) == Errc::corrupt));
  BOOST_REQUIRE(catalog.remove("A.BAD").ok());
  BOOST_REQUIRE(catalog.create("A.BAD", fixed80()).ok());
}

BOOST_AUTO_TEST_CASE(attributes_that_a_killed_creator_left_are_not_inherited) {
  BOOST_REQUIRE(catalog.create("A.B", fixed80()).ok());
  std::filesystem::remove(root + "/A.B");  // as if the kill came before the data set
  BOOST_TEST((code(catalog.find("A.B")) == Errc::not_found));
  BOOST_TEST(!there(root + "/.catalog/A.B"));
  put_file(root + "/A.B", "text\n");
  BOOST_TEST(catalog.find("A.B")->attributes.recfm == "");
}

BOOST_AUTO_TEST_CASE(a_library_goes_as_a_whole_with_whatever_lies_in_it) {
  BOOST_REQUIRE(catalog.create("MY.LIB", library()).ok());
  put_file(root + "/MY.LIB/A", "1");
  std::filesystem::create_directories(root + "/MY.LIB/deeper/still");
  put_file(root + "/MY.LIB/deeper/still/x", "1");
  std::filesystem::create_symlink(folder.path(), root + "/MY.LIB/L");
  BOOST_REQUIRE(catalog.remove("MY.LIB").ok());
  BOOST_TEST(!there(root + "/MY.LIB"));
  BOOST_TEST(std::filesystem::is_empty(root + "/.catalog/.trash"));
  BOOST_TEST(there(root));
}

BOOST_AUTO_TEST_CASE(dsorg_and_attributes_of_a_group_cannot_be_set) {
  BOOST_REQUIRE(catalog.create("A.B", {}).ok());
  BOOST_TEST((code(catalog.set_attributes("A.B", library())) == Errc::conflict));
  BOOST_REQUIRE(catalog.set_attributes("A.B", fixed80()).ok());
  BOOST_TEST(catalog.find("A.B")->attributes.lrecl == 80);
  BOOST_REQUIRE(catalog.define_gdg("A.G", limit(1, true)).ok());
  BOOST_TEST((code(catalog.set_attributes("A.G", {})) == Errc::invalid));
  BOOST_TEST((code(catalog.remove("A.G")) == Errc::conflict));
  BOOST_TEST((code(catalog.rename("A.G", "A.H")) == Errc::unsupported));
}

BOOST_AUTO_TEST_CASE(of_processes_that_create_one_data_set_exactly_one_wins) {
  for (int round = 0; round < 10; ++round) {
    const std::string name = "RACE.N" + std::to_string(round);
    const int winners = together(6, [&](int i) {
      auto own = Catalog::open(root);
      return own.ok() && own->create(name, i % 2 == 0 ? fixed80() : library()).ok();
    });
    BOOST_TEST(winners == 1);
    const auto entry = catalog.find(name);
    BOOST_REQUIRE(entry.ok());
    // Attributes belong to the winner, not to one who lost.
    BOOST_TEST((entry->attributes.recfm == "FB") == (entry->kind == EntryKind::data_set));
  }
}

BOOST_AUTO_TEST_CASE(processes_killed_at_any_moment_leave_whole_data_sets_or_none) {
  for (int round = 0; round < 40; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto own = Catalog::open(root);
      for (int i = 0;; i = (i + 1) % 5) {
        const std::string name = "KILL.N" + std::to_string(i);
        static_cast<void>(own->create(name, i % 2 == 0 ? fixed80() : library()));
        static_cast<void>(own->remove(name));
      }
    }
    // No wait for anything: the moment of the kill, another one each round.
    ::usleep(static_cast<useconds_t>(200 + round * 97));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto entries = *catalog.list("KILL.*", true);
    for (const auto& entry : entries) {
      BOOST_TEST(entry.problem == "");
      if (entry.kind == EntryKind::data_set) BOOST_TEST(entry.attributes.lrecl == 80);
      BOOST_TEST(catalog.remove(entry.dsn).ok());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
