"""Brokers, mock or real, and several zhiwend that share the work through them."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenario"))
from daemon_lib import BIN, Daemon, Sender, check, equal, fail  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PARTITIONS = 6


class Mock:
    """librdkafka's mock brokers. They hold 5 MiB a partition and forget what is older."""
    real = False

    def __init__(self, brokers=3):
        self.process = subprocess.Popen([os.path.join(BIN, "mock_brokers"), str(brokers), str(PARTITIONS)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.servers = self.process.stdout.readline().strip().split(",")

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        equal(self.process.stdout.readline().strip(), "ok", line)

    def topics(self, prefix):
        self.tell("topics " + prefix)

    def down(self, n):
        self.tell("down %d" % n)

    def up(self, n):
        self.tell("up %d" % n)

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


class Real:
    """Three brokers of Apache Kafka, by brokers.sh, that are left running for the next scenario if $ZW_BROKERS_DIR names their folder."""
    real = True

    def __init__(self):
        self.dir = os.environ.get("ZW_BROKERS_DIR") or tempfile.mkdtemp(prefix="zw-brokers-")
        self.servers = self.script("start").strip().splitlines()[-1].split(",")

    def script(self, what, *args):
        return subprocess.run(["sh", os.path.join(HERE, "brokers.sh"), what, self.dir] + [str(a) for a in args], check=True,
                              stdout=subprocess.PIPE, text=True).stdout

    def topics(self, prefix):
        self.script("topic", prefix + ".articles", PARTITIONS)
        self.script("topic", prefix + ".results", 1)

    def down(self, n):
        self.script("kill", n)

    def up(self, n):
        self.script("run", n)

    def cut(self, n):
        self.script("cut", n)

    def mend(self, n):
        self.script("mend", n)

    def close(self):
        if not os.environ.get("ZW_BROKERS_DIR"):
            self.script("stop")
            shutil.rmtree(self.dir, ignore_errors=True)


NET = os.environ.get("ZW_BROKERS_NET")  # brokers and instances are hosts of their own, which can be cut off


def net(*args):
    subprocess.run(["sh", os.path.join(HERE, "net.sh")] + [str(a) for a in args], check=True)


def brokers():
    return Real() if os.environ.get("ZW_BROKERS") == "real" else Mock()


class Instance(Daemon):
    """One zhiwend of a cluster; its sockets and its store are its own."""

    def __init__(self, servers, name, topics, workers=1, more="", cluster=""):
        super().__init__(workers=workers)
        self.name = name
        self.join(servers, topics, workers, more, cluster)

    def join(self, servers, topics, workers=1, more="", cluster=""):
        self.configure("cluster: { brokers: [%s], name: %s, topics: %s%s }\n%s"
                       % (", ".join('"%s"' % s for s in servers), self.name, topics, ", " + cluster if cluster else "", more), workers=workers)

    def start(self, wait=True, env=None, wrap=()):
        if NET:
            net("host", self.name, 100 + int(self.name[1:]))
            wrap = ("ip", "netns", "exec", "zw-" + self.name) + tuple(wrap)
        return super().start(wait, env, wrap)

    def cluster(self):
        return self.status()["cluster"]

    def wait(self, what, condition, seconds=120):
        end = time.time() + seconds
        while True:
            seen = self.cluster()
            if condition(seen):
                return seen
            if time.time() > end:
                fail("%s: not in %d s that %s: %s\n%s" % (self.name, seconds, what, seen, self.logged()[-3000:]))
            time.sleep(0.1)


class Cluster:
    """Brokers, topics of its own, and instances i0, i1, …"""

    def __init__(self, count, topics, start=True, **options):
        self.brokers = brokers()
        self.topics = topics + ("-%d" % time.time() if self.brokers.real else "")
        self.brokers.topics(self.topics)
        self.options = options
        self.instances = []
        for _ in range(count):
            self.add(start)

    def add(self, start=True, **options):
        d = Instance(self.brokers.servers, "i%d" % len(self.instances), self.topics, **dict(self.options, **options))
        self.instances.append(d)
        return d.start() if start else d

    def running(self):
        return [d for d in self.instances if d.process]

    def settle(self, seconds=120):
        """Until all that run have read the same; returns how many results that is."""
        end = time.time() + seconds
        while time.time() < end:
            seen = [d.cluster() for d in self.running()]
            if len({s["next"] for s in seen}) == 1 and all(s["behind"] == 0 and s["unanswered"] == 0 for s in seen):
                return seen[0]["next"]
            time.sleep(0.1)
        fail("instances do not come to the same place: %s" % seen)

    def share(self, seconds=60):
        """Until every partition has an owner, and every instance that runs has some (there are enough for all)."""
        end = time.time() + seconds
        while time.time() < end:
            owned = [d.cluster()["partitions"] for d in self.running()]
            if sum(owned) == PARTITIONS and all(owned):
                return
            time.sleep(0.1)
        fail("partitions are not shared: %s" % owned)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for d in self.instances:
            if kind:
                sys.stderr.write("---- %s: %s\n" % (d.name, d.cluster() if d.process and d.process.poll() is None else "does not run"))
                sys.stderr.write("---- %s\n%s\n" % (d.name, d.logged()[-3000:]))
            d.close()
        self.brokers.close()


def same_log(instances):
    """All have the same events, to the byte of what they say. Returns them."""
    logs = [d.events() for d in instances]
    for d, log in zip(instances[1:], logs[1:]):
        for one, other in zip(logs[0], log):
            equal(other, one, "%s against %s" % (d.name, instances[0].name))
        equal(len(log), len(logs[0]), "events of %s" % d.name)
    for d in instances:
        check(not d.cluster()["diverged"], "%s says that another decided otherwise" % d.name)
    return logs[0]


def decided(events):
    """Articles by number: (source, id, kind, of)."""
    got = {}
    for _, e in events:
        a = e["article"]
        if e["event"] == "article":
            check(a["number"] not in got, "article %d twice" % a["number"])
            got[a["number"]] = (a["source"], a["id"], a["status"], a.get("kind", ""), a.get("of", ""))
    return got


__all__ = ["NET", "Cluster", "Daemon", "Instance", "PARTITIONS", "Sender", "brokers", "check", "decided", "equal", "fail", "net", "same_log"]
