"""Several zhiwend as one: the same decisions everywhere, each message once, whoever joins, leaves or dies."""
import os
import random
import signal
import sys
import time

from cluster_lib import NET, Cluster, Daemon, Sender, check, decided, equal, net, same_log
from daemon_lib import BIN, article, check_log, pack, run, text, unpack
from daemon_order import check_mixed, stream, without_time


def spread(instances, articles):
    """Sends to all in turn, without waiting; returns the acks by place in `articles`."""
    senders = [Sender(d) for d in instances]
    for k, a in enumerate(articles):
        senders[k % len(senders)].send(a, req=k)
    acks = {}
    for i, s in enumerate(senders):
        s.receive(len(range(i, len(articles), len(senders))))
        acks.update(s.acks)
        s.close()
    return [acks[k] for k in range(len(articles))]


def same_as_one_machine():
    """What three instances come to is what one machine does that gets the articles in the order in which they were decided."""
    articles = stream(120, 7)
    with Cluster(3, "same") as c:
        c.share()
        acks = spread(c.instances, articles)
        check_mixed(acks, 3)
        c.settle()
        events = same_log(c.instances)
        check_log(events)
        reported = [d.cluster()["reported"] for d in c.instances]
        check(all(n > 0 for n in reported), "work is not shared: %s" % reported)
        instances = {d.status()["instance"] for d in c.instances}
        equal(len(instances), 1, "logs that the instances say they have")
    order = {}
    for k, ack in enumerate(acks):
        if not ack.get("repeat"):
            order[ack["number"]] = articles[k]
    equal(sorted(order), list(range(1, len(order) + 1)), "numbers")
    with Daemon(workers=2).start() as one:
        s = Sender(one)
        for number in sorted(order):
            s.send(order[number], req=number)
        s.receive(len(order))
        equal(without_time(one.events()), without_time(events), "events of one machine")


def corrections():
    """Versions and withdrawals keep their order, since they have one key; a withdrawal of what is not there is refused by the one that decides."""
    with Cluster(2, "corrections") as c:
        a, b = c.instances
        s, t = Sender(a), Sender(b)
        equal(s.submit(article(1))["status"], "new", "first version")
        ack = t.submit(dict(article(1), body=text(1) + text(2)))
        equal((ack["status"], ack.get("kind")), ("new", "revision"), "second version, by another instance")
        s.socket.send(pack(op="withdraw", req=9, source="test", id="a-1", reason="wrong"))
        s.receive(1)
        equal(s.order[-1]["status"], "withdrawn", "withdrawal")
        t.socket.send(pack(op="withdraw", req=10, source="test", id="no such"))
        t.receive(1)
        equal((t.order[-1]["status"], t.order[-1]["error"]), ("rejected", "not_found"), "withdrawal of nothing")
        c.settle()
        check_log(same_log(c.instances))
        for d in c.instances:
            equal(len(d.ask(op="quarantine")["quarantine"]["messages"]), 1, "refused messages at %s" % d.name)


def other_producers():
    """A program that writes to the topic itself is served like a sender; what is no message is refused, and holds nobody up."""
    import subprocess
    with Cluster(2, "others") as c:
        c.share()
        produce = [os.path.join(BIN, "mock_produce"), ",".join(c.brokers.servers), c.topics + ".articles"]
        for payload in (pack(op="submit", req=1, article=article(1)), b"no message", b"", pack(op="status", req=1),
                        pack(op="submit", req=2, article=article(2))):
            subprocess.run(produce, input=payload, check=True)
        c.instances[0].wait("all are read", lambda s: s["read"] >= 5)
        c.settle()
        events = same_log(c.instances)
        equal({a[1] for a in decided(events).values()}, {"a-1", "a-2"}, "articles")
        for d in c.instances:
            reasons = sorted(m["error"] for m in d.ask(op="quarantine")["quarantine"]["messages"])
            equal(reasons, ["malformed", "malformed", "unknown_op"], "refused at %s" % d.name)


def refused_by_the_receiver():
    """What is no message at all is refused at once, by the instance that it came to, and reaches no other."""
    with Cluster(2, "refused") as c:
        s = Sender(c.instances[0])
        s.socket.send(pack(op="submit", req=3, article={"id": "x", "source": "test"}))
        s.receive(1)
        equal((s.order[-1]["status"], s.order[-1]["field"]), ("rejected", "article.body"), "refusal")
        equal([len(d.ask(op="quarantine")["quarantine"]["messages"]) for d in c.instances], [1, 0], "quarantined")
        equal([d.cluster()["sent"] for d in c.instances], [0, 0], "sent on")


def comes_and_goes():
    """Instances are added and leave, one by one, while articles come in: nobody who sends sees anything of it."""
    with Cluster(1, "comes") as c:
        first, n = Sender(c.instances[0]), 0
        for step in (lambda: c.add(), lambda: c.add(), lambda: equal(c.instances[1].stop(), 0, "exit"),
                     lambda: c.instances[1].start(), lambda: equal(c.instances[2].stop(), 0, "exit")):
            for _ in range(60):
                first.send(article(n), req=n)
                n += 1
            step()
        first.receive(n)
        c.share()
        more = Sender(c.instances[1])
        for k in range(n, n + 20):
            more.send(article(k), req=k)
        more.receive(20)
        c.settle()
        equal(len(decided(same_log(c.running()))), n + 20, "articles")
        equal({a["status"] for a in list(first.acks.values()) + list(more.acks.values())}, {"new"}, "outcomes")


def gets_a_copy():
    """A store that was copied from a neighbour's reads the rest; one of another log is told what is wrong."""
    import shutil
    import subprocess
    with Cluster(2, "copy") as c:
        spread(c.instances, [article(n) for n in range(40)])
        c.settle()
        equal(c.instances[1].stop(), 0, "exit")
        spread(c.instances[:1], [article(n) for n in range(40, 60)])
        new = c.add(start=False)
        backup = os.path.join(new.dir, "backup")
        os.mkdir(backup)
        zhiwen = os.path.join(BIN, "zhiwen")
        subprocess.run([zhiwen, "store", "backup", "--state-dir", c.instances[0].state, os.path.join(backup, "zhiwen.mdb")], check=True)
        subprocess.run([zhiwen, "store", "restore", "--same-log", "--state-dir", new.state, os.path.join(backup, "zhiwen.mdb")], check=True)
        spread(c.instances[:1], [article(n) for n in range(60, 80)])
        new.start()
        c.settle()
        equal(len(decided(same_log(c.running()))), 80, "articles")

        other = c.add(start=False)
        equal(other.stop() if other.process else 0, 0, "not started")
        with Daemon() as alone:
            alone.start()
            Sender(alone).submit(article(1))
            equal(alone.stop(), 0, "exit")
            shutil.copytree(alone.state, other.state)
        other.start(wait=False)
        equal(other.process.wait(60), 1, "exit of a store of another log")
        other.process = None
        check("this store has articles of another log" in other.logged(), other.logged())


def terms_must_agree():
    """An instance with another dedup.capacity does not start; with a higher generation it takes over, and the others end."""
    with Cluster(1, "terms") as c:
        Sender(c.instances[0]).submit(article(1))
        other = c.add(start=False)
        with open(other.config) as f:
            config = f.read().replace("capacity: 20000", "capacity: 30000")
        with open(other.config, "w") as f:
            f.write(config)
        other.start(wait=False)
        equal(other.process.wait(60), 1, "exit")
        other.process = None
        check("must have them alike" in other.logged(), other.logged())
        with open(other.config, "w") as f:
            f.write(config.replace("topics: ", "generation: 2, topics: "))
        other.start()
        s = Sender(other)
        for k in range(2, 40):
            s.send(article(k), req=k)
        c.instances[0].process.wait(60)
        c.instances[0].process = None
        check("raise cluster.generation" in c.instances[0].logged(), c.instances[0].logged())
        s.receive(38)


def mistakes_are_named():
    """A property that does not exist, one that is zhiwend's own, topics that are not there."""
    with Cluster(0, "mistakes") as c:
        for cluster, wanted in (('properties: ["no.such=1"]', 'No such configuration property: "no.such"'),
                                ('properties: ["acks=1"]', "acks cannot be set"),
                                ('properties: ["linger.ms"]', "name=value is expected"),
                                ('properties_file: /no/such/file', "/no/such/file: No such file")):
            d = c.add(start=False, cluster=cluster)
            d.start(wait=False)
            equal(d.process.wait(60), 1, "exit with %s" % cluster)
            d.process = None
            check(wanted in d.logged(), "%s:\n%s" % (wanted, d.logged()))


def killed_often(rounds=None, seed=None):
    """Instances are killed at random, alone or together, while articles come in: each is decided once, and all come to the same log."""
    rounds = rounds or int(os.environ.get("ZW_ROUNDS", "4"))
    r = random.Random(seed or int(os.environ.get("ZW_SEED", "11")))
    with Cluster(3, "killed") as c:
        c.share()
        n, acked = 0, {}
        for turn in range(rounds):
            victims = r.sample(c.instances, r.choice((1, 1, 2)))
            senders = {d: Sender(d) for d in c.instances}
            sent = {d: [] for d in c.instances}
            for _ in range(r.randrange(60, 120)):
                d = r.choice(c.instances)
                senders[d].send(article(n), req=n)
                sent[d].append(n)
                n += 1
            time.sleep(r.random() * 1.5)
            for d in victims:
                d.stop(signal.SIGKILL)
            broker = r.randrange(1, 4) if r.random() < 0.5 else 0
            if broker:
                c.brokers.down(broker)
            time.sleep(r.random() * 2)
            if broker and not c.brokers.real: # a mock broker's partitions have no other leader
                c.brokers.up(broker)
            for d in c.instances:
                if d not in victims:
                    senders[d].receive(len(sent[d]))
                else:
                    while senders[d].socket.poll(0):
                        senders[d].take()
                acked.update(senders[d].acks)
            if broker:
                c.brokers.up(broker)
            for d in victims:
                d.start()
            again = Sender(r.choice(c.instances)) # who was not answered sends again
            lost = [k for k in range(n) if k not in acked]
            for k in lost:
                again.send(article(k), req=k)
            again.receive(len(lost))
            acked.update(again.acks)
            print("round %d: %d articles, killed %s%s, %d sent again" % (turn + 1, n, [d.name for d in victims],
                                                                           ", broker %d" % broker if broker else "", len(lost)), flush=True)
        c.settle()
        events = same_log(c.instances)
        check_log(events)
        got = decided(events)
        equal(sorted(a[1] for a in got.values()), sorted("a-%d" % k for k in range(n)), "articles, each once")
        numbers = {a[1]: number for number, a in got.items()}
        for k, ack in acked.items():
            equal(ack["number"], numbers["a-%d" % k], "number in the ack of a-%d" % k)
        print("uncounted %s, gone back %s" % ([d.cluster()["uncounted"] for d in c.instances], [d.cluster()["gone_back"] for d in c.instances]))


def cut_off_often(rounds=None):
    """Instances and brokers are cut off the network at random, for shorter and for longer than the others wait for them: what a cut off
    instance had made and reports when it is back does not count twice. (Real brokers on hosts of their own; else skipped.)"""
    if not NET:
        print("needs brokers on hosts of their own: tests/cluster/run.sh")
        sys.exit(77)
    rounds = rounds or int(os.environ.get("ZW_ROUNDS", "4"))
    r = random.Random(int(os.environ.get("ZW_SEED", "12")))
    with Cluster(3, "cut") as c:
        c.share()
        n, senders, sent = 0, [Sender(d) for d in c.instances], [0, 0, 0]
        for turn in range(rounds):
            victim, broker, seconds = r.randrange(3), r.random() < 0.4, r.choice((1, 4, 16))
            for k in range(r.randrange(60, 120)):
                at = r.randrange(3)
                senders[at].send(article(n), req=n)
                sent[at] += 1
                n += 1
                if k == 20:
                    if broker:
                        c.brokers.cut(victim + 1)
                    else:
                        net("cut", c.instances[victim].name)
            time.sleep(seconds)
            if broker:
                c.brokers.mend(victim + 1)
            else:
                net("mend", c.instances[victim].name)
            for at in range(3): # nobody has to send again
                senders[at].receive(sent[at], 240)
            sent = [0, 0, 0]
            print("round %d: %d articles, %s cut off for %d s" % (turn + 1, n, "broker %d" % (victim + 1) if broker else "i%d" % victim, seconds), flush=True)
        c.settle()
        events = same_log(c.instances)
        check_log(events)
        equal(sorted(a[1] for a in decided(events).values()), sorted("a-%d" % k for k in range(n)), "articles, each once")
        for s in senders:
            equal({a["status"] for a in s.acks.values()}, {"new"}, "outcomes")
        print("uncounted %s, gone back %s" % ([d.cluster()["uncounted"] for d in c.instances], [d.cluster()["gone_back"] for d in c.instances]))


def larger_than_brokers_take():
    """An article that is too large for its topic is refused at once; one whose result is too large, as soon as that is known. Nothing else
    waits for either. (Real brokers with their usual limit of 1 MB; mock ones take everything.)"""
    with Cluster(2, "large") as c:
        if not c.brokers.real:
            print("mock brokers have no limit")
            sys.exit(77)
        c.share()
        r = random.Random(3)
        def noise(chars):
            return "".join(chr(r.randrange(0x4e00, 0x9fa0)) for _ in range(chars))
        s = Sender(c.instances[0])
        s.send(article(1), req=1)
        s.send(dict(article(2), body=noise(600000)), req=2)  # 1.8 MB, which do not compress
        s.send(dict(article(3), body=noise(200000)), req=3)  # 0.6 MB, and its result has it twice
        for n in range(4, 30):
            s.send(article(n), req=n)
        s.receive(29)
        for n in (2, 3):
            ack = s.acks[n]
            equal((ack["status"], ack.get("error")), ("rejected", "too_large"), "article %d" % n)
        equal({s.acks[n]["status"] for n in s.acks if n not in (2, 3)}, {"new"}, "the others")
        c.settle()
        equal(len(decided(same_log(c.instances))), 27, "articles")


def brokers_away():
    """With too few brokers senders wait, status says so, replay goes on; when they are back all goes on by itself."""
    with Cluster(2, "away") as c:
        c.share()
        spread(c.instances, [article(n) for n in range(20)])
        c.settle()
        for broker in (1, 2, 3) if not c.brokers.real else (1, 2):
            c.brokers.down(broker)
        senders = [Sender(d) for d in c.instances]
        for n in range(20, 40):
            senders[n % 2].send(article(n), req=n)
        for d in c.instances:
            d.wait("it waits for brokers", lambda s: s["state"] == "waiting for brokers" and s["waiting_s"] >= 5)
            equal(len(decided(d.events())), 20, "articles that %s can tell of" % d.name)
        equal([s.socket.poll(0) for s in senders], [0, 0], "answers")
        restarted = c.instances[1]
        equal(restarted.stop(), 0, "exit while brokers are away") # what was not answered is sent again, as senders do
        restarted.start()
        equal(len(decided(restarted.events())), 20, "articles after a restart")
        for broker in (1, 2, 3):
            c.brokers.up(broker)
        senders[0].receive(10)
        again = Sender(restarted)
        for n in range(21, 40, 2):
            again.send(article(n), req=n)
        again.receive(10)
        c.settle()
        equal(sorted(a[1] for a in decided(same_log(c.instances)).values()), sorted("a-%d" % n for n in range(40)), "articles, each once")


if __name__ == "__main__":
    run(same_as_one_machine, corrections, other_producers, refused_by_the_receiver, comes_and_goes, gets_a_copy, terms_must_agree,
        mistakes_are_named, killed_often, cut_off_often, larger_than_brokers_take, brokers_away)
