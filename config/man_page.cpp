// sysplexd.toml(5) and sysplexd-messages(7) from the tables; packaging/man holds the output, and a test compares.
#include <fmt/format.h>

#include "config/message.hpp"
#include "config/reference.hpp"
#include "config/reference_text.hpp"

namespace sysplexd::config {
namespace {

// roff reads a backslash, a hyphen and a period or quote at the front of a line in its own way.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && out.empty())
      out += fmt::format("\\&{}", c);
    else
      out += c;
  }
  return out;
}

std::string head(std::string_view title, int section, std::string_view name, std::string_view what) {
  return fmt::format(
      ".\\\" Made from the tables in config/; sysplexd config reference writes it.\n"
      ".TH {} {} \"\" \"sysplexd {}\" \"sysplexd\"\n.SH NAME\n{} \\- {}\n",
      title, section, SYSPLEXD_VERSION, roff(name), roff(what));
}

std::string paragraph(std::string_view text) { return fmt::format(".PP\n{}\n", roff(text)); }

}  // namespace

std::string option_man_page() {
  std::string out = head("SYSPLEXD.TOML", 5, "sysplexd.toml", "configuration of sysplexd");
  out += ".SH DESCRIPTION\n";
  out +=
      roff(
          "One TOML file for each system. An unknown section or option is an error; all errors of a file are told at "
          "once, each with line, column, option, value and what is allowed.") +
      "\n";
  out += paragraph(
      "sysplexd config check FILE checks a file, sysplexd config show FILE prints the effective values and "
      "where each comes from. SIGHUP reloads; options that take effect at restart keep their old value "
      "until then, and a message says so.");
  out += paragraph(
      "In every string, &NAME or &NAME. is replaced by the system symbol NAME, and && by one ampersand. A "
      "symbol that is not defined is an error.");
  for (const auto name : sections()) {
    out += fmt::format(".SH [{}]\n{}\n", name, roff(section_text(name)));
    for (const auto& option : options()) {
      if (option.section != name) continue;
      out += fmt::format(".TP\n.B {}\n{}\n.br\n", roff(option.key), roff(option.text));
      out += fmt::format("Allowed: {}.\n.br\n", roff(allowed(option)));
      out += fmt::format("Default: {}. Takes effect at {}.\n", roff(absent_text(option)),
                         option.takes_effect == TakesEffect::reload ? "reload" : "restart");
      if (option.later) out += ".br\nSince later part: accepted and checked.\n";
    }
  }
  return out + ".SH SEE ALSO\n.BR sysplexd\\-messages (7)\n";
}

std::string message_man_page() {
  std::string out = head("SYSPLEXD-MESSAGES", 7, "sysplexd-messages", "operator messages of sysplexd");
  out += ".SH DESCRIPTION\n";
  out += roff(
             "Messages go to the log and the console. <1>, <2>  and so on stand for the names and values of the case. "
             "The letter at "
             "the end of an UNV id is its severity: I information, W warning, E error, S severe, A action needed; ids "
             "of JES2, the converter and the utilities are those of z/OS.") +
         "\n";
  out += ".SH MESSAGES\n";
  for (const auto* message : messages_by_id()) {
    out += fmt::format(".TP\n.B {} {}\n", roff(message->id), roff(shown_text(message->text)));
    out += fmt::format("{}\n.br\nAction: {}\n", roff(message->explanation), roff(message->action));
  }
  return out + ".SH SEE ALSO\n.BR sysplexd.toml (5)\n";
}

}  // namespace sysplexd::config
