// Who a job's steps run as: groups and home folder of its owner, looked up once and kept (a look-up may be slow: LDAP).
#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace sysplexd::jes {

struct JobUser {
  std::string name, home;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  // with gid
  bool switch_user = false;   // the steps need another user than ours
};

// Valid until the next call with another user. A user that the system does not know has home "/" and his one group.
const JobUser& find_job_user(const std::string& name, uid_t uid, gid_t gid);

}  // namespace sysplexd::jes
