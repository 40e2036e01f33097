#include "daemon/cli.hpp"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "daemon/agent_mode.hpp"
#include "daemon/try_mode.hpp"

namespace sysplexd::daemon {
namespace {

void client_options(CLI::App& command, Common& common) {
  command.add_option("--server", common.server.server, "unix:PATH of the daemon's socket (or SYSPLEXD_SERVER)");
  command.add_option("--config", common.server.config, "TOML file whose mount_point has the socket");
  command.add_flag("--json", common.json, "Print one JSON document");
}

}  // namespace

int cli_main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("sysplexd: a handful of Linux nodes as one z/OS-style sysplex for batch", "sysplexd");
  app.set_version_flag("--version", std::string("sysplexd ") + SYSPLEXD_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Start here: sysplexd try. Exit codes: 0 done, 1 the job or request failed, 2 usage, 3 no daemon, 4 in doubt.");
  int exit = exit_done;
  Common common;

  RunCommand run;
  auto* run_app = app.add_subcommand("run", "The daemon of this node");
  run_app->add_option("--config", run.config, "TOML file")->required();
  run_app->callback([&] { exit = run_mode(run); });

  TryCommand attempt;
  auto* try_app =
      app.add_subcommand("try", "An embedded sysplex in a temporary folder: runs a sample job and shows what happened");
  try_app->add_option("FILE", attempt.file, "JCL to run instead of the payroll sample");
  try_app
      ->add_option("--kill-daemon-in-step", attempt.kill_in_step,
                   "kill -9 the daemon while this step runs, start it again")
      ->check(CLI::Range(1, 255));
  try_app->add_flag("--keep", attempt.keep, "Keep the temporary folder and the daemon, and say how to use them");
  try_app->add_flag("--json", attempt.json, "Print one JSON document");
  try_app->callback([&] { exit = try_mode(attempt); });

  SubmitCommand submit;
  auto* submit_app = app.add_subcommand("submit", "Submit the job or jobs of a file");
  submit_app->add_option("FILE", submit.file, "JCL; - reads stdin")->required();
  submit_app->add_flag("--wait", submit.wait, "Wait for the end; exit 0 when the highest RC is at most --max-rc");
  submit_app->add_flag("--follow", submit.follow, "Wait, and print the job's output as it grows");
  submit_app->add_flag("--hold", submit.hold, "Leave it held; sysplexd job release lets it run");
  submit_app->add_option("--max-rc", submit.max_rc, "Highest return code that counts as success (4)")
      ->check(CLI::Range(0, 4095));
  submit_app->add_option("--set", submit.set, "SYM=VALUE: a JCL symbol; wins over SET and PROC defaults");
  client_options(*submit_app, common);
  submit_app->callback([&] { exit = submit_command(common, submit); });

  auto* job_app = app.add_subcommand("job", "Look at jobs and act on them");
  job_app->require_subcommand(1);
  std::string job;
  JobListCommand list;
  auto* list_app = job_app->add_subcommand("list", "Jobs, oldest first");
  list_app->add_option("--owner", list.owner, "Only jobs of this user");
  list_app->add_option("--prefix", list.prefix, "Only names that match; * and % are wild");
  list_app->add_option("--status", list.status, "INPUT, ACTIVE or OUTPUT")
      ->check(CLI::IsMember({"INPUT", "ACTIVE", "OUTPUT"}, CLI::ignore_case));
  list_app->add_option("--limit", list.limit, "At most so many, the newest (100)")->check(CLI::Range(1, 1000000));
  client_options(*list_app, common);
  list_app->callback([&] { exit = job_list_command(common, list); });

  auto* show_app = job_app->add_subcommand("show", "One job: its steps, files and errors");
  show_app->add_option("JOBID", job)->required();
  client_options(*show_app, common);
  show_app->callback([&] { exit = job_show_command(common, job); });

  auto* explain_app =
      job_app->add_subcommand("explain", "Why a job waits, ended as it did, or is in doubt, and what to do next");
  explain_app->add_option("JOBID", job)->required();
  client_options(*explain_app, common);
  explain_app->callback([&] { exit = job_explain_command(common, job); });

  JobOutputCommand output;
  auto* output_app =
      job_app->add_subcommand("output", "The job's spool files; one file's raw bytes when one is chosen");
  output_app->add_option("JOBID", output.job)->required();
  output_app->add_option("--step", output.step, "Only files of this step (or procedure step)");
  auto* dd = output_app->add_option("--dd", output.ddname, "Only the file of this DD");
  output_app->add_option("--id", output.id, "The file with this id (job show lists them)")->excludes(dd);
  output_app->add_flag("--follow", output.follow, "Go on until the job ends");
  client_options(*output_app, common);
  output_app->callback([&] { exit = job_output_command(common, output); });

  JobWaitCommand wait;
  auto* wait_app = job_app->add_subcommand("wait", "Wait for the end of jobs");
  wait_app->add_option("JOBID", wait.jobs)->required();
  wait_app->add_option("--max-rc", wait.max_rc, "Highest return code that counts as success (4)")
      ->check(CLI::Range(0, 4095));
  wait_app->add_option("--timeout", wait.timeout_seconds, "Give up after so many seconds (exit 1)")
      ->check(CLI::Range(1, 31536000));
  client_options(*wait_app, common);
  wait_app->callback([&] { exit = job_wait_command(common, wait); });

  JobActCommand act;
  const auto add_act = [&](const char* name, const char* text) {
    auto* act_app = job_app->add_subcommand(name, text);
    act_app->add_option("JOBID", act.jobs)->required();
    client_options(*act_app, common);
    act_app->callback([&, name] {
      act.operation = name;
      exit = job_act_command(common, act);
    });
    return act_app;
  };
  auto* cancel_app =
      add_act("cancel", "End a waiting or running job with its whole process tree; closes one that is in doubt");
  cancel_app->add_flag("--force", act.force, "SIGKILL at once");
  cancel_app->add_flag("--dump", act.dump, "End with S122 instead of S222");
  add_act("hold", "Keep a waiting job from running");
  add_act("release", "Let a held job run");
  add_act("purge", "Remove an ended job and its output");

  auto* jcl_app = app.add_subcommand("jcl", "JCL tools; need no daemon");
  jcl_app->require_subcommand(1);
  JclCheckCommand check;
  auto* check_app = jcl_app->add_subcommand("check", "Convert only: FILE:CARD:COLUMN: message for each error");
  check_app->add_option("FILE", check.files, "JCL; - reads stdin")->required();
  check_app->add_option("--proclib", check.proclib, "A directory of procedures, searched before those of --config");
  check_app->add_option("--set", check.set, "SYM=VALUE: a JCL symbol");
  client_options(*check_app, common);
  check_app->callback([&] { exit = jcl_check_command(common, check); });

  auto* config_app = app.add_subcommand("config", "The configuration file");
  config_app->require_subcommand(1);
  std::string config_file, form = "text";
  auto* config_check = config_app->add_subcommand("check", "All errors of a file at once");
  config_check->add_option("FILE", config_file)->required();
  config_check->add_flag("--json", common.json, "Print one JSON document");
  config_check->callback([&] { exit = config_check_command(common, config_file); });
  auto* config_show = config_app->add_subcommand("show", "Every option in force, and where its value comes from");
  config_show->add_option("FILE", config_file)->required();
  config_show->add_flag("--json", common.json, "Print one JSON document");
  config_show->callback([&] { exit = config_show_command(common, config_file); });
  auto* config_reference = config_app->add_subcommand("reference", "All options, or all messages");
  config_reference->add_option("FORM", form, "text, example, messages, man-options, man-messages")
      ->check(CLI::IsMember({"text", "example", "messages", "man-options", "man-messages"}));
  config_reference->add_flag("--json", common.json, "Print one JSON document");
  config_reference->callback([&] { exit = config_reference_command(common, form); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? exit_done : exit_usage;
  }
  return exit;
}

}  // namespace sysplexd::daemon
