#!/bin/sh
# Builds the fuzz targets with Clang's libFuzzer, AddressSanitizer and UBSan and lets each run for a while over the seeds.
# usage: sh tests/fuzz/run.sh [SECONDS [TARGET...]]      20 seconds and all targets: protocol yaml store articles text
# New inputs stay in build/fuzz/corpus, findings in build/fuzz/findings. Prints one line for each target; exit 1 with a finding,
# 77 where Clang or its fuzzer's run-time library (clang, libclang-rt-14-dev) is not installed.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-20}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- protocol yaml store articles text
build=$PWD/build/fuzz
if ! command -v clang >/dev/null || ! ls "$(clang -print-resource-dir)"/lib/*/libclang_rt.fuzzer-*.a >/dev/null 2>&1; then
    echo "fuzz: skipped: clang or libclang-rt-14-dev is not installed"
    exit 77
fi
coverage=-fsanitize=fuzzer-no-link
cmake -S . -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS="$coverage" \
    -DCMAKE_C_FLAGS_DEBUG="-O1 -g" -DZW_SANITIZE=ON -DZW_WERROR=OFF >/dev/null
ninja -C "$build" -j "${ZHIWEN_JOBS:-2}" --quiet $(printf 'fuzz_%s ' "$@")
export ZHIWEN_DATA_DIR="$build/share/zhiwen"
mkdir -p "$build/findings"
status=0
for target in "$@"; do
    corpus=$build/corpus/$target
    mkdir -p "$corpus"
    case $target in
    protocol) seeds="tests/fuzz/protocol/corpus protocol/vectors/v1" ;;
    text) seeds=tests/data/text ;;
    *) seeds=tests/fuzz/$target/corpus ;;
    esac
    log=$build/$target.log
    if "$build/bin/fuzz_$target" -max_total_time="$seconds" -max_len=8192 -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
        -artifact_prefix="$build/findings/$target-" "$corpus" $seeds >"$log" 2>&1; then
        said=ok
    else
        said=FAILED status=1
        tail -40 "$log" >&2
    fi
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    covered=$(sed -n 's/.*cov: \([0-9]*\).*/\1/p' "$log" | tail -1)
    echo "fuzz $target: $said, $seconds s, ${runs:-?} executions, ${covered:-?} edges covered"
done
exit "$status"
