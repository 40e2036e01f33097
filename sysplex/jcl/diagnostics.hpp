// All errors and warnings of one conversion, in the order found; report() puts them in card order.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/message.hpp"
#include "sysplex/jcl/converter.hpp"
#include "sysplex/jcl/source_text.hpp"

namespace sysplexd::jcl {

class Diagnostics {
 public:
  // Above this many the rest is not listed: a file that is no JCL at all must not fill the memory.
  static constexpr std::size_t limit = 1000;

  template <config::MessageId Id, class... Args>
  void error(const Place& place, const Args&... args) {
    add(errors_, place, Id.view(), config::text<Id>(args...));
  }
  template <config::MessageId Id, class... Args>
  void warning(const Place& place, const Args&... args) {
    add(warnings_, place, Id.view(), config::text<Id>(args...));
  }
  bool has_errors() const { return !errors_.empty(); }
  std::size_t error_count() const { return errors_.size(); }

  // What the reader of a member found, told at the place where the member was called.
  void take_over(const Diagnostics& member, const Origin* origin);
  // Sorted by card and column, without repetitions.
  void report(ConvertResult& result) const;

 private:
  struct Finding {
    Place place;
    std::string_view id;
    std::string text;
  };
  static void add(std::vector<Finding>& list, const Place& place, std::string_view id, std::string text);
  static std::vector<JclError> sorted(const std::vector<Finding>& list);
  std::vector<Finding> errors_, warnings_;
};

}  // namespace sysplexd::jcl
