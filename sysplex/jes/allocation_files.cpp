// See allocation_files.hpp.
#include "sysplex/jes/allocation_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace sysplexd::jes {

namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 20;
constexpr std::size_t line_max = std::size_t{32} << 20;  // as RecordReader has it

std::string_view without_trailing_blanks(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

net::Status write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return net::system_error(errno, "write");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

net::Result<std::size_t> read_some(int fd, char* to, std::size_t size) {
  for (;;) {
    const ssize_t got = ::read(fd, to, size);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return net::system_error(errno, "read");
  }
}

// From the current offsets to the end of `from`. The kernel copies where both file systems allow it.
net::Status copy_bytes(int from, int to) {
  for (;;) {
    const ssize_t copied = ::copy_file_range(from, nullptr, to, nullptr, std::size_t{1} << 30, 0);
    if (copied > 0) continue;
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG || errno == EIO))
      return net::system_error(errno, "copy");
    break;  // the end, or not for these files; the loop below finds out
  }
  std::string buffer(buffer_size, '\0');
  for (;;) {
    const auto got = read_some(from, buffer.data(), buffer.size());
    if (!got) return got.error();
    if (*got == 0) return {};
    if (const auto put = write_all(to, std::string_view(buffer).substr(0, *got)); !put) return put;
  }
}

net::Result<off_t> size_of(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return net::system_error(errno, "size");
  return status.st_size;
}

net::Result<bool> ends_in_newline(int fd, off_t size) {
  char last = '\n';
  if (size > 0 && ::pread(fd, &last, 1, size - 1) != 1) return net::system_error(errno, "read");
  return last == '\n';
}

// Collects converted records and writes them in large pieces.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}
  net::Status put(std::string_view bytes) {
    buffer_ += bytes;
    return buffer_.size() < buffer_size ? net::Status() : flush();
  }
  net::Status flush() {
    auto written = write_all(fd_, buffer_);
    buffer_.clear();
    return written;
  }

 private:
  int fd_;
  std::string buffer_;
};

net::Status put_fixed(Output& output, std::string_view line, int fixed) {
  const auto length = static_cast<std::size_t>(fixed);
  if (line.size() > length) line = without_trailing_blanks(line);
  if (line.size() > length)
    return net::Error{net::Errc::too_large,
                      fmt::format("a line of {} characters is longer than LRECL={}", line.size(), fixed)};
  if (auto put = output.put(line); !put) return put;
  return output.put(std::string(length - line.size(), ' '));
}

// Lines of `from` as fixed records.
net::Status lines_to_fixed(int from, int fixed, Output& output) {
  std::string pending, buffer(buffer_size, '\0');
  for (;;) {
    const auto got = read_some(from, buffer.data(), buffer.size());
    if (!got) return got.error();
    if (*got == 0) break;
    std::string_view rest(buffer.data(), *got);
    for (;;) {
      const auto newline = rest.find('\n');
      if (newline == std::string_view::npos) break;
      pending += rest.substr(0, newline);
      if (auto put = put_fixed(output, pending, fixed); !put) return put;
      pending.clear();
      rest.remove_prefix(newline + 1);
    }
    pending += rest;
    if (pending.size() > line_max)
      return net::Error{net::Errc::too_large, fmt::format("a line is longer than LRECL={}", fixed)};
  }
  return pending.empty() ? net::Status() : put_fixed(output, pending, fixed);
}

// Bare records of `from` as lines; a short last record is a line too.
net::Status fixed_to_lines(int from, int fixed, Output& output) {
  const auto length = static_cast<std::size_t>(fixed);
  std::string pending, buffer(buffer_size, '\0');
  for (;;) {
    const auto got = read_some(from, buffer.data(), buffer.size());
    if (!got) return got.error();
    pending.append(buffer, 0, *got);
    std::string_view rest = pending;
    while (rest.size() >= length || (*got == 0 && !rest.empty())) {
      if (auto put = output.put(without_trailing_blanks(rest.substr(0, length))); !put) return put;
      if (auto put = output.put("\n"); !put) return put;
      rest.remove_prefix(std::min(length, rest.size()));
    }
    pending.erase(0, pending.size() - rest.size());
    if (*got == 0) return {};
  }
}

net::Status join_one(const JoinSource& source, int fixed, bool last, int to) {
  if (source.fixed == 0 && fixed == 0) {
    const auto size = size_of(source.file.get());
    if (!size) return size.error();
    if (auto copied = copy_bytes(source.file.get(), to); !copied) return copied;
    const auto whole = ends_in_newline(source.file.get(), *size);
    if (!whole) return whole.error();
    return *whole || last ? net::Status() : write_all(to, "\n");
  }
  if (source.fixed == fixed) {
    const auto size = size_of(source.file.get());
    if (!size) return size.error();
    if (auto copied = copy_bytes(source.file.get(), to); !copied) return copied;
    const auto over = *size % fixed;  // a short last record must not shift what follows
    return over == 0 ? net::Status() : write_all(to, std::string(static_cast<std::size_t>(fixed - over), ' '));
  }
  if (source.fixed != 0 && fixed != 0)
    return net::Error{net::Errc::conflict,
                      fmt::format("LRECL={} does not fit the first data set's LRECL={}", source.fixed, fixed)};
  Output output(to);
  auto converted = fixed != 0 ? lines_to_fixed(source.file.get(), fixed, output)
                              : fixed_to_lines(source.file.get(), source.fixed, output);
  return converted ? output.flush() : converted;
}

net::Result<net::UniqueFd> make_file(const std::string& path) {
  net::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return net::system_error(errno, path);
  return file;
}

}  // namespace

net::Result<std::string> instream_bytes(const std::string& lines, int fixed) {
  if (fixed == 0) return lines;
  std::string records;
  const auto length = static_cast<std::size_t>(fixed);
  std::string_view rest = lines;
  for (int number = 1; !rest.empty(); ++number) {
    const auto newline = std::min(rest.find('\n'), rest.size());
    const auto line = without_trailing_blanks(rest.substr(0, newline));
    if (line.size() > length)
      return net::Error{net::Errc::invalid, fmt::format("line {} of the in-stream data has {} characters, LRECL is {}",
                                                        number, line.size(), fixed)};
    records += line;
    records.append(length - line.size(), ' ');
    rest.remove_prefix(std::min(newline + 1, rest.size()));
  }
  return records;
}

net::Status write_new_file(const std::string& path, const std::string& bytes) {
  const auto file = make_file(path);
  if (!file) return file.error();
  auto written = write_all(file->get(), bytes);
  if (!written) ::unlink(path.c_str());
  return written;
}

net::Status join_files(const std::vector<JoinSource>& sources, int fixed, const std::string& path) {
  const auto file = make_file(path);
  if (!file) return file.error();
  for (const auto& source : sources) {
    auto joined = join_one(source, fixed, &source == &sources.back(), file->get());
    if (!joined) {
      ::unlink(path.c_str());
      auto error = joined.error();
      error.text = source.name + ": " + error.text;
      return error;
    }
  }
  return {};
}

net::Status append_file(int from, int to, bool lines) {
  const auto before = size_of(to);
  if (!before) return before.error();
  const auto appended = [&]() -> net::Status {
    if (::lseek(to, *before, SEEK_SET) < 0 || ::lseek(from, 0, SEEK_SET) < 0) return net::system_error(errno, "seek");
    if (lines) {
      const auto whole = ends_in_newline(to, *before);
      if (!whole) return whole.error();
      if (!*whole)
        if (auto put = write_all(to, "\n"); !put) return put;
    }
    return copy_bytes(from, to);
  }();
  if (!appended && ::ftruncate(to, *before) != 0)
    return net::Error{appended.error().code,
                      appended.error().text +
                          "; part of the new data stayed at its end: " + net::system_error(errno, "truncate").text,
                      appended.error().system_errno};
  return appended;
}

}  // namespace sysplexd::jes
