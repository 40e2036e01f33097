// See label.hpp.
#include "sysplex/jes/utilities/label.hpp"

#include "sysplex/dasd/catalog.hpp"

namespace sysplexd::jes {

namespace {
constexpr std::size_t largest_lrecl = 32760;
}

bool complete_label(DdInfo& dd, std::size_t lrecl) {
  if (!dd.dcb.recfm.empty() || lrecl == 0 || lrecl > largest_lrecl || dd.paths.size() != 1) return false;
  auto opened = dasd::Catalog::from_environment();
  if (!opened) return false;
  auto catalog = std::move(opened).value();
  const std::string prefix = catalog.root() + "/";
  if (dd.path().compare(0, prefix.size(), prefix) != 0) return false;
  const std::string dsn = dd.path().substr(prefix.size());
  if (!dasd::valid_dsn(dsn)) return false;
  const auto entry = catalog.find_uncatalogued(dsn);
  if (!entry || entry.value().kind != dasd::EntryKind::data_set) return false;
  auto attributes = entry.value().attributes;
  if (!attributes.recfm.empty()) return false;
  attributes.recfm = "FB";
  attributes.lrecl = static_cast<int>(lrecl);
  if (!catalog.set_attributes(dsn, attributes)) return false;
  dd.dcb.recfm = "FB";
  dd.dcb.lrecl = lrecl;
  return true;
}

}  // namespace sysplexd::jes
