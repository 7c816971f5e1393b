"""What the daemon gives up by age and by size, what it does not, and what it remembers of it: through restarts."""
import json
import os
import subprocess
import time

from daemon_lib import BIN, Daemon, Sender, article, check, equal, run, text, unpack


def until(what, ok, seconds=60):
    end = time.time() + seconds
    while not ok():
        check(time.time() < end, "never: " + what)
        time.sleep(0.1)


def oldest(d):
    return d.status()["seq"]["oldest"]


def kept(d):
    """The events that are kept, held against what the log promises of them."""
    at, events = oldest(d), []
    while True:
        page = d.ask(op="replay", **{"from": at})
        check(page["answer"] == "page", "replay: %s" % page)
        if not page["events"]:
            return events
        events += page["events"]
        at = page["next"]


def by_age():
    """Old articles go with their events; the rest is whole, and what they were is remembered, also by a daemon that starts anew."""
    with Daemon("retention: { age: 3s }\n").start() as d:
        s = Sender(d)
        first = [s.submit(article(i)) for i in range(30)]
        until("all but the newest are gone", lambda: oldest(d) > first[-2]["seq"])
        equal(oldest(d), first[-2]["seq"] + 1, "the newest article stays whole")
        refused = d.ask(op="replay", **{"from": 1})
        equal((refused["error"], refused["oldest"], refused["newest"]), ("too_old", first[-2]["seq"] + 1, first[-1]["seq"]), "refusal")
        equal(d.ask(op="article", number=1).get("error"), "not_found", "an article that is gone")
        equal(d.ask(op="article", number=30)["article"]["id"], "a-29", "the newest article")
        status = d.status()
        equal((status["store"]["articles"], status["store"]["trimmed_articles"]), (1, 29), "articles kept and removed")
        check("29 articles and %d events are removed" % first[-2]["seq"] in d.logged(), d.logged())

        watch = subprocess.run([os.path.join(BIN, "zhiwen"), "watch", "--json", "--from", "1", "--topic", "", "--until-idle", "1"],
                               env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), capture_output=True, text=True, timeout=60)
        check(watch.returncode != 0 or json.loads(watch.stdout.splitlines()[0])["event"] == "lost", watch.stdout + watch.stderr)

        copy = s.submit(article(3, id="b-3", source="elsewhere"))
        equal((copy["status"], copy.get("of")), ("duplicate", "a-3"), "a copy of an article that is gone")
        d.stop()
        s.close()
        d.start()
        s = Sender(d)
        second = s.submit(article(5, id="b-5", source="elsewhere"))
        equal((second["status"], second.get("of")), ("duplicate", "a-5"), "a copy, after a restart")
        again = s.submit(article(3))
        equal((again.get("repeat"), again["number"], again["seq"]), (True, 4, first[3]["seq"]), "a resend gets its first answer")
        third = s.submit(article(3, id="c-3", source="third"))
        page = d.ask(op="replay", **{"from": third["seq"] - third["facts"]})
        counts = [unpack(p)["support"] for t, p in page["events"] if not t.startswith("article")]
        check(third["facts"] > 0 and min(counts) >= 3, "counted on: %s" % counts)
        equal(d.ask(op="cluster", number=4)["cluster"]["members"], 3, "cluster of an article that is gone")
        equal(d.stop(), 0, "exit")


def by_size():
    """However much comes, the store holds what it may, and its file stays as large."""
    most = 8 << 20
    with Daemon("retention: { size: 8MiB }\n").start() as d:
        s, filler = Sender(d), "本段文字只是为了占地方。" * 500
        sizes, sent = [], 0
        for _ in range(6):
            for i in range(sent, sent + 300):
                s.send(article(i, body=text(i) + filler + str(i)))
            s.receive(300)
            sent += 300
            until("it shrinks", lambda: d.status()["store"]["bytes_used"] <= most)
            sizes.append(os.stat(os.path.join(d.state, "zhiwen.mdb")).st_size)
        status = d.status()
        check(status["store"]["trimmed_articles"] > 600 and status["store"]["articles"] > 100, "%s" % status["store"])
        # How far it grows before it is trimmed depends on the machine, and large articles leave gaps; kept whole it would be six times the first.
        check(sizes[-1] <= sizes[1] * 2 and sizes[-1] <= sizes[0] * 4, "the file grows: %s" % sizes)
        equal([unpack(p)["seq"] for t, p in kept(d)], list(range(oldest(d), status["seq"]["newest"] + 1)), "events kept")
        equal(d.ask(op="article", number=sent)["article"]["id"], "a-%d" % (sent - 1), "the newest article")
        equal(d.stop(), 0, "exit")


def what_is_not_confirmed_stays():
    with Daemon("retention: { age: 1s }\n").start() as d:
        s = Sender(d)
        acks = [s.submit(article(i)) for i in range(10)]
        equal(d.ask(op="confirm", name="office", seq=acks[3]["seq"])["answer"], "subscription", "confirm")
        until("the confirmed ones are gone", lambda: oldest(d) == acks[3]["seq"] + 1)
        time.sleep(6)  # longer than it waits before it looks again
        equal(oldest(d), acks[3]["seq"] + 1, "what is not confirmed")
        check("holds back what would be removed" in d.logged(), d.logged())
        d.ask(op="confirm", name="office", seq=acks[7]["seq"])
        until("they go once they are confirmed", lambda: oldest(d) == acks[7]["seq"] + 1)
        equal(d.stop(), 0, "exit")


def unless_its_own_limit_is_passed():
    with Daemon("retention: { age: 1s, unconfirmed_age: 8s }\n").start() as d:
        s = Sender(d)
        acks = [s.submit(article(i)) for i in range(10)]
        d.ask(op="confirm", name="office", seq=acks[3]["seq"])
        until("the confirmed ones are gone", lambda: oldest(d) == acks[3]["seq"] + 1)
        until("the limit is passed", lambda: oldest(d) == acks[8]["seq"] + 1)
        check("events from %d on are removed although" % (acks[3]["seq"] + 1) in d.logged(), d.logged())
        equal(d.stop(), 0, "exit")


def restarted_or_not():
    """With more articles than the indexes hold, and old ones removed, a restart changes no decision and no count."""
    config = "retention: { size: 2MiB }\ndedup: { capacity: 1000, facts: 3000 }\n"
    results = []
    for restart in (False, True):
        with Daemon() as d:
            with open(d.config, "w") as f:
                f.write("workers: 2\nstore: { map: 64MiB }\n" + config)
            d.start()
            s = Sender(d)
            for i in range(1600):
                s.send(article(i))
            s.receive(1600)
            until("old ones are gone", lambda: d.status()["store"]["bytes_used"] <= 2 << 20)
            check(d.status()["store"]["articles"] < 700, "%s" % d.status()["store"])
            if restart:
                equal(d.stop(), 0, "exit")
                s.close()
                d.start()
                s = Sender(d)
            acks = [s.submit(article(i, id="copy-%d" % i, source="copies")) for i in range(560, 1600, 37)]
            newest = d.status()["seq"]["newest"]
            page = d.ask(op="replay", **{"from": acks[0]["seq"] - acks[0]["facts"]})
            events = [(t, unpack(p)) for t, p in page["events"]]
            equal(events[0][1]["seq"] <= newest, True, "events")
            results.append((acks, [(t, e["support"]) for t, e in events if e["event"] != "article"]))
    for plain, restarted in zip(results[0][0] + results[0][1], results[1][0] + results[1][1]):
        equal(restarted, plain, "with a restart")
    check(len({a["status"] for a in results[0][0]}) == 2, "some are known and some forgotten: %s" % results[0][0])


if __name__ == "__main__":
    run(by_age, by_size, what_is_not_confirmed_stays, unless_its_own_limit_is_passed, restarted_or_not)
