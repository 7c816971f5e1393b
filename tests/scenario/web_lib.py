"""A zhiwen-web of one's own, and what to ask it."""
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.parse

from daemon_lib import BIN, check, equal, fail

READY_S = 90
MODALITY = ("asserted", "planned", "required", "negated")


class Web:
    def __init__(self, sockets, state, *args, listen="127.0.0.1:0"):
        self.sockets, self.state, self.args, self.listen = sockets, state, args, listen
        self.log = state + ".log"
        self.process = None
        self.headers = {}

    def start(self):
        seen = len(self.logged())
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([os.path.join(BIN, "zhiwen-web"), "--socket-dir", self.sockets, "--state-dir", self.state, "--listen", self.listen, *self.args],
                                            stderr=log, stdout=log)
        end = time.time() + READY_S
        while time.time() < end:
            at = re.search(r"http://[^ :]+:(\d+)/", self.logged()[seen:])
            if at:
                self.port = int(at[1])
                try:
                    self.raw("GET", "/api/regions")
                    return self
                except ConnectionError:
                    pass
            if self.process.poll() is not None:
                fail("zhiwen-web ended with %s:\n%s" % (self.process.returncode, self.logged()))
            time.sleep(0.05)
        fail("zhiwen-web does not come up:\n" + self.logged())

    def logged(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, errors="replace") as f:
            return f.read()

    def stop(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        code = self.process.wait(60)
        self.process = None
        check("Sanitizer" not in self.logged() and "runtime error" not in self.logged(), self.logged()[-4000:])
        return code

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind:
            print(self.logged()[-4000:], flush=True)
        if self.process:
            code = self.stop()
            check(kind or code == 0, "zhiwen-web ended with %s" % code)

    # ---- asking

    def raw(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        c.request(method, path, body=body, headers=dict(self.headers, **(headers or {})))
        r = c.getresponse()
        data = r.read()
        c.close()
        return r, data

    def ask(self, path, status=200, method="GET", body=None, headers=None, **query):
        if query:
            path += "?" + urllib.parse.urlencode([(k.rstrip("_"), v) for k, v in query.items()], doseq=True)
        r, data = self.raw(method, path, body, headers)
        equal(r.status, status, "%s %s: %s" % (method, path, data[:500]))
        equal(r.headers["Content-Type"], "application/json; charset=utf-8", "type of %s" % path)
        answer = json.loads(data)
        if status >= 400:
            equal(set(answer["error"]), {"field", "message"}, "error of %s" % path)
        return answer

    def facts(self, **query):
        """All of them, page by page."""
        found, before = [], None
        while True:
            page = self.ask("/api/facts", **dict(query, limit=7, **({"before": before} if before else {})))
            found += page["facts"]
            before = page["next"]
            if not before:
                equal(len(found), page["total"], "facts and their total")
                return found

    def wait(self, count, seconds=90):
        """Until that many facts are there."""
        end = time.time() + seconds
        while self.ask("/api/facts", limit=1)["total"] != count:
            check(time.time() < end, "%s facts, not %s" % (self.ask("/api/facts", limit=1)["total"], count))
            time.sleep(0.05)

    def settled(self, daemon):
        """Until all events of the daemon's log are there."""
        end = time.time() + 90
        newest = daemon.status()["seq"]["newest"]
        while True:
            at = self.ask("/api/state")["lag"]["position"]
            if at >= newest:
                return
            check(time.time() < end, "at %s of %s" % (at, newest))
            time.sleep(0.05)


class Live:
    """Events of /api/live, read by a thread."""

    def __init__(self, web, query="", headers=None):
        self.events, self.ended = [], False
        self.c = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
        self.c.request("GET", "/api/live" + query, headers=dict(web.headers, **(headers or {})))
        self.r = self.c.getresponse()
        equal(self.r.status, 200, "live")
        equal(self.r.headers["Content-Type"], "text/event-stream; charset=utf-8", "type of live")
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        self.next("state")

    def run(self):
        event = {}
        try:
            for line in self.r:
                line = line.decode().rstrip("\n")
                if line:
                    key, _, value = line.partition(": ")
                    event[key] = value
                    continue
                if "event" in event:
                    self.events.append((event["event"], event.get("id"), json.loads(event["data"])))
                event = {}
        except (OSError, http.client.HTTPException, ValueError, AttributeError):  # closed under it
            pass
        self.ended = True

    def next(self, kind, seconds=60, where=lambda data: True):
        """The next event of this kind; what comes before it is passed over."""
        end = time.time() + seconds
        while time.time() < end:
            while self.events:
                got = self.events.pop(0)
                if got[0] == kind and where(got[2]):
                    return got
            check(not self.ended, "live has ended before a %s" % kind)
            time.sleep(0.02)
        fail("no %s" % kind)

    def close(self):
        try:
            self.c.sock and self.c.sock.shutdown(2)
        except OSError:
            pass
        self.c.close()
