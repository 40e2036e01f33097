#include "net/result.hpp"

#include <cerrno>
#include <cstring>

namespace sysplexd::net {

Error system_error(int error_number, std::string what) {
  Error error;
  error.system_errno = error_number;
  error.text = std::move(what) + ": " + std::strerror(error_number);
  switch (error_number) {
    case ENOENT:
    case ENOTDIR: error.code = Errc::not_found; break;
    case EEXIST: error.code = Errc::exists; break;
    case ENOSPC:
    case EDQUOT: error.code = Errc::no_space; break;
    case EROFS: error.code = Errc::read_only; break;
    case EACCES:
    case EPERM: error.code = Errc::not_permitted; break;
    case ECANCELED: error.code = Errc::cancelled; break;
    case EPIPE:
    case ECONNRESET:
    case ECONNREFUSED: error.code = Errc::closed; break;
    case ETIMEDOUT: error.code = Errc::timed_out; break;
    default: error.code = Errc::io; break;
  }
  return error;
}

}  // namespace sysplexd::net
