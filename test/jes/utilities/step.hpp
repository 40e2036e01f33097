// A step for tests of utilities: a fresh folder with a catalogue root and DDs; a built-in program is run in a forked
// child that has the environment of a step, and what it said comes back.
#pragma once
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "sysplex/jes/utilities/program.hpp"

namespace sysplexd::test {

struct StepResult {
  std::string cc;      // "CC 0", "ABEND S0C7 …": the last such line
  std::string told;    // all that was told over SYSPLEXD_RC_FD
  std::string output;  // standard output
  std::string errors;  // standard error
  int exit_status = -1;
  int signal = 0;
  bool said(std::string_view text) const { return (output + errors).find(text) != std::string::npos; }
};

class Step {
 public:
  Step() {
    for (const char* parent : {"/dev/shm", "/tmp"}) {
      std::string path = std::string(parent) + "/sysplexd-step.XXXXXX";
      if (::mkdtemp(path.data()) == nullptr) continue;
      root_ = path;
      break;
    }
    std::filesystem::create_directories(dasd());
    std::filesystem::create_directories(root_ + "/temp");
  }
  ~Step() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  const std::string& root() const { return root_; }
  std::string dasd() const { return root_ + "/dasd"; }

  std::string file(const std::string& name, std::string_view text) {
    const std::string path = root_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // DD with this text in it; the answer is its path.
  std::string dd(const std::string& name, std::string_view text, const std::string& dcb = {}) {
    const auto path = file(name + ".dd", text);
    dd_path(name, path, dcb);
    return path;
  }
  void dd_path(const std::string& name, const std::string& path, const std::string& dcb = {}) {
    set("DD_" + name, path);
    if (dcb.empty())
      unset("DCB_" + name);
    else
      set("DCB_" + name, dcb);
  }
  void set(const std::string& name, const std::string& value) { environment_[name] = value; }
  void unset(const std::string& name) { environment_.erase(name); }

  StepResult program(const std::string& name) {
    return run([&] { return jes::run_program(name); });
  }
  StepResult cobol(const std::string& path) {
    return run([&] { return jes::run_cobol(path); });
  }

  template <class Body>
  StepResult run(Body body) {
    const std::string out = root_ + "/stdout", err = root_ + "/stderr", told = root_ + "/told";
    for (const auto& path : {out, err, told}) std::filesystem::remove(path);
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
      for (const auto& [name, value] : environment_) ::setenv(name.c_str(), value.c_str(), 1);
      ::setenv("SYSPLEXD_DASD", dasd().c_str(), 1);
      ::setenv("SYSPLEXD_TEMP", (root_ + "/temp").c_str(), 1);
      if (::chdir((root_ + "/temp").c_str()) != 0) ::_exit(99);
      const int in = ::open("/dev/null", O_RDONLY), one = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600),
                two = ::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      const int three = ::open(told.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(in, 0);
      ::dup2(one, 1);
      ::dup2(two, 2);
      ::setenv("SYSPLEXD_RC_FD", std::to_string(three).c_str(), 1);
      const int status = body();
      std::fflush(nullptr);
      ::_exit(status);
    }
    StepResult result;
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) result.exit_status = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    result.output = read(out);
    result.errors = read(err);
    result.told = read(told);
    std::size_t start = 0;
    while (start < result.told.size()) {
      const auto end = result.told.find('\n', start);
      const auto line = result.told.substr(start, end - start);
      if (line.compare(0, 3, "CC ") == 0 || line.compare(0, 6, "ABEND ") == 0) result.cc = line;
      if (end == std::string::npos) break;
      start = end + 1;
    }
    return result;
  }

 private:
  std::string root_;
  std::map<std::string, std::string> environment_;
};

inline bool have_cobc() { return std::system("command -v cobc >/dev/null 2>&1") == 0; }

}  // namespace sysplexd::test
