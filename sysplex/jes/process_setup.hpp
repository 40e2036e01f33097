// What both kept processes do first.
#pragma once
#include <initializer_list>
#include <string>

#include "net/fd.hpp"
#include "net/result.hpp"

namespace sysplexd::jes {

// No inherited descriptors above 2, signal handlers as in a new process, SIGPIPE ignored, umask 022, working directory
// /.
void prepare_process();

// An exclusive open-file-description lock for the life of the process. exists: somebody holds it.
net::Result<net::UniqueFd> take_process_lock(const std::string& path);

// Blocks these and answers the signalfd that tells them.
net::UniqueFd block_signals(std::initializer_list<int> signals);

// With the time before it, to stderr, which is the log.
void log_line_to_stderr(const std::string& text);

}  // namespace sysplexd::jes
