#include "sysplex/jes/step_program.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "config/message.hpp"
#include "sysplex/jes/utilities/cobol.hpp"
#include "sysplex/jes/utilities/program.hpp"

namespace sysplexd::jes {

namespace {

bool is_file(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
  return text;
}

ProgramCommand missing(const std::string& name, const std::string& where) {
  return {"", {}, "S806", config::text<"CSV003I">(name) + " " + where};
}

ProgramCommand command_for(const ProgramRequest& request, const std::string& path) {
  if (path.ends_with(".so") || is_cobol_module(path)) return {request.binary, {request.binary, "cobol", path}, "", ""};
  ProgramCommand command{path, {path}, "", ""};
  if (request.parm)
    for (auto& argument : split_parm(*request.parm)) command.arguments.push_back(std::move(argument));
  return command;
}

}  // namespace

ProgramCommand find_command(const ProgramRequest& request) {
  if (!request.program_path.empty()) {
    for (const auto& path : {request.program_path, request.program_path + ".so"})
      if (is_file(path)) return command_for(request, path);
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
          if (is_file(path)) return command_for(request, path);
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
