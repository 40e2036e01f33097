// The poll loop, the peers and their messages. The initiators' lives are in supervisor_initiators.cpp.
#include "sysplex/jes/supervisor.hpp"

#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "config/message.hpp"
#include "net/local_socket.hpp"
#include "sysplex/jes/process_setup.hpp"

namespace sysplexd::jes {

namespace {

// The daemon, a command or two and the initiators; more is somebody's mistake.
constexpr std::size_t peers_max = 512;

std::string state_path(const std::string& mount_point) { return mount_point + "/run/supervisor.state"; }

}  // namespace

Supervisor::Supervisor(const SupervisorOptions& options, net::UniqueFd listener, net::UniqueFd signals)
    : options_(options), identity_(net::own_identity()), listener_(std::move(listener)), signals_(std::move(signals)) {}

int Supervisor::run() {
  adopt(std::chrono::steady_clock::now());
  log_line_to_stderr(config::text<"UNV2420I">(identity_.pid, kept_.size()));
  std::vector<pollfd> polled;
  std::vector<std::uint32_t> polled_initiators;
  std::vector<Peer*> polled_peers;
  for (;;) {
    auto now = std::chrono::steady_clock::now();
    if (!stopping_) start_missing(now);
    for (auto& ending : endings_)
      if (now >= ending.next_look) look(ending, now);
    std::erase_if(endings_, [](const Ending& ending) { return ending.empty_looks >= 2; });
    persist();
    for (auto& peer : peers_)
      if (!peer.lost && peer.link.wants_write() && !peer.link.flush_some().ok()) peer.lost = true;
    drop_lost_peers();
    if (end_now_ || (stopping_ && kept_.empty() && endings_.empty())) {
      ::unlink(supervisor_socket(options_.mount_point).c_str());
      log_line_to_stderr(config::text<"UNV2426I">(end_now_ ? "IT WAS TOLD TO" : "ITS LAST INITIATOR HAS ENDED"));
      return 0;
    }

    polled.assign({{listener_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}});
    polled_initiators.clear();
    polled_peers.clear();
    for (const auto& [id, kept] : kept_) {
      polled.push_back({kept.pidfd.get(), POLLIN, 0});
      polled_initiators.push_back(id);
    }
    for (auto& peer : peers_) {
      polled.push_back({peer.link.fd(), static_cast<short>(POLLIN | (peer.link.wants_write() ? POLLOUT : 0)), 0});
      polled_peers.push_back(&peer);
    }
    timespec timeout{};
    const auto wake = next_wake();
    if (wake) {
      const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(*wake - now).count();
      if (left > 0) timeout = {left / 1'000'000'000, left % 1'000'000'000};
    }
    if (::ppoll(polled.data(), polled.size(), wake ? &timeout : nullptr, nullptr) < 0 && errno != EINTR) {
      log_line_to_stderr(config::text<"UNV2427E">("poll", std::strerror(errno)));
      return 1;
    }
    now = std::chrono::steady_clock::now();
    if (polled[1].revents != 0) {
      signalfd_siginfo info[8];
      const ssize_t n = ::read(signals_.get(), info, sizeof info);
      for (std::size_t i = 0; n > 0 && i < static_cast<std::size_t>(n) / sizeof info[0]; ++i)
        if (info[i].ssi_signo == SIGTERM || info[i].ssi_signo == SIGINT) end_now_ = true;
    }
    // What initiators said before they died is heard first: their last words tell which attempt they had.
    for (std::size_t i = 0; i < polled_peers.size(); ++i)
      if (polled[2 + polled_initiators.size() + i].revents != 0) read_peer(*polled_peers[i], now);
    for (std::size_t i = 0; i < polled_initiators.size(); ++i)
      if (polled[2 + i].revents != 0) initiator_ended(polled_initiators[i], now);
    if (polled[1].revents != 0) reap(now);
    if (polled[0].revents != 0) accept_peers();
  }
}

std::optional<SteadyTime> Supervisor::next_wake() const {
  std::optional<SteadyTime> wake;
  const auto at = [&](SteadyTime time) { wake = wake ? std::min(*wake, time) : time; };
  for (const auto& ending : endings_) at(ending.next_look);
  if (!stopping_)
    for (const auto id : record_.keep)
      if (!kept_.contains(id)) {
        const auto restart = restarts_.find(id);
        at(restart == restarts_.end() ? SteadyTime{} : restart->second.not_before);
      }
  if (changed_) at(persist_again_);
  return wake;
}

void Supervisor::accept_peers() {
  for (;;) {
    net::UniqueFd accepted(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!accepted) return;
    const auto who = net::peer_credentials(accepted.get());
    if ((who.uid != ::geteuid() && who.uid != 0) || peers_.size() >= peers_max) continue;
    auto link = net::BlockingLink::from_fd(std::move(accepted));
    if (!link) continue;
    peers_.push_back(Peer{std::move(link).value()});
    Peer& peer = peers_.back();
    // Initiators pass these over.
    send(peer, state());
    for (const auto& death : record_.deaths)
      if (death.processes_gone) send(peer, death.died);
  }
}

void Supervisor::read_peer(Peer& peer, SteadyTime now) {
  while (!peer.lost) {
    auto frame = peer.link.next();
    if (!frame) {
      peer.lost = true;
    } else if (!*frame) {
      return;
    } else {
      from_peer(peer, **frame, now);
    }
  }
}

void Supervisor::drop_lost_peers() {
  for (auto peer = peers_.begin(); peer != peers_.end();) {
    if (!peer->lost) {
      ++peer;
      continue;
    }
    for (auto& [id, kept] : kept_)
      if (kept.peer == &*peer) kept.peer = nullptr;
    for (auto& ending : endings_) ending.askers.remove(&*peer);
    peer = peers_.erase(peer);
  }
}

SupervisorState Supervisor::state() const {
  SupervisorState state;
  state.pid = identity_.pid;
  state.start_ticks = identity_.start_ticks;
  for (const auto& [id, kept] : kept_) state.initiators.push_back(kept.hello);
  return state;
}

void Supervisor::tell_state() {
  const auto now = state();
  for (auto& peer : peers_)
    if (peer.initiator == 0) send(peer, now);
}

void Supervisor::persist() {
  if (!changed_ || std::chrono::steady_clock::now() < persist_again_) return;
  record_.initiators.clear();
  for (const auto& [id, kept] : kept_) record_.initiators.push_back(kept.hello);
  const auto written = write_supervisor_record(state_path(options_.mount_point), record_);
  changed_ = !written.ok();
  if (written.ok()) return;
  log_line_to_stderr(config::text<"UNV2427E">("supervisor state", written.error().text));
  persist_again_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
}

bool Supervisor::wanted(std::uint32_t id) const {
  return std::find(record_.keep.begin(), record_.keep.end(), id) != record_.keep.end();
}

// After an upgrade an initiator of the old program ends when it is idle, and the new one takes its number.
bool Supervisor::should_end(const Kept& kept) const {
  return stopping_ || !wanted(kept.hello.initiator) || kept.hello.version != SYSPLEXD_VERSION;
}

void Supervisor::ask_to_end(Kept& kept, bool end) {
  kept.asked_to_end = end;
  if (kept.peer == nullptr) return;  // told when it connects
  EndWhenIdle message;
  message.end = end;
  send(*kept.peer, message);
}

void Supervisor::from_peer(Peer& peer, const net::Frame& frame, SteadyTime now) {
  switch (frame.kind) {
    case InitiatorHello::kind: {
      const auto hello = net::decode<InitiatorHello>(frame.payload);
      if (hello) said_hello(peer, *hello, now);
      return;
    }
    case KeepInitiators::kind: {
      auto keep = net::decode<KeepInitiators>(frame.payload);
      if (!keep) return;
      record_.keep = std::move(keep->initiators);
      changed_ = true;
      restarts_.clear();
      for (auto& [id, kept] : kept_) {
        if (should_end(kept) != kept.asked_to_end) ask_to_end(kept, should_end(kept));
      }
      return;
    }
    case AttemptSettled::kind: {
      const auto settled = net::decode<AttemptSettled>(frame.payload);
      if (!settled) return;
      changed_ |= std::erase_if(record_.deaths, [&](const DeathRecord& death) {
                    return death.processes_gone && death.died.initiator.running == settled->id;
                  }) > 0;
      return;
    }
    case FindAttempt::kind: {
      const auto find = net::decode<FindAttempt>(frame.payload);
      if (!find) return;
      const auto cookie = attempt_cookie(find->id, options_.mount_point);
      if (!find->end_them) {
        AttemptFound found;
        found.id = find->id;
        found.processes = static_cast<std::uint32_t>(cookie_processes(cookie).size());
        send(peer, found);
        return;
      }
      const auto same =
          std::find_if(endings_.begin(), endings_.end(), [&](const Ending& e) { return e.id == find->id; });
      if (same != endings_.end()) {
        same->askers.push_back(&peer);
        return;
      }
      Ending ending;
      ending.id = find->id;
      ending.cookie = cookie;
      ending.next_look = ending.began = now;
      ending.askers.push_back(&peer);
      endings_.push_back(std::move(ending));
      return;
    }
    case StopWhenIdle::kind: {
      const auto stop = net::decode<StopWhenIdle>(frame.payload);
      if (!stop) return;
      stopping_ = stop->stop;
      for (auto& [id, kept] : kept_) ask_to_end(kept, should_end(kept));
      return;
    }
    default: return;  // of a newer daemon
  }
}

int run_supervisor(const SupervisorOptions& given) {
  SupervisorOptions options = given;
  options.mount_point = std::filesystem::absolute(given.mount_point).lexically_normal().string();
  options.binary = std::filesystem::absolute(given.binary).string();
  prepare_process();
  const auto lock = take_process_lock(options.mount_point + "/run/supervisor.lock");
  if (!lock) {
    if (lock.error().code == net::Errc::exists) {
      log_line_to_stderr(config::text<"UNV2421I">(options.mount_point));
      return 0;
    }
    log_line_to_stderr(config::text<"UNV2427E">("supervisor", lock.error().text));
    return 1;
  }
  ::prctl(PR_SET_NAME, "sysplexd-super");
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
    log_line_to_stderr(config::text<"UNV2427E">("PR_SET_CHILD_SUBREAPER", std::strerror(errno)));
  auto listener = net::listen_local_socket(supervisor_socket(options.mount_point), 0600);
  if (!listener) {
    log_line_to_stderr(config::text<"UNV2427E">("supervisor", listener.error().text));
    return 1;
  }
  Supervisor supervisor(options, std::move(listener).value(), block_signals({SIGCHLD, SIGTERM, SIGINT, SIGHUP}));
  return supervisor.run();
}

}  // namespace sysplexd::jes
