#!/usr/bin/env python3
"""The code about the code: rules of the design that no compiler holds. Reads sources only, needs no build.

  tidy.py [ROOT]      findings as FILE:LINE: rule: text; the last line counts; exit 1 on a finding, or when it looked at nothing

Each rule is one function that yields findings; tidy_selftest.py plants a violation of each and sees it caught.
"""
import fnmatch
import os
import re
import sys
from collections import namedtuple

Finding = namedtuple("Finding", "rule file line text")

TOP = ["daemon", "net", "sysplex", "config", "test", "packaging"]

# Who may include whom (design section 5): the folder itself, these, and nothing else.
LAYERS = {
    "net": [],
    "config": ["net"],
    "sysplex/dasd": ["config", "net"],
    "sysplex/xcf": ["sysplex/dasd", "config", "net"],
    "sysplex/cf": ["sysplex/xcf", "sysplex/dasd", "config", "net"],
    "sysplex/wlm": ["config", "net"],
    "sysplex/jcl": ["config", "net"],
    "sysplex/spool": ["sysplex/dasd", "config", "net"],
    "sysplex/jes": ["sysplex/jcl", "sysplex/spool", "sysplex/wlm", "sysplex/cf", "sysplex/xcf", "sysplex/dasd", "config", "net"],
    "sysplex/uag": ["sysplex/jes", "sysplex/jcl", "sysplex/spool", "sysplex/cf", "sysplex/xcf", "sysplex/dasd", "config", "net"],
    "sysplex/monitor": ["sysplex/cf", "sysplex/xcf", "sysplex/dasd", "config", "net"],
    "sysplex/debug": ["sysplex/cf", "sysplex/xcf", "sysplex/dasd", "config", "net"],
    "sysplex/dvipa": ["sysplex/wlm", "sysplex/cf", "sysplex/xcf", "sysplex/dasd", "config", "net"],
    "daemon": ["sysplex", "config", "net"],
}

# One await per statement: g++ 12 miscompiles the rest silently (reference/toolchain.md section 2). The list of the project's
# stop hook, put to whole statements with their conditions taken off; test/tidy/await_lint.py asks the compiler's syntax tree.
AWAIT = re.compile(r"(co_await.*co_await|\?.*co_await|co_await.*(&&|\|\|)|(&&|\|\|).*co_await|co_await [^;]*\[[&=])")
CONDITION = re.compile(r"\b(if|while|switch)\s*(?:constexpr\s*)?\(")

FORBIDDEN = [
    (re.compile(r"\basio::detached\b|\bdetached_t\b"), "detached swallows exceptions: spawn with a name"),
    (re.compile(r"experimental/(concurrent_)?channel|experimental::(basic_)?(concurrent_)?channel"),
     "Asio's channel loses messages after a cancel: use the mailbox"),
    (re.compile(r"awaitable_operators"), "|| and && of awaitables lose values and causes: all_of, first_of"),
]

PURE_FORBIDDEN = [
    (re.compile(r"#include <(asio|boost/asio)"), "Asio"),
    (re.compile(r"\b(system_clock|steady_clock|high_resolution_clock)::now\b|\btime\((nullptr|NULL|0)\)|\bclock_gettime\b"), "a clock"),
    (re.compile(r"#include <(fstream|iostream|filesystem|unistd\.h|fcntl\.h|sys/stat\.h|dirent\.h)>"), "files"),
    (re.compile(r"\b(syslog|std::cerr|std::cout|std::printf)\b"), "a log"),
]

LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


class Tree:
    """The sources, read once."""

    def __init__(self, root):
        self.root = root
        self.files = []  # relative paths
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(f for f in folders if f not in (".git", "build", "__pycache__", "out"))
            for name in sorted(names):
                self.files.append(os.path.relpath(os.path.join(folder, name), root))
        self.known = set(self.files)
        self.texts = {}
        self.codes = {}

    def changed(self, texts):
        """The same tree with other texts: what tidy_selftest.py plants. The rest is not read again."""
        out = Tree.__new__(Tree)
        out.root = self.root
        out.files = sorted(self.known | set(texts))
        out.known = set(out.files)
        out.texts = {**self.texts, **texts}
        out.codes = {path: code for path, code in self.codes.items() if path not in texts}
        return out

    def text(self, path):
        if path not in self.texts:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as f:
                self.texts[path] = f.read()
        return self.texts[path]

    def code(self, path):
        """The text with comments blanked and string contents kept; line numbers stay."""
        if path not in self.codes:
            self.codes[path] = without_comments(self.text(path))
        return self.codes[path]

    def sources(self):
        return [f for f in self.files if f.endswith((".cpp", ".hpp")) and not f.startswith("test/") and "/" in f]

    def tests(self):
        return [f for f in self.files if f.startswith("test/") and f.endswith((".cpp", ".hpp", ".py", ".sh", ".cmake"))]


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def without_comments(text):
    def blank(match):
        token = match.group(0)
        return re.sub(r"[^\n]", " ", token) if token.startswith("/") else token
    return TOKEN.sub(blank, text)


def without_strings(code):
    def blank(match):
        token = match.group(0)
        return re.sub(r"[^\n]", " ", token) if not token.startswith("'") else token
    return TOKEN.sub(blank, code)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def layer_of(path):
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "sysplex" else parts[0]


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)


def check_includes(tree):
    for path in tree.sources():
        layer = layer_of(path)
        if layer not in LAYERS:
            yield Finding("layers", path, 1, f"folder {layer} is not in the map of the design")
            continue
        allowed = [layer] + LAYERS[layer]
        for match in INCLUDE.finditer(tree.code(path)):
            target, line = match.group(1), line_of(tree.code(path), match.start())
            if target not in tree.known:
                yield Finding("layers", path, line, f"include of {target}, which is no file from the root")
            elif not any(target.startswith(a + "/") for a in allowed):
                yield Finding("layers", path, line, f"{layer} may not include {target}")


def parenthesis_end(code, at):
    """Behind the parenthesis that closes the one at `at`."""
    depth = 0
    for at in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at + 1
    return len(code)


def check_awaits(tree):
    for path in tree.sources():
        code = without_strings(tree.code(path))
        if "co_await" not in code:
            continue
        rest = code
        for match in CONDITION.finditer(code):
            end = parenthesis_end(code, match.end() - 1)
            if "co_await" in code[match.start():end]:
                yield Finding("await", path, line_of(code, match.start()), f"co_await in the condition of {match.group(1)}")
            # What follows is a statement of its own.
            blank = re.sub(r"[^\n]", " ", code[match.start():end - 1]) + ";"
            rest = rest[:match.start()] + blank + rest[end:]
        for match in re.finditer(r"[^;{}]*co_await[^;{}]*", rest):
            statement = " ".join(match.group(0).split())
            if AWAIT.search(statement):
                line = line_of(rest, match.start() + len(match.group(0)) - len(match.group(0).lstrip()))
                yield Finding("await", path, line, "co_await only as a whole statement on named arguments: " + statement)


def check_forbidden(tree):
    for path in tree.sources() + [t for t in tree.tests() if t.endswith((".cpp", ".hpp"))]:
        code = without_strings(tree.code(path))
        # An #include names its file in <>, which is no string.
        for pattern, why in FORBIDDEN:
            for match in pattern.finditer(code):
                yield Finding("forbidden", path, line_of(code, match.start()), f"{match.group(0)}: {why}")


def is_pure(tree, path):
    name = os.path.basename(path)
    stem = os.path.splitext(name)[0]
    if fnmatch.fnmatch(stem, "*_fsm") or fnmatch.fnmatch(stem, "*_rules") or path.startswith("sysplex/jcl/"):
        return True
    header = os.path.splitext(path)[0] + ".hpp"
    if header not in tree.known:
        return False
    head = re.match(r"(//[^\n]*\n)*", tree.text(header)).group(0)
    return re.search(r"(^|[\s.])Pure[.:,]", head) is not None


def check_pure(tree):
    """Files that call themselves pure, with all that they include."""
    def reached(path, seen):
        if path in seen or path not in tree.known:
            return seen
        seen.add(path)
        for match in INCLUDE.finditer(tree.code(path)):
            reached(match.group(1), seen)
        return seen

    for path in tree.sources():
        if not is_pure(tree, path):
            continue
        code = without_strings(tree.code(path))
        for pattern, what in PURE_FORBIDDEN:
            for match in pattern.finditer(code):
                yield Finding("pure", path, line_of(code, match.start()), f"a pure file uses {what}: {match.group(0)}")
        for other in sorted(reached(path, set()) - {path}):
            if re.search(r"#include <(asio|boost/asio)", tree.code(other)):
                yield Finding("pure", path, 1, f"a pure file reaches Asio through {other}")


STRING = re.compile(r'"((?:\\.|[^"\\])*)"')


def strings_joined(code):
    """Top-level comma-separated fields of a brace list, adjoining literals joined; anything else is kept as it is."""
    fields, depth, current = [], 0, ""
    at = 0
    while at < len(code):
        match = STRING.match(code, at)
        if match:
            current += match.group(1)
            at = match.end()
            continue
        c = code[at]
        if c in "({[":
            depth += 1
        elif c in ")}]":
            depth -= 1
        if c == "," and depth == 0:
            fields.append(current)
            current = ""
        elif not c.isspace():
            current += c
        at += 1
    if current:
        fields.append(current)
    return fields


def braces(code, at):
    """The text inside the braces that open at `at`, and where it ends."""
    depth, start = 0, at + 1
    while at < len(code):
        match = STRING.match(code, at)
        if match:
            at = match.end()
            continue
        if code[at] == "{":
            depth += 1
        if code[at] == "}":
            depth -= 1
            if depth == 0:
                return code[start:at], at
        at += 1
    return code[start:], at


def messages(tree):
    for path in tree.files:
        if not (path.startswith("config/messages/") and path.endswith(".hpp")):
            continue
        code = tree.code(path)
        for match in re.finditer(r'\{\s*"([^"]+)"\s*,\s*Severity::', code):
            row, _ = braces(code, match.start())
            yield path, line_of(code, match.start()), strings_joined(row)


def check_messages(tree, counts):
    users = "\n".join(tree.code(p) for p in tree.sources() if not p.startswith("config/messages/"))
    seen = {}
    for path, line, row in messages(tree):
        counts["messages"] += 1
        ident = row[0]
        if ident in seen:
            yield Finding("message", path, line, f"{ident} is declared in {seen[ident]} too")
        seen[ident] = path
        if len(row) != 5 or not all(row):
            yield Finding("message", path, line, f"{ident} needs id, severity, text, explanation and action")
        # As a quoted word: pairing quotes over whole files would trip over character literals.
        if f'"{ident}"' not in users:
            yield Finding("message", path, line, f"{ident} is used nowhere")
    tables = tree.code("config/message.hpp") if "config/message.hpp" in tree.known else ""
    for path in tree.files:
        if path.startswith("config/messages/") and f'"{path}"' not in tables:
            yield Finding("message", path, 1, "the table is not included by config/message.hpp")


def options(tree):
    for path in tree.files:
        if not (path.startswith("config/") and path.endswith(".cpp")):
            continue
        code = tree.code(path)
        for match in re.finditer(r'\{\s*\.section\s*=', code):
            row, _ = braces(code, match.start())
            yield path, line_of(code, match.start()), row


def check_options(tree, counts):
    users = [without_strings(tree.code(p)) for p in tree.sources() if not p.startswith("config/")]
    # The two options that system symbols are made of are used by the loader itself.
    loader = tree.code("config/load.cpp") if "config/load.cpp" in tree.known else ""
    symbols = {"ubroker." + key for key in re.findall(r'identity\("(\w+)"', loader)}
    seen = set()
    for path, line, row in options(tree):
        counts["options"] += 1
        field = lambda name: re.search(r"\." + name + r'\s*=\s*((?:"(?:\\.|[^"\\])*"\s*)+)', row)
        section, key, text = field("section"), field("key"), field("text")
        name = ".".join("".join(STRING.findall(m.group(1))) if m else "?" for m in (section, key))
        if name in seen:
            yield Finding("option", path, line, f"{name} is declared twice")
        seen.add(name)
        if not text or not "".join(STRING.findall(text.group(1))):
            yield Finding("option", path, line, f"{name} has no text")
        stored = re.search(r"\bs\.(\w+)\.(\w+)\s*=", row)
        if not stored:
            yield Finding("option", path, line, f"{name} stores nothing")
            continue
        if re.search(r"\.later\s*=\s*true", row):
            continue
        use = re.compile(r"(\.|->)" + stored.group(2) + r"\b")
        if name in symbols:
            continue
        if not any(use.search(code) for code in users):
            yield Finding("option", path, line, f"{name} ({stored.group(1)}.{stored.group(2)}) is used nowhere outside config/")


EXTENSIONS = (".cpp", ".hpp", ".md", ".sh", ".py", ".toml", ".cmake", ".jcl", ".service", ".txt")


def check_readmes(tree, counts):
    basenames = {os.path.basename(f) for f in tree.files}
    folders = {os.path.dirname(f) for f in tree.files}
    for f in list(folders):
        while f:
            folders.add(f)
            f = os.path.dirname(f)

    def exists(token, here):
        for base in ("", here):
            path = os.path.normpath(os.path.join(base, token)) if base else os.path.normpath(token)
            if "*" in path:
                if any(fnmatch.fnmatch(f, path) for f in tree.files):
                    return True
            elif path in tree.known or path in folders or any(path + e in tree.known for e in (".cpp", ".hpp")):
                return True
        return False

    for path in tree.files:
        if not path.endswith(".md"):
            continue
        text, here = tree.text(path), os.path.dirname(path)
        tokens = [(m.start(), m.group(1)) for m in re.finditer(r"`([^`\n]+)`", re.sub(r"```.*?```", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S))]
        tokens += [(m.start(), m.group(1).split("#")[0]) for m in re.finditer(r"\]\(([^)\s]+)\)", text) if "://" not in m.group(1)]
        for offset, token in tokens:
            token = token.strip().rstrip("/")
            token = token.split(" ")[0]
            if not re.fullmatch(r"[\w.*][\w./*-]*", token) or token.startswith(("..", "build/", "/")):
                continue
            first = token.split("/")[0]
            if "/" in token and (first in TOP or first == ".ci"):
                counts["readme_paths"] += 1
                if not exists(token, here):
                    yield Finding("readme", path, line_of(text, offset), f"{token} does not exist")
            elif "/" not in token and token.endswith(EXTENSIONS) and here in folders | {""}:
                counts["readme_paths"] += 1
                if token not in basenames and not exists(token, here):
                    yield Finding("readme", path, line_of(text, offset), f"no file is called {token}")


def check_tested(tree):
    """A source is tested when a test names it, when a tested part of its folder includes its header, or when it has no header
    of its own and implements a tested one. The folder daemon is what the live tests drive through the binary."""
    words = []
    names = set()
    live = False
    for path in tree.tests():
        if path.startswith("test/tidy/"):
            continue
        live = live or (path.startswith("test/live/") and path.endswith(".py"))
        words.append(tree.text(path))
        names.add(os.path.basename(path))
    words = "\n".join(words)
    stem_of = lambda path: os.path.splitext(path)[0]
    uses = {}  # stem with folder -> stems of its own folder whose headers it includes
    for path in tree.sources():
        folder = os.path.dirname(path)
        own = {stem_of(m.group(1)) for m in INCLUDE.finditer(tree.code(path)) if os.path.dirname(m.group(1)) == folder}
        uses.setdefault(stem_of(path), set()).update(own - {stem_of(path)})
    tested = {stem for stem in uses if os.path.basename(stem) in words or os.path.basename(stem) + "_test.cpp" in names}
    waiting = list(tested)
    while waiting:
        for stem in uses[waiting.pop()] - tested:
            if stem in uses:
                tested.add(stem)
                waiting.append(stem)
    for path in tree.sources():
        stem, extension = os.path.splitext(path)
        # *_impl compile a library's own code, main only hands on.
        if extension != ".cpp" or os.path.basename(stem) == "main" or stem.endswith("_impl") or stem in tested:
            continue
        if path.startswith("daemon/") and live:
            continue
        if stem + ".hpp" not in tree.known and uses[stem] & tested:
            continue
        yield Finding("tested", path, 1, f"no test reaches {os.path.basename(stem)}")


def check_leftovers(tree):
    for path in tree.sources() + [t for t in tree.tests() if not t.startswith("test/tidy/")]:
        for match in LEFTOVER.finditer(tree.text(path)):
            yield Finding("leftover", path, line_of(tree.text(path), match.start()), match.group(0))


LONG = 600


def long_files(tree):
    for path in tree.sources() + tree.tests():
        lines = tree.text(path).count("\n")
        if lines > LONG:
            yield path, lines


RULES = {
    "layers": check_includes,
    "await": check_awaits,
    "forbidden": check_forbidden,
    "pure": check_pure,
    "tested": check_tested,
    "leftover": check_leftovers,
    "message": check_messages,
    "option": check_options,
    "readme": check_readmes,
}


def check(tree, rules=RULES):
    """-> findings, counts"""
    counts = {"messages": 0, "options": 0, "readme_paths": 0}
    findings = []
    for rule in rules:
        findings += RULES[rule](tree, counts) if rule in ("message", "option", "readme") else RULES[rule](tree)
    counts["sources"] = len(tree.sources())
    counts["tests"] = len(tree.tests())
    counts["pure"] = sum(is_pure(tree, p) for p in tree.sources())
    counts["awaiting"] = sum("co_await" in without_strings(tree.code(p)) for p in tree.sources())
    return findings, counts


def main():
    root = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", ".."))
    tree = Tree(root)
    findings, counts = check(tree)
    for finding in findings:
        print(f"{finding.file}:{finding.line}: {finding.rule}: {finding.text}")
    for path, lines in long_files(tree):
        print(f"warning: {path} has {lines} lines; a seam may be near")
    nothing = [what for what, count in counts.items() if count == 0]
    for what in nothing:
        print(f"tidy looked at no {what}: it reads the wrong folder, or its pattern is stale")
    print("tidy: " + ", ".join(f"{count} {what}" for what, count in counts.items()) + f"; {len(findings)} findings")
    return 1 if findings or nothing else 0


if __name__ == "__main__":
    sys.exit(main())
