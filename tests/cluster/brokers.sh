#!/bin/sh
# A real Kafka cluster of three brokers in KRaft mode on this machine, with small heaps: on loopback, or, with ZW_BROKERS_NET=1 (root),
# each a host of its own (net.sh) that can be cut off.
#
# usage: sh tests/cluster/brokers.sh start DIR     prints the bootstrap servers once all three answer; DIR keeps jars, data and logs
#        sh tests/cluster/brokers.sh run DIR N     starts broker N (1..3) again
#        sh tests/cluster/brokers.sh kill DIR N    kill -9
#        sh tests/cluster/brokers.sh cut|mend DIR N     off the network, and on it again
#        sh tests/cluster/brokers.sh topic DIR NAME PARTITIONS     replication 3, min.insync.replicas 2
#        sh tests/cluster/brokers.sh describe DIR  topics, leaders and who is in sync
#        sh tests/cluster/brokers.sh stop DIR      all three
# Needs Java and mvn, which fetches the jars once. $ZW_BROKERS_PORT: the first of six ports (39092).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { sed -n '5,13s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$2"
dir=$(cd "$2" && pwd)
port=${ZW_BROKERS_PORT:-39092}
net=${ZW_BROKERS_NET:-}

# The address of broker N, for clients and for the other controllers.
client() {
    if [ -n "$net" ]; then echo "10.77.7.$((10 + $1)):9092"; else echo "127.0.0.1:$((port + $1 - 1))"; fi
}
controller() {
    if [ -n "$net" ]; then echo "10.77.7.$((10 + $1)):9093"; else echo "127.0.0.1:$((port + $1 + 2))"; fi
}
servers=$(client 1),$(client 2),$(client 3)
voters=1@$(controller 1),2@$(controller 2),3@$(controller 3)
cluster=emhpd2VuLXRlc3RzLS0tLQ # any 16 bytes in base64url

# What a tool has to say matters only when it fails.
tool() {
    java -Xmx128m -XX:+UseSerialGC -Dlog4j.configuration="file:$dir/log4j.properties" -cp "$dir/jars/*" "$@" 2>>"$dir/tools.log" ||
        { tail -5 "$dir/tools.log" >&2; return 1; }
}

pid() {
    cat "$dir/$1/pid" 2>/dev/null || true
}

alive() {
    p=$(pid "$1")
    [ -n "$p" ] && kill -0 "$p" 2>/dev/null
}

jars() {
    [ -e "$dir/jars/whole" ] && return
    mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$dir/jars" >&2
    : >"$dir/jars/whole"
}

logging() {
    printf '%s\n' 'log4j.rootLogger=WARN, err' 'log4j.appender.err=org.apache.log4j.ConsoleAppender' 'log4j.appender.err.target=System.err' \
        'log4j.appender.err.layout=org.apache.log4j.PatternLayout' 'log4j.appender.err.layout.ConversionPattern=%d %p %c %m%n' >"$dir/log4j.properties"
}

settings() {
    mkdir -p "$dir/$1"
    cat >"$dir/$1/server.properties" <<END
process.roles=broker,controller
node.id=$1
controller.quorum.voters=$voters
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://$(client "$1"),CONTROLLER://$(controller "$1")
advertised.listeners=PLAINTEXT://$(client "$1")
log.dirs=$dir/$1/data
auto.create.topics.enable=false
default.replication.factor=3
min.insync.replicas=2
unclean.leader.election.enable=false
offsets.topic.replication.factor=3
offsets.topic.num.partitions=3
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
num.network.threads=2
num.io.threads=2
END
    [ -e "$dir/$1/data/meta.properties" ] ||
        tool kafka.tools.StorageTool format -t $cluster -c "$dir/$1/server.properties" >>"$dir/$1/log" 2>&1
}

run() {
    alive "$1" && return
    [ -z "$net" ] || sh "$here/net.sh" host "b$1" $((10 + $1))
    setsid ${net:+ip netns exec "zw-b$1"} java -Xmx256m -XX:+UseSerialGC -Dlog4j.configuration="file:$dir/log4j.properties" -cp "$dir/jars/*" \
        kafka.Kafka "$dir/$1/server.properties" </dev/null >>"$dir/$1/log" 2>&1 &
    echo $! >"$dir/$1/pid"
}

describe() {
    tool org.apache.kafka.tools.TopicCommand --bootstrap-server "$servers" --describe
}

# Three minutes, since a busy machine starts a Java program slowly.
end() {
    p=$(pid "$1")
    if [ -n "$p" ]; then kill -9 "$p" 2>/dev/null || true; fi
    while alive "$1"; do sleep 0.1; done # its lock on the folder goes with it
}

wait_for_all() {
    tries=0
    until tool kafka.admin.BrokerApiVersionsCommand --bootstrap-server "$servers" 2>/dev/null | grep -c '(id: [123] rack' | grep -qx 3; do
        tries=$((tries + 1))
        for n in 1 2 3; do
            alive $n || { echo "brokers: broker $n has ended:" >&2; tail -5 "$dir/$n/log" >&2; exit 1; }
        done
        [ $tries -lt 60 ] || { echo "brokers: not all three answer" >&2; exit 1; }
        sleep 3
    done
}

case $1 in
start)
    jars
    logging
    for n in 1 2 3; do settings $n; done
    for n in 1 2 3; do run $n; done
    wait_for_all
    for n in 1 2 3; do alive $n || { echo "brokers: others answer at $servers" >&2; exit 1; }; done
    echo "$servers"
    ;;
run) run "$3" ;;
kill) end "$3" ;;
cut | mend) sh "$here/net.sh" "$1" "b$3" ;;
topic)
    tool org.apache.kafka.tools.TopicCommand --bootstrap-server "$servers" --create --if-not-exists --topic "$3" --partitions "$4" \
        --replication-factor 3 --config min.insync.replicas=2 --config message.timestamp.type="$(case $3 in *.results) echo LogAppendTime ;; *) echo CreateTime ;; esac)"
    ;;
describe) describe ;;
stop)
    for n in 1 2 3; do end $n; done
    ;;
*) echo "brokers: unknown: $1" >&2; exit 2 ;;
esac
