// The ring behind UringFileSystem: its own io_uring with an eventfd; write_sync is a linked WRITEV -> FSYNC(DATASYNC).
// Asio's own io_uring support is not used (reference/toolchain.md 0.5, 3.3).
#include <fcntl.h>
#include <liburing.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <system_error>

#include "sysplex/dasd/file_operation.hpp"

namespace sysplexd::dasd {
namespace {

constexpr unsigned ring_entries = 64;
// The second completion of a write_sync carries its operation's address with this bit.
constexpr std::uint64_t sync_part = 1;

class RingBackend final : public FileBackend {
 public:
  // Throws nothing; ok() tells.
  RingBackend() {
    event_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event_) return;
    if (io_uring_queue_init(ring_entries, &ring_, 0) != 0) return;
    made_ = true;
    ok_ = has_operations() && io_uring_register_eventfd(&ring_, event_.get()) == 0;
  }
  ~RingBackend() override {
    // The kernel still writes from and into our operations: wait for each.
    while (in_kernel_ > 0) {
      io_uring_submit(&ring_);
      io_uring_cqe* cqe = nullptr;
      const int waited = io_uring_wait_cqe(&ring_, &cqe);
      if (waited == -EINTR) continue;
      if (waited != 0) break;
      take(cqe);
      io_uring_cqe_seen(&ring_, cqe);
    }
    if (made_) io_uring_queue_exit(&ring_);
  }
  RingBackend(const RingBackend&) = delete;
  RingBackend& operator=(const RingBackend&) = delete;

  bool ok() const { return ok_; }
  const char* name() const override { return "io_uring"; }
  int event_fd() const override { return event_.get(); }

  void start(std::shared_ptr<FileOperation> operation) override {
    waiting_.push_back(std::move(operation));
    submit_waiting();
  }

  std::vector<std::shared_ptr<FileOperation>> reap() override {
    io_uring_cqe* cqe = nullptr;
    while (io_uring_peek_cqe(&ring_, &cqe) == 0) {
      take(cqe);
      io_uring_cqe_seen(&ring_, cqe);
    }
    submit_waiting();
    return std::exchange(ended_, {});
  }

 private:
  bool has_operations() {
    io_uring_probe* probe = io_uring_get_probe_ring(&ring_);
    if (probe == nullptr) return false;
    bool all = true;
    for (const int opcode : {IORING_OP_WRITEV, IORING_OP_FSYNC, IORING_OP_READ, IORING_OP_OPENAT, IORING_OP_FALLOCATE,
                             IORING_OP_RENAMEAT, IORING_OP_UNLINKAT, IORING_OP_MKDIRAT})
      all = all && io_uring_opcode_supported(probe, opcode) != 0;
    io_uring_free_probe(probe);
    return all;
  }

  void submit_waiting() {
    while (!waiting_.empty()) {
      const unsigned parts = waiting_.front()->kind == FileOperation::Kind::write_sync ? 2 : 1;
      // Never more in the kernel than the submission queue has places: then get_sqe cannot fail, and the completion
      // queue (twice as long) cannot overflow.
      if (in_kernel_ + parts > ring_entries) break;
      prepare(std::move(waiting_.front()), parts);
      waiting_.pop_front();
    }
    if (io_uring_sq_ready(&ring_) == 0) return;
    const int submitted = io_uring_submit(&ring_);
    // EAGAIN, EBUSY, EINTR: the entries stay and go with the next call; make sure that one comes.
    if (submitted < 0) {
      if (submitted != -EAGAIN && submitted != -EBUSY && submitted != -EINTR)
        throw std::system_error(-submitted, std::generic_category(), "io_uring_submit");
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto told = ::write(event_.get(), &one, sizeof one);
    }
  }

  io_uring_sqe* next_entry(FileOperation* operation, std::uint64_t part) {
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    SYSPLEXD_INVARIANT(entry != nullptr, "the ring has fewer places than were counted");
    pending_part_ = reinterpret_cast<std::uint64_t>(operation) | part;
    return entry;
  }
  void prepare(std::shared_ptr<FileOperation> owned, unsigned parts) {
    FileOperation* const op = owned.get();
    op->parts_pending = parts;
    in_kernel_ += parts;
    running_.push_back(std::move(owned));
    const int fd = op->file ? op->file->fd() : -1;
    io_uring_sqe* entry = next_entry(op, op->kind == FileOperation::Kind::sync ? sync_part : 0);
    switch (op->kind) {
      case FileOperation::Kind::open:
        io_uring_prep_openat(entry, AT_FDCWD, op->path.c_str(), op->open_flags, 0600);
        break;
      case FileOperation::Kind::write:
      case FileOperation::Kind::write_sync:
        io_uring_prep_writev(entry, fd, op->iovecs.data(), static_cast<unsigned>(op->iovecs.size()), op->offset);
        break;
      case FileOperation::Kind::sync:
        io_uring_prep_fsync(entry, fd, op->with_metadata ? 0 : IORING_FSYNC_DATASYNC);
        break;
      case FileOperation::Kind::read:
        io_uring_prep_read(entry, fd, op->buffers[0].data(), static_cast<unsigned>(op->length), op->offset);
        break;
      case FileOperation::Kind::allocate:
        io_uring_prep_fallocate(entry, fd, 0, 0, static_cast<off_t>(op->length));
        break;
      case FileOperation::Kind::rename:
        io_uring_prep_renameat(entry, AT_FDCWD, op->path.c_str(), AT_FDCWD, op->path_to.c_str(), 0);
        break;
      case FileOperation::Kind::unlink: io_uring_prep_unlinkat(entry, AT_FDCWD, op->path.c_str(), 0); break;
      case FileOperation::Kind::make_directory: io_uring_prep_mkdirat(entry, AT_FDCWD, op->path.c_str(), 0700); break;
      case FileOperation::Kind::remove_directory:
        io_uring_prep_unlinkat(entry, AT_FDCWD, op->path.c_str(), AT_REMOVEDIR);
        break;
    }
    entry->user_data = pending_part_;
    if (op->kind != FileOperation::Kind::write_sync) return;
    // The link breaks when the write fails or is short: then the sync ends with ECANCELED.
    entry->flags |= IOSQE_IO_LINK;
    entry = next_entry(op, sync_part);
    io_uring_prep_fsync(entry, fd, IORING_FSYNC_DATASYNC);
    entry->user_data = pending_part_;
  }

  void take(const io_uring_cqe* cqe) {
    auto* const op = reinterpret_cast<FileOperation*>(cqe->user_data & ~sync_part);
    if ((cqe->user_data & sync_part) != 0) {
      op->sync_result = cqe->res;
      if (op->kind == FileOperation::Kind::sync) op->result = cqe->res;
    } else {
      op->result = cqe->res;
    }
    --in_kernel_;
    if (--op->parts_pending > 0) return;
    for (auto& running : running_) {
      if (running.get() != op) continue;
      ended_.push_back(std::move(running));
      running = std::move(running_.back());
      running_.pop_back();
      return;
    }
  }

  net::UniqueFd event_;
  io_uring ring_{};
  bool made_ = false, ok_ = false;
  unsigned in_kernel_ = 0;  // submission entries without their completion
  std::uint64_t pending_part_ = 0;
  std::deque<std::shared_ptr<FileOperation>> waiting_;
  std::vector<std::shared_ptr<FileOperation>> running_, ended_;
};

}  // namespace

std::unique_ptr<FileBackend> make_ring_backend() {
  auto ring = std::make_unique<RingBackend>();
  if (!ring->ok()) return nullptr;
  return ring;
}

}  // namespace sysplexd::dasd
