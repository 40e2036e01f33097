"""A real sysplex member in a folder of its own, for live tests: starts, kills and restarts the daemon, runs the command line.

Kills only processes that it found through run/ready.json or as children of those, each checked by its start time."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def binary():
    path = os.environ.get("SYSPLEXD", os.path.join(ROOT, "build", "release", "sysplexd"))
    if not os.access(path, os.X_OK):
        sys.exit(f"no binary at {path}: packaging/build.sh builds it, or set SYSPLEXD")
    return path


def start_ticks(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[19])
    except (OSError, IndexError):
        return None


def children(pid):
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(entry))
    return found


class Sysplex:
    def __init__(self, folder=None, initiators='{ class = "AB", count = 4 }', extra="", shared=None):
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = folder or tempfile.mkdtemp(prefix="sysplexd-live-", dir=base)
        os.chmod(self.folder, 0o755)
        self.mount = self.folder + "/local"
        self.shared = shared or self.folder + "/shared"
        self.config = self.folder + "/sysplexd.toml"
        with open(self.config, "w") as file:
            file.write(f"""[ubroker]
system_id = "live"
sysname = "SYS1"
mount_point = "{self.mount}"
shared_mount_point = "{self.shared}"
[jes]
initiators = [{initiators}]
{extra}
""")
        self.process = None
        self.starts = 0

    def start(self, wait=True):
        ready = self.mount + "/run/ready.json"
        if os.path.exists(ready):
            os.unlink(ready)
        with open(self.folder + "/daemon.log", "ab") as log:
            self.process = subprocess.Popen([binary(), "run", "--config", self.config], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)
        self.starts += 1
        if wait:
            self.wait_ready()

    def wait_ready(self, limit=30):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if os.path.exists(self.mount + "/run/ready.json"):
                return
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon ended with {self.process.returncode}:\n{self.log()[-3000:]}")
            time.sleep(0.002)
        raise AssertionError(f"the daemon is not ready after {limit} s:\n{self.log()[-3000:]}")

    def log(self):
        with open(self.folder + "/daemon.log", errors="replace") as file:
            return file.read()

    def ready(self):
        with open(self.mount + "/run/ready.json") as file:
            return json.load(file)

    def supervisor_pid(self):
        try:
            return self.ready()["supervisor_pid"]
        except (OSError, ValueError):
            return None

    def kill_daemon(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """SIGTERM: run alone ends."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def cli(self, *arguments, input=None, check=False, timeout=120, as_json=False, raw=False):
        command = [binary(), *arguments]
        if arguments[0] in ("submit", "job"):
            command += ["--config", self.config]
        if as_json:
            command.append("--json")
        done = subprocess.run(command, input=input, capture_output=True, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}: {done.stderr.decode(errors='replace')} {done.stdout.decode(errors='replace')[-2000:]}")
        if as_json:
            try:
                return done.returncode, json.loads(done.stdout)
            except ValueError:
                raise AssertionError(f"{command}: no JSON: {done.stdout[-500:]} {done.stderr[-500:]}")
        if raw:
            return done.returncode, done.stdout, done.stderr
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def submit(self, deck, *arguments, timeout=120):
        """(exit, document)"""
        if isinstance(deck, str):
            deck = deck.encode()
        return self.cli("submit", "-", *arguments, input=deck, as_json=True, timeout=timeout)

    def show(self, job):
        return self.cli("job", "show", job, as_json=True)[1]

    def wait(self, job, timeout=120):
        return self.cli("job", "wait", job, as_json=True, timeout=timeout)

    def initiators(self):
        supervisor = self.supervisor_pid()
        return children(supervisor) if supervisor else []

    def ours(self):
        """Pids that carry our mount point on their command line, or a cookie of ours in their environment."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) == os.getpid():
                continue
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    line = file.read()
                with open(f"/proc/{entry}/environ", "rb") as file:
                    environment = file.read()
            except OSError:
                continue
            if (self.folder.encode() + b"/") in line or (b"SYSPLEXD_TEMP=" + self.mount.encode() + b"/") in environment:
                found.append(int(entry))
        return found

    def end(self, keep=False):
        """Everything of this sysplex ends; what does not by itself is killed and named."""
        left = []
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for signal_number in (signal.SIGKILL, signal.SIGKILL):
            for pid in self.ours():
                left.append(pid)
                try:
                    os.kill(pid, signal_number)
                except OSError:
                    pass
            time.sleep(0.05)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        return left

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            sys.stderr.write(self.log()[-4000:])
        self.end(keep=kind is not None and bool(os.environ.get("KEEP")))


def cards(*lines):
    for line in lines:
        assert len(line) <= 71 or not line.startswith("//"), f"card too long: {line}"
    return "\n".join(lines) + "\n"


def shell_job(name, *scripts, job_class="A", extra=""):
    """A job with one BPXBATCH step a script (stdin of sh: any length)."""
    out = [f"//{name:<8} JOB (1),'LIVE',CLASS={job_class}{extra}"]
    for number, script in enumerate(scripts, 1):
        out += [f"//STEP{number:<4} EXEC PGM=SH", "//SYSIN    DD *,DLM='@@'", *script.split("\n"), "@@"]
    return cards(*out)


def main(tests):
    """Runs the named functions; 'N passed, N failed' at the end."""
    wanted = sys.argv[1:]
    passed = failed = 0
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        begin = time.monotonic()
        try:
            test()
            passed += 1
            print(f"ok   {test.__name__} {time.monotonic() - begin:.1f}s", flush=True)
        except Exception as error:  # noqa: BLE001: every failure is reported, and the next test runs
            import traceback
            traceback.print_exc()
            failed += 1
            print(f"FAIL {test.__name__}: {error}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or passed == 0 else 0)
