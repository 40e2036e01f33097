#include "net/blocking_link.hpp"

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace sysplexd::net {
namespace {

using Steady = std::chrono::steady_clock;

// Waits for one of the events, an error or the deadline. true: something is there.
Result<bool> wait_for(int fd, short events, Steady::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
    pollfd poll_fd{fd, events, 0};
    const int ready = ::poll(&poll_fd, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000'000)));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) return system_error(errno, "poll");
  }
}

}  // namespace

Result<BlockingLink> BlockingLink::connect(const std::string& path, std::chrono::milliseconds timeout,
                                           std::size_t outbox_bytes_max) {
  constexpr int pause_ms = 2;
  const auto deadline = Steady::now() + timeout;
  for (;;) {
    Result<UniqueFd> socket = connect_local_socket(path);
    if (socket.ok()) return BlockingLink(std::move(socket).value(), outbox_bytes_max);
    if (socket.error().code != Errc::not_ready) return socket.error();
    if (Steady::now() >= deadline) return Error{Errc::timed_out, socket.error().text};
    ::poll(nullptr, 0, pause_ms);
  }
}

Result<BlockingLink> BlockingLink::from_fd(UniqueFd fd, std::size_t outbox_bytes_max) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) return system_error(errno, "make non-blocking");
  return BlockingLink(std::move(fd), outbox_bytes_max);
}

Error BlockingLink::fail(Error error) {
  if (!failure_) failure_ = error;
  fd_.reset();
  outbox_.clear();
  return error;
}

void BlockingLink::close() {
  if (is_open()) fail(Error{Errc::closed, "the link was closed here"});
}

Result<std::optional<Frame>> BlockingLink::next() {
  for (;;) {
    if (!is_open()) return *failure_;
    Result<std::optional<Frame>> frame = buffer_.next();
    if (!frame.ok()) return fail(frame.error());
    if (frame->has_value()) return frame;
    const Result<std::size_t> bytes = read_some(fd_.get(), buffer_);
    if (!bytes.ok()) return fail(bytes.error());
    if (*bytes == 0) return std::optional<Frame>();
  }
}

Result<Frame> BlockingLink::receive(std::chrono::milliseconds timeout) {
  const auto deadline = Steady::now() + timeout;
  for (;;) {
    Result<std::optional<Frame>> frame = next();
    if (!frame.ok()) return frame.error();
    if (frame->has_value()) return std::move(**frame);
    const Result<bool> ready = wait_for(fd_.get(), POLLIN, deadline);
    if (!ready.ok()) return fail(ready.error());
    if (!*ready) return Error{Errc::timed_out, "no frame within " + std::to_string(timeout.count()) + " ms"};
  }
}

bool BlockingLink::post(std::string frame_bytes) { return is_open() && outbox_.push(std::move(frame_bytes)); }

Result<void> BlockingLink::flush_some() {
  if (!is_open()) return *failure_;
  while (!outbox_.empty()) {
    const Result<std::size_t> bytes = write_some(fd_.get(), outbox_);
    if (!bytes.ok()) return fail(bytes.error());
    if (*bytes == 0) break;
  }
  return {};
}

Result<void> BlockingLink::send(std::string_view frame_bytes, std::chrono::milliseconds timeout) {
  if (!is_open()) return *failure_;
  const auto deadline = Steady::now() + timeout;
  Outbox direct(frame_bytes.size());
  SYSPLEXD_INVARIANT(direct.push(std::string(frame_bytes)), "an outbox of its size takes the frames");
  for (;;) {
    Outbox& next_out = outbox_.empty() ? direct : outbox_;
    if (next_out.empty()) return {};
    const Result<std::size_t> bytes = write_some(fd_.get(), next_out);
    if (!bytes.ok()) return fail(bytes.error());
    if (*bytes > 0) continue;
    const Result<bool> ready = wait_for(fd_.get(), POLLOUT, deadline);
    if (!ready.ok()) return fail(ready.error());
    if (!*ready) {
      const std::string wait = std::to_string(timeout.count());
      return fail(Error{Errc::timed_out, "the peer does not read: not written within " + wait + " ms"});
    }
  }
}

}  // namespace sysplexd::net
