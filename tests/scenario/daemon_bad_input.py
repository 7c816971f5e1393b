"""Bad input: each message gets a refusal that names the field (or a log line, on feed), a copy goes into quarantine, and the
daemon goes on, its memory bounded."""
import random
import struct
import time

import msgpack
import zmq

from daemon_lib import Daemon, Sender, article, check, check_log, equal, pack, run, unpack

MiB = 1 << 20


def nest(depth):
    return b"\x91" * depth + b"\x01"


BAD = [
    ("nothing", b"", "malformed", ""),
    ("no MessagePack", b"\xc1", "malformed", ""),
    ("JSON", b'{"v":1,"article":{"body":"x"}}', "malformed", ""),
    ("bytes behind the message", pack(article={"body": "x"}) + b"\x00", "malformed", ""),
    ("half a message", pack(article={"id": "h", "body": "x" * 1000})[:500], "malformed", ""),
    ("a list", msgpack.packb([1, 2]), "type", ""),
    ("a number", msgpack.packb(1), "type", ""),
    ("no version", msgpack.packb({"op": "submit", "article": {"body": "x"}}), "missing", "v"),
    ("another version", msgpack.packb({"v": 2, "article": {"body": "x"}}), "version", "v"),
    ("unknown operation", pack(op="delete"), "unknown_op", "op"),
    ("an operation of replay", pack(op="replay", **{"from": 1}), "unknown_op", "op"),
    ("operation of a wrong type", pack(op=7), "type", "op"),
    ("no article", pack(op="submit"), "missing", "article"),
    ("article of a wrong type", pack(article="x"), "type", "article"),
    ("no body", pack(article={"id": "x"}), "missing", "article.body"),
    ("body of a wrong type", pack(article={"body": 5}), "type", "article.body"),
    ("empty body", pack(article={"body": ""}), "empty", "article.body"),
    ("blank body", pack(article={"body": " \n\t \u3000\n"}), "empty", "article.body"),
    ("invalid UTF-8 in a str", pack(article={"body": "@@"}).replace(b"@@", b"\xff\xfe"), "encoding", "article.body"),
    ("invalid UTF-8 in a name", pack(article={"id": "@@", "body": "x"}).replace(b"@@", b"\xff\xfe"), "encoding", "article.id"),
    ("title of a wrong type", pack(article={"title": ["t"], "body": "x"}), "type", "article.title"),
    ("long id", pack(article={"id": "i" * 5000, "body": "x"}), "too_large", "article.id"),
    ("unknown format", pack(article={"format": "pdf", "body": "x"}), "value", "article.format"),
    ("body over the limit", pack(article={"id": "big", "body": "x" * (4 * MiB + 1)}), "too_large", "article.body"),
    ("message over the limit", pack(article={"body": "x"}, pad=b"\0" * (5 * MiB)), "too_large", ""),
    ("nested too deep", nest(1000), "too_deep", ""),
    ("nested far too deep", nest(MiB), "too_deep", ""),
    ("a list said to be huge", b"\x82\xa1v\x01\xa7article\xdd\xff\xff\xff\xff", "too_many", ""),
    ("a map said to be huge", b"\xdf\xff\xff\xff\xff", "too_many", ""),
    ("a str said to be huge", b"\x82\xa1v\x01\xa7article\xdb\xff\xff\xff\xff", "malformed", ""),
    ("a bin said to be huge", b"\x82\xa1v\x01\xa7article\xc6\xff\xff\xff\xff", "malformed", ""),
    ("chained huge lists", b"\xdc\xff\xff" * 5000, "too_many", ""),
    ("very many elements", msgpack.packb({"v": 1, "article": {"body": "x", "meta": {str(i): i for i in range(5000)}}}), "too_many", ""),
]


def refused_by_name():
    with Daemon().start() as d:
        s = d.dealer("submit")
        for i, (name, raw, error, field) in enumerate(BAD):
            s.send(raw)
            check(s.poll(20000), "%s: no answer" % name)
            ack = unpack(s.recv())
            got = (ack.get("status"), ack.get("error"))
            equal(got, ("rejected", error), "%s: %s" % (name, ack))
            if field or error == "malformed":
                equal(ack.get("field", ""), field, "%s: %s" % (name, ack))
            check(len(ack["message"]) > 5, "%s has no sentence: %s" % (name, ack))
        # answered to the one who asked, where the message could be read so far
        s.send(msgpack.packb({"v": 1, "req": 42, "article": {"id": "named", "body": 5}}))
        ack = unpack(s.recv())
        equal((ack["req"], ack["id"], ack["field"]), (42, "named", "article.body"), "addressed refusal")
        # frames
        s.send_multipart([pack(article={"body": "x"})] * 3)
        ack = unpack(s.recv())
        equal((ack["status"], ack["error"]), ("rejected", "malformed"), "three frames")

        status = d.status()
        equal(status["store"]["quarantined"], len(BAD) + 2, "quarantine")
        equal(status["articles"]["rejected"], len(BAD) + 2, "rejected")
        equal(Sender(d).submit(article(1))["status"], "new", "the next good one")
        check_log(d.events())
        equal(d.stop(), 0, "exit")


def noise():
    """Ten thousand messages of noise on both sockets: all counted, memory flat, good articles between them arrive."""
    r = random.Random(1)
    count = 10000

    def junk():
        kind = r.randrange(5)
        if kind == 0:
            return bytes(r.getrandbits(8) for _ in range(r.randrange(0, 200)))
        good = bytearray(pack(op="submit", req=1, article={"id": "n", "body": "质量" * 50, "meta": {"a": [1, 2, {"b": 3}]}}))
        if kind == 1:
            return bytes(good[:r.randrange(len(good))])
        if kind == 2:
            at = r.randrange(10)
            good[at] = r.choice(b"\xc1\xdf\xdd\xdc\xde\xc6\xdb")
            return bytes(good)
        if kind == 3:
            return struct.pack(">BI", r.choice([0xdd, 0xdf, 0xdb, 0xc6, 0xc9]), r.getrandbits(32)) + bytes(good)
        return nest(r.randrange(50, 3000))

    with Daemon("log: { level: error }\n").start() as d:
        s, good = d.dealer("submit"), Sender(d)
        sent = answered = 0
        rss = 0
        while answered < count:
            while sent < count and sent - answered < 200:
                s.send(junk())
                sent += 1
                if sent == count // 5:
                    rss = d.rss()
                if sent % 1000 == 0:
                    good.send(article(sent))
            check(s.poll(20000), "%d of %d are not answered" % (count - answered, count))
            s.recv()
            answered += 1
        good.receive(count // 1000)
        equal({a["status"] for a in good.order}, {"new"}, "good articles between")
        check(d.rss() < rss + 64 * MiB, "memory grew from %d to %d" % (rss, d.rss()))

        pub = d.ctx.socket(zmq.PUB)
        pub.setsockopt(zmq.SNDHWM, 0)
        pub.connect(d.endpoint("feed"))
        time.sleep(0.5)
        before = d.status()["intake"]["feed"]
        for _ in range(count):
            pub.send(junk())
        deadline = time.time() + 60
        while d.status()["intake"]["feed"] < before + count and time.time() < deadline:
            time.sleep(0.2)
        status = d.status()
        equal(status["intake"]["feed"], before + count, "received on feed")
        check(status["articles"]["rejected"] > count, "rejected: %s" % status["articles"])
        check(d.rss() < rss + 96 * MiB, "memory grew from %d to %d" % (rss, d.rss()))
        check_log(d.events())
        equal(d.stop(), 0, "exit")


def large_and_odd_articles():
    """At the limit, and of all shapes: taken or refused, never the end of the daemon."""
    with Daemon().start() as d:
        s = Sender(d)
        equal(s.submit(article(1, id="full", body="质量。\n" * (4 * MiB // 10 - 1)), req=1)["id"], "full", "a body at the limit")
        for i, body in enumerate([b"\x00" * 1000, bytes(range(256)) * 40, b"\xff\xfe" + "质量工作".encode("utf-16le") * 100,
                                  "质量".encode("gb18030") * 300, b"<" * 100000, b"<div>" * 20000, "?(jī)".encode() * 5000,
                                  "《" * 20000, "1" * 100000, "\n" * 1000 + "。" * 1000, "\u200b" * 3000 + "质"]):
            ack = s.submit(article(2, id="odd-%d" % i, body=body), req=100 + i)
            check(ack["status"] in ("new", "duplicate", "rejected"), str(ack))
        check_log(d.events())
        equal(d.stop(), 0, "exit")


def senders_wait_when_it_is_full():
    """Nothing is dropped: with room for eight messages inside, two thousand from ten senders are all answered."""
    with Daemon("limits: { in_flight: 8, in_flight_bytes: 64KiB }\nsockets: { queue: 4 }\n").start() as d:
        senders = [Sender(d) for _ in range(10)]
        for i in range(2000):
            senders[i % 10].send(article(i))
        for s in senders:
            s.receive(200)
        status = d.status()
        equal(status["articles"]["new"], 2000, "articles")
        check(status["queue"]["times_full"] > 0, "it was never full: %s" % status["queue"])
        check_log(d.events())


def a_sender_that_goes_away():
    """Its articles stay; the acks that nobody takes are counted."""
    with Daemon().start() as d:
        s = Sender(d)
        for i in range(300):
            s.send(article(i))
        s.receive(1)
        s.socket.close(0)
        deadline = time.time() + 30
        while time.time() < deadline:
            before = d.status()["articles"]["new"]
            time.sleep(1)
            status = d.status()
            if status["articles"]["new"] == before and status["queue"]["in_flight"] == 0:
                break
        check(status["intake"]["ack_unroutable"] + status["intake"]["acks"] == status["articles"]["new"], "acks: %s" % status)
        check_log(d.events())
        equal(Sender(d).submit(article(0))["repeat"], True, "what it sent is kept")


if __name__ == "__main__":
    run(refused_by_name, noise, large_and_odd_articles, senders_wait_when_it_is_full, a_sender_that_goes_away)
