// The JESJCL listing: statements with their numbers, procedure statements as XX (catalogued) or ++ (in-stream),
// overridden ones as X/ or +/, and behind each the operands after substitution.
#pragma once
#include <string_view>
#include <vector>

#include "sysplex/jcl/converter.hpp"
#include "sysplex/jcl/statement.hpp"

namespace sysplexd::jcl {

enum class ListedAs { job, catalogued, in_stream };

// A statement that is listed later: overrides stand where they take effect.
struct ListedStatement {
  const Statement* statement = nullptr;
  std::string_view substituted;  // empty: nothing was
  ListedAs as = ListedAs::job;
};

class Listing {
 public:
  explicit Listing(std::vector<ListingLine>& lines) : lines_(lines) {}
  void add(const ListedStatement& listed, bool overridden = false);
  void comment(const Statement& statement, ListedAs as);
  void generated(std::string_view text);

 private:
  std::vector<ListingLine>& lines_;
  int number_ = 0;
};

}  // namespace sysplexd::jcl
