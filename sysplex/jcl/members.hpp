// Procedures and INCLUDE members: searched in JCLLIB ORDER, then in the system proclib; each read and parsed once a
// run.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sysplex/jcl/converter.hpp"
#include "sysplex/jcl/statement.hpp"

namespace sysplexd::jcl {

struct Member {
  std::string library;  // empty: system proclib
  std::string text;
  std::vector<Statement> statements;
  Diagnostics diagnostics;  // of its reading, for the first use
  bool told = false;
};

class Members {
 public:
  Members(const MemberSource& source, Arena& arena) : source_(source), arena_(arena) {}
  void set_order(std::vector<std::string> libraries) { order_ = std::move(libraries); }
  bool has_order() const { return !order_.empty(); }
  Member* find(const std::string& name);  // null: nowhere

 private:
  Member* load(const std::string& library, const std::string& name);
  const MemberSource& source_;
  Arena& arena_;
  std::vector<std::string> order_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Member>> loaded_;
};

}  // namespace sysplexd::jcl
