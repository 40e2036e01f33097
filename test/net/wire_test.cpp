#include "net/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

#include "net/frame.hpp"

using namespace sysplexd::net;

namespace {

enum class Colour : std::uint8_t { red = 1, green = 2 };

struct Point {
  std::int32_t x = 0, y = 0;
  bool operator==(const Point&) const = default;
  template <class V>
  void fields(V& v) {
    v(1, x);
    v(2, y);
  }
};

struct Everything {
  static constexpr std::uint16_t kind = 77;
  std::int64_t least = 0;
  std::uint64_t most = 0;
  std::uint8_t byte = 0;
  bool yes = false;
  std::string text;
  Colour colour = Colour::red;
  std::optional<std::uint32_t> maybe, absent;
  std::vector<std::string> words;
  std::vector<Point> points;
  Point point;
  bool operator==(const Everything&) const = default;
  template <class V>
  void fields(V& v) {
    v(1, least);
    v(2, most);
    v(3, byte);
    v(4, yes);
    v(5, text);
    v(6, colour);
    v(7, maybe);
    v(8, absent);
    v(9, words);
    v(10, points);
    v(11, point);
  }
};

// What an older program knows of it.
struct Older {
  std::string text = "default";
  std::uint32_t later = 9;
  template <class V>
  void fields(V& v) {
    v(5, text);
    v(200, later);
  }
};

Everything example() {
  Everything message;
  message.least = std::numeric_limits<std::int64_t>::min();
  message.most = std::numeric_limits<std::uint64_t>::max();
  message.byte = 200;
  message.yes = true;
  message.text = std::string("a\0b", 3);
  message.colour = Colour::green;
  message.maybe = 0;
  message.words = {"", "one", "two"};
  message.points = {{1, -1}, {0, 0}};
  message.point = {-7, 8};
  return message;
}

std::string field(std::uint16_t tag, const std::string& bytes) {
  std::string out;
  wire_detail::put_integer<std::uint16_t>(out, tag);
  wire_detail::put_integer<std::uint32_t>(out, static_cast<std::uint32_t>(bytes.size()));
  return out + bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire)

BOOST_AUTO_TEST_CASE(every_kind_of_field_comes_back) {
  const Everything message = example();
  const auto back = decode<Everything>(encode(message));
  BOOST_TEST_REQUIRE(back.ok());
  BOOST_TEST((*back == message));
  BOOST_TEST((*decode<Everything>("") == Everything()));
}

BOOST_AUTO_TEST_CASE(the_bytes_are_little_endian_and_stay_so) {
  BOOST_TEST(encode(Point{1, -2}) == std::string("\x01\0\x04\0\0\0\x01\0\0\0\x02\0\x04\0\0\0\xfe\xff\xff\xff", 20));
}

BOOST_AUTO_TEST_CASE(an_older_program_passes_over_what_it_does_not_know) {
  const auto older = decode<Older>(encode(example()));
  BOOST_TEST(older.value().text == std::string("a\0b", 3));
  BOOST_TEST(older->later == 9u);
}

BOOST_AUTO_TEST_CASE(every_cut_is_refused_or_ends_between_two_fields) {
  const std::string bytes = encode(example());
  std::size_t good = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = decode<Everything>(std::string_view(bytes).substr(0, size));
    if (cut.ok()) {
      BOOST_TEST(encode(*cut).size() >= size);  // defaults are written too
      ++good;
    } else {
      BOOST_TEST((cut.error().code == Errc::corrupt));
    }
  }
  BOOST_TEST(good == 13u);  // one before each field: 7 scalars and maybe, 3 words, 2 points, point, less the whole
}

BOOST_AUTO_TEST_CASE(wrong_fields_are_refused_with_the_reason) {
  const auto reason = [](const std::string& bytes) {
    const auto result = decode<Everything>(bytes);
    return result.ok() ? std::string("accepted") : result.error().text;
  };
  BOOST_TEST(reason(field(1, "short")) == "an integer has a wrong length");
  BOOST_TEST(reason(field(4, "")) == "a bool is not one byte");
  BOOST_TEST(reason(field(5, "a") + field(5, "b")) == "field 5 is there twice");
  BOOST_TEST(reason(field(11, field(1, "x"))) == "an integer has a wrong length");
  BOOST_TEST(reason(field(10, "xx")) == "a field header is cut off");
  BOOST_TEST(reason(field(5, "a").substr(0, 6)) == "a field is longer than its message");
  BOOST_TEST(reason("\x05") == "a field header is cut off");
  BOOST_TEST(reason(field(5, "fine")) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_message_travels_in_a_frame_of_its_kind) {
  std::string bytes;
  append_message(bytes, example());
  const FrameView view = parse_frame(bytes);
  BOOST_TEST((view.state == FrameState::whole));
  BOOST_TEST(view.kind == Everything::kind);
  BOOST_TEST((*decode<Everything>(view.payload) == example()));
}

BOOST_AUTO_TEST_CASE(an_errno_becomes_what_a_caller_can_act_on) {
  BOOST_TEST((system_error(ENOENT, "open x").code == Errc::not_found));
  BOOST_TEST((system_error(ENOSPC, "write x").code == Errc::no_space));
  BOOST_TEST((system_error(EROFS, "open x").code == Errc::read_only));
  BOOST_TEST((system_error(EPERM, "kill").code == Errc::not_permitted));
  BOOST_TEST((system_error(EPIPE, "write").code == Errc::closed));
  const Error error = system_error(EIO, "read x");
  BOOST_TEST((error.code == Errc::io));
  BOOST_TEST(error.system_errno == EIO);
  BOOST_TEST(error.text == "read x: Input/output error");
}

BOOST_AUTO_TEST_SUITE_END()
