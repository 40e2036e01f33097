// Documents -> lines for people. The tables keep the columns that operators know from SDSF and sacct.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "daemon/cli.hpp"

namespace sysplexd::daemon {
namespace {

using nlohmann::json;

std::string text_or(const json& document, const char* key, const char* otherwise) {
  const auto found = document.find(key);
  return found == document.end() || !found->is_string() ? otherwise : found->get<std::string>();
}

std::int64_t number_or(const json& document, const char* key, std::int64_t otherwise) {
  const auto found = document.find(key);
  return found == document.end() || !found->is_number() ? otherwise : found->get<std::int64_t>();
}

std::string seconds(std::int64_t milliseconds) {
  return fmt::format("{:.3f}s", static_cast<double>(milliseconds) / 1000.0);
}

std::string bytes_text(std::int64_t bytes) {
  if (bytes < 10 * 1024) return fmt::format("{}", bytes);
  if (bytes < 10ll * 1024 * 1024) return fmt::format("{}K", bytes / 1024);
  return fmt::format("{}M", bytes / (1024 * 1024));
}

// A byte that a terminal would act on becomes a dot; names can hold anything that a program was started with.
std::string printable(std::string text) {
  for (auto& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '.';
  return text;
}

std::string step_result(const json& step) {
  const std::string abend = text_or(step, "abend", "");
  if (!abend.empty()) return abend;
  if (step.contains("cc") && step["cc"].is_number()) return fmt::format("{:04d}", step["cc"].get<int>());
  return text_or(step, "state", "");
}

}  // namespace

bool write_stdout(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void print_document(std::string_view document) { write_stdout(std::string(document) + "\n"); }

void print_error(const Answer& answer, bool as_json) {
  if (as_json) {
    print_document(answer.document);
    return;
  }
  const auto document = json::parse(answer.document, nullptr, false);
  if (!document.contains("error")) return;
  const auto& error = document["error"];
  const std::string id = text_or(error, "id", "");
  std::fprintf(stderr, "%s%s%s\n", id.c_str(), id.empty() ? "" : " ", printable(text_or(error, "message", "")).c_str());
  const std::string action = text_or(error, "action", "");
  if (!action.empty()) std::fprintf(stderr, "  %s\n", action.c_str());
}

std::string job_table(std::string_view list_document) {
  const auto document = json::parse(list_document);
  const auto& jobs = document["jobs"];
  if (jobs.empty()) return "no jobs match; submit one with: sysplexd submit FILE\n";
  std::string out = fmt::format("{:<9} {:<8} {:<8} {:<3} {:>3} {:<6} {:<10} {:<12} {}\n", "JOBID", "JOBNAME", "OWNER",
                                "CLS", "PRI", "STATUS", "PHASE", "RETCODE", "REASON");
  for (const auto& job : jobs)
    out += fmt::format("{:<9} {:<8} {:<8} {:<3} {:>3} {:<6} {:<10} {:<12} {}\n", text_or(job, "jobid", ""),
                       text_or(job, "jobname", ""), text_or(job, "owner", ""), text_or(job, "class", ""),
                       number_or(job, "priority", 0), text_or(job, "status", ""), text_or(job, "phase", ""),
                       text_or(job, "retcode", "-"), printable(text_or(job, "reason", "")));
  if (document.value("more", false)) out += "… there are more; --limit N shows more\n";
  return out;
}

std::string job_page(std::string_view show_document) {
  const auto job = json::parse(show_document);
  std::string out = fmt::format("{} {}  owner {}  class {}  priority {}  {}  {}\n", text_or(job, "jobid", ""),
                                text_or(job, "jobname", ""), text_or(job, "owner", ""), text_or(job, "class", ""),
                                number_or(job, "priority", 0), text_or(job, "phase", ""), text_or(job, "retcode", ""));
  if (const auto reason = text_or(job, "reason", ""); !reason.empty()) out += "  " + printable(reason) + "\n";
  out += fmt::format("  submitted {}  started {}  ended {}  member {}\n", text_or(job, "submitted", "-"),
                     text_or(job, "started", "-"), text_or(job, "ended", "-"), text_or(job, "member", "-"));
  if (job.contains("steps") && !job["steps"].empty()) {
    out += fmt::format("  {:>3} {:<8} {:<8} {:<8} {:<9} {:>10} {:>10} {:>8} {:>8}\n", "NO", "STEP", "PROCSTEP",
                       "PROGRAM", "RESULT", "ELAPSED", "CPU", "MEMORY", "PID");
    for (const auto& step : job["steps"]) {
      out +=
          fmt::format("  {:>3} {:<8} {:<8} {:<8} {:<9} {:>10} {:>10} {:>8} {:>8}", number_or(step, "number", 0),
                      text_or(step, "step", "-"), text_or(step, "procstep", "-"), text_or(step, "program", "-"),
                      step_result(step), step["elapsed_ms"].is_null() ? "" : seconds(number_or(step, "elapsed_ms", 0)),
                      step["cpu_ms"].is_null() ? "" : seconds(number_or(step, "cpu_ms", 0)),
                      step["max_rss"].is_null() ? "" : bytes_text(number_or(step, "max_rss", 0)),
                      step["pid"].is_null() ? "" : std::to_string(number_or(step, "pid", 0)));
      if (const auto reason = text_or(step, "reason", ""); !reason.empty()) out += "  " + printable(reason);
      out += '\n';
    }
  }
  if (job.contains("files") && !job["files"].empty()) {
    out +=
        fmt::format("  {:>4} {:<8} {:<8} {:<8} {:<5} {:>12}\n", "ID", "DDNAME", "STEP", "PROCSTEP", "CLASS", "BYTES");
    for (const auto& file : job["files"])
      out += fmt::format("  {:>4} {:<8} {:<8} {:<8} {:<5} {:>12}\n", number_or(file, "id", 0),
                         text_or(file, "ddname", ""), text_or(file, "step", "-"), text_or(file, "procstep", "-"),
                         text_or(file, "class", "-"), number_or(file, "bytes", 0));
  }
  return out;
}

std::string step_line(std::string_view step_document) {
  const auto step = json::parse(step_document, nullptr, false);
  std::string name = text_or(step, "step", "");
  if (const auto procstep = text_or(step, "procstep", ""); !procstep.empty()) name += "." + procstep;
  std::string out = fmt::format("{:<9} {:>3} {:<17} {:<8} {:<9}", text_or(step, "jobid", ""),
                                number_or(step, "number", 0), name, text_or(step, "program", ""), step_result(step));
  if (step.contains("elapsed_ms") && step["elapsed_ms"].is_number())
    out += " " + seconds(step["elapsed_ms"].get<std::int64_t>());
  if (const auto reason = text_or(step, "reason", ""); !reason.empty()) out += "  " + printable(reason);
  return out;
}

}  // namespace sysplexd::daemon
