// Attributes that a program gives to a data set when it opens it: a new data set without DCB takes those of the
// program's file (OPEN completes the data set label on z/OS), so that the next step reads what was written.
#pragma once
#include <cstddef>

#include "sysplex/jes/utilities/dd.hpp"

namespace sysplexd::jes {

// True when the DD is a data set of the catalogue (not a member, SYSOUT, PATH or DUMMY) that has no RECFM yet; it then
// has RECFM=FB and the LRECL, in the catalogue and in `dd`. False: nothing was changed; the data set holds lines.
bool complete_label(DdInfo& dd, std::size_t lrecl);

}  // namespace sysplexd::jes
