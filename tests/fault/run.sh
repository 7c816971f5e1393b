#!/bin/sh
# The long run of the faults, with an optimised build; writes tests/fault/REPORT.md from what it has seen.
# usage: sh tests/fault/run.sh [PART...]     all parts, or some: kills faults memory damage fuzz threads valgrind soak
# Takes some hours in all (fuzz: 30 minutes a target, soak: 2 hours; ZHIWEN_FUZZ_S and ZHIWEN_SOAK_MIN shorten them). What other parts
# gave before is kept in build/fault and stays in the report. As root, else what needs a file system of its own is left out.
set -eu
cd "$(dirname "$0")/../.."
sh daemon/deps.sh test
cmake --preset release -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF >/dev/null
ninja -C build/release -j "${ZHIWEN_JOBS:-2}" --quiet zhiwend zhiwen store_kill
exec /usr/bin/python3 tests/fault/report.py "$@"
