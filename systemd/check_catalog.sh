#!/bin/sh
# Is every message id of daemon/base/log_id.h explained once in each language, and does the journal understand the catalogue?
# usage: sh systemd/check_catalog.sh LOG_ID_H CATALOG
set -eu
bad=0
for id in $(sed -n 's/^#define ZW_LOG_ID_[A-Z_]* "\([0-9a-f]*\)"$/\1/p' "$1"); do
    for line in "-- $id" "-- $id zh_CN"; do
        n=$(grep -cxF -e "$line" "$2") || true
        [ "$n" = 1 ] || { echo "$line stands $n times in $2"; bad=1; }
    done
done
ids=$(grep -c 'ZW_LOG_ID_[A-Z_]* "' "$1")
entries=$(grep -c '^-- ' "$2")
[ "$entries" = $((2 * ids)) ] || { echo "$ids ids, $entries entries"; bad=1; }
command -v journalctl >/dev/null || { echo "catalog: journalctl is not installed"; exit 77; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/usr/lib/systemd/catalog" "$root/var/lib/systemd/catalog"
cp "$2" "$root/usr/lib/systemd/catalog/"
said=$(journalctl --root="$root" --update-catalog 2>&1) || bad=1
[ -z "$said" ] || { echo "$said"; bad=1; }
[ -s "$root/var/lib/systemd/catalog/database" ] || { echo "no database was made"; bad=1; }
exit $bad
