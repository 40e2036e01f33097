// The catalogue on a real folder: look-ups, changes, several processes, links, full and read-only file systems.
#include "sysplex/dasd/catalog.hpp"

#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <functional>

#include "test/support/temp_folder.hpp"

using namespace sysplexd;
using namespace sysplexd::dasd;
using net::Errc;
using test::file_bytes;
using test::put_file;
using test::there;

namespace {

struct Fixture {
  test::TempFolder folder;
  std::string root = folder.folder("dasd");
  Catalog catalog = Catalog::open(root).value();

  Errc code(const net::Status& status) { return status ? Errc{} : status.error().code; }
  template <class T>
  Errc code(const net::Result<T>& result) {
    return result.ok() ? Errc{} : result.error().code;
  }
  static Attributes fixed80() {
    Attributes attributes;
    attributes.recfm = "FB";
    attributes.lrecl = 80;
    return attributes;
  }
  static Attributes library() {
    Attributes attributes;
    attributes.dsorg = "PO";
    return attributes;
  }
  static GdgBase limit(int n, bool scratch, bool empty = false) {
    GdgBase base;
    base.limit = n;
    base.scratch = scratch;
    base.empty = empty;
    return base;
  }
  // A whole life of one generation.
  GenerationName roll_in(const std::string& base) {
    const auto name = *catalog.resolve(base, 1);
    BOOST_REQUIRE(catalog.create_generation(name, {}).ok());
    BOOST_REQUIRE(catalog.catalog_generation(name).ok());
    return name;
  }
};

// Runs f in children at once; the answer: how many ended with 0. A pipe starts them together.
int together(int count, const std::function<bool(int)>& f) {
  int gate[2];
  if (::pipe(gate) != 0) return -1;
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::close(gate[1]);
      char byte;
      static_cast<void>(!::read(gate[0], &byte, 1));  // until the parent closes
      ::_exit(f(i) ? 0 : 1);
    }
    children.push_back(pid);
  }
  ::close(gate[0]);
  ::close(gate[1]);
  int good = 0;
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    good += WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return good;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog, Fixture)

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

BOOST_AUTO_TEST_CASE(links_in_place_of_the_catalogue_folder_are_refused) {
  const auto outside = folder.folder("outside");
  std::filesystem::create_directory_symlink(outside, root + "/.catalog");
  BOOST_TEST((code(catalog.create("A.B", {})) == Errc::not_permitted));
  BOOST_TEST(std::filesystem::is_empty(outside));
}

BOOST_AUTO_TEST_CASE(a_path_that_climbs_out_is_refused_by_the_kernel) {
  put_file(folder / "secret", "x");
  const net::UniqueFd fd(::open(root.c_str(), O_PATH | O_DIRECTORY));
  BOOST_TEST((code(open_beneath(fd.get(), "../secret", O_RDONLY, 0, "x")) == Errc::not_permitted));
  BOOST_TEST((code(open_beneath(fd.get(), folder / "secret", O_RDONLY, 0, "x")) == Errc::not_permitted));
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

BOOST_AUTO_TEST_CASE(a_library_goes_as_a_whole_with_what_a_killed_process_left) {
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

BOOST_AUTO_TEST_CASE(a_lock_that_another_process_keeps_ends_with_a_timeout) {
  BOOST_REQUIRE(catalog.prepare().ok());
  const auto mine = CatalogRoot::open(root).value();
  const auto held = mine.lock("A.B");
  BOOST_REQUIRE(held.ok());
  const auto other = CatalogRoot::open(root).value();
  const auto refused = other.lock("A.B", {}, std::chrono::milliseconds(20));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == Errc::timed_out));
  BOOST_TEST(other.lock("A.C", {}, std::chrono::milliseconds(20)).ok());  // another name is free
}

BOOST_AUTO_TEST_CASE(a_killed_holder_frees_its_lock) {
  BOOST_REQUIRE(catalog.prepare().ok());
  int told[2];
  BOOST_REQUIRE(::pipe(told) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto own = CatalogRoot::open(root);
    const auto held = own->lock("A.B");
    static_cast<void>(!::write(told[1], held.ok() ? "y" : "n", 1));
    for (;;) ::pause();
  }
  char byte = 0;
  BOOST_REQUIRE(::read(told[0], &byte, 1) == 1);
  BOOST_REQUIRE(byte == 'y');
  BOOST_TEST((code(CatalogRoot::open(root)->lock("A.B", {}, std::chrono::milliseconds(5))) == Errc::timed_out));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(catalog.create("A.B", {}).ok());
  ::close(told[0]);
  ::close(told[1]);
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

BOOST_AUTO_TEST_CASE(the_catalogue_folder_follows_the_modes_of_its_root) {
  BOOST_REQUIRE(::chmod(root.c_str(), 01777) == 0);
  BOOST_REQUIRE(catalog.create("A.B", {}).ok());
  struct stat status{};
  BOOST_REQUIRE(::stat((root + "/.catalog").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 01777u);
  BOOST_REQUIRE(::stat((root + "/A.B").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0664u);  // others never write
  BOOST_REQUIRE(::stat((root + "/.catalog/.lock").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0666u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(catalog_on_a_failing_volume)

namespace {

// A file system of its own, where mounting is allowed; else the test says that it did not run.
struct Volume {
  test::TempFolder folder;
  std::string path = folder.folder("volume");
  bool mounted = false;
  bool mount(const char* options) {
    mounted = ::mount("none", path.c_str(), "tmpfs", 0, options) == 0;
    if (!mounted) BOOST_TEST_MESSAGE("no right to mount: not run");
    return mounted;
  }
  ~Volume() {
    if (mounted) ::umount2(path.c_str(), MNT_DETACH);
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_full_volume_refuses_and_keeps_nothing_half) {
  Volume volume;
  if (!volume.mount("size=256k,nr_inodes=24")) return;
  auto catalog = Catalog::open(volume.path).value();
  BOOST_REQUIRE(catalog.create("A.FIRST", {}).ok());
  int made = 0;
  net::Errc last{};
  for (int i = 0; i < 50; ++i) {
    const auto created = catalog.create("A.N" + std::to_string(i), {});
    if (!created) {
      last = created.error().code;
      break;
    }
    ++made;
  }
  BOOST_TEST((last == net::Errc::no_space));
  const auto entries = *catalog.list("A.*");
  BOOST_TEST(static_cast<int>(entries.size()) == made + 1);
  for (const auto& entry : entries) BOOST_TEST(entry.problem == "");
  BOOST_TEST(std::filesystem::is_empty(volume.path + "/.catalog/.tmp"));
  BOOST_REQUIRE(catalog.remove("A.FIRST").ok());
  BOOST_TEST(catalog.create("A.AGAIN", {}).ok());
}

BOOST_AUTO_TEST_CASE(a_read_only_volume_is_read_and_not_changed) {
  Volume volume;
  if (!volume.mount("size=1m")) return;
  {
    auto catalog = Catalog::open(volume.path).value();
    BOOST_REQUIRE(catalog.create("A.B", {}).ok());
    BOOST_REQUIRE(catalog.define_gdg("A.G", {}).ok());
  }
  BOOST_REQUIRE(::mount("none", volume.path.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0);
  auto catalog = Catalog::open(volume.path).value();
  BOOST_TEST(catalog.find("A.B").ok());
  BOOST_TEST(catalog.list("**")->size() == 2u);
  BOOST_TEST((catalog.create("A.C", {}).error().code == net::Errc::read_only));
  BOOST_TEST((catalog.remove("A.B").error().code == net::Errc::read_only));
  BOOST_TEST((catalog.uncatalog("A.B").error().code == net::Errc::read_only));
  BOOST_TEST((catalog.create_generation({"A.G", 1, 0}, {}).error().code == net::Errc::read_only));
}

BOOST_AUTO_TEST_CASE(a_file_size_limit_is_told_and_leaves_nothing) {
  test::TempFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    auto catalog = Catalog::open(folder.path());
    const struct rlimit none{0, 0};
    ::setrlimit(RLIMIT_FSIZE, &none);
    const auto created = catalog->create("A.B", {});
    ::_exit(!created && created.error().system_errno == EFBIG && !catalog->find("A.B") ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
