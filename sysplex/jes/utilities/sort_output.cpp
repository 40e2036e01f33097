// SUM, OUTREC and OUTFIL at work.
#include "sysplex/jes/utilities/sort_output.hpp"

#include <algorithm>

#include "sysplex/jes/utilities/sort_number.hpp"

namespace sysplexd::jes::sort {

bool Summation::add(std::string_view record) {
  sums_.resize(sum_.fields.size());
  for (std::size_t i = 0; i < sum_.fields.size(); ++i) {
    const auto& field = sum_.fields[i];
    const Number total = read_number(field, waiting_) + read_number(field, record);
    sums_[i].clear();
    if (!store_number(total, field.format, field.length, sums_[i])) return false;
  }
  for (std::size_t i = 0; i < sum_.fields.size(); ++i) {
    const auto& field = sum_.fields[i];
    const std::size_t begin = field.position - 1;
    if (waiting_.size() < begin + field.length) waiting_.resize(begin + field.length, ' ');
    waiting_.replace(begin, field.length, sums_[i]);
  }
  return true;
}

Summation::Step Summation::offer(std::string_view record) {
  Step step;
  if (has_waiting_ && order_.compare(waiting_, record) == 0) {
    if (add(record)) {
      ++deleted_;
      step.dropped = true;
      return step;
    }
    ++overflows_;
  }
  if (has_waiting_) {
    std::swap(ready_, waiting_);
    step.has_ready = true;
    step.ready = ready_;
  }
  waiting_.assign(record);
  has_waiting_ = true;
  return step;
}

std::optional<std::string_view> Summation::last() const {
  if (!has_waiting_) return std::nullopt;
  return std::string_view(waiting_);
}

OutfilStage::OutfilStage(const Outfil& outfil, const Altseq& altseq, Counters& counters,
                         std::vector<SortWriter*> writers)
    : outfil_(outfil),
      altseq_(altseq),
      reformatter_(outfil.reformat, altseq, counters),
      counters_(counters),
      writers_(std::move(writers)) {
  const auto items = outfil_.trailer.size();
  statistics_.totals.resize(items);
  statistics_.minima.resize(items);
  statistics_.maxima.resize(items);
}

bool OutfilStage::wants(std::string_view record, std::uint64_t number) const {
  if (number < outfil_.first || number > outfil_.last || outfil_.save) return false;
  return !outfil_.filter || accepts(*outfil_.filter, record, altseq_);
}

// Lines of a report carry an ANSI control character in front: '1' new page, ' ' next line. REMOVECC: none.
bool OutfilStage::put(std::string_view line, char control) {
  bool good = true;
  if (outfil_.report() && outfil_.carriage_control) {
    line_.assign(1, control);
    line_ += line;
    line = line_;
  }
  for (auto* writer : writers_) good = writer->write(line) && good;
  return good;
}

bool OutfilStage::put_split(std::string_view text, const std::vector<std::size_t>& breaks, char first_control,
                            bool report) {
  std::size_t begin = 0;
  char control = first_control;
  for (std::size_t i = 0; i <= breaks.size(); ++i) {
    const auto end = i < breaks.size() ? breaks[i] : text.size();
    if (!put(text.substr(begin, end - begin), control)) return false;
    ++(report ? report_ : data_);
    control = ' ';
    begin = end;
  }
  return true;
}

bool OutfilStage::put_report(const std::vector<BuildItem>& items, std::string_view record) {
  std::string text;
  std::vector<std::size_t> breaks;
  const RenderContext context{&counters_, &statistics_, &breaks};
  build_record(items, record, context, text);
  return put_split(text, breaks, '1', true);  // HEADER1 and TRAILER1 are pages of their own
}

void OutfilStage::count(std::string_view record) {
  const bool first = statistics_.count++ == 0;
  for (std::size_t i = 0; i < outfil_.trailer.size(); ++i) {
    const auto& item = outfil_.trailer[i];
    if (item.kind != BuildItem::Kind::statistic || item.statistic == Statistic::count) continue;
    const Number number = read_number(item.field, record);
    statistics_.totals[i] += number;
    statistics_.minima[i] = first ? number : std::min(statistics_.minima[i], number);
    statistics_.maxima[i] = first ? number : std::max(statistics_.maxima[i], number);
  }
}

bool OutfilStage::write(std::string_view record) {
  const bool first = !headed_;
  if (first && !outfil_.header.empty() && !put_report(outfil_.header, record)) return false;
  headed_ = true;
  ++taken_;
  if (!outfil_.trailer.empty()) {
    count(record);
    last_.assign(record);
  }
  if (!outfil_.detail) return true;
  const auto text = reformatter_.apply(record);
  return put_split(text, reformatter_.breaks(), first ? '1' : ' ', false);
}

bool OutfilStage::finish() {
  if (!headed_ && !outfil_.header.empty() && !put_report(outfil_.header, {})) return false;
  headed_ = true;
  return outfil_.trailer.empty() || put_report(outfil_.trailer, last_);
}

std::vector<std::string> output_ddnames(const Control& control, bool has_sortout) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  if (has_sortout || control.outfils.empty()) add("SORTOUT");
  for (const auto& outfil : control.outfils)
    for (const auto& name : outfil.ddnames) add(name);
  if (control.sum && control.sum->keep_duplicates) add("SORTXSUM");
  return names;
}

Output::Output(const Control& control, const KeyOrder& order, std::map<std::string, SortWriter>& writers)
    : counters_(control.sequence_slots), outrec_(control.outrec, control.altseq, counters_) {
  if (control.sum) summation_.emplace(*control.sum, order);
  bool named = false;  // an OUTFIL writes SORTOUT
  outfils_.reserve(control.outfils.size());
  for (const auto& outfil : control.outfils) {
    std::vector<SortWriter*> targets;
    for (const auto& name : outfil.ddnames) {
      named = named || name == "SORTOUT";
      targets.push_back(&writers.at(name));
    }
    outfils_.emplace_back(outfil, control.altseq, counters_, std::move(targets));
  }
  const auto sortout = writers.find("SORTOUT");
  if (!named && sortout != writers.end()) sortout_ = &sortout->second;
  const auto duplicates = writers.find("SORTXSUM");
  if (control.sum && control.sum->keep_duplicates && duplicates != writers.end()) duplicates_ = &duplicates->second;
}

bool Output::put(std::string_view record) {
  if (!summation_) return emit(record);
  const auto step = summation_->offer(record);
  if (step.dropped && duplicates_ != nullptr && !duplicates_->write(record)) return false;
  return !step.has_ready || emit(step.ready);
}

bool Output::emit(std::string_view record) {
  ++records_;
  record = outrec_.apply(record);
  if (sortout_ != nullptr && !sortout_->write(record)) return false;
  bool taken = false;
  for (auto& stage : outfils_) {
    if (!stage.wants(record, records_)) continue;
    taken = true;
    if (!stage.write(record)) return false;
  }
  if (taken) return true;
  for (auto& stage : outfils_)
    if (stage.outfil().save && !stage.write(record)) return false;
  return true;
}

bool Output::finish() {
  if (summation_) {
    const auto last = summation_->last();
    if (last && !emit(*last)) return false;
  }
  return std::all_of(outfils_.begin(), outfils_.end(), [](OutfilStage& stage) { return stage.finish(); });
}

}  // namespace sysplexd::jes::sort
