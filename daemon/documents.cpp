#include "daemon/documents.hpp"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "config/message.hpp"

namespace sysplexd::daemon {
namespace {

using nlohmann::json;

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }
json time_or_null(std::int64_t ms) { return ms == 0 ? json(nullptr) : json(time_text(ms)); }

std::string dump(const json& document) { return document.dump(-1, ' ', false, json::error_handler_t::replace); }

json job_fields(const jes::JesService& service, const jes::JobRecord& job) {
  const bool ran =
      job.state == jes::JobState::ended && (job.end == jes::EndKind::completed || job.end == jes::EndKind::abended);
  return {{"jobid", jes::job_id_text(job.number)},
          {"jobname", job.name},
          {"owner", job.owner},
          {"class", job.job_class},
          {"priority", job.priority},
          {"status", jes::status_text(job)},
          {"phase", service.phase(job)},
          {"retcode", or_null(jes::retcode_text(job))},
          {"max_rc", ran ? json(job.max_cc) : json(nullptr)},
          {"member", or_null(job.member)},
          {"held", job.held},
          {"submitted", time_or_null(job.submitted_ms)},
          {"started", time_or_null(job.started_ms)},
          {"ended", time_or_null(job.ended_ms)},
          {"reason", or_null(job.reason.empty() && job.state == jes::JobState::queued ? service.why_waiting(job.number)
                                                                                      : job.reason)}};
}

json step_fields(const jes::StepView& step) {
  const bool over = step.state == jes::StepState::ended || step.state == jes::StepState::abended;
  const auto measured = [&](std::int64_t value) { return over ? json(value) : json(nullptr); };
  return {{"number", step.number},
          {"step", or_null(step.step)},
          {"procstep", or_null(step.procstep)},
          {"program", step.program},
          {"state", jes::step_state_text(step.state)},
          {"cc", step.cc ? json(*step.cc) : json(nullptr)},
          {"abend", or_null(step.abend)},
          {"member", or_null(step.member)},
          {"pid", step.pid == 0 ? json(nullptr) : json(step.pid)},
          {"started", time_or_null(step.started_ms)},
          {"ended", time_or_null(step.ended_ms)},
          {"elapsed_ms", measured(step.elapsed_ms)},
          {"cpu_ms", measured(step.cpu_ms)},
          {"max_rss", measured(step.max_rss)},
          {"read_bytes", measured(step.read_bytes)},
          {"write_bytes", measured(step.write_bytes)},
          {"reason", or_null(step.reason)}};
}

json error_fields(const std::vector<jcl::JclError>& errors) {
  json list = json::array();
  for (const auto& error : errors)
    list.push_back({{"card", error.card}, {"column", error.column}, {"id", error.id}, {"text", error.text}});
  return list;
}

json file_fields(const spool::SpoolFile& file) {
  return {{"id", file.id},
          {"ddname", file.ddname},
          {"step", or_null(file.step)},
          {"procstep", or_null(file.procstep)},
          {"class", or_null(file.sysout_class)},
          {"bytes", file.bytes}};
}

json show_fields(const jes::JesService& service, const jes::JobRecord& job, const jes::JobView& view) {
  json document = job_fields(service, job);
  document["steps"] = json::array();
  for (const auto& step : view.steps) document["steps"].push_back(step_fields(step));
  document["files"] = json::array();
  for (const auto& file : view.files) document["files"].push_back(file_fields(file));
  document["errors"] = error_fields(view.errors);
  if (!view.problem.empty()) document["problem"] = view.problem;
  return document;
}

}  // namespace

std::string time_text(std::int64_t ms_since_1970) {
  const std::time_t seconds = static_cast<std::time_t>(ms_since_1970 / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}.{:03d}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, ms_since_1970 % 1000);
}

std::string submitted_document(const std::vector<jes::Submitted>& jobs) {
  json list = json::array();
  for (const auto& job : jobs) {
    json one = {{"jobid", jes::job_id_text(job.record.number)},
                {"jobname", job.record.name},
                {"status", jes::status_text(job.record)}};
    if (job.record.state == jes::JobState::ended) {
      one["retcode"] = jes::retcode_text(job.record);
      one["reason"] = or_null(job.record.reason);
      one["errors"] = error_fields(job.errors);
    }
    list.push_back(std::move(one));
  }
  if (list.size() == 1) return dump(list.front());
  return dump(json{{"jobs", list}});
}

std::string list_document(const jes::JesService& service, const std::vector<jes::JobRecord>& jobs, bool more) {
  json list = json::array();
  for (const auto& job : jobs) list.push_back(job_fields(service, job));
  json document = {{"jobs", list}};
  if (more) document["more"] = true;
  return dump(document);
}

std::string show_document(const jes::JesService& service, const jes::JobRecord& job, const jes::JobView& view) {
  return dump(show_fields(service, job, view));
}

std::string explain_document(const jes::JesService& service, const jes::JobRecord& job, const jes::JobView& view) {
  const std::string name = jes::job_id_text(job.number) + " " + job.name;
  std::string explanation, action;
  switch (job.state) {
    case jes::JobState::queued:
      explanation = name + " waits: " + service.why_waiting(job.number) + ".";
      if (!job.reason.empty()) explanation += " It was queued again: " + job.reason + ".";
      break;
    case jes::JobState::running:
      explanation = name + (job.cancel_asked ? " is being cancelled" : " runs") +
                    fmt::format(" on initiator {} of {}", job.initiator.number, job.member);
      for (const auto& step : view.steps)
        if (step.state == jes::StepState::running)
          explanation += fmt::format(", step {} {} ({}) as process {}", step.number, step.step, step.program, step.pid);
      explanation += ".";
      action = "Follow its output with: sysplexd job output " + jes::job_id_text(job.number) + " --follow";
      break;
    case jes::JobState::in_doubt:
      explanation = name + " is in doubt: " + job.reason + ".";
      action = std::string(config::find_message("UNV2603W")->action);
      break;
    case jes::JobState::ended:
      explanation =
          name + " ended with " + jes::retcode_text(job) + (job.reason.empty() ? "." : ": " + job.reason + ".");
      for (const auto& step : view.steps) {
        if (step.state == jes::StepState::abended)
          explanation += fmt::format("\nStep {} {} ({}) ended with {}: {}.", step.number, step.step, step.program,
                                     step.abend, step.reason);
        else if (step.state == jes::StepState::flushed && !step.reason.empty())
          explanation += fmt::format("\nStep {} {} did not run: {}.", step.number, step.step, step.reason);
        else if (step.cc && *step.cc > 0)
          explanation +=
              fmt::format("\nStep {} {} ({}) ended with RC {:04d}.", step.number, step.step, step.program, *step.cc);
      }
      for (const auto& error : view.errors)
        explanation += fmt::format("\nCard {}, column {}: {}", error.card, error.column, error.text);
      action = view.errors.empty() ? "Read its output with: sysplexd job output " + jes::job_id_text(job.number)
                                   : "Correct the cards and submit the job again.";
      break;
  }
  return dump({{"jobid", jes::job_id_text(job.number)},
               {"phase", service.phase(job)},
               {"explanation", explanation},
               {"action", or_null(action)}});
}

std::string act_document(const jes::JesService& service, const jes::JobRecord& job, const std::string& message) {
  json document = job_fields(service, job);
  document["message"] = message;
  return dump(document);
}

std::string initiators_document(const jes::JesService& service) {
  json list = json::array();
  for (const auto& view : service.initiators())
    list.push_back({{"initiator", view.number},
                    {"classes", view.classes},
                    {"state", view.state},
                    {"pid", view.pid == 0 ? json(nullptr) : json(view.pid)},
                    {"job", view.job == 0 ? json(nullptr) : json(jes::job_id_text(view.job))}});
  return dump({{"initiators", list}});
}

std::string submitted_notice(const jes::JobRecord& job) {
  return dump({{"submitted", {{"jobid", jes::job_id_text(job.number)}, {"jobname", job.name}}}});
}

std::string step_notice(const jes::JobRecord& job, const jes::StepView& step) {
  json fields = step_fields(step);
  fields["jobid"] = jes::job_id_text(job.number);
  return dump({{"step", fields}});
}

std::string file_notice(const spool::SpoolFile& file, bool only) {
  json fields = file_fields(file);
  fields["only"] = only;
  return dump({{"file", fields}});
}

}  // namespace sysplexd::daemon
