// Commands that need no daemon: jcl check, config check|show|reference.
#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "config/load.hpp"
#include "config/message.hpp"
#include "config/reference.hpp"
#include "daemon/cli.hpp"
#include "sysplex/jcl/converter.hpp"
#include "sysplex/jes/submission.hpp"

namespace sysplexd::daemon {
namespace {

using nlohmann::json;

std::string dump(const json& document) { return document.dump(-1, ' ', false, json::error_handler_t::replace); }

int unreadable(const Common& common, const std::string& file) {
  print_error(failure(exit_usage, "UNV9002E", config::text<"UNV9002E">(file).substr(9),
                      config::find_message("UNV9002E")->action),
              common.json);
  return exit_usage;
}

bool read_file(const std::string& file, std::string& text) {
  std::ostringstream out;
  if (file == "-") {
    out << std::cin.rdbuf();
  } else {
    std::ifstream in(file, std::ios::binary);
    if (!in.is_open()) return false;
    in.peek();
    if (in.bad() || (in.fail() && !in.eof())) return false;  // a folder
    in.clear();
    out << in.rdbuf();
  }
  text = out.str();
  return true;
}

std::string user_text() {
  const char* user = std::getenv("USER");
  return user == nullptr ? "IBMUSER" : user;
}

int config_errors(const Common& common, const config::LoadResult& loaded, const std::string& file) {
  if (common.json)
    write_stdout(config::check_document(loaded, file));
  else
    std::fputs(config::check_text(loaded, file).c_str(), stderr);
  // A file that cannot be read is usage; one that is wrong is a failed check.
  return loaded.errors.size() == 1 && loaded.errors.front().id == "UNV1001E" ? exit_usage : exit_failed;
}

}  // namespace

int jcl_check_command(const Common& common, const JclCheckCommand& command) {
  jes::ConversionRules rules;
  rules.sysname = "SYS1";
  rules.system_symbols = {{"SYSNAME", "SYS1"}, {"SYSPLEX", "PLEX1"}, {"SYSCLONE", "S1"}};
  rules.proclib.folders = command.proclib;
  if (!common.server.config.empty()) {
    const auto loaded = config::load_file(common.server.config);
    if (!loaded.ok()) return config_errors(common, loaded, common.server.config);
    const auto& settings = *loaded.settings;
    rules.sysname = settings.ubroker.sysname;
    rules.system_symbols = settings.symbols;
    rules.proclib.folders.insert(rules.proclib.folders.end(), settings.jes.proclib.begin(), settings.jes.proclib.end());
    rules.proclib.dasd_root = settings.jes.dasd;
    rules.default_class = settings.jes.job_class;
    rules.default_message_class = settings.jes.msgclass;
  }
  std::map<std::string, std::string> symbols;
  for (const auto& set : command.set) {
    const auto equals = set.find('=');
    if (equals == 0 || equals == std::string::npos) {
      print_error(failure(exit_usage, "UNV9003E", config::text<"UNV9003E">(set).substr(9),
                          config::find_message("UNV9003E")->action),
                  common.json);
      return exit_usage;
    }
    symbols[set.substr(0, equals)] = set.substr(equals + 1);
  }
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  json files = json::array();
  bool all_good = true;
  for (const auto& file : command.files) {
    std::string text;
    if (!read_file(file, text)) return unreadable(common, file);
    json errors = json::array(), ignored = json::array();
    int jobs = 0, steps = 0;
    for (auto& deck : jcl::split_jobs(text)) {
      ++jobs;
      jes::RecordingSource source(rules.proclib);
      jcl::ConvertInput input;
      input.deck = std::move(deck.text);
      input.first_card = deck.first_card;
      input.symbols = symbols;
      input.system_symbols = jes::job_symbols(rules, user_text(), now);
      input.default_class = rules.default_class;
      input.default_message_class = rules.default_message_class;
      const auto converted = jcl::convert(input, source.source());
      steps += static_cast<int>(converted.plan.steps.size());
      for (const auto& error : converted.errors) {
        errors.push_back({{"card", error.card}, {"column", error.column}, {"id", error.id}, {"text", error.text}});
        if (!common.json)
          write_stdout(file + ":" + std::to_string(error.card) + ":" + std::to_string(error.column) + ": " +
                       error.text + "\n");
      }
      for (const auto& warning : converted.warnings)
        if (!common.json)
          std::fprintf(stderr, "%s:%d:%d: warning: %s\n", file.c_str(), warning.card, warning.column,
                       warning.text.c_str());
      for (const auto& word : converted.plan.ignored) ignored.push_back(word);
    }
    if (!common.json && errors.empty()) {
      write_stdout(file + ": " + std::to_string(jobs) + (jobs == 1 ? " job, " : " jobs, ") + std::to_string(steps) +
                   (steps == 1 ? " step" : " steps") + ", no errors\n");
      for (const auto& word : ignored)
        write_stdout("  accepted, without meaning here: " + word.get<std::string>() + "\n");
    }
    all_good = all_good && errors.empty();
    files.push_back({{"file", file}, {"ok", errors.empty()}, {"errors", errors}, {"ignored", ignored}});
  }
  if (common.json) print_document(dump({{"files", files}}));
  return all_good ? exit_done : exit_failed;
}

int config_check_command(const Common& common, const std::string& file) {
  const auto loaded = config::load_file(file);
  if (!loaded.ok()) return config_errors(common, loaded, file);
  write_stdout(common.json ? config::check_document(loaded, file) : config::check_text(loaded, file));
  return exit_done;
}

int config_show_command(const Common& common, const std::string& file) {
  const auto loaded = config::load_file(file);
  if (!loaded.ok()) return config_errors(common, loaded, file);
  write_stdout(common.json ? config::show_document(loaded, file) : config::show_text(loaded, file));
  return exit_done;
}

int config_reference_command(const Common& common, const std::string& form) {
  if (common.json)
    write_stdout(config::reference_document());
  else if (form == "example")
    write_stdout(config::example_toml());
  else if (form == "messages")
    write_stdout(config::message_reference());
  else if (form == "man-options")
    write_stdout(config::option_man_page());
  else if (form == "man-messages")
    write_stdout(config::message_man_page());
  else
    write_stdout(config::option_reference());
  return exit_done;
}

}  // namespace sysplexd::daemon
