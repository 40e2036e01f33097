// From a transaction to a place in the log: the rules that a request must keep, and the decision.
#include <algorithm>
#include <set>

#include "sysplex/cf/engine_core.hpp"

namespace sysplexd::cf {

using net::Errc;
using net::Error;

net::Status EngineCore::check(const Transaction& transaction) const {
  std::size_t bytes = 0;
  const auto key_error = [](const std::string& key) -> net::Status {
    if (key.empty()) return Error{Errc::invalid, "a key is empty"};
    if (key.size() > key_bytes_max)
      return Error{Errc::too_large, "key " + key.substr(0, 40) + "… has " + std::to_string(key.size()) +
                                        " bytes; at most " + std::to_string(key_bytes_max) + " are allowed"};
    return {};
  };
  const auto value_error = [](const std::string& name, const std::string& value) -> net::Status {
    if (value.size() <= value_bytes_max) return {};
    return Error{Errc::too_large, name + " has " + std::to_string(value.size()) + " bytes; at most " +
                                      std::to_string(value_bytes_max) + " are allowed"};
  };
  std::set<std::string_view> written;
  for (const auto& compare : transaction.compares) {
    const auto key = key_error(compare.key);
    if (!key) return key;
    bytes += compare.key.size();
  }
  for (const auto& put : transaction.puts) {
    const auto key = key_error(put.key);
    if (!key) return key;
    const auto value = value_error("the value of " + put.key, put.value);
    if (!value) return value;
    if (!written.insert(put.key).second) return Error{Errc::invalid, "key " + put.key + " is written twice"};
    bytes += put.key.size() + put.value.size();
  }
  for (const auto& key : transaction.deletes) {
    const auto error = key_error(key);
    if (!error) return error;
    if (!written.insert(key).second) return Error{Errc::invalid, "key " + key + " is written twice"};
    bytes += key.size();
  }
  std::set<std::uint64_t> numbers;
  for (const auto& record : transaction.history) {
    const auto value = value_error("history record " + std::to_string(record.number), record.value);
    if (!value) return value;
    if (record.number == history_newest) return Error{Errc::invalid, "history number 2^64-1 is kept for queries"};
    if (!numbers.insert(record.number).second)
      return Error{Errc::exists, "history record " + std::to_string(record.number) + " is given twice"};
    bytes += 8 + record.value.size();
  }
  bytes += 16 * transaction.history_remove.size();
  const std::size_t bytes_max = std::min<std::size_t>(transaction_bytes_max, options_.segment_bytes / 4);
  if (bytes > bytes_max)
    return Error{Errc::too_large, "a transaction has " + std::to_string(bytes) + " bytes; at most " +
                                      std::to_string(bytes_max) + " are allowed"};
  if (transaction.id.member.size() > key_bytes_max) return Error{Errc::too_large, "a member name is too long"};
  if (!transaction.id.member.empty() && transaction.id.sequence < transaction.id.acknowledged_below)
    return Error{Errc::invalid, "a request acknowledges its own answer"};
  return {};
}

Task<Result<TransactionAnswer>> EngineCore::transact(Transaction transaction) {
  const auto self = shared_from_this();
  const net::Status valid = check(transaction);
  if (!valid) co_return valid.error();
  std::optional<std::uint64_t> failed_attempt;
  for (;;) {
    while (sealing_ && !ended_) co_await spare_done_.wait();
    if (ended_) co_return *ended_;
    if (stopping_) co_return Error{Errc::closed, "the coupling facility is stopping"};
    std::vector<SegmentPlace> places;
    if (!transaction.history_remove.empty()) {
      // A history segment on its way into the state moves numbers: look them up when it is in, and again when another
      // came while we looked.
      while (seal_begun_ && !ended_) co_await history_event_.wait();
      if (ended_) continue;
      const std::uint64_t seals_before = seals_;
      auto found = co_await find_removed(transaction.history_remove);
      if (!found) co_return found.error();
      if (seal_begun_ || seals_ != seals_before || ended_) continue;
      places = std::move(*found);
    }
    const Begun begun = begin(transaction, places);
    if (begun.refused) co_return *begun.refused;
    if (begun.wants_space) {
      if (failed_attempt && *failed_attempt != spare_attempts_ && spare_error_) {
        Error refusal = *spare_error_;
        refusal.text = "the log of the coupling facility has no space left; what has begun can end: " + refusal.text;
        co_return refusal;
      }
      // An attempt that was already under way may have failed before space came: one more of our own decides.
      if (!spare_making_) failed_attempt = spare_attempts_;
      co_await wait_for_spare();
      continue;
    }
    while (!begun.waiter->answer) co_await begun.group->done.wait();
    co_return *begun.waiter->answer;
  }
}

Task<Result<std::vector<SegmentPlace>>> EngineCore::find_removed(std::vector<std::uint64_t> numbers) {
  std::vector<SegmentPlace> places;
  for (const auto number : numbers) {
    if (state_.newest_history().count(number) > 0) continue;
    std::vector<std::uint64_t> candidates;
    for (const auto& [id, segment] : state_.segments())
      if (segment.lowest <= number && number <= segment.highest) candidates.push_back(id);
    if (candidates.empty()) continue;
    const auto place = co_await history_store_.find(candidates, number);
    if (!place) {
      // Emptied and removed by another purge while we looked: then the number is gone too.
      const bool all_there = std::all_of(candidates.begin(), candidates.end(),
                                         [this](std::uint64_t id) { return state_.segments().count(id) > 0; });
      if (place.error().code == Errc::not_found && !all_there) continue;
      co_return place.error();
    }
    if (*place) places.push_back(**place);
  }
  co_return places;
}

std::uint64_t EngineCore::begun_version(const std::string& key) const {
  const auto begun = begun_keys_.find(key);
  if (begun != begun_keys_.end()) return begun->second.version;
  const auto committed = state_.records().find(key);
  return committed == state_.records().end() ? 0 : committed->second.version;
}

// Against the committed state: two transactions on their way may count one key twice. It errs to the careful side, and
// complete() makes it exact again.
std::int64_t EngineCore::cost(const Transaction& transaction) const {
  std::int64_t bytes = 0;
  const auto freed = [&](const std::string& key) -> std::int64_t {
    const auto found = state_.records().find(key);
    if (found == state_.records().end()) return 0;
    return static_cast<std::int64_t>(record_cost(key, found->second.value));
  };
  for (const auto& put : transaction.puts)
    bytes += static_cast<std::int64_t>(record_cost(put.key, put.value)) - freed(put.key);
  for (const auto& key : transaction.deletes) bytes -= freed(key);
  for (const auto& record : transaction.history) bytes += static_cast<std::int64_t>(history_cost(record.value));
  return bytes;
}

// A request whose answer is kept, or is on its way; or one that comes too late.
std::optional<EngineCore::Begun> EngineCore::begin_repeat(const RequestId& id) {
  Begun answer;
  const auto member = state_.members().find(id.member);
  const MemberAnswers* const kept = member == state_.members().end() ? nullptr : &member->second;
  const BegunMember& begun = begun_members_[id.member];
  const std::uint64_t incarnation = std::max(kept ? kept->incarnation : 0, begun.incarnation);
  if (id.incarnation < incarnation) {
    answer.refused =
        Error{Errc::not_permitted, "request of incarnation " + std::to_string(id.incarnation) + " of " + id.member +
                                       ", which has ended: incarnation " + std::to_string(incarnation) + " is known"};
    return answer;
  }
  const bool kept_counts = kept != nullptr && kept->incarnation == id.incarnation;
  const bool begun_counts = begun.incarnation == id.incarnation;
  const std::uint64_t acknowledged =
      std::max(kept_counts ? kept->acknowledged_below : 0, begun_counts ? begun.acknowledged_below : 0);
  if (id.sequence < acknowledged) {
    answer.refused = Error{Errc::not_permitted, "request " + std::to_string(id.sequence) + " of " + id.member +
                                                    " comes late: answers below " + std::to_string(acknowledged) +
                                                    " were acknowledged"};
    return answer;
  }
  if (begun_counts) {
    const auto waiting = begun.requests.find(id.sequence);
    if (waiting != begun.requests.end()) {
      answer.waiter = waiting->second.first;
      answer.group = waiting->second.second;
      return answer;
    }
  }
  if (kept_counts) {
    const auto found = kept->answers.find(id.sequence);
    if (found != kept->answers.end()) {
      BegunTransaction told;
      told.answer = found->second;
      return begin_silent(std::move(told));
    }
    const std::size_t forgotten = static_cast<std::size_t>(
        std::distance(kept->answers.begin(), kept->answers.lower_bound(id.acknowledged_below)));
    if (kept->answers.size() - forgotten + (begun_counts ? begun.requests.size() : 0) >= stored_results_max) {
      answer.refused = Error{Errc::full, id.member + " has " + std::to_string(stored_results_max) +
                                             " answers that it has not acknowledged"};
      return answer;
    }
  } else if (begun_counts && begun.requests.size() >= stored_results_max) {
    answer.refused = Error{Errc::full, id.member + " has too many requests on their way"};
    return answer;
  }
  return std::nullopt;
}

EngineCore::Begun EngineCore::begin(const Transaction& transaction, const std::vector<SegmentPlace>& places) {
  const RequestId& id = transaction.id;
  const bool repeatable = !id.member.empty();
  if (repeatable) {
    const auto repeat = begin_repeat(id);
    if (repeat) return *repeat;
  }
  Begun answer;
  BegunTransaction begun;
  begun.record.revision = begun_revision_;
  begun.answer.revision = begun_revision_;
  begun.answer.committed = true;
  for (const auto& compare : transaction.compares) {
    if (begun_version(compare.key) == compare.version) continue;
    begun.answer.committed = false;
    begun.answer.conflict_key = compare.key;
    break;
  }
  if (!begun.answer.committed && !repeatable) return begin_silent(std::move(begun));

  if (begun.answer.committed) {
    begun.record.revision = begun.answer.revision = begun_revision_ + 1;
    begun.bytes = cost(transaction);
    const auto limit = static_cast<std::int64_t>(options_.live_bytes_max +
                                                 (transaction.from_reserve ? options_.live_bytes_reserve : 0));
    if (begun.bytes > 0 && static_cast<std::int64_t>(state_.bytes()) + begun_bytes_ + begun.bytes > limit) {
      answer.refused =
          Error{Errc::full, "the coupling facility holds " + std::to_string(state_.bytes()) +
                                " bytes of live state; the limit is " + std::to_string(options_.live_bytes_max) +
                                ": let work end, or purge it, before more is taken in"};
      return answer;
    }
    for (const auto& record : transaction.history) {
      if (state_.newest_history().count(record.number) == 0 && begun_numbers_.count(record.number) == 0) continue;
      answer.refused = Error{Errc::exists, "history record " + std::to_string(record.number) + " was given before"};
      return answer;
    }
    for (const auto& put : transaction.puts) begun.record.puts.push_back(RecordField{put.key, put.value, 0});
    begun.record.deletes = transaction.deletes;
    for (const auto& record : transaction.history)
      begun.record.history.push_back(HistoryField{record.number, record.value});
    for (const auto number : transaction.history_remove)
      if (state_.newest_history().count(number) > 0) begun.record.newest_removed.push_back(number);
    begun.record.removed = places;
    begun.removals = begun.record.newest_removed.size();
  }
  if (repeatable)
    begun.record.answer = AnswerField{id.member,
                                      id.incarnation,
                                      id.sequence,
                                      id.acknowledged_below,
                                      begun.answer.committed,
                                      begun.answer.revision,
                                      begun.answer.conflict_key};
  return begin_record(std::move(begun), transaction.from_reserve);
}

}  // namespace sysplexd::cf
