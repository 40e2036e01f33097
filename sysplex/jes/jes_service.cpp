// Start, submit, operator acts and views. The initiators' side is jes_initiators.cpp, the supervisor's and the proofs
// after a restart jes_supervisor.cpp.
#include "sysplex/jes/jes_service.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "config/message.hpp"
#include "sysplex/jes/jes_slots.hpp"
#include "sysplex/jes/processes.hpp"
#include "sysplex/spool/job_file_writer.hpp"
#include "sysplex/spool/retention.hpp"

namespace sysplexd::jes {

using net::Errc;
using net::Error;
using net::Result;
using net::Status;
using net::Task;

namespace {

constexpr const char* next_number_key = "jes/next";
// Operations under way at once: each submit, grant and end is one. Clients beyond it wait for their turn at the client
// server, which is bounded lower.
constexpr std::size_t operations_max = 20000;

Error refused(const JobRecord& job, std::string why) {
  return {Errc::conflict, config::text<"UNV2702E">(job_id_text(job.number), job.name, why)};
}

Error no_job(std::uint64_t number) { return {Errc::not_found, config::text<"UNV2701E">(job_id_text(number))}; }

}  // namespace

JesService::JesService(net::Executor executor, cf::Records& records, std::shared_ptr<dasd::FileSystem> files,
                       const net::Clock& clock, JesOptions options, Log log)
    : executor_(executor),
      records_(records),
      files_(std::move(files)),
      clock_(clock),
      options_(std::move(options)),
      log_(std::move(log)),
      paths_(options_.spool_root),
      queue_(options_.queue),
      supervisor_(std::make_unique<Supervisor>()),
      scope_(executor, "jes", operations_max),
      ended_(executor),
      supervisor_known_(executor) {
  for (std::uint32_t i = 0; i < options_.initiator_classes.size(); ++i) {
    auto slot = std::make_unique<Slot>();
    slot->number = i + 1;
    slot->classes = options_.initiator_classes[i];
    slots_.emplace(i + 1, std::move(slot));
  }
}

JesService::~JesService() = default;

std::int64_t JesService::now_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall_now().time_since_epoch()).count();
}

Task<Status> JesService::start() {
  Status bad;
  std::size_t running = 0;
  records_.scan("job/", [&](std::string_view key, const cf::Versioned& stored) {
    auto job = net::decode<JobRecord>(stored.value);
    if (!job) {
      bad = Error{Errc::corrupt, fmt::format("record {} cannot be read: {}", key, job.error().text)};
      return false;
    }
    next_number_ = std::max(next_number_, job->number + 1);
    running += job->state == JobState::running ? 1 : 0;
    queue_.add(std::move(*job));
    return true;
  });
  if (!bad) co_return bad;
  if (const auto next = records_.get(next_number_key))
    next_number_ = std::max<std::uint64_t>(next_number_, std::stoull(next->value));
  durable_next_ = next_number_;
  for (const auto& [number, job] : queue_.jobs()) {
    const auto slot = slots_.find(job.initiator.number);
    if (job.state != JobState::running || slot == slots_.end()) continue;
    slot->second->job = {number, job.attempt};
    slot->second->identity = job.initiator;
  }
  log_(config::text<"UNV2610I">(queue_.jobs().size(), running, job_id_text(next_number_)));
  auto listener = net::LocalListener::open(executor_, jes_socket(options_.mount_point), 0600);
  if (!listener) co_return listener.error();
  listener_ = std::make_unique<net::LocalListener>(std::move(*listener));
  co_return Status{};
}

Task<Status> JesService::run() {
  const bool spawned = scope_.try_spawn("accept initiators", accept_initiators()) &&
                       scope_.try_spawn("supervise", supervise()) && scope_.try_spawn("settle", settle_after_restart());
  SYSPLEXD_INVARIANT(spawned, "the service's own tasks must fit");
  // The tick looks again at jobs that a passing refusal (full disk) left without a grant.
  while (!stopping_ && !failure_) {
    co_await ended_.wait_until(clock_.steady_now() + std::chrono::seconds(1));
    dispatch();
  }
  if (listener_) listener_->close();
  for (auto& [number, slot] : slots_)
    if (slot->link) slot->link->close();
  if (supervisor_->link) supervisor_->link->close();
  scope_.cancel();
  co_await scope_.join();
  if (failure_) co_return *failure_;
  co_return Status{};
}

void JesService::stop() {
  stopping_ = true;
  ended_.notify_all();
  supervisor_known_.notify_all();
}

void JesService::fail(const Error& error) {
  if (failure_) return;
  failure_ = error;
  log_(config::text<"UNV2606S">(error.text));
  ended_.notify_all();
  supervisor_known_.notify_all();
}

Task<Result<cf::TransactionAnswer>> JesService::commit(cf::Transaction transaction) {
  auto answer = co_await records_.transact(std::move(transaction));
  if (answer) {
    if (!answer->committed)
      co_return Error{Errc::conflict, "the record " + answer->conflict_key + " was changed by another"};
    co_return answer;
  }
  const auto code = answer.error().code;
  // With these the outcome is not known: this life of the coupling facility is over (design section 4 rule 3).
  if (code == Errc::closed || code == Errc::io || code == Errc::corrupt) fail(answer.error());
  co_return answer;
}

cf::Transaction JesService::live_transaction(const JobRecord& job) const {
  cf::Transaction transaction;
  transaction.puts.push_back({job_key(job.number), net::encode(job)});
  transaction.from_reserve = true;
  return transaction;
}

cf::Transaction JesService::end_transaction(const JobRecord& job) const {
  cf::Transaction transaction;
  transaction.deletes.push_back(job_key(job.number));
  transaction.history.push_back({job.number, net::encode(job)});
  transaction.from_reserve = true;
  return transaction;
}

Task<Status> JesService::write_job_file(std::uint64_t number, std::string bytes) {
  const auto bucket = paths_.bucket(number);
  const auto path = paths_.job_file(number);
  auto opened = co_await files_->open(path, dasd::OpenMode::create_new);
  if (!opened && opened.error().code == Errc::not_found) {
    // 0711: the programs of the jobs' users make their SYSOUT files in it by name; nobody lists it.
    if (::mkdir(bucket.c_str(), 0711) != 0 && errno != EEXIST) co_return net::system_error(errno, bucket);
    opened = co_await files_->open(path, dasd::OpenMode::create_new);
  }
  if (!opened) co_return opened.error();
  dasd::FileHandle file = *opened;
  dasd::Buffers buffers;
  buffers.push_back(std::move(bytes));
  const auto written = co_await files_->write_sync(file, 0, std::move(buffers));
  if (!written) co_return written;
  const auto named = co_await files_->sync_directory(bucket);
  co_return named;
}

Task<Result<Submitted>> JesService::submit(jcl::JobDeck deck, Submitter submitter) {
  if (stopping_ || failure_) co_return Error{Errc::closed, config::text<"UNV2703E">("the daemon is stopping")};
  if (deck.text.size() > options_.input_bytes_max)
    co_return Error{Errc::too_large, config::text<"UNV2703E">(fmt::format("the deck has {} bytes, at most {} are taken",
                                                                          deck.text.size(), options_.input_bytes_max))};
  if (queue_.jobs().size() >= options_.queue_jobs_max)
    co_return Error{Errc::full,
                    config::text<"UNV2703E">(fmt::format("the queue has {} jobs, its limit", queue_.jobs().size()))};
  PreparedJob prepared;
  std::uint64_t number = 0;
  for (;;) {
    number = next_number_++;
    prepared = prepare_job(deck, number, submitter, options_.conversion, now_ms());
    const auto written = co_await write_job_file(number, std::move(prepared.job_file));
    if (written) break;
    if (written.error().code == Errc::exists) {
      log_(config::text<"UNV2614W">(number, paths_.job_file(number)));
      continue;
    }
    ::unlink(paths_.job_file(number).c_str());
    co_return Error{written.error().code, config::text<"UNV2703E">(written.error().text)};
  }
  const JobRecord record = prepared.record;
  const bool waits = record.state == JobState::queued;
  cf::Transaction transaction = waits ? live_transaction(record) : end_transaction(record);
  transaction.from_reserve = false;
  if (waits) transaction.compares.push_back({job_key(number), 0});
  durable_next_ = std::max(durable_next_, number + 1);
  transaction.puts.push_back({next_number_key, std::to_string(durable_next_)});
  const auto answer = co_await commit(std::move(transaction));
  if (!answer) {
    if (!failure_) ::unlink(paths_.job_file(number).c_str());
    co_return Error{answer.error().code, config::text<"UNV2703E">(answer.error().text)};
  }
  if (waits) {
    log_(config::text<"UNV2601I">(job_id_text(number), record.name, record.job_class, record.priority, record.owner));
    queue_.add(record);
    dispatch();
  } else if (!prepared.errors.empty()) {
    log_(config::text<"UNV2602E">(job_id_text(number), record.name, prepared.errors.size()));
  }
  Submitted submitted;
  submitted.record = record;
  submitted.errors = std::move(prepared.errors);
  co_return submitted;
}

Task<Result<JobRecord>> JesService::hold(std::uint64_t number) {
  if (queue_.find(number) == nullptr) {
    auto other = co_await find(number);
    if (!other) co_return other;
    co_return refused(*other, "it has ended, only a waiting job can be held");
  }
  auto job = queue_.hold(number);
  if (!job) co_return refused(*queue_.find(number), job.error().text);
  auto transaction = live_transaction(*job);
  const auto answer = co_await commit(std::move(transaction));
  if (!answer) {
    // Nothing was carried out: the job is as it was.
    if (queue_.find(number) != nullptr) (void)queue_.release(number);
    co_return answer.error();
  }
  notify(number);
  co_return job;
}

Task<Result<JobRecord>> JesService::release(std::uint64_t number) {
  if (queue_.find(number) == nullptr) {
    auto other = co_await find(number);
    if (!other) co_return other;
    co_return refused(*other, "it has ended, only a held job can be released");
  }
  auto job = queue_.release(number);
  if (!job) co_return refused(*queue_.find(number), job.error().text);
  auto transaction = live_transaction(*job);
  // Not to be granted before the release is durable: the grant's record is begun after this one and stands behind it in
  // the log, so a dispatch meanwhile is harmless.
  const auto answer = co_await commit(std::move(transaction));
  if (!answer) {
    const auto* live = queue_.find(number);
    if (live != nullptr && live->state == JobState::queued) (void)queue_.hold(number);
    co_return answer.error();
  }
  dispatch();
  notify(number);
  co_return job;
}

Task<Result<JobRecord>> JesService::cancel(std::uint64_t number, bool force, bool dump, std::string by) {
  const auto* live = queue_.find(number);
  if (live == nullptr) {
    auto other = co_await find(number);
    if (!other) co_return other;
    co_return refused(*other, "it has ended already, with " + retcode_text(*other));
  }
  if (live->state == JobState::running) {
    auto asked = queue_.ask_cancel(number, dump ? "S122" : "S222", force, "cancelled by " + by);
    if (!asked) co_return asked.error();
    auto transaction = live_transaction(*asked);
    const auto answer = co_await commit(std::move(transaction));
    if (!answer) co_return answer.error();
    live = queue_.find(number);
    if (live != nullptr && live->state == JobState::running) {
      if (auto* slot = slot_of(number)) send_cancel(*slot, *live);
    }
    notify(number);
    co_return asked;
  }
  const bool doubt = live->state == JobState::in_doubt;
  const JobRecord before = *live;
  const std::string reason = doubt ? before.reason + "; closed by " + by : "cancelled by " + by + " before it ran";
  const auto ended = queue_.end_unstarted(number, doubt ? EndKind::in_doubt : EndKind::cancelled, reason, now_ms());
  ending_.emplace(number, before);
  auto transaction = end_transaction(ended);
  const auto answer = co_await commit(std::move(transaction));
  ending_.erase(number);
  if (!answer) {
    queue_.add(before);
    co_return answer.error();
  }
  log_(config::text<"UNV2612I">(job_id_text(number), ended.name, by));
  dispatch();
  notify(number);
  co_return ended;
}

Task<Status> JesService::purge(std::uint64_t number) {
  if (const auto* live = queue_.find(number))
    co_return refused(*live, fmt::format("it is {}; cancel it first", queue_.phase(*live)));
  if (const auto ending = ending_.find(number); ending != ending_.end())
    co_return refused(ending->second, "it is ending; try again");
  const auto job = co_await find(number);
  if (!job) co_return job.error();
  // Files first: a crash between leaves a record without output, which can be purged again; never output without a
  // record.
  const auto deleted = spool::delete_job_files(paths_, number);
  if (!deleted && deleted.error().code != Errc::not_found) co_return deleted;
  cf::Transaction transaction;
  transaction.history_remove.push_back(number);
  transaction.from_reserve = true;
  const auto answer = co_await commit(std::move(transaction));
  if (!answer) co_return answer.error();
  log_(config::text<"UNV2613I">(job_id_text(number), job->name));
  co_return Status{};
}

Task<Result<JobRecord>> JesService::find(std::uint64_t number) {
  if (const auto* live = queue_.find(number)) co_return *live;
  if (const auto ending = ending_.find(number); ending != ending_.end()) co_return ending->second;
  const auto stored = co_await records_.history(number);
  if (!stored) co_return stored.error();
  if (!stored->has_value()) co_return no_job(number);
  co_return net::decode<JobRecord>(**stored);
}

Task<JesService::ListAnswer> JesService::list(std::function<bool(const JobRecord&)> matches, std::size_t limit) {
  ListAnswer answer;
  for (const auto& [number, job] : queue_.jobs())
    if (matches(job)) answer.jobs.push_back(job);
  std::set<std::uint64_t> ending;
  for (const auto& [number, job] : ending_) {
    ending.insert(number);
    if (matches(job)) answer.jobs.push_back(job);
  }
  constexpr std::size_t block = 512;
  std::uint64_t before = cf::history_newest;
  std::size_t ended = 0;
  // One more than asked tells whether there are more.
  while (ended <= limit) {
    const auto records = co_await records_.history_before(before, block);
    if (!records || records->empty()) break;
    for (const auto& record : *records) {
      const auto job = net::decode<JobRecord>(record.value);
      if (job && !ending.contains(job->number) && matches(*job) && ended <= limit) {
        answer.jobs.push_back(*job);
        ++ended;
      }
    }
    before = records->back().number;
    co_await net::yield();
  }
  std::sort(answer.jobs.begin(), answer.jobs.end(),
            [](const JobRecord& a, const JobRecord& b) { return a.number < b.number; });
  answer.more = answer.jobs.size() > limit;
  if (answer.more) answer.jobs.erase(answer.jobs.begin(), answer.jobs.end() - static_cast<std::ptrdiff_t>(limit));
  co_return answer;
}

Task<std::size_t> JesService::purge_ended_before(std::int64_t time_ms) {
  std::size_t purged = 0;
  std::uint64_t from = 0;
  // Job numbers grow with submit time, not end time, so every record is looked at; the sweep runs seldom, in blocks.
  for (;;) {
    const auto records = co_await records_.history_from(from, 256);
    if (!records || records->empty()) break;
    std::vector<std::uint64_t> expired;
    for (const auto& record : *records) {
      const auto job = net::decode<JobRecord>(record.value);
      if (job && job->ended_ms > 0 && job->ended_ms < time_ms) expired.push_back(record.number);
    }
    from = records->back().number + 1;
    for (const auto number : expired) {
      const auto done = co_await purge(number);
      purged += done ? 1 : 0;
    }
    co_await net::yield();
  }
  co_return purged;
}

void JesService::notify(std::uint64_t number) {
  const auto watcher = watchers_.find(number);
  if (watcher != watchers_.end()) watcher->second->notify_all();
}

Task<void> JesService::changed(std::uint64_t number, net::SteadyTime deadline) {
  auto& shared = watchers_[number];
  if (!shared) shared = std::make_shared<net::AsyncEvent>(executor_);
  const auto event = shared;
  co_await event->wait_until(deadline);
  const auto watcher = watchers_.find(number);
  if (watcher != watchers_.end() && watcher->second == event && event->waiters() == 0) watchers_.erase(watcher);
}

std::vector<InitiatorView> JesService::initiators() const {
  std::vector<InitiatorView> views;
  for (const auto& [number, slot] : slots_) {
    InitiatorView view;
    view.number = number;
    view.classes = slot->classes;
    view.state = slot->job.attempt != 0 ? "BUSY" : slot->link && slot->link->is_open() ? "IDLE" : "ABSENT";
    view.pid = slot->identity.pid;
    view.job = slot->job.job;
    views.push_back(view);
  }
  return views;
}

void JesService::reconfigure(JesOptions options) {
  options_.linklist = std::move(options.linklist);
  options_.conversion = std::move(options.conversion);
  options_.output_bytes_max = options.output_bytes_max;
  options_.wait_seconds_max = options.wait_seconds_max;
  options_.queue_jobs_max = options.queue_jobs_max;
  options_.input_bytes_max = options.input_bytes_max;
  options_.initiator_classes = std::move(options.initiator_classes);
  for (std::uint32_t i = 0; i < options_.initiator_classes.size(); ++i) {
    auto& slot = slots_[i + 1];
    if (!slot) slot = std::make_unique<Slot>();
    slot->number = i + 1;
    slot->classes = options_.initiator_classes[i];
    slot->wanted = true;
  }
  for (auto& [number, slot] : slots_) slot->wanted = number <= options_.initiator_classes.size();
  if (supervisor_->link) {
    KeepInitiators keep;
    for (const auto& [number, slot] : slots_)
      if (slot->wanted) keep.initiators.push_back(number);
    if (!supervisor_->link->post_message(keep)) supervisor_->link->close();
  }
  dispatch();
}

}  // namespace sysplexd::jes
