// REPRO, PRINT, VERIFY: what looks into data sets.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "config/message.hpp"
#include "sysplex/jes/utilities/ams_session.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/copy_records.hpp"

namespace sysplexd::jes::ams {

namespace {

// An indexed file of libcob (Berkeley DB): magic number at byte 12.
bool is_indexed_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  unsigned char head[16] = {};
  const bool whole = ::read(fd, head, sizeof head) == static_cast<ssize_t>(sizeof head);
  ::close(fd);
  const unsigned magic = head[12] | head[13] << 8 | head[14] << 16 | static_cast<unsigned>(head[15]) << 24;
  return whole && (magic == 0x053162 || magic == 0x061561);
}

DcbAttributes dcb_of(const dasd::Attributes& attributes) {
  return {attributes.recfm, static_cast<std::size_t>(std::max(attributes.lrecl, 0)),
          static_cast<std::size_t>(std::max(attributes.blksize, 0))};
}

enum class Form { dump, character, hex };

char printable(char c) { return c >= ' ' && c < 127 ? c : '.'; }

void print_record(const Print& print, std::string_view record, Form form) {
  constexpr std::size_t characters_a_line = 120, bytes_a_dump_line = 32;
  if (form == Form::character) {
    for (std::size_t i = 0; i < record.size(); i += characters_a_line) {
      std::string line(record.substr(i, characters_a_line));
      for (char& c : line) c = printable(c);
      print(trim_right(line));
    }
    return;
  }
  static constexpr char digits[] = "0123456789ABCDEF";
  const auto hex = [&](std::string& out, char c) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  };
  if (form == Form::hex) {
    for (std::size_t i = 0; i < record.size(); i += characters_a_line / 2) {
      std::string line;
      for (const char c : record.substr(i, characters_a_line / 2)) hex(line, c);
      print(line);
    }
    return;
  }
  for (std::size_t i = 0; i < record.size(); i += bytes_a_dump_line) {
    const auto part = record.substr(i, bytes_a_dump_line);
    char offset[24];
    std::snprintf(offset, sizeof offset, "%06zX  ", i);
    std::string line = offset, text;
    for (std::size_t j = 0; j < bytes_a_dump_line; ++j) {
      if (j > 0 && j % 4 == 0) line += j == 16 ? "  " : " ";
      if (j < part.size()) {
        hex(line, part[j]);
        text += printable(part[j]);
      } else {
        line += "  ";
      }
    }
    print(line + "   *" + text + std::string(bytes_a_dump_line - part.size(), ' ') + "*");
  }
}

struct Window {
  std::uint64_t skip = 0, count = ~std::uint64_t{0};
};

std::optional<Window> window_of(const std::vector<Item>& items) {
  Window window;
  if (const Item* skip = find_item(items, {"SKIP"})) {
    const auto number = number_value(skip);
    if (!number) return std::nullopt;
    window.skip = static_cast<std::uint64_t>(*number);
  }
  if (const Item* count = find_item(items, {"COUNT"})) {
    const auto number = number_value(count);
    if (!number) return std::nullopt;
    window.count = static_cast<std::uint64_t>(*number);
  }
  return window;
}

std::optional<std::string> unknown_word(const std::vector<Item>& items, std::initializer_list<std::string_view> known) {
  for (const auto& item : items)
    if (std::find(known.begin(), known.end(), item.text) == known.end()) return item.text;
  return std::nullopt;
}

}  // namespace

std::optional<DdInfo> Session::data_set(const Statement& statement, std::initializer_list<std::string_view> file_words,
                                        std::initializer_list<std::string_view> data_set_words, bool output) {
  DdInfo dd;
  if (const auto ddname = single_value(find_item(statement.items, file_words))) {
    const auto found = find_dd(upper(ddname->substr(0, ddname->find('('))));
    if (!found) {
      print_(config::text<"IDC3300I">(*ddname, "the step has no such DD"));
      return std::nullopt;
    }
    dd = *found;
  } else {
    const Item* item = find_item(statement.items, data_set_words);
    if (item == nullptr || item->list.empty()) {
      wrong(std::string(*file_words.begin()) + " OR " + std::string(*data_set_words.begin()) + " IS MISSING");
      return std::nullopt;
    }
    const auto name = *single_value(item);
    const auto ref = reference(item->list.front());
    if (!ref) {
      print_(config::text<"IDC3300I">(name, ref.error().text));
      return std::nullopt;
    }
    const auto entry = catalog_.find(ref.value().name);
    if (!entry) {
      catalog_error(entry.error(), ref.value().name, "");
      print_(config::text<"IDC3300I">(name, "it is not catalogued"));
      return std::nullopt;
    }
    if (entry.value().kind == dasd::EntryKind::gdg_base) {
      print_(config::text<"IDC3300I">(name, "it is a GDG base: name a generation"));
      return std::nullopt;
    }
    dd.name = name;
    dd.paths = {catalog_.path(ref.value().name, ref.value().member)};
    dd.dcb = dcb_of(entry.value().attributes);
  }
  if (dd.library()) {
    print_(config::text<"IDC3300I">(dd.name, "it is a library: name a member"));
    return std::nullopt;
  }
  if (!output && ::access(dd.path().c_str(), R_OK) != 0) {
    print_(config::text<"IDC3300I">(dd.name, net::system_error(errno, "open " + dd.path()).text));
    return std::nullopt;
  }
  if (is_indexed_file(dd.path())) {
    print_(config::text<"IDC3300I">(
        dd.name, "it is an indexed file of a COBOL program, which only programs can read and write"));
    return std::nullopt;
  }
  return dd;
}

int Session::repro(const Statement& statement) {
  if (const auto word = unknown_word(
          statement.items, {"INFILE", "IFILE", "INDATASET", "IDS", "OUTFILE", "OFILE", "OUTDATASET", "ODS", "SKIP",
                            "COUNT", "REPLACE", "REP", "NOREPLACE", "NREP", "REUSE", "RUS", "NOREUSE", "NRUS"}))
    return wrong("KEYWORD '" + *word + "' IS IMPROPER");
  const auto window = window_of(statement.items);
  if (!window) return wrong("SKIP(n) AND COUNT(n) NEED A NUMBER");
  const auto from = data_set(statement, {"INFILE", "IFILE"}, {"INDATASET", "IDS"}, false);
  if (!from) return 12;
  const auto to = data_set(statement, {"OUTFILE", "OFILE"}, {"OUTDATASET", "ODS"}, true);
  if (!to) return 12;
  std::uint64_t records = 0;
  net::Status status;
  if (window->skip == 0 && window->count == ~std::uint64_t{0}) {
    const auto copied = copy_data_set(*from, *to);
    if (copied)
      records = copied.value();
    else
      status = copied.error();
  } else {
    auto reader = RecordReader::open(*from);
    auto writer = RecordWriter::open(*to);
    if (!reader) status = reader.error();
    if (!writer) status = writer.error();
    std::string_view record;
    while (status && records < window->count && reader.value().next(record)) {
      if (reader.value().records() <= window->skip) continue;
      status = write_converted(writer.value(), record, from->dcb);
      if (status) ++records;
    }
    if (status && !reader.value().status()) status = reader.value().status();
    if (status) status = writer.value().close();
  }
  if (!status) {
    print_(config::text<"IDC3302I">(to->name, status.error().text));
    return 12;
  }
  print_(config::text<"IDC0005I">(records));
  return 0;
}

int Session::print_data(const Statement& statement) {
  if (const auto word = unknown_word(statement.items, {"INFILE", "IFILE", "INDATASET", "IDS", "OUTFILE", "OFILE",
                                                       "SKIP", "COUNT", "CHARACTER", "CHAR", "HEX", "DUMP"}))
    return wrong("KEYWORD '" + *word + "' IS IMPROPER");
  const auto window = window_of(statement.items);
  if (!window) return wrong("SKIP(n) AND COUNT(n) NEED A NUMBER");
  const auto form = find_item(statement.items, {"CHARACTER", "CHAR"}) != nullptr ? Form::character
                    : find_item(statement.items, {"HEX"}) != nullptr             ? Form::hex
                                                                                 : Form::dump;
  const auto from = data_set(statement, {"INFILE", "IFILE"}, {"INDATASET", "IDS"}, false);
  if (!from) return 12;
  auto opened = RecordReader::open(*from);
  if (!opened) {
    print_(config::text<"IDC3300I">(from->name, opened.error().text));
    return 12;
  }
  auto reader = std::move(opened).value();
  std::optional<RecordWriter> file;
  if (const auto ddname = single_value(find_item(statement.items, {"OUTFILE", "OFILE"}))) {
    const auto dd = find_dd(upper(*ddname));
    auto made = dd ? RecordWriter::open(*dd)
                   : net::Result<RecordWriter>(net::Error{net::Errc::not_found, "the step has no such DD"});
    if (!made) {
      print_(config::text<"IDC3300I">(*ddname, made.error().text));
      return 12;
    }
    file.emplace(std::move(made).value());
  }
  net::Status written;
  const Print print = [&](std::string_view line) {
    if (!file)
      print_(line);
    else if (!file->write(line))
      written = file->status();
  };
  print("LISTING OF DATA SET -" + from->name);
  std::uint64_t records = 0;
  std::string_view record;
  while (written && records < window->count && reader.next(record)) {
    if (reader.records() <= window->skip) continue;
    ++records;
    print("RECORD SEQUENCE NUMBER - " + std::to_string(reader.records()));
    print_record(print, record, form);
    print("");
  }
  if (written && file) written = file->close();
  if (!written || !reader.status()) {
    print_(config::text<"IDC3302I">(from->name, !written ? written.error().text : reader.status().error().text));
    return 12;
  }
  print_(config::text<"IDC0005I">(records));
  return 0;
}

// Nothing to repair: sizes are those of the file system. It must be there.
int Session::verify(const Statement& statement) {
  if (const auto word = unknown_word(statement.items, {"FILE", "DATASET", "DS", "RECOVER", "INHIBIT"}))
    return wrong("KEYWORD '" + *word + "' IS IMPROPER");
  if (const auto ddname = single_value(find_item(statement.items, {"FILE"}))) {
    if (find_dd(upper(*ddname))) return 0;
    print_(config::text<"IDC3300I">(*ddname, "the step has no such DD"));
    return 12;
  }
  const Item* item = find_item(statement.items, {"DATASET", "DS"});
  if (item == nullptr || item->list.empty()) return wrong("FILE OR DATASET IS MISSING");
  const auto ref = reference(item->list.front());
  if (!ref) return catalog_error(ref.error(), *single_value(item), "");
  const auto entry = catalog_.find(ref.value().name);
  return entry ? 0 : catalog_error(entry.error(), ref.value().name, "");
}

}  // namespace sysplexd::jes::ams
