"""Senders, a publisher and subscribers through many kill -9 of zhiwend: each subscriber ends with exactly the events that its
filter selects, in order, once, and one under a name, killed itself, at least once; each article has one outcome and is taken once."""
import json
import os
import random
import signal
import subprocess
import threading
import time

import msgpack
import zmq

from daemon_lib import BIN, Daemon, article, check, check_log, equal, run, text

ZHIWEN = os.path.join(BIN, "zhiwen")
KILLS = int(os.environ.get("ZHIWEN_KILLS", "20"))
FILTERS = [[""], ["fact."], ["fact.award.", "support."], ["fact.indicator.3303"], ["article."]]


class Watcher:
    def __init__(self, d, topics, *more):
        self.topics, self.rows = topics, []
        args = [ZHIWEN, "watch", "--json", "--from", "start", *more] + [a for t in topics for a in ("--topic", t)]
        self.process = subprocess.Popen(args, env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            if line.endswith(b"\n"): # else it was killed in the middle of a line
                self.rows.append(json.loads(line))

    def check(self, log):
        wanted = [e["seq"] for t, e in log if t.startswith(tuple(self.topics))]
        end = time.time() + 60
        while time.time() < end and len(self.rows) < len(wanted):
            time.sleep(0.1)
        equal([row["seq"] for row in self.rows], wanted, "seen by %s" % self.topics)
        self.process.send_signal(signal.SIGTERM)
        equal(self.process.wait(20), 0, "exit of watch")
        check(b"Sanitizer" not in self.process.stderr.read(), "watch is unwell")


class NamedWatcher:
    """Subscribes under a name, and is itself killed again and again: at least once, each run in order and without a hole."""

    def __init__(self, d, topics):
        self.d, self.topics, self.runs = d, topics, []
        self.start()

    def start(self):
        self.runs.append(Watcher(self.d, self.topics, "--as", "ledger"))

    def kill(self):
        self.runs[-1].process.kill()
        self.runs[-1].process.wait()
        self.runs[-1].thread.join() # what it had written out, and perhaps confirmed, is read
        self.start()

    def check(self, log):
        wanted = [e["seq"] for t, e in log if t.startswith(tuple(self.topics))]
        last, end = self.runs[-1], time.time() + 60
        while time.time() < end and (not last.rows or last.rows[-1]["seq"] != wanted[-1]):
            time.sleep(0.1)
        last.process.send_signal(signal.SIGTERM)
        equal(last.process.wait(20), 0, "exit of watch --as")
        last.thread.join()
        done = 0
        for k, one in enumerate(self.runs):
            seen = [row["seq"] for row in one.rows]
            if not seen:
                continue
            equal(seen, [s for s in wanted if seen[0] <= s <= seen[-1]], "run %d: in order, without a hole" % k)
            equal([s for s in wanted if done < s < seen[0]], [], "nothing between run %d and the one before" % k)
            done = max(done, seen[-1])
        equal(done, wanted[-1], "to the end")
        equal(self.d.ask(op="subscriptions", name="ledger")["subscription"]["seq"] >= wanted[-1], True, "and confirmed")
        print("named: %d runs, %d of %d events seen twice" % (len(self.runs), sum(len(r.rows) for r in self.runs) - len(wanted), len(wanted)))


def take_back(d, number):
    """Withdraws one of the articles that are there, while everything else goes on; the answer may come from the next zhiwend."""
    return subprocess.Popen([ZHIWEN, "withdraw", "--json", "--timeout", "600", str(number)], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir),
                            stdout=subprocess.PIPE)


def senders(d, count, each):
    """`zhiwen send` with articles of its own ids; slowed by a pipe, so that they last through the kills."""
    started = []
    for k in range(count):
        process = subprocess.Popen([ZHIWEN, "send", "--json", "--jsonl", "--source", "s%d" % k, "--timeout", "600", "-"],
                                   env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), stdin=subprocess.PIPE, stdout=subprocess.PIPE)

        def feed(pipe=process.stdin, k=k):
            for n in range(each):
                a = article(k * each + n)
                row = {"id": "s%d-%d" % (k, n), "text": a["body"], "published": a["published"]}
                pipe.write(json.dumps(row).encode() + b"\n")
                pipe.flush()
                time.sleep(KILLS * 1.2 / each)
            pipe.close()
        thread = threading.Thread(target=feed, daemon=True)
        thread.start()
        started.append((process, thread))
    return started


def publisher(d, stop):
    socket = zmq.Context.instance().socket(zmq.PUB)
    socket.connect(d.endpoint("feed"))
    n = 0
    while not stop.is_set():
        n += 1
        socket.send_multipart([b"news", msgpack.packb({"v": 1, "article": {"id": "f%d" % n, "source": "feed", "body": text(90000 + n)}})])
        time.sleep(0.02)
    socket.close(0)


def nothing_is_lost_or_doubled():
    r = random.Random(7)
    each, stop = 200, threading.Event()
    with Daemon().start() as d:
        watchers = [Watcher(d, topics) for topics in FILTERS]
        named, withdrawals = NamedWatcher(d, ["fact.", "retract.", "article.withdrawn"]), []
        sending = senders(d, 3, each)
        feeding = threading.Thread(target=publisher, args=(d, stop), daemon=True)
        feeding.start()
        for kill in range(KILLS):
            time.sleep(r.uniform(0.2, 3.0)) # clients come back within two seconds
            if kill == KILLS // 2: # one subscriber stops reading for a while
                watchers[1].process.send_signal(signal.SIGSTOP)
            if kill > 3:
                withdrawals.append(take_back(d, kill))
            if kill % 3 == 1:
                named.kill()
            d.process.kill()
            d.process.wait()
            if kill % 3 == 2:
                named.kill()
            d.start()
        outcomes = []
        for process, thread in sending:
            rows = [json.loads(line) for line in process.stdout]
            equal(process.wait(600), 0, "exit of send")
            equal(len(rows), each, "one outcome an article")
            outcomes += rows
        stop.set()
        feeding.join()
        watchers[1].process.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        answers = [json.loads(line) for w in withdrawals for line in w.stdout]
        equal({a["status"] for a in answers}, {"withdrawn"}, "withdrawals: %s" % answers)
        log = d.events()
        check_log(log)
        equal(sum(e["event"] == "withdraw" for _, e in log), len(withdrawals), "each withdrawn once")
        taken = [e["article"]["id"] for t, e in log if e["event"] == "article" and e["article"].get("source", "")[:1] == "s"]
        equal(sorted(taken), sorted(o["id"] for o in outcomes), "each article is taken once")
        by_seq = {e["seq"]: e["article"]["id"] for t, e in log if e["event"] == "article"}
        for o in outcomes:
            equal(by_seq.get(o["seq"]), o["id"], "the seq of the outcome")
        for watcher in watchers:
            watcher.check(log)
        named.check(log)
        equal(d.stop(), 0, "exit")


run(nothing_is_lost_or_doubled)
