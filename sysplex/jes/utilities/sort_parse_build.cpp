// The grammar of BUILD, FIELDS, OUTREC=, OVERLAY, HEADER1, TRAILER1 and IFTHEN: lists of items that make a new record.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "sysplex/jes/utilities/sort_number.hpp"
#include "sysplex/jes/utilities/sort_operands.hpp"

namespace sysplexd::jes::sort {

namespace {

constexpr std::uint64_t longest_repeat = 32'752;  // of nX, nC'...': a record of z/OS; keeps a typo from filling memory
constexpr std::uint64_t last_column = 1'048'576;

class BuildParser {
 public:
  BuildParser(Cursor& cursor, const BuildContext& context) : cursor_(cursor), context_(context) {}

  std::vector<BuildItem> parse() {
    cursor_.expect('(');
    while (cursor_.ok()) {
      item();
      if (!cursor_.ok()) break;
      const bool after_newline = !items_.empty() && items_.back().kind == BuildItem::Kind::newline;
      if (cursor_.peek() == ')') break;
      if (cursor_.take(',') || after_newline || cursor_.peek() == '/') continue;
      cursor_.complain<"ICE111A">("EXPECTED A COMMA OR A CLOSING PARENTHESIS");
    }
    cursor_.expect(')');
    return std::move(items_);
  }

 private:
  void add_constant(std::string bytes, std::uint64_t times, std::size_t at) {
    if (bytes.size() * times > longest_repeat) {
      cursor_.complain_at<"ICE111A">(at, "THE REPEATED CONSTANT IS LONGER THAN 32752 BYTES");
      return;
    }
    BuildItem item;
    item.kind = BuildItem::Kind::constant;
    for (std::uint64_t i = 0; i < times; ++i) item.bytes += bytes;
    items_.push_back(std::move(item));
  }

  // Bytes of the record so far. `rest` ends a list, so every item here has a known width.
  std::uint64_t width() const {
    std::uint64_t width = 0;
    for (const auto& item : items_) {
      switch (item.kind) {
        case BuildItem::Kind::column: width = item.number - 1; break;
        case BuildItem::Kind::newline: width = 0; break;
        case BuildItem::Kind::field: width += item.field.length; break;
        case BuildItem::Kind::translate:
          width += std::uint64_t{item.field.length} * (item.translation == Translation::hex ? 2 : 1);
          break;
        case BuildItem::Kind::constant: width += item.bytes.size(); break;
        case BuildItem::Kind::rest: break;
        default: width += item.edit.length;
      }
    }
    return width;
  }

  void add_newlines(std::uint64_t count, std::size_t at) {
    if (!context_.outfil) {
      cursor_.complain_at<"ICE111A">(at, "/ IS FOR OUTFIL ONLY");
      return;
    }
    for (std::uint64_t i = 0; i < count; ++i) items_.push_back({.kind = BuildItem::Kind::newline});
  }

  void item() {
    const auto at = cursor_.position();
    if (cursor_.take('/')) return add_newlines(1, at);
    if (cursor_.digit()) return numbered();
    if (cursor_.constant_ahead()) return add_constant(cursor_.constant(), 1, at);
    cursor_.take('&');
    const auto word = cursor_.word();
    if (word == "X") return add_constant(" ", 1, at);
    if (word == "Z") return add_constant(std::string(1, '\0'), 1, at);
    if (word == "SEQNUM") return sequence();
    if (word.starts_with("DATE") || word.starts_with("TIME")) return clock(word, at);
    if (context_.report && word == "PAGE") {
      auto item = BuildItem{.kind = BuildItem::Kind::page};
      item.edit = edit_mask(10, 6);
      items_.push_back(item);
      return;
    }
    static constexpr std::pair<std::string_view, Statistic> statistics[] = {
        {"COUNT", Statistic::count}, {"TOTAL", Statistic::total}, {"TOT", Statistic::total},
        {"MIN", Statistic::minimum}, {"MAX", Statistic::maximum}, {"AVG", Statistic::average}};
    for (const auto& [name, statistic] : statistics)
      if (context_.trailer && name == word) return add_statistic(statistic);
    cursor_.complain_at<"ICE111A">(at, word.empty() ? std::string("EXPECTED A FIELD, A CONSTANT, nX OR A COLUMN")
                                                    : word + " IS NOT SUPPORTED HERE");
  }

  void numbered() {
    const auto at = cursor_.position();
    const auto number = cursor_.number("A POSITION, COLUMN OR COUNT", 1, largest_position);
    if (!cursor_.ok()) return;
    if (cursor_.take(':')) {
      if (number > last_column) return cursor_.complain_at<"ICE111A">(at, "THE COLUMN IS TOO LARGE");
      if (!context_.overlay && number <= width())
        return cursor_.complain_at<"ICE111A">(at, "THE COLUMN OVERLAPS THE ITEM BEFORE IT");
      items_.push_back({.kind = BuildItem::Kind::column, .number = static_cast<std::uint32_t>(number)});
      return item();  // the item of this column, without a comma before it
    }
    const bool repeats = cursor_.constant_ahead() || cursor_.peek() == '/' || cursor_.peek() == 'X' ||
                         cursor_.peek() == 'x' || cursor_.peek() == 'Z' || cursor_.peek() == 'z';
    if (repeats) {
      if (number > longest_repeat) return cursor_.complain_at<"ICE111A">(at, "THE COUNT IS GREATER THAN 32752");
      if (cursor_.take('/')) return add_newlines(number, at);
      if (cursor_.constant_ahead()) return add_constant(cursor_.constant(), number, at);
      const auto word = cursor_.word();
      if (word == "X") return add_constant(" ", number, at);
      if (word == "Z") return add_constant(std::string(1, '\0'), number, at);
      return cursor_.complain_at<"ICE111A">(at, "EXPECTED nX, nZ OR A REPEATED CONSTANT");
    }
    BuildItem item;
    item.field.position = static_cast<std::uint32_t>(number);
    if (cursor_.peek() == ')') {  // p alone: the rest of the record
      if (context_.overlay) return cursor_.complain_at<"ICE111A">(at, "OVERLAY NEEDS THE LENGTH OF THE FIELD");
      item.kind = BuildItem::Kind::rest;
      items_.push_back(item);
      return;
    }
    cursor_.expect(',');
    const auto length_at = cursor_.position();
    item.field.length = static_cast<std::uint32_t>(cursor_.number("A LENGTH", 1, largest_position));
    item.kind = BuildItem::Kind::field;
    if (cursor_.ok()) modifiers(item, length_at);
    if (cursor_.ok()) items_.push_back(std::move(item));
  }

  // The word behind the comma that stands here, without taking either.
  std::string word_after_comma() const {
    std::string word;
    if (cursor_.peek() != ',') return word;
    for (std::size_t i = 1;; ++i) {
      char c = cursor_.peek(i);
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
      if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) break;
      word += c;
    }
    return word;
  }

  void modifiers(BuildItem& item, std::size_t length_at) {
    const auto word = word_after_comma();
    static constexpr std::string_view unsupported[] = {"CHANGE", "JFY", "SQZ", "H", "F", "D", "UNHEX", "LOOKUP"};
    if (word == "HEX" || word == "TRAN") {
      cursor_.take(',');
      const auto at = cursor_.position();
      cursor_.word();
      std::string table = "HEX";
      if (word == "TRAN") {
        cursor_.expect('=');
        table = cursor_.word();
      }
      if (table == "LTOU")
        item.translation = Translation::upper;
      else if (table == "UTOL")
        item.translation = Translation::lower;
      else if (table == "HEX")
        item.translation = Translation::hex;
      else
        return cursor_.complain_at<"ICE111A">(at, "TRAN= KNOWS LTOU, UTOL AND HEX");
      item.kind = BuildItem::Kind::translate;
      return;
    }
    if (std::find(std::begin(unsupported), std::end(unsupported), word) != std::end(unsupported))
      return cursor_.complain<"ICE111A">(word + " IS NOT SUPPORTED HERE");
    Format format{};
    if (!parse_format(word, format)) return;
    cursor_.take(',');
    const auto at = cursor_.position();
    cursor_.word();
    item.field.format = format;
    if (!numeric(format)) return cursor_.complain_at<"ICE018A">(at, "ONLY A NUMBER CAN BE EDITED");
    check_length(cursor_, length_at, item.field, true);
    if (!cursor_.ok()) return;
    item.kind = BuildItem::Kind::edit;
    edit(item.edit, edited_digits(item.field), 0, true);
  }

  // ,Mn | ,EDIT=(…) | ,TO=f | ,f  then ,LENGTH=n  ,SIGNS=(…) in any order. A lone format has mask M0.
  void edit(NumberEdit& result, unsigned digits, unsigned default_mask, bool leading_comma) {
    result = edit_mask(default_mask, digits);
    bool chosen = false, stored = false;
    std::uint64_t length = 0;
    bool comma = leading_comma;
    for (;;) {
      if (comma && cursor_.peek() != ',') break;
      std::string word = comma ? word_after_comma() : cursor_.peek_word();
      Format format{};
      const bool mask = word.size() >= 2 && word.size() <= 3 && word[0] == 'M' && word[1] >= '0' && word[1] <= '9';
      const bool known = mask || word == "EDIT" || word == "TO" || word == "LENGTH" || word == "SIGNS" ||
                         (!chosen && parse_format(word, format));
      static constexpr std::string_view arithmetic[] = {"ADD", "SUB", "MUL", "DIV", "MOD"};
      if (std::find(std::begin(arithmetic), std::end(arithmetic), word) != std::end(arithmetic))
        return cursor_.complain<"ICE111A">("ARITHMETIC IS NOT SUPPORTED HERE");
      if (!known) {
        if (!comma) cursor_.complain<"ICE111A">("EXPECTED A MASK, EDIT=, TO=, LENGTH= OR SIGNS=");
        break;
      }
      if (comma) cursor_.take(',');
      comma = true;
      const auto at = cursor_.position();
      cursor_.word();
      if (word == "LENGTH") {
        cursor_.expect('=');
        length = cursor_.number("LENGTH", 1, 64);
      } else if (word == "SIGNS") {
        cursor_.expect('=');
        signs(result);
      } else if (chosen) {
        return cursor_.complain_at<"ICE111A">(at, "ONE OF MASK, EDIT= AND TO= ONLY");
      } else if (mask) {
        chosen = true;
        const unsigned number = word.size() == 2 ? word[1] - '0' : (word[1] - '0') * 10 + word[2] - '0';
        if (word.size() == 3 && (word[2] < '0' || word[2] > '9')) return cursor_.complain_at<"ICE111A">(at, "NO MASK");
        if (number >= edit_masks) return cursor_.complain_at<"ICE111A">(at, "EDIT MASKS ARE M0 TO M26");
        result = edit_mask(number, digits);
      } else if (word == "EDIT") {
        chosen = true;
        cursor_.expect('=');
        pattern(result);
      } else {
        if (word == "TO") {
          cursor_.expect('=');
          auto name = cursor_.word();
          if (name == "ZDF" || name == "ZDC" || name == "PDF" || name == "PDC") name.pop_back();
          if (!parse_format(name, format))
            return cursor_.complain_at<"ICE018A">(at, "TO= KNOWS ZD, PD, BI, FI, FS, CSL, CST, UFF");
        }
        if (!numeric(format) || format == Format::sff)
          return cursor_.complain_at<"ICE018A">(at, "A NUMBER CANNOT BE STORED IN THIS FORMAT");
        chosen = stored = true;
        result = {};
        result.to = format;
        result.length = stored_length(format, digits);
      }
      if (!cursor_.ok()) return;
    }
    if (length != 0) {
      result.length = static_cast<std::uint32_t>(length);
      const std::uint32_t limit = result.to == Format::bi || result.to == Format::fi ? 8
                                  : result.to == Format::pd                          ? 16
                                                                                     : 32;
      if (stored && (length > limit || ((result.to == Format::ls || result.to == Format::ts) && length < 2)))
        cursor_.complain<"ICE111A">(fmt::format("LENGTH={} DOES NOT FIT THE FORMAT", length));
    }
  }

  void pattern(NumberEdit& result) {
    const auto at = cursor_.position();
    cursor_.expect('(');
    std::string text;
    int depth = 1;
    while (cursor_.ok() && !cursor_.done()) {
      const char c = cursor_.peek();
      if (c == '(') ++depth;
      if (c == ')' && --depth == 0) break;
      if (c == '\'' && cursor_.peek(1) == '\'') cursor_.skip();
      text += c;
      cursor_.skip();
    }
    cursor_.expect(')');
    if (!cursor_.ok()) return;
    const auto digits = std::count_if(text.begin(), text.end(), [](char c) { return c == 'I' || c == 'T'; });
    if (text.empty() || text.size() > 44 || digits == 0 || digits > 31)
      return cursor_.complain_at<"ICE111A">(at, "AN EDIT PATTERN HAS 1 TO 44 CHARACTERS AND 1 TO 31 OF I AND T");
    result = {};
    result.pattern = text;
    result.length = static_cast<std::uint32_t>(text.size());
    result.lead_plus = result.trail_plus = " ";
    result.lead_minus = result.trail_minus = " ";
  }

  // SIGNS=(leading +,leading -,trailing +,trailing -): one character each, left out means blank.
  void signs(NumberEdit& edit) {
    std::string* places[] = {&edit.lead_plus, &edit.lead_minus, &edit.trail_plus, &edit.trail_minus};
    for (auto* place : places) *place = " ";
    cursor_.expect('(');
    for (std::size_t i = 0; i < 4 && cursor_.ok(); ++i) {
      const char c = cursor_.peek(), next = cursor_.peek(1);
      if (cursor_.constant_ahead()) {
        const auto at = cursor_.position();
        *places[i] = cursor_.constant();
        if (cursor_.ok() && places[i]->size() != 1) cursor_.complain_at<"ICE111A">(at, "A SIGN IS ONE CHARACTER");
      } else if (c != ',' && (c != ')' || next == ')' || next == ',') && c != '\0') {
        if (!(c == ')' && i == 0)) {
          *places[i] = std::string(1, c);
          cursor_.skip();
        }
      }
      if (!cursor_.take(',')) break;
    }
    cursor_.expect(')');
  }

  void sequence() {
    BuildItem item;
    item.kind = BuildItem::Kind::sequence;
    item.slot = (*context_.sequence_slots)++;
    cursor_.expect(',');
    const auto length_at = cursor_.position();
    const auto length = cursor_.number("THE LENGTH OF SEQNUM", 1, 16);
    cursor_.expect(',');
    const auto at = cursor_.position();
    Format format{};
    const auto name = cursor_.word();
    if (!cursor_.ok()) return;
    if (!parse_format(name, format) || !(format == Format::zd || format == Format::bi || format == Format::pd ||
                                         format == Format::fi || format == Format::fs))
      return cursor_.complain_at<"ICE018A">(at, "SEQNUM KNOWS ZD, BI, FI, PD AND FS");
    item.edit = {};
    item.edit.to = format;
    item.edit.length = static_cast<std::uint32_t>(length);
    if ((format == Format::bi || format == Format::fi) && length > 8)
      return cursor_.complain_at<"ICE017A">(length_at, "A BINARY SEQNUM HAS AT MOST 8 BYTES");
    for (;;) {
      const auto word = word_after_comma();
      if (word == "RESTART") return cursor_.complain<"ICE111A">("RESTART= IS NOT SUPPORTED HERE");
      if (word != "START" && word != "INCR") break;
      cursor_.take(',');
      cursor_.word();
      cursor_.expect('=');
      (word == "START" ? item.start : item.increment) = static_cast<Number>(cursor_.number(word, 0, 100'000'000));
    }
    if (cursor_.ok()) items_.push_back(std::move(item));
  }

  void clock(const std::string& word, std::size_t at) {
    const auto& now = context_.now;
    const auto date = fmt::format("{:04}{:02}{:02}", now.year, now.month, now.day);
    const auto time = fmt::format("{:02}{:02}{:02}", now.hour, now.minute, now.second);
    const auto separated = [&](std::string_view digits, std::initializer_list<std::size_t> widths, char separator) {
      std::string text;
      for (const auto width : widths) {
        if (!text.empty() && separator != '\0') text += separator;
        text += digits.substr(0, width);
        digits.remove_prefix(width);
      }
      return text;
    };
    char separator = '\0';
    if (cursor_.peek() == '(') {
      cursor_.take('(');
      separator = cursor_.peek();
      cursor_.skip();
      cursor_.expect(')');
    }
    if (word == "DATE1") return add_constant(separated(date, {4, 2, 2}, separator), 1, at);
    if (word == "DATE2") return add_constant(separated(date, {4, 2}, separator), 1, at);
    if (word == "TIME1") return add_constant(separated(time, {2, 2, 2}, separator), 1, at);
    if (word == "TIME2") return add_constant(separated(time, {2, 2}, separator), 1, at);
    if (word == "DATE" && cursor_.peek() != '=')
      return add_constant(fmt::format("{:02}/{:02}/{:02}", now.month, now.day, now.year % 100), 1, at);
    if (word == "TIME" && cursor_.peek() != '=') return add_constant(separated(time, {2, 2, 2}, ':'), 1, at);
    cursor_.complain_at<"ICE111A">(at, word + " IS NOT SUPPORTED HERE (DATE, DATE1, DATE2, TIME, TIME1, TIME2)");
  }

  void add_statistic(Statistic statistic) {
    BuildItem item;
    item.kind = BuildItem::Kind::statistic;
    item.statistic = statistic;
    if (statistic == Statistic::count) {
      item.edit = edit_mask(10, 8);
      if (cursor_.take('=')) {
        cursor_.expect('(');
        if (cursor_.ok()) edit(item.edit, 8, 10, false);
        cursor_.expect(')');
      }
    } else {
      cursor_.expect('=');
      cursor_.expect('(');
      item.field.position = static_cast<std::uint32_t>(cursor_.number("A POSITION", 1, largest_position));
      cursor_.expect(',');
      const auto length_at = cursor_.position();
      item.field.length = static_cast<std::uint32_t>(cursor_.number("A LENGTH", 1, largest_position));
      cursor_.expect(',');
      const auto at = cursor_.position();
      const auto name = cursor_.word();
      if (cursor_.ok() && (!parse_format(name, item.field.format) || !numeric(item.field.format)))
        return cursor_.complain_at<"ICE018A">(at, "A STATISTIC NEEDS A NUMERIC FORMAT");
      if (cursor_.ok()) check_length(cursor_, length_at, item.field, true);
      // A total has more digits than its addends: 15, as DFSORT gives it, or more where the field has more.
      if (cursor_.ok()) edit(item.edit, std::max(15U, edited_digits(item.field)), 0, true);
      cursor_.expect(')');
    }
    if (cursor_.ok()) items_.push_back(std::move(item));
  }

  Cursor& cursor_;
  const BuildContext& context_;
  std::vector<BuildItem> items_;
};

}  // namespace

std::vector<BuildItem> parse_build(Cursor& cursor, const BuildContext& context) {
  return BuildParser(cursor, context).parse();
}

IfThen parse_ifthen(Cursor& cursor, const BuildContext& context) {
  IfThen clause;
  bool has_when = false, has_action = false;
  cursor.list([&] {
    const auto at = cursor.position();
    const auto word = cursor.word();
    cursor.expect('=');
    if (!cursor.ok()) return;
    if (word == "WHEN" && !has_when) {
      has_when = true;
      if (cursor.take_word("INIT")) {
        clause.when = IfThen::When::init;
      } else if (cursor.take_word("NONE")) {
        clause.when = IfThen::When::none;
      } else if (cursor.peek() == '(') {
        clause.when = IfThen::When::condition;
        clause.condition = parse_condition(cursor, std::nullopt);
      } else {
        cursor.complain<"ICE111A">("WHEN= KNOWS INIT, NONE AND (CONDITION)");
      }
    } else if ((word == "BUILD" || word == "OVERLAY") && !has_action) {
      has_action = true;
      clause.overlay = word == "OVERLAY";
      auto inner = context;
      inner.overlay = clause.overlay;
      clause.items = parse_build(cursor, inner);
    } else if (word == "HIT") {
      if (!cursor.take_word("NEXT")) cursor.complain<"ICE111A">("HIT= KNOWS NEXT");
      clause.next = true;
    } else {
      cursor.complain_at<"ICE111A">(at, word + " IS REPEATED OR NOT SUPPORTED IN IFTHEN");
    }
  });
  if (cursor.ok() && (!has_when || (!has_action && !clause.next)))
    cursor.complain<"ICE111A">("IFTHEN NEEDS WHEN= AND BUILD= OR OVERLAY=");
  return clause;
}

}  // namespace sysplexd::jes::sort
