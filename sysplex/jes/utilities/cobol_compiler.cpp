// IGYCRCTL: the COBOL compiler of z/OS as JCL knows it, carried out by cobc. SYSIN is fixed-format source, SYSLIB the
// copy libraries, SYSLIN takes the object (object_deck.hpp), SYSPRINT the listing. Condition code by the worst message:
// 0, 4 warning, 8 invalid option value, 12 error (no object), 16 no compiler.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "config/message.hpp"
#include "sysplex/jes/utilities/compiler_options.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/entries.hpp"
#include "sysplex/jes/utilities/object_deck.hpp"
#include "sysplex/jes/utilities/process.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

namespace {

constexpr std::size_t max_source_lines = 1'000'000;
constexpr std::size_t max_copy_member = std::size_t{16} << 20;
constexpr std::size_t max_messages = std::size_t{4} << 20;  // what cobc says
constexpr std::size_t max_object = std::size_t{256} << 20;

enum Severity { information = 0, warning = 4, error = 8, severe = 12, terminating = 16 };

struct Counts {
  int warnings = 0, errors = 0, severe = 0;
  int highest = information;
  void add(Severity severity) {
    highest = std::max<int>(highest, severity);
    if (severity == warning) ++warnings;
    if (severity == error) ++errors;
    if (severity >= Severity::severe) ++this->severe;
  }
};

void print_message(Counts& counts, int line, Severity severity, std::string_view text) {
  const char letter = severity == warning ? 'W' : severity == error ? 'E' : severity == severe ? 'S' : 'U';
  char head[32];
  std::snprintf(head, sizeof head, "%8s  IGYCB0001-%c   ", line > 0 ? std::to_string(line).c_str() : "", letter);
  print_line(head + std::string(text));
  counts.add(severity);
}

net::Result<std::vector<std::string>> read_source() {
  std::vector<std::string> lines;
  const auto dd = find_dd("SYSIN");
  auto opened = dd ? RecordReader::open(*dd) : net::Result<RecordReader>(RecordReader::standard_input());
  if (!opened) return opened.error();
  auto reader = std::move(opened).value();
  std::string_view record;
  while (reader.next(record)) {
    if (lines.size() == max_source_lines)
      return net::Error{net::Errc::too_large, "SYSIN has more than " + std::to_string(max_source_lines) + " lines"};
    lines.emplace_back(trim_right(record));
  }
  if (!reader.status()) return reader.status().error();
  return lines;
}

// A copy library with RECFM F holds bare records, which cobc cannot read: its members are then copied as lines. Which
// form a member has is seen by its text, because the libraries of one concatenation may differ.
net::Result<std::string> readable_library(const std::string& directory, const DcbAttributes& dcb,
                                          const std::string& copy) {
  const auto members = library_members(directory);
  if (!members) return members.error();
  const std::size_t lrecl = dcb.fixed() ? dcb.lrecl : 80;
  bool converted = false;
  for (const auto& member : members.value()) {
    const auto read = read_file(directory + "/" + member, max_copy_member);
    if (!read) return read.error();
    const std::string_view text = read.value();
    if (text.empty() || text.find('\n') != std::string_view::npos || text.size() % lrecl != 0) continue;
    std::string lines;
    for (std::size_t i = 0; i < text.size(); i += lrecl) lines += std::string(trim_right(text.substr(i, lrecl))) + "\n";
    const auto written = write_file(copy + "/" + member, lines);
    if (!written) return written.error();
    converted = true;
  }
  return converted ? copy : directory;
}

net::Result<std::vector<std::string>> copy_directories(const std::string& work) {
  std::vector<std::string> flags;
  const auto dd = find_dd("SYSLIB");
  if (!dd || dd->dummy()) return flags;
  if (!dd->library()) return net::Error{net::Errc::invalid, "SYSLIB is no library"};
  int number = 0;
  for (const auto& directory : dd->paths) {
    const std::string copy = work + "/syslib" + std::to_string(++number);
    if (::mkdir(copy.c_str(), 0700) != 0) return net::system_error(errno, "make " + copy);
    const auto readable = readable_library(directory, dd->dcb, copy);
    if (!readable) return readable.error();
    flags.insert(flags.end(), {"-I", readable.value()});
    // Members that are lines already were not copied: the library itself stands behind its copy.
    if (readable.value() != directory) flags.insert(flags.end(), {"-I", directory});
  }
  return flags;
}

// "/work/NAME.cbl:12: error: text" and kin; the path is ours and means nothing to the reader.
void print_compiler_messages(Counts& counts, std::string_view text, const std::string& source_path) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (trim(line).empty()) continue;
    int number = 0;
    std::string where;
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && line.find(": ") != colon) {
      const auto file = line.substr(0, colon);
      number = std::atoi(std::string(line.substr(colon + 1, 12)).c_str());
      if (number > 0) {
        if (file != source_path) where = " (" + std::string(file.substr(file.rfind('/') + 1)) + ")";
        const auto next = line.find(':', colon + 1);
        line = next == std::string_view::npos ? line : trim(line.substr(next + 1));
      }
    }
    const auto taken = [&](std::string_view word) {
      if (line.substr(0, word.size()) != word) return false;
      line = trim(line.substr(word.size()));
      return true;
    };
    if (taken("warning:"))
      print_message(counts, number, warning, std::string(line) + where);
    else if (taken("error:"))
      print_message(counts, number, severe, std::string(line) + where);
    else
      print_line("          " + std::string(line) + where);
  }
}

void print_summary(const Counts& counts, const std::string& program) {
  print_line();
  print_line("Messages    Total    Informational    Warning    Error    Severe    Terminating");
  char line[128];
  const int total = counts.warnings + counts.errors + counts.severe;
  std::snprintf(line, sizeof line, "Printed:    %5d                    %12d %8d %9d", total, counts.warnings,
                counts.errors, counts.severe);
  print_line(line);
  print_line("End of compilation 1,  program " + (program.empty() ? "(none)" : program) + ",  highest severity " +
             std::to_string(counts.highest) + ".");
  print_line("Return code " + std::to_string(counts.highest));
}

ProgramEnd refuse(Counts& counts, Severity severity, std::string_view text, const std::string& program = {}) {
  print_message(counts, 0, severity, text);
  print_summary(counts, program);
  return {counts.highest, "", ""};
}

void print_options(const CompilerOptions& options, Counts& counts) {
  for (const auto& mapped : options.mapped) print_line("  " + mapped);
  for (const auto& ignored : options.ignored) print_line("  " + ignored + " (no meaning here, ignored)");
  for (const auto& unknown : options.unknown) print_message(counts, 0, warning, config::text<"UNV5301W">(unknown));
  print_line();
}

}  // namespace

ProgramEnd cobol_compiler_program() {
  Counts counts;
  const auto compiler = find_command("cobc");
  print_line("IGYCRCTL - COBOL by GnuCOBOL (cobc)");
  print_line();
  if (compiler.empty()) return refuse(counts, terminating, config::text<"UNV5302E">());
  const WorkFolder work("igycrctl");
  if (!work.ok()) return refuse(counts, terminating, work.problem());
  auto read = read_source();
  if (!read) return refuse(counts, terminating, config::text<"UNV5303E">("SYSIN", read.error().text));
  auto source = std::move(read).value();

  std::vector<std::string> texts{step_parm()};
  for (auto& operands : take_process_statements(source)) texts.push_back(std::move(operands));
  const auto options = compiler_options(texts);
  print_options(options, counts);
  const auto program = program_id(source);
  if (options.source) {
    print_line("  LineID  PL SL  ----+-*A-1-B--+----2----+----3----+----4----+----5----+----6----+----7-|--+----8");
    for (std::size_t i = 0; i < source.size(); ++i) {
      char number[40];
      std::snprintf(number, sizeof number, "  %06zu         ", i + 1);
      print_line(number + source[i]);
    }
    print_line();
  }
  if (program.empty()) return refuse(counts, severe, config::text<"UNV5304E">());

  // cobc runs in the work folder, so that run-time messages name the source without our path.
  const std::string source_name = (valid_member_name(program) ? program : "PROGRAM") + ".cbl";
  std::string text;
  for (const auto& line : source) text += line + "\n";
  if (const auto written = write_file(work.path() + "/" + source_name, text); !written)
    return refuse(counts, terminating, written.error().text, program);
  const auto include = copy_directories(work.path());
  if (!include) return refuse(counts, severe, config::text<"UNV5303E">("SYSLIB", include.error().text), program);

  const std::string object_path = work.path() + "/object.o", messages_path = work.path() + "/messages";
  ProcessRequest request;
  request.directory = work.path();
  request.arguments = {compiler, "-std=ibm", "-fixed", "-ffold-copy=UPPER"};
  request.arguments.insert(request.arguments.end(), options.flags.begin(), options.flags.end());
  request.arguments.insert(request.arguments.end(), include.value().begin(), include.value().end());
  if (options.compile)
    request.arguments.insert(request.arguments.end(), {"-c", "-o", object_path, source_name});
  else
    request.arguments.insert(request.arguments.end(), {"-fsyntax-only", source_name});
  request.environment = {"LC_ALL=C", "TMPDIR=" + work.path(), "COB_MSG_FORMAT=GCC"};
  const int messages = ::open(messages_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (messages < 0) return refuse(counts, terminating, net::system_error(errno, "open " + messages_path).text, program);
  request.standard_output = request.standard_error = messages;
  flush_listing();
  const auto ended = run_process(request);
  ::close(messages);
  if (!ended) return refuse(counts, terminating, ended.error().text, program);
  const auto said = read_file(messages_path, max_messages);
  if (!said) return refuse(counts, terminating, said.error().text, program);
  print_line("LineID    Message code  Message text");
  print_compiler_messages(counts, said.value(), source_name);
  const auto& end = ended.value();
  if (end.signal != 0)
    return refuse(counts, terminating, config::text<"UNV5305E">("signal " + std::to_string(end.signal)), program);
  if (end.exit_status != 0 && counts.highest < severe)
    return refuse(counts, terminating, config::text<"UNV5305E">("exit status " + std::to_string(end.exit_status)),
                  program);

  if (options.compile && counts.highest < severe) {
    const auto object = read_file(object_path, max_object);
    if (!object) return refuse(counts, terminating, object.error().text, program);
    // Without a SYSLIN there is no object, as with NOOBJECT.
    if (const auto dd = find_dd("SYSLIN"); dd && !dd->dummy()) {
      const auto written = write_file(dd->path(), object_deck({program, object.value()}), dd->append);
      if (!written)
        return refuse(counts, terminating, config::text<"UNV5303E">("SYSLIN", written.error().text), program);
    }
  }
  print_summary(counts, program);
  return {counts.highest, "", ""};
}

}  // namespace sysplexd::jes
