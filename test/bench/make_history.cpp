// make_history SHARED_MOUNT_POINT COUNT: finished jobs made through the coupling facility's interface, as jobs that end
// make them; for start-up and listing with a long history. The daemon must be down. Used by test/bench/run.sh startup.
#include <asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "sysplex/cf/embedded_engine.hpp"
#include "sysplex/dasd/uring_file.hpp"
#include "sysplex/jes/job_record.hpp"
#include "test/cf/history_generator.hpp"

namespace {

using namespace sysplexd;

std::string finished_job(std::uint64_t number) {
  jes::JobRecord job;
  job.number = number;
  job.name = "H" + std::to_string(number);
  job.owner = "root";
  job.job_class = job.message_class = "A";
  job.priority = 7;
  job.state = jes::JobState::ended;
  job.end = jes::EndKind::completed;
  job.attempt = 1;
  job.member = "SYS1";
  job.submitted_ms = job.started_ms = job.ended_ms = 4'000'000'000'000;  // the retention must not take them
  job.steps = 2;
  return net::encode(job);
}

net::Task<void> make(net::Executor executor, std::string folder, std::uint64_t count, int* exit) {
  auto files = std::make_shared<dasd::UringFileSystem>(executor);
  cf::EmbeddedOptions options;
  options.folder = folder;
  options.create = true;
  auto opened = co_await cf::EmbeddedEngine::open(executor, files, std::move(options));
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().text.c_str());
    co_return;
  }
  auto engine = std::move(*opened);
  const auto made = co_await test::generate_history(*engine, 1, count, finished_job);
  cf::Transaction next;
  next.puts.push_back({"jes/next", std::to_string(count + 1)});
  const auto counted = co_await engine->transact(std::move(next));
  co_await engine->close();
  if (!made || !counted) std::fprintf(stderr, "%s\n", (made ? counted.error() : made.error()).text.c_str());
  *exit = made && counted ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::string folder = std::string(argv[1]) + "/cf";
  std::filesystem::create_directories(folder);
  asio::io_context io(1);
  int exit = 1;
  sysplexd::net::spawn(io.get_executor(), "make",
                       make(io.get_executor(), folder, std::strtoull(argv[2], nullptr, 10), &exit));
  io.run();
  return exit;
}
