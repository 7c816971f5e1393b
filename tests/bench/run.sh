#!/bin/sh
# Measures zhiwen: builds it as released, prints a table, writes build/release/bench/results.json, curves as SVG, and
# tests/bench/RESULTS.md. About 20 minutes on two quiet cores; --quick: about four, and RESULTS.md is left alone.
# usage: sh tests/bench/run.sh [--quick] [--only PART[,PART...]]
set -eu
cd "$(dirname "$0")/../.."
cmake --preset release >/dev/null
ninja -C build/release zhiwend zhiwen stage_bench store_fill store_bench dedup_bench extract_cli
PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 tests/bench/run.py "$@"
