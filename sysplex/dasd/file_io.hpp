// Files as the durable parts of the system see them: few calls, each of which may fail, and an order between writes and
// syncs that can be relied on. The coupling facility's log, snapshots and history segments and the shared records go
// through here, so that tests can fail the n-th call and lose what was not synced (test/cf/sim_disk.hpp).
//
// What every engine keeps:
//   - the result is the whole truth: ok means all bytes; a short write is a failure
//   - write_sync = write, then fdatasync, as one await; it is durable when it is ok
//   - the first failed sync of a file is final: later writes and syncs through any handle that open() gave for the same
//     opening fail with the same error (the kernel may have thrown the pages away and report success the next time)
//   - a cancelled await frees nothing that the kernel still uses: buffers, paths and the open file belong to the
//   operation
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/result.hpp"
#include "net/task.hpp"

namespace sysplexd::dasd {

using net::Result;
using net::Task;

// An open file. Closed when the last handle and the last operation on it are gone.
class File {
 public:
  virtual ~File() = default;
  const std::string& path() const { return path_; }
  // Set by the engine at the first failed sync.
  std::optional<net::Error> sync_failure;

 protected:
  explicit File(std::string path) : path_(std::move(path)) {}

 private:
  std::string path_;
};
using FileHandle = std::shared_ptr<File>;

// Held while it lives.
class FileLock {
 public:
  virtual ~FileLock() = default;
};
using FileLockHandle = std::shared_ptr<FileLock>;

enum class OpenMode {
  read,        // must be there
  read_write,  // must be there
  create_new,  // must not be there; read and write, mode 0600
};

// Written in this order as one piece.
using Buffers = std::vector<std::string>;

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Task<Result<FileHandle>> open(std::string path, OpenMode mode) = 0;
  virtual Task<Result<void>> write(FileHandle file, std::uint64_t offset, Buffers buffers) = 0;
  virtual Task<Result<void>> write_sync(FileHandle file, std::uint64_t offset, Buffers buffers) = 0;
  virtual Task<Result<void>> sync(FileHandle file) = 0;
  // Fewer bytes than asked for only at the end of the file.
  virtual Task<Result<std::string>> read(FileHandle file, std::uint64_t offset, std::size_t length) = 0;
  virtual Task<Result<std::uint64_t>> size(FileHandle file) = 0;
  virtual Task<Result<void>> truncate(FileHandle file, std::uint64_t size) = 0;
  // Reserves space for the first `bytes` bytes, growing the file; no_space leaves the file usable.
  virtual Task<Result<void>> allocate(FileHandle file, std::uint64_t bytes) = 0;

  virtual Task<Result<void>> rename(std::string from, std::string to) = 0;  // replaces `to`
  virtual Task<Result<void>> unlink(std::string path) = 0;
  virtual Task<Result<void>> make_directory(std::string path) = 0;  // mode 0700
  virtual Task<Result<void>> remove_directory(std::string path) = 0;
  // Names created, renamed and removed in the directory are durable after this.
  virtual Task<Result<void>> sync_directory(std::string path) = 0;
  // Names without . and .., sorted.
  virtual Task<Result<std::vector<std::string>>> list(std::string path) = 0;

  // An open-file-description lock on a file that is made when it is not there and never removed. `owner` is written
  // into it; when the lock is not got within `wait`, the answer is timed_out and names the owner that stands there.
  virtual Task<Result<FileLockHandle>> lock(std::string path, std::string owner, std::chrono::milliseconds wait) = 0;
};

// Reserves, fills with zeros and syncs, so that a later overwrite changes no metadata and its fdatasync is one write
// (0.1 ms instead of 1 ms; reference/peers.md). A failure leaves a file of no stated length: unlink it.
Task<Result<void>> prewrite(std::shared_ptr<FileSystem> files, FileHandle file, std::uint64_t bytes);

// A whole file, at most `bytes_max`, else too_large.
Task<Result<std::string>> read_file(std::shared_ptr<FileSystem> files, std::string path, std::uint64_t bytes_max);

}  // namespace sysplexd::dasd
