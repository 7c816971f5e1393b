#!/usr/bin/python3
"""Mixed load on one zhiwend for a long time: senders, a feed, subscribers, questions, reloads, kills and restarts.

    soak.py [--minutes 110] [--rate 20] [--life 20] [--warm-up 330] [--json FILE] [--seed N]

What must hold: every article that was acknowledged is in the log once, with the number that its sender was told; events are
numbered without a gap, `prev` is right; each subscriber saw exactly the events of its filter, ascending, once. In each life of
the daemon, after a warm-up, its own memory (RssAnon; pages of the database's file are the system's) is no more than 5 % larger at
the end than at the beginning, and never, but for the seconds of a reload, when there are two sets of rules, 5 % above what it began
with (less it may be: the heap is given back as it happens to be free); and it holds as many descriptors at the end as at the
beginning. Figures go to the JSON file, each minute and at the
end. Exit 0 when all held. Needs a build ($ZHIWEN_BIN), python3-zmq and python3-msgpack.
"""
import argparse
import hashlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenario"))
from daemon_lib import BIN, Daemon, article, pack, text, unpack  # noqa: E402
import zmq  # noqa: E402

ZHIWEN = os.path.join(BIN, "zhiwen")
FILTERS = [[""], ["fact."], ["fact.award.", "support."], ["fact.indicator.3303"], ["article."]]
CONFIG = "limits: { in_flight_bytes: 16MiB }\nfacts: { queue: 2000 }\nstore: { map: 32GiB, quarantine: 4MiB }\n" \
         "dedup: { capacity: 6000, facts: 50000 }\nworkers: 2\nretention: { size: 200MiB }\n"
FLAT = 0.05  # how far memory may grow within a life

problems, problems_lock = [], threading.Lock()


def problem(what):
    with problems_lock:
        if len(problems) < 100:
            problems.append("%s: %s" % (time.strftime("%H:%M:%S"), what))
    print("PROBLEM", what, flush=True)


def damaged(body, r):
    """The same report as a careless site would hand it on."""
    return r.choice([
        lambda: body.encode("gb18030"),
        lambda: body.encode().decode("cp1252", "replace").encode(),
        lambda: ("<html><head><title>x</title></head><body><p>%s</p></body></html>" % body.replace("\n", "</p><p>")).encode(),
        lambda: "".join(c + (" " if ord(c) > 0x2FFF else "") for c in body),
        lambda: body + "\n" + body,
        lambda: body.replace("质", "質(zhì)").replace("两", "?蓚"),
        lambda: body.encode()[:-2],
    ])()


BAD = [b"\xc1", b"", b"\x81\xa1v\x02", pack(article={"id": "x"}), pack(article={"body": 7}), pack(op="bogus"),
       pack(article={"body": "  \n "}), pack(article={"body": "质量", "id": "\0"}), b"\xdd\xff\0\0\0", pack(article=[1, 2, 3])]


class Load(threading.Thread):
    """One sender over `submit`. Keeps each article until its answer is there, and sends it again when none comes."""

    def __init__(self, d, name, rate, seed):
        super().__init__(daemon=True)
        self.d, self.name, self.rate, self.r = d, name, rate, random.Random(seed)
        self.waiting, self.answers = {}, {}
        self.counts = dict.fromkeys(("sent", "fresh", "duplicate", "damaged", "bad", "resent", "new", "duplicates", "rejected", "repeat"), 0)
        self.done = threading.Event()
        self.n = 0

    def make(self):
        """(request id, message or None for an article that is to be answered, kind)"""
        kind = self.r.choices(["fresh", "duplicate", "damaged", "bad"], [60, 20, 14, 6])[0]
        self.counts[kind] += 1
        self.n += 1
        key = "%s-%d" % (self.name, self.n)
        if kind == "bad":
            return key, self.r.choice(BAD), kind
        n = self.n if kind != "duplicate" or self.n < 10 else self.n - self.r.randrange(1, min(self.n, 500))
        base = hash_of(self.name) + n
        body = text(base)
        if kind == "damaged":
            body = damaged(body, self.r)
        return key, pack(op="submit", req=key, article=article(base, id=key, source=self.name, body=body)), kind

    def take(self, s):
        while s.poll(0):
            ack = unpack(s.recv())
            self.counts["repeat"] += bool(ack.get("repeat"))
            key = ack.get("req")
            if key is None:
                self.counts["rejected"] += 1
                if ack["status"] != "rejected":
                    problem("a bad message was answered with %s" % ack)
                continue
            self.waiting.pop(key, None)
            if ack["status"] == "rejected":
                self.counts["rejected"] += 1
                if ack["error"] not in ("encoding", "closed", "busy"):
                    problem("%s was refused: %s" % (key, ack))
                self.answers.setdefault(key, None)
                continue
            told = (ack["number"], ack["seq"])
            before = self.answers.setdefault(key, told)
            if before != told:
                problem("%s was told %s, then %s" % (key, before, told))
            elif not ack.get("repeat"):
                self.counts["new" if ack["status"] == "new" else "duplicates"] += 1

    def run(self):
        s, due = self.d.dealer("submit"), time.time()
        while not self.done.is_set() or self.waiting:
            now = time.time()
            if now >= due and not self.done.is_set():
                key, message, kind = self.make()
                s.send(message)
                self.counts["sent"] += 1
                if kind != "bad":
                    self.waiting[key] = [now, message]
                due = max(due + self.r.expovariate(self.rate), now - 5)
            self.take(s)
            for key, entry in list(self.waiting.items()):
                if now - entry[0] > 20:
                    entry[0] = now
                    self.counts["resent"] += 1
                    s.send(entry[1])
            s.poll(max(0, min(200, (due - time.time()) * 1000)))
        s.close(0)


def hash_of(name):
    return int(hashlib.sha256(name.encode()).hexdigest()[:6], 16) * 1000


class Feed(threading.Thread):
    """A publisher, with some messages that cannot be read."""

    def __init__(self, d, rate):
        super().__init__(daemon=True)
        self.d, self.rate, self.sent, self.done = d, rate, 0, threading.Event()

    def run(self):
        s, r = self.d.ctx.socket(zmq.PUB), random.Random(5)
        s.setsockopt(zmq.LINGER, 0)
        s.connect(self.d.endpoint("feed"))
        while not self.done.wait(r.expovariate(self.rate)):
            self.sent += 1
            message = pack(article=article(90000000 + self.sent, id="f-%d" % self.sent, source="feed"))
            s.send_multipart([b"news", r.choice(BAD) if r.random() < 0.03 else message])
        s.close(0)


class Seen:
    """What of an ascending series of events was seen, in few bytes."""

    def __init__(self):
        self.count, self.last, self.hash = 0, 0, hashlib.sha256()

    def add(self, seq):
        self.count += 1
        self.last = seq
        self.hash.update(b"%d " % seq)

    def same(self, other):
        return (self.count, self.last, self.hash.digest()) == (other.count, other.last, other.hash.digest())


class Watcher(threading.Thread):
    """`zhiwen watch` through everything that happens to the daemon."""

    def __init__(self, d, topics, name=None):
        super().__init__(daemon=True)
        self.topics, self.seen, self.title = topics, Seen(), "%s %s" % (topics, name or "")
        args = [ZHIWEN, "watch", "--json"] + (["--name", name] if name else ["--from", "start"])
        self.process = subprocess.Popen(args + [a for t in topics for a in ("--topic", t)], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir),
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def run(self):
        for line in self.process.stdout:
            row = json.loads(line)
            if row["event"] in ("lost", "reset"):
                problem("%s was told: %s" % (self.title, row))
                continue
            if row["seq"] <= self.seen.last:
                problem("%s: %d came after %d" % (self.title, row["seq"], self.seen.last))
            self.seen.add(row["seq"])


class Follower(threading.Thread):
    """Reads the whole log through `replay`, and holds it against the promises."""

    def __init__(self, d, watchers):
        super().__init__(daemon=True)
        self.d, self.next, self.instance = d, 1, None
        self.articles, self.last, self.support, self.time = {}, {}, {}, 0
        self.wanted = [(tuple(w.topics), Seen()) for w in watchers]
        self.events, self.done, self.caught_up = 0, threading.Event(), False

    def look(self, topic, event):
        seq = event["seq"]
        if seq != self.next:
            problem("event %d came where %d was due" % (seq, self.next))
        self.next = seq + 1
        self.events += 1
        if event.get("prev", 0) != self.last.get(topic, 0):
            problem("event %d: prev %s, but %s is right" % (seq, event.get("prev"), self.last.get(topic, 0)))
        if event["time"] < self.time:
            problem("event %d: time runs back" % seq)
        self.time = event["time"]
        self.last[topic] = seq
        if event["event"] == "article":
            a = event["article"]
            if a["number"] != len(self.articles) + 1:
                problem("article number %d came where %d was due" % (a["number"], len(self.articles) + 1))
            if (a.get("source"), a["id"]) in self.articles:
                problem("article %s is there twice" % a["id"])
            self.articles[a.get("source"), a["id"]] = (a["number"], seq)
        else:
            fact = event["fact"]["id"]
            if event["support"] not in (1, self.support.get(fact, 0) + 1):  # 1: it was forgotten meanwhile
                problem("event %d: support %d after %d" % (seq, event["support"], self.support.get(fact, 0)))
            self.support[fact] = event["support"]
        for topics, seen in self.wanted:
            if topic.startswith(topics):
                seen.add(seq)

    def run(self):
        s, ask = self.d.dealer("replay"), 0
        while True:
            ask += 1
            s.send(pack(op="replay", req=ask, **{"from": self.next}))
            while s.poll(3000):
                page = unpack(s.recv())
                if page.get("req") == ask:
                    break
            else:
                continue
            if page["answer"] != "page":
                problem("replay: %s" % page)
                return
            if self.instance not in (None, page["instance"]):
                problem("the log is another one")
            self.instance = page["instance"]
            for topic, payload in page["events"]:
                self.look(topic, unpack(payload))
            self.caught_up = page["next"] > page["newest"]
            if self.caught_up and self.done.is_set():
                return
            if self.caught_up:
                time.sleep(2)


class Questions(threading.Thread):
    """Looks things up, and comes and goes."""

    def __init__(self, d):
        super().__init__(daemon=True)
        self.d, self.done, self.asked, self.answered, self.connections = d, threading.Event(), 0, 0, 0

    def run(self):
        r, s = random.Random(9), self.d.dealer("replay")
        while not self.done.wait(1):
            op = r.choice(["article", "similar", "cluster", "status", "ping"])
            more = {"number": r.randrange(1, 2000)} if op in ("article", "similar", "cluster") else {}
            self.asked += 1
            s.send(pack(op=op, req=self.asked, **more))
            if s.poll(2000):
                s.recv()
                self.answered += 1
            for _ in range(3):  # a client that comes, says something and goes
                name = r.choice(["submit", "replay"])
                passing = self.d.dealer(name)
                passing.send(pack(op="ping", req=1))
                passing.poll(100)
                passing.close(0)
                self.connections += 1
        s.close(0)


class Life:
    """One run of the daemon: samples of what it holds."""

    def __init__(self, d, warm_up):
        self.d, self.warm_up, self.began = d, warm_up, time.time()
        self.samples, self.ended, self.reloads, self.next_reload, self.peak = [], "", 0, time.time() + 15, 0
        self.reloading = False

    def sample(self):
        pid = self.d.process.pid
        try:
            with open("/proc/%d/status" % pid) as f:
                rows = dict(line.split(":", 1) for line in f)
            row = {key: int(rows[key].split()[0]) for key in ("RssAnon", "RssFile", "Threads")}
            row["fds"] = len(os.listdir("/proc/%d/fd" % pid))
            row["at"] = time.time() - self.began
            self.peak = max(self.peak, row["RssAnon"])
            was_reloading, self.reloading = self.reloading, self.reloads > 0 and self.d.status()["rules"]["reloads"] < self.reloads
            if not self.reloading and not was_reloading:
                self.samples.append(row)
        except (OSError, KeyError):
            pass

    def reload(self):
        if time.time() >= self.next_reload and not self.reloading: # SIGHUPs in a row would be taken for one
            # some soon after another: the heap is as it will be only after about ten
            pause = 12 if time.time() - self.began < self.warm_up - 30 else 90
            self.next_reload, self.reloading = time.time() + pause, True
            self.reloads += 1
            self.d.process.send_signal(signal.SIGHUP)

    def figures(self):
        warm = [s for s in self.samples if s["at"] >= self.warm_up]
        f = {"seconds": round(time.time() - self.began if not self.ended else self.seconds), "ended": self.ended, "reloads": self.reloads,
             "samples": len(warm)}
        if len(warm) < 10:
            return f
        anon = [s["RssAnon"] for s in warm]
        middle, early = statistics.median(anon), statistics.median(anon[:max(5, len(anon) // 10)])
        f.update(rss_anon_kib={"least": min(anon), "median": middle, "most": max(anon), "first": anon[0], "last": anon[-1],
                               "with_reloads": self.peak},
                 rss_file_kib=warm[-1]["RssFile"], spread=round(max(max(anon) - middle, middle - min(anon)) / middle, 4),
                 grown=round(max(anon) / early - 1, 4), fds={"first": fds(warm[:10]), "last": fds(warm[-10:]), "most": max(s["fds"] for s in warm)},
                 threads={"first": warm[0]["Threads"], "last": warm[-1]["Threads"]})
        return f

    def end(self, how):
        self.ended, self.seconds = how, time.time() - self.began
        f = self.figures()
        if f.get("grown", 0) > FLAT:
            problem("memory grows in this life: %s" % f)
        if f.get("fds") and f["fds"]["last"] > f["fds"]["first"]:
            problem("descriptors leak: %s" % f["fds"])
        return f


def fds(samples):
    """Passing clients come and go; the fewest of several samples are those that stay."""
    return min(s["fds"] for s in samples)


class Soak:
    def __init__(self, d, o):
        self.d, self.o, self.r = d, o, random.Random(o.seed)
        self.lives, self.life, self.began, self.kills, self.restarts, self.sizes = [], None, time.time(), 0, 0, []
        d.start()
        names = [None] * len(FILTERS)
        with_names = "--name" in subprocess.run([ZHIWEN, "watch", "--help"], capture_output=True, text=True).stdout
        self.watchers = [Watcher(d, t, n) for t, n in zip(FILTERS, names)]
        if with_names:
            self.watchers.append(Watcher(d, ["fact."], "soak"))
        self.loads = [Load(d, "s%d" % i, o.rate * 0.85 / 3, o.seed + i) for i in range(3)]
        self.feed, self.follower, self.questions = Feed(d, o.rate * 0.15), Follower(d, self.watchers), Questions(d)
        stuck = d.ctx.socket(zmq.SUB)  # subscribes to everything and reads nothing
        stuck.setsockopt(zmq.SUBSCRIBE, b"")
        stuck.setsockopt(zmq.RCVHWM, 1)
        stuck.connect(d.endpoint("facts"))
        self.stuck = stuck
        for t in self.watchers + self.loads + [self.feed, self.follower, self.questions]:
            t.start()

    def restart(self):
        kill = self.r.random() < 0.6
        code = self.d.stop(signal.SIGKILL if kill else signal.SIGTERM, seconds=120)
        if not kill and code != 0:
            problem("ended with %d on SIGTERM" % code)
        self.kills += kill
        self.restarts += not kill
        self.lives.append(self.life.end("killed" if kill else "ended"))
        self.d.start()
        self.life = Life(self.d, self.o.warm_up)

    def write(self, verdict):
        counts = {key: sum(load.counts[key] for load in self.loads) for key in self.loads[0].counts}
        report = {
            "verdict": verdict, "minutes": round((time.time() - self.began) / 60, 1), "seed": self.o.seed, "articles": counts,
            "acknowledged": sum(a is not None for load in self.loads for a in list(load.answers.values())),
            "waiting": sum(len(load.waiting) for load in self.loads), "feed_sent": self.feed.sent,
            "feed_taken": sum(source == "feed" for source, name in list(self.follower.articles)),
            "events": self.follower.events, "articles_in_log": len(self.follower.articles),
            "subscribers": [{"topics": w.title, "events": w.seen.count} for w in self.watchers],
            "questions": self.questions.asked, "answered": self.questions.answered, "connections": self.questions.connections,
            "kills": self.kills, "restarts": self.restarts, "reloads": sum(f["reloads"] for f in self.lives) + (0 if self.life.ended else self.life.reloads),
            "lives": self.lives + ([] if self.life.ended else [self.life.figures()]), "store_bytes": self.sizes[-20:], "problems": problems,
        }
        with open(self.o.json + ".new", "w") as f:
            json.dump(report, f, indent=1, ensure_ascii=False)
        os.replace(self.o.json + ".new", self.o.json)
        return report

    def work(self):
        self.life = Life(self.d, self.o.warm_up)
        end, wrote = self.began + self.o.minutes * 60, time.time()
        life_end = time.time() + self.o.life * 60
        while time.time() < end:
            time.sleep(2)
            if self.d.process.poll() is not None:
                problem("zhiwend ended by itself with %s: %s" % (self.d.process.returncode, self.d.logged()[-2000:]))
                return
            self.life.sample()
            self.life.reload()
            if time.time() >= life_end and end - time.time() > self.o.life * 30:
                self.restart()
                # mostly long lives, in which memory can be judged; now and then one that ends before it is warm
                life_end = time.time() + self.o.life * 60 * (0.1 if self.r.random() < 0.25 else self.r.uniform(0.9, 1.1))
            if time.time() - wrote > 60:
                wrote = time.time()
                self.sizes.append(os.stat(os.path.join(self.d.state, "zhiwen.mdb")).st_size)
                self.write("running")

    def settle(self):
        """Lets everything arrive, and compares."""
        for t in self.loads + [self.feed, self.questions]:
            t.done.set()
        for t in self.loads + [self.feed]:
            t.join(300)
            if t.is_alive():
                problem("%s still waits for answers" % t.name)
        time.sleep(3)
        self.follower.done.set()
        self.follower.join(600)
        if self.follower.is_alive():
            problem("the log could not be read to its end")
        for load in self.loads:
            for key, told in load.answers.items():
                if told and self.follower.articles.get((load.name, key)) != told:
                    problem("%s was acknowledged as %s, in the log it is %s" % (key, told, self.follower.articles.get((load.name, key))))
        for watcher, (topics, wanted) in zip(self.watchers, self.follower.wanted):
            end = time.time() + 120
            while watcher.seen.count < wanted.count and time.time() < end:
                time.sleep(0.5)
            if not watcher.seen.same(wanted):
                problem("%s saw %d events to %d; the log has %d to %d" % (watcher.title, watcher.seen.count, watcher.seen.last,
                                                                      wanted.count, wanted.last))
            watcher.process.terminate()
        status = self.d.status()
        self.lives.append(self.life.end("end"))
        code = self.d.stop(seconds=120)
        if code:
            problem("ended with %d" % code)
        return status


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=110)
    parser.add_argument("--rate", type=float, default=20, help="articles a second")
    parser.add_argument("--life", type=float, default=20, help="minutes from restart to restart")
    parser.add_argument("--warm-up", type=float, default=330, help="seconds of each life that are not judged")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--json", default="soak.json")
    parser.add_argument("--dir", help="parent of the working directory")
    o = parser.parse_args()
    if o.dir:
        os.environ["TMPDIR"] = o.dir
    with Daemon() as d:
        with open(d.config, "w") as f:
            f.write(CONFIG)
        soak = Soak(d, o)
        soak.work()
        if d.process.poll() is None:
            soak.settle()
        report = soak.write("passed" if not problems else "failed")
    print(json.dumps({k: v for k, v in report.items() if k not in ("lives", "store_bytes")}, indent=1, ensure_ascii=False))
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
