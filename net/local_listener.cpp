// LocalListener and connect_local: how LocalLinks come to be.
#include <sys/socket.h>
#include <sys/stat.h>

#include <asio/posix/stream_descriptor.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>

#include "net/local_link.hpp"

namespace sysplexd::net {

struct LocalListener::State {
  State(const Executor& executor_, UniqueFd fd, std::string path_, const LinkLimits& limits_)
      : executor(executor_), listener(executor), path(std::move(path_)), limits(limits_) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) == 0) {
      device = status.st_dev;
      inode = status.st_ino;
    }
    listener.assign(fd.get());
    const int owned_by_listener = fd.release();
    static_cast<void>(owned_by_listener);
  }
  void close() {
    if (!listener.is_open()) return;
    // A successor may have bound the name anew (an upgrade): then it is not ours to remove.
    struct stat status{};
    if (::lstat(path.c_str(), &status) == 0 && status.st_dev == device && status.st_ino == inode)
      ::unlink(path.c_str());
    std::error_code ignored;
    listener.close(ignored);
  }

  Executor executor;
  asio::posix::stream_descriptor listener;
  std::string path;
  LinkLimits limits;
  dev_t device = 0;
  ino_t inode = 0;
};

LocalListener::LocalListener(std::shared_ptr<State> state) : state_(std::move(state)) {}
LocalListener::LocalListener(LocalListener&&) noexcept = default;
LocalListener& LocalListener::operator=(LocalListener&& other) noexcept {
  if (this != &other) {
    close();
    state_ = std::move(other.state_);
  }
  return *this;
}
LocalListener::~LocalListener() { close(); }

Result<LocalListener> LocalListener::open(Executor executor, std::string path, mode_t mode, LinkLimits limits) {
  Result<UniqueFd> socket = listen_local_socket(path, mode);
  if (!socket.ok()) return socket.error();
  return LocalListener(std::make_shared<State>(executor, std::move(socket).value(), std::move(path), limits));
}

LocalListener::LocalListener(Executor executor, std::string path, mode_t mode, LinkLimits limits) {
  Result<LocalListener> listener = open(std::move(executor), std::move(path), mode, limits);
  if (!listener.ok()) {
    const int cause = listener.error().system_errno != 0 ? listener.error().system_errno : EADDRINUSE;
    throw std::system_error(cause, std::system_category(), listener.error().text);
  }
  state_ = std::move(listener->state_);
}

Task<Result<LocalLink>> LocalListener::accept() { return accept_on(state_); }

Task<Result<LocalLink>> LocalListener::accept_on(std::shared_ptr<State> state) {
  constexpr auto pause_when_full = std::chrono::milliseconds(50);
  for (;;) {
    if (!state->listener.is_open()) co_return Error{Errc::closed, "the listener was closed here"};
    UniqueFd socket(::accept4(state->listener.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    const int failed = errno;
    if (socket) co_return LocalLink(state->executor, std::move(socket), state->limits);
    if (failed == EINTR || failed == ECONNABORTED) continue;
    if (failed == EMFILE || failed == ENFILE || failed == ENOBUFS || failed == ENOMEM) {
      co_await sleep_for(pause_when_full);
      Error full = system_error(failed, "accept on " + state->path);
      full.code = Errc::full;
      co_return full;
    }
    if (failed != EAGAIN && failed != EWOULDBLOCK) co_return system_error(failed, "accept on " + state->path);
    std::error_code error;
    co_await state->listener.async_wait(asio::posix::stream_descriptor::wait_read,
                                        asio::redirect_error(asio::use_awaitable, error));
    if (error && state->listener.is_open()) throw std::system_error(error, "accept");
  }
}

void LocalListener::close() {
  if (state_) state_->close();
}
const std::string& LocalListener::path() const { return state_->path; }

Task<Result<LocalLink>> connect_local(Executor executor, std::string path, SteadyTime deadline, LinkLimits limits) {
  constexpr auto pause_when_queue_is_full = std::chrono::milliseconds(5);
  for (;;) {
    Result<UniqueFd> socket = connect_local_socket(path);
    if (socket.ok()) co_return LocalLink(executor, std::move(socket).value(), limits);
    if (socket.error().code != Errc::not_ready) co_return socket.error();
    if (std::chrono::steady_clock::now() >= deadline) co_return Error{Errc::timed_out, socket.error().text};
    co_await sleep_for(pause_when_queue_is_full);
  }
}

}  // namespace sysplexd::net
