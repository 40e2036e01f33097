// Attribute files: writing, reading, checking.
#include "sysplex/dasd/data_set.hpp"

#include <fmt/format.h>

#include <charconv>

#include "sysplex/dasd/dsn.hpp"

namespace sysplexd::dasd {

namespace {

constexpr int length_max = 32760;  // LRECL and BLKSIZE of disk data sets

std::string line(std::string_view key, std::string_view value) {
  return value.empty() ? std::string() : fmt::format("{}={}\n", key, value);
}
std::string line(std::string_view key, int value) {
  return value == 0 ? std::string() : fmt::format("{}={}\n", key, value);
}

bool number(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool yes_no(std::string_view text, bool& value) {
  value = text == "yes";
  return value || text == "no";
}

}  // namespace

std::string Attributes::dcb_text() const {
  if (recfm.empty() && lrecl == 0) return {};
  return fmt::format("{},{},{}", recfm, lrecl == 0 ? "" : std::to_string(lrecl),
                     blksize == 0 ? "" : std::to_string(blksize));
}

bool valid_recfm(std::string_view recfm) {
  if (recfm.empty() || (recfm.front() != 'F' && recfm.front() != 'V' && recfm.front() != 'U')) return false;
  int control = 0;
  std::string seen(1, recfm.front());
  for (const char c : recfm.substr(1)) {
    if (std::string_view("BAMST").find(c) == std::string_view::npos || seen.find(c) != std::string::npos) return false;
    seen += c;
    control += c == 'A' || c == 'M';
  }
  return control <= 1;
}

net::Status check(const Attributes& attributes) {
  const auto refuse = [](std::string why) { return net::Error{net::Errc::invalid, std::move(why)}; };
  if (!attributes.recfm.empty() && !valid_recfm(attributes.recfm))
    return refuse("RECFM=" + printable(attributes.recfm) + " is no record format");
  if (attributes.lrecl < 0 || attributes.lrecl > length_max)
    return refuse(fmt::format("LRECL={} is not in 0..{}", attributes.lrecl, length_max));
  if (attributes.blksize < 0 || attributes.blksize > length_max)
    return refuse(fmt::format("BLKSIZE={} is not in 0..{}", attributes.blksize, length_max));
  if (attributes.dsorg != "PS" && attributes.dsorg != "PO")
    return refuse("DSORG=" + printable(attributes.dsorg) + " is neither PS nor PO");
  for (const auto* text : {&attributes.owner, &attributes.created})
    for (const char c : *text)
      if (c < ' ' || c == 0x7f) return refuse("'" + printable(*text) + "' has a control character");
  return {};
}

std::string to_text(const Attributes& attributes) {
  return line("dsorg", attributes.dsorg) + line("recfm", attributes.recfm) + line("lrecl", attributes.lrecl) +
         line("blksize", attributes.blksize) + line("created", attributes.created) + line("owner", attributes.owner) +
         (attributes.catalogued ? "" : "catalogued=no\n");
}

std::string to_text(const GdgBase& base) {
  return line("dsorg", "GDG") + line("limit", base.limit) + line("scratch", base.scratch ? "yes" : "no") +
         line("empty", base.empty ? "yes" : "no") + line("created", base.created) + line("owner", base.owner);
}

net::Result<AttributeFile> parse_attributes(std::string_view text) {
  AttributeFile file;
  int number_of_line = 0;
  while (!text.empty()) {
    ++number_of_line;
    const auto newline = text.find('\n');
    const auto row = text.substr(0, newline);
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    if (row.empty() || row.front() == '#') continue;
    const auto equals = row.find('=');
    const auto key = row.substr(0, equals);
    const auto value = equals == std::string_view::npos ? std::string_view() : row.substr(equals + 1);
    bool good = equals != std::string_view::npos;
    if (key == "dsorg") {
      file.gdg = value == "GDG";
      if (!file.gdg) file.data_set.dsorg = value;
    } else if (key == "recfm") {
      file.data_set.recfm = value;
    } else if (key == "lrecl") {
      good = number(value, file.data_set.lrecl);
    } else if (key == "blksize") {
      good = number(value, file.data_set.blksize);
    } else if (key == "catalogued") {
      good = yes_no(value, file.data_set.catalogued);
    } else if (key == "limit") {
      good = number(value, file.base.limit) && file.base.limit >= 1 && file.base.limit <= gdg_limit_max;
    } else if (key == "scratch") {
      good = yes_no(value, file.base.scratch);
    } else if (key == "empty") {
      good = yes_no(value, file.base.empty);
    } else if (key == "created") {
      file.data_set.created = file.base.created = value;
    } else if (key == "owner") {
      file.data_set.owner = file.base.owner = value;
    }
    if (!good)
      return net::Error{net::Errc::corrupt, fmt::format("line {} is wrong: {}", number_of_line, printable(row))};
  }
  if (!file.gdg)
    if (const auto checked = check(file.data_set); !checked)
      return net::Error{net::Errc::corrupt, checked.error().text};
  return file;
}

}  // namespace sysplexd::dasd
