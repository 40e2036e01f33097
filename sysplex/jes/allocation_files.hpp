// The bytes behind a DD: in-stream data as a file, a concatenation as one file, output of DISP=MOD to its end. A file
// holds lines, or bare fixed records of LRECL bytes (jes/README.md); the first part of a concatenation decides.
#pragma once
#include <string>
#include <vector>

#include "net/fd.hpp"
#include "net/result.hpp"

namespace sysplexd::jes {

// In-stream lines as fixed records of `fixed` bytes (0: as they are): padded with blanks; a line that is longer
// without its trailing blanks is invalid. Pure.
net::Result<std::string> instream_bytes(const std::string& lines, int fixed);

// A new file of mode 0600 that nobody else made; a failure leaves none.
net::Status write_new_file(const std::string& path, const std::string& bytes);

struct JoinSource {
  std::string name;  // for messages
  net::UniqueFd file;
  int fixed = 0;  // LRECL of bare records; 0: lines
};
// All sources one after the other in a new file. Bytes are copied inside the kernel where formats agree; else lines
// become records and records lines (without trailing blanks). A failure leaves no file.
net::Status join_files(const std::vector<JoinSource>& sources, int fixed, const std::string& path);

// The bytes of `from` to the end of `to` (open for reading and writing); between lines a missing newline is added. A
// failure leaves `to` as it was.
net::Status append_file(int from, int to, bool lines);

}  // namespace sysplexd::jes
