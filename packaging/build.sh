#!/usr/bin/env bash
# packaging/build.sh [PRESET]: installs what is missing (as root), configures and builds, tests too; the binary is
# build/PRESET/sysplexd. Presets: release (default), asan, tsan, fuzz, gcc.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
preset=${1:-release}
case "$preset" in release | asan | tsan | fuzz | gcc) ;; *) die "usage: packaging/build.sh [release|asan|tsan|fuzz|gcc]" ;; esac
install_packages build run test
configure "$preset" -DBUILD_TESTING=ON
cmake --build "build/$preset" -j "$(jobs)" >&2
say "built build/$preset/sysplexd"
