// Questions about history: the newest from memory, the rest from the segments that can hold an answer, and only those.
#include <algorithm>

#include "sysplex/cf/engine_core.hpp"

namespace sysplexd::cf {

using net::Errc;
using net::Error;

namespace {

constexpr std::size_t list_max = 10'000;
// A segment may be emptied and removed while we read; the next look does not see it any more.
constexpr int looks_max = 8;

struct Pick {
  SegmentPlace place;  // segment 0: value is here
  std::string value;
};

}  // namespace

Task<Result<std::optional<std::string>>> EngineCore::history(std::uint64_t number) {
  const auto self = shared_from_this();
  for (int look = 0;; ++look) {
    const auto newest = state_.newest_history().find(number);
    if (newest != state_.newest_history().end()) co_return std::optional<std::string>(newest->second);
    std::vector<std::uint64_t> candidates;
    for (const auto& [id, segment] : state_.segments())
      if (segment.lowest <= number && number <= segment.highest) candidates.push_back(id);
    const auto place = co_await history_store_.find(candidates, number);
    if (!place && place.error().code == Errc::not_found && look < looks_max) continue;
    if (!place) co_return place.error();
    if (!*place) co_return std::optional<std::string>();
    const SegmentPlace found = **place;
    const auto segment = state_.segments().find(found.segment);
    if (segment == state_.segments().end() || segment->second.is_removed(found.index))
      co_return std::optional<std::string>();
    auto value = co_await history_store_.value(found);
    if (!value && value.error().code == Errc::not_found && look < looks_max) continue;
    if (!value) co_return value.error();
    co_return std::optional<std::string>(std::move(*value));
  }
}

Task<Result<std::vector<HistoryRecord>>> EngineCore::history_list(std::uint64_t from, std::size_t count,
                                                                  bool newest_first) {
  const auto self = shared_from_this();
  count = std::min(count, list_max);
  std::map<std::uint64_t, Pick> picks;
  const auto trim = [&] {
    while (picks.size() > count) picks.erase(newest_first ? picks.begin() : std::prev(picks.end()));
  };
  const auto& newest = state_.newest_history();
  if (newest_first) {
    for (auto at = newest.lower_bound(from); at != newest.begin() && picks.size() < count;) {
      --at;
      picks[at->first].value = at->second;
    }
  } else {
    for (auto at = newest.lower_bound(from); at != newest.end() && picks.size() < count; ++at)
      picks[at->first].value = at->second;
  }
  // The segments that can hold an answer, the likeliest first.
  std::vector<HistorySegment> segments;
  for (const auto& [id, segment] : state_.segments())
    if (newest_first ? segment.lowest < from : segment.highest >= from) {
      segments.push_back(segment);
      segments.back().removed.clear();
    }
  std::sort(segments.begin(), segments.end(), [&](const HistorySegment& a, const HistorySegment& b) {
    return newest_first ? a.highest > b.highest : a.lowest < b.lowest;
  });
  for (const auto& segment : segments) {
    if (count == 0) break;
    // All that is left lies beyond what we have.
    if (picks.size() >= count &&
        (newest_first ? segment.highest < picks.begin()->first : segment.lowest > picks.rbegin()->first))
      break;
    const auto opened = co_await history_store_.open(segment.id);
    const auto current = state_.segments().find(segment.id);
    if (current == state_.segments().end()) continue;  // emptied meanwhile
    if (!opened) co_return opened.error();
    const auto& index = (*opened)->index;
    const auto start = std::lower_bound(index.begin(), index.end(), from,
                                        [](const HistoryIndexEntry& e, std::uint64_t n) { return e.number < n; });
    std::size_t taken = 0;
    const auto take = [&](std::size_t at) {
      if (current->second.is_removed(static_cast<std::uint32_t>(at))) return;
      Pick& pick = picks[index[at].number];
      pick.place.segment = segment.id;
      pick.place.index = static_cast<std::uint32_t>(at);
      ++taken;
    };
    const auto first = static_cast<std::size_t>(start - index.begin());
    if (newest_first)
      for (std::size_t at = first; at > 0 && taken < count; --at) take(at - 1);
    else
      for (std::size_t at = first; at < index.size() && taken < count; ++at) take(at);
    trim();
  }
  std::vector<HistoryRecord> answer;
  for (auto& [number, pick] : picks) {
    HistoryRecord record;
    record.number = number;
    if (pick.place.segment == 0) {
      record.value = std::move(pick.value);
    } else {
      auto value = co_await history_store_.value(pick.place);
      if (!value && state_.segments().count(pick.place.segment) == 0) continue;  // removed meanwhile
      if (!value) co_return value.error();
      record.value = std::move(*value);
    }
    answer.push_back(std::move(record));
  }
  if (newest_first) std::reverse(answer.begin(), answer.end());
  co_return answer;
}

}  // namespace sysplexd::cf
