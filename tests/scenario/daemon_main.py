"""The main path: articles in, acks after the commit, events out once each, articles and counters to be asked for."""
import signal
import subprocess
import time

import zmq

from daemon_lib import Daemon, Sender, article, check, check_log, equal, pack, run, text, unpack


def way_of_an_article():
    with Daemon().start() as d:
        live = d.ctx.socket(zmq.SUB)
        live.setsockopt(zmq.SUBSCRIBE, b"")
        live.connect(d.endpoint("facts"))
        check(live.poll(10000), "no heartbeat")

        s = Sender(d)
        first = s.submit(article(1))
        equal((first["status"], first["id"], first["number"]), ("new", "a-1", 1), "ack")
        check(first["facts"] > 0, "no fact: %s" % first)
        equal(first["seq"], first["facts"] + 1, "seq of the article event")

        again = s.submit(article(1), req=7)
        equal(again, dict(first, req=7, repeat=True), "a resend gets its first answer")

        other = s.submit(article(1, id="b-1", source="elsewhere"))
        equal((other["status"], other["kind"], other["of"], other["similarity"]), ("duplicate", "exact", "a-1", 1.0), "copy")
        equal(other["facts"], first["facts"], "each fact of the copy is support")

        anonymous = article(2)
        del anonymous["id"], anonymous["source"]
        given = s.submit(anonymous, req="x")
        equal(given["id"], "zw-3", "id that is given")

        events = d.events()
        support = check_log(events)
        equal(len(events), given["seq"], "events")
        equal(sorted(support.values())[-1], 2, "support")
        for topic, event in events:
            check(event["article"]["id"] in ("a-1", "b-1", "zw-3"), "article of %s" % event)
        equal([t for t, e in events if e["event"] == "article"], ["article.new", "article.duplicate", "article.new"], "article events")

        seen = {}
        while len(seen) < len(events):
            check(live.poll(10000), "only %d events came live" % len(seen))
            topic, payload = live.recv_multipart()
            if not topic.startswith(b"heartbeat"):
                seen[unpack(payload)["seq"]] = (topic.decode(), unpack(payload))
        equal([seen[i + 1] for i in range(len(events))], events, "what came live")

        stored = d.ask(op="article", number=1)["article"]
        equal((stored["id"], stored["body"], stored["status"]), ("a-1", text(1).encode(), "new"), "stored article")
        equal(len(stored["facts"]), first["facts"], "stored facts")
        for fact in stored["facts"]:
            span = fact["span"]
            equal(stored["body"][span["start"]:span["end"]].decode(), span["quote"], "bytes of the span")
        equal(d.ask(op="article", source="test", id="a-1")["article"], stored, "article by its id")
        equal(d.ask(op="article", source="", id="zw-3")["article"]["number"], 3, "article by the id that it was given")
        equal(d.ask(op="article", number=9)["error"], "not_found", "article that is not there")

        status = d.status()
        equal(status["articles"], {"new": 2, "duplicate": 1, "rejected": 0, "repeat": 1, "withdrawn": 0}, "articles")
        equal(status["duplicates"]["exact"], 1, "duplicates")
        equal(status["seq"]["newest"], len(events), "newest")
        equal(status["facts"], len(support), "facts")
        equal(status["queue"]["in_flight"], 0, "in flight")
        equal(d.stop(), 0, "exit")


def revision():
    """A new version of an article gives what is new in it; the rest it has said before."""
    with Daemon().start() as d:
        s = Sender(d)
        first = s.submit(article(1))
        newer = s.submit(article(1, body=text(1) + "2010年11月18日,浙江省政府召开了全省质量工作大会。\n"), req="newer")
        equal((newer["status"], newer.get("kind"), newer.get("of")), ("new", "revision", "a-1"), "revision")
        events = d.events()
        check_log(events)
        for topic, event in events[first["seq"]:]:
            check(event["event"] != "support", "an article supports itself: %s" % event)


def feed():
    """From a publisher that comes to us and from one that we go to; by topic."""
    with Daemon() as d:
        away = d.ctx.socket(zmq.PUB)
        away.bind(d.endpoint("away"))
        d.configure("feed: { connect: '%s', topics: ['news.'] }\n" % d.endpoint("away"))
        d.start()
        home = d.ctx.socket(zmq.PUB)
        home.connect(d.endpoint("feed"))
        time.sleep(0.5)  # a publisher learns what is wanted only after it is connected
        for i in range(1, 11):
            (home if i % 2 else away).send_multipart([b"news.zj", pack(article=article(i))])
        home.send_multipart([b"weather", pack(article=article(11))])
        home.send_multipart([b"news.zj", b"\xc1"])
        home.send_multipart([b"news.zj", pack(op="status")])
        deadline = time.time() + 30
        while time.time() < deadline and d.status()["articles"] != {"new": 10, "duplicate": 0, "rejected": 2, "repeat": 0, "withdrawn": 0}:
            time.sleep(0.1)
        status = d.status()
        equal(status["articles"], {"new": 10, "duplicate": 0, "rejected": 2, "repeat": 0, "withdrawn": 0}, "articles")
        equal(status["rejected"], {"malformed": 1, "unknown_op": 1}, "reasons")
        equal(status["intake"]["rejected_feed"], 2, "refused on feed")
        equal(status["intake"]["acks"], 0, "nobody is answered on feed")
        equal(status["store"]["quarantined"], 2, "quarantine")
        check("reason=malformed" in d.logged() and "reason=unknown_op" in d.logged(), "refusals are logged: " + d.logged())
        check_log(d.events())


def one_request_at_a_time():
    """A REQ socket puts an empty frame before its message and wants it back."""
    with Daemon().start() as d:
        s = d.ctx.socket(zmq.REQ)
        s.connect(d.endpoint("submit"))
        for i in range(3):
            s.send(pack(op="submit", req=i, article=article(i)))
            check(s.poll(10000), "no answer")
            equal(unpack(s.recv())["id"], "a-%d" % i, "answer")


def drains_on_sigterm():
    """What was taken in is committed, answered and published; what was not is not answered, and comes again as new."""
    count = 1000
    with Daemon("limits: { in_flight: 64 }\n").start() as d:
        s = Sender(d)
        for i in range(count):
            s.send(article(i))
        s.receive(20)
        equal(d.stop(), 0, "exit")
        while s.socket.poll(200):
            s.take()
        answered = dict(s.acks)
        check(20 <= len(answered) < count, "%d answers" % len(answered))
        s.close()
        d.start()
        events = d.events()
        check_log(events)
        stored = {e["article"]["id"] for t, e in events if e["event"] == "article"}
        check(set(answered) <= stored, "answered, but not stored: %s" % (set(answered) - stored))
        s = Sender(d)
        for i in range(count):
            s.send(article(i))
        s.receive(count)
        for i in range(count):
            name = "a-%d" % i
            equal(s.acks[name].get("repeat", False), name in stored, "repeat of " + name)
            if name in answered:
                equal(s.acks[name], dict(answered[name], repeat=True), "first answer of " + name)
        events = d.events()
        check_log(events)
        equal(sum(e["event"] == "article" for t, e in events), count, "articles")


def second_daemon_is_refused():
    with Daemon().start() as d:
        second = subprocess.run(d.command(), capture_output=True, timeout=60)
        equal(second.returncode, 1, "exit")
        check(b"in use by another daemon" in second.stderr, second.stderr.decode())
        equal(Sender(d).submit(article(1))["status"], "new", "the first one goes on")


def bad_configuration_is_refused():
    with Daemon() as d:
        for config, says in (("bogus: 1\n", "zhiwend.yaml:4: unknown key 'bogus'"), ("heartbeat: soon\n", "zhiwend.yaml:4: heartbeat")):
            d.configure(config)
            done = subprocess.run(d.command(), capture_output=True, timeout=60, text=True)
            equal(done.returncode, 2, "exit")
            check(says in done.stderr, done.stderr)
        d.configure("limits: { body: 1MiB }\n")
        done = subprocess.run(d.command() + ["--check"], capture_output=True, timeout=60, text=True)
        check(done.returncode == 0 and "limits.body: 1MiB\n" in done.stdout, done.stdout + done.stderr)
        done = subprocess.run(d.command() + ["surplus"], capture_output=True, timeout=60, text=True)
        equal(done.returncode, 2, "exit with a surplus argument")


def reload_under_load():
    """SIGHUP reads the rules anew; no article is lost or changed by it; a bad pack changes nothing."""
    count = 400
    with Daemon().start() as d:
        s = Sender(d)
        before = d.status()["rules"]["version"]
        for i in range(count):
            s.send(article(i))
            if i % 100 == 0:
                d.process.send_signal(signal.SIGHUP)
        s.receive(count)
        deadline = time.time() + 60
        while d.status()["rules"]["reloads"] == 0 and time.time() < deadline:
            time.sleep(0.1)
        rules = d.status()["rules"]
        check(rules["reloads"] > 0 and rules["reload_failures"] == 0, "reloads: %s" % rules)
        equal(rules["version"], before, "version of the same rules")
        check_log(d.events())
        equal({a["status"] for a in s.order}, {"new"}, "outcomes")
        equal(d.stop(), 0, "exit")


def same_with_one_and_eight_workers():
    count, results = 300, []
    for workers in (1, 8):
        with Daemon(workers=workers).start() as d:
            s = Sender(d)
            for i in range(count):
                s.send(article(i % 250, id="a-%d" % i, source="s%d" % (i // 250)))
            s.receive(count)
            events = d.events()
            check_log(events)
            for topic, event in events:
                del event["time"]
            results.append((events, s.order))
    equal(results[0][1], results[1][1], "acks with 1 and 8 workers")
    equal(results[0][0], results[1][0], "events with 1 and 8 workers")


if __name__ == "__main__":
    run(way_of_an_article, revision, feed, one_request_at_a_time, drains_on_sigterm, second_daemon_is_refused,
        bad_configuration_is_refused, reload_under_load, same_with_one_and_eight_workers)
