// A disk in memory that keeps only what was synced. Each call counts and is a point at which the disk can fail: an
// error, no space, a short write, or the end of the world (crash), after which restart() gives back what such a disk
// may have kept: synced bytes for certain, unsynced sectors of 512 bytes by lot, names of a folder that was not synced
// up to some point. Deterministic by seed.
#pragma once
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sysplex/dasd/file_io.hpp"

namespace sysplexd::test {

enum class FaultKind { none, io, no_space, short_write, crash };

inline const char* name_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::none: return "none";
    case FaultKind::io: return "EIO";
    case FaultKind::no_space: return "ENOSPC";
    case FaultKind::short_write: return "short write";
    case FaultKind::crash: return "crash";
  }
  return "?";
}

class SimDisk final : public dasd::FileSystem {
 public:
  template <class T>
  using Task = net::Task<T>;
  template <class T>
  using Result = net::Result<T>;
  using Status = net::Result<void>;
  static constexpr std::size_t sector = 512;

  explicit SimDisk(std::uint64_t seed) : random_(seed) { root_->is_folder = true; }

  // The call with this number (1 = the next) fails so; once.
  void fail_at(FaultKind kind, std::uint64_t call) {
    fault_ = kind;
    fault_call_ = call;
    calls_ = 0;
    fired_.clear();
  }
  std::uint64_t calls() const { return calls_; }
  // The operation that the fault hit; empty: it was not reached, or it does not apply there.
  const std::string& fired() const { return fired_; }
  const std::map<std::string, std::uint64_t>& calls_by_operation() const { return by_operation_; }
  std::uint64_t syncs() const { return syncs_; }
  // Bytes of all files together; above it allocate and growing writes find no space.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  std::uint64_t bytes_used() const { return used(*root_); }

  // The machine is off from here on: every call fails.
  void crash() { dead_ = true; }
  // It is on again. power_cut: unsynced data and names are lost by lot; else only the processes ended.
  void restart(bool power_cut) {
    ++life_;
    dead_ = false;
    fault_ = FaultKind::none;
    locks_.clear();
    if (power_cut) lose_unsynced(*root_);
    forget_failures(*root_);
  }

  // For damage: the bytes of a file as they are now.
  std::string& content(const std::string& path) {
    const auto node = find(path);
    SYSPLEXD_INVARIANT(node != nullptr && !node->is_folder, "no such file on the simulated disk");
    node->writes.clear();
    return node->now;
  }
  bool exists(const std::string& path) { return find(path) != nullptr; }
  void settle() { settle(*root_); }  // all that is there counts as synced
  std::vector<std::string> files() const {
    std::vector<std::string> out;
    collect(*root_, "", out);
    return out;
  }
  // The same bytes on another disk.
  std::shared_ptr<SimDisk> clone(std::uint64_t seed) const {
    auto copy = std::make_shared<SimDisk>(seed);
    copy->root_ = copy_of(*root_);
    return copy;
  }
  void remove(const std::string& path) {
    const auto [folder, name] = parent_of(path);
    folder->names.erase(name);
    folder->durable_names = folder->names;
    folder->changes.clear();
  }

  Task<Result<dasd::FileHandle>> open(std::string path, dasd::OpenMode mode) override {
    const Call call = begin("open", mode == dasd::OpenMode::create_new);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    const auto [folder, name] = parent_of(path);
    if (!folder) co_return error_of(ENOENT, path);
    const auto found = folder->names.find(name);
    const bool there = found != folder->names.end();
    if (mode == dasd::OpenMode::create_new) {
      if (there) co_return error_of(EEXIST, path);
      auto made = std::make_shared<Node>();
      if (call.fault != FaultKind::none && !chance()) co_return fault_error(call, path);
      change(*folder, name, made);
      if (call.fault != FaultKind::none) co_return fault_error(call, path);
      dasd::FileHandle handle = std::make_shared<Handle>(path, made, life_);
      co_return handle;
    }
    if (call.fault != FaultKind::none) co_return fault_error(call, path);
    if (!there) co_return error_of(ENOENT, path);
    if (found->second->is_folder) co_return error_of(EISDIR, path);
    dasd::FileHandle handle = std::make_shared<Handle>(path, found->second, life_);
    co_return handle;
  }

  Task<Status> write(dasd::FileHandle file, std::uint64_t offset, dasd::Buffers buffers) override {
    const Call call = begin("write", true);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    co_return write_now(call, *file, offset, joined(buffers));
  }

  Task<Status> write_sync(dasd::FileHandle file, std::uint64_t offset, dasd::Buffers buffers) override {
    const Call call = begin("write_sync", true);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    const std::string bytes = joined(buffers);
    // Either part may be the one that fails.
    const bool in_sync =
        call.fault == FaultKind::crash || call.fault == FaultKind::io || call.fault == FaultKind::no_space ? chance()
                                                                                                           : false;
    Call writing = call;
    if (in_sync) writing.fault = FaultKind::none;
    const Status written = write_now(writing, *file, offset, bytes);
    if (!written) co_return written;
    co_await net::yield();
    if (dead_ && !in_sync) co_return crashed();
    Call syncing = call;
    if (!in_sync) syncing.fault = FaultKind::none;
    co_return sync_now(syncing, *file);
  }

  Task<Status> sync(dasd::FileHandle file) override {
    const Call call = begin("sync", true);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    co_return sync_now(call, *file);
  }

  Task<Result<std::string>> read(dasd::FileHandle file, std::uint64_t offset, std::size_t length) override {
    const Call call = begin("read", false);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    if (call.fault != FaultKind::none) co_return fault_error(call, file->path());
    const auto& now = handle(*file).node->now;
    if (offset >= now.size()) co_return std::string();
    co_return now.substr(offset, length);
  }

  Task<Result<std::uint64_t>> size(dasd::FileHandle file) override {
    const Call call = begin("size", false);
    if (const auto error = refuse(call)) co_return *error;
    if (call.fault != FaultKind::none) co_return fault_error(call, file->path());
    co_return handle(*file).node->now.size();
  }

  Task<Status> truncate(dasd::FileHandle file, std::uint64_t size) override {
    const Call call = begin("truncate", true);
    if (const auto error = refuse(call)) co_return *error;
    if (call.fault != FaultKind::none) co_return fault_error(call, file->path());
    Node& node = *handle(*file).node;
    node.now.resize(size);
    node.writes.push_back(Write{size, "", true});
    co_return Status();
  }

  Task<Status> allocate(dasd::FileHandle file, std::uint64_t bytes) override {
    const Call call = begin("allocate", true);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    if (call.fault != FaultKind::none) co_return fault_error(call, file->path());
    Node& node = *handle(*file).node;
    const std::uint64_t grows = bytes > node.now.size() ? bytes - node.now.size() : 0;
    if (bytes_used() + grows > capacity_) co_return error_of(ENOSPC, file->path());
    if (grows > 0) {
      node.now.resize(bytes);
      node.writes.push_back(Write{bytes, "", true});
    }
    co_return Status();
  }

  Task<Status> rename(std::string from, std::string to) override {
    const Call call = begin("rename", true);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    const auto [folder, name] = parent_of(from);
    const auto [folder_to, name_to] = parent_of(to);
    SYSPLEXD_INVARIANT(folder == folder_to, "the simulated disk renames within a folder only");
    if (!folder || folder->names.count(name) == 0) co_return error_of(ENOENT, from);
    if (call.fault != FaultKind::none && !chance()) co_return fault_error(call, from);
    Change moved;
    moved.sets.emplace_back(name_to, folder->names.at(name));
    moved.sets.emplace_back(name, nullptr);
    apply(folder->names, moved);
    folder->changes.push_back(moved);
    if (call.fault != FaultKind::none) co_return fault_error(call, from);
    co_return Status();
  }

  Task<Status> unlink(std::string path) override {
    const Call call = begin("unlink", false);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    const auto [folder, name] = parent_of(path);
    if (call.fault != FaultKind::none && !chance()) co_return fault_error(call, path);
    if (!folder || folder->names.count(name) == 0) co_return error_of(ENOENT, path);
    change(*folder, name, nullptr);
    if (call.fault != FaultKind::none) co_return fault_error(call, path);
    co_return Status();
  }

  Task<Status> make_directory(std::string path) override {
    const Call call = begin("make_directory", true);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    const auto [folder, name] = parent_of(path);
    if (!folder) co_return error_of(ENOENT, path);
    if (folder->names.count(name) > 0) co_return error_of(EEXIST, path);
    if (call.fault != FaultKind::none && !chance()) co_return fault_error(call, path);
    auto made = std::make_shared<Node>();
    made->is_folder = true;
    change(*folder, name, made);
    if (call.fault != FaultKind::none) co_return fault_error(call, path);
    co_return Status();
  }

  Task<Status> remove_directory(std::string path) override {
    const Call call = begin("remove_directory", false);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    const auto node = find(path);
    if (!node) co_return error_of(ENOENT, path);
    if (!node->names.empty()) co_return error_of(ENOTEMPTY, path);
    if (call.fault != FaultKind::none) co_return fault_error(call, path);
    const auto [folder, name] = parent_of(path);
    change(*folder, name, nullptr);
    co_return Status();
  }

  Task<Status> sync_directory(std::string path) override {
    const Call call = begin("sync_directory", true);
    co_await net::yield();
    if (const auto error = refuse(call)) co_return *error;
    const auto node = find(path);
    if (!node) co_return error_of(ENOENT, path);
    if (call.fault != FaultKind::none) co_return fault_error(call, path);
    ++syncs_;
    node->durable_names = node->names;
    node->changes.clear();
    co_return Status();
  }

  Task<Result<std::vector<std::string>>> list(std::string path) override {
    const Call call = begin("list", false);
    if (const auto error = refuse(call)) co_return *error;
    const auto node = find(path);
    if (!node) co_return error_of(ENOENT, path);
    if (call.fault != FaultKind::none) co_return fault_error(call, path);
    std::vector<std::string> out;
    for (const auto& [name, child] : node->names) out.push_back(name);
    co_return out;
  }

  Task<Result<dasd::FileLockHandle>> lock(std::string path, std::string owner, std::chrono::milliseconds) override {
    const Call call = begin("lock", false);
    if (const auto error = refuse(call)) co_return *error;
    const auto [folder, name] = parent_of(path);
    if (!folder) co_return error_of(ENOENT, path);
    if (call.fault != FaultKind::none) co_return fault_error(call, path);
    if (folder->names.count(name) == 0) change(*folder, name, std::make_shared<Node>());
    auto& held = locks_[path];
    if (!held.expired())
      co_return net::Error{net::Errc::timed_out, "lock " + path + " is held by " + held.lock()->owner};
    auto made = std::make_shared<Lock>();
    made->owner = owner;
    held = made;
    dasd::FileLockHandle handle = made;
    co_return handle;
  }

 private:
  struct Write {
    std::uint64_t offset = 0;
    std::string bytes;
    bool resize = false;  // to `offset`
  };
  struct Node;
  struct Change {
    std::vector<std::pair<std::string, std::shared_ptr<Node>>> sets;  // nullptr: removed; all together
  };
  struct Node {
    bool is_folder = false;
    std::string durable, now;
    std::vector<Write> writes;  // since the last sync
    bool sync_failed = false;   // pages may be lost: nothing of this life becomes durable any more
    std::map<std::string, std::shared_ptr<Node>> durable_names, names;
    std::vector<Change> changes;
  };
  struct Handle final : dasd::File {
    Handle(std::string path, std::shared_ptr<Node> node_, std::uint64_t life_)
        : File(std::move(path)), node(std::move(node_)), life(life_) {}
    std::shared_ptr<Node> node;
    std::uint64_t life;
  };
  struct Lock final : dasd::FileLock {
    std::string owner;
  };
  struct Call {
    FaultKind fault = FaultKind::none;
  };

  bool chance() { return (random_() & 1) != 0; }
  static std::string joined(const dasd::Buffers& buffers) {
    std::string out;
    for (const auto& buffer : buffers) out += buffer;
    return out;
  }
  static net::Error error_of(int number, const std::string& what) { return net::system_error(number, what); }
  static net::Error crashed() { return net::Error{net::Errc::io, "the simulated machine is off", EIO}; }
  net::Error fault_error(const Call& call, const std::string& what) {
    if (call.fault == FaultKind::crash) return crashed();
    return net::system_error(call.fault == FaultKind::no_space ? ENOSPC : EIO, "injected: " + what);
  }
  static Handle& handle(dasd::File& file) { return static_cast<Handle&>(file); }

  // takes_space: the operation is one that a full disk can refuse.
  Call begin(const char* operation, bool takes_space) {
    Call call;
    if (dead_) return call;
    ++calls_;
    ++by_operation_[operation];
    if (fault_ == FaultKind::none || calls_ != fault_call_) return call;
    const bool is_write = std::string_view(operation) == "write" || std::string_view(operation) == "write_sync";
    if (fault_ == FaultKind::no_space && !takes_space) return call;
    if (fault_ == FaultKind::short_write && !is_write) return call;
    fired_ = operation;
    call.fault = fault_;
    return call;
  }
  std::optional<net::Error> refuse(const Call& call) {
    if (call.fault == FaultKind::crash) {
      dead_ = true;  // what the call still does happened before the end
      return std::nullopt;
    }
    if (dead_) return crashed();
    return std::nullopt;
  }

  Status write_now(const Call& call, dasd::File& file, std::uint64_t offset, std::string bytes) {
    if (file.sync_failure) return *file.sync_failure;
    Node& node = *handle(file).node;
    const std::uint64_t end = offset + bytes.size();
    const std::uint64_t grows = end > node.now.size() ? end - node.now.size() : 0;
    const bool fits = bytes_used() + grows <= capacity_;
    const bool fails = call.fault != FaultKind::none || !fits;
    // What a failed write leaves is cut anywhere; but a disk takes an aligned single sector whole or not at all, and
    // the kernel copies it in one piece.
    const bool one_sector = offset % sector == 0 && bytes.size() == sector;
    if (fails)
      bytes.resize(bytes.empty() || (one_sector && !chance()) ? 0
                   : one_sector                               ? sector
                                                              : random_() % (bytes.size() + 1));
    if (call.fault == FaultKind::short_write && bytes.size() == end - offset)
      bytes.resize(one_sector ? 0 : bytes.size() - 1);
    if (node.now.size() < offset + bytes.size() && fits) node.now.resize(offset + bytes.size());
    if (node.now.size() < offset + bytes.size()) bytes.resize(node.now.size() > offset ? node.now.size() - offset : 0);
    node.now.replace(offset, bytes.size(), bytes);
    node.writes.push_back(Write{offset, std::move(bytes), false});
    if (call.fault != FaultKind::none) return fault_error(call, file.path());
    if (!fits) return error_of(ENOSPC, file.path());
    return {};
  }

  Status sync_now(const Call& call, dasd::File& file) {
    if (file.sync_failure) return *file.sync_failure;
    Node& node = *handle(file).node;
    if (call.fault != FaultKind::none) {
      const net::Error error = fault_error(call, file.path());
      if (call.fault != FaultKind::crash) {
        file.sync_failure = error;
        node.sync_failed = true;
      } else if (chance()) {
        make_durable(node);  // done, and nobody was told
      }
      return error;
    }
    if (dead_) return crashed();
    ++syncs_;
    // After a failed sync the kernel reports success and has nothing written.
    if (!node.sync_failed) make_durable(node);
    return {};
  }

  // By the writes since the last sync, not the whole file: segments are large.
  static void make_durable(Node& node) {
    for (const auto& write : node.writes) {
      if (write.resize) {
        node.durable.resize(write.offset);
        continue;
      }
      const std::uint64_t end = write.offset + write.bytes.size();
      if (node.durable.size() < end) node.durable.resize(end);
      node.durable.replace(write.offset, write.bytes.size(), write.bytes);
    }
    node.writes.clear();
  }

  static void apply(std::map<std::string, std::shared_ptr<Node>>& names, const Change& change) {
    for (const auto& [name, node] : change.sets) {
      if (node)
        names[name] = node;
      else
        names.erase(name);
    }
  }
  static void change(Node& folder, const std::string& name, std::shared_ptr<Node> node) {
    Change made;
    made.sets.emplace_back(name, std::move(node));
    apply(folder.names, made);
    folder.changes.push_back(std::move(made));
  }

  void lose_unsynced(Node& node) {
    if (node.is_folder) {
      // A journal keeps the order of names: some first part of the changes is there.
      const std::size_t kept = node.changes.empty() ? 0 : random_() % (node.changes.size() + 1);
      for (std::size_t i = 0; i < kept; ++i) apply(node.durable_names, node.changes[i]);
      node.names = node.durable_names;
      node.changes.clear();
      for (auto& [name, child] : node.names) lose_unsynced(*child);
      return;
    }
    const unsigned mode = random_() % 4;  // nothing, everything, or each sector by lot
    for (const auto& write : node.writes) {
      if (write.resize) {
        if (mode == 1 || (mode > 1 && chance())) node.durable.resize(write.offset);
        continue;
      }
      for (std::uint64_t at = write.offset; at < write.offset + write.bytes.size();) {
        const std::uint64_t next =
            std::min<std::uint64_t>((at / sector + 1) * sector, write.offset + write.bytes.size());
        if (mode == 1 || (mode > 1 && chance())) {
          if (node.durable.size() < next) node.durable.resize(next);
          node.durable.replace(at, next - at, write.bytes, at - write.offset, next - at);
        }
        at = next;
      }
    }
    node.now = node.durable;
    node.writes.clear();
  }
  static void forget_failures(Node& node) {
    node.sync_failed = false;
    for (auto& [name, child] : node.names) forget_failures(*child);
  }
  static void settle(Node& node) {
    node.durable = node.now;
    node.writes.clear();
    node.durable_names = node.names;
    node.changes.clear();
    for (auto& [name, child] : node.names) settle(*child);
  }
  static std::shared_ptr<Node> copy_of(const Node& node) {
    auto copy = std::make_shared<Node>(node);
    for (auto& [name, child] : copy->names) child = copy_of(*child);
    copy->durable_names = copy->names;
    copy->changes.clear();
    return copy;
  }
  static std::uint64_t used(const Node& node) {
    std::uint64_t bytes = node.now.size();
    for (const auto& [name, child] : node.names) bytes += used(*child);
    return bytes;
  }
  static void collect(const Node& node, const std::string& path, std::vector<std::string>& out) {
    for (const auto& [name, child] : node.names) {
      if (child->is_folder)
        collect(*child, path + "/" + name, out);
      else
        out.push_back(path + "/" + name);
    }
  }

  std::shared_ptr<Node> find(const std::string& path) const {
    auto node = root_;
    std::size_t at = 0;
    while (at < path.size()) {
      const std::size_t slash = std::min(path.find('/', at), path.size());
      const std::string part = path.substr(at, slash - at);
      at = slash + 1;
      if (part.empty()) continue;
      const auto child = node->names.find(part);
      if (child == node->names.end()) return nullptr;
      node = child->second;
    }
    return node;
  }
  std::pair<std::shared_ptr<Node>, std::string> parent_of(const std::string& path) const {
    const auto slash = path.rfind('/');
    return {find(path.substr(0, slash)), path.substr(slash + 1)};
  }

  std::mt19937_64 random_;
  std::shared_ptr<Node> root_ = std::make_shared<Node>();
  std::map<std::string, std::weak_ptr<Lock>> locks_;
  std::map<std::string, std::uint64_t> by_operation_;
  FaultKind fault_ = FaultKind::none;
  std::uint64_t fault_call_ = 0, calls_ = 0, syncs_ = 0, life_ = 0;
  std::uint64_t capacity_ = ~std::uint64_t{0};
  std::string fired_;
  bool dead_ = false;
};

}  // namespace sysplexd::test
