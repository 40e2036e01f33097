#include "daemon/operator_log.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "config/message.hpp"
#include "daemon/documents.hpp"

namespace sysplexd::daemon {
namespace {

int priority(std::string_view message) {
  const auto* known = config::find_message(message.substr(0, message.find(' ')));
  if (known == nullptr) return 6;
  switch (known->severity) {
    case config::Severity::severe: return 2;
    case config::Severity::error: return 3;
    case config::Severity::action:
    case config::Severity::warning: return 4;
    case config::Severity::information: break;
  }
  return 6;
}

}  // namespace

void operator_log(std::string_view message) {
  static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  std::string line;
  if (journal) {
    line = "<" + std::to_string(priority(message)) + ">";
  } else {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    line = time_text(std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) + " ";
  }
  for (const char c : message) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '.' : c;
  line += '\n';
  // A full or closed stderr must not stop the daemon; there is nobody else to tell.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace sysplexd::daemon
