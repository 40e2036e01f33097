#!/usr/bin/env python3
"""The command line as a user has it: answers, JSON fields, exit codes (interfaces.md), wrong input. Real processes."""
import json
import os
import signal
import subprocess
import tempfile
import time

from sysplex import ROOT, Sysplex, binary, cards, main, shell_job, start_ticks

JOB_FIELDS = {"jobid", "jobname", "owner", "class", "priority", "status", "phase", "retcode", "max_rc", "member", "held", "submitted",
              "started", "ended", "reason"}
STEP_FIELDS = {"number", "step", "procstep", "program", "state", "cc", "abend", "member", "pid", "started", "ended", "elapsed_ms",
               "cpu_ms", "max_rss", "read_bytes", "write_bytes", "reason"}
FILE_FIELDS = {"id", "ddname", "step", "procstep", "class", "bytes"}


def until(condition, limit=20, what="the condition"):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"{what} did not come true in {limit} s")


def submit_tells_the_job_and_wait_its_end():
    with Sysplex() as plex:
        code, out, err = plex.cli("submit", "-", input=shell_job("HELLO", "echo hello; exit 4").encode())
        assert (code, out) == (0, "JOB00001 HELLO SUBMITTED\n"), (code, out, err)
        code, document = plex.wait("JOB00001")
        assert code == 0 and JOB_FIELDS <= set(document), document
        code, out, err = plex.cli("submit", "-", "--wait", input=shell_job("HELLO", "echo hello; exit 4").encode())
        assert code == 0 and out.splitlines()[0] == "JOB00002 HELLO SUBMITTED", out
        code, document = plex.submit(shell_job("HELLO", "exit 5"), "--wait")
        assert code == 1 and document["retcode"] == "CC 0005" and document["max_rc"] == 5, document
        code, document = plex.submit(shell_job("HELLO", "exit 5"), "--wait", "--max-rc", "5")
        assert code == 0, document
        assert JOB_FIELDS <= set(document) and {"steps", "files", "errors"} <= set(document)
        assert STEP_FIELDS <= set(document["steps"][0]), document["steps"][0]
        assert FILE_FIELDS <= set(document["files"][0])
        assert document["steps"][0]["state"] == "ENDED" and document["steps"][0]["cc"] == 5 and document["steps"][0]["number"] == 1
        assert document["submitted"].endswith("Z") and len(document["submitted"]) == 24
        code, document = plex.submit(shell_job("ONE", "exit 0"))
        assert set(document) >= {"jobid", "jobname", "status"}, document


def list_filters_and_hides_nothing():
    with Sysplex() as plex:
        for name in ("PAY1", "PAY2", "OTHER"):
            plex.submit(shell_job(name, "exit 0"), "--wait")
        plex.submit(shell_job("WAITS", "exit 0"), "--hold")
        code, document = plex.cli("job", "list", as_json=True)
        assert [job["jobname"] for job in document["jobs"]] == ["PAY1", "PAY2", "OTHER", "WAITS"], document
        assert all(JOB_FIELDS <= set(job) for job in document["jobs"])
        held = document["jobs"][3]
        assert (held["status"], held["phase"], held["held"], held["retcode"]) == ("INPUT", "HELD", True, None)
        assert [j["jobname"] for j in plex.cli("job", "list", "--prefix", "pay*", as_json=True)[1]["jobs"]] == ["PAY1", "PAY2"]
        assert [j["jobname"] for j in plex.cli("job", "list", "--status", "input", as_json=True)[1]["jobs"]] == ["WAITS"]
        limited = plex.cli("job", "list", "--limit", "2", as_json=True)[1]
        assert [j["jobname"] for j in limited["jobs"]] == ["OTHER", "WAITS"] and limited["more"], limited
        code, out, _ = plex.cli("job", "list", "--prefix", "NONE*")
        assert code == 0 and "no jobs match" in out


def output_is_raw_and_all_files_are_headed():
    with Sysplex() as plex:
        payload = "".join(f"\\{value:03o}" for value in range(256))
        deck = cards("//BYTES    JOB (1),'X',CLASS=A", "//S1 EXEC PGM=SH", "//SYSIN    DD *,DLM='@@'", f"printf '{payload}'", "@@",
                     "//S2 EXEC PGM=SH", "//STDOUT DD SYSOUT=*", "//SYSIN    DD *", "printf 'no newline'", "/*")
        code, document = plex.submit(deck, "--wait")
        assert code == 0, document
        files = {(file["step"], file["ddname"]): file for file in document["files"]}
        assert files[("S1", "STDOUT")]["bytes"] == 256, files
        code, data, _ = plex.cli("job", "output", "JOB00001", "--step", "S1", "--dd", "STDOUT", raw=True)
        assert data == bytes(range(256)), data
        code, data, _ = plex.cli("job", "output", "1", "--id", str(files[("S2", "STDOUT")]["id"]), raw=True)
        assert data == b"no newline", data
        code, data, _ = plex.cli("job", "output", "JOB00001", raw=True)
        heads = [line.split() for line in data.split(b"\n") if line.startswith(b"=== ")]
        assert [head[2] for head in heads] == [b"JESMSGLG", b"JESJCL", b"JESYSMSG", b"STDOUT", b"STDOUT"], heads
        assert b"$HASP373" in data and b"IEF142I" in data and b"$HASP395" in data
        code, document = plex.cli("job", "output", "JOB00001", "--dd", "NONE", as_json=True)
        assert code == 1 and document["error"]["id"] == "UNV2707E", document


def follow_shows_output_while_it_grows():
    with Sysplex() as plex:
        gate = plex.folder + "/gate"
        plex.submit(shell_job("GROWS", f"echo first; while [ ! -e {gate} ]; do sleep 0.02; done; echo last"))
        follower = subprocess.Popen([binary(), "job", "output", "JOB00001", "--step", "STEP1", "--dd", "STDOUT", "--follow", "--config", plex.config],
                                    stdout=subprocess.PIPE)
        assert follower.stdout.readline() in (b"first\n", b"=== STEP1 STDOUT 101 ===\n")
        open(gate, "w").close()
        rest = follower.stdout.read()
        assert rest.endswith(b"last\n"), rest
        assert follower.wait(20) == 0


def cancel_ends_the_whole_tree():
    with Sysplex() as plex:
        marks = plex.folder + "/pids"
        # TERM ignored, double forks into an own session: still ended.
        plex.submit(shell_job("TREE", f"trap '' TERM; echo $$ >> {marks}; (setsid sh -c 'trap \"\" TERM; echo $$ >> {marks}; "
                                      f"while :; do sleep 1; done' &) ; while :; do sleep 1; done"))
        pids = until(lambda: os.path.exists(marks) and (lambda lines: lines if len(lines) == 2 else None)(open(marks).read().split()),
                     what="both processes")
        ticks = {int(pid): start_ticks(int(pid)) for pid in pids}
        code, out, _ = plex.cli("job", "cancel", "JOB00001")
        assert code == 0 and "cancelled" in out, out
        code, document = plex.wait("JOB00001")
        assert code == 1 and document["retcode"] == "CANCELED", document
        shown = plex.show("JOB00001")
        assert shown["steps"][0]["abend"] == "S222", shown["steps"]
        alive = [pid for pid, tick in ticks.items() if start_ticks(pid) == tick]
        assert not alive, alive
        code, document = plex.cli("job", "cancel", "JOB00001", as_json=True)
        assert code == 1 and "ended already" in document["error"]["message"], document


def hold_release_purge_and_explain():
    with Sysplex() as plex:
        plex.submit(shell_job("LATER", "exit 0"), "--hold")
        code, document = plex.cli("job", "explain", "JOB00001", as_json=True)
        assert code == 0 and "held" in document["explanation"], document
        assert plex.cli("job", "purge", "JOB00001")[0] == 1
        assert plex.cli("job", "release", "JOB00001")[0] == 0
        assert plex.wait("JOB00001")[1]["retcode"] == "CC 0000"
        assert plex.cli("job", "hold", "JOB00001")[0] == 1
        assert plex.cli("job", "purge", "JOB00001")[0] == 0
        code, document = plex.cli("job", "show", "JOB00001", as_json=True)
        assert code == 1 and document["error"]["id"] == "UNV2701E", document
        assert not [name for _, _, names in os.walk(plex.shared + "/UNVSPOOL") for name in names if name.startswith("JOB00001")]
        gate = plex.folder + "/gate"
        plex.submit(shell_job("SAME", f"while [ ! -e {gate} ]; do sleep 0.02; done"))
        plex.submit(shell_job("SAME", "exit 0"))
        until(lambda: plex.show("JOB00002")["phase"] == "RUNNING", what="the first runs")
        delayed = plex.show("JOB00003")
        assert delayed["phase"] == "DELAYED" and "same name" in delayed["reason"], delayed
        open(gate, "w").close()
        assert plex.wait("JOB00003")[0] == 0


def errors_name_the_place_and_the_exit_code_tells_the_kind():
    with Sysplex() as plex:
        bad = cards("//BAD      JOB (1),'X',CLASS=A", "//S1 EXEC PGM=IEFBR14,REGON=4M", "//S2 EXEC NOPROC", "//D1 DD DSN=1BAD.NAME,DISP=SHR")
        code, document = plex.submit(bad)
        assert code == 1 and document["retcode"] == "JCL ERROR", document
        ids = [error["id"] for error in document["errors"]]
        assert "IEFC630I" in ids and "IEFC612I" in ids, ids
        first = next(error for error in document["errors"] if error["id"] == "IEFC630I")
        assert first["card"] == 2 and first["column"] == 23, first
        shown = plex.show(document["jobid"])
        assert shown["phase"] == "ENDED" and shown["status"] == "OUTPUT" and shown["errors"], shown
        assert [file["ddname"] for file in shown["files"]] == ["JESMSGLG", "JESJCL", "JESYSMSG"]
        with tempfile.NamedTemporaryFile("w", suffix=".jcl") as file:
            file.write(bad)
            file.flush()
            code, out, _ = plex.cli("jcl", "check", file.name)
            assert code == 1 and f"{file.name}:2:23: IEFC630I" in out, out
            code, document = plex.cli("jcl", "check", file.name, as_json=True)
            assert code == 1 and [e["id"] for e in document["files"][0]["errors"]] == ids and not document["files"][0]["ok"]
        assert plex.cli("job", "show", "JOB99999")[0] == 1
        assert plex.cli("job", "show", "XYZ")[0] == 1
        assert plex.cli("submit", "/no/such/file")[0] == 2
        assert plex.cli("nonsense")[0] == 2
        assert plex.cli("job", "list", "--limit", "0")[0] == 2
        code, _, err = plex.cli("submit", "-", "--set", "=1", input=b"")
        assert code == 2 and "SYM=VALUE" in err
        done = subprocess.run([binary(), "job", "list", "--server", "unix:/no/such.sock"], capture_output=True)
        assert done.returncode == 3 and b"UNV9001E" in done.stderr, done
        for text in (b"", b"hello\n", b"\0\1\2\n", b"//\n", "//ÄÖÜ JOB\n".encode()):
            code, _, err = plex.cli("submit", "-", input=text)
            assert code == 1, (text, code, err)
        assert plex.cli("job", "list")[0] == 0


def set_gives_a_symbol_its_value():
    with Sysplex() as plex:
        deck = cards("//SYM      JOB (1),'X',CLASS=A", "//    SET WHO=NOBODY", "//S1 EXEC PGM=ECHO,PARM='HELLO &WHO'")
        code, document = plex.submit(deck, "--wait", "--set", "WHO=WORLD")
        assert code == 0, document
        data = plex.cli("job", "output", "JOB00001", "--dd", "STDOUT", raw=True)[1]
        assert data == b"HELLO WORLD\n", data


def steps_end_as_the_table_says():
    with Sysplex() as plex:
        deck = cards("//ENDS     JOB (1),'X',CLASS=A,TIME=(0,30)",
                     "//SEGV     EXEC PGM=SH", "//SYSIN    DD *", "kill -SEGV $$", "/*",
                     "//CLEAN    EXEC PGM=SH,COND=ONLY", "//SYSIN    DD *", "exit 3", "/*",
                     "//FLUSHED  EXEC PGM=IEFBR14",
                     "//EVEN     EXEC PGM=NOTTHERE,COND=EVEN")
        code, document = plex.submit(deck, "--wait")
        assert code == 1 and document["retcode"] == "ABEND S0C4", document
        states = [(step["state"], step["cc"], step["abend"]) for step in document["steps"]]
        assert states == [("ABENDED", None, "S0C4"), ("ENDED", 3, None), ("FLUSHED", None, None), ("ABENDED", None, "S806")], states
        code, document = plex.submit(cards("//CPU      JOB (1),'X',CLASS=A", "//S1 EXEC PGM=SH,TIME=(0,1)", "//SYSIN DD *", "while :; do :; done", "/*"), "--wait")
        assert document["retcode"] == "ABEND S322", document
        code, document = plex.submit(cards("//BR       JOB (1),'X',CLASS=A", "//S1 EXEC PGM=IEFBR14"), "--wait")
        assert code == 0 and document["retcode"] == "CC 0000", document


def a_killed_initiator_leaves_its_job_in_doubt():
    with Sysplex(initiators='{ class = "A", count = 1 }') as plex:
        plex.submit(shell_job("DOUBT", "sleep 100"))
        shown = until(lambda: (lambda s: s if s["steps"] and s["steps"][0]["state"] == "RUNNING" else None)(plex.show("JOB00001")), what="the step runs")
        step = shown["steps"][0]["pid"]
        initiator = plex.initiators()[0]
        os.kill(initiator, signal.SIGKILL)
        code, document = plex.wait("JOB00001")
        assert code == 4 and document["phase"] == "IN_DOUBT" and document["retcode"] == "IN DOUBT", document
        assert "signal 9" in document["reason"] and "step 1" in document["reason"], document["reason"]
        assert start_ticks(step) is None or open(f"/proc/{step}/stat").read().rsplit(")", 1)[1].split()[0] == "Z"
        # The next job runs on a new initiator, and the doubt outlives a restart of the daemon.
        assert plex.submit(shell_job("NEXT", "exit 0"), "--wait")[0] == 0
        plex.kill_daemon()
        plex.start()
        assert plex.show("JOB00001")["phase"] == "IN_DOUBT"
        assert plex.cli("job", "cancel", "JOB00001")[0] == 0
        shown = plex.show("JOB00001")
        assert shown["phase"] == "ENDED" and shown["retcode"] == "IN DOUBT", shown


def sigterm_ends_the_daemon_alone_and_the_job_goes_on():
    with Sysplex() as plex:
        gate = plex.folder + "/gate"
        plex.submit(shell_job("LONG", f"while [ ! -e {gate} ]; do sleep 0.02; done; echo done; exit 7"))
        before = until(lambda: plex.show("JOB00001")["steps"][0]["pid"], what="the step runs")
        ticks = start_ticks(before)
        assert plex.stop() == 0
        assert not os.path.exists(plex.mount + "/run/ready.json")
        assert start_ticks(before) == ticks
        open(gate, "w").close()
        until(lambda: start_ticks(before) != ticks, what="the step ends while the daemon is down")
        plex.start()
        code, document = plex.wait("JOB00001")
        assert document["retcode"] == "CC 0007", document
        assert plex.cli("job", "output", "JOB00001", "--dd", "STDOUT", raw=True)[1] == b"done\n"


def a_reload_with_a_wrong_file_changes_nothing():
    with Sysplex() as plex:
        with open(plex.config) as file:
            good = file.read()
        with open(plex.config, "w") as file:
            file.write(good + "\n[jes2]\nx = 1\n")
        plex.process.send_signal(signal.SIGHUP)
        until(lambda: "UNV0014E" in plex.log(), what="the refusal")
        with open(plex.config, "w") as file:
            file.write(good)
        plex.process.send_signal(signal.SIGHUP)
        until(lambda: "UNV0013I" in plex.log(), what="the reload")
        assert plex.submit(shell_job("AFTER", "exit 0"), "--wait")[0] == 0


def a_second_daemon_on_the_same_mount_point_is_refused():
    with Sysplex() as plex:
        done = subprocess.run([binary(), "run", "--config", plex.config], capture_output=True, timeout=20)
        assert done.returncode == 1 and b"another daemon runs" in done.stderr, done
        assert plex.submit(shell_job("STILL", "exit 0"), "--wait")[0] == 0


def samples_run_and_run_again():
    with Sysplex() as plex:
        for name, expected in (("payroll", 0), ("failing", 1), ("shell", 1), ("payroll", 0)):
            with open(f"{ROOT}/packaging/samples/{name}.jcl") as file:
                code, document = plex.submit(file.read(), "--wait", timeout=300)
            assert code == expected, (name, document["retcode"], [(s["step"], s["procstep"], s["cc"], s["abend"], s["reason"]) for s in document["steps"]])
            if name == "payroll":
                assert len(document["steps"]) >= 6, document["steps"]


def try_runs_the_payroll_job_with_and_without_a_kill():
    plain = subprocess.run([binary(), "try", "--json"], capture_output=True, timeout=300)
    assert plain.returncode == 0, plain
    killed = subprocess.run([binary(), "try", "--json", "--kill-daemon-in-step", "4"], capture_output=True, timeout=300)
    assert killed.returncode == 0, killed
    facts = lambda done: [(s["number"], s["step"], s["procstep"], s["program"], s["state"], s["cc"], s["abend"]) for s in json.loads(done.stdout)["steps"]]
    assert facts(plain) == facts(killed), (facts(plain), facts(killed))
    sizes = lambda done: [(f["step"], f["ddname"], f["bytes"]) for f in json.loads(done.stdout)["files"] if f["id"] > 100 and f["ddname"] != "SYSPRINT"]
    assert sizes(plain) == sizes(killed), (sizes(plain), sizes(killed))


main([submit_tells_the_job_and_wait_its_end, list_filters_and_hides_nothing, output_is_raw_and_all_files_are_headed,
      follow_shows_output_while_it_grows, cancel_ends_the_whole_tree, hold_release_purge_and_explain,
      errors_name_the_place_and_the_exit_code_tells_the_kind, set_gives_a_symbol_its_value, steps_end_as_the_table_says,
      a_killed_initiator_leaves_its_job_in_doubt, sigterm_ends_the_daemon_alone_and_the_job_goes_on,
      a_reload_with_a_wrong_file_changes_nothing, a_second_daemon_on_the_same_mount_point_is_refused, samples_run_and_run_again,
      try_runs_the_payroll_job_with_and_without_a_kill])
