// Suspension: a coroutine that waits inside one of our own primitives, as a node that can be resumed once. Included
// only by the .cpp files of this folder (event, task, scope).
//
// Ownership: the node belongs to a registry that is a service of the io_context, so that an io_context which is torn
// down frees what still waits (no cycle of frame -> primitive -> handler -> frame). Primitives keep plain pointers;
// a node takes itself out of every list when it goes.
#pragma once
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/error.hpp>
#include <asio/execution_context.hpp>
#include <asio/post.hpp>
#include <system_error>
#include <tuple>
#include <utility>

#include "net/task.hpp"

namespace sysplexd::net {

// A node of an intrusive list; leaves its list when destroyed.
class ListHook {
 public:
  ListHook() : previous_(this), next_(this) {}
  ~ListHook() { unlink(); }
  ListHook(const ListHook&) = delete;
  ListHook& operator=(const ListHook&) = delete;
  void unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }
  void insert_before(ListHook& position) {
    unlink();
    previous_ = position.previous_;
    next_ = &position;
    previous_->next_ = this;
    position.previous_ = this;
  }
  bool linked() const { return next_ != this; }
  ListHook* next() const { return next_; }

 private:
  ListHook* previous_;
  ListHook* next_;
};

class SuspensionRegistry;

// Who is told that a waiting coroutine was cancelled, instead of the coroutine itself: a join, whose children end
// first.
class CancellationTarget {
 public:
  virtual void waiter_cancelled() = 0;

 protected:
  ~CancellationTarget() = default;
};

class Suspension {
 public:
  explicit Suspension(SuspensionRegistry& registry);
  virtual ~Suspension() = default;
  // The coroutine's cancellation slot has fired. May delete this.
  virtual void cancelled() = 0;

 private:
  friend class SuspensionRegistry;
  struct RegistryHook : ListHook {
    explicit RegistryHook(Suspension& owner_) : owner(owner_) {}
    Suspension& owner;
  };
  RegistryHook registry_hook_;
};

class SuspensionRegistry : public asio::execution_context::service {
 public:
  static asio::execution_context::id id;
  explicit SuspensionRegistry(asio::execution_context& context) : service(context) {}
  static SuspensionRegistry& of(const Executor& executor);
  // Its io_context is being torn down: frames go in any order now.
  bool shutting_down() const { return shutting_down_; }

 private:
  friend class Suspension;
  void shutdown() override;
  ListHook nodes_;
  bool shutting_down_ = false;
};

// A suspension that is resumed with these values.
template <class... Args>
class SuspensionOf : public Suspension {
 public:
  using Suspension::Suspension;
  // Resumes the coroutine in a later turn of its executor; the node is gone when this returns.
  virtual void resume(Args... args) = 0;
};

template <class Base, class Handler, class... Args>
class SuspensionWith final : public Base {
 public:
  template <class... BaseArgs>
  explicit SuspensionWith(Handler handler, BaseArgs&&... base_args)
      : Base(std::forward<BaseArgs>(base_args)...), handler_(std::move(handler)) {}
  ~SuspensionWith() override { clear_slot(); }

  // From here a cancellation of the coroutine reaches cancelled().
  void connect_slot() {
    auto slot = asio::get_associated_cancellation_slot(handler_);
    if (!slot.is_connected()) return;
    slot.assign([node = static_cast<Suspension*>(this)](asio::cancellation_type) {
      Suspension* const self = node;  // cancelled() clears the slot, and with it this closure
      self->cancelled();
    });
    connected_ = true;
  }
  void resume(Args... args) override {
    clear_slot();
    Handler handler = std::move(handler_);
    const auto executor = asio::get_associated_executor(handler);
    delete this;
    asio::post(executor, [handler = std::move(handler), values = std::make_tuple(std::move(args)...)]() mutable {
      std::apply([&handler](auto&... value) { handler(std::move(value)...); }, values);
    });
  }

 private:
  void clear_slot() {
    if (!connected_) return;
    connected_ = false;
    asio::get_associated_cancellation_slot(handler_).clear();
  }
  Handler handler_;
  bool connected_ = false;
};

}  // namespace sysplexd::net
