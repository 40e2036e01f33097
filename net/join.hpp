// Join: children started together and awaited together; what all_of, first_of, with_deadline and clean_up are made of.
// Included only by .cpp files of this folder.
#pragma once
#include <asio/cancellation_signal.hpp>
#include <asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "net/suspension.hpp"
#include "net/task.hpp"

namespace sysplexd::net {

class Join final : public CancellationTarget, public std::enable_shared_from_this<Join> {
 public:
  enum class Rule {
    all,    // a child that throws cancels the others
    first,  // the first that ends cancels the others
  };
  class Waiter : public SuspensionOf<std::exception_ptr> {
   public:
    Waiter(SuspensionRegistry& registry, CancellationTarget& target) : SuspensionOf(registry), target_(target) {}
    void cancelled() override { target_.waiter_cancelled(); }

   private:
    CancellationTarget& target_;
  };

  explicit Join(Rule rule) : rule_(rule) {}

  // Starts the children and ends when the last has ended, with the failure to report (or none). The children are
  // started inside the wait, so that no cancellation can come between.
  static Task<void> run(std::shared_ptr<Join> self, Executor executor, std::vector<Task<void>> tasks, Duration bound);
  // The waiter is a node that is registered already; without a slot for a shielded wait.
  void start(Waiter& waiter, const Executor& executor, std::vector<Task<void>> tasks, Duration bound);

  // The caller was cancelled: the children are told; the wait goes on until they have ended.
  void waiter_cancelled() override {
    waiter_cancelled_ = true;
    cancel_children();
  }

  // Every child ended by itself, without an exception.
  bool ended_well() const { return !failure_ && !cancellation_; }
  std::size_t first_ended() const { return *first_ended_; }

 private:
  void ended(std::size_t index, std::exception_ptr failure);
  void cancel_children();
  std::exception_ptr outcome() const;

  struct Child {
    asio::cancellation_signal cancel;
    bool running = false;
  };
  Rule rule_;
  std::deque<Child> children_;  // signals must not move
  std::size_t running_ = 0;
  std::optional<std::size_t> first_ended_;
  std::exception_ptr failure_, cancellation_, first_ended_by_;
  bool waiter_cancelled_ = false, children_cancelled_ = false, deadline_passed_ = false;
  std::optional<asio::steady_timer> timer_;
  Waiter* waiter_ = nullptr;
};

// Ends the process: an exception that is no cancellation came out of something that nobody answers for.
[[noreturn]] void task_failed(const std::string& name, const std::exception_ptr& failure);

}  // namespace sysplexd::net
