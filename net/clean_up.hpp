// The awaitable behind clean_up() of net/task.hpp; included by it.
//
// An ordinary await of a cancelled coroutine throws at once, so a Task cannot do this. Asio's own door is a function
// object that takes the suspended frame (as asio::use_awaitable does), and it is not documented: hence the check of the
// version below. With another Asio, look at await_transform(Function) in asio/impl/awaitable.hpp first.
#pragma once
#include <asio/version.hpp>

#include "net/task.hpp"

static_assert(ASIO_VERSION == 102201, "clean_up uses the frame hand-over of asio 1.22.1; check it with this version");

namespace sysplexd::net {

class [[nodiscard]] CleanUp {
 public:
  struct Work;
  // Called by co_await with the frame that is suspended.
  asio::detail::awaitable_thread<Executor>* operator()(asio::detail::awaitable_frame_base<Executor>* frame);

 private:
  friend CleanUp clean_up(Task<void> task, Duration bound);
  explicit CleanUp(Work* work) : work_(work) {}
  Work* work_;  // plain, because g++ 12 destroys such temporaries twice; the await takes it over
};

}  // namespace sysplexd::net
