#include "sysplex/dasd/atomic_file.hpp"

namespace sysplexd::dasd {

Task<Result<void>> replace_file(std::shared_ptr<FileSystem> files, std::string directory, std::string name,
                                std::string content) {
  const std::string path = directory + "/" + name;
  const std::string beside = path + ".new";
  // What an earlier failure left is removed, not reused: its pages may be those of a failed sync.
  const auto removed = co_await files->unlink(beside);
  if (!removed && removed.error().code != net::Errc::not_found) co_return removed.error();
  {
    const auto file = co_await files->open(beside, OpenMode::create_new);
    if (!file) co_return file.error();
    Buffers buffers;
    buffers.push_back(std::move(content));
    const auto written = co_await files->write_sync(file.value(), 0, std::move(buffers));
    if (!written) co_return written.error();
  }
  const auto renamed = co_await files->rename(beside, path);
  if (!renamed) co_return renamed.error();
  const auto synced = co_await files->sync_directory(directory);
  co_return synced;
}

}  // namespace sysplexd::dasd
