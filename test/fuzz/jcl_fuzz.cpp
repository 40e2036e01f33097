// libFuzzer: any bytes through split_jobs and convert, with a member source that gives the input itself, so that
// procedures and INCLUDE groups recurse.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sysplex/jcl/condition.hpp"
#include "sysplex/jcl/converter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sysplexd::jcl;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const MemberSource members = [&text](const std::string& library,
                                       const std::string& member) -> std::optional<std::string> {
    if (member.starts_with('N')) return std::nullopt;
    return library.empty() ? text : "//P PROC A=1\n//S EXEC PGM=X,PARM='&A'\n//D DD DUMMY\n";
  };
  const auto check = [&](const std::string& deck, int first_card) {
    ConvertInput input;
    input.deck = deck;
    input.first_card = first_card;
    input.system_symbols = {{"SYSUID", "USER"}};
    const auto result = convert(input, members);
    for (const auto& error : result.errors)
      if (error.card < 1 || error.column < 1 || !error.text.starts_with(error.id)) std::abort();
    if (!result.ok()) return;
    Conditions conditions(result.plan);
    for (std::size_t i = 0; i < result.plan.steps.size(); ++i)
      if (conditions.decide(static_cast<int>(i)).run)
        conditions.record(static_cast<int>(i),
                          {size > i ? data[i] % 16 : 0, size > 2 * i && data[2 * i] == 'A' ? "S0C4" : "", false});
    (void)conditions.job_end();
  };
  for (const auto& job : split_jobs(text)) check(job.text, job.first_card);
  check(text, 1);
  return 0;
}
