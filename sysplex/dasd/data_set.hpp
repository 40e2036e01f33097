// What the catalogue knows of a data set or a GDG base, and its text in .catalog/<DSN>: one KEY=VALUE a line, read by
// people too. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "net/result.hpp"

namespace sysplexd::dasd {

// Attributes of a data set. One without an attribute file (copied into the root) has the defaults: catalogued lines.
struct Attributes {
  std::string recfm;  // F FB V VB FBA … U, upper case; empty: lines of text
  int lrecl = 0;      // 0: not known
  int blksize = 0;
  std::string dsorg = "PS";  // PS, PO
  std::string created;       // RFC 3339 UTC; empty: not known
  std::string owner;         // user name or empty
  bool catalogued = true;    // false: UNCATLG, or a generation whose step has not ended yet; the file stays
  bool fixed() const { return !recfm.empty() && recfm.front() == 'F' && lrecl > 0; }  // bare records, no newlines
  // "FB,80,800" as DCB_<ddname> has it; empty for lines of unknown length.
  std::string dcb_text() const;
  bool operator==(const Attributes&) const = default;
};

// A GDG base has no data of its own; its generations are the data sets BASE.GnnnnVnn.
struct GdgBase {
  int limit = 1;         // 1..999
  bool scratch = false;  // rolled-off generations: true removed, false kept uncatalogued (the file stays)
  bool empty = false;    // over the limit: true all old ones roll off, false only the oldest
  std::string created, owner;
  bool operator==(const GdgBase&) const = default;
};
inline constexpr int gdg_limit_max = 999;

// RECFM as JCL has it: F, V or U with any of B A M S T, at most one of A and M.
bool valid_recfm(std::string_view recfm);
// Refuses what no data set may have (lrecl and blksize 0..32760, RECFM, DSORG).
net::Status check(const Attributes& attributes);

// One attribute file: a data set or a GDG base.
struct AttributeFile {
  bool gdg = false;
  Attributes data_set;  // !gdg
  GdgBase base;         // gdg
};
std::string to_text(const Attributes& attributes);
std::string to_text(const GdgBase& base);
// corrupt: what is wrong, with the line. Unknown keys are passed over (a newer writer).
net::Result<AttributeFile> parse_attributes(std::string_view text);

}  // namespace sysplexd::dasd
