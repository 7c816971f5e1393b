#!/bin/sh
# Does systemd understand the unit, and how exposed does it find it? At most 1.5 of 10 (the threshold counts tenths).
# usage: sh systemd/check.sh UNIT
set -eu
command -v systemd-analyze >/dev/null || { echo "unitfile: systemd-analyze is not installed"; exit 77; }
said=$(systemd-analyze verify "$1" 2>&1) || { echo "$said"; exit 1; }
if [ -n "$said" ]; then
    echo "$said"
    exit 1
fi
systemd-analyze security --offline=true --threshold=15 --no-pager "$1"
