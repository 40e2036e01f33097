// The execution plan: what a converted job says, every symbol, procedure, override and referback resolved, so that
// whoever runs it (jes: allocation, step runner) needs no JCL rule but conditions (condition.hpp). Pure data.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sysplexd::jcl {

enum class DispStatus : std::uint8_t { is_new, old, shr, mod };
enum class DispAction : std::uint8_t { keep, remove, catlg, uncatlg, pass };  // remove is DELETE

// All three parts, with the defaults of the JCL Reference filled in (jcl-zosmf.md 2.5).
struct Disp {
  DispStatus status = DispStatus::is_new;
  DispAction normal = DispAction::remove;
  DispAction abnormal = DispAction::remove;
  bool operator==(const Disp&) const = default;
};

// DCB attributes as coded (or inherited by LIKE, DCB=*.…); empty and 0 mean not coded.
struct Dcb {
  std::string recfm;  // F FB V VB FBA VBA U …, upper case
  int lrecl = 0;
  int blksize = 0;
  std::string dsorg;  // PS PO; empty: PO when SPACE has directory blocks or DSNTYPE=LIBRARY, else PS
  bool operator==(const Dcb&) const = default;
};

// A.B.C, A.B.C(MEMBER), A.B.C(+1), A.B.C (all generations when it is a GDG base), &&T.
struct DsName {
  std::string name;               // upper case, valid by the DSN grammar, without member and generation;
                                  // temporary: the name without &&
  std::string member;             // empty: none
  std::optional<int> generation;  // relative, as written: 0, -1, +1 …
  bool temporary = false;
  bool operator==(const DsName&) const = default;
};

enum class DdKind : std::uint8_t { dummy, sysout, instream, dataset, path };

// One DD statement; a concatenation has several.
struct DdPart {
  DdKind kind = DdKind::dummy;
  DsName dsname;  // dataset; a NEW one without DSN= has a generated temporary name
  Disp disp;      // dataset, path
  Dcb dcb;
  bool library = false;  // dataset: SPACE has directory blocks, DSNTYPE=LIBRARY or DSORG=PO: a NEW one is a PDS
  std::string data;      // instream: the lines, each ended by a newline; nothing trimmed but columns 73-80 stay
  std::string path;      // path: absolute
  std::vector<std::string> path_options;  // PATHOPTS words: ORDONLY OWRONLY ORDWR OCREAT OEXCL OAPPEND OTRUNC …
  std::optional<unsigned> path_mode;      // PATHMODE as mode bits
  std::string sysout_class;               // sysout: one character; "*" was replaced by MSGCLASS
  int card = 0;                           // of the DD statement
};

struct Dd {
  std::string name;
  std::vector<DdPart> parts;  // at least one
};

// A condition code test of COND=: true means bypass. step empty: any earlier step that ran.
enum class Compare : std::uint8_t { gt, ge, eq, ne, lt, le };
struct CondTest {
  int code = 0;
  Compare op = Compare::gt;  // code op RC
  std::string step, procstep;
  int step_index = -1;  // the step meant, index in Plan::steps, resolved by the converter; -1 with step empty
};
enum class CondMode : std::uint8_t { normal, even, only };

// IF expression, postfix-free tree. operands: RC, ABEND, ABENDCC, RUN, each optionally of a step.
struct IfExpression {
  enum class Kind : std::uint8_t { rc, abendcc, abend, run, both, either, negation };
  Kind kind = Kind::rc;
  Compare op = Compare::eq;            // rc, abendcc
  int code = 0;                        // rc
  std::string abend;                   // abendcc: "S0C4", "U0016"
  std::string step, procstep;          // empty: the job
  int step_index = -1;                 // as in CondTest
  bool expected = true;                // abend, run: compared with TRUE or FALSE
  std::vector<IfExpression> operands;  // both, either: two; negation: one
};

struct IfBlock {
  int id = 0;  // index in Plan::ifs
  IfExpression expression;
  int first_step = 0;  // index of the first step textually after the IF statement: where it is decided
  int card = 0;
};

struct StepLimits {
  std::optional<std::int64_t> cpu_seconds;  // TIME=; nullopt: not coded; NOLIMIT and 1440 are INT64_MAX
  std::string region;                       // as coded; advisory
};

struct Step {
  int number = 0;                   // 1-based, in order of execution
  std::string name;                 // name of the EXEC statement in the job; may be empty
  std::string procstep;             // name of the EXEC statement inside the procedure; empty outside procedures
  std::string proc;                 // procedure it came from; empty: none
  std::string program;              // PGM=; for PGM=*.step.dd the member name, with program_dsn set
  DsName program_dsn;               // PGM=*.step.dd: the data set of that DD; name empty otherwise
  std::optional<std::string> parm;  // after apostrophes are taken off
  std::string parm_dd;              // PARMDD=
  std::vector<CondTest> cond;
  CondMode cond_mode = CondMode::normal;
  StepLimits limits;
  std::vector<std::pair<int, bool>> within;  // (IfBlock id, true: THEN part), outermost first
  std::vector<Dd> dds;                       // in order; STEPLIB among them. JOBLIB is Plan::joblib
  bool skipped_by_restart = false;
  int card = 0;
};

enum class Typrun : std::uint8_t { none, hold, jclhold, scan, copy };

struct Plan {
  std::string job_name;
  std::string accounting, programmer;
  std::string job_class = "A";  // default by ConvertInput
  std::string message_class = "A";
  int priority = 7;  // 0..15
  Typrun typrun = Typrun::none;
  std::string notify, user;    // empty: not coded
  std::vector<CondTest> cond;  // JOB COND=
  StepLimits limits;           // of the whole job
  std::string restart_step, restart_procstep;
  std::string region, schenv, job_rc;        // JOBRC: empty, MAXRC, LASTRC, or "step" / "step.procstep"
  std::vector<std::string> system_affinity;  // SYSTEM=/SYSAFF=; "-SY1" excludes
  std::string restart_definition;            // RD=
  std::vector<DdPart> joblib;
  std::vector<IfBlock> ifs;
  std::vector<Step> steps;
  std::vector<std::string> ignored;  // "card 12: UNIT=SYSDA" …: accepted, no meaning on Linux
};

}  // namespace sysplexd::jcl
