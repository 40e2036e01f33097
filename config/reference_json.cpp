// The JSON documents of config; apart from the text because nlohmann/json costs 3 s a translation unit.
#include <nlohmann/json.hpp>

#include "config/message.hpp"
#include "config/reference.hpp"
#include "config/reference_text.hpp"

namespace sysplexd::config {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(int number) { return number == 0 ? Json(nullptr) : Json(number); }

// A value of the file may hold bytes that are no UTF-8 only inside a comment: toml++ refuses the rest. A path given on
// the command line may; it is shown with the bad bytes replaced.
std::string dump(const Json& document) { return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json error_row(const ConfigError& error) {
  const auto* message = find_message(error.id);
  return {{"id", error.id},
          {"message", error.text},
          {"action", message ? Json(std::string(message->action)) : Json(nullptr)},
          {"file", error.file},
          {"line", or_null(error.line)},
          {"column", or_null(error.column)},
          {"option", or_null(error.option)},
          {"value", or_null(error.value)},
          {"allowed", or_null(error.allowed)}};
}

}  // namespace

std::string check_document(const LoadResult& result, const std::string& file) {
  const auto [set, by_default] = counted(result);
  Json document = {{"file", file}, {"ok", result.ok()}, {"options_set", set}, {"options_default", by_default}};
  document["errors"] = Json::array();
  for (const auto& error : result.errors) document["errors"].push_back(error_row(error));
  if (!result.errors.empty()) document["error"] = document["errors"].front();
  return dump(document);
}

std::string show_document(const LoadResult& result, const std::string& file) {
  Json document = {{"file", file}, {"options", Json::array()}};
  for (const auto& value : result.effective)
    document["options"].push_back({{"section", value.section},
                                   {"key", value.key},
                                   {"value", value.value},
                                   {"origin", origin_name(value.origin)},
                                   {"line", or_null(value.origin.line)},
                                   {"column", or_null(value.origin.column)},
                                   {"written", or_null(value.origin.written)},
                                   {"symbols", or_null(value.origin.symbols)}});
  return dump(document);
}

std::string reference_document() {
  Json document = {{"options", Json::array()}, {"messages", Json::array()}};
  for (const auto& option : options()) {
    const bool has_default = option.absent == Absent::standard || option.absent == Absent::derived;
    document["options"].push_back({{"section", option.section},
                                   {"key", option.key},
                                   {"type", type_name(option.type)},
                                   {"default", has_default ? Json(std::string(option.standard)) : Json(nullptr)},
                                   {"allowed", allowed(option)},
                                   {"unit", or_null(std::string(option.unit))},
                                   {"required", option.absent == Absent::refused},
                                   {"takes_effect", option.takes_effect == TakesEffect::reload ? "reload" : "restart"},
                                   {"later", option.later},
                                   {"text", option.text}});
  }
  for (const auto* message : messages_by_id())
    document["messages"].push_back({{"id", message->id},
                                    {"severity", severity_name(message->severity)},
                                    {"text", shown_text(message->text)},
                                    {"explanation", message->explanation},
                                    {"action", message->action}});
  return dump(document);
}

}  // namespace sysplexd::config
