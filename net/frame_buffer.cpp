#include "net/frame_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sysplexd::net {

FrameBuffer::FrameBuffer(std::size_t payload_bytes_max) : payload_bytes_max_(payload_bytes_max) {}

FrameBuffer::Space FrameBuffer::space() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == 0) {
    // One large frame must not keep its buffer for the life of the link; a busy stream is read in larger pieces.
    if (capacity_ > capacity_busy) capacity_ = 0;
  }
  const bool busy = std::exchange(was_filled_, false) && capacity_ < capacity_busy;
  if (busy || capacity_ - end_ < read_bytes_min) {
    const std::size_t content_bytes = end_ - begin_;
    // Doubling, as bytes really come: a length field alone makes nobody allocate 16 MiB.
    std::size_t capacity = busy ? capacity_busy : std::max(capacity_, capacity_first);
    while (capacity - content_bytes < std::max(read_bytes_min, capacity / 4)) capacity *= 2;
    if (capacity == capacity_) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, content_bytes);
      begin_ = 0;
      end_ = content_bytes;
    } else {
      grow_to(capacity);
    }
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

void FrameBuffer::grow_to(std::size_t capacity) {
  std::unique_ptr<char[]> bytes(new char[capacity]);
  const std::size_t content_bytes = end_ - begin_;
  if (content_bytes > 0) std::memcpy(bytes.get(), bytes_.get() + begin_, content_bytes);
  bytes_ = std::move(bytes);
  capacity_ = capacity;
  begin_ = 0;
  end_ = content_bytes;
}

void FrameBuffer::added(std::size_t bytes) {
  SYSPLEXD_INVARIANT(bytes <= capacity_ - end_, "more bytes read than there was room for");
  end_ += bytes;
  if (end_ == capacity_) was_filled_ = true;
}

Result<std::optional<Frame>> FrameBuffer::next() {
  if (!failure_.empty()) return Error{Errc::corrupt, failure_};
  const std::string_view in = content();
  if (in.size() >= frame_header_bytes && in.substr(0, 2) == "SX") {
    const auto length = wire_detail::get_integer<std::uint32_t>(in.substr(4, 4));
    if (length > payload_bytes_max_) {
      failure_ =
          "frame of " + std::to_string(length) + " bytes, above the limit of " + std::to_string(payload_bytes_max_);
      return Error{Errc::corrupt, failure_};
    }
  }
  const FrameView view = parse_frame(in);
  if (view.state == FrameState::corrupt) {
    failure_ = view.reason;
    return Error{Errc::corrupt, failure_};
  }
  std::optional<Frame> frame;
  if (view.state == FrameState::whole) {
    frame.emplace();
    frame->kind = view.kind;
    frame->flags = view.flags;
    frame->payload.assign(view.payload);
    begin_ += view.bytes;
  }
  return frame;
}

bool Outbox::push(std::string frame_bytes) {
  if (frame_bytes.size() > bytes_max_ - bytes_) return false;
  if (frame_bytes.empty()) return true;
  bytes_ += frame_bytes.size();
  if (!runs_.empty() && runs_.back().size() + frame_bytes.size() <= run_bytes_max)
    runs_.back().append(frame_bytes);
  else
    runs_.push_back(std::move(frame_bytes));
  return true;
}

const std::vector<std::string_view>& Outbox::runs(std::size_t count_max) {
  views_.clear();
  std::size_t offset = first_offset_;
  for (auto run = runs_.begin(); run != runs_.end() && views_.size() < count_max; ++run, offset = 0)
    views_.push_back(std::string_view(*run).substr(offset));
  return views_;
}

void Outbox::consumed(std::size_t bytes) {
  SYSPLEXD_INVARIANT(bytes <= bytes_, "more bytes written than there were");
  bytes_ -= bytes;
  while (bytes > 0) {
    const std::size_t rest = runs_.front().size() - first_offset_;
    if (bytes < rest) {
      first_offset_ += bytes;
      return;
    }
    bytes -= rest;
    first_offset_ = 0;
    runs_.pop_front();
  }
}

void Outbox::clear() {
  runs_.clear();
  first_offset_ = bytes_ = 0;
}

}  // namespace sysplexd::net
