"""The store takes no more: nobody is told what is not safe; once there is room again, everything is there once."""
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenario"))
from daemon_lib import Daemon, Sender, article, check, check_log, equal, run  # noqa: E402

BODY = "本段文字只是为了占地方。" * 2000


def fill(s, start=0):
    """Sends large articles until answers stop. Returns how many were sent."""
    sent = start
    while True:
        s.send(article(sent, body=article(sent)["body"] + BODY))
        sent += 1
        if not s.socket.poll(3000):
            return sent
        s.take()
        check(sent < 5000, "it does not get full")


def trouble(d):
    return d.status()["store"].get("trouble", "")


def check_all(d, s, acked, sent):
    events = d.events()
    check_log(events)
    ids = [e["article"]["id"] for t, e in events if e["event"] == "article"]
    equal(len(ids), sent, "articles")
    equal(len(set(ids)), sent, "each once")
    for name, ack in acked.items():
        equal({**s.acks[name], "repeat": True}, {**ack, "repeat": True}, "first answer of " + name)


def map_full():
    """The bound of the file is reached: it ends with 1 and says so; with a wider bound all comes in."""
    with Daemon() as d:
        d.configure("")
        with open(d.config) as f:
            wide = f.read()
        with open(d.config, "w") as f:
            f.write(wide.replace("2GiB", "16MiB"))
        d.start()
        s = Sender(d)
        sent = fill(s)
        acked = dict(s.acks)
        check(0 < len(acked) < sent, "%d of %d acknowledged" % (len(acked), sent))
        check("full" in trouble(d), "status: %s" % d.status()["store"])
        s.send(article(sent))  # waits inside like the others
        check(not s.socket.poll(1500), "acknowledged, though the store is full")
        equal(d.stop(), 1, "exit")
        check("nothing is acknowledged" in d.logged(), d.logged())
        s.close()

        with open(d.config, "w") as f:
            f.write(wide)
        d.start()
        s = Sender(d)
        for i in range(sent):
            s.send(article(i, body=article(i)["body"] + BODY))
        s.receive(sent)
        check_all(d, s, acked, sent)
        equal(d.stop(), 0, "exit")


def disk_full():
    """The disk fills up under it and is cleared: it goes on by itself, and the answers come."""
    if os.geteuid() != 0:
        sys.exit(77)
    with Daemon() as d, tempfile.TemporaryDirectory() as disk:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24M", "zhiwen-test", disk], capture_output=True).returncode:
            sys.exit(77)
        try:
            d.state = os.path.join(disk, "state")
            ballast = os.path.join(disk, "ballast")
            with open(ballast, "wb") as f:
                f.write(b"\0" * (12 << 20))
            d.start()
            s = Sender(d)
            sent = fill(s)
            acked = dict(s.acks)
            check(0 < len(acked) < sent, "%d of %d acknowledged" % (len(acked), sent))
            check(trouble(d) != "", "status: %s" % d.status()["store"])
            os.unlink(ballast)
            s.receive(sent - len(acked), seconds=30)
            equal(trouble(d), "", "trouble afterwards")
            check_all(d, s, acked, sent)
            equal(d.stop(), 0, "exit")
        finally:
            if d.process:
                d.process.kill()
                d.process.wait()
            time.sleep(0.2)
            subprocess.run(["umount", disk])


def state_directory_not_writable():
    with Daemon() as d:
        with open(d.state, "w") as f:
            f.write("a file, where a directory should be")
        done = subprocess.run(d.command(), capture_output=True, timeout=60, text=True)
        equal(done.returncode, 1, "exit")
        check(d.state in done.stderr, done.stderr)


if __name__ == "__main__":
    run(map_full, disk_full, state_directory_not_writable)
