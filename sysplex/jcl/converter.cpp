// convert() and split_jobs(); see converter.hpp.
#include "sysplex/jcl/converter.hpp"

#include "sysplex/jcl/expander.hpp"
#include "sysplex/jcl/statement.hpp"

namespace sysplexd::jcl {

ConvertResult convert(const ConvertInput& input, const MemberSource& members) {
  ConvertResult result;
  Expander(input, members, result).run();
  return result;
}

std::vector<JobDeck> split_jobs(std::string_view input) {
  // The reader knows what is in-stream data: a JOB statement inside DD DATA is none of ours.
  Arena arena;
  Diagnostics ignored;
  const auto statements = read_statements(input, 1, arena, ignored);
  std::vector<JobDeck> decks;
  const Statement* begin = nullptr;    // first statement of the deck being collected
  const Statement* leading = nullptr;  // first of the comments and JES2 statements that may lead the next job
  bool ended = false;                  // null statement seen: the rest up to the next JOB is passed over
  const auto cut = [&](std::size_t end) {
    if (begin != nullptr)
      decks.push_back({std::string(input.substr(begin->begin, end - begin->begin)), begin->place.card});
    begin = nullptr;
  };
  for (const auto& statement : statements) {
    const bool leads = statement.operation == Operation::comment || statement.operation == Operation::jes2;
    if (statement.operation == Operation::job) {
      const Statement* start = leading != nullptr ? leading : &statement;
      if (begin == start) {
        leading = nullptr;  // comments in front of the first job
      } else {
        if (!ended) cut(start->begin);
        begin = start;
        leading = nullptr;
      }
      ended = false;
      continue;
    }
    if (leads && leading == nullptr) leading = &statement;
    if (!leads) leading = nullptr;
    if (ended) continue;
    if (begin == nullptr) begin = &statement;
    if (statement.operation == Operation::null) {
      const auto next = &statement + 1;
      cut(next == statements.data() + statements.size() ? input.size() : next->begin);
      ended = true;
      leading = nullptr;
    }
  }
  if (!ended) cut(input.size());
  return decks;
}

}  // namespace sysplexd::jcl
