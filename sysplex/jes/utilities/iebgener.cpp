// IEBGENER: SYSUT1 to SYSUT2. Between data sets of one form the bytes are copied as they are; else record by record:
// lines are padded to LRECL, trailing blanks of fixed records go when lines are written (as JES drops them in SYSOUT),
// and a record that does not fit is an error: RC 12, nothing is cut off silently.
#include "sysplex/jes/utilities/iebgener.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "config/message.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/copy_records.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/entries.hpp"
#include "sysplex/jes/utilities/label.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

namespace {

ProgramEnd refuse(const std::string& text) {
  print_line(text);
  print_line("PROCESSING ENDED ABNORMALLY, RETURN CODE 12");
  return {12, "", ""};
}

// The file that a group is written to.
net::Result<std::string> output_path(const DdInfo& dd, const GenerGroup& group) {
  if (!dd.library()) {
    if (!group.member.empty()) return net::Error{net::Errc::invalid, "MEMBER needs a library as SYSUT2"};
    return dd.path();
  }
  if (group.member.empty())
    return net::Error{net::Errc::invalid, "SYSUT2 is a library: code DSN=LIBRARY(MEMBER), or GENERATE and MEMBER"};
  if (!valid_member_name(group.member)) return net::Error{net::Errc::invalid, "no member name: " + group.member};
  return dd.path() + "/" + group.member;
}

bool ends_group(std::string_view record, const GenerGroup& group) {
  const auto at = group.ident_input - 1;
  return group.ident && at < record.size() && record.compare(at, group.ident->size(), *group.ident) == 0;
}

// Copies with editing; the answer is the failure.
std::optional<std::string> generate(const DdInfo& from, const DdInfo& to, const std::vector<GenerGroup>& groups) {
  auto opened = RecordReader::open(from);
  if (!opened) return config::text<"IEB316I">("SYSUT1", opened.error().text);
  auto reader = std::move(opened).value();
  bool more = true;
  std::uint64_t written = 0;
  for (std::size_t i = 0; i < groups.size() && more; ++i) {
    const auto& group = groups[i];
    const auto path = output_path(to, group);
    if (!path) return config::text<"IEB304I">(path.error().text);
    // A sequential SYSUT2 takes all groups one after the other.
    const bool append = to.append || (!to.library() && i > 0);
    auto made =
        RecordWriter::open(path.value(), to.dcb, append ? RecordWriter::Mode::append : RecordWriter::Mode::replace);
    if (!made) return config::text<"IEB316I">("SYSUT2", made.error().text);
    auto writer = std::move(made).value();
    std::string_view record;
    bool group_ended = false;
    while (!group_ended && (more = reader.next(record))) {
      const auto edited = edit_record(record, group.fields);
      if (!edited) return config::text<"UNV5111E">("SYSUT1", reader.records(), edited.error().text);
      const auto status = write_converted(writer, edited.value(), from.dcb);
      if (!status) return conversion_text(status.error(), "SYSUT2");
      group_ended = ends_group(record, group);
    }
    if (!reader.status()) return config::text<"UNV5110E">("SYSUT1", reader.status().error().text);
    if (const auto status = writer.close(); !status) return config::text<"UNV5110E">("SYSUT2", status.error().text);
    written += writer.records();
  }
  print_line("RECORDS COPIED: " + std::to_string(written));
  return std::nullopt;
}

}  // namespace

ProgramEnd iebgener_program() {
  print_line("DATA SET UTILITY - GENERATE");
  const auto from = find_dd("SYSUT1");
  auto to = find_dd("SYSUT2");
  if (!from) return refuse(config::text<"IEB316I">("SYSUT1", "the step has no such DD"));
  if (!to) return refuse(config::text<"IEB316I">("SYSUT2", "the step has no such DD"));
  if (from->library()) return refuse(config::text<"IEB316I">("SYSUT1", "it is a library: code DSN=LIBRARY(MEMBER)"));
  const auto lines = read_control_lines();
  if (!lines) return refuse(config::text<"IEB304I">(lines.error().text));
  const auto groups = parse_gener_statements(lines.value());
  if (!groups) return refuse(config::text<"IEB304I">(groups.error().text));
  const bool plain = groups.value().size() == 1 && groups.value().front().fields.empty() &&
                     groups.value().front().member.empty() && !groups.value().front().ident;
  if (plain && to->dcb.recfm.empty() && from->dcb.fixed() && complete_label(*to, from->dcb.lrecl))
    print_line(config::text<"IEB352I">());
  if (plain && from->dcb.fixed() && to->dcb.fixed() && from->dcb.lrecl > to->dcb.lrecl)
    return refuse(config::text<"IEB311I">("SYSUT1 LRECL=" + std::to_string(from->dcb.lrecl) +
                                          " does not fit SYSUT2 LRECL=" + std::to_string(to->dcb.lrecl)));
  if (plain && !to->library()) {
    const auto copied = copy_data_set(*from, *to);
    if (!copied) return refuse(conversion_text(copied.error(), "SYSUT2"));
    print_line("RECORDS COPIED: " + std::to_string(copied.value()));
  } else if (const auto problem = generate(*from, *to, groups.value())) {
    return refuse(*problem);
  }
  print_line();
  print_line("PROCESSING ENDED AT EOD");
  return {};
}

}  // namespace sysplexd::jes
