#include "net/scope.hpp"

#include "net/event.hpp"
#include "test/support/co_test.hpp"

using namespace sysplexd;
using namespace std::chrono_literals;
using net::Scope;
using net::Task;

namespace {

Task<void> wait_on(net::AsyncEvent& event, int& ended) {
  struct Ended {
    int& count;
    ~Ended() { ++count; }
  };
  const Ended at_end{ended};
  co_await event.wait();
}

// Takes its time to end after a cancellation.
Task<void> slow_goodbye(net::AsyncEvent& event, int& ended) {
  std::exception_ptr failure;
  try {
    co_await event.wait();
  } catch (...) {
    failure = std::current_exception();
  }
  co_await net::clean_up(net::sleep_for(1ms), 10s);
  ++ended;
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scope)

BOOST_AUTO_TEST_CASE(a_full_scope_refuses_and_has_room_again_when_a_task_has_ended) {
  test::co_test([](net::Executor executor) -> Task<void> {
    net::AsyncEvent event(executor);
    int ended = 0;
    Scope scope(executor, "jobs", 2);
    BOOST_TEST(scope.try_spawn("a", wait_on(event, ended)));
    BOOST_TEST(scope.try_spawn("b", wait_on(event, ended)));
    BOOST_TEST(!scope.try_spawn("c", wait_on(event, ended)));
    BOOST_TEST(scope.size() == 2u);
    BOOST_TEST(scope.limit() == 2u);
    BOOST_TEST((scope.names() == std::vector<std::string>{"a", "b"}));
    while (event.waiters() < 2) co_await net::yield();
    event.notify_one();
    while (scope.size() == 2) co_await net::yield();
    BOOST_TEST((scope.names() == std::vector<std::string>{"b"}));
    BOOST_TEST(scope.try_spawn("c", wait_on(event, ended)));
    while (event.waiters() < 2) co_await net::yield();
    event.notify_all();
    co_await scope.join();
    BOOST_TEST(ended == 3);
    BOOST_TEST(!scope.try_spawn("late", wait_on(event, ended)));
  });
}

BOOST_AUTO_TEST_CASE(cancel_ends_every_task_also_those_that_have_not_started) {
  test::co_test([](net::Executor executor) -> Task<void> {
    net::AsyncEvent event(executor);
    int ended = 0;
    Scope scope(executor, "jobs", 3);
    BOOST_TEST(scope.try_spawn("a", wait_on(event, ended)));
    co_await net::yield();
    co_await net::yield();
    BOOST_TEST(scope.try_spawn("b", wait_on(event, ended)));
    scope.cancel();
    BOOST_TEST(scope.stopping());
    BOOST_TEST(!scope.try_spawn("c", wait_on(event, ended)));
    co_await scope.join();
    BOOST_TEST(scope.size() == 0u);
    BOOST_TEST(ended == 1);  // b never began
  });
}

BOOST_AUTO_TEST_CASE(join_of_an_empty_scope_ends) {
  test::co_test([](net::Executor executor) -> Task<void> {
    Scope scope(executor, "nothing", 1);
    co_await scope.join();
    co_await scope.join();
    BOOST_TEST(scope.stopping());
  });
}

namespace {
// A server: children, then a stop that is awaited in clean_up. Wherever it is cancelled, all children have ended.
struct Server {
  explicit Server(net::Executor executor_) : executor(executor_), event(executor_) {}
  Task<void> run() {
    Scope scope(executor, "connections", 4);
    std::exception_ptr failure;
    try {
      for (int child = 0; child < 3; ++child) {
        if (scope.try_spawn("quick", wait_on(event, ended))) ++started;
        if (scope.try_spawn("slow", slow_goodbye(event, ended))) ++started;
        co_await net::yield();
        co_await net::sleep_for(0ms);
        event.notify_all();
      }
      co_await net::yield();
    } catch (...) {
      failure = std::current_exception();
    }
    scope.cancel();
    co_await net::clean_up(scope.join(), 10s);
    left = static_cast<int>(scope.size());
    if (failure) std::rethrow_exception(failure);
  }
  void check(bool completed) {
    BOOST_TEST(left == 0);
    BOOST_TEST(event.waiters() == 0u);
    if (completed) BOOST_TEST(started >= 4);
  }
  net::Executor executor;
  net::AsyncEvent event;
  int started = 0, ended = 0, left = 0;
};

// join() awaited plainly passes the cancellation on, and still waits.
struct PlainJoin {
  explicit PlainJoin(net::Executor executor_) : executor(executor_), event(executor_), scope(executor_, "s", 2) {
    BOOST_TEST(scope.try_spawn("slow", slow_goodbye(event, ended)));
    BOOST_TEST(scope.try_spawn("quick", wait_on(event, begun)));
  }
  Task<void> run() {
    for (int turn = 0; turn < 3; ++turn) co_await net::yield();
    event.notify_all();
    co_await scope.join();
    joined = true;
  }
  // Cancelled before its join: the tasks still wait, and are ended by the owner of the scope.
  void settle() { scope.cancel(); }
  void check(bool completed) {
    if (completed) BOOST_TEST((joined && ended == 1 && begun == 1));
    BOOST_TEST(scope.size() == 0u);
  }
  net::Executor executor;
  net::AsyncEvent event;
  Scope scope;
  int ended = 0, begun = 0;
  bool joined = false;
};
}  // namespace

BOOST_AUTO_TEST_CASE(a_server_sees_the_end_of_its_children_wherever_it_is_cancelled) {
  const std::size_t turns =
      test::cancel_at_every_turn([](net::Executor executor) { return std::make_unique<Server>(executor); });
  BOOST_TEST(turns > 10u);
}

BOOST_AUTO_TEST_CASE(a_plain_join_can_be_cancelled_anywhere) {
  test::cancel_at_every_turn([](net::Executor executor) { return std::make_unique<PlainJoin>(executor); });
}

BOOST_AUTO_TEST_CASE(join_passes_the_cancellation_of_its_caller_on_and_waits) {
  asio::io_context io(1);
  const net::Executor executor = io.get_executor();
  PlainJoin scenario(executor);
  test::Root root(io, scenario.scope.join());
  io.poll();
  BOOST_TEST(!root.ended());
  root.cancel();
  io.restart();
  io.run_for(test::test_limit);
  BOOST_TEST(root.ended());
  BOOST_TEST(net::is_cancellation(root.failure()));
  BOOST_TEST(scenario.ended == 1);
  BOOST_TEST(scenario.begun == 1);
  BOOST_TEST(scenario.scope.size() == 0u);
}

BOOST_AUTO_TEST_CASE(join_ends_with_its_last_task) {
  test::co_test([](net::Executor executor) -> Task<void> {
    auto scenario = std::make_unique<PlainJoin>(executor);
    co_await scenario->run();
    scenario->check(true);
  });
}

BOOST_AUTO_TEST_CASE(an_io_context_that_is_torn_down_ends_its_scopes) {
  int ended = 0;
  auto io = std::make_unique<asio::io_context>(1);
  const net::Executor executor = io->get_executor();
  auto event = std::make_unique<net::AsyncEvent>(executor);
  auto scope = std::make_unique<Scope>(executor, "jobs", 2);
  BOOST_TEST(scope->try_spawn("a", wait_on(*event, ended)));
  BOOST_TEST(scope->try_spawn("b", net::sleep_for(1h)));
  io->poll();
  BOOST_TEST(scope->size() == 2u);
  event.reset();
  io->poll();
  scope->cancel();
  io->restart();
  io->run_for(test::test_limit);
  scope.reset();
  BOOST_TEST(ended == 1);
}

BOOST_AUTO_TEST_SUITE_END()
