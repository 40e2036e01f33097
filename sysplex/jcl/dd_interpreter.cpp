// DD: where the data of a step come from and go to; see interpreter.hpp. Defaults by jcl-zosmf.md 2.5.
#include <algorithm>
#include <array>
#include <iterator>

#include "sysplex/jcl/dd_work.hpp"
#include "sysplex/jcl/interpreter.hpp"
#include "sysplex/jcl/keyword.hpp"
#include "sysplex/jcl/statement.hpp"
#include "sysplex/jcl/values.hpp"

namespace sysplexd::jcl {

namespace {

std::string lines_of(std::string_view raw) {
  std::string lines;
  lines.reserve(raw.size() + 1);
  while (!raw.empty()) {
    const auto found = raw.find('\n');
    auto line = raw.substr(0, found);
    raw = found == std::string_view::npos ? std::string_view{} : raw.substr(found + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.append(line).push_back('\n');
  }
  return lines;
}

constexpr std::array<std::string_view, 9> data_set_types = {"LIBRARY", "PDS", "BASIC", "LARGE", "EXTREQ",
                                                            "EXTPREF", "HFS", "PIPE",  "ZFS"};
}  // namespace

Interpreter::DdWork Interpreter::sort_out(const RawDdPart& raw) {
  DdWork work;
  std::vector<std::string_view> seen;
  for (const auto& operand : raw.operands) {
    if (operand.positional()) {
      if (&operand == &raw.operands.front() &&
          (operand.value == "*" || operand.value == "DATA" || operand.value == "DUMMY"))
        work.positional = &operand;
      else
        diagnostics_.error<"IEFC630I">(operand.place(), operand.value);
      continue;
    }
    const auto key = find_dd_key(operand.keyword);
    if (!key || !operand.qualifier.empty()) {
      diagnostics_.error<"IEFC630I">(operand.place(), operand.keyword);
      continue;
    }
    const auto keyword = canonical_keyword(operand.keyword);
    if (*key != DdKey::dcb && contains(seen, keyword)) {
      diagnostics_.error<"IEFC009I">(operand.place(), keyword, keyword, std::string_view("DD"));
      continue;
    }
    seen.push_back(keyword);
    if (operand.value.empty()) continue;  // nullified, or not coded
    switch (*key) {
      case DdKey::dsn: work.dsn = &operand; break;
      case DdKey::disp: work.disp = &operand; break;
      case DdKey::sysout: work.sysout = &operand; break;
      case DdKey::path: work.path = &operand; break;
      case DdKey::pathopts: work.pathopts = &operand; break;
      case DdKey::pathmode: work.pathmode = &operand; break;
      case DdKey::pathdisp: work.pathdisp = &operand; break;
      case DdKey::dcb:
      case DdKey::recfm:
      case DdKey::lrecl:
      case DdKey::blksize:
      case DdKey::dsorg: work.dcb.push_back(&operand); break;
      case DdKey::space: work.space = &operand; break;
      case DdKey::dsntype: work.dsntype = &operand; break;
      case DdKey::ddname: work.ddname = &operand; break;
      case DdKey::like: work.like = &operand; break;
      case DdKey::refdd: work.refdd = &operand; break;
      case DdKey::subsys:
      case DdKey::term:
        work.no_data = &operand;
        ignore(operand);
        break;
      case DdKey::output:
        output_reference(operand);
        ignore(operand);
        break;
      case DdKey::dlm:
      case DdKey::symbols: break;  // done when the data were read
      case DdKey::dcb_ignored:
      case DdKey::ignored: ignore(operand); break;
    }
  }
  return work;
}

bool Interpreter::exclusive(const DdWork& work) {
  const bool data = work.positional != nullptr && work.positional->value != "DUMMY";
  const Operand* const sources[] = {work.sysout, work.path, work.ddname, data ? work.positional : nullptr};
  bool good = true;
  const auto refuse = [&](const Operand* first, const Operand* second) {
    if (first == nullptr || second == nullptr || first == second) return;
    const auto named = [](const Operand* operand) { return operand->positional() ? operand->value : operand->keyword; };
    diagnostics_.error<"IEFC009I">(second->place(), named(second), named(first), std::string_view("DD"));
    good = false;
  };
  for (std::size_t i = 0; i < std::size(sources); ++i)
    for (std::size_t j = i + 1; j < std::size(sources); ++j) refuse(sources[i], sources[j]);
  for (const Operand* source : sources) refuse(source, work.disp);
  refuse(work.path, work.dsn);
  refuse(work.ddname, work.dsn);
  refuse(work.like, work.refdd);
  return good;
}

DdPart Interpreter::dd_part(const RawDdPart& raw, const RawStep& step, std::string& forward) {
  DdPart part;
  part.card = raw.place.origin != nullptr ? raw.place.origin->call_card : raw.place.card;
  if (raw.operands.empty() && !raw.overridden) {
    if (!raw.flawed) diagnostics_.error<"IEF646I">(raw.place, std::string_view("DD"));
    return part;
  }
  const DdWork work = sort_out(raw);
  if (!exclusive(work)) return part;
  for (const Operand* operand : work.dcb) dcb(*operand, step, part.dcb);
  model(work, step, part);
  if (work.space != nullptr) space(*work.space, part);
  if (work.dsntype != nullptr) {
    const auto type = split_list(work.dsntype->value)[0];
    if (!contains(data_set_types, type.text))
      diagnostics_.error<"IEF643I">(work.dsntype->value_place(type.at), work.dsntype->keyword);
    part.library = part.library || type.text.starts_with("LIBRARY") || type.text == "PDS";
  }
  if (part.dcb.dsorg.starts_with("PO")) part.library = true;

  if (work.positional != nullptr && work.positional->value == "DUMMY") {
    part.kind = DdKind::dummy;
    if (work.dsn != nullptr && !work.dsn->value.starts_with("*.")) (void)parse_dsname(*work.dsn, diagnostics_);
    if (work.disp != nullptr) disposition(*work.disp, part);
  } else if (work.ddname != nullptr) {
    forward = parse_name(work.ddname->value, work.ddname->value_place(), work.ddname->keyword, diagnostics_);
  } else if (work.sysout != nullptr) {
    sysout(*work.sysout, part);
  } else if (work.path != nullptr) {
    path(work, part);
  } else if (work.positional != nullptr) {
    part.kind = DdKind::instream;
    part.data = lines_of(raw.data);
  } else if (work.no_data != nullptr) {
    part.kind = DdKind::dummy;
  } else {
    data_set(raw, work, step, part);
  }
  return part;
}

void Interpreter::data_set(const RawDdPart& raw, const DdWork& work, const RawStep& step, DdPart& part) {
  part.kind = DdKind::dataset;
  part.disp = Disp{};
  if (work.dsn != nullptr && work.dsn->value.starts_with("*.")) {
    const Dd* target = referback({work.dsn->value, 0}, *work.dsn, step);
    if (target != nullptr) {
      const DdPart& from = target->parts.front();
      if (from.kind == DdKind::dataset) {
        part.dsname = from.dsname;
        part.library = part.library || from.library;
      } else if (from.kind == DdKind::dummy) {
        part.kind = DdKind::dummy;
      } else {
        diagnostics_.error<"IEF645I">(work.dsn->value_place(), work.dsn->keyword);
      }
    }
  } else if (work.dsn != nullptr && work.dsn->value == "NULLFILE") {
    part.kind = DdKind::dummy;
  } else if (work.dsn != nullptr) {
    if (auto name = parse_dsname(*work.dsn, diagnostics_)) part.dsname = std::move(*name);
  } else {
    part.dsname.name = temporary_name();
    part.dsname.temporary = true;
  }
  if (work.disp != nullptr) disposition(*work.disp, part);
  if (raw.flawed) return;
  if (work.dsn == nullptr && part.disp.status != DispStatus::is_new) {
    // Nothing to look for: JCL makes it a new data set of this step.
    diagnostics_.warning<"UNV2007W">(work.disp != nullptr ? work.disp->place() : raw.place);
    part.disp = Disp{};
  }
  if (part.dsname.temporary && work.disp != nullptr) {
    const auto kept = [](DispAction action) { return action == DispAction::keep || action == DispAction::catlg; };
    if (kept(part.disp.normal) && part.disp.status == DispStatus::is_new) {
      diagnostics_.warning<"IEF648I">(work.disp->value_place(), std::string_view("PASS"));
      part.disp.normal = DispAction::pass;
      if (kept(part.disp.abnormal)) part.disp.abnormal = DispAction::remove;
    }
  }
  if (!part.dsname.member.empty() && part.disp.status == DispStatus::is_new) part.library = true;
}

// LIKE= and REFDD=: attributes that are not coded here.
void Interpreter::model(const DdWork& work, const RawStep& step, DdPart& part) {
  Created from;
  if (work.refdd != nullptr) {
    const Dd* target = referback({work.refdd->value, 0}, *work.refdd, step);
    if (target == nullptr) return;
    from = {target->parts.front().dcb, target->parts.front().library};
  } else if (work.like != nullptr) {
    const auto name = parse_dsname(*work.like, diagnostics_);
    if (!name) return;
    const auto known = created_.find(name->name);
    // A data set that is there already: what it is like is known only to the catalogue.
    if (known == created_.end()) return ignore(*work.like);
    from = known->second;
  } else {
    return;
  }
  complete(part.dcb, from.dcb);
  part.library = part.library || from.library;
}

void Interpreter::remember_created(const Step& step) {
  for (const auto& dd : step.dds)
    for (const auto& part : dd.parts)
      if (part.kind == DdKind::dataset && part.disp.status == DispStatus::is_new && !part.dsname.temporary)
        created_[part.dsname.name] = {part.dcb, part.library};
}

void Interpreter::output_reference(const Operand& operand) {
  for (const auto& item : split_list(operand.value)) {
    const auto dot = item.text.rfind('.');
    const bool known =
        item.text.starts_with("*.") && dot != std::string_view::npos && outputs_.contains(item.text.substr(dot + 1));
    if (!known) diagnostics_.error<"IEF645I">(operand.value_place(item.at), operand.keyword);
  }
}

const Dd* Interpreter::find_dd(const Step& step, std::string_view name) const {
  for (const auto& dd : step.dds)
    if (dd.name == name && !dd.parts.empty()) return &dd;
  return nullptr;
}

const Dd* Interpreter::referback(const Item& text, const Operand& operand, const RawStep& step) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 2; parts.size() < 4;) {
    const auto dot = text.text.find('.', begin);
    parts.push_back(text.text.substr(begin, dot == std::string_view::npos ? dot : dot - begin));
    if (dot == std::string_view::npos) break;
    begin = dot + 1;
  }
  const Dd* found = nullptr;
  if (text.text.starts_with("*.") && parts.size() == 1 && !plan_.steps.empty()) {
    found = find_dd(plan_.steps.back(), parts[0]);
  } else if (text.text.starts_with("*.") && (parts.size() == 2 || parts.size() == 3)) {
    const auto procstep = parts.size() == 3 ? parts[1] : std::string_view{};
    const int before = directory_.size();  // its own step may be named too
    auto index = directory_.find(parts[0], procstep, step.call, before);
    if (!index) index = directory_.find(parts[0], procstep, 0, before);
    if (index) found = find_dd(plan_.steps[static_cast<std::size_t>(*index)], parts.back());
  }
  if (found == nullptr && !missing_.contains(parts.front()))
    diagnostics_.error<"IEF645I">(operand.value_place(text.at), operand.keyword);
  return found;
}

std::vector<DdPart> Interpreter::dd_parts(const RawDd& raw, const RawStep& step, std::vector<Forward>& forwards) {
  std::vector<DdPart> parts;
  parts.reserve(raw.parts.size());
  for (const auto& part : raw.parts) {
    std::string target;
    parts.push_back(dd_part(part, step, target));
    if (!target.empty()) forwards.push_back({std::string(raw.name), parts.size() - 1, std::move(target), part.place});
  }
  return parts;
}

// DDNAME=X takes its data from the later DD X of the step, which is no DD of its own then. What nobody defines is
// DUMMY; as a later part of a concatenation it is left out.
void Interpreter::resolve_ddnames(Step& step, std::vector<Forward>& forwards) {
  // From the back, so that the positions of earlier ones stay right.
  for (auto forward = forwards.rbegin(); forward != forwards.rend(); ++forward) {
    const auto named = [](const std::string& wanted) { return [&wanted](const Dd& dd) { return dd.name == wanted; }; };
    const auto from = std::find_if(step.dds.begin(), step.dds.end(), named(forward->target));
    const auto to = std::find_if(step.dds.begin(), step.dds.end(), named(forward->dd));
    if (to == step.dds.end()) continue;
    const auto at = to->parts.begin() + static_cast<std::ptrdiff_t>(forward->part);
    if (from == step.dds.end() || from <= to) {
      diagnostics_.warning<"IEF686I">(forward->place, forward->target);
      if (forward->part > 0) to->parts.erase(at);
      continue;
    }
    complete(from->parts.front().dcb, at->dcb);
    const auto next = to->parts.erase(at);
    to->parts.insert(next, std::make_move_iterator(from->parts.begin()), std::make_move_iterator(from->parts.end()));
    step.dds.erase(from);
  }
}

std::string Interpreter::temporary_name() {
  // A name that no deck can hold by chance: the first character is national, the rest counts.
  return fmt::format("@{:07}", ++temporaries_);
}

}  // namespace sysplexd::jcl
