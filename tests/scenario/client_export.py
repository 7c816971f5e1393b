"""`zhiwen export`: in every format the facts that the log leaves, and what of it a spreadsheet or SQL sees."""
import csv
import io
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import threading

import msgpack
import zmq

from daemon_lib import BIN, Daemon, Sender, article, check, equal, pack, run, text

ZHIWEN = os.path.join(BIN, "zhiwen")
PACK = """
types:
  - type: hotline
    slots:
      number: { kind: string, key: true }
      place: { kind: string }
      hours: { kind: list }
    id: []
rules:
  - rule: hotline-opened
    type: hotline
    when: '质量投诉热线(?<number>[0-9]+)'
    examples:
      - text: 质量投诉热线12365今天开通。
        gives: { number: '12365' }
      - text: 质量投诉电话今天开通。
        gives: nothing
"""


def export(where, *args, status=0):
    done = subprocess.run([ZHIWEN, "export", *map(str, args)], env=dict(os.environ, ZHIWEN_SOCKETS=where), capture_output=True, timeout=120)
    check(b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr[-4000:].decode(errors="replace"))
    equal(done.returncode, status, "exit of export %s: %s" % (args, done.stderr.decode()))
    return done.stdout.decode()


def rows(out):
    return [json.loads(line) for line in out.splitlines()]


def ids(out):
    return [row["fact"]["id"] for row in rows(out)]


def told(events):
    """The facts that events leave, and how many articles state each."""
    facts, support = {}, {}
    for _, e in events:
        if e["event"] == "fact":
            facts[e["fact"]["id"]] = e
        if e["event"] in ("fact", "support"):
            support[e["fact"]["id"]] = e["support"]
    return facts, support


def sent(d, count, first=0):
    s = Sender(d)
    for n in range(first, first + count):
        s.send(article(n))
    s.receive(count)


def query(path, sql):
    with sqlite3.connect("file:%s?mode=ro" % path, uri=True) as db:
        return db.execute(sql).fetchall()


def formats_and_filters():
    with Daemon().start() as d:
        sent(d, 60)
        facts, support = told(d.events())
        every = rows(export(d.dir))
        equal([r["fact"] for r in every], [e["fact"] for e in facts.values()], "facts")
        equal([(r["seq"], r["article"], r["support"]) for r in every],
              [(e["seq"], e["article"], support[i]) for i, e in facts.items()], "seq, article and support")

        def chosen(test):
            return [i for i, e in facts.items() if test(e["fact"], e["article"])]
        indicators = chosen(lambda f, a: f["type"] == "indicator")
        equal(ids(export(d.dir, "--type", "indicator", "--type", "nothing")), indicators, "--type")
        equal(ids(export(d.dir, "--region", "3303")), chosen(lambda f, a: (f["region"] or "").startswith("3303")), "--region")
        equal(ids(export(d.dir, "--type", "award", "--region", "3304")), chosen(lambda f, a: f["type"] == "award" and (f["region"] or "").startswith("3304")), "both")
        equal(export(d.dir, "--modality", "planned", "--modality", "negated"), "", "--modality")
        equal(ids(export(d.dir, "--since", "2008-03", "--until", "2008")), chosen(lambda f, a: "2008-03" <= f["time"] < "2009" or f["time"] == "2008"), "event time")
        equal(ids(export(d.dir, "--since", "2010-11-10", "--until", "2010-11-12", "--published")),
              chosen(lambda f, a: "2010-11-10" <= a["published"] <= "2010-11-12"), "published")
        middle = every[len(every) // 2]["seq"]
        equal(ids(export(d.dir, "--from", middle)), [i for i, e in facts.items() if e["seq"] >= middle], "--from")

        table = list(csv.DictReader(io.StringIO(export(d.dir, "--type", "indicator", "--format", "csv"))))
        equal([r["id"] for r in table], indicators, "rows of CSV")
        for row in table:
            fact = facts[row["id"]]["fact"]
            equal((float(row["value"]), row["measure"], row["quote"], row["change_value"]),
                  (fact["value"], fact["measure"], fact["span"]["quote"], str(fact.get("change", {}).get("value", ""))), "a row of CSV")
        union = list(csv.reader(io.StringIO(export(d.dir, "--format", "csv"))))
        equal({len(r) for r in union}, {len(union[0])}, "columns of every row")
        equal(len(set(union[0])), len(union[0]), "columns twice")
        listed = [dict(zip(union[0], r)) for r in union[1:]]
        policy = next(r for r in listed if r["type"] == "policy_document")
        equal(policy["issuers"], "|".join(facts[policy["id"]]["fact"]["issuers"]), "a list")

        out = pathlib.Path(d.dir, "out.csv")
        mask = os.umask(0o22)
        os.umask(mask)
        export(d.dir, "-o", out, "--bom", "--type", "award")
        check(out.read_bytes().startswith(b"\xef\xbb\xbfid,type,"), "--bom")
        equal([p.name for p in out.parent.glob("out.csv*")], ["out.csv"], "what is left beside it")
        equal(oct(out.stat().st_mode & 0o777), oct(0o666 & ~mask), "mode")
        before = out.read_bytes()
        export("/nowhere", "-o", out, "--timeout", "0.3", status=3)
        equal(out.read_bytes(), before, "a file after an export that failed")
        for args in (["--format", "xml"], ["--format", "sqlite"], ["--since", "soon"], ["--region", "x"], ["--modality", "sure"], ["--from", "0"],
                     ["--bom"], ["--published"], ["-o", "x.db", "--from", "3"], ["extra"]):
            export(d.dir, *args, status=2)
        equal(d.stop(), 0, "exit")


def sqlite_is_continued():
    with Daemon().start() as d:
        sent(d, 40)
        db = pathlib.Path(d.dir, "facts.db")
        export(d.dir, "-o", db)

        def compare():
            facts, support = told(d.events())
            equal(query(db, "SELECT id, support FROM facts ORDER BY seq"), [(i, support[i]) for i in facts], "facts")
            equal(query(db, "SELECT count(*) FROM sources")[0][0], sum(support.values()), "sources")
            equal(query(db, "PRAGMA integrity_check")[0][0], "ok", "integrity")
            equal(query(db, "PRAGMA foreign_key_check"), [], "keys")
            awards = [e["fact"] for e in facts.values() if e["fact"]["type"] == "award"]
            equal(query(db, "SELECT id, recipient, prize_value, edition, region FROM award ORDER BY seq"),
                  [(f["id"], f["recipient"], f["prize"]["value"], f["edition"], f["region"]) for f in awards], "the view of awards")
            quoted = sum("省政府质量奖" in e["fact"]["span"]["quote"] for e in facts.values())
            check(quoted > 0, "no such quotes")
            equal(query(db, "SELECT count(*) FROM search WHERE search MATCH 'quote:省政府质量奖'")[0][0], quoted, "full text")
            check(all(region for region, in query(db, "SELECT region_name FROM award WHERE region IS NOT NULL")), "names of regions")
            day = query(db, "SELECT first_day, last_day FROM indicator WHERE time = '2010-11~' LIMIT 1")
            equal(day, [("2010-11-01", "2010-11-30")], "days of a time")
        compare()
        first = query(db, "SELECT * FROM facts")
        export(d.dir, "-o", db)
        equal(query(db, "SELECT * FROM facts"), first, "nothing new")
        sent(d, 40, 30)
        export(d.dir, "-o", db)
        compare()
        export(d.dir, "-o", db, "--type", "award", status=1)
        awards = pathlib.Path(d.dir, "awards.sqlite")
        export(d.dir, "-o", awards, "--type", "award")
        equal({t for t, in query(awards, "SELECT DISTINCT type FROM facts")}, {"award"}, "one type")

        # Broken off again and again, it ends as if it had not been. The first runs are killed before they can have done all.
        sent(d, 600, 100)
        broken = pathlib.Path(d.dir, "broken.db")
        for k in range(6):
            process = subprocess.Popen([ZHIWEN, "export", "-q", "-o", str(broken)], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir))
            try:
                process.wait(0.1 + 0.2 * k)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL if k % 2 else signal.SIGINT)
                process.wait()
        export(d.dir, "-o", broken)
        db = broken
        compare()
        equal(d.stop(), 0, "exit")
    with Daemon().start() as other:
        sent(other, 1)
        with tempfile.TemporaryDirectory() as folder:
            foreign = pathlib.Path(folder, "x.db")
            export(other.dir, "-o", foreign)
            with sqlite3.connect(foreign) as changed:
                changed.execute("UPDATE notes SET value='another' WHERE key='instance'")
            export(other.dir, "-o", foreign, status=1)


def own_types_and_dangerous_cells():
    with Daemon() as d:
        packs = pathlib.Path(d.dir, "packs")
        packs.mkdir()
        (packs / "own.yaml").write_text(PACK)
        d.configure("rules: { dirs: [%s, %s] }\n" % (os.path.join(os.environ["ZHIWEN_DATA_DIR"], "rules"), packs))
        d.start()
        s = Sender(d)
        for n, title in enumerate(["=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "＝A1", "无害", 'a "b", c']):
            s.submit({"id": "t%d" % n, "source": "test", "title": title, "body": "质量投诉热线%d今天开通。" % (12365 + n), "published": "2010-11-18"})
        for args in ([], ["--rules", packs]):
            table = list(csv.DictReader(io.StringIO(export(d.dir, "--format", "csv", "--type", "hotline", *args))))
            equal([r["number"] for r in table], [str(12365 + n) for n in range(7)], "an own type")
            equal("hours" in table[0], bool(args), "a slot that nothing fills is known from its pack")
        titles = [r["article_title"] for r in table]
        check(all(t.startswith("'") for t in titles[:5]) and not any(t.startswith("'") for t in titles[5:]), "formulas: %s" % titles)
        raw = list(csv.DictReader(io.StringIO(export(d.dir, "--format", "csv", "--raw-cells"))))
        check(not any(r["article_title"].startswith("'") for r in raw), "--raw-cells")
        equal(raw[6]["article_title"], rows(export(d.dir))[6]["article"]["title"], "a cell in quotes")
        db = pathlib.Path(d.dir, "own.db")
        export(d.dir, "-o", db)
        equal(query(db, "SELECT number, article_title FROM hotline ORDER BY seq LIMIT 1")[0][0], "12365", "the view of an own type")
        equal(d.stop(), 0, "exit")


def corrections_of_a_daemon():
    """Versions and withdrawals through a real zhiwend: a file continued in between and one made at the end say the same."""
    with Daemon().start() as d:
        s = Sender(d)

        def names():
            return [n for n, in query(db, "SELECT recipient FROM award ORDER BY recipient")]
        db = pathlib.Path(d.dir, "f.db")

        def put(id, *firms):
            body = "\n".join("%s集团荣获第1届浙江省政府质量奖,奖金50万元。" % firm for firm in firms)
            return s.submit({"id": id, "source": "日报", "published": "2010-11-18", "body": body})
        put("a", "正泰", "康奈")
        put("b", "康奈", "奥康")
        export(d.dir, "-o", db)
        equal(len(names()), 3, "before: %s" % names())
        put("a", "正泰", "森马")
        put("a", "森马", "华峰")
        export(d.dir, "-o", db)
        withdrawn = subprocess.run([ZHIWEN, "withdraw", "--source", "日报", "b"], env=dict(os.environ, ZHIWEN_SOCKETS=d.dir), capture_output=True, timeout=60)
        equal(withdrawn.returncode, 0, withdrawn.stderr.decode())
        export(d.dir, "-o", db)
        equal(names(), ["华峰集团", "森马集团"], "what is left: %s" % d.events())
        once = pathlib.Path(d.dir, "once.db")
        export(d.dir, "-o", once)
        for sql in ("SELECT id, support, article, quote FROM facts ORDER BY id", "SELECT * FROM sources ORDER BY 1, 2", "SELECT number FROM articles ORDER BY 1"):
            equal(query(db, sql), query(once, sql), sql)
        equal(sorted(ids(export(d.dir))), [i for i, in query(once, "SELECT id FROM facts ORDER BY id")], "JSON Lines")
        equal(d.stop(), 0, "exit")


class Log:
    """In place of a zhiwend: a log of made-up events on `replay`."""

    def __init__(self, folder, events, oldest=1):
        self.events, self.oldest = events, oldest
        ctx = zmq.Context.instance()
        self.facts, self.replay = ctx.socket(zmq.XPUB), ctx.socket(zmq.ROUTER)
        self.facts.bind("ipc://%s/facts.sock" % folder)
        self.replay.bind("ipc://%s/replay.sock" % folder)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            *to, request = self.replay.recv_multipart()
            request = msgpack.unpackb(request)
            ends = {"oldest": self.oldest, "newest": self.events[-1][1]["seq"], "instance": "made-up"}
            if request["op"] == "status":
                answer = {"answer": "status", "status": {"seq": ends, "instance": "made-up"}}
            else:
                wanted = [(t, pack(**e)) for t, e in self.events if e["seq"] >= request["from"] and t.startswith(tuple(request["topics"]))]
                answer = dict(ends, answer="page", events=[list(p) for p in wanted], next=ends["newest"] + 1)
            self.replay.send_multipart(to + [pack(req=request["req"], **answer)])


def event(seq, kind, fact, number, support, words="原话", **more):
    about = {"type": "award", "id": fact, "time": "2010", "region": "330300", "modality": "asserted", "confidence": 0.9,
             "span": {"start": 0, "end": 6, "quote": words}, "also": [], "rule": "r", "recipient": "甲", "award": "质量奖"}
    about.update(more)
    return "%s.award.330300" % kind, {"seq": seq, "prev": 0, "event": kind, "time": 1700000000000000 + seq, "support": support,
                                      "article": {"number": number, "id": "a%d" % number, "title": "题%d" % number}, "fact": about}


def retractions_and_lost_beginnings():
    events = [event(1, "fact", "x", 1, 1, "甲一"), event(2, "fact", "y", 1, 1), event(3, "support", "x", 2, 2, "甲二", recipient="甲公司"),
              event(4, "fact", "z", 2, 1), event(5, "unsupport", "x", 1, 1), event(6, "retract", "y", 1, 0), event(7, "support", "old", 3, 5),
              event(8, "fact", "w", 3, 1), event(9, "retract", "w", 3, 0), event(10, "fact", "w", 4, 1, "又一次")]
    with tempfile.TemporaryDirectory() as folder:
        log = Log(folder, events)
        left = {r["fact"]["id"]: r for r in rows(export(folder))}
        equal(sorted(left), ["w", "x", "z"], "facts that are left")
        equal((left["x"]["support"], left["x"]["article"]["number"], left["x"]["fact"]["recipient"], left["x"]["fact"]["span"]["quote"]),
              (1, 2, "甲公司", "甲二"), "the words of the article that is left")
        equal((left["w"]["seq"], left["w"]["fact"]["span"]["quote"]), (10, "又一次"), "a fact that came again")

        db = pathlib.Path(folder, "f.db")
        log.events = events[:4]
        export(folder, "-o", db)
        equal(query(db, "SELECT id FROM award ORDER BY seq"), [("x",), ("y",), ("z",)], "before")
        log.events = events
        export(folder, "-o", db)
        equal(query(db, "SELECT id, recipient, quote, support, article_number FROM award ORDER BY seq"),
              [("x", "甲公司", "甲二", 1, 2), ("z", "甲", "原话", 1, 2), ("w", "甲", "又一次", 1, 4)], "after")
        equal(query(db, "SELECT fact, article FROM sources ORDER BY 1, 2"), [(1, 2), (4, 2), (10, 4)], "sources")
        equal(query(db, "SELECT number FROM articles"), [(2,), (4,)], "articles that state something")
        equal(query(db, "SELECT rowid FROM search WHERE search MATCH '甲公司'"), [(1,)], "full text")

        # Article 2 is a version of 1 and 3 of 2: what all state is told of once, by the first that stated it.
        def version(seq, number, of):
            return "article.revision", {"seq": seq, "prev": 0, "event": "article", "time": 1, "article": {"number": number, "of_number": of}}

        def later(seq, kind, fact, number, of, support):
            topic, e = event(seq, kind, fact, number, support)
            e["article"].update(kind="revision", of_number=of)
            return topic, dict(e, fact={"type": "award", "id": fact, "region": "330300"})
        log.events = [event(1, "fact", "x", 1, 1, "第一版"), event(2, "fact", "y", 1, 1), event(3, "support", "x", 7, 2, "别家"), version(4, 2, 1), version(5, 3, 2),
                      later(6, "unsupport", "x", 4, 3, 1), later(7, "retract", "y", 4, 3, 0), version(8, 4, 3)]
        equal([(r["fact"]["id"], r["support"], r["article"]["number"], r["fact"]["span"]["quote"]) for r in rows(export(folder))],
              [("x", 1, 7, "别家")], "a fact that the last of four versions states no more")

        log.oldest, log.events = 7, events[6:]
        equal(sorted(ids(export(folder))), ["old", "w"], "a further sight stands for a first one that is no longer kept")


run(formats_and_filters, sqlite_is_continued, own_types_and_dangerous_cells, corrections_of_a_daemon, retractions_and_lost_beginnings)
