// A catalogue on a fresh root, processes at once, and a file system of its own: for catalog*_test.cpp.
#pragma once
#include <sys/mount.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>
#include <vector>

#include "sysplex/dasd/catalog.hpp"
#include "test/support/temp_folder.hpp"

namespace sysplexd::test {

using namespace dasd;
using net::Errc;

struct CatalogFixture {
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
inline int together(int count, const std::function<bool(int)>& f) {
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

}  // namespace sysplexd::test
