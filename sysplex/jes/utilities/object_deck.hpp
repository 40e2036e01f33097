// What the compiler writes to SYSLIN and the binder reads from it: objects one after the other, each behind a line that
// tells its name and size (so DISP=MOD may append), mixed with binder control statements. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"

namespace sysplexd::jes {

struct ObjectText {
  std::string name;  // first PROGRAM-ID
  std::string data;  // an ELF object
};

std::string object_deck(const ObjectText& object);

struct DeckContents {
  std::vector<ObjectText> objects;   // of one name the last stays, at the place of the first
  std::vector<std::string> control;  // control statement lines
};
net::Result<DeckContents> parse_object_deck(std::string_view deck);

}  // namespace sysplexd::jes
