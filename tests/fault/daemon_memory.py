"""Memory runs out at each allocation on the way of one article in turn: it is refused or taken, or zhiwend ends; nothing that was
acknowledged is lost, nothing is damaged or doubled. Needs a build without sanitizers (tests/fault/run.sh); else skips (77)."""
import os
import sys
import time

from shim import Shim, sanitized
from daemon_lib import Daemon, Sender, article, check, check_log, equal, run, text

QUIET = "heartbeat: 1h\n"


def one(d, s, shim, n, name):
    """Sends an article while the n-th allocation fails. Returns (what came of it, whether the failure was reached)."""
    shim.alloc_count = shim.alloc_failed = 0
    shim.alloc_nth, shim.alloc_armed = n, 1
    s.send(article(n, id=name, body=text(n) + "两个" * 200))
    end = time.time() + 20
    while time.time() < end:
        if s.socket.poll(100):
            ack = s.take()
            shim.alloc_armed = 0
            return ack["status"], shim.alloc_failed > 0, ack
        if d.process.poll() is not None:
            shim.alloc_armed = 0
            return "ended", True, None
        if shim.alloc_failed and time.time() > end - 17:
            break
    shim.alloc_armed = 0
    return "unanswered", shim.alloc_failed > 0, None


def at_every_allocation():
    if sanitized():
        print("skipped: the sanitizers' allocator cannot be told to fail; tests/fault/run.sh runs it with a release build")
        sys.exit(77)
    step = int(os.environ.get("ZHIWEN_ALLOC_STEP", "1"))
    shim = Shim(alloc=True)
    outcomes, acks, n, passes, largest = {}, {}, 1, 0, 0
    with Daemon(QUIET, workers=1).start(env=shim.env) as d:
        s = Sender(d)
        s.submit(article(1000000))
        while passes < 3:  # until three articles in a row need fewer
            name = "m-%d" % n
            what, reached, ack = one(d, s, shim, n, name)
            passes = 0 if reached else passes + 1
            if reached:
                largest = n
                outcomes[what] = outcomes.get(what, 0) + 1
            if what == "ended":
                code, d.process = d.process.returncode, None
                outcomes["exit %d" % code] = outcomes.get("exit %d" % code, 0) + 1
                check("Segmentation" not in d.logged() and code in (1, -6), "ended with %d: %s" % (code, d.logged()[-2000:]))
                s.close()
                d.start(env=shim.env)
                s = Sender(d)
                s.submit(article(1000000))
            if ack and ack["status"] == "new":
                acks[name] = ack
            else:
                if ack:
                    check(ack["error"] in ("system", "busy", "limit"), "refused as %s" % ack)
                again = s.submit(article(n, id=name, body=text(n) + "两个" * 200))
                check(again["status"] in ("new", "duplicate"), "sent again: %s" % again)
                acks[name] = again
            n += step
        equal(d.stop(), 0, "exit")
        d.start()
        events = d.events()
        check_log(events)
        there = {}
        for t, e in events:
            if e["event"] == "article":
                check(e["article"]["id"] not in there, "%s is there twice" % e["article"]["id"])
                there[e["article"]["id"]] = e["article"]["number"]
        for name, ack in acks.items():
            equal(there.get(name), ack["number"], "number of " + name)
    check(largest > 3, "only %d allocations were made to fail" % largest)
    print("allocations that failed: %d of %d; %s" % (sum(v for k, v in outcomes.items() if not k.startswith("exit")), largest,
                                                    ", ".join("%s: %d" % o for o in sorted(outcomes.items()))), flush=True)


if __name__ == "__main__":
    run(at_every_allocation)
