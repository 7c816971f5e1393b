"""The daemon as its clients see it: articles a second, latency, replay, start, memory, disk."""
import os
import subprocess
import sys
import tempfile
import time

import zmq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenario"))
from daemon_lib import Daemon, fail, pack, unpack  # noqa: E402

from corpus import save  # noqa: E402


class BenchDaemon(Daemon):
    def __init__(self, million=False, state=None):
        self.million = million
        super().__init__()
        if state:
            self.state = state

    def configure(self, config="", workers=0):
        with open(self.config, "w") as f:
            f.write("store: { map: 16GiB }\n" + ("dedup: { capacity: 1100000, facts: 4000000 }\n" if self.million else ""))

    def wait_ready(self, seconds=60):
        """At once when it answers, not at the next half second."""
        while not os.path.exists(os.path.join(self.dir, "submit.sock")):
            if self.process.poll() is not None:
                fail(self.logged())
            time.sleep(0.002)
        super().wait_ready(seconds)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


def subscribe(daemon, *topics):
    s = daemon.ctx.socket(zmq.SUB)
    s.setsockopt(zmq.RCVHWM, 0)
    s.setsockopt(zmq.LINGER, 0)
    for topic in topics:
        s.setsockopt(zmq.SUBSCRIBE, topic.encode())
    s.connect(daemon.endpoint("facts"))
    return s


def send_all(daemon, articles, senders, folder):
    """Through as many `zhiwen send` at once, in C; returns the seconds until the last is told that its articles are on disk."""
    paths = [save(os.path.join(folder, "send-%d.jsonl" % i), articles[i::senders]) for i in range(senders)]
    env = dict(os.environ, ZHIWEN_SOCKETS=daemon.dir)
    began = time.monotonic()
    running = [subprocess.Popen([os.path.join(os.environ["ZHIWEN_BIN"], "zhiwen"), "send", "-q", "--jsonl", path], env=env,
                                stdout=subprocess.DEVNULL) for path in paths]
    codes = [p.wait() for p in running]
    if any(codes):
        fail("zhiwen send: %s" % codes)
    return time.monotonic() - began


def throughput(daemon, articles, folder, senders=2):
    """With a subscriber to everything that reads all the time."""
    before = daemon.status()
    sub = subprocess.Popen([os.path.join(os.environ["ZHIWEN_BIN"], "zhiwen"), "watch", "--from", "now", "--topic", "", "--json"],
                           env=dict(os.environ, ZHIWEN_SOCKETS=daemon.dir), stdout=subprocess.DEVNULL)
    time.sleep(0.3)
    seconds = send_all(daemon, articles, senders, folder)
    sub.terminate()
    sub.wait()
    after = daemon.status()
    return {"articles_s": len(articles) / seconds, "before": before, "after": after}


def latency(daemon, articles, rate=None):
    """Milliseconds from submit to ack, and to the first event of the article at a subscriber. `rate` None: one at a time."""
    sender, sub, poller = daemon.dealer("submit"), subscribe(daemon, "fact.", "support.", "article."), zmq.Poller()
    time.sleep(0.2)
    for s in (sender, sub):
        poller.register(s, zmq.POLLIN)
    began, sent, acked, seen = time.monotonic(), {}, {}, {}
    at = 0
    while len(acked) < len(articles) or len(seen) < len(articles):
        now = time.monotonic()
        due = at < len(articles) and (now >= began + at / rate if rate else at == len(acked) == len(seen))
        if due:
            a = articles[at]
            sent[a["id"]] = began + at / rate if rate else now # as planned: waiting in the sender counts too
            sender.send(pack(op="submit", req=a["id"], article={("body" if k == "text" else k): v for k, v in a.items()}))
            at += 1
            continue
        wait = 5000 if not rate or at == len(articles) else max(0, int(1000 * (began + at / rate - now)))
        ready = dict(poller.poll(wait))
        now = time.monotonic()
        if not ready and wait == 5000:
            fail("%d acks and %d events of %d came" % (len(acked), len(seen), len(articles)))
        while sender in ready and sender.getsockopt(zmq.EVENTS) & zmq.POLLIN:
            acked.setdefault(unpack(sender.recv())["req"], now)
        while sub in ready and sub.getsockopt(zmq.EVENTS) & zmq.POLLIN:
            event = unpack(sub.recv_multipart()[-1])
            name = event.get("article", {}).get("id")
            if name in sent:
                seen.setdefault(name, now)
    sender.close(0), sub.close(0)
    out = {}
    for name, times in (("ack", acked), ("fact", seen)):
        ms = [1000 * (t - sent[i]) for i, t in times.items()]
        out[name] = {p: percentile(ms, s) for p, s in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999))}
    return out


def replay(daemon):
    """Events a second of one reader that takes all."""
    s, at, count, began = daemon.dealer("replay"), 1, 0, time.monotonic()
    while True:
        s.send(pack(op="replay", req=1, **{"from": at}))
        page = unpack(s.recv())
        if page.get("answer") != "page" or not page["events"]:
            break
        count += len(page["events"])
        at = page["next"]
    s.close(0)
    return count / (time.monotonic() - began)


def subscribers(daemon, articles, folder, counts):
    """Articles a second with so many subscribers to one topic each."""
    out, at, step = [], 0, len(articles) // len(counts)
    for count in counts:
        subs = [subscribe(daemon, "fact.indicator.%02d" % (i % 90)) for i in range(count)]
        time.sleep(0.5)
        out.append((count, step / send_all(daemon, articles[at:at + step], 1, folder)))
        at += step
        for s in subs:
            s.close(0)
    return out


def start_seconds(daemon, times):
    """From its start until it answers."""
    out, rss = [], 0
    for _ in range(times):
        began = time.monotonic()
        daemon.start()
        out.append(time.monotonic() - began)
        rss = daemon.rss()
        daemon.stop()
    return out, rss


def filled(count, folder):
    state = tempfile.mkdtemp(prefix="state-", dir=folder)
    subprocess.run([os.path.join(os.environ["ZHIWEN_BIN"], "store_fill"), state, str(count)], check=True)
    return state


def disk_bytes(state):
    return sum(os.stat(os.path.join(state, name)).st_blocks * 512 for name in os.listdir(state))
