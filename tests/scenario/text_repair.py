#!/usr/bin/env python3
"""Damaged articles are repaired to the text of their clean form: every mode of damage.py, and pairs of them.

usage: text_repair.py     needs $ZHIWEN_EVAL (folder with damage.py), else skips (77)

Prints the table of tests/bench/text_table.py over a sample. The floors lie a little below what was measured last.
"""
import glob, os, sys

source, folder = os.environ.get("ZHIWEN_SOURCE", "."), os.environ.get("ZHIWEN_EVAL")
if not folder or not os.path.exists(os.path.join(folder, "damage.py")):
    print("skipped: no measuring tools ($ZHIWEN_EVAL)")
    sys.exit(77)
sys.path.insert(0, os.path.join(source, "tests", "bench"))
import text_table as table

SAMPLE = 18
# mode: least share in per cent of articles that are identical but for what is proved to be lost; most with a wrong guess
FLOORS = {"trad": (100, 0), "pinyin": (75, 17), "pinyin-fffd": (86, 12), "pinyin-dropped": (30, 42), "latin1": (100, 0), "entities": (100, 0),
          "spaces": (100, 0), "width": (100, 0), "gb18030": (100, 0), "big5": (99, 0), "doubled": (99, 0), "sidebar": (99, 0),
          "html": (95, 0), "wrap": (87, 0), "trad+wrap": (80, 0), "trad+html": (95, 0), "latin1+html": (95, 0), "width+gb18030": (99, 0),
          "pinyin+entities": (75, 17), "pinyin+spaces": (60, 20), "pinyin+doubled": (75, 17), "pinyin+html": (75, 17),
          "spaces+width": (94, 0), "doubled+sidebar": (99, 0), "html+gb18030": (95, 0), "entities+latin1": (99, 0)}


def main():
    cli = os.path.join(os.environ["ZHIWEN_BIN"], "text_cli")
    damage = table.Damage(os.path.join(folder, "damage.py"))
    clean = table.load([os.path.join(source, "tests/golden/news.jsonl")] + sorted(glob.glob(os.path.join(folder, "dev", "*.jsonl"))))
    clean = clean[::max(1, len(clean) // SAMPLE)]
    failed = []
    for repaired, article in zip(table.repair(cli, clean), clean):
        if set(repaired["repairs"]) & {"mojibake", "torn", "lost", "wrap", "invalid"}:
            failed.append("%s: a clean article was repaired: %s" % (article["id"], repaired["repairs"]))
    print(table.HEAD)
    for mode, (least, most) in FLOORS.items():
        row = table.measure(cli, damage, clean, mode)
        print(table.line_of(mode, row), flush=True)
        if 100 * (row["same"] + row["lost"]) < least * row["n"]:
            failed.append("%s: fewer than %d %% as they should be" % (mode, least))
        if 100 * row["guessed"] > most * row["n"]:
            failed.append("%s: more than %d %% guessed wrong" % (mode, most))
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
