#include "daemon/job_follow.hpp"

#include <algorithm>
#include <cctype>

#include "daemon/client_protocol.hpp"
#include "daemon/documents.hpp"

namespace sysplexd::daemon {
namespace {

bool same_word(const std::string& a, const std::string& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) {
           return std::toupper(x) == std::toupper(y);
         });
}

}  // namespace

std::vector<std::string> StepFollower::news(const jes::JobRecord& job, const jes::JobView& view) {
  std::vector<std::string> notices;
  for (const auto& step : view.steps) {
    const auto told = told_.find(step.number);
    const auto before = told == told_.end() ? jes::StepState::pending : told->second;
    if (step.state == before) continue;
    told_[step.number] = step.state;
    notices.push_back(step_notice(job, step));
  }
  return notices;
}

bool FileChoice::matches(const spool::SpoolFile& file) const {
  if (id != 0) return file.id == id;
  if (user_files_only && file.id < spool::first_user_file_id) return false;
  if (!ddname.empty() && !same_word(file.ddname, ddname)) return false;
  if (step.empty()) return true;
  const auto dot = step.find('.');
  if (dot != std::string::npos)
    return same_word(file.step, step.substr(0, dot)) && same_word(file.procstep, step.substr(dot + 1));
  return same_word(file.step, step) || same_word(file.procstep, step);
}

net::Result<OutputFollower::Part> OutputFollower::next(const jes::JobRecord& job, const jes::JobView& view,
                                                       const spool::SpoolPaths& paths) {
  Part part;
  for (const auto& file : view.files) {
    if (!choice_.matches(file)) continue;
    auto& offset = offsets_[file.id];
    net::Result<spool::TextPart> text = spool::TextPart{};
    if (const auto kind = spool::system_file_kind(file.id))
      text = spool::read_system_text(paths.job_file(job.number), *kind, offset, chunk_bytes_max / 2);
    else
      text = spool::read_sysout(paths.file_of(job.number, file.name), offset, chunk_bytes_max / 2);
    if (!text) return text.error();
    offset = text->next;
    const bool first = !given_[file.id];
    given_[file.id] = true;
    if (text->bytes.empty() && !(first && file.bytes == 0 && last_ != file.id)) continue;
    part.file = file;
    part.new_file = last_ != file.id;
    part.bytes = std::move(text->bytes);
    last_ = file.id;
    if (!part.bytes.empty() || part.new_file) return part;
  }
  part.file = {};
  return part;
}

}  // namespace sysplexd::daemon
