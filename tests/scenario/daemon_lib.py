"""A zhiwend of one's own on a temporary folder, and the other ends of its four sockets."""
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import msgpack
import zmq

BIN = os.environ.get("ZHIWEN_BIN", "build/dev/bin")
WRAP = os.environ.get("ZHIWEN_WRAP", "").split()  # what to run zhiwend under, such as valgrind
READY_S = float(os.environ.get("ZHIWEN_READY_S", "60"))
CITIES = "温州市 杭州市 宁波市 绍兴市 台州市 金华市 嘉兴市 湖州市 衢州市 丽水市".split()
FIRMS = "正泰 康奈 报喜鸟 奥康 德力西 人民电器 华峰 森马 红蜻蜓 天正".split()


class Daemon:
    def __init__(self, config="", **keys):
        self.dir = tempfile.mkdtemp(prefix="zw-")
        self.state = os.path.join(self.dir, "state")
        self.config = os.path.join(self.dir, "zhiwend.yaml")
        self.log = os.path.join(self.dir, "log")
        self.process = None
        self.ctx = zmq.Context()
        self.configure(config, **keys)

    def configure(self, config="", workers=2):
        with open(self.config, "w") as f:
            f.write("workers: %d\ndedup: { capacity: 20000, facts: 100000 }\nstore: { map: 2GiB }\n%s" % (workers, config))

    def endpoint(self, name):
        return "ipc://%s/%s.sock" % (self.dir, name)

    def command(self):
        return [os.path.join(BIN, "zhiwend"), "--config", self.config, "--state-dir", self.state, "--socket-dir", self.dir]

    def start(self, wait=True, env=None, wrap=()):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(WRAP + list(wrap) + self.command(), stderr=log, stdout=log, env=dict(os.environ, **(env or {})))
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=READY_S):
        s = self.dealer("submit")
        end = time.time() + seconds
        while time.time() < end:
            if self.process.poll() is not None:
                fail("zhiwend ended with %s:\n%s" % (self.process.returncode, self.logged()))
            s.send(pack(op="ping", req=1))
            if s.poll(500):
                s.recv()
                s.close(0)
                return
        fail("zhiwend does not answer:\n" + self.logged())

    def stop(self, sig=signal.SIGTERM, seconds=60):
        self.process.send_signal(sig)
        code = self.process.wait(seconds)
        self.process = None
        return code

    def logged(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, errors="replace") as f:
            return f.read()

    def rss(self):
        with open("/proc/%d/status" % self.process.pid) as f:
            return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmRSS"))

    def dealer(self, name):
        s = self.ctx.socket(zmq.DEALER)
        s.setsockopt(zmq.SNDHWM, 0)
        s.setsockopt(zmq.RCVHWM, 0)
        s.setsockopt(zmq.LINGER, 0)
        s.connect(name if "://" in name else self.endpoint(name))
        return s

    def ask(self, seconds=30, **request):
        s = self.dealer("replay")
        s.send(pack(req=1, **request))
        if not s.poll(seconds * 1000):
            fail("replay does not answer %s" % request)
        answer = unpack(s.recv())
        s.close(0)
        return answer

    def status(self):
        return self.ask(op="status")["status"]

    def events(self):
        """Everything from the start, as (topic, event)."""
        at, all_events = 1, []
        while True:
            page = self.ask(op="replay", **{"from": at})
            if page["answer"] != "page":
                check(page["error"] == "too_new", "replay: %s" % page)
                return all_events
            all_events += [(topic, unpack(payload)) for topic, payload in page["events"]]
            at = page["next"]
            if not page["events"]:
                return all_events

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.ctx.destroy(0)
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            sys.stderr.write(self.logged()[-4000:] + "\n")
        self.close()


def pack(**message):
    return msgpack.packb(dict({"v": 1}, **message), use_bin_type=True)


def unpack(data):
    return msgpack.unpackb(data, raw=False, strict_map_key=False)


def fail(text):
    raise AssertionError(text)


def check(ok, text):
    if not ok:
        fail(text)


def equal(got, wanted, what):
    if got != wanted:
        fail("%s: %r, but %r is right" % (what, got, wanted))


def text(n):
    """The n-th report: no two are duplicates, many share statements."""
    r = random.Random(n)
    city, firm = r.choice(CITIES), r.choice(FIRMS)
    lines = ["%s质量工作通报第%d号" % (city, n),
             "%d年%d月%d日,%s政府出台了《%s市长质量奖评审管理办法》。" % (2006 + n % 5, 1 + n % 12, 1 + n % 28, city, city),
             "截至目前,%s共有ISO9001质量管理体系认证企业%d家,比上年增加%d家。" % (city, 1000 + n, 10 + n % 77),
             "%s集团荣获第%d届浙江省政府质量奖,奖金%d万元。" % (firm, 1 + n % 9, 50 + n % 50)]
    body = ["%s质监局第%d批抽查了%d家企业的产品,合格率为%d.%d%%。" % (r.choice(CITIES), r.randrange(1, 90), r.randrange(20, 900),
                                                         r.randrange(70, 99), r.randrange(10)) for _ in range(4)]
    return "\n".join(lines + body) + "\n"


def article(n, **more):
    return dict({"id": "a-%d" % n, "source": "test", "published": "2010-11-%02d" % (1 + n % 28), "body": text(n)}, **more)


class Sender:
    """Sends articles, keeps the last ack of each id."""

    def __init__(self, daemon, endpoint="submit"):
        self.socket = daemon.dealer(endpoint)
        self.acks = {}
        self.order = []

    def send(self, an_article, req=None):
        self.socket.send(pack(op="submit", req=req if req is not None else an_article.get("id", ""), article=an_article))

    def receive(self, count, seconds=120):
        end = time.time() + seconds
        while count > 0:
            if not self.socket.poll(max(0, (end - time.time()) * 1000)):
                fail("%d acks are missing" % count)
            self.take()
            count -= 1

    def take(self):
        ack = unpack(self.socket.recv())
        self.acks[ack["req"]] = ack
        self.order.append(ack)
        return ack

    def submit(self, an_article, req=None):
        self.send(an_article, req)
        self.receive(1)
        return self.order[-1]

    def close(self):
        self.socket.close(0)


def check_log(events):
    """Numbered from 1 without a gap; prev names the event before on the same topic. Returns the facts by id."""
    last, support = {}, {}
    for i, (topic, event) in enumerate(events):
        equal(event["seq"], i + 1, "seq")
        equal(event.get("prev", 0), last.get(topic, 0), "prev of %d on %s" % (event["seq"], topic))
        last[topic] = event["seq"]
        kind = event["event"]
        equal(topic.split(".")[0], "article" if kind == "withdraw" else kind, "topic")
        if kind in ("fact", "support"):
            fact = event["fact"]["id"]
            equal(event["support"], support.get(fact, 0) + 1, "support of %s" % fact)
            check((kind == "fact") == (support.get(fact, 0) == 0), "first sight is a fact: %s" % event)
            support[fact] = event["support"]
        if kind in ("retract", "unsupport"):
            fact = event["fact"]["id"]
            equal(event["support"], support[fact] - 1, "support of %s" % fact)
            check((kind == "retract") == (event["support"] == 0), "stated no more is a retraction: %s" % event)
            support[fact] = event["support"]
    return support


def run(*scenarios):
    """Runs those named on the command line, else all."""
    wanted = sys.argv[1:]
    for scenario in scenarios:
        if wanted and scenario.__name__ not in wanted:
            continue
        began = time.time()
        scenario()
        print("ok %s (%.1f s)" % (scenario.__name__, time.time() - began), flush=True)
