#include "daemon/try_mode.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/cli.hpp"
#include "daemon/embedded_text.hpp"
#include "net/process.hpp"
#include "sysplex/jes/processes.hpp"

extern char** environ;

namespace sysplexd::daemon {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto start_limit = std::chrono::seconds(20);
constexpr auto stop_limit = std::chrono::seconds(20);

void nap() { ::usleep(10'000); }

// The embedded sysplex: a daemon process of its own, so that it can be killed as a real one.
class Embedded {
 public:
  net::Status make() {
    const char* base = std::getenv("TMPDIR");
    folder_ = std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/sysplexd-try-XXXXXX";
    if (::mkdtemp(folder_.data()) == nullptr) return net::system_error(errno, folder_);
    ::chmod(folder_.c_str(), 0711);
    std::ofstream out(config());
    out << "# Made by sysplexd try.\n[ubroker]\nsystem_id = \"TRY1\"\nsysname = \"TRY1\"\nsysplex_role = \"none\"\n"
        << "mount_point = \"" << folder_ << "/local\"\nshared_mount_point = \"" << folder_ << "/shared\"\n"
        << "[jes]\ninitiators = [{ class = \"ABC\", count = 2 }]\n";
    out.close();
    if (!out) return net::Error{net::Errc::io, "cannot write " + config()};
    return {};
  }
  std::string config() const { return folder_ + "/sysplexd.toml"; }
  std::string log() const { return folder_ + "/daemon.log"; }
  const std::string& folder() const { return folder_; }

  net::Status start() {
    const std::string ready = folder_ + "/local/run/ready.json";
    ::unlink(ready.c_str());
    const std::string binary = jes::own_binary(), file = config(), out = log();
    const char* arguments[] = {binary.c_str(), "run", "--config", file.c_str(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    const int failed = ::posix_spawn(&pid_, binary.c_str(), &actions, nullptr, const_cast<char**>(arguments), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return net::system_error(failed, binary);
    const auto limit = steady_clock::now() + start_limit;
    while (steady_clock::now() < limit) {
      if (::access(ready.c_str(), R_OK) == 0) return {};
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = 0;
        return net::Error{net::Errc::closed, "the daemon ended at its start; its log:\n" + log_text()};
      }
      nap();
    }
    return net::Error{net::Errc::timed_out, "the daemon was not ready in time; its log:\n" + log_text()};
  }

  void kill_daemon() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  pid_t pid() const { return pid_; }

  // Ends daemon, initiators and supervisor, and removes the folder.
  void end(const ServerChoice& server) {
    Request request;
    request.operation = "stop";
    request.arguments = {{"everything", "1"}};
    call(server, request);
    const auto limit = steady_clock::now() + stop_limit;
    const std::string entry = "--mount-point";
    while (steady_clock::now() < limit) {
      if (pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
      if (pid_ == 0 && ::access((folder_ + "/local/run/supervisor.sock").c_str(), F_OK) != 0) break;
      nap();
    }
    if (pid_ != 0) kill_daemon();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string log_text() const {
    std::ifstream in(log());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

 private:
  std::string folder_;
  pid_t pid_ = 0;
};

std::string text_of(const json& document, const char* key) {
  const auto found = document.find(key);
  return found == document.end() || !found->is_string() ? "" : found->get<std::string>();
}

int broken(const net::Error& error, bool as_json) {
  print_error(failure(exit_failed, "", "try: " + error.text, ""), as_json);
  return exit_failed;
}

}  // namespace

int try_mode(const TryCommand& command) {
  std::string deck(payroll_sample);
  if (!command.file.empty()) {
    std::ifstream in(command.file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
      print_error(failure(exit_usage, "UNV9002E", "CANNOT READ " + command.file, "Correct the path."), command.json);
      return exit_usage;
    }
    deck = text.str();
  }
  Embedded sysplex;
  if (const auto made = sysplex.make(); !made) return broken(made.error(), command.json);
  const bool talk = !command.json;
  if (talk) std::cerr << "starting an embedded sysplex of one member in " << sysplex.folder() << std::endl;
  const auto begin = steady_clock::now();
  if (const auto started = sysplex.start(); !started) return broken(started.error(), command.json);
  if (talk)
    std::cerr << fmt::format("ready after {} ms: daemon {}, supervisor and 2 initiators beside it",
                             std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin).count(),
                             sysplex.pid())
              << std::endl;
  ServerChoice server;
  server.config = sysplex.config();
  Request request;
  request.operation = "submit";
  request.body = deck;
  request.arguments = {{"wait", "1"}};
  std::string jobid;
  bool killed = false;
  ClientEvents events;
  events.notice = [&](std::string_view text) {
    const auto notice = json::parse(text, nullptr, false);
    if (notice.contains("submitted")) {
      jobid = text_of(notice["submitted"], "jobid");
      if (talk) std::cerr << jobid << " " << text_of(notice["submitted"], "jobname") << " SUBMITTED" << std::endl;
      return;
    }
    if (!notice.contains("step")) return;
    const auto& step = notice["step"];
    if (talk && text_of(step, "state") != "RUNNING") std::cerr << step_line(step.dump()) << std::endl;
    if (killed || command.kill_in_step == 0 || text_of(step, "state") != "RUNNING" ||
        step.value("number", 0) != command.kill_in_step)
      return;
    killed = true;
    if (talk)
      std::cerr << fmt::format("kill -9 of the daemon {} while step {} runs as process {}", sysplex.pid(),
                               command.kill_in_step, step.value("pid", 0))
                << std::endl;
    sysplex.kill_daemon();
  };
  auto answer = call(server, request, events);
  if (killed) {
    if (const auto started = sysplex.start(); !started) return broken(started.error(), command.json);
    if (talk) std::cerr << "daemon started again as " << sysplex.pid() << std::endl;
    request.operation = "wait";
    request.body.clear();
    request.arguments = {{"job", jobid}};
    answer = call(server, request, events);
  }
  int exit = answer.exit;
  if (command.kill_in_step > 0 && !killed) {
    std::cerr << "step " << command.kill_in_step << " was never seen running: nothing was killed" << std::endl;
    exit = std::max<int>(exit, exit_failed);
  }
  const auto document = json::parse(answer.document, nullptr, false);
  if (command.json || document.contains("error")) {
    if (document.contains("error"))
      print_error(answer, command.json);
    else
      print_document(answer.document);
  } else {
    write_stdout(job_page(answer.document));
    // What the programs printed; the compiler's listings and the system files are there to ask for.
    for (const auto& file : document["files"]) {
      const auto ddname = text_of(file, "ddname");
      if (file.value("id", 0) < 101 || file.value("bytes", 0) == 0 || ddname == "SYSPRINT" ||
          file.value("bytes", 0) > 20000)
        continue;
      write_stdout(fmt::format("\n=== {} {} {} ===\n", text_of(file, "step"), ddname, file.value("id", 0)));
      Request wanted;
      wanted.operation = "output";
      wanted.arguments = {{"job", text_of(document, "jobid")}, {"id", std::to_string(file.value("id", 0))}};
      ClientEvents printing;
      printing.chunk = [](std::string_view bytes) { return write_stdout(bytes); };
      call(server, wanted, printing);
    }
    for (const auto& error : document["errors"])
      std::cerr << fmt::format("card {}, column {}: {}", error.value("card", 0), error.value("column", 0),
                               text_of(error, "text"))
                << std::endl;
    write_stdout("\n" + text_of(document, "jobid") + " " + text_of(document, "jobname") + " ENDED - " +
                 text_of(document, "retcode") + "\n");
  }
  if (command.keep) {
    std::cerr << "the sysplex stays: use --config " << sysplex.config() << " with any command; end it with: kill "
              << sysplex.pid() << std::endl;
    return exit;
  }
  sysplex.end(server);
  return exit;
}

}  // namespace sysplexd::daemon
