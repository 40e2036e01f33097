#include "net/task.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <stdexcept>

#include "net/event.hpp"
#include "net/fd.hpp"
#include "test/support/co_test.hpp"

using namespace sysplexd;
using namespace std::chrono_literals;
using net::Task;

namespace {

Task<void> count(int& counter, int turns = 1) {
  for (int turn = 0; turn < turns; ++turn) co_await net::yield();
  ++counter;
}
Task<void> fail_after(int turns, std::string why) {
  for (int turn = 0; turn < turns; ++turn) co_await net::yield();
  throw std::runtime_error(why);
}
// Ends only by cancellation; records it.
Task<void> wait_for_ever(net::Executor executor, int& cancelled) {
  net::AsyncEvent never(executor);
  std::exception_ptr failure;
  try {
    co_await never.wait();
  } catch (...) {
    failure = std::current_exception();
  }
  if (net::is_cancellation(failure)) ++cancelled;
  std::rethrow_exception(failure);
}
// Fails on the way out: a first failure that is only noticed after the cancellation.
Task<void> fail_when_cancelled(net::Executor executor, std::string why) {
  net::AsyncEvent never(executor);
  bool ended = false;
  try {
    co_await never.wait();
  } catch (const std::system_error&) {
    ended = true;
  }
  if (ended) throw std::runtime_error(why);
}
Task<int> give(int value, int turns) {
  for (int turn = 0; turn < turns; ++turn) co_await net::yield();
  co_return value;
}
// Not default-constructible, to be moved only.
struct Token {
  explicit Token(int value_) : value(std::make_unique<int>(value_)) {}
  std::unique_ptr<int> value;
};
Task<Token> give_token(int value) {
  co_await net::yield();
  co_return Token(value);
}
Task<Token> never_token(net::Executor executor) {
  net::AsyncEvent never(executor);
  co_await never.wait();
  co_return Token(0);
}
Task<net::Result<int>> answer(bool good) {
  co_await net::yield();
  if (good) co_return 5;
  co_return net::Error{net::Errc::full, "full"};
}
// Gives its value although it was cancelled: what came together with the deadline.
Task<int> give_when_cancelled(net::Executor executor, int value) {
  net::AsyncEvent never(executor);
  try {
    co_await never.wait();
  } catch (const std::system_error&) {
  }
  co_return value;
}

std::string message_of(const std::exception_ptr& failure) { return net::describe(failure); }

// Runs f in a child process; gives how it ended and what it wrote to stderr.
template <class F>
std::pair<int, std::string> in_child(F f) {
  int ends[2];
  BOOST_TEST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  net::UniqueFd read_end(ends[0]), write_end(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(write_end.get(), 2);
    ::signal(SIGABRT, SIG_DFL);
    f();
    ::_exit(0);
  }
  write_end.reset();
  std::string text;
  char block[4096];
  for (ssize_t bytes; (bytes = ::read(read_end.get(), block, sizeof(block))) > 0;)
    text.append(block, static_cast<std::size_t>(bytes));
  int status = 0;
  ::waitpid(child, &status, 0);
  return {status, text};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(task)

BOOST_AUTO_TEST_CASE(all_of_ends_when_the_last_has_ended) {
  int counter = 0;
  test::co_test([&]() -> Task<void> {
    std::vector<Task<void>> tasks;
    for (int turns = 0; turns < 5; ++turns) tasks.push_back(count(counter, turns));
    co_await net::all_of(std::move(tasks));
    BOOST_TEST(counter == 5);
    std::vector<Task<void>> none;
    co_await net::all_of(std::move(none));
  });
}

BOOST_AUTO_TEST_CASE(all_of_cancels_and_awaits_the_siblings_and_rethrows_the_failure_not_the_cancellation) {
  int cancelled = 0;
  test::co_test([&](net::Executor executor) -> Task<void> {
    std::vector<Task<void>> tasks;
    tasks.push_back(wait_for_ever(executor, cancelled));
    tasks.push_back(fail_after(3, "the disk is gone"));
    tasks.push_back(wait_for_ever(executor, cancelled));
    std::exception_ptr failure;
    try {
      co_await net::all_of(std::move(tasks));
    } catch (...) {
      failure = std::current_exception();
    }
    BOOST_TEST(message_of(failure) == "the disk is gone");
    BOOST_TEST(cancelled == 2);
    co_await net::yield();  // the caller himself is not cancelled by it
  });
}

BOOST_AUTO_TEST_CASE(all_of_rethrows_the_first_of_several_failures) {
  test::co_test([](net::Executor executor) -> Task<void> {
    std::vector<Task<void>> tasks;
    tasks.push_back(fail_when_cancelled(executor, "second"));
    tasks.push_back(fail_after(2, "first"));
    std::exception_ptr failure;
    try {
      co_await net::all_of(std::move(tasks));
    } catch (...) {
      failure = std::current_exception();
    }
    BOOST_TEST(message_of(failure) == "first");
  });
}

BOOST_AUTO_TEST_CASE(all_of_prefers_a_failure_on_the_way_out_to_the_cancellation_of_its_caller) {
  asio::io_context io(1);
  const net::Executor executor = io.get_executor();
  std::vector<Task<void>> tasks;
  int cancelled = 0;
  tasks.push_back(wait_for_ever(executor, cancelled));
  tasks.push_back(fail_when_cancelled(executor, "could not say goodbye"));
  test::Root root(io, net::all_of(std::move(tasks)));
  io.poll();
  BOOST_TEST(!root.ended());
  root.cancel();
  io.restart();
  io.run_for(test::test_limit);
  BOOST_TEST(root.ended());
  BOOST_TEST(cancelled == 1);
  BOOST_TEST(message_of(root.failure()) == "could not say goodbye");
}

BOOST_AUTO_TEST_CASE(first_of_gives_the_first_and_awaits_the_cancelled_rest) {
  int cancelled = 0, counter = 0;
  test::co_test([&](net::Executor executor) -> Task<void> {
    std::vector<Task<void>> tasks;
    tasks.push_back(wait_for_ever(executor, cancelled));
    tasks.push_back(count(counter, 2));
    tasks.push_back(wait_for_ever(executor, cancelled));
    const std::size_t first = co_await net::first_of(std::move(tasks));
    BOOST_TEST(first == 1u);
    BOOST_TEST(counter == 1);
    BOOST_TEST(cancelled == 2);
  });
}

BOOST_AUTO_TEST_CASE(first_of_reports_the_failure_of_a_loser_too) {
  test::co_test([](net::Executor executor) -> Task<void> {
    int counter = 0;
    std::vector<Task<void>> tasks;
    tasks.push_back(count(counter, 2));
    tasks.push_back(fail_when_cancelled(executor, "loser"));
    std::exception_ptr failure;
    try {
      co_await net::first_of(std::move(tasks));
    } catch (...) {
      failure = std::current_exception();
    }
    BOOST_TEST(message_of(failure) == "loser");
  });
}

BOOST_AUTO_TEST_CASE(with_deadline_gives_the_value_or_timed_out) {
  test::co_test([](net::Executor executor) -> Task<void> {
    const auto in_time = co_await net::with_deadline(give(42, 3), 10s);
    BOOST_TEST(in_time.value() == 42);
    const auto token = co_await net::with_deadline(give_token(7), 10s);
    BOOST_TEST(*token.value().value == 7);
    const auto late = co_await net::with_deadline(never_token(executor), 1ms);
    BOOST_TEST(!late.ok());
    BOOST_TEST((late.error().code == net::Errc::timed_out));
    BOOST_TEST(late.error().text == "not done within 1 ms");
    int cancelled = 0;
    const net::Result<void> nothing = co_await net::with_deadline(wait_for_ever(executor, cancelled), 1ms);
    BOOST_TEST((nothing.error().code == net::Errc::timed_out));
    BOOST_TEST(cancelled == 1);
    const auto unbounded = co_await net::with_deadline(give(1, 1), net::Duration::max());
    BOOST_TEST(unbounded.value() == 1);
  });
}

BOOST_AUTO_TEST_CASE(with_deadline_does_not_wrap_a_result_twice) {
  test::co_test([]() -> Task<void> {
    const net::Result<int> good = co_await net::with_deadline(answer(true), 10s);
    BOOST_TEST(good.value() == 5);
    const net::Result<int> refused = co_await net::with_deadline(answer(false), 10s);
    BOOST_TEST((refused.error().code == net::Errc::full));
  });
}

BOOST_AUTO_TEST_CASE(with_deadline_gives_a_value_that_comes_together_with_the_deadline) {
  test::co_test([](net::Executor executor) -> Task<void> {
    const auto value = co_await net::with_deadline(give_when_cancelled(executor, 9), 1ms);
    BOOST_TEST(value.value() == 9);
  });
}

BOOST_AUTO_TEST_CASE(with_deadline_lets_failures_through) {
  test::co_test([]() -> Task<void> {
    std::exception_ptr failure;
    try {
      const auto result = co_await net::with_deadline(fail_after(1, "broken"), 10s);
      BOOST_TEST(!result.ok());
    } catch (...) {
      failure = std::current_exception();
    }
    BOOST_TEST(message_of(failure) == "broken");
  });
}

namespace {
// Joins nested in each other; whatever the turn of the cancellation, every child has ended when it ends.
struct NestedJoins {
  explicit NestedJoins(net::Executor executor_) : executor(executor_), ready(executor_) {}
  struct Live {
    NestedJoins& scenario;
    explicit Live(NestedJoins& scenario_) : scenario(scenario_) { ++scenario.live; }
    ~Live() { --scenario.live; }
  };
  Task<void> work(int turns) {
    const Live counted(*this);
    for (int turn = 0; turn < turns; ++turn) co_await net::yield();
    co_await net::sleep_for(0ms);
    ++finished;
    ready.notify_all();
  }
  Task<void> idle() {
    const Live counted(*this);
    for (;;) co_await ready.wait();
  }
  Task<void> inner() {
    const Live counted(*this);
    std::vector<Task<void>> tasks;
    tasks.push_back(work(1));
    tasks.push_back(idle());
    const std::size_t first = co_await net::first_of(std::move(tasks));
    BOOST_TEST(first == 0u);
    const auto late = co_await net::with_deadline(idle(), 0ms);
    BOOST_TEST((late.error().code == net::Errc::timed_out));
    const auto value = co_await net::with_deadline(give(3, 2), 10s);
    BOOST_TEST(value.value() == 3);
  }
  Task<void> run() {
    std::vector<Task<void>> tasks;
    tasks.push_back(inner());
    tasks.push_back(work(3));
    tasks.push_back(inner());
    co_await net::all_of(std::move(tasks));
  }
  void check(bool completed) {
    BOOST_TEST(live == 0);
    BOOST_TEST(ready.waiters() == 0u);
    if (completed) BOOST_TEST(finished == 3);
  }
  net::Executor executor;
  net::AsyncEvent ready;
  int live = 0, finished = 0;
};
}  // namespace

BOOST_AUTO_TEST_CASE(nested_joins_leave_no_child_wherever_they_are_cancelled) {
  const std::size_t turns =
      test::cancel_at_every_turn([](net::Executor executor) { return std::make_unique<NestedJoins>(executor); });
  BOOST_TEST(turns > 10u);
}

namespace {
struct CleansUp {
  explicit CleansUp(net::Executor executor_) : executor(executor_) {}
  Task<void> say_goodbye() {
    co_await net::yield();
    co_await net::sleep_for(0ms);
    ++goodbyes;
  }
  Task<void> run() {
    std::exception_ptr failure;
    ++began;
    try {
      co_await net::yield();
      co_await net::sleep_for(0ms);
      co_await net::yield();
    } catch (...) {
      failure = std::current_exception();
    }
    co_await net::clean_up(say_goodbye(), 10s);
    co_await net::clean_up(say_goodbye(), 10s);
    after = goodbyes;
    if (failure) std::rethrow_exception(failure);
    co_await net::yield();  // a cancellation that came during the clean-up is noticed here
    ++not_cancelled;
  }
  void check(bool completed) {
    BOOST_TEST(goodbyes == 2 * began);
    BOOST_TEST(after == goodbyes);
    if (completed) BOOST_TEST(began == 1);
    BOOST_TEST(not_cancelled == (completed ? 1 : 0));
  }
  net::Executor executor;
  int goodbyes = 0, after = 0, not_cancelled = 0, began = 0;
};
}  // namespace

BOOST_AUTO_TEST_CASE(clean_up_runs_to_its_end_wherever_its_caller_is_cancelled_and_keeps_the_cancellation) {
  const std::size_t turns =
      test::cancel_at_every_turn([](net::Executor executor) { return std::make_unique<CleansUp>(executor); });
  BOOST_TEST(turns > 6u);
}

BOOST_AUTO_TEST_CASE(clean_up_is_bounded_in_time) {
  int cancelled = 0;
  test::co_test([&](net::Executor executor) -> Task<void> {
    co_await net::clean_up(wait_for_ever(executor, cancelled), 1ms);
    BOOST_TEST(cancelled == 1);
    co_await net::yield();
  });
}

BOOST_AUTO_TEST_CASE(a_spawned_task_starts_in_a_later_turn) {
  asio::io_context io(1);
  int counter = 0;
  asio::post(io, [&] {
    net::spawn(io.get_executor(), "counter", count(counter, 0));
    BOOST_TEST(counter == 0);
  });
  io.run_for(test::test_limit);
  BOOST_TEST(counter == 1);
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_a_spawned_task_ends_the_process_with_name_and_reason) {
  const auto [status, text] = in_child([] {
    asio::io_context io(1);
    net::spawn(io.get_executor(), "event queue", fail_after(2, "no such thing"));
    io.run();
  });
  BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT));
  BOOST_TEST(text.find("event queue") != std::string::npos);
  BOOST_TEST(text.find("no such thing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_exception_out_of_a_clean_up_ends_the_process) {
  const auto [status, text] = in_child([] {
    asio::io_context io(1);
    net::spawn(io.get_executor(), "root", []() -> Task<void> { co_await net::clean_up(fail_after(1, "bad"), 1s); }());
    io.run();
  });
  BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT));
  BOOST_TEST(text.find("bad") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cancelled_spawned_task_ends_quietly) {
  asio::io_context io(1);
  net::spawn(io.get_executor(), "stops", []() -> Task<void> {
    co_await net::yield();
    throw std::system_error(asio::error::operation_aborted);
  }());
  io.run_for(test::test_limit);
  BOOST_TEST(io.stopped());
}

BOOST_AUTO_TEST_CASE(an_io_context_that_is_torn_down_frees_what_waits) {
  // Nothing to compare: the leak checker and ASan are the judges.
  int cancelled = 0;
  asio::io_context io(1);
  const net::Executor executor = io.get_executor();
  std::vector<Task<void>> tasks;
  tasks.push_back(wait_for_ever(executor, cancelled));
  tasks.push_back(net::sleep_for(1h));
  net::spawn(executor, "all", net::all_of(std::move(tasks)));
  net::spawn(executor, "clean", [](net::Executor executor) -> Task<void> {
    int ignored = 0;
    co_await net::clean_up(wait_for_ever(executor, ignored), 1h);
  }(executor));
  io.poll();
  BOOST_TEST(cancelled == 0);
}

BOOST_AUTO_TEST_CASE(a_failure_is_described) {
  BOOST_TEST(net::describe(std::make_exception_ptr(std::runtime_error("x"))) == "x");
  BOOST_TEST(net::describe(std::make_exception_ptr(5)) == "an exception of unknown type");
  BOOST_TEST(net::describe(nullptr) == "no failure");
  BOOST_TEST(!net::is_cancellation(nullptr));
  BOOST_TEST(!net::is_cancellation(std::make_exception_ptr(5)));
  const auto reset = std::make_error_code(std::errc::connection_reset);
  BOOST_TEST(!net::is_cancellation(std::make_exception_ptr(std::system_error(reset))));
}

BOOST_AUTO_TEST_SUITE_END()
