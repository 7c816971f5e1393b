"""The store over its life, as the person who runs zhiwend sees it: one of the first version, backups, compaction, damage, and the
quarantine."""
import hashlib
import json
import lzma
import os
import random
import shutil
import subprocess
import threading

from daemon_lib import BIN, Daemon, Sender, article, check, check_log, equal, pack, run, text, unpack

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "store")


def zhiwen(*args, exit=0, sockets=None):
    """Runs the command line; returns what it printed."""
    env = dict(os.environ, **({"ZHIWEN_SOCKETS": sockets} if sockets else {}))
    done = subprocess.run([os.path.join(BIN, "zhiwen"), *args], capture_output=True, env=env, timeout=120)
    out = done.stdout.decode(errors="replace")
    check(done.returncode == exit, "zhiwen %s: exit %d: %s%s" % (" ".join(args), done.returncode, out, done.stderr.decode(errors="replace")))
    return out + done.stderr.decode(errors="replace") if exit else out


def last_json(out):
    return json.loads(out.splitlines()[-1])


def plain(o):
    if isinstance(o, bytes):
        return {"$bytes": o.hex()}
    if isinstance(o, dict):
        return {key: plain(value) for key, value in o.items()}
    return [plain(item) for item in o] if isinstance(o, list) else o


def digest(o):
    return hashlib.sha256(json.dumps(plain(o), sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def first_version():
    """A store that the first version wrote: all is there, byte for byte; it knows its duplicates and counts on; and it is still
    sound when it has been written to."""
    with open(os.path.join(DATA, "schema1.json")) as f:
        was = json.load(f)
    with Daemon() as d:
        os.mkdir(d.state)
        with lzma.open(os.path.join(DATA, "schema1.mdb.xz")) as packed, open(os.path.join(d.state, "zhiwen.mdb"), "wb") as f:
            f.write(packed.read())
        equal(last_json(zhiwen("store", "check", "--json", d.state))["findings"], 0, "findings before it is opened to be written")
        d.start()
        events = d.events()
        check_log(events)
        equal([[t, digest(e)] for t, e in events], was["events"], "events")
        stored = [d.ask(op="article", number=n + 1)["article"] for n in range(len(was["articles"]))]
        equal([a.pop("standing", None) for a in stored], [None, None, "superseded"] + [None] * 8, "what became of them: told since")
        equal([digest(a) for a in stored], was["articles"], "articles")
        equal(d.ask(op="replay", **{"from": 1})["instance"], was["instance"], "instance")
        equal(d.status()["store"]["quarantined"], was["quarantined"], "quarantined")
        s = Sender(d)
        for i, ack in enumerate(was["acks"][:8]):
            equal(s.submit(article(i)), dict(ack, repeat=True), "a resend gets its first answer")
        newest = len(events)
        copy = s.submit(article(4, id="copy-4", source="elsewhere"))
        equal((copy["status"], copy["of"], copy["number"]), ("duplicate", "a-4", len(was["acks"]) + 1), "a copy")
        check_log(d.events())
        equal(copy["seq"], newest + copy["facts"] + 1, "seq goes on")
        equal(d.stop(), 0, "exit")
        equal(last_json(zhiwen("store", "check", "--json", d.state))["findings"], 0, "findings afterwards")


def backup_restore_compact():
    with Daemon().start() as d:
        s, copies = Sender(d), [os.path.join(d.dir, "backup-%d" % k) for k in range(4)]
        for i in range(60):
            s.submit(article(i))
        zhiwen("quarantine", "list", "--state-dir", d.state)

        def send():
            for i in range(60, 200):
                s.send(article(i))
            s.receive(140)
        sending = threading.Thread(target=send)
        sending.start()
        sizes = [last_json(zhiwen("store", "backup", "--json", "--state-dir", d.state, c))["articles"] for c in copies[:3]]
        check(60 <= sizes[0] <= sizes[1] <= sizes[2] <= 200, "articles in the backups: %s" % sizes)
        equal(last_json(zhiwen("store", "check", "--json", "--state-dir", d.state))["findings"], 0, "findings beside the daemon")
        sending.join()
        check("already" in zhiwen("store", "backup", "--state-dir", d.state, copies[0], exit=4), "a backup over a backup")
        for command in (["compact"], ["restore", copies[0]]):
            check("running" in zhiwen("store", *command, "--state-dir", d.state, exit=4), "%s beside the daemon" % command)
        events = d.events()
        zhiwen("store", "backup", "--state-dir", d.state, copies[3])
        before = d.ask(op="replay", **{"from": 1})["instance"]
        equal(d.stop(), 0, "exit")
        s.close()
        check("nothing is overwritten" in zhiwen("store", "restore", "--state-dir", d.state, copies[3], exit=4), "restore over a store")
        zhiwen("store", "compact", "--state-dir", d.state)
        shutil.copytree(d.state, d.state + ".old")
        for same_log in (False, True):
            shutil.rmtree(d.state)
            zhiwen("store", "restore", "--state-dir", d.state, copies[3], *(["--same-log"] if same_log else []))
            d.start()
            equal(d.events(), events, "events of what was restored")
            equal(d.ask(op="replay", **{"from": 1})["instance"] == before, same_log, "the same log")
            s = Sender(d)
            equal(s.submit(article(5))["repeat"], True, "it knows what it had")
            equal(s.submit(article(500 + same_log))["status"], "new", "it goes on")
            equal(d.stop(), 0, "exit")
            s.close()
        shutil.rmtree(d.state)
        os.rename(d.state + ".old", d.state)
        d.start()
        equal(d.events(), events, "events of what was compacted")
        equal(d.stop(), 0, "exit")
        check("No such file" in zhiwen("store", "check", "/nowhere", exit=4), "check of nothing")
        zhiwen("store", "mend", exit=2)


def quarantine():
    with Daemon("limits: { body: 1KiB }\n").start() as d:
        s = Sender(d)
        where = ["--state-dir", d.state]
        long = pack(op="submit", req=1, article=article(1, body=text(1) * 3))
        for message in (b"\xc1\x00", long, pack(op="submit", req=2, article={"id": "x"})):
            s.socket.send(message)
            check(s.socket.poll(20000), "no answer")
            s.socket.recv()
        rows = [json.loads(line) for line in zhiwen("quarantine", "list", "--json", *where).splitlines()]
        equal([(r["number"], r["origin"], r["error"], r["field"]) for r in rows],
              [(1, "submit", "malformed", ""), (2, "submit", "too_large", "article.body"), (3, "submit", "missing", "article.body")], "list")
        check("too_large" in zhiwen("quarantine", "list", *where), "list for people")
        equal(json.loads(zhiwen("quarantine", "show", "2", "--json", *where).splitlines()[1])["article"]["id"], "a-1", "show")
        raw = subprocess.run([os.path.join(BIN, "zhiwen"), "quarantine", "show", "2", "--raw", *where], capture_output=True).stdout
        equal(raw, long, "its bytes")
        check("c1 00" in zhiwen("quarantine", "show", "1", *where), "hex of what is no message")
        zhiwen("quarantine", "show", "9", *where, exit=1)
        zhiwen("quarantine", "drop", *where, exit=2)

        out = zhiwen("quarantine", "retry", "2", "--json", *where, exit=1, sockets=d.dir)
        equal(json.loads(out.splitlines()[0])["status"], "rejected", "retry under the same limit")
        rows = [json.loads(line) for line in zhiwen("quarantine", "list", "--json", *where).splitlines()]
        equal([r["number"] for r in rows], [1, 3, 4], "it is kept once")
        equal(d.stop(), 0, "exit")
        zhiwen("quarantine", "retry", "4", "--timeout", "1", *where, exit=3, sockets=d.dir)

        d.configure("")
        d.start()
        out = zhiwen("quarantine", "retry", "4", "--json", *where, sockets=d.dir)
        equal(json.loads(out)["status"], "new", "retry with a wider limit")
        equal(d.status()["articles"]["new"], 1, "it is taken")
        equal(last_json(zhiwen("quarantine", "drop", "3", "--json", *where)), {"dropped": 1}, "drop")
        zhiwen("quarantine", "drop", "3", *where, exit=1)
        equal(last_json(zhiwen("quarantine", "drop", "--all", "--json", *where)), {"dropped": 1}, "drop all")
        equal(zhiwen("quarantine", "list", *where), "", "nothing is left")
        s.socket.send(b"\xc1")
        check(s.socket.poll(20000), "no answer")
        equal(d.status()["store"]["quarantined"], 1, "the daemon goes on with it")
        equal(d.stop(), 0, "exit")


def quarantine_is_bounded():
    with Daemon() as d:
        with open(d.config, "w") as f:
            f.write("workers: 1\ndedup: { capacity: 1000, facts: 1000 }\nstore: { map: 64MiB, quarantine: 1MiB }\n")
        d.start()
        s = Sender(d)
        for i in range(60):
            s.socket.send(b"\xc1" + b"x" * 60000)
        for i in range(60):
            check(s.socket.poll(20000), "no answer")
            s.socket.recv()
        n = d.status()["store"]["quarantined"]
        check(5 < n < 20, "%d are kept" % n)
        rows = [json.loads(line)["number"] for line in zhiwen("quarantine", "list", "--json", "--state-dir", d.state).splitlines()]
        equal(rows, list(range(61 - n, 61)), "the oldest go")
        check("quarantine is full: the" in d.logged(), d.logged())
        equal(d.stop(), 0, "exit")


def damage():
    """Bytes turned over and the file cut short: found out, said, and nothing wrong is ever handed out."""
    rounds, r = int(os.environ.get("ZHIWEN_DAMAGES", "8")), random.Random(int(os.environ.get("ZHIWEN_SEED", "7")))
    outcomes = dict.fromkeys(("refused to start", "refused to answer", "no harm", "ended"), 0)
    with Daemon().start() as d:
        s = Sender(d)
        for i in range(120):
            s.send(article(i))
        s.receive(120)
        was = {e["seq"]: (t, e) for t, e in d.events()}
        articles = {n: d.ask(op="article", number=n)["article"] for n in range(1, 121)}
        equal(d.stop(), 0, "exit")
        s.close()
        file = os.path.join(d.state, "zhiwen.mdb")
        sound = open(file, "rb").read()
        for k in range(rounds):
            broken = bytearray(sound)
            if k % 5 == 4:
                del broken[r.randrange(4096, len(broken)):]
            else:
                for _ in range(r.choice([1, 1, 4, 64])):
                    broken[r.randrange(8192, len(broken))] ^= 1 << r.randrange(8)
            for name in os.listdir(d.state):
                os.unlink(os.path.join(d.state, name))
            with open(file, "wb") as f:
                f.write(broken)
            found = subprocess.run([os.path.join(BIN, "zhiwen"), "store", "check", d.state], capture_output=True, timeout=120)
            check(found.returncode in (0, 1), "check: %s" % found)
            outcomes[live_with_it(d, was, articles, found.returncode)] += 1
    print("damaged stores: %d; %s" % (rounds, ", ".join("%s: %d" % o for o in outcomes.items())), flush=True)
    check(outcomes["refused to start"] + outcomes["refused to answer"] > 0, "%s" % outcomes)


def live_with_it(d, was, articles, found):
    """Starts the daemon on a damaged store and asks it for everything. Returns what came of it."""
    d.start(wait=False)
    for _ in range(200):
        if d.process.poll() is not None or os.path.exists(os.path.join(d.dir, "replay.sock")):
            break
        try:
            d.process.wait(0.1)
        except subprocess.TimeoutExpired:
            pass
    if d.process.poll() is not None:
        code, d.process = d.process.returncode, None
        check(found == 1, "check finds nothing, and zhiwend ends with %d:\n%s" % (code, d.logged()[-1000:]))
        return "refused to start" if code == 1 else "ended"
    refused, answered = 0, 0
    s = d.dealer("replay")
    for request in [dict(op="replay", limit=10, **{"from": seq}) for seq in range(1, len(was) + 1, 10)] + [dict(op="article", number=n) for n in articles]:
        s.send(pack(req=1, **request))
        if not s.poll(20000):
            break
        answer = unpack(s.recv())
        answered += 1
        if answer["answer"] == "error":
            check(answer["error"] == "corrupt" or (answer["error"] in ("too_new", "not_found", "too_old") and found == 1), "%s" % answer)
            refused += 1
        elif answer["answer"] == "page":
            for topic, payload in answer["events"]:
                equal((topic, unpack(payload)), was[unpack(payload)["seq"]], "an event of a damaged store")
        else:
            equal(answer["article"], articles[request["number"]], "an article of a damaged store")
    s.close(0)
    ended = d.process.poll() is not None
    d.process.kill()
    d.process.wait()
    d.process = None
    os.path.exists(os.path.join(d.dir, "replay.sock")) and os.unlink(os.path.join(d.dir, "replay.sock"))
    check(ended or answered == (len(was) + 9) // 10 + len(articles), "it does not answer")
    check(not (refused or ended) or found == 1, "check finds nothing, but %d answers were refused" % refused)
    return "ended" if ended else "refused to answer" if refused else "no harm"


if __name__ == "__main__":
    run(first_version, backup_restore_compact, quarantine, quarantine_is_bounded, damage)
