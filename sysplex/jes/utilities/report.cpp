// See report.hpp.
#include "sysplex/jes/utilities/report.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace sysplexd::jes {

namespace {

int report_descriptor() {
  const char* text = std::getenv("SYSPLEXD_RC_FD");
  if (text == nullptr || *text < '0' || *text > '9') return -1;
  const int fd = std::atoi(text);
  return ::fcntl(fd, F_GETFD) < 0 ? -1 : fd;
}

// One write a line, so that lines of several processes of a step do not mix; the text must stay one line.
void tell(std::string line) {
  const int fd = report_descriptor();
  if (fd < 0) return;
  for (char& c : line)
    if (c == '\n' || c == '\r' || c == '\0') c = ' ';
  line += '\n';
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t n = ::write(fd, line.data() + done, line.size() - done);
    if (n < 0 && errno != EINTR) return;  // the runner is gone: our exit status still tells the most of it
    if (n > 0) done += static_cast<std::size_t>(n);
  }
}

}  // namespace

void tell_end(const ProgramEnd& end) {
  if (end.abend.empty())
    tell("CC " + std::to_string(end.cc));
  else
    tell("ABEND " + end.abend + (end.text.empty() ? "" : " " + end.text));
}

void tell_message(std::string_view text) { tell("MSG " + std::string(text)); }

void print_line(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
}

void flush_listing() { std::fflush(stdout); }

}  // namespace sysplexd::jes
