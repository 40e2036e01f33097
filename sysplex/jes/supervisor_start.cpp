#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "net/fd.hpp"
#include "sysplex/jes/processes.hpp"

extern char** environ;

namespace sysplexd::jes {

namespace {

struct StartPlan {
  const char* binary = nullptr;
  char* const* arguments = nullptr;
  const posix_spawn_file_actions_t* actions = nullptr;
  const posix_spawnattr_t* attributes = nullptr;
  int error = 0;
};

// On our memory, while we wait (CLONE_VFORK): its child is the supervisor, which nobody waits for when this one ends.
int between(void* argument) {
  auto& plan = *static_cast<StartPlan*>(argument);
  pid_t pid = 0;
  plan.error = ::posix_spawn(&pid, plan.binary, plan.actions, plan.attributes, plan.arguments, environ);
  ::_exit(0);
}

net::Status make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return {};
  return net::system_error(errno, "folder " + path);
}

}  // namespace

std::string own_binary() {
  std::error_code failed;
  std::string path = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  // After an upgrade the name stands for the new program, which is the one to start.
  constexpr std::string_view gone = " (deleted)";
  if (path.ends_with(gone)) path.resize(path.size() - gone.size());
  return path;
}

net::Status start_supervisor(const std::string& binary, const std::string& mount_point) {
  const std::string mount = std::filesystem::absolute(mount_point).lexically_normal().string();
  for (const char* folder : {"/run", "/log"})
    if (auto made = make_folder(mount + folder); !made) return made;
  const std::string log = mount + "/log/supervisor.log";
  const char* arguments[] = {binary.c_str(), "supervisor", "--mount-point", mount.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0640);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all, before;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  StartPlan plan{binary.c_str(), const_cast<char**>(arguments), &actions, &attributes, 0};
  std::string stack(64 << 10, '\0');
  auto top = reinterpret_cast<std::uintptr_t>(stack.data() + stack.size()) & ~std::uintptr_t{15};
  // No handler of ours may run in the one between. Its end sends no signal, so that no SIGCHLD handler of ours sees it.
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const int pid = ::clone(between, reinterpret_cast<void*>(top), CLONE_VM | CLONE_VFORK, &plan);
  const int clone_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid > 0)
    while (::waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
    }
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (pid < 0) return net::system_error(clone_error, "starting the supervisor");
  if (plan.error != 0) return net::system_error(plan.error, "starting the supervisor " + binary + " (log " + log + ")");
  return {};
}

}  // namespace sysplexd::jes
