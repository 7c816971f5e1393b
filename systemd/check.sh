#!/bin/sh
# Does systemd understand the unit, and how exposed does it find it? At most 1.2 of 10 (the threshold counts tenths).
# usage: sh systemd/check.sh UNIT
set -eu
command -v systemd-analyze >/dev/null || { echo "unitfile: systemd-analyze is not installed"; exit 77; }
# A manual page that is not installed yet is the one thing that may be said of a unit in the build tree.
said=$(systemd-analyze verify "$1" 2>&1 | grep -v 'man.*zhiwen') || true
if [ -n "$said" ]; then
    echo "$said"
    exit 1
fi
systemd-analyze security --offline=true --threshold=12 --no-pager "$1"
