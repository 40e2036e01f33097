// Reads the records of a job file that may still grow. A record that is not whole yet is no error: next() answers
// nothing, and finds it later. A damaged record is a torn tail when no whole record follows it (the next writer
// cuts it), else corrupt.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/spool/job_file.hpp"

namespace sysplexd::spool {

struct Record {
  RecordKind kind = RecordKind::input;
  std::string_view payload;  // valid until the next call
  std::uint64_t offset = 0;  // of the record in the file
};

class JobFileReader {
 public:
  JobFileReader() = default;
  JobFileReader(JobFileReader&& other) noexcept;
  JobFileReader& operator=(JobFileReader&& other) noexcept;
  ~JobFileReader();
  // from: an offset() of an earlier reader of the same file.
  static net::Result<JobFileReader> open(const std::string& path, std::uint64_t from = 0);
  net::Result<std::optional<Record>> next();
  std::uint64_t offset() const { return base_ + position_; }  // where the next record begins or will begin
  bool torn() const { return torn_; }  // the last next() that answered nothing found a part of a record

 private:
  bool whole_record_follows();
  net::Result<bool> read_more(std::size_t want);
  int fd_ = -1;
  std::string path_;
  std::uint64_t base_ = 0;    // file offset of buffer_[0]
  std::size_t position_ = 0;  // in buffer_
  std::string buffer_;
  bool torn_ = false;
};

// All but texts and the deck, for `job show` and for a daemon that starts again.
struct JobSummary {
  std::vector<StepEvent> events;
  std::optional<JobOutcome> outcome;  // the last one
  std::uint64_t jesmsglg_bytes = 0, jesjcl_bytes = 0, jesysmsg_bytes = 0;
  std::uint64_t end = 0;  // end of the last whole record
  bool torn_tail = false;
};
net::Result<JobSummary> read_summary(const std::string& path);
net::Result<JobInput> read_input(const std::string& path);

// Ids of the system files in SpoolFile::id; user files start at 101.
inline constexpr std::uint32_t jesmsglg_id = 2, jesjcl_id = 3, jesysmsg_id = 4, first_user_file_id = 101;
// The three system files as `job show` lists them (step JES2), with their sizes.
std::vector<SpoolFile> system_files(const JobSummary& summary);
std::optional<RecordKind> system_file_kind(std::uint32_t id);

// A part of a system file or a SYSOUT file. Ask again with `next` to go on; `ended` says that nothing will follow
// (the outcome was passed; for SYSOUT files the caller knows by the step).
struct TextPart {
  std::string bytes;
  std::uint64_t next = 0;
  bool ended = false;
};
// from: 0, or `next` of the part before (an offset in the job file, not in the text). At most about max_bytes of text.
net::Result<TextPart> read_system_text(const std::string& job_file, RecordKind kind, std::uint64_t from,
                                       std::size_t max_bytes = 1 << 20);
// from: offset in the file. A SYSOUT file that is not there is an empty one (a DD that nobody opened makes no file).
net::Result<TextPart> read_sysout(const std::string& path, std::uint64_t from, std::size_t max_bytes = 1 << 20);

}  // namespace sysplexd::spool
