// Tasks: how coroutines are started, joined, bounded in time and cleaned up. Structured: a task is awaited (all_of,
// first_of, with_deadline) or belongs to a Scope (net/scope.hpp); `spawn` is for the roots. One thread, one executor.
//
// Cancellation comes from the parent only, is no error and is never swallowed here: children are told, awaited, and
// then it goes on upwards as std::system_error(asio::error::operation_aborted).
#pragma once
#include <asio/any_io_executor.hpp>
#include <asio/awaitable.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "net/clock.hpp"
#include "net/result.hpp"

namespace sysplexd::net {

template <class T = void>
using Task = asio::awaitable<T>;
using Executor = asio::any_io_executor;

// A root task. It starts in a later turn of the loop, never inside this call. An exception that escapes and is no
// cancellation ends the process with the name and what(): nobody else could answer for it.
void spawn(Executor executor, std::string name, Task<void> task);

// Ends when all have ended. When one fails the others are cancelled and awaited, and the first failure that is not a
// cancellation is rethrown; if there were only cancellations, that. An empty list ends at once.
Task<void> all_of(std::vector<Task<void>> tasks);

// Ends when all have ended, of which the first to end cancelled the others; gives its index. A failure that is no
// cancellation is rethrown, the winner's before a loser's. At least one task.
Task<std::size_t> first_of(std::vector<Task<void>> tasks);

namespace task_detail {

template <class T>
struct deadline_result {
  using type = Result<T>;
};
template <class U>
struct deadline_result<Result<U>> {  // an answer that can fail already is not wrapped twice
  using type = Result<U>;
};

template <class T>
Task<void> keep_value(Task<T> task, std::shared_ptr<std::optional<T>> value) {
  T result = co_await std::move(task);
  value->emplace(std::move(result));
}

// true: the task ended; false: it was cancelled because its time was over. Anything else is thrown.
Task<bool> run_bounded(Task<void> task, Duration bound);
Error deadline_passed(Duration bound);

}  // namespace task_detail

// The task's value, or timed_out after it was cancelled and has ended. A value that arrives together with the deadline
// or a cancellation is given, not lost. A task that ignores its cancellation is waited for.
// Task<Result<U>> gives Result<U>.
template <class T>
Task<typename task_detail::deadline_result<T>::type> with_deadline(Task<T> task, Duration bound) {
  if constexpr (std::is_void_v<T>) {
    const bool ended = co_await task_detail::run_bounded(std::move(task), bound);
    if (!ended) co_return task_detail::deadline_passed(bound);
    co_return Result<void>();
  } else {
    auto value = std::make_shared<std::optional<T>>();
    Task<void> body = task_detail::keep_value<T>(std::move(task), value);
    const bool ended = co_await task_detail::run_bounded(std::move(body), bound);
    if (!ended) co_return task_detail::deadline_passed(bound);
    co_return std::move(**value);
  }
}

class CleanUp;
// co_await clean_up(std::move(task), 2s);   in a coroutine that was cancelled, or not: it works in both.
// Runs the task shielded from the cancellation of its caller and ends when it has ended; after `bound` the task is
// cancelled. The caller's own cancellation stays as it was: his next ordinary await throws. The task must not fail
// (an exception that is no cancellation ends the process, as in spawn). Never await it inside a catch block.
CleanUp clean_up(Task<void> task, Duration bound);

Task<void> sleep_until(SteadyTime when);
Task<void> sleep_for(Duration how_long);
// Gives the turn to the other handlers that are ready; for long loops.
Task<void> yield();

bool is_cancellation(const std::exception_ptr& failure);
std::string describe(const std::exception_ptr& failure);

}  // namespace sysplexd::net

#include "net/clean_up.hpp"
