// libFuzzer target: whatever bytes come, FrameBuffer gives whole frames or says corrupt, the same however they are cut,
// and decode gives a message that encodes to itself, or refuses. The first byte chooses the size of the pieces.
//   clang++-19 -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I. test/fuzz/frame_fuzz.cpp net/frame.cpp
//       net/frame_buffer.cpp net/result.cpp -o frame_fuzz && ./frame_fuzz -runs=300000 test/fuzz/corpus/fuzz_frame
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "net/frame_buffer.hpp"

using namespace sysplexd::net;

namespace {

struct Inner {
  std::int16_t number = 0;
  std::string text;
  template <class V>
  void fields(V& v) {
    v(1, number);
    v(2, text);
  }
};
struct Message {
  std::uint64_t id = 0;
  bool flag = false;
  std::string name;
  std::optional<std::uint32_t> maybe;
  std::vector<std::string> words;
  std::vector<Inner> inners;
  Inner inner;
  template <class V>
  void fields(V& v) {
    v(1, id);
    v(2, flag);
    v(3, name);
    v(4, maybe);
    v(5, words);
    v(6, inners);
    v(7, inner);
  }
};

void require(bool condition) {
  if (!condition) std::abort();
}

struct Outcome {
  std::vector<std::string> payloads;
  bool corrupt = false;
  bool operator==(const Outcome&) const = default;
};

Outcome read_in_pieces(std::string_view stream, std::size_t piece) {
  FrameBuffer buffer(1 << 20);
  Outcome outcome;
  while (!stream.empty() && !outcome.corrupt) {
    const FrameBuffer::Space space = buffer.space();
    const std::size_t count = std::min({space.size, stream.size(), piece});
    std::copy_n(stream.data(), count, space.data);
    buffer.added(count);
    stream.remove_prefix(count);
    for (;;) {
      auto frame = buffer.next();
      if (!frame.ok()) {
        require(frame.error().code == Errc::corrupt);
        outcome.corrupt = true;
        break;
      }
      if (!frame->has_value()) break;
      // What was accepted is what an honest sender would have sent.
      std::string again;
      append_frame(again, (*frame)->kind, (*frame)->payload, (*frame)->flags);
      require(parse_frame(again).state == FrameState::whole);
      outcome.payloads.push_back((*frame)->payload);
    }
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = read_in_pieces(bytes, SIZE_MAX);
  require(read_in_pieces(bytes, std::size_t{data[0]} + 1) == whole);
  std::vector<std::string> inputs = whole.payloads;
  inputs.emplace_back(bytes);
  // The checksum hides the decoder from the fuzzer: the bytes themselves are a message and a frame, too.
  std::string framed;
  append_frame(framed, data[0], bytes.substr(0, frame_payload_bytes_max));
  require(parse_frame(framed).payload == bytes.substr(0, frame_payload_bytes_max));
  for (const std::string& input : inputs) {
    const auto message = decode<Message>(input);
    if (!message.ok()) {
      require(message.error().code == Errc::corrupt && !message.error().text.empty());
      continue;
    }
    const std::string encoded = encode(*message);
    const auto back = decode<Message>(encoded);
    require(back.ok() && encode(*back) == encoded);
  }
  return 0;
}
