// A small file that is either whole and old or whole and new: written beside its place, synced, renamed over it, and
// its directory synced. One writer a path.
#pragma once
#include "sysplex/dasd/file_io.hpp"

namespace sysplexd::dasd {

// After a failure the old content stands, or the new one does; never a mixture, never nothing. A failed replacement
// leaves at most `<path>.new` behind, which the next one overwrites.
Task<Result<void>> replace_file(std::shared_ptr<FileSystem> files, std::string directory, std::string name,
                                std::string content);

}  // namespace sysplexd::dasd
