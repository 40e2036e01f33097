// See process.hpp.
#include "sysplex/jes/utilities/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>

extern char** environ;

namespace sysplexd::jes {

net::Result<ProcessEnd> run_process(const ProcessRequest& request) {
  std::vector<char*> arguments;
  for (const auto& argument : request.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  std::vector<char*> environment;
  const auto name_of = [](const char* text) { return std::string_view(text, std::strcspn(text, "=")); };
  for (const auto& entry : request.environment) environment.push_back(const_cast<char*>(entry.c_str()));
  const auto own = environment.size();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const bool replaced = std::any_of(environment.begin(), environment.begin() + static_cast<std::ptrdiff_t>(own),
                                      [&](const char* set) { return name_of(set) == name_of(*entry); });
    if (!replaced) environment.push_back(*entry);
  }
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  const int wanted[] = {request.standard_input, request.standard_output, request.standard_error};
  for (int fd = 0; fd < 3; ++fd)
    if (wanted[fd] >= 0) ::posix_spawn_file_actions_adddup2(&actions, wanted[fd], fd);
  if (!request.directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, request.directory.c_str());
  // A program starts with default signals, whatever its utility ignores.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) {
    auto error = net::system_error(failed, "start " + request.arguments.front());
    if (failed == ENOENT || failed == ENOTDIR) error.code = net::Errc::not_found;
    return error;
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return net::system_error(errno, "wait for " + request.arguments.front());
  if (WIFSIGNALED(status)) return ProcessEnd{0, WTERMSIG(status)};
  return ProcessEnd{WEXITSTATUS(status), 0};
}

std::string find_command(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const auto colon = std::min(rest.find(':'), rest.size());
    auto candidate = std::string(rest.substr(0, colon)) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return {};
}

WorkFolder::WorkFolder(const std::string& prefix) {
  const char* parent = std::getenv("SYSPLEXD_TEMP");
  if (parent == nullptr || *parent == '\0') parent = std::getenv("TMPDIR");
  if (parent == nullptr || *parent == '\0') parent = "/tmp";
  std::string path = std::string(parent) + "/" + prefix + ".XXXXXX";
  if (::mkdtemp(path.data()) != nullptr)
    path_ = path;
  else
    problem_ = net::system_error(errno, "make a work folder in " + std::string(parent)).text;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;  // the job's temporary folder is removed with the job anyway
  if (ok()) std::filesystem::remove_all(path_, ignored);
}

net::Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return net::system_error(errno, "open " + path);
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      ::close(fd);
      return net::system_error(error, "read " + path);
    }
    if (n == 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
    if (text.size() > limit) {
      ::close(fd);
      return net::Error{net::Errc::too_large, path + " is larger than " + std::to_string(limit) + " bytes"};
    }
  }
  ::close(fd);
  return text;
}

net::Status write_file(const std::string& path, std::string_view text, bool append) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
  if (fd < 0) return net::system_error(errno, "open " + path + " for output");
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      ::close(fd);
      return net::system_error(error, "write " + path);
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::close(fd) != 0) return net::system_error(errno, "close " + path);
  return {};
}

}  // namespace sysplexd::jes
