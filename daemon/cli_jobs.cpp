// submit and job …: one request each; the answer is printed as it came (--json) or for people.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "config/message.hpp"
#include "daemon/cli.hpp"

namespace sysplexd::daemon {
namespace {

using nlohmann::json;

int finish(const Common& common, const Answer& answer) {
  if (answer.exit != exit_done && json::parse(answer.document, nullptr, false).contains("error")) {
    print_error(answer, common.json);
    return answer.exit;
  }
  if (common.json) print_document(answer.document);
  return answer.exit;
}

std::string text_of(const json& document, const char* key) {
  const auto found = document.find(key);
  return found == document.end() || !found->is_string() ? "" : found->get<std::string>();
}

// Live step lines on stderr: on a terminal the running step's line is rewritten in place.
class Progress {
 public:
  explicit Progress(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() { end_line(); }
  void show(const json& notice) {
    if (quiet_ || !notice.contains("step")) return;
    const std::string line = step_line(notice["step"].dump());
    const bool over = text_of(notice["step"], "state") != "RUNNING";
    if (terminal_) {
      std::fprintf(stderr, "\r\033[K%s", line.c_str());
      open_ = true;
      if (over) end_line();
    } else if (over) {
      std::fprintf(stderr, "%s\n", line.c_str());
    }
  }
  void end_line() {
    if (open_) std::fputc('\n', stderr);
    open_ = false;
  }

 private:
  bool quiet_, terminal_, open_ = false;
};

std::string job_line(const json& job) {
  const std::string retcode = text_of(job, "retcode");
  std::string line = text_of(job, "jobid") + " " + text_of(job, "jobname") + " ";
  line += retcode.empty() ? text_of(job, "phase") : "ENDED - " + retcode;
  const std::string reason = text_of(job, "reason");
  if (!reason.empty()) line += " (" + reason + ")";
  return line;
}

void print_job_errors(const json& job) {
  if (!job.contains("errors") || !job["errors"].is_array()) return;
  for (const auto& error : job["errors"])
    std::fprintf(stderr, "card %d, column %d: %s\n", error.value("card", 0), error.value("column", 0),
                 text_of(error, "text").c_str());
}

bool read_all(const std::string& file, std::string& text) {
  std::ostringstream out;
  if (file == "-") {
    out << std::cin.rdbuf();
    text = out.str();
    return !std::cin.bad();
  }
  std::ifstream in(file, std::ios::binary);
  if (!in || in.peek() == std::ifstream::traits_type::eof()) {
    if (!in.is_open() || in.bad()) return false;
    text.clear();
    return in.is_open();
  }
  out << in.rdbuf();
  text = out.str();
  return !in.bad();
}

}  // namespace

int submit_command(const Common& common, const SubmitCommand& command) {
  Request request;
  request.operation = "submit";
  if (!read_all(command.file, request.body)) {
    print_error(failure(exit_usage, "UNV9002E", config::text<"UNV9002E">(command.file).substr(9),
                        config::find_message("UNV9002E")->action),
                common.json);
    return exit_usage;
  }
  for (const auto& set : command.set) {
    const auto equals = set.find('=');
    if (equals == 0 || equals == std::string::npos) {
      print_error(failure(exit_usage, "UNV9003E", config::text<"UNV9003E">(set).substr(9),
                          config::find_message("UNV9003E")->action),
                  common.json);
      return exit_usage;
    }
    request.arguments.push_back({"set." + set.substr(0, equals), set.substr(equals + 1)});
  }
  const bool wait = command.wait || command.follow;
  if (command.hold) request.arguments.push_back({"hold", "1"});
  if (wait) request.arguments.push_back({"wait", "1"});
  if (command.follow) request.arguments.push_back({"follow", "1"});
  request.arguments.push_back({"max-rc", std::to_string(command.max_rc)});
  Progress progress(common.json);
  ClientEvents events;
  events.notice = [&](std::string_view text) {
    const auto notice = json::parse(text, nullptr, false);
    if (notice.contains("submitted") && !common.json) {
      const std::string line =
          text_of(notice["submitted"], "jobid") + " " + text_of(notice["submitted"], "jobname") + " SUBMITTED\n";
      write_stdout(line);
    } else if (notice.contains("file") && !common.json) {
      progress.end_line();
      write_stdout("=== " + text_of(notice["file"], "step") + " " + text_of(notice["file"], "ddname") + " " +
                   std::to_string(notice["file"].value("id", 0)) + " ===\n");
    } else {
      progress.show(notice);
    }
  };
  events.chunk = [&](std::string_view bytes) { return common.json || write_stdout(bytes); };
  const auto answer = call(common.server, request, events);
  progress.end_line();
  const auto document = json::parse(answer.document, nullptr, false);
  if (common.json || document.contains("error")) return finish(common, answer);
  const auto jobs = document.contains("jobs") ? document["jobs"] : json::array({document});
  for (const auto& job : jobs) {
    print_job_errors(job);
    if (wait && !command.follow && job.contains("steps")) write_stdout(job_page(job.dump()));
    if (wait || !text_of(job, "retcode").empty()) write_stdout(job_line(job) + "\n");
  }
  return answer.exit;
}

int job_list_command(const Common& common, const JobListCommand& command) {
  Request request;
  request.operation = "list";
  request.arguments = {{"owner", command.owner},
                       {"prefix", command.prefix},
                       {"status", command.status},
                       {"limit", std::to_string(command.limit)}};
  const auto answer = call(common.server, request);
  const int exit = finish(common, answer);
  if (exit == exit_done && !common.json) write_stdout(job_table(answer.document));
  return exit;
}

int job_show_command(const Common& common, const std::string& job) {
  Request request;
  request.operation = "show";
  request.arguments = {{"job", job}};
  const auto answer = call(common.server, request);
  const int exit = finish(common, answer);
  if (exit == exit_done && !common.json) {
    write_stdout(job_page(answer.document));
    print_job_errors(json::parse(answer.document));
  }
  return exit;
}

int job_explain_command(const Common& common, const std::string& job) {
  Request request;
  request.operation = "explain";
  request.arguments = {{"job", job}};
  const auto answer = call(common.server, request);
  const int exit = finish(common, answer);
  if (exit == exit_done && !common.json) {
    const auto document = json::parse(answer.document);
    write_stdout(text_of(document, "explanation") + "\n");
    if (!text_of(document, "action").empty()) write_stdout(text_of(document, "action") + "\n");
  }
  return exit;
}

int job_output_command(const Common& common, const JobOutputCommand& command) {
  Request request;
  request.operation = "output";
  request.arguments = {{"job", command.job}, {"step", command.step}, {"dd", command.ddname}};
  if (command.id > 0) request.arguments.push_back({"id", std::to_string(command.id)});
  if (command.follow) request.arguments.push_back({"follow", "1"});
  json files = json::array();
  bool at_line_start = true;
  ClientEvents events;
  events.notice = [&](std::string_view text) {
    const auto notice = json::parse(text, nullptr, false);
    if (!notice.contains("file")) return;
    if (common.json) {
      files.push_back(notice["file"]);
      files.back()["text"] = "";
      return;
    }
    if (notice["file"].value("only", false)) return;
    std::string line = at_line_start ? "" : "\n";
    line += "=== " + text_of(notice["file"], "step") + " " + text_of(notice["file"], "ddname") + " " +
            std::to_string(notice["file"].value("id", 0)) + " ===\n";
    at_line_start = true;
    write_stdout(line);
  };
  events.chunk = [&](std::string_view bytes) {
    if (bytes.empty()) return true;
    at_line_start = bytes.back() == '\n';
    if (!common.json) return write_stdout(bytes);
    if (!files.empty()) files.back()["text"].get_ref<std::string&>().append(bytes);
    return true;
  };
  const auto answer = call(common.server, request, events);
  if (answer.exit != exit_done) return finish(common, answer);
  if (common.json) {
    for (auto& file : files) file.erase("only");
    const json document = {{"jobid", json::parse(answer.document).value("jobid", "")}, {"files", files}};
    print_document(document.dump(-1, ' ', false, json::error_handler_t::replace));
  } else if (files.empty() && json::parse(answer.document).value("files", 0) == 0) {
    std::fprintf(stderr, "%s has no such output yet; sysplexd job show %s lists its files\n", command.job.c_str(),
                 command.job.c_str());
  }
  return answer.exit;
}

int job_wait_command(const Common& common, const JobWaitCommand& command) {
  Request request;
  request.operation = "wait";
  for (const auto& job : command.jobs) request.arguments.push_back({"job", job});
  request.arguments.push_back({"max-rc", std::to_string(command.max_rc)});
  if (command.timeout_seconds > 0) request.arguments.push_back({"timeout", std::to_string(command.timeout_seconds)});
  Progress progress(common.json);
  ClientEvents events;
  events.notice = [&](std::string_view text) { progress.show(json::parse(text, nullptr, false)); };
  const auto answer = call(common.server, request, events);
  progress.end_line();
  const auto document = json::parse(answer.document, nullptr, false);
  if (common.json || document.contains("error")) return finish(common, answer);
  const auto jobs = document.contains("jobs") ? document["jobs"] : json::array({document});
  for (const auto& job : jobs) write_stdout(job_line(job) + "\n");
  return answer.exit;
}

int job_act_command(const Common& common, const JobActCommand& command) {
  int exit = exit_done;
  json done = json::array();
  for (const auto& job : command.jobs) {
    Request request;
    request.operation = command.operation;
    request.arguments = {{"job", job}};
    if (command.force) request.arguments.push_back({"force", "1"});
    if (command.dump) request.arguments.push_back({"dump", "1"});
    const auto answer = call(common.server, request);
    const auto document = json::parse(answer.document, nullptr, false);
    if (answer.exit != exit_done) {
      print_error(answer, common.json && command.jobs.size() == 1);
      if (exit == exit_done) exit = answer.exit;
      continue;
    }
    if (common.json)
      done.push_back(document);
    else
      write_stdout(text_of(document, "message") + "\n");
  }
  if (common.json && (exit == exit_done || command.jobs.size() > 1))
    print_document(command.jobs.size() == 1 ? done.front().dump() : json{{"jobs", done}}.dump());
  return exit;
}

}  // namespace sysplexd::daemon
