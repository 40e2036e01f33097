#include "sysplex/jes/step_program.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "config/message.hpp"
#include "sysplex/jes/utilities/cobol.hpp"
#include "sysplex/jes/utilities/program.hpp"

namespace sysplexd::jes {

namespace {

std::optional<struct stat> file_at(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return status;
}

// Whether a program file is a COBOL module is read from its ELF header once, and again when the file has changed.
bool is_module(const std::string& path, const struct stat& status) {
  struct Known {
    std::string path;
    dev_t device;
    ino_t inode;
    off_t size;
    timespec changed;
    bool module;
  };
  static std::vector<Known> known;
  constexpr std::size_t known_max = 32;
  const auto same = std::find_if(known.begin(), known.end(), [&](const Known& entry) {
    return entry.path == path && entry.device == status.st_dev && entry.inode == status.st_ino &&
           entry.size == status.st_size && entry.changed.tv_sec == status.st_ctim.tv_sec &&
           entry.changed.tv_nsec == status.st_ctim.tv_nsec;
  });
  if (same != known.end()) return same->module;
  const bool module = is_cobol_module(path);
  std::erase_if(known, [&](const Known& entry) { return entry.path == path; });
  if (known.size() == known_max) known.erase(known.begin());
  known.push_back({path, status.st_dev, status.st_ino, status.st_size, status.st_ctim, module});
  return module;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
  return text;
}

ProgramCommand missing(const std::string& name, const std::string& where) {
  return {"", {}, "S806", config::text<"CSV003I">(name) + " " + where};
}

ProgramCommand command_for(const ProgramRequest& request, const std::string& path, const struct stat& status) {
  if (path.ends_with(".so") || is_module(path, status))
    return {request.binary, {request.binary, "cobol", path}, "", ""};
  ProgramCommand command{path, {path}, "", ""};
  if (request.parm)
    for (auto& argument : split_parm(*request.parm)) command.arguments.push_back(std::move(argument));
  return command;
}

}  // namespace

ProgramCommand find_command(const ProgramRequest& request) {
  if (!request.program_path.empty()) {
    for (const auto& path : {request.program_path, request.program_path + ".so"})
      if (const auto found = file_at(path)) return command_for(request, path, *found);
    return missing(request.name, "AT " + request.program_path);
  }
  if (find_program(request.name) != nullptr) return {request.binary, {request.binary, "program", request.name}, "", ""};
  // PGM= is a member name; a slash or a dot would lead out of the library.
  const bool member = !request.name.empty() && request.name.find('/') == std::string::npos && request.name[0] != '.';
  if (!member) return missing(request.name, "(NO MEMBER NAME)");
  const std::string small = lower(request.name);
  std::string searched;
  for (const auto* folders : {request.libraries, request.linklist}) {
    if (folders == nullptr) continue;
    for (const auto& folder : *folders) {
      for (const auto& name : {request.name, small}) {
        for (const char* suffix : {"", ".so"}) {
          const std::string path = folder + "/" + name + suffix;
          if (const auto found = file_at(path)) return command_for(request, path, *found);
        }
        if (small == request.name) break;
      }
      searched += (searched.empty() ? "IN " : ", ") + folder;
    }
  }
  return missing(request.name, searched.empty() ? "(NO LIBRARY TO SEARCH)" : searched);
}

std::vector<std::string> split_parm(std::string_view parm) {
  std::vector<std::string> arguments;
  std::string current;
  bool inside = false;  // an argument has begun, be it empty ('')
  char quote = 0;
  for (const char c : parm) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        current += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (c == ' ') {
      if (inside) arguments.push_back(std::exchange(current, {}));
      inside = false;
    } else {
      current += c;
      inside = true;
    }
  }
  if (inside) arguments.push_back(std::move(current));
  return arguments;
}

}  // namespace sysplexd::jes
