#!/usr/bin/env python3
"""Facts against annotated articles: runs `zhiwen extract` over a set and gives the result to its scorer.

usage: score.py SET|FILE.jsonl MIN_F1     needs $ZHIWEN_EVAL (folder with score.py and dev/SET.jsonl), else skips (77)
"""
import os, subprocess, sys, tempfile

folder = os.environ.get("ZHIWEN_EVAL")
if not folder or not os.path.exists(os.path.join(folder, "score.py")):
    print("skipped: no measuring tools ($ZHIWEN_EVAL)")
    sys.exit(77)
gold = sys.argv[1] if sys.argv[1].endswith(".jsonl") else os.path.join(folder, "dev", sys.argv[1] + ".jsonl")
zhiwen = os.path.join(os.environ["ZHIWEN_BIN"], "zhiwen")
with tempfile.NamedTemporaryFile(suffix=".jsonl") as out:
    subprocess.run([zhiwen, "extract", "--jsonl", gold], stdout=out, check=True)
    sys.exit(subprocess.run([sys.executable, os.path.join(folder, "score.py"), gold, out.name, "--min-f1", sys.argv[2]]).returncode)
