// Members; see members.hpp.
#include "sysplex/jcl/members.hpp"

namespace sysplexd::jcl {

Member* Members::load(const std::string& library, const std::string& name) {
  const auto key = std::pair{library, name};
  if (const auto known = loaded_.find(key); known != loaded_.end()) return known->second.get();
  auto& slot = loaded_[key];
  auto text = source_ ? source_(library, name) : std::nullopt;
  if (!text) return nullptr;  // remembered: the source is asked once
  slot = std::make_unique<Member>();
  slot->library = library;
  slot->text = std::move(*text);
  slot->statements = read_statements(slot->text, 1, arena_, slot->diagnostics);
  return slot.get();
}

Member* Members::find(const std::string& name) {
  for (const auto& library : order_)
    if (Member* member = load(library, name)) return member;
  return load({}, name);
}

}  // namespace sysplexd::jcl
