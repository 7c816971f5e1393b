"""A damaged copy of an article is its duplicate, whatever the damage.

ZHIWEN_EVAL names the folder with damage.py; without it, or without the opencc program, the test is skipped (77).
"""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys

from daemon_lib import Daemon, Sender, check, run

GOLDEN = pathlib.Path(os.environ.get("ZHIWEN_SOURCE", ".")) / "tests/golden"
MODES = "trad pinyin latin1 entities spaces width wrap doubled sidebar html gb18030 big5 trad+html wrap+sidebar".split()


def as_sent(line, name):
    a = json.loads(line)
    if "raw_b64" in a:
        body = base64.b64decode(a["raw_b64"])
    else:
        body = a["text"]
    # Each mode is a paper of its own: a copy is no later version of another.
    return {"id": a["id"], "source": name, "published": a["published"], "body": body}


def damaged_copies():
    tool = os.path.join(os.environ.get("ZHIWEN_EVAL", ""), "damage.py")
    if not os.path.exists(tool) or not shutil.which("opencc"):
        print("skipped: ZHIWEN_EVAL does not name the measuring tools, or opencc is missing")
        sys.exit(77)
    clean = "".join((GOLDEN / name).read_text() for name in ("news.jsonl", "wordings.jsonl"))
    bad = []
    for mode in MODES:
        with Daemon().start() as d:
            s = Sender(d)
            for line in clean.splitlines():
                check(s.submit(as_sent(line, "clean"))["status"] == "new", "two clean articles are taken for one")
            damaged = subprocess.run([sys.executable, tool, mode], input=clean, capture_output=True, text=True, check=True).stdout
            copies = [as_sent(line, mode) for line in damaged.splitlines()]
            known = sum(s.submit(copy)["status"] == "duplicate" for copy in copies)
            print("%-14s %d of %d" % (mode, known, len(copies)), flush=True)
            if known < 0.99 * len(copies):
                bad.append("%s: only %d of %d copies are recognised" % (mode, known, len(copies)))
    check(not bad, "\n".join(bad))


if __name__ == "__main__":
    run(damaged_copies)
