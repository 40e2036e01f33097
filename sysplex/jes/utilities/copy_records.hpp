// Copying between data sets of different form: IEBGENER, REPRO, IEBCOPY use the same rules.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "net/result.hpp"
#include "sysplex/jes/utilities/dd.hpp"

namespace sysplexd::jes {

// Writes one record that was read from a data set with `from` attributes: fixed to lines drops trailing blanks; a
// record with a newline byte cannot become a line (corrupt); one that is too long is too_large.
net::Status write_converted(RecordWriter& writer, std::string_view record, const DcbAttributes& from);

// The whole data set. Data sets of the same form are copied byte by byte (a last line without newline stays one).
// Answers the number of records. Copying a data set onto itself is refused (invalid).
net::Result<std::uint64_t> copy_data_set(const DdInfo& from, const DdInfo& to);

// The message of a failure of the two above: IEB311I for what does not fit, UNV5110E for the rest.
std::string conversion_text(const net::Error& error, std::string_view ddname);

}  // namespace sysplexd::jes
