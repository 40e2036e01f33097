// See object_deck.hpp.
#include "sysplex/jes/utilities/object_deck.hpp"

#include <algorithm>
#include <charconv>

namespace sysplexd::jes {

namespace {
constexpr std::string_view object_mark = "%SYSPLEXD-OBJECT ";
constexpr std::string_view elf_mark = "\177ELF";
}  // namespace

std::string object_deck(const ObjectText& object) {
  return std::string(object_mark) + object.name + " " + std::to_string(object.data.size()) + "\n" + object.data + "\n";
}

net::Result<DeckContents> parse_object_deck(std::string_view deck) {
  DeckContents contents;
  while (!deck.empty()) {
    if (deck.substr(0, elf_mark.size()) == elf_mark)
      return net::Error{net::Errc::invalid, "a bare ELF file stands among the objects; objects come from IGYCRCTL"};
    const auto newline = std::min(deck.find('\n'), deck.size());
    const auto line = deck.substr(0, newline);
    deck.remove_prefix(std::min(newline + 1, deck.size()));
    if (line.substr(0, object_mark.size()) != object_mark) {
      contents.control.emplace_back(line.substr(0, 80));
      continue;
    }
    const auto fields = line.substr(object_mark.size());
    const auto blank = fields.find(' ');
    std::size_t size = 0;
    const auto digits = blank == std::string_view::npos ? std::string_view() : fields.substr(blank + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (blank == 0 || digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size())
      return net::Error{net::Errc::corrupt, "an object header is damaged"};
    if (size > deck.size())
      return net::Error{net::Errc::corrupt, "object " + std::string(fields.substr(0, blank)) + " is cut off: " +
                                                std::to_string(deck.size()) + " of " + std::to_string(size) + " bytes"};
    ObjectText object{std::string(fields.substr(0, blank)), std::string(deck.substr(0, size))};
    deck.remove_prefix(size);
    if (!deck.empty() && deck.front() == '\n') deck.remove_prefix(1);
    const auto same = std::find_if(contents.objects.begin(), contents.objects.end(),
                                   [&](const ObjectText& other) { return other.name == object.name; });
    if (same == contents.objects.end())
      contents.objects.push_back(std::move(object));
    else
      same->data = std::move(object.data);
  }
  return contents;
}

}  // namespace sysplexd::jes
