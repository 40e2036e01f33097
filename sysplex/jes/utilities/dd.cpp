// DD look-up and library members. The record streams are in records.cpp.
#include "sysplex/jes/utilities/dd.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

extern char** environ;

namespace sysplexd::jes {

namespace {

bool is_directory(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::size_t number_of(std::string_view text) {
  std::size_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > 100'000'000) return 0;
    value = value * 10 + static_cast<std::size_t>(c - '0');
  }
  return value;
}

// Directories joined by ':' are a library concatenation; any other value is one path, colons and all.
std::vector<std::string> split_paths(const std::string& value) {
  if (value.find(':') == std::string::npos || is_directory(value)) return {value};
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start <= value.size()) {
    const auto colon = std::min(value.find(':', start), value.size());
    parts.push_back(value.substr(start, colon - start));
    start = colon + 1;
  }
  if (std::all_of(parts.begin(), parts.end(), is_directory)) return parts;
  return {value};
}

}  // namespace

std::size_t DcbAttributes::data_limit() const {
  if (recfm.empty() || lrecl == 0) return 0;
  if (recfm.front() == 'F') return lrecl;
  if (recfm.front() == 'V') return lrecl > 4 ? lrecl - 4 : 0;
  return 0;
}

DcbAttributes parse_dcb(std::string_view text) {
  DcbAttributes dcb;
  std::string_view fields[3];
  for (auto& field : fields) {
    const auto comma = std::min(text.find(','), text.size());
    field = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  for (const char c : fields[0]) dcb.recfm += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  dcb.lrecl = number_of(fields[1]);
  dcb.blksize = number_of(fields[2]);
  return dcb;
}

bool DdInfo::library() const { return is_directory(paths.front()); }

std::optional<DdInfo> find_dd(std::string_view ddname) {
  const std::string name(ddname);
  const char* value = std::getenv(("DD_" + name).c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  DdInfo dd;
  dd.name = name;
  dd.paths = split_paths(value);
  if (const char* dcb = std::getenv(("DCB_" + name).c_str())) dd.dcb = parse_dcb(dcb);
  if (const char* disp = std::getenv(("DISP_" + name).c_str())) dd.append = std::strcmp(disp, "MOD") == 0;
  return dd;
}

std::vector<std::string> dd_names() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (text.substr(0, 3) == "DD_" && equals != std::string_view::npos && equals > 3)
      names.emplace_back(text.substr(3, equals - 3));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string step_parm() {
  const char* parm = std::getenv("SYSPLEXD_PARM");
  return parm == nullptr ? std::string() : std::string(parm);
}

net::Result<std::vector<std::string>> library_members(const std::string& directory) {
  std::unique_ptr<DIR, int (*)(DIR*)> open_directory(::opendir(directory.c_str()), &::closedir);
  if (!open_directory) return net::system_error(errno, "open library " + directory);
  std::vector<std::string> members;
  errno = 0;
  while (const dirent* entry = ::readdir(open_directory.get())) {
    const std::string name(entry->d_name);
    if (valid_member_name(name) && !is_directory(directory + "/" + name)) members.push_back(name);
    errno = 0;
  }
  if (errno != 0) return net::system_error(errno, "read library " + directory);
  std::sort(members.begin(), members.end());
  return members;
}

std::optional<std::string> find_member(const std::vector<std::string>& directories, std::string_view member) {
  if (!valid_member_name(member)) return std::nullopt;
  for (const auto& directory : directories) {
    auto path = directory + "/" + std::string(member);
    if (::access(path.c_str(), F_OK) == 0) return path;
  }
  return std::nullopt;
}

bool valid_member_name(std::string_view name) {
  if (name.empty() || name.size() > 8 || (name.front() >= '0' && name.front() <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' || c == '#' || c == '$';
  });
}

}  // namespace sysplexd::jes
