// Appends records to one job file. Records are gathered in memory and written by flush() with one call; what the
// file system did not take stays gathered and is written later from the same offset, so a full disk leaves no hole and
// no half record behind it. One writer at a time: the daemon until START, then the initiator of the attempt.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "net/result.hpp"
#include "net/wire.hpp"
#include "sysplex/spool/job_file.hpp"

namespace sysplexd::spool {

// One record as bytes of a job file, for a writer of another kind (the daemon's ring).
void append_record(std::string& out, RecordKind kind, std::string_view payload);
template <class Record>
void append_record(std::string& out, const Record& record) {
  append_record(out, Record::record, net::encode(record));
}

class JobFileWriter {
 public:
  JobFileWriter() = default;
  JobFileWriter(JobFileWriter&& other) noexcept;
  JobFileWriter& operator=(JobFileWriter&& other) noexcept;
  ~JobFileWriter();

  // A new file, mode 0600; exists is an error. The bucket folder is made where it is missing.
  static net::Result<JobFileWriter> create(const std::string& path);
  // An existing file. end is where its last whole record ends (JobFileReader::offset()); what stands behind it is a
  // torn tail, and is cut.
  static net::Result<JobFileWriter> open(const std::string& path, std::uint64_t end);

  void add(RecordKind kind, std::string_view payload) { append_record(pending_, kind, payload); }
  template <class Record>
  void add(const Record& record) {
    append_record(pending_, record);
  }

  // Writes what is gathered. On an error the rest stays gathered: call again.
  net::Status flush();
  // flush() and fdatasync. A failed fdatasync is final for this file (its pages may be gone though a second call would
  // succeed): from then on every sync() fails with the same error until replace_file() has made a new one.
  net::Status sync();
  // After a failed sync: copies the whole records to a new file, adds what is pending, syncs it and renames it over the
  // old one.
  net::Status replace_file();

  bool sync_failed() const { return sync_failed_; }
  std::size_t pending_bytes() const { return pending_.size() - written_; }
  std::uint64_t offset() const { return offset_; }  // end of what was written
  bool is_open() const { return fd_ >= 0; }
  const std::string& path() const { return path_; }
  void close();

 private:
  int fd_ = -1;
  std::string path_;
  std::uint64_t offset_ = 0;
  std::string pending_;
  std::size_t written_ = 0;  // of pending_
  bool sync_failed_ = false;
  net::Error sync_error_;
};

}  // namespace sysplexd::spool
