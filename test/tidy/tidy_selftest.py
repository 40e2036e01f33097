#!/usr/bin/env python3
"""Plants one violation of each rule in a copy of the tree (in memory) and sees that tidy finds it; and some innocent
changes, of which it must find none."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tidy  # noqa: E402

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


# A plant takes the tree and gives the texts that it changes.
def append(path, text):
    return lambda tree: {path: (tree.text(path) if path in tree.known else "") + text}


def edit(path, old, new):
    def plant(tree):
        assert old in tree.text(path), f"{path} has no {old!r}"
        return {path: tree.text(path).replace(old, new, 1)}
    return plant


def both(first, second):
    return lambda tree: {**first(tree), **second(tree)}


MESSAGE = '    {"UNV1000I", Severity::information'
OPTION = '    {.section = "cf",'

# rule, file of the finding, what is planted
PLANTED = [
    ("layers", "net/result.hpp", append("net/result.hpp", '#include "config/message.hpp"\n')),
    ("layers", "config/load.cpp", append("config/load.cpp", '#include "daemon/cli.hpp"\n')),
    ("layers", "config/load.cpp", append("config/load.cpp", '#include "test/support/test_main.cpp"\n')),
    ("layers", "sysplex/jcl/plan.hpp", append("sysplex/jcl/plan.hpp", '#include "sysplex/jes/protocol.hpp"\n')),
    ("layers", "sysplex/spool/job_file.hpp", append("sysplex/spool/job_file.hpp", '#include "sysplex/jcl/plan.hpp"\n')),
    ("layers", "config/load.cpp", append("config/load.cpp", '#include "no_such_file.hpp"\n')),
    ("layers", "sysplex/telephone/line.hpp", append("sysplex/telephone/line.hpp", "#pragma once\n")),
    ("await", "net/planted.hpp", append("net/planted.hpp", "  if (co_await f()) return;\n")),
    ("await", "net/planted.hpp", append("net/planted.hpp", "  while (a &&\n   co_await f()) {\n")),
    ("await", "net/planted.hpp", append("net/planted.hpp", "  if (a) switch (co_await f()) {\n")),
    ("await", "net/planted.hpp", append("net/planted.hpp", "  const auto x = a(b) &&\n     co_await f();\n")),
    ("await", "net/planted.hpp", append("net/planted.hpp", "  const auto x = c ? co_await f() : 1;\n")),
    ("await", "net/planted.hpp", append("net/planted.hpp", "  g(co_await f(), co_await h());\n")),
    ("await", "net/planted.hpp", append("net/planted.hpp", "  co_await f([&] { return 1; });\n")),
    ("await", "net/planted.hpp", append("net/planted.hpp", "  co_await (a() || b());\n")),
    ("forbidden", "net/planted.hpp", append("net/planted.hpp", "  co_spawn(x, f(), asio::detached);\n")),
    ("forbidden", "net/planted.hpp", append("net/planted.hpp", "#include <asio/experimental/channel.hpp>\n")),
    ("forbidden", "net/planted.hpp", append("net/planted.hpp", "#include <asio/experimental/awaitable_operators.hpp>\n")),
    ("forbidden", "test/net/planted_test.cpp", append("test/net/planted_test.cpp", "  co_spawn(x, f(), asio::detached);\n")),
    ("pure", "sysplex/jcl/condition.hpp", append("sysplex/jcl/condition.hpp", "#include <asio/io_context.hpp>\n")),
    ("pure", "net/planted_fsm.hpp", append("net/planted_fsm.hpp", "auto t = std::chrono::steady_clock::now();\n")),
    ("pure", "net/planted_rules.hpp", append("net/planted_rules.hpp", "#include <fstream>\n")),
    ("pure", "config/system_symbols.hpp", append("config/system_symbols.hpp", "#include <asio.hpp>\n")),
    ("pure", "net/planted_fsm.hpp", both(append("net/planted.hpp", "#include <asio/post.hpp>\n"),
                                         append("net/planted_fsm.hpp", '#include "net/planted.hpp"\n'))),
    ("tested", "net/nobody_knows_me.cpp", append("net/nobody_knows_me.cpp", "int x;\n")),
    ("leftover", "net/planted.hpp", append("net/planted.hpp", "// TO" + "DO: later\n")),
    ("message", "config/messages/config.hpp",
     edit("config/messages/config.hpp", MESSAGE, '    {"UNV1999E", Severity::error, "T", "E", "A"},\n' + MESSAGE)),
    ("message", "config/messages/config.hpp",
     edit("config/messages/config.hpp", MESSAGE, '    {"UNV1001E", Severity::error, "T", "E", "A"},\n' + MESSAGE)),
    ("message", "config/messages/config.hpp",
     edit("config/messages/config.hpp", MESSAGE, '    {"UNV1004E", Severity::error, "T", "", "A"},\n' + MESSAGE)),
    ("message", "config/messages/planted.hpp", append("config/messages/planted.hpp", "#pragma once\n")),
    ("option", "config/options.cpp",
     edit("config/options.cpp", OPTION, '    {.section = "cf", .key = "planted", .text = "T.", .store = [](Settings& s, const Value& v) '
          '{ s.cf.planted_nowhere = text_of(v); }},\n' + OPTION)),
    ("option", "config/options.cpp",
     edit("config/options.cpp", OPTION, '    {.section = "cf", .key = "planted", .later = true, .store = [](Settings& s, const Value& v) '
          '{ s.cf.engine = text_of(v); }},\n' + OPTION)),
    ("option", "config/options.cpp",
     edit("config/options.cpp", OPTION, '    {.section = "jes", .key = "dasd", .text = "T.", .later = true, .store = [](Settings& s, '
          'const Value& v) { s.jes.dasd = text_of(v); }},\n' + OPTION)),
    ("readme", "config/README.md", append("config/README.md", "\nSee `config/no_such_file.cpp`.\n")),
    ("readme", "config/README.md", append("config/README.md", "\nSee `no_such_file.hpp`.\n")),
    ("readme", "config/README.md", append("config/README.md", "\nSee [this](packaging/none.sh).\n")),
]

# What looks like a violation and is none.
INNOCENT = [
    append("net/planted.hpp", "// if (co_await f()) would be wrong\n  const auto x = co_await f(a);\n"),
    append("net/planted.hpp", '  const char* text = "if (co_await f()) asio::detached";\n'),
    append("net/planted.hpp", "  while (a && !b) co_await event.wait();\n  if (x ||\n      y)\n    co_await f(a);\n  auto [c, d] = co_await f(a);\n"),
    append("net/planted.hpp", "/* #include \"daemon/cli.hpp\" */\n"),
    append("config/README.md", "\nSee `config/load.cpp`, `load.cpp`, `config/*.cpp`, `a/b`, `build/release/sysplexd`, `--json`.\n"),
]


def key(finding):
    return finding.rule, finding.file, finding.text


def main():
    failures = 0
    tree = tidy.Tree(ROOT)
    before = {key(f) for f in tidy.check(tree)[0]}
    for number, (rule, file, plant) in enumerate(PLANTED):
        found = [f for f in tidy.check(tree.changed(plant(tree)), [rule])[0] if key(f) not in before]
        if not any(f.file == file for f in found):
            failures += 1
            print(f"not caught: planted {number} ({rule} in {file}); found {found}")
    for number, plant in enumerate(INNOCENT):
        found = [f for f in tidy.check(tree.changed(plant(tree)))[0] if key(f) not in before]
        if found:
            failures += 1
            print(f"wrongly found: innocent {number}: {found}")
    # A tree where there is nothing to look at is no clean tree.
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tidy.py")
    with tempfile.TemporaryDirectory(prefix="sysplexd-tidy-") as empty:
        if subprocess.run([sys.executable, script, empty], stdout=subprocess.DEVNULL).returncode == 0:
            failures += 1
            print("tidy passes on an empty tree")
    print(f"tidy_selftest: {len(PLANTED)} violations planted, {len(INNOCENT)} innocent changes; {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
