#!/bin/sh
# Shows zhiwen at work: builds it, starts a daemon on a temporary folder, sends articles and shows their facts.
# usage: sh clients/demo.sh [--web] [FILE...]     without files: the samples in tests/data/articles; --web: stays, and shows the facts in a browser
set -eu
web=no
if [ "${1:-}" = --web ]; then
    web=yes
    shift
fi
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
page=
cleanup() {
    [ -z "$page" ] || { kill "$page" 2>/dev/null && wait "$page" 2>/dev/null; } || true
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

if [ "$web" = yes ]; then
    step "The facts in a browser (zhiwen-web)"
    zhiwen-web --state-dir "$work/web" --listen 127.0.0.1:0 2>"$work/web.log" &
    page=$!
    tries=0
    until address=$(grep -om1 'http://[0-9.:]*/' "$work/web.log"); do
        tries=$((tries + 1))
        if ! kill -0 "$page" 2>/dev/null || [ "$tries" -gt 100 ]; then
            echo "demo: zhiwen-web did not come up:" >&2
            cat "$work/web.log" >&2
            exit 1
        fi
        sleep 0.1
    done
    echo "$address"
    [ -e "$here/build/release/share/zhiwen/web/index.html" ] ||
        echo "(without npm the page itself is not built; $address""api/facts works)"
    echo "Further articles: ZHIWEN_SOCKETS=$work $here/build/release/bin/zhiwen send FILE...      To end: Ctrl-C"
    wait "$page" || true
    exit 0
fi

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
