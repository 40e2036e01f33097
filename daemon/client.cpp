#include "daemon/client.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "config/load.hpp"
#include "config/message.hpp"
#include "net/blocking_link.hpp"

namespace sysplexd::daemon {

using net::Errc;
using net::Error;

namespace {

constexpr const char* default_config = "/etc/sysplexd/sysplexd.toml";
// How long a connect may take; the socket is local, so only a stopped daemon lets us wait.
constexpr auto connect_limit = std::chrono::seconds(5);

nlohmann::json or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return std::string(text);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

net::Result<std::string> find_server(const ServerChoice& choice) {
  std::string server = choice.server;
  if (server.empty() && choice.config.empty()) server = environment("SYSPLEXD_SERVER");
  if (!server.empty()) {
    if (server.starts_with("unix:")) return server.substr(5);
    if (server.starts_with("/")) return server;
    return Error{Errc::unsupported, "the server address '" + server + "' is not unix:PATH"};
  }
  std::string config = choice.config;
  if (config.empty()) config = environment("SYSPLEXD_CONFIG");
  if (config.empty()) config = default_config;
  const auto loaded = config::load_file(config);
  if (!loaded.ok()) return Error{Errc::invalid, loaded.errors.front().line_text()};
  return loaded.settings->ubroker.mount_point + "/run/sysplexd.sock";
}

std::string error_document(std::string_view id, std::string_view message, std::string_view action,
                           std::string_view file, int line, int column) {
  nlohmann::json error = {{"id", or_null(id)},     {"message", message}, {"action", or_null(action)},
                          {"file", or_null(file)}, {"line", nullptr},    {"column", nullptr}};
  if (line > 0) error["line"] = line;
  if (column > 0) error["column"] = column;
  const nlohmann::json document = {{"error", error}};
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Answer failure(std::int32_t exit, std::string_view id, std::string_view message, std::string_view action) {
  Answer answer;
  answer.exit = exit;
  answer.document = error_document(id, message, action);
  return answer;
}

Answer call(const ServerChoice& choice, const Request& request, const ClientEvents& events) {
  const auto path = find_server(choice);
  const auto* unreachable = config::find_message("UNV9001E");
  if (!path) {
    const bool usage = path.error().code == Errc::unsupported;
    return failure(usage ? exit_usage : exit_no_daemon, unreachable->id,
                   "cannot tell where the daemon is: " + path.error().text, unreachable->action);
  }
  auto link = net::BlockingLink::connect(*path, connect_limit);
  if (!link)
    return failure(exit_no_daemon, unreachable->id, config::text<"UNV9001E">(*path, link.error().text).substr(9),
                   unreachable->action);
  std::string bytes;
  net::append_message(bytes, request);
  const auto sent = link->send(bytes);
  if (!sent)
    return failure(exit_no_daemon, unreachable->id, config::text<"UNV9001E">(*path, sent.error().text).substr(9),
                   unreachable->action);
  for (;;) {
    auto frame = link->receive(std::chrono::hours(24 * 365));
    if (!frame)
      return failure(exit_no_daemon, unreachable->id,
                     config::text<"UNV9001E">(*path, "the daemon closed the connection before its answer").substr(9),
                     unreachable->action);
    if (frame->kind == Notice::kind) {
      const auto notice = net::decode<Notice>(frame->payload);
      if (notice && events.notice) events.notice(notice->document);
    } else if (frame->kind == Chunk::kind) {
      const auto chunk = net::decode<Chunk>(frame->payload);
      if (chunk && events.chunk && !events.chunk(chunk->bytes)) return Answer{};
    } else if (frame->kind == Answer::kind) {
      auto answer = net::decode<Answer>(frame->payload);
      if (answer) return *answer;
      return failure(exit_failed, unreachable->id, "the daemon's answer cannot be read: " + answer.error().text,
                     "Use a client of the daemon's version.");
    }
  }
}

}  // namespace sysplexd::daemon
