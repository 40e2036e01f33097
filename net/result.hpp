// Result<T>: a value, or an Error with a code and one sentence. For answers that the trade expects;
// a failing world is a std::system_error, our own mistake an invariant (design: errors).
#pragma once
#include <string>
#include <utility>
#include <variant>

#include "net/invariant.hpp"

namespace sysplexd::net {

// What went wrong, as a caller may act on it. Append only: the numbers travel in wire messages.
enum class Errc : int {
  invalid = 1,  // input does not follow its grammar or bounds
  not_found = 2,
  exists = 3,
  conflict = 4,  // a compare of a transaction failed, or the state does not allow it
  full = 5,      // a stated limit is reached
  too_large = 6,
  timed_out = 7,
  closed = 8,   // the other side is gone, or we are stopping
  corrupt = 9,  // a checksum or a structure is wrong
  io = 10,      // the system refused; the text has strerror
  no_space = 11,
  read_only = 12,
  not_permitted = 13,
  not_ready = 14,  // try again later; the text says what is awaited
  unsupported = 15,
  cancelled = 16,
};

struct Error {
  Errc code = Errc::invalid;
  std::string text;      // one sentence, with the names and values concerned
  int system_errno = 0;  // errno behind io, no_space, read_only, not_permitted; else 0
};

// errno -> the Errc that a caller can act on; text is "<what>: <strerror>".
Error system_error(int error_number, std::string what);

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & {
    SYSPLEXD_INVARIANT(ok(), "value of a failed Result");
    return std::get<0>(state_);
  }
  const T& value() const& {
    SYSPLEXD_INVARIANT(ok(), "value of a failed Result");
    return std::get<0>(state_);
  }
  T&& value() && {
    SYSPLEXD_INVARIANT(ok(), "value of a failed Result");
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const {
    SYSPLEXD_INVARIANT(!ok(), "error of a good Result");
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}  // NOLINT: implicit by design
  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const {
    SYSPLEXD_INVARIANT(!ok_, "error of a good Result");
    return error_;
  }

 private:
  Error error_;
  bool ok_ = true;
};

using Status = Result<void>;

}  // namespace sysplexd::net
