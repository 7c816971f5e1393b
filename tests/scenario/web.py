"""zhiwen-web: what its addresses answer is what the daemon's log says."""
import csv
import http.client
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

from daemon_lib import BIN, Daemon, Sender, article, check, equal, pack, run, text, unpack
from web_lib import Live, Web


def told(daemon):
    """The facts that the log leaves, by id: as the first article says, and in how many articles."""
    facts = {}
    for _, e in daemon.events():
        if e["event"] == "fact":
            facts[e["fact"]["id"]] = e
        if e["event"] in ("fact", "support", "unsupport") and e["fact"]["id"] in facts:
            facts[e["fact"]["id"]]["support"] = e["support"]
        if e["event"] == "retract":
            facts.pop(e["fact"]["id"], None)
    return facts


def ids(facts):
    return [f["id"] for f in facts]


def same(got, wanted, what):
    equal(sorted(got), sorted(wanted), what)
    check(got, "%s: nothing to compare" % what)


def facts_and_filters():
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        s = Sender(d)
        for n in range(25):
            s.submit(article(n, source="温州日报" if n % 2 else "浙江在线", title="第%d号" % n))
        w.settled(d)
        facts = told(d)
        f = {k: e["fact"] for k, e in facts.items()}
        every = w.facts()
        equal(ids(every), [k for k, _ in sorted(facts.items(), key=lambda x: -x[1]["seq"])], "newest first")
        for got in every:
            e = facts[got["id"]]
            equal((got["type"], got["support"], got["quote"], got["withdrawn"], got["article"]["id"]),
                  (e["fact"]["type"], e["support"], e["fact"]["span"]["quote"], False, str(e["article"]["number"])), "fact")
        same(ids(w.facts(type="award")), [k for k in f if f[k]["type"] == "award"], "type")
        same(ids(w.facts(type="award,indicator")), [k for k in f if f[k]["type"] in ("award", "indicator")], "types")
        same(ids(w.facts(type=["award", "indicator"])), [k for k in f if f[k]["type"] in ("award", "indicator")], "repeated")
        same(ids(w.facts(region="330300")), [k for k in f if (f[k]["region"] or "").startswith("3303")], "prefecture")
        same(ids(w.facts(region="330000")), [k for k in f if (f[k]["region"] or "").startswith("33")], "province")
        same(ids(w.facts(from_="2008", to="2008")), [k for k in f if f[k]["time"] and f[k]["time"].startswith("2008")], "time")
        level = sorted(x["confidence"] for x in f.values())[len(f) // 2]
        same(ids(w.facts(confidence=level)), [k for k in f if f[k]["confidence"] >= level], "confidence")
        same(ids(w.facts(source="温州日报")), [k for k in f if facts[k]["article"]["source"] == "温州日报"], "source")
        stated = [e["fact"]["id"] for _, e in d.events() if e["event"] in ("fact", "support") and e["article"]["number"] == 3]
        same(ids(w.facts(article=3)), stated, "article")
        same(ids(w.facts(indicator="ISO9001质量管理体系认证企业")), [k for k in f if f[k].get("measure") == "ISO9001质量管理体系认证企业"], "indicator")
        by_modality = {m: ids(w.facts(modality=m)) for m in ("asserted", "planned", "required", "negated")}
        same(sum(by_modality.values(), []), f, "modalities")

        def says(word):
            return [k for k in f if word in json.dumps([x for key, x in f[k].items() if key not in ("also", "rule", "type")], ensure_ascii=False)]
        for simple, typed in (("抽查", "抽查"), ("质量奖", "質量獎"), ("奖", "獎"), ("康奈", "康奈"), ("ISO9001", "iso9001"), ("质", "质"), ("9001", "9001")):
            same(ids(w.facts(q=typed)), says(simple), "q=%s" % typed)
        same(ids(w.facts(q="温州 抽查")), set(says("温州")) & set(says("抽查")), "two words")
        equal(w.facts(q="没有这种话"), [], "nothing")
        both = w.facts(q="质量奖", type="award", region="33")
        same(ids(both), [k for k in says("质量奖") if f[k]["type"] == "award" and (f[k]["region"] or "").startswith("33")], "all together")
        facets(w, every)
        refused(w)
        one = w.ask("/api/facts/" + every[0]["id"])
        equal(one["sources"][0]["kind"], "head", "source")
        equal(len(one["sources"]), one["support"], "sources")
        table = list(csv.DictReader(io.StringIO(w.raw("GET", "/facts.csv?type=award")[1].decode("utf-8-sig"))))
        same([r["id"] for r in table], ids(w.facts(type="award")), "csv")
        feed = xml.fromstring(w.raw("GET", "/feed.atom?type=award&limit=3")[1])
        entries = feed.findall("{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}id")
        equal([e.text.split(":")[-1] for e in entries], ids(w.facts(type="award"))[:3], "atom")


def facets(w, every):
    counts = w.ask("/api/facets")
    equal(counts["total"], len(every), "total")
    equal({x["value"]: x["count"] for x in counts["type"]}, {t: sum(f["type"] == t for f in every) for t in {f["type"] for f in every}}, "types")
    equal({x["value"]: x["count"] for x in counts["source"]}, {t: sum(f["article"]["outlet"] == t for f in every) for t in {f["article"]["outlet"] for f in every}}, "outlets")
    equal([x["count"] for x in counts["region"] if x["value"] == "330000"], [sum((f["region"] or {"code": ""})["code"].startswith("33") for f in every)], "province")
    narrowed = w.ask("/api/facets", type="award", modality="asserted")
    equal({x["value"]: x["count"] for x in narrowed["type"]}, {t: sum(f["type"] == t and f["modality"] == "asserted" for f in every)
                                                              for t in {f["type"] for f in every if f["modality"] == "asserted"}}, "a facet leaves out its own filter")
    equal(narrowed["total"], sum(f["type"] == "award" and f["modality"] == "asserted" for f in every), "but the total does not")


def refused(w):
    for query, field in (({"limt": 1}, "limt"), ({"limit": 0}, "limit"), ({"limit": "x"}, "limit"), ({"region": "33x"}, "region"), ({"modality": "maybe"}, "modality"),
                         ({"confidence": 2}, "confidence"), ({"confidence": "nan"}, "confidence"), ({"from_": "18 Nov"}, "from"), ({"q": "x" * 201}, "q"), ({"q": "!?"}, "q"),
                         ({"q": " ".join("abcdefghi")}, "q"), ({"article": "a"}, "article"), ({"confidence": [0.1, 0.2]}, "confidence"), ({"before": -1}, "before")):
        equal(w.ask("/api/facts", status=400, **query)["error"]["field"], field, "field of %s" % query)
    equal(w.ask("/api/timeline", status=400, by="hour")["error"]["field"], "by", "by")
    equal(w.ask("/api/map", status=400, level="village")["error"]["field"], "level", "level")
    equal(w.ask("/api/series", status=400)["error"]["field"], "indicator", "series")
    w.ask("/api/facts/" + "0" * 32, status=404)
    w.ask("/api/facts/x%2Fy", status=404)
    w.ask("/api/nothing", status=404)
    w.ask("/api/facts", status=403, method="POST", body="{}")
    w.ask("/api/facts", status=405, method="POST", body="{}", headers={"X-Zhiwen": "1"})
    equal(w.ask("/api/facts?" + "&".join("type=t%d" % k for k in range(100)), status=400)["error"]["field"], "query", "too many parameters")
    w.ask("/api/facts?q=%22%20OR%20rowid%3A1%20NEAR%28", status=200)  # no syntax of the index gets through


def live_events():
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        s = Sender(d)
        s.submit(article(1))
        w.settled(d)
        every, awards = Live(w), Live(w, "?type=award&q=%E7%8D%8E")
        s.submit(article(2))
        facts = [e["fact"]["id"] for _, e in d.events() if e["event"] == "fact" and e["article"]["number"] == 2]
        got = [every.next("fact")[2] for _ in facts]
        equal(ids(got), facts, "facts as they come")
        equal(got[0], w.ask("/api/facts", limit=200)["facts"][len(facts) - 1], "the same as asked for")
        equal(every.next("article")[2]["facts"], len([1 for _, e in d.events() if e["event"] in ("fact", "support") and e["article"]["number"] == 2]), "facts of the article")
        award = awards.next("fact")[2]
        equal(award["type"], "award", "filtered")
        s.submit(article(2, id="b-2", source="another", body=text(2) + "又一句话,说的是别的事情,与此无关。\n"))
        w.settled(d)
        more = every.next("support")[2]
        check(more["id"] in facts and more["support"] == 2, "support: %s" % more)
        last = every.events[-1][1] if every.events else None
        every.close()
        # a page that was away for a moment misses nothing
        before = d.status()["seq"]["newest"]
        s.submit(article(3))
        w.settled(d)
        back = Live(w, headers={"Last-Event-ID": str(before)})
        missed = [e["fact"]["id"] for _, e in d.events() if e["event"] == "fact" and e["seq"] > before]
        equal(ids([back.next("fact")[2] for _ in missed]), missed, "what was missed")
        check(last is None or int(last) <= before, "ids are positions")
        w.stop()
        for live in (back, awards):
            live.thread.join(30)
            check(live.ended, "a page is sent home at the end")
        with Web(d.dir, d.dir + "/web") as again:
            late = Live(again, headers={"Last-Event-ID": "1"})
            late.close()
            c = http.client.HTTPConnection("127.0.0.1", again.port, timeout=60)
            c.request("GET", "/api/live", headers={"Last-Event-ID": "1"})
            check(b"event: reset" in c.getresponse().read(40), "who missed more than is kept is told")
            c.close()
            again.ask("/api/live", status=400, nonsense=1)


def corrections():
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        s = Sender(d)
        s.submit(article(1))
        s.submit(article(1, id="copy", source="another", body=text(1) + "另有消息说,有关部门将继续关注此事的进展。\n"))
        s.submit(article(2))
        w.settled(d)
        live = Live(w)
        gone = [e["fact"]["id"] for _, e in d.events() if e["event"] == "fact" and e["article"]["number"] == 3]
        kept = told(d)
        for number in (3, 1):
            s.socket.send(pack(op="withdraw", req="w", number=number, reason="误报"))
            s.receive(1)
            equal(s.acks["w"]["status"], "withdrawn", "withdrawn")
        w.settled(d)
        now = told(d)
        check(0 < len(now) < len(kept), "some are gone")
        got = {f["id"]: f for f in w.facts()}
        equal({k: f["support"] for k, f in got.items()}, {k: e["support"] for k, e in now.items()}, "what stands")
        check(all(f["article"]["id"] == "2" for f in got.values()), "the words of those that still say so")
        for k in set(gone) - set(now):
            old = w.ask("/api/facts/" + k)
            equal((old["withdrawn"], old["sources"]), (True, []), "a fact that was taken back")
        check(live.next("retract")[2]["id"] in gone, "retract")
        equal(live.next("withdraw", where=lambda a: a["id"] == "1")[2]["reason"], "误报", "reason")
        equal(w.ask("/api/articles/3")["withdrawn"], "误报", "article")
        live.close()
        s.submit(article(2, id="again", source="third"))
        w.settled(d)
        equal(sorted(ids(w.facts())), sorted(told(d)), "stated again")
        equal(w.ask("/api/facets")["total"], len(told(d)), "counts")


def through_restarts():
    with Daemon().start() as d:
        s = Sender(d)
        with Web(d.dir, d.dir + "/web") as w:
            for n in range(5):
                s.submit(article(n))
            w.settled(d)
        for n in range(5, 10):  # while nobody looks
            s.submit(article(n))
        with Web(d.dir, d.dir + "/web") as w:
            w.settled(d)
            equal(sorted(ids(w.facts())), sorted(told(d)), "caught up")
            live = Live(w)
            s.close()
            d.stop()
            check(not live.next("state", where=lambda x: not x["reachable"])[2]["reachable"], "away")
            equal(sorted(ids(w.facts()))[:1], sorted(ids(w.facts()))[:1], "what is there is shown")
            equal(w.ask("/api/state")["daemon"]["reachable"], False, "state")
            one = w.facts()[0]["id"]
            equal(w.ask("/api/facts/%s/evidence" % one, status=503)["error"]["field"], "daemon", "evidence needs zhiwend")
            d.start()
            live.next("state", where=lambda x: x["reachable"])
            s = Sender(d)
            s.submit(article(11))
            new = live.next("fact", where=lambda x: x["article"]["id"] == "11")
            check(new[2]["id"] in told(d), "live again")
            w.settled(d)
            w.stop(9)
            w.start()
            w.settled(d)
            equal(sorted(ids(w.facts())), sorted(told(d)), "after kill -9")
            equal(w.ask("/api/state")["store"]["articles"], 11, "articles")


def another_log():
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        s = Sender(d)
        for n in range(4):
            s.submit(article(n))
        w.settled(d)
        s.close()
        live = Live(w)
        d.stop()
        os.rename(d.state, d.state + ".old")
        d.start()
        live.next("reset")
        live.close()
        s = Sender(d)
        s.submit(article(77))
        w.wait(len(told(d)))
        equal(sorted(ids(w.facts())), sorted(told(d)), "only those of the new log")
        equal(w.ask("/api/facets")["total"], len(told(d)), "counts")
        equal(w.facts(q="质量工作通报第3号"), [], "words of the old log")


EVIL = ('<script>alert(1)</script><img src=x onerror=alert(2)>]]>--></style>"\'`{{7*7}}${7*7}\u2028\u2029\u202e\x01=cmd|"/c calc"!A1')


def hostile_articles():
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        s = Sender(d)
        body = EVIL + "\n" + text(1).replace("市政府出台", "市政府" + "出台", 1) + "\n据悉,%s市政府出台了《<script>alert(3)</script>质量奖管理办法》。\n" % "温州"
        s.submit(article(1, title=EVIL, url="javascript:alert(1)//" + EVIL.replace("\x01", ""), source="<b>报\u2028" + '"', body=body, id="=1+1"))
        s.submit(dict(article(2), body=b"\x00\xff<script>" + text(2).encode("gb18030") + b"\x00\x80"))
        s.submit(dict(article(3), body="<html><head><title>x</title><script>alert(9)</script></head><body>%s</body></html>" % text(3).replace("\n", "<p>"), format="html"))
        w.settled(d)
        facts = w.facts()
        equal(sorted(ids(facts)), sorted(told(d)), "facts")
        check(any("alert" in json.dumps(f) for f in facts), "nothing hostile got as far as the store")
        r, data = w.raw("GET", "/api/facts?limit=200")
        policy = r.headers["Content-Security-Policy"]
        check("default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe-eval" not in policy and "frame-ancestors 'none'" in policy, policy)
        equal((r.headers["X-Content-Type-Options"], r.headers["Referrer-Policy"]), ("nosniff", "no-referrer"), "headers")
        for path in ("/facts.csv", "/feed.atom", "/api/live", "/", "/api/facts?x=%3Cscript%3E", "/%3Cscript%3E"):
            c = http.client.HTTPConnection("127.0.0.1", w.port, timeout=60)
            c.request("GET", path)
            r = c.getresponse()
            check(r.headers["X-Content-Type-Options"] == "nosniff" and "default-src 'none'" in r.headers["Content-Security-Policy"], "headers of %s" % path)
            c.close()
        rows = list(csv.DictReader(io.StringIO(w.raw("GET", "/facts.csv")[1].decode("utf-8-sig"))))
        equal(len(rows), len(facts), "rows")
        check(not any(v[:1] in "=+-@" and v for row in rows for v in row.values()), "a formula in a cell")
        feed = xml.fromstring(w.raw("GET", "/feed.atom?limit=200")[1])
        atom = "{http://www.w3.org/2005/Atom}"
        equal(len(feed.findall(atom + "entry")), len(facts), "entries")
        check(not any(link.get("href").startswith("javascript") for link in feed.iter(atom + "link")), "a link to a script")
        check(not [e for e in feed.iter() if not e.tag.startswith(atom)], "elements of an article")
        for number in (1, 2, 3):
            article_facts = w.ask("/api/articles/%d" % number)["facts"]
            for f in article_facts[:3]:
                e = w.ask("/api/facts/%s/evidence" % f["id"], article=number)
                check(e["spans"], "no place of %s" % f)
        live = Live(w)
        s.submit(article(4, title=EVIL + "\n\nevent: state\ndata: {}\n\n", body="event: fact\ndata: {}\n\n" + text(4)))
        check(live.next("fact")[2]["article"]["id"] == "4", "live")
        live.close()


def who_may_ask():
    with Daemon().start() as d:
        token = os.path.join(d.dir, "token")
        with open(token, "w") as f:
            f.write("0123456789abcdef-token\n")
        with Web(d.dir, d.dir + "/web") as w:
            for host, status in (("127.0.0.1:%d" % w.port, 200), ("localhost", 200), ("LOCALHOST:1", 200), ("[::1]:80", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421),
                                 ("localhost.evil.example:80", 421), ("", 421)):
                w.ask("/api/facts", status=status, headers={"Host": host})
            equal(w.ask("/api/searches", status=403, method="POST", body='{"name":"a","query":""}')["error"]["field"], "X-Zhiwen", "of another site")
            for path in ("/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/assets/../../x.js", "/.hidden.js", "//etc/passwd.txt", "/assets/%00.js"):
                with socket.create_connection(("127.0.0.1", w.port)) as s:
                    s.sendall(("GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % path).encode())
                    got = b"".join(iter(lambda: s.recv(65536), b""))
                    check(b"root:" not in got and b" 200 " not in got.split(b"\r\n")[0], "%s: %s" % (path, got[:200]))
        with Web(d.dir, d.dir + "/web", "--token-file", token, "--host", "facts.example", listen="0.0.0.0:0") as w:
            right = "0123456789abcdef-token"
            w.ask("/api/facts", headers={"Host": "facts.example", "Authorization": "Bearer " + right})
        with Web(d.dir, d.dir + "/web", "--token-file", token) as w:
            for path in ("/api/facts", "/facts.csv", "/", "/api/live", "/assets/x.js"):
                equal(w.raw("GET", path)[0].status, 401, path)
            for wrong in ("x", "0123456789abcdef-toke", "0123456789abcdef-tokenx", "", "0123456789abcdef-token0123456789abcdef-token"):
                equal(w.raw("GET", "/api/facts", headers={"Authorization": "Bearer " + wrong})[0].status, 401, wrong)
                equal(w.raw("GET", "/api/facts?token=" + wrong)[0].status, 401, wrong)
            w.ask("/api/facts", headers={"Authorization": "Bearer " + right})
            w.ask("/api/facts?token=" + right)
            r, _ = w.raw("GET", "/?token=" + right)
            cookie = r.headers["Set-Cookie"]
            equal((r.status, r.headers["Location"]), (303, "/"), "the token is taken out of the address")
            check("HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie)
            w.ask("/api/facts", headers={"Cookie": cookie.split(";")[0]})
        for args in (["--listen", "0.0.0.0:0"], ["--listen", "nonsense"], ["--nonsense"], ["argument"]):
            done = subprocess.run([os.path.join(BIN, "zhiwen-web"), "--state-dir", d.dir + "/x", *args], capture_output=True, timeout=60)
            equal(done.returncode, 2, "%s: %s" % (args, done.stderr))


def evidence_is_marked():
    damaged = open(os.path.join(os.environ.get("ZHIWEN_SOURCE", "."), "tests/data/articles/04-county-damaged.txt"), encoding="utf-8").read()
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        s = Sender(d)
        s.submit({"id": "d", "source": "x", "body": damaged})
        s.submit(dict(article(2), body=text(2).encode("gb18030"), charset="gb18030"))
        s.submit(article(2, id="copy", source="another", body=text(2) + "另有消息说,有关部门将继续关注此事的进展。\n"))
        w.settled(d)
        seen = 0
        for fact in w.facts():
            for source in w.ask("/api/facts/" + fact["id"])["sources"]:
                e = w.ask("/api/facts/%s/evidence" % fact["id"], article=source["article"])
                equal((e["article"], e["raw_note"]), (source["article"], None), "article")
                whole = [x for x in e["spans"] if x["slot"] == ""][0]
                raw = [x for x in e["raw_spans"] if x["slot"] == ""][0]
                equal(e["raw"][raw["start"]:raw["end"]], source["quote"], "as received: the quote itself")
                stored = d.ask(op="article", number=int(source["article"]))["article"]
                equal(e["text"], stored["text"], "the daemon's text")
                for span in e["spans"]:
                    if span["slot"]:
                        value = fact["slots"][span["slot"]]
                        said = e["text"][span["start"]:span["end"]]
                        check(said == value or said in json.dumps(value, ensure_ascii=False), "%s is marked as %s" % (said, value))
                        check(whole["start"] <= span["start"] < span["end"] <= whole["end"], "inside")
                equal(len(e["spans"]), len(e["raw_spans"]), "as many here as there")
                check(e["explanation"]["sentence"] in e["text"] and any(x.get("rule") == fact["rule"] for x in e["explanation"]["rules"]), "explained by %s" % fact["rule"])
                seen += 1
        check(seen > 25, "%d places" % seen)
        cluster = w.ask("/api/articles/3/cluster")
        equal([m["article"] for m in cluster["members"]], ["2", "3"], "members")
        diff = cluster["diff"][0]["parts"]
        texts = {n: d.ask(op="article", number=n)["article"]["text"] for n in (2, 3)}
        equal("".join(p["text"] for p in diff if p["op"] != "only_member"), texts[int(cluster["head"])], "the head in parts")
        equal("".join(p["text"] for p in diff if p["op"] != "only_head"), texts[int(cluster["diff"][0]["article"])], "the member in parts")
        w.ask("/api/facts/%s/evidence" % fact["id"], status=404, article=99)
        w.ask("/api/articles/99/cluster", status=404)
        w.ask("/api/articles/99", status=404)


def trying_stores_nothing():
    damaged = open(os.path.join(os.environ.get("ZHIWEN_SOURCE", "."), "tests/data/articles/04-county-damaged.txt"), "rb").read()
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        ours = {"X-Zhiwen": "1"}
        got = w.ask("/api/try", method="POST", body=damaged, headers=ours)
        check("召开的湖州市政府质量奖颁奖大会" in got["text"], "repaired")
        check({"pinyin", "torn", "script"} <= {r["kind"] for r in got["repairs"]}, "repairs")
        done = subprocess.run([os.path.join(BIN, "zhiwen"), "extract", "-"], input=damaged, capture_output=True, timeout=120)
        wanted = json.loads(done.stdout)
        equal(sorted(set(ids(got["facts"]))), sorted(f["id"] for f in wanted["facts"]), "facts")
        for m in got["mentions"]:
            check(0 <= m["start"] < m["end"] <= len(got["text"]), "place of %s" % m)
        check(any(got["text"][m["start"]:m["end"]] == "湖州市政府质量奖" and m["kind"] == "AWARD" for m in got["mentions"]), "mentions")
        for f in got["facts"]:
            check(f["spans"][0]["slot"] == "" and f["spans"][0]["start"] < f["spans"][0]["end"], "place of %s" % f)
        equal(w.ask("/api/try", method="POST", body=text(1).encode("gb18030"), headers=ours)["charset"], "gb18030", "charset")
        equal(w.ask("/api/try", status=400, method="POST", body=b"", headers=ours)["error"]["field"], "body", "empty")
        equal(w.ask("/api/try", status=422, method="POST", body=b" \n ", headers=ours)["error"]["field"], "body", "no text")
        equal(w.ask("/api/try", status=413, method="POST", body=b"x" * (1 << 20) + b"y", headers=ours)["error"]["field"], "body", "too large")
        w.ask("/api/try", status=403, method="POST", body=damaged)
        equal((w.ask("/api/facts")["total"], d.status()["store"]["articles"]), (0, 0), "nothing is stored")
        child = [p for p in os.listdir("/proc") if p.isdigit() and cmdline(p).endswith("--read-article") and parent(p) == w.process.pid]
        equal(len(child), 1, "one is kept waiting")
        with open(os.path.join(BIN, "zhiwen-web"), "rb") as f:
            sanitized = b"__asan_init" in f.read() or b"__tsan_init" in f.read()
        end = time.time() + 120
        while not sanitized:  # it may do nothing but compute, once it has loaded its data
            says = dict(line.split(":\t", 1) for line in open("/proc/%s/status" % child[0]).read().splitlines() if ":\t" in line)
            if (says["Seccomp"].strip(), says["NoNewPrivs"].strip()) == ("2", "1"):
                break
            check(time.time() < end, "it is not locked in: %s" % says)
            time.sleep(0.1)


def cmdline(pid):
    try:
        return open("/proc/%s/cmdline" % pid).read().rstrip("\0").replace("\0", " ")
    except OSError:
        return ""


def parent(pid):
    try:
        return int(open("/proc/%s/stat" % pid).read().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def saved_searches():
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        ours = {"X-Zhiwen": "1"}
        equal(w.ask("/api/searches"), {"searches": []}, "none")
        made = w.ask("/api/searches", status=201, method="POST", headers=ours, body=json.dumps({"name": "温州的奖<b>", "query": "region=330300&type=award"}))
        w.stop()
        w.start()
        equal(w.ask("/api/searches")["searches"], [made], "kept")
        equal(w.ask("/api/searches", status=400, method="POST", headers=ours, body="{")["error"]["field"], "name", "no JSON")
        equal(w.ask("/api/searches", status=400, method="POST", headers=ours, body='{"name": "x"}')["error"]["field"], "query", "no query")
        for k in range(199):
            w.ask("/api/searches", status=201, method="POST", headers=ours, body=json.dumps({"name": "n%d" % k, "query": ""}))
        w.ask("/api/searches", status=409, method="POST", headers=ours, body='{"name": "one more", "query": ""}')
        w.ask("/api/searches/%d" % made["id"], method="DELETE", headers=ours)
        w.ask("/api/searches/%d" % made["id"], status=404, method="DELETE", headers=ours)
        w.ask("/api/searches/%d" % made["id"], status=403, method="DELETE")
        equal(len(w.ask("/api/searches")["searches"]), 199, "left")


def places_and_times():
    body = ("2008年,温州市产品质量合格率为81.2%。2009年,温州市产品质量合格率为85.5%。到2012年,温州市产品质量合格率要达到95%以上。\n"
            "2009年,杭州市产品质量合格率为90.1%。温州市市长质量奖由温州市政府于2009年11月3日设立。\n")
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        s = Sender(d)
        s.submit({"id": "x", "body": body, "published": "2010-01-05"})
        w.settled(d)
        names = {i["name"]: i for i in w.ask("/api/indicators")["indicators"]}
        name = next(n for n in names if "合格率" in n)
        equal(names[name]["unit"], "%", "unit")
        equal([i["name"] for i in w.ask("/api/indicators", q="合格率")["indicators"]], [n for n in names if "合格率" in n], "found")
        series = {x["region"]: x["points"] for x in w.ask("/api/series", indicator=name)["series"]}
        points = [(p["time"], p["value"], p["kind"]) for p in series["330300"]]
        equal(points, [("2008", 81.2, "reached"), ("2009", 85.5, "reached"), ("2012", 95.0, "target")], "points")
        equal(list({x["region"]: 1 for x in w.ask("/api/series", indicator=name, region="330100")["series"]}), ["330100"], "one place")
        places = {p["code"]: p for p in w.ask("/api/map", level="prefecture", parent="330000", indicator=name)["places"]}
        equal((places["330300"]["value"], places["330300"]["unit"], places["330300"]["time"]), (85.5, "%", "2009"), "the latest that was reached")
        equal(places["330100"]["value"], 90.1, "another place")
        equal([p["code"] for p in w.ask("/api/map")["places"]], ["330000"], "provinces")
        equal(w.ask("/api/map", level="prefecture", parent="440000")["places"], [], "elsewhere")
        facts = w.facts()
        years = {p["time"]: p["count"] for p in w.ask("/api/timeline")["points"]}
        equal(sum(years.values()), sum(f["time"] is not None for f in facts), "years")
        days = w.ask("/api/timeline", by="day")
        equal(sum(p["count"] for p in days["points"]) + days["coarser"] + days["undated"], len(facts), "days")
        s.submit({"id": "y", "body": "截至2010年底,晋江市产品采标率由2002年的31.5%提高到78%。\n", "published": "2011-01-05"})
        w.settled(d)
        rising = w.ask("/api/series", indicator="产品采标率")["series"][0]["points"]
        equal([(p["time"], p["value"], p["kind"]) for p in rising], [("2010-12", 78.0, "reached"), ("2002", 31.5, "baseline")], "where it began")
        tree = w.ask("/api/regions")
        zhejiang = next(p for p in tree["children"] if p["code"] == "330000")
        wenzhou = next(p for p in zhejiang["children"] if p["code"] == "330300")
        check(wenzhou["name"] == "温州市" and any(c["name"] == "乐清市" for c in wenzhou["children"]), "tree")
        equal(len(tree["children"]), 34, "provinces of the tree")


def state_of_things():
    with Daemon().start() as d, Web(d.dir, d.dir + "/web") as w:
        s = Sender(d)
        s.submit(article(1))
        s.submit(article(1, id="copy", source="another"))
        s.submit({"id": "bad", "body": ""})
        s.socket.send(b"\xc1<script>")
        check(s.socket.poll(60000), "no refusal")
        equal(unpack(s.socket.recv())["error"], "malformed", "refusal")
        w.settled(d)
        end = time.time() + 60
        while True:  # it is asked for every two seconds
            state = w.ask("/api/state")
            if state["duplicates"].get("exact") == 1 and sum(state["refused"].values()) == 2:
                break
            check(time.time() < end, "state: %s" % state)
            time.sleep(0.2)
        equal([(q["reason"], q["field"], q["origin"]) for q in state["quarantine"]], [("malformed", "", "submit"), ("empty", "article.body", "submit")], "quarantine")
        equal((state["store"]["articles"], state["store"]["facts"]), (2, len(told(d))), "store")
        equal(state["lag"]["events"], 0, "lag")
        check(state["rates"] and set(state["rates"][-1]) == {"time", "articles_per_s", "facts_per_s", "queued"}, "rates")


def started_by_a_request():
    """As under systemd: it is given the listening socket, and the first request waits for it."""
    if not shutil.which("systemd-socket-activate"):
        sys.exit(77)
    with Daemon().start() as d:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        with open(d.dir + "/web.log", "w") as log:
            p = subprocess.Popen(["systemd-socket-activate", "-l", "127.0.0.1:%d" % port, "-E", "ZHIWEN_DATA_DIR", "-E", "ASAN_OPTIONS", os.path.join(BIN, "zhiwen-web"),
                                  "--socket-dir", d.dir, "--state-dir", d.dir + "/web"], stdout=log, stderr=log)
        try:
            w = Web(d.dir, d.dir + "/web")
            w.port = port
            for _ in range(200):
                try:
                    equal(w.ask("/api/facts")["total"], 0, "facts")
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)
            Sender(d).submit(article(1))
            w.settled(d)
            equal(sorted(ids(w.facts())), sorted(told(d)), "facts")
            p.terminate()
            equal(p.wait(60), 0, "exit: %s" % open(d.dir + "/web.log").read())
        finally:
            if p.poll() is None:
                p.kill()


def nobody_there():
    with Daemon() as d, Web(d.dir, d.dir + "/web") as w:
        equal(w.ask("/api/facts"), {"facts": [], "next": None, "total": 0, "total_exact": True}, "nothing yet")
        live = Live(w)
        state = w.ask("/api/state")
        equal((state["daemon"]["reachable"], state["daemon"]["status"], state["store"]["facts"]), (False, None, 0), "state")
        d.start()
        live.next("state", where=lambda x: x["reachable"])
        Sender(d).submit(article(1))
        live.next("fact")
        live.close()


if __name__ == "__main__":
    run(facts_and_filters, live_events, corrections, through_restarts, another_log, hostile_articles, who_may_ask, evidence_is_marked, trying_stores_nothing, saved_searches,
        places_and_times, state_of_things, started_by_a_request, nobody_there)
