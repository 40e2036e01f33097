// What the initiator and supervisor tests stand on: a node's folders, a listener on jes.sock in the daemon's place, and
// processes that end with the test. The processes are this test binary itself (processes_test.cpp).
#pragma once
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <list>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "net/blocking_link.hpp"
#include "net/local_socket.hpp"
#include "net/process.hpp"
#include "sysplex/jes/process_tree.hpp"
#include "sysplex/jes/processes.hpp"
#include "sysplex/jes/protocol.hpp"
#include "sysplex/spool/job_file_reader.hpp"
#include "sysplex/spool/job_file_writer.hpp"
#include "sysplex/spool/spool_paths.hpp"
#include "test/support/temp_dir.hpp"

extern char** environ;

namespace sysplexd::test {

using namespace std::chrono_literals;
inline constexpr auto patience = 30s;

// Asks again and again, with short pauses, until it is so or the patience is at its end.
inline bool becomes(const std::function<bool()>& so, std::chrono::milliseconds limit = patience) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!so()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

inline std::string slurp(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

class Node {
 public:
  Node() : spool(dir / "UNVSPOOL") {
    for (const char* folder : {"run", "log", "UNVSPOOL", "dasd", "temp", "linklib"})
      std::filesystem::create_directory(dir / folder);
    // The folders above must let a job's user pass.
    for (const char* folder : {"", "temp", "linklib", "dasd", "UNVSPOOL"}) ::chmod((dir / folder).c_str(), 0755);
  }
  ~Node() {
    // Whatever a failed test left behind.
    for (const auto& id : attempts_)
      for (const auto& identity : jes::cookie_processes(jes::attempt_cookie(id, mount())))
        (void)net::kill_identified(identity, SIGKILL).ok();
  }
  const std::string& mount() const { return dir.path(); }
  std::string operator/(const std::string& name) const { return dir / name; }

  void program(const std::string& name, const std::string& script) const {
    const std::string path = dir / ("linklib/" + name);
    std::ofstream(path) << "#!/bin/bash\n" << script << "\n";
    ::chmod(path.c_str(), 0755);
  }

  // The job file as the daemon makes it at submit, and the START for it.
  jes::StartJob submit(std::uint64_t number, const std::string& name, const std::string& deck) const {
    auto writer = spool::JobFileWriter::create(spool.job_file(number));
    BOOST_REQUIRE_MESSAGE(writer.ok(), (writer.ok() ? "" : writer.error().text));
    spool::JobInput input;
    input.deck = deck;
    input.default_class = input.default_message_class = "A";
    writer->add(input);
    writer->add(spool::RecordKind::jesmsglg, "BANNER\n");
    writer->add(spool::RecordKind::jesjcl, deck);
    BOOST_REQUIRE(writer->sync().ok());
    return start(number, name);
  }
  jes::StartJob start(std::uint64_t number, const std::string& name, std::uint32_t attempt = 1) const {
    jes::StartJob start;
    start.id = {number, attempt};
    attempts_.push_back(start.id);
    start.jobid = jes::job_id_text(number);
    start.job_name = name;
    start.sysname = "SYS1";
    start.job_class = start.message_class = "A";
    start.job_file = spool.job_file(number);
    start.sysout_prefix = spool.sysout_prefix(number);
    start.dasd_root = dir / "dasd";
    start.temp_root = dir / "temp";
    start.linklist = {dir / "linklib"};
    start.owner = "root";
    start.uid = ::getuid();
    start.gid = ::getgid();
    return start;
  }
  std::string text(std::uint64_t number, spool::RecordKind kind) const {
    const auto part = spool::read_system_text(spool.job_file(number), kind, 0);
    BOOST_REQUIRE(part.ok());
    return part->bytes;
  }
  std::string sysout(std::uint64_t number, int step, const std::string& dd) const {
    return slurp(spool.sysout_file(number, step, dd));
  }
  std::size_t processes_of(std::uint64_t job, std::uint32_t attempt = 1) const {
    return jes::cookie_processes(jes::attempt_cookie({job, attempt}, mount())).size();
  }

  TempDir dir;
  spool::SpoolPaths spool;

 private:
  mutable std::vector<jes::AttemptId> attempts_;
};

// One connection, with what came on it sorted by kind.
class Conversation {
 public:
  explicit Conversation(net::BlockingLink link) : link_(std::move(link)) {}
  // The next message of this kind; those of other kinds wait for who asks for them.
  template <class Message>
  std::optional<Message> receive(std::chrono::milliseconds limit = patience) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
      for (auto frame = waiting_.begin(); frame != waiting_.end(); ++frame) {
        if (frame->kind != Message::kind) continue;
        auto message = net::decode<Message>(frame->payload);
        BOOST_REQUIRE(message.ok());
        waiting_.erase(frame);
        return std::move(message).value();
      }
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      auto frame = link_.receive(std::max(left, 0ms));
      if (!frame) return std::nullopt;
      waiting_.push_back(std::move(frame).value());
    }
  }
  template <class Message>
  void send(const Message& message) {
    BOOST_REQUIRE(link_.send_message(message).ok());
  }
  net::BlockingLink& link() { return link_; }

 private:
  net::BlockingLink link_;
  std::deque<net::Frame> waiting_;
};

class FakeDaemon {
 public:
  explicit FakeDaemon(const Node& node) {
    auto listener = net::listen_local_socket(jes::jes_socket(node.mount()), 0600);
    BOOST_REQUIRE_MESSAGE(listener.ok(), (listener.ok() ? "" : listener.error().text));
    listener_ = std::move(listener).value();
  }
  // The next initiator that connects, and what it said first.
  Conversation& accept() {
    pollfd polled{listener_.get(), POLLIN, 0};
    BOOST_REQUIRE(::poll(&polled, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) == 1);
    net::UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    BOOST_REQUIRE(fd.get() >= 0);
    auto link = net::BlockingLink::from_fd(std::move(fd));
    BOOST_REQUIRE(link.ok());
    conversations_.emplace_back(std::move(link).value());
    auto said = conversations_.back().receive<jes::InitiatorHello>();
    BOOST_REQUIRE(said.has_value());
    hello = *said;
    return conversations_.back();
  }
  jes::InitiatorHello hello;  // of the last accept()

 private:
  net::UniqueFd listener_;
  std::list<Conversation> conversations_;
};

// A child of the test: killed and reaped with it.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments) {
    const std::string binary = jes::own_binary();
    arguments.insert(arguments.begin(), binary);
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    BOOST_REQUIRE(::posix_spawn(&pid_, binary.c_str(), nullptr, nullptr, pointers.data(), environ) == 0);
    const auto read = net::read_identity(pid_);
    BOOST_REQUIRE(read.ok());
    identity = *read;
  }
  ~Child() { end(SIGKILL); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  pid_t pid() const { return pid_; }
  void signal(int number) const { ::kill(pid_, number); }  // not reaped: the pid is his
  int wait() {
    int status = 0;
    if (pid_ > 0) ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return status;
  }
  // Ends by itself within the patience; the wait status.
  std::optional<int> ended(std::chrono::milliseconds limit = patience) {
    int status = 0;
    if (!becomes([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }, limit)) return std::nullopt;
    pid_ = 0;
    return status;
  }
  void end(int number) {
    if (pid_ <= 0) return;
    ::kill(pid_, number);
    wait();
  }
  net::ProcessIdentity identity;

 private:
  pid_t pid_ = 0;
};

inline std::vector<std::string> initiator_arguments(const Node& node, int id) {
  return {"initiator", "--id", std::to_string(id), "--mount-point", node.mount()};
}

}  // namespace sysplexd::test
