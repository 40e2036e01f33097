// The log: where a record is placed, the group that one write and one sync make durable, the pre-written segments, and
// what happens when a write fails.
#include "net/frame.hpp"
#include "sysplex/cf/engine_core.hpp"
#include "sysplex/dasd/record_sector.hpp"

namespace sysplexd::cf {

using net::Errc;
using net::Error;

// The group that can still take a request; made when there is none.
std::shared_ptr<Group> EngineCore::last_open_group() {
  if (groups_.empty() || groups_.back()->closed) groups_.push_back(std::make_shared<Group>(executor_));
  return groups_.back();
}

void EngineCore::close_group(Group& group) {
  group.closed = true;
  if (group.number == 0) return;
  GroupEnd end;
  end.group = group.number;
  end.lsn = group.last_lsn;
  net::append_message(group.bytes, end);
  placed_offset_ += group_end_bytes();
}

// Nothing to write, but an answer that rests on what is on its way: it waits with the group.
EngineCore::Begun EngineCore::begin_silent(BegunTransaction begun) {
  Begun answer;
  answer.waiter = begun.waiter = std::make_shared<Waiter>();
  answer.group = last_open_group();
  answer.group->begun.push_back(std::move(begun));
  writer_event_.notify_one();
  return answer;
}

EngineCore::Begun EngineCore::begin_record(BegunTransaction begun, bool from_reserve) {
  Begun answer;
  LogRecord& record = begun.record;
  std::shared_ptr<Group> open = groups_.empty() || groups_.back()->closed ? nullptr : groups_.back();
  const bool has_records = open && open->number != 0;
  record.lsn = next_lsn_;
  record.group = has_records ? open->number : next_group_;
  std::string payload = net::encode(record);
  const std::uint64_t size = net::frame_header_bytes + payload.size();
  const std::uint64_t end = group_end_bytes();
  if (log_segment_header_bytes() + size + end > options_.segment_bytes) {
    answer.refused =
        Error{Errc::too_large, "a log record has " + std::to_string(size) + " bytes; a segment of the log has " +
                                   std::to_string(options_.segment_bytes)};
    return answer;
  }
  if (begun_log_bytes_ + size > options_.waiting_bytes_max) {
    answer.refused = Error{
        Errc::full, "requests of " + std::to_string(begun_log_bytes_) + " bytes wait to be written; that is the limit"};
    return answer;
  }
  const bool join = has_records && open->bytes.size() + size + end <= options_.group_bytes_max &&
                    placed_offset_ + size + end <= options_.segment_bytes;
  const std::uint64_t at = placed_offset_ + (has_records && !join ? end : 0);
  const bool same_segment = at + size + end <= options_.segment_bytes;
  const bool into_reserve = same_segment && options_.segment_bytes - (at + size + end) < options_.segment_reserve;
  // Without a spare segment the end of this one is kept for what ends work.
  if (!spare_ && (!same_segment || (into_reserve && !from_reserve))) {
    answer.wants_space = true;
    return answer;
  }

  if (has_records && !join) {
    close_group(*open);
    open = nullptr;
  }
  if (!open) open = last_open_group();
  if (open->number == 0) {
    open->number = next_group_++;
    if (!same_segment) {
      LogSegmentHeader header;
      header.epoch = epoch_;
      header.incarnation = options_.incarnation;
      header.bytes = options_.segment_bytes;
      header.number = spare_->number;
      header.continues = placed_log_->number;
      header.previous_end = placed_offset_;
      header.first_group = open->number;
      header.first_lsn = record.lsn;
      open->header = header;
      placed_log_ = std::move(spare_);
      spare_ = nullptr;
      placed_offset_ = log_segment_header_bytes();
      spare_wanted_ = true;
      spare_event_.notify_one();
    }
    open->log = placed_log_;
    open->offset = placed_offset_;
  }
  if (record.group != open->number) {
    record.group = open->number;
    payload = net::encode(record);
  }
  net::append_frame(open->bytes, LogRecord::kind, payload);
  placed_offset_ += size;
  begun.log_bytes = size;
  begun_log_bytes_ += size;
  open->last_lsn = next_lsn_++;
  begun_revision_ = std::max(begun_revision_, record.revision);

  for (const auto& put : record.puts) begun_keys_[put.key] = BegunKey{record.revision, record.lsn};
  for (const auto& key : record.deletes) begun_keys_[key] = BegunKey{0, record.lsn};
  for (const auto& field : record.history) begun_numbers_.insert(field.number);
  begun_bytes_ += begun.bytes;
  removals_begun_ += begun.removals;
  answer.waiter = begun.waiter = std::make_shared<Waiter>();
  answer.group = open;
  if (record.answer) {
    BegunMember& member = begun_members_[record.answer->member];
    if (record.answer->incarnation > member.incarnation) {
      member = BegunMember{};
      member.incarnation = record.answer->incarnation;
    }
    member.acknowledged_below = std::max(member.acknowledged_below, record.answer->acknowledged_below);
    member.requests[record.answer->sequence] = {answer.waiter, open};
  }
  open->begun.push_back(std::move(begun));
  writer_event_.notify_one();
  return answer;
}

Task<void> EngineCore::run_writer(std::shared_ptr<EngineCore> self) {
  const auto kept = std::move(self);
  while (!ended_) {
    if (groups_.empty()) {
      // The housekeeper may still want to commit: the writer is the last to go.
      if (stopping_ && loops_running_ == 1) break;
      co_await writer_event_.wait();
      continue;
    }
    const auto group = groups_.front();
    groups_.pop_front();
    co_await write_group(group);
  }
  in_flight_ = nullptr;
  --loops_running_;
  ended_event_.notify_all();
}

Task<void> EngineCore::write_group(std::shared_ptr<Group> group) {
  in_flight_ = group;
  if (!group->closed) close_group(*group);
  if (group->number != 0) {
    dasd::Buffers buffers;
    std::uint64_t offset = group->offset;
    if (group->header) {
      std::string header;
      net::append_message(header, *group->header);
      buffers.push_back(std::move(header));
      offset = 0;
    }
    buffers.push_back(std::move(group->bytes));
    const auto written = co_await files_->write_sync(group->log->file, offset, std::move(buffers));
    if (ended_) co_return;
    if (!written) {
      const Error why = written.error();
      if (why.code != Errc::no_space) {
        end_epoch("the log could not be written", why);
        co_return;
      }
      co_await seal_after(group, why);
      co_return;
    }
    ++counters.groups;
    if (group->header) {
      ++segments_since_snapshot_;
      written_log_ = group->log->number;
    }
  }
  const net::Status claim = co_await check_claim();
  if (ended_) co_return;
  if (!claim) {
    end_epoch("the epoch record does not show this host", claim.error());
    co_return;
  }
  complete(*group);
  in_flight_ = nullptr;
}

// Rule 2 of design section 4: no answer leaves before a read of the epoch record, begun after what is reported was
// durable, shows our claim. So whoever claims next reads everything that was ever acknowledged.
Task<net::Status> EngineCore::check_claim() {
  const auto record = co_await read_epoch_record();
  if (!record) co_return record.error();
  if (record->claimed != epoch_ || record->claimed_by != options_.incarnation)
    co_return Error{Errc::closed, "epoch " + std::to_string(record->claimed) + " was claimed by another host"};
  co_return net::Status();
}

void EngineCore::complete(Group& group) {
  bool removed = false, emptied = false;
  for (auto& begun : group.begun) {
    LogRecord& record = begun.record;
    if (record.lsn != 0) {
      for (const auto& put : record.puts) {
        const auto key = begun_keys_.find(put.key);
        if (key != begun_keys_.end() && key->second.lsn == record.lsn) begun_keys_.erase(key);
      }
      for (const auto& deleted : record.deletes) {
        const auto key = begun_keys_.find(deleted);
        if (key != begun_keys_.end() && key->second.lsn == record.lsn) begun_keys_.erase(key);
      }
      for (const auto& field : record.history) begun_numbers_.erase(field.number);
      if (record.answer) {
        const auto member = begun_members_.find(record.answer->member);
        if (member != begun_members_.end() && member->second.incarnation == record.answer->incarnation) {
          member->second.requests.erase(record.answer->sequence);
          if (member->second.requests.empty()) begun_members_.erase(member);
        }
      }
      const auto gone = state_.apply(record);
      emptied_segments_.insert(emptied_segments_.end(), gone.begin(), gone.end());
      emptied = emptied || !gone.empty();
      committed_lsn_ = record.lsn;
      begun_bytes_ -= begun.bytes;
      begun_log_bytes_ -= begun.log_bytes;
      removals_begun_ -= begun.removals;
      removed = removed || begun.removals > 0;
      ++(begun.answer.committed ? counters.transactions : counters.refusals);
    }
    begun.waiter->answer = std::move(begun.answer);
  }
  group.done.notify_all();
  group.begun.clear();
  if (removed) history_event_.notify_all();
  if (emptied || history_is_due() || snapshot_is_due()) housekeeper_event_.notify_one();
}

// The disk is full, and the write of a group was refused or came short. What of it stands in the file must never be
// read back: the log goes on in the next segment, whose header says where this one ends. Once that is durable the
// refusal is certain and can be told; the file that failed is not written again.
Task<void> EngineCore::seal_after(std::shared_ptr<Group> failed, Error why) {
  sealing_ = true;
  while (spare_making_ && !ended_) co_await spare_done_.wait();
  if (!spare_ && !ended_) co_await make_spare();
  if (ended_) co_return;
  if (!spare_) {
    end_epoch("the log could not be written", why);
    co_return;
  }
  const auto next = std::move(spare_);
  spare_ = nullptr;
  LogSegmentHeader header;
  header.epoch = epoch_;
  header.incarnation = options_.incarnation;
  header.bytes = options_.segment_bytes;
  header.number = next->number;
  header.continues = failed->header ? failed->header->continues : failed->log->number;
  header.previous_end = failed->header ? failed->header->previous_end : failed->offset;
  // One number is left out: if this header is ever damaged, the records behind it still show that they came later.
  header.first_group = failed->number + 2;
  header.first_lsn = committed_lsn_ + 1;
  dasd::Buffers buffers;
  buffers.emplace_back();
  net::append_message(buffers.back(), header);
  const auto written = co_await files_->write_sync(next->file, 0, std::move(buffers));
  if (ended_) co_return;
  if (!written) {
    end_epoch("the log could not be written", written.error());
    co_return;
  }
  const net::Status claim = co_await check_claim();
  if (ended_) co_return;
  if (!claim) {
    end_epoch("the epoch record does not show this host", claim.error());
    co_return;
  }
  refuse_begun(*failed, why);
  placed_log_ = next;
  placed_offset_ = log_segment_header_bytes();
  written_log_ = next->number;
  ++segments_since_snapshot_;
  next_group_ = header.first_group;
  next_lsn_ = header.first_lsn;
  in_flight_ = nullptr;
  sealing_ = false;
  spare_wanted_ = true;
  spare_event_.notify_one();
  spare_done_.notify_all();
}

// Everything that was begun is taken back: what stands behind the failed group was judged with it.
void EngineCore::refuse_begun(Group& failed, const Error& why) {
  Error refusal = why;
  refusal.text =
      "the log of the coupling facility has no space left; nothing of the request was carried out: " + why.text;
  const auto refuse = [&](Group& group) {
    for (auto& begun : group.begun) begun.waiter->answer = refusal;
    group.done.notify_all();
    group.begun.clear();
  };
  refuse(failed);
  for (auto& group : groups_) refuse(*group);
  groups_.clear();
  begun_keys_.clear();
  begun_numbers_.clear();
  begun_members_.clear();
  begun_bytes_ = 0;
  begun_log_bytes_ = 0;
  begun_revision_ = state_.revision();
  removals_begun_ = 0;
  history_event_.notify_all();
}

Task<void> EngineCore::wait_for_spare() {
  const std::uint64_t attempts = spare_attempts_;
  spare_wanted_ = true;
  spare_event_.notify_one();
  while (spare_attempts_ == attempts && !ended_ && !stopping_) co_await spare_done_.wait();
}

Task<void> EngineCore::run_spare_keeper(std::shared_ptr<EngineCore> self) {
  const auto kept = std::move(self);
  while (!ended_ && !stopping_) {
    if (!spare_wanted_ || sealing_) {
      co_await spare_event_.wait();
      continue;
    }
    co_await make_spare();
  }
  --loops_running_;
  writer_event_.notify_one();
  spare_done_.notify_all();
  ended_event_.notify_all();
}

// One attempt; a full disk is noted and tried again when somebody wants it, anything else ends the epoch.
Task<void> EngineCore::make_spare() {
  spare_wanted_ = false;
  if (!spare_) {
    spare_making_ = true;
    auto made = co_await make_log_file();
    spare_making_ = false;
    if (made) {
      spare_ = std::move(*made);
      spare_error_.reset();
    } else if (made.error().code == Errc::no_space) {
      spare_error_ = made.error();
    } else {
      end_epoch("a segment of the log could not be made", made.error());
    }
  }
  ++spare_attempts_;
  spare_done_.notify_all();
}

Task<Result<std::shared_ptr<LogFile>>> EngineCore::make_log_file() {
  auto made = std::make_shared<LogFile>();
  made->number = next_log_number_++;
  const std::string path = own_folder_ + "/" + names::log_segment(made->number);
  net::Status ready;
  {
    const auto file = co_await files_->open(path, dasd::OpenMode::create_new);
    if (!file) co_return file.error();
    made->file = *file;
    ready = co_await dasd::prewrite(files_, made->file, options_.segment_bytes);
  }
  if (ready) {
    ready = co_await files_->sync_directory(own_folder_);
    if (ready) co_return made;
  }
  // Give the space back at once: somebody may need it.
  made->file.reset();
  const net::Status removed = co_await files_->unlink(path);
  if (!removed && ready.error().code == Errc::no_space && removed.error().code != Errc::no_space)
    co_return removed.error();
  co_return ready.error();
}

void EngineCore::end_epoch(const std::string& what, const Error& cause) {
  if (ended_) return;
  Error end = cause;
  // These codes say that the outcome of a request on its way is not known (records.hpp).
  if (cause.code != Errc::corrupt && cause.code != Errc::closed) end.code = Errc::io;
  end.text = "the coupling facility ended its epoch " + std::to_string(epoch_) + ": " + what + ": " + cause.text;
  ended_ = end;
  const auto tell = [&](Group& group) {
    for (auto& begun : group.begun) begun.waiter->answer = end;
    group.done.notify_all();
    group.begun.clear();
  };
  if (in_flight_) tell(*in_flight_);
  for (auto& group : groups_) tell(*group);
  groups_.clear();
  for (net::AsyncEvent* event :
       {&writer_event_, &spare_event_, &spare_done_, &housekeeper_event_, &history_event_, &ended_event_})
    event->notify_all();
}

}  // namespace sysplexd::cf
