// Generation data groups in the catalogue. Which generations there are is what stands in the root (no second list that
// could differ); the base keeps the rules. All changes of a group are under the lock of its base.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "sysplex/dasd/catalog.hpp"

namespace sysplexd::dasd {

namespace {

net::Status check_base(const std::string& base, const GdgBase& attributes) {
  if (!valid_gdg_base(base))
    return net::Error{net::Errc::invalid,
                      "'" + printable(base) + "' is no name of a generation data group (35 characters at most)"};
  if (attributes.limit < 1 || attributes.limit > gdg_limit_max)
    return net::Error{net::Errc::invalid, fmt::format("LIMIT({}) is not in 1..{}", attributes.limit, gdg_limit_max)};
  return {};
}

net::Status check_name(const GenerationName& name) {
  if (valid_gdg_base(name.base) && name.number >= 1 && name.number <= 9999 && name.version >= 0 && name.version <= 99)
    return {};
  return net::Error{net::Errc::invalid, "'" + printable(to_string(name)) + "' is no generation name"};
}

}  // namespace

net::Status Catalog::define_gdg(const std::string& base, GdgBase attributes) {
  if (const auto good = check_base(base, attributes); !good) return good;
  const auto lock = root_.lock(base);
  if (!lock) return lock.error();
  const auto there = read_entry(base);
  if (there) return net::Error{net::Errc::exists, base + " is in the catalogue already"};
  if (there.error().code != net::Errc::not_found) return there.error();
  if (attributes.created.empty())
    attributes.created = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  if (const auto written = root_.write_attributes(base, to_text(attributes)); !written) return written;
  return root_.sync();
}

net::Result<GdgBase> Catalog::gdg(const std::string& base) const {
  const auto entry = find_uncatalogued(base);
  if (!entry) return entry.error();
  if (entry->kind != EntryKind::gdg_base)
    return net::Error{net::Errc::conflict, base + " is a data set, no generation data group"};
  return entry->base;
}

net::Result<std::vector<GenerationName>> Catalog::scan_generations(const std::string& base,
                                                                   bool uncatalogued_too) const {
  const auto names = read_folder(root_.fd(), ".", root_.path(), base + ".G");
  if (!names) return names.error();
  std::vector<GenerationName> generations;
  for (const auto& name : *names) {
    const auto generation = parse_generation(name);
    if (!generation || generation->base != base) continue;
    const auto entry = read_entry(name);
    if (!entry) {
      if (entry.error().code == net::Errc::not_found) continue;  // just removed
      return entry.error();
    }
    if (entry->attributes.catalogued || uncatalogued_too) generations.push_back(*generation);
  }
  sort_newest_first(generations);
  return generations;
}

net::Result<std::vector<GenerationName>> Catalog::generations(const std::string& base) const {
  if (const auto attributes = gdg(base); !attributes) return attributes.error();
  return scan_generations(base, false);
}

net::Result<GenerationName> Catalog::resolve(const std::string& base, int relative) const {
  const auto newest_first = generations(base);
  if (!newest_first) return newest_first.error();
  return resolve_relative(base, *newest_first, relative);
}

net::Result<RollIn> Catalog::roll_off_locked(const std::string& base, const GdgBase& attributes) {
  const auto newest_first = scan_generations(base, false);
  if (!newest_first) return newest_first.error();
  RollIn answer;
  for (const auto& generation : rolls_off(attributes, *newest_first)) {
    const std::string dsn = to_string(generation);
    const auto gone = attributes.scratch ? remove_locked(dsn) : set_catalogued_locked(dsn, false);
    if (gone)
      answer.rolled_off.push_back(generation);
    else
      answer.problems.push_back(gone.error().text);
  }
  return answer;
}

net::Status Catalog::alter_gdg(const std::string& base, const GdgBase& attributes) {
  if (const auto good = check_base(base, attributes); !good) return good;
  const auto lock = root_.lock(base);
  if (!lock) return lock.error();
  const auto before = gdg(base);
  if (!before) return before.error();
  GdgBase changed = attributes;
  changed.created = before->created;
  if (changed.owner.empty()) changed.owner = before->owner;
  if (const auto written = root_.write_attributes(base, to_text(changed)); !written) return written;
  const auto rolled = roll_off_locked(base, changed);
  if (!rolled) return rolled.error();
  if (!rolled->problems.empty()) return net::Error{net::Errc::io, rolled->problems.front()};
  return root_.sync();
}

net::Status Catalog::delete_gdg(const std::string& base, bool force) {
  if (!valid_gdg_base(base))
    return net::Error{net::Errc::invalid, "'" + printable(base) + "' is no name of a generation data group"};
  const auto lock = root_.lock(base);
  if (!lock) return lock.error();
  if (const auto attributes = gdg(base); !attributes) return attributes.error();
  const auto all = scan_generations(base, false);
  if (!all) return all.error();
  if (!all->empty() && !force)
    return net::Error{net::Errc::conflict, fmt::format("group {} still has {} generations", base, all->size())};
  for (const auto& generation : *all)
    if (const auto removed = remove_locked(to_string(generation)); !removed) return removed;
  if (const auto removed = root_.remove_attributes(base); !removed) return removed;
  return root_.sync();
}

net::Status Catalog::create_generation(const GenerationName& name, Attributes attributes) {
  if (const auto good = check_name(name); !good) return good;
  const auto lock = root_.lock(name.base);
  if (!lock) return lock.error();
  if (const auto base = gdg(name.base); !base) return base.error();
  const std::string dsn = to_string(name);
  const auto there = read_entry(dsn);
  if (there && there->attributes.catalogued)
    return net::Error{net::Errc::exists, "data set " + dsn + " is in the catalogue already"};
  // GDS reclaim: a job that died after making it left it uncatalogued; the next (+1) is the same number.
  if (there)
    if (const auto removed = remove_locked(dsn); !removed) return removed;
  attributes.catalogued = false;
  return create_locked(dsn, std::move(attributes));
}

net::Result<RollIn> Catalog::catalog_generation(const GenerationName& name) {
  if (const auto good = check_name(name); !good) return good.error();
  const auto lock = root_.lock(name.base);
  if (!lock) return lock.error();
  const auto base = gdg(name.base);
  if (!base) return base.error();
  if (const auto set = set_catalogued_locked(to_string(name), true); !set && set.error().code != net::Errc::exists)
    return set.error();
  // A kill here leaves one generation too many; the next roll-in pushes it out.
  const auto rolled = roll_off_locked(name.base, *base);
  if (!rolled) return rolled.error();
  if (const auto synced = root_.sync(); !synced) return synced.error();
  return rolled;
}

}  // namespace sysplexd::dasd
