// Access method services at work: carries statements out on the catalogue, prints to a listing, keeps LASTCC and MAXCC.
// Used by IDCAMS and, for single commands, by TSO batch (ikjeft.cpp).
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/dasd/catalog.hpp"
#include "sysplex/jes/utilities/ams_statements.hpp"
#include "sysplex/jes/utilities/dd.hpp"

namespace sysplexd::jes::ams {

using Print = std::function<void(std::string_view)>;

class Session {
 public:
  Session(dasd::Catalog catalog, Print print);

  // Carries all out; false: MAXCC reached 16 or CANCEL, the rest was not looked at.
  bool run(const std::vector<Statement>& statements);
  int last_cc() const { return last_cc_; }
  int max_cc() const { return max_cc_; }

 private:
  friend class Parameters;
  bool run_one(const Statement& statement);
  bool compare(const Statement& condition) const;
  int run_command(const Statement& statement);
  int wrong(const std::string& text);  // 12, with the messages of a command that cannot be read

  // Commands: the answer is their condition code.
  int remove(const Statement& statement);
  int define(const Statement& statement);
  int alter(const Statement& statement);
  int list_catalog(const Statement& statement);
  int repro(const Statement& statement);
  int print_data(const Statement& statement);
  int verify(const Statement& statement);

  int remove_one(const std::string& name, bool force, bool scratch, bool mask, const std::string& type);
  int remove_entry(const dasd::Entry& entry, bool force, bool scratch);
  int remove_members(const dasd::DataSetRef& ref);
  int define_gdg(const Item& item);
  int define_cluster(const Item& item);
  int define_nonvsam(const Item& item);
  void list_entry(const dasd::Entry& entry, bool all);
  // The data set of INFILE/INDATASET or OUTFILE/OUTDATASET; nullopt: the message was printed.
  std::optional<DdInfo> data_set(const Statement& statement, std::initializer_list<std::string_view> file_words,
                                 std::initializer_list<std::string_view> data_set_words, bool output);
  // A relative generation becomes absolute.
  net::Result<dasd::DataSetRef> reference(const Item& item) const;
  int catalog_error(const net::Error& error, const std::string& name, std::string_view function);

  dasd::Catalog catalog_;
  Print print_;
  int last_cc_ = 0, max_cc_ = 0;
};

// --- helpers on parameters
const Item* find_item(const std::vector<Item>& items, std::initializer_list<std::string_view> names);
// First word in the list of an item: NAME(A.B) -> A.B; as written with members: A.B(M).
std::optional<std::string> single_value(const Item* item);
std::optional<long long> number_value(const Item* item);  // n, X'n'; nullopt: absent or no number of at least 0

}  // namespace sysplexd::jes::ams
