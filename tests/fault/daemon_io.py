"""The disk, the clock and the surroundings turn against the daemon: nothing is acknowledged that is not safe, nothing is doubled, it
says what is wrong, and goes on when it can."""
import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

from shim import Shim
from daemon_lib import Daemon, Sender, article, check, check_log, equal, pack, run, text, unpack
import zmq


def whole(d, s, count):
    """Everything is there once, and each was told the right number."""
    events = d.events()
    check_log(events)
    there = {e["article"]["id"]: e["article"]["number"] for t, e in events if e["event"] == "article"}
    equal(len(there), count, "articles in the log")
    for name, ack in s.acks.items():
        equal(there.get(name), ack["number"], "number of " + name)


def a_sync_fails():
    """Once: it is tried again, and only then answered."""
    shim = Shim()
    with Daemon().start(env=shim.env) as d:
        s = Sender(d)
        s.submit(article(0))
        shim.io_errno, shim.sync_fails = errno.EIO, 1
        ack = s.submit(article(1))
        equal((ack["status"], shim.io_failed), ("new", 1), "answer after the failure")
        check("nothing is acknowledged until it succeeds" in d.logged() and "succeeded after 2 tries" in d.logged(), d.logged())
        whole(d, s, 2)
        equal(d.stop(), 0, "exit")


def the_disk_fails():
    """For good, in writing or in syncing: it ends with 1 and has acknowledged nothing of it; all is there when the disk works again."""
    for what, code in (("write_fails", errno.EIO), ("sync_fails", errno.EIO), ("write_fails", errno.EROFS)):
        shim = Shim()
        with Daemon().start(env=shim.env) as d:
            s = Sender(d)
            for i in range(5):
                s.submit(article(i))
            shim.io_errno = code
            setattr(shim, what, -1)
            for i in range(5, 10):
                s.send(article(i))
            check(not s.socket.poll(1000), "acknowledged, though %s" % what)
            if code == errno.EIO:
                equal(d.process.wait(60), 1, "exit of " + what)
                d.process = None
            else:  # it keeps trying
                check(d.status()["store"]["trouble"] != "", "no trouble is told")
                setattr(shim, what, 0)
                s.receive(5)
                d.stop()
            check(shim.io_failed > 0, "the shim has done nothing")
            setattr(shim, what, 0)
            s.close()
            d.start(env=shim.env)
            s = Sender(d)
            for i in range(10):
                s.submit(article(i))
            whole(d, s, 10)
            equal(d.stop(), 0, "exit")


def the_clock_jumps():
    """Ten years forth and thirty back: times of events never run back, and articles, heartbeats and status go on."""
    shim = Shim()
    with Daemon().start(env=shim.env) as d:
        s, live, years = Sender(d), d.ctx.socket(zmq.SUB), 365 * 86400 * 1000000
        live.setsockopt(zmq.SUBSCRIBE, b"heartbeat")
        live.connect(d.endpoint("facts"))
        for i, jump in enumerate((0, 10 * years, -20 * years, 1000000, -1, 0)):
            shim.clock_us = jump
            equal(s.submit(article(i))["status"], "new", "article after a jump")
            check(live.poll(10000), "no heartbeat after a jump")
            live.recv_multipart()
            equal(d.status()["queue"]["in_flight"], 0, "in flight")
        times = [e["time"] for t, e in d.events()]
        equal(times, sorted(times), "times")
        whole(d, s, 6)
        equal(d.stop(), 0, "exit")
        d.start(env=shim.env)  # and a start with a clock that is behind the log
        shim.clock_us = -30 * years
        s.close()
        s = Sender(d)
        s.submit(article(6))
        whole(d, s, 7)


def connections(path, most):
    """As many as are let in, that say nothing."""
    made = []
    for _ in range(most):
        c = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        c.settimeout(1)
        try:
            c.connect(path)
        except OSError:
            c.close()
            break
        made.append(c)
    return made


def no_descriptors_left():
    """More connections than there are descriptors: those who are in are served, it says so, and recovers."""
    with Daemon("limits: { connections: 100000 }\n") as d:
        d.start(wrap=["prlimit", "--nofile=96:96"])
        s = Sender(d)
        s.submit(article(0))
        # Who says nothing is put out after a while, and a full backlog refuses: so new ones push in until it has been said.
        crowd, end = [], time.time() + 40
        while "descriptors are in use" not in d.logged():
            check(time.time() < end, "it does not say that descriptors have run out:\n" + d.logged())
            crowd += connections(os.path.join(d.dir, "submit.sock"), 150)
            equal(s.submit(article(0))["repeat"], True, "a sender that is in")
            for c in crowd[:-300]:
                c.close()
            crowd = crowd[-300:]
            time.sleep(0.2)
        equal(s.submit(article(1))["status"], "new", "a sender that is in")
        for c in crowd:
            c.close()
        end = time.time() + 40
        while "there are descriptors again" not in d.logged():
            check(time.time() < end, "it does not recover:\n" + d.logged())
            time.sleep(0.2)
        late = Sender(d)
        equal(late.submit(article(2))["status"], "new", "a sender that comes later")
        s.acks.update(late.acks)
        whole(d, s, 3)
        equal(d.stop(), 0, "exit")


def sockets_are_removed():
    """It says so; who is connected goes on; a restart mends it."""
    with Daemon().start() as d:
        s = Sender(d)
        s.submit(article(0))
        os.unlink(os.path.join(d.dir, "submit.sock"))
        end = time.time() + 40
        while "submit.sock was removed" not in d.logged():
            check(time.time() < end, "it does not notice")
            time.sleep(0.2)
        equal(s.submit(article(1))["status"], "new", "who is connected")
        equal(d.stop(), 0, "exit")
        s.close()
        d.start()
        s = Sender(d)
        equal(s.submit(article(1))["repeat"], True, "after a restart")


def stalled_peers():
    """A subscriber and a sender that do not read cost bounded memory and hold up nobody."""
    with Daemon("facts: { queue: 200 }\n").start() as d:
        stuck = d.ctx.socket(zmq.SUB)
        stuck.setsockopt(zmq.SUBSCRIBE, b"")
        stuck.setsockopt(zmq.RCVHWM, 1)
        stuck.connect(d.endpoint("facts"))
        deaf = d.ctx.socket(zmq.DEALER)  # sends and never reads
        deaf.setsockopt(zmq.RCVHWM, 1)
        deaf.setsockopt(zmq.LINGER, 0)
        deaf.connect(d.endpoint("submit"))
        s = Sender(d)
        s.submit(article(0))
        for i in range(1, 400):
            deaf.send(pack(op="submit", req=i, article=article(i)))
        for i in range(400, 600):
            s.send(article(i))
        s.receive(200)
        before = d.rss()
        for i in range(600, 800):
            s.send(article(i))
            if i % 2:
                deaf.send(pack(op="submit", req=i, article=article(i % 400)))
        s.receive(200)
        check(d.rss() < before * 1.3 + (64 << 20), "memory: %d, then %d" % (before, d.rss()))
        end = time.time() + 60
        while d.status()["articles"]["new"] < 800 and time.time() < end:
            time.sleep(0.1)
        whole(d, s, 800)
        stuck.close(0)
        deaf.close(0)
        equal(d.stop(), 0, "exit")


def read_only_state():
    """It does not start, and says why."""
    if os.geteuid() != 0:
        sys.exit(77)
    with Daemon() as d, tempfile.TemporaryDirectory() as disk:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64M", "zhiwen-test", disk], capture_output=True).returncode:
            sys.exit(77)
        try:
            d.state = os.path.join(disk, "state")
            for prepared in (False, True):
                if prepared:
                    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
                    d.start()
                    Sender(d).submit(article(1))
                    equal(d.stop(), 0, "exit")
                subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
                done = subprocess.run(d.command(), capture_output=True, timeout=60, text=True)
                equal(done.returncode, 1, "exit")
                check(d.state in done.stderr and "Read-only file system" in done.stderr, done.stderr)
        finally:
            time.sleep(0.2)
            subprocess.run(["umount", disk])


if __name__ == "__main__":
    run(a_sync_fails, the_disk_fails, the_clock_jumps, no_descriptors_left, sockets_are_removed, stalled_peers, read_only_state)
