#!/bin/sh
# The cluster against three real brokers of Apache Kafka: every scenario, then kills and cuts, many rounds. Long, and needs root for the cuts;
# Java and mvn fetch the brokers once. What it said last stands in REPORT.md.
# usage: sh tests/cluster/run.sh [BUILD]     BUILD: build/release; $ZW_ROUNDS rounds of kills and of cuts each (30)
set -eu
cd "$(dirname "$0")/../.."
ZHIWEN_BIN=${1:-build/release}/bin
export ZHIWEN_BIN ZW_BROKERS=real ZW_ROUNDS="${ZW_ROUNDS:-30}"
ZW_BROKERS_DIR=$(mktemp -d)
export ZW_BROKERS_DIR
here=tests/cluster
end() {
    sh $here/brokers.sh stop "$ZW_BROKERS_DIR"
    [ -z "${ZW_BROKERS_NET:-}" ] || sh $here/net.sh gone
}
trap 'end; rm -rf "$ZW_BROKERS_DIR"' EXIT
for scenario in same_as_one_machine corrections other_producers refused_by_the_receiver comes_and_goes gets_a_copy terms_must_agree \
    mistakes_are_named larger_than_brokers_take brokers_away killed_often; do
    /usr/bin/python3 $here/cluster_main.py $scenario
done
if [ "$(id -u)" = 0 ]; then
    end
    rm -rf "$ZW_BROKERS_DIR"/[123]
    export ZW_BROKERS_NET=1
    /usr/bin/python3 $here/cluster_main.py cut_off_often
fi
