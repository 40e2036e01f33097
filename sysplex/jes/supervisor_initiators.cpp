// The initiators' lives as the supervisor sees them: start, adoption, hello, end, and the end of what they left behind.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include "config/message.hpp"
#include "sysplex/jes/abend.hpp"
#include "sysplex/jes/process_setup.hpp"
#include "sysplex/jes/supervisor.hpp"

extern char** environ;

namespace sysplexd::jes {

namespace {

using std::chrono::milliseconds;

// An initiator that lives shorter than this has a reason that the next one will have too.
constexpr milliseconds short_life(1000);
constexpr milliseconds restart_pause_first(100), restart_pause_max(10'000);
constexpr milliseconds stuck_after(10'000);

net::ProcessIdentity identity_of(const InitiatorHello& hello) {
  return {static_cast<pid_t>(hello.pid), hello.start_ticks, hello.boot_id};
}

std::string status_text(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("exit {}", WEXITSTATUS(status));
}

pid_t parent_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(file, text);
  const auto comm_end = text.rfind(')');
  if (comm_end == std::string::npos || comm_end + 4 >= text.size()) return 0;
  return static_cast<pid_t>(std::strtol(text.c_str() + comm_end + 4, nullptr, 10));
}

}  // namespace

void Supervisor::adopt(SteadyTime now) {
  auto read = read_supervisor_record(options_.mount_point + "/run/supervisor.state");
  if (!read) {
    // Initiators that live connect by themselves; of those that died the daemon asks by their attempts.
    log_line_to_stderr(config::text<"UNV2427E">("supervisor state", read.error().text));
    return;
  }
  record_ = std::move(read).value();
  for (auto& death : record_.deaths) {
    if (death.processes_gone) continue;
    Ending ending;
    ending.id = death.died.initiator.running;
    ending.cookie = attempt_cookie(ending.id, options_.mount_point);
    ending.next_look = ending.began = now;
    endings_.push_back(std::move(ending));
  }
  for (const auto& hello : record_.initiators) {
    const bool this_boot = hello.boot_id == net::boot_id();
    const auto identity = identity_of(hello);
    if (this_boot && net::same_process(identity)) {
      auto pidfd = net::open_pidfd(identity);
      if (pidfd) {
        Kept kept;
        kept.hello = hello;
        kept.pidfd = std::move(pidfd).value();
        kept.started = now - short_life;
        kept.asked_to_end = !wanted(hello.initiator);
        kept_.emplace(hello.initiator, std::move(kept));
        continue;
      }
    }
    if (hello.running.attempt == 0) continue;
    DeathRecord death;
    death.died.initiator = hello;
    death.died.how =
        this_boot ? "a reason that nobody saw: it ended while no supervisor ran" : "the restart of the system";
    death.processes_gone = !this_boot;
    if (this_boot) {
      Ending ending;
      ending.id = hello.running;
      ending.cookie = attempt_cookie(hello.running, options_.mount_point);
      ending.next_look = ending.began = now;
      endings_.push_back(std::move(ending));
    }
    record_.deaths.push_back(std::move(death));
  }
  changed_ = true;
}

void Supervisor::start_missing(SteadyTime now) {
  for (const auto id : record_.keep) {
    if (kept_.contains(id)) continue;
    const auto restart = restarts_.find(id);
    if (restart == restarts_.end() || now >= restart->second.not_before) start_initiator(id, now);
  }
}

void Supervisor::start_initiator(std::uint32_t id, SteadyTime now) {
  const std::string number = std::to_string(id);
  const char* arguments[] = {options_.binary.c_str(),      "initiator", "--id", number.c_str(), "--mount-point",
                             options_.mount_point.c_str(), nullptr};
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, options_.binary.c_str(), nullptr, &attributes, const_cast<char**>(arguments), environ);
  ::posix_spawnattr_destroy(&attributes);
  auto& restart = restarts_[id];
  const auto pause_longer = [&](const std::string& why) {
    restart.pause = std::clamp(restart.pause * 2, restart_pause_first, restart_pause_max);
    restart.not_before = now + restart.pause;
    log_line_to_stderr(config::text<"UNV2425E">(id, why, restart.pause.count()));
  };
  if (error != 0) return pause_longer(options_.binary + ": " + std::strerror(error));
  auto pidfd = net::open_pidfd(pid);
  const auto identity = net::read_identity(pid);
  if (!pidfd || !identity) {
    // Out of descriptors: a process that we cannot watch must not stay.
    ::kill(pid, SIGKILL);  // our child, not reaped: the pid is his
    ::waitpid(pid, nullptr, 0);
    return pause_longer(!pidfd ? pidfd.error().text : identity.error().text);
  }
  Kept kept;
  kept.hello.initiator = id;
  kept.hello.pid = pid;
  kept.hello.start_ticks = identity->start_ticks;
  kept.hello.boot_id = identity->boot_id;
  kept.hello.version = SYSPLEXD_VERSION;
  kept.pidfd = std::move(pidfd).value();
  kept.child = true;
  kept.started = now;
  kept_.emplace(id, std::move(kept));
  changed_ = true;
  log_line_to_stderr(config::text<"UNV2422I">(id, pid));
  tell_state();
}

void Supervisor::said_hello(Peer& peer, const InitiatorHello& hello, SteadyTime now) {
  const auto identity = identity_of(hello);
  // The kernel says who connected; the rest of the identity must be that process's.
  if (peer.initiator == 0) {
    if (peer.link.peer().pid != identity.pid || !net::same_process(identity)) {
      log_line_to_stderr(
          config::text<"UNV2429W">(hello.initiator, "A HELLO WITH ANOTHER PROCESS'S IDENTITY WAS REFUSED"));
      peer.lost = true;
      return;
    }
    auto known = kept_.find(hello.initiator);
    if (known != kept_.end() && !(identity_of(known->second.hello) == identity)) {
      if (net::same_process(identity_of(known->second.hello))) {
        log_line_to_stderr(config::text<"UNV2429W">(hello.initiator, "A SECOND PROCESS OF THIS NUMBER WAS REFUSED"));
        peer.lost = true;
        return;
      }
      initiator_ended(hello.initiator, now);
      known = kept_.end();
    }
    if (known == kept_.end()) {
      // Of an earlier supervisor whose state we do not have.
      auto pidfd = net::open_pidfd(identity);
      if (!pidfd) {
        peer.lost = true;
        return;
      }
      Kept kept;
      kept.pidfd = std::move(pidfd).value();
      kept.started = now - short_life;
      kept_.emplace(hello.initiator, std::move(kept));
    }
    peer.initiator = hello.initiator;
  }
  if (peer.initiator != hello.initiator) {
    peer.lost = true;
    return;
  }
  Kept& kept = kept_.at(hello.initiator);
  const bool first = kept.peer != &peer;
  const bool was_known = kept.hello.pid == hello.pid;
  // Becoming idle is written with the next change: a stale attempt is one that the daemon settles at once.
  if (!was_known || (hello.running.attempt != 0 && !(kept.hello.running == hello.running))) changed_ = true;
  kept.peer = &peer;
  kept.hello = hello;
  if (first && (kept.asked_to_end || should_end(kept))) ask_to_end(kept, true);
  if (!was_known) tell_state();
}

void Supervisor::initiator_ended(std::uint32_t id, SteadyTime now) {
  const auto found = kept_.find(id);
  if (found == kept_.end()) return;
  if (found->second.peer != nullptr) read_peer(*found->second.peer, now);
  Kept& kept = found->second;
  std::string how = "an end that only its parent could see: it was adopted";
  if (kept.child) {
    int status = 0;
    const pid_t reaped = ::waitpid(static_cast<pid_t>(kept.hello.pid), &status, WNOHANG);
    if (reaped == 0) return;  // its pidfd woke us early: another thread of it ended
    if (reaped > 0) how = status_text(status);
  }
  if (kept.hello.running.attempt != 0) {
    DeathRecord death;
    death.died.initiator = kept.hello;
    death.died.how = how;
    record_.deaths.push_back(std::move(death));
    Ending ending;
    ending.id = kept.hello.running;
    ending.cookie = attempt_cookie(ending.id, options_.mount_point);
    ending.next_look = ending.began = now;
    endings_.push_back(std::move(ending));
  } else {
    log_line_to_stderr(config::text<"UNV2423I">(id, how));
  }
  auto& restart = restarts_[id];
  const bool short_lived = now - kept.started < short_life && !kept.asked_to_end;
  restart.pause = short_lived ? std::clamp(restart.pause * 2, restart_pause_first, restart_pause_max) : milliseconds(0);
  restart.not_before = now + restart.pause;
  if (short_lived)
    log_line_to_stderr(config::text<"UNV2425E">(id, "it ended at once (" + how + ")", restart.pause.count()));
  if (kept.peer != nullptr) kept.peer->lost = true;
  kept_.erase(found);
  changed_ = true;
  tell_state();
}

void Supervisor::reap(SteadyTime now) {
  for (;;) {
    siginfo_t info{};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    const auto initiator = std::find_if(kept_.begin(), kept_.end(), [&](const auto& entry) {
      return entry.second.child && entry.second.hello.pid == info.si_pid;
    });
    if (initiator != kept_.end()) {
      initiator_ended(initiator->first, now);
    } else {
      ::waitpid(info.si_pid, nullptr, WNOHANG);  // an orphan of a dead initiator
    }
  }
}

// Children of ours that are no initiators: what dead initiators left. Of a living one nothing comes to us: it is a
// subreaper.
ProcessList Supervisor::orphans() const {
  ProcessList roots, all;
  for (auto& identity : net::Descendants::of(identity_.pid)) {
    const bool initiator = std::any_of(kept_.begin(), kept_.end(),
                                       [&](const auto& entry) { return entry.second.hello.pid == identity.pid; });
    if (!initiator && parent_of(identity.pid) == identity_.pid) roots.push_back(std::move(identity));
  }
  for (const auto& root : roots) {
    all.push_back(root);
    for (auto& below : net::Descendants::of(root.pid)) all.push_back(std::move(below));
  }
  return all;
}

void Supervisor::look(Ending& ending, SteadyTime now) {
  const auto find = [&] {
    auto found = cookie_processes(ending.cookie);
    for (auto& orphan : orphans())
      if (std::find(found.begin(), found.end(), orphan) == found.end()) found.push_back(std::move(orphan));
    return found;
  };
  const std::size_t alive = kill_all(find, ending.signalled);
  reap(now);
  ending.empty_looks = alive == 0 ? ending.empty_looks + 1 : 0;
  ending.next_look = now + milliseconds(alive == 0 ? 1 : 20);
  if (alive > 0 && now - ending.began > stuck_after && !ending.stuck_told) {
    ending.stuck_told = true;
    std::string which;
    for (const auto& identity : find())
      which += fmt::format("{}{} ({})", which.empty() ? "" : ", ", identity.pid, process_state(identity.pid));
    log_line_to_stderr(config::text<"UNV2428W">(job_id_text(ending.id.job), which));
  }
  if (ending.empty_looks < 2) return;
  for (auto& death : record_.deaths) {
    if (death.processes_gone || !(death.died.initiator.running == ending.id)) continue;
    death.processes_gone = true;
    death.died.processes_ended = ending.signalled.count();
    changed_ = true;
    log_line_to_stderr(config::text<"UNV2424E">(death.died.initiator.initiator, death.died.how,
                                                job_id_text(ending.id.job), ending.id.attempt,
                                                death.died.processes_ended));
    for (auto& peer : peers_)
      if (peer.initiator == 0) send(peer, death.died);
  }
  AttemptFound found;
  found.id = ending.id;
  found.processes = ending.signalled.count();
  for (Peer* asker : ending.askers) send(*asker, found);
}

}  // namespace sysplexd::jes
