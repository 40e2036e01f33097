// Helpers for tests of coroutines. co_test runs one on an io_context of its own with a limit; cancel_at_every_turn runs
// a scenario again and again, cancelled one turn of the loop later each time, until it comes to its end uncancelled.
// Nothing here sleeps: the limits are only reached by a test that fails.
#pragma once
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <type_traits>

#include "net/task.hpp"

namespace sysplexd::test {

inline constexpr std::chrono::seconds test_limit{20};

// A root coroutine that can be cancelled, with its end.
class Root {
 public:
  Root(asio::io_context& io, net::Task<void> task) {
    asio::co_spawn(io, std::move(task),
                   asio::bind_cancellation_slot(signal_.slot(), [end = end_](std::exception_ptr failure) {
                     end->ended = true;
                     end->failure = failure;
                   }));
  }
  void cancel() { signal_.emit(asio::cancellation_type::terminal); }
  bool ended() const { return end_->ended; }
  const std::exception_ptr& failure() const { return end_->failure; }

 private:
  struct End {
    bool ended = false;
    std::exception_ptr failure;
  };
  std::shared_ptr<End> end_ = std::make_shared<End>();
  asio::cancellation_signal signal_;
};

// f is Task<void>() or Task<void>(net::Executor), a function or a lambda that lives through the call.
template <class F>
void co_test(F f, std::chrono::milliseconds limit = test_limit) {
  auto io = std::make_unique<asio::io_context>(1);
  auto root = [&]() -> std::unique_ptr<Root> {
    if constexpr (std::is_invocable_v<F&, net::Executor>)
      return std::make_unique<Root>(*io, f(net::Executor(io->get_executor())));
    else
      return std::make_unique<Root>(*io, f());
  }();
  io->run_for(limit);
  if (!root->ended()) {
    BOOST_ERROR("the coroutine did not end within its limit");
    root->cancel();
    io->run_for(std::chrono::seconds(2));
    if (!root->ended()) {
      // Its frames refer to each other's objects; leaking them is better than a crash that hides the report.
      static_cast<void>(io.release());
      static_cast<void>(root.release());
      BOOST_FAIL("nor after its cancellation");
    }
  }
  BOOST_TEST(io->poll() == 0u, "handlers were left over after the end of the coroutine");
  if (root->failure()) std::rethrow_exception(root->failure());
}

// make(executor) gives a pointer to a fresh scenario with
//   Task<void> run();                the coroutine that is cancelled
//   void settle();                   optional, after it has ended: tell what else still runs to end
//   void check(bool completed);      when nothing runs any more: what must hold; completed: it was not cancelled
// Returns the number of turns of the uncancelled run.
template <class Make>
std::size_t cancel_at_every_turn(Make make, std::size_t turns_max = 100'000) {
  for (std::size_t turns = 0;; ++turns) {
    asio::io_context io(1);
    auto scenario = make(net::Executor(io.get_executor()));
    Root root(io, scenario->run());
    std::size_t done = 0;
    while (done < turns && !root.ended() && io.run_one_for(test_limit) == 1) ++done;
    const bool cancelled = !root.ended();
    if (cancelled) root.cancel();
    io.restart();
    while (!root.ended() && io.run_one_for(test_limit) == 1) {
    }
    BOOST_TEST_REQUIRE(root.ended(), "cancelled after turn " << turns << ": it does not end");
    if constexpr (requires { scenario->settle(); }) scenario->settle();
    io.restart();
    io.run_for(test_limit);
    BOOST_TEST_REQUIRE(io.stopped(), "cancelled after turn " << turns << ": something else does not end");
    const bool completed = !root.failure();
    if (!completed && !net::is_cancellation(root.failure())) {
      BOOST_TEST_MESSAGE("cancelled after turn " << turns);
      std::rethrow_exception(root.failure());
    }
    BOOST_TEST_CONTEXT("cancelled after turn " << turns) { scenario->check(completed); }
    if (!cancelled) {
      BOOST_TEST_REQUIRE(completed);
      return turns;
    }
    BOOST_TEST_REQUIRE(turns < turns_max);
  }
}

}  // namespace sysplexd::test
