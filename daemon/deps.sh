#!/bin/sh
# Installs the Debian packages that zhiwen is built from, where any is missing. Safe to run again.
# usage: sh daemon/deps.sh [build|test|bench|package]     test: what the tests need as well; bench: and tests/bench/run.sh; package: for Debian packages and their test
set -eu

build="gcc libc6-dev cmake ninja-build pkg-config python3 bzip2 git
  libzmq3-dev libmsgpack-dev libsystemd-dev liblmdb-dev libpcre2-dev libyaml-dev libxxhash-dev libicu-dev
  libutf8proc-dev libgumbo-dev libuchardet-dev libsodium-dev libjansson-dev libmicrohttpd-dev libarchive-dev libxml2-dev zlib1g-dev libsqlite3-dev
  librdkafka-dev
  lowdown opencc libopencc-data unicode-data python3-jieba sunpinyin-data sunpinyin-utils"
test="libcmocka-dev python3-prometheus-client python3-zmq python3-msgpack jq systemd valgrind zstd zsh chromium"
bench="python3-matplotlib"
package="dpkg-dev file lintian mmdebstrap systemd-container"

# Hyperscan is for x86; elsewhere Vectorscan is the same library under the same names.
case "$(uname -m)" in
x86_64 | amd64) build="$build libhyperscan-dev" ;;
*) build="$build libvectorscan-dev" ;;
esac

# The page of zhiwen-web is built by npm, whoever brought it.
command -v npm >/dev/null || build="$build nodejs npm"

wanted=$build
case "${1:-build}" in
test) wanted="$build $test" ;;
bench) wanted="$build $test $bench" ;;
package) wanted="$build $test $package" ;;
esac

missing=
for package in $wanted; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "deps: these packages are missing and there is no sudo:$missing" >&2; exit 1; }
    as_root=sudo
fi
echo "deps: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update
# shellcheck disable=SC2086
$as_root apt-get -qq install -y --no-install-recommends $missing >/dev/null
