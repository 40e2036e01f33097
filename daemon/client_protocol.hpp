// What the command line and the daemon say on run/sysplexd.sock: one Request, then any number of Notice and Chunk,
// then one Answer. Each message is declared here once. Documents are JSON as interfaces.md has them, so `--json` prints
// what came.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/frame.hpp"

namespace sysplexd::daemon {

struct Argument {
  std::string name, value;
  template <class V>
  void fields(V& v) {
    v(1, name);
    v(2, value);
  }
};

struct Request {
  static constexpr std::uint16_t kind = 100;
  std::string operation;  // a row of client_operations
  std::vector<Argument> arguments;
  std::string body;     // submit: the cards
  std::string version;  // of the client, for the log
  template <class V>
  void fields(V& v) {
    v(1, operation);
    v(2, arguments);
    v(3, body);
    v(4, version);
  }
  // The value of an argument, or the empty string.
  std::string_view argument(std::string_view name) const {
    for (const auto& a : arguments)
      if (a.name == name) return a.value;
    return {};
  }
};

// Progress: a JSON document; the client may show it or not.
struct Notice {
  static constexpr std::uint16_t kind = 101;
  std::string document;
  template <class V>
  void fields(V& v) {
    v(1, document);
  }
};

// Raw bytes of the answer (job output); one frame is at most chunk_bytes_max.
struct Chunk {
  static constexpr std::uint16_t kind = 102;
  std::string bytes;
  template <class V>
  void fields(V& v) {
    v(1, bytes);
  }
};
inline constexpr std::size_t chunk_bytes_max = 256u << 10;

// The end: a document, or an error document (interfaces.md) with the exit code that it means.
struct Answer {
  static constexpr std::uint16_t kind = 103;
  std::int32_t exit = 0;
  std::string document;
  template <class V>
  void fields(V& v) {
    v(1, exit);
    v(2, document);
  }
};

// Exit codes of every client command (interfaces.md).
enum Exit : std::int32_t { exit_done = 0, exit_failed = 1, exit_usage = 2, exit_no_daemon = 3, exit_in_doubt = 4 };

}  // namespace sysplexd::daemon
