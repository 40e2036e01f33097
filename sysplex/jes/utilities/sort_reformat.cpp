// BUILD, OVERLAY, IFTHEN.
#include "sysplex/jes/utilities/sort_reformat.hpp"

#include <algorithm>

#include "sysplex/jes/utilities/sort_number.hpp"

namespace sysplexd::jes::sort {

namespace {

void append_field(const Field& field, std::string_view record, std::string& out) {
  const auto bytes = field_bytes(field, record);
  out += bytes;
  out.append(field.length - bytes.size(), ' ');
}

void append_translated(const BuildItem& item, std::string_view record, std::string& out) {
  const auto start = out.size();
  append_field(item.field, record, out);
  if (item.translation == Translation::hex) {
    static constexpr char digits[] = "0123456789ABCDEF";
    const auto bytes = out.substr(start);
    out.resize(start);
    for (const char c : bytes) {
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[c & 0x0F];
    }
    return;
  }
  const bool to_upper = item.translation == Translation::upper;
  std::transform(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(),
                 out.begin() + static_cast<std::ptrdiff_t>(start), [to_upper](char c) {
                   if (to_upper) return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
                   return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
                 });
}

Number sequence_number(const BuildItem& item, Counters& counters) {
  if (!counters.begun[item.slot]) {
    counters.begun[item.slot] = true;
    counters.next[item.slot] = item.start;
  }
  const Number number = counters.next[item.slot];
  counters.next[item.slot] += item.increment;
  return number;
}

Number statistic_number(const BuildItem& item, std::size_t index, const Statistics& statistics) {
  if (item.statistic == Statistic::count) return static_cast<Number>(statistics.count);
  if (statistics.count == 0) return 0;
  switch (item.statistic) {
    case Statistic::total: return statistics.totals[index];
    case Statistic::minimum: return statistics.minima[index];
    case Statistic::maximum: return statistics.maxima[index];
    default: return statistics.totals[index] / static_cast<Number>(statistics.count);
  }
}

// Everything but columns and line ends.
void append_item(const BuildItem& item, std::size_t index, std::string_view record, const RenderContext& context,
                 std::string& out) {
  switch (item.kind) {
    case BuildItem::Kind::field: append_field(item.field, record, out); break;
    case BuildItem::Kind::rest:
      if (record.size() >= item.field.position) out += record.substr(item.field.position - 1);
      break;
    case BuildItem::Kind::constant: out += item.bytes; break;
    case BuildItem::Kind::edit: append_edited(read_number(item.field, record), item.edit, out); break;
    case BuildItem::Kind::translate: append_translated(item, record, out); break;
    case BuildItem::Kind::sequence: append_edited(sequence_number(item, *context.counters), item.edit, out); break;
    case BuildItem::Kind::statistic:
      append_edited(statistic_number(item, index, *context.statistics), item.edit, out);
      break;
    case BuildItem::Kind::page: append_edited(1, item.edit, out); break;
    case BuildItem::Kind::column:
    case BuildItem::Kind::newline: break;
  }
}

}  // namespace

void build_record(const std::vector<BuildItem>& items, std::string_view record, const RenderContext& context,
                  std::string& out) {
  std::size_t start = 0;  // of the current record in out
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& item = items[i];
    if (item.kind == BuildItem::Kind::column) {
      const std::size_t target = start + item.number - 1;
      if (out.size() < target) out.append(target - out.size(), ' ');
    } else if (item.kind == BuildItem::Kind::newline) {
      if (context.breaks != nullptr) context.breaks->push_back(out.size());
      start = out.size();
    } else {
      append_item(item, i, record, context, out);
    }
  }
}

void Reformatter::change(const std::vector<BuildItem>& items, bool overlay, std::string_view record, std::string& out) {
  const RenderContext context{&counters_, nullptr, &breaks_};
  out.clear();
  if (!overlay) return build_record(items, record, context, out);
  out = record;
  std::size_t place = 0;
  std::string piece;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].kind == BuildItem::Kind::column) {
      place = items[i].number - 1;
      continue;
    }
    piece.clear();
    append_item(items[i], i, record, context, piece);
    if (out.size() < place + piece.size()) out.resize(place + piece.size(), ' ');
    out.replace(place, piece.size(), piece);
    place += piece.size();
  }
}

std::string_view Reformatter::apply(std::string_view record) {
  breaks_.clear();
  switch (reformat_.kind) {
    case Reformat::Kind::none: return record;
    case Reformat::Kind::build:
    case Reformat::Kind::overlay:
      change(reformat_.items, reformat_.kind == Reformat::Kind::overlay, record, out_);
      return out_;
    case Reformat::Kind::ifthen: break;
  }
  std::string_view current = record;
  bool hit = false, done = false;
  for (const auto& clause : reformat_.clauses) {
    if (clause.when == IfThen::When::condition) {
      if (done || !matches(clause.condition, current, altseq_)) continue;
      hit = true;
      done = !clause.next;
    } else if (clause.when == IfThen::When::none && hit) {
      continue;
    }
    if (clause.items.empty()) continue;
    change(clause.items, clause.overlay, current, other_);
    std::swap(out_, other_);
    current = out_;
  }
  return current;
}

}  // namespace sysplexd::jes::sort
