#include "net/blocking_link.hpp"

#ifdef ASIO_VERSION
#error "net/blocking_link.hpp must not bring Asio with it"
#endif

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "test/support/temp_dir.hpp"

using namespace sysplexd;
using namespace std::chrono_literals;
using net::BlockingLink;
using net::Errc;

namespace {

std::string frame(std::uint16_t kind, const std::string& payload) {
  std::string bytes;
  net::append_frame(bytes, kind, payload);
  return bytes;
}
struct Ends {
  BlockingLink left, right;
};
Ends link_pair(std::size_t outbox_bytes_max = BlockingLink::outbox_bytes_max_default) {
  int ends[2];
  BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  auto left = BlockingLink::from_fd(net::UniqueFd(ends[0]), outbox_bytes_max);
  auto right = BlockingLink::from_fd(net::UniqueFd(ends[1]), outbox_bytes_max);
  return {std::move(left).value(), std::move(right).value()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(blocking_link)

BOOST_AUTO_TEST_CASE(frames_go_both_ways) {
  Ends ends = link_pair();
  BOOST_TEST(!ends.right.next()->has_value());
  BOOST_TEST(ends.left.send(frame(1, "one") + frame(2, "two")).ok());
  BOOST_TEST(ends.right.next()->value().payload == "one");
  BOOST_TEST(ends.right.next()->value().payload == "two");
  BOOST_TEST(!ends.right.next()->has_value());
  BOOST_TEST(ends.right.send(frame(3, "")).ok());
  BOOST_TEST(ends.left.receive(10s)->kind == 3);
  BOOST_TEST(ends.left.peer().pid == ::getpid());
}

BOOST_AUTO_TEST_CASE(a_receive_ends_after_its_time_and_the_link_goes_on) {
  Ends ends = link_pair();
  const auto late = ends.right.receive(1ms);
  BOOST_TEST((late.error().code == Errc::timed_out));
  BOOST_TEST(ends.right.is_open());
  BOOST_TEST(ends.left.send(frame(1, "x")).ok());
  BOOST_TEST(ends.right.receive(0ms).ok());
}

BOOST_AUTO_TEST_CASE(a_send_to_a_peer_that_does_not_read_ends_after_its_time_and_closes_the_link) {
  Ends ends = link_pair();
  const auto stuck = ends.left.send(frame(1, std::string(8u << 20, 'x')), 5ms);
  BOOST_TEST((stuck.error().code == Errc::timed_out));
  BOOST_TEST(!ends.left.is_open());
  BOOST_TEST((ends.left.send(frame(1, "x")).error().code == Errc::timed_out));
  BOOST_TEST((ends.left.next().error().code == Errc::timed_out));
  // The peer sees the end in the middle of a frame.
  for (;;) {
    const auto got = ends.right.next();
    if (!got.ok()) {
      BOOST_TEST((got.error().code == Errc::closed));
      BOOST_TEST(got.error().text == "the peer ended in the middle of a frame");
      break;
    }
    BOOST_TEST_REQUIRE(!got->has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_full_outbox_refuses_and_flush_some_empties_it_in_order) {
  Ends ends = link_pair(1 << 20);
  BOOST_TEST(!ends.left.wants_write());
  std::uint16_t posted = 0;
  while (ends.left.post(frame(posted, std::string(5000, 'x')))) ++posted;
  BOOST_TEST(ends.left.outbox_bytes() <= 1u << 20);
  BOOST_TEST(ends.left.wants_write());
  std::uint16_t received = 0;
  while (received < posted) {
    BOOST_TEST_REQUIRE(ends.left.flush_some().ok());
    for (;;) {
      const auto got = ends.right.next();
      BOOST_TEST_REQUIRE(got.ok());
      if (!got->has_value()) break;
      BOOST_TEST_REQUIRE((*got)->kind == received);
      ++received;
    }
  }
  BOOST_TEST(!ends.left.wants_write());
  BOOST_TEST(ends.left.post(frame(1, "x")));
}

BOOST_AUTO_TEST_CASE(send_writes_what_waits_in_the_outbox_first) {
  Ends ends = link_pair();
  BOOST_TEST(ends.left.post(frame(1, "first")));
  BOOST_TEST(ends.left.send(frame(2, "second")).ok());
  BOOST_TEST(!ends.left.wants_write());
  BOOST_TEST(ends.right.next()->value().payload == "first");
  BOOST_TEST(ends.right.next()->value().payload == "second");
}

BOOST_AUTO_TEST_CASE(a_vanished_peer_is_told_after_its_last_frame) {
  Ends ends = link_pair();
  BOOST_TEST(ends.right.send(frame(1, "last words")).ok());
  ends.right.close();
  BOOST_TEST(ends.left.next()->value().payload == "last words");
  const auto gone = ends.left.next();
  BOOST_TEST((gone.error().code == Errc::closed));
  BOOST_TEST(gone.error().text == "the peer has ended");
  BOOST_TEST(!ends.left.is_open());
  BOOST_TEST(!ends.left.post(frame(1, "x")));
  BOOST_TEST((ends.left.flush_some().error().code == Errc::closed));
  Ends others = link_pair();
  others.right.close();
  const auto broken = others.left.send(frame(1, "x"));  // no SIGPIPE
  BOOST_TEST((broken.error().code == Errc::closed));
}

BOOST_AUTO_TEST_CASE(a_corrupt_frame_closes_the_link) {
  Ends ends = link_pair();
  BOOST_TEST(ends.right.send(frame(1, "good") + "rubbish, not a frame").ok());
  BOOST_TEST(ends.left.next()->has_value());
  BOOST_TEST((ends.left.next().error().code == Errc::corrupt));
  BOOST_TEST(!ends.left.is_open());
  BOOST_TEST((ends.left.next().error().code == Errc::corrupt));
}

BOOST_AUTO_TEST_CASE(connect_says_what_is_there) {
  test::TempDir dir;
  BOOST_TEST((BlockingLink::connect(dir / "none", 1s).error().code == Errc::not_found));
  auto listening = net::listen_local_socket(dir / "s", 0600);
  BOOST_TEST_REQUIRE(listening.ok());
  auto client = BlockingLink::connect(dir / "s", 1s);
  BOOST_TEST_REQUIRE(client.ok());
  const int accepted = ::accept(listening->get(), nullptr, nullptr);
  auto server = BlockingLink::from_fd(net::UniqueFd(accepted));
  BOOST_TEST(client->send(frame(1, "hello")).ok());
  BOOST_TEST(server->receive(10s)->payload == "hello");
  std::vector<BlockingLink> clients;
  for (;;) {
    auto next = BlockingLink::connect(dir / "s", 5ms);
    if (!next.ok()) {
      BOOST_TEST((next.error().code == Errc::timed_out));
      break;
    }
    clients.push_back(std::move(next).value());
    BOOST_TEST_REQUIRE(clients.size() < 10'000u);
  }
  listening->reset();
  BOOST_TEST((BlockingLink::connect(dir / "s", 1s).error().code == Errc::closed));
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_killed_in_the_middle_is_noticed) {
  int pair[2];
  BOOST_TEST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  net::UniqueFd mine(pair[0]), its(pair[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    mine.reset();
    auto link = BlockingLink::from_fd(std::move(its));
    static_cast<void>(link->send(frame(1, "running")));
    for (;;) ::pause();
  }
  its.reset();
  auto link = BlockingLink::from_fd(std::move(mine));
  BOOST_TEST(link->receive(10s)->payload == "running");
  BOOST_TEST(::kill(child, SIGKILL) == 0);
  BOOST_TEST((link->receive(10s).error().code == Errc::closed));
  BOOST_TEST(::waitpid(child, nullptr, 0) == child);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_frames) {
  constexpr int count = 100'000;
  Ends ends = link_pair();
  const auto begin = std::chrono::steady_clock::now();
  std::thread sender([&ends] {
    const std::string payload(100, 'x');
    for (int index = 0; index < count; ++index) {
      while (!ends.left.post(frame(static_cast<std::uint16_t>(index), payload))) {
        pollfd writable{ends.left.fd(), POLLOUT, 0};
        ::poll(&writable, 1, 1000);
        if (!ends.left.flush_some().ok()) return;
      }
    }
    static_cast<void>(ends.left.send("", 20s));
  });
  int received = 0;
  while (received < count) {
    const auto got = ends.right.receive(20s);
    if (!got.ok() || got->kind != (received & 0xffff)) break;
    ++received;
  }
  sender.join();
  BOOST_TEST(received == count);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  BOOST_TEST_MESSAGE("blocking link: " << count / took.count() << " frames of 100 bytes a second");
}

BOOST_AUTO_TEST_SUITE_END()
