#!/usr/bin/env bash
# test/bench/run.sh NAME: measures the product and its peer side by side in one run and prints the ratio.
#   jobs      tracked two-step jobs per second, single job latency, memory; beside the bare loop and Slurm (installed by name)
#   startup   start of the daemon with 1,000,000 finished jobs made through the coupling facility's interface
#   records   durable commits per second of the coupling facility
# Speed is never asserted in a test; these machines are noisy: medians of several rounds in one run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
name=${1:-}
out=${TMPDIR:-/tmp}/sysplexd-bench.$$
mkdir -p "$out"
trap 'rm -rf "$out"' EXIT
[ -x "${SYSPLEXD:-$root/build/release/sysplexd}" ] || "$root/packaging/build.sh" release
need() { command -v "$1" >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${@:2}" >/dev/null; }
# The tools need the tests' part of the build.
tool() { cmake -S "$root" --preset release -DBUILD_TESTING=ON >/dev/null && cmake --build "$root/build/release" --target sysplexd "$1" >&2; }
case $name in
  jobs)
    need gcc gcc libc6-dev
    if [ "$(id -u)" = 0 ]; then need slurmctld slurmctld slurmd slurm-client munge; fi
    gcc -O2 -o "$out/bare_loop" "$here/bare_loop.c"
    python3 "$here/jobs.py" --bare "$out/bare_loop" "${@:2}" ;;
  startup)
    tool make_history
    python3 "$here/startup.py" "${@:2}" ;;
  records)
    tool cf_bench
    "$root/build/release/cf_bench" "$out/cf" "${@:2}" ;;
  *) sed -n '2,6p' "$0"; exit 2 ;;
esac
