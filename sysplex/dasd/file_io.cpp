#include "sysplex/dasd/file_io.hpp"

#include <algorithm>

namespace sysplexd::dasd {
namespace {

constexpr std::uint64_t zero_chunk_bytes = 1u << 20;

}  // namespace

Task<Result<void>> prewrite(std::shared_ptr<FileSystem> files, FileHandle file, std::uint64_t bytes) {
  // First the reservation: a full disk refuses it as a whole, where writing zeros would end in a short write.
  const auto reserved = co_await files->allocate(file, bytes);
  if (!reserved) co_return reserved.error();
  for (std::uint64_t at = 0; at < bytes; at += zero_chunk_bytes) {
    Buffers zeros;
    zeros.emplace_back(static_cast<std::size_t>(std::min(zero_chunk_bytes, bytes - at)), '\0');
    const auto written = co_await files->write(file, at, std::move(zeros));
    if (!written) co_return written.error();
  }
  const auto synced = co_await files->sync(file);
  co_return synced;
}

Task<Result<std::string>> read_file(std::shared_ptr<FileSystem> files, std::string path, std::uint64_t bytes_max) {
  const auto file = co_await files->open(path, OpenMode::read);
  if (!file) co_return file.error();
  const auto size = co_await files->size(file.value());
  if (!size) co_return size.error();
  if (size.value() > bytes_max)
    co_return net::Error{net::Errc::too_large, path + " has " + std::to_string(size.value()) + " bytes; at most " +
                                                   std::to_string(bytes_max) + " are expected"};
  auto bytes = co_await files->read(file.value(), 0, static_cast<std::size_t>(size.value()));
  co_return bytes;
}

}  // namespace sysplexd::dasd
