// See iebgener.hpp. Rules: z/OS DFSMSdfp Utilities, chapter IEBGENER.
#include <algorithm>
#include <charconv>

#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/iebgener.hpp"

namespace sysplexd::jes {

namespace {

constexpr std::size_t max_position = 32760;

net::Error bad(const ControlStatement& statement, const std::string& why) {
  return {net::Errc::invalid, "line " + std::to_string(statement.line) + ", " + statement.operation + ": " + why};
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || value < 1 || value > max_position)
    return std::nullopt;
  return value;
}

std::optional<std::string> literal(std::string_view text) {
  if (text.size() >= 3 && (text.front() == 'X' || text.front() == 'x') && text[1] == '\'' && text.back() == '\'') {
    const auto digits = text.substr(2, text.size() - 3);
    std::string bytes;
    if (digits.size() % 2 != 0) return std::nullopt;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      unsigned value = 0;
      const auto parsed = std::from_chars(digits.data() + i, digits.data() + i + 2, value, 16);
      if (parsed.ec != std::errc() || parsed.ptr != digits.data() + i + 2) return std::nullopt;
      bytes += static_cast<char>(value);
    }
    return bytes;
  }
  if (text.size() < 2 || text.front() != '\'' || text.back() != '\'') return std::nullopt;
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    value += text[i];
    if (text[i] == '\'' && i + 2 < text.size() && text[i + 1] == '\'') ++i;
  }
  return value;
}

net::Result<GenerField> parse_field(const ControlStatement& statement, const std::string& text) {
  const auto split = split_list(text);
  if (!split) return bad(statement, split.error().text);
  auto parts = split.value();
  parts.resize(std::max<std::size_t>(parts.size(), 4));
  if (parts.size() > 4) return bad(statement, "FIELD=" + text + " has more than four values");
  GenerField field;
  if (!parts[1].empty()) {
    field.literal = literal(parts[1]);
    if (!field.literal) {
      const auto position = number(parts[1]);
      if (!position)
        return bad(statement, "input position " + parts[1] + " is no number from 1 to 32760 and no literal");
      field.input = *position;
    }
  }
  if (parts[0].empty()) {
    field.length = field.literal ? field.literal->size() : 80;  // the default of the manual
  } else {
    const auto length = number(parts[0]);
    if (!length) return bad(statement, "length " + parts[0] + " is no number from 1 to 32760");
    field.length = *length;
  }
  const auto conversion = upper(parts[2]);
  if (conversion == "PZ")
    field.conversion = GenerField::Conversion::packed_to_zoned;
  else if (conversion == "ZP")
    field.conversion = GenerField::Conversion::zoned_to_packed;
  else if (!conversion.empty())
    return bad(statement, "conversion " + parts[2] + " is not supported (PZ and ZP are)");
  if (!parts[3].empty()) {
    const auto position = number(parts[3]);
    if (!position) return bad(statement, "output position " + parts[3] + " is no number from 1 to 32760");
    field.output = *position;
  }
  if (field.literal && field.literal->size() > field.length)
    return bad(statement, "the literal is longer than its length");
  return field;
}

net::Status parse_ident(const ControlStatement& statement, const std::string& value, GenerGroup& group) {
  const auto parts = split_list(value);
  if (!parts || parts.value().size() < 2 || parts.value().size() > 3)
    return bad(statement, "IDENT=(length,'name',position) is wanted, not " + value);
  const auto name = literal(parts.value()[1]);
  const auto length = number(parts.value()[0]);
  const auto position = parts.value().size() == 3 ? number(parts.value()[2]) : std::optional<std::size_t>(1);
  if (!name || !length || !position || name->size() > *length || *length > 8)
    return bad(statement, "IDENT=" + value + " is wrong: length 1 to 8, a literal, a position");
  group.ident = *name;
  group.ident->resize(*length, ' ');
  group.ident_input = *position;
  return {};
}

}  // namespace

net::Result<std::vector<GenerGroup>> parse_gener_statements(const std::vector<std::string>& lines) {
  const auto parsed = parse_control_statements(lines);
  if (!parsed) return parsed.error();
  std::vector<GenerGroup> groups;
  bool generate = false, open = false;  // open: the last group takes more RECORD operands
  for (const auto& statement : parsed.value()) {
    const auto operands = split_operands(statement.operands);
    if (!operands) return bad(statement, operands.error().text);
    if (statement.operation == "GENERATE") {
      if (generate) return bad(statement, "GENERATE stands twice");
      generate = true;
      for (const auto& operand : operands.value()) {
        const auto keyword = split_keyword(operand).first;
        if (keyword != "MAXNAME" && keyword != "MAXFLDS" && keyword != "MAXLITS" && keyword != "MAXGPS" &&
            keyword != "DBCS")
          return bad(statement, "unknown keyword " + keyword);
      }
      continue;
    }
    if (!generate) return bad(statement, "GENERATE must be the first statement");
    if (statement.operation == "MEMBER") {
      GenerGroup group;
      for (const auto& operand : operands.value()) {
        const auto [keyword, value] = split_keyword(operand);
        const auto names = split_list(value);
        if (keyword != "NAME" || !names || names.value().size() != 1)
          return bad(statement, "NAME=member is wanted (aliases are not supported), not " + operand);
        group.member = upper(names.value().front());
      }
      groups.push_back(std::move(group));
      open = true;
    } else if (statement.operation == "RECORD") {
      if (!open) groups.emplace_back();
      open = true;
      for (const auto& operand : operands.value()) {
        const auto [keyword, value] = split_keyword(operand);
        if (keyword == "FIELD") {
          const auto field = parse_field(statement, value);
          if (!field) return field.error();
          groups.back().fields.push_back(field.value());
        } else if (keyword == "IDENT") {
          const auto status = parse_ident(statement, value, groups.back());
          if (!status) return status.error();
          open = false;
        } else {
          return bad(statement, keyword + " is not supported (FIELD and IDENT are)");
        }
      }
    } else {
      return bad(statement, "is not supported (GENERATE, MEMBER and RECORD are)");
    }
  }
  if (groups.empty()) groups.emplace_back();
  return groups;
}

net::Result<std::string> edit_record(std::string_view input, const std::vector<GenerField>& fields) {
  if (fields.empty()) return std::string(input);
  std::string output;
  const auto put = [&](std::size_t position, std::string_view text) {
    if (output.size() < position - 1 + text.size()) output.resize(position - 1 + text.size(), ' ');
    output.replace(position - 1, text.size(), text);
  };
  for (const auto& field : fields) {
    std::string value = field.literal                    ? *field.literal
                        : field.input - 1 < input.size() ? std::string(input.substr(field.input - 1, field.length))
                                                         : std::string();
    value.resize(field.length, ' ');
    if (field.conversion == GenerField::Conversion::packed_to_zoned) {
      std::string zoned;
      for (const char byte : value) {
        const unsigned bits = static_cast<unsigned char>(byte);
        for (const unsigned nibble : {bits >> 4U, bits & 15U})
          zoned += static_cast<char>(nibble < 10 ? '0' + nibble : 0);
      }
      zoned.pop_back();  // the last nibble is the sign
      const unsigned sign = static_cast<unsigned char>(value.back()) & 15U;
      if (zoned.find('\0') != std::string::npos || sign < 10)
        return net::Error{net::Errc::invalid,
                          "packed field at position " + std::to_string(field.input) + " is not numeric"};
      // ASCII zoned decimal as GnuCOBOL writes it: a negative last digit has bit 0x40 set.
      if (sign == 13 || sign == 11) zoned.back() = static_cast<char>(zoned.back() | 0x40);
      put(field.output, zoned);
    } else if (field.conversion == GenerField::Conversion::zoned_to_packed) {
      const bool negative = (static_cast<unsigned char>(value.back()) & 0x70U) == 0x70;
      if (negative) value.back() = static_cast<char>(value.back() & ~0x40);
      if (value.find_first_not_of("0123456789") != std::string::npos)
        return net::Error{net::Errc::invalid,
                          "zoned field at position " + std::to_string(field.input) + " is not numeric"};
      std::string digits = value.size() % 2 == 0 ? "0" + value : value;
      std::string packed;
      for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        packed += static_cast<char>((digits[i] - '0') << 4 | (digits[i + 1] - '0'));
      packed += static_cast<char>((digits.back() - '0') << 4 | (negative ? 13 : 12));
      put(field.output, packed);
    } else {
      put(field.output, value);
    }
  }
  return output;
}

}  // namespace sysplexd::jes
