// OPEN of a COBOL file, between the program and libcob. On z/OS the data set decides how its records lie on the volume;
// libcob goes by the SELECT clause alone: SEQUENTIAL is bare records, LINE SEQUENTIAL is lines. So a program written
// for z/OS (SEQUENTIAL) would read in-stream cards and write SYSOUT without line ends. Here the organization follows
// the DD: RECFM F… is bare records, everything else lines.
//
// How: modules call cob_open by its dynamic symbol, and the executable's own definition comes first in the search
// (CMakeLists.txt exports these entries). Also here, found by CALL the same way: the abend services of z/OS.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

#include "sysplex/jes/utilities/cobol_runtime.hpp"
#include "sysplex/jes/utilities/control_statements.hpp"
#include "sysplex/jes/utilities/dd.hpp"
#include "sysplex/jes/utilities/label.hpp"

namespace sysplexd::jes::cobol {

namespace {

// Mirror of libcob 3.1 (common.h): cob_field, and the head of cob_file as far as it is used here.
struct Field {
  std::size_t size;
  unsigned char* data;
  const void* attributes;
};
struct File {
  const char* select_name;
  unsigned char* file_status;
  Field* assign;
  Field* record;
  Field* variable_record;
  void* keys;
  void* file;
  void* linage_or_key;
  const unsigned char* sort_collating;
  void* extfh;
  std::size_t record_min;
  std::size_t record_max;
  std::size_t key_count;
  int fd;
  unsigned char organization;
};
enum Organization : unsigned char { sequential = 0, line_sequential = 1 };
enum OpenMode { open_input = 1, open_output = 2, open_io = 3, open_extend = 4 };

// What SELECT said of a file whose organization was changed: the next OPEN may be of another DD.
std::map<File*, unsigned char>& declared_organizations() {
  static std::map<File*, unsigned char> table;
  return table;
}

// ASSIGN TO REPORT, or UT-S-REPORT where the program was compiled without -std=ibm: libcob then looks for
// DD_UT-S-REPORT, so that name is made.
std::optional<DdInfo> dd_of(const File& file) {
  if (file.assign == nullptr || file.assign->data == nullptr) return std::nullopt;
  const auto name =
      std::string(trim(std::string_view(reinterpret_cast<const char*>(file.assign->data), file.assign->size)));
  if (name.empty() || name.find('/') != std::string::npos) return std::nullopt;
  if (auto dd = find_dd(name)) return dd;
  const auto last = upper(name.substr(name.rfind('-') + 1));
  auto dd = find_dd(last);
  if (dd) ::setenv(("DD_" + name).c_str(), dd->path().c_str(), 0);
  return dd;
}

std::string attribute_conflict(const File& file, const DdInfo& dd) {
  return "attributes of file and data set differ (status = 39) for file " + std::string(file.select_name) + " ('" +
         dd.name + "'): the program has records of " + std::to_string(file.record_max) +
         " bytes, RECFM=" + dd.dcb.recfm + " LRECL=" + std::to_string(dd.dcb.lrecl);
}

// Sets the organization; false: file and data set do not fit (file status 39).
bool follow_data_set(File& file, int& mode, DdInfo dd) {
  auto& declared = declared_organizations();
  const auto found = declared.find(&file);
  const auto organization = found == declared.end() ? file.organization : found->second;
  if (organization != sequential && organization != line_sequential) return true;
  if (mode == open_output && dd.append) mode = open_extend;
  const bool fixed_records = organization == sequential && file.record_min == file.record_max;
  if (mode == open_output && fixed_records) complete_label(dd, file.record_max);
  if (dd.dcb.fixed()) {
    if (file.record_max != dd.dcb.lrecl) return false;
    file.organization = sequential;
  } else if (mode != open_io) {
    // REWRITE needs records that keep their place: an I-O file stays what the program says.
    file.organization = line_sequential;
  }
  declared.emplace(&file, organization);
  return true;
}

}  // namespace

void keep_entries() {}

}  // namespace sysplexd::jes::cobol

using sysplexd::jes::cobol::File;

extern "C" {

// Entry of libcob, called by every COBOL module.
void cob_open(File* file, int mode, int sharing, void* file_status) {
  namespace cobol = sysplexd::jes::cobol;
  static const auto libcob_open =
      reinterpret_cast<void (*)(File*, int, int, void*)>(cobol::runtime_function("cob_open"));
  static const bool known_layout = cobol::runtime_is_3_1();
  if (libcob_open == nullptr) {
    std::fprintf(stderr, "libcob has no cob_open\n");
    std::abort();
  }
  if (known_layout) {
    const auto dd = cobol::dd_of(*file);
    if (dd && !cobol::follow_data_set(*file, mode, *dd)) {
      const auto why = cobol::attribute_conflict(*file, *dd);
      if (file_status == nullptr) cobol::fatal(why);
      std::fprintf(stderr, "libcob: warning: %s\n", why.c_str());
      std::memcpy(file->file_status, "39", 2);
      std::memcpy(static_cast<cobol::Field*>(file_status)->data, "39", 2);
      return;
    }
  }
  libcob_open(file, mode, sharing, file_status);
}

// CALL 'CEE3ABD' USING code (S9(9) BINARY) [timing]: the user abend of Language Environment.
int CEE3ABD(const unsigned char* code) {
  long number = 0;
  if (code != nullptr)
    for (int i = 0; i < 4; ++i) number = number << 8 | code[i];
  char text[8];
  std::snprintf(text, sizeof text, "U%04ld", number & 0xFFF);
  sysplexd::jes::cobol::abend(text, "CEE3ABD: the program asked for user abend " + std::string(text + 1));
}

// CALL 'ILBOABN0' USING code (S9(4) BINARY): the same, as older programs have it.
int ILBOABN0(const unsigned char* code) {
  const long number = code == nullptr ? 0 : (code[0] << 8 | code[1]);
  char text[8];
  std::snprintf(text, sizeof text, "U%04ld", number & 0xFFF);
  sysplexd::jes::cobol::abend(text, "ILBOABN0: the program asked for user abend " + std::string(text + 1));
}
}
