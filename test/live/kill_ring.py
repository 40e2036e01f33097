#!/usr/bin/env python3
"""Kills daemon, supervisor or both at random microseconds while jobs compile, sort, merge and write spool; then every job
must have one outcome, the right codes, its whole output, and each step must have run once (witness files of the steps).

  kill_ring.py [--kills 50] [--jobs 200] [--seed N]      the seed is printed; the same seed makes the same jobs and choices"""
import argparse
import hashlib
import os
import random
import signal
import subprocess
import threading
import time

from sysplex import Sysplex, cards, children, start_ticks

ARGS = argparse.ArgumentParser()
ARGS.add_argument("--kills", type=int, default=50)
ARGS.add_argument("--jobs", type=int, default=200)
ARGS.add_argument("--seed", type=int, default=int(time.time()))
ARGS = ARGS.parse_args()

COBOL = ["       IDENTIFICATION DIVISION.", "       PROGRAM-ID. HELLO.", "       PROCEDURE DIVISION.",
         "           DISPLAY 'HELLO FROM COBOL'.", "           MOVE 4 TO RETURN-CODE.", "           STOP RUN."]


class Job:
    def __init__(self, name, deck, retcode, steps, output=None):
        self.name, self.deck, self.retcode, self.steps, self.output = name, deck, retcode, steps, output


def witness(name, step, body, folder):
    """A step that appends start and end, each with one write, around its work."""
    return ["//" + f"S{step:<7} EXEC PGM=SH", "//SYSIN    DD *,DLM='@@'", f"echo start $$ >> {folder}/{name}.{step}", *body,
            f"echo end $$ >> {folder}/{name}.{step}"]


def make_jobs(rng, folder):
    jobs = []
    for number in range(ARGS.jobs):
        name = f"K{number:05d}"
        kind = "compile" if number % 25 == 3 else "sort" if number % 10 == 4 else "spool" if number % 5 == 1 else "plain"
        head = f"//{name} JOB (1),'RING',CLASS={rng.choice('AB')}"
        lines, highest, output = [head], 0, None
        if kind == "compile":
            lines += ["//COMPILE  EXEC IGYWCLG", "//COBOL.SYSIN DD *", *COBOL, "/*"]
            lines += witness(name, 9, [], folder) + ["@@"]
            jobs.append(Job(name, cards(*lines), "CC 0004", [9]))
            continue
        if kind == "sort":
            count, prefix = 60000, rng.randrange(10**6)
            data = f"/dev/shm/{os.path.basename(folder)}-{name}"
            lines += witness(name, 1, [f"seq {prefix} {prefix + count - 1} | shuf > {folder}/{name}.data"], folder) + ["@@"]
            lines += ["//SORT     EXEC PGM=SORT,PARM='MAINSIZE=1M'", f"//SORTIN   DD PATH='{folder}/{name}.data'",
                      f"//SORTOUT  DD PATH='{folder}/{name}.out',", "//             PATHOPTS=(OWRONLY,OCREAT,OTRUNC),",
                      "//             PATHMODE=(SIRUSR,SIWUSR)",
                      "//SYSIN    DD *", "  SORT FIELDS=(1,10,CH,A)", "/*"]
            lines += witness(name, 3, [f"LC_ALL=C sort -c {folder}/{name}.out && wc -l < {folder}/{name}.out"], folder) + ["@@"]
            jobs.append(Job(name, cards(*lines), "CC 0000", [1, 3], hashlib.sha256(f"{count}\n".encode()).hexdigest()))
            continue
        steps = rng.randint(2, 4)
        for step in range(1, steps + 1):
            body = [f"sleep 0.{rng.randrange(30):02d}"] if rng.random() < 0.6 else []
            code = rng.choice([0, 0, 0, 4, 8, 12]) if step < steps else 0
            highest = max(highest, code)
            if kind == "spool" and step == steps:
                body.append(f"seq 1 20000 | sed 's/^/{name} /'")
                output = hashlib.sha256("".join(f"{name} {i}\n" for i in range(1, 20001)).encode()).hexdigest()
            lines += witness(name, step, body, folder)
            lines += [f"exit {code}", "@@"]
        jobs.append(Job(name, cards(*lines), f"CC {highest:04d}", list(range(1, steps + 1)), output))
    return jobs


def main():
    rng = random.Random(ARGS.seed)
    print(f"kill ring: {ARGS.jobs} jobs, {ARGS.kills} kills, seed {ARGS.seed}", flush=True)
    sysplex = Sysplex(initiators='{ class = "AB", count = 4 }')
    folder = sysplex.folder + "/w"
    os.mkdir(folder)
    jobs = make_jobs(random.Random(ARGS.seed + 1), folder)
    by_name = {job.name: job for job in jobs}
    sysplex.start()
    accepted, submitting = set(), True
    gate = threading.Lock()   # a start of the daemon is never interleaved with another

    def submit_all():
        nonlocal submitting
        index = 0
        while index < len(jobs):
            batch = [job for job in jobs[index:index + 10] if job.name not in accepted]
            if not batch:
                index += 10
                continue
            code, document = 3, {}
            try:
                code, document = sysplex.submit("".join(job.deck for job in batch))
            except AssertionError:
                pass
            # An answer that did not come leaves it open which of them are in: ask by their names.
            for attempt in range(200):
                done = sysplex.cli("job", "list", "--prefix", "K*", "--limit", "10000", as_json=True)
                if done[0] == 0:
                    accepted.update(job["jobname"] for job in done[1]["jobs"])
                    break
                time.sleep(0.02)
            time.sleep(rng.random() * 0.02)
        submitting = False

    submitter = threading.Thread(target=submit_all)
    submitter.start()
    hits = {"daemon": 0, "supervisor": 0, "both": 0}
    kills = {"daemon": 0, "supervisor": 0, "both": 0}
    identities, changed = {}, []
    for kill in range(ARGS.kills):
        time.sleep(rng.random() * 0.15)
        for _ in range(rng.randrange(2000)):
            pass
        what = rng.choice(["daemon", "supervisor", "both"])
        supervisor = sysplex.supervisor_pid()
        workers = [pid for pid in sysplex.ours() if pid not in (supervisor, sysplex.process.pid)]
        named = [pid for pid in workers if b"\0initiator\0" in cmdline(pid)]
        # Between clone and exec a step still bears its initiator's command line: it is a child of one.
        young = {child for pid in named for child in children(pid)}
        initiators = {pid: start_ticks(pid) for pid in named if pid not in young}
        steps = {child: start_ticks(child) for pid in initiators for child in children(pid)}
        kills[what] += 1
        if what in ("supervisor", "both") and supervisor and b"supervisor" in cmdline(supervisor):
            os.kill(supervisor, signal.SIGKILL)
        if what in ("daemon", "both"):
            sysplex.kill_daemon()
        alive = [pid for pid, ticks in steps.items() if ticks is not None and start_ticks(pid) == ticks]
        hits[what] += 1 if alive else 0
        if what in ("daemon", "both"):
            time.sleep(rng.random() * 0.05)
            sysplex.start()
        else:
            wait_supervisor(sysplex, supervisor)
        # The initiators are the very processes that they were.
        changed += [pid for pid, ticks in initiators.items() if start_ticks(pid) != ticks]
    submitter.join(timeout=600)
    assert not submitting, "the submits did not come through"
    jobids = {}
    listed = sysplex.cli("job", "list", "--limit", "100000", as_json=True)[1]["jobs"]
    for job in listed:
        assert job["jobname"] not in jobids, f"{job['jobname']} is there twice"
        jobids[job["jobname"]] = job["jobid"]
    assert set(jobids) == set(by_name), f"lost: {set(by_name) - set(jobids)}"
    sysplex.cli("job", "wait", *jobids.values(), "--max-rc", "4095", timeout=900)
    errors = []
    for name, job in by_name.items():
        shown = sysplex.show(jobids[name])
        if shown["retcode"] != job.retcode:
            errors.append(f"{name}: {shown['retcode']} {shown['reason']}, expected {job.retcode}")
        for step in job.steps:
            with open(f"{folder}/{name}.{step}") as file:
                lines = [line.split()[0] for line in file]
            if lines != ["start", "end"]:
                errors.append(f"{name} step {step} left {lines}")
        if job.output:
            user = [file for file in shown["files"] if file["id"] >= 101 and file["step"] == f"S{job.steps[-1]}"]
            data = sysplex.cli("job", "output", jobids[name], "--id", str(user[-1]["id"]), raw=True)[1]
            if hashlib.sha256(data).hexdigest() != job.output:
                errors.append(f"{name}: output of {len(data)} bytes is not what it wrote")
    left = [pid for pid in sysplex.ours() if b"sysplexd" not in cmdline(pid)]
    print(f"kills: {kills}; of them with a running step: {hits}; daemon starts: {sysplex.starts}; "
          f"initiators that changed: {len(changed)}; jobs checked: {len(by_name)}; processes left: {len(left)}")
    for error in errors[:20]:
        print("  ", error)
    assert not errors, f"{len(errors)} errors; replay: kill_ring.py --jobs {ARGS.jobs} --kills {ARGS.kills} --seed {ARGS.seed}"
    assert not changed, "an initiator did not survive"
    assert not left, f"processes without a job: {left}"
    assert sum(hits.values()) > 0, "no kill hit a running step: the ring has shown nothing"
    sysplex.end()
    print("1 passed, 0 failed")


def cmdline(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def wait_supervisor(sysplex, before):
    """A new supervisor has come: ready.json keeps the one of the start, so look for the process."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        for pid in sysplex.ours():
            line = cmdline(pid)
            if b"\0supervisor\0" in line and pid != before:
                return
        time.sleep(0.005)
    raise AssertionError("no new supervisor")


main()
