#include "sysplex/spool/retention.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace sysplexd::spool {

namespace {

constexpr std::string_view deleted_suffix = ".deleted";

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

net::Result<std::vector<std::string>> names_in(const std::string& folder) {
  const std::unique_ptr<DIR, CloseFolder> open(::opendir(folder.c_str()));
  if (!open) return net::system_error(errno, "spool folder " + folder);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(open.get());
    if (entry == nullptr) break;
    names.emplace_back(entry->d_name);
  }
  if (errno != 0) return net::system_error(errno, "reading spool folder " + folder);
  return names;
}

// The second half: the job file bears the deleted suffix already.
net::Status finish_delete(const std::string& bucket, const std::vector<std::string>& names, const std::string& job) {
  const std::string deleted = job + std::string(deleted_suffix);
  for (const auto& name : names) {
    if (!name.starts_with(job + ".") || name == deleted) continue;
    const std::string path = bucket + "/" + name;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return net::system_error(errno, "deleting " + path);
  }
  const std::string last = bucket + "/" + deleted;
  if (::unlink(last.c_str()) != 0 && errno != ENOENT) return net::system_error(errno, "deleting " + last);
  return {};
}

}  // namespace

net::Result<std::int64_t> parse_retention(std::string_view text) {
  const std::string whole(text);
  const auto refuse = [&](const char* why) {
    return net::Error{net::Errc::invalid,
                      "retention " + whole + " " + why + ": write 30s, 15m, 12h, 7d, a number of days, or 0"};
  };
  std::int64_t unit = 86'400'000;
  if (!text.empty()) {
    switch (text.back()) {
      case 's': unit = 1000; break;
      case 'm': unit = 60'000; break;
      case 'h': unit = 3'600'000; break;
      case 'd': unit = 86'400'000; break;
      default: unit = 0;
    }
    if (unit != 0) text.remove_suffix(1);
    if (unit == 0) unit = 86'400'000;
  }
  if (text.empty()) return refuse("has no number");
  if (text.size() > 6) return refuse("is too long");
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return refuse("is no duration");
    number = number * 10 + (c - '0');
  }
  return number * unit;
}

std::vector<std::uint64_t> expired_jobs(const std::vector<RetentionCandidate>& jobs, std::int64_t now_ms,
                                        std::int64_t retention_ms, std::size_t most) {
  if (retention_ms <= 0) return {};
  std::vector<const RetentionCandidate*> expired;
  for (const auto& job : jobs)
    if (job.ended && !job.in_use && !job.held && job.ended_ms <= now_ms && now_ms - job.ended_ms >= retention_ms)
      expired.push_back(&job);
  std::sort(expired.begin(), expired.end(), [](const auto* a, const auto* b) {
    return a->ended_ms != b->ended_ms ? a->ended_ms < b->ended_ms : a->number < b->number;
  });
  std::vector<std::uint64_t> numbers;
  for (const auto* job : expired) {
    if (numbers.size() == most) break;
    numbers.push_back(job->number);
  }
  return numbers;
}

net::Status delete_job_files(const SpoolPaths& paths, std::uint64_t number) {
  const std::string bucket = paths.bucket(number);
  const std::string deleted = paths.sysout_prefix(number) + std::string(deleted_suffix);
  if (::rename(paths.job_file(number).c_str(), deleted.c_str()) != 0) {
    struct stat status{};
    if (errno != ENOENT || ::stat(deleted.c_str(), &status) != 0)
      return net::system_error(errno, "deleting the output of " + job_text(number));
  }
  auto names = names_in(bucket);
  if (!names) return names.error();
  return finish_delete(bucket, *names, job_text(number));
}

net::Status finish_deletes(const std::string& bucket) {
  auto names = names_in(bucket);
  if (!names) return names.error();
  for (const auto& name : *names) {
    if (!name.ends_with(deleted_suffix)) continue;
    const std::string job = name.substr(0, name.size() - deleted_suffix.size());
    if (job_number_of(job) == 0 || job_text(job_number_of(job)) != job) continue;
    auto done = finish_delete(bucket, *names, job);
    if (!done) return done;
  }
  return {};
}

}  // namespace sysplexd::spool
