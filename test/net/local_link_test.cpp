#include "net/local_link.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <deque>

#include "net/scope.hpp"
#include "test/support/co_test.hpp"
#include "test/support/temp_dir.hpp"

using namespace sysplexd;
using namespace std::chrono_literals;
using net::Errc;
using net::LocalLink;
using net::SteadyTime;
using net::Task;

namespace {

SteadyTime soon() { return std::chrono::steady_clock::now() + 1ms; }
SteadyTime far() { return std::chrono::steady_clock::now() + 1h; }

std::string frame(std::uint16_t kind, const std::string& payload) {
  std::string bytes;
  net::append_frame(bytes, kind, payload);
  return bytes;
}

struct Pair {
  net::UniqueFd left, right;
};
Pair socket_pair() {
  int ends[2];
  BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  Pair pair;
  pair.left.reset(ends[0]);
  pair.right.reset(ends[1]);
  return pair;
}
void write_raw(int fd, std::string_view bytes) {
  BOOST_TEST_REQUIRE(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}
struct Links {
  LocalLink left, right;
};
Links link_pair(const net::Executor& executor, net::LinkLimits limits = {}) {
  Pair pair = socket_pair();
  return {LocalLink(executor, std::move(pair.left), limits), LocalLink(executor, std::move(pair.right), limits)};
}
double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return double(time.tv_sec) + double(time.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Task<void> expect_end(LocalLink& link, Errc& code, int& ended) {
  const auto result = co_await link.receive();
  code = result.ok() ? Errc::invalid : result.error().code;
  ++ended;
}
Task<void> expect_flush_end(LocalLink& link, Errc& code, int& ended) {
  const auto result = co_await link.flush(far());
  code = result.ok() ? Errc::invalid : result.error().code;
  ++ended;
}
Task<void> echo(LocalLink& link) {
  for (;;) {
    const auto got = co_await link.receive();
    if (!got.ok()) co_return;
    BOOST_TEST_REQUIRE(link.post(frame(got->kind, got->payload)));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(local_link)

BOOST_AUTO_TEST_CASE(frames_go_both_ways) {
  test::co_test([](net::Executor executor) -> Task<void> {
    Links links = link_pair(executor);
    BOOST_TEST(links.left.post(frame(1, "hello")));
    BOOST_TEST(links.right.post(frame(2, "")));
    const auto right = co_await links.right.receive(far());
    BOOST_TEST(right.value().payload == "hello");
    BOOST_TEST(right.value().kind == 1);
    const auto left = co_await links.left.receive();
    BOOST_TEST(left.value().kind == 2);
    BOOST_TEST(links.left.peer().pid == ::getpid());
    BOOST_TEST(links.left.peer().uid == ::getuid());
    BOOST_TEST(links.left.peer().gid == ::getgid());
  });
}

BOOST_AUTO_TEST_CASE(frames_posted_in_one_turn_leave_in_one_write_and_come_with_one_read) {
  test::co_test([](net::Executor executor) -> Task<void> {
    Links links = link_pair(executor);
    for (std::uint16_t kind = 0; kind < 100; ++kind) BOOST_TEST(links.left.post(frame(kind, "some payload")));
    const auto flushed = co_await links.left.flush(far());
    BOOST_TEST(flushed.ok());
    BOOST_TEST(links.left.counts().writes == 1u);
    BOOST_TEST(links.left.counts().posts == 100u);
    for (std::uint16_t kind = 0; kind < 100; ++kind) {
      const auto got = co_await links.right.receive();
      BOOST_TEST(got.value().kind == kind);
    }
    BOOST_TEST(links.right.counts().reads == 1u);
  });
}

BOOST_AUTO_TEST_CASE(a_receive_ends_at_its_deadline_and_loses_nothing) {
  test::co_test([](net::Executor executor) -> Task<void> {
    Pair pair = socket_pair();
    LocalLink link(executor, std::move(pair.left));
    const std::string bytes = frame(5, "in two pieces");
    write_raw(pair.right.get(), bytes.substr(0, 20));
    const auto late = co_await link.receive(soon());
    BOOST_TEST((late.error().code == Errc::timed_out));
    BOOST_TEST(link.is_open());
    const auto past = co_await link.receive(SteadyTime());
    BOOST_TEST((past.error().code == Errc::timed_out));
    write_raw(pair.right.get(), bytes.substr(20));
    const auto whole = co_await link.receive(far());
    BOOST_TEST(whole.value().payload == "in two pieces");
    // A later deadline after an earlier one, and the reverse: the one timer serves both.
    const auto again = co_await link.receive(soon());
    BOOST_TEST((again.error().code == Errc::timed_out));
  });
}

BOOST_AUTO_TEST_CASE(a_full_outbox_refuses_and_takes_again_when_the_peer_has_read) {
  test::co_test([](net::Executor executor) -> Task<void> {
    net::LinkLimits limits;
    limits.outbox_bytes_max = 1 << 20;
    Links links = link_pair(executor, limits);
    const std::string payload(10'000, 'x');
    int taken = 0;
    // The kernel takes some, then the outbox fills up to its limit.
    for (;;) {
      if (!links.left.post(frame(1, payload))) break;
      ++taken;
      co_await net::yield();
    }
    BOOST_TEST(links.left.outbox_bytes() > limits.outbox_bytes_max - payload.size() - 100);
    BOOST_TEST(links.left.outbox_bytes() <= limits.outbox_bytes_max);
    const auto stuck = co_await links.left.flush(soon());
    BOOST_TEST((stuck.error().code == Errc::timed_out));
    BOOST_TEST(links.left.is_open());
    for (int index = 0; index < taken; ++index) {
      const auto got = co_await links.right.receive(far());
      BOOST_TEST_REQUIRE(got.ok());
      BOOST_TEST_REQUIRE(got->payload.size() == payload.size());
    }
    const auto flushed = co_await links.left.flush(far());
    BOOST_TEST(flushed.ok());
    BOOST_TEST(links.left.outbox_bytes() == 0u);
    BOOST_TEST(links.left.post(frame(1, payload)));
    const auto more = co_await links.right.receive(far());
    BOOST_TEST(more.ok());
  });
}

BOOST_AUTO_TEST_CASE(a_frame_above_the_outbox_limit_is_refused) {
  test::co_test([](net::Executor executor) -> Task<void> {
    net::LinkLimits limits;
    limits.outbox_bytes_max = 1000;
    Links links = link_pair(executor, limits);
    BOOST_TEST(!links.left.post(frame(1, std::string(1000, 'x'))));
    BOOST_TEST(links.left.is_open());
    BOOST_TEST(links.left.post(frame(1, std::string(1000 - net::frame_header_bytes, 'x'))));
    const auto got = co_await links.right.receive();
    BOOST_TEST(got.ok());
  });
}

BOOST_AUTO_TEST_CASE(large_frames_pass_in_pieces) {
  test::co_test([](net::Executor executor) -> Task<void> {
    net::LinkLimits limits;
    limits.outbox_bytes_max = 64u << 20;
    Links links = link_pair(executor, limits);
    const std::string payload(net::frame_payload_bytes_max, 'x');
    BOOST_TEST(links.left.post(frame(1, payload)));
    BOOST_TEST(links.left.post(frame(2, "after it")));
    const auto first = co_await links.right.receive(far());
    BOOST_TEST((first.value().payload == payload));
    const auto second = co_await links.right.receive(far());
    BOOST_TEST(second.value().payload == "after it");
  });
}

BOOST_AUTO_TEST_CASE(a_corrupt_frame_closes_the_link) {
  test::co_test([](net::Executor executor) -> Task<void> {
    Pair pair = socket_pair();
    LocalLink link(executor, std::move(pair.left));
    std::string bad = frame(2, "changed on its way");
    bad.back() = '!';
    write_raw(pair.right.get(), frame(1, "good") + bad + frame(3, "never seen"));
    const auto good = co_await link.receive();
    BOOST_TEST(good.value().payload == "good");
    const auto corrupt = co_await link.receive();
    BOOST_TEST((corrupt.error().code == Errc::corrupt));
    BOOST_TEST(corrupt.error().text == "frame checksum is wrong");
    BOOST_TEST(!link.is_open());
    BOOST_TEST(!link.post(frame(1, "x")));
    char byte;
    BOOST_TEST(::recv(pair.right.get(), &byte, 1, 0) == 0);  // closed
    const auto still = co_await link.receive();
    BOOST_TEST((still.error().code == Errc::corrupt));
  });
}

BOOST_AUTO_TEST_CASE(a_frame_above_the_limit_of_the_link_closes_it) {
  test::co_test([](net::Executor executor) -> Task<void> {
    net::LinkLimits limits;
    limits.payload_bytes_max = 100;
    Pair pair = socket_pair();
    LocalLink link(executor, std::move(pair.left), limits);
    write_raw(pair.right.get(), frame(1, std::string(101, 'x')));
    const auto refused = co_await link.receive();
    BOOST_TEST((refused.error().code == Errc::corrupt));
    BOOST_TEST(!link.is_open());
  });
}

BOOST_AUTO_TEST_CASE(a_peer_that_vanishes_is_told_after_its_last_frame) {
  test::co_test([](net::Executor executor) -> Task<void> {
    Pair pair = socket_pair();
    LocalLink link(executor, std::move(pair.left));
    const std::string cut = frame(2, "never whole");
    write_raw(pair.right.get(), frame(1, "last words") + cut.substr(0, cut.size() - 1));
    // It has not read what we sent either: the kernel makes a reset of it.
    BOOST_TEST(link.post(frame(9, "unread")));
    const auto flushed = co_await link.flush(far());
    BOOST_TEST(flushed.ok());
    pair.right.reset();
    const auto last = co_await link.receive();
    BOOST_TEST(last.value().payload == "last words");
    const auto gone = co_await link.receive();
    BOOST_TEST((gone.error().code == Errc::closed));
    BOOST_TEST(gone.error().text.find("peer") != std::string::npos);
    const auto still = co_await link.receive();
    BOOST_TEST((still.error().code == Errc::closed));
  });
}

BOOST_AUTO_TEST_CASE(after_a_failed_write_the_last_words_of_the_peer_can_still_be_read) {
  test::co_test([](net::Executor executor) -> Task<void> {
    Pair pair = socket_pair();
    LocalLink link(executor, std::move(pair.left));
    write_raw(pair.right.get(), frame(1, "job ended"));
    pair.right.reset();
    BOOST_TEST(link.post(frame(2, "to nobody")));
    const auto flushed = co_await link.flush(far());
    BOOST_TEST((flushed.error().code == Errc::closed));
    BOOST_TEST(!link.is_open());
    BOOST_TEST(!link.post(frame(2, "to nobody")));
    const auto last = co_await link.receive();
    BOOST_TEST(last.value().payload == "job ended");
    const auto gone = co_await link.receive();
    BOOST_TEST((gone.error().code == Errc::closed));
  });
}

BOOST_AUTO_TEST_CASE(closing_ends_the_operations_under_way) {
  test::co_test([](net::Executor executor) -> Task<void> {
    net::LinkLimits limits;
    limits.outbox_bytes_max = 8u << 20;
    Links links = link_pair(executor, limits);
    Errc receive_code{}, flush_code{};
    int ended = 0;
    BOOST_TEST(links.left.post(frame(1, std::string(4u << 20, 'x'))));  // more than the kernel takes
    net::Scope scope(executor, "operations", 2);
    BOOST_TEST(scope.try_spawn("receive", expect_end(links.left, receive_code, ended)));
    BOOST_TEST(scope.try_spawn("flush", expect_flush_end(links.left, flush_code, ended)));
    co_await net::sleep_for(1ms);
    BOOST_TEST(ended == 0);
    links.left.close();
    BOOST_TEST(links.left.fd() == -1);
    co_await scope.join();
    BOOST_TEST(ended == 2);
    BOOST_TEST((receive_code == Errc::closed));
    BOOST_TEST((flush_code == Errc::closed));
    BOOST_TEST(links.left.outbox_bytes() == 0u);
    links.left.close();
    const auto closed = co_await links.left.receive();
    BOOST_TEST((closed.error().code == Errc::closed));
  });
}

BOOST_AUTO_TEST_CASE(a_link_may_be_destroyed_while_operations_are_under_way) {
  test::co_test([](net::Executor executor) -> Task<void> {
    Pair pair = socket_pair();
    auto link = std::make_unique<LocalLink>(executor, std::move(pair.left));
    Errc receive_code{}, flush_code{};
    int ended = 0;
    BOOST_TEST(link->post(frame(1, std::string(4'000'000, 'x'))));
    net::Scope scope(executor, "operations", 2);
    BOOST_TEST(scope.try_spawn("receive", expect_end(*link, receive_code, ended)));
    BOOST_TEST(scope.try_spawn("flush", expect_flush_end(*link, flush_code, ended)));
    co_await net::sleep_for(1ms);
    // Bytes are there and its handlers are queued when it goes.
    write_raw(pair.right.get(), frame(1, "late"));
    link.reset();
    co_await scope.join();
    BOOST_TEST(ended == 2);
    BOOST_TEST((receive_code == Errc::closed));
    BOOST_TEST((flush_code == Errc::closed));
    // And one that goes in the turn of its post.
    Pair other = socket_pair();
    LocalLink short_lived(executor, std::move(other.left));
    BOOST_TEST(short_lived.post(frame(1, "x")));
  });
}

BOOST_AUTO_TEST_CASE(cancel_ends_the_operations_and_leaves_the_link_usable) {
  test::co_test([](net::Executor executor) -> Task<void> {
    net::LinkLimits limits;
    limits.outbox_bytes_max = 8u << 20;
    Links links = link_pair(executor, limits);
    Errc receive_code{}, flush_code{};
    int ended = 0;
    BOOST_TEST(links.left.post(frame(1, std::string(4u << 20, 'x'))));
    net::Scope scope(executor, "operations", 2);
    BOOST_TEST(scope.try_spawn("receive", expect_end(links.left, receive_code, ended)));
    BOOST_TEST(scope.try_spawn("flush", expect_flush_end(links.left, flush_code, ended)));
    co_await net::sleep_for(1ms);
    links.left.cancel();
    co_await scope.join();
    BOOST_TEST((receive_code == Errc::cancelled));
    BOOST_TEST((flush_code == Errc::cancelled));
    const auto got = co_await links.right.receive(far());  // the writer goes on
    BOOST_TEST(got.value().payload.size() == 4u << 20);
    BOOST_TEST(links.right.post(frame(2, "back")));
    const auto back = co_await links.left.receive(far());
    BOOST_TEST(back.value().payload == "back");
  });
}

namespace {
// One end is cancelled at every turn while frames come in pieces; the rest is then received by another coroutine.
struct CancelledReceive {
  explicit CancelledReceive(net::Executor executor)
      : pair(socket_pair()), link(executor, std::move(pair.left)), scope(executor, "s", 2) {
    BOOST_TEST(scope.try_spawn("peer", send()));
  }
  Task<void> send() {
    for (int index = 0; index < frames; ++index) {
      const std::string bytes =
          frame(static_cast<std::uint16_t>(index), std::string(static_cast<std::size_t>(index), 'x'));
      write_raw(pair.right.get(), bytes.substr(0, 9));
      co_await net::yield();
      write_raw(pair.right.get(), bytes.substr(9));
      if (index % 2 == 0) co_await net::sleep_for(0ms);
    }
    pair.right.reset();
  }
  Task<void> run() {
    for (;;) {
      const auto got = co_await link.receive(far());
      if (!got.ok()) break;
      kinds.push_back(got->kind);
    }
    link.close();  // the armed deadline is work of the loop
  }
  void settle() { BOOST_TEST(scope.try_spawn("the rest", run())); }
  void check(bool) {
    BOOST_TEST(kinds.size() == static_cast<std::size_t>(frames));
    for (std::size_t index = 0; index < kinds.size(); ++index) BOOST_TEST(kinds[index] == index);
  }
  static constexpr int frames = 8;
  Pair pair;
  LocalLink link;
  net::Scope scope;
  std::vector<std::uint16_t> kinds;
};

// Request and answer with deadlines, over listener and connect: cancelled anywhere, everything ends and nothing is
// left.
struct CancelledClient {
  explicit CancelledClient(net::Executor executor_)
      : executor(executor_), listener(executor_, dir / "s"), scope(executor_, "server", 2) {
    BOOST_TEST(scope.try_spawn("server", serve()));
  }
  Task<void> serve() {
    for (;;) {
      auto accepted = co_await listener.accept();
      if (!accepted.ok()) co_return;
      LocalLink link = std::move(accepted).value();
      co_await echo(link);
    }
  }
  Task<void> run() {
    auto connected = co_await net::connect_local(executor, dir / "s", far());
    BOOST_TEST_REQUIRE(connected.ok());
    LocalLink link = std::move(connected).value();
    for (int index = 0; index < 3; ++index) {
      BOOST_TEST_REQUIRE(link.post(frame(1, "request")));
      const auto flushed = co_await link.flush(far());
      BOOST_TEST_REQUIRE(flushed.ok());
      const auto answer = co_await link.receive(far());
      BOOST_TEST_REQUIRE(answer.ok());
      ++answers;
    }
  }
  void settle() { listener.close(); }
  void check(bool completed) {
    BOOST_TEST(scope.size() == 0u);
    if (completed) BOOST_TEST(answers == 3);
    struct stat status{};
    BOOST_TEST(::lstat((dir / "s").c_str(), &status) != 0);  // the name went with its listener
  }
  test::TempDir dir;
  net::Executor executor;
  net::LocalListener listener;
  net::Scope scope;
  int answers = 0;
};
}  // namespace

BOOST_AUTO_TEST_CASE(a_cancelled_receive_loses_no_byte) {
  const std::size_t turns =
      test::cancel_at_every_turn([](net::Executor executor) { return std::make_unique<CancelledReceive>(executor); });
  BOOST_TEST(turns > 15u);
}

BOOST_AUTO_TEST_CASE(a_client_can_be_cancelled_at_every_await) {
  const std::size_t turns =
      test::cancel_at_every_turn([](net::Executor executor) { return std::make_unique<CancelledClient>(executor); });
  BOOST_TEST(turns > 10u);
}

BOOST_AUTO_TEST_CASE(an_accept_can_be_cancelled_and_the_connection_waits_for_the_next) {
  test::TempDir dir;
  test::co_test([&](net::Executor executor) -> Task<void> {
    net::LocalListener listener(executor, dir / "s");
    const auto nobody = co_await net::with_deadline(listener.accept(), 1ms);
    BOOST_TEST((nobody.error().code == Errc::timed_out));
    auto client = co_await net::connect_local(executor, dir / "s", far());
    BOOST_TEST(client.ok());
    auto server = co_await listener.accept();
    BOOST_TEST(server.ok());
    BOOST_TEST(server->post(frame(1, "welcome")));
    const auto got = co_await client->receive(far());
    BOOST_TEST(got.value().payload == "welcome");
  });
}

BOOST_AUTO_TEST_CASE(a_listener_gives_its_socket_exactly_the_mode_asked_for) {
  test::TempDir dir;
  test::co_test([&](net::Executor executor) -> Task<void> {
    for (const mode_t mode : {mode_t{0600}, mode_t{0660}, mode_t{0666}}) {
      const net::LocalListener listener(executor, dir / "s", mode);
      struct stat status{};
      BOOST_TEST(::lstat((dir / "s").c_str(), &status) == 0);
      BOOST_TEST((status.st_mode & 07777) == mode);
    }
    co_return;
  });
}

BOOST_AUTO_TEST_CASE(a_live_socket_is_never_taken_and_a_stale_one_is) {
  test::TempDir dir;
  test::co_test([&](net::Executor executor) -> Task<void> {
    {
      const net::LocalListener first(executor, dir / "s");
      const auto second = net::LocalListener::open(executor, dir / "s");
      BOOST_TEST((second.error().code == Errc::exists));
      BOOST_CHECK_THROW(net::LocalListener(executor, dir / "s"), std::system_error);
      const auto still = co_await net::connect_local(executor, dir / "s", far());
      BOOST_TEST(still.ok());
    }
    auto left = net::listen_local_socket(dir / "s", 0600);
    BOOST_TEST(left.ok());
    left->reset();  // as after kill -9: the name stays
    const auto nobody = co_await net::connect_local(executor, dir / "s", far());
    BOOST_TEST((nobody.error().code == Errc::closed));
    const auto third = net::LocalListener::open(executor, dir / "s");
    BOOST_TEST(third.ok());
    // A file that is no socket is nobody's to remove.
    BOOST_TEST(std::filesystem::create_directory(dir / "d"));
    const auto refused = net::LocalListener::open(executor, dir / "d");
    BOOST_TEST((refused.error().code == Errc::exists));
    const auto no_folder = net::LocalListener::open(executor, dir / "no/s");
    BOOST_TEST((no_folder.error().code == Errc::not_found));
    const auto no_name = net::LocalListener::open(executor, dir / "");
    BOOST_TEST((no_name.error().code == Errc::invalid));
    const auto absent = co_await net::connect_local(executor, dir / "none", far());
    BOOST_TEST((absent.error().code == Errc::not_found));
  });
}

BOOST_AUTO_TEST_CASE(a_listener_leaves_the_name_to_its_successor) {
  test::TempDir dir;
  test::co_test([&](net::Executor executor) -> Task<void> {
    net::LocalListener first(executor, dir / "s");
    BOOST_TEST(::unlink((dir / "s").c_str()) == 0);
    const net::LocalListener second(executor, dir / "s");
    first.close();
    const auto client = co_await net::connect_local(executor, dir / "s", far());
    BOOST_TEST(client.ok());
  });
}

BOOST_AUTO_TEST_CASE(a_path_may_be_longer_than_a_socket_address) {
  test::TempDir dir;
  test::co_test([&](net::Executor executor) -> Task<void> {
    const std::string folder = dir / std::string(150, 'f');
    BOOST_TEST(std::filesystem::create_directory(folder));
    net::LocalListener listener(executor, folder + "/jes.sock");
    auto client = co_await net::connect_local(executor, folder + "/jes.sock", far());
    BOOST_TEST(client.ok());
    const auto server = co_await listener.accept();
    BOOST_TEST(server.ok());
    listener.close();
    BOOST_TEST(!std::filesystem::exists(folder + "/jes.sock"));
    const auto too_long = net::LocalListener::open(executor, folder + "/" + std::string(100, 'n'));
    BOOST_TEST((too_long.error().code == Errc::too_large));
  });
}

BOOST_AUTO_TEST_CASE(a_connect_gives_up_at_its_deadline_when_the_queue_of_the_listener_stays_full) {
  test::TempDir dir;
  test::co_test([&](net::Executor executor) -> Task<void> {
    const auto listening = net::listen_local_socket(dir / "s", 0600);  // never accepts
    BOOST_TEST(listening.ok());
    std::vector<LocalLink> clients;
    for (int index = 0;; ++index) {
      BOOST_TEST_REQUIRE(index < 10'000);
      auto client = co_await net::connect_local(executor, dir / "s", std::chrono::steady_clock::now() + 10ms);
      if (!client.ok()) {
        BOOST_TEST((client.error().code == Errc::timed_out));
        break;
      }
      clients.push_back(std::move(client).value());
    }
    BOOST_TEST(clients.size() > 10u);
    const auto taken = net::listen_local_socket(dir / "s", 0600);
    BOOST_TEST((taken.error().code == Errc::exists));  // full is alive
  });
}

BOOST_AUTO_TEST_CASE(accept_says_full_without_descriptors_and_the_connection_waits) {
  test::TempDir dir;
  test::co_test([&](net::Executor executor) -> Task<void> {
    net::LocalListener listener(executor, dir / "s");
    auto client = co_await net::connect_local(executor, dir / "s", far());
    BOOST_TEST(client.ok());
    rlimit before{};
    BOOST_TEST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    net::UniqueFd lowest(::dup(0));
    const rlimit none{static_cast<rlim_t>(lowest.get()), before.rlim_max};
    lowest.reset();
    BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto full = co_await listener.accept();
    BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    BOOST_TEST((full.error().code == Errc::full));
    auto server = co_await listener.accept();
    BOOST_TEST(server.ok());
    BOOST_TEST(server->post(frame(1, "after all")));
    const auto got = co_await client->receive(far());
    BOOST_TEST(got.ok());
  });
}

namespace {
Task<void> accept_until_closed(net::LocalListener& listener, Errc& code) {
  const auto result = co_await listener.accept();
  code = result.ok() ? Errc::invalid : result.error().code;
}
Task<void> receive_many(LocalLink& link, int count, int& received) {
  while (received < count) {
    const auto got = co_await link.receive();
    BOOST_TEST_REQUIRE(got.ok());
    BOOST_TEST_REQUIRE(got->kind == (received & 0xffff));
    ++received;
  }
}
Task<void> send_many(LocalLink& link, int count) {
  const std::string payload(100, 'x');
  for (int index = 0; index < count;) {
    std::string bytes;
    net::append_frame(bytes, static_cast<std::uint16_t>(index), payload);
    if (link.post(std::move(bytes))) {
      ++index;
      continue;
    }
    const auto flushed = co_await link.flush(far());
    BOOST_TEST_REQUIRE(flushed.ok());
  }
}
}  // namespace

BOOST_AUTO_TEST_CASE(closing_a_listener_ends_its_accept) {
  test::TempDir dir;
  test::co_test([&](net::Executor executor) -> Task<void> {
    net::LocalListener listener(executor, dir / "s");
    Errc code{};
    net::Scope scope(executor, "s", 1);
    BOOST_TEST(scope.try_spawn("accept", accept_until_closed(listener, code)));
    co_await net::sleep_for(1ms);
    listener.close();
    co_await scope.join();
    BOOST_TEST((code == Errc::closed));
  });
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_frames) {
  constexpr int count = 100'000;
  int received = 0;
  std::uint64_t writes = 0, reads = 0;
  const double cpu = cpu_seconds();
  test::co_test([&](net::Executor executor) -> Task<void> {
    Links links = link_pair(executor);
    std::vector<Task<void>> tasks;
    tasks.push_back(receive_many(links.right, count, received));
    tasks.push_back(send_many(links.left, count));
    co_await net::all_of(std::move(tasks));
    writes = links.left.counts().writes;
    reads = links.right.counts().reads;
  });
  BOOST_TEST(received == count);
  BOOST_TEST_MESSAGE("frames of 100 bytes one way: " << (cpu_seconds() - cpu) * 1e9 / count << " ns CPU each, "
                                                     << writes << " writes, " << reads << " reads for " << count);
}

BOOST_AUTO_TEST_CASE(round_trips) {
  constexpr int count = 20'000;
  double cpu = 0;
  test::co_test([&](net::Executor executor) -> Task<void> {
    Links links = link_pair(executor);
    net::Scope scope(executor, "peer", 1);
    BOOST_TEST(scope.try_spawn("echo", echo(links.right)));
    const std::string bytes = frame(1, std::string(64, 'x'));
    co_await net::yield();
    const double begin = cpu_seconds();
    for (int index = 0; index < count; ++index) {
      BOOST_TEST_REQUIRE(links.left.post(bytes));
      const auto got = co_await links.left.receive(std::chrono::steady_clock::now() + 5s);
      BOOST_TEST_REQUIRE(got.ok());
    }
    cpu = cpu_seconds() - begin;
    links.left.close();
    co_await scope.join();
  });
  BOOST_TEST_MESSAGE("round trip with a deadline, both ends in one thread: " << cpu * 1e6 / count << " us CPU");
}

BOOST_AUTO_TEST_SUITE_END()
