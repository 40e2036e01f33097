// The initiator process: one poll(2) loop over the daemon's socket, the supervisor's socket and its signals, around one
// JobRunner. It never ends because a connection did: both are made again for ever (10 ms … 1 s), and a job goes on to
// its end meanwhile, its records in the job file.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "net/blocking_link.hpp"
#include "net/fd.hpp"
#include "net/process.hpp"
#include "sysplex/jes/job_runner.hpp"
#include "sysplex/jes/processes.hpp"

namespace sysplexd::jes {

// A connection that is made again and again.
class KeptLink {
 public:
  explicit KeptLink(std::string path) : path_(std::move(path)) {}
  // Tries when it is time; true: it has just been made.
  bool try_connect(SteadyTime now);
  void lost(SteadyTime now);
  bool is_open() const { return link_.has_value(); }
  net::BlockingLink& link() { return *link_; }
  std::optional<SteadyTime> next_try() const { return link_ ? std::nullopt : std::optional(next_try_); }
  // The next whole frame; nullopt: none now, or the link is lost.
  std::optional<net::Frame> next(SteadyTime now);
  template <class Message>
  void send(const Message& message, SteadyTime now) {
    if (link_ && !link_->post_message(message)) lost(now);
  }
  void flush(SteadyTime now);

 private:
  static constexpr std::chrono::milliseconds pause_first{10}, pause_max{1000};
  std::string path_;
  std::optional<net::BlockingLink> link_;
  SteadyTime next_try_{};
  std::chrono::milliseconds pause_ = pause_first;
};

class Initiator {
 public:
  Initiator(const InitiatorOptions& options, net::UniqueFd signals);
  int run();

 private:
  InitiatorHello hello() const;
  void from_daemon(const net::Frame& frame, SteadyTime now);
  void start_job(const StartJob& start, SteadyTime now);
  void from_supervisor(const net::Frame& frame);
  void tell(SteadyTime now);  // events and the outcome of the runner to the daemon
  void tell_outcome(SteadyTime now);
  bool may_end() const { return end_when_idle_ && runner_.phase() == JobRunner::Phase::idle; }
  void leave(SteadyTime now);

  InitiatorOptions options_;
  net::ProcessIdentity identity_;
  net::UniqueFd signals_;
  KeptLink daemon_, supervisor_;
  JobRunner runner_;
  bool end_when_idle_ = false;
  bool outcome_told_ = false;  // on the connection that is open now
  bool hello_due_ = false;     // to the supervisor
  std::optional<SteadyTime> trim_at_;
};

}  // namespace sysplexd::jes
