// The SORT utility. A run in order: SYSIN is listed and parsed; data sets are opened, outputs unchanged as yet; records
// go SKIPREC -> INCLUDE/OMIT -> STOPAFT -> INREC -> sort, merge or copy -> SUM -> OUTREC -> OUTFIL; outputs are closed,
// or taken back when anything failed. Control statement errors are all listed, and nothing is opened then.
#include "sysplex/jes/utilities/sort.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/message.hpp"
#include "sysplex/jes/utilities/report.hpp"
#include "sysplex/jes/utilities/sort_control.hpp"
#include "sysplex/jes/utilities/sort_merge.hpp"
#include "sysplex/jes/utilities/sort_output.hpp"
#include "sysplex/jes/utilities/sort_records.hpp"
#include "sysplex/jes/utilities/sort_run.hpp"

namespace sysplexd::jes::sort {

namespace {

constexpr std::size_t default_memory = std::size_t{64} << 20;
constexpr std::size_t large_record = std::size_t{64} << 10;  // below this, scratch records are within the margin

// Anonymous memory of this process now, from /proc; 8 MiB where that cannot be read.
std::size_t anonymous_memory() {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/status", "re"), &std::fclose);
  char line[256];
  while (file && std::fgets(line, sizeof line, file.get()) != nullptr) {
    unsigned long kilobytes = 0;
    if (std::sscanf(line, "RssAnon: %lu kB", &kilobytes) == 1) return kilobytes << 10;
  }
  return std::size_t{8} << 20;
}

Moment local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec};
}

std::string temp_directory() {
  for (const char* name : {"SYSPLEXD_TEMP", "TMPDIR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "/tmp";
}

// Records of SORTIN on their way to the sort. Also says when to stop reading.
class InputStage {
 public:
  InputStage(const Control& control, Counters& counters)
      : control_(control), inrec_(control.inrec, control.altseq, counters) {}

  bool full() const { return taken_ >= control_.stop_after; }
  // The record as the sort shall see it, nullopt: left out.
  std::optional<std::string_view> take(std::string_view record) {
    if (++seen_ <= control_.skip) return std::nullopt;
    if (control_.filter && !accepts(*control_.filter, record, control_.altseq)) return std::nullopt;
    ++taken_;
    return inrec_.apply(record);
  }
  std::size_t memory() const { return inrec_.memory(); }

 private:
  const Control& control_;
  Reformatter inrec_;
  std::uint64_t seen_ = 0, taken_ = 0;
};

// One input of MERGE: checks that it is in order.
class MergeInput final : public MergeSource {
 public:
  MergeInput(SortReader& reader, InputStage& stage, const KeyOrder& order)
      : reader_(reader), stage_(stage), order_(order) {}

  bool next() override {
    if (!status_.ok()) return false;
    std::string_view raw;
    while (reader_.next(raw)) {
      const auto taken = stage_.take(raw);
      if (!taken) continue;
      // INREC's scratch is shared by all inputs, and a record must stay until its next(): keep an own copy.
      std::swap(previous_, current_);
      current_.assign(*taken);
      if (has_previous_ && order_.compare(previous_, current_) > 0) {
        status_ = net::Error{net::Errc::conflict, config::text<"ICE068A">(reader_.name(), reader_.records())};
        return false;
      }
      has_previous_ = true;
      record = current_;
      return true;
    }
    status_ = reader_.status();
    return false;
  }
  net::Status status() const override { return status_; }

 private:
  SortReader& reader_;
  InputStage& stage_;
  const KeyOrder& order_;
  std::string previous_, current_;
  bool has_previous_ = false;
  net::Status status_;
};

class SortRun {
 public:
  int run() {
    if (!read_control() || !find_inputs() || !check_records() || !choose_memory()) return finish(16);
    if (!open_data_sets()) return finish(16);
    const KeyOrder order(control_.keys, control_.altseq);
    Output output(control_, order, writers_);
    bool good = false;
    switch (control_.function) {
      case Function::sort: good = sort(order, output); break;
      case Function::merge: good = merge_inputs(order, output); break;
      default: good = copy(output);
    }
    if (good && !output.finish()) good = output_failed();
    const bool too_large_sum = output.overflows() != 0 && control_.on_overflow == OnOverflow::rc16;
    if (good && too_large_sum) good = false;
    if (output.overflows() != 0) print_line(config::text<"ICE152I">(static_cast<int>(control_.on_overflow)));
    if (good) good = close_outputs();
    if (!good) {
      for (auto& [name, writer] : writers_) writer.abandon();
      return finish(16);
    }
    return finish(report(output));
  }

 private:
  int finish(int code) {
    print_line(config::text<"ICE052I">(code));
    return code;
  }
  template <config::MessageId Id, class... Args>
  bool fail(const Args&... args) {
    print_line(config::text<Id>(args...));
    return false;
  }
  // What a failed stream becomes: no memory for a record, or an I/O error of the DD.
  bool stream_failed(const std::string& name, const net::Error& error) {
    if (error.code == net::Errc::too_large) return fail<"ICE039A">(name + ": " + error.text);
    if (error.code == net::Errc::conflict) {
      print_line(error.text);
      return false;
    }
    return fail<"ICE061A">(name, error.text);
  }
  // Errors of the engine concern its work files, or a record that is too long.
  bool engine_failed(const net::Error& error, std::uint64_t records) {
    if (error.code == net::Errc::no_space) return fail<"ICE046A">(records, error.text);
    if (error.code == net::Errc::too_large) return fail<"ICE039A">(error.text);
    return fail<"ICE061A">("SORTWORK", error.text);
  }
  bool output_failed() {
    for (const auto& [name, writer] : writers_)
      if (!writer.status().ok()) stream_failed(name, writer.status().error());
    return false;
  }

  bool read_control() {
    std::vector<std::string> lines;
    print_line(config::text<"ICE000I">(SYSPLEXD_VERSION));
    auto reader = RecordReader::standard_input();
    if (const auto sysin = find_dd("SYSIN")) {
      auto opened = RecordReader::open(sysin->path(), sysin->dcb, {large_record, large_record});
      if (!opened) return fail<"ICE061A">("SYSIN", opened.error().text);
      reader = std::move(*opened);
    }
    std::string_view line;
    while (reader.next(line)) {
      lines.emplace_back(line);
      print_line("  " + lines.back());
    }
    if (!reader.status()) return fail<"ICE061A">("SYSIN", reader.status().error().text);
    auto parsed = parse_control(lines, step_parm(), local_time());
    control_ = std::move(parsed.control);
    return accept(parsed.errors);
  }

  bool accept(const std::vector<ControlError>& errors) {
    for (const auto& error : errors) print_line(error.message);
    return errors.empty();
  }

  bool find_inputs() {
    if (!control_.ignored.empty())
      print_line(config::text<"ICE291I">(fmt::format("{}", fmt::join(control_.ignored, ", "))));
    if (control_.function == Function::merge) {
      for (int number = 0; number < 100; ++number)
        if (auto dd = find_dd(fmt::format("SORTIN{:02}", number))) inputs_.push_back(std::move(*dd));
      if (inputs_.empty()) return fail<"ICE056A">("SORTIN01");
      return true;
    }
    auto dd = find_dd("SORTIN");
    if (!dd) return fail<"ICE056A">("SORTIN");
    inputs_.push_back(std::move(*dd));
    return true;
  }

  // The form of the input decides what positions mean.
  bool check_records() {
    const auto& dcb = inputs_.front().dcb;
    if (!dcb.recfm.empty() && dcb.recfm.front() == 'V') return accept(rebase_variable(control_));
    return !dcb.fixed() || accept(check_fixed(control_, dcb.lrecl));
  }

  bool choose_memory() {
    std::size_t total = default_memory;
    if (const char* text = std::getenv("SYSPLEXD_SORT_MEMORY"); text != nullptr && *text != '\0') {
      const auto size = parse_size(text);
      if (!size) return fail<"ICE039A">(std::string("SYSPLEXD_SORT_MEMORY=") + text + " IS NO SIZE (n, nK, nM, nG)");
      total = *size;
    }
    if (control_.main_size != 0) total = control_.main_size;
    total = std::max(total, least_memory);
    names_ = output_ddnames(control_, find_dd("SORTOUT").has_value());
    memory_ = plan_memory(total, anonymous_memory(), names_.size());
    if (control_.function != Function::sort) {  // no arena: its share goes to the inputs' buffers
      const auto share = memory_.arena / (inputs_.size() * 4);
      memory_.max_record = share;
      memory_.buffer = std::min(memory_.buffer, std::max<std::size_t>(share, 4096));
    }
    return true;
  }

  bool open_data_sets() {
    temp_ = temp_directory();
    for (const auto& dd : inputs_) {
      auto reader = SortReader::open(dd, memory_);
      if (!reader) return fail<"ICE061A">(dd.name, reader.error().text);
      readers_.push_back(std::move(*reader));
    }
    for (const auto& name : names_) {
      auto dd = find_dd(name);
      if (!dd) return fail<"ICE056A">(name);
      auto writer = SortWriter::open(*dd, memory_, temp_);
      if (!writer) return fail<"ICE061A">(name, writer.error().text);
      auto& placed = writers_.emplace(name, std::move(*writer)).first->second;
      for (const auto& reader : readers_) {
        if (!reader.same_file(placed.fd())) continue;
        const auto staged = placed.stage();
        if (!staged) return fail<"ICE061A">(name, staged.error().text);
      }
    }
    return true;
  }

  bool sort(const KeyOrder& order, Output& output) {
    print_line(config::text<"ICE143I">("SORT"));
    ExternalSort engine(order, memory_, temp_);
    Counters counters(control_.sequence_slots);
    {
      SortReader reader = std::move(readers_.front());
      readers_.clear();
      InputStage stage(control_, counters);
      net::Status status;
      reader.on_grow([&](std::size_t bytes) { status = engine.reserve(bytes); });
      std::size_t charged = large_record;
      std::string_view raw;
      while (status.ok() && !stage.full() && reader.next(raw)) {
        const auto record = stage.take(raw);
        if (!record) continue;
        status = engine.add(*record);
        if (stage.memory() > charged && status.ok()) {
          status = engine.reserve(stage.memory() - charged);
          charged = stage.memory();
        }
      }
      records_in_ = reader.records();
      if (!status) return engine_failed(status.error(), engine.records());
      if (!reader.status()) return stream_failed(reader.name(), reader.status().error());
    }  // the reader's buffer is free from here
    const bool scratch = control_.sum || control_.outrec.kind != Reformat::Kind::none || !control_.outfils.empty();
    net::Status status;
    if (scratch && engine.longest() > large_record) status = engine.reserve(3 * engine.longest());
    bool stopped = false;
    if (status.ok())
      status = engine.finish([&](std::string_view record) {
        stopped = !output.put(record);
        return !stopped;
      });
    if (stopped) return output_failed();
    if (!status) return engine_failed(status.error(), engine.records());
    if (engine.runs_written() == 0) {
      print_line(config::text<"ICE080I">());
    } else {
      print_line(config::text<"ICE098I">(engine.runs_written(), engine.bytes_written(), memory_.arena));
      if (engine.intermediate_merges() != 0) print_line(config::text<"ICE247I">(engine.intermediate_merges()));
    }
    return true;
  }

  bool merge_inputs(const KeyOrder& order, Output& output) {
    print_line(config::text<"ICE143I">("MERGE"));
    Counters counters(control_.sequence_slots);
    // SKIPREC and STOPAFT do not belong to MERGE (DFSORT ignores them); the filter and INREC do.
    control_.skip = 0;
    control_.stop_after = UINT64_MAX;
    std::vector<std::unique_ptr<InputStage>> stages;
    std::vector<std::unique_ptr<MergeSource>> sources;
    for (auto& reader : readers_) {
      stages.push_back(std::make_unique<InputStage>(control_, counters));
      sources.push_back(std::make_unique<MergeInput>(reader, *stages.back(), order));
    }
    bool stopped = false;
    const auto status = merge(sources, order, [&](std::string_view record) { return output.put(record); }, stopped);
    for (const auto& reader : readers_) records_in_ += reader.records();
    if (stopped) return output_failed();
    if (!status) return stream_failed("SORTINNN", status.error());
    return true;
  }

  bool copy(Output& output) {
    print_line(config::text<"ICE143I">("COPY"));
    Counters counters(control_.sequence_slots);
    InputStage stage(control_, counters);
    auto& reader = readers_.front();
    std::string_view raw;
    while (!stage.full() && reader.next(raw)) {
      const auto record = stage.take(raw);
      if (record && !output.put(*record)) return output_failed();
    }
    records_in_ = reader.records();
    if (!reader.status()) return stream_failed(reader.name(), reader.status().error());
    return true;
  }

  bool close_outputs() {
    bool good = true;
    for (auto& [name, writer] : writers_) {
      const auto closed = writer.close();
      if (!closed) good = stream_failed(name, closed.error());
    }
    return good;
  }

  int report(const Output& output) {
    int code = output.overflows() != 0 ? static_cast<int>(control_.on_overflow) : 0;
    for (const auto& [name, writer] : writers_) {
      if (writer.cut() == 0) continue;
      print_line(config::text<"ICE171I">(writer.cut(), name, writer.dd().dcb.data_limit()));
      code = std::max(code, 4);
    }
    for (const auto& stage : output.outfils())
      for (const auto& name : stage.outfil().ddnames)
        print_line(config::text<"ICE227I">(name, output.records() - stage.taken(), stage.report(), stage.data()));
    const auto out = output.records();
    print_line(config::text<"ICE055I">(0, records_in_ > out ? records_in_ - out : 0));
    print_line(config::text<"ICE054I">(records_in_, out));
    return code;
  }

  Control control_;
  std::vector<DdInfo> inputs_;
  std::vector<std::string> names_;
  SortMemory memory_;
  std::string temp_;
  std::vector<SortReader> readers_;
  std::map<std::string, SortWriter> writers_;
  std::uint64_t records_in_ = 0;
};

}  // namespace

std::optional<std::size_t> parse_size(std::string_view text) {
  std::size_t value = 0, digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 13)
    value = value * 10 + static_cast<std::size_t>(text[digits++] - '0');
  if (digits == 0) return std::nullopt;
  const auto unit = text.substr(digits);
  if (unit == "K" || unit == "k") return value << 10;
  if (unit == "M" || unit == "m") return value << 20;
  if (unit == "G" || unit == "g") return value << 30;
  if (!unit.empty()) return std::nullopt;
  return value;
}

int run() { return SortRun().run(); }

}  // namespace sysplexd::jes::sort

namespace sysplexd::jes {

ProgramEnd sort_program() { return {sort::run(), {}, {}}; }

}  // namespace sysplexd::jes
