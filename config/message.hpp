// Operator messages: id, severity, text, explanation, action; declared once, one table a part under
// config/messages/. Code names a message by its id, checked at compile time:
//
//   config::text<"IEFC630I">("REGON")   ->  "IEFC630I UNIDENTIFIED KEYWORD REGON"
//
// test/tidy checks that ids are unique and each is used; the man page sysplexd-messages(7) is made from the tables.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sysplexd::config {

enum class Severity { information, warning, error, severe, action };

struct Message {
  std::string_view id;
  Severity severity;
  std::string_view text;         // fmt pattern without the id, fields {}; upper case where z/OS has it so
  std::string_view explanation;  // what it means, when it comes
  std::string_view action;       // what the reader does about it
};

template <std::size_t N>
struct MessageId {
  char chars[N]{};
  consteval MessageId(const char (&id)[N]) { std::copy_n(id, N, chars); }  // NOLINT: implicit by design
  constexpr std::string_view view() const { return {chars, N - 1}; }
};

}  // namespace sysplexd::config

#include "config/messages/cli.hpp"
#include "config/messages/config.hpp"
#include "config/messages/dasd.hpp"
#include "config/messages/jcl.hpp"
#include "config/messages/jes.hpp"
#include "config/messages/queue.hpp"
#include "config/messages/utility.hpp"

namespace sysplexd::config {

inline constexpr std::span<const Message> message_tables[] = {
    messages::cli, messages::config, messages::dasd, messages::jcl, messages::jes, messages::queue, messages::utility,
};

constexpr const Message* find_message(std::string_view id) {
  for (const auto& table : message_tables)
    for (const auto& message : table)
      if (message.id == id) return &message;
  return nullptr;
}

// The message as it stands in a log: id, blank, filled text.
template <MessageId Id, class... Args>
std::string text(const Args&... args) {
  static constexpr const Message* message = find_message(Id.view());
  static_assert(message != nullptr, "no such message in config/messages");
  return std::string(message->id) + " " + fmt::format(fmt::runtime(message->text), args...);
}

}  // namespace sysplexd::config
