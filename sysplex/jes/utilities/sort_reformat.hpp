// Conditions and new records at run time: what INCLUDE, BUILD, OVERLAY and IFTHEN do to one record. Pure.
// Bytes behind the end of a line are blanks here (numbers: see KeyOrder), so that C'A' equals a line that ends in "A".
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jes/utilities/sort_control.hpp"

namespace sysplexd::jes::sort {

using Altseq = std::array<unsigned char, 256>;

bool matches(const Condition& condition, std::string_view record, const Altseq& altseq);
inline bool accepts(const Filter& filter, std::string_view record, const Altseq& altseq) {
  return matches(filter.condition, record, altseq) != filter.omit;
}

// Running numbers of SEQNUM, one slot each.
struct Counters {
  explicit Counters(std::size_t slots) : next(slots, 0), begun(slots, false) {}
  std::vector<Number> next;
  std::vector<bool> begun;
};

// The numbers behind COUNT, TOTAL, MIN, MAX, AVG of one TRAILER1 item.
struct Statistics {
  std::uint64_t count = 0;
  std::vector<Number> totals, minima, maxima;  // by item of the trailer
};

// Appends items to out as one record (build). `breaks` gets the offsets where '/' ends a record.
struct RenderContext {
  Counters* counters = nullptr;
  const Statistics* statistics = nullptr;
  std::vector<std::size_t>* breaks = nullptr;
};
void build_record(const std::vector<BuildItem>& items, std::string_view record, const RenderContext& context,
                  std::string& out);

class Reformatter {
 public:
  Reformatter(const Reformat& reformat, const Altseq& altseq, Counters& counters)
      : reformat_(reformat), altseq_(altseq), counters_(counters) {}

  bool active() const { return reformat_.kind != Reformat::Kind::none; }
  // The new record, valid until the next call. Not active: the record itself.
  std::string_view apply(std::string_view record);
  // Where '/' splits the last result, ascending.
  const std::vector<std::size_t>& breaks() const { return breaks_; }
  std::size_t memory() const { return out_.capacity() + other_.capacity(); }

 private:
  void change(const std::vector<BuildItem>& items, bool overlay, std::string_view record, std::string& out);

  const Reformat& reformat_;
  const Altseq& altseq_;
  Counters& counters_;
  std::string out_, other_;
  std::vector<std::size_t> breaks_;
};

}  // namespace sysplexd::jes::sort
