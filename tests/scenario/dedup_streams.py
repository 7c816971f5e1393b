#!/usr/bin/env python3
"""dedup against streams in which the duplicates are known.

usage: dedup_streams.py DEDUP_CLI [ARTICLES SEED...]
ZHIWEN_EVAL names the folder with dups.py; without it, or without the opencc program, the test is skipped (77).
"""
import os, re, shutil, subprocess, sys, tempfile

# What a stream must reach; small ones have few articles of a kind, so one miss is allowed for in each.
LEAST = {"base": 0.998, "sibling": 0.995, "exact": 0.999, "layout": 0.999, "script": 0.999, "edit05": 0.99, "edit10": 0.97,
         "edit20": 0.80, "cut": 0.98, "head": 0.99}
LINE = re.compile(r"^(\w+)\s+(\d+) of\s+(\d+) right")

def misses(dups, cli, count, seed, folder):
    stream, results = os.path.join(folder, "stream.jsonl"), os.path.join(folder, "results.jsonl")
    with open(stream, "w") as out:
        subprocess.run([sys.executable, dups, "gen", str(count), seed], stdout=out, check=True)
    with open(stream) as lines, open(results, "w") as out:
        subprocess.run([cli], stdin=lines, stdout=out, check=True)
    score = subprocess.run([sys.executable, dups, "score", stream, results], capture_output=True, text=True, check=True).stdout
    print("seed %s\n%s" % (seed, score))
    bad, seen = [], set()
    for line in score.splitlines():
        m = LINE.match(line)
        if m:
            kind, right, total = m[1], int(m[2]), int(m[3])
            seen.add(kind)
            if total - right > 1 + (1 - LEAST[kind]) * total:
                bad.append("seed %s: %s: %d of %d right" % (seed, kind, right, total))
    missing = set(LEAST) - seen
    return bad + (["seed %s: no article of kind %s" % (seed, ", ".join(sorted(missing)))] if missing else [])

def main():
    dups = os.path.join(os.environ.get("ZHIWEN_EVAL", ""), "dups.py")
    if not os.environ.get("ZHIWEN_EVAL") or not os.path.exists(dups) or not shutil.which("opencc"):
        print("skipped: ZHIWEN_EVAL does not name the measuring tools, or opencc is missing")
        return 77
    cli, count, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3000, sys.argv[3:] or ["scenario-1", "scenario-2"]
    bad = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            bad += misses(dups, cli, count, seed, folder)
    print("\n".join(bad))
    return 1 if bad else 0

if __name__ == "__main__":
    sys.exit(main())
