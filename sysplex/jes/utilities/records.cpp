// RecordReader and RecordWriter: buffered record streams over plain files, FIFOs and devices.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sysplex/jes/utilities/dd.hpp"

namespace sysplexd::jes {

RecordReader::RecordReader(int fd, std::string path, DcbAttributes dcb, const Options& options)
    : fd_(fd), path_(std::move(path)), dcb_(std::move(dcb)), options_(options) {
  if (dcb_.fixed()) {
    options_.buffer_size = std::max(options_.buffer_size, dcb_.lrecl);
    options_.max_record = std::max(options_.max_record, dcb_.lrecl);
  }
  options_.max_record = std::max(options_.max_record, options_.buffer_size);
}

RecordReader::RecordReader(RecordReader&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      dcb_(std::move(other.dcb_)),
      options_(other.options_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      end_(other.end_),
      at_end_(other.at_end_),
      records_(other.records_),
      status_(std::move(other.status_)) {}

RecordReader& RecordReader::operator=(RecordReader&& other) noexcept {
  if (this != &other) {
    this->~RecordReader();
    new (this) RecordReader(std::move(other));
  }
  return *this;
}

RecordReader::~RecordReader() {
  if (fd_ > 2) ::close(fd_);
}

net::Result<RecordReader> RecordReader::open(const DdInfo& dd) { return open(dd.path(), dd.dcb); }

net::Result<RecordReader> RecordReader::open(const std::string& path, const DcbAttributes& dcb) {
  return open(path, dcb, Options{});
}

net::Result<RecordReader> RecordReader::open(const std::string& path, const DcbAttributes& dcb,
                                             const Options& options) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return net::system_error(errno, "open " + path);
  return RecordReader(fd, path, dcb, options);
}

RecordReader RecordReader::standard_input() { return RecordReader(0, "SYSIN", {}, Options{}); }

bool RecordReader::fail(net::Error error) {
  status_ = std::move(error);
  at_end_ = true;
  begin_ = end_ = 0;
  return false;
}

bool RecordReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) {
    const std::size_t size = buffer_.empty() ? options_.buffer_size : buffer_.size() * 2;
    if (buffer_.size() >= options_.max_record)
      return fail({net::Errc::too_large, path_ + ": record " + std::to_string(records_ + 1) + " is longer than " +
                                             std::to_string(options_.max_record) + " bytes"});
    buffer_.resize(std::min(size, options_.max_record));
  }
  for (;;) {
    const ssize_t n = ::read(fd_, buffer_.data() + end_, buffer_.size() - end_);
    if (n > 0) {
      end_ += static_cast<std::size_t>(n);
      return true;
    }
    if (n == 0) {
      at_end_ = true;
      return false;
    }
    if (errno != EINTR) return fail(net::system_error(errno, "read " + path_));
  }
}

bool RecordReader::next(std::string_view& record) {
  if (dcb_.fixed()) {
    while (end_ - begin_ < dcb_.lrecl) {
      if (fill()) continue;
      if (end_ == begin_) return false;
      return fail({net::Errc::corrupt, path_ + ": the last record has " + std::to_string(end_ - begin_) + " of " +
                                           std::to_string(dcb_.lrecl) + " bytes (RECFM=" + dcb_.recfm + ")"});
    }
    record = std::string_view(buffer_.data() + begin_, dcb_.lrecl);
    begin_ += dcb_.lrecl;
    ++records_;
    return true;
  }
  std::size_t searched = 0;
  for (;;) {
    const char* start = buffer_.data() + begin_;
    const auto length = end_ - begin_;
    const void* newline = length > searched ? std::memchr(start + searched, '\n', length - searched) : nullptr;
    if (newline != nullptr) {
      const auto size = static_cast<std::size_t>(static_cast<const char*>(newline) - start);
      record = std::string_view(start, size);
      begin_ += size + 1;
      ++records_;
      return true;
    }
    searched = length;
    if (fill()) continue;
    if (end_ == begin_) return false;
    record = std::string_view(buffer_.data() + begin_, end_ - begin_);  // last line without a newline
    begin_ = end_;
    ++records_;
    return true;
  }
}

namespace {
constexpr std::size_t write_buffer_size = std::size_t{1} << 20;
}

RecordWriter::RecordWriter(int fd, std::string path, DcbAttributes dcb)
    : fd_(fd), path_(std::move(path)), dcb_(std::move(dcb)) {}

RecordWriter::RecordWriter(RecordWriter&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      dcb_(std::move(other.dcb_)),
      buffer_(std::move(other.buffer_)),
      records_(other.records_),
      status_(std::move(other.status_)),
      broken_(other.broken_) {}

RecordWriter& RecordWriter::operator=(RecordWriter&& other) noexcept {
  if (this != &other) {
    this->~RecordWriter();
    new (this) RecordWriter(std::move(other));
  }
  return *this;
}

RecordWriter::~RecordWriter() {
  if (fd_ >= 0) (void)close();
}

net::Result<RecordWriter> RecordWriter::open(const DdInfo& dd) {
  return open(dd.path(), dd.dcb, dd.append ? Mode::append : Mode::replace);
}

net::Result<RecordWriter> RecordWriter::open(const std::string& path, const DcbAttributes& dcb, Mode mode) {
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (mode == Mode::append ? O_APPEND : O_TRUNC);
  const int fd = ::open(path.c_str(), flags, 0666);
  if (fd < 0) return net::system_error(errno, "open " + path + " for output");
  return RecordWriter(fd, path, dcb);
}

bool RecordWriter::flush() {
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const ssize_t n = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
    if (n >= 0) {
      done += static_cast<std::size_t>(n);
    } else if (errno != EINTR) {
      status_ = net::system_error(errno, "write " + path_);
      broken_ = true;
      buffer_.clear();
      return false;
    }
  }
  buffer_.clear();
  return true;
}

bool RecordWriter::write(std::string_view record) {
  if (broken_ || fd_ < 0) return false;
  const auto limit = dcb_.data_limit();
  if (limit != 0 && record.size() > limit) {
    status_ = net::Error{net::Errc::too_large, path_ + ": record " + std::to_string(records_ + 1) + " has " +
                                                   std::to_string(record.size()) + " bytes, " + dcb_.recfm +
                                                   " allows " + std::to_string(limit)};
    return false;
  }
  buffer_.append(record);
  if (dcb_.fixed())
    buffer_.append(dcb_.lrecl - record.size(), ' ');
  else
    buffer_.push_back('\n');
  ++records_;
  return buffer_.size() < write_buffer_size || flush();
}

net::Status RecordWriter::close() {
  if (fd_ < 0) return status_;
  if (!broken_) flush();
  if (::close(std::exchange(fd_, -1)) != 0 && !broken_) status_ = net::system_error(errno, "close " + path_);
  return status_;
}

}  // namespace sysplexd::jes
