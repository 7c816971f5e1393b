"""Runs the parts of the long fault run (run.sh) and writes REPORT.md: what was done to zhiwend, how often, and what came of it."""
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
STATE = os.path.join(SOURCE, "build", "fault")
PYTHON = "/usr/bin/python3"


def run(command, env=None, timeout=14400):
    """Returns (exit status, output)."""
    print("+", " ".join(command), flush=True)
    done = subprocess.run(command, cwd=SOURCE, env=dict(os.environ, **(env or {})), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=timeout)
    text = done.stdout.decode(errors="replace")
    print(text[-3000:], flush=True)
    return done.returncode, text


def build(preset):
    return {"ZHIWEN_BIN": os.path.join(SOURCE, "build", preset, "bin"), "ZHIWEN_SOURCE": SOURCE,
            "ZHIWEN_DATA_DIR": os.path.join(SOURCE, "build", preset, "share", "zhiwen")}


def scenario(script, names, env, folder="fault"):
    """One row for each: (name, outcome, what it said)."""
    rows = []
    for name in names:
        code, text = run([PYTHON, os.path.join("tests", folder, script), name], env)
        said = [line for line in text.splitlines() if line and not line.startswith(("ok ", "skipped"))]
        outcome = {0: "passed", 77: "skipped"}.get(code, "FAILED")
        rows.append((name.replace("_", " "), outcome, said[-1] if said and code == 0 else ""))
    return rows


def kills():
    rows = []
    code, text = run([os.path.join(SOURCE, "build/release/bin/store_kill"), "--long"])
    rows.append(("store: kill -9 while it commits, trims and refuses", "passed" if code == 0 else "FAILED", text.splitlines()[-1]))
    n = os.environ.get("ZHIWEN_KILLS", "100")
    code, text = run([PYTHON, "tests/fault/daemon_kill.py", "killed_often"], dict(build("release"), ZHIWEN_KILLS=n))
    rows.append(("zhiwend: kill -9 while articles come in", "passed" if code == 0 else "FAILED",
                 "%s kills, 2000 articles; each there once, first answers kept, no hole" % n if code == 0 else ""))
    return rows


def faults():
    env = build("release")
    return scenario("daemon_io.py", ["a_sync_fails", "the_disk_fails", "the_clock_jumps", "no_descriptors_left", "sockets_are_removed",
                                     "stalled_peers", "read_only_state"], env) + \
        scenario("daemon_full.py", ["map_full", "disk_full", "state_directory_not_writable"], env)


def memory():
    return scenario("daemon_memory.py", ["at_every_allocation"], build("release"))


def damage():
    return scenario("store_care.py", ["damage"], dict(build("release"), ZHIWEN_DAMAGES=os.environ.get("ZHIWEN_DAMAGES", "60"),
                                                      ZHIWEN_SEED=str(int(time.time()))), "scenario")


def fuzz():
    code, text = run(["sh", "tests/fuzz/run.sh", os.environ.get("ZHIWEN_FUZZ_S", "1800")])
    return [(m[1], "passed" if m[2] == "ok" else "FAILED", m[3]) for m in re.finditer(r"^fuzz (\w+): (\w+), (.*)$", text, re.M)]


def threads():
    run(["cmake", "--preset", "tsan"])
    run(["ninja", "-C", "build/tsan", "-j", os.environ.get("ZHIWEN_JOBS", "2"), "zhiwend", "zhiwen"])
    env = dict(build("tsan"), TSAN_OPTIONS="exitcode=66:suppressions=" + os.path.join(HERE, "tsan.supp"))
    return scenario("daemon_main.py", ["way_of_an_article", "feed", "reload_under_load", "drains_on_sigterm"], env, "scenario") + \
        scenario("daemon_corrections.py", ["withdrawn"], env, "scenario") + scenario("daemon_retention.py", ["by_age"], env, "scenario") + \
        scenario("daemon_kill.py", ["killed_once"], env)


def valgrind():
    no_jit = os.path.join(STATE, "no_jit.so")
    run(["cc", "-shared", "-fPIC", "-o", no_jit, os.path.join(HERE, "no_jit.c")])
    env = dict(build("release"), ZHIWEN_READY_S="600",
               ZHIWEN_WRAP="env LD_PRELOAD=" + no_jit + " valgrind -q --error-exitcode=66 --leak-check=full --errors-for-leak-kinds=definite --suppressions="
                           + os.path.join(HERE, "valgrind.supp"))
    return scenario("daemon_main.py", ["way_of_an_article", "revision"], env, "scenario")


def soak():
    out = os.path.join(STATE, "soak.json")
    run([PYTHON, "tests/fault/soak.py", "--minutes", os.environ.get("ZHIWEN_SOAK_MIN", "120"), "--json", out], build("release"))
    return soak_rows(out)


def soak_rows(path):
    with open(path) as f:
        r = json.load(f)
    warm = [life for life in r["lives"] if "rss_anon_kib" in life]
    a = r["articles"]
    lost = [p for p in r["problems"] if "memory" not in p]
    return [("%.0f minutes of mixed load" % r["minutes"], "passed" if not lost else "FAILED",
             "%d articles sent (%d damaged, %d copies, %d bad), %d by feed; %d events; %d kills, %d restarts, %d reloads, %d connections; "
             "lost, doubled or out of order: %d" % (a["sent"], a["damaged"], a["duplicate"], a["bad"], r["feed_taken"], r["events"], r["kills"],
                                                    r["restarts"], r["reloads"], r["connections"], len(lost))),
            ("memory and descriptors in each life, after the warm-up", "passed" if not [p for p in r["problems"] if "grows" in p or "leak" in p]
             else "FAILED", "; ".join("%d s: %d MiB, %+.1f %% from first to last, descriptors %d → %d" % (
                 life["seconds"], life["rss_anon_kib"]["median"] / 1024,
                 100 * (life["rss_anon_kib"]["last"] / life["rss_anon_kib"]["first"] - 1), life["fds"]["first"], life["fds"]["last"])
                 for life in warm))]


PARTS = {"kills": (kills, "Killed at any instant"), "faults": (faults, "Disk, clock, descriptors, peers"),
         "memory": (memory, "Memory runs out at every allocation of an article's way"), "damage": (damage, "Damaged stores"),
         "fuzz": (fuzz, "Fuzzed parsers"), "threads": (threads, "ThreadSanitizer"), "valgrind": (valgrind, "valgrind"),
         "soak": (soak, "Soak")}


def keep(part, rows, seconds):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=SOURCE, capture_output=True, text=True).stdout.strip()
    with open(os.path.join(STATE, part + ".json"), "w") as f:
        json.dump({"rows": rows, "seconds": round(seconds), "commit": commit, "date": time.strftime("%Y-%m-%d")}, f, ensure_ascii=False)


def write():
    lines = ["# What zhiwen was put through", "", "Written by tests/fault/run.sh from its own runs; each part says when, of which commit, and for how long.", ""]
    bad = 0
    for part, (_, title) in PARTS.items():
        path = os.path.join(STATE, part + ".json")
        if not os.path.exists(path):
            lines += ["## " + title, "", "Not run.", ""]
            continue
        with open(path) as f:
            r = json.load(f)
        lines += ["## " + title, "", "%s, commit %s, %d min." % (r["date"], r["commit"], (r["seconds"] + 59) // 60), "",
                  "| what | outcome | figures |", "| --- | --- | --- |"]
        for row in r["rows"]:
            bad += row[1] == "FAILED"
            lines.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |")
        lines.append("")
    lines.insert(3, "Failed: %d." % bad)
    lines.insert(4, "")
    with open(os.path.join(HERE, "REPORT.md"), "w") as f:
        f.write("\n".join(lines))
    return bad


def main():
    os.makedirs(STATE, exist_ok=True)
    if sys.argv[1:2] == ["--soak-result"]:  # of a soak that ran by itself
        keep("soak", soak_rows(sys.argv[2]), json.load(open(sys.argv[2]))["minutes"] * 60)
        sys.exit(bool(write()))
    parts = sys.argv[1:] or list(PARTS)
    for part in parts:
        if part not in PARTS:
            sys.exit("no part '%s'; there are %s" % (part, " ".join(PARTS)))
    for part in parts:
        began = time.time()
        keep(part, PARTS[part][0](), time.time() - began)
        write()
    sys.exit(bool(write()))


if __name__ == "__main__":
    main()
