// The COBOL launcher: one process, one main program. libcob ends a run with exit() wherever it stands, so what the step
// runner must know is told from an exit handler: RETURN-CODE in full, or the abend that the fatal message means.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "config/message.hpp"
#include "sysplex/jes/utilities/cobol.hpp"
#include "sysplex/jes/utilities/cobol_runtime.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/program.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

namespace {

constexpr std::size_t parm_limit = 32760;  // PARMDD; PARM itself has at most 100

// State of the one run of this process; the handlers of libcob and of the system have no argument for it.
struct Run {
  pid_t pid = 0;
  void* libcob = nullptr;
  bool told = false;           // the end was reported
  bool in_error = false;       // libcob met a fatal error: exit(1) is no return code
  std::string error;           // its first message
  int signal = 0;              // a signal that libcob answers with exit()
  std::string call_directory;  // links NAME.so -> member, removed at the end
  std::vector<std::string> links;
};
Run run;  // NOLINT: see above

void remove_links() {
  for (const auto& link : run.links) ::unlink(link.c_str());
  if (!run.call_directory.empty()) ::rmdir(run.call_directory.c_str());
}

void tell_once(const ProgramEnd& end) {
  if (!run.told) tell_end(end);
  run.told = true;
}

// Runs at exit(), before stdio is flushed. status is the full int, which a wait status would cut to 8 bits.
void at_exit(int status, void*) {
  if (::getpid() != run.pid) return;  // a child of the program (CALL 'SYSTEM')
  std::fflush(nullptr);
  remove_links();
  if (run.signal != 0) {
    // libcob has closed the files; now die of the signal, so that the step runner sees what happened.
    std::signal(run.signal, SIG_DFL);
    ::raise(run.signal);
  }
  if (run.in_error)
    tell_once({0, abend_of_message(run.error), run.error});
  else
    tell_once({condition_code(status), "", ""});
}

// CBL_ERROR_PROC: called by libcob with each fatal message before it prints it.
int on_runtime_error(char* message) {
  if (!run.in_error) run.error = message == nullptr ? "" : message;
  run.in_error = true;
  return 1;  // go on: libcob prints the message and ends the run
}

struct sigaction libcob_action[NSIG];

void on_signal(int number, siginfo_t* info, void* context) {
  run.signal = number;
  const auto& before = libcob_action[number];
  if ((before.sa_flags & SA_SIGINFO) != 0 && before.sa_sigaction != nullptr) {
    before.sa_sigaction(number, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(number);
  }
  std::signal(number, SIG_DFL);
  ::raise(number);
}

// libcob turns these into exit(number), which looks like a return code.
void watch_signals() {
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGXCPU, SIGPIPE}) {
    if (::sigaction(number, nullptr, &libcob_action[number]) != 0) continue;
    const auto& before = libcob_action[number];
    if ((before.sa_flags & SA_SIGINFO) == 0 && (before.sa_handler == SIG_DFL || before.sa_handler == SIG_IGN)) continue;
    struct sigaction action{};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    ::sigaction(number, &action, nullptr);
  }
}

std::vector<std::string> library_directories(const std::string& module_path) {
  std::vector<std::string> directories;
  const char* text = std::getenv("SYSPLEXD_LIBRARIES");
  std::string_view rest = text == nullptr ? "" : text;
  while (!rest.empty()) {
    const auto colon = std::min(rest.find(':'), rest.size());
    if (colon > 0) directories.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  const auto slash = module_path.rfind('/');
  const auto own =
      slash == std::string::npos ? std::string(".") : module_path.substr(0, std::max<std::size_t>(slash, 1));
  if (std::find(directories.begin(), directories.end(), own) == directories.end()) directories.push_back(own);
  return directories;
}

// libcob looks for CALL 'SUB' as <directory>/SUB.so; library members have no extension. So a folder of links
// SUB.so -> member stands first on its path; the first library of the search order that has the name wins.
void offer_members(const std::vector<std::string>& directories) {
  const char* temporary = std::getenv("SYSPLEXD_TEMP");
  std::string path = std::string(temporary == nullptr ? "/tmp" : temporary) + "/cobol-call.XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) path.clear();
  run.call_directory = path;
  std::string search = path;
  for (const auto& directory : directories) {
    search += (search.empty() ? "" : ":") + directory;
    if (path.empty()) continue;
    const auto members = library_members(directory);
    if (!members) continue;
    for (const auto& member : members.value()) {
      const std::string target = directory + "/" + member;
      const auto absolute =
          std::unique_ptr<char, decltype(&std::free)>(::realpath(target.c_str(), nullptr), &std::free);
      const std::string link = path + "/" + member + ".so";
      if (absolute && ::symlink(absolute.get(), link.c_str()) == 0) run.links.push_back(link);
    }
  }
  ::setenv("COB_LIBRARY_PATH", search.c_str(), 1);
}

// The abend texts are told by phrases of libcob: keep its messages untranslated, and nothing else.
void fix_message_language() {
  if (const char* all = std::getenv("LC_ALL")) {
    ::setenv("LANG", all, 1);
    ::unsetenv("LC_ALL");
  }
  ::setenv("LC_MESSAGES", "C", 1);
  ::unsetenv("LANGUAGE");
}

// PARM as the program gets it: a big-endian halfword (PIC S9(4) COMP) with the length, then the text.
struct ParmArea {
  unsigned char length[2];
  char text[parm_limit];
};
ParmArea parm_area;

void set_parm(const std::string& parm) {
  std::memset(parm_area.text, ' ', sizeof parm_area.text);
  const auto size = std::min(parm.size(), parm_limit);
  parm_area.length[0] = static_cast<unsigned char>(size >> 8);
  parm_area.length[1] = static_cast<unsigned char>(size & 0xFF);
  std::memcpy(parm_area.text, parm.data(), size);
}

// DISPLAY goes to DD SYSOUT. Standard output is SYSPRINT where a step has both (README "What a step sees").
void display_to_sysout() {
  const auto sysout = find_dd("SYSOUT");
  if (!sysout || !find_dd("SYSPRINT")) return;
  const int fd = ::open(sysout->path().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) return;  // standard output stays: nothing is lost
  ::dup2(fd, 1);
  ::close(fd);
}

std::string base_name(const std::string& path) {
  auto name = path.substr(path.rfind('/') + 1);
  if (name.size() > 3 && name.compare(name.size() - 3, 3, ".so") == 0) name.resize(name.size() - 3);
  return name;
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// The main program of a module: the function named like the member, else the only one, else the first.
std::string entry_of(const std::string& path) {
  const auto name = base_name(path);
  const auto entries = module_entries(path);
  for (const auto& candidate : {name, upper(name), lower(name)})
    if (std::find(entries.begin(), entries.end(), candidate) != entries.end()) return candidate;
  return entries.empty() ? std::string() : entries.front();
}

int not_run(const std::string& abend, const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
  tell_message(line);
  tell_end({0, abend, line});
  return 1;
}

}  // namespace

namespace cobol {

void* runtime_function(const char* name) { return run.libcob == nullptr ? nullptr : ::dlsym(run.libcob, name); }

bool runtime_is_3_1() {
  const auto version = reinterpret_cast<const char* (*)()>(runtime_function("libcob_version"));
  return version != nullptr && std::strncmp(version(), "3.1", 3) == 0;
}

void fatal(const std::string& message) {
  const auto runtime_error = reinterpret_cast<void (*)(const char*, ...)>(runtime_function("cob_runtime_error"));
  if (runtime_error != nullptr) runtime_error("%s", message.c_str());
  if (!run.in_error) run.error = message;
  run.in_error = true;
  const auto stop_run = reinterpret_cast<void (*)(int)>(runtime_function("cob_stop_run"));
  if (stop_run != nullptr) stop_run(1);
  std::exit(1);
}

void abend(const std::string& code, const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  tell_once({0, code, text});
  const auto stop_run = reinterpret_cast<void (*)(int)>(runtime_function("cob_stop_run"));
  if (stop_run != nullptr) stop_run(1);
  std::exit(1);
}

}  // namespace cobol

int run_cobol(std::string_view module_path) {
  std::string path(module_path);
  if (path.find('/') == std::string::npos) path = "./" + path;
  cobol::keep_entries();
  fix_message_language();
  run = Run{};
  run.pid = ::getpid();
  if (::access(path.c_str(), R_OK) != 0)
    return not_run(errno == EACCES ? "S306" : "S806", config::text<"CSV003I">(base_name(path)));
  run.libcob = ::dlopen("libcob.so.4", RTLD_NOW | RTLD_GLOBAL);
  if (run.libcob == nullptr) return not_run("S806", config::text<"UNV5201E">(base_name(path), ::dlerror()));
  offer_members(library_directories(path));
  if (const char* unbuffered = std::getenv("COB_STDOUT"); unbuffered == nullptr)
    std::setvbuf(stdout, nullptr, _IOLBF, 0);

  display_to_sysout();
  const auto init = reinterpret_cast<void (*)(int, char**)>(cobol::runtime_function("cob_init"));
  const auto error_proc =
      reinterpret_cast<int (*)(const void*, const void*)>(cobol::runtime_function("cob_sys_error_proc"));
  const auto stop_run = reinterpret_cast<void (*)(int)>(cobol::runtime_function("cob_stop_run"));
  if (init == nullptr || error_proc == nullptr || stop_run == nullptr) {
    remove_links();
    return not_run("S806",
                   config::text<"UNV5201E">(base_name(path), "libcob.so.4 is no GnuCOBOL run time of version 3"));
  }
  ::on_exit(at_exit, nullptr);
  static std::string name = base_name(path);
  static char* arguments[] = {name.data(), nullptr};
  init(1, arguments);
  watch_signals();
  const unsigned char install = 0;
  int (*procedure)(char*) = on_runtime_error;
  error_proc(&install, &procedure);

  // Global, so that programs linked into this module find each other, and lazy, as libcob itself loads.
  void* module = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_GLOBAL);
  if (module == nullptr) cobol::abend("S806", config::text<"UNV5202E">(name, ::dlerror()));
  const auto entry_name = entry_of(path);
  void* entry = entry_name.empty() ? nullptr : ::dlsym(module, entry_name.c_str());
  if (entry == nullptr) cobol::abend("S806", config::text<"UNV5202E">(name, "it defines no program"));
  set_parm(step_parm());
  stop_run(reinterpret_cast<int (*)(void*)>(entry)(&parm_area));  // GOBACK; STOP RUN does not come back
  return 1;
}

}  // namespace sysplexd::jes
