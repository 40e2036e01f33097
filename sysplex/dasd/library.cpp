// Members: files of one folder.
#include "sysplex/dasd/library.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "sysplex/dasd/dsn.hpp"

namespace sysplexd::dasd {

namespace {

net::Status check_name(const std::string& member) {
  if (valid_member(member)) return {};
  return net::Error{net::Errc::invalid, "'" + printable(member) + "' is no member name"};
}

}  // namespace

net::Result<std::vector<Member>> Library::members(std::string_view pattern) const {
  auto names = read_folder(directory_.get(), ".", "library " + dsn_);
  if (!names) return names.error();
  std::vector<Member> found;
  for (auto& name : *names) {
    if (!valid_member(name) || !match_member(pattern, name)) continue;
    struct stat status{};
    if (::fstatat(directory_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
      continue;
    found.push_back({std::move(name), static_cast<std::uint64_t>(status.st_size), status.st_mtime});
  }
  std::sort(found.begin(), found.end(), [](const Member& a, const Member& b) { return a.name < b.name; });
  return found;
}

net::Result<Member> Library::find(const std::string& member) const {
  if (const auto valid = check_name(member); !valid) return valid.error();
  struct stat status{};
  const std::string what = dsn_ + "(" + member + ")";
  if (::fstatat(directory_.get(), member.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return net::system_error(errno, what);
  if (!S_ISREG(status.st_mode)) return net::Error{net::Errc::not_permitted, what + " is no regular file"};
  return Member{member, static_cast<std::uint64_t>(status.st_size), status.st_mtime};
}

net::Status Library::remove(const std::string& member) {
  if (const auto found = find(member); !found) return found.error();
  if (::unlinkat(directory_.get(), member.c_str(), 0) != 0)
    return net::system_error(errno, "remove " + dsn_ + "(" + member + ")");
  return {};
}

net::Status Library::rename(const std::string& from, const std::string& to) {
  if (const auto found = find(from); !found) return found.error();
  if (const auto valid = check_name(to); !valid) return valid.error();
  const std::string what = "rename " + dsn_ + "(" + from + ") to " + to;
  if (::renameat2(directory_.get(), from.c_str(), directory_.get(), to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return net::system_error(errno, what);
  // No RENAME_NOREPLACE here (NFS): a hard link never replaces either.
  if (::linkat(directory_.get(), from.c_str(), directory_.get(), to.c_str(), 0) != 0)
    return net::system_error(errno, what);
  if (::unlinkat(directory_.get(), from.c_str(), 0) != 0) return net::system_error(errno, what);
  return {};
}

net::Result<net::UniqueFd> Library::open(const std::string& member, int flags) const {
  if (const auto valid = check_name(member); !valid) return valid.error();
  const std::string what = dsn_ + "(" + member + ")";
  auto file = open_beneath(directory_.get(), member, flags | O_NONBLOCK | O_NOCTTY, 0664, what);
  if (!file) return file;
  struct stat status{};
  if (::fstat(file->get(), &status) != 0) return net::system_error(errno, what);
  if (!S_ISREG(status.st_mode)) return net::Error{net::Errc::not_permitted, what + " is no regular file"};
  return file;
}

}  // namespace sysplexd::dasd
