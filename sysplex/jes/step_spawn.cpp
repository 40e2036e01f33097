#include "sysplex/jes/step_spawn.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace sysplexd::jes {

namespace {

struct ChildPlan {
  const SpawnRequest* request = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  // Written by the child into our memory (CLONE_VM), read when it has called exec or ended (CLONE_VFORK).
  SpawnStage stage = SpawnStage::none;
  int error = 0;
};

int fail(ChildPlan& plan, SpawnStage stage) {
  plan.error = errno;
  plan.stage = stage;
  return 127;
}

// Runs on our memory: system calls alone, nothing allocated, no lock, no exit handler.
int child(void* argument) {
  auto& plan = *static_cast<ChildPlan*>(argument);
  const SpawnRequest& request = *plan.request;
  ::signal(SIGPIPE, SIG_DFL);  // the one that the small processes ignore
  ::setsid();
  if (request.set_user) {
    const std::size_t count = request.groups == nullptr ? 0 : request.groups->size();
    const gid_t* groups = count == 0 ? nullptr : request.groups->data();
    // The raw calls: the library's versions would try to change other threads' users.
    if (::syscall(SYS_setgroups, count, groups) != 0 ||
        ::syscall(SYS_setresgid, request.gid, request.gid, request.gid) != 0 ||
        ::syscall(SYS_setresuid, request.uid, request.uid, request.uid) != 0)
      return fail(plan, SpawnStage::user);
  }
  if (!request.directory.empty() && ::chdir(request.directory.c_str()) != 0) return fail(plan, SpawnStage::directory);
  // O_NONBLOCK, taken off again: a FIFO with nobody at its other end must not hold the initiator, which waits for us.
  const auto place = [](const char* path, int flags, int wanted) {
    const int opened = ::open(path, flags | O_NOCTTY | O_NONBLOCK, 0600);
    if (opened < 0 || ::fcntl(opened, F_SETFL, flags & O_APPEND) != 0) return false;
    if (opened == wanted) return true;
    if (::dup2(opened, wanted) < 0) return false;
    ::close(opened);
    return true;
  };
  constexpr int output_flags = O_WRONLY | O_CREAT;
  if (!place(request.stdin_path.c_str(), O_RDONLY, 0)) return fail(plan, SpawnStage::standard_input);
  // SYSOUT is appended to: stdout and a DD that a child opens by name may be one file.
  const int mode = request.stdout_truncate ? O_TRUNC : O_APPEND;
  if (!place(request.stdout_path.c_str(), output_flags | mode, 1)) return fail(plan, SpawnStage::standard_output);
  if (request.stderr_path.empty() || request.stderr_path == request.stdout_path) {
    if (::dup2(1, 2) < 0) return fail(plan, SpawnStage::standard_error);
  } else if (!place(request.stderr_path.c_str(), output_flags | O_APPEND, 2)) {
    return fail(plan, SpawnStage::standard_error);
  }
  int first_free = rc_descriptor;
  if (request.rc_fd >= 0) {
    if (request.rc_fd == rc_descriptor)
      ::fcntl(rc_descriptor, F_SETFD, 0);
    else
      ::dup2(request.rc_fd, rc_descriptor);
    first_free = rc_descriptor + 1;
  }
  ::syscall(SYS_close_range, first_free, ~0u, CLOSE_RANGE_CLOEXEC);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  if (request.cpu_seconds > 0) {
    // The kernel's own stop for a single process, one second behind ours for the whole tree; then SIGKILL for who
    // catches SIGXCPU. A lower hard limit of our own stays.
    rlimit limit{};
    ::getrlimit(RLIMIT_CPU, &limit);
    const auto soft = static_cast<rlim_t>(request.cpu_seconds) + 1;
    if (limit.rlim_max == RLIM_INFINITY || soft + 2 < limit.rlim_max) limit.rlim_max = soft + 2;
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    ::setrlimit(RLIMIT_CPU, &limit);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(request.path.c_str(), plan.arguments, plan.environment);
  return fail(plan, SpawnStage::execute);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));  // execve does not write there
  out.push_back(nullptr);
  return out;
}

}  // namespace

SpawnResult spawn_step(const SpawnRequest& request) {
  // One spawn at a time: the processes that use this have one thread, and CLONE_VFORK waits.
  alignas(16) static char stack[64 << 10];
  const auto arguments = pointers(request.arguments);
  const auto environment = pointers(request.environment);
  ChildPlan plan{&request, arguments.data(), environment.data()};
  sigset_t all, before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  int pidfd = -1;
  const int pid = ::clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &pidfd);
  const int clone_error = errno;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  SpawnResult result;
  if (pid < 0) {
    result.stage = SpawnStage::clone;
    result.error = clone_error;
    return result;
  }
  result.pidfd.reset(pidfd);
  if (plan.stage != SpawnStage::none) {
    result.stage = plan.stage;
    result.error = plan.error;
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return result;
  }
  result.pid = pid;
  return result;
}

}  // namespace sysplexd::jes
