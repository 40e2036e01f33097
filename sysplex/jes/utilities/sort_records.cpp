// Reading and writing the data sets of SORT.
#include "sysplex/jes/utilities/sort_records.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sysplexd::jes::sort {

net::Result<SortReader> SortReader::open(const DdInfo& dd, const SortMemory& memory) {
  if (dd.library()) return net::Error{net::Errc::invalid, dd.path() + " is a library; name a member"};
  const int fd = ::open(dd.path().c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return net::system_error(errno, "open " + dd.path());
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return SortReader(fd, dd, memory);
}

SortReader::SortReader(int fd, const DdInfo& dd, const SortMemory& memory)
    : fd_(fd),
      name_(dd.name),
      path_(dd.path()),
      recfm_(dd.dcb.recfm),
      lrecl_(dd.dcb.fixed() ? dd.dcb.lrecl : 0),
      max_record_(memory.max_record),
      buffer_(std::max(memory.buffer, lrecl_)) {}

SortReader::SortReader(SortReader&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      name_(std::move(other.name_)),
      path_(std::move(other.path_)),
      recfm_(std::move(other.recfm_)),
      lrecl_(other.lrecl_),
      max_record_(other.max_record_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      end_(other.end_),
      searched_(other.searched_),
      at_end_(other.at_end_),
      records_(other.records_),
      grow_hook_(std::move(other.grow_hook_)),
      status_(std::move(other.status_)) {}

SortReader::~SortReader() {
  if (fd_ >= 0) ::close(fd_);
}

bool SortReader::same_file(int fd) const {
  struct stat ours{}, theirs{};
  return ::fstat(fd_, &ours) == 0 && ::fstat(fd, &theirs) == 0 && S_ISREG(ours.st_mode) &&
         ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

// More bytes behind end_. False: end of the data set or failure.
bool SortReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    if (end_ > max_record_) {
      status_ = net::Error{net::Errc::too_large, path_ + ": record " + std::to_string(records_ + 1) +
                                                     " is longer than " + std::to_string(max_record_) + " bytes"};
      at_end_ = true;
      return false;
    }
    const auto size = std::min(buffer_.size() * 2, max_record_ + 2);
    if (grow_hook_) grow_hook_(size - buffer_.size());
    buffer_.grow(size);
  }
  for (;;) {
    const ssize_t n = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
    if (n > 0) {
      end_ += static_cast<std::size_t>(n);
      return true;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) status_ = net::system_error(errno, "read " + path_);
    at_end_ = true;
    return false;
  }
}

bool SortReader::next(std::string_view& record) {
  if (!status_) return false;
  return lrecl_ != 0 ? next_fixed(record) : next_line(record);
}

bool SortReader::next_fixed(std::string_view& record) {
  while (end_ - begin_ < lrecl_) {
    if (fill()) continue;
    if (end_ != begin_ && status_.ok())
      status_ = net::Error{net::Errc::corrupt, path_ + ": the last record has " + std::to_string(end_ - begin_) +
                                                   " of " + std::to_string(lrecl_) + " bytes (RECFM=" + recfm_ + ")"};
    return false;
  }
  record = {buffer_.data() + begin_, lrecl_};
  begin_ += lrecl_;
  ++records_;
  return true;
}

bool SortReader::next_line(std::string_view& record) {
  for (;;) {
    const char* start = buffer_.data() + begin_;
    const auto length = end_ - begin_;
    const void* newline = length > searched_ ? std::memchr(start + searched_, '\n', length - searched_) : nullptr;
    if (newline != nullptr) {
      const auto size = static_cast<std::size_t>(static_cast<const char*>(newline) - start);
      record = {start, size};
      begin_ += size + 1;
      searched_ = 0;
      ++records_;
      return true;
    }
    searched_ = length;
    if (fill()) continue;
    if (end_ == begin_ || !status_.ok()) return false;
    record = {buffer_.data() + begin_, end_ - begin_};
    begin_ = end_;
    searched_ = 0;
    ++records_;
    return true;
  }
}

net::Result<SortWriter> SortWriter::open(const DdInfo& dd, const SortMemory& memory,
                                         const std::string& temp_directory) {
  if (dd.library()) return net::Error{net::Errc::invalid, dd.path() + " is a library; name a member"};
  // O_APPEND is not used: a failed run must be able to take back its own records only, at known offsets.
  const int fd = ::open(dd.path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return net::system_error(errno, "open " + dd.path() + " for output");
  return SortWriter(fd, dd, memory, temp_directory);
}

SortWriter::SortWriter(int fd, const DdInfo& dd, const SortMemory& memory, std::string temp_directory)
    : fd_(fd),
      dd_(dd),
      temp_directory_(std::move(temp_directory)),
      limit_(dd.dcb.data_limit()),
      buffer_(memory.buffer) {
  struct stat status{};
  if (::fstat(fd_, &status) == 0 && S_ISREG(status.st_mode)) {
    regular_ = true;
    if (dd_.append) start_size_ = static_cast<std::uint64_t>(status.st_size);
  }
}

SortWriter::SortWriter(SortWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      stage_fd_(std::exchange(other.stage_fd_, -1)),
      dd_(std::move(other.dd_)),
      temp_directory_(std::move(other.temp_directory_)),
      limit_(other.limit_),
      buffer_(std::move(other.buffer_)),
      used_(other.used_),
      begun_(other.begun_),
      regular_(other.regular_),
      failed_(other.failed_),
      start_size_(other.start_size_),
      staged_size_(other.staged_size_),
      records_(other.records_),
      cut_(other.cut_),
      status_(std::move(other.status_)) {}

SortWriter::~SortWriter() {
  if (fd_ >= 0) abandon();
}

net::Status SortWriter::stage() {
  if (stage_fd_ >= 0) return {};
  const auto file = open_work_file(temp_directory_);
  if (!file) return file.error();
  stage_fd_ = *file;
  return {};
}

bool SortWriter::fail(net::Error error) {
  if (!failed_) status_ = std::move(error);
  failed_ = true;
  return false;
}

// The first byte goes out: what the data set held before is replaced, or kept in front of us with DISP=MOD.
void SortWriter::begin() {
  begun_ = true;
  if (!regular_ || stage_fd_ >= 0) return;
  if (::ftruncate(fd_, static_cast<off_t>(start_size_)) != 0 ||
      ::lseek(fd_, static_cast<off_t>(start_size_), SEEK_SET) < 0)
    fail(net::system_error(errno, "empty " + dd_.path()));
}

bool SortWriter::write_out(const char* data, std::size_t size) {
  if (failed_) return false;
  if (!begun_) begin();
  if (failed_) return false;
  const int fd = stage_fd_ >= 0 ? stage_fd_ : fd_;
  const int error = write_fully(fd, data, size);
  if (error != 0) return fail(net::system_error(error, "write " + (stage_fd_ >= 0 ? temp_directory_ : dd_.path())));
  staged_size_ += size;
  return true;
}

bool SortWriter::flush() {
  const auto size = std::exchange(used_, 0);
  return size == 0 ? !failed_ : write_out(buffer_.data(), size);
}

bool SortWriter::put(const char* data, std::size_t size) {
  if (size > buffer_.size() - used_) {
    if (!flush()) return false;
    if (size >= buffer_.size()) return write_out(data, size);
  }
  if (size != 0) std::memcpy(buffer_.data() + used_, data, size);
  used_ += size;
  return true;
}

bool SortWriter::put_blanks(std::size_t count) {
  while (count > 0) {
    if (used_ == buffer_.size() && !flush()) return false;
    const auto part = std::min(count, buffer_.size() - used_);
    std::memset(buffer_.data() + used_, ' ', part);
    used_ += part;
    count -= part;
  }
  return true;
}

bool SortWriter::write(std::string_view record) {
  if (failed_) return false;
  if (limit_ != 0 && record.size() > limit_) {
    if (record.find_first_not_of(' ', limit_) != std::string_view::npos) ++cut_;
    record = record.substr(0, limit_);
  }
  ++records_;
  if (!put(record.data(), record.size())) return false;
  if (dd_.dcb.fixed()) return put_blanks(limit_ - record.size());
  return put("\n", 1);
}

net::Status SortWriter::copy_staged() {
  struct stat status{};
  if (::fstat(fd_, &status) != 0) return net::system_error(errno, "look at " + dd_.path());
  const auto old_size = static_cast<std::uint64_t>(status.st_size);
  const auto new_size = start_size_ + staged_size_;
  // Blocks first: with no space the data set keeps its content. Old blocks are overwritten in place.
  if (new_size > old_size) {
    const int error = ::posix_fallocate(fd_, 0, static_cast<off_t>(new_size));
    if (error != 0) {
      (void)!::ftruncate(fd_, static_cast<off_t>(old_size));
      return net::system_error(error, "reserve " + std::to_string(new_size) + " bytes for " + dd_.path());
    }
  }
  for (std::uint64_t done = 0; done < staged_size_;) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), staged_size_ - done));
    int error = read_fully_at(stage_fd_, buffer_.data(), part, done);
    if (error != 0) return net::system_error(error, "read a work file in " + temp_directory_);
    error = write_fully_at(fd_, buffer_.data(), part, start_size_ + done);
    if (error != 0) return net::system_error(error, "write " + dd_.path());
    done += part;
  }
  if (new_size < old_size && ::ftruncate(fd_, static_cast<off_t>(new_size)) != 0)
    return net::system_error(errno, "shorten " + dd_.path());
  return {};
}

net::Status SortWriter::close() {
  if (fd_ < 0) return status_;
  flush();
  if (!begun_ && !failed_) begin();  // an empty result empties the data set
  if (!failed_ && stage_fd_ >= 0) {
    const auto copied = copy_staged();
    if (!copied) {
      fail(copied.error());
      regular_ = false;  // what there is must not be shortened by abandon(): it may still be the input
    }
  }
  if (failed_) {
    abandon();
    return status_;
  }
  if (stage_fd_ >= 0) ::close(std::exchange(stage_fd_, -1));
  if (::close(std::exchange(fd_, -1)) != 0) fail(net::system_error(errno, "close " + dd_.path()));
  return status_;
}

void SortWriter::abandon() {
  if (fd_ < 0) return;
  if (begun_ && regular_ && stage_fd_ < 0) (void)!::ftruncate(fd_, static_cast<off_t>(start_size_));
  if (stage_fd_ >= 0) ::close(std::exchange(stage_fd_, -1));
  ::close(std::exchange(fd_, -1));
  failed_ = true;
}

}  // namespace sysplexd::jes::sort
