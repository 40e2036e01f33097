#include "sysplex/jes/job_user.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <optional>

namespace sysplexd::jes {

const JobUser& find_job_user(const std::string& name, uid_t uid, gid_t gid) {
  static std::optional<JobUser> last;
  if (last && last->name == name && last->uid == uid && last->gid == gid) return *last;
  JobUser user;
  user.name = name;
  user.uid = uid;
  user.gid = gid;
  user.home = "/";
  user.switch_user = uid != ::geteuid();
  char buffer[4096];
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) {
    user.home = found->pw_dir;
    if (user.name.empty()) user.name = found->pw_name;
    if (user.switch_user) {
      int count = 64;
      user.groups.resize(static_cast<std::size_t>(count));
      if (::getgrouplist(found->pw_name, gid, user.groups.data(), &count) < 0) {
        user.groups.resize(static_cast<std::size_t>(count));
        if (::getgrouplist(found->pw_name, gid, user.groups.data(), &count) < 0) count = 0;
      }
      user.groups.resize(static_cast<std::size_t>(count));
    }
  }
  if (user.groups.empty()) user.groups.push_back(gid);
  last = std::move(user);
  return *last;
}

}  // namespace sysplexd::jes
