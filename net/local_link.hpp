// LocalLink: frames over a unix-domain stream socket, for coroutines; LocalListener and connect_local make them. The
// ends that run no Asio use BlockingLink (net/blocking_link.hpp); the bytes are the same.
//
// Reading: many frames come with one read; a receive that finds one in the buffer does not suspend.
// Writing: post() only queues; all frames posted in one turn of the loop leave in one gathered write after it, by the
// link's own writer. The queue is bounded in bytes: when it is full, post says so and the caller decides.
// Closing or destroying a link while operations are under way is safe: they end with Errc::closed.
#pragma once
#include <memory>
#include <string>

#include "net/fd.hpp"
#include "net/frame.hpp"
#include "net/local_socket.hpp"
#include "net/task.hpp"

namespace sysplexd::net {

struct LinkLimits {
  std::size_t outbox_bytes_max = 4u << 20;
  std::size_t payload_bytes_max = frame_payload_bytes_max;
};

class LocalLink {
 public:
  // From a connected stream socket.
  LocalLink(Executor executor, UniqueFd socket, LinkLimits limits = LinkLimits());
  ~LocalLink();  // close()
  LocalLink(LocalLink&&) noexcept;
  LocalLink& operator=(LocalLink&&) noexcept;

  // The next frame. Errors: timed_out (the link is as before, nothing is lost); closed (the peer ended, or close()
  // here; frames that came before are given first); corrupt (the link is closed). Cancellation is thrown and loses
  // nothing. One receive at a time.
  Task<Result<Frame>> receive(SteadyTime deadline);
  Task<Result<Frame>> receive() { return receive(SteadyTime::max()); }

  // Queues one or more whole frames. false: the outbox is full, or the link cannot write any more (is_open()).
  [[nodiscard]] bool post(std::string frame_bytes);
  template <class Message>
  [[nodiscard]] bool post_message(const Message& message) {
    std::string bytes;
    append_message(bytes, message);
    return post(std::move(bytes));
  }

  // Ends when everything posted before it is with the kernel. Errors: timed_out, closed.
  Task<Result<void>> flush(SteadyTime deadline);

  // Ends all operations with Errc::closed; what is still queued is dropped (flush before, if it matters).
  void close();
  // Ends the receive and the flushes under way with Errc::cancelled; the link stays usable.
  void cancel();

  // false after close(), a corrupt frame, or a failed write. Frames already received by the kernel can still be read
  // after a failed write.
  bool is_open() const;
  std::size_t outbox_bytes() const;
  const PeerCredentials& peer() const;
  int fd() const;

  // Since the link began: for displays and tests.
  struct Counts {
    std::uint64_t frames_received = 0, bytes_received = 0, reads = 0;
    std::uint64_t posts = 0, bytes_written = 0, writes = 0;
  };
  const Counts& counts() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

class LocalListener {
 public:
  // Binds and listens; std::system_error when the world refuses (see listen_local_socket for what is refused).
  LocalListener(Executor executor, std::string path, mode_t mode = 0600, LinkLimits limits = LinkLimits());
  static Result<LocalListener> open(Executor executor, std::string path, mode_t mode = 0600,
                                    LinkLimits limits = LinkLimits());
  ~LocalListener();  // close()
  LocalListener(LocalListener&&) noexcept;
  LocalListener& operator=(LocalListener&&) noexcept;

  // Errors: closed; full (no descriptors or memory; given after a pause of 50 ms so that a loop does not spin, the
  // connection waits in the backlog). Cancellation is thrown and loses no connection.
  Task<Result<LocalLink>> accept();

  // Also removes the name, if it is still ours.
  void close();
  const std::string& path() const;

 private:
  struct State;
  explicit LocalListener(std::shared_ptr<State> state);
  static Task<Result<LocalLink>> accept_on(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

// Errors as of connect_local_socket at once, without trying again; timed_out when the listener's queue stays full.
Task<Result<LocalLink>> connect_local(Executor executor, std::string path, SteadyTime deadline,
                                      LinkLimits limits = LinkLimits());

}  // namespace sysplexd::net
