// fsuid, fsgid and groups of this thread only: by system call, since glibc's setgroups() changes all threads.
#include "sysplex/jes/allocation_user.hpp"

#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "net/invariant.hpp"

namespace sysplexd::jes {

namespace {

bool set_groups(const std::vector<gid_t>& groups) {
  return ::syscall(SYS_setgroups, groups.size(), groups.empty() ? nullptr : groups.data()) == 0;
}
// setfsuid() answers the old value and no error; asking again with -1 (never valid) tells what holds now.
bool set_file_uid(uid_t uid) {
  ::setfsuid(uid);
  return static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1))) == uid;
}
bool set_file_gid(gid_t gid) {
  ::setfsgid(gid);
  return static_cast<gid_t>(::setfsgid(static_cast<gid_t>(-1))) == gid;
}

}  // namespace

ActAsUser::ActAsUser(uid_t uid, gid_t gid, const std::vector<gid_t>& groups) {
  if (uid == 0 || ::geteuid() != 0) return;
  own_gid_ = ::getegid();
  const int count = ::getgroups(0, nullptr);
  own_groups_.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (count < 0 || (count > 0 && ::getgroups(count, own_groups_.data()) != count))
    throw std::system_error(errno, std::generic_category(), "getgroups");
  acting_ = true;
  if (!set_groups(groups) || !set_file_gid(gid) || !set_file_uid(uid)) {
    const int error = errno;
    restore();
    throw std::system_error(error, std::generic_category(), "acting with the rights of the job's user");
  }
}

ActAsUser::~ActAsUser() {
  if (acting_) restore();
}

void ActAsUser::restore() {
  SYSPLEXD_INVARIANT(set_file_uid(0) && set_file_gid(own_gid_) && set_groups(own_groups_), "own rights are back");
}

}  // namespace sysplexd::jes
