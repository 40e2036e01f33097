// Speed of the coupling facility's embedded engine. Prints one line a figure.
//
//   clang++-19 -std=c++20 -O2 -g1 -I. -DASIO_SEPARATE_COMPILATION -DASIO_HAS_STD_ALIGNED_ALLOC=1 -DASIO_NO_DEPRECATED \
//     -DASIO_HAS_CO_AWAIT -DASIO_HAS_STD_COROUTINE -DASIO_STANDALONE -D_GNU_SOURCE test/bench/cf_bench.cpp \
//     sysplex/cf/*.cpp
//     sysplex/dasd/{file_io,file_operation,uring_ring,uring_file,file_lock,atomic_file,record_sector}.cpp \
//     net/{asio_impl,frame,result,task,event,join,suspension,scope}.cpp -lfmt -luring -lpthread -o /tmp/cf_bench
//   /tmp/cf_bench /dev/shm/cf_bench [history records, default 1000000] [thread]
//
// The folder must not exist; it is removed at the end. tmpfs shows the CPU, a disk its sync.
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "sysplex/cf/embedded_engine.hpp"
#include "sysplex/dasd/uring_file.hpp"
#include "test/cf/history_generator.hpp"

using namespace sysplexd;  // NOLINT: bench
using cf::EmbeddedEngine;
using Clock = std::chrono::steady_clock;

namespace {

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

[[noreturn]] void give_up(const net::Error& error) {
  std::fprintf(stderr, "cf_bench: %s\n", error.text.c_str());
  std::exit(1);
}

net::Task<std::unique_ptr<EmbeddedEngine>> open(net::Executor executor, std::shared_ptr<dasd::FileSystem> files,
                                                std::string folder, std::uint64_t incarnation) {
  cf::EmbeddedOptions options;
  options.folder = std::move(folder);
  options.create = true;
  options.incarnation = incarnation;
  auto opened = co_await EmbeddedEngine::open(executor, files, options);
  if (!opened) give_up(opened.error());
  co_return std::move(*opened);
}

net::Task<void> commit_many(EmbeddedEngine& engine, int id, int times, std::vector<double>* latencies) {
  cf::RequestId request;
  request.member = "MEMBER" + std::to_string(id);
  request.incarnation = 1;
  for (int i = 1; i <= times; ++i) {
    cf::Transaction t;
    t.id = request;
    t.id.sequence = t.id.acknowledged_below = static_cast<std::uint64_t>(i);
    const std::string key = "job/" + std::to_string(id);
    const auto now = engine.get(key);
    t.compares.push_back(cf::Compare{key, now ? now->version : 0});
    t.puts.push_back(cf::Put{key, std::string(200, 'j')});
    const auto start = Clock::now();
    const auto answer = co_await engine.transact(std::move(t));
    if (!answer) give_up(answer.error());
    if (!answer->committed) std::exit(2);
    if (latencies != nullptr) latencies->push_back(seconds_since(start));
  }
}

net::Task<void> run(net::Executor executor, std::string folder, std::uint64_t history, dasd::FileEngine file_engine) {
  const auto files = std::make_shared<dasd::UringFileSystem>(executor, file_engine);
  std::printf("file engine                         %s\n", files->engine_name());
  auto engine = co_await open(executor, files, folder, 1);
  std::vector<double> latencies;
  co_await commit_many(*engine, 0, 2000, &latencies);
  std::sort(latencies.begin(), latencies.end());
  std::printf("one writer, commit latency          median %.0f us, p99 %.0f us\n", latencies[1000] * 1e6,
              latencies[1980] * 1e6);
  for (const int writers : {8, 64, 256}) {
    const int times = 200'000 / writers / (writers == 8 ? 4 : 1);
    const auto groups = engine->counters().groups;
    const auto start = Clock::now();
    const double cpu = cpu_seconds();
    std::vector<net::Task<void>> tasks;
    for (int i = 1; i <= writers; ++i) tasks.push_back(commit_many(*engine, writers * 1000 + i, times, nullptr));
    co_await net::all_of(std::move(tasks));
    const double commits = static_cast<double>(writers) * times;
    std::printf("%3d writers                         %.0f durable commits/s, %.1f us CPU each, %.1f a sync\n", writers,
                commits / seconds_since(start), (cpu_seconds() - cpu) / commits * 1e6,
                commits / static_cast<double>(engine->counters().groups - groups));
  }
  {
    const auto start = Clock::now();
    const double cpu = cpu_seconds();
    const auto value = [](std::uint64_t number) { return "JOB" + std::to_string(number) + std::string(240, 'h'); };
    const auto made = co_await test::generate_history(*engine, 1, history, value);
    if (!made) give_up(made.error());
    std::printf("%llu history records through transact: %.1f s, %.1f us CPU each\n",
                static_cast<unsigned long long>(history), seconds_since(start),
                (cpu_seconds() - cpu) / static_cast<double>(history) * 1e6);
  }
  co_await engine->close();
  engine.reset();
  for (std::uint64_t incarnation = 2; incarnation < 5; ++incarnation) {
    const auto start = Clock::now();
    const double cpu = cpu_seconds();
    engine = co_await open(executor, files, folder, incarnation);
    std::printf("start with %llu history records      %.1f ms, %.1f ms CPU (log records %llu)\n",
                static_cast<unsigned long long>(engine->usage().history_records), seconds_since(start) * 1e3,
                (cpu_seconds() - cpu) * 1e3, static_cast<unsigned long long>(engine->recovery().log_records));
    const auto listing = Clock::now();
    const auto page = co_await engine->history_before(cf::history_newest, 100);
    if (!page) give_up(page.error());
    const double newest = seconds_since(listing);
    const auto finding = Clock::now();
    const auto one = co_await engine->history(history / 2);
    if (!one) give_up(one.error());
    std::printf("  newest 100: %.2f ms; one in the middle: %.2f ms (%s)\n", newest * 1e3, seconds_since(finding) * 1e3,
                *one ? "found" : "not found");
    co_await engine->close();
    engine.reset();
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("peak memory                         %.1f MB\n", static_cast<double>(usage.ru_maxrss) / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || std::filesystem::exists(argv[1])) {
    std::fprintf(stderr, "usage: cf_bench FOLDER-THAT-DOES-NOT-EXIST [history records] [thread]\n");
    return 2;
  }
  const std::string folder = argv[1];
  const std::uint64_t history = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
  asio::io_context io(1);
  asio::co_spawn(
      io, run(io.get_executor(), folder, history, argc > 3 ? dasd::FileEngine::thread : dasd::FileEngine::automatic),
      [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
      });
  io.run();
  std::filesystem::remove_all(folder);
}
