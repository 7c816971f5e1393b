#!/bin/sh
# Hosts of one's own on this machine, as network namespaces on a bridge, for brokers and instances that are cut off. Needs root.
#
# usage: sh tests/cluster/net.sh host NAME N    makes host NAME with address 10.77.7.N; run in it with: ip netns exec zw-NAME COMMAND
#        sh tests/cluster/net.sh cut NAME       no packet reaches it or leaves it
#        sh tests/cluster/net.sh mend NAME
#        sh tests/cluster/net.sh gone           takes everything away
set -eu

bridge=zwbridge
[ $# -ge 1 ] || { sed -n '4,7s/^# //p' "$0" >&2; exit 2; }

case $1 in
host)
    ip link show $bridge >/dev/null 2>&1 || {
        ip link add $bridge type bridge
        ip addr add 10.77.7.1/24 dev $bridge
        ip link set $bridge up
    }
    ip netns list | grep -qw "zw-$2" && exit 0
    ip netns add "zw-$2"
    ip link add "zwv-$2" type veth peer name eth0 netns "zw-$2"
    ip link set "zwv-$2" master $bridge
    ip link set "zwv-$2" up
    ip -n "zw-$2" addr add "10.77.7.$3/24" dev eth0
    ip -n "zw-$2" link set eth0 up
    ip -n "zw-$2" link set lo up
    ;;
cut) ip link set "zwv-$2" down ;;
mend) ip link set "zwv-$2" up ;;
gone)
    for ns in $(ip netns list | sed -n 's/^\(zw-[^ ]*\).*/\1/p'); do ip netns del "$ns"; done
    ip link del $bridge 2>/dev/null || true
    ;;
*) echo "net: unknown: $1" >&2; exit 2 ;;
esac
