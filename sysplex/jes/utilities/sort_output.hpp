// What happens to records after the sort: SUM, OUTREC, OUTFIL, and the data sets they go to.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jes/utilities/sort_key.hpp"
#include "sysplex/jes/utilities/sort_records.hpp"
#include "sysplex/jes/utilities/sort_reformat.hpp"

namespace sysplexd::jes::sort {

// Adds records of equal keys together. Overflow: both records are kept as they are (DFSORT).
class Summation {
 public:
  Summation(const Sum& sum, const KeyOrder& order) : sum_(sum), order_(order) {}

  // Offers the next record of the order. What must go out first is then in `ready` (else empty), `dropped` says that
  // this record went into the waiting one.
  struct Step {
    bool has_ready = false, dropped = false;
    std::string_view ready;
  };
  Step offer(std::string_view record);
  std::optional<std::string_view> last() const;  // the record that still waits
  std::uint64_t overflows() const { return overflows_; }
  std::uint64_t deleted() const { return deleted_; }

 private:
  bool add(std::string_view record);

  const Sum& sum_;
  const KeyOrder& order_;
  std::string waiting_, ready_, scratch_;
  std::vector<std::string> sums_;
  bool has_waiting_ = false;
  std::uint64_t overflows_ = 0, deleted_ = 0;
};

// One OUTFIL statement at work.
class OutfilStage {
 public:
  OutfilStage(const Outfil& outfil, const Altseq& altseq, Counters& counters, std::vector<SortWriter*> writers);

  const Outfil& outfil() const { return outfil_; }
  // Is the n-th record (from 1) within STARTREC, ENDREC and the filter?
  bool wants(std::string_view record, std::uint64_t number) const;
  bool write(std::string_view record);
  bool finish();  // header of an empty result, trailer
  std::uint64_t data() const { return data_; }
  std::uint64_t report() const { return report_; }
  std::uint64_t taken() const { return taken_; }  // input records; one may give several lines
  const std::vector<SortWriter*>& writers() const { return writers_; }

 private:
  bool put(std::string_view line, char control);
  bool put_report(const std::vector<BuildItem>& items, std::string_view record);
  bool put_split(std::string_view text, const std::vector<std::size_t>& breaks, char first_control, bool report);
  void count(std::string_view record);

  const Outfil& outfil_;
  const Altseq& altseq_;
  Reformatter reformatter_;
  Counters& counters_;
  std::vector<SortWriter*> writers_;
  Statistics statistics_;
  std::string line_, last_;
  bool headed_ = false;
  std::uint64_t data_ = 0, report_ = 0, taken_ = 0;
};

// All of it. Writers are opened by ddname; SORTOUT is one of them where the step has it.
class Output {
 public:
  Output(const Control& control, const KeyOrder& order, std::map<std::string, SortWriter>& writers);

  bool put(std::string_view record);  // false: a data set failed; it is in failure()
  bool finish();                      // what still waits, trailers
  std::uint64_t records() const { return records_; }
  std::uint64_t deleted_by_sum() const { return summation_ ? summation_->deleted() : 0; }
  std::uint64_t overflows() const { return summation_ ? summation_->overflows() : 0; }
  const std::vector<OutfilStage>& outfils() const { return outfils_; }

 private:
  bool emit(std::string_view record);

  Counters counters_;
  std::optional<Summation> summation_;
  Reformatter outrec_;
  std::vector<OutfilStage> outfils_;
  SortWriter* sortout_ = nullptr;     // gets every record itself; nullptr: an OUTFIL writes it, or there is none
  SortWriter* duplicates_ = nullptr;  // SORTXSUM
  std::uint64_t records_ = 0;
};

// The ddnames that a control needs for output, SORTOUT first. `has_sortout`: the step has the DD.
std::vector<std::string> output_ddnames(const Control& control, bool has_sortout);

}  // namespace sysplexd::jes::sort
