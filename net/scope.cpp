#include "net/scope.hpp"

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>
#include <asio/use_awaitable.hpp>
#include <list>

#include "net/join.hpp"

namespace sysplexd::net {
namespace {

Task<void> start_later(Task<void> task) {
  co_await yield();
  co_await std::move(task);
}

std::exception_ptr aborted() {
  return std::make_exception_ptr(std::system_error(asio::error::operation_aborted, "co_await"));
}

}  // namespace

struct Scope::State final : CancellationTarget, std::enable_shared_from_this<Scope::State> {
  struct Child {
    std::string name;
    asio::cancellation_signal cancel;
  };
  // Held by the task's completion: the child leaves when that is gone, also when the io_context is torn down.
  class Ticket {
   public:
    Ticket(std::shared_ptr<State> state, std::list<Child>::iterator child) : state_(std::move(state)), child_(child) {}
    Ticket(Ticket&& other) noexcept = default;
    ~Ticket() {
      if (state_) state_->left(child_);
    }
    void operator()(std::exception_ptr failure) {
      if (failure && !is_cancellation(failure)) task_failed(state_->name + "/" + child_->name, failure);
    }

   private:
    std::shared_ptr<State> state_;
    std::list<Child>::iterator child_;
  };

  State(Executor executor_, std::string name_, std::size_t limit_)
      : executor(std::move(executor_)),
        registry(SuspensionRegistry::of(executor)),
        name(std::move(name_)),
        limit(limit_) {}

  void left(std::list<Child>::iterator child) {
    children.erase(child);
    if (!children.empty() || joiner == nullptr || registry.shutting_down()) return;
    std::exchange(joiner, nullptr)->resume(joiner_cancelled ? aborted() : nullptr);
  }
  void cancel() {
    stopping = true;
    for (Child& child : children) child.cancel.emit(asio::cancellation_type::terminal);
  }
  void waiter_cancelled() override {
    joiner_cancelled = true;
    cancel();
  }

  Executor executor;
  SuspensionRegistry& registry;
  std::string name;
  std::size_t limit;
  std::list<Child> children;
  bool stopping = false, joiner_cancelled = false;
  Join::Waiter* joiner = nullptr;
};

Scope::Scope(Executor executor, std::string name, std::size_t limit)
    : state_(std::make_shared<State>(std::move(executor), std::move(name), limit)) {
  SYSPLEXD_INVARIANT(limit > 0, "a scope has room for at least one task");
}

Scope::~Scope() {
  if (state_->registry.shutting_down()) return;
  SYSPLEXD_INVARIANT(state_->children.empty(), ("scope " + state_->name + " ends with live tasks").c_str());
}

bool Scope::try_spawn(std::string name, Task<void> task) {
  if (state_->stopping || state_->children.size() >= state_->limit) return false;
  auto child = state_->children.emplace(state_->children.end());
  child->name = std::move(name);
  auto completion = asio::bind_cancellation_slot(child->cancel.slot(), State::Ticket(state_, child));
  asio::co_spawn(state_->executor, start_later(std::move(task)), std::move(completion));
  return true;
}

void Scope::cancel() { state_->cancel(); }

Task<void> Scope::join() {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
      [state = state_](auto handler) {
        SYSPLEXD_INVARIANT(state->joiner == nullptr, "one join of a scope at a time");
        state->stopping = true;
        using Node = SuspensionWith<Join::Waiter, decltype(handler), std::exception_ptr>;
        auto* const node = new Node(std::move(handler), state->registry, *state);
        if (state->children.empty()) return node->resume(nullptr);
        state->joiner_cancelled = false;
        state->joiner = node;
        node->connect_slot();
      },
      asio::use_awaitable);
}

std::size_t Scope::size() const { return state_->children.size(); }
std::size_t Scope::limit() const { return state_->limit; }
bool Scope::stopping() const { return state_->stopping; }

std::vector<std::string> Scope::names() const {
  std::vector<std::string> names;
  for (const auto& child : state_->children) names.push_back(child.name);
  return names;
}

}  // namespace sysplexd::net
