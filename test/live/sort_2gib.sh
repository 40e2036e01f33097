#!/bin/bash
# SORT of 2 GiB with 64 MiB of private memory, equal to GNU sort. Not in CI: it needs about 8 GiB of disk.
#   test/live/sort_2gib.sh [MiB]        (default 2048; folder: $SORT_TEST_DIR, else /var/tmp; not a tmpfs)
# Prints for both: wall, user and system seconds; for ours the peak of private memory: VmHWM less what is shared or a
# file (peak RssAnon, sampled, and the whole VmHWM as an upper bound). Exit 0: equal, and within the memory.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
sysplexd=${SYSPLEXD:-$here/build/release/sysplexd}
mib=${1:-2048}
folder=$(mktemp -d "${SORT_TEST_DIR:-/var/tmp}/sort-2gib-XXXXXX")
trap 'rm -rf "$folder"' EXIT
[ -x "$sysplexd" ] || { echo "no program at $sysplexd (set SYSPLEXD)" >&2; exit 2; }

# Lines of 1 to 120 bytes, random, from a keyed stream: the same for the same size.
openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00000000000000000000000000000000 \
    -in /dev/zero 2>/dev/null | tr -d '\000\r' | head -c "$((mib * 1024 * 1024 - 1))" > "$folder/raw" || true
# Random bytes have a newline every 256 bytes; bytes 0x80-0x83 become newlines as well: about one in 50.
tr '\200\201\202\203' '\n\n\n\n' < "$folder/raw" > "$folder/in"
rm "$folder/raw"
echo "input: $(stat -c %s "$folder/in") bytes, $(wc -l < "$folder/in") newlines"

printf ' SORT FIELDS=(1,32752,CH,A)\n' > "$folder/sysin"
export TIMEFORMAT='%R s wall, %U s user, %S s system'
time_ours=$( { time env SYSPLEXD_PARM= SYSPLEXD_TEMP="$folder" DD_SYSIN="$folder/sysin" DD_SORTIN="$folder/in" \
    DD_SORTOUT="$folder/out" bash -c '
      "$0" program SORT > "$1/listing" < /dev/null & pid=$!
      peak=0; hwm=0
      while [ -r /proc/$pid/status ]; do
        { read -r anon high; } < <(awk "/^RssAnon/ {a=\$2} /^VmHWM/ {h=\$2} END {print a+0, h+0}" /proc/$pid/status 2>/dev/null) || break
        [ "${anon:-0}" -gt "$peak" ] && peak=$anon
        [ "${high:-0}" -gt "$hwm" ] && hwm=$high
        sleep 0.05
      done
      wait $pid; code=$?
      echo "$peak $hwm $code" > "$1/peak"' "$sysplexd" "$folder"; } 2>&1 )
read -r anon hwm code < "$folder/peak"
cat "$folder/listing"
echo "sysplexd: $time_ours (with the sampling shell); peak private $anon kB, VmHWM $hwm kB"
[ "$code" = 0 ] || { echo "SORT ended with $code" >&2; exit 1; }
time_gnu=$( { time env LC_ALL=C sort -S 64M --parallel=1 -T "$folder" -o "$folder/gnu" "$folder/in"; } 2>&1 )
echo "GNU sort: $time_gnu"
cmp "$folder/out" "$folder/gnu" || { echo "the results differ" >&2; exit 1; }
echo "equal"
[ "$anon" -le 65536 ] || { echo "private memory $anon kB is more than 65536 kB" >&2; exit 1; }
echo "within 64 MiB"
