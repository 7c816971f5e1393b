#!/bin/sh
# Awards as tab-separated lines (seq, time, region, recipient, award), from the start on; stops when nothing more comes.
# usage: awards.sh [REGION]     needs jq
exec zhiwen watch --json --from start --until-idle 1 --type award --region "${1:-}" |
    jq -r 'select(.event == "fact") | [.seq, .fact.time // "-", .fact.region // "-", .fact.recipient, .fact.award] | @tsv'
