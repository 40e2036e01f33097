// Questions about COBOL modules, and the abend behind a libcob message. No libcob here.
#include "sysplex/jes/utilities/cobol.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace sysplexd::jes {

namespace {

// A mapped ELF-64 file; every access is checked against its size, because the file is anybody's.
class ElfFile {
 public:
  explicit ElfFile(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct stat status{};
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
      size_ = static_cast<std::size_t>(status.st_size);
      void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
      data_ = data == MAP_FAILED ? nullptr : static_cast<const unsigned char*>(data);
    }
    ::close(fd);
    const auto* header = at<Elf64_Ehdr>(0);
    if (header == nullptr || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_type != ET_DYN)
      return;
    for (unsigned i = 0; i < header->e_phnum; ++i) {
      const auto* segment = at<Elf64_Phdr>(header->e_phoff + std::uint64_t{i} * sizeof(Elf64_Phdr));
      if (segment == nullptr) return;
      if (segment->p_type == PT_INTERP) has_interpreter_ = true;
    }
    for (unsigned i = 0; i < header->e_shnum; ++i) {
      const auto* section = at<Elf64_Shdr>(header->e_shoff + std::uint64_t{i} * sizeof(Elf64_Shdr));
      if (section == nullptr) return;
      if (section->sh_type == SHT_DYNAMIC) dynamic_ = section;
      if (section->sh_type == SHT_DYNSYM) symbols_ = section;
    }
    shared_object_ = true;
  }
  ~ElfFile() {
    if (data_ != nullptr) ::munmap(const_cast<unsigned char*>(data_), size_);
  }
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  bool shared_object() const { return shared_object_; }
  bool has_interpreter() const { return has_interpreter_; }

  bool needs(std::string_view library_prefix) const {
    bool found = false;
    entries<Elf64_Dyn>(dynamic_, [&](const Elf64_Dyn& entry) {
      if (entry.d_tag == DT_NEEDED &&
          string_at(dynamic_, entry.d_un.d_val).substr(0, library_prefix.size()) == library_prefix)
        found = true;
    });
    return found;
  }

  std::vector<std::string> functions() const {
    std::vector<std::string> names;
    entries<Elf64_Sym>(symbols_, [&](const Elf64_Sym& symbol) {
      if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) return;
      if (ELF64_ST_BIND(symbol.st_info) != STB_GLOBAL) return;
      const auto name = string_at(symbols_, symbol.st_name);
      if (name != "_init" && name != "_fini" && !name.empty()) names.emplace_back(name);
    });
    return names;
  }

 private:
  template <class T>
  const T* at(std::uint64_t offset) const {
    if (data_ == nullptr || offset > size_ || size_ - offset < sizeof(T) || offset % alignof(T) != 0) return nullptr;
    return reinterpret_cast<const T*>(data_ + offset);
  }
  template <class T, class F>
  void entries(const Elf64_Shdr* section, F each) const {
    if (section == nullptr) return;
    for (std::uint64_t i = 0; i < section->sh_size / sizeof(T); ++i) {
      const auto* entry = at<T>(section->sh_offset + i * sizeof(T));
      if (entry == nullptr) return;
      each(*entry);
    }
  }
  std::string_view string_at(const Elf64_Shdr* section, std::uint64_t index) const {
    const auto* header = at<Elf64_Ehdr>(0);
    const auto* strings = at<Elf64_Shdr>(header->e_shoff + std::uint64_t{section->sh_link} * sizeof(Elf64_Shdr));
    if (strings == nullptr || index >= strings->sh_size) return {};
    const auto start = strings->sh_offset + index;
    if (start >= size_) return {};
    const auto* text = reinterpret_cast<const char*>(data_ + start);
    return {text, ::strnlen(text, size_ - start)};
  }

  const unsigned char* data_ = nullptr;
  std::size_t size_ = 0;
  bool shared_object_ = false, has_interpreter_ = false;
  const Elf64_Shdr* dynamic_ = nullptr;
  const Elf64_Shdr* symbols_ = nullptr;
};

struct Cause {
  std::string_view phrase;
  std::string_view abend;
};

// First match wins. Phrases of GnuCOBOL 3.1.2 (libcob/call.c, common.c, fileio.c), untranslated.
constexpr Cause causes[] = {
    {"not numeric", "S0C7"},
    {"out of bounds", "S0C4"},     // subscript, offset and length of reference modification
    {"has NULL address", "S0C4"},  // LINKAGE or BASED item that nobody allocated
    {"not passed by caller", "S0C4"},
    {"unallocated memory", "S0C4"},
    {"unable to allocate memory", "S878"},
    {"stack overflow", "S0C4"},
    {"(status = 30)", "S001"},  // permanent I/O error
    {"(status = 34)", "SD37"},  // boundary violation: no more space
    {"(status = 31)", "S013"},
    {"(status = 35)", "S013"},  // file does not exist
    {"(status = 37)", "S913"},  // permission denied
    {"(status = 38)", "S013"},
    {"(status = 39)", "S013"},  // attributes of file and data set differ
    {"module '", "S806"},
    {"entry point '", "S806"},
};

}  // namespace

bool is_cobol_module(const std::string& path) {
  const ElfFile file(path);
  return file.shared_object() && !file.has_interpreter() && file.needs("libcob.so");
}

std::vector<std::string> module_entries(const std::string& path) { return ElfFile(path).functions(); }

std::string abend_of_message(std::string_view message) {
  for (const auto& cause : causes)
    if (message.find(cause.phrase) != std::string_view::npos) return std::string(cause.abend);
  return "U4038";
}

}  // namespace sysplexd::jes
