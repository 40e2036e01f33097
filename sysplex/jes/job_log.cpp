#include "sysplex/jes/job_log.hpp"

#include "config/message.hpp"
#include "sysplex/jes/job_messages.hpp"

namespace sysplexd::jes {

bool JobLog::room_for(std::size_t bytes) {
  if (!trouble() || writer_.pending_bytes() + messages_.size() + system_.size() + bytes <= waiting_bytes_max)
    return true;
  dropped_bytes_ += bytes;
  return false;
}

void JobLog::message(std::string_view text, std::int64_t time_ms) {
  message_lines(log_line(jobid_, local_time(time_ms), text));
}

void JobLog::message_lines(std::string_view lines) {
  if (!room_for(lines.size())) return;
  messages_ += lines;
  message_bytes_ += lines.size();
}

void JobLog::system_line(std::string_view text) {
  if (!room_for(text.size() + 1)) return;
  system_ += text;
  system_ += '\n';
  system_bytes_ += text.size() + 1;
}

void JobLog::system_lines(std::string_view lines) {
  if (!room_for(lines.size())) return;
  system_ += lines;
  system_bytes_ += lines.size();
}

void JobLog::event(const spool::StepEvent& event) {
  gather();  // what was said before it stands before it
  writer_.add(event);
}

void JobLog::gather() {
  if (!messages_.empty()) writer_.add(spool::RecordKind::jesmsglg, messages_);
  if (!system_.empty()) writer_.add(spool::RecordKind::jesysmsg, system_);
  messages_.clear();
  system_.clear();
}

net::Status JobLog::note(net::Status status, std::int64_t now_ms) {
  if (!status.ok()) {
    if (!trouble()) trouble_since_ms_ = now_ms;
    trouble_text_ = status.error().text;
  }
  return status;
}

net::Status JobLog::flush(std::int64_t now_ms) {
  gather();
  auto written = note(writer_.flush(), now_ms);
  if (!written.ok() || !trouble() || outcome_added_) return written;
  const std::int64_t seconds = (now_ms - trouble_since_ms_) / 1000;
  trouble_since_ms_ = 0;
  system_line(config::text<"UNV2405W">(seconds, trouble_text_, dropped_bytes_));
  dropped_bytes_ = 0;
  gather();
  return note(writer_.flush(), now_ms);
}

net::Status JobLog::conclude(const spool::JobOutcome& outcome, std::int64_t now_ms) {
  gather();
  if (!outcome_added_) writer_.add(outcome);
  outcome_added_ = true;
  if (writer_.sync_failed()) return note(writer_.replace_file(), now_ms);
  auto synced = note(writer_.sync(), now_ms);
  if (!synced.ok() && writer_.sync_failed()) return note(writer_.replace_file(), now_ms);
  return synced;
}

}  // namespace sysplexd::jes
