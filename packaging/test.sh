#!/usr/bin/env bash
# packaging/test.sh [--long]: every check of the project, in lanes; each builds in build/LANE.
#   format   clang-format-19 finds nothing to change
#   release  clang-19, all tests (tidy, await lint and live tests among them)
#   asan     clang-19 with address and undefined behaviour sanitizers, all tests but those labelled nosan
#   gcc      g++ 12 builds the binary and the tests labelled pure, which run
# --long adds
#   tsan     clang-19 with the thread sanitizer, all tests but those labelled nosan or notsan
#   fuzz     each fuzz target for SYSPLEXD_FUZZ_SECONDS (60)
#   rings    the live kill ring, long
# The last line counts the tests of all lanes as ctest reports them; a lane that cannot be built counts as one failure.
# Exit 0: nothing failed; 1: something did; 2: usage, or packages are missing.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
set +e
long=
case "${1:-}" in '') ;; --long) long=1 ;; *) die "usage: packaging/test.sh [--long]" ;; esac
install_packages build run test

# Sanitizer reports end the test that made them; leaks too.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-halt_on_error=1}
symbolizer=$(command -v llvm-symbolizer-19) && export ASAN_SYMBOLIZER_PATH=$symbolizer

passed=0 failed=0 skipped=0
summary=()

# lane_result NAME SECONDS PASSED FAILED SKIPPED [REMARK]
lane_result() {
  passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
  summary+=("$(printf '%-8s %5d s  %3d passed, %d failed, %d skipped  %s' "$1" "$2" "$3" "$4" "$5" "${6:-}")")
  say "${summary[-1]}"
}

# count NAME in the head of ctest's JUnit report: tests, failures, skipped, disabled.
count() { grep -o -m1 "$1=\"[0-9]*\"" "$2" | tr -dc 0-9; }

# run_ctest LANE STARTED CTEST-ARGUMENT...
run_ctest() {
  local lane=$1 started=$2 report="build/$1/junit.xml" status tests bad left; shift 2
  rm -f "$report"
  ctest --test-dir "build/$lane" --output-on-failure --no-tests=error -j "$(jobs)" --output-junit junit.xml "$@" >&2
  status=$?
  tests=$(count tests "$report") bad=$(count failures "$report") left=$(($(count skipped "$report") + $(count disabled "$report")))
  # No report, or a status that its numbers do not explain: a failure all the same.
  [ $status -ne 0 ] && [ "${bad:-0}" -eq 0 ] && { lane_result "$lane" $((SECONDS - started)) 0 1 0 "ctest ended with $status"; return; }
  lane_result "$lane" $((SECONDS - started)) $((tests - bad - left)) "$bad" "$left"
}

# lane NAME CTEST-ARGUMENT...: configure, build everything, test.
lane() {
  local name=$1 started=$SECONDS; shift
  say "=== $name"
  if configure "$name" -DBUILD_TESTING=ON && cmake --build "build/$name" -j "$(jobs)" >&2; then
    say "$name built in $((SECONDS - started)) s"
    run_ctest "$name" "$started" "$@"
  else
    lane_result "$name" $((SECONDS - started)) 0 1 0 "does not build"
  fi
}

lane_format() {
  local started=$SECONDS files
  say "=== format"
  mapfile -t files < <(find daemon net sysplex config test -name '*.cpp' -o -name '*.hpp' | sort)
  if [ ${#files[@]} -gt 0 ] && clang-format-19 --dry-run -Werror "${files[@]}" >&2; then
    lane_result format $((SECONDS - started)) 1 0 0 "${#files[@]} files"
  else
    lane_result format $((SECONDS - started)) 0 1 0 "clang-format-19 -i mends it"
  fi
}

# The pure tests' executables are named after the tests; the g++ build of all the others would only cost time.
lane_gcc() {
  local started=$SECONDS targets
  say "=== gcc"
  if configure gcc -DBUILD_TESTING=ON &&
    targets=$(ctest --test-dir build/gcc -N -L pure | sed -n 's/^ *Test *#[0-9]*: */test_/p') && [ -n "$targets" ] &&
    cmake --build build/gcc -j "$(jobs)" --target sysplexd $targets >&2; then
    say "gcc built in $((SECONDS - started)) s"
    run_ctest gcc "$started" -L pure
  else
    lane_result gcc $((SECONDS - started)) 0 1 0 "does not build"
  fi
}

lane_fuzz() {
  local started=$SECONDS good=0 bad=0 target seconds=${SYSPLEXD_FUZZ_SECONDS:-60}
  say "=== fuzz"
  if ! { configure fuzz -DBUILD_TESTING=ON && cmake --build build/fuzz -j "$(jobs)" >&2; }; then
    lane_result fuzz $((SECONDS - started)) 0 1 0 "does not build"
    return
  fi
  for target in build/fuzz/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    local corpus="build/fuzz/corpus/$(basename "$target")" seeds="test/fuzz/corpus/$(basename "$target")"
    mkdir -p "$corpus"
    [ -d "$seeds" ] || seeds=
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 "$corpus" ${seeds:+"$seeds"} >&2; then
      good=$((good + 1))
    else
      bad=$((bad + 1))
    fi
  done
  [ $((good + bad)) -gt 0 ] || bad=1
  lane_result fuzz $((SECONDS - started)) $good $bad 0 "$seconds s each"
}

lane_rings() {
  local started=$SECONDS
  say "=== rings"
  if SYSPLEXD=$top/build/release/sysplexd python3 test/live/kill_ring.py --kills 500 --jobs 2000 >&2; then
    lane_result rings $((SECONDS - started)) 1 0 0
  else
    lane_result rings $((SECONDS - started)) 0 1 0
  fi
}

lane_format
lane release
lane asan -LE nosan
lane_gcc
if [ -n "$long" ]; then
  lane tsan -LE 'nosan|notsan'
  lane_fuzz
  lane_rings
fi

printf '%s\n' '' "${summary[@]}"
printf '%d passed, %d failed, %d skipped in %d s\n' $passed $failed $skipped $SECONDS
[ $failed -eq 0 ]
