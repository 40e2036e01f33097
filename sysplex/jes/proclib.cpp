#include "sysplex/jes/proclib.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "net/fd.hpp"
#include "sysplex/dasd/catalog.hpp"
#include "sysplex/jes/builtin_procs.hpp"

namespace sysplexd::jes {
namespace {

// A procedure is text that a person wrote; what is longer is no procedure (and would travel in each job file).
constexpr std::size_t member_bytes_max = 1u << 20;

std::optional<std::string> read_descriptor(int fd) {
  std::string text;
  char block[16384];
  for (;;) {
    const auto got = ::read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return text;
    text.append(block, static_cast<std::size_t>(got));
    if (text.size() > member_bytes_max) return std::nullopt;
  }
}

std::optional<std::string> read_file(const std::string& path) {
  const net::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return std::nullopt;
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return read_descriptor(fd.get());
}

std::optional<std::string> read_library(const std::string& dasd_root, const std::string& library,
                                        const std::string& member) {
  if (dasd_root.empty()) return std::nullopt;
  const auto catalog = dasd::Catalog::open(dasd_root);
  if (!catalog) return std::nullopt;
  const auto found = catalog->library(library);
  if (!found) return std::nullopt;
  const auto opened = found->open(member, O_RDONLY);
  if (!opened) return std::nullopt;
  return read_descriptor(opened->get());
}

}  // namespace

std::optional<std::string> RecordingSource::read(const std::string& library, const std::string& member) const {
  if (!library.empty()) return read_library(options_.dasd_root, library, member);
  // The converter gives a valid member name (1-8 of A-Z 0-9 @ # $), so no path can be made of it.
  std::string lower = member;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& folder : options_.folders)
    for (const auto& name : {member, member + ".jcl", member + ".proc", lower, lower + ".jcl", lower + ".proc"})
      if (auto text = read_file(folder + "/" + name)) return text;
  if (const auto text = builtin_procedure(member)) return std::string(*text);
  return std::nullopt;
}

jcl::MemberSource RecordingSource::source() {
  return [this](const std::string& library, const std::string& member) {
    auto text = read(library, member);
    spool::MemberText given;
    given.library = library;
    given.member = member;
    given.found = text.has_value();
    if (text) given.text = *text;
    given_.push_back(std::move(given));
    return text;
  };
}

jcl::MemberSource recorded_source(const std::vector<spool::MemberText>& members) {
  return [&members](const std::string& library, const std::string& member) -> std::optional<std::string> {
    for (const auto& text : members)
      if (text.library == library && text.member == member) return text.found ? std::optional(text.text) : std::nullopt;
    return std::nullopt;
  };
}

jcl::ConvertInput convert_input(const spool::JobInput& input) {
  jcl::ConvertInput result;
  result.deck = input.deck;
  result.first_card = input.first_card;
  for (const auto& symbol : input.symbols) result.symbols[symbol.name] = symbol.value;
  for (const auto& symbol : input.system_symbols) result.system_symbols[symbol.name] = symbol.value;
  result.default_class = input.default_class;
  result.default_message_class = input.default_message_class;
  return result;
}

}  // namespace sysplexd::jes
