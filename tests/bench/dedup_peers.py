#!/usr/bin/env python3
"""The table of dedup_peers on a small stream: is what it says right? No times are looked at.

usage: dedup_peers.py DEDUP_PEERS [ARTICLES SEED]
ZHIWEN_EVAL names the folder with dups.py; without it, or without the opencc program, the test is skipped (77).
"""
import json, os, re, shutil, subprocess, sys, tempfile, unicodedata

METHODS = ("dedup", "simhash", "minhash")
MARGIN = 0.16  # four standard deviations of an estimate of 0.8 by 128 permutations are 0.14

def run(command, **more):
    return subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE, **more).stdout

def read_table(text):
    """{name: {method: value}}; rows of kinds have the number of articles in front."""
    rows = [line.split() for line in text.splitlines()[1:]]
    return {row[0]: dict(zip(METHODS, map(float, row[-3:]))) for row in rows}

def read_score(text):
    values = {m[1]: float(m[2]) for m in re.finditer(r"^(\w+) +\d+ of +\d+ right +([\d.]+)$", text, re.M)}
    values.update((m[1], float(m[2])) for m in re.finditer(r"(precision|recall|F1) ([\d.]+)", text))
    return values

def runs(text):
    chars = "".join(unicodedata.normalize("NFKC", text).split())
    return {chars[i:i + 5] for i in range(max(1, len(chars) - 4))}

def minhash_faults(rows, results):
    """What MinHash calls alike is alike by the true Jaccard similarity, and what is more than alike it finds."""
    prints = {row["id"]: runs(row["text"]) for row in rows if row["kind"] not in ("layout", "script")}
    first, bad, looked = {}, [], 0
    for row in rows:
        one, of = prints.get(row["id"]), results[row["id"]].get("of")
        if one is None:
            continue
        for other, claimed in ((of, True), (first.get(row["family"]), False)):
            if other not in prints:
                continue
            jaccard, looked = len(one & prints[other]) / len(one | prints[other]), looked + 1
            if (jaccard < 0.8 - MARGIN) if claimed else (jaccard > 0.8 + MARGIN and not of):
                bad.append("minhash: %s and %s are alike by %.2f, and %s" % (row["id"], other, jaccard, results[row["id"]]))
        first.setdefault(row["family"], row["id"])
    return bad if looked > 50 else bad + ["minhash: only %d pairs to look at" % looked]

def faults(peers, dups, count, seed, folder):
    stream, prefix = os.path.join(folder, "stream.jsonl"), os.path.join(folder, "results")
    with open(stream, "w") as out:
        subprocess.run([sys.executable, dups, "gen", str(count), seed], stdout=out, check=True)
    with open(stream) as lines:
        text = run([peers, "--results", prefix], stdin=lines)
    print(text)
    table, bad = read_table(text), []
    for method in METHODS:
        score = read_score(run([sys.executable, dups, "score", stream, "%s.%s.jsonl" % (prefix, method)]))
        if len(score) < 8:
            bad.append("%s: dups.py tells only %s" % (method, score))
        bad += ["%s: %s is %s, not %s" % (method, name, table[name][method], value) for name, value in score.items()
                if abs(table[name][method] - value) > 0.00011]
        if table["exact"][method] != 1:
            bad.append("%s: an exact copy is missed" % method)
    for other in METHODS[1:]:
        if table["F1"]["dedup"] <= table["F1"][other] or table["precision"]["dedup"] < table["precision"][other]:
            bad.append("%s does better than dedup" % other)
    with open(stream) as lines, open(prefix + ".minhash.jsonl") as results:
        return bad + minhash_faults([json.loads(line) for line in lines], {r["id"]: r for r in map(json.loads, results)})

def main():
    dups = os.path.join(os.environ.get("ZHIWEN_EVAL", ""), "dups.py")
    if not os.environ.get("ZHIWEN_EVAL") or not os.path.exists(dups) or not shutil.which("opencc"):
        print("skipped: ZHIWEN_EVAL does not name the measuring tools, or opencc is missing")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        bad = faults(sys.argv[1], dups, *(int(sys.argv[2]), sys.argv[3]) if len(sys.argv) > 3 else (800, "peers"), folder)
    print("\n".join(bad))
    return 1 if bad else 0

if __name__ == "__main__":
    sys.exit(main())
