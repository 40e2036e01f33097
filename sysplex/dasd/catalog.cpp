// The catalogue: look-ups and changes of data sets. Groups are in catalog_gdg.cpp.
//
// Order of a change, so that a kill leaves the old state or the new one: attributes before the data set when it is
// made, the data set before its attributes when it goes. Attributes without a data set are nothing, and are forgotten
// by whoever looks the name up.
#include "sysplex/dasd/catalog.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <set>

namespace sysplexd::dasd {

namespace {

net::Status check_name(const std::string& dsn) {
  const auto parsed = parse_dsn(dsn);
  if (!parsed) return parsed.error();
  if (valid_dsn(dsn)) return {};  // no member, no generation, no lower case
  return net::Error{net::Errc::invalid, "'" + printable(dsn) + "' is no plain data set name"};
}

net::Error not_found(const std::string& dsn) {
  return {net::Errc::not_found, "data set " + dsn + " is not in the catalogue"};
}

std::string now_text() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

// A generation is locked by its base, so that one lock covers a roll-in and all that it pushes out.
std::string lock_name(const std::string& dsn) {
  const auto generation = parse_generation(dsn);
  return generation ? generation->base : dsn;
}

}  // namespace

net::Result<Catalog> Catalog::open(const std::string& root) {
  auto opened = CatalogRoot::open(root);
  if (!opened) return opened.error();
  return Catalog(std::move(*opened));
}

net::Result<Catalog> Catalog::from_environment() {
  const char* root = std::getenv("SYSPLEXD_DASD");
  if (root == nullptr || *root == '\0')
    return net::Error{net::Errc::not_ready, "SYSPLEXD_DASD is not set: this program runs in a step only"};
  return open(root);
}

net::Status Catalog::prepare() {
  const auto folder = root_.catalog_folder(true);
  return folder ? net::Status() : net::Status(folder.error());
}

net::Result<Entry> Catalog::read_entry(const std::string& dsn) const {
  const auto status = root_.look(dsn);
  if (!status) return status.error();
  const auto text = root_.read_attributes(dsn);
  if (!text) return text.error();
  Entry entry;
  entry.dsn = dsn;
  if (*text) {
    auto file = parse_attributes(**text);
    if (!file) return net::Error{net::Errc::corrupt, "attributes of " + dsn + ": " + file.error().text};
    if (file->gdg) {
      entry.kind = EntryKind::gdg_base;
      entry.base = file->base;
      return entry;
    }
    entry.attributes = file->data_set;
  }
  if (!*status) {
    if (*text) forget_orphan(dsn);
    return not_found(dsn);
  }
  const struct stat& found = **status;
  if (S_ISLNK(found.st_mode))
    return net::Error{net::Errc::not_permitted, "data set " + dsn + " is a symbolic link, which is not followed"};
  if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode))
    return net::Error{net::Errc::not_permitted, "data set " + dsn + " is neither a file nor a folder"};
  entry.kind = S_ISDIR(found.st_mode) ? EntryKind::library : EntryKind::data_set;
  entry.attributes.dsorg = S_ISDIR(found.st_mode) ? "PO" : "PS";
  entry.bytes = S_ISREG(found.st_mode) ? static_cast<std::uint64_t>(found.st_size) : 0;
  entry.changed_s = found.st_mtime;
  return entry;
}

// A kill between attributes and data set left them; without this a file copied in later would inherit them. Only tried:
// who holds the lock is just making the data set, and a reader may not write.
void Catalog::forget_orphan(const std::string& dsn) const {
  const auto lock = root_.lock(lock_name(dsn), {}, std::chrono::milliseconds(0));
  if (!lock) return;
  const auto status = root_.look(dsn);
  const auto text = root_.read_attributes(dsn);
  if (!status || *status || !text || !*text) return;
  const auto file = parse_attributes(**text);
  if (file && file->gdg) return;
  static_cast<void>(root_.remove_attributes(dsn));  // a reader without rights leaves it to the next
}

net::Result<Entry> Catalog::find(const std::string& dsn) const {
  auto entry = find_uncatalogued(dsn);
  if (entry && !entry->attributes.catalogued) {
    auto error = not_found(dsn);
    error.text += " (it is there uncatalogued)";
    return error;
  }
  return entry;
}

net::Result<Entry> Catalog::find_uncatalogued(const std::string& dsn) const {
  if (const auto valid = check_name(dsn); !valid) return valid.error();
  return read_entry(dsn);
}

net::Result<std::vector<Entry>> Catalog::list(std::string_view pattern, bool uncatalogued_too) const {
  if (!valid_dsn_pattern(pattern))
    return net::Error{net::Errc::invalid, "'" + printable(pattern) + "' is no pattern of data set names"};
  // Only names that start with what stands before the first wild card need be looked at.
  const std::string_view prefix = pattern.substr(0, std::min(pattern.find_first_of("*%"), pattern.size()));
  const std::string_view stem = prefix.substr(0, std::min(prefix.rfind('.'), prefix.size()));  // 'A.**' is A too
  const std::string_view start = pattern.size() == prefix.size() ? prefix : stem;
  auto names = read_folder(root_.fd(), ".", root_.path(), start);
  if (!names) return names.error();
  std::set<std::string> candidates(names->begin(), names->end());
  auto known = read_folder(root_.fd(), ".catalog", root_.path() + "/.catalog", start);  // GDG bases have no file
  if (known)
    candidates.insert(known->begin(), known->end());
  else if (known.error().code != net::Errc::not_found)
    return known.error();

  std::vector<Entry> entries;
  for (const auto& name : candidates) {
    if (!valid_dsn(name) || !match_dsn(pattern, name)) continue;
    auto entry = read_entry(name);
    if (entry) {
      if (entry->attributes.catalogued || uncatalogued_too) entries.push_back(std::move(*entry));
    } else if (entry.error().code != net::Errc::not_found) {
      Entry broken;
      broken.dsn = name;
      broken.problem = entry.error().text;
      entries.push_back(std::move(broken));
    }
  }
  return entries;
}

std::string Catalog::path(const std::string& dsn, const std::string& member) const {
  return root_.path() + "/" + dsn + (member.empty() ? "" : "/" + member);
}

net::Result<net::UniqueFd> Catalog::open_data(const std::string& dsn, const std::string& member, int flags) const {
  if (!member.empty()) {
    const auto folder = library(dsn);
    if (!folder) return folder.error();
    return folder->open(member, flags);
  }
  const auto entry = find_uncatalogued(dsn);
  if (!entry) return entry.error();
  if (entry->kind == EntryKind::gdg_base)
    return net::Error{net::Errc::invalid, dsn + " is a generation data group, not a data set"};
  return open_beneath(root_.fd(), dsn, (flags & ~O_CREAT) | O_NONBLOCK | O_NOCTTY, 0, "data set " + dsn);
}

net::Result<Library> Catalog::library(const std::string& dsn) const {
  const auto entry = find_uncatalogued(dsn);
  if (!entry) return entry.error();
  if (entry->kind != EntryKind::library) return net::Error{net::Errc::invalid, "data set " + dsn + " is no library"};
  auto folder = open_beneath(root_.fd(), dsn, O_RDONLY | O_DIRECTORY, 0, "library " + dsn);
  if (!folder) return folder.error();
  return Library(dsn, path(dsn), std::move(*folder));
}

net::Status Catalog::create(const std::string& dsn, Attributes attributes) {
  if (const auto valid = check_name(dsn); !valid) return valid;
  const auto lock = root_.lock(lock_name(dsn));
  if (!lock) return lock.error();
  return create_locked(dsn, std::move(attributes));
}

net::Status Catalog::create_locked(const std::string& dsn, Attributes attributes) {
  if (const auto good = check(attributes); !good)
    return net::Error{good.error().code, "data set " + dsn + ": " + good.error().text};
  const auto there = read_entry(dsn);
  if (there) {
    const char* as = there->kind == EntryKind::gdg_base ? " is a generation data group"
                     : there->attributes.catalogued     ? " is in the catalogue already"
                                                        : " is there already, uncatalogued";
    return net::Error{net::Errc::exists, "data set " + dsn + as};
  }
  if (there.error().code != net::Errc::not_found) return there.error();
  if (attributes.created.empty()) attributes.created = now_text();
  if (const auto written = root_.write_attributes(dsn, to_text(attributes)); !written) return written;
  const auto made = attributes.dsorg == "PO" ? root_.make_folder(dsn) : root_.make_file(dsn);
  if (!made) {
    static_cast<void>(root_.remove_attributes(dsn));  // the first failure is the answer
    if (made.error().code == net::Errc::exists)
      return net::Error{net::Errc::exists, "data set " + dsn + " is in the catalogue already"};
  }
  return made;
}

net::Status Catalog::remove(const std::string& dsn) {
  if (const auto valid = check_name(dsn); !valid) return valid;
  const auto lock = root_.lock(lock_name(dsn));
  if (!lock) return lock.error();
  return remove_locked(dsn);
}

net::Status Catalog::remove_locked(const std::string& dsn) {
  const auto status = root_.look(dsn);
  if (!status) return status.error();
  if (!*status) {
    const auto entry = read_entry(dsn);
    if (!entry) return entry.error();
    return net::Error{net::Errc::conflict, dsn + " is a generation data group, which is deleted as one"};
  }
  // Whatever stands there goes, a link too (itself, never its target); wrong attributes do not keep it.
  const auto removed = S_ISDIR((*status)->st_mode) ? root_.remove_folder(dsn) : root_.remove_file(dsn);
  const auto text = root_.read_attributes(dsn);
  if (text && *text) {
    const auto file = parse_attributes(**text);
    if (file && file->gdg) return removed;  // a stray file under the name of a group: the group stays
  }
  if (const auto still = root_.look(dsn); still && !*still)
    if (const auto forgot = root_.remove_attributes(dsn); !forgot && removed) return forgot;
  return removed;
}

net::Status Catalog::rename(const std::string& from, const std::string& to) {
  for (const auto* name : {&from, &to})
    if (const auto valid = check_name(*name); !valid) return valid;
  if (from == to) return net::Error{net::Errc::exists, "data set " + to + " has that name already"};
  const auto lock = root_.lock(lock_name(from), lock_name(to));
  if (!lock) return lock.error();
  const auto entry = read_entry(from);
  if (!entry) return entry.error();
  if (entry->kind == EntryKind::gdg_base)
    return net::Error{net::Errc::unsupported, from + " is a generation data group; groups are not renamed"};
  const auto taken = read_entry(to);
  if (taken) return net::Error{net::Errc::exists, "data set " + to + " is there already"};
  if (taken.error().code != net::Errc::not_found) return taken.error();
  if (const auto written = root_.write_attributes(to, to_text(entry->attributes)); !written) return written;
  if (const auto renamed = root_.rename(from, to); !renamed) {
    static_cast<void>(root_.remove_attributes(to));  // the first failure is the answer
    return renamed;
  }
  return root_.remove_attributes(from);
}

net::Status Catalog::set_attributes(const std::string& dsn, const Attributes& attributes) {
  if (const auto valid = check_name(dsn); !valid) return valid;
  if (const auto good = check(attributes); !good)
    return net::Error{good.error().code, "data set " + dsn + ": " + good.error().text};
  const auto lock = root_.lock(lock_name(dsn));
  if (!lock) return lock.error();
  const auto entry = read_entry(dsn);
  if (!entry) return entry.error();
  if (entry->kind == EntryKind::gdg_base)
    return net::Error{net::Errc::invalid, dsn + " is a generation data group, not a data set"};
  if (entry->attributes.dsorg != attributes.dsorg)
    return net::Error{net::Errc::conflict,
                      "data set " + dsn + ": DSORG is " + entry->attributes.dsorg + " and cannot change"};
  return root_.write_attributes(dsn, to_text(attributes));
}

net::Status Catalog::set_catalogued_locked(const std::string& dsn, bool catalogued) {
  auto entry = read_entry(dsn);
  if (!entry) return entry.error();
  if (entry->kind == EntryKind::gdg_base)
    return net::Error{net::Errc::conflict, dsn + " is a generation data group, not a data set"};
  if (entry->attributes.catalogued == catalogued)
    return catalogued ? net::Error{net::Errc::exists, "data set " + dsn + " is in the catalogue already"}
                      : not_found(dsn);
  entry->attributes.catalogued = catalogued;
  return root_.write_attributes(dsn, to_text(entry->attributes));
}

net::Status Catalog::uncatalog(const std::string& dsn) {
  if (const auto valid = check_name(dsn); !valid) return valid;
  const auto lock = root_.lock(lock_name(dsn));
  if (!lock) return lock.error();
  return set_catalogued_locked(dsn, false);
}

net::Status Catalog::recatalog(const std::string& dsn) {
  if (const auto valid = check_name(dsn); !valid) return valid;
  const auto lock = root_.lock(lock_name(dsn));
  if (!lock) return lock.error();
  return set_catalogued_locked(dsn, true);
}

net::Status Catalog::sync_data(const std::string& dsn) const {
  const auto data = open_data(dsn, {}, O_RDONLY);
  if (!data) return data.error();
  if (::fsync(data->get()) != 0) return net::system_error(errno, "sync " + dsn);
  struct stat status{};
  if (::fstat(data->get(), &status) != 0) return net::system_error(errno, "sync " + dsn);
  if (S_ISDIR(status.st_mode)) {
    const auto folder = library(dsn);
    if (!folder) return folder.error();
    const auto members = folder->members();
    if (!members) return members.error();
    for (const auto& member : *members) {
      const auto file = folder->open(member.name, O_RDONLY);
      if (!file) return file.error();
      if (::fdatasync(file->get()) != 0) return net::system_error(errno, "sync " + dsn + "(" + member.name + ")");
    }
  }
  return root_.sync();
}

}  // namespace sysplexd::dasd
