"""Socket activation: listeners that outlive the daemon, handed over as systemd does it (sd_listen_fds(3))."""
import fcntl
import os
import socket
import subprocess
import sys

from daemon_lib import Daemon, Sender, article, check, equal, fail, run

# What systemd does between fork and exec: the listeners from descriptor 3 on, and who they are for.
HAND_OVER = """
import os, sys
n, fds = int(sys.argv[1]), [int(fd) for fd in sys.argv[2].split(",")]
for i, fd in enumerate(fds):
    os.dup2(fd, 3 + i)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(n), LISTEN_FDNAMES=sys.argv[3])
os.execv(sys.argv[4], sys.argv[4:])
"""


class Listeners:
    def __init__(self, paths, names):
        self.names, self.sockets, self.fds = names, [], []
        for path in paths:
            s = socket.socket(socket.AF_UNIX if isinstance(path, str) else socket.AF_INET, socket.SOCK_STREAM)
            s.bind(path)
            s.listen(64)
            self.sockets.append(s)
            self.fds.append(fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 100))  # out of the way of 3, 4, …

    def start(self, d, wait=True):
        wrap = [sys.executable, "-c", HAND_OVER, str(len(self.fds)), ",".join(map(str, self.fds)), ":".join(self.names)]
        with open(d.log, "a") as log:
            d.process = subprocess.Popen(wrap + d.command(), stderr=log, stdout=log, pass_fds=self.fds)
        if wait:
            d.wait_ready()


NAMES = ("submit", "feed", "facts", "replay")


def a_restart_refuses_nobody():
    with Daemon() as d:
        paths = [os.path.join(d.dir, name + ".sock") for name in NAMES]
        held = Listeners(paths, ["zhiwend.socket"] * 4)
        held.start(d)
        inodes = [os.stat(path).st_ino for path in paths]
        s = Sender(d)
        s.send(article(1))
        s.receive(1)
        for stop in ("kill", "terminate"):
            getattr(d.process, stop)()
            d.process.wait(60)
            equal([os.stat(path).st_ino for path in paths], inodes, "the sockets after " + stop)
            probe = socket.socket(socket.AF_UNIX)  # nobody serves, and yet nobody is refused
            probe.connect(paths[0])
            probe.close()
            late = Sender(d)
            late.send(article(100 if stop == "kill" else 200))
            held.start(d)
            late.receive(1)
        equal(d.stop(), 0, "exit")


def a_listener_that_no_one_configured():
    with Daemon("insecure_plain_tcp: true\n") as d:
        held = Listeners([("127.0.0.1", 0)], ["submit"])
        port = held.sockets[0].getsockname()[1]
        held.start(d)
        s = Sender(d, endpoint="tcp://127.0.0.1:%d" % port)
        s.send(article(1))
        s.receive(1)
        equal(d.stop(), 0, "exit")
        held.names = ["web"]
        held.start(d, wait=False)
        equal(d.process.wait(60), 2, "exit with a listener of no known name")
        d.process = None
        check("listener 0, 'web'" in d.logged() and "FileDescriptorName" in d.logged(), "the name is not told:\n" + d.logged())


if __name__ == "__main__":
    run(a_restart_refuses_nobody, a_listener_that_no_one_configured)
