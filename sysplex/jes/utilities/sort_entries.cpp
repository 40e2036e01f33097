// Sorting the arena: by key prefixes, which need no record; records are read only where eight bytes do not decide.
#include <algorithm>

#include "sysplex/jes/utilities/sort_merge.hpp"

namespace sysplexd::jes::sort {

namespace {

constexpr std::ptrdiff_t small_group = 12;  // below this whole comparisons are cheaper than new prefixes
constexpr std::size_t deepest = 128;        // bytes of common beginning looked at in pieces; bounds the recursion

class EntrySort {
 public:
  EntrySort(const char* base, const KeyOrder& order) : base_(base), order_(order) {}

  void run(Entry* first, Entry* last, std::size_t depth) const {
    std::sort(first, last, [](const Entry& a, const Entry& b) { return a.prefix < b.prefix; });
    while (first != last) {
      Entry* end = first + 1;
      while (end != last && end->prefix == first->prefix) ++end;
      if (end - first > 1) equal_prefixes(first, end, depth);
      first = end;
    }
  }

 private:
  std::string_view record(const Entry& entry) const { return {base_ + entry.offset, entry.length}; }
  std::size_t key_size(const Entry& entry) const { return order_.key_of(record(entry)).size(); }

  void equal_prefixes(Entry* first, Entry* last, std::size_t depth) const {
    if (!order_.simple() || last - first < small_group || depth >= deepest) {
      std::sort(first, last, [this](const Entry& a, const Entry& b) {
        const int result = order_.compare(record(a), record(b));
        return result != 0 ? result < 0 : a.offset < b.offset;
      });
      return;
    }
    // Keys that end within these eight bytes differ by their length only (prefixes are filled with zeros); all of
    // them come before the longer ones, behind them when descending.
    const bool descending = order_.descending();
    const auto next = depth + 8;
    Entry* middle =
        std::partition(first, last, [&](const Entry& entry) { return (key_size(entry) <= next) != descending; });
    Entry* ended_first = descending ? middle : first;
    Entry* ended_last = descending ? last : middle;
    std::sort(ended_first, ended_last, [&](const Entry& a, const Entry& b) {
      const auto x = key_size(a), y = key_size(b);
      if (x != y) return descending ? x > y : x < y;
      return a.offset < b.offset;
    });
    Entry* longer_first = descending ? first : middle;
    Entry* longer_last = descending ? middle : last;
    for (Entry* entry = longer_first; entry != longer_last; ++entry)
      entry->prefix = order_.plain_prefix(order_.key_of(record(*entry)), next);
    run(longer_first, longer_last, next);
  }

  const char* base_;
  const KeyOrder& order_;
};

}  // namespace

void sort_entries(Entry* first, Entry* last, const char* base, const KeyOrder& order) {
  EntrySort(base, order).run(first, last, 0);
}

}  // namespace sysplexd::jes::sort
