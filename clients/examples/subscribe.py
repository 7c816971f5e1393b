#!/usr/bin/python3
"""Prints facts, the simple way of PROTOCOL.md: none missing, none twice, in order on each topic.

    subscribe.py SOCKET_DIR [TOPIC_PREFIX]      such as: subscribe.py /run/zhiwen fact.award.33

Needs python3-zmq and python3-msgpack."""
import sys

import msgpack
import zmq


def main(folder, prefix="fact."):
    context = zmq.Context.instance()
    facts, replay = context.socket(zmq.SUB), context.socket(zmq.DEALER)
    facts.connect(f"ipc://{folder}/facts.sock")
    replay.connect(f"ipc://{folder}/replay.sock")
    for topic in prefix, "heartbeat":
        facts.subscribe(topic)
    done, last = 0, {}  # everything up to `done` is known; by topic, the last seq shown

    def show(topic, event):
        if event["seq"] <= last.get(topic, 0):
            return
        last[topic] = event["seq"]
        fact = event.get("fact", {})
        print(event["seq"], topic, fact.get("time"), fact.get("span", {}).get("quote"), flush=True)

    def catch_up():
        nonlocal done
        while True:
            replay.send(msgpack.packb({"v": 1, "op": "replay", "req": done, "from": done + 1, "topics": [prefix]}))
            while replay.poll(2000):  # no answer: ask again
                page = msgpack.unpackb(replay.recv())
                if page.get("req") == done:
                    break
            else:
                continue
            if page["answer"] != "page":
                sys.exit(page["message"])  # too_old or too_new: PROTOCOL.md says what then
            for topic, payload in page["events"]:
                show(topic, msgpack.unpackb(payload))
            done = page["next"] - 1
            if page["next"] > page["newest"]:
                return

    catch_up()
    while True:
        topic, event = facts.recv_string(), msgpack.unpackb(facts.recv())
        if topic == "heartbeat" and event["seq"] <= max([done, *last.values()]):
            continue
        if topic == "heartbeat" or event.get("prev", 0) > max(done, last.get(topic, 0)):
            catch_up()  # something was missed
        if topic != "heartbeat":
            show(topic, event)


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) > 1 else sys.exit(__doc__)
