#include "net/local_link.hpp"

#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <optional>

#include "net/event.hpp"
#include "net/frame_buffer.hpp"

namespace sysplexd::net {

// Lives as long as the link or any operation or handler of it.
struct LocalLink::State : std::enable_shared_from_this<LocalLink::State> {
  using Socket = asio::local::stream_protocol::socket;

  State(const Executor& executor_, UniqueFd fd, const LinkLimits& limits)
      : executor(executor_),
        socket(executor),
        in(limits.payload_bytes_max),
        out(limits.outbox_bytes_max),
        peer(peer_credentials(fd.get())),
        timer(executor),
        progress(executor) {
    socket.assign(asio::local::stream_protocol(), fd.get());
    const int owned_by_socket = fd.release();
    static_cast<void>(owned_by_socket);
    socket.native_non_blocking(true);
  }

  void close(Error why) {
    if (closed) return;
    closed = std::move(why);
    std::error_code ignored;
    socket.close(ignored);
    timer.cancel();
    armed_for = SteadyTime::max();
    stop_writing(*closed);
  }

  // --- writing: `writing` is true from the first post of a turn until the outbox is empty again.

  void stop_writing(Error why) {
    if (!write_failure) write_failure = std::move(why);
    out.clear();
    progress.notify_all();
  }

  bool post(std::string frame_bytes) {
    const std::size_t bytes = frame_bytes.size();
    if (write_failure || !out.push(std::move(frame_bytes))) return false;
    posted_bytes += bytes;
    ++counts.posts;
    if (!writing) {
      writing = true;
      write_in_next_turn();
    }
    return true;
  }
  void write_in_next_turn() {
    asio::post(executor, [self = shared_from_this()] { self->write(); });
  }
  void write() {
    // A peer that reads as fast as we write must not keep the loop to itself.
    constexpr int writes_a_turn_max = 16;
    for (int round = 0; round < writes_a_turn_max && !out.empty(); ++round) {
      const Result<std::size_t> bytes = net::write_some(socket.native_handle(), out);
      if (!bytes.ok()) {
        writing = false;
        // Reading goes on: what the peer said before it went is still in the kernel.
        return stop_writing(Error{Errc::closed, bytes.error().text, bytes.error().system_errno});
      }
      if (*bytes == 0) {
        socket.async_wait(Socket::wait_write, [self = shared_from_this()](std::error_code) { self->write(); });
        return;
      }
      counts.bytes_written += *bytes;
      ++counts.writes;
      progress.notify_all();
    }
    writing = !out.empty();
    if (writing) write_in_next_turn();
  }

  // --- the deadline of receive: one timer that is set anew only when an earlier deadline comes; one that fires too
  // early for the receive of now goes on waiting. Most receives set no timer at all.

  void arm(SteadyTime deadline) {
    receive_deadline = deadline;
    if (deadline >= armed_for) return;
    armed_for = deadline;
    timer.expires_at(deadline);
    timer.async_wait([weak = weak_from_this(), deadline](std::error_code error) {
      const auto self = weak.lock();
      if (error || !self || self->armed_for != deadline) return;
      self->armed_for = SteadyTime::max();
      if (!self->receiving || self->closed) return;
      if (self->receive_deadline > std::chrono::steady_clock::now()) return self->arm(self->receive_deadline);
      self->end_receive(Error{Errc::timed_out, "no frame before the deadline"});
    });
  }
  void end_receive(Error why) {
    receive_ended = std::move(why);
    std::error_code ignored;
    socket.cancel(ignored);  // the writer's wait ends too; write() simply waits again
  }

  Executor executor;
  Socket socket;
  FrameBuffer in;
  Outbox out;
  PeerCredentials peer;
  asio::steady_timer timer;
  SteadyTime armed_for = SteadyTime::max(), receive_deadline = SteadyTime::max();
  AsyncEvent progress;  // of the writer, or its end; flushes wait on it
  std::uint64_t posted_bytes = 0;
  std::uint64_t cancels = 0;  // cancel() was called so often: tells a flush that it is meant
  bool writing = false, receiving = false;
  std::optional<Error> closed, write_failure;
  std::optional<Error> receive_ended;  // why the receive under way must end
  std::optional<Error> input_ended;    // the peer will send nothing more
  Counts counts;

  static Task<Result<Frame>> receive(std::shared_ptr<State> self, SteadyTime deadline);
  static Task<Result<void>> flush(std::shared_ptr<State> self, SteadyTime deadline);
};

Task<Result<Frame>> LocalLink::State::receive(std::shared_ptr<State> self, SteadyTime deadline) {
  struct Receiving {
    State& state;
    explicit Receiving(State& state_) : state(state_) {
      SYSPLEXD_INVARIANT(!state.receiving, "one receive of a link at a time");
      state.receiving = true;
      state.receive_ended.reset();
    }
    ~Receiving() { state.receiving = false; }
  };
  const Receiving receiving(*self);
  for (;;) {
    if (self->closed) co_return *self->closed;
    Result<std::optional<Frame>> frame = self->in.next();
    if (!frame.ok()) {
      self->close(frame.error());
      co_return frame.error();
    }
    if (frame->has_value()) {
      ++self->counts.frames_received;
      co_return std::move(**frame);
    }
    if (self->input_ended) co_return *self->input_ended;
    if (self->receive_ended) co_return *self->receive_ended;
    self->arm(deadline);
    const FrameBuffer::Space space = self->in.space();
    const auto buffer = asio::buffer(space.data, space.size);
    std::error_code error;
    const std::size_t bytes =
        co_await self->socket.async_read_some(buffer, asio::redirect_error(asio::use_awaitable, error));
    self->in.added(bytes);
    self->counts.bytes_received += bytes;
    ++self->counts.reads;
    if (!error) continue;
    if (error == asio::error::operation_aborted) {
      // Not ours: the coroutine was cancelled.
      if (!self->closed && !self->receive_ended) throw std::system_error(error, "receive");
      continue;
    }
    const bool whole = self->in.buffered() == 0;
    Error ended{Errc::closed, whole ? "the peer has ended" : "the peer ended in the middle of a frame"};
    if (error != asio::error::eof) ended = Error{Errc::closed, "read from the peer: " + error.message(), error.value()};
    self->input_ended = ended;
  }
}

Task<Result<void>> LocalLink::State::flush(std::shared_ptr<State> self, SteadyTime deadline) {
  const std::uint64_t target = self->posted_bytes, cancels = self->cancels;
  for (;;) {
    if (self->counts.bytes_written >= target) co_return Result<void>();
    if (self->write_failure) co_return *self->write_failure;
    if (self->cancels != cancels) co_return Error{Errc::cancelled, "the flush was cancelled"};
    const bool in_time = co_await self->progress.wait_until(deadline);
    if (!in_time && self->counts.bytes_written < target)
      co_return Error{Errc::timed_out, "the peer does not read: not written before the deadline"};
  }
}

LocalLink::LocalLink(Executor executor, UniqueFd socket, LinkLimits limits)
    : state_(std::make_shared<State>(executor, std::move(socket), limits)) {}
LocalLink::LocalLink(LocalLink&&) noexcept = default;
LocalLink& LocalLink::operator=(LocalLink&& other) noexcept {
  if (this != &other) {
    close();
    state_ = std::move(other.state_);
  }
  return *this;
}
LocalLink::~LocalLink() { close(); }

Task<Result<Frame>> LocalLink::receive(SteadyTime deadline) { return State::receive(state_, deadline); }
bool LocalLink::post(std::string frame_bytes) { return state_->post(std::move(frame_bytes)); }
Task<Result<void>> LocalLink::flush(SteadyTime deadline) { return State::flush(state_, deadline); }

void LocalLink::close() {
  if (state_) state_->close(Error{Errc::closed, "the link was closed here"});
}

void LocalLink::cancel() {
  if (state_->closed) return;
  if (state_->receiving) state_->end_receive(Error{Errc::cancelled, "the receive was cancelled"});
  ++state_->cancels;
  state_->progress.notify_all();
}

bool LocalLink::is_open() const { return !state_->write_failure; }
std::size_t LocalLink::outbox_bytes() const { return state_->out.bytes(); }
const PeerCredentials& LocalLink::peer() const { return state_->peer; }
int LocalLink::fd() const { return state_->closed ? -1 : state_->socket.native_handle(); }
const LocalLink::Counts& LocalLink::counts() const { return state_->counts; }

}  // namespace sysplexd::net
