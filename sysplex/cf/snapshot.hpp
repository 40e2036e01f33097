// A snapshot of the live state as a file of frames. It is written in pieces while commits go on: each piece holds what
// is committed at its moment, and the log from `log_segment` on, applied over it, gives the state (live_state.hpp).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "sysplex/cf/live_state.hpp"
#include "sysplex/cf/records.hpp"
#include "sysplex/dasd/file_io.hpp"

namespace sysplexd::cf {

// `state` and `committed_lsn` are read between the awaits and may change; they outlive the task. Durable, but not its
// name, when ok.
Task<net::Status> write_snapshot(std::shared_ptr<dasd::FileSystem> files, std::string path, SnapshotHeader header,
                                 const LiveState& state, const std::uint64_t& committed_lsn);

// Pure. Every frame must be whole: a snapshot was synced before the manifest named it.
// Gives its end record.
net::Result<SnapshotEnd> read_snapshot(std::string_view bytes, std::uint64_t epoch, std::uint64_t incarnation,
                                       std::uint64_t log_segment, LiveState& state);

}  // namespace sysplexd::cf
