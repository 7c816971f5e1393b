"""The command line against a real zhiwend: what it prints, in which order, with which exit status."""
import base64
import json
import os
import pathlib
import subprocess
import time

from daemon_lib import BIN, Daemon, article, check, equal, run, text

ZHIWEN = os.path.join(BIN, "zhiwen")
SOURCE = pathlib.Path(os.environ.get("ZHIWEN_SOURCE", "."))
SAMPLES = sorted(str(path) for path in (SOURCE / "tests/data/articles").glob("*.txt"))


def zhiwen(*args, where=None, status=0, stdin=None):
    env = dict(os.environ, ZHIWEN_SOCKETS=where or "/nowhere")
    done = subprocess.run([ZHIWEN, *args], env=env, input=stdin, capture_output=True, timeout=300)
    if status is not None and done.returncode != status:
        raise AssertionError("zhiwen %s: exit %d, not %d\n%s%s" % (" ".join(args), done.returncode, status,
                                                                  done.stdout[-2000:].decode(), done.stderr[-2000:].decode()))
    check(b"Sanitizer" not in done.stderr, done.stderr[-4000:].decode(errors="replace"))
    return done


def lines(done):
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def jsonl(articles):
    out = []
    for a in articles:
        a = dict(a)
        a["text"] = a.pop("body")
        out.append(json.dumps(a, ensure_ascii=False))
    return ("\n".join(out) + "\n").encode()


def send_and_watch():
    with Daemon().start() as d:
        sent = lines(zhiwen("send", "--json", *SAMPLES, where=d.dir))
        equal([o["file"] for o in sent], SAMPLES, "the order of outcomes")
        equal({o["status"] for o in sent}, {"new"}, "all are new")
        again = lines(zhiwen("send", "--json", SAMPLES[0], where=d.dir))[0]
        equal((again["repeat"], again["id"], again["number"]), (True, sent[0]["id"], sent[0]["number"]), "sent again")

        watched = lines(zhiwen("watch", "--json", "--from", "start", "--until-idle", "0.5", where=d.dir))
        facts = [(t, e) for t, e in d.events() if e["event"] == "fact"]
        equal([(w["topic"], w["seq"], w["fact"]["id"]) for w in watched], [(t, e["seq"], e["fact"]["id"]) for t, e in facts], "facts")
        check(len(facts) > 5, "only %d facts" % len(facts))
        every = lines(zhiwen("watch", "--json", "--from", "start", "--until-idle", "0.5", "--topic", "", where=d.dir))
        equal([w["seq"] for w in every], [e["seq"] for _, e in d.events()], "everything")

        kind = facts[0][1]["fact"]["type"]
        typed = lines(zhiwen("watch", "--json", "--from", "start", "--until-idle", "0.5", "--type", kind, where=d.dir))
        equal([w["seq"] for w in typed], [e["seq"] for _, e in facts if e["fact"]["type"] == kind], "of one type")
        place = next(t[-6:] for t, _ in facts if not t.endswith("000000"))
        placed = lines(zhiwen("watch", "--json", "--from", "start", "--until-idle", "0.5", "--region", place[:2], where=d.dir))
        equal([w["seq"] for w in placed], [e["seq"] for t, e in facts if t.split(".")[-1].startswith(place[:2])], "of one place")
        later = lines(zhiwen("watch", "--json", "--from", str(facts[2][1]["seq"]), "--count", "2", where=d.dir))
        equal([w["seq"] for w in later], [e["seq"] for _, e in facts[2:4]], "from a seq, two of them")
        zhiwen("watch", "--from", str(d.events()[-1][1]["seq"] + 2), where=d.dir, status=1)

        table = zhiwen("watch", "--from", "start", "--until-idle", "0.5", "--articles", where=d.dir).stdout.decode()
        equal(len(table.splitlines()), 1 + len(facts) + 4, "lines of the table")
        check("\x1b" not in table, "colour without a terminal")
        check("articles" in zhiwen("status", where=d.dir).stdout.decode(), "status")
        equal(lines(zhiwen("status", "--json", where=d.dir))[0]["articles"]["new"], 4, "status --json")
        zhiwen("ping", where=d.dir)
        equal(d.stop(), 0, "exit")


def bad_lines_are_told_and_passed():
    """A line that is no article is told with its number, in its place among the outcomes; the rest goes on."""
    with Daemon().start() as d:
        good = jsonl([article(1), article(2)]).splitlines(True)
        raw = json.dumps({"id": "raw", "raw_b64": base64.b64encode("质量月活动在温州启动。".encode("gbk")).decode(), "charset": "gbk"})
        bad = [b"not json\n", b"[1]\n", b'{"id": "n"}\n', b'{"id": "t", "text": 5}\n', b'{"id": "b", "raw_b64": "***"}\n',
               b'{"id": "two", "text": "x", "raw_b64": "eA=="}\n', b'{"id": "e", "text": ""}\n', b'{"id": "f", "text": "x", "format": "pdf"}\n']
        data = good[0] + b"".join(bad) + b"\n" + raw.encode() + b"\n" + good[1]
        path = pathlib.Path(d.dir, "some.jsonl")
        path.write_bytes(data)
        out = lines(zhiwen("send", "--json", str(path), where=d.dir, status=1))
        equal([o["status"] for o in out], ["new"] + ["failed"] * 6 + ["rejected"] * 2 + ["new", "new"], "outcomes")
        equal([o["line"] for o in out], [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12], "lines")
        equal(out[7]["field"], "article.body", "the field of the empty one")
        human = zhiwen("send", "--jsonl", "-", where=d.dir, stdin=data, status=1)
        for line in range(2, 8):
            check(b"-:%d: " % line in human.stderr, "line %d is not told:\n%s" % (line, human.stderr.decode()))
        zhiwen("send", "/no/such/file", where=d.dir, status=1)
        equal(d.stop(), 0, "exit")


def thousands_under_way():
    """Many more articles than the window, outcomes in input order; sent again, all are recognised."""
    with Daemon().start() as d:
        data = jsonl(article(n) for n in range(1500))
        out = lines(zhiwen("send", "--json", "--jsonl", "-", where=d.dir, stdin=data))
        equal([o["id"] for o in out], ["a-%d" % n for n in range(1500)], "order")
        again = lines(zhiwen("send", "--json", "--jsonl", "--window", "7", "-", where=d.dir, stdin=data))
        check(all(o["repeat"] for o in again), "a resend is recognised")
        equal([o["seq"] for o in again], [o["seq"] for o in out], "the first answers again")
        equal(d.stop(), 0, "exit")


def extract_is_what_the_daemon_finds():
    with Daemon().start() as d:
        zhiwen("send", "--json", *SAMPLES, where=d.dir)
        local = lines(zhiwen("extract", *SAMPLES))
        equal([o["id"] for o in local], SAMPLES, "ids")
        for number, found in enumerate(local, 1):
            stored = d.ask(op="article", number=number)["article"]
            equal(found["text"], stored["text"], "text of %s" % found["id"])
            equal(found["facts"], stored["facts"], "facts of %s" % found["id"])
            raw = pathlib.Path(found["id"]).read_bytes()
            for fact in found["facts"]:
                span = fact["span"]
                equal(raw[span["start"]:span["end"]].decode(), span["quote"], "quote")
            equal(zhiwen("repair", found["id"]).stdout.decode(), found["text"] + "\n", "repair of %s" % found["id"])
        equal(d.stop(), 0, "exit")
    out = lines(zhiwen("extract", "--jsonl", "-", stdin=jsonl([article(1)]) + b"bad\n", status=1))
    equal((out[0]["id"], out[1]["facts"]), ("a-1", []), "JSON Lines")
    notes = lines(zhiwen("repair", "--json", "--explain", SAMPLES[3]))[0]
    check(notes["notes"] and sum(notes["repairs"].values()) > 0, "repair --explain")
    zhiwen("repair", "-", stdin=b"", status=1)
    check(zhiwen("explain", SAMPLES[0]).stdout, "explain")


def rules_are_checked():
    check("0 failed" in zhiwen("rules", "check").stdout.decode(), "the shipped packs")
    with Daemon() as d:
        pack = pathlib.Path(d.dir, "rules")
        pack.mkdir()
        (pack / "bad.yaml").write_text("rules:\n  - rule: x\n    type: award\n    when: '(('\n")
        done = zhiwen("rules", "check", str(pack), status=1)
        check(b"bad.yaml:" in done.stderr, done.stderr.decode())


def a_new_pack_is_right():
    with Daemon() as d:
        folder = pathlib.Path(d.dir, "mine")
        folder.mkdir()
        zhiwen("rules", "new", str(folder / "pack.yaml"))
        equal(zhiwen("rules", "new").stdout, (folder / "pack.yaml").read_bytes(), "standard output")
        check("1 rules" in zhiwen("rules", "check", str(folder)).stdout.decode(), "the pack by itself")
        for pack in (SOURCE / "daemon/rules").glob("*.yaml"):
            (folder / pack.name).write_bytes(pack.read_bytes())
        check("0 failed" in zhiwen("rules", "check", str(folder)).stdout.decode(), "the pack beside the shipped ones")
        done = zhiwen("rules", "new", str(folder / "pack.yaml"), status=4)
        check(b"pack.yaml:" in done.stderr, "a file that is there stays")


def wrong_usage():
    for args in [("send", "--nonsense"), ("watch", "--from", "yesterday"), ("watch", "extra"), ("watch", "--region", "abc"),
                 ("watch", "--count", "0"), ("status", "x"), ("nothing",), (), ("rules",), ("rules", "new", "a", "b"), ("repair", "a", "b"),
                 ("ping", "--timeout", "soon"), ("send", "--window", "0"), ("ping", "--submit", "/no/endpoint"), ("similar",), ("cluster", "1", "2"),
                 ("similar", "--id", "x", "3"), ("cluster", "--source", "s"), ("similar", "--limit", "201", "1")]:
        done = zhiwen(*args, status=2)
        check(done.stderr and not done.stdout, "usage of %s" % (args,))
    for command in ("send", "watch", "export", "status", "ping", "similar", "cluster", "extract", "explain", "repair", "rules"):
        check(("usage: zhiwen " + command).encode() in zhiwen(command, "--help").stdout, "help of " + command)
    check(zhiwen("--version").stdout.startswith(b"zhiwen "), "version")


def nobody_there():
    began = time.time()
    zhiwen("ping", "--timeout", "0.2", status=3)
    zhiwen("status", "--timeout", "0.2", status=3)
    zhiwen("watch", "--until-idle", "0.1", "--timeout", "0.3", status=3)
    zhiwen("cluster", "--timeout", "0.2", "1", status=3)
    done = zhiwen("send", "--json", "--timeout", "0.3", SAMPLES[0], status=3)
    equal(lines(done)[0]["status"], "unsent", "outcome")
    check(time.time() - began < 30, "takes long")


if __name__ == "__main__":
    run(send_and_watch, bad_lines_are_told_and_passed, thousands_under_way, extract_is_what_the_daemon_finds, rules_are_checked, a_new_pack_is_right,
        wrong_usage, nobody_there)
