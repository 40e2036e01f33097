#include "net/task.hpp"

#include <asio/co_spawn.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <cstdio>

#include "net/join.hpp"

namespace sysplexd::net {
namespace {

constexpr Duration no_bound = Duration::max();

Task<void> start_later(Task<void> task) {
  co_await yield();
  co_await std::move(task);
}

}  // namespace

bool is_cancellation(const std::exception_ptr& failure) {
  if (!failure) return false;
  try {
    std::rethrow_exception(failure);
  } catch (const std::system_error& error) {
    return error.code() == asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

std::string describe(const std::exception_ptr& failure) {
  if (!failure) return "no failure";
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

void task_failed(const std::string& name, const std::exception_ptr& failure) {
  std::fprintf(stderr, "<2>UNV0001S INTERNAL ERROR: task %s ended with: %s\n", name.c_str(), describe(failure).c_str());
  std::abort();
}

void spawn(Executor executor, std::string name, Task<void> task) {
  asio::co_spawn(executor, start_later(std::move(task)), [name = std::move(name)](std::exception_ptr failure) {
    if (failure && !is_cancellation(failure)) task_failed(name, failure);
  });
}

Task<void> all_of(std::vector<Task<void>> tasks) {
  if (tasks.empty()) co_return;
  const Executor executor = co_await asio::this_coro::executor;
  auto join = std::make_shared<Join>(Join::Rule::all);
  co_await Join::run(join, executor, std::move(tasks), no_bound);
}

Task<std::size_t> first_of(std::vector<Task<void>> tasks) {
  SYSPLEXD_INVARIANT(!tasks.empty(), "first_of has at least one task");
  const Executor executor = co_await asio::this_coro::executor;
  auto join = std::make_shared<Join>(Join::Rule::first);
  co_await Join::run(join, executor, std::move(tasks), no_bound);
  co_return join->first_ended();
}

namespace task_detail {

Task<bool> run_bounded(Task<void> task, Duration bound) {
  const Executor executor = co_await asio::this_coro::executor;
  auto join = std::make_shared<Join>(Join::Rule::all);
  std::vector<Task<void>> tasks;
  tasks.push_back(std::move(task));
  co_await Join::run(join, executor, std::move(tasks), bound);
  co_return join->ended_well();
}

Error deadline_passed(Duration bound) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(bound).count();
  return Error{Errc::timed_out, "not done within " + std::to_string(milliseconds) + " ms"};
}

}  // namespace task_detail

// --- clean_up: the caller's frame is suspended by hand, see clean_up.hpp.

struct CleanUp::Work {
  Task<void> task;
  Duration bound;
};

namespace {

// Resumes the frame that awaits; the counterpart of asio's awaitable_handler, which would also pop a frame.
class FrameResumer : public asio::detail::awaitable_thread<Executor> {
 public:
  FrameResumer(asio::detail::awaitable_thread<Executor>& thread, asio::detail::awaitable_frame_base<Executor>* frame)
      : awaitable_thread(std::move(thread)), frame_(frame) {}
  FrameResumer(FrameResumer&&) noexcept = default;
  void operator()(std::exception_ptr failure) {
    if (failure && !is_cancellation(failure)) task_failed("clean_up", failure);
    frame_->attach_thread(this);
    frame_->clear_cancellation_slot();
    pump();
  }

 private:
  asio::detail::awaitable_frame_base<Executor>* frame_;
};

}  // namespace

CleanUp clean_up(Task<void> task, Duration bound) { return CleanUp(new CleanUp::Work{std::move(task), bound}); }

asio::detail::awaitable_thread<Executor>* CleanUp::operator()(asio::detail::awaitable_frame_base<Executor>* frame) {
  const std::unique_ptr<Work> work(std::exchange(work_, nullptr));
  FrameResumer resumer(*frame->detach_thread(), frame);
  const Executor executor = resumer.get_executor();
  auto join = std::make_shared<Join>(Join::Rule::all);
  using Node = SuspensionWith<Join::Waiter, FrameResumer, std::exception_ptr>;
  auto* const node = new Node(std::move(resumer), SuspensionRegistry::of(executor), *join);  // no slot: shielded
  std::vector<Task<void>> tasks;
  tasks.push_back(std::move(work->task));
  join->start(*node, executor, std::move(tasks), work->bound);
  return nullptr;
}

Task<void> sleep_until(SteadyTime when) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, when);
  co_await timer.async_wait(asio::use_awaitable);
}

Task<void> sleep_for(Duration how_long) { return sleep_until(std::chrono::steady_clock::now() + how_long); }

Task<void> yield() {
  const Executor executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable);
}

}  // namespace sysplexd::net
