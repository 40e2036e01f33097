// The root folder of the catalogue as a descriptor, and the few file operations that the catalogue is made of. All
// names are resolved beneath the root, without links; all waits on other processes have a deadline. Blocking POSIX
// calls.
#pragma once
#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/fd.hpp"
#include "net/result.hpp"

namespace sysplexd::dasd {

// openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS), close-on-exec; repeats after EINTR and
// EAGAIN. A link, or a path that leads outside, is not_permitted with a text that says so.
net::Result<net::UniqueFd> open_beneath(int directory, const std::string& path, int flags, mode_t mode,
                                        const std::string& what);

// Names in a folder that start with `prefix`, without "." and "..", unsorted.
net::Result<std::vector<std::string>> read_folder(int directory, const std::string& path, const std::string& what,
                                                  std::string_view prefix = {});

class CatalogRoot {
 public:
  static net::Result<CatalogRoot> open(const std::string& path);

  const std::string& path() const { return path_; }
  int fd() const { return fd_.get(); }
  // .catalog as a folder; made (with .lock, .tmp, .trash) when missing and `make`. not_found: missing and !make.
  net::Result<net::UniqueFd> catalog_folder(bool make) const;

  // Holds the byte of .catalog/.lock that belongs to the name; released with the answer. Two names are locked by one
  // call, in byte order, so that nobody waits in a circle. timed_out after `deadline`.
  static constexpr std::chrono::milliseconds lock_deadline{10'000};
  net::Result<net::UniqueFd> lock(const std::string& name, const std::string& second = {},
                                  std::chrono::milliseconds deadline = lock_deadline) const;

  // Text of .catalog/<name>; nullopt: there is none. At most 4 KiB, more is corrupt.
  net::Result<std::optional<std::string>> read_attributes(const std::string& name) const;
  // Whole or not at all: a synced file in .tmp renamed into place.
  net::Status write_attributes(const std::string& name, const std::string& text) const;
  net::Status remove_attributes(const std::string& name) const;  // fine when there is none

  // lstat of a name in the root; nullopt: nothing there.
  net::Result<std::optional<struct stat>> look(const std::string& name) const;
  // An empty file or folder, exclusively. Its mode follows the root's: nobody gets what the root does not give, and
  // others never write.
  net::Status make_file(const std::string& name) const;
  net::Status make_folder(const std::string& name) const;
  net::Status remove_file(const std::string& name) const;
  // At once out of sight (renamed into .trash), then its files are removed. Leftovers of killed processes go too.
  net::Status remove_folder(const std::string& name) const;
  net::Status rename(const std::string& from, const std::string& to) const;  // exists: never replaces
  net::Status sync() const;                                                  // the names in the root are durable

 private:
  CatalogRoot(std::string path, net::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  std::string path_;
  net::UniqueFd fd_;
};

}  // namespace sysplexd::dasd
