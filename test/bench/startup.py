#!/usr/bin/env python3
"""Start of the daemon with a long history: an empty member and one with --jobs finished jobs in the same run; also job list."""
import argparse
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live"))
from sysplex import Sysplex, binary  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--jobs", type=int, default=1000000)
parser.add_argument("--rounds", type=int, default=5)
options = parser.parse_args()


def measure(name, plex):
    starts, lists = [], []
    plex.start()   # the first start of the supervisor is not the subject
    for _ in range(options.rounds):
        plex.kill_daemon()
        begin = time.monotonic()
        plex.start()
        starts.append((time.monotonic() - begin) * 1e3)
        begin = time.monotonic()
        code, document = plex.cli("job", "list", as_json=True)
        lists.append((time.monotonic() - begin) * 1e3)
        assert code == 0
    with open(f"/proc/{plex.process.pid}/status") as file:
        rss = [line.split()[1] for line in file if line.startswith("VmRSS")][0]
    print(f"{name:<28} start {statistics.median(starts):8.1f} ms   job list of {len(document['jobs'])}: {statistics.median(lists):7.1f} ms   {rss} KiB resident")


empty = Sysplex()
try:
    measure("no history", empty)
finally:
    empty.end()
full = Sysplex()
try:
    os.makedirs(full.shared, exist_ok=True)
    begin = time.monotonic()
    subprocess.run([os.path.join(os.path.dirname(binary()), "make_history"), full.shared, str(options.jobs)], check=True)
    print(f"{options.jobs} finished jobs made in {time.monotonic() - begin:.1f} s")
    measure(f"{options.jobs} finished jobs", full)
finally:
    full.end()
