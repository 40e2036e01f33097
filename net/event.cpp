#include "net/event.hpp"

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <optional>

#include "net/suspension.hpp"

namespace sysplexd::net {
namespace {

class EventWait : public SuspensionOf<std::error_code, bool> {
 public:
  struct Hook : ListHook {
    explicit Hook(EventWait& owner_) : owner(owner_) {}
    EventWait& owner;
  };
  EventWait(SuspensionRegistry& registry, ListHook& waiters) : SuspensionOf(registry), hook_(*this) {
    hook_.insert_before(waiters);
  }
  ~EventWait() override {
    if (self_) *self_ = nullptr;
  }
  void cancelled() override { resume(asio::error::operation_aborted, false); }

  void arm(const Executor& executor, SteadyTime deadline) {
    // A handler that is queued already runs after the wait has ended: it finds nobody.
    self_ = std::make_shared<EventWait*>(this);
    timer_.emplace(executor, deadline);
    timer_->async_wait([self = self_](std::error_code error) {
      if (!error && *self != nullptr) (*self)->resume(std::error_code(), false);
    });
  }

 private:
  Hook hook_;
  std::shared_ptr<EventWait*> self_;
  std::optional<asio::steady_timer> timer_;
};

}  // namespace

struct AsyncEvent::Waiters {
  explicit Waiters(Executor executor_) : executor(std::move(executor_)), registry(SuspensionRegistry::of(executor)) {}
  EventWait* first() { return list.linked() ? &static_cast<EventWait::Hook*>(list.next())->owner : nullptr; }
  Executor executor;
  SuspensionRegistry& registry;
  ListHook list;
};

AsyncEvent::AsyncEvent(Executor executor) : waiters_(std::make_unique<Waiters>(std::move(executor))) {}

AsyncEvent::~AsyncEvent() {
  while (EventWait* const wait = waiters_->first()) wait->resume(asio::error::operation_aborted, false);
}

Task<bool> AsyncEvent::wait_until(SteadyTime deadline) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(std::error_code, bool)>(
      [waiters = waiters_.get(), deadline](auto handler) {
        using Node = SuspensionWith<EventWait, decltype(handler), std::error_code, bool>;
        auto* const node = new Node(std::move(handler), waiters->registry, waiters->list);
        node->connect_slot();
        if (deadline != SteadyTime::max()) node->arm(waiters->executor, deadline);
      },
      asio::use_awaitable);
}

Task<void> AsyncEvent::wait() { co_await wait_until(SteadyTime::max()); }

void AsyncEvent::notify_one() {
  if (EventWait* const wait = waiters_->first()) wait->resume(std::error_code(), true);
}

void AsyncEvent::notify_all() {
  // resume() only posts, so nobody can join the list meanwhile.
  while (EventWait* const wait = waiters_->first()) wait->resume(std::error_code(), true);
}

std::size_t AsyncEvent::waiters() const {
  std::size_t count = 0;
  for (const ListHook* hook = waiters_->list.next(); hook != &waiters_->list; hook = hook->next()) ++count;
  return count;
}

}  // namespace sysplexd::net
