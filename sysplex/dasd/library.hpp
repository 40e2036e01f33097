// A library (PDS): a folder of the catalogue root, one file a member. What else lies in the folder (lower-case names,
// sub-folders, links) is no member and is never touched.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"
#include "sysplex/dasd/catalog_root.hpp"

namespace sysplexd::dasd {

struct Member {
  std::string name;
  std::uint64_t bytes = 0;
  std::int64_t changed_s = 0;  // mtime, seconds since 1970
};

class Library {
 public:
  Library(std::string dsn, std::string path, net::UniqueFd directory)
      : dsn_(std::move(dsn)), path_(std::move(path)), directory_(std::move(directory)) {}
  const std::string& path() const { return path_; }
  // Sorted by name; pattern as match_member, empty: all.
  net::Result<std::vector<Member>> members(std::string_view pattern = {}) const;
  net::Result<Member> find(const std::string& member) const;  // not_found, invalid
  net::Status remove(const std::string& member);
  net::Status rename(const std::string& from, const std::string& to);  // exists: `to` is there
  // flags as open(2); O_CREAT allowed. Never follows a link.
  net::Result<net::UniqueFd> open(const std::string& member, int flags) const;

 private:
  std::string dsn_, path_;
  net::UniqueFd directory_;
};

}  // namespace sysplexd::dasd
