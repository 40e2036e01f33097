// BPXBATCH: the bridge to Linux. PARM (else DD STDPARM) says 'SH command' or 'PGM path arguments'; DDs STDIN, STDOUT,
// STDERR and STDENV as on z/OS. Exit status n becomes condition code n*256; from 16 on that would not fit and is 4095.
// SH is /bin/sh -c with the environment of the step, no login shell: a job must not depend on somebody's profile.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "config/message.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/entries.hpp"
#include "sysplex/jes/utilities/process.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

namespace {

constexpr int largest_condition_code = 4095;
constexpr std::size_t largest_stdparm = 65536;  // as on z/OS

struct Order {
  bool shell = true;
  std::string text;  // what follows SH or PGM
};

net::Result<Order> parse_order(std::string_view text) {
  text = trim(text);
  const auto word = upper(text.substr(0, text.find_first_of(" \t\n")));
  if (word != "SH" && word != "PGM")
    return net::Error{net::Errc::invalid,
                      "it must begin with SH or PGM, not '" + std::string(text.substr(0, 20)) + "'"};
  return Order{word == "SH", std::string(trim(text.substr(word.size())))};
}

// Words at blanks; quotes and backslashes as the shell has them, nothing is expanded.
net::Result<std::vector<std::string>> words(std::string_view text) {
  std::vector<std::string> out;
  std::string current;
  bool inside = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        current += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (c == '\\' && i + 1 < text.size()) {
      current += text[++i];
      inside = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (inside) out.push_back(std::move(current));
      current.clear();
      inside = false;
    } else {
      current += c;
      inside = true;
    }
  }
  if (quote != 0) return net::Error{net::Errc::invalid, "a quote is not closed"};
  if (inside) out.push_back(std::move(current));
  return out;
}

net::Result<std::string> stdparm() {
  const auto dd = find_dd("STDPARM");
  if (!dd) return std::string();
  auto opened = RecordReader::open(*dd);
  if (!opened) return opened.error();
  auto reader = std::move(opened).value();
  std::string text;
  std::string_view record;
  while (reader.next(record)) {
    // The records of a long command follow each other; a shell script keeps its lines.
    text += std::string(trim_right(record)) + "\n";
    if (text.size() > largest_stdparm) return net::Error{net::Errc::too_large, "STDPARM is longer than 65536 bytes"};
  }
  if (!reader.status()) return reader.status().error();
  return text;
}

net::Result<std::vector<std::string>> environment() {
  std::vector<std::string> out;
  const auto dd = find_dd("STDENV");
  if (!dd) return out;
  auto opened = RecordReader::open(*dd);
  if (!opened) return opened.error();
  auto reader = std::move(opened).value();
  std::string_view record;
  while (reader.next(record)) {
    record = trim(record);
    if (record.empty() || record.front() == '#') continue;
    const auto equals = record.find('=');
    if (equals == 0 || equals == std::string_view::npos)
      return net::Error{net::Errc::invalid, "record " + std::to_string(reader.records()) + " is not NAME=VALUE"};
    out.emplace_back(record);
  }
  if (!reader.status()) return reader.status().error();
  return out;
}

// Standard output of the program: the DD's file; a data set of fixed records is written after the end.
struct Output {
  std::optional<DdInfo> dd;
  int fd = -1;
  std::string spill;  // lines to become records
};

net::Result<Output> open_output(const char* ddname, const WorkFolder& work) {
  Output output;
  output.dd = find_dd(ddname);
  if (!output.dd) return output;
  const bool records = output.dd->dcb.fixed();
  if (records) output.spill = work.path() + "/" + ddname;
  const auto& path = records ? output.spill : output.dd->path();
  // A SYSOUT DD may be our standard output already: always at the end. A data set is replaced, unless DISP=MOD.
  struct stat ours{}, theirs{};
  const bool same = ::fstat(1, &ours) == 0 && ::stat(path.c_str(), &theirs) == 0 && ours.st_dev == theirs.st_dev &&
                    ours.st_ino == theirs.st_ino;
  const bool keep = same || output.dd->append;
  output.fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (keep ? 0 : O_TRUNC), 0666);
  if (output.fd < 0) return net::system_error(errno, std::string("open ") + ddname + " " + path);
  return output;
}

// Lines longer than LRECL go on in the next record: nothing is lost.
net::Status store_records(const Output& output) {
  auto opened = RecordReader::open(output.spill, {});
  if (!opened) return opened.error();
  auto reader = std::move(opened).value();
  auto made = RecordWriter::open(*output.dd);
  if (!made) return made.error();
  auto writer = std::move(made).value();
  std::string_view line;
  while (reader.next(line)) {
    do {
      const auto piece = line.substr(0, output.dd->dcb.lrecl);
      if (!writer.write(piece)) return writer.status();
      line.remove_prefix(piece.size());
    } while (!line.empty());
  }
  if (!reader.status()) return reader.status().error();
  return writer.close();
}

ProgramEnd refuse(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  tell_message(text);
  return {largest_condition_code, "", ""};
}

}  // namespace

ProgramEnd bpxbatch_program() {
  std::string text = step_parm();
  if (trim(text).empty()) {
    auto read = stdparm();
    if (!read) return refuse(config::text<"UNV5110E">("STDPARM", read.error().text));
    text = std::move(read).value();
  }
  if (trim(text).empty()) text = "SH";  // as on z/OS: a shell that reads STDIN
  const auto order = parse_order(text);
  if (!order) return refuse(config::text<"UNV5120E">(order.error().text));

  ProcessRequest request;
  if (order.value().shell) {
    request.arguments = {"/bin/sh"};
    if (!order.value().text.empty()) request.arguments.insert(request.arguments.end(), {"-c", order.value().text});
  } else {
    auto arguments = words(order.value().text);
    if (!arguments) return refuse(config::text<"UNV5120E">(arguments.error().text));
    if (arguments.value().empty()) return refuse(config::text<"UNV5120E">("PGM needs a path"));
    request.arguments = std::move(arguments).value();
  }
  auto variables = environment();
  if (!variables) return refuse(config::text<"UNV5110E">("STDENV", variables.error().text));
  request.environment = std::move(variables).value();

  const WorkFolder work("bpxbatch");
  if (!work.ok()) return refuse(config::text<"UNV5110E">("STDOUT", work.problem()));
  int input = -1;
  if (const auto dd = find_dd("STDIN")) {
    input = ::open(dd->path().c_str(), O_RDONLY | O_CLOEXEC);
    if (input < 0)
      return refuse(config::text<"UNV5110E">("STDIN", net::system_error(errno, "open " + dd->path()).text));
  }
  const auto output = open_output("STDOUT", work);
  if (!output) return refuse(config::text<"UNV5110E">("STDOUT", output.error().text));
  const auto errors = open_output("STDERR", work);
  if (!errors) return refuse(config::text<"UNV5110E">("STDERR", errors.error().text));
  request.standard_input = input;
  request.standard_output = output.value().fd;
  request.standard_error = errors.value().fd;
  flush_listing();
  const auto ended = run_process(request);
  for (const int fd : {input, output.value().fd, errors.value().fd})
    if (fd >= 0) ::close(fd);
  // Not started at all is what a shell calls 127 (not found) and 126 (not allowed).
  if (!ended) return refuse(config::text<"BPXM047I">(request.arguments.front(), ended.error().text));
  for (const auto* stream : {&output.value(), &errors.value()})
    if (!stream->spill.empty())
      if (const auto stored = store_records(*stream); !stored)
        return refuse(config::text<"UNV5110E">(stream->dd->name, stored.error().text));
  if (ended.value().signal != 0) {
    const auto line =
        config::text<"BPXM009I">(request.arguments.front(), ended.value().signal, ::strsignal(ended.value().signal));
    std::fprintf(stderr, "%s\n", line.c_str());
    tell_message(line);
    return {largest_condition_code, "", ""};
  }
  const int status = ended.value().exit_status;
  if (status * 256 > largest_condition_code)
    tell_message(config::text<"UNV5121I">(status, status * 256, largest_condition_code));
  return {std::min(status * 256, largest_condition_code), "", ""};
}

}  // namespace sysplexd::jes
