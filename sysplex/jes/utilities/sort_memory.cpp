// Region and the division of the memory budget; whole transfers; work files.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <new>
#include <utility>

#include "sysplex/jes/utilities/sort_records.hpp"

namespace sysplexd::jes::sort {

namespace {
constexpr std::size_t page = 4096;
constexpr std::size_t round_up(std::size_t size) { return (size + page - 1) / page * page; }
}  // namespace

Region::Region(std::size_t size) : size_(round_up(std::max<std::size_t>(size, 1))) {
  void* memory = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<char*>(memory);
}

Region::Region(Region&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Region& Region::operator=(Region&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Region::~Region() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

void Region::grow(std::size_t size) {
  const auto rounded = round_up(size);
  if (rounded <= size_) return;
  void* memory = ::mremap(data_, size_, rounded, MREMAP_MAYMOVE);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<char*>(memory);
  size_ = rounded;
}

void Region::give_back(std::size_t from) {
  const auto start = round_up(from);
  if (start < size_) ::madvise(data_ + start, size_ - start, MADV_DONTNEED);
}

SortMemory plan_memory(std::size_t total, std::size_t in_use, std::size_t outputs) {
  // Stack, heap of the control statements, page tables of libraries touched later.
  constexpr std::size_t margin = std::size_t{2} << 20;
  SortMemory memory;
  memory.buffer = std::clamp(total / 128, std::size_t{64} << 10, std::size_t{1} << 20);
  const std::size_t fixed = in_use + margin + memory.buffer * (2 + outputs);
  constexpr std::size_t least_arena = std::size_t{2} << 20, most_arena = (std::size_t{1} << 32) - page;
  memory.arena = std::clamp(total > fixed ? total - fixed : 0, least_arena, most_arena) / page * page;
  memory.max_record = memory.arena / 5;
  return memory;
}

net::Result<int> open_work_file(const std::string& directory) {
  int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  // Not every file system has O_TMPFILE (NFS): a name, for as short as can be.
  std::string name = directory + "/sort-work-XXXXXX";
  fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return net::system_error(errno, "create a work file in " + directory);
  ::unlink(name.c_str());
  return fd;
}

int write_fully(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(fd, data, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return 0;
}

int write_fully_at(int fd, const char* data, std::size_t size, std::uint64_t offset) {
  while (size > 0) {
    const ssize_t n = ::pwrite(fd, data, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    data += n;
    size -= static_cast<std::size_t>(n);
    offset += static_cast<std::uint64_t>(n);
  }
  return 0;
}

int read_fully_at(int fd, char* data, std::size_t size, std::uint64_t offset) {
  while (size > 0) {
    const ssize_t n = ::pread(fd, data, size, static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    if (n == 0) return EIO;
    data += n;
    size -= static_cast<std::size_t>(n);
    offset += static_cast<std::uint64_t>(n);
  }
  return 0;
}

}  // namespace sysplexd::jes::sort
