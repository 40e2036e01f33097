// Mailbox<T>: a bounded queue between coroutines of one executor. The deadline is inside the receive, and a value
// leaves the queue only in the frame that returns it: a cancelled or late receiver takes nothing with it (asio's
// channels and `recv || timer` do; reference/toolchain.md 0.3, 0.4).
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "net/event.hpp"
#include "net/invariant.hpp"
#include "net/task.hpp"

namespace sysplexd::net {

template <class T>
class Mailbox {
 public:
  Mailbox(Executor executor, std::size_t limit) : state_(std::make_shared<State>(std::move(executor), limit)) {
    SYSPLEXD_INVARIANT(limit > 0, "a mailbox holds at least one");
  }
  // Closes: receivers that still wait get the rest and then nothing, senders get false.
  ~Mailbox() {
    if (state_) close();
  }
  Mailbox(Mailbox&&) noexcept = default;
  Mailbox& operator=(Mailbox&&) = delete;

  // false: full, or closed. The value is not taken then.
  bool try_send(T&& value) {
    if (state_->closed || state_->queue.size() >= state_->limit) return false;
    state_->queue.push_back(std::move(value));
    state_->not_empty.notify_one();
    return true;
  }
  bool try_send(const T& value) {
    T copy(value);
    return try_send(std::move(copy));
  }
  // Waits for a place. false: none until the deadline, or closed. Cancelled: thrown, and nothing was sent.
  // A try_send that meets a free place goes first; several send_until are served in turn.
  Task<bool> send_until(T value, SteadyTime deadline) { return send_to(state_, std::move(value), deadline); }

  // nullopt: nothing until the deadline, or closed and empty.
  Task<std::optional<T>> recv_until(SteadyTime deadline) { return receive_from(state_, deadline); }
  // nullopt: closed and empty.
  Task<std::optional<T>> recv() { return receive_from(state_, SteadyTime::max()); }
  std::optional<T> try_recv() { return state_->take(); }

  // Nothing is accepted any more; what is inside can still be received.
  void close() {
    state_->closed = true;
    state_->not_empty.notify_all();
    state_->not_full.notify_all();
  }
  bool closed() const { return state_->closed; }
  std::size_t size() const { return state_->queue.size(); }
  std::size_t limit() const { return state_->limit; }

 private:
  struct State {
    State(Executor executor, std::size_t limit_) : limit(limit_), not_empty(executor), not_full(executor) {}
    std::optional<T> take() {
      std::optional<T> value;
      if (queue.empty()) return value;
      value.emplace(std::move(queue.front()));
      queue.pop_front();
      not_full.notify_one();
      return value;
    }
    std::deque<T> queue;
    std::size_t limit;
    bool closed = false;
    AsyncEvent not_empty, not_full;
  };
  // A waiter may have been notified and cancelled in one turn: on every way out it wakes the next one if there is
  // still something to do, so no notice is lost with it.
  struct PassOn {
    State& state;
    bool sender;
    ~PassOn() {
      if (sender && state.queue.size() < state.limit) state.not_full.notify_one();
      if (!sender && !state.queue.empty()) state.not_empty.notify_one();
    }
  };

  static Task<bool> send_to(std::shared_ptr<State> state, T value, SteadyTime deadline) {
    const PassOn pass_on{*state, true};
    while (!state->closed && state->queue.size() >= state->limit) {
      const bool notified = co_await state->not_full.wait_until(deadline);
      if (!notified) break;
    }
    if (state->closed || state->queue.size() >= state->limit) co_return false;
    state->queue.push_back(std::move(value));
    state->not_empty.notify_one();
    co_return true;
  }
  static Task<std::optional<T>> receive_from(std::shared_ptr<State> state, SteadyTime deadline) {
    const PassOn pass_on{*state, false};
    while (state->queue.empty() && !state->closed) {
      const bool notified = co_await state->not_empty.wait_until(deadline);
      if (!notified) break;
    }
    co_return state->take();
  }

  std::shared_ptr<State> state_;
};

}  // namespace sysplexd::net
