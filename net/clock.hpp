// Time as a parameter: what decides by time takes a Clock (or a time point), so that tests and the simulation set it.
// Steady time is for waits and deadlines; wall time only for what people read. Neither is compared between systems.
#pragma once
#include <chrono>

#include "net/invariant.hpp"

namespace sysplexd::net {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime steady_now() const = 0;
  virtual WallTime wall_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
};

// Stands still until it is told to move. Starts at fixed times, so that a failing test prints the same each run.
class ManualClock final : public Clock {
 public:
  SteadyTime steady_now() const override { return steady_; }
  WallTime wall_now() const override { return wall_; }
  void advance(Duration by) {
    SYSPLEXD_INVARIANT(by >= Duration::zero(), "steady time never goes back");
    steady_ += by;
    wall_ += std::chrono::duration_cast<WallTime::duration>(by);
  }
  // As an administrator or NTP would: wall time jumps, also back; steady time does not notice.
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  SteadyTime steady_ = SteadyTime(std::chrono::hours(1));
  WallTime wall_ = WallTime(std::chrono::seconds(1'800'000'000));
};

}  // namespace sysplexd::net
