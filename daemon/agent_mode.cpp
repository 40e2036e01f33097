// The agent: configuration -> folders -> coupling facility -> JES -> clients, awaited together until somebody says
// stop.
#include "daemon/agent_mode.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <asio/use_awaitable.hpp>
#include <csignal>
#include <filesystem>
#include <random>

#include "config/load.hpp"
#include "config/message.hpp"
#include "daemon/client.hpp"
#include "daemon/client_server.hpp"
#include "daemon/operator_log.hpp"
#include "daemon/ready_file.hpp"
#include "daemon/systemd_notify.hpp"
#include "net/process.hpp"
#include "sysplex/cf/embedded_engine.hpp"
#include "sysplex/dasd/catalog.hpp"
#include "sysplex/dasd/uring_file.hpp"
#include "sysplex/jes/jes_service.hpp"
#include "sysplex/jes/processes.hpp"

namespace sysplexd::daemon {
namespace {

using net::Task;

constexpr auto retention_pause = std::chrono::minutes(10);
// A first start waits for its supervisor so that ready.json can name it; without one the daemon serves all the same.
constexpr auto supervisor_wait = std::chrono::seconds(5);
constexpr rlim_t descriptors = 65536;

jes::JesOptions jes_options(const config::Settings& settings) {
  jes::JesOptions options;
  options.mount_point = settings.ubroker.mount_point;
  options.binary = jes::own_binary();
  options.spool_root = settings.ubroker.shared_mount_point + "/UNVSPOOL";
  options.dasd_root = settings.jes.dasd;
  options.temp_root = settings.ubroker.mount_point + "/temp";
  options.linklist = settings.jes.linklist;
  for (const auto& entry : settings.jes.initiators)
    for (int i = 0; i < entry.count; ++i) options.initiator_classes.push_back(entry.job_classes);
  options.queue.delay_duplicate_names = settings.jes.duplicate_job == config::DuplicateJob::delay;
  options.conversion.proclib.folders = settings.jes.proclib;
  options.conversion.proclib.dasd_root = settings.jes.dasd;
  options.conversion.sysname = settings.ubroker.sysname;
  options.conversion.system_symbols = settings.symbols;
  options.conversion.default_class = settings.jes.job_class;
  options.conversion.default_message_class = settings.jes.msgclass;
  options.output_bytes_max = settings.jes.output_bytes_max;
  options.wait_seconds_max = settings.jes.wait_seconds_max;
  options.queue_jobs_max = static_cast<std::size_t>(settings.jes.queue_jobs_max);
  options.input_bytes_max = static_cast<std::size_t>(settings.jes.input_bytes_max);
  return options;
}

net::Status make_folder(const std::string& path, unsigned mode) {
  std::error_code failed;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
  if (::mkdir(path.c_str(), mode) == 0) {
    // mkdir's mode went through the umask; the option's did not.
    if (::chmod(path.c_str(), mode) != 0) return net::system_error(errno, path);
    return {};
  }
  if (errno != EEXIST) return net::system_error(errno, path);
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return net::system_error(errno, path);
  if (!S_ISDIR(status.st_mode)) return net::system_error(ENOTDIR, path);
  if (::access(path.c_str(), W_OK | X_OK) != 0) return net::system_error(errno, path);
  return {};
}

net::Status make_folders(const config::Settings& settings) {
  const auto& mount = settings.ubroker.mount_point;
  const auto& shared = settings.ubroker.shared_mount_point;
  struct Folder {
    std::string path;
    unsigned mode;
  };
  // 0711 where the programs of other users make or open files by name; the rest is ours alone.
  const Folder folders[] = {{mount, settings.ubroker.mount_point_mode},
                            {shared, settings.ubroker.shared_mount_point_mode},
                            {mount + "/run", 0711},
                            {mount + "/log", 0700},
                            {mount + "/temp", 0711},
                            {shared + "/UNVSPOOL", 0711},
                            {shared + "/cf", 0700},
                            {settings.jes.dasd, 01777}};
  for (const auto& folder : folders)
    if (const auto made = make_folder(folder.path, folder.mode); !made) return made;
  // The catalogue's own folder belongs to us, not to the user whose job comes first.
  auto catalog = dasd::Catalog::open(settings.jes.dasd);
  if (!catalog) return catalog.error();
  return catalog->prepare();
}

// Missing is never empty: a coupling facility is made only where there is neither one nor a spool with jobs of one.
cf::EmbeddedOptions embedded_options(const config::Settings& settings) {
  cf::EmbeddedOptions options;
  const auto& shared = settings.ubroker.shared_mount_point;
  options.folder = shared + "/cf";
  options.owner = settings.ubroker.sysname + " pid " + std::to_string(::getpid());
  std::random_device random;
  options.incarnation = (static_cast<std::uint64_t>(random()) << 32 | random()) | 1;
  std::error_code ignored;
  options.create =
      std::filesystem::is_empty(shared + "/cf", ignored) && std::filesystem::is_empty(shared + "/UNVSPOOL", ignored);
  return options;
}

// One daemon a mount point: held until the process ends, by an OFD lock, which no close of another descriptor drops.
net::Result<net::UniqueFd> take_lock(const std::string& mount) {
  const auto path = mount + "/run/daemon.lock";
  net::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return net::system_error(errno, path);
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd.get(), F_OFD_SETLK, &lock) != 0) {
    if (errno == EAGAIN || errno == EACCES)
      return net::Error{net::Errc::conflict,
                        "another daemon runs on mount_point " + mount + " (it holds run/daemon.lock)"};
    return net::system_error(errno, path);
  }
  return fd;
}

class Agent {
 public:
  Agent(asio::io_context& io, config::LoadResult loaded, std::string config_file)
      : io_(io),
        loaded_(std::move(loaded)),
        config_file_(std::move(config_file)),
        settings_(*loaded_.settings),
        files_(std::make_shared<dasd::UringFileSystem>(io.get_executor())),
        signals_(io, SIGTERM, SIGINT, SIGHUP),
        stopped_(io.get_executor()) {}

  Task<void> run() {
    const auto lock = take_lock(settings_.ubroker.mount_point);
    if (!lock) co_return fail(lock.error());
    auto cf_options = embedded_options(settings_);
    auto opened = co_await cf::EmbeddedEngine::open(io_.get_executor(), files_, std::move(cf_options));
    if (!opened) co_return fail(opened.error());
    engine_ = std::move(*opened);
    const auto& recovered = engine_->recovery();
    operator_log(config::text<"UNV0016I">(recovered.epoch, recovered.records, recovered.history_records,
                                          recovered.log_records, recovered.bytes_cut));
    service_ = std::make_unique<jes::JesService>(io_.get_executor(), *engine_, files_, clock_, jes_options(settings_),
                                                 [](std::string text) { operator_log(text); });
    const auto started = co_await service_->start();
    if (!started) co_return fail(started.error());
    clients_ = std::make_unique<ClientServer>(io_.get_executor(), *service_, clock_,
                                              [this](bool everything) { stop("a client asked for it", everything); });
    const auto listening = clients_->listen(settings_.ubroker.mount_point + "/run/sysplexd.sock");
    if (!listening) co_return fail(listening.error());
    std::vector<Task<void>> parts;
    parts.push_back(run_service());
    parts.push_back(clients_->run());
    parts.push_back(watch_signals());
    parts.push_back(keep_retention());
    parts.push_back(tell_ready());
    co_await net::all_of(std::move(parts));
    remove_ready_file(settings_.ubroker.mount_point);
    co_await engine_->close();
  }

  int exit() const { return exit_; }

 private:
  void fail(const net::Error& error) {
    operator_log(config::text<"UNV0012S">(error.text));
    exit_ = exit_failed;
  }

  void stop(const std::string& why, bool everything) {
    if (stopping_) return;
    stopping_ = true;
    operator_log(config::text<"UNV0011I">(settings_.ubroker.sysname, why));
    systemd_notify("STOPPING=1");
    if (everything) service_->stop_supervisor_when_idle();
    service_->stop();
    clients_->close();
    signals_.cancel();
    stopped_.notify_all();
  }

  Task<void> run_service() {
    const auto ended = co_await service_->run();
    if (!ended) exit_ = exit_failed;  // the service has said why
    stop("the job service ended", false);
  }

  // Written when everything above it serves; who waits for the file may connect.
  Task<void> tell_ready() {
    ReadyFile ready;
    ready.mount_point = settings_.ubroker.mount_point;
    const auto supervisor_limit = clock_.steady_now() + supervisor_wait;
    ready.supervisor_pid = co_await service_->supervisor_pid(supervisor_limit);
    if (stopping_) co_return;
    const auto written = write_ready_file(ready);
    if (!written) {
      fail(written.error());
      stop("run/ready.json cannot be written", false);
      co_return;
    }
    operator_log(config::text<"UNV0010I">(SYSPLEXD_VERSION, settings_.ubroker.sysname, ::getpid()));
    systemd_notify(fmt::format("READY=1\nSTATUS={} live jobs", service_->live_jobs()));
    // A status is always true: a supervisor that was started anew is told there too.
    while (!stopping_) {
      ready.supervisor_pid = co_await service_->supervisor_other_than(ready.supervisor_pid);
      if (stopping_) co_return;
      const auto again = write_ready_file(ready);
      if (!again) operator_log(config::text<"UNV0015W">(again.error().text));
    }
  }

  Task<void> watch_signals() {
    while (!stopping_) {
      std::error_code failed;
      auto token = asio::redirect_error(asio::use_awaitable, failed);
      const int signal = co_await signals_.async_wait(std::move(token));
      if (failed) co_return;
      if (signal == SIGHUP)
        reload();
      else
        stop(signal == SIGTERM ? "SIGTERM" : "SIGINT", false);
    }
  }

  // A wrong file changes nothing; what only a restart can change is named.
  void reload() {
    auto fresh = config::load_file(config_file_);
    if (!fresh.ok()) {
      for (const auto& error : fresh.errors) operator_log(config::text<"UNV0014E">(config_file_, error.line_text()));
      return;
    }
    std::string changed;
    for (const auto& change : config::changes(loaded_, fresh))
      changed += fmt::format("{}{}{}", changed.empty() ? "" : ", ", change.option,
                             change.needs_restart ? " (after a restart)" : "");
    service_->reconfigure(jes_options(*fresh.settings));
    retention_ = fresh.settings->uag.jes_sysout_retention;
    operator_log(config::text<"UNV0013I">(config_file_, changed.empty() ? "no option changed" : changed));
    loaded_ = std::move(fresh);
  }

  // JES_SYSOUT_RETENTION: ended jobs and their output go when it is over.
  Task<void> keep_retention() {
    retention_ = settings_.uag.jes_sysout_retention;
    while (!stopping_) {
      if (retention_.count() > 0) {
        const auto wall = clock_.wall_now() - retention_;
        const auto before = std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count();
        co_await service_->purge_ended_before(before);
      }
      if (stopping_) co_return;
      const auto next = clock_.steady_now() + retention_pause;
      co_await stopped_.wait_until(next);
    }
  }

  asio::io_context& io_;
  config::LoadResult loaded_;
  std::string config_file_;
  const config::Settings settings_;
  net::SystemClock clock_;
  std::shared_ptr<dasd::UringFileSystem> files_;
  std::unique_ptr<cf::EmbeddedEngine> engine_;
  std::unique_ptr<jes::JesService> service_;
  std::unique_ptr<ClientServer> clients_;
  asio::signal_set signals_;
  net::AsyncEvent stopped_;
  std::chrono::seconds retention_{};
  bool stopping_ = false;
  int exit_ = exit_done;
};

}  // namespace

int run_mode(const RunCommand& command) {
  auto loaded = config::load_file(command.config);
  if (!loaded.ok()) {
    for (const auto& error : loaded.errors) operator_log(error.line_text());
    return loaded.errors.size() == 1 && loaded.errors.front().id == "UNV1001E" ? exit_usage : exit_failed;
  }
  ::umask(022);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < descriptors) {
    limit.rlim_cur = std::min(descriptors, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (const auto made = make_folders(*loaded.settings); !made) {
    operator_log(config::text<"UNV0012S">(made.error().text));
    return exit_failed;
  }
  try {
    asio::io_context io(1);
    Agent agent(io, std::move(loaded), command.config);
    net::spawn(io.get_executor(), "agent", agent.run());
    io.run();
    return agent.exit();
  } catch (const std::system_error& error) {
    operator_log(config::text<"UNV0012S">(error.what()));
    return exit_failed;
  }
}

}  // namespace sysplexd::daemon
