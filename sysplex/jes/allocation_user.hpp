// File calls with the rights of a job's user, for the thread that holds an ActAsUser. An initiator that runs as root
// must never do for a job what the job's user may not: delete, read or make a data set.
#pragma once
#include <sys/types.h>

#include <vector>

namespace sysplexd::jes {

class ActAsUser {
 public:
  // Does nothing unless we are root and uid is not. Throws std::system_error when the system refuses.
  ActAsUser(uid_t uid, gid_t gid, const std::vector<gid_t>& groups);
  ~ActAsUser();  // ours again; a refusal ends the process, since it would go on with wrong rights
  ActAsUser(const ActAsUser&) = delete;
  ActAsUser& operator=(const ActAsUser&) = delete;

 private:
  void restore();
  bool acting_ = false;
  gid_t own_gid_ = 0;
  std::vector<gid_t> own_groups_;
};

}  // namespace sysplexd::jes
