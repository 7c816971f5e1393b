#!/usr/bin/env python3
"""How often a damaged article is repaired to the very text that its clean form is repaired to.

usage: text_table.py TEXT_CLI DAMAGE.py ARTICLES.jsonl... [-m MODE[,MODE...]] [-v]

MODEs are those of damage.py, joined by + for pairs. -v shows the first difference of each article that is not equal.
"""
import argparse, base64, difflib, json, subprocess, sys

MODES = ("trad pinyin latin1 entities spaces width gb18030 big5 doubled sidebar html wrap "
         "trad+latin1 trad+entities trad+html trad+wrap trad+spaces trad+width trad+gb18030 trad+doubled "
         "pinyin+latin1 pinyin+entities pinyin+spaces pinyin+width pinyin+wrap pinyin+doubled pinyin+sidebar pinyin+html pinyin+gb18030 "
         "spaces+width spaces+wrap width+wrap width+html entities+latin1 latin1+entities latin1+latin1 latin1+html html+gb18030 html+big5 "
         "wrap+html wrap+latin1 wrap+doubled doubled+sidebar doubled+wrap doubled+html sidebar+html sidebar+pinyin sidebar+trad "
         "entities+entities spaces+html trad+entities+spaces pinyin+doubled+sidebar pinyin+doubled+html width+gb18030")


def lines(command, data):
    out = subprocess.run(command, input=data, capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit("%s: %s" % (command[0], out.stderr[-500:]))
    return [json.loads(line) for line in out.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli"), parser.add_argument("damage"), parser.add_argument("articles", nargs="+")
    parser.add_argument("-m", "--modes", default=MODES.replace(" ", ","))
    parser.add_argument("-v", action="store_true")
    args = parser.parse_args()
    clean = []
    for path in args.articles:
        with open(path, encoding="utf-8") as f:
            clean += [json.loads(line) for line in f if line.strip()]
    for a in clean:
        a.pop("facts", None)
    data = "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in clean)
    wanted = lines([args.cli, "--lines"], data)
    for mode in args.modes.split(","):
        damaged = lines([sys.executable, args.damage, mode], data)
        # Characters that the charset lacks are gone for good: what can be hoped for is the article without them.
        target = wanted
        if mode.endswith("big5"):
            kept = [dict(a, text=base64.b64decode(a["raw_b64"]).decode("big5")) for a in damaged]
            target = lines([args.cli, "--lines"], "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in kept))
        got = lines([args.cli, "--lines"], "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in damaged))
        same = related = same_kinds = 0
        chars = wrong = 0
        for art, a, w, g in zip(clean, damaged, target, got):
            want, have = w["text"], g["text"]
            same += want == have
            same_kinds += w["kinds"] == g["kinds"]
            chars += len(want)
            if want != have:
                wrong += sum(max(i2 - i1, j2 - j1) for op, i1, i2, j1, j2 in
                             difflib.SequenceMatcher(None, want, have, autojunk=False).get_opcodes() if op != "equal")
            related += len(g["related"]) >= len(a.get("related", []))
            if args.v and want != have:
                at = next((i for i, (x, y) in enumerate(zip(want, have)) if x != y), min(len(want), len(have)))
                print("   %s at %d error %d\n     want %r\n     have %r" % (art["id"], at, g["error"], want[max(0, at - 12):at + 24], have[max(0, at - 12):at + 24]))
        n = len(clean)
        print("%-26s %5.1f %% identical  %7.4f %% of characters  kinds %5.1f %%  related %5.1f %%" %
              (mode, 100 * same / n, 100 * (1 - wrong / max(1, chars)), 100 * same_kinds / n, 100 * related / n), flush=True)


if __name__ == "__main__":
    main()
