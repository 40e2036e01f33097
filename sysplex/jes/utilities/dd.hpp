// DDs as a program sees them (sysplex/jes/README.md, "What a step sees"): DD_<name> is a path, DCB_<name> its
// attributes. Here they become records: RECFM F… is bare records of LRECL bytes, everything else is lines. All
// built-in utilities read and write through RecordReader and RecordWriter: streaming, 64-bit, fixed memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.hpp"

namespace sysplexd::jes {

struct DcbAttributes {
  std::string recfm;  // F FB V VB FBA … upper case; empty: lines
  std::size_t lrecl = 0;
  std::size_t blksize = 0;
  // Bare records of lrecl bytes, no newlines. Anything else holds lines.
  bool fixed() const { return !recfm.empty() && recfm.front() == 'F' && lrecl > 0; }
  // What a record may hold at most: LRECL for F, LRECL-4 for V (the four bytes count the record descriptor word,
  // which we do not store); 0: no limit (no LRECL, or U).
  std::size_t data_limit() const;
};

DcbAttributes parse_dcb(std::string_view text);  // "FB,80,800", "VB,255,", "FB"

struct DdInfo {
  std::string name;                // "SYSUT1"
  std::vector<std::string> paths;  // one; several only for a concatenation of libraries (all are directories)
  DcbAttributes dcb;
  bool append = false;  // DISP=MOD (DISP_<name>=MOD): OPEN for output goes to the end
  const std::string& path() const { return paths.front(); }
  bool dummy() const { return paths.size() == 1 && paths.front() == "/dev/null"; }
  bool library() const;  // the first path is a directory
};

// nullopt: the step has no such DD.
std::optional<DdInfo> find_dd(std::string_view ddname);
// Names of all DDs of the step, sorted.
std::vector<std::string> dd_names();

// PARM of the step, whole; empty when there is none.
std::string step_parm();

// Reads a data set record by record. Memory: one buffer (1 MiB unless told), which grows for one long line up to
// max_record and then the read fails with too_large.
class RecordReader {
 public:
  struct Options {
    std::size_t buffer_size = std::size_t{1} << 20;
    std::size_t max_record = std::size_t{32} << 20;
  };
  static net::Result<RecordReader> open(const DdInfo& dd);
  static net::Result<RecordReader> open(const std::string& path, const DcbAttributes& dcb);
  static net::Result<RecordReader> open(const std::string& path, const DcbAttributes& dcb, const Options& options);
  // Standard input, as SYSIN has it. Lines.
  static RecordReader standard_input();

  RecordReader(RecordReader&& other) noexcept;
  RecordReader& operator=(RecordReader&& other) noexcept;
  ~RecordReader();

  // The next record without its newline, valid until the next call. False at the end and after a failure; status()
  // tells which. A fixed data set whose size is no multiple of LRECL fails with corrupt at its short last record.
  bool next(std::string_view& record);
  const net::Status& status() const { return status_; }
  std::uint64_t records() const { return records_; }
  const std::string& path() const { return path_; }
  const DcbAttributes& dcb() const { return dcb_; }

 private:
  RecordReader(int fd, std::string path, DcbAttributes dcb, const Options& options);
  bool fill();  // more bytes into the buffer; false: end or failure
  bool fail(net::Error error);

  int fd_ = -1;
  std::string path_;
  DcbAttributes dcb_;
  Options options_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  bool at_end_ = false;
  std::uint64_t records_ = 0;
  net::Status status_;
};

// Writes records: fixed ones are padded with blanks to LRECL, others get a newline.
class RecordWriter {
 public:
  enum class Mode { replace, append };
  static net::Result<RecordWriter> open(const DdInfo& dd);  // append where the DD says DISP=MOD
  static net::Result<RecordWriter> open(const std::string& path, const DcbAttributes& dcb, Mode mode = Mode::replace);

  RecordWriter(RecordWriter&& other) noexcept;
  RecordWriter& operator=(RecordWriter&& other) noexcept;
  ~RecordWriter();  // closes; a failure is then lost, so call close()

  // False: the record is longer than the data set allows (too_large, nothing written, the next record may be), or
  // the write failed (every later call fails too). status() tells.
  bool write(std::string_view record);
  // Flushes and closes; the first failure of all, if any. Also after a too_large that the caller passed over.
  net::Status close();
  const net::Status& status() const { return status_; }
  std::uint64_t records() const { return records_; }
  const std::string& path() const { return path_; }
  const DcbAttributes& dcb() const { return dcb_; }

 private:
  RecordWriter(int fd, std::string path, DcbAttributes dcb);
  bool flush();

  int fd_ = -1;
  std::string path_;
  DcbAttributes dcb_;
  std::string buffer_;
  std::uint64_t records_ = 0;
  net::Status status_;
  bool broken_ = false;  // a write failed; status_ holds why
};

// Members of a library (files of a directory), sorted; unexpected entries (sub-directories, dot files) left out.
net::Result<std::vector<std::string>> library_members(const std::string& directory);
// Member of a concatenation of libraries: the first directory that has it; nullopt: none has.
std::optional<std::string> find_member(const std::vector<std::string>& directories, std::string_view member);
// 1 to 8 of A-Z 0-9 @ # $, not starting with a digit. Case as given: fold before.
bool valid_member_name(std::string_view name);

}  // namespace sysplexd::jes
