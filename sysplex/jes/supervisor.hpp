// The supervisor process: keeps the node's initiators, outlives the daemon and may itself be killed at any moment. Its
// rules:
//
// - It starts initiators, watches each by a pidfd, and starts a missing one again (with a pause when they die at once).
// - What it must know after its own death (who runs what, which deaths are not settled) is in run/supervisor.state,
//   replaced as a whole before anything depends on it. The next supervisor adopts by identity: pid, start time, boot.
// - An initiator that died with an attempt: every process of the attempt is ended first (orphans of ours, cookie, their
//   descendants; looked for until two looks find nobody), only then the daemon is told, again and again until it
//   settles.
#pragma once
#include <poll.h>

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/blocking_link.hpp"
#include "net/fd.hpp"
#include "net/process.hpp"
#include "sysplex/jes/process_tree.hpp"
#include "sysplex/jes/processes.hpp"
#include "sysplex/jes/protocol.hpp"
#include "sysplex/jes/supervisor_state.hpp"

namespace sysplexd::jes {

using SteadyTime = std::chrono::steady_clock::time_point;

class Supervisor {
 public:
  Supervisor(const SupervisorOptions& options, net::UniqueFd listener, net::UniqueFd signals);
  int run();

 private:
  struct Peer {
    net::BlockingLink link;
    std::uint32_t initiator = 0;  // after its hello; 0: daemon, or not yet known
    bool lost = false;
  };
  struct Kept {
    InitiatorHello hello;  // identity, and what it runs as far as we know
    net::UniqueFd pidfd;
    bool child = false;  // of ours: its exit status can be had
    SteadyTime started{};
    Peer* peer = nullptr;
    bool asked_to_end = false;
  };
  struct Restart {  // pause before the next start of one initiator
    SteadyTime not_before{};
    std::chrono::milliseconds pause{0};
  };
  // Ending the processes of one attempt, over several looks.
  struct Ending {
    AttemptId id;
    std::string cookie;
    Signalled signalled;
    int empty_looks = 0;
    SteadyTime next_look{}, began{};
    bool stuck_told = false;
    std::list<Peer*> askers;  // of FindAttempt with end_them; empty: a death
  };

  void adopt(SteadyTime now);
  void start_missing(SteadyTime now);
  void start_initiator(std::uint32_t id, SteadyTime now);
  void initiator_ended(std::uint32_t id, SteadyTime now);
  void reap(SteadyTime now);
  void look(Ending& ending, SteadyTime now);
  void accept_peers();
  void from_peer(Peer& peer, const net::Frame& frame, SteadyTime now);
  void said_hello(Peer& peer, const InitiatorHello& hello, SteadyTime now);
  bool should_end(const Kept& kept) const;
  void ask_to_end(Kept& kept, bool end);
  void read_peer(Peer& peer, SteadyTime now);
  void drop_lost_peers();
  void tell_state();  // to every daemon
  SupervisorState state() const;
  void persist();  // when something changed
  ProcessList orphans() const;
  bool wanted(std::uint32_t id) const;
  std::optional<SteadyTime> next_wake() const;

  template <class Message>
  static void send(Peer& peer, const Message& message) {
    if (!peer.lost && !peer.link.post_message(message)) peer.lost = true;
  }

  SupervisorOptions options_;
  net::ProcessIdentity identity_;
  net::UniqueFd listener_, signals_;
  SupervisorRecord record_;  // keep and deaths; initiators are put in when it is written
  bool changed_ = false;
  SteadyTime persist_again_{};
  std::map<std::uint32_t, Kept> kept_;
  std::map<std::uint32_t, Restart> restarts_;
  std::list<Peer> peers_;
  std::list<Ending> endings_;
  bool stopping_ = false;  // StopWhenIdle
  bool end_now_ = false;   // SIGTERM: we alone
};

}  // namespace sysplexd::jes
