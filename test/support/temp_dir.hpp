// A fresh folder of one test, removed with it: under $TMPDIR if set, else /dev/shm.
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace sysplexd::test {

class TempDir {
 public:
  TempDir() {
    const char* const given = ::getenv("TMPDIR");
    std::string name = std::string(given != nullptr ? given : "/dev/shm") + "/sysplexd-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace sysplexd::test
