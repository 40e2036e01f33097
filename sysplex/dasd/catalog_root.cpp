// File operations beneath the catalogue root.
#include "sysplex/dasd/catalog_root.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

namespace sysplexd::dasd {

namespace {

constexpr std::size_t attributes_max = 4096;
constexpr const char* folder_name = ".catalog";
// Unfinished work of a killed process is removed by the next remover when it is older than this.
constexpr std::time_t leftover_age_s = 60;

std::string unique_name() {
  std::uint64_t bits[2] = {};
  if (::getrandom(bits, sizeof bits, 0) != static_cast<ssize_t>(sizeof bits))
    bits[0] = static_cast<std::uint64_t>(::getpid());
  return fmt::format("{:016x}{:016x}", bits[0], bits[1]);
}

// FNV-1a: names spread over the byte range of the lock file; two names on one byte only wait for each other.
off_t lock_byte(std::string_view name) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<off_t>(hash & 0xffffff);
}

net::Status result(int returned, const std::string& what) {
  if (returned < 0) return net::system_error(errno, what);
  return {};
}

// Removes what is in an open folder, deeper folders too. The first failure, as errno; 0: empty now.
int empty_folder(int directory, int depth) {
  if (depth > 16) return ENOTEMPTY;
  const auto names = read_folder(directory, ".", "folder to be removed");
  if (!names) return names.error().system_errno;
  int failure = 0;
  for (const auto& name : *names) {
    if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) continue;
    int failed = errno;
    if (failed == EISDIR || failed == EPERM) {
      const net::UniqueFd inner(::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (inner) failed = empty_folder(inner.get(), depth + 1);
      if (inner && failed == 0) failed = ::unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0 ? 0 : errno;
    }
    if (failed != 0 && failure == 0) failure = failed;
  }
  return failure;
}

// .trash and .tmp: what a killed process left there.
void sweep(int catalog, const char* folder) {
  const auto opened = open_beneath(catalog, folder, O_RDONLY | O_DIRECTORY, 0, folder);
  if (!opened) return;
  const auto names = read_folder(opened->get(), ".", folder);
  if (!names) return;
  const std::time_t now = std::time(nullptr);
  for (const auto& name : *names) {
    struct stat status{};
    if (::fstatat(opened->get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (now - status.st_ctime < leftover_age_s) continue;
    if (S_ISDIR(status.st_mode)) {
      const net::UniqueFd inner(::openat(opened->get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (inner && empty_folder(inner.get(), 0) == 0) ::unlinkat(opened->get(), name.c_str(), AT_REMOVEDIR);
    } else {
      ::unlinkat(opened->get(), name.c_str(), 0);
    }
  }
}

}  // namespace

net::Result<net::UniqueFd> open_beneath(int directory, const std::string& path, int flags, mode_t mode,
                                        const std::string& what) {
  struct open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: a rename raced with the walk; the kernel asks to try again. Bounded, for a folder that is renamed for ever.
  for (int attempt = 0; attempt < 100; ++attempt) {
    const long fd = ::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
    if (fd >= 0) return net::UniqueFd(static_cast<int>(fd));
    if (errno != EINTR && errno != EAGAIN) break;
  }
  if (errno == ELOOP) return net::Error{net::Errc::not_permitted, what + ": a symbolic link is not followed", ELOOP};
  if (errno == EXDEV) return net::Error{net::Errc::not_permitted, what + ": the path leaves the catalogue root", EXDEV};
  return net::system_error(errno, what);
}

net::Result<std::vector<std::string>> read_folder(int directory, const std::string& path, const std::string& what,
                                                  std::string_view prefix) {
  auto opened = open_beneath(directory, path, O_RDONLY | O_DIRECTORY, 0, what);
  if (!opened) return opened.error();
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(opened->get()), &::closedir);
  if (!stream) return net::system_error(errno, what);
  static_cast<void>(opened->release());  // belongs to the stream now
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name(entry->d_name);
    if (name != "." && name != ".." && name.substr(0, prefix.size()) == prefix) names.emplace_back(name);
  }
  if (errno != 0) return net::system_error(errno, what);
  return names;
}

net::Result<CatalogRoot> CatalogRoot::open(const std::string& path) {
  const std::string what = "catalogue root " + path;
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), &std::free);
  if (!real) return net::system_error(errno, what);
  net::UniqueFd fd(::open(real.get(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return net::system_error(errno, what);
  return CatalogRoot(real.get(), std::move(fd));
}

net::Result<net::UniqueFd> CatalogRoot::catalog_folder(bool make) const {
  const std::string what = "catalogue folder " + path_ + "/" + folder_name;
  auto opened = open_beneath(fd(), folder_name, O_RDONLY | O_DIRECTORY, 0, what);
  if (!make || opened || opened.error().code != net::Errc::not_found) return opened;

  // Made aside with its parts, then renamed into place: nobody sees it without its lock file. It has the mode of the
  // root, the sticky bit too: who may make data sets may keep their attributes.
  struct stat status{};
  if (::fstat(fd(), &status) != 0) return net::system_error(errno, what);
  const mode_t mode = status.st_mode & 07777;
  const std::string aside = folder_name + unique_name();
  if (::mkdirat(fd(), aside.c_str(), 0700) != 0) return net::system_error(errno, what);
  const auto failed = [&](net::Error error) {
    for (const char* part : {"/.tmp", "/.trash", ""}) ::unlinkat(fd(), (aside + part).c_str(), AT_REMOVEDIR);
    return error;
  };
  auto folder = open_beneath(fd(), aside, O_RDONLY | O_DIRECTORY, 0, what);
  if (!folder) return failed(folder.error());
  for (const char* part : {".tmp", ".trash"}) {
    if (::mkdirat(folder->get(), part, 0700) != 0) return failed(net::system_error(errno, what));
    const auto inner = open_beneath(folder->get(), part, O_RDONLY | O_DIRECTORY, 0, what);
    if (!inner) return failed(inner.error());
    if (::fchmod(inner->get(), mode) != 0) return failed(net::system_error(errno, what));
  }
  {
    const auto lock = open_beneath(folder->get(), ".lock", O_RDWR | O_CREAT | O_EXCL, 0600, what);
    if (!lock) return failed(lock.error());
    if (::fchmod(lock->get(), mode & 0666) != 0) {
      const int error = errno;
      ::unlinkat(folder->get(), ".lock", 0);
      return failed(net::system_error(error, what));
    }
  }
  if (::fchmod(folder->get(), mode) != 0 || ::renameat(fd(), aside.c_str(), fd(), folder_name) != 0) {
    const int error = errno;
    ::unlinkat(folder->get(), ".lock", 0);
    const auto answer = failed(net::system_error(error, what));
    if (error != EEXIST && error != ENOTEMPTY) return answer;
  }
  return open_beneath(fd(), folder_name, O_RDONLY | O_DIRECTORY, 0, what);  // ours, or another's who was faster
}

net::Result<net::UniqueFd> CatalogRoot::lock(const std::string& name, const std::string& second,
                                             std::chrono::milliseconds deadline) const {
  const std::string what = "lock of " + name + " in " + path_ + "/" + folder_name + "/.lock";
  const auto folder = catalog_folder(true);
  if (!folder) return folder.error();
  auto file = open_beneath(folder->get(), ".lock", O_RDWR, 0, what);
  if (!file) return file.error();
  std::vector<off_t> bytes{lock_byte(name)};
  if (!second.empty()) bytes.push_back(lock_byte(second));
  std::sort(bytes.begin(), bytes.end());
  const auto end = std::chrono::steady_clock::now() + deadline;
  for (const off_t byte : bytes) {
    struct flock range{};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    range.l_start = byte;
    range.l_len = 1;
    // A lock with a deadline has no call of its own (a signal would be the process's): short sleeps, growing to 16 ms.
    std::chrono::milliseconds pause{1};
    while (::fcntl(file->get(), F_OFD_SETLK, &range) != 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EACCES) return net::system_error(errno, what);
      if (std::chrono::steady_clock::now() >= end)
        return net::Error{net::Errc::timed_out,
                          fmt::format("{}: another process holds it for more than {} ms", what, deadline.count())};
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, std::chrono::milliseconds(16));
    }
  }
  return file;
}

net::Result<std::optional<std::string>> CatalogRoot::read_attributes(const std::string& name) const {
  const std::string what = "attributes of " + name;
  const auto file = open_beneath(fd(), std::string(folder_name) + "/" + name, O_RDONLY | O_NONBLOCK, 0, what);
  if (!file) {
    if (file.error().code == net::Errc::not_found) return std::optional<std::string>();
    return file.error();
  }
  std::string text(attributes_max + 1, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = ::read(file->get(), text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return net::system_error(errno, what);
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  if (length > attributes_max) return net::Error{net::Errc::corrupt, what + ": the file is larger than 4 KiB"};
  text.resize(length);
  return std::optional<std::string>(std::move(text));
}

net::Status CatalogRoot::write_attributes(const std::string& name, const std::string& text) const {
  const std::string what = "write attributes of " + name;
  const auto folder = catalog_folder(true);
  if (!folder) return folder.error();
  const std::string aside = ".tmp/" + unique_name();
  const auto file = open_beneath(folder->get(), aside, O_WRONLY | O_CREAT | O_EXCL, 0600, what);
  if (!file) return file.error();
  const auto failed = [&](int error) {
    ::unlinkat(folder->get(), aside.c_str(), 0);
    return net::system_error(error, what);
  };
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t put = ::write(file->get(), rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return failed(errno);
    rest.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fchmod(file->get(), 0644) != 0 || ::fsync(file->get()) != 0) return failed(errno);
  if (::renameat(folder->get(), aside.c_str(), folder->get(), name.c_str()) != 0) return failed(errno);
  return {};
}

net::Status CatalogRoot::remove_attributes(const std::string& name) const {
  const auto folder = catalog_folder(false);
  if (!folder) return folder.error().code == net::Errc::not_found ? net::Status() : net::Status(folder.error());
  if (::unlinkat(folder->get(), name.c_str(), 0) != 0 && errno != ENOENT)
    return net::system_error(errno, "remove attributes of " + name);
  return {};
}

net::Result<std::optional<struct stat>> CatalogRoot::look(const std::string& name) const {
  struct stat status{};
  if (::fstatat(fd(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return std::optional<struct stat>(status);
  if (errno == ENOENT) return std::optional<struct stat>();
  return net::system_error(errno, name);
}

net::Status CatalogRoot::make_file(const std::string& name) const {
  struct stat root{};
  if (::fstat(fd(), &root) != 0) return net::system_error(errno, path_);
  const auto file = open_beneath(fd(), name, O_WRONLY | O_CREAT | O_EXCL, 0600, "create " + name);
  if (!file) return file.error();
  return result(::fchmod(file->get(), root.st_mode & 0664), "create " + name);
}

net::Status CatalogRoot::make_folder(const std::string& name) const {
  struct stat root{};
  if (::fstat(fd(), &root) != 0) return net::system_error(errno, path_);
  if (::mkdirat(fd(), name.c_str(), 0700) != 0) return net::system_error(errno, "create " + name);
  const auto folder = open_beneath(fd(), name, O_RDONLY | O_DIRECTORY, 0, "create " + name);
  if (!folder) return folder.error();
  return result(::fchmod(folder->get(), root.st_mode & (S_ISGID | 0775)), "create " + name);
}

net::Status CatalogRoot::remove_file(const std::string& name) const {
  return result(::unlinkat(fd(), name.c_str(), 0), "remove " + name);
}

net::Status CatalogRoot::remove_folder(const std::string& name) const {
  const std::string what = "remove " + name;
  const auto catalog = catalog_folder(true);
  if (!catalog) return catalog.error();
  const std::string gone = ".trash/" + unique_name();
  if (::renameat(fd(), name.c_str(), catalog->get(), gone.c_str()) != 0) return net::system_error(errno, what);
  int failure = 0;
  if (const auto folder = open_beneath(catalog->get(), gone, O_RDONLY | O_DIRECTORY, 0, what); !folder)
    failure = folder.error().system_errno;
  else
    failure = empty_folder(folder->get(), 0);
  if (failure == 0 && ::unlinkat(catalog->get(), gone.c_str(), AT_REMOVEDIR) != 0) failure = errno;
  sweep(catalog->get(), ".trash");
  sweep(catalog->get(), ".tmp");
  if (failure != 0)
    return net::system_error(failure, what + " (out of the catalogue; its files are in .catalog/" + gone + ")");
  return {};
}

net::Status CatalogRoot::rename(const std::string& from, const std::string& to) const {
  const std::string what = "rename " + from + " to " + to;
  if (::renameat2(fd(), from.c_str(), fd(), to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return net::system_error(errno, what);
  // NFS has no RENAME_NOREPLACE. The callers hold the lock of both names, so only a copy by hand could come between.
  struct stat status{};
  if (::fstatat(fd(), to.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return net::system_error(EEXIST, what);
  return result(::renameat(fd(), from.c_str(), fd(), to.c_str()), what);
}

net::Status CatalogRoot::sync() const {
  const auto root = open_beneath(fd(), ".", O_RDONLY | O_DIRECTORY, 0, path_);
  if (!root) return root.error();
  if (::fsync(root->get()) != 0) return net::system_error(errno, "sync " + path_);
  const auto folder = catalog_folder(false);
  if (!folder) return folder.error().code == net::Errc::not_found ? net::Status() : net::Status(folder.error());
  return result(::fsync(folder->get()), "sync " + path_ + "/" + folder_name);
}

}  // namespace sysplexd::dasd
