// Number formats and edit masks of SORT.
#include "sysplex/jes/utilities/sort_number.hpp"

#include <algorithm>
#include <array>

#include "net/invariant.hpp"

namespace sysplexd::jes::sort {

namespace {

using Unsigned = unsigned __int128;

unsigned char low_digit(unsigned char byte) {
  const unsigned char low = byte & 0x0F;
  return low > 9 ? 0 : low;
}

// A zoned byte that carries the sign. '{A..I' are +0..9 and '}J..R' -0..9 (EBCDIC signs translated), 'p'..'y' -0..9
// (GnuCOBOL on ASCII); anything else is a plain digit. Raw EBCDIC zones C/F/D are the same by their high half.
unsigned char overpunched(unsigned char byte, bool& negative) {
  negative = false;
  if (byte == '{') return 0;
  if (byte >= 'A' && byte <= 'I') return static_cast<unsigned char>(byte - 'A' + 1);
  if (byte == '}') {
    negative = true;
    return 0;
  }
  if (byte >= 'J' && byte <= 'R') {
    negative = true;
    return static_cast<unsigned char>(byte - 'J' + 1);
  }
  if ((byte >= 'p' && byte <= 'y') || (byte & 0xF0) == 0xD0 || (byte & 0xF0) == 0xB0) negative = true;
  return low_digit(byte);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Free text (UFF, SFF, FS): its digits, right-aligned into count places.
bool read_free(std::string_view bytes, unsigned count, unsigned char* digits) {
  bool negative = false;
  unsigned place = count;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    const char c = bytes[i];
    if (c == '-' || c == ')') negative = true;
    if (is_digit(c) && place > 0) digits[--place] = static_cast<unsigned char>(c - '0');
  }
  while (place > 0) digits[--place] = 0;
  return negative;
}

constexpr char group(unsigned mask) {  // separator of thousands; 0: none
  switch (mask) {
    case 2:
    case 3:
    case 4:
    case 5:
    case 12:
    case 18: return ',';
    case 13:
    case 19: return '.';
    case 14:
    case 15:
    case 16:
    case 20:
    case 21:
    case 22: return ' ';
    case 17:
    case 23:
    case 24: return '\'';
    default: return 0;
  }
}

constexpr char decimal_point(unsigned mask) {  // before the last two digits; 0: none
  switch (mask) {
    case 2:
    case 3:
    case 4:
    case 5:
    case 18:
    case 23: return '.';
    case 19:
    case 20:
    case 21:
    case 22:
    case 24: return ',';
    default: return 0;
  }
}

std::string grouped_pattern(unsigned digits, char separator, char point) {
  const unsigned fraction = point != 0 ? 2 : 0;
  const unsigned whole = digits > fraction + 1 ? digits - fraction : 1;
  std::string pattern;
  for (unsigned i = 0; i < whole; ++i) {
    if (i > 0 && separator != 0 && (whole - i) % 3 == 0) pattern += separator;
    pattern += i + 1 == whole ? 'T' : 'I';
  }
  if (point != 0) {
    pattern += point;
    pattern += "TT";
  }
  return pattern;
}

}  // namespace

std::string_view field_bytes(const Field& field, std::string_view record) {
  const std::size_t begin = field.position - 1;
  if (begin >= record.size()) return {};
  return record.substr(begin, field.length);
}

unsigned decimal_digits(const Field& field) {
  switch (field.format) {
    case Format::pd: return 2 * field.length - 1;
    case Format::ls:
    case Format::ts: return field.length - 1;
    default: return field.length;
  }
}

bool read_decimal(const Field& field, std::string_view bytes, unsigned char* digits) {
  const unsigned count = decimal_digits(field);
  const auto byte = [&](std::size_t i) -> unsigned char {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  bool negative = false;
  switch (field.format) {
    case Format::pd: {
      for (unsigned i = 0; i < count; ++i)
        digits[i] = low_digit(i % 2 == 0 ? static_cast<unsigned char>(byte(i / 2) >> 4) : byte(i / 2));
      const unsigned char sign = byte(field.length - 1) & 0x0F;
      negative = sign == 0x0B || sign == 0x0D;
      break;
    }
    case Format::zd:
    case Format::ol: {
      const unsigned signed_place = field.format == Format::zd ? field.length - 1 : 0;
      for (unsigned i = 0; i < count; ++i) digits[i] = low_digit(byte(i));
      digits[signed_place] = overpunched(byte(signed_place), negative);
      break;
    }
    case Format::ls:
      negative = byte(0) == '-';
      for (unsigned i = 0; i < count; ++i) digits[i] = low_digit(byte(i + 1));
      break;
    case Format::ts:
      for (unsigned i = 0; i < count; ++i) digits[i] = low_digit(byte(i));
      negative = byte(count) == '-';
      break;
    case Format::fs:
    case Format::sff: negative = read_free(bytes, count, digits); break;
    case Format::uff: read_free(bytes, count, digits); break;
    default: SYSPLEXD_INVARIANT(false, "not a decimal format");
  }
  if (negative && std::all_of(digits, digits + count, [](unsigned char digit) { return digit == 0; })) negative = false;
  return negative;
}

Number read_number(const Field& field, std::string_view record) {
  const auto bytes = field_bytes(field, record);
  if (field.format == Format::bi || field.format == Format::fi) {
    Unsigned value = 0;
    for (std::uint32_t i = 0; i < field.length; ++i)
      value = value << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    const Unsigned sign = Unsigned{1} << (8 * field.length - 1);
    if (field.format == Format::fi && (value & sign) != 0)
      return static_cast<Number>(value) - static_cast<Number>(sign) * 2;
    return static_cast<Number>(value);
  }
  std::array<unsigned char, 64> digits{};
  const unsigned count = decimal_digits(field);
  SYSPLEXD_INVARIANT(count <= digits.size(), "field is longer than arithmetic allows");
  const bool negative = read_decimal(field, bytes, digits.data());
  Number value = 0;
  for (unsigned i = count > 31 ? count - 31 : 0; i < count; ++i) value = value * 10 + digits[i];
  return negative ? -value : value;
}

bool store_number(Number value, Format format, std::uint32_t length, std::string& out) {
  const bool negative = value < 0;
  Unsigned magnitude = negative ? -static_cast<Unsigned>(value) : static_cast<Unsigned>(value);
  if (format == Format::bi || format == Format::fi) {
    if (format == Format::bi && negative) return false;
    if (length < 16) {
      const unsigned bits = 8 * length - (format == Format::fi ? 1 : 0);
      const Unsigned limit = (Unsigned{1} << bits) - (negative ? 0 : 1);
      if (magnitude > limit) return false;
    }
    const auto start = out.size();
    out.resize(start + length);
    auto bits = static_cast<Unsigned>(value);
    for (std::uint32_t i = length; i-- > 0;) {
      out[start + i] = static_cast<char>(bits & 0xFF);
      bits = static_cast<Unsigned>(static_cast<Number>(bits) >> 8);
    }
    return true;
  }
  std::string digits;  // least significant first
  while (magnitude != 0) {
    digits += static_cast<char>('0' + static_cast<int>(magnitude % 10));
    magnitude /= 10;
  }
  const std::size_t places = format == Format::pd                                                   ? 2 * length - 1
                             : format == Format::fs || format == Format::ls || format == Format::ts ? length - 1
                                                                                                    : length;
  const bool unsigned_full = format == Format::fs && !negative && digits.size() == length;
  if (digits.size() > places && !unsigned_full) return false;
  if (format == Format::uff && negative) return false;
  std::string text;
  switch (format) {
    case Format::pd:
      digits.resize(places, '0');
      text.assign(length, '\0');
      for (std::size_t i = 0; i < places; ++i) {  // digit i from the right stands in nibble i + 1 from the right
        const std::size_t nibble = i + 1;
        text[length - 1 - nibble / 2] |= static_cast<char>((digits[i] - '0') << (nibble % 2 == 0 ? 0 : 4));
      }
      text[length - 1] |= static_cast<char>(negative ? 0x0D : 0x0C);
      break;
    case Format::fs:
      if (digits.empty()) digits = "0";
      if (negative) digits += '-';
      digits.resize(length, ' ');
      text.assign(digits.rbegin(), digits.rend());
      break;
    case Format::ls:
    case Format::ts:
      digits.resize(places, '0');
      text.assign(digits.rbegin(), digits.rend());
      text.insert(format == Format::ls ? 0 : text.size(), 1, negative ? '-' : '+');
      break;
    default: {
      digits.resize(places, '0');
      text.assign(digits.rbegin(), digits.rend());
      char& sign = format == Format::ol ? text.front() : text.back();
      if (negative) sign = static_cast<char>(sign - '0' + 'p');
    }
  }
  out += text;
  return true;
}

unsigned edited_digits(const Field& field) {
  static constexpr unsigned binary[] = {3, 5, 8, 10, 13, 15, 17, 20};
  if (field.format == Format::bi || field.format == Format::fi) return binary[std::min(field.length, 8U) - 1];
  return std::clamp(decimal_digits(field), 1U, 31U);
}

NumberEdit edit_mask(unsigned mask, unsigned digits) {
  NumberEdit edit;
  edit.lead_plus = edit.lead_minus = edit.trail_plus = edit.trail_minus = " ";
  bool leading = false, trailing = false;
  switch (mask) {
    case 0: edit.pattern = grouped_pattern(digits, 0, 0); break;
    case 1:
    case 11:
    case 26: edit.pattern.assign(digits, 'T'); break;
    case 6: edit.pattern = "III-TTT-TTTT"; break;
    case 7: edit.pattern = "TTT-TT-TTTT"; break;
    case 8: edit.pattern = "IT:TT:TT"; break;
    case 9: edit.pattern = "IT/TT/TT"; break;
    default: edit.pattern = grouped_pattern(digits, group(mask), decimal_point(mask));
  }
  switch (mask) {
    case 0:
    case 1:
    case 2:
    case 15:
    case 21:
      trailing = true;
      edit.trail_minus = "-";
      break;
    case 3:
      trailing = true;
      edit.trail_plus = "  ";
      edit.trail_minus = "CR";
      break;
    case 4:
    case 26:
      leading = true;
      edit.lead_plus = "+";
      edit.lead_minus = "-";
      break;
    case 5:
    case 14:
    case 20:
      leading = trailing = true;
      edit.lead_minus = "(";
      edit.trail_minus = ")";
      break;
    case 6:
    case 7:
    case 8:
    case 9:
    case 10:
    case 11: break;
    default: leading = true; edit.lead_minus = "-";
  }
  if (leading) edit.pattern.insert(0, "S");
  if (trailing) edit.pattern += 'S';
  edit.length = static_cast<std::uint32_t>(edit.pattern.size() + (mask == 3 ? 1 : 0));
  return edit;
}

std::uint32_t stored_length(Format to, unsigned digits) {
  switch (to) {
    case Format::pd: return digits / 2 + 1;
    case Format::bi:
    case Format::fi: return digits < 10 ? 4 : 8;
    case Format::fs:
    case Format::ls:
    case Format::ts: return digits + 1;
    default: return digits;
  }
}

void append_edited(Number value, const NumberEdit& edit, std::string& out) {
  if (edit.pattern.empty()) {
    // A value that does not fit loses its high digits, as a fixed-length result must.
    if (store_number(value, edit.to, edit.length, out)) return;
    if (edit.to == Format::bi || edit.to == Format::fi) {
      const unsigned bits = std::min(8 * edit.length, 126U);
      const auto mask = (Unsigned{1} << bits) - 1;
      std::string wide;
      store_number(static_cast<Number>(static_cast<Unsigned>(value) & mask), Format::bi, 16, wide);
      out += wide.substr(wide.size() - std::min<std::size_t>(edit.length, wide.size()));
      return;
    }
    Number modulus = 1;
    const std::uint32_t places = edit.to == Format::pd ? 2 * edit.length - 1
                                 : edit.to == Format::zd || edit.to == Format::ol || edit.to == Format::uff
                                     ? edit.length
                                     : edit.length - 1;
    for (std::uint32_t i = 0; i < std::min(places, 31U); ++i) modulus *= 10;
    const Number rest = value % modulus;
    store_number(edit.to == Format::uff && rest < 0 ? -rest : rest, edit.to, edit.length, out);
    return;
  }
  const bool negative = value < 0;
  Unsigned magnitude = negative ? -static_cast<Unsigned>(value) : static_cast<Unsigned>(value);
  const auto places = static_cast<std::size_t>(
      std::count_if(edit.pattern.begin(), edit.pattern.end(), [](char c) { return c == 'I' || c == 'T'; }));
  std::string digits(places, '0');
  for (std::size_t i = places; i-- > 0 && magnitude != 0; magnitude /= 10)
    digits[i] = static_cast<char>('0' + static_cast<int>(magnitude % 10));
  std::string text;
  std::size_t next = 0, sign_at = std::string::npos;
  bool significant = false, in_number = false;
  for (std::size_t i = 0; i < edit.pattern.size(); ++i) {
    const char c = edit.pattern[i];
    if (c == 'S') {
      if (!in_number && next == 0) {
        sign_at = text.size();
        text += ' ';
      } else {
        text += negative ? edit.trail_minus : edit.trail_plus;
      }
    } else if (c == 'I' || c == 'T') {
      in_number = true;
      const char digit = digits[next++];
      significant = significant || c == 'T' || digit != '0';
      text += significant ? digit : ' ';
    } else {
      text += in_number && !significant ? ' ' : c;  // separators of suppressed digits are suppressed
    }
  }
  if (sign_at != std::string::npos) {  // the sign floats to the first digit that shows
    std::size_t place = sign_at;
    while (place + 1 < text.size() && text[place + 1] == ' ') ++place;
    const auto& sign = negative ? edit.lead_minus : edit.lead_plus;
    if (!sign.empty()) text[place] = sign.front();
  }
  if (text.size() > edit.length) text.erase(0, text.size() - edit.length);
  out.append(edit.length - text.size(), ' ');
  out += text;
}

}  // namespace sysplexd::jes::sort
