// The external merge sort: records are collected in an arena, sorted, written as runs to a work file when the arena
// is full, and merged k ways with a loser tree. The arena's memory then holds the buffers of the merge. The order is
// stable: equal keys keep their order of arrival (EQUALS; NOEQUALS promises less, and gets the same).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/jes/utilities/sort_key.hpp"
#include "sysplex/jes/utilities/sort_records.hpp"

namespace sysplexd::jes::sort {

// Where a record stands in the arena. Entries are what is moved by the sort; records stay.
struct Entry {
  std::uint64_t prefix;  // of its key: see KeyOrder
  std::uint32_t offset;  // grows with arrival: the last tie-break
  std::uint32_t length;
};

void sort_entries(Entry* first, Entry* last, const char* base, const KeyOrder& order);

// Takes the records of a result in order; false stops (its owner knows why).
using Consumer = std::function<bool(std::string_view)>;

// One sorted input of a merge.
class MergeSource {
 public:
  virtual ~MergeSource() = default;
  virtual bool next() = 0;  // the next record into `record`; false: ended or failed
  virtual net::Status status() const = 0;
  std::string_view record;
};

// Merges sources; equal keys come in the order of the sources. All sources' records stay valid until their next().
net::Status merge(std::vector<std::unique_ptr<MergeSource>>& sources, const KeyOrder& order, const Consumer& consumer,
                  bool& stopped);

class ExternalSort {
 public:
  ExternalSort(const KeyOrder& order, const SortMemory& memory, std::string temp_directory);
  ~ExternalSort();
  ExternalSort(const ExternalSort&) = delete;
  ExternalSort& operator=(const ExternalSort&) = delete;

  net::Status add(std::string_view record);
  // Someone else needs so many bytes of the budget from now on.
  net::Status reserve(std::size_t bytes);
  // Every record in order. Once.
  net::Status finish(const Consumer& consumer);

  std::uint64_t records() const { return records_; }
  std::size_t longest() const { return longest_; }
  std::size_t runs_written() const { return runs_written_; }
  std::size_t intermediate_merges() const { return intermediate_merges_; }
  std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  struct Run {
    std::uint64_t offset, size;
  };
  class RunSource;

  Entry* first_entry() { return reinterpret_cast<Entry*>(arena_.data() + limit_) - entries_; }
  net::Status flush_run();
  net::Status write_record(std::string_view record);
  net::Status flush_buffer();
  net::Status end_run(std::uint64_t start, Run& run);
  net::Status merge_runs(std::size_t first, std::size_t count, const Consumer& consumer, bool& stopped);
  net::Status reduce_runs();
  std::size_t fan_in() const;
  void punch(const Run& run);

  const KeyOrder& order_;
  SortMemory memory_;
  std::string temp_directory_;
  Region arena_, buffer_;
  std::size_t limit_;     // usable bytes of the arena
  std::size_t used_ = 0;  // bytes of records
  std::size_t entries_ = 0;
  std::uint64_t records_ = 0;
  std::size_t longest_ = 0;
  int work_fd_ = -1;
  std::uint64_t work_size_ = 0;
  std::size_t buffered_ = 0;
  std::vector<Run> runs_;  // in order of arrival of their records
  std::size_t runs_written_ = 0, intermediate_merges_ = 0;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace sysplexd::jes::sort
