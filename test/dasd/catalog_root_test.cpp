// The root folder: links, locks, modes, full and read-only file systems.
#include <sys/resource.h>

#include <csignal>

#include "test/dasd/catalog_fixture.hpp"

using namespace sysplexd;
using namespace sysplexd::test;

BOOST_FIXTURE_TEST_SUITE(catalog_root, CatalogFixture)

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
