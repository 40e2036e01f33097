// The blocking form of each operation, and the helper thread that runs it where io_uring is refused.
#include "sysplex/dasd/file_operation.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

namespace sysplexd::dasd {
namespace {

template <class Call>
long retry_interrupted(Call call) {
  for (;;) {
    const long result = call();
    if (result >= 0) return result;
    if (errno != EINTR) return -errno;
  }
}

}  // namespace

void FileOperation::point_iovecs() {
  iovecs.clear();
  length = 0;
  for (auto& buffer : buffers) {
    if (buffer.empty()) continue;
    iovecs.push_back({buffer.data(), buffer.size()});
    length += buffer.size();
  }
  SYSPLEXD_INVARIANT(iovecs.size() <= IOV_MAX, "more buffers in one write than the system takes");
}

void FileOperation::run_blocking() {
  const int fd = file ? file->fd() : -1;
  switch (kind) {
    case Kind::open: result = retry_interrupted([&] { return ::open(path.c_str(), open_flags, 0600); }); break;
    case Kind::write:
    case Kind::write_sync:
      result = retry_interrupted(
          [&] { return ::pwritev(fd, iovecs.data(), static_cast<int>(iovecs.size()), static_cast<off_t>(offset)); });
      sync_result = -ECANCELED;
      if (kind == Kind::write_sync && result == static_cast<long>(length))
        sync_result = ::fdatasync(fd) == 0 ? 0 : -errno;  // not again after EINTR: a sync that ended early failed
      break;
    case Kind::sync:
      sync_result = (with_metadata ? ::fsync(fd) : ::fdatasync(fd)) == 0 ? 0 : -errno;
      result = sync_result;
      break;
    case Kind::read:
      result = retry_interrupted([&] { return ::pread(fd, buffers[0].data(), length, static_cast<off_t>(offset)); });
      break;
    case Kind::allocate:
      result = retry_interrupted([&] { return ::fallocate(fd, 0, 0, static_cast<off_t>(length)); });
      break;
    case Kind::rename: result = ::rename(path.c_str(), path_to.c_str()) == 0 ? 0 : -errno; break;
    case Kind::unlink: result = ::unlink(path.c_str()) == 0 ? 0 : -errno; break;
    case Kind::make_directory: result = ::mkdir(path.c_str(), 0700) == 0 ? 0 : -errno; break;
    case Kind::remove_directory: result = ::rmdir(path.c_str()) == 0 ? 0 : -errno; break;
  }
}

namespace {

class ThreadBackend final : public FileBackend {
 public:
  ThreadBackend() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
    thread_ = std::thread([this] { run(); });
  }
  ~ThreadBackend() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      waiting_.clear();  // nobody hears of them any more; the one that runs is awaited
    }
    wake_.notify_one();
    thread_.join();
  }
  const char* name() const override { return "thread"; }
  int event_fd() const override { return event_.get(); }
  void start(std::shared_ptr<FileOperation> operation) override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(operation));
    }
    wake_.notify_one();
  }
  std::vector<std::shared_ptr<FileOperation>> reap() override {
    const std::lock_guard lock(mutex_);
    return std::exchange(ended_, {});
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      auto operation = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      operation->run_blocking();
      lock.lock();
      ended_.push_back(std::move(operation));
      const std::uint64_t one = 1;
      // Fails only when the counter is full, and then the other side has been told already.
      if (::write(event_.get(), &one, sizeof one) < 0 && errno != EAGAIN) std::perror("<3>eventfd");
    }
  }
  net::UniqueFd event_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<FileOperation>> waiting_;
  std::vector<std::shared_ptr<FileOperation>> ended_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<FileBackend> make_thread_backend() { return std::make_unique<ThreadBackend>(); }

}  // namespace sysplexd::dasd
