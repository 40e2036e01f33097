// The values of DD operands: DISP, SYSOUT, PATH, SPACE, DCB; see interpreter.hpp. Defaults by jcl-zosmf.md 2.5.
#include <algorithm>
#include <array>
#include <optional>

#include "sysplex/jcl/dd_work.hpp"
#include "sysplex/jcl/keyword.hpp"
#include "sysplex/jcl/statement.hpp"
#include "sysplex/jcl/values.hpp"

namespace sysplexd::jcl {

namespace {

std::optional<DispStatus> status_word(std::string_view word) {
  if (word == "NEW") return DispStatus::is_new;
  if (word == "OLD") return DispStatus::old;
  if (word == "SHR") return DispStatus::shr;
  if (word == "MOD") return DispStatus::mod;
  return std::nullopt;
}

std::optional<DispAction> action_word(std::string_view word) {
  if (word == "KEEP") return DispAction::keep;
  if (word == "DELETE") return DispAction::remove;
  if (word == "CATLG") return DispAction::catlg;
  if (word == "UNCATLG") return DispAction::uncatlg;
  if (word == "PASS") return DispAction::pass;
  return std::nullopt;
}

// Record formats: one of F V D U with modifiers; the order of the modifiers is free in practice.
bool is_record_format(std::string_view text) {
  if (text.empty() || text.size() > 5 || std::string_view("FVDU").find(text[0]) == std::string_view::npos) return false;
  return text.find_first_not_of("BSTAM", 1) == std::string_view::npos;
}

constexpr std::array<std::string_view, 11> organisations = {"PS", "PSU", "PO", "POU", "DA", "DAU",
                                                            "IS", "ISU", "VS", "CX",  "GS"};
constexpr std::array<std::string_view, 8> path_options = {"ORDONLY", "OWRONLY", "ORDWR",  "OCREAT",
                                                          "OEXCL",   "OAPPEND", "OTRUNC", "ONOCTTY"};

struct ModeWord {
  std::string_view word;
  unsigned bits;
};
constexpr std::array<ModeWord, 14> path_modes{{{"SIRUSR", 0400},
                                               {"SIWUSR", 0200},
                                               {"SIXUSR", 0100},
                                               {"SIRWXU", 0700},
                                               {"SIRGRP", 040},
                                               {"SIWGRP", 020},
                                               {"SIXGRP", 010},
                                               {"SIRWXG", 070},
                                               {"SIROTH", 04},
                                               {"SIWOTH", 02},
                                               {"SIXOTH", 01},
                                               {"SIRWXO", 07},
                                               {"SISUID", 04000},
                                               {"SISGID", 02000}}};

}  // namespace

void Interpreter::complete(Dcb& dcb, const Dcb& from) {
  if (dcb.recfm.empty()) dcb.recfm = from.recfm;
  if (dcb.lrecl == 0) dcb.lrecl = from.lrecl;
  if (dcb.blksize == 0) dcb.blksize = from.blksize;
  if (dcb.dsorg.empty()) dcb.dsorg = from.dsorg;
}

void Interpreter::disposition(const Operand& operand, DdPart& part) {
  const auto items = split_list(operand.value);
  if (items.size() > 3) diagnostics_.error<"IEF640I">(operand.value_place(items[3].at), operand.keyword);
  const auto refuse = [&](const Item& item) {
    diagnostics_.error<"IEF643I">(operand.value_place(item.at), operand.keyword);
  };
  Disp& disp = part.disp;
  if (!items[0].text.empty()) {
    if (const auto status = status_word(items[0].text))
      disp.status = *status;
    else
      refuse(items[0]);
  }
  const bool created = disp.status == DispStatus::is_new || (disp.status == DispStatus::mod && part.dsname.temporary);
  disp.normal = created ? DispAction::remove : DispAction::keep;
  if (items.size() > 1 && !items[1].text.empty()) {
    if (const auto action = action_word(items[1].text))
      disp.normal = *action;
    else
      refuse(items[1]);
  }
  disp.abnormal = disp.normal;
  if (disp.normal == DispAction::pass) disp.abnormal = created ? DispAction::remove : DispAction::keep;
  if (items.size() > 2 && !items[2].text.empty()) {
    const auto action = action_word(items[2].text);
    if (action && *action != DispAction::pass)
      disp.abnormal = *action;
    else
      refuse(items[2]);
  }
}

void Interpreter::sysout(const Operand& operand, DdPart& part) {
  part.kind = DdKind::sysout;
  const auto items = split_list(operand.value);
  const auto text = items[0].text;
  part.sysout_class = text;
  if (text == "*" || text.empty()) {
    part.sysout_class = plan_.message_class;
  } else if (text.size() != 1 || !is_name_character(text[0]) || text[0] == '@' || text[0] == '#') {
    if (text != "$") diagnostics_.error<"IEF639I">(operand.value_place(items[0].at), operand.keyword);
    part.sysout_class = plan_.message_class;
  }
  if (items.size() > 3) diagnostics_.error<"IEF640I">(operand.value_place(items[3].at), operand.keyword);
  if (items.size() > 1) ignore(operand);
}

void Interpreter::path(const DdWork& work, DdPart& part) {
  part.kind = DdKind::path;
  part.path = unquote(work.path->value);
  if (part.path.empty() || part.path.front() != '/') {
    diagnostics_.error<"IEFC632I">(work.path->value_place(), work.path->keyword);
  } else if (part.path.size() > 255) {
    diagnostics_.error<"IEF642I">(work.path->value_place(), work.path->keyword);
  } else if (part.path.find('\0') != std::string::npos) {
    diagnostics_.error<"IEFC632I">(work.path->value_place(), work.path->keyword);
  }
  if (work.pathopts != nullptr)
    for (const auto& item : split_list(work.pathopts->value)) {
      if (contains(path_options, item.text))
        part.path_options.emplace_back(item.text);
      else if (item.text == "ONONBLOCK" || item.text == "OSYNC")
        ignore(work.pathopts->place(), "PATHOPTS=" + std::string(item.text));
      else
        diagnostics_.error<"IEF643I">(work.pathopts->value_place(item.at), work.pathopts->keyword);
    }
  if (work.pathmode != nullptr) {
    unsigned mode = 0;
    for (const auto& item : split_list(work.pathmode->value)) {
      const auto* const found = std::find_if(path_modes.begin(), path_modes.end(),
                                             [&](const ModeWord& word) { return word.word == item.text; });
      if (found == path_modes.end())
        diagnostics_.error<"IEF643I">(work.pathmode->value_place(item.at), work.pathmode->keyword);
      else
        mode |= found->bits;
    }
    part.path_mode = mode;
  }
  const bool creates = contains(part.path_options, "OCREAT");
  if (creates && contains(part.path_options, "OEXCL"))
    part.disp.status = DispStatus::is_new;
  else if (creates || contains(part.path_options, "OAPPEND"))
    part.disp.status = DispStatus::mod;
  else
    part.disp.status =
        part.path_options.empty() || contains(part.path_options, "ORDONLY") ? DispStatus::shr : DispStatus::old;
  part.disp.normal = part.disp.abnormal = DispAction::keep;
  if (work.pathdisp != nullptr) {
    const auto items = split_list(work.pathdisp->value);
    if (items.size() > 2) diagnostics_.error<"IEF640I">(work.pathdisp->value_place(items[2].at), "PATHDISP");
    for (std::size_t i = 0; i < std::min<std::size_t>(items.size(), 2); ++i) {
      if (items[i].text.empty()) continue;
      const auto action = action_word(items[i].text);
      if (!action || (*action != DispAction::keep && *action != DispAction::remove)) {
        diagnostics_.error<"IEF643I">(work.pathdisp->value_place(items[i].at), work.pathdisp->keyword);
        continue;
      }
      if (i == 0) part.disp.normal = part.disp.abnormal = *action;
      if (i == 1) part.disp.abnormal = *action;
    }
  }
}

// (unit,(primary,secondary,directory),RLSE,…): only the directory has a meaning here; it makes a new data set a
// library.
void Interpreter::space(const Operand& operand, DdPart& part) {
  const auto items = split_list(operand.value);
  const auto refuse = [&](const Item& item) {
    diagnostics_.error<"IEF644I">(operand.value_place(item.at), operand.keyword);
  };
  const auto unit = items[0].text;
  const bool absolute = unit == "ABSTR";
  if (unit.empty())
    diagnostics_.error<"IEF646I">(operand.value_place(items[0].at), operand.keyword);
  else if (unit != "TRK" && unit != "CYL" && !absolute && !parse_number(unit) && !is_list(unit))
    diagnostics_.error<"IEF643I">(operand.value_place(items[0].at), operand.keyword);
  if (items.size() > 1) {
    const auto amounts = split_list(items[1]);
    for (const auto& amount : amounts)
      if (!amount.text.empty() && !parse_number(amount.text)) return refuse(amount);
    constexpr std::size_t directory = 2;
    if (amounts.size() > directory && !amounts[directory].text.empty())
      part.library = part.library || *parse_number(amounts[directory].text) > 0;
  }
  for (std::size_t i = 2; i < items.size(); ++i) {
    const auto word = items[i].text;
    if (!word.empty() && word != "RLSE" && word != "CONTIG" && word != "MXIG" && word != "ALX" && word != "ROUND")
      diagnostics_.error<"IEF643I">(operand.value_place(items[i].at), operand.keyword);
  }
  ignore(operand);
}

void Interpreter::dcb(const Operand& operand, const RawStep& step, Dcb& dcb) {
  if (operand.keyword != "DCB") return dcb_word(operand.keyword, {operand.value, 0}, operand, dcb);
  for (const auto& item : split_list(operand.value)) {
    if (item.text.empty()) continue;
    if (item.text.starts_with("*.")) {
      if (const Dd* target = referback(item, operand, step)) {
        const Dcb& from = target->parts.front().dcb;
        complete(dcb, from);
      }
      continue;
    }
    const auto equals = item.text.find('=');
    if (equals == std::string_view::npos) {
      // The name of a data set whose label is the model: what it says is known only to the catalogue.
      ignore(operand.place(), "DCB=" + std::string(item.text));
      continue;
    }
    dcb_word(item.text.substr(0, equals), {item.text.substr(equals + 1), item.at + equals + 1}, operand, dcb);
  }
}

void Interpreter::dcb_word(std::string_view keyword, const Item& value, const Operand& operand, Dcb& dcb) {
  const auto key = find_dd_key(keyword);
  const auto number = [&](int highest) {
    const auto found = parse_number(value.text);
    if (found && *found <= highest) return *found;
    diagnostics_.error<"IEF644I">(operand.value_place(value.at), keyword);
    return 0;
  };
  if (key == DdKey::recfm) {
    if (is_record_format(value.text))
      dcb.recfm = value.text;
    else
      diagnostics_.error<"IEF643I">(operand.value_place(value.at), keyword);
  } else if (key == DdKey::lrecl) {
    if (value.text == "X")
      dcb.lrecl = 32760;
    else if (value.text.ends_with('K'))
      ignore(operand.place(), "LRECL=" + std::string(value.text));
    else
      dcb.lrecl = number(32760);
  } else if (key == DdKey::blksize) {
    const bool unit = value.text.ends_with('K') || value.text.ends_with('M') || value.text.ends_with('G');
    if (unit)
      ignore(operand.place(), "BLKSIZE=" + std::string(value.text));
    else
      dcb.blksize = number(32760);
  } else if (key == DdKey::dsorg) {
    if (contains(organisations, value.text))
      dcb.dsorg = value.text;
    else
      diagnostics_.error<"IEF643I">(operand.value_place(value.at), keyword);
  } else if (key == DdKey::dcb_ignored) {
    ignore(operand.place(), std::string(keyword) + "=" + std::string(value.text));
  } else {
    diagnostics_.error<"IEFC630I">(operand.value_place(value.at - std::min(value.at, keyword.size() + 1)), keyword);
  }
}

}  // namespace sysplexd::jcl
