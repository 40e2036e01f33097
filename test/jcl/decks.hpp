// The golden decks and what a test converts them with.
#pragma once
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "sysplex/jcl/converter.hpp"

namespace sysplexd::jcl {

inline std::string decks_folder() { return std::string(SYSPLEXD_SOURCE_DIR) + "/test/jcl/decks/"; }

inline std::optional<std::string> file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Members stand in decks/proclib (system) and decks/<library>.
inline std::optional<std::string> deck_member(const std::string& library, const std::string& member) {
  return file_text(decks_folder() + (library.empty() ? "proclib" : library) + "/" + member + ".jcl");
}

inline ConvertInput deck_input(std::string deck, int first_card = 1) {
  ConvertInput input;
  input.deck = std::move(deck);
  input.first_card = first_card;
  input.system_symbols = {
      {"SYSUID", "IBMUSER"}, {"SYSNAME", "SYS1"}, {"SYSPLEX", "PLEX1"}, {"SYSCLONE", "31"}, {"YYMMDD", "261123"}};
  return input;
}

inline ConvertResult convert_text(std::string deck) { return convert(deck_input(std::move(deck)), deck_member); }

}  // namespace sysplexd::jcl
