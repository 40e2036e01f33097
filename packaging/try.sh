#!/usr/bin/env bash
# packaging/try.sh [ARGUMENT...]: installs what is missing (as root), builds the binary without its tests, and runs
# `sysplexd try`: a sysplex in a temporary folder, a payroll job in it, every step's return code and the output.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
started=$SECONDS
install_packages build run
# A folder that is configured already keeps its tests; only the binary is built.
[ -f build/release/build.ninja ] || configure release -DBUILD_TESTING=OFF
cmake --build build/release --target sysplexd -j "$(jobs)" >&2
say "ready after $((SECONDS - started)) s"
exec build/release/sysplexd try "$@"
