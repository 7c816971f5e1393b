#!/bin/bash
# Boots a real systemd (systemd-nspawn, no init of the host's needed), installs the packages there, and sees the service through its
# life: socket activation, reload, kill -9, the watchdog, instances, journal, metrics, upgrade, purge. Writes TRANSCRIPT.md beside itself.
# usage: tests/systemd/run.sh [TREE.tar]      as root; about two minutes, and as long again to build and to make the tree, which is
#                                             kept in TREE.tar and taken from there the next time
# Exit status: 0 all seen, 1 something was not, 77 this machine cannot boot it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
[ "$(id -u)" = 0 ] || { echo "systemd: needs root"; exit 77; }
sh daemon/deps.sh package

work=$(mktemp -d)
root=$work/root
leader=
transcript=$work/transcript
cleanup() {
    [ -z "$leader" ] || nsenter -t "$leader" -a systemctl poweroff >/dev/null 2>&1 || true
    [ -z "${nspawn:-}" ] || { sleep 1; kill "$nspawn" 2>/dev/null || true; wait "$nspawn" 2>/dev/null || true; }
    rm -rf "$work"
}
trap cleanup EXIT

say() { printf '%s\n' "$*" | tee -a "$transcript"; }
die() { say "NOT SEEN: $*"; [ -z "$leader" ] || nsenter -t "$leader" -a journalctl -u 'zhiwen*' -n 30 --no-pager || true; exit 1; }
# Runs a command inside; it and what it prints go into the transcript.
run() {
    say "    # $*"
    nsenter -t "$leader" -a env LC_ALL=C.UTF-8 bash -c "$*" >"$work/out" 2>&1 || { cat "$work/out"; die "the command failed: $*"; }
    cut -c1-150 "$work/out" | sed 's/^/    /' | head -12 | tee -a "$transcript"
}
quiet() { nsenter -t "$leader" -a bash -c "$*"; }
saw() { grep -qE "$1" "$work/out" || { cat "$work/out"; die "$1"; }; say "    → seen: ${2:-$1}"; }
# until SECONDS COMMAND: waits for it to succeed.
until_ok() {
    local end=$((SECONDS + $1))
    while ! quiet "$2" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || die "within $1 s: $2"
        sleep 0.2
    done
}

# ---- packages, and a tree that has what they depend on
cmake --preset deb >/dev/null
ninja -C build/deb --quiet package >"$work/build" || { tail -20 "$work/build"; exit 1; }
rm -rf "$work/debs" && mkdir -p "$work/debs"
mv build/deb/*.deb "$work/debs/"
(cd build/deb && cpack -D CPACK_DEBIAN_PACKAGE_RELEASE=2 -D CPACK_COMPONENTS_ALL=zhiwen -B "$work/next" >/dev/null)
lintian --fail-on error "$work"/debs/*.deb >"$work/lintian" 2>/dev/null || { cat "$work/lintian"; die "lintian has errors"; }
depends=$(for deb in "$work"/debs/zhiwen_*.deb "$work"/debs/libzhiwen1_*.deb; do dpkg-deb -f "$deb" Depends; echo; done |
    tr ',' '\n' | sed 's/ *(.*//; s/ *|.*//; s/ //g' | grep -v '^$' | sort -u | grep -v '^systemd$' | paste -sd, -)
tree=${1:-$work/tree.tar}
[ -s "$tree" ] || mmdebstrap --quiet --variant=minbase --include="systemd,systemd-sysv,dbus,procps,$depends" bookworm "$tree" 2>"$work/mmdebstrap" ||
    { tail -3 "$work/mmdebstrap"; rm -f "$tree"; echo "systemd: no tree could be made"; exit 77; }
mkdir "$root"
tar -xf "$tree" -C "$root"
mkdir -p "$root/packages" "$root/samples"
cp "$work"/debs/*.deb "$root/packages/"
cp "$work"/next/zhiwen_*-2_*.deb "$root/packages/"
cp tests/data/articles/*.txt "$root/samples/"

script -qfc "systemd-nspawn --quiet --register=no --keep-unit --private-network -D $root -b" "$work/console" </dev/null >/dev/null 2>&1 &
nspawn=$!
for _ in $(seq 100); do
    pid=$(pgrep -f "systemd-nspawn --quiet --register=no --keep-unit --private-network -D $root" | tail -1) || true
    leader=$(pgrep -P "${pid:-0}" | head -1) || true
    [ -n "$leader" ] && nsenter -t "$leader" -a systemctl is-system-running 2>/dev/null | grep -qE "running|degraded" && break
    sleep 0.2
done
nsenter -t "${leader:-0}" -a true 2>/dev/null || { echo "systemd: nspawn does not boot here"; tail -3 "$work/console" 2>/dev/null; leader=; exit 77; }

say "# The service in a real systemd"
say
say "Made by tests/systemd/run.sh on $(date -u +%F): $(quiet 'systemctl --version | head -1'), in systemd-nspawn, Debian 12 minbase."
say
say "## Install"
say
run "dpkg -i /packages/zhiwen_*-1_*.deb /packages/libzhiwen1_*.deb | tail -2"
until_ok 60 "zhiwen ping"
run "systemctl is-enabled zhiwend.socket zhiwend.service; systemctl is-active zhiwend.socket zhiwend.service"
run "stat -c '%U:%G %a %n' /run/zhiwen/*.sock /var/lib/zhiwen"
saw "zhiwen:zhiwen 660 /run/zhiwen/submit.sock" "only the group can send"
run "systemctl show zhiwend -p NotifyAccess -p WatchdogUSec -p User; grep -E 'CapEff|NoNewPrivs|Seccomp:' /proc/\$(systemctl show -P MainPID zhiwend)/status"
saw "CapEff:[[:space:]]0000000000000000" "no capabilities"
run "systemd-analyze security --no-pager zhiwend | tail -1"
say
say "## Send, watch, monitor"
say
run "zhiwen send /samples/*.txt"
run "zhiwen watch --from start --until-idle 1 | head -5"
run "zhiwen status --check"
saw "ZHIWEN OK"
run "systemctl start zhiwen-metrics && sleep 1 && exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 && grep -aE '^zhiwen_(up|articles_total)' <&3"
saw "zhiwen_up 1"
say
say "## The page: started by the first request, and what it can reach"
say
get="exec 3<>/dev/tcp/127.0.0.1/8470 && printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n'"
run "systemctl start zhiwen-web.socket; systemctl is-active zhiwen-web.service || true"
saw "^inactive"
run "$get /api/state >&3 && grep -aoE '^HTTP/1.. [0-9]+' <&3; systemctl is-active zhiwen-web.service"
saw "^active" "the first request has started it, and was answered"
until_ok 30 "$get /api/state >&3 && grep -aq '\"reachable\":true' <&3"
until_ok 30 "$get '/api/facts?limit=1' >&3 && grep -aqE '\"id\":\"[0-9a-f]+' <&3"
run "$get / >&3 && grep -aioE '^HTTP/1.. [0-9]+|^content-security-policy: .{0,60}|<title>[^<]*' <&3"
saw " 200" "the page"
run "$get /api/facts?limit=1 >&3 && id=\$(grep -aoE -m1 '\"id\":\"[0-9a-f]+' <&3 | head -1 | cut -d'\"' -f4) && $get /api/facts/\$id/evidence >&3 && grep -aoE '\"slot\":\"[a-z]*\"' <&3 | head -3"
saw "slot" "evidence, by the process that can only compute"
run "systemd-analyze security --no-pager zhiwen-web | tail -1"
run "journalctl -u zhiwen-web -o cat -p warning -n 5"
quiet "systemctl stop zhiwen-web.socket zhiwen-web.service"
say
say "## Socket activation: stopped, and started by a sender"
say
quiet "systemctl stop zhiwen-metrics" # it would ask again, and so start the daemon
run "systemctl stop zhiwend.service; systemctl is-active zhiwend.service zhiwend.socket || true"
saw "^inactive"
run "zhiwen send --timeout 60 --json /samples/*.txt | grep -cE '\"status\":\"(new|duplicate)\"'"
saw "^4$" "all are known, and acknowledged"
run "systemctl is-active zhiwend.service"
say
say "## Reload: a mistake in a pack leaves the old rules"
say
quiet "mkdir -p /etc/zhiwen/rules && printf 'rules: { dirs: [/usr/share/zhiwen/rules, /etc/zhiwen/rules] }\ndedup: { capacity: 100000, facts: 200000 }\n' > /etc/zhiwen/zhiwend.yaml"
quiet "chmod 755 /etc/zhiwen /etc/zhiwen/rules; chmod 644 /etc/zhiwen/zhiwend.yaml; systemctl restart zhiwend"
until_ok 60 "zhiwen ping"
quiet "printf 'rules:\n  - rule: mine\n    type: nonsense\n' > /etc/zhiwen/rules/mine.yaml; chmod 644 /etc/zhiwen/rules/mine.yaml"
run "systemctl reload zhiwend; sleep 2; journalctl -u zhiwend -o cat -n 3"
saw "mine.yaml:[0-9]+:[0-9]+: " "file, line and column"
run "journalctl -x -n 12 --no-pager MESSAGE_ID=a6e864f9c79a4b2bbb7e83a630a2ab78 | tail -8"
saw "zhiwen rules check" "the catalogue explains it"
run "zhiwen status --check || echo exit \$?"
saw "exit 1" "a warning for the monitor"
quiet "rm /etc/zhiwen/rules/mine.yaml"
run "systemctl reload zhiwend; sleep 2; zhiwen status --check"
say
say "## kill -9, and a daemon that hangs"
say
run "systemctl kill -s KILL zhiwend; zhiwen send --timeout 60 --json /samples/*.txt | grep -cE '\"status\":\"(new|duplicate)\"'; systemctl show -P NRestarts zhiwend"
quiet "mkdir -p /run/systemd/system/zhiwend.service.d; printf '[Service]\nWatchdogSec=3\n' > /run/systemd/system/zhiwend.service.d/test.conf; systemctl daemon-reload; systemctl restart zhiwend"
until_ok 60 "zhiwen ping"
quiet "kill -STOP \$(systemctl show -P MainPID zhiwend)"
until_ok 30 "journalctl -u zhiwend -o cat -n 50 | grep -q 'Watchdog timeout'"
until_ok 60 "zhiwen ping"
run "journalctl -u zhiwend -o cat -n 200 | grep -E 'Watchdog timeout|Failed with|ready' | tail -3; systemctl show -P NRestarts zhiwend"
saw "Watchdog timeout" "the watchdog acts, the service is back"
say
say "## The journal's fields"
say
run "journalctl -u zhiwend -o json -n 1 MESSAGE_ID=cd88ba83bbeb479aafb8bfbcac559ce9 | tr ',' '\n' | grep -E 'MESSAGE|PRIORITY|_COMM'"
saw '"MESSAGE_ID":"cd88ba83bbeb479aafb8bfbcac559ce9"' "MESSAGE_ID"
say
say "## A second instance"
say
quiet "printf 'dedup: { capacity: 20000, facts: 20000 }\n' > /etc/zhiwen/second.yaml; chmod 644 /etc/zhiwen/second.yaml"
run "systemctl start zhiwend@second.socket zhiwend@second.service; zhiwen send --socket-dir /run/zhiwen/second /samples/*.txt | tail -1; ls /var/lib/zhiwen"
saw "second"
say
say "## tcp, with the secret key as a credential"
say
quiet "mkdir -p /etc/credstore /etc/zhiwen/clients/senders; cd /etc/credstore && zhiwen keygen zhiwen.curve && zhiwen keygen /root/me && cp /root/me.pub /etc/zhiwen/clients/senders/ && chmod -R a+rX /etc/zhiwen/clients"
quiet "printf 'curve: { clients: /etc/zhiwen/clients }\nsubmit: { bind: [\"ipc:///run/zhiwen/submit.sock\", \"tcp://127.0.0.1:7301\"] }\ndedup: { capacity: 100000, facts: 200000 }\n' > /etc/zhiwen/zhiwend.yaml; systemctl restart zhiwend"
until_ok 60 "zhiwen ping"
run "stat -c '%U %a %n' /etc/credstore/zhiwen.curve.secret; zhiwen send --timeout 30 --submit tcp://127.0.0.1:7301 --server-key /etc/credstore/zhiwen.curve.pub --key /root/me.secret /samples/*.txt | tail -1"
saw "4 sent"
run "zhiwen keygen /root/stranger >/dev/null; zhiwen send --timeout 3 --submit tcp://127.0.0.1:7301 --server-key /etc/credstore/zhiwen.curve.pub --key /root/stranger.secret /samples/*.txt 2>&1 | tail -1 || true"
saw "no answer|0 new|4 not sent|unsent" "a stranger is not let in"
say
say "## Upgrade under load, remove, purge"
say
quiet "for i in \$(seq 200); do printf '{\"id\": \"u%d\", \"text\": \"第%d号通报:温州市质监局抽查了%d家企业。\"}\n' \$i \$i \$((i * 7)); done > /samples/load.jsonl"
quiet "(while read -r line; do printf '%s\n' \"\$line\"; sleep 0.05; done < /samples/load.jsonl | zhiwen send --jsonl --json --timeout 90 - > /load.out; echo \$? > /load.rc) &"
sleep 2
run "dpkg -i /packages/zhiwen_*-2_*.deb | tail -1; dpkg-query -W zhiwen"
until_ok 120 "test -s /load.rc"
run "cat /load.rc; grep -cE '\"status\":\"(new|duplicate)\"' /load.out"
saw "^200$" "all 200 acknowledged through the restart"
run "zhiwen watch --from start --until-idle 1 --json --topic article | wc -l"
run "dpkg --remove zhiwen | tail -1; ls -d /var/lib/zhiwen; systemctl list-units --all --no-legend 'zhiwend*' | head -3"
saw "/var/lib/zhiwen" "removing keeps the state"
run "dpkg --purge zhiwen 2>&1 | tail -1; ls -d /var/lib/zhiwen /run/zhiwen 2>&1 || true; getent passwd zhiwen | cut -d: -f1"
saw "cannot access '/var/lib/zhiwen'" "purging removes it"
run "systemctl --failed --no-legend | grep -c zhiwen || true"
say
say "All was seen."
cp "$transcript" "$here/TRANSCRIPT.md"
