#!/usr/bin/env python3
"""A failing world and wrong input: full disk, read-only mount, huge and binary output, odd names. A clear message each,
nothing lost, the daemon lives. The small tmpfs needs root; without it that test says so and counts as failed."""
import hashlib
import os
import subprocess
import time

from sysplex import Sysplex, cards, main, shell_job


def tmpfs(path, options):
    os.makedirs(path, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", path], check=True)


def a_full_disk_refuses_submits_and_loses_no_accepted_job():
    plex = Sysplex(initiators='{ class = "A", count = 2 }')
    tmpfs(plex.shared, "size=24m")
    try:
        plex.start()
        gate = plex.folder + "/gate"
        # Accepted while there is space; ends while there is none.
        plex.submit(shell_job("BEFORE", f"while [ ! -e {gate} ]; do sleep 0.02; done; exit 3"))
        filler = plex.shared + "/filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 65536)
            except OSError:
                pass
        refused = accepted = 0
        big = "\n".join("echo " + "y" * 60 for _ in range(4000))
        for number in range(40):
            code, document = plex.submit(shell_job(f"FULL{number}", big), "--hold")
            if "error" in document:
                assert "space" in document["error"]["message"].lower(), document
                refused += 1
            else:
                accepted += 1
        assert refused > 0, "the disk was never full"
        open(gate, "w").close()
        time.sleep(1)
        assert plex.process.poll() is None, "the daemon died"
        os.unlink(filler)
        code, document = plex.wait("JOB00001")
        assert document["retcode"] == "CC 0003", document
        code, document = plex.submit(shell_job("AFTER", "exit 0"), "--wait")
        assert code == 0, document
        # Exactly the accepted ones are there, also after a restart.
        plex.kill_daemon()
        plex.start()
        jobs = plex.cli("job", "list", "--prefix", "FULL*", "--limit", "1000", as_json=True)[1]["jobs"]
        assert len(jobs) == accepted, (len(jobs), accepted)
        print(f"     {refused} submits refused, {accepted} accepted and all there")
    finally:
        plex.end(keep=True)
        subprocess.run(["umount", "-l", plex.shared], check=True)
        plex.end()


def a_program_that_fills_the_disk_gets_the_error_and_the_daemon_lives():
    plex = Sysplex(initiators='{ class = "A", count = 2 }')
    tmpfs(plex.shared, "size=40m")
    try:
        plex.start()
        code, document = plex.submit(shell_job("FILLS", "head -c 100000000 /dev/zero"), "--wait")
        assert document["phase"] == "ENDED", document
        assert document["steps"][0]["cc"] not in (0, None) or document["steps"][0]["abend"], document["steps"]
        assert plex.cli("job", "purge", document["jobid"])[0] == 0
        assert plex.submit(shell_job("AFTER", "exit 0"), "--wait")[0] == 0
    finally:
        plex.end(keep=True)
        subprocess.run(["umount", "-l", plex.shared], check=True)
        plex.end()


def a_read_only_mount_stops_the_start_with_a_message():
    plex = Sysplex()
    tmpfs(plex.shared, "size=4m,ro")
    try:
        plex.start(wait=False)
        assert plex.process.wait(timeout=20) == 1
        assert "UNV0012S" in plex.log() and "ead-only" in plex.log(), plex.log()
    finally:
        plex.end(keep=True)
        subprocess.run(["umount", "-l", plex.shared], check=True)
        plex.end()


def much_output_is_kept_whole_and_a_limit_ends_the_step_with_s722():
    with Sysplex(extra="output_bytes_max = 200000000") as plex:
        code, document = plex.submit(shell_job("MUCH", "seq 1 12000000"), "--wait", timeout=300)
        assert code == 0, document
        file = [f for f in document["files"] if f["id"] >= 101][0]
        data = plex.cli("job", "output", document["jobid"], "--id", str(file["id"]), raw=True, timeout=300)[1]
        expected = subprocess.run(["seq", "1", "12000000"], capture_output=True).stdout
        assert hashlib.sha256(data).digest() == hashlib.sha256(expected).digest() and file["bytes"] == len(expected), len(data)
        code, document = plex.submit(shell_job("LIMIT", "yes"), "--wait", timeout=300)
        assert document["retcode"] == "ABEND S722", document
        assert plex.submit(shell_job("AFTER", "exit 0"), "--wait")[0] == 0


def two_hundred_fifty_five_steps_run_and_one_more_is_refused():
    with Sysplex() as plex:
        lines = [f"//S{n:<7} EXEC PGM=IEFBR14" for n in range(1, 256)]
        code, document = plex.submit(cards("//MANY     JOB (1),'X',CLASS=A", *lines), "--wait", timeout=300)
        assert code == 0 and len(document["steps"]) == 255, document["retcode"]
        code, document = plex.submit(cards("//MORE     JOB (1),'X',CLASS=A", *lines, "//S256 EXEC PGM=IEFBR14"))
        assert code == 1 and document["retcode"] == "JCL ERROR" and "255" in document["errors"][0]["text"], document


def unprintable_and_odd_names_are_refused_or_shown_safely():
    with Sysplex() as plex:
        for text in (b"//A\x01B JOB 1\n//S EXEC PGM=IEFBR14\n", b"//J JOB 1\n//S EXEC PGM=A/../../B\n", b"//J JOB 1\n//S EXEC PGM=IEFBR14\n//D DD DSN=..,DISP=SHR\n",
                     b"//J JOB 1\n//S EXEC PGM=IEFBR14\n//D DD DSN=A.B/C,DISP=(NEW,CATLG)\n", b"//J JOB 1\n//S EXEC PGM=IEFBR14\n//D DD DSN=ABCDEFGHI.X,DISP=SHR\n"):
            code, document = plex.submit(text)
            assert code == 1 and document["errors"], (text, document)
        assert plex.submit(shell_job("GOOD", "exit 0"), "--wait")[0] == 0


def a_job_with_a_symlink_in_the_catalogue_does_not_leave_it():
    with Sysplex() as plex:
        outside = plex.folder + "/outside"
        with open(outside, "w") as file:
            file.write("secret\n")
        os.symlink(outside, plex.shared + "/dasd/LINK.OUT")
        deck = cards("//LINK     JOB (1),'X',CLASS=A", "//S1 EXEC PGM=IEBGENER", "//SYSPRINT DD SYSOUT=*", "//SYSUT1 DD DSN=LINK.OUT,DISP=SHR",
                     "//SYSUT2 DD SYSOUT=*", "//SYSIN DD DUMMY")
        code, document = plex.submit(deck, "--wait")
        assert code == 1 and document["phase"] == "ENDED", document
        assert b"secret" not in plex.cli("job", "output", document["jobid"], raw=True)[1]


def wrong_bytes_on_the_sockets_harm_nobody():
    import socket
    with Sysplex() as plex:
        for name in ("sysplexd.sock", "jes.sock", "supervisor.sock"):
            for data in (b"GET / HTTP/1.1\r\n\r\n", os.urandom(5000), b"SX\x01\0\xff\xff\xff\xff\x64\0\0\0\0\0\0\0", b"SX", b""):
                with socket.socket(socket.AF_UNIX) as link:
                    link.connect(plex.mount + "/run/" + name)
                    link.settimeout(5)
                    link.sendall(data)
                    link.shutdown(socket.SHUT_WR)
                    try:
                        while link.recv(4096):
                            pass
                    except OSError:
                        pass
        assert plex.submit(shell_job("AFTER", "exit 0"), "--wait")[0] == 0
        assert plex.process.poll() is None


main([a_full_disk_refuses_submits_and_loses_no_accepted_job, a_program_that_fills_the_disk_gets_the_error_and_the_daemon_lives,
      a_read_only_mount_stops_the_start_with_a_message, much_output_is_kept_whole_and_a_limit_ends_the_step_with_s722,
      two_hundred_fifty_five_steps_run_and_one_more_is_refused, unprintable_and_odd_names_are_refused_or_shown_safely,
      a_job_with_a_symlink_in_the_catalogue_does_not_leave_it, wrong_bytes_on_the_sockets_harm_nobody])
