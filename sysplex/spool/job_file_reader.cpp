#include "sysplex/spool/job_file_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "net/wire.hpp"

namespace sysplexd::spool {

namespace {
constexpr std::size_t read_chunk_bytes = 64 << 10;
}

JobFileReader::JobFileReader(JobFileReader&& other) noexcept { *this = std::move(other); }

JobFileReader& JobFileReader::operator=(JobFileReader&& other) noexcept {
  if (this == &other) return *this;
  if (fd_ >= 0) ::close(fd_);
  fd_ = std::exchange(other.fd_, -1);
  path_ = std::move(other.path_);
  base_ = other.base_;
  position_ = other.position_;
  torn_ = other.torn_;
  buffer_ = std::move(other.buffer_);
  return *this;
}

JobFileReader::~JobFileReader() {
  if (fd_ >= 0) ::close(fd_);
}

net::Result<JobFileReader> JobFileReader::open(const std::string& path, std::uint64_t from) {
  JobFileReader reader;
  reader.path_ = path;
  reader.base_ = from;
  reader.fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (reader.fd_ < 0) return net::system_error(errno, "job file " + path);
  return reader;
}

// Appends at least one byte when there is one; want is only a hint. false: the file ends here for now.
net::Result<bool> JobFileReader::read_more(std::size_t want) {
  if (position_ > 0) {
    buffer_.erase(0, position_);
    base_ += position_;
    position_ = 0;
  }
  const std::size_t held = buffer_.size();
  buffer_.resize(held + std::max(want, read_chunk_bytes));
  for (;;) {
    const ssize_t n = ::pread(fd_, buffer_.data() + held, buffer_.size() - held, static_cast<off_t>(base_ + held));
    if (n < 0 && errno == EINTR) continue;
    buffer_.resize(held + (n > 0 ? static_cast<std::size_t>(n) : 0));
    if (n < 0) return net::system_error(errno, "reading job file " + path_);
    return n > 0;
  }
}

// Reads the rest of the file: only for a file that is damaged already.
bool JobFileReader::whole_record_follows() {
  for (;;) {
    auto more = read_more(1 << 20);
    if (!more || !*more) break;
    if (buffer_.size() > (net::frame_payload_bytes_max << 1)) break;
  }
  const std::string_view rest(buffer_);
  for (std::size_t at = rest.find("SX", position_ + 1); at != std::string_view::npos; at = rest.find("SX", at + 1))
    if (net::parse_frame(rest.substr(at)).state == net::FrameState::whole) return true;
  return false;
}

net::Result<std::optional<Record>> JobFileReader::next() {
  for (;;) {
    const auto view = net::parse_frame(std::string_view(buffer_).substr(position_));
    if (view.state == net::FrameState::whole) {
      Record record{static_cast<RecordKind>(view.kind), view.payload, offset()};
      position_ += view.bytes;
      return std::optional<Record>(record);
    }
    if (view.state == net::FrameState::corrupt) {
      if (whole_record_follows())
        return net::Error{net::Errc::corrupt, "job file " + path_ + " is damaged at offset " +
                                                  std::to_string(offset()) + ": " + view.reason};
      torn_ = true;
      buffer_.resize(position_);  // read again next time: the writer may cut this tail and write here
      return std::optional<Record>();
    }
    // A header may announce up to 16 MiB; take them with one read.
    std::size_t want = read_chunk_bytes;
    if (buffer_.size() - position_ >= net::frame_header_bytes)
      want = net::wire_detail::get_integer<std::uint32_t>(std::string_view(buffer_).substr(position_ + 4, 4)) +
             net::frame_header_bytes;
    auto more = read_more(std::min(want, net::frame_payload_bytes_max + net::frame_header_bytes));
    if (!more) return more.error();
    if (!*more) {
      // A length field that was damaged looks like a record that is still to come: what follows it tells.
      torn_ = !buffer_.empty();
      if (torn_ && whole_record_follows())
        return net::Error{net::Errc::corrupt, "job file " + path_ + " is damaged at offset " +
                                                  std::to_string(offset()) + ": a record reaches over the next one"};
      // A torn tail may be cut and written anew behind our back: nothing of it is kept.
      buffer_.clear();
      return std::optional<Record>();
    }
  }
}

net::Result<JobSummary> read_summary(const std::string& path) {
  auto reader = JobFileReader::open(path);
  if (!reader) return reader.error();
  JobSummary summary;
  for (;;) {
    auto record = reader->next();
    if (!record) return record.error();
    if (!*record) break;
    const auto& found = **record;
    switch (found.kind) {
      case RecordKind::input: break;
      case RecordKind::jesmsglg: summary.jesmsglg_bytes += found.payload.size(); break;
      case RecordKind::jesjcl: summary.jesjcl_bytes += found.payload.size(); break;
      case RecordKind::jesysmsg: summary.jesysmsg_bytes += found.payload.size(); break;
      case RecordKind::event: {
        auto event = net::decode<StepEvent>(found.payload);
        if (!event) return event.error();
        summary.events.push_back(std::move(event).value());
        break;
      }
      case RecordKind::outcome: {
        auto outcome = net::decode<JobOutcome>(found.payload);
        if (!outcome) return outcome.error();
        summary.outcome = std::move(outcome).value();
        break;
      }
    }
  }
  summary.end = reader->offset();
  summary.torn_tail = reader->torn();
  return summary;
}

net::Result<JobInput> read_input(const std::string& path) {
  auto reader = JobFileReader::open(path);
  if (!reader) return reader.error();
  for (;;) {
    auto record = reader->next();
    if (!record) return record.error();
    if (!*record) return net::Error{net::Errc::corrupt, "job file " + path + " holds no input record"};
    if ((**record).kind == RecordKind::input) return net::decode<JobInput>((**record).payload);
  }
}

std::vector<SpoolFile> system_files(const JobSummary& summary) {
  return {{jesmsglg_id, "JESMSGLG", "JES2", "", "", summary.jesmsglg_bytes, ""},
          {jesjcl_id, "JESJCL", "JES2", "", "", summary.jesjcl_bytes, ""},
          {jesysmsg_id, "JESYSMSG", "JES2", "", "", summary.jesysmsg_bytes, ""}};
}

std::optional<RecordKind> system_file_kind(std::uint32_t id) {
  if (id == jesmsglg_id) return RecordKind::jesmsglg;
  if (id == jesjcl_id) return RecordKind::jesjcl;
  if (id == jesysmsg_id) return RecordKind::jesysmsg;
  return std::nullopt;
}

net::Result<TextPart> read_system_text(const std::string& job_file, RecordKind kind, std::uint64_t from,
                                       std::size_t max_bytes) {
  auto reader = JobFileReader::open(job_file, from);
  if (!reader) return reader.error();
  TextPart part;
  while (part.bytes.size() < max_bytes) {
    auto record = reader->next();
    if (!record) return record.error();
    if (!*record) break;
    if ((**record).kind == kind) part.bytes += (**record).payload;
    part.ended = (**record).kind == RecordKind::outcome;  // a rerun goes on behind the outcome before it
  }
  part.next = reader->offset();
  return part;
}

net::Result<TextPart> read_sysout(const std::string& path, std::uint64_t from, std::size_t max_bytes) {
  TextPart part;
  part.next = from;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) {
    if (errno == ENOENT) return part;
    return net::system_error(errno, "spool file " + path);
  }
  part.bytes.resize(max_bytes);
  std::size_t held = 0;
  int failed = 0;
  while (held < max_bytes) {
    const ssize_t n = ::pread(fd, part.bytes.data() + held, max_bytes - held, static_cast<off_t>(from + held));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) failed = errno;
    if (n <= 0) break;
    held += static_cast<std::size_t>(n);
  }
  ::close(fd);
  if (failed != 0) return net::system_error(failed, "reading spool file " + path);
  part.bytes.resize(held);
  part.next = from + held;
  return part;
}

}  // namespace sysplexd::spool
