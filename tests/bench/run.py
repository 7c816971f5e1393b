"""See run.sh. Parts: stages, damage, dedup, store, peers, live, million, scaling, instructions."""
import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(SOURCE, "build", "release")
OUT = os.path.join(BUILD, "bench")
os.environ.setdefault("ZHIWEN_DATA_DIR", os.path.join(BUILD, "share", "zhiwen"))
os.environ["ZHIWEN_BIN"] = os.path.join(BUILD, "bin")
sys.path.insert(0, HERE)

import corpus  # noqa: E402
import curves  # noqa: E402
import live  # noqa: E402
import peers  # noqa: E402


class Table:
    """Rows of (part, what, median, lowest, highest, unit), printed as they come."""

    def __init__(self):
        self.rows = []

    def add(self, part, what, values, unit):
        values = [values] if isinstance(values, (int, float)) else list(values)
        row = (part, what, statistics.median(values), min(values), max(values), unit)
        self.rows.append(row)
        spread = "" if len(values) == 1 else "  (%s to %s)" % (short(row[3]), short(row[4]))
        print("%-12s %-46s %10s %s%s" % (part, what, short(row[2]), unit, spread), flush=True)
        return row[2]


def short(x):
    return "%d" % round(x) if abs(x) >= 1000 else "%.3g" % x


def tool(name, *args):
    done = subprocess.run([os.path.join(BUILD, "bin", name)] + [str(a) for a in args], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("%s: %s" % (name, done.stderr[-2000:]))
    return done.stdout


def stage_bench(path, rounds, threads=1, rules=()):
    return json.loads(tool("stage_bench", path, rounds, threads, *rules))


def machine():
    with open("/proc/cpuinfo") as f:
        model = re.search(r"model name\s*: (.*)", f.read())
    with open("/proc/meminfo") as f:
        memory = int(re.search(r"MemTotal:\s+(\d+)", f.read()).group(1)) >> 20
    with open("/etc/os-release") as f:
        system = re.search(r'PRETTY_NAME="(.*)"', f.read()).group(1)
    return {"processor": model.group(1) if model else platform.machine(), "cores": len(os.sched_getaffinity(0)), "memory_gib": memory,
            "system": system, "kernel": platform.release(), "load": os.getloadavg()[0]}


class Bench:
    def __init__(self, quick):
        self.quick, self.table, self.data = quick, Table(), {"machine": machine(), "quick": quick}
        self.rounds = 2 if quick else 5
        self.folder = tempfile.mkdtemp(prefix="bench-", dir=OUT)
        self.made = corpus.Corpus(SOURCE)
        self.articles = corpus.save(os.path.join(self.folder, "articles.jsonl"), [self.made.article() for _ in range(60 if quick else 300)])

    def stages(self):
        for name, dense in (("usual", False), ("dense", True)):
            path = self.articles if not dense else corpus.save(os.path.join(self.folder, "dense.jsonl"),
                                                               [self.made.article(dense=True) for _ in range(20 if self.quick else 100)])
            found = stage_bench(path, self.rounds)
            size = found["bytes"] / found["articles"]
            self.data["stages " + name] = found
            self.table.add("stages", name + " articles: size", size, "bytes")
            self.table.add("stages", name + " articles: facts", found["facts"] / found["articles"], "an article")
            for stage, us in found["us"].items():
                middle = self.table.add("stages", "%s: %s" % (name, stage), us, "µs/article")
                self.table.add("stages", "%s: %s" % (name, stage), size / middle, "MB/s")
            self.pipeline_us = self.table.add("pipeline", name + ": one core", found["pipeline_us"], "µs/article")
            both = stage_bench(path, self.rounds, 2)
            self.table.add("pipeline", name + ": two cores", both["pipeline_us"], "µs/article")
            if not dense:
                self.usual_us = self.pipeline_us
                self.table.add("pipeline", "rules loaded in", found["load_s"], "s")

    def damage(self):
        base = None
        made = [self.made.article() for _ in range(20 if self.quick else 100)]
        for kind in corpus.DAMAGES:
            path = corpus.save(os.path.join(self.folder, "damaged.jsonl"), [corpus.damaged(a, kind, SOURCE) for a in made])
            found = stage_bench(path, self.rounds)
            self.table.add("damage", kind + ": repair", found["us"]["repair"], "µs/article")
            whole = self.table.add("damage", kind + ": pipeline", found["pipeline_us"], "µs/article")
            base = base or whole
            self.table.add("damage", kind + ": pipeline, to clean", whole / base, "times")

    def dedup(self):
        count = 100000 if self.quick else 1000000
        text = tool("dedup_bench", count)
        self.data["dedup"] = text
        for pattern, what, unit in ((r"fingerprint of 5 KB\s+([\d.]+)", "fingerprint of 5 KB", "µs"),
                                    (r"first tenth\s+(\d+)", "decide and insert, first tenth", "articles/s"),
                                    (r"last tenth\s+(\d+)", "decide and insert, last tenth", "articles/s"),
                                    (r"with expiry\s+(\d+)", "decide and insert, with expiry", "articles/s"),
                                    (r"last tenth.*p99 ([\d.]+)", "decide and insert, last tenth, p99", "µs"),
                                    (r"restore\s+(\d+)", "restore", "marks/s"),
                                    (r"memory\s+([\d.]+) bytes resident", "memory", "bytes an article"),
                                    (r"([\d.]+) bytes of mark", "mark on disk", "bytes an article")):
            self.table.add("dedup", "%s (%d)" % (what, count), float(re.search(pattern, text).group(1)), unit)

    def store(self):
        self.data["store"] = tool("store_bench", self.folder, 1 if self.quick else 3)
        print(self.data["store"])

    def peers(self):
        ours = stage_bench(self.articles, self.rounds)
        mine = statistics.median(ours["pipeline_us"])
        for name, us in peers.measure(self.articles, OUT, HERE, self.rounds, 3 if self.quick else 20).items():
            theirs = self.table.add("peers", name, us, "µs/article")
            stage = "fingerprint" if "MinHash" in name else "repair" if "opencc" in name else "pipeline"
            own = statistics.median(ours["us"][stage]) if stage != "pipeline" else mine
            self.table.add("peers", "%s, to our %s" % (name, stage), theirs / own, "times")

    def live(self):
        count = 1500 if self.quick else 12000
        with live.BenchDaemon() as d:
            seconds, rss = live.start_seconds(d, self.rounds)
            self.table.add("start", "empty store", seconds, "s")
            self.table.add("memory", "resident, empty store", rss / 2**20, "MiB")
            d.start()
            rates = []
            for _ in range(1 if self.quick else 3):
                rates.append(live.throughput(d, [self.made.article() for _ in range(count // 3)], self.folder)["articles_s"])
            rate = self.table.add("end to end", "two senders, a subscriber, durable", rates, "articles/s")
            for name, share in (("idle, one at a time", None), ("50 % load", 0.5), ("90 % load", 0.9)):
                few = [self.made.article() for _ in range(200 if self.quick else 1000 if share is None else 2000)]
                found = live.latency(d, few, rate * share if share else None)
                for what, ms in found.items():
                    for p, x in ms.items():
                        self.table.add("latency", "%s: submit to %s, %s" % (name, what, p), x, "ms")
            self.table.add("replay", "one reader", live.replay(d), "events/s")
            status = d.status()
            self.data["status"] = status
            self.table.add("memory", "resident, under load", d.rss() / 2**20, "MiB")
            held = status["store"]["articles"]
            self.table.add("disk", "stored (bodies of about 5 KB with it)", live.disk_bytes(d.state) / held, "bytes an article")

    def million(self):
        count = 100000 if self.quick else 1000000
        state = live.filled(count, self.folder)
        with live.BenchDaemon(million=True, state=state) as d:
            seconds, rss = live.start_seconds(d, self.rounds)
            self.table.add("start", "store of %d articles" % count, seconds, "s")
            self.table.add("memory", "resident, store of %d articles" % count, rss / 2**20, "MiB")
            d.start()
            made = [self.made.article() for _ in range(500 if self.quick else 4000)]
            self.table.add("end to end", "store of %d articles" % count, live.throughput(d, made, self.folder)["articles_s"], "articles/s")
        shutil.rmtree(state)

    def scaling(self):
        sizes = [4 << 10, 32 << 10, 256 << 10] + ([] if self.quick else [1 << 20, 4 << 20])
        by_size = []
        for size in sizes:
            path = corpus.save(os.path.join(self.folder, "long.jsonl"), [self.made.article(size - 600) for _ in range(max(1, (128 << 10) // size))])
            found = stage_bench(path, 2)
            by_size.append((found["bytes"] / found["articles"], statistics.median(found["pipeline_us"])))
            self.table.add("scaling", "text of %d KiB" % (size >> 10), 1000 * by_size[-1][1] / by_size[-1][0], "ns/byte")
        by_rules = []
        for count in [0, 500, 1000] + ([] if self.quick else [2000, 5000]):
            folder = os.path.join(self.folder, "rules")
            curves.write_pack(folder, os.path.join(os.environ["ZHIWEN_DATA_DIR"], "rules"), count)
            found = stage_bench(self.articles, 2, 1, [folder])
            by_rules.append((count, statistics.median(found["pipeline_us"])))
            self.table.add("scaling", "%d rules more" % count, by_rules[-1][1], "µs/article")
        by_articles = []
        for count in [10000, 100000] + ([] if self.quick else [300000, 1000000]):
            text = tool("dedup_bench", count)
            by_articles.append((count, 1e6 / float(re.search(r"last tenth\s+(\d+)", text).group(1))))
        with live.BenchDaemon() as d:
            d.start()
            steps = [1, 10, 100] + ([] if self.quick else [300, 1000])
            by_subs = live.subscribers(d, [self.made.article() for _ in range(len(steps) * (100 if self.quick else 500))], self.folder, steps)
        for count, rate in by_subs:
            self.table.add("scaling", "%d subscribers" % count, rate, "articles/s")
        self.data["scaling"] = {"text": by_size, "rules": by_rules, "articles": by_articles, "subscribers": by_subs}
        curves.draw(self.data["scaling"], OUT)

    def instructions(self):
        text = subprocess.run([sys.executable, os.path.join(HERE, "guard.py"), os.path.join(BUILD, "bin", "extract_cli")],
                              capture_output=True, text=True).stdout
        found = re.search(r"([\d.]+) instructions a byte", text)
        if found:
            self.table.add("instructions", "repair and extract, tests/golden", float(found.group(1)), "a byte")


PARTS = "stages damage dedup store peers live million scaling instructions".split()


def write_results(b, seconds):
    m = b.data["machine"]
    lines = ["# Measured", "", "Written by `tests/bench/run.sh`; do not edit. %s, %d cores, %d GiB, %s, kernel %s; load when it began %.1f; "
             "%d minutes." % (m["processor"], m["cores"], m["memory_gib"], m["system"], m["kernel"], m["load"], round(seconds / 60)), "",
             "Articles are made of the sentences of the tests' own articles and everyday words (tests/bench/corpus.py). Median, and the lowest "
             "and highest round where there are several. Times of stages are processor time of one thread; others are by the clock.", "",
             "| part | what | median | lowest | highest | unit |", "|---|---|---|---|---|---|"]
    lines += ["| %s | %s | %s | %s | %s | %s |" % (p, w, short(a), short(lo), short(hi), u) for p, w, a, lo, hi, u in b.table.rows]
    if "store" in b.data:
        lines += ["", "Commits of the store alone:", "", "```", b.data["store"].rstrip(), "```"]
    with open(os.path.join(HERE, "RESULTS.md"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default=",".join(PARTS))
    args = parser.parse_args()
    os.makedirs(OUT, exist_ok=True)
    began, bench = time.monotonic(), Bench(args.quick)
    try:
        for part in args.only.split(","):
            getattr(bench, part)()
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)
    bench.data["rows"] = bench.table.rows
    with open(os.path.join(OUT, "results.json"), "w", encoding="utf-8") as f:
        json.dump(bench.data, f, ensure_ascii=False, indent=1)
    if not args.quick and args.only == ",".join(PARTS):
        write_results(bench, time.monotonic() - began)


main()
