// BlockingLink: the frames of LocalLink for the small processes that run no Asio (initiator, supervisor, command line).
// The owner polls fd(): readable -> next() until it gives nullopt; writable -> flush_some(). No Asio header here.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "net/fd.hpp"
#include "net/frame.hpp"
#include "net/frame_buffer.hpp"
#include "net/local_socket.hpp"
#include "net/result.hpp"

namespace sysplexd::net {

class BlockingLink {
 public:
  static constexpr std::size_t outbox_bytes_max_default = 4u << 20;
  static constexpr std::chrono::milliseconds send_wait_max = std::chrono::seconds(5);

  // Tries again until the timeout only while the listener's queue is full; nobody there is told at once.
  static Result<BlockingLink> connect(const std::string& path, std::chrono::milliseconds timeout,
                                      std::size_t outbox_bytes_max = outbox_bytes_max_default);
  // Takes a connected stream socket and makes it non-blocking.
  static Result<BlockingLink> from_fd(UniqueFd fd, std::size_t outbox_bytes_max = outbox_bytes_max_default);

  int fd() const { return fd_.get(); }
  bool is_open() const { return static_cast<bool>(fd_); }
  PeerCredentials peer() const { return peer_credentials(fd_.get()); }

  // Never blocks: a frame from the buffer, else reads what is there. nullopt: nothing whole yet, poll again (and only
  // then: a whole frame in the buffer is not seen by poll). Errors close the link: closed (the peer ended), corrupt,
  // io.
  Result<std::optional<Frame>> next();
  // Waits for one frame with poll; timed_out leaves the link as it was.
  Result<Frame> receive(std::chrono::milliseconds timeout);

  // Writes what waits in the outbox and then these bytes (one or more whole frames); blocks with poll at most so long.
  // After timed_out or any other error the link is closed: part of a frame may have left.
  Result<void> send(std::string_view frame_bytes, std::chrono::milliseconds timeout = send_wait_max);
  template <class Message>
  Result<void> send_message(const Message& message, std::chrono::milliseconds timeout = send_wait_max) {
    std::string bytes;
    append_message(bytes, message);
    return send(bytes, timeout);
  }

  // Queues; false when the outbox is full (nothing taken) or the link is closed. Then flush_some() when writable.
  [[nodiscard]] bool post(std::string frame_bytes);
  template <class Message>
  [[nodiscard]] bool post_message(const Message& message) {
    std::string bytes;
    append_message(bytes, message);
    return post(std::move(bytes));
  }
  bool wants_write() const { return is_open() && !outbox_.empty(); }
  // Writes what the kernel takes now; never blocks.
  Result<void> flush_some();
  std::size_t outbox_bytes() const { return outbox_.bytes(); }

  void close();

 private:
  BlockingLink(UniqueFd fd, std::size_t outbox_bytes_max) : fd_(std::move(fd)), outbox_(outbox_bytes_max) {}
  Error fail(Error error);
  UniqueFd fd_;
  FrameBuffer buffer_;
  Outbox outbox_;
  std::optional<Error> failure_;
};

}  // namespace sysplexd::net
