// One operation on its way through a FileBackend, and what a backend does: start operations, tell through an eventfd
// that some have ended, hand them back. Private to uring_file*, thread_file*.
#pragma once
#include <sys/uio.h>

#include <memory>
#include <string>
#include <vector>

#include "net/fd.hpp"
#include "sysplex/dasd/file_io.hpp"

namespace sysplexd::dasd {

class PosixFile final : public File {
 public:
  PosixFile(std::string path, int fd) : File(std::move(path)), fd_(fd) {}
  int fd() const { return fd_.get(); }

 private:
  net::UniqueFd fd_;
};

// Owns everything that the kernel may touch while it runs; lives until it has ended, whoever awaits it.
struct FileOperation {
  enum class Kind { open, write, write_sync, sync, read, allocate, rename, unlink, make_directory, remove_directory };
  Kind kind = Kind::sync;
  std::shared_ptr<PosixFile> file;  // keeps the descriptor open
  bool with_metadata = false;       // sync: fsync (a directory) instead of fdatasync
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // read, allocate, total of the buffers
  Buffers buffers;
  std::vector<iovec> iovecs;
  std::string path, path_to;
  int open_flags = 0;

  // Results: bytes or descriptor, or -errno.
  long result = 0;
  int sync_result = 0;
  unsigned parts_pending = 0;  // ring only: completions that still come

  void point_iovecs();
  void run_blocking();  // by the helper thread
};

class FileBackend {
 public:
  virtual ~FileBackend() = default;  // waits for what the kernel still does
  virtual const char* name() const = 0;
  virtual int event_fd() const = 0;
  virtual void start(std::shared_ptr<FileOperation> operation) = 0;
  // What has ended since the last call; also starts what had to wait for a place.
  virtual std::vector<std::shared_ptr<FileOperation>> reap() = 0;
};

// nullptr when this kernel or a sandbox refuses io_uring, or lacks one of the operations above.
std::unique_ptr<FileBackend> make_ring_backend();
std::unique_ptr<FileBackend> make_thread_backend();

}  // namespace sysplexd::dasd
