// libFuzzer target: any bytes as SYSIN and PARM of SORT give a model or errors that say where; a model that is accepted
// can be rebased, checked, and applied to a record without harm. The first byte divides PARM from SYSIN.
//   clang++-19 -std=c++20 -g -O1 -D_GNU_SOURCE -fsanitize=fuzzer,address,undefined -I. test/fuzz/sort_control_fuzz.cpp
//       sysplex/jes/utilities/sort_{cards,operands,parse_condition,parse_build,control,checks,number,key,condition,reformat}.cpp
//       -lfmt -o sort_control_fuzz && ./sort_control_fuzz -runs=300000
#include <cstdint>
#include <cstdlib>

#include "sysplex/jes/utilities/sort_key.hpp"
#include "sysplex/jes/utilities/sort_reformat.hpp"

using namespace sysplexd::jes::sort;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// Lengths up to 10^9 are legal where lines may be so long; a fuzzer need not make such records.
bool moderate(const std::vector<BuildItem>& items) {
  std::uint64_t bytes = 0;
  for (const auto& item : items) bytes += item.field.length + item.bytes.size() + item.number;
  return bytes < 1'000'000;
}

bool moderate(const Reformat& reformat) {
  if (!moderate(reformat.items)) return false;
  for (const auto& clause : reformat.clauses)
    if (!moderate(clause.items)) return false;
  return true;
}

bool moderate(const Condition& condition) {
  if (condition.comparison.left.length > 100'000 || condition.comparison.right.length > 100'000) return false;
  for (const auto& part : condition.parts)
    if (!moderate(part)) return false;
  return true;
}

void apply(const Control& control, std::string_view record) {
  if (control.filter && moderate(control.filter->condition)) (void)accepts(*control.filter, record, control.altseq);
  Counters counters(control.sequence_slots);
  for (const Reformat* reformat : {&control.inrec, &control.outrec}) {
    bool good = moderate(*reformat);
    for (const auto& clause : reformat->clauses) good = good && moderate(clause.condition);
    if (!good) continue;
    Reformatter reformatter(*reformat, control.altseq, counters);
    const std::string first(reformatter.apply(record));
    require(first.size() <= record.size() + 80'000'000);
  }
  if (control.keys.empty()) return;
  const KeyOrder order(control.keys, control.altseq);
  const auto half = record.substr(record.size() / 2);
  const int result = order.compare(record, half);
  require((order.compare(half, record) < 0) == (result > 0));
  if (result < 0) require(order.prefix(record) <= order.prefix(half));
  if (result > 0) require(order.prefix(record) >= order.prefix(half));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto split = std::min<std::size_t>(data[0] < 128 ? 0 : data[0] - 128, bytes.size());
  std::vector<std::string> lines(1);
  for (const char c : bytes.substr(split)) {
    if (c == '\n')
      lines.emplace_back();
    else
      lines.back() += c;
  }
  auto parsed = parse_control(lines, bytes.substr(0, split), {});
  for (const auto& error : parsed.errors) {
    require(error.message.starts_with("ICE"));
    require(error.at.line <= lines.size() && error.at.column <= 257);
  }
  if (!parsed.errors.empty()) return 0;
  require(parsed.control.function != Function::none);
  apply(parsed.control, "A0012p\x12\x3C  some record with bytes\0\xFF");
  apply(parsed.control, bytes);
  (void)check_fixed(parsed.control, 80);
  if (rebase_variable(parsed.control).empty()) apply(parsed.control, bytes);
  return 0;
}
