// How a step ended: exit status, signal and what its RC channel says become a condition code or an abend
// (jcl-zosmf.md 2.9). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sysplexd::jes {

// Of the step's main process, as waitid tells.
struct ProcessExit {
  bool by_signal = false;
  int value = 0;  // exit status or signal number
};

// What the program wrote to SYSPLEXD_RC_FD (README): the last CC or ABEND line counts.
struct RcReport {
  std::optional<int> cc;
  std::string abend, abend_text;
  std::vector<std::string> messages;  // MSG lines, for JESYSMSG, control characters replaced
};

struct StepResult {
  int cc = 0;          // 0..4095 when abend is empty
  std::string abend;   // "S0C4", "U4038"
  std::string reason;  // of an abend, one sentence
};

inline constexpr int highest_cc = 4095;
// More of the channel is passed over: a program that writes its report there is no reason to grow.
inline constexpr std::size_t rc_channel_bytes_max = 64 << 10;
inline constexpr std::size_t rc_messages_max = 200;

// "S0C4" for SIGSEGV …; the signals without a meaning of their own are U0nnn.
std::string abend_of_signal(int signal);
std::string signal_name(int signal);

// S and three hex digits, or U and four decimal ones up to 4095.
bool is_abend_code(std::string_view code);

RcReport parse_rc_channel(std::string_view bytes);

// ordered: an abend that the system itself gave (cancel, limits) wins over all. Then ABEND of the channel; then a
// signal, an abend whatever was written before; then CC of the channel; then the exit status.
StepResult step_result(const ProcessExit& exit, const RcReport& report, const std::string& ordered_abend,
                       const std::string& ordered_reason);

// "SYSTEM=0C4 USER=0000" halves of a code, as IEF450I and IEF472I have them: {"S0C4", "U0000"}.
struct AbendHalves {
  std::string system = "S000", user = "U0000";
};
AbendHalves abend_halves(std::string_view code);

}  // namespace sysplexd::jes
