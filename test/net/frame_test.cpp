#include "net/frame.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <random>

#include "net/clock.hpp"
#include "net/fd.hpp"
#include "net/frame_buffer.hpp"

using namespace sysplexd::net;
namespace data = boost::unit_test::data;

namespace {

std::string frame(std::uint16_t kind, const std::string& payload, std::uint8_t flags = 0) {
  std::string bytes;
  append_frame(bytes, kind, payload, flags);
  return bytes;
}
void feed(FrameBuffer& buffer, std::string_view bytes) {
  while (!bytes.empty()) {
    const FrameBuffer::Space space = buffer.space();
    BOOST_TEST_REQUIRE(space.size >= FrameBuffer::read_bytes_min);
    const std::size_t count = std::min(space.size, bytes.size());
    std::copy_n(bytes.data(), count, space.data);
    buffer.added(count);
    bytes.remove_prefix(count);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(frames)

BOOST_AUTO_TEST_CASE(a_frame_has_the_bytes_that_its_header_comment_says) {
  const std::string bytes = frame(0x0102, "abc", 7);
  BOOST_TEST(bytes.size() == 19u);
  BOOST_TEST(bytes.substr(0, 12) == std::string("SX\x01\x07\x03\x00\x00\x00\x02\x01\x00\x00", 12));
  BOOST_TEST(bytes.substr(16) == "abc");
  const FrameView view = parse_frame(bytes);
  BOOST_TEST((view.state == FrameState::whole));
  BOOST_TEST(view.kind == 0x0102);
  BOOST_TEST(view.flags == 7);
  BOOST_TEST(view.payload == "abc");
  BOOST_TEST(view.bytes == 19u);
}

BOOST_AUTO_TEST_CASE(every_prefix_of_a_frame_needs_more) {
  const std::string bytes = frame(3, "some payload");
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_TEST((parse_frame(std::string_view(bytes).substr(0, size)).state == FrameState::need_more));
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_noticed) {
  const std::string good = frame(3, "some payload", 1);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bytes = good;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    const FrameView view = parse_frame(bytes);
    BOOST_TEST((view.state != FrameState::whole), "bit " << bit << " was not noticed");
  }
}

BOOST_AUTO_TEST_CASE(a_length_above_the_limit_is_refused_from_the_header_alone) {
  std::string bytes = frame(3, "x");
  bytes[4] = bytes[5] = bytes[6] = bytes[7] = '\xff';
  const FrameView view = parse_frame(std::string_view(bytes).substr(0, frame_header_bytes));
  BOOST_TEST((view.state == FrameState::corrupt));
  BOOST_TEST(std::string(view.reason) == "frame longer than its limit");
}

BOOST_AUTO_TEST_CASE(the_largest_frame_travels) {
  const std::string payload(frame_payload_bytes_max, 'x');
  FrameBuffer buffer;
  feed(buffer, frame(9, payload));
  auto first = buffer.next();
  BOOST_TEST(first->value().payload.size() == payload.size());
  BOOST_TEST((first->value().payload == payload));
  buffer.space();
  BOOST_TEST(buffer.capacity() <= FrameBuffer::capacity_busy);  // the large buffer is given back
}

BOOST_DATA_TEST_CASE(frames_come_out_whatever_the_pieces_they_came_in, data::make({1, 2, 3, 7, 15, 16, 17, 1000, 5000}),
                     piece) {
  std::mt19937 random(42);
  std::string stream;
  std::vector<std::string> payloads;
  for (int index = 0; index < 60; ++index) {
    payloads.emplace_back(random() % (index % 10 == 0 ? 30'000 : 100), static_cast<char>('a' + index % 26));
    stream += frame(static_cast<std::uint16_t>(index), payloads.back());
  }
  FrameBuffer buffer;
  std::size_t next = 0;
  for (std::size_t at = 0; at < stream.size(); at += static_cast<std::size_t>(piece)) {
    feed(buffer, std::string_view(stream).substr(at, static_cast<std::size_t>(piece)));
    for (;;) {
      auto got = buffer.next();
      BOOST_TEST_REQUIRE(got.ok());
      if (!got->has_value()) break;
      BOOST_TEST_REQUIRE((got->value().payload == payloads[next]));
      BOOST_TEST_REQUIRE(got->value().kind == next);
      ++next;
    }
  }
  BOOST_TEST(next == payloads.size());
  BOOST_TEST(buffer.buffered() == 0u);
}

BOOST_AUTO_TEST_CASE(a_corrupt_stream_stays_corrupt) {
  FrameBuffer buffer;
  feed(buffer, frame(1, "good"));
  feed(buffer, "rubbish");
  feed(buffer, frame(1, "good again"));
  BOOST_TEST(buffer.next()->value().payload == "good");
  for (int again = 0; again < 2; ++again) {
    const auto failed = buffer.next();
    BOOST_TEST((failed.error().code == Errc::corrupt));
    BOOST_TEST(failed.error().text == "no frame starts here");
  }
}

BOOST_AUTO_TEST_CASE(an_own_limit_refuses_before_the_payload_is_there) {
  FrameBuffer buffer(100);
  feed(buffer, frame(1, std::string(100, 'x')));
  BOOST_TEST(buffer.next()->value().payload.size() == 100u);
  feed(buffer, frame(1, std::string(101, 'x')).substr(0, frame_header_bytes));
  const auto refused = buffer.next();
  BOOST_TEST((refused.error().code == Errc::corrupt));
  BOOST_TEST(refused.error().text == "frame of 101 bytes, above the limit of 100");
}

BOOST_AUTO_TEST_CASE(a_length_field_alone_allocates_nothing) {
  FrameBuffer buffer;
  feed(buffer, frame(1, std::string(frame_payload_bytes_max, 'x')).substr(0, frame_header_bytes));
  BOOST_TEST(!buffer.next()->has_value());
  buffer.space();
  BOOST_TEST(buffer.capacity() == FrameBuffer::capacity_first);
}

BOOST_AUTO_TEST_CASE(an_outbox_gives_its_bytes_in_order_and_holds_its_limit) {
  std::mt19937 random(7);
  Outbox outbox(100'000);
  std::string expected, written;
  for (int round = 0; round < 2000; ++round) {
    std::string piece(random() % (round % 50 == 0 ? 40'000 : 300), static_cast<char>('a' + round % 26));
    const std::size_t before = outbox.bytes();
    const bool fits = before + piece.size() <= outbox.bytes_max();
    BOOST_TEST_REQUIRE(outbox.push(piece) == fits);
    BOOST_TEST_REQUIRE(outbox.bytes() == before + (fits ? piece.size() : 0));
    if (fits) expected += piece;
    std::size_t take = random() % 500;
    std::size_t left = take;
    for (const std::string_view run : outbox.runs(4)) {
      const std::size_t count = std::min(left, run.size());
      written.append(run.substr(0, count));
      left -= count;
    }
    outbox.consumed(take - left);
  }
  while (!outbox.empty()) {
    std::size_t count = 0;
    for (const std::string_view run : outbox.runs(3)) {
      written.append(run);
      count += run.size();
    }
    outbox.consumed(count);
  }
  BOOST_TEST((written == expected));
  BOOST_TEST(outbox.runs(3).empty());
}

BOOST_AUTO_TEST_CASE(small_frames_share_a_run) {
  Outbox outbox(1 << 20);
  for (int index = 0; index < 100; ++index) BOOST_TEST(outbox.push(frame(1, "small")));
  BOOST_TEST(outbox.runs(64).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_manual_clock_moves_only_when_told) {
  ManualClock clock;
  const Clock& seen = clock;
  const auto steady = seen.steady_now();
  const auto wall = seen.wall_now();
  BOOST_TEST((seen.steady_now() == steady));
  clock.advance(std::chrono::seconds(5));
  BOOST_TEST((seen.steady_now() - steady == std::chrono::seconds(5)));
  BOOST_TEST((seen.wall_now() - wall == std::chrono::seconds(5)));
  clock.set_wall(wall);
  BOOST_TEST((seen.steady_now() - steady == std::chrono::seconds(5)));
  BOOST_TEST((seen.wall_now() == wall));
}

BOOST_AUTO_TEST_CASE(a_descriptor_has_one_owner) {
  int ends[2];
  BOOST_TEST_REQUIRE(::pipe(ends) == 0);
  UniqueFd read_end(ends[0]), write_end(ends[1]);
  UniqueFd moved(std::move(write_end));
  BOOST_TEST(!write_end);
  BOOST_TEST(moved.get() == ends[1]);
  moved = UniqueFd();
  char byte;
  BOOST_TEST(::read(read_end.get(), &byte, 1) == 0);  // the only writing end is closed
  const int released = read_end.release();
  BOOST_TEST(!read_end);
  BOOST_TEST(::close(released) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
