// The command line: one table of commands built with CLI11, each handled by a function below. stdout carries the
// answer, stderr progress and errors; exit codes are interfaces.md's.
#pragma once
#include <string>
#include <vector>

#include "daemon/client.hpp"

namespace sysplexd::daemon {

// What every client command takes.
struct Common {
  ServerChoice server;
  bool json = false;
};

int cli_main(int argc, char** argv);

// --- cli_jobs.cpp
struct SubmitCommand {
  std::string file = "-";
  bool wait = false, follow = false, hold = false;
  int max_rc = 4;
  std::vector<std::string> set;  // SYM=VALUE
};
int submit_command(const Common& common, const SubmitCommand& command);

struct JobListCommand {
  std::string owner, prefix, status;
  int limit = 100;
};
int job_list_command(const Common& common, const JobListCommand& command);
int job_show_command(const Common& common, const std::string& job);
int job_explain_command(const Common& common, const std::string& job);

struct JobOutputCommand {
  std::string job, step, ddname;
  int id = 0;
  bool follow = false;
};
int job_output_command(const Common& common, const JobOutputCommand& command);

struct JobWaitCommand {
  std::vector<std::string> jobs;
  int max_rc = 4;
  int timeout_seconds = 0;  // 0: for ever
};
int job_wait_command(const Common& common, const JobWaitCommand& command);

// cancel, hold, release, purge: one operation on each job named.
struct JobActCommand {
  std::string operation;
  std::vector<std::string> jobs;
  bool force = false, dump = false;
};
int job_act_command(const Common& common, const JobActCommand& command);

// --- cli_local.cpp: need no daemon.
struct JclCheckCommand {
  std::vector<std::string> files;
  std::vector<std::string> proclib, set;
};
int jcl_check_command(const Common& common, const JclCheckCommand& command);
int config_check_command(const Common& common, const std::string& file);
int config_show_command(const Common& common, const std::string& file);
int config_reference_command(const Common& common, const std::string& form);

// --- cli_format.cpp: documents -> lines for people.
void print_error(const Answer& answer, bool json);      // to stderr (text) or stdout (json)
std::string job_table(std::string_view list_document);  // job list
std::string job_page(std::string_view show_document);   // job show
std::string step_line(std::string_view step_document);  // a live line of one step
// The document of --json on stdout, with a newline.
void print_document(std::string_view document);
// Writes all to stdout; false when stdout is closed (a pager that ended).
bool write_stdout(std::string_view bytes);

}  // namespace sysplexd::daemon
