// AsyncEvent: coroutines wait, somebody notifies. No state of its own: the condition is the owner's, who checks it
// before and after the wait. A wait is ended by notify, by its deadline, by cancellation of the waiting coroutine, or
// (as a cancellation) by the event's end. Waiters of an io_context that is torn down are freed with it.
#pragma once
#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <cstddef>
#include <memory>

#include "net/task.hpp"

namespace sysplexd::net {

class AsyncEvent {
 public:
  explicit AsyncEvent(Executor executor);
  ~AsyncEvent();
  AsyncEvent(const AsyncEvent&) = delete;
  AsyncEvent& operator=(const AsyncEvent&) = delete;

  // Ends at the next notify. A waiter that was notified and cancelled in the same turn ends as notified when the
  // notify came first: who uses notify_one passes it on then (see Mailbox).
  Task<void> wait();
  // false: the deadline passed first.
  Task<bool> wait_until(SteadyTime deadline);

  // The longest waiter, if any. Waiters resume in a later turn, in the order of their waits.
  void notify_one();
  void notify_all();
  std::size_t waiters() const;

 private:
  struct Waiters;
  std::unique_ptr<Waiters> waiters_;
};

}  // namespace sysplexd::net
