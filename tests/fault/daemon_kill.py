"""kill -9, again and again, while articles come in: what was acknowledged is there once, and the log of events has no hole."""
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenario"))
from daemon_lib import Daemon, Sender, article, check, check_log, equal, run  # noqa: E402


def verify(d, acked, count):
    """The promises, from the outside. Returns the events."""
    events = d.events()
    check_log(events)
    articles = [e for t, e in events if e["event"] == "article"]
    numbers = [e["article"]["number"] for e in articles]
    equal(numbers, list(range(1, len(numbers) + 1)), "article numbers")
    ids = {e["article"]["id"]: e for e in articles}
    equal(len(ids), len(articles), "each article once")
    check(set(acked) <= set(ids), "acknowledged, but lost: %s" % sorted(set(acked) - set(ids)))
    for name, ack in acked.items():
        equal((ack["seq"], ack["number"]), (ids[name]["seq"], ids[name]["article"]["number"]), "event of " + name)
    return events


def killed_during(count, kills, seed):
    r = random.Random(seed)
    with Daemon() as d:
        acked, done = {}, 0
        while done < kills:
            d.start()
            verify(d, acked, count)
            s = Sender(d)
            for i in range(count):
                s.send(article(i))
            # killed after a random number of new answers, or of milliseconds
            answers, end = r.randrange(1, 2 * count // kills), time.time() + r.random() * 2
            fresh = 0
            while fresh < answers and time.time() < end and len(acked) < count:
                if s.socket.poll(20):
                    ack = s.take()
                    if ack["id"] in acked:
                        equal({**ack, "repeat": True}, {**acked[ack["id"]], "repeat": True}, "answer again")
                    else:
                        fresh += 1
                        acked[ack["id"]] = ack
            d.stop(signal.SIGKILL)
            while s.socket.poll(50):
                ack = s.take()
                acked.setdefault(ack["id"], ack)
            s.close()
            done += 1
        d.start()
        verify(d, acked, count)
        s = Sender(d)
        for i in range(count):
            s.send(article(i))
        s.receive(count)
        for name, ack in acked.items():
            equal({**s.acks[name], "repeat": True}, {**ack, "repeat": True}, "the first answer of %s" % name)
        events = verify(d, s.acks, count)
        equal(sum(e["event"] == "article" for t, e in events), count, "articles in the end")
        equal(d.stop(), 0, "exit")


def killed_once():
    killed_during(2000, 1, 1)


def killed_often():
    killed_during(2000, int(os.environ.get("ZHIWEN_KILLS", "12")), 2)


if __name__ == "__main__":
    run(killed_once, killed_often)
