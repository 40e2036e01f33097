// The file engines: the same promises from the ring, from the helper thread and from the simulated disk.
#include "sysplex/dasd/file_io.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/bind_cancellation_slot.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "sysplex/dasd/atomic_file.hpp"
#include "sysplex/dasd/record_sector.hpp"
#include "sysplex/dasd/uring_file.hpp"
#include "test/cf/sim_disk.hpp"
#include "test/support/co_test.hpp"
#include "test/support/temp_dir.hpp"

using namespace sysplexd;  // NOLINT: test
using dasd::Buffers;
using dasd::FileSystem;
using dasd::OpenMode;
using net::Errc;
using net::Task;

namespace {

std::shared_ptr<FileSystem> make_files(const std::string& kind, const net::Executor& executor) {
  if (kind == "simulated disk") return std::make_shared<test::SimDisk>(1);
  return std::make_shared<dasd::UringFileSystem>(
      executor, kind == "io_uring" ? dasd::FileEngine::ring : dasd::FileEngine::thread);
}

Buffers buffers_of(std::string a, std::string b = "") {
  Buffers out;
  out.push_back(std::move(a));
  out.push_back(std::move(b));
  return out;
}

Task<net::Result<std::string>> read_back(std::shared_ptr<FileSystem> files, std::string path) {
  auto bytes = co_await dasd::read_file(files, path, 1u << 28);
  co_return bytes;
}

const char* const file_systems[] = {"simulated disk", "io_uring", "thread"};
const char* const real_file_systems[] = {"io_uring", "thread"};

class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    old_ = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, old_);
  }

 private:
  rlimit before_{};
  void (*old_)(int) = nullptr;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(file_io)

BOOST_DATA_TEST_CASE(files_are_written_read_renamed_listed_and_removed, boost::unit_test::data::make(file_systems),
                     kind) {
  const test::TempDir folder;
  test::co_test([&](net::Executor executor) -> Task<void> {
    const std::string name = kind;
    const auto files = make_files(name, executor);
    const std::string root = name == "simulated disk" ? "/d" : folder / "d";
    const auto made = co_await files->make_directory(root);
    BOOST_TEST(made.ok());
    const auto again = co_await files->make_directory(root);
    BOOST_TEST((!again.ok() && again.error().code == Errc::exists));
    const std::string a = root + "/a", b = root + "/b";
    {
      const auto file = co_await files->open(a, OpenMode::create_new);
      BOOST_REQUIRE(file.ok());
      Buffers two = buffers_of("hello ", "world");
      const auto written = co_await files->write_sync(*file, 0, std::move(two));
      BOOST_TEST(written.ok());
      Buffers over = buffers_of("W", "");
      const auto overwritten = co_await files->write(*file, 6, std::move(over));
      BOOST_TEST(overwritten.ok());
      const auto synced = co_await files->sync(*file);
      BOOST_TEST(synced.ok());
      const auto size = co_await files->size(*file);
      BOOST_TEST((size.ok() && *size == 11u));
      const auto part = co_await files->read(*file, 6, 100);
      BOOST_TEST((part.ok() && *part == "World"));
      const auto beyond = co_await files->read(*file, 50, 100);
      BOOST_TEST((beyond.ok() && beyond->empty()));
      const auto cut = co_await files->truncate(*file, 5);
      BOOST_TEST(cut.ok());
      const auto reserved = co_await files->allocate(*file, 4096);
      BOOST_TEST(reserved.ok());
      const auto grown = co_await files->size(*file);
      BOOST_TEST((grown.ok() && *grown == 4096u));
      const auto zeros = co_await dasd::prewrite(files, *file, 3u << 20);
      BOOST_TEST(zeros.ok());
    }
    const auto whole = co_await read_back(files, a);
    BOOST_TEST((whole.ok() && *whole == std::string(3u << 20, '\0')));
    const auto too_large = co_await dasd::read_file(files, a, 100);
    BOOST_TEST((!too_large.ok() && too_large.error().code == Errc::too_large));
    const auto taken = co_await files->open(a, OpenMode::create_new);
    BOOST_TEST((!taken.ok() && taken.error().code == Errc::exists));
    const auto absent = co_await files->open(b, OpenMode::read_write);
    BOOST_TEST((!absent.ok() && absent.error().code == Errc::not_found));
    const auto moved = co_await files->rename(a, b);
    BOOST_TEST(moved.ok());
    const auto named = co_await files->sync_directory(root);
    BOOST_TEST(named.ok());
    const auto listed = co_await files->list(root);
    BOOST_REQUIRE(listed.ok());
    BOOST_TEST((*listed == std::vector<std::string>{"b"}));
    const auto in_use = co_await files->remove_directory(root);
    BOOST_TEST(!in_use.ok());
    const auto removed = co_await files->unlink(b);
    BOOST_TEST(removed.ok());
    const auto twice = co_await files->unlink(b);
    BOOST_TEST((!twice.ok() && twice.error().code == Errc::not_found));
    const auto gone = co_await files->remove_directory(root);
    BOOST_TEST(gone.ok());
    const auto nowhere = co_await files->list(root);
    BOOST_TEST((!nowhere.ok() && nowhere.error().code == Errc::not_found));
  });
}

BOOST_DATA_TEST_CASE(many_operations_at_once_all_end_with_their_own_bytes,
                     boost::unit_test::data::make(real_file_systems), kind) {
  const test::TempDir folder;
  test::co_test([&](net::Executor executor) -> Task<void> {
    const auto files = make_files(kind, executor);
    const auto one = [](std::shared_ptr<FileSystem> on, std::string path, int number) -> Task<void> {
      const auto file = co_await on->open(path, OpenMode::create_new);
      BOOST_REQUIRE(file.ok());
      std::string expected;
      for (int i = 0; i < 5; ++i) {
        const std::string line = std::to_string(number) + ":" + std::to_string(i) + std::string(3000, 'x') + "\n";
        Buffers buffers = buffers_of(line);
        const std::uint64_t at = expected.size();
        const auto written = co_await on->write_sync(*file, at, std::move(buffers));
        BOOST_REQUIRE(written.ok());
        expected += line;
      }
      const auto found = co_await on->read(*file, 0, 1u << 20);
      BOOST_TEST((found.ok() && *found == expected));
    };
    // More than the ring has places.
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 200; ++i) tasks.push_back(one(files, folder / ("f" + std::to_string(i)), i));
    co_await net::all_of(std::move(tasks));
    const auto listed = co_await files->list(folder.path());
    BOOST_TEST((listed.ok() && listed->size() == 200u));
  });
}

BOOST_DATA_TEST_CASE(a_short_write_is_a_failure_that_says_why, boost::unit_test::data::make(real_file_systems), kind) {
  const test::TempDir folder;
  test::co_test([&](net::Executor executor) -> Task<void> {
    const auto files = make_files(kind, executor);
    const std::string path = folder / "short";
    const auto file = co_await files->open(path, OpenMode::create_new);
    BOOST_REQUIRE(file.ok());
    const FileSizeLimit limit(10'000);
    Buffers buffers = buffers_of(std::string(6000, 'a'), std::string(6000, 'b'));
    const auto synced = co_await files->write_sync(*file, 0, buffers);
    BOOST_REQUIRE(!synced.ok());
    BOOST_TEST(synced.error().system_errno == EFBIG);
    const auto written = co_await files->write(*file, 0, buffers);
    BOOST_REQUIRE(!written.ok());
    BOOST_TEST(written.error().text.find("short write") != std::string::npos);
    // Not a failed sync: the file can be used.
    Buffers fits = buffers_of(std::string(100, 'c'));
    const auto good = co_await files->write_sync(*file, 0, std::move(fits));
    BOOST_TEST(good.ok());
  });
}

BOOST_DATA_TEST_CASE(a_full_disk_is_no_space, boost::unit_test::data::make(real_file_systems), kind) {
  test::co_test([&](net::Executor executor) -> Task<void> {
    const auto files = make_files(kind, executor);
    const auto full = co_await files->open("/dev/full", OpenMode::read_write);
    BOOST_REQUIRE(full.ok());
    Buffers buffers = buffers_of("x");
    const auto written = co_await files->write_sync(*full, 0, std::move(buffers));
    BOOST_TEST((!written.ok() && written.error().code == Errc::no_space));
  });
}

BOOST_AUTO_TEST_CASE(the_first_failed_sync_of_a_file_is_final) {
  const test::TempDir folder;
  for (const std::string kind : real_file_systems) {
    test::co_test([&](net::Executor executor) -> Task<void> {
      const auto files = make_files(kind, executor);
      // A pipe takes bytes and cannot be synced.
      const std::string path = folder / ("pipe" + kind);
      BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
      const auto pipe = co_await files->open(path, OpenMode::read_write);
      BOOST_REQUIRE(pipe.ok());
      const auto first = co_await files->sync(*pipe);
      BOOST_REQUIRE(!first.ok());
      BOOST_TEST((*pipe)->sync_failure.has_value());
      Buffers buffers = buffers_of("x");
      const auto later = co_await files->write(*pipe, 0, std::move(buffers));
      BOOST_REQUIRE(!later.ok());
      BOOST_TEST(later.error().text == first.error().text);
    });
  }
  test::co_test([&]() -> Task<void> {
    const auto disk = std::make_shared<test::SimDisk>(1);
    const auto file = co_await disk->open("/f", OpenMode::create_new);
    BOOST_REQUIRE(file.ok());
    disk->fail_at(test::FaultKind::io, 1);
    const auto first = co_await disk->sync(*file);
    const auto second = co_await disk->sync(*file);
    BOOST_TEST((!first.ok() && !second.ok()));
  });
}

BOOST_DATA_TEST_CASE(a_cancelled_await_does_not_disturb_the_write, boost::unit_test::data::make(real_file_systems),
                     kind) {
  const test::TempDir folder;
  const std::string path = folder / "big";
  const std::string expected(8u << 20, 'z');
  {
    asio::io_context io(1);
    auto files = make_files(kind, io.get_executor());
    int ended = 0, cancelled = 0;
    asio::cancellation_signal signal;
    const auto write = [](std::shared_ptr<FileSystem> on, std::string to, std::string bytes) -> Task<void> {
      const auto file = co_await on->open(to, OpenMode::create_new);
      BOOST_REQUIRE(file.ok());
      Buffers buffers = buffers_of(std::move(bytes));
      const auto written = co_await on->write_sync(*file, 0, std::move(buffers));
      BOOST_TEST(written.ok());
    };
    asio::co_spawn(io, write(files, path, expected),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr failure) {
                     ++ended;
                     if (net::is_cancellation(failure)) ++cancelled;
                   }));
    struct stat status{};
    while (::stat(path.c_str(), &status) != 0) io.run_one();
    io.poll();  // the write is in the kernel, or in the thread's hands
    signal.emit(asio::cancellation_type::terminal);
    while (ended == 0) io.run_one();
    BOOST_TEST(ended == 1);
    BOOST_TEST_MESSAGE("cancelled while under way: " << cancelled);
    io.run();  // the operation itself still ends
    files.reset();
  }
  std::ifstream in(path, std::ios::binary);
  std::string found((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  // Either it was stopped before it was started, or it is whole.
  BOOST_TEST((found.empty() || found == expected));
}

BOOST_DATA_TEST_CASE(a_loop_that_is_torn_down_frees_what_waits, boost::unit_test::data::make(real_file_systems), kind) {
  const test::TempDir folder;
  auto io = std::make_unique<asio::io_context>(1);
  std::weak_ptr<FileSystem> watched;
  {
    auto files = make_files(kind, io->get_executor());
    watched = files;
    const auto write = [](std::shared_ptr<FileSystem> on, std::string to) -> Task<void> {
      const auto file = co_await on->open(to, OpenMode::create_new);
      Buffers buffers = buffers_of(std::string(1u << 20, 'y'));
      const auto written = co_await on->write_sync(*file, 0, std::move(buffers));
      static_cast<void>(written);
    };
    for (int i = 0; i < 20; ++i)
      net::spawn(io->get_executor(), "writer", write(files, folder / ("t" + std::to_string(i))));
  }
  for (int turn = 0; turn < 30; ++turn) io->poll_one();
  io.reset();
  BOOST_TEST(watched.expired());  // no cycle keeps it: the sanitizer sees the rest
}

BOOST_AUTO_TEST_CASE(a_lock_is_given_to_one_and_names_its_holder) {
  const test::TempDir folder;
  test::co_test([&](net::Executor executor) -> Task<void> {
    const auto files = make_files("io_uring", executor);
    const std::string path = folder / "lock";
    auto first = co_await files->lock(path, "SYS1 pid 1", std::chrono::milliseconds(0));
    BOOST_REQUIRE(first.ok());
    const auto second = co_await files->lock(path, "SYS2 pid 2", std::chrono::milliseconds(15));
    BOOST_REQUIRE(!second.ok());
    BOOST_TEST((second.error().code == Errc::timed_out));
    BOOST_TEST(second.error().text.find("SYS1 pid 1") != std::string::npos);
    first = net::Error{Errc::closed, "given back"};
    const auto third = co_await files->lock(path, "SYS3", std::chrono::milliseconds(0));
    BOOST_TEST(third.ok());
    const auto nowhere = co_await files->lock(folder / "no/lock", "x", std::chrono::milliseconds(0));
    BOOST_TEST((!nowhere.ok() && nowhere.error().code == Errc::not_found));
  });
}

BOOST_AUTO_TEST_CASE(a_replaced_file_is_old_or_new_at_every_call_that_fails) {
  using test::FaultKind;
  std::uint64_t fired = 0;
  for (const FaultKind fault : {FaultKind::io, FaultKind::no_space, FaultKind::short_write, FaultKind::crash}) {
    for (std::uint64_t call = 1; call < 40; ++call) {
      for (const bool power_cut : {false, true}) {
        test::co_test([&]() -> Task<void> {
          const auto disk = std::make_shared<test::SimDisk>(call * 2 + (power_cut ? 1 : 0));
          const auto made = co_await disk->make_directory("/d");
          BOOST_REQUIRE(made.ok());
          const std::string old_content(700, 'o'), new_content(900, 'n');
          const auto first = co_await dasd::replace_file(disk, "/d", "f", old_content);
          BOOST_REQUIRE(first.ok());
          const auto named = co_await disk->sync_directory("/");
          BOOST_REQUIRE(named.ok());
          disk->fail_at(fault, call);
          const auto second = co_await dasd::replace_file(disk, "/d", "f", new_content);
          if (!disk->fired().empty()) ++fired;
          disk->restart(power_cut);
          const auto found = co_await read_back(disk, "/d/f");
          BOOST_REQUIRE(found.ok());
          BOOST_TEST((*found == new_content || (!second.ok() && *found == old_content)));
          const auto third = co_await dasd::replace_file(disk, "/d", "f", "third");
          BOOST_TEST(third.ok());
        });
      }
    }
  }
  BOOST_TEST(fired >= 30u);
}

BOOST_AUTO_TEST_CASE(a_sector_record_is_whole_or_refused) {
  const std::string sector = dasd::encode_sector(7, "claimed 3");
  BOOST_TEST(sector.size() == dasd::sector_bytes);
  const auto back = dasd::decode_sector(7, sector);
  BOOST_TEST((back.ok() && *back == "claimed 3"));
  BOOST_TEST(!dasd::decode_sector(8, sector).ok());
  BOOST_TEST(!dasd::decode_sector(7, sector.substr(1)).ok());
  BOOST_TEST(!dasd::decode_sector(7, "").ok());
  for (std::size_t at = 0; at < sector.size(); ++at) {
    std::string bad = sector;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    BOOST_TEST(!dasd::decode_sector(7, bad).ok(), "byte " << at);
  }
}

BOOST_AUTO_TEST_CASE(the_thread_engine_can_be_forced) {
  test::co_test([&](net::Executor executor) -> Task<void> {
    ::setenv("SYSPLEXD_FILE_ENGINE", "thread", 1);
    const dasd::UringFileSystem forced(executor);
    ::unsetenv("SYSPLEXD_FILE_ENGINE");
    BOOST_TEST(forced.engine_name() == std::string("thread"));
    const dasd::UringFileSystem ring(executor, dasd::FileEngine::ring);
    BOOST_TEST(ring.engine_name() == std::string("io_uring"));
    co_return;
  });
}

BOOST_AUTO_TEST_SUITE_END()
