// A step as its statements say it, overrides merged, values not yet looked at: what procedure expansion hands to the
// interpreter.
#pragma once
#include <string_view>
#include <vector>

#include "sysplex/jcl/operand.hpp"

namespace sysplexd::jcl {

struct RawDdPart {
  std::vector<Operand> operands;
  Place place;              // of the DD statement: its name field
  bool flawed = false;      // an operand could not be read and was reported: nothing may be concluded from its absence
  bool overridden = false;  // operands may be gone because an override nullified them
  bool has_data = false;
  std::string_view data;  // after substitution by SYMBOLS=
};

struct RawDd {
  std::string_view name;
  std::vector<RawDdPart> parts;
};

struct RawStep {
  std::vector<Operand> exec;
  std::vector<RawDd> dds;
  Place place;
  int call = 0;  // of StepEntry
};

// override laid over base, keyword by keyword: values replace, an empty value nullifies, DCB goes by subparameters, and
// a new source of the data (DSN, SYSOUT, *, DUMMY, PATH, DDNAME) drops what cannot stand beside it (jcl-zosmf.md 2.3).
RawDdPart merge_dd(const RawDdPart& base, const RawDdPart& override_part);
// The same for the operands of EXEC, without exclusions.
void override_operand(std::vector<Operand>& operands, const Operand& with);

}  // namespace sysplexd::jcl
