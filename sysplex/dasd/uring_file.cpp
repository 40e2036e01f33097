#include "sysplex/dasd/uring_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <system_error>
#include <unordered_map>

#include "sysplex/dasd/file_operation.hpp"

namespace sysplexd::dasd {

using net::Errc;
using net::Error;
using Operation = std::shared_ptr<FileOperation>;
using Kind = FileOperation::Kind;

// Who owns whom: the armed wait on the eventfd owns the waiting coroutines (so an io_context that is torn down frees
// them, and with them perhaps the file system), the backend owns the operations.
struct UringFileSystem::State : std::enable_shared_from_this<State> {
  using Waiters = std::unordered_map<FileOperation*, std::function<void(std::error_code)>>;

  State(net::Executor executor, std::unique_ptr<FileBackend> made)
      : backend(std::move(made)), event(executor), executor(std::move(executor)) {
    const int copy = ::fcntl(backend->event_fd(), F_DUPFD_CLOEXEC, 3);
    if (copy < 0) throw std::system_error(errno, std::generic_category(), "dup of an eventfd");
    event.assign(copy);
  }

  // Set while the wait is armed; its handler is the only owner.
  std::weak_ptr<Waiters> armed;

  void arm(std::shared_ptr<Waiters> waiters) {
    armed = waiters;
    event.async_wait(asio::posix::stream_descriptor::wait_read,
                     [weak = weak_from_this(), waiters = std::move(waiters)](std::error_code error) mutable {
                       const auto self = weak.lock();
                       if (!error && self) self->on_event(std::move(waiters));
                     });
  }

  void on_event(std::shared_ptr<Waiters> waiters) {
    std::uint64_t count = 0;
    while (::read(event.native_handle(), &count, sizeof count) < 0 && errno == EINTR) {
    }
    const auto ended = backend->reap();
    std::vector<std::function<void(std::error_code)>> resume;
    for (const auto& operation : ended) {
      --running;
      if (operation->file && operation->sync_result < 0 && operation->sync_result != -ECANCELED &&
          !operation->file->sync_failure)
        operation->file->sync_failure =
            net::system_error(-operation->sync_result, "sync of " + operation->file->path());
      const auto found = waiters->find(operation.get());
      if (found == waiters->end()) continue;  // cancelled
      resume.push_back(std::move(found->second));
      waiters->erase(found);
    }
    if (running > 0)
      arm(std::move(waiters));
    else
      armed.reset();
    for (auto& waiter : resume) waiter({});
  }

  Task<void> run(Operation operation) {
    const auto begin = [this, operation](auto handler) { start(operation, std::move(handler)); };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::error_code)>(begin, asio::use_awaitable);
  }

  template <class Handler>
  void start(const Operation& operation, Handler handler) {
    auto waiters = armed.lock();
    const bool arm_now = !waiters;
    if (arm_now) waiters = std::make_shared<Waiters>();
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto kept = std::make_shared<Handler>(std::move(handler));  // std::function wants copies
    (*waiters)[operation.get()] = [kept, executor = executor](std::error_code error) {
      auto resumed = std::move(*kept);
      auto its_slot = asio::get_associated_cancellation_slot(resumed);
      if (its_slot.is_connected()) its_slot.clear();
      const auto on = asio::get_associated_executor(resumed, executor);
      asio::post(on, [resumed = std::move(resumed), error]() mutable { resumed(error); });
    };
    if (slot.is_connected())
      slot.assign([weak = std::weak_ptr(waiters), key = operation.get()](asio::cancellation_type) {
        const auto waiters = weak.lock();
        if (!waiters) return;
        const auto found = waiters->find(key);
        if (found == waiters->end()) return;
        const auto waiter = std::move(found->second);
        waiters->erase(found);
        waiter(asio::error::operation_aborted);
      });
    ++running;
    if (arm_now) arm(std::move(waiters));
    backend->start(operation);
  }

  std::unique_ptr<FileBackend> backend;
  asio::posix::stream_descriptor event;
  net::Executor executor;
  std::size_t running = 0;  // started and not reaped
};

namespace {

std::unique_ptr<FileBackend> make_backend(FileEngine engine) {
  const char* const forced = std::getenv("SYSPLEXD_FILE_ENGINE");
  if (engine == FileEngine::automatic && forced != nullptr && std::strcmp(forced, "thread") == 0)
    engine = FileEngine::thread;
  if (engine == FileEngine::thread) return make_thread_backend();
  auto ring = make_ring_backend();
  if (ring) return ring;
  if (engine == FileEngine::ring) throw std::system_error(ENOSYS, std::generic_category(), "io_uring is refused here");
  return make_thread_backend();
}

std::shared_ptr<PosixFile> posix(const FileHandle& file) {
  auto own = std::dynamic_pointer_cast<PosixFile>(file);
  SYSPLEXD_INVARIANT(own != nullptr, "a file of another file system");
  return own;
}

Operation path_operation(Kind kind, std::string path, std::string path_to = {}) {
  auto operation = std::make_shared<FileOperation>();
  operation->kind = kind;
  operation->path = std::move(path);
  operation->path_to = std::move(path_to);
  return operation;
}

Operation write_operation(Kind kind, const FileHandle& file, std::uint64_t offset, Buffers buffers) {
  auto operation = std::make_shared<FileOperation>();
  operation->kind = kind;
  operation->file = posix(file);
  operation->offset = offset;
  operation->buffers = std::move(buffers);
  operation->point_iovecs();
  return operation;
}

Result<void> answer(long result, const std::string& what) {
  if (result < 0) return net::system_error(static_cast<int>(-result), what);
  return {};
}

}  // namespace

UringFileSystem::UringFileSystem(net::Executor executor, FileEngine engine)
    : state_(std::make_shared<State>(std::move(executor), make_backend(engine))) {}
UringFileSystem::~UringFileSystem() = default;
const char* UringFileSystem::engine_name() const { return state_->backend->name(); }

Task<Result<FileHandle>> UringFileSystem::open(std::string path, OpenMode mode) {
  const auto state = state_;
  const auto operation = path_operation(Kind::open, path);
  operation->open_flags = O_CLOEXEC | O_NOFOLLOW;
  if (mode == OpenMode::read) operation->open_flags |= O_RDONLY;
  if (mode == OpenMode::read_write) operation->open_flags |= O_RDWR;
  if (mode == OpenMode::create_new) operation->open_flags |= O_RDWR | O_CREAT | O_EXCL;
  co_await state->run(operation);
  if (operation->result < 0) co_return net::system_error(static_cast<int>(-operation->result), "open of " + path);
  FileHandle file = std::make_shared<PosixFile>(std::move(path), static_cast<int>(operation->result));
  co_return file;
}

Task<Result<void>> UringFileSystem::write(FileHandle file, std::uint64_t offset, Buffers buffers) {
  const auto state = state_;
  if (file->sync_failure) co_return *file->sync_failure;
  const auto operation = write_operation(Kind::write, file, offset, std::move(buffers));
  co_await state->run(operation);
  const std::string what = "write to " + file->path();
  if (operation->result < 0) co_return answer(operation->result, what);
  const auto done = static_cast<std::uint64_t>(operation->result);
  if (done == operation->length) co_return Result<void>();
  // Short: one more write only tells why (a full disk writes what still fits and reports no errno).
  std::string rest;
  for (const auto& buffer : operation->buffers) rest += buffer;
  rest.erase(0, done);
  Buffers again;
  again.push_back(std::move(rest));
  const auto second = write_operation(Kind::write, file, offset + done, std::move(again));
  co_await state->run(second);
  const int reason = second->result < 0 ? static_cast<int>(-second->result) : EIO;
  co_return net::system_error(reason, "short write to " + file->path());
}

Task<Result<void>> UringFileSystem::write_sync(FileHandle file, std::uint64_t offset, Buffers buffers) {
  const auto state = state_;
  if (file->sync_failure) co_return *file->sync_failure;
  const auto operation = write_operation(Kind::write_sync, file, offset, std::move(buffers));
  co_await state->run(operation);
  if (operation->result < 0) co_return answer(operation->result, "write to " + file->path());
  if (static_cast<std::uint64_t>(operation->result) == operation->length) {
    if (operation->sync_result == 0) co_return Result<void>();
    co_return answer(operation->sync_result, "sync of " + file->path());
  }
  // Short, and therefore not synced: ask again for the reason.
  const auto why = co_await write(file, offset, operation->buffers);
  if (!why) co_return why.error();
  co_return net::system_error(EIO, "short write to " + file->path());
}

Task<Result<void>> UringFileSystem::sync(FileHandle file) {
  const auto state = state_;
  if (file->sync_failure) co_return *file->sync_failure;
  const auto operation = write_operation(Kind::sync, file, 0, {});
  co_await state->run(operation);
  co_return answer(operation->result, "sync of " + file->path());
}

Task<Result<std::string>> UringFileSystem::read(FileHandle file, std::uint64_t offset, std::size_t length) {
  const auto state = state_;
  std::string bytes;
  // A read may be short without a reason; it is the end of the file only when it gives nothing.
  while (bytes.size() < length) {
    const auto operation = write_operation(Kind::read, file, offset + bytes.size(), {});
    operation->length = std::min<std::size_t>(length - bytes.size(), 1u << 30);
    operation->buffers.emplace_back(operation->length, '\0');
    co_await state->run(operation);
    if (operation->result < 0)
      co_return net::system_error(static_cast<int>(-operation->result), "read of " + file->path());
    if (operation->result == 0) break;
    if (bytes.empty() && operation->result == static_cast<long>(length)) co_return std::move(operation->buffers[0]);
    bytes.append(operation->buffers[0], 0, static_cast<std::size_t>(operation->result));
  }
  co_return bytes;
}

// size, truncate and list have no ring operation on the kernels we run on; they are metadata calls in memory, used at
// start-up and for files of our own.
Task<Result<std::uint64_t>> UringFileSystem::size(FileHandle file) {
  struct stat status{};
  if (::fstat(posix(file)->fd(), &status) != 0) co_return net::system_error(errno, "size of " + file->path());
  co_return static_cast<std::uint64_t>(status.st_size);
}

Task<Result<void>> UringFileSystem::truncate(FileHandle file, std::uint64_t size) {
  if (file->sync_failure) co_return *file->sync_failure;
  co_return answer(::ftruncate(posix(file)->fd(), static_cast<off_t>(size)) == 0 ? 0 : -errno,
                   "truncation of " + file->path());
}

Task<Result<void>> UringFileSystem::allocate(FileHandle file, std::uint64_t bytes) {
  const auto state = state_;
  const auto operation = write_operation(Kind::allocate, file, 0, {});
  operation->length = bytes;
  co_await state->run(operation);
  // A file system without the call: the writes will find the space, or not.
  if (operation->result == -EOPNOTSUPP) co_return Result<void>();
  co_return answer(operation->result, "reserving " + std::to_string(bytes) + " bytes for " + file->path());
}

Task<Result<void>> UringFileSystem::rename(std::string from, std::string to) {
  const auto state = state_;
  const auto operation = path_operation(Kind::rename, from, to);
  co_await state->run(operation);
  co_return answer(operation->result, "rename of " + from + " to " + to);
}

Task<Result<void>> UringFileSystem::unlink(std::string path) {
  const auto state = state_;
  const auto operation = path_operation(Kind::unlink, path);
  co_await state->run(operation);
  co_return answer(operation->result, "removal of " + path);
}

Task<Result<void>> UringFileSystem::make_directory(std::string path) {
  const auto state = state_;
  const auto operation = path_operation(Kind::make_directory, path);
  co_await state->run(operation);
  co_return answer(operation->result, "making of folder " + path);
}

Task<Result<void>> UringFileSystem::remove_directory(std::string path) {
  const auto state = state_;
  const auto operation = path_operation(Kind::remove_directory, path);
  co_await state->run(operation);
  co_return answer(operation->result, "removal of folder " + path);
}

Task<Result<void>> UringFileSystem::sync_directory(std::string path) {
  const auto state = state_;
  const auto opening = path_operation(Kind::open, path);
  opening->open_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  co_await state->run(opening);
  if (opening->result < 0) co_return answer(opening->result, "open of folder " + path);
  const FileHandle folder = std::make_shared<PosixFile>(path, static_cast<int>(opening->result));
  const auto operation = write_operation(Kind::sync, folder, 0, {});
  operation->with_metadata = true;
  co_await state->run(operation);
  co_return answer(operation->result, "sync of folder " + path);
}

Task<Result<std::vector<std::string>>> UringFileSystem::list(std::string path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) co_return net::system_error(errno, "listing of " + path);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(folder.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  if (errno != 0) co_return net::system_error(errno, "listing of " + path);
  std::sort(names.begin(), names.end());
  co_return names;
}

}  // namespace sysplexd::dasd
