#!/usr/bin/env python3
"""`zhiwen rules calibrate`: counts what is right, and what it prints is a pack that stands in place of the rules' own figures."""
import json, os, shutil, subprocess, sys, tempfile

zhiwen = os.path.join(os.environ["ZHIWEN_BIN"], "zhiwen")
shipped = os.path.join(os.environ["ZHIWEN_DATA_DIR"], "rules")
text = "2009年,温州市政府出台了《温州市市长质量奖评审管理办法》。\n2010年,温州市政府印发了《温州市质量工作考核办法》。"
right = {"type": "policy_document", "title": "温州市市长质量奖评审管理办法|市长质量奖评审办法", "action": "issue"}
wrong = {"type": "policy_document", "title": "另一个规定", "action": "issue"}


def run(*arguments, status=0):
    done = subprocess.run([zhiwen, "rules", *arguments], capture_output=True, text=True)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done


with tempfile.TemporaryDirectory() as folder:
    gold = os.path.join(folder, "gold.jsonl")
    with open(gold, "w", encoding="utf-8") as out:
        out.write(json.dumps({"id": "1", "text": text, "published": "2011-02-21", "facts": [right, wrong]}, ensure_ascii=False) + "\n")
    rows = [json.loads(line) for line in run("calibrate", "--json", gold).stdout.splitlines()]
    assert sum(r["found"] for r in rows) == 2 and sum(r["right"] for r in rows) == 1, [r for r in rows if r["found"]]
    for r in rows:
        assert abs(r["confidence"] - (r["right"] + 8 * 0.85) / (r["found"] + 8)) < 0.006, r

    packs = os.path.join(folder, "packs")
    shutil.copytree(shipped, packs, ignore=shutil.ignore_patterns("lexicon"))
    with open(os.path.join(packs, "confidence.yaml"), "w", encoding="utf-8") as out:
        out.write(run("calibrate", "--prior", "0.4", "--weight", "1000", gold).stdout)
    done = subprocess.run([zhiwen, "extract", "--rules", packs, "--jsonl", gold], capture_output=True, text=True, check=True)
    facts = json.loads(done.stdout)["facts"]
    assert facts and all(abs(f["confidence"] - 0.4) < 0.01 for f in facts), facts

    with open(gold, "a", encoding="utf-8") as out:
        out.write('{"id": "2", "text": "没有标注"}\nno JSON\n')
    told = run("calibrate", gold, status=1).stderr
    assert ":2: " in told and ":3: " in told, told
    run("calibrate", status=2)
