"""The examples of clients/examples against a real zhiwend, as their users run them."""
import json
import os
import pathlib
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time

from daemon_lib import BIN, Daemon, Sender, article, check, equal, run, text

SOURCE = pathlib.Path(os.environ.get("ZHIWEN_SOURCE", "."))
EXAMPLES = SOURCE / "clients/examples"
SAMPLES = sorted(str(p) for p in (SOURCE / "tests/data/articles").glob("*.txt"))


def env_of(d):
    return dict(os.environ, ZHIWEN_SOCKETS=d.dir, PYTHONUNBUFFERED="1", PATH=os.path.abspath(BIN) + os.pathsep + os.environ["PATH"])


def short_enough():
    found = [p for p in EXAMPLES.iterdir() if p.suffix in (".c", ".py", ".sh")]
    check(len(found) >= 6, "examples: %s" % found)
    for path in found:
        check(len(path.read_text().splitlines()) < 60, "%s has 60 lines or more" % path.name)


def senders_and_subscribers():
    with Daemon().start() as d:
        env = env_of(d)
        sent = subprocess.run([os.path.join(BIN, "example_sender")], input="".join(text(n).replace("\n", "") + "\n" for n in range(20)),
                              env=env, capture_output=True, text=True, timeout=120)
        equal((sent.returncode, sent.stdout.count(": new, article")), (0, 20), sent.stdout + sent.stderr)
        published = subprocess.run([sys.executable, str(EXAMPLES / "publish.py"), d.dir, *SAMPLES], env=env,
                                   capture_output=True, text=True, timeout=120)
        equal(published.returncode, 0, published.stderr)
        end = time.time() + 30
        while time.time() < end and d.status()["articles"]["new"] < 20 + len(SAMPLES):
            time.sleep(0.1)
        log = d.events()
        equal(sum(e["event"] == "article" for _, e in log), 20 + len(SAMPLES), "articles")
        awards = [e["seq"] for t, e in log if t.startswith("fact.award.")]
        check(awards, "no awards in the samples")
        for command, wanted in [([os.path.join(BIN, "example_subscriber")], awards),
                                ([sys.executable, str(EXAMPLES / "subscribe.py"), d.dir, "fact."],
                                 [e["seq"] for t, e in log if t.startswith("fact.")])]:
            process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
            rows = [int(process.stdout.readline().split()[0]) for _ in wanted]
            equal(rows, wanted, command[0])
            process.kill()
            process.wait()
        equal(d.stop(), 0, "exit")


def a_pipeline():
    with Daemon().start() as d:
        s = Sender(d)
        for n in range(30):
            s.submit(article(n))
        awards = [(e["seq"], e["fact"]["time"] or "-", e["fact"]["region"] or "-", e["fact"]["recipient"], e["fact"]["award"])
                  for t, e in d.events() if t.startswith("fact.award.")]
        for region in ("", "3303"):
            done = subprocess.run(["sh", str(EXAMPLES / "awards.sh"), region], env=env_of(d), capture_output=True, text=True, timeout=60)
            equal((done.returncode, done.stderr), (0, ""), "awards.sh")
            wanted = [a for a in awards if a[2].startswith(region)]
            check(wanted, "no awards in " + region)
            equal([tuple(line.split("\t")) for line in done.stdout.splitlines()], [(str(a[0]),) + a[1:] for a in wanted], "awards of %r" % region)
        equal(d.stop(), 0, "exit")


def lossless_in_python():
    """The subscriber in Python through a restart of zhiwend, with events that it cannot have heard live."""
    with Daemon().start() as d:
        s = Sender(d)
        s.submit(article(1))
        process = subprocess.Popen([sys.executable, str(EXAMPLES / "subscribe.py"), d.dir, "fact."], env=env_of(d), stdout=subprocess.PIPE, text=True)
        seen = [process.stdout.readline()]
        process.send_signal(signal.SIGSTOP)
        for n in range(2, 12):
            s.submit(article(n))
        s.close()
        d.process.kill()
        d.process.wait()
        d.start()
        s = Sender(d)
        process.send_signal(signal.SIGCONT)
        for n in range(12, 16):
            s.submit(article(n))
        wanted = [e["seq"] for t, e in d.events() if t.startswith("fact.")]
        seen += [process.stdout.readline() for _ in wanted[1:]]
        equal([int(line.split()[0]) for line in seen], wanted, "facts seen")
        process.kill()
        process.wait()


def rows_in_sqlite():
    """Killed again and again while facts come in, and started again: the same table as without."""
    with Daemon().start() as d:
        s = Sender(d)
        broken, whole = os.path.join(d.dir, "broken.db"), os.path.join(d.dir, "whole.db")
        for n in range(40):
            s.send(article(n))
        s.receive(40)
        for k in range(5):
            process = subprocess.Popen([os.path.join(BIN, "example_store"), broken], env=env_of(d))
            time.sleep(0.15 + 0.1 * k)
            process.kill()
            process.wait()
            s.submit(article(20 + 7 * k, id="again-%d" % k))
            s.submit(article(100 + k))
        for path in (broken, whole):
            equal(subprocess.run([os.path.join(BIN, "example_store"), path], env=env_of(d), timeout=120).returncode, 0, "exit of the store")
        tables = []
        for path in (broken, whole):
            with sqlite3.connect(path) as db:
                tables.append(db.execute("SELECT id, support, json FROM fact ORDER BY id").fetchall())
        support = {}
        for _, e in d.events():
            if e["event"] in ("fact", "support"):
                support[e["fact"]["id"]] = e["support"]
        equal([(i, n) for i, n, _ in tables[1]], sorted(support.items()), "the table")
        equal(tables[0], tables[1], "the table of the one that was killed")
        check(all(json.loads(row[2])["id"] == row[0] for row in tables[1]), "JSON")
        equal(d.stop(), 0, "exit")


def as_the_readme_says():
    """The subscriber of README.md, as it stands there."""
    block = re.search(r"```python\n(.*?)```", (SOURCE / "README.md").read_text(), re.S).group(1)
    with Daemon().start() as d:
        process = subprocess.Popen([sys.executable, "-c", block], env=env_of(d), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        s = Sender(d)
        for n in range(1000): # it is there when the first award has reached it
            s.submit(article(n))
            if select.select([process.stdout], [], [], 0.1)[0]:
                break
        line = process.stdout.readline()
        process.kill()
        awards = ["%s %s %s %s\n" % (e["fact"]["time"], e["fact"]["recipient"], e["fact"]["award"], e["fact"]["span"]["quote"])
                  for t, e in d.events() if t.startswith("fact.award.33")]
        check(line in awards, "%r %r" % (line, process.stderr.read()))
        equal(d.stop(), 0, "exit")


def types_are_documented():
    """The table of PROTOCOL.md has the types and slots of the shipped packs, in their order."""
    page = (SOURCE / "protocol/PROTOCOL.md").read_text()
    table = page[page.index("### Types of facts"):page.index("## `replay`")]
    told = {}
    for row in re.findall(r"^\| `(\w+)` \|.*?\| (.*) \|$", table, re.M):
        told[row[0]] = re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", row[1]))
    packs = {}
    for path in sorted((SOURCE / "daemon/rules").glob("*.yaml")):
        types = re.search(r"^types:\n((?: .*\n|\n|#.*\n)*)", path.read_text(), re.M)
        for block in re.split(r"^  - type: ", types.group(1), flags=re.M)[1:] if types else []:
            slots = re.search(r"^    slots:\n((?:      .*\n)*)", block, re.M).group(1)
            packs[re.match(r"\w+", block).group()] = re.findall(r"^      (\w+):", slots, re.M)
    del told["type"] # the heading
    equal(told, packs, "types and slots")


run(short_enough, as_the_readme_says, types_are_documented, senders_and_subscribers, a_pipeline, lossless_in_python, rows_in_sqlite)
