// What an initiator writes into the job file: JESMSGLG and JESYSMSG lines and events, gathered and written with one
// call at each flush(), and the outcome at the end. A job never stops because its log cannot be written: records
// wait in memory (text is dropped above a limit, events never), and flush() is tried again.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "net/result.hpp"
#include "sysplex/spool/job_file_writer.hpp"

namespace sysplexd::jes {

class JobLog {
 public:
  // Text that waits for a file system that takes nothing; more of it is dropped, counted and reported.
  static constexpr std::size_t waiting_bytes_max = 1u << 20;

  JobLog(spool::JobFileWriter writer, std::string jobid) : writer_(std::move(writer)), jobid_(std::move(jobid)) {}

  void message(std::string_view text, std::int64_t time_ms);  // JESMSGLG: time stamp and job id are put before it
  void message_lines(std::string_view lines);                 // JESMSGLG as it is, with newlines
  void system_line(std::string_view text);                    // JESYSMSG
  void system_lines(std::string_view lines);
  void event(const spool::StepEvent& event);

  // Writes all. On an error it stays in memory; trouble() tells since when and why.
  net::Status flush(std::int64_t now_ms);
  bool trouble() const { return trouble_since_ms_ != 0; }
  const std::string& trouble_text() const { return trouble_text_; }

  // The outcome record and the sync behind it. Call again after an error: the record is added once. A failed sync makes
  // a new file of the records (JobFileWriter::replace_file). Good: the outcome may be told.
  net::Status conclude(const spool::JobOutcome& outcome, std::int64_t now_ms);

  std::uint64_t message_bytes() const { return message_bytes_; }  // that this attempt added
  std::uint64_t system_bytes() const { return system_bytes_; }
  const std::string& path() const { return writer_.path(); }

 private:
  bool room_for(std::size_t bytes);
  void gather();
  net::Status note(net::Status status, std::int64_t now_ms);
  spool::JobFileWriter writer_;
  std::string jobid_;
  std::string messages_, system_;  // not yet made records
  std::uint64_t message_bytes_ = 0, system_bytes_ = 0;
  std::int64_t trouble_since_ms_ = 0;
  std::string trouble_text_;
  std::uint64_t dropped_bytes_ = 0;
  bool outcome_added_ = false;
};

}  // namespace sysplexd::jes
