// Conditions of INCLUDE, OMIT, OUTFIL and IFTHEN.
#include <algorithm>

#include "sysplex/jes/utilities/sort_number.hpp"
#include "sysplex/jes/utilities/sort_reformat.hpp"

namespace sysplexd::jes::sort {

namespace {

bool holds(Relation relation, int order) {
  switch (relation) {
    case Relation::eq: return order == 0;
    case Relation::ne: return order != 0;
    case Relation::gt: return order > 0;
    case Relation::ge: return order >= 0;
    case Relation::lt: return order < 0;
    case Relation::le: return order <= 0;
  }
  return false;
}

unsigned char padded(std::string_view bytes, std::size_t i, unsigned char pad) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : pad;
}

int compare_bytes(std::string_view a, unsigned char a_pad, std::string_view b, unsigned char b_pad, std::size_t size,
                  const Altseq* altseq) {
  for (std::size_t i = 0; i < size; ++i) {
    auto x = padded(a, i, a_pad), y = padded(b, i, b_pad);
    if (altseq != nullptr) {
      x = (*altseq)[x];
      y = (*altseq)[y];
    }
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

unsigned char missing(Format format) { return format == Format::bi ? '\0' : ' '; }

// Unsigned numbers of any length: the shorter one gets zeros on its left.
int compare_binary(const Comparison& comparison, std::string_view record) {
  const auto a = field_bytes(comparison.left, record), b = field_bytes(comparison.right, record);
  const std::size_t size = std::max(comparison.left.length, comparison.right.length);
  const std::size_t a_skip = size - comparison.left.length, b_skip = size - comparison.right.length;
  for (std::size_t i = 0; i < size; ++i) {
    const auto x = i < a_skip ? 0 : padded(a, i - a_skip, 0), y = i < b_skip ? 0 : padded(b, i - b_skip, 0);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

bool compare(const Comparison& comparison, std::string_view record, const Altseq& altseq) {
  const auto& left = comparison.left;
  const auto bytes = field_bytes(left, record);
  const Altseq* sequence = left.format == Format::aq ? &altseq : nullptr;
  switch (comparison.kind) {
    case Comparison::Right::characters:
    case Comparison::Right::hexadecimal: {
      if (left.format == Format::ss) {
        const bool found = comparison.bytes.size() <= left.length
                               ? bytes.find(comparison.bytes) != std::string_view::npos
                               : !bytes.empty() && comparison.bytes.find(bytes) != std::string::npos;
        return found == (comparison.relation == Relation::eq);
      }
      // The constant is cut or padded to the field: with blanks C'...', with zeros X'...' (DFSORT).
      const unsigned char pad = comparison.kind == Comparison::Right::characters ? ' ' : '\0';
      return holds(comparison.relation,
                   compare_bytes(bytes, missing(left.format), comparison.bytes, pad, left.length, sequence));
    }
    case Comparison::Right::number: {
      const Number number = read_number(left, record);
      return holds(comparison.relation, number < comparison.number ? -1 : number > comparison.number);
    }
    case Comparison::Right::field: break;
  }
  const auto& right = comparison.right;
  const bool characters = left.format == Format::ch || left.format == Format::aq || right.format == Format::ch ||
                          right.format == Format::aq;
  if (characters)
    return holds(comparison.relation,
                 compare_bytes(bytes, missing(left.format), field_bytes(right, record), missing(right.format),
                               std::max(left.length, right.length), sequence));
  if (left.format == Format::bi && right.format == Format::bi)
    return holds(comparison.relation, compare_binary(comparison, record));
  const Number a = read_number(left, record), b = read_number(right, record);
  return holds(comparison.relation, a < b ? -1 : a > b);
}

}  // namespace

bool matches(const Condition& condition, std::string_view record, const Altseq& altseq) {
  const auto part_matches = [&](const Condition& part) { return matches(part, record, altseq); };
  switch (condition.kind) {
    case Condition::Kind::all: return true;
    case Condition::Kind::none: return false;
    case Condition::Kind::compare: return compare(condition.comparison, record, altseq);
    case Condition::Kind::conjunction: return std::all_of(condition.parts.begin(), condition.parts.end(), part_matches);
    case Condition::Kind::disjunction: return std::any_of(condition.parts.begin(), condition.parts.end(), part_matches);
  }
  return false;
}

}  // namespace sysplexd::jes::sort
