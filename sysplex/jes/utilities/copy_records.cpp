// See copy_records.hpp.
#include "sysplex/jes/utilities/copy_records.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "config/message.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"

namespace sysplexd::jes {

namespace {

bool same_file(const std::string& a, const std::string& b) {
  struct stat one{}, two{};
  return ::stat(a.c_str(), &one) == 0 && ::stat(b.c_str(), &two) == 0 && one.st_dev == two.st_dev &&
         one.st_ino == two.st_ino && S_ISREG(one.st_mode);
}

// Lines to lines without a limit, or records of one length: the bytes are the same on both sides.
bool same_form(const DcbAttributes& from, const DcbAttributes& to) {
  if (from.fixed() || to.fixed()) return from.fixed() && to.fixed() && from.lrecl == to.lrecl;
  return to.data_limit() == 0;
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

net::Result<std::uint64_t> copy_bytes(const DdInfo& from, const DdInfo& to) {
  const File in(::open(from.path().c_str(), O_RDONLY | O_CLOEXEC));
  if (in.fd() < 0) return net::system_error(errno, "open " + from.path());
  File out(::open(to.path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (to.append ? O_APPEND : O_TRUNC), 0666));
  if (out.fd() < 0) return net::system_error(errno, "open " + to.path() + " for output");
  std::vector<char> buffer(std::size_t{1} << 20);
  std::uint64_t bytes = 0, newlines = 0;
  char last = '\n';
  for (;;) {
    const ssize_t n = ::read(in.fd(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return net::system_error(errno, "read " + from.path());
    if (n == 0) break;
    const auto size = static_cast<std::size_t>(n);
    bytes += size;
    newlines += static_cast<std::uint64_t>(std::count(buffer.data(), buffer.data() + size, '\n'));
    last = buffer[size - 1];
    for (std::size_t done = 0; done < size;) {
      const ssize_t written = ::write(out.fd(), buffer.data() + done, size - done);
      if (written < 0 && errno != EINTR) return net::system_error(errno, "write " + to.path());
      if (written > 0) done += static_cast<std::size_t>(written);
    }
  }
  if (out.close() != 0) return net::system_error(errno, "close " + to.path());
  if (!from.dcb.fixed()) return newlines + (last == '\n' ? 0 : 1);
  if (bytes % from.dcb.lrecl != 0)
    return net::Error{net::Errc::corrupt,
                      from.path() + ": its size is no multiple of LRECL " + std::to_string(from.dcb.lrecl)};
  return bytes / from.dcb.lrecl;
}

}  // namespace

net::Status write_converted(RecordWriter& writer, std::string_view record, const DcbAttributes& from) {
  if (!writer.dcb().fixed()) {
    if (from.fixed()) {
      const auto last = record.find_last_not_of(' ');
      record = last == std::string_view::npos ? std::string_view() : record.substr(0, last + 1);
    }
    if (record.find('\n') != std::string_view::npos)
      return net::Error{net::Errc::corrupt, writer.path() + ": record " + std::to_string(writer.records() + 1) +
                                                " holds a newline byte, which a data set of lines cannot hold: code "
                                                "RECFM and LRECL for it"};
  } else if (from.fixed() && record.size() > writer.dcb().lrecl) {
    // A longer record whose rest is blank padding loses nothing.
    const auto last = record.find_last_not_of(' ');
    if (last == std::string_view::npos || last < writer.dcb().lrecl) record = record.substr(0, writer.dcb().lrecl);
  }
  return writer.write(record) ? net::Status() : writer.status();
}

net::Result<std::uint64_t> copy_data_set(const DdInfo& from, const DdInfo& to) {
  if (same_file(from.path(), to.path()))
    return net::Error{net::Errc::invalid, "input and output are the same data set, " + from.path()};
  if (same_form(from.dcb, to.dcb)) return copy_bytes(from, to);
  auto opened = RecordReader::open(from);
  if (!opened) return opened.error();
  auto reader = std::move(opened).value();
  auto made = RecordWriter::open(to);
  if (!made) return made.error();
  auto writer = std::move(made).value();
  std::string_view record;
  while (reader.next(record)) {
    const auto status = write_converted(writer, record, from.dcb);
    if (!status) return status.error();
  }
  if (!reader.status()) return reader.status().error();
  if (const auto status = writer.close(); !status) return status.error();
  return writer.records();
}

std::string conversion_text(const net::Error& error, std::string_view ddname) {
  if (error.code == net::Errc::too_large || error.code == net::Errc::corrupt)
    return config::text<"IEB311I">(error.text);
  return config::text<"UNV5110E">(ddname, error.text);
}

}  // namespace sysplexd::jes
