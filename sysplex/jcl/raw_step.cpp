// Overrides of operands; see raw_step.hpp.
#include "sysplex/jcl/raw_step.hpp"

#include <algorithm>
#include <initializer_list>

#include "sysplex/jcl/keyword.hpp"

namespace sysplexd::jcl {

namespace {

void drop(std::vector<Operand>& operands, std::initializer_list<std::string_view> keywords) {
  std::erase_if(operands, [&](const Operand& operand) {
    const auto keyword = canonical_keyword(operand.keyword);
    return std::find(keywords.begin(), keywords.end(), keyword) != keywords.end();
  });
}

void drop_positional(RawDdPart& part) {
  std::erase_if(part.operands, [](const Operand& operand) { return operand.positional(); });
  part.has_data = false;
  part.data = {};
}

// The empty keyword stands for the positional *, DATA or DUMMY.
void drop_partners(RawDdPart& part, std::string_view source) {
  if (source != "DUMMY") drop_positional(part);
  if (source == "DSN") drop(part.operands, {"SYSOUT", "PATH", "PATHOPTS", "PATHMODE", "PATHDISP", "DDNAME", "SUBSYS"});
  if (source == "SYSOUT")
    drop(part.operands, {"DSN", "DISP", "VOL", "UNIT", "LABEL", "SPACE", "PATH", "PATHOPTS", "PATHMODE", "PATHDISP",
                         "DDNAME", "SUBSYS", "EXPDT", "RETPD"});
  if (source == "*")
    drop(part.operands, {"DSN", "DISP", "VOL", "UNIT", "LABEL", "SPACE", "SYSOUT", "PATH", "PATHOPTS", "PATHMODE",
                         "PATHDISP", "DDNAME", "SUBSYS", "EXPDT", "RETPD", "DLM", "SYMBOLS"});
  if (source == "PATH")
    drop(part.operands, {"DSN", "DISP", "VOL", "UNIT", "LABEL", "SPACE", "SYSOUT", "DDNAME", "SUBSYS"});
  if (source == "DDNAME")
    drop(part.operands, {"DSN", "DISP", "VOL", "UNIT", "SYSOUT", "PATH", "PATHOPTS", "PATHMODE", "PATHDISP"});
}

bool is_dcb_word(const Operand& operand) {
  const auto key = find_dd_key(operand.keyword);
  return key && (*key == DdKey::recfm || *key == DdKey::lrecl || *key == DdKey::blksize || *key == DdKey::dsorg ||
                 *key == DdKey::dcb_ignored);
}

}  // namespace

void override_operand(std::vector<Operand>& operands, const Operand& with) {
  const auto same = [&](const Operand& operand) {
    return canonical_keyword(operand.keyword) == canonical_keyword(with.keyword);
  };
  const auto found = std::find_if(operands.begin(), operands.end(), same);
  if (found == operands.end()) {
    if (!with.value.empty()) operands.push_back(with);
  } else if (with.value.empty()) {
    operands.erase(found);
  } else {
    *found = with;
  }
}

RawDdPart merge_dd(const RawDdPart& base, const RawDdPart& override_part) {
  RawDdPart merged = base;
  if (override_part.operands.empty()) return merged;
  merged.place = override_part.place;
  merged.overridden = true;
  merged.flawed = merged.flawed || override_part.flawed;
  for (const auto& operand : override_part.operands) {
    if (operand.positional()) {
      const bool dummy = operand.value == "DUMMY";
      drop_partners(merged, dummy ? "DUMMY" : "*");
      drop_positional(merged);
      merged.operands.insert(merged.operands.begin(), operand);
      merged.has_data = override_part.has_data;
      merged.data = override_part.data;
      continue;
    }
    const auto keyword = canonical_keyword(operand.keyword);
    if (keyword == "DSN" || keyword == "SYSOUT" || keyword == "PATH" || keyword == "DDNAME")
      drop_partners(merged, keyword);
    if (keyword == "DCB" && !operand.value.empty()) {
      // Both stay; the interpreter reads them in order, so that the later subparameter counts.
      merged.operands.push_back(operand);
    } else if (is_dcb_word(operand) && !operand.value.empty()) {
      std::erase_if(merged.operands, [&](const Operand& old) { return old.keyword == operand.keyword; });
      merged.operands.push_back(operand);
    } else {
      if (keyword == "DCB") drop(merged.operands, {"DCB"});
      override_operand(merged.operands, operand);
    }
  }
  return merged;
}

}  // namespace sysplexd::jcl
