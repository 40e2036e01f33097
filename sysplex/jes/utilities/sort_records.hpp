// Input and output of SORT with memory that is counted: every large buffer is a Region (mmap), whose size is part of
// the budget. (RecordReader of dd.hpp keeps its buffers in the heap, where freed memory may stay resident.)
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "net/result.hpp"
#include "sysplex/jes/utilities/dd.hpp"

namespace sysplexd::jes::sort {

// Anonymous memory; pages count when they are first touched and are given back at once.
class Region {
 public:
  Region() = default;
  explicit Region(std::size_t size);  // throws std::bad_alloc
  Region(Region&& other) noexcept;
  Region& operator=(Region&& other) noexcept;
  ~Region();

  char* data() const { return data_; }
  std::size_t size() const { return size_; }
  void grow(std::size_t size);       // keeps the content; throws std::bad_alloc
  void give_back(std::size_t from);  // the pages from this offset on: their content is lost, their memory is free

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

// How the memory that SORT may use is divided.
struct SortMemory {
  std::size_t arena = 0;       // records and their entries; later the buffers of the merge
  std::size_t buffer = 0;      // each of: reader, work file writer, every output
  std::size_t max_record = 0;  // longer ones are refused: two of them must fit the arena as merge buffers
};
inline constexpr std::size_t least_memory = std::size_t{8} << 20;
// total: private memory of the process at most; in_use: what it has now. Arena offsets are 32 bits: at most 4 GiB.
SortMemory plan_memory(std::size_t total, std::size_t in_use, std::size_t outputs);

class SortReader {
 public:
  static net::Result<SortReader> open(const DdInfo& dd, const SortMemory& memory);
  SortReader(SortReader&& other) noexcept;
  SortReader& operator=(SortReader&&) = delete;
  ~SortReader();

  // Called with the number of bytes before the buffer grows for a long line.
  void on_grow(std::function<void(std::size_t)> hook) { grow_hook_ = std::move(hook); }
  // The next record, valid until the next call; false: end or failure. Lines: newline taken off, the last one may lack
  // it. Fixed records: LRECL bytes; a remainder at the end is corrupt.
  bool next(std::string_view& record);
  const net::Status& status() const { return status_; }
  std::uint64_t records() const { return records_; }
  const std::string& name() const { return name_; }
  bool same_file(int fd) const;

 private:
  SortReader(int fd, const DdInfo& dd, const SortMemory& memory);
  bool next_fixed(std::string_view& record);
  bool next_line(std::string_view& record);
  bool fill();

  int fd_ = -1;
  std::string name_, path_, recfm_;
  std::size_t lrecl_ = 0;  // 0: lines
  std::size_t max_record_;
  Region buffer_;
  std::size_t begin_ = 0, end_ = 0, searched_ = 0;
  bool at_end_ = false;
  std::uint64_t records_ = 0;
  std::function<void(std::size_t)> grow_hook_;
  net::Status status_;
};

// An output data set. Opened early, so that a missing permission is known before hours of sorting, but not changed
// until the first record is flushed. abandon() takes everything back that this run wrote.
class SortWriter {
 public:
  static net::Result<SortWriter> open(const DdInfo& dd, const SortMemory& memory, const std::string& temp_directory);
  SortWriter(SortWriter&& other) noexcept;
  SortWriter& operator=(SortWriter&&) = delete;
  ~SortWriter();  // abandons what was not closed

  // The data set is also an input: results are collected in a work file and copied over it at close(), after its
  // blocks are reserved; until then a failure leaves the data set as it was.
  net::Status stage();

  bool write(std::string_view record);  // false: failed, see status()
  net::Status close();
  void abandon();

  const net::Status& status() const { return status_; }
  std::uint64_t records() const { return records_; }
  std::uint64_t cut() const { return cut_; }  // records that lost more than blanks to LRECL
  const DdInfo& dd() const { return dd_; }
  int fd() const { return fd_; }

 private:
  SortWriter(int fd, const DdInfo& dd, const SortMemory& memory, std::string temp_directory);
  bool put(const char* data, std::size_t size);
  bool put_blanks(std::size_t count);
  bool flush();
  bool write_out(const char* data, std::size_t size);
  bool fail(net::Error error);
  void begin();
  net::Status copy_staged();

  int fd_ = -1, stage_fd_ = -1;
  DdInfo dd_;
  std::string temp_directory_;
  std::size_t limit_ = 0;
  Region buffer_;
  std::size_t used_ = 0;
  bool begun_ = false, regular_ = false, failed_ = false;
  std::uint64_t start_size_ = 0;  // where our records begin in the data set
  std::uint64_t staged_size_ = 0;
  std::uint64_t records_ = 0, cut_ = 0;
  net::Status status_;
};

// A nameless file in the directory: it is gone when the process ends, however it ends.
net::Result<int> open_work_file(const std::string& directory);

// Whole transfers; EINTR and short counts handled. The result is the errno, 0 when all is done.
int write_fully(int fd, const char* data, std::size_t size);
int write_fully_at(int fd, const char* data, std::size_t size, std::uint64_t offset);
int read_fully_at(int fd, char* data, std::size_t size, std::uint64_t offset);  // EIO at an early end

}  // namespace sysplexd::jes::sort
