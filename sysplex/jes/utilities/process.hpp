// Programs that a utility starts (compiler, shell): posix_spawn, so that nothing is copied, and wait.
#pragma once
#include <string>
#include <vector>

#include "net/result.hpp"

namespace sysplexd::jes {

struct ProcessRequest {
  std::vector<std::string> arguments;    // arguments[0] is looked up in PATH when it has no '/'
  std::vector<std::string> environment;  // NAME=VALUE, beside and before our own
  std::string directory;                 // working directory; empty: our own
  int standard_input = -1;               // descriptors to take over; -1: our own
  int standard_output = -1;
  int standard_error = -1;
};

struct ProcessEnd {
  int exit_status = 0;
  int signal = 0;  // not 0: ended by it
};

// Waits for the end. not_found, not_permitted, io: it did not start.
net::Result<ProcessEnd> run_process(const ProcessRequest& request);

// Full path of a command of PATH; empty: there is none.
std::string find_command(const std::string& name);

// A folder in the job's temporary folder (SYSPLEXD_TEMP, else TMPDIR, else /tmp), removed with all it holds by the
// destructor.
class WorkFolder {
 public:
  explicit WorkFolder(const std::string& prefix);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  bool ok() const { return !path_.empty(); }
  const std::string& path() const { return path_; }
  const std::string& problem() const { return problem_; }

 private:
  std::string path_, problem_;
};

// Small files: compiler output, control text.
net::Result<std::string> read_file(const std::string& path, std::size_t limit);
net::Status write_file(const std::string& path, std::string_view text, bool append = false);

}  // namespace sysplexd::jes
