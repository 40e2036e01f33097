#!/usr/bin/env python3
"""Tracked two-step jobs per second and single job latency, beside the bare loop and Slurm, in one run; medians of --rounds."""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live"))
from sysplex import Sysplex, cards, start_ticks  # noqa: E402
from slurm import Slurm  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--bare", required=True)
parser.add_argument("--jobs", type=int, default=2000)
parser.add_argument("--slurm-jobs", type=int, default=300)
parser.add_argument("--rounds", type=int, default=3)
# The limit is the processors: the bare loop has one worker for each, and is best so; an initiator waits for the daemon between two
# jobs, so more of them than processors are needed to keep those busy.
parser.add_argument("--initiators", type=int, default=2 * os.cpu_count())
parser.add_argument("--workers", type=int, default=os.cpu_count())
parser.add_argument("--no-slurm", action="store_true")
options = parser.parse_args()

TRUE = os.path.realpath(shutil.which("true"))


def private_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        fields = dict(line.split(":") for line in file.read().splitlines()[1:])
    get = lambda key: int(fields[key].split()[0])
    return get("Rss"), get("Private_Clean") + get("Private_Dirty")


def deck(count, start):
    return "".join(cards(f"//J{start + i:07d} JOB (1),'BENCH',CLASS=A", "//S1 EXEC PGM=TRUE", "//S2 EXEC PGM=TRUE") for i in range(count))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return sum(int(x) for x in fields[11:13]) / os.sysconf("SC_CLK_TCK")


def main():
    bare, ours, latency, ours_cpu = [], [], [], []
    sysplex = Sysplex(initiators=f'{{ class = "A", count = {options.initiators} }}')
    sysplex.start()
    folder = tempfile.mkdtemp(prefix="bare-", dir="/dev/shm")
    try:
        number = 0
        sysplex.submit(deck(50, 9000000), "--wait")
        for _ in range(options.rounds):
            loop = subprocess.run([options.bare, str(options.workers), str(options.jobs), folder, TRUE], capture_output=True, check=True)
            bare.append(float(loop.stdout))
            text, before = deck(options.jobs, number), cpu_seconds(sysplex.process.pid)
            number += options.jobs
            begin = time.monotonic()
            code, document = sysplex.submit(text, "--wait", timeout=600)
            ours.append(options.jobs / (time.monotonic() - begin))
            ours_cpu.append((cpu_seconds(sysplex.process.pid) - before) * 1e6 / options.jobs)
            assert code == 0 and all(job["retcode"] == "CC 0000" for job in document["jobs"]), "a job failed"
        one = cards("//ONE      JOB (1),'BENCH',CLASS=A", "//S1 EXEC PGM=TRUE")
        for i in range(40):
            begin = time.monotonic()
            code, _ = sysplex.submit(one, "--wait")
            latency.append((time.monotonic() - begin) * 1e3)
            assert code == 0
        rss, private = private_kib(sysplex.process.pid)
        initiator = private_kib(sysplex.initiators()[0])
        supervisor = private_kib(sysplex.supervisor_pid())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        sysplex.end()
    median = statistics.median
    print(f"bare loop (2 spawns, 3 files, {options.workers} workers)   {median(bare):8.0f} jobs/s   {[round(x) for x in bare]}")
    print(f"sysplexd  (2 tracked steps, {options.initiators} initiators)  {median(ours):8.0f} jobs/s   {[round(x) for x in ours]}"
          f"   {median(ours) / median(bare):.2f} of the bare loop (goal 0.70); daemon {median(ours_cpu):.0f} us CPU a job")
    print(f"sysplexd  one job, submit --wait as a command   {median(latency):6.2f} ms median, p90 {sorted(latency)[int(len(latency) * .9)]:.2f} (goal < 5)")
    print(f"memory    daemon {rss} KiB resident, {private} private; initiator {initiator[0]} resident, {initiator[1]} private; "
          f"supervisor {supervisor[0]} resident, {supervisor[1]} private")
    if options.no_slurm or not Slurm.there():
        print("Slurm is not here (root and the packages slurmctld, slurmd, munge are needed): no ratio")
        return
    place = tempfile.mkdtemp(prefix="slurm-", dir="/dev/shm")
    slurm = None
    try:
        slurm = Slurm(place + "/s")
        rates = [slurm.jobs_per_second(options.slurm_jobs, "/bin/true\n/bin/true\n") for _ in range(2)]
        srun = slurm.srun_latency(15)
        print(f"Slurm     (tuned, array, the two commands)      {median(rates):8.1f} jobs/s   sysplexd is {median(ours) / median(rates):.1f} x (goal 20)")
        print(f"Slurm     srun /bin/true                        {srun:6.2f} ms median   sysplexd is {srun / median(latency):.1f} x faster")
    finally:
        if slurm:
            slurm.end()
        shutil.rmtree(place, ignore_errors=True)


main()
