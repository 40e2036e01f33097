// FrameBuffer: bytes in as they come, whole frames out; Outbox: frames in, byte runs out for a gathered write.
// Both links (local_link, blocking_link) are made of these two. Pure.
#pragma once
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/frame.hpp"
#include "net/result.hpp"

namespace sysplexd::net {

class FrameBuffer {
 public:
  // A frame with a longer payload is refused as corrupt as soon as its header is there.
  explicit FrameBuffer(std::size_t payload_bytes_max = frame_payload_bytes_max);

  struct Space {
    char* data;
    std::size_t size;
  };
  // Room to read into: the rest of the frame that has begun, and at least read_bytes_min. Valid until the next call.
  Space space();
  void added(std::size_t bytes);

  // The next whole frame; nullopt when more bytes are needed. corrupt stays corrupt: there is no way to find the next
  // frame in a stream that lies.
  Result<std::optional<Frame>> next();

  std::size_t buffered() const { return end_ - begin_; }
  std::size_t capacity() const { return capacity_; }

  static constexpr std::size_t read_bytes_min = 4096;
  static constexpr std::size_t capacity_first = 16u << 10;
  static constexpr std::size_t capacity_busy = 64u << 10;

 private:
  std::string_view content() const { return {bytes_.get() + begin_, end_ - begin_}; }
  void grow_to(std::size_t capacity);
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
  std::size_t payload_bytes_max_;
  bool was_filled_ = false;
  std::string failure_;
};

class Outbox {
 public:
  explicit Outbox(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // false: it would be above the limit; nothing was taken. One or more whole frames.
  bool push(std::string frame_bytes);

  // What to write next, in order, at most `count_max` runs.
  const std::vector<std::string_view>& runs(std::size_t count_max);
  // So many bytes of it are written.
  void consumed(std::size_t bytes);
  void clear();

  bool empty() const { return bytes_ == 0; }
  std::size_t bytes() const { return bytes_; }
  std::size_t bytes_max() const { return bytes_max_; }

 private:
  // Small frames share a run: a copy of some bytes is cheaper than one more iovec.
  static constexpr std::size_t run_bytes_max = 16u << 10;
  std::deque<std::string> runs_;
  std::vector<std::string_view> views_;
  std::size_t first_offset_ = 0;
  std::size_t bytes_ = 0;
  std::size_t bytes_max_;
};

}  // namespace sysplexd::net
