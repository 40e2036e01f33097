// Statements -> steps: walks the deck in order, keeps symbols and IFs, expands procedures and INCLUDE groups, lays
// overrides over procedure statements, and hands each finished step to the interpreter. A procedure call waits until
// the DD statements behind it, its overrides, are read; then it is expanded.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sysplex/jcl/interpreter.hpp"
#include "sysplex/jcl/listing.hpp"
#include "sysplex/jcl/members.hpp"
#include "sysplex/jcl/symbols.hpp"

namespace sysplexd::jcl {

inline constexpr int most_steps = 255;
inline constexpr int deepest_nesting = 15;    // procedures in procedures, INCLUDEs, IFs
inline constexpr int most_dds = 3273;         // of one step
inline constexpr int most_expanded = 100000;  // statements read from members in one job

class Expander {
 public:
  Expander(const ConvertInput& input, const MemberSource& members, ConvertResult& result);
  void run();

 private:
  // Where a statement comes from: the deck, or a member.
  struct Source {
    const Origin* origin = nullptr;
    ListedAs as = ListedAs::job;
    int depth = 0;  // of INCLUDE
  };

  // A DD statement behind a procedure call, with the unnamed ones that follow it.
  struct Override {
    std::string_view step;  // empty: the first step of the procedure
    std::string_view dd;
    std::vector<RawDdPart> parts;
    std::vector<ListedStatement> listing;  // one a part
    Place place;
    bool used = false;
  };

  struct Call {
    std::string_view name;  // of the EXEC statement
    std::string procedure;
    Place procedure_place;
    std::vector<Operand> operands;
    std::vector<Override> overrides;
    std::unordered_multimap<std::string_view, std::size_t> by_dd;
    std::string_view current_step;        // of the last qualified override: later ones without a step mean it too
    std::optional<SymbolScope> snapshot;  // symbols at the EXEC, when a SET followed it
    Place place;
    int dds = 0;
    void add(Override item);
  };

  struct Level {
    Level* parent = nullptr;
    int depth = 0;
    int call = 0, parent_call = -1;
    std::string procedure;
    std::string_view job_step;  // EXEC of the job that we are in
    std::string_view caller;    // EXEC that called this procedure
    SymbolScope symbols;
    Call* by = nullptr;           // the call that made this level
    int steps_seen = 0;           // EXEC statements so far
    std::optional<RawStep> step;  // open: DD statements still come
    std::string_view step_name;
    bool first_step = false;
    int dds = 0;
    std::unique_ptr<Call> pending;
    std::vector<std::size_t> matched;  // overrides that apply to the DD being read
    std::size_t concatenation = 0;
    std::size_t if_base = 0;
    bool ended = false;  // null statement or PEND
    bool joblib_open = false;
  };

  struct InStreamProcedure {
    const Statement* proc = nullptr;
    std::vector<const Statement*> body;
  };

  struct OpenIf {
    int id = 0;
    bool then = true;
    Place place;
  };

  // expander.cpp: one statement
  void statement(const Statement& statement, const Source& source, Level& level);
  bool defining(const Statement& statement);
  void job(const Statement& statement, const Source& source);
  void exec(const Statement& statement, const Source& source, Level& level);
  void dd(const Statement& statement, const Source& source, Level& level);
  void loose_data(const Statement& statement, const Source& source, Level& level);
  void add_dd(std::string_view name, RawDdPart part, ListedStatement listed, Level& level);
  void set(const Statement& statement, const Source& source, Level& level);
  void if_then(const Statement& statement, const Source& source, Level& level);
  void otherwise(const Statement& statement, const Source& source, Level& level);
  void endif(const Statement& statement, const Source& source, Level& level);
  void include(const Statement& statement, const Source& source, Level& level);
  void jcllib(const Statement& statement, const Source& source, Level& level);
  void output(const Statement& statement, const Source& source, Level& level);
  void export_symlist(const Statement& statement, const Source& source, Level& level);
  void other(const Statement& statement, const Source& source);
  void jes2(const Statement& statement);
  void misplaced(const Statement& statement, const Source& source);
  void check_name(const Statement& statement, const Source& source, bool required);
  // Operands after substitution; listed gets the line for the listing.
  const SourceText& substituted(const Statement& statement, ListedStatement& listed);
  std::string_view in_stream_data(const Statement& statement, const std::vector<Operand>& operands);
  Origin* enter(std::string_view kind, const std::string& member, const Place& call);
  bool too_many_expanded(const Place& place);
  static const Operand* find(const std::vector<Operand>& operands, std::string_view keyword);

  // procedure.cpp: calls and steps
  void start_step(const Statement& statement, const Source& source, Level& level, std::vector<Operand> operands);
  void close_step(Level& level);
  void start_call(const Statement& statement, Level& level, std::vector<Operand> operands, const Operand& procedure);
  void flush(Level& level);
  void expand(Call& call, Level& level);
  void expand_body(Level& inner, const std::vector<const Statement*>& body, const Source& source);
  void assign_symbols(Call& call, Level& inner, const Statement* proc, const std::vector<const Statement*>& body,
                      const Source& source);
  void define(Level& level, const Operand& operand, std::string_view field);
  void end_level(Level& level);
  void apply_exec_overrides(std::vector<Operand>& operands, std::string_view step, bool first, Call& call,
                            bool for_call);
  bool overrides_step(const Override& item, const Level& level) const;
  RawDdPart matched_part(const RawDdPart& base, Level& level, bool& overridden);
  void finish_matched(Level& level);
  void start_matching(std::string_view dd, Level& level);

  const ConvertInput& input_;
  ConvertResult& result_;
  Arena arena_;
  std::deque<SourceText> texts_;
  std::deque<Origin> origins_;
  Diagnostics diagnostics_;
  Members members_;
  Interpreter interpreter_;
  Listing listing_;
  SymbolView symbols_;
  std::vector<OpenIf> ifs_;
  std::unordered_map<std::string, InStreamProcedure> procedures_;
  InStreamProcedure* defining_ = nullptr;
  Place defining_place_;
  std::unordered_set<std::string> exported_;
  bool export_all_ = false;
  bool job_seen_ = false;
  bool exec_seen_ = false;
  bool jcllib_seen_ = false;
  bool affinity_by_job_ = false;
  bool priority_by_job_ = false;
  bool stopped_ = false;  // a limit was reached: what follows would only repeat it
  int calls_ = 0;
  int expanded_ = 0;
  Place job_place_;
  std::optional<RawDd> joblib_;
};

}  // namespace sysplexd::jcl
