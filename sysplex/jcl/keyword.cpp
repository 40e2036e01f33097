// Keyword tables; see keyword.hpp. Sorted, found by bisection: every operand of every deck passes here.
#include "sysplex/jcl/keyword.hpp"

#include <algorithm>
#include <array>

namespace sysplexd::jcl {

namespace {

template <class Key>
struct Entry {
  std::string_view word;
  Key key;
};

template <class Key, std::size_t N>
constexpr std::array<Entry<Key>, N> sorted(const Entry<Key> (&entries)[N]) {
  std::array<Entry<Key>, N> table{};
  std::copy(std::begin(entries), std::end(entries), table.begin());
  std::sort(table.begin(), table.end(), [](const auto& a, const auto& b) { return a.word < b.word; });
  return table;
}

template <class Key, std::size_t N>
std::optional<Key> find(const std::array<Entry<Key>, N>& table, std::string_view word) {
  const auto at = std::lower_bound(table.begin(), table.end(), word,
                                   [](const Entry<Key>& entry, std::string_view text) { return entry.word < text; });
  if (at == table.end() || at->word != word) return std::nullopt;
  return at->key;
}

constexpr auto job_keys = sorted<JobKey>({
    {"CLASS", JobKey::cls},
    {"COND", JobKey::cond},
    {"JOBRC", JobKey::jobrc},
    {"MSGCLASS", JobKey::msgclass},
    {"NOTIFY", JobKey::notify},
    {"PRTY", JobKey::prty},
    {"RD", JobKey::rd},
    {"REGION", JobKey::region},
    {"RESTART", JobKey::restart},
    {"SCHENV", JobKey::schenv},
    {"SYSAFF", JobKey::sysaff},
    {"SYSTEM", JobKey::system},
    {"TIME", JobKey::time},
    {"TYPRUN", JobKey::typrun},
    {"USER", JobKey::user},
    {"ADDRSPC", JobKey::ignored},
    {"BYTES", JobKey::ignored},
    {"CARDS", JobKey::ignored},
    {"CCSID", JobKey::ignored},
    {"DSENQSHR", JobKey::ignored},
    {"EMAIL", JobKey::ignored},
    {"GDGBIAS", JobKey::ignored},
    {"GROUP", JobKey::ignored},
    {"JESLOG", JobKey::ignored},
    {"LINES", JobKey::ignored},
    {"MEMLIMIT", JobKey::ignored},
    {"MSGLEVEL", JobKey::ignored},
    {"PAGES", JobKey::ignored},
    {"PASSWORD", JobKey::ignored},
    {"PERFORM", JobKey::ignored},
    {"REGIONX", JobKey::ignored},
    {"SECLABEL", JobKey::ignored},
    {"UJOBCORR", JobKey::ignored},
    {"ROLL", JobKey::ignored},
});

constexpr auto exec_keys = sorted<ExecKey>({
    {"PGM", ExecKey::pgm},          {"PROC", ExecKey::proc},
    {"PARM", ExecKey::parm},        {"PARMDD", ExecKey::parmdd},
    {"COND", ExecKey::cond},        {"TIME", ExecKey::time},
    {"REGION", ExecKey::region},    {"RD", ExecKey::rd},
    {"ACCT", ExecKey::ignored},     {"ADDRSPC", ExecKey::ignored},
    {"CCSID", ExecKey::ignored},    {"DPRTY", ExecKey::ignored},
    {"DYNAMNBR", ExecKey::ignored}, {"MEMLIMIT", ExecKey::ignored},
    {"PERFORM", ExecKey::ignored},  {"REGIONX", ExecKey::ignored},
    {"RLSTMOUT", ExecKey::ignored}, {"TVSAMCOM", ExecKey::ignored},
    {"TVSMSG", ExecKey::ignored},   {"ABDISPCC", ExecKey::ignored},
    {"ROLL", ExecKey::ignored},
});

constexpr auto dd_keys = sorted<DdKey>({
    {"DSN", DdKey::dsn},
    {"DSNAME", DdKey::dsn},
    {"DISP", DdKey::disp},
    {"SYSOUT", DdKey::sysout},
    {"PATH", DdKey::path},
    {"PATHOPTS", DdKey::pathopts},
    {"PATHMODE", DdKey::pathmode},
    {"PATHDISP", DdKey::pathdisp},
    {"DCB", DdKey::dcb},
    {"RECFM", DdKey::recfm},
    {"LRECL", DdKey::lrecl},
    {"BLKSIZE", DdKey::blksize},
    {"DSORG", DdKey::dsorg},
    {"SPACE", DdKey::space},
    {"DSNTYPE", DdKey::dsntype},
    {"DDNAME", DdKey::ddname},
    {"LIKE", DdKey::like},
    {"REFDD", DdKey::refdd},
    {"DLM", DdKey::dlm},
    {"SYMBOLS", DdKey::symbols},
    {"SUBSYS", DdKey::subsys},
    {"TERM", DdKey::term},
    {"OUTPUT", DdKey::output},
    {"ACCODE", DdKey::ignored},
    {"AMP", DdKey::ignored},
    {"AVGREC", DdKey::ignored},
    {"BLKSZLIM", DdKey::ignored},
    {"BURST", DdKey::ignored},
    {"CCSID", DdKey::ignored},
    {"CHARS", DdKey::ignored},
    {"CHKPT", DdKey::ignored},
    {"CNTL", DdKey::ignored},
    {"COPIES", DdKey::ignored},
    {"DATACLAS", DdKey::ignored},
    {"DEST", DdKey::ignored},
    {"DSID", DdKey::ignored},
    {"DSKEYLBL", DdKey::ignored},
    {"EATTR", DdKey::ignored},
    {"EXPDT", DdKey::ignored},
    {"FCB", DdKey::ignored},
    {"FILEDATA", DdKey::ignored},
    {"FLASH", DdKey::ignored},
    {"FREE", DdKey::ignored},
    {"FREEVOL", DdKey::ignored},
    {"GDGORDER", DdKey::ignored},
    {"HOLD", DdKey::ignored},
    {"KEYENCD1", DdKey::ignored},
    {"KEYENCD2", DdKey::ignored},
    {"KEYLABL1", DdKey::ignored},
    {"KEYLABL2", DdKey::ignored},
    {"KEYOFF", DdKey::ignored},
    {"LABEL", DdKey::ignored},
    {"LGSTREAM", DdKey::ignored},
    {"MAXGENS", DdKey::ignored},
    {"MGMTCLAS", DdKey::ignored},
    {"MODIFY", DdKey::ignored},
    {"OUTLIM", DdKey::ignored},
    {"PROTECT", DdKey::ignored},
    {"QNAME", DdKey::term},
    {"RECORG", DdKey::ignored},
    {"RETPD", DdKey::ignored},
    {"RLS", DdKey::ignored},
    {"ROACCESS", DdKey::ignored},
    {"SECMODEL", DdKey::ignored},
    {"SEGMENT", DdKey::ignored},
    {"SPIN", DdKey::ignored},
    {"STORCLAS", DdKey::ignored},
    {"UCS", DdKey::ignored},
    {"UNIT", DdKey::ignored},
    {"VOL", DdKey::ignored},
    {"VOLUME", DdKey::ignored},
    {"SEP", DdKey::ignored},
    {"AFF", DdKey::ignored},
    {"SYMLIST", DdKey::ignored},
    {"DYNAM", DdKey::ignored},
    {"BFALN", DdKey::dcb_ignored},
    {"BFTEK", DdKey::dcb_ignored},
    {"BUFIN", DdKey::dcb_ignored},
    {"BUFL", DdKey::dcb_ignored},
    {"BUFMAX", DdKey::dcb_ignored},
    {"BUFND", DdKey::dcb_ignored},
    {"BUFNI", DdKey::dcb_ignored},
    {"BUFNO", DdKey::dcb_ignored},
    {"BUFOFF", DdKey::dcb_ignored},
    {"BUFOUT", DdKey::dcb_ignored},
    {"BUFSIZE", DdKey::dcb_ignored},
    {"BUFSP", DdKey::dcb_ignored},
    {"CODE", DdKey::dcb_ignored},
    {"CPRI", DdKey::dcb_ignored},
    {"CYLOFL", DdKey::dcb_ignored},
    {"DEN", DdKey::dcb_ignored},
    {"DIAGNS", DdKey::dcb_ignored},
    {"EROPT", DdKey::dcb_ignored},
    {"FUNC", DdKey::dcb_ignored},
    {"GNCP", DdKey::dcb_ignored},
    {"HIARCHY", DdKey::dcb_ignored},
    {"INTVL", DdKey::dcb_ignored},
    {"IPLTXID", DdKey::dcb_ignored},
    {"KEYLEN", DdKey::dcb_ignored},
    {"LIMCT", DdKey::dcb_ignored},
    {"MODE", DdKey::dcb_ignored},
    {"NCP", DdKey::dcb_ignored},
    {"NTM", DdKey::dcb_ignored},
    {"OPTCD", DdKey::dcb_ignored},
    {"PCI", DdKey::dcb_ignored},
    {"PRTSP", DdKey::dcb_ignored},
    {"RESERVE", DdKey::dcb_ignored},
    {"RKP", DdKey::dcb_ignored},
    {"STACK", DdKey::dcb_ignored},
    {"THRESH", DdKey::dcb_ignored},
    {"TRTCH", DdKey::dcb_ignored},
});

constexpr auto output_keys = sorted<bool>({
    {"ADDRESS", true},  {"AFPPARMS", true}, {"AFPSTATS", true}, {"BUILDING", true}, {"BURST", true},
    {"CHARS", true},    {"CKPTLINE", true}, {"CKPTPAGE", true}, {"CKPTSEC", true},  {"CLASS", true},
    {"COLORMAP", true}, {"COMPACT", true},  {"COMSETUP", true}, {"CONTROL", true},  {"COPIES", true},
    {"COPYCNT", true},  {"DATACK", true},   {"DDNAME", true},   {"DEFAULT", true},  {"DEPT", true},
    {"DEST", true},     {"DPAGELBL", true}, {"DUPLEX", true},   {"FCB", true},      {"FLASH", true},
    {"FORMDEF", true},  {"FORMLEN", true},  {"FORMS", true},    {"FSSDATA", true},  {"GROUPID", true},
    {"INDEX", true},    {"INTRAY", true},   {"JESDS", true},    {"LINDEX", true},   {"LINECT", true},
    {"MAILBCC", true},  {"MAILCC", true},   {"MAILFILE", true}, {"MAILFROM", true}, {"MAILTO", true},
    {"MERGE", true},    {"MODIFY", true},   {"NAME", true},     {"NOTIFY", true},   {"OFFSETXB", true},
    {"OUTBIN", true},   {"OUTDISP", true},  {"OVERLAYB", true}, {"OVERLAYF", true}, {"PAGEDEF", true},
    {"PIMSG", true},    {"PORTNO", true},   {"PRMODE", true},   {"PRTATTRS", true}, {"PRTERROR", true},
    {"PRTOPTNS", true}, {"PRTQUEUE", true}, {"PRTY", true},     {"REPLYTO", true},  {"RESFMT", true},
    {"RETAINF", true},  {"RETAINS", true},  {"RETRYL", true},   {"RETRYT", true},   {"ROOM", true},
    {"SYSAREA", true},  {"THRESHLD", true}, {"TITLE", true},    {"TRC", true},      {"UCS", true},
    {"USERDATA", true}, {"USERLIB", true},  {"USERPATH", true}, {"WRITER", true},
});

}  // namespace

std::optional<JobKey> find_job_key(std::string_view keyword) { return find(job_keys, keyword); }
std::optional<ExecKey> find_exec_key(std::string_view keyword) { return find(exec_keys, keyword); }
std::optional<DdKey> find_dd_key(std::string_view keyword) { return find(dd_keys, keyword); }
bool is_output_keyword(std::string_view keyword) { return find(output_keys, keyword).has_value(); }

std::string_view canonical_keyword(std::string_view keyword) {
  if (keyword == "DSNAME") return "DSN";
  if (keyword == "VOLUME") return "VOL";
  return keyword;
}

}  // namespace sysplexd::jcl
