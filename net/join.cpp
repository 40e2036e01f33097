#include "net/join.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_awaitable.hpp>

namespace sysplexd::net {

Task<void> Join::run(std::shared_ptr<Join> self, Executor executor, std::vector<Task<void>> tasks, Duration bound) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
      [self = std::move(self), executor = std::move(executor), tasks = std::move(tasks), bound](auto handler) mutable {
        using Node = SuspensionWith<Waiter, decltype(handler), std::exception_ptr>;
        auto* const node = new Node(std::move(handler), SuspensionRegistry::of(executor), *self);
        node->connect_slot();
        self->start(*node, executor, std::move(tasks), bound);
      },
      asio::use_awaitable);
}

void Join::start(Waiter& waiter, const Executor& executor, std::vector<Task<void>> tasks, Duration bound) {
  const auto self = shared_from_this();
  waiter_ = &waiter;
  running_ = tasks.size();
  children_.resize(tasks.size());
  const SteadyTime now = std::chrono::steady_clock::now();
  if (bound < SteadyTime::max() - now) {
    timer_.emplace(executor, now + bound);
    timer_->async_wait([weak = weak_from_this()](std::error_code error) {
      const auto join = weak.lock();
      if (error || !join || join->running_ == 0) return;
      join->deadline_passed_ = true;
      join->cancel_children();
    });
  }
  for (std::size_t index = 0; index < tasks.size(); ++index) {
    Child& child = children_[index];
    child.running = true;
    // The completion never runs inside co_spawn: either it is posted, or the child has been suspended before.
    asio::co_spawn(executor, std::move(tasks[index]),
                   asio::bind_cancellation_slot(child.cancel.slot(), [self, index](std::exception_ptr failure) {
                     self->ended(index, std::move(failure));
                   }));
    // An earlier child may have had the whole join cancelled while it ran up to its first wait.
    if (children_cancelled_) child.cancel.emit(asio::cancellation_type::terminal);
  }
}

void Join::ended(std::size_t index, std::exception_ptr failure) {
  children_[index].running = false;
  --running_;
  if (!first_ended_) {
    first_ended_ = index;
    first_ended_by_ = failure;
  }
  if (failure) {
    std::exception_ptr& kept = is_cancellation(failure) ? cancellation_ : failure_;
    if (!kept) kept = failure;
  }
  if (failure || rule_ == Rule::first) cancel_children();
  if (running_ > 0) return;
  timer_.reset();
  std::exchange(waiter_, nullptr)->resume(outcome());
}

void Join::cancel_children() {
  if (children_cancelled_) return;
  children_cancelled_ = true;
  for (Child& child : children_) {
    if (child.running) child.cancel.emit(asio::cancellation_type::terminal);
  }
}

std::exception_ptr Join::outcome() const {
  if (failure_) return failure_;
  if (rule_ == Rule::first) return first_ended_by_;
  // A child that was cancelled because the time was over is the caller's answer, unless he was cancelled himself.
  if (deadline_passed_ && !waiter_cancelled_) return nullptr;
  return cancellation_;
}

}  // namespace sysplexd::net
