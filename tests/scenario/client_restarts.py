"""Senders, a publisher and subscribers through many kill -9 of zhiwend: each subscriber ends with exactly the events that its
filter selects, in order, once; each article has one outcome and is taken once."""
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
    def __init__(self, d, topics):
        self.topics, self.rows = topics, []
        args = [ZHIWEN, "watch", "--json", "--from", "start"] + [a for t in topics for a in ("--topic", t)]
        self.process = subprocess.Popen(args, env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
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


def senders(d, count, each):
    """`zhiwen send` with articles of its own ids; slowed by a pipe, so that they last through the kills."""
    started = []
    for k in range(count):
        process = subprocess.Popen([ZHIWEN, "send", "--json", "--jsonl", "--source", "s%d" % k, "--timeout", "120", "-"],
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
        sending = senders(d, 3, each)
        feeding = threading.Thread(target=publisher, args=(d, stop), daemon=True)
        feeding.start()
        for kill in range(KILLS):
            time.sleep(r.uniform(0.2, 1.0))
            if kill == KILLS // 2: # one subscriber stops reading for a while
                watchers[1].process.send_signal(signal.SIGSTOP)
            d.process.kill()
            d.process.wait()
            d.start()
        outcomes = []
        for process, thread in sending:
            rows = [json.loads(line) for line in process.stdout]
            equal(process.wait(120), 0, "exit of send")
            equal(len(rows), each, "one outcome an article")
            outcomes += rows
        stop.set()
        feeding.join()
        watchers[1].process.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        log = d.events()
        check_log(log)
        taken = [e["article"]["id"] for t, e in log if e["event"] == "article" and e["article"].get("source", "")[:1] == "s"]
        equal(sorted(taken), sorted(o["id"] for o in outcomes), "each article is taken once")
        by_seq = {e["seq"]: e["article"]["id"] for t, e in log if e["event"] == "article"}
        for o in outcomes:
            equal(by_seq.get(o["seq"]), o["id"], "the seq of the outcome")
        for watcher in watchers:
            watcher.check(log)
        equal(d.stop(), 0, "exit")


run(nothing_is_lost_or_doubled)
