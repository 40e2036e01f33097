#include "sysplex/jes/submission.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/message.hpp"
#include "sysplex/jes/enqueue.hpp"
#include "sysplex/jes/job_messages.hpp"
#include "sysplex/spool/job_file_writer.hpp"

namespace sysplexd::jes {
namespace {

std::vector<spool::SymbolValue> symbol_list(const std::map<std::string, std::string>& symbols) {
  std::vector<spool::SymbolValue> list;
  for (const auto& [name, value] : symbols) {
    spool::SymbolValue symbol;
    symbol.name = name;
    symbol.value = value;
    list.push_back(std::move(symbol));
  }
  return list;
}

std::string listing_text(const std::vector<jcl::ListingLine>& listing) {
  std::string text;
  for (const auto& line : listing)
    text += line.statement > 0 ? fmt::format("{:>9} {}\n", line.statement, line.text)
                               : fmt::format("{:>9} {}\n", "", line.text);
  return text;
}

// JESYSMSG of a job that the converter refused (jcl-zosmf.md 2.7).
std::string error_text(const std::vector<jcl::JclError>& errors) {
  std::string text = " CARD COLUMN MESSAGE\n";
  for (const auto& error : errors) text += fmt::format("{:>5} {:>6} {}\n", error.card, error.column, error.text);
  return text;
}

// A name for a job whose JOB statement could not be read.
constexpr const char* nameless = "NONAME";

}  // namespace

std::map<std::string, std::string> job_symbols(const ConversionRules& rules, const std::string& user,
                                               std::int64_t now_ms) {
  auto symbols = rules.system_symbols;
  const auto time = local_time(now_ms);
  std::string upper = user;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : static_cast<char>(c);
  });
  symbols["SYSUID"] = upper.substr(0, 8);
  symbols["YYMMDD"] = fmt::format("{:02d}{:02d}{:02d}", time.tm_year % 100, time.tm_mon + 1, time.tm_mday);
  symbols["HHMMSS"] = fmt::format("{:02d}{:02d}{:02d}", time.tm_hour, time.tm_min, time.tm_sec);
  symbols["YR2"] = fmt::format("{:02d}", time.tm_year % 100);
  symbols["YR4"] = fmt::format("{:04d}", time.tm_year + 1900);
  symbols["MON"] = fmt::format("{:02d}", time.tm_mon + 1);
  symbols["DAY"] = fmt::format("{:02d}", time.tm_mday);
  symbols["JDAY"] = fmt::format("{:03d}", time.tm_yday + 1);
  symbols["HR"] = fmt::format("{:02d}", time.tm_hour);
  symbols["MIN"] = fmt::format("{:02d}", time.tm_min);
  symbols["SEC"] = fmt::format("{:02d}", time.tm_sec);
  return symbols;
}

PreparedJob prepare_job(jcl::JobDeck deck, std::uint64_t number, const Submitter& submitter,
                        const ConversionRules& rules, std::int64_t now_ms) {
  PreparedJob prepared;
  RecordingSource source(rules.proclib);
  spool::JobInput input;
  input.deck = std::move(deck.text);
  input.first_card = deck.first_card;
  input.symbols = symbol_list(submitter.symbols);
  input.system_symbols = symbol_list(job_symbols(rules, submitter.user, now_ms));
  input.default_class = rules.default_class;
  input.default_message_class = rules.default_message_class;
  const auto converted = jcl::convert(convert_input(input), source.source());
  input.members = source.take();
  const auto& plan = converted.plan;

  JobRecord& job = prepared.record;
  job.number = number;
  job.name = plan.job_name.empty() ? nameless : plan.job_name;
  job.owner = submitter.user;
  job.uid = submitter.uid;
  job.gid = submitter.gid;
  job.job_class = plan.job_class.empty() ? rules.default_class : plan.job_class;
  job.message_class = plan.message_class.empty() ? rules.default_message_class : plan.message_class;
  job.priority = plan.priority;
  job.submitted_ms = now_ms;
  job.steps = static_cast<std::int32_t>(plan.steps.size());
  job.notify = plan.notify;

  spool::append_record(prepared.job_file, input);
  const auto time = local_time(now_ms);
  const auto jobid = job_id_text(number);
  std::string log = log_banner(rules.sysname, rules.sysname, jobid, time);
  const auto listing = listing_text(converted.listing);
  std::string sysmsg;

  if (!converted.ok()) {
    prepared.errors = converted.errors;
    job.state = JobState::ended;
    job.end = EndKind::jcl_error;
    job.ended_ms = now_ms;
    job.reason = fmt::format("{} JCL error{}, the first at card {}: {}", converted.errors.size(),
                             converted.errors.size() == 1 ? "" : "s", converted.errors.front().card,
                             converted.errors.front().text);
    log += log_line(jobid, time, config::text<"IEFC452I">(job.name));
    sysmsg = error_text(converted.errors);
  } else if (plan.typrun == jcl::Typrun::scan || plan.typrun == jcl::Typrun::copy) {
    job.state = JobState::ended;
    job.end = EndKind::scanned;
    job.ended_ms = now_ms;
    job.reason = plan.typrun == jcl::Typrun::scan ? "TYPRUN=SCAN: converted without an error, not run"
                                                  : "TYPRUN=COPY: listed, not run";
  } else {
    job.held = submitter.hold || plan.typrun == jcl::Typrun::hold || plan.typrun == jcl::Typrun::jclhold;
    for (auto& name : enqueues(plan))
      (name.exclusive ? job.exclusive_names : job.shared_names).push_back(std::move(name.name));
  }
  for (const auto& ignored : plan.ignored) sysmsg += config::text<"UNV2621I">(ignored) + "\n";
  for (const auto& warning : converted.warnings) sysmsg += warning.text + "\n";
  spool::append_record(prepared.job_file, spool::RecordKind::jesmsglg, log);
  spool::append_record(prepared.job_file, spool::RecordKind::jesjcl, listing);
  if (!sysmsg.empty()) spool::append_record(prepared.job_file, spool::RecordKind::jesysmsg, sysmsg);
  if (job.state == JobState::ended) {
    spool::JobOutcome outcome;
    outcome.time_ms = now_ms;
    outcome.jcl_error = job.end == EndKind::jcl_error;
    outcome.reason = job.reason;
    spool::append_record(prepared.job_file, outcome);
  }
  return prepared;
}

}  // namespace sysplexd::jes
