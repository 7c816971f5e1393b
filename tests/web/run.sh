#!/bin/sh
# The page in a real browser, against a zhiwend and a zhiwen-web of its own.
# usage: sh tests/web/run.sh BUILD_FOLDER     exit status 77: npm, Chromium or the built page is missing
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)

skip() { echo "web: skipped: $*" >&2; exit 77; }
command -v npm >/dev/null || skip "there is no npm"
ZHIWEN_CHROMIUM=${ZHIWEN_CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
[ -n "$ZHIWEN_CHROMIUM" ] || skip "there is no chromium"
[ -f "$build/share/zhiwen/web/index.html" ] || skip "the page is not built (cmake without npm?)"

echo "web: types of the page"
(cd "$build/clients/web/page/source" && node_modules/.bin/tsc --noEmit)

work=$build/tests/web
mkdir -p "$work"
cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$work"
cd "$work"
cmp -s package-lock.json node_modules/.locked || {
    npm ci --silent --ignore-scripts --no-audit --no-fund
    cp package-lock.json node_modules/.locked
}
export ZHIWEN_CHROMIUM ZHIWEN_BIN="$build/bin" ZHIWEN_SOURCE="$here/../.."
exec node page.mjs
