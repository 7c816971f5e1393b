#!/bin/sh
# Shows zhiwen at work: builds it, starts a daemon on a temporary folder, sends articles and shows their facts.
# usage: sh clients/demo.sh [FILE...]     without files: the samples in tests/data/articles
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
start=$(pwd)

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
[ -t 1 ] || step() { printf '\n== %s\n' "$*"; }

for file in "$@"; do
    [ -r "$file" ] || { echo "demo: cannot read $file" >&2; exit 2; }
done

cd "$here"
step "Building (build/release)"
sh daemon/deps.sh build
cmake --preset release -DZW_TESTS=OFF >/dev/null
ninja -C build/release --quiet
PATH=$here/build/release/bin:$PATH

work=$(mktemp -d)
daemon=
cleanup() {
    [ -z "$daemon" ] || { kill "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null; } || true
    rm -rf "$work"
}
trap cleanup EXIT INT TERM
mkdir "$work/state"
export ZHIWEN_SOCKETS="$work"

step "Starting zhiwend on $work"
zhiwend --state-dir "$work/state" --socket-dir "$work" 2>"$work/log" &
daemon=$!
tries=0
until zhiwen ping >/dev/null 2>&1; do
    tries=$((tries + 1))
    if ! kill -0 "$daemon" 2>/dev/null || [ "$tries" -gt 100 ]; then
        echo "demo: zhiwend did not come up:" >&2
        cat "$work/log" >&2
        exit 1
    fi
    sleep 0.1
done

cd "$start"
if [ $# -eq 0 ]; then
    set -- "$here"/tests/data/articles/*.txt
fi

step "Sending $# article(s)"
zhiwen send "$@"

step "The facts, as every subscriber gets them (zhiwen watch)"
zhiwen watch --from start --until-idle 1

step "Sending the first article once more: it is recognised"
zhiwen send "$1"

step "State (zhiwen status)"
zhiwen status

step "Stopping"
kill "$daemon"
if wait "$daemon"; then echo "zhiwend has stopped cleanly"; else echo "zhiwend stopped with status $?" >&2; fi
daemon=
