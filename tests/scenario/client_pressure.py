"""Subscribers that stall, or ask for too much: zhiwend's memory stays bounded, the others notice nothing, and they recover."""
import json
import os
import signal
import subprocess
import time

import zmq

from daemon_lib import BIN, Daemon, Sender, article, check, equal, run

MiB = 1 << 20
SLIM = {"ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=0"} # so that memory given back is not held by the sanitizer


def anonymous(d):
    """Bytes of memory that are not the store's file."""
    with open("/proc/%d/status" % d.process.pid) as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("RssAnon"))


def watch(d, *more):
    return subprocess.Popen([os.path.join(BIN, "zhiwen"), "watch", "--json", "--from", "start", *more],
                            env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), stdout=subprocess.PIPE, text=True)


def send(d, first, count):
    """Returns the most memory that was held meanwhile."""
    most = 0
    s = Sender(d)
    for n in range(first, first + count):
        s.send(article(n, title="质量工作通报" * 200)) # 3600 bytes that stand in each event
        if n - first >= 50: # so few under way that memory for articles is not what is measured
            s.receive(1)
        if n % 20 == 0:
            most = max(most, anonymous(d))
    s.receive(min(count, 50))
    s.close()
    return most


def a_stopped_process():
    """One is stopped while ten times its queue is published; then it goes on, and has everything once."""
    with Daemon("facts: { queue: 200 }").start(env=SLIM) as d:
        stopped, other = watch(d, "--articles"), watch(d, "--count", "1000000")
        send(d, 0, 100)
        equal(json.loads(stopped.stdout.readline())["seq"], 1, "it runs")
        stopped.send_signal(signal.SIGSTOP)
        raw = d.ctx.socket(zmq.SUB) # and one that never reads at all
        raw.setsockopt(zmq.RCVHWM, 1)
        raw.connect(d.endpoint("facts"))
        raw.setsockopt(zmq.SUBSCRIBE, b"")
        time.sleep(1)
        send(d, 100, 300)
        before = anonymous(d)
        grown = send(d, 400, 1200) - before
        events = d.events()
        check(len(events) > 10 * 200, "ten times the queue: %d" % len(events))
        published = sum(len(json.dumps(e, ensure_ascii=False).encode()) for _, e in events)
        check(grown < published // 3, "grown by %d of %d MiB" % (grown // MiB, published // MiB))
        facts = [e["seq"] for t, e in events if t.startswith("fact.")]
        got = [json.loads(other.stdout.readline())["seq"] for _ in facts]
        equal(got, facts, "the other one has everything while the first is stopped")
        other.kill()
        stopped.send_signal(signal.SIGCONT)
        wanted = [e["seq"] for t, e in events if t.startswith(("fact.", "article."))][1:]
        equal([json.loads(stopped.stdout.readline())["seq"] for _ in wanted], wanted, "each once, in order, after the stop")
        stopped.kill()
        print("%d events, %.1f MiB; grown by %.1f MiB" % (len(events), published / MiB, grown / MiB))
        equal(d.stop(), 0, "exit")


def too_many_topics():
    """One asks for topics without end: memory is bounded, and another subscriber still gets everything."""
    with Daemon("limits: { topic_bytes: 64KiB }").start(env=SLIM) as d:
        other = watch(d)
        send(d, 0, 20)
        before = anonymous(d)
        greedy = d.ctx.socket(zmq.SUB)
        greedy.setsockopt(zmq.SNDHWM, 0)
        greedy.connect(d.endpoint("facts"))
        for n in range(20000):
            greedy.setsockopt(zmq.SUBSCRIBE, b"%08d" % n * 12)
            if n % 500 == 0:
                time.sleep(0.01)
        end = time.time() + 30
        while "limits.topic_bytes" not in d.logged():
            check(time.time() < end, "the bound was not noticed")
            time.sleep(0.1)
        greedy.close(0)
        time.sleep(1)
        send(d, 20, 20)
        grown = anonymous(d) - before
        check(grown < 64 * MiB, "grown by %d MiB" % (grown // MiB))
        print("grown by %.1f MiB" % (grown / MiB))
        facts = [e["seq"] for t, e in d.events() if t.startswith("fact.")]
        equal([json.loads(other.stdout.readline())["seq"] for _ in facts], facts, "the other one")
        other.kill()
        equal(d.stop(), 0, "exit")


run(a_stopped_process, too_many_topics)
