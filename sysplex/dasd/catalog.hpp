// The catalogue: data set names to files under one root folder that everybody may look at.
//
//   A.B.C            sequential data set = file, library (PDS) = folder with one file a member
//   BASE.G0001V00    generation of the group BASE
//   .catalog/A.B.C   attributes, or a GDG base (data_set.hpp); absent: lines of text, catalogued
//   .catalog/.lock   byte ranges locked by name (OFD locks); .catalog/.tmp, .catalog/.trash  unfinished work
//
// Several processes of several users use one root at once (initiators, utilities, the daemon); nothing is cached.
// Every path is resolved by openat2 beneath the root without following a link, so none leaves it. Calls block, the lock
// with a deadline. A kill -9 between two calls leaves the old state or the new one.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/dasd/catalog_root.hpp"
#include "sysplex/dasd/data_set.hpp"
#include "sysplex/dasd/dsn.hpp"
#include "sysplex/dasd/gdg.hpp"
#include "sysplex/dasd/library.hpp"

namespace sysplexd::dasd {

enum class EntryKind : std::uint8_t { data_set, library, gdg_base };

struct Entry {
  std::string dsn;
  EntryKind kind = EntryKind::data_set;
  Attributes attributes;       // data_set, library; dsorg tells what the file really is
  GdgBase base;                // gdg_base
  std::uint64_t bytes = 0;     // data_set: size of the file
  std::int64_t changed_s = 0;  // mtime, seconds since 1970
  std::string problem;         // list() only: why the attributes could not be read; empty: fine
};

// What a new generation (or a lower limit) pushed out of its group.
struct RollIn {
  std::vector<GenerationName> rolled_off;
  std::vector<std::string> problems;  // one sentence for each that could not; the next roll-in tries again
};

class Catalog {
 public:
  // The root must be there (a missing one is never an empty one); .catalog is made by the first change.
  static net::Result<Catalog> open(const std::string& root);
  // For programs in a step: the root of SYSPLEXD_DASD.
  static net::Result<Catalog> from_environment();
  // Makes .catalog when it is missing. The daemon does so at its start, so that the folder belongs to it.
  net::Status prepare();

  const std::string& root() const { return root_.path(); }

  // --- look up. not_found: no such name in the catalogue (or uncatalogued), invalid: no name, not_permitted: a
  // symbolic link or something that is neither file nor folder stands there.
  net::Result<Entry> find(const std::string& dsn) const;
  net::Result<Entry> find_uncatalogued(const std::string& dsn) const;  // finds both
  // Entries whose name matches (match_dsn), sorted by name, GDG bases among them.
  net::Result<std::vector<Entry>> list(std::string_view pattern, bool uncatalogued_too = false) const;
  // Path of the data set or member for a program to open; does not look whether it is there.
  std::string path(const std::string& dsn, const std::string& member = {}) const;
  // The data set or member, opened beneath the root. flags as open(2), without O_CREAT for data sets.
  net::Result<net::UniqueFd> open_data(const std::string& dsn, const std::string& member, int flags) const;

  // --- change. exists: the name is taken, by a GDG base or an uncatalogued data set too (the text says which).
  net::Status create(const std::string& dsn, Attributes attributes);  // empty; a library when dsorg is PO
  net::Status remove(const std::string& dsn);                         // data set or library, uncatalogued too
  net::Status rename(const std::string& from, const std::string& to);
  net::Status set_attributes(const std::string& dsn, const Attributes& attributes);  // dsorg cannot change
  net::Status uncatalog(const std::string& dsn);
  net::Status recatalog(const std::string& dsn);  // not_found: no uncatalogued data set of that name

  // --- libraries
  net::Result<Library> library(const std::string& dsn) const;

  // --- generation data groups
  net::Status define_gdg(const std::string& base, GdgBase attributes);
  net::Status alter_gdg(const std::string& base, const GdgBase& attributes);  // generations above a new limit roll off
  net::Status delete_gdg(const std::string& base, bool force);  // conflict: has generations; force removes them too
  net::Result<GdgBase> gdg(const std::string& base) const;
  // Catalogued generations, newest first.
  net::Result<std::vector<GenerationName>> generations(const std::string& base) const;
  // What BASE(relative) means now. Not yet a reservation: create_generation() is exclusive.
  net::Result<GenerationName> resolve(const std::string& base, int relative) const;
  // An empty uncatalogued generation; one that stands there uncatalogued (its job died) is reclaimed: replaced.
  net::Status create_generation(const GenerationName& name, Attributes attributes);
  // Rolls it in: catalogued from now on, then what is above the limit rolls off.
  net::Result<RollIn> catalog_generation(const GenerationName& name);

  // What was written to the data set and its name survive a power cut.
  net::Status sync_data(const std::string& dsn) const;

 private:
  explicit Catalog(CatalogRoot root) : root_(std::move(root)) {}
  net::Result<Entry> read_entry(const std::string& dsn) const;
  net::Status create_locked(const std::string& dsn, Attributes attributes);
  net::Status remove_locked(const std::string& dsn);
  net::Status set_catalogued_locked(const std::string& dsn, bool catalogued);
  void forget_orphan(const std::string& dsn) const;
  net::Result<std::vector<GenerationName>> scan_generations(const std::string& base, bool uncatalogued_too) const;
  net::Result<RollIn> roll_off_locked(const std::string& base, const GdgBase& attributes);
  CatalogRoot root_;
};

}  // namespace sysplexd::dasd
