// The order of records by their control fields. Pure.
//
// Two views of the same order: compare() decides; prefix() gives the first 8 bytes of the normalised key as a number,
// so that most comparisons touch no record: a < b implies prefix(a) <= prefix(b).
//
// Bytes behind the end of a line: in CH, AC and AQ fields they are lower than every byte (a field that is a proper
// beginning of another is lower), so one field over whole lines gives the order of `LC_ALL=C sort`. In BI, FI and PD
// they are binary zeros, in the other number formats digits 0.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sysplex/jes/utilities/sort_control.hpp"

namespace sysplexd::jes::sort {

class KeyOrder {
 public:
  KeyOrder(std::vector<SortKey> keys, const std::array<unsigned char, 256>& altseq);

  std::uint64_t prefix(std::string_view record) const {
    return simple_ ? plain_prefix(key_of(record), 0) : long_prefix(record);
  }
  // < 0, 0, > 0; 0 means equal control fields.
  int compare(std::string_view a, std::string_view b) const {
    return simple_ ? compare_plain(key_of(a), key_of(b)) : compare_fields(a, b);
  }

  // One plain character field: the sort may then look at its bytes in pieces of eight (sort_memory.cpp).
  bool simple() const { return simple_; }
  bool descending() const { return !keys_.empty() && keys_.front().descending; }
  std::string_view key_of(std::string_view record) const {
    if (record.size() <= begin_) return {};
    const auto rest = record.size() - begin_;
    return {record.data() + begin_, rest < length_ ? rest : length_};
  }
  // The eight bytes of a plain key from `depth` as a big-endian number, short keys filled with zeros; descending
  // keys complemented.
  std::uint64_t plain_prefix(std::string_view key, std::size_t depth) const;

 private:
  int compare_plain(std::string_view a, std::string_view b) const;
  int compare_fields(std::string_view a, std::string_view b) const;
  std::uint64_t long_prefix(std::string_view record) const;

  std::vector<SortKey> keys_;
  std::array<unsigned char, 256> altseq_;
  bool simple_ = false;
  std::uint64_t complement_ = 0;
  std::size_t begin_ = 0, length_ = 0;
};

// Normalised bytes of one number field: memcmp of two results is the order of the numbers (ascending).
// At most normalised_limit bytes.
inline constexpr std::size_t normalised_limit = 4096;
std::size_t normalise(const Field& field, std::string_view record, unsigned char* out);

}  // namespace sysplexd::jes::sort
