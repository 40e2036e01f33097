#include "sysplex/jes/job_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "net/fd.hpp"
#include "sysplex/spool/job_file_reader.hpp"

namespace sysplexd::jes {

namespace {

constexpr std::size_t parm_bytes_max = 32760;

bool is_sysout(const std::string& path, const std::string& prefix) { return path.starts_with(prefix + ".S"); }

std::string folder_of(const std::string& prefix) { return prefix.substr(0, prefix.rfind('/')); }

}  // namespace

net::Result<JobFileContent> read_job_file(const std::string& path, std::uint32_t attempt) {
  auto reader = spool::JobFileReader::open(path);
  if (!reader) return reader.error();
  JobFileContent content;
  bool have_input = false;
  for (;;) {
    auto record = reader->next();
    if (!record) return record.error();
    if (!*record) break;
    const auto& found = **record;
    switch (found.kind) {
      case spool::RecordKind::input: {
        auto input = net::decode<spool::JobInput>(found.payload);
        if (!input) return input.error();
        content.input = std::move(input).value();
        have_input = true;
        break;
      }
      case spool::RecordKind::jesmsglg: content.jesmsglg_bytes += found.payload.size(); break;
      case spool::RecordKind::jesjcl: content.jesjcl_bytes += found.payload.size(); break;
      case spool::RecordKind::jesysmsg: content.jesysmsg_bytes += found.payload.size(); break;
      case spool::RecordKind::event: {
        const auto event = net::decode<spool::StepEvent>(found.payload);
        if (!event) return event.error();
        if (event->attempt < attempt) break;
        content.begun = true;
        ++content.events;
        break;
      }
      case spool::RecordKind::outcome: {
        auto outcome = net::decode<spool::JobOutcome>(found.payload);
        if (!outcome) return outcome.error();
        if (outcome->attempt == attempt) content.outcome = std::move(outcome).value();
        break;
      }
    }
  }
  if (!have_input) return net::Error{net::Errc::corrupt, "job file " + path + " holds no input record"};
  content.end = reader->offset();
  if (content.outcome) {
    const net::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file || ::fdatasync(file.get()) != 0) return net::system_error(errno, "job file " + path);
  }
  return content;
}

net::Status make_temp_dir(const std::string& temp_root, const std::string& temp_dir, const JobUser& user) {
  if (::mkdir(temp_dir.c_str(), 0700) != 0) {
    std::error_code ignored;
    if (errno == ENOENT) {
      std::filesystem::create_directories(temp_root, ignored);
      ::chmod(temp_root.c_str(), 0711);
    } else if (errno == EEXIST) {
      std::filesystem::remove_all(temp_dir, ignored);
    }
    if (::mkdir(temp_dir.c_str(), 0700) != 0) return net::system_error(errno, "temporary folder " + temp_dir);
  }
  if (user.switch_user && ::lchown(temp_dir.c_str(), user.uid, user.gid) != 0)
    return net::system_error(errno, "owner of temporary folder " + temp_dir);
  return {};
}

void remove_temp_dir(const std::string& temp_dir) {
  if (::rmdir(temp_dir.c_str()) == 0) return;
  std::error_code ignored;
  std::filesystem::remove_all(temp_dir, ignored);
}

void remove_sysout(const std::string& sysout_prefix) {
  DIR* folder = ::opendir(folder_of(sysout_prefix).c_str());
  if (folder == nullptr) return;
  const std::string start = sysout_prefix.substr(sysout_prefix.rfind('/') + 1) + ".S";
  while (const dirent* entry = ::readdir(folder))
    if (std::string_view(entry->d_name).starts_with(start)) ::unlinkat(::dirfd(folder), entry->d_name, 0);
  ::closedir(folder);
}

void make_sysout_for(const std::string& path, const std::string& sysout_prefix, const JobUser& user) {
  if (!is_sysout(path, sysout_prefix)) return;
  const net::UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  // A failure shows itself when the program opens it.
  if (file && ::fchown(file.get(), user.uid, user.gid) != 0) ::unlink(path.c_str());
}

void remove_empty_sysout(const StepAllocation& allocation, const std::string& sysout_prefix, bool all) {
  const auto look = [&](const std::string& path) {
    struct stat status{};
    if (is_sysout(path, sysout_prefix) && ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        status.st_size == 0)
      ::unlink(path.c_str());
  };
  look(allocation.stdout_path);
  if (allocation.stderr_path != allocation.stdout_path) look(allocation.stderr_path);
  if (!all) return;
  for (const auto& [name, value] : allocation.environment)
    if (name.starts_with("DD_")) look(value);
}

net::Status sync_sysout(const std::string& sysout_prefix, const std::vector<spool::SpoolFile>& files) {
  const std::string folder = folder_of(sysout_prefix);
  bool any = false;
  for (const auto& file : files) {
    if (file.bytes == 0 || file.name.empty()) continue;
    any = true;
    const std::string path = folder + "/" + file.name;
    const net::UniqueFd open_file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!open_file || ::fdatasync(open_file.get()) != 0) return net::system_error(errno, "syncing " + path);
  }
  if (!any) return {};
  const net::UniqueFd open_folder(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open_folder || ::fsync(open_folder.get()) != 0) return net::system_error(errno, "syncing " + folder);
  return {};
}

std::string read_parm_file(const std::string& path) {
  const net::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return {};
  std::string bytes(parm_bytes_max * 2, '\0');
  const ssize_t n = ::read(file.get(), bytes.data(), bytes.size());
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  std::string parm;
  for (std::size_t at = 0; at < bytes.size() && parm.size() < parm_bytes_max;) {
    const auto end = std::min(bytes.find('\n', at), bytes.size());
    std::string_view line = std::string_view(bytes).substr(at, end - at);
    while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
    parm += line;
    at = end + 1;
  }
  parm.resize(std::min(parm.size(), parm_bytes_max));
  return parm;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string with_newline(std::string text) {
  if (text.empty() || text.back() != '\n') text += '\n';
  return text;
}

}  // namespace sysplexd::jes
