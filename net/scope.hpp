// Scope: the tasks that an owner has started and must see the end of. It has a limit and an answer: try_spawn refuses
// when full and the caller decides what that means. The owner calls cancel() and awaits join() before the scope ends;
// a scope that ends with live tasks is our own mistake. (seastar's gate; style.md L3.)
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "net/task.hpp"

namespace sysplexd::net {

class Scope {
 public:
  Scope(Executor executor, std::string name, std::size_t limit);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // false: full, or cancel()/join() was called before; the task never starts and its parameters are gone. It starts in
  // a later turn. An exception out of it that is no cancellation ends the process with both names.
  [[nodiscard]] bool try_spawn(std::string name, Task<void> task);

  // Tells every task to end; new ones are refused from here.
  void cancel();
  // Ends when the last task has. Refuses new tasks from its first moment; does not cancel by itself, but passes the
  // caller's cancellation on to the tasks, still waits for them, and then throws it. A caller that is cancelled already
  // cannot await it plainly (any await throws then): `scope.cancel(); co_await clean_up(scope.join(), bound);`
  Task<void> join();

  std::size_t size() const;
  std::size_t limit() const;
  bool stopping() const;
  // Names of the live tasks, in the order of their start: for displays and for the message of a stuck stop.
  std::vector<std::string> names() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sysplexd::net
