// The FileSystem of the running system: its own io_uring ring, awaited through an eventfd by the one io_context; where
// io_uring is refused (hardened hosts, containers) the same operations on one helper thread.
#pragma once
#include "net/task.hpp"
#include "sysplex/dasd/file_io.hpp"

namespace sysplexd::dasd {

enum class FileEngine {
  automatic,  // the ring, else the thread; SYSPLEXD_FILE_ENGINE=thread forces the thread
  ring,       // the ring or an exception
  thread,
};

class UringFileSystem final : public FileSystem {
 public:
  explicit UringFileSystem(net::Executor executor, FileEngine engine = FileEngine::automatic);
  ~UringFileSystem() override;
  const char* engine_name() const;  // "io_uring" or "thread"

  Task<Result<FileHandle>> open(std::string path, OpenMode mode) override;
  Task<Result<void>> write(FileHandle file, std::uint64_t offset, Buffers buffers) override;
  Task<Result<void>> write_sync(FileHandle file, std::uint64_t offset, Buffers buffers) override;
  Task<Result<void>> sync(FileHandle file) override;
  Task<Result<std::string>> read(FileHandle file, std::uint64_t offset, std::size_t length) override;
  Task<Result<std::uint64_t>> size(FileHandle file) override;
  Task<Result<void>> truncate(FileHandle file, std::uint64_t size) override;
  Task<Result<void>> allocate(FileHandle file, std::uint64_t bytes) override;
  Task<Result<void>> rename(std::string from, std::string to) override;
  Task<Result<void>> unlink(std::string path) override;
  Task<Result<void>> make_directory(std::string path) override;
  Task<Result<void>> remove_directory(std::string path) override;
  Task<Result<void>> sync_directory(std::string path) override;
  Task<Result<std::vector<std::string>>> list(std::string path) override;
  Task<Result<FileLockHandle>> lock(std::string path, std::string owner, std::chrono::milliseconds wait) override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sysplexd::dasd
