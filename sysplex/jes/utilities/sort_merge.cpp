// Runs, merge passes and the loser tree.
#include "sysplex/jes/utilities/sort_merge.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/invariant.hpp"

namespace sysplexd::jes::sort {

namespace {

constexpr std::size_t page = 4096;
// Below this a merge seeks more than it reads. A smaller arena (tests) has smaller buffers.
constexpr std::size_t good_run_buffer = std::size_t{256} << 10;
constexpr std::size_t most_sources = 1024;

// Lengths in a run: seven bits a byte, least significant first, the high bit says "more".
constexpr std::size_t longest_length = 5;
std::size_t put_length(std::size_t length, char* out) {
  std::size_t size = 0;
  while (length >= 0x80) {
    out[size++] = static_cast<char>(length | 0x80);
    length >>= 7;
  }
  out[size++] = static_cast<char>(length);
  return size;
}

// A loser tree (Knuth 5.4.1): inner nodes hold the losers, node 0 the winner; replacing the winner costs one
// comparison a level.
class LoserTree {
 public:
  LoserTree(std::vector<std::unique_ptr<MergeSource>>& sources, const KeyOrder& order)
      : sources_(sources), order_(order), nodes_(sources.size(), none), slots_(sources.size()) {
    for (std::size_t i = 0; i < sources.size(); ++i) advance(i);
    for (std::size_t i = sources.size(); i-- > 0;) replay(i);
  }

  bool ended() const { return slots_[nodes_[0]].ended; }
  std::size_t winner() const { return nodes_[0]; }
  void advance_winner() {
    const auto source = nodes_[0];
    advance(source);
    replay(source);
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  struct Slot {
    std::uint64_t prefix = 0;
    bool ended = false;
  };

  void advance(std::size_t source) {
    auto& slot = slots_[source];
    slot.ended = !sources_[source]->next();
    if (!slot.ended) slot.prefix = order_.prefix(sources_[source]->record);
  }

  void replay(std::size_t source) {
    auto winner = static_cast<std::uint32_t>(source);
    for (auto node = (source + sources_.size()) / 2; node > 0; node /= 2)
      if (beats(nodes_[node], winner)) std::swap(nodes_[node], winner);
    nodes_[0] = winner;
  }

  bool beats(std::uint32_t a, std::uint32_t b) const {
    if (a == none) return true;  // while the tree is built
    if (b == none) return false;
    const auto &x = slots_[a], &y = slots_[b];
    if (x.ended || y.ended) return !x.ended;
    if (x.prefix != y.prefix) return x.prefix < y.prefix;
    const int result = order_.compare(sources_[a]->record, sources_[b]->record);
    return result != 0 ? result < 0 : a < b;
  }

  std::vector<std::unique_ptr<MergeSource>>& sources_;
  const KeyOrder& order_;
  std::vector<std::uint32_t> nodes_;
  std::vector<Slot> slots_;
};

}  // namespace

net::Status merge(std::vector<std::unique_ptr<MergeSource>>& sources, const KeyOrder& order, const Consumer& consumer,
                  bool& stopped) {
  stopped = false;
  if (!sources.empty()) {
    LoserTree tree(sources, order);
    while (!tree.ended()) {
      if (!consumer(sources[tree.winner()]->record)) {
        stopped = true;
        return {};
      }
      tree.advance_winner();
    }
  }
  for (const auto& source : sources) {
    const auto status = source->status();
    if (!status) return status;
  }
  return {};
}

class ExternalSort::RunSource final : public MergeSource {
 public:
  RunSource(int fd, const Run& run, char* buffer, std::size_t capacity)
      : fd_(fd), offset_(run.offset), left_(run.size), buffer_(buffer), capacity_(capacity) {}

  bool next() override {
    std::size_t length = 0, head = 0;
    for (;;) {
      if (read_length(length, head) && end_ - begin_ - head >= length) break;
      if (!fill()) return false;
    }
    record = {buffer_ + begin_ + head, length};
    begin_ += head + length;
    return true;
  }
  net::Status status() const override { return status_; }

 private:
  bool read_length(std::size_t& length, std::size_t& head) const {
    length = head = 0;
    for (unsigned shift = 0; begin_ + head < end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(buffer_[begin_ + head++]);
      length |= static_cast<std::size_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return true;
    }
    return false;
  }

  bool fill() {
    if (left_ == 0 || !status_.ok()) return false;
    if (begin_ > 0) std::memmove(buffer_, buffer_ + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(capacity_ - end_, left_));
    SYSPLEXD_INVARIANT(part > 0, "merge buffers hold the longest record");
    const int error = read_fully_at(fd_, buffer_ + end_, part, offset_);
    if (error != 0) {
      status_ = net::system_error(error, "read a sort work file");
      return false;
    }
    end_ += part;
    offset_ += part;
    left_ -= part;
    return true;
  }

  int fd_;
  std::uint64_t offset_, left_;
  char* buffer_;
  std::size_t capacity_;
  std::size_t begin_ = 0, end_ = 0;
  net::Status status_;
};

ExternalSort::ExternalSort(const KeyOrder& order, const SortMemory& memory, std::string temp_directory)
    : order_(order),
      memory_(memory),
      temp_directory_(std::move(temp_directory)),
      arena_(memory.arena),
      limit_(memory.arena / page * page) {
  SYSPLEXD_INVARIANT(limit_ >= 2 * page && memory.arena < (std::uint64_t{1} << 32), "the arena has a usable size");
}

ExternalSort::~ExternalSort() {
  if (work_fd_ >= 0) ::close(work_fd_);
}

net::Status ExternalSort::add(std::string_view record) {
  // At least one byte a record: offsets tell the order of arrival.
  const auto space = std::max<std::size_t>(record.size(), 1);
  if (used_ + space + (entries_ + 1) * sizeof(Entry) > limit_) {
    if (space > memory_.max_record || space + sizeof(Entry) > limit_)
      return net::Error{net::Errc::too_large, "record " + std::to_string(records_ + 1) + " has " +
                                                  std::to_string(record.size()) + " bytes, memory allows " +
                                                  std::to_string(memory_.max_record)};
    const auto flushed = flush_run();
    if (!flushed) return flushed;
  }
  if (!record.empty()) std::memcpy(arena_.data() + used_, record.data(), record.size());
  const std::string_view stored(arena_.data() + used_, record.size());
  ++entries_;
  *first_entry() = {order_.prefix(stored), static_cast<std::uint32_t>(used_),
                    static_cast<std::uint32_t>(record.size())};
  used_ += space;
  ++records_;
  longest_ = std::max(longest_, record.size());
  return {};
}

net::Status ExternalSort::reserve(std::size_t bytes) {
  if (entries_ != 0 && used_ + entries_ * sizeof(Entry) + bytes > limit_) {
    const auto flushed = flush_run();
    if (!flushed) return flushed;
  }
  const auto rounded = (bytes + page - 1) / page * page;
  const auto least = std::max(2 * page, memory_.arena / 5);
  const auto limit = limit_ > rounded + least ? limit_ - rounded : least;
  if (limit >= limit_) return {};
  if (entries_ != 0) {  // entries hang from the limit: move them down with it
    Entry* from = first_entry();
    limit_ = limit;
    std::memmove(first_entry(), from, entries_ * sizeof(Entry));
  }
  limit_ = limit;
  arena_.give_back(limit_);
  return {};
}

net::Status ExternalSort::flush_buffer() {
  const int error = write_fully_at(work_fd_, buffer_.data(), buffered_, work_size_);
  if (error != 0) return net::system_error(error, "write a work file in " + temp_directory_);
  work_size_ += buffered_;
  bytes_written_ += buffered_;
  buffered_ = 0;
  return {};
}

net::Status ExternalSort::write_record(std::string_view record) {
  if (buffered_ + longest_length + record.size() > buffer_.size()) {
    const auto flushed = flush_buffer();
    if (!flushed) return flushed;
  }
  buffered_ += put_length(record.size(), buffer_.data() + buffered_);
  if (record.size() > buffer_.size() - buffered_) {
    const auto flushed = flush_buffer();
    if (!flushed) return flushed;
    const int error = write_fully_at(work_fd_, record.data(), record.size(), work_size_);
    if (error != 0) return net::system_error(error, "write a work file in " + temp_directory_);
    work_size_ += record.size();
    bytes_written_ += record.size();
    return {};
  }
  if (!record.empty()) std::memcpy(buffer_.data() + buffered_, record.data(), record.size());
  buffered_ += record.size();
  return {};
}

net::Status ExternalSort::end_run(std::uint64_t start, Run& run) {
  const auto flushed = flush_buffer();
  if (!flushed) return flushed;
  run = {start, work_size_ - start};
  return {};
}

net::Status ExternalSort::flush_run() {
  if (entries_ == 0) return {};
  if (work_fd_ < 0) {
    const auto file = open_work_file(temp_directory_);
    if (!file) return file.error();
    work_fd_ = *file;
    buffer_ = Region(memory_.buffer);
  }
  Entry* first = first_entry();
  Entry* last = first + entries_;
  sort_entries(first, last, arena_.data(), order_);
  const auto start = work_size_;
  constexpr std::ptrdiff_t ahead = 8;  // records lie in order of arrival: fetch those that come next
  for (Entry* entry = first; entry != last; ++entry) {
    if (last - entry > ahead) __builtin_prefetch(arena_.data() + entry[ahead].offset);
    const auto written = write_record({arena_.data() + entry->offset, entry->length});
    if (!written) return written;
  }
  Run run{};
  const auto ended = end_run(start, run);
  if (!ended) return ended;
  runs_.push_back(run);
  ++runs_written_;
  used_ = entries_ = 0;
  return {};
}

std::size_t ExternalSort::fan_in() const {
  const auto least = std::max({longest_ + longest_length, std::min(good_run_buffer, memory_.buffer), page});
  const auto rounded = (least + page - 1) / page * page;
  return std::clamp<std::size_t>(limit_ / rounded, 2, most_sources);
}

net::Status ExternalSort::merge_runs(std::size_t first, std::size_t count, const Consumer& consumer, bool& stopped) {
  const auto capacity = limit_ / count / page * page;
  if (capacity < longest_ + longest_length)
    return net::Error{net::Errc::too_large, "records of " + std::to_string(longest_) + " bytes cannot be merged in " +
                                                std::to_string(limit_) + " bytes"};
  std::vector<std::unique_ptr<MergeSource>> sources;
  for (std::size_t i = 0; i < count; ++i)
    sources.push_back(std::make_unique<RunSource>(work_fd_, runs_[first + i], arena_.data() + i * capacity, capacity));
  return merge(sources, order_, consumer, stopped);
}

// The work file's blocks of a merged run are free again. Not every file system can; then it costs space, no more.
void ExternalSort::punch(const Run& run) {
  (void)::fallocate(work_fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(run.offset),
                    static_cast<off_t>(run.size));
}

// Merges neighbours until one merge can take all runs; only as many as needed, so that most data is read once.
net::Status ExternalSort::reduce_runs() {
  const auto most = fan_in();
  while (runs_.size() > most) {
    std::vector<Run> merged;
    std::size_t next = 0;
    while (next < runs_.size()) {
      const auto waiting = merged.size() + (runs_.size() - next);
      const auto count = std::min({most, waiting > most ? waiting - most + 1 : 1, runs_.size() - next});
      if (count == 1) {
        merged.push_back(runs_[next++]);
        continue;
      }
      const auto start = work_size_;
      net::Status written;
      bool stopped = false;
      const Consumer keep = [&](std::string_view record) {
        written = write_record(record);
        return written.ok();
      };
      const auto status = merge_runs(next, count, keep, stopped);
      if (!written) return written;
      if (!status) return status;
      Run run{};
      const auto ended = end_run(start, run);
      if (!ended) return ended;
      for (std::size_t i = 0; i < count; ++i) punch(runs_[next + i]);
      merged.push_back(run);
      next += count;
      ++intermediate_merges_;
    }
    runs_ = std::move(merged);
  }
  return {};
}

net::Status ExternalSort::finish(const Consumer& consumer) {
  if (runs_.empty()) {
    Entry* first = first_entry();
    Entry* last = first + entries_;
    sort_entries(first, last, arena_.data(), order_);
    constexpr std::ptrdiff_t ahead = 8;
    for (Entry* entry = first; entry != last; ++entry) {
      if (last - entry > ahead) __builtin_prefetch(arena_.data() + entry[ahead].offset);
      if (!consumer({arena_.data() + entry->offset, entry->length})) break;
    }
    return {};
  }
  auto status = flush_run();
  if (!status) return status;
  status = reduce_runs();
  if (!status) return status;
  buffer_ = Region();
  bool stopped = false;
  return merge_runs(0, runs_.size(), consumer, stopped);
}

}  // namespace sysplexd::jes::sort
