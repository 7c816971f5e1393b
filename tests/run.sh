#!/bin/sh
# Builds with AddressSanitizer and UBSan, runs every test through ctest. Safe to run again.
# usage: sh tests/run.sh [ctest arguments, such as -R store or -L scenario]
set -eu
cd "$(dirname "$0")/.."
sh daemon/deps.sh test
cmake --preset dev >/dev/null
ninja -C build/dev --quiet
# The measuring tools of a neighbouring folder, where there are any; the tests that need them skip without.
if [ -z "${ZHIWEN_EVAL:-}" ] && [ -f ../shared/eval/score.py ]; then
    ZHIWEN_EVAL=$(cd ../shared/eval && pwd)
    export ZHIWEN_EVAL
fi
if [ -z "${ZHIWEN_EVAL:-}" ]; then
    echo "run: ZHIWEN_EVAL is not set: the tests that score against annotated articles are skipped" >&2
fi
exec ctest --test-dir build/dev --output-on-failure --timeout 900 -j "$(nproc)" "$@"
