#include "sysplex/cf/live_state.hpp"

#include <algorithm>
#include <bit>

namespace sysplexd::cf {
namespace {

constexpr std::uint64_t node_bytes = 96;     // a map node, two string headers, the version
constexpr std::uint64_t segment_bytes = 96;  // a segment reference without its bitmap

}  // namespace

std::uint64_t record_cost(std::string_view key, std::string_view value) {
  return key.size() + value.size() + node_bytes;
}
std::uint64_t history_cost(std::string_view value) { return value.size() + node_bytes; }
std::uint64_t answer_cost(std::string_view conflict_key) { return conflict_key.size() + node_bytes; }

void HistorySegment::remove(std::uint32_t index) {
  if (index >= count || is_removed(index)) return;
  if (removed.empty()) removed.assign((count + 7) / 8, '\0');
  removed[index / 8] = static_cast<char>(static_cast<unsigned char>(removed[index / 8]) | (1u << (index % 8)));
  ++removed_count;
}

std::uint64_t LiveState::bytes() const { return record_bytes_ + newest_bytes_ + segment_bytes_ + answer_bytes_; }

void LiveState::put(std::string key, std::string value, std::uint64_t version) {
  const auto found = records_.find(key);
  if (found == records_.end()) {
    record_bytes_ += record_cost(key, value);
    records_.emplace(std::move(key), Versioned{std::move(value), version});
    return;
  }
  record_bytes_ -= found->second.value.size();
  record_bytes_ += value.size();
  found->second = Versioned{std::move(value), version};
}

void LiveState::erase(std::string_view key) {
  const auto found = records_.find(key);
  if (found == records_.end()) return;
  record_bytes_ -= record_cost(found->first, found->second.value);
  records_.erase(found);
}

void LiveState::add_newest(std::uint64_t number, std::string value) {
  remove_newest(number);
  newest_bytes_ += history_cost(value);
  newest_.emplace(number, std::move(value));
}

void LiveState::remove_newest(std::uint64_t number) {
  const auto found = newest_.find(number);
  if (found == newest_.end()) return;
  newest_bytes_ -= history_cost(found->second);
  newest_.erase(found);
}

void LiveState::add_segment(const SegmentField& field) {
  HistorySegment segment;
  segment.id = field.id;
  segment.lowest = field.lowest;
  segment.highest = field.highest;
  segment.count = field.count;
  segment.removed = field.removed;
  for (const char byte : field.removed)
    segment.removed_count += static_cast<std::uint32_t>(std::popcount(static_cast<unsigned char>(byte)));
  for (std::size_t at = 0; at + 8 <= field.numbers.size(); at += 8)
    remove_newest(net::wire_detail::get_integer<std::uint64_t>(std::string_view(field.numbers).substr(at, 8)));
  const auto [place, is_new] = segments_.try_emplace(field.id);
  if (!is_new) {
    segment_bytes_ -= segment_bytes + place->second.removed.size();
    segment_records_ -= place->second.count - place->second.removed_count;
  }
  segment_bytes_ += segment_bytes + segment.removed.size();
  segment_records_ += segment.count - segment.removed_count;
  place->second = std::move(segment);
}

void LiveState::forget_answers(MemberAnswers& member, std::uint64_t below) {
  for (auto answer = member.answers.begin(); answer != member.answers.end() && answer->first < below;) {
    answer_bytes_ -= answer_cost(answer->second.conflict_key);
    --stored_answers_;
    answer = member.answers.erase(answer);
  }
}

void LiveState::keep_answer(const AnswerField& answer) {
  const auto [place, is_new] = members_.try_emplace(answer.member);
  MemberAnswers& member = place->second;
  if (is_new) answer_bytes_ += record_cost(answer.member, {});
  if (answer.incarnation < member.incarnation) return;  // over a later state only: that incarnation has ended
  if (answer.incarnation > member.incarnation) {
    forget_answers(member, ~std::uint64_t{0});
    member.incarnation = answer.incarnation;
    member.acknowledged_below = 0;
  }
  if (answer.acknowledged_below > member.acknowledged_below) {
    member.acknowledged_below = answer.acknowledged_below;
    forget_answers(member, answer.acknowledged_below);
  }
  if (answer.sequence < member.acknowledged_below) return;
  const auto [kept, first] = member.answers.try_emplace(
      answer.sequence, TransactionAnswer{answer.committed, answer.revision, answer.conflict_key});
  if (!first) return;
  answer_bytes_ += answer_cost(answer.conflict_key);
  ++stored_answers_;
}

std::vector<std::uint64_t> LiveState::apply(const LogRecord& record) {
  for (const auto& field : record.puts) put(field.key, field.value, record.revision);
  for (const auto& key : record.deletes) erase(key);
  for (const auto& field : record.history) add_newest(field.number, field.value);
  for (const auto number : record.newest_removed) remove_newest(number);
  if (record.sealed) add_segment(*record.sealed);
  std::vector<std::uint64_t> emptied;
  if (record.sealed && segments_.at(record.sealed->id).removed_count == record.sealed->count)
    emptied.push_back(record.sealed->id);
  for (const auto& place : record.removed) {
    const auto found = segments_.find(place.segment);
    if (found == segments_.end()) continue;  // over a later state only: the segment has left since
    HistorySegment& segment = found->second;
    const auto bitmap_before = segment.removed.size();
    const auto removed_before = segment.removed_count;
    segment.remove(place.index);
    segment_bytes_ += segment.removed.size() - bitmap_before;
    segment_records_ -= segment.removed_count - removed_before;
    if (segment.removed_count == segment.count && removed_before != segment.removed_count)
      emptied.push_back(segment.id);
  }
  for (const auto id : emptied) {
    const auto found = segments_.find(id);
    segment_bytes_ -= segment_bytes + found->second.removed.size();
    segments_.erase(found);
  }
  if (record.answer) keep_answer(*record.answer);
  revision_ = std::max(revision_, record.revision);
  return emptied;
}

void LiveState::restore(const SnapshotHeader& header) { revision_ = std::max(revision_, header.revision); }

net::Status LiveState::restore(SnapshotPart part) {
  for (auto& field : part.records) {
    revision_ = std::max(revision_, field.version);
    put(std::move(field.key), std::move(field.value), field.version);
  }
  for (auto& field : part.newest) add_newest(field.number, std::move(field.value));
  for (const auto& field : part.segments) {
    if (field.count == 0 || field.lowest > field.highest ||
        (!field.removed.empty() && field.removed.size() != (field.count + 7) / 8))
      return net::Error{net::Errc::corrupt, "history segment " + std::to_string(field.id) + " is described wrongly"};
    add_segment(field);
  }
  for (const auto& field : part.members) {
    const auto [place, is_new] = members_.try_emplace(field.member);
    if (is_new) answer_bytes_ += record_cost(field.member, {});
    place->second.incarnation = field.incarnation;
    place->second.acknowledged_below = field.acknowledged_below;
  }
  for (const auto& field : part.answers) keep_answer(field);
  return {};
}

}  // namespace sysplexd::cf
