"""What systemd hears: ready, its state, that it is alive, that it reloads and that it ends."""
import os
import signal
import socket
import time

from daemon_lib import Daemon, Sender, article, check, equal, run


class Listener:
    def __init__(self, d):
        self.path = os.path.join(d.dir, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(0.2)
        self.heard = []

    def wait(self, what, seconds=20):
        end = time.time() + seconds
        while time.time() < end:
            try:
                self.heard.append(self.socket.recv(4096).decode())
            except TimeoutError:
                continue
            if what in self.heard[-1]:
                return self.heard[-1]
        raise AssertionError("%s was not heard, only %s" % (what, self.heard))

    def count(self, what, seconds):
        end, n = time.time() + seconds, 0
        while time.time() < end:
            try:
                n += what in self.socket.recv(4096).decode()
            except TimeoutError:
                pass
        return n


def notifies():
    with Daemon() as d:
        ear = Listener(d)
        d.start(env={"NOTIFY_SOCKET": ear.path, "WATCHDOG_USEC": "3000000"}, wait=False)
        ear.wait("READY=1")
        ear.wait("STATUS=")
        check(ear.count("WATCHDOG=1", 4) >= 3, "the watchdog is not fed at rest")
        s = Sender(d)
        for i in range(500):
            s.send(article(i))
        check(ear.count("WATCHDOG=1", 4) >= 3, "the watchdog is not fed at work")
        s.receive(500)
        d.process.send_signal(signal.SIGHUP)
        check("MONOTONIC_USEC=" in ear.wait("RELOADING=1"), "RELOADING without its time")
        ear.wait("READY=1")
        check("articles taken in" in ear.wait("STATUS=500 articles"), "status")
        d.process.send_signal(signal.SIGTERM)
        ear.wait("STOPPING=1")
        equal(d.process.wait(30), 0, "exit")
        d.process = None


if __name__ == "__main__":
    run(notifies)
