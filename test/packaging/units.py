#!/usr/bin/env python3
"""The systemd units: systemd-analyze finds nothing wrong, and the promises that rest on them are in them.

  units.py BINARY      BINARY stands for /usr/bin/sysplexd; exit 77 (skipped) where systemd-analyze is not installed"""
import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
UNITS = ["sysplexd.service", "sysplexd-supervisor.service"]


def main():
    failures = []
    for unit in UNITS:
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str
        parser.read(os.path.join(ROOT, "packaging", unit))
        service = parser["Service"]
        # Jobs survive the restart of the daemon and of the supervisor.
        if service.get("KillMode") != "process":
            failures.append(f"{unit}: KillMode must be process")
        if service.get("Delegate") != "yes":
            failures.append(f"{unit}: Delegate must be yes: steps get cgroups of their own")
        if "NoNewPrivileges" in service or "User" in service:
            failures.append(f"{unit}: steps could not run as their users")
        if not re.match(r"/usr/bin/sysplexd (run|supervisor) ", service.get("ExecStart", "")):
            failures.append(f"{unit}: ExecStart")
    if shutil.which("systemd-analyze") is None:
        print("units: systemd-analyze is not installed (package systemd); the text was checked only")
        return 1 if failures else 77
    with tempfile.TemporaryDirectory(prefix="sysplexd-units-") as folder:
        paths = []
        for unit in UNITS:
            with open(os.path.join(ROOT, "packaging", unit), encoding="utf-8") as f:
                text = f.read().replace("/usr/bin/sysplexd", os.path.abspath(sys.argv[1]))
            paths.append(os.path.join(folder, unit))
            with open(paths[-1], "w", encoding="utf-8") as f:
                f.write(text)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True,
                              env={**os.environ, "SYSTEMD_UNIT_PATH": folder + ":"})
        ours = [line for line in done.stderr.split("\n") if "sysplexd" in line]
        if done.returncode != 0 or ours:
            failures.append(done.stderr.strip())
        # A unit with a fault is found: else the check above looks at nothing.
        with open(paths[0], "a", encoding="utf-8") as f:
            f.write("\n[Service]\nKillMode=perhaps\n")
        planted = subprocess.run(["systemd-analyze", "verify", "--man=no", paths[0]], capture_output=True, text=True,
                                 env={**os.environ, "SYSTEMD_UNIT_PATH": folder + ":"})
        if "kill mode" not in planted.stderr:
            failures.append(f"a planted fault is not found: {planted.stderr.strip()}")
    for failure in failures:
        print(failure)
    print(f"units: {len(UNITS)} units, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
