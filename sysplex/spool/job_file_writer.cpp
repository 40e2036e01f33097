#include "sysplex/spool/job_file_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "sysplex/spool/job_file_reader.hpp"

namespace sysplexd::spool {

void append_record(std::string& out, RecordKind kind, std::string_view payload) {
  net::append_frame(out, static_cast<std::uint16_t>(kind), payload);
}

JobFileWriter::JobFileWriter(JobFileWriter&& other) noexcept { *this = std::move(other); }

JobFileWriter& JobFileWriter::operator=(JobFileWriter&& other) noexcept {
  if (this == &other) return *this;
  close();
  fd_ = std::exchange(other.fd_, -1);
  path_ = std::move(other.path_);
  offset_ = other.offset_;
  pending_ = std::move(other.pending_);
  written_ = other.written_;
  sync_failed_ = other.sync_failed_;
  sync_error_ = std::move(other.sync_error_);
  return *this;
}

JobFileWriter::~JobFileWriter() { close(); }

void JobFileWriter::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

net::Result<JobFileWriter> JobFileWriter::create(const std::string& path) {
  JobFileWriter writer;
  writer.path_ = path;
  const auto make = [&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600); };
  writer.fd_ = make();
  if (writer.fd_ < 0 && errno == ENOENT) {  // the bucket's first job
    const std::string bucket = std::filesystem::path(path).parent_path().string();
    if (::mkdir(bucket.c_str(), 0711) != 0 && errno != EEXIST)
      return net::system_error(errno, "spool folder " + bucket);
    writer.fd_ = make();
  }
  if (writer.fd_ < 0) return net::system_error(errno, "job file " + path);
  return writer;
}

net::Result<JobFileWriter> JobFileWriter::open(const std::string& path, std::uint64_t end) {
  JobFileWriter writer;
  writer.path_ = path;
  writer.offset_ = end;
  writer.fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (writer.fd_ < 0) return net::system_error(errno, "job file " + path);
  struct stat status{};
  if (::fstat(writer.fd_, &status) != 0) return net::system_error(errno, "job file " + path);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < end)
    return net::Error{net::Errc::corrupt, "job file " + path + " is shorter than its records: " + std::to_string(size) +
                                              " bytes of " + std::to_string(end)};
  if (size > end && ::ftruncate(writer.fd_, static_cast<off_t>(end)) != 0)
    return net::system_error(errno, "cutting the torn tail of job file " + path);
  return writer;
}

net::Status JobFileWriter::flush() {
  while (written_ < pending_.size()) {
    const ssize_t n =
        ::pwrite(fd_, pending_.data() + written_, pending_.size() - written_, static_cast<off_t>(offset_));
    if (n < 0) {
      if (errno == EINTR) continue;
      return net::system_error(errno, "writing job file " + path_);
    }
    if (n == 0) return net::Error{net::Errc::no_space, "job file " + path_ + " took no byte"};
    written_ += static_cast<std::size_t>(n);
    offset_ += static_cast<std::uint64_t>(n);
  }
  pending_.clear();
  written_ = 0;
  return {};
}

net::Status JobFileWriter::sync() {
  if (sync_failed_) return sync_error_;
  auto flushed = flush();
  if (!flushed) return flushed;
  if (::fdatasync(fd_) != 0) {
    sync_failed_ = true;
    sync_error_ = net::system_error(errno, "fdatasync of job file " + path_);
    return sync_error_;
  }
  return {};
}

net::Status JobFileWriter::replace_file() {
  const std::string next = path_ + ".new";
  ::unlink(next.c_str());
  auto made = create(next);
  if (!made) return made.error();
  auto reader = JobFileReader::open(path_);
  if (!reader) return reader.error();
  for (;;) {
    auto record = reader->next();
    if (!record) return record.error();
    if (!*record) break;
    made->add((**record).kind, (**record).payload);
    if (made->pending_bytes() > (1u << 20)) {
      auto flushed = made->flush();
      if (!flushed) return flushed;
    }
  }
  // The record whose first part was written counts as pending: a reader does not see it as whole, and it starts in
  // pending_.
  std::size_t at = 0;
  while (at < written_) {
    const auto view = net::parse_frame(std::string_view(pending_).substr(at));
    if (view.state != net::FrameState::whole || at + view.bytes > written_) break;
    at += view.bytes;
  }
  made->pending_.append(pending_, at);
  auto synced = made->sync();
  if (!synced) return synced;
  if (::rename(next.c_str(), path_.c_str()) != 0) return net::system_error(errno, "renaming " + next);
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  const int folder_fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool folder_synced = folder_fd >= 0 && ::fsync(folder_fd) == 0;
  const int folder_errno = errno;
  if (folder_fd >= 0) ::close(folder_fd);
  const std::string path = path_;
  *this = std::move(made).value();
  path_ = path;
  if (!folder_synced) {
    sync_failed_ = true;
    sync_error_ = net::system_error(folder_errno, "fsync of spool folder " + folder);
    return sync_error_;
  }
  return {};
}

}  // namespace sysplexd::spool
