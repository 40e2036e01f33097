#include "daemon/client_server.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "config/message.hpp"
#include "daemon/client.hpp"
#include "daemon/documents.hpp"
#include "daemon/job_follow.hpp"

namespace sysplexd::daemon {

using net::Errc;
using net::Task;

namespace {

constexpr auto request_limit = std::chrono::seconds(60);     // a client sends its request at once
constexpr auto send_limit = std::chrono::hours(1);           // a reader that takes nothing for so long is dropped
constexpr auto look_again = std::chrono::milliseconds(250);  // SYSOUT files grow without telling anybody
constexpr std::size_t submit_batch = 64;                     // decks of one request under way at once
constexpr std::size_t outbox_high = 1u << 20;

std::string user_name(uid_t uid) {
  // Local accounts; the answer is kept, since a name service may be slow.
  static std::map<uid_t, std::string> known;
  auto& name = known[uid];
  if (name.empty()) {
    const auto* entry = ::getpwuid(uid);
    name = entry != nullptr ? entry->pw_name : std::to_string(uid);
  }
  return name;
}

Answer from_error(const net::Error& error) {
  // The text is an operator message with its id first, or a plain sentence of a lower layer.
  const auto blank = error.text.find(' ');
  const auto* message =
      blank == std::string::npos ? nullptr : config::find_message(std::string_view(error.text).substr(0, blank));
  if (message == nullptr) return failure(exit_failed, "", error.text, "");
  return failure(exit_failed, message->id, std::string_view(error.text).substr(blank + 1), message->action);
}

template <config::MessageId Id, class... Args>
Answer refusal(const Args&... args) {
  return from_error(net::Error{Errc::invalid, config::text<Id>(args...)});
}

Answer done(std::string document) {
  Answer answer;
  answer.document = std::move(document);
  return answer;
}

int number_of(std::string_view text, int otherwise) {
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool client_is_gone(const net::LocalLink& link) {
  char byte = 0;
  return ::recv(link.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

// 0 the job's end is success, 1 it is not, 4 in doubt (interfaces.md).
std::int32_t exit_of(const jes::JobRecord& job, int max_rc) {
  if (job.state == jes::JobState::in_doubt || job.end == jes::EndKind::in_doubt) return exit_in_doubt;
  if (job.end == jes::EndKind::scanned) return exit_done;
  if (job.end != jes::EndKind::completed) return exit_failed;
  return job.max_cc <= max_rc ? exit_done : exit_failed;
}

bool is_over(const jes::JobRecord& job) {
  return job.state == jes::JobState::ended || job.state == jes::JobState::in_doubt;
}

// JES2 masks: * any string, % any one character, letters in any case.
bool mask_matches(std::string_view mask, std::string_view name) {
  if (mask.empty()) return name.empty();
  if (mask.front() == '*') {
    for (std::size_t i = 0; i <= name.size(); ++i)
      if (mask_matches(mask.substr(1), name.substr(i))) return true;
    return false;
  }
  if (name.empty()) return false;
  const bool same = mask.front() == '%' || std::toupper(static_cast<unsigned char>(mask.front())) == name.front();
  return same && mask_matches(mask.substr(1), name.substr(1));
}

Task<void> submit_one(jes::JesService* service, jcl::JobDeck deck, jes::Submitter submitter,
                      std::optional<net::Result<jes::Submitted>>* place) {
  auto submitted = co_await service->submit(std::move(deck), std::move(submitter));
  place->emplace(std::move(submitted));
}

}  // namespace

ClientServer::ClientServer(net::Executor executor, jes::JesService& service, const net::Clock& clock, Stop stop)
    : executor_(executor),
      service_(service),
      clock_(clock),
      stop_(std::move(stop)),
      scope_(executor, "clients", clients_max) {}

net::Status ClientServer::listen(const std::string& path) {
  // Everybody on the node may submit where jobs run as their user; a daemon that cannot change user serves its own
  // only.
  net::LinkLimits limits;
  limits.payload_bytes_max = net::frame_payload_bytes_max;
  auto listener = net::LocalListener::open(executor_, path, ::geteuid() == 0 ? 0666 : 0600, limits);
  if (!listener) return listener.error();
  listener_ = std::make_unique<net::LocalListener>(std::move(*listener));
  return {};
}

Task<void> ClientServer::run() {
  for (;;) {
    auto accepted = co_await listener_->accept();
    if (!accepted) {
      if (accepted.error().code == Errc::closed) break;
      continue;
    }
    auto link = std::make_shared<net::LocalLink>(std::move(*accepted));
    if (!scope_.try_spawn("client", serve(link))) {
      const auto full =
          failure(exit_failed, "", fmt::format("the daemon serves {} clients, its limit", clients_max), "Try again.");
      (void)link->post_message(full);  // best effort: the client sees a closed connection otherwise
      link->close();
    }
  }
  scope_.cancel();
  co_await scope_.join();
}

void ClientServer::close() {
  if (listener_) listener_->close();
}

Task<void> ClientServer::serve(std::shared_ptr<net::LocalLink> link) {
  const auto limit = clock_.steady_now() + request_limit;
  const auto frame = co_await link->receive(limit);
  if (!frame || frame->kind != Request::kind) co_return;
  const auto request = net::decode<Request>(frame->payload);
  if (!request) co_return;
  const Request& asked = *request;
  net::LocalLink& peer = *link;
  const auto answered = co_await answer(peer, asked);
  if (!peer.post_message(answered)) co_return;
  const auto flush_limit = clock_.steady_now() + send_limit;
  const auto flushed = co_await peer.flush(flush_limit);
  if (!flushed) peer.close();
}

Task<Answer> ClientServer::answer(net::LocalLink& link, const Request& request) {
  const auto uid = link.peer().uid;
  if (::geteuid() != 0 && uid != ::geteuid() && uid != 0)
    co_return refusal<"UNV2706E">("this daemon does not run as root and serves its own user only");
  const auto& operation = request.operation;
  if (operation == "submit") co_return co_await submit(link, request);
  if (operation == "list") co_return co_await list(request);
  if (operation == "initiators") co_return done(initiators_document(service_));
  if (operation == "stop") {
    if (uid != 0 && uid != ::geteuid()) co_return refusal<"UNV2706E">("only root or the daemon's own user ends it");
    const bool everything = !request.argument("everything").empty();
    stop_(everything);
    co_return done(R"({"message":"the daemon is stopping"})");
  }
  std::vector<std::uint64_t> numbers;
  for (const auto& argument : request.arguments) {
    if (argument.name != "job") continue;
    const auto number = jes::job_number(argument.value);
    if (number == 0) co_return refusal<"UNV2704E">(argument.value);
    numbers.push_back(number);
  }
  if (numbers.empty()) co_return refusal<"UNV2705E">(operation);
  if (operation == "wait") co_return co_await wait(link, request, std::move(numbers));
  const auto first = numbers.front();
  const auto job = co_await service_.find(first);
  if (!job) co_return from_error(job.error());
  if (operation == "show") co_return done(show_document(service_, *job, jes::view_job(*job, service_.spool())));
  if (operation == "explain") co_return done(explain_document(service_, *job, jes::view_job(*job, service_.spool())));
  const bool mine = uid == 0 || uid == ::geteuid() || uid == job->uid;
  if (!mine) co_return refusal<"UNV2706E">(fmt::format("{} belongs to {}", jes::job_id_text(first), job->owner));
  const jes::JobRecord record = *job;
  if (operation == "output") co_return co_await output(link, request, record);
  co_return co_await act(link, request, record);
}

Task<Answer> ClientServer::submit(net::LocalLink& link, const Request& request) {
  jes::Submitter submitter;
  const auto& peer = link.peer();
  submitter.uid = peer.uid;
  submitter.gid = peer.gid;
  submitter.user = user_name(peer.uid);
  submitter.hold = !request.argument("hold").empty();
  for (const auto& argument : request.arguments)
    if (argument.name.starts_with("set.")) {
      std::string name = argument.name.substr(4);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      submitter.symbols[name] = argument.value;
    }
  auto decks = jcl::split_jobs(request.body);
  if (decks.empty()) co_return refusal<"UNV2703E">("the input has no cards; a job begins with //NAME JOB");
  const bool wants_wait = !request.argument("wait").empty();
  std::vector<jes::Submitted> accepted;
  for (std::size_t begin = 0; begin < decks.size(); begin += submit_batch) {
    const std::size_t count = std::min(submit_batch, decks.size() - begin);
    std::vector<std::optional<net::Result<jes::Submitted>>> places(count);
    std::vector<Task<void>> tasks;
    for (std::size_t i = 0; i < count; ++i) {
      auto task = submit_one(&service_, std::move(decks[begin + i]), submitter, &places[i]);
      tasks.push_back(std::move(task));
    }
    co_await net::all_of(std::move(tasks));
    for (auto& place : places) {
      SYSPLEXD_INVARIANT(place.has_value(), "a submit without an answer");
      if (!*place) {
        if (accepted.empty()) co_return from_error(place->error());
        // Some are in: the answer must say so, and what stopped the rest.
        auto answer = from_error(place->error());
        answer.document = error_document(
            "UNV2703E",
            fmt::format("{} of {} jobs were accepted ({} the last), then: {}", accepted.size(), decks.size(),
                        jes::job_id_text(accepted.back().record.number), place->error().text),
            "Submit the rest again.");
        co_return answer;
      }
      accepted.push_back(std::move(**place));
      Notice notice;
      notice.document = submitted_notice(accepted.back().record);
      if (!link.post_message(notice)) co_return Answer{};
    }
  }
  if (!wants_wait) {
    auto answered = done(submitted_document(accepted));
    for (const auto& job : accepted)
      if (job.record.end == jes::EndKind::jcl_error) answered.exit = exit_failed;
    co_return answered;
  }
  std::vector<std::uint64_t> numbers;
  for (const auto& job : accepted) numbers.push_back(job.record.number);
  co_return co_await wait(link, request, std::move(numbers));
}

Task<Answer> ClientServer::wait(net::LocalLink& link, const Request& request, std::vector<std::uint64_t> numbers) {
  const int max_rc = number_of(request.argument("max-rc"), 4);
  const int timeout = number_of(request.argument("timeout"), 0);
  const bool follow = !request.argument("follow").empty();
  const auto limit = timeout > 0 ? clock_.steady_now() + std::chrono::seconds(timeout) : net::SteadyTime::max();
  Answer answered;
  std::vector<jes::JobRecord> ends;
  for (const auto number : numbers) {
    StepFollower steps;
    FileChoice choice;
    choice.user_files_only = true;
    OutputFollower files(choice);
    // One job is told step by step; of many only the ends.
    const bool told = numbers.size() == 1;
    for (;;) {
      const auto job = co_await service_.find(number);
      if (!job) co_return from_error(job.error());
      const bool over = is_over(*job);
      if (told || follow) {
        const auto view = jes::view_job(*job, service_.spool());
        for (auto& document : steps.news(*job, view)) {
          Notice notice;
          notice.document = std::move(document);
          if (!link.post_message(notice)) co_return Answer{};
        }
        while (follow) {
          auto part = files.next(*job, view, service_.spool());
          if (!part || part->file.id == 0) break;
          Notice notice;
          notice.document = file_notice(part->file, false);
          Chunk chunk;
          chunk.bytes = std::move(part->bytes);
          if (part->new_file && !link.post_message(notice)) co_return Answer{};
          if (!link.post_message(chunk)) co_return Answer{};
          const auto flush_limit = clock_.steady_now() + send_limit;
          const auto flushed = co_await link.flush(flush_limit);
          if (!flushed) co_return Answer{};
        }
      }
      if (over) {
        ends.push_back(*job);
        break;
      }
      const auto now = clock_.steady_now();
      if (now >= limit) co_return refusal<"UNV2708E">(timeout, jes::job_id_text(number));
      if (client_is_gone(link)) co_return Answer{};
      const auto slice =
          follow ? std::chrono::duration_cast<net::Duration>(look_again) : net::Duration(std::chrono::seconds(1));
      const auto next_look = std::min(limit, now + slice);
      // Between the look above and this wait nothing was awaited, so no change is missed.
      co_await service_.changed(number, next_look);
    }
  }
  for (const auto& job : ends) answered.exit = std::max(answered.exit, exit_of(job, max_rc));
  if (ends.size() == 1)
    answered.document = show_document(service_, ends.front(), jes::view_job(ends.front(), service_.spool()));
  else
    answered.document = list_document(service_, ends, false);
  co_return answered;
}

Task<Answer> ClientServer::output(net::LocalLink& link, const Request& request, jes::JobRecord job) {
  FileChoice choice;
  choice.step = request.argument("step");
  choice.ddname = request.argument("dd");
  choice.id = static_cast<std::uint32_t>(number_of(request.argument("id"), 0));
  const bool follow = !request.argument("follow").empty();
  OutputFollower files(choice);
  std::size_t parts = 0;
  for (;;) {
    const auto found = co_await service_.find(job.number);
    if (!found) co_return from_error(found.error());
    job = *found;
    const auto view = jes::view_job(job, service_.spool());
    if (!view.problem.empty()) co_return from_error(net::Error{Errc::io, view.problem});
    const auto matching =
        std::count_if(view.files.begin(), view.files.end(), [&](const auto& file) { return choice.matches(file); });
    if (matching == 0 && (!follow || is_over(job)))
      co_return refusal<"UNV2707E">(jes::job_id_text(job.number),
                                    choice.id != 0 ? fmt::format("WITH ID {}", choice.id)
                                                   : fmt::format("OF STEP '{}' DD '{}'", choice.step, choice.ddname));
    const bool only = choice.id != 0 || (choice.chooses_one() && matching == 1);
    for (;;) {
      auto part = files.next(job, view, service_.spool());
      if (!part) co_return from_error(part.error());
      if (part->file.id == 0) break;
      Notice notice;
      notice.document = file_notice(part->file, only);
      if (part->new_file && !link.post_message(notice)) co_return Answer{};
      Chunk chunk;
      chunk.bytes = std::move(part->bytes);
      if (!chunk.bytes.empty() && !link.post_message(chunk)) co_return Answer{};
      ++parts;
      if (link.outbox_bytes() > outbox_high) {
        const auto flush_limit = clock_.steady_now() + send_limit;
        const auto flushed = co_await link.flush(flush_limit);
        if (!flushed) co_return Answer{};
      }
      co_await net::yield();
    }
    if (!follow || is_over(job)) break;
    if (client_is_gone(link)) co_return Answer{};
    const auto next_look = clock_.steady_now() + look_again;
    co_await service_.changed(job.number, next_look);
  }
  co_return done(
      fmt::format(R"({{"jobid":"{}","files":{}}})", jes::job_id_text(job.number), parts == 0 ? 0 : files.files_seen()));
}

Task<Answer> ClientServer::act(net::LocalLink& link, const Request& request, jes::JobRecord job) {
  const auto number = job.number;
  const auto name = jes::job_id_text(number) + " " + job.name;
  const auto& operation = request.operation;
  if (operation == "hold") {
    const auto held = co_await service_.hold(number);
    if (!held) co_return from_error(held.error());
    co_return done(act_document(service_, *held,
                                name + " is held; release it with: sysplexd job release " + jes::job_id_text(number)));
  }
  if (operation == "release") {
    const auto released = co_await service_.release(number);
    if (!released) co_return from_error(released.error());
    co_return done(act_document(service_, *released, name + " is released"));
  }
  if (operation == "cancel") {
    const bool force = !request.argument("force").empty();
    const bool dump = !request.argument("dump").empty();
    std::string by = user_name(link.peer().uid);
    const auto cancelled = co_await service_.cancel(number, force, dump, std::move(by));
    if (!cancelled) co_return from_error(cancelled.error());
    const bool over = cancelled->state == jes::JobState::ended;
    co_return done(act_document(
        service_, *cancelled,
        name + (over ? " is cancelled"
                     : " is being cancelled; wait for its end with: sysplexd job wait " + jes::job_id_text(number))));
  }
  if (operation == "purge") {
    const auto purged = co_await service_.purge(number);
    if (!purged) co_return from_error(purged.error());
    co_return done(act_document(service_, job, name + " is purged"));
  }
  co_return refusal<"UNV2705E">(operation);
}

Task<Answer> ClientServer::list(const Request& request) {
  std::string owner(request.argument("owner")), prefix(request.argument("prefix")), status(request.argument("status"));
  std::transform(status.begin(), status.end(), status.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const int limit = std::clamp(number_of(request.argument("limit"), 100), 1, 1000000);
  std::function<bool(const jes::JobRecord&)> matches = [owner, prefix, status](const jes::JobRecord& job) {
    return (owner.empty() || owner == "*" || job.owner == owner) &&
           (prefix.empty() || mask_matches(prefix, job.name)) && (status.empty() || status == jes::status_text(job));
  };
  const auto listed = co_await service_.list(std::move(matches), static_cast<std::size_t>(limit));
  co_return done(list_document(service_, listed.jobs, listed.more));
}

}  // namespace sysplexd::daemon
