"""tcp by CURVE: keys as files, rights apart, a key taken away, strangers; and the permissions of ipc sockets."""
import grp
import json
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import time

import zmq

from daemon_lib import BIN, Daemon, Sender, article, check, equal, fail, pack, run, text, unpack

ZHIWEN = os.path.join(BIN, "zhiwen")
NAMES = ("submit", "facts", "replay")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Tcp(Daemon):
    """A daemon on tcp, too, with keys below its folder: server, and clients by name."""

    def __init__(self, more="", secret=True):
        super().__init__()
        self.ports = dict(zip(NAMES, free_ports(3)))
        self.keygen("server")
        for kind in ("senders", "subscribers"):
            os.makedirs(os.path.join(self.dir, "clients", kind))
        lines = ["%s: { bind: ['%s', 'tcp://127.0.0.1:%d'] }" % (n, self.endpoint(n), self.ports[n]) for n in NAMES]
        lines += ["feed: { bind: '%s' }" % self.endpoint("feed"), more,
                  "curve: { clients: '%s/clients'%s }" % (self.dir, ", secret_key: '%s'" % self.path("server.secret") if secret else "")]
        self.configure("\n".join(lines))

    def command(self):
        return [os.path.join(BIN, "zhiwend"), "--config", self.config, "--state-dir", self.state]

    def path(self, name):
        return os.path.join(self.dir, name)

    def keygen(self, name, *kinds):
        made = subprocess.run([ZHIWEN, "keygen", self.path(name)], capture_output=True, text=True)
        equal(made.returncode, 0, made.stderr)
        self.allow(name, *kinds)

    def allow(self, name, *kinds):
        for kind in kinds:
            shutil.copy(self.path(name + ".pub"), self.path("clients/%s/%s.pub" % (kind, name)))

    def tcp(self, name):
        return "tcp://127.0.0.1:%d" % self.ports[name]

    def zhiwen(self, command, *arguments, key=None, seconds=60, **more):
        where = [x for n in NAMES for x in ("--" + n, self.tcp(n))]
        env = dict(os.environ, ZHIWEN_SERVER_KEY=self.path("server.pub"), **({"ZHIWEN_KEY": self.path(key + ".secret")} if key else {}))
        return subprocess.run([ZHIWEN, command, *where, *arguments], env=env, capture_output=True, text=True, timeout=seconds, **more)

    def curve(self, kind, name, key):
        """A socket of ours, with the key of that name."""
        s = self.ctx.socket(kind)
        s.linger = 0
        s.curve_secretkey = self.key(key + ".secret")
        s.curve_publickey = self.key(key + ".pub")
        s.curve_serverkey = self.key("server.pub")
        s.connect(self.tcp(name))
        return s

    def key(self, name):
        with open(self.path(name), "rb") as f:
            return [line for line in f.read().splitlines() if not line.startswith(b"# ")][0]

    def reload(self):
        seen = self.logged().count("rules, version")
        self.process.send_signal(signal.SIGHUP)
        end = time.time() + 60
        while self.logged().count("rules, version") == seen:
            check(time.time() < end, "the reload does not end")
            time.sleep(0.1)


def pings(s, seconds=3.0):
    s.send(pack(op="ping", req=1))
    return bool(s.poll(seconds * 1000)) and unpack(s.recv())["answer"] == "pong"


def keys_are_files():
    with Tcp() as d:
        mode = lambda name: stat.S_IMODE(os.stat(d.path(name)).st_mode)
        equal((mode("server.secret"), mode("server.pub")), (0o600, 0o644), "modes")
        again = subprocess.run([ZHIWEN, "keygen", d.path("server")], capture_output=True, text=True)
        equal(again.returncode, 4, "a key is never overwritten")
        kept = d.key("server.pub")
        os.unlink(d.path("server.pub"))
        shown = subprocess.run([ZHIWEN, "keygen", "--json", "--public", d.path("server")], capture_output=True, text=True)
        equal((json.loads(shown.stdout)["public_key"].encode(), d.key("server.pub")), (kept, kept), "the public key from the secret one")
        for bad in (0o640, 0o604, 0o644):
            os.chmod(d.path("server.secret"), bad)
            d.start(wait=False)
            equal(d.process.wait(60), 1, "zhiwend refuses a secret key that others may read")
            check("mode 0600" in d.logged(), d.logged())
        os.chmod(d.path("server.secret"), 0o600)
        d.start()
        d.keygen("alice", "senders")
        os.chmod(d.path("alice.secret"), 0o644)
        refused = d.zhiwen("ping", key="alice")
        equal(refused.returncode, 2, "so does the client")
        check("mode 0600" in refused.stderr, refused.stderr)
        env = dict(os.environ)
        plain = subprocess.run([ZHIWEN, "status", "--replay", d.tcp("replay")], env=env, capture_output=True, text=True)
        check(plain.returncode != 0 and "plain text" in plain.stderr, "tcp without a key: %s" % plain.stderr)
        equal(d.stop(), 0, "exit")

    with Tcp(secret=False) as d: # the key as a credential of systemd
        d.start(wait=False)
        equal(d.process.wait(60), 2, "no key at all")
        check("plain text" in d.logged(), d.logged())
        os.mkdir(d.path("credentials"))
        shutil.copy(d.path("server.secret"), d.path("credentials/curve.secret"))
        os.chmod(d.path("credentials/curve.secret"), 0o400)
        d.start(env={"CREDENTIALS_DIRECTORY": d.path("credentials")})
        d.keygen("bob", "subscribers")
        d.reload()
        equal(json.loads(d.zhiwen("status", "--json", key="bob").stdout)["articles"]["new"], 0, "it answers")
        equal(d.stop(), 0, "exit")

    with Tcp("insecure_plain_tcp: true", secret=False) as d:
        d.start()
        check("in plain text" in d.logged(), "the warning")
        shown = d.zhiwen("ping", "--insecure-plain-tcp")
        check(shown.returncode != 0, "a client that has the key insists on it")
        env = {k: v for k, v in os.environ.items() if not k.startswith("ZHIWEN_KEY")}
        plain = subprocess.run([ZHIWEN, "status", "--replay", d.tcp("replay"), "--insecure-plain-tcp"], env=env, capture_output=True)
        equal(plain.returncode, 0, "asked for in so many words: %s" % plain.stderr)
        equal(d.stop(), 0, "exit")


def rights_apart():
    """A sender sends, a subscriber subscribes, an editor does both, and nobody anything else."""
    with Tcp() as d:
        d.keygen("sender", "senders")
        d.keygen("reader", "subscribers")
        d.keygen("editor", "senders", "subscribers")
        d.keygen("nobody")
        d.start()
        rows = "".join(json.dumps({"id": "a-%d" % n, "text": text(n)}) + "\n" for n in range(5))
        sent = d.zhiwen("send", "--jsonl", "-", "--json", key="sender", input=rows)
        equal((sent.returncode, sent.stdout.count('"status":"new"')), (0, 5), sent.stderr)
        for command, key in [(("watch", "--json", "--from", "start", "--until-idle", "0.5"), "reader"),
                             (("watch", "--json", "--from", "start", "--until-idle", "0.5", "--as", "x"), "editor"),
                             (("status", "--json"), "reader"), (("withdraw", "1"), "editor")]:
            done = d.zhiwen(*command, key=key)
            equal((done.returncode, done.stdout != ""), (0, True), "%s as %s: %s" % (command, key, done.stderr))
        for command, key in [(("send", "--jsonl", "-", "--timeout", "2"), "reader"), (("send", "--jsonl", "-", "--timeout", "2"), "nobody"),
                             (("watch", "--from", "start", "--until-idle", "0.5", "--timeout", "2"), "sender"),
                             (("status", "--timeout", "2"), "sender"), (("status", "--timeout", "2"), "nobody"), (("status", "--timeout", "2"), None)]:
            done = d.zhiwen(*command, key=key, input='{"id":"z","text":"质量"}\n')
            equal(done.returncode, 3, "%s as %s: %s" % (command, key, done.stderr))
        equal(d.status()["articles"]["new"], 5, "nothing came from those")
        check(d.logged().count("has no right there") >= 5, "refusals are logged")
        equal(d.stop(), 0, "exit")


def a_key_taken_away():
    """SIGHUP lets a new key in, and cuts off one that is gone, with what it has open; the others go on without a loss."""
    with Tcp() as d:
        for name in ("alice", "bob"):
            d.keygen(name, "senders", "subscribers")
        d.keygen("carol")
        d.start()
        open_ones = {name: [d.curve(zmq.DEALER, n, name) for n in ("submit", "replay")] for name in ("alice", "bob")}
        for name, sockets in open_ones.items():
            equal([pings(s) for s in sockets], [True, True], name)
        live = d.curve(zmq.SUB, "facts", "alice")
        live.subscribe(b"heartbeat")
        check(live.poll(5000), "alice hears heartbeats")
        carol = d.curve(zmq.DEALER, "submit", "carol")
        check(not pings(carol, 1), "carol is not let in")
        watcher = subprocess.Popen([ZHIWEN, "watch", "--json", "--from", "start", *[x for n in NAMES for x in ("--" + n, d.tcp(n))],
                                    "--server-key", d.path("server.pub"), "--key", d.path("bob.secret")], stdout=subprocess.PIPE, text=True)
        sender = Sender(d)
        for n in range(20):
            sender.submit(article(n))
        os.unlink(d.path("clients/senders/alice.pub"))
        os.unlink(d.path("clients/subscribers/alice.pub"))
        d.allow("carol", "senders")
        with open(d.path("clients/senders/broken.pub"), "w") as f:
            f.write("no key\n")
        d.reload()
        check("broken.pub" in d.logged() and "was taken away" in d.logged(), d.logged())
        time.sleep(1)
        while live.poll(0):
            live.recv_multipart()
        equal([pings(s, 2) for s in open_ones["alice"]], [False, False], "alice's open connections are cut")
        check(not live.poll(2500), "and she hears nothing more")
        equal([pings(s, 10) for s in open_ones["bob"]], [True, True], "bob's are made again")
        check(pings(d.curve(zmq.DEALER, "submit", "carol")), "carol is let in")
        for n in range(20, 40):
            sender.submit(article(n))
        facts = [e["seq"] for t, e in d.events() if t.startswith("fact.")]
        equal([json.loads(watcher.stdout.readline())["seq"] for _ in facts], facts, "bob's watch has everything once")
        watcher.kill()
        d.allow("alice", "subscribers")
        d.reload()
        equal([pings(s, 10) for s in open_ones["alice"]], [False, True], "alice may subscribe again, not send")
        equal(d.stop(), 0, "exit")


def descriptors(d):
    return len(os.listdir("/proc/%d/fd" % d.process.pid))


def strangers_cost_nothing():
    """Hundreds of clients without a permitted key, and as many that only open a connection: no memory, no descriptor stays; and the
    bound on connections holds."""
    with Tcp("limits: { connections: 50 }") as d:
        d.keygen("friend", "senders")
        d.start(env={"ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=0"})

        def wave(key):
            sockets = [d.curve(zmq.DEALER, random.choice(NAMES[:1] + NAMES[2:]), key) for _ in range(100)]
            for s in sockets:
                s.send(pack(op="submit", req=1, article={"body": "质" * 100000}))
            raw = [socket.create_connection(("127.0.0.1", d.ports["submit"])) for _ in range(100)]
            for s in raw[::2]:
                try:
                    s.send(os.urandom(1000))
                except OSError:
                    pass
            time.sleep(2)
            answered = sum(bool(s.poll(0)) for s in sockets)
            for s in sockets + raw:
                s.close()
            return answered

        def held():
            with open("/proc/%d/status" % d.process.pid) as f:
                return next(int(line.split()[1]) for line in f if line.startswith("RssAnon"))
        d.keygen("stranger")
        equal(wave("stranger"), 0, "strangers are not answered")
        time.sleep(4) # past the time that a handshake may take
        memory, open_now = held(), descriptors(d)
        for _ in range(3):
            equal(wave("stranger"), 0, "strangers are not answered")
        check(pings(d.curve(zmq.DEALER, "submit", "friend"), 10), "a friend still is")
        time.sleep(4)
        grown = held() - memory
        check(grown < 4096, "memory grew by %d KiB" % grown)
        check(descriptors(d) <= open_now + 4, "%d descriptors, %d before" % (descriptors(d), open_now))
        status = d.status()
        equal(status["articles"]["new"] + status["articles"]["rejected"], 0, "nothing came of it")
        friends = [d.curve(zmq.DEALER, "submit", "friend") for _ in range(400)]
        for s in friends:
            s.send(pack(op="ping", req=1))
        # those who are refused come again and again and are descriptors for a moment, on a fast machine most of them at any moment: what
        # the bound promises is how many are served, give or take the few descriptors that the daemon itself opens and closes
        time.sleep(10)
        answered = sum(bool(s.poll(0)) for s in friends)
        check(0 < answered <= 60, "%d of 400 are answered with a bound of 50 connections" % answered)
        check("limits.connections" in d.logged(), "the log tells")
        for s in friends:
            s.close()
        end = time.time() + 30
        while not pings(d.curve(zmq.DEALER, "submit", "friend"), 1):
            check(time.time() < end, "there is room again")
        while descriptors(d) > open_now + 4:
            check(time.time() < end, "%d descriptors stay, %d before" % (descriptors(d), open_now))
            time.sleep(0.25)
        print("200 strangers a wave: %d KiB, %d descriptors" % (grown, descriptors(d) - open_now))
        equal(d.stop(), 0, "exit")


def permissions_of_each_socket():
    group = grp.getgrgid(os.getgid()).gr_name
    d = Daemon()
    d.configure("sockets: { mode: 0600 }\nsubmit: { mode: 0620, group: '%s' }\nfacts: { mode: 0666 }" % group)
    with d.start():
        modes = {n: stat.S_IMODE(os.stat(os.path.join(d.dir, n + ".sock")).st_mode)
                 for n in ("submit", "feed", "facts", "replay")}
        equal(modes, {"submit": 0o620, "feed": 0o600, "facts": 0o666, "replay": 0o600}, "modes")
        equal(os.stat(os.path.join(d.dir, "submit.sock")).st_gid, os.getgid(), "group")
        equal(d.stop(), 0, "exit")
        d.configure("replay: { group: no-such-group }")
        d.start(wait=False)
        equal(d.process.wait(60), 1, "a group that there is not")
        check("no-such-group" in d.logged(), d.logged())


run(keys_are_files, rights_apart, a_key_taken_away, strangers_cost_nothing, permissions_of_each_socket)
