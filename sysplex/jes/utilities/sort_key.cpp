// Comparing and normalising control fields.
#include "sysplex/jes/utilities/sort_key.hpp"

#include <algorithm>
#include <cstring>

#include "sysplex/jes/utilities/sort_number.hpp"

namespace sysplexd::jes::sort {

namespace {

std::uint64_t load_big_endian(const char* bytes) {
  std::uint64_t value;
  std::memcpy(&value, bytes, sizeof value);
  return __builtin_bswap64(value);
}

int sign(int value) { return (value > 0) - (value < 0); }

int by_length(std::size_t a, std::size_t b) { return (a > b) - (a < b); }

}  // namespace

KeyOrder::KeyOrder(std::vector<SortKey> keys, const std::array<unsigned char, 256>& altseq)
    : keys_(std::move(keys)), altseq_(altseq) {
  // BI is not simple on short lines: its missing bytes are zeros, those of CH are less than that.
  simple_ = keys_.size() == 1 && keys_.front().field.format == Format::ch;
  if (simple_) {
    begin_ = keys_.front().field.position - 1;
    length_ = keys_.front().field.length;
    if (keys_.front().descending) complement_ = ~std::uint64_t{0};
  }
}

std::uint64_t KeyOrder::plain_prefix(std::string_view key, std::size_t depth) const {
  if (key.size() >= depth + 8) return load_big_endian(key.data() + depth) ^ complement_;
  std::uint64_t value = 0;
  for (std::size_t i = depth; i < key.size(); ++i)
    value |= std::uint64_t{static_cast<unsigned char>(key[i])} << (56 - 8 * (i - depth));
  return value ^ complement_;
}

int KeyOrder::compare_plain(std::string_view a, std::string_view b) const {
  const auto common = std::min(a.size(), b.size());
  int result = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  if (result == 0) result = by_length(a.size(), b.size());
  return complement_ != 0 ? -sign(result) : result;
}

int KeyOrder::compare_fields(std::string_view a, std::string_view b) const {
  unsigned char left[normalised_limit], right[normalised_limit];
  for (const auto& key : keys_) {
    int result = 0;
    if (key.field.format == Format::ch || key.field.format == Format::aq) {
      const auto x = field_bytes(key.field, a), y = field_bytes(key.field, b);
      const auto common = std::min(x.size(), y.size());
      if (key.field.format == Format::ch) {
        result = common == 0 ? 0 : std::memcmp(x.data(), y.data(), common);
      } else {
        for (std::size_t i = 0; i < common && result == 0; ++i)
          result = altseq_[static_cast<unsigned char>(x[i])] - altseq_[static_cast<unsigned char>(y[i])];
      }
      if (result == 0) result = by_length(x.size(), y.size());
    } else {
      const auto size = normalise(key.field, a, left);
      normalise(key.field, b, right);
      result = std::memcmp(left, right, size);
    }
    if (result != 0) return key.descending ? -sign(result) : result;
  }
  return 0;
}

// A field that a line's end cuts stops the prefix: what follows is filled with the lowest bytes (the highest when
// descending), so that the promise a < b => prefix(a) <= prefix(b) holds whatever comes behind.
std::uint64_t KeyOrder::long_prefix(std::string_view record) const {
  unsigned char bytes[8];
  std::size_t used = 0;
  unsigned char number[normalised_limit];
  for (const auto& key : keys_) {
    const unsigned char flip = key.descending ? 0xFF : 0;
    if (key.field.format == Format::ch || key.field.format == Format::aq) {
      const auto field = field_bytes(key.field, record);
      for (std::size_t i = 0; i < field.size() && used < 8; ++i) {
        auto byte = static_cast<unsigned char>(field[i]);
        if (key.field.format == Format::aq) byte = altseq_[byte];
        bytes[used++] = byte ^ flip;
      }
      if (used < 8 && field.size() < key.field.length) {
        while (used < 8) bytes[used++] = flip;
      }
    } else {
      const auto size = normalise(key.field, record, number);
      for (std::size_t i = 0; i < size && used < 8; ++i) bytes[used++] = number[i] ^ flip;
    }
    if (used == 8) break;
  }
  while (used < 8) bytes[used++] = 0;
  return load_big_endian(reinterpret_cast<const char*>(bytes));
}

std::size_t normalise(const Field& field, std::string_view record, unsigned char* out) {
  const auto bytes = field_bytes(field, record);
  if (field.format == Format::bi || field.format == Format::fi) {
    if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
    std::memset(out + bytes.size(), 0, field.length - bytes.size());
    if (field.format == Format::fi) out[0] ^= 0x80;
    return field.length;
  }
  // A sign byte and two digits a byte; a negative number complemented, so that more negative is lower.
  unsigned char digits[2 * 256];
  const unsigned count = decimal_digits(field);
  const bool negative = read_decimal(field, bytes, digits);
  const unsigned char flip = negative ? 0xFF : 0;
  std::size_t size = 0;
  out[size++] = negative ? 0 : 1;
  for (unsigned i = count % 2; i <= count; i += 2) {
    if (i == 0) continue;
    const unsigned high = i >= 2 ? digits[i - 2] : 0;
    out[size++] = static_cast<unsigned char>((high << 4 | digits[i - 1]) ^ flip);
  }
  return size;
}

}  // namespace sysplexd::jes::sort
