// See compiler_options.hpp.
#include "sysplex/jes/utilities/compiler_options.hpp"

#include <algorithm>

#include "sysplex/jes/utilities/control_statements.hpp"

namespace sysplexd::jes {

namespace {

struct Mapping {
  std::string_view option;  // without NO and without its value
  std::string_view flags;   // for cobc when it is on, blanks between
};

constexpr Mapping mappings[] = {
    {"SSRANGE", "-fec=EC-BOUND-SUBSCRIPT -fec=EC-BOUND-REF-MOD -fec=EC-BOUND-ODO"},
    {"TEST", "-g"},
    {"OPTIMIZE", "-O"},
    {"OPT", "-O"},
};

// Known to the compiler of z/OS (Enterprise COBOL Programming Guide, compiler options), nothing to do here.
constexpr std::string_view known[] = {
    "ADATA",      "ADV",       "AFP",      "ANALYZE",  "APOST",      "ARCH",      "ARITH",     "AWO",      "BLOCK0",
    "BUFSIZE",    "BUF",       "CICS",     "CODEPAGE", "COMPILE",    "COPYLOC",   "COPYRIGHT", "CURRENCY", "DATA",
    "DATEPROC",   "DBCS",      "DECK",     "DEFINE",   "DIAGTRUNC",  "DISPSIGN",  "DLL",       "DUMP",     "DYNAM",
    "EXIT",       "EXPORTALL", "FASTSRT",  "FLAG",     "FLAGSTD",    "HGPR",      "INITCHECK", "INITIAL",  "INLINE",
    "INTDATE",    "INVDATA",   "JAVAIOP",  "LANGUAGE", "LIB",        "LINECOUNT", "LINECNT",   "LIST",     "LP",
    "MAP",        "MAXPCF",    "MDECK",    "NAME",     "NSYMBOL",    "NUMBER",    "NUMCHECK",  "NUM",      "NUMPROC",
    "OBJECT",     "OBJ",       "OFFSET",   "OUTDD",    "PARMCHECK",  "PGMNAME",   "QUALIFY",   "QUOTE",    "RENT",
    "RES",        "RMODE",     "RULES",    "SEQUENCE", "SEQ",        "SERVICE",   "SIZE",      "SMARTBIN", "SOURCE",
    "SPACE",      "SQL",       "SQLCCSID", "SQLIMS",   "STGOPT",     "SUPPRESS",  "TERMINAL",  "TERM",     "THREAD",
    "TRUNC",      "TUNE",      "VBREF",    "VLR",      "VSAMOPENFS", "WORD",      "XMLPARSE",  "XMLSS",    "XREF",
    "YEARWINDOW", "ZONECHECK", "ZONEDATA", "ZWB"};

std::string_view without_value(std::string_view option) { return option.substr(0, option.find('(')); }

bool is_known(std::string_view name) { return std::find(std::begin(known), std::end(known), name) != std::end(known); }

void add_words(std::vector<std::string>& flags, std::string_view words) {
  while (!words.empty()) {
    const auto blank = std::min(words.find(' '), words.size());
    flags.emplace_back(words.substr(0, blank));
    words.remove_prefix(std::min(blank + 1, words.size()));
  }
}

const Mapping* mapping_of(std::string_view name) {
  for (const auto& mapping : mappings)
    if (mapping.option == name) return &mapping;
  return nullptr;
}

void apply(CompilerOptions& options, std::vector<const Mapping*>& on, const std::string& option) {
  const auto name = without_value(option);
  const bool negative = name.size() > 2 && name.substr(0, 2) == "NO" && !is_known(name);
  const auto positive = negative ? name.substr(2) : name;
  if (const auto* mapping = mapping_of(positive)) {
    on.erase(std::remove_if(on.begin(), on.end(), [&](const Mapping* m) { return m->flags == mapping->flags; }),
             on.end());
    const bool zero = option.size() > name.size() && option.substr(name.size()) == "(0)";  // OPT(0)
    if (!negative && !zero) on.push_back(mapping);
    return;
  }
  if (positive == "SOURCE") {
    options.source = !negative;
  } else if (positive == "COMPILE" || positive == "C") {
    // NOCOMPILE(S), (E), (W) compile unless a message of that severity comes, as cobc does anyway.
    options.compile = !(negative && option.size() == name.size());
  } else if (positive == "NUMCHECK") {
    options.numeric_check = !negative;
  } else if (option == "TRUNC(BIN)" || option == "TRUNC(OPT)") {
    options.flags.emplace_back("-fnotrunc");
    options.mapped.push_back(option + " -> -fnotrunc");
  } else if (is_known(positive)) {
    options.ignored.push_back(option);
  } else {
    options.unknown.push_back(option);
  }
}

// "A,B(C,D) E" -> A | B(C,D) | E
std::vector<std::string> option_words(std::string_view text) {
  std::vector<std::string> words;
  std::string current;
  int depth = 0;
  for (const char c : upper(text)) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (depth <= 0 && (c == ',' || c == ' ')) {
      if (!current.empty()) words.push_back(std::move(current));
      current.clear();
    } else {
      current += c;
    }
  }
  if (!current.empty()) words.push_back(std::move(current));
  return words;
}

}  // namespace

CompilerOptions compiler_options(const std::vector<std::string>& texts) {
  CompilerOptions options;
  std::vector<const Mapping*> on;
  for (const auto& text : texts)
    for (const auto& option : option_words(text)) apply(options, on, option);
  for (const auto* mapping : on) {
    add_words(options.flags, mapping->flags);
    options.mapped.push_back(std::string(mapping->option) + " -> " + std::string(mapping->flags));
  }
  if (options.numeric_check) options.flags.emplace_back("-fec=EC-DATA-INCOMPATIBLE");
  return options;
}

std::vector<std::string> take_process_statements(std::vector<std::string>& source) {
  std::vector<std::string> operands;
  for (auto& line : source) {
    const auto text = trim(line);
    if (text.empty() || (line.size() > 6 && line[6] == '*')) continue;
    const auto word = upper(text.substr(0, text.find(' ')));
    if (word != "CBL" && word != "PROCESS") break;
    operands.emplace_back(trim(text.substr(word.size())));
    line = "      *" + line.substr(0, 64);
  }
  return operands;
}

std::string program_id(const std::vector<std::string>& source) {
  bool wanted = false;
  for (const auto& line : source) {
    if (line.size() > 6 && (line[6] == '*' || line[6] == '/')) continue;
    std::string_view rest = line.size() > 7 ? std::string_view(line).substr(7, 65) : std::string_view();
    rest = trim(rest);
    if (!wanted) {
      const auto folded = upper(rest);
      if (folded.compare(0, 10, "PROGRAM-ID") != 0) continue;
      wanted = true;
      rest = trim(rest.substr(10));
      if (!rest.empty() && rest.front() == '.') rest = trim(rest.substr(1));
    }
    if (rest.empty()) continue;
    if (rest.front() == '\'' || rest.front() == '"') {
      rest.remove_prefix(1);
      return upper(rest.substr(0, rest.find_first_of("'\"")));
    }
    return upper(rest.substr(0, rest.find_first_of(" .")));
  }
  return {};
}

}  // namespace sysplexd::jes
