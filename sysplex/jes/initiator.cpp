#include "sysplex/jes/initiator.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "config/message.hpp"
#include "sysplex/jes/process_setup.hpp"

namespace sysplexd::jes {

namespace {
using std::chrono::milliseconds;
constexpr std::chrono::seconds trim_after_idle(1);
}  // namespace

bool KeptLink::try_connect(SteadyTime now) {
  if (link_ || now < next_try_) return false;
  auto connected = net::BlockingLink::connect(path_, milliseconds(0));
  if (!connected) {
    next_try_ = now + pause_;
    pause_ = std::min(pause_ * 2, pause_max);
    return false;
  }
  link_.emplace(std::move(connected).value());
  pause_ = pause_first;
  return true;
}

void KeptLink::lost(SteadyTime now) {
  link_.reset();
  next_try_ = now + pause_;
  pause_ = std::min(pause_ * 2, pause_max);
}

std::optional<net::Frame> KeptLink::next(SteadyTime now) {
  if (!link_) return std::nullopt;
  auto frame = link_->next();
  if (!frame) {
    lost(now);
    return std::nullopt;
  }
  return std::move(frame).value();
}

void KeptLink::flush(SteadyTime now) {
  if (link_ && link_->wants_write() && !link_->flush_some().ok()) lost(now);
}

Initiator::Initiator(const InitiatorOptions& options, net::UniqueFd signals)
    : options_(options),
      identity_(net::own_identity()),
      signals_(std::move(signals)),
      daemon_(jes_socket(options.mount_point)),
      supervisor_(supervisor_socket(options.mount_point)),
      runner_({options.id, options.mount_point, options.binary}) {}

InitiatorHello Initiator::hello() const {
  InitiatorHello hello;
  hello.initiator = options_.id;
  hello.pid = identity_.pid;
  hello.start_ticks = identity_.start_ticks;
  hello.boot_id = identity_.boot_id;
  hello.version = SYSPLEXD_VERSION;
  hello.running = runner_.attempt();
  hello.outcome_waits = runner_.phase() == JobRunner::Phase::outcome_waits;
  return hello;
}

int Initiator::run() {
  for (;;) {
    auto now = std::chrono::steady_clock::now();
    if (daemon_.try_connect(now)) {
      daemon_.send(hello(), now);
      outcome_told_ = false;
      tell_outcome(now);
    }
    if (supervisor_.try_connect(now)) supervisor_.send(hello(), now);
    daemon_.flush(now);
    supervisor_.flush(now);
    if (may_end()) {
      leave(now);
      return 0;
    }

    pollfd polled[3] = {{signals_.get(), POLLIN, 0}, {-1, 0, 0}, {-1, 0, 0}};
    KeptLink* links[2] = {&daemon_, &supervisor_};
    std::optional<SteadyTime> wake = runner_.next_tick();
    if (!wake) wake = trim_at_;
    for (int i = 0; i < 2; ++i) {
      if (links[i]->is_open()) {
        polled[i + 1].fd = links[i]->link().fd();
        polled[i + 1].events = static_cast<short>(POLLIN | (links[i]->link().wants_write() ? POLLOUT : 0));
      } else if (const auto next = links[i]->next_try()) {
        wake = wake ? std::min(*wake, *next) : *next;
      }
    }
    timespec timeout{};
    if (wake) {
      const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(*wake - now).count();
      if (left > 0) timeout = {left / 1'000'000'000, left % 1'000'000'000};
    }
    if (::ppoll(polled, 3, wake ? &timeout : nullptr, nullptr) < 0 && errno != EINTR) {
      log_line_to_stderr(config::text<"UNV2427E">("poll", std::strerror(errno)));
      return 1;
    }
    now = std::chrono::steady_clock::now();
    if ((polled[0].revents & POLLIN) != 0) {
      signalfd_siginfo info[8];
      const ssize_t n = ::read(signals_.get(), info, sizeof info);
      for (std::size_t i = 0; n > 0 && i < static_cast<std::size_t>(n) / sizeof info[0]; ++i)
        if (info[i].ssi_signo == SIGTERM) end_when_idle_ = true;
      runner_.children_changed(now);
    }
    if (polled[1].revents != 0)
      while (auto frame = daemon_.next(now)) from_daemon(*frame, now);
    if (polled[2].revents != 0)
      while (auto frame = supervisor_.next(now)) from_supervisor(*frame);
    if (const auto next = runner_.next_tick(); next && now >= *next) runner_.tick(now);
    tell(now);
    if (hello_due_) supervisor_.send(hello(), now);
    hello_due_ = false;
    if (trim_at_ && now >= *trim_at_) {
      ::malloc_trim(0);  // the plan and the messages of the last job: an idle initiator is small
      trim_at_.reset();
    }
  }
}

void Initiator::from_daemon(const net::Frame& frame, SteadyTime now) {
  const auto refuse = [&](const AttemptId& id, std::string reason) {
    Refused refused;
    refused.id = id;
    refused.reason = std::move(reason);
    log_line_to_stderr(config::text<"UNV2429W">(options_.id, refused.reason));
    daemon_.send(refused, now);
  };
  if (frame.kind == StartJob::kind) {
    const auto start = net::decode<StartJob>(frame.payload);
    if (!start) return refuse({}, "START cannot be read: " + start.error().text);
    start_job(*start, now);
  } else if (frame.kind == CancelJob::kind) {
    const auto cancel = net::decode<CancelJob>(frame.payload);
    if (!cancel) return refuse({}, "CANCEL cannot be read: " + cancel.error().text);
    // A job that has ended tells its outcome; one that we never had is refused.
    if (!runner_.cancel(*cancel, now) && !(runner_.attempt() == cancel->id))
      refuse(cancel->id, "CANCEL for " + job_id_text(cancel->id.job) + ", which this initiator does not have");
  } else if (frame.kind == OutcomeTaken::kind) {
    const auto taken = net::decode<OutcomeTaken>(frame.payload);
    if (!taken || !(taken->id == runner_.attempt())) return;  // told twice: taken already
    runner_.outcome_taken();
    // The next START often follows at once: then one message tells both.
    hello_due_ = true;
    trim_at_ = now + trim_after_idle;
  }
}

void Initiator::start_job(const StartJob& start, SteadyTime now) {
  auto answer = runner_.prepare(start);
  switch (answer.kind) {
    case StartAnswer::Kind::begun:
      // The supervisor knows of the attempt before anything of it runs: these bytes are in its socket even if we
      // are killed now.
      supervisor_.send(hello(), now);
      supervisor_.flush(now);
      hello_due_ = false;
      outcome_told_ = false;
      trim_at_.reset();
      runner_.run(now);
      return;
    case StartAnswer::Kind::continues:
      daemon_.send(hello(), now);
      outcome_told_ = false;
      tell_outcome(now);
      return;
    case StartAnswer::Kind::ended: {
      JobEnded ended;
      ended.id = start.id;
      ended.outcome = std::move(answer.outcome);
      daemon_.send(ended, now);
      return;
    }
    case StartAnswer::Kind::refused: {
      Refused refused;
      refused.id = start.id;
      refused.reason = answer.reason;
      log_line_to_stderr(config::text<"UNV2429W">(options_.id, answer.reason));
      daemon_.send(refused, now);
      return;
    }
  }
}

void Initiator::from_supervisor(const net::Frame& frame) {
  if (frame.kind != EndWhenIdle::kind) return;  // what it tells everybody who connects
  const auto end = net::decode<EndWhenIdle>(frame.payload);
  if (end) end_when_idle_ = end->end;
}

void Initiator::tell(SteadyTime now) {
  auto events = runner_.take_events();
  // Without a connection they are in the job file alone, where the daemon finds them at its next start.
  if (daemon_.is_open()) {
    for (auto& event : events) {
      JobEvent message;
      message.id = runner_.attempt();
      message.event = std::move(event);
      daemon_.send(message, now);
    }
  }
  tell_outcome(now);
}

void Initiator::tell_outcome(SteadyTime now) {
  if (outcome_told_ || runner_.phase() != JobRunner::Phase::outcome_waits) return;
  if (!daemon_.is_open()) return;
  JobEnded ended;
  ended.id = runner_.attempt();
  ended.outcome = runner_.outcome();
  daemon_.send(ended, now);
  outcome_told_ = true;
}

// A START may be on its way to us: after shutdown(SHUT_RD) the daemon's sends fail, and what came before is read and
// refused, so that no START is taken by a process that ends.
void Initiator::leave(SteadyTime now) {
  if (!daemon_.is_open()) return;
  ::shutdown(daemon_.link().fd(), SHUT_RD);
  while (auto frame = daemon_.next(now)) {
    if (frame->kind != StartJob::kind) continue;
    const auto start = net::decode<StartJob>(frame->payload);
    if (!start) continue;
    Refused refused;
    refused.id = start->id;
    refused.reason = "the initiator ends";
    daemon_.send(refused, now);
    daemon_.flush(now);
  }
}

int run_initiator(const InitiatorOptions& given) {
  InitiatorOptions options = given;
  options.mount_point = std::filesystem::absolute(given.mount_point).lexically_normal().string();
  options.binary = std::filesystem::absolute(given.binary).string();
  prepare_process();
  auto lock = take_process_lock(options.mount_point + "/run/initiator-" + std::to_string(options.id) + ".lock");
  if (!lock) {
    log_line_to_stderr(config::text<"UNV2427E">("initiator " + std::to_string(options.id), lock.error().text));
    return 1;
  }
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
    log_line_to_stderr(config::text<"UNV2427E">("PR_SET_CHILD_SUBREAPER", std::strerror(errno)));
    return 1;
  }
  ::prctl(PR_SET_NAME, "sysplexd-init");
  Initiator initiator(options, block_signals({SIGCHLD, SIGTERM, SIGINT, SIGHUP}));
  return initiator.run();
}

}  // namespace sysplexd::jes
