#!/usr/bin/env python3
"""The await rule on the compiler's syntax tree: clang-query over every translation unit with a co_await.

  await_lint.py BUILD_FOLDER [-j N]      reads BUILD_FOLDER/compile_commands.json

g++ 12 compiles these forms wrong and says nothing (reference/toolchain.md section 2). A planted file with each form is
linted first: a query that finds nothing there is stale, and the run fails. Without clang-query-19 it exits 77 (skipped).
"""
import concurrent.futures
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
OURS = ["net", "config", "sysplex", "daemon"]
SKIPPED = 77

FORMS = [
    ("co_await in an if condition", "ifStmt({where}, hasCondition(expr(anyOf(coawaitExpr(), hasDescendant(coawaitExpr())))))"),
    ("co_await in a while condition", "whileStmt({where}, hasCondition(expr(anyOf(coawaitExpr(), hasDescendant(coawaitExpr())))))"),
    ("co_await in a switch condition", "switchStmt({where}, hasCondition(expr(anyOf(coawaitExpr(), hasDescendant(coawaitExpr())))))"),
    ("co_await inside ?:", "conditionalOperator({where}, hasDescendant(coawaitExpr()))"),
    ("?: inside co_await", "coawaitExpr({where}, hasDescendant(conditionalOperator()))"),
    ("capturing lambda beside co_await",
     "exprWithCleanups({where}, hasDescendant(coawaitExpr()), hasDescendant(lambdaExpr(has(cxxRecordDecl(has(fieldDecl()))))))"),
    ("aggregate made by braces beside co_await",
     "exprWithCleanups({where}, hasDescendant(coawaitExpr()), hasDescendant(initListExpr(hasType(cxxRecordDecl()))))"),
    ("initializer_list beside co_await",
     "exprWithCleanups({where}, hasDescendant(coawaitExpr()), hasDescendant(cxxStdInitializerListExpr()))"),
]

PLANTED = r"""
#include <coroutine>
#include <initializer_list>
#include <string>
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
struct Value { bool await_ready() { return true; } void await_suspend(std::coroutine_handle<>) {} int await_resume() { return 1; } };
struct Aggregate { std::string a; int b; };
Value f(); Value take(Aggregate); Value list(std::initializer_list<std::string>);
template <class F> Value call(F) { return {}; }
Task good() { const int x = co_await f(); Aggregate a{"x", x}; co_await take(a); if (x) co_await f(); }
Task form0() { if (co_await f()) {} }
Task form1() { while (co_await f()) break; }
Task form2() { switch (co_await f()) { default: break; } }
Task form3(bool c) { int x = c ? co_await f() : 2; (void)x; }
Task form4(bool c) { co_await (c ? f() : f()); }
Task form5(std::string s) { co_await call([s] { return s; }); }
Task form6() { co_await take(Aggregate{"x", 1}); }
Task form7() { co_await list({"x", "y"}); }
"""


def query(source, flags, where):
    """-> list of (form, file:line text), or an error text."""
    script = ["set output diag", "set bind-root true"]
    for _, matcher in FORMS:
        script.append(f"match {matcher.format(where=where)}")
    command = ["clang-query-19", source]
    for line in script:
        command += ["-c", line]
    command += ["--"] + flags
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode != 0 or "error:" in done.stderr:
        return None, done.stderr.strip() or f"clang-query ended with {done.returncode}"
    # One answer per match command, in order, each closed by "N match(es)."
    found, form = [], 0
    for line in done.stdout.split("\n"):
        if re.fullmatch(r"\d+ match(es)?\.", line.strip()):
            form += 1
        elif '"root" binds here' in line:
            found.append((form, line.split(": note:")[0]))
    if form != len(FORMS):
        return None, f"{form} answers to {len(FORMS)} queries: {done.stdout[-400:]}"
    return found, ""


def self_test(folder):
    path = os.path.join(folder, "planted.cpp")
    with open(path, "w", encoding="utf-8") as f:
        f.write(PLANTED)
    found, error = query(path, ["-std=c++20"], "isExpansionInMainFile()")
    if found is None:
        return error
    lines = PLANTED.split("\n")
    good = next(i for i, l in enumerate(lines, 1) if l.startswith("Task good"))
    for form, (name, _) in enumerate(FORMS):
        line = next(i for i, l in enumerate(lines, 1) if l.startswith(f"Task form{form}("))
        if not any(f == form and re.search(rf":{line}:", place) for f, place in found):
            return f"the query for '{name}' does not find its planted form"
    if any(re.search(rf":{good}:", place) for _, place in found):
        return "a query finds a fault in the good form"
    return ""


def units(build):
    """Units with a co_await of their own, and for each header with one that none of these brings, one that does.
    -> [(name, source, flags)]"""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        entries = json.load(f)
    read = {}

    def look(path):
        if path not in read:
            with open(path, encoding="utf-8", errors="replace") as source_file:
                text = source_file.read()
            read[path] = (bool(re.search(r"\bco_(await|return)\b", text)), re.findall(r'#include "([^"]+)"', text))
        return read[path]

    def awaiting(path, seen):
        """Files of ours with a co_await that the unit reads."""
        if path in seen or not os.path.isfile(path):
            return set()
        seen.add(path)
        own, includes = look(path)
        out = {path} if own else set()
        for include in includes:
            out |= awaiting(os.path.join(ROOT, include), seen)
        return out

    candidates = []
    for entry in entries:
        source = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
        relative = os.path.relpath(source, ROOT)
        files = awaiting(source, set()) if relative.split("/")[0] in OURS else set()
        if not files:
            continue
        words = entry.get("arguments") or shlex.split(entry["command"])
        compiler = next(i for i, w in enumerate(words) if re.search(r"(clang\+\+|g\+\+|c\+\+)(-\d+)?$", w))
        flags, skip = [], False
        for word in words[compiler + 1:]:
            if skip:
                skip = False
            elif word in ("-o", "-MF", "-MT", "-MQ"):
                skip = True
            elif word not in ("-c", "-MD", "-MMD") and os.path.normpath(os.path.join(entry["directory"], word)) != source:
                flags.append(word)
        candidates.append((source in files, files, (relative, source, flags + ["-w"])))
    chosen, covered = [], set()
    for own, files, unit in sorted(candidates, key=lambda c: (not c[0], c[2][0])):
        if own or files - covered:
            chosen.append(unit)
            covered |= files
    return chosen


def main():
    if not shutil.which("clang-query-19"):
        print("await_lint: clang-query-19 is not installed (package clang-tools-19)")
        return SKIPPED
    build = sys.argv[1]
    jobs = int(sys.argv[sys.argv.index("-j") + 1]) if "-j" in sys.argv else 2
    with tempfile.TemporaryDirectory(prefix="sysplexd-lint-") as folder:
        error = self_test(folder)
    if error:
        print(f"await_lint: self-test: {error}")
        return 1
    where = f'isExpansionInFileMatching("^{ROOT}/({"|".join(OURS)})/")'
    todo = units(build)
    failures = 0

    def one(unit):
        started = time.monotonic()
        found, error = query(unit[1], unit[2], where)
        return unit[0], found, error, time.monotonic() - started

    seen = set()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for relative, found, error, seconds in pool.map(one, todo):
            print(f"{seconds:6.1f} s  {relative}")
            if found is None:
                failures += 1
                print(f"{relative}: not linted: {error[:2000]}")
                continue
            for form, place in found:
                if (form, place) in seen:
                    continue
                seen.add((form, place))
                failures += 1
                print(f"{os.path.relpath(place, ROOT) if place.startswith('/') else place}: {FORMS[form][0]}")
    if not todo:
        failures += 1
        print("await_lint: no translation unit has a co_await; the build folder is another one")
    print(f"await_lint: {len(todo)} translation units, {failures} findings")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
