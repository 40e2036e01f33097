"""Slurm on 127.0.0.1 for one bench: own munge key and socket, no accounting, tuned for throughput (reference/peers.md)."""
import os
import shutil
import socket
import subprocess
import time

TUNED = """SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_min_interval=10000,sched_interval=1,default_queue_depth=5000,partition_job_depth=5000,sched_max_job_start=0,max_rpc_cnt=150
SlurmctldDebug=error
SlurmdDebug=error
"""


class Slurm:
    @staticmethod
    def there():
        return os.geteuid() == 0 and all(shutil.which(tool) for tool in ("slurmctld", "slurmd", "munged", "sbatch", "srun"))

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        host = socket.gethostname().split(".")[0]
        os.makedirs(folder + "/spool")
        os.makedirs(folder + "/state")
        self.done_file = folder + "/jobcomp"
        open(self.done_file, "w").close()
        with open(folder + "/key", "wb") as key:
            key.write(os.urandom(128))
        os.chmod(folder + "/key", 0o600)
        os.chmod(folder, 0o755)
        with open(folder + "/slurm.conf", "w") as conf:
            conf.write(f"""ClusterName=bench
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/ctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/ctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={self.done_file}
SelectType=select/cons_res
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
MaxJobCount=20000
MaxArraySize=10001
MinJobAge=5
KillWait=2
PropagateResourceLimits=NONE
SlurmdParameters=config_overrides
{TUNED}NodeName={host} NodeAddr=127.0.0.1 CPUs=256 State=UNKNOWN
PartitionName=p Nodes={host} Default=YES MaxTime=INFINITE State=UP
""")
        self.env = dict(os.environ, SLURM_CONF=folder + "/slurm.conf")
        self.run(["munged", "--force", "-F", f"--key-file={folder}/key", f"--socket={folder}/munge.sock",
                  f"--pid-file={folder}/m.pid", f"--log-file={folder}/m.log", f"--seed-file={folder}/m.seed"])
        time.sleep(0.5)
        self.run(["slurmctld", "-D", "-c"])
        time.sleep(1.5)
        self.run(["slurmd", "-D", "-c"])
        for _ in range(80):
            state = subprocess.run(["sinfo", "-h", "-o", "%T"], env=self.env, capture_output=True).stdout
            if b"idle" in state:
                return
            time.sleep(0.25)
        self.end()
        raise RuntimeError("Slurm did not come up")

    def run(self, command):
        self.processes.append(subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def done(self):
        with open(self.done_file, "rb") as file:
            return file.read().count(b"\n")

    def jobs_per_second(self, count, script):
        path = self.folder + "/job.sh"
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + script)
        before, begin = self.done(), time.monotonic()
        subprocess.run(["sbatch", "-Q", "-o", "/dev/null", f"--array=1-{count}", path], env=self.env, check=True,
                       stdout=subprocess.DEVNULL)
        while self.done() < before + count and time.monotonic() - begin < 300:
            time.sleep(0.01)
        return (self.done() - before) / (time.monotonic() - begin)

    def srun_latency(self, rounds):
        times = []
        for _ in range(rounds):
            begin = time.monotonic()
            subprocess.run(["srun", "-Q", "/bin/true"], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times.append((time.monotonic() - begin) * 1e3)
        return sorted(times)[len(times) // 2]

    def end(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()
