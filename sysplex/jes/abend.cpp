#include "sysplex/jes/abend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstring>

namespace sysplexd::jes {

namespace {

struct SignalAbend {
  int signal;
  const char* abend;
};
constexpr SignalAbend signal_abends[] = {
    {SIGSEGV, "S0C4"}, {SIGBUS, "S0C4"},   {SIGILL, "S0C1"},
    {SIGFPE, "S0C9"},  {SIGABRT, "U4038"},  // the code Language Environment uses for an unhandled condition
    {SIGXCPU, "S322"}, {SIGXFSZ, "SB37"},
};

// Text from a program goes into a listing: one line, no control characters.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, 1000));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '.';
  return out;
}

std::string_view first_word(std::string_view& text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) {
    text = {};
    return {};
  }
  text.remove_prefix(begin);
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

}  // namespace

std::string abend_of_signal(int signal) {
  for (const auto& entry : signal_abends)
    if (entry.signal == signal) return entry.abend;
  return fmt::format("U{:04}", signal);
}

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : fmt::format("signal {}", signal);
}

bool is_abend_code(std::string_view code) {
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
  const auto decimal = [](char c) { return c >= '0' && c <= '9'; };
  if (code.size() == 4 && code[0] == 'S') return std::all_of(code.begin() + 1, code.end(), hex);
  return code.size() == 5 && code[0] == 'U' && std::all_of(code.begin() + 1, code.end(), decimal) &&
         code.substr(1) <= "4095";
}

RcReport parse_rc_channel(std::string_view bytes) {
  RcReport report;
  bytes = bytes.substr(0, rc_channel_bytes_max);
  while (!bytes.empty()) {
    const auto end = std::min(bytes.find('\n'), bytes.size());
    std::string_view rest = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    const std::string_view line = rest;
    const auto word = first_word(rest);
    if (word == "CC") {
      const auto number = first_word(rest);
      long cc = 0;
      const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), cc);
      if (error == std::errc() && stop == number.data() + number.size() && rest.empty() && cc >= 0) {
        // Above 4095 it stays the highest code: a failure must not become a small number by losing its upper bits.
        report.cc = static_cast<int>(std::min<long>(cc, highest_cc));
        report.abend.clear();
        report.abend_text.clear();
        continue;
      }
    } else if (word == "ABEND") {
      const auto code = first_word(rest);
      if (is_abend_code(code)) {
        report.abend = std::string(code);
        report.abend_text = printable(rest);
        report.cc.reset();
        continue;
      }
    } else if (word == "MSG") {
      if (report.messages.size() < rc_messages_max) report.messages.push_back(printable(rest));
      continue;
    }
    if (!line.empty() && report.messages.size() < rc_messages_max)
      report.messages.push_back("RC CHANNEL LINE NOT UNDERSTOOD: " + printable(line));
  }
  return report;
}

StepResult step_result(const ProcessExit& exit, const RcReport& report, const std::string& ordered_abend,
                       const std::string& ordered_reason) {
  if (!ordered_abend.empty()) return {0, ordered_abend, ordered_reason};
  if (!report.abend.empty()) return {0, report.abend, report.abend_text};
  if (exit.by_signal) {
    std::string reason = "the program was ended by " + signal_name(exit.value);
    if (exit.value == SIGKILL) reason += ", which we did not send: out of memory, or by hand";
    if (exit.value == SIGXCPU) reason += ": the CPU time limit of the step";
    return {0, abend_of_signal(exit.value), reason};
  }
  return {report.cc.value_or(exit.value), "", ""};
}

AbendHalves abend_halves(std::string_view code) {
  AbendHalves halves;
  if (code.starts_with('S')) halves.system = std::string(code);
  if (code.starts_with('U')) halves.user = std::string(code);
  return halves;
}

}  // namespace sysplexd::jes
