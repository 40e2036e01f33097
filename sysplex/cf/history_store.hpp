// The files of history: `history/<id>.seg`, written once, read on demand, removed when nothing in them is left. Which
// of them belong to the state is said by the live state, never by what stands in the folder.
#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sysplex/cf/history_segment.hpp"
#include "sysplex/cf/live_state.hpp"
#include "sysplex/cf/records.hpp"
#include "sysplex/dasd/file_io.hpp"

namespace sysplexd::cf {

class HistoryStore {
 public:
  HistoryStore(std::shared_ptr<dasd::FileSystem> files, std::string folder);

  // Durable, name and all, when ok.
  Task<net::Status> write(std::uint64_t id, std::vector<HistoryField> records);
  // Not there is no error.
  Task<net::Status> remove(std::uint64_t id);
  // Ids that stand in the folder.
  Task<Result<std::vector<std::uint64_t>>> list();

  // Where the number stands in the segments of the state: nothing, or the place (also of a removed record).
  Task<Result<std::optional<SegmentPlace>>> find(std::vector<std::uint64_t> candidates, std::uint64_t number);
  Task<Result<std::string>> value(SegmentPlace place);

  struct OpenSegment {
    dasd::FileHandle file;
    std::vector<HistoryIndexEntry> index;
  };
  Task<Result<std::shared_ptr<const OpenSegment>>> open(std::uint64_t id);

 private:
  static constexpr std::size_t open_segments_max = 8;
  std::string path(std::uint64_t id) const;

  std::shared_ptr<dasd::FileSystem> files_;
  std::string folder_;
  std::list<std::pair<std::uint64_t, std::shared_ptr<const OpenSegment>>> opened_;  // last used first
};

// "<id>.seg" -> id.
std::optional<std::uint64_t> history_segment_id(std::string_view name);

}  // namespace sysplexd::cf
