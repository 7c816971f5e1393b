"""The guard of speed: instructions that repair and extraction take for a fixed set of articles, counted by callgrind.

usage: guard.py EXTRACT_CLI [--record]

Counts are of one run over GUARD_ARTICLES of tests/golden, within zw_extract and zw_text_repair, of zhiwen's own code alone: what
libraries do (PCRE2's compiled patterns among it) depends on the processor's features, and is printed but not judged. The count
may not rise by more than TOLERANCE over what instructions.json holds for this processor, compiler and link-time optimisation; another compiler has
other counts, which is said, and then nothing is judged. --record writes the file, in the commit that makes the change.
Exit status: 0 good (or nothing to judge), 1 too many, 77 no valgrind.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
RECORD = os.path.join(HERE, "instructions.json")
GUARD_ARTICLES, TOLERANCE = 6, 0.05


def articles():
    with open(os.path.join(SOURCE, "tests", "golden", "news.jsonl"), encoding="utf-8") as f:
        return "".join(next(f) for _ in range(GUARD_ARTICLES))


def count(cli, data):
    """(own instructions, all instructions)."""
    with tempfile.TemporaryDirectory(prefix="zw-guard-") as folder:
        out = os.path.join(folder, "out")
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, "--toggle-collect=zw_extract",
                   "--toggle-collect=zw_text_repair", cli, "--time", "1"]
        done = subprocess.run(command, input=data, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit("valgrind: %s" % done.stderr[-2000:])
        return own_and_all(out, os.path.basename(cli))


def own_and_all(path, program):
    """Sums the lines of callgrind's file: its own costs of each function, by the object that it lies in."""
    own = total = 0
    names, mine, skip = {}, False, False
    with open(path, errors="replace") as f:
        for line in f:
            if line.startswith("ob="):
                number, name = re.match(r"ob=(\(\d+\))?\s*(.*)", line).groups()
                if name:
                    names[number] = name.strip()
                mine = os.path.basename(names.get(number, "")) == program
            elif line.startswith("cob="):
                number, name = re.match(r"cob=(\(\d+\))?\s*(.*)", line).groups()
                if name:
                    names[number] = name.strip()
            elif line.startswith("calls="):
                skip = True # the next line has the costs of what was called
            elif line[:1].isdigit() or line[:1] in "+-*":
                if not skip:
                    cost = int(line.split()[1])
                    total += cost
                    own += cost if mine else 0
                skip = False
    return own, total


def compiler(cli):
    """What a count depends on besides the source."""
    cache = os.path.join(os.path.dirname(os.path.dirname(cli)), "CMakeCache.txt")
    with open(cache) as f:
        text = f.read()
    version = subprocess.run([re.search(r"CMAKE_C_COMPILER:\w+=(.*)", text).group(1), "-dumpfullversion"], capture_output=True, text=True)
    whole = re.search(r"CMAKE_INTERPROCEDURAL_OPTIMIZATION:\w+=(ON|TRUE|1)", text)
    return "%s gcc %s%s" % (os.uname().machine, version.stdout.strip(), " lto" if whole else "")


def main():
    cli = os.path.abspath(sys.argv[1])
    if not shutil.which("valgrind"):
        print("skipped: there is no valgrind")
        return 77
    data = articles()
    size = sum(len(json.loads(line)["text"].encode()) for line in data.splitlines())
    own, total = count(cli, data)
    print("%.1f instructions a byte, %.1f of them our own" % (total / size, own / size))
    built = compiler(cli)
    recorded = json.load(open(RECORD)) if os.path.exists(RECORD) else {}
    if "--record" in sys.argv:
        recorded[built] = own
        with open(RECORD, "w") as f:
            json.dump(recorded, f, indent=1, sort_keys=True)
            f.write("\n")
        return 0
    if built not in recorded:
        print("skipped: nothing is recorded for %s" % built)
        return 77
    ratio = own / recorded[built]
    print("%+.1f %% against the %d recorded; %.0f %% are allowed" % (100 * ratio - 100, recorded[built], 100 * TOLERANCE))
    return ratio > 1 + TOLERANCE


sys.exit(main())
