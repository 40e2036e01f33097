# Read by build.sh, try.sh and test.sh: where the tree is, packages, jobs. No command of its own.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# install_packages GROUP...: what packages.txt lists for the groups and this machine has not.
install_packages() {
  local groups=" $* " name group rest missing=()
  while read -r name group rest; do
    case "$name" in '' | '#'*) continue ;; esac
    case "$groups" in *" $group "*) ;; *) continue ;; esac
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done <packaging/packages.txt
  [ ${#missing[@]} -eq 0 ] && return 0
  [ "$(id -u)" = 0 ] || die "missing packages (apt-get install as root): ${missing[*]}"
  say "installing: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  local log; log=$(mktemp)
  # Package lists may be missing (a bare system) or old (the version they name is gone): fetch them and try once more.
  if ! apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    apt-get update >"$log" 2>&1 && apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
      { tail -20 "$log" >&2; rm -f "$log"; die "apt-get could not install: ${missing[*]}"; }
  fi
  rm -f "$log"
}

# Compilers at once: one a processor, and 1 GiB of memory for each (a coroutine unit takes 0.5 to 0.7 GB).
jobs() {
  local processors memory
  processors=$(nproc)
  memory=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
  [ "${memory:-1}" -ge 1 ] || memory=1
  echo $((processors < memory ? processors : memory))
}

# configure PRESET [CMAKE ARGUMENT...]
configure() {
  local preset=$1 launcher=; shift
  command -v ccache >/dev/null && launcher=ccache
  # Given every time: a build folder remembers a ccache that may be gone.
  cmake --preset "$preset" -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DCMAKE_C_COMPILER_LAUNCHER="$launcher" "$@" >&2
}
