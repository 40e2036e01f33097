// IDCAMS: SYSIN to access method services, listing on SYSPRINT, MAXCC is the condition code.
#include <algorithm>
#include <ctime>

#include "config/message.hpp"
#include "sysplex/jes/utilities/ams_session.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/entries.hpp"
#include "sysplex/jes/utilities/report.hpp"

namespace sysplexd::jes {

ProgramEnd idcams_program() {
  char when[64];
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  std::strftime(when, sizeof when, "TIME: %H:%M:%S        %m/%d/%y", &local);
  print_line("IDCAMS  SYSTEM SERVICES                                           " + std::string(when));
  print_line();
  const auto lines = read_control_lines();
  int cc = 16;
  if (!lines) {
    print_line(config::text<"IDC3300I">("SYSIN", lines.error().text));
  } else if (auto catalog = dasd::Catalog::from_environment(); !catalog) {
    print_line(config::text<"UNV5402E">("CATALOG", catalog.error().text));
  } else {
    const auto statements = ams::parse(lines.value());
    for (const auto& line : lines.value()) print_line(line);
    print_line();
    ams::Session session(std::move(catalog).value(), [](std::string_view line) { print_line(line); });
    session.run(statements);
    cc = std::min(session.max_cc(), 16);
  }
  print_line(config::text<"IDC0002I">(cc));
  return {cc, "", ""};
}

}  // namespace sysplexd::jes
