#include "net/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace sysplexd::net;

namespace {

// A tree of processes: child, its two children, one of which has a child in a session of its own. All wait for their
// end.
class Tree {
 public:
  explicit Tree(const char* mark = nullptr) {
    int ends[2];
    BOOST_TEST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    UniqueFd ready(ends[0]), tell(ends[1]);
    child_ = ::fork();
    if (child_ == 0) {
      // Dies with the test, whatever happens to it.
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::fork() == 0) wait_as(tell.get(), mark);
      if (::fork() == 0) {
        if (::fork() == 0) {
          ::setsid();
          wait_as(tell.get(), mark);
        }
        wait_as(tell.get(), nullptr);
      }
      wait_as(tell.get(), nullptr);
    }
    tell.reset();
    // The pipe ends when each of them has executed its `sleep` (the descriptor is CLOEXEC).
    char byte;
    while (::read(ready.get(), &byte, 1) > 0) {
    }
    identity_ = *read_identity(child_);
  }
  ~Tree() {
    for (int round = 0; round < 100; ++round) {
      const auto left = Descendants::of(child_);
      if (left.empty()) break;
      for (const auto& process : left) static_cast<void>(kill_identified(process, SIGKILL));
      ::poll(nullptr, 0, 1);
    }
    end_child();
  }
  void end_child() {
    if (child_ == 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
  }
  pid_t child() const { return child_; }
  const ProcessIdentity& identity() const { return identity_; }

 private:
  [[noreturn]] static void wait_as(int, const char* mark) {
    const char* const arguments[] = {"sleep", "600", nullptr};
    const char* const environment[] = {"OTHER=1", mark, nullptr};
    ::execve("/bin/sleep", const_cast<char**>(arguments), const_cast<char**>(environment));
    ::_exit(127);
  }
  pid_t child_ = 0;
  ProcessIdentity identity_;
};

std::vector<pid_t> pids(const std::vector<ProcessIdentity>& processes) {
  std::vector<pid_t> result;
  for (const auto& process : processes) result.push_back(process.pid);
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(this_process_knows_itself) {
  const ProcessIdentity own = own_identity();
  BOOST_TEST(own.pid == ::getpid());
  BOOST_TEST(own.start_ticks > 0u);
  BOOST_TEST(own.boot_id.size() == 36u);
  BOOST_TEST(same_process(own));
  BOOST_TEST((*read_identity(::getpid()) == own));
}

BOOST_AUTO_TEST_CASE(a_name_with_blanks_and_brackets_confuses_nobody) {
  char before[16] = {};
  ::prctl(PR_GET_NAME, before);
  const ProcessIdentity own = own_identity();
  ::prctl(PR_SET_NAME, ") Z 1 (x) 9 9");
  BOOST_TEST((own_identity() == own));
  BOOST_TEST(same_process(own));
  ::prctl(PR_SET_NAME, before);
}

BOOST_AUTO_TEST_CASE(another_start_time_or_boot_is_another_process) {
  Tree tree;
  ProcessIdentity other = tree.identity();
  BOOST_TEST(same_process(other));
  other.start_ticks += 1;
  BOOST_TEST(!same_process(other));
  BOOST_TEST((kill_identified(other, SIGKILL).error().code == Errc::not_found));
  BOOST_TEST((open_pidfd(other).error().code == Errc::not_found));
  other = tree.identity();
  other.boot_id = "00000000-0000-0000-0000-000000000000";
  BOOST_TEST(!same_process(other));
  BOOST_TEST((kill_identified(other, SIGKILL).error().code == Errc::not_found));
  BOOST_TEST(same_process(tree.identity()));  // nobody was hit
}

BOOST_AUTO_TEST_CASE(a_zombie_does_not_run_and_a_reaped_process_is_gone) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  const ProcessIdentity identity = *read_identity(child);
  BOOST_TEST(same_process(identity));
  const auto pidfd = open_pidfd(identity);
  BOOST_TEST_REQUIRE(pidfd.ok());
  BOOST_TEST((::fcntl(pidfd->get(), F_GETFD) & FD_CLOEXEC) != 0);
  pollfd ended{pidfd->get(), POLLIN, 0};
  BOOST_TEST(::poll(&ended, 1, 0) == 0);
  BOOST_TEST(kill_identified(identity, SIGKILL).ok());
  BOOST_TEST(::poll(&ended, 1, 20'000) == 1);
  BOOST_TEST((*read_identity(child) == identity));
  BOOST_TEST(!same_process(identity));
  BOOST_TEST(::waitpid(child, nullptr, 0) == child);
  BOOST_TEST((read_identity(child).error().code == Errc::not_found));
  BOOST_TEST((open_pidfd(child).error().code == Errc::not_found));
  BOOST_TEST((kill_identified(identity, SIGKILL).error().code == Errc::not_found));
  BOOST_TEST((read_identity(0).error().code == Errc::not_found));
  BOOST_TEST((open_pidfd(-5).error().code == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_signal_that_we_may_not_send_is_an_answer) {
  if (::geteuid() == 0) {
    BOOST_TEST((kill_identified(own_identity(), 1000).error().system_errno == EINVAL));
    return;
  }
  const auto refused = kill_identified(*read_identity(1), 0);
  BOOST_TEST((refused.error().code == Errc::not_permitted));
}

BOOST_AUTO_TEST_CASE(all_descendants_are_found_in_both_ways_also_out_of_the_session) {
  Tree tree;
  const auto scanned = Descendants::by_scan(tree.child());
  BOOST_TEST(scanned.size() == 3u);
  BOOST_TEST((pids(Descendants::of(tree.child())) == pids(scanned)));
  const auto by_files = Descendants::by_children_files(tree.child());
  if (by_files.ok())
    BOOST_TEST((pids(*by_files) == pids(scanned)));
  else
    BOOST_TEST((by_files.error().code == Errc::unsupported));
  const auto ours = pids(Descendants::of(::getpid()));
  for (const pid_t pid : pids(scanned)) BOOST_TEST(std::count(ours.begin(), ours.end(), pid) == 1);
  BOOST_TEST(std::count(ours.begin(), ours.end(), tree.child()) == 1);
  for (const auto& process : scanned) BOOST_TEST(same_process(process));
}

BOOST_AUTO_TEST_CASE(killed_descendants_are_found_no_more) {
  Tree tree;
  for (const auto& process : Descendants::of(tree.child())) BOOST_TEST(kill_identified(process, SIGKILL).ok());
  for (int round = 0; round < 20'000 && !Descendants::of(tree.child()).empty(); ++round) ::poll(nullptr, 0, 1);
  BOOST_TEST(Descendants::of(tree.child()).empty());  // zombies of a parent that does not reap
  BOOST_TEST(Descendants::by_scan(tree.child()).empty());
}

BOOST_AUTO_TEST_CASE(a_process_without_children_or_none_at_all_has_no_descendants) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  BOOST_TEST(Descendants::of(child).empty());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  BOOST_TEST(Descendants::of(child).empty());
  BOOST_TEST(Descendants::by_scan(child).empty());
}

BOOST_AUTO_TEST_CASE(processes_are_found_by_their_mark_also_after_they_lost_their_parents) {
  const std::string mark = "SYSPLEXD_COOKIE=test." + std::to_string(::getpid());
  Tree tree(mark.c_str());
  const auto marked = processes_with_environment(mark);
  BOOST_TEST(marked.found.size() == 2u);
  const auto all = pids(Descendants::of(tree.child()));
  for (const pid_t pid : pids(marked.found)) BOOST_TEST(std::count(all.begin(), all.end(), pid) == 1);
  BOOST_TEST(processes_with_environment(mark + "1").found.empty());
  BOOST_TEST(processes_with_environment(mark.substr(0, mark.size() - 1)).found.empty());
  const auto others = Descendants::of(tree.child());
  tree.end_child();
  const auto orphans = processes_with_environment(mark);
  BOOST_TEST((pids(orphans.found) == pids(marked.found)));
  for (const auto& process : others) BOOST_TEST(kill_identified(process, SIGKILL).ok());
  for (int round = 0; round < 20'000 && !processes_with_environment(mark).found.empty(); ++round) ::poll(nullptr, 0, 1);
  BOOST_TEST(processes_with_environment(mark).found.empty());
}

BOOST_AUTO_TEST_SUITE_END()
