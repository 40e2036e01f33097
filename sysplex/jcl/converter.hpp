// The converter: cards -> statements -> job -> plan, or all JCL errors of one run. Pure: the same input gives the
// same plan, so the daemon converts for the queue and the initiator converts the same input again to run it; only
// the input travels (job file), not the plan.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jcl/plan.hpp"

namespace sysplexd::jcl {

struct JclError {
  int card = 0;      // 1-based card of the submitted deck; inside a procedure or INCLUDE: the card that called it
  int column = 0;    // 1-based; 1 where no better place is known
  std::string id;    // message id, config/messages/jcl.hpp
  std::string text;  // whole message text with the id first; names the member and its line when inside one
};

// A procedure or INCLUDE member as it was read. library is the DSN searched (JCLLIB) or the empty string for the
// system proclib. Answers nullopt where no such member is. Called at most once a (library, member) and run.
using MemberSource = std::function<std::optional<std::string>(const std::string& library, const std::string& member)>;

struct ConvertInput {
  std::string deck;                            // one job: from its JOB statement to the end of its cards
  int first_card = 1;                          // number of the deck's first card in what was submitted
  std::map<std::string, std::string> symbols;  // preset JCL symbols of submit --set (win over SET and PROC defaults)
  std::map<std::string, std::string> system_symbols;  // SYSNAME SYSPLEX SYSCLONE SYSUID YYMMDD HHMMSS … and [symbols]
  std::string default_class = "A", default_message_class = "A";
};

// One numbered line of the JESJCL listing: statements after substitution, procedure statements as XX, comments too.
struct ListingLine {
  int statement = 0;  // 0: continuation or data
  std::string text;
};

struct ConvertResult {
  Plan plan;                     // whole only when errors is empty; job_name and class are set where they could be read
  std::vector<JclError> errors;  // in card order
  std::vector<JclError> warnings;  // IEFC…W-like: accepted
  std::vector<ListingLine> listing;
  bool ok() const { return errors.empty(); }
};

ConvertResult convert(const ConvertInput& input, const MemberSource& members);

// A submitted file may hold several jobs: cut before each JOB statement. What stands before the first JOB statement,
// or a file without one, comes as a deck that convert() refuses with the card named. JES2 control statements and
// comments between jobs belong to the following job… those after the null statement (//) of a job are passed over.
struct JobDeck {
  std::string text;
  int first_card = 1;
};
std::vector<JobDeck> split_jobs(std::string_view input);

}  // namespace sysplexd::jcl
