#!/usr/bin/env python3
"""How often a damaged article is repaired to the very text that its clean form is repaired to.

usage: text_table.py TEXT_CLI DAMAGE.py ARTICLES.jsonl... [-m MODE[,MODE...]] [-v]

MODEs are those of damage.py, joined by + for pairs, and two more: pinyin-fffd and pinyin-dropped are its pinyin read by
decoders that put U+FFFD for an odd byte and keep the next, or leave both out. -v shows what is not equal.

Some damage has lost what it swallowed: `lost` counts the articles that differ only by U+FFFD where that is proved, that
is, where another original (one character changed, or in wrapped text a paragraph that goes on behind a full line) gives
the very same damaged text. `guessed` counts the articles with a wrong character in such a place.
"""
import argparse, base64, difflib, functools, importlib.util, json, subprocess, sys

MODES = ("trad pinyin pinyin-fffd pinyin-dropped latin1 entities spaces width gb18030 big5 doubled sidebar html wrap "
         "trad+latin1 trad+entities trad+html trad+wrap trad+spaces trad+width trad+gb18030 trad+doubled "
         "pinyin+latin1 pinyin+entities pinyin+spaces pinyin+width pinyin+wrap pinyin+doubled pinyin+sidebar pinyin+html pinyin+gb18030 "
         "spaces+width spaces+wrap width+wrap width+html entities+latin1 latin1+entities latin1+latin1 latin1+html html+gb18030 html+big5 "
         "wrap+html wrap+latin1 wrap+doubled doubled+sidebar doubled+wrap doubled+html sidebar+html sidebar+pinyin sidebar+trad "
         "entities+entities spaces+html trad+entities+spaces pinyin+doubled+sidebar pinyin+doubled+html width+gb18030")
MARK = "\ufffd"


class Damage:
    """damage.py, with its functions called here."""

    def __init__(self, path):
        spec = importlib.util.spec_from_file_location("damage", path)
        self.it = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.it)
        self.trad = functools.lru_cache(None)(self.it.to_traditional)
        self.keys = [(c.encode("gbk"), c.encode("gbk") + ("(%s)" % r).encode("gbk")) for c, r in self.it.READINGS]
        self.decoders = {
            "pinyin": self.it.gbk_decode_like_a_browser,
            "pinyin-fffd": lambda data: data.decode("gbk", "replace"),
            "pinyin-dropped": lambda data: self.it.gbk_decode_like_a_browser(data.replace(b"?", b"\0")).replace("?", "").replace("\0", "?")}

    def annotate(self, trad, mode):
        """pinyin damage of text that is already traditional"""
        data = trad.encode("gbk", "ignore")
        for key, annotated in self.keys:
            data = data.replace(key, annotated)
        return self.decoders[mode](data)

    def article(self, art, modes):
        """what damage.py would print for it"""
        art = dict(art, id=art["id"] + "~" + "+".join(modes))
        for mode in modes:
            key = art["id"] + mode
            if mode in self.decoders:
                art["text"] = self.annotate(self.trad(art["text"]), mode)
            elif mode == "trad":
                art["text"] = self.trad(art["text"])
            elif mode in self.it.MODES:
                art["text"] = self.it.MODES[mode](art["text"], key)
                if mode in ("sidebar", "html"):
                    art["related"] = art.get("related", []) + self.it.related(key)
                if mode == "html":
                    art["format"] = "html"
            else:
                text = self.trad(art["text"]) if mode == "big5" else art["text"]
                art["raw_b64"] = base64.b64encode(text.encode(mode, "ignore")).decode()
                del art["text"]
        return art

    def is_lost(self, trad, at, mode):
        """whether another character at trad[at] would give the same damaged text"""
        c, want = trad[at], self.annotate(trad, mode)
        if ord(c) < 0x80:
            others = "0123456789" if c.isdigit() else "BXbx" if c.isalpha() else ",;(:"
        else:
            code = c.encode("gbk", "ignore")
            others = [bytes(pair).decode("gbk", "ignore") for b in range(0x81, 0xFF) for pair in ((code[0], b), (b, code[1]))] if code else []
        return any(len(o) == 1 and o != c and self.annotate(trad[:at] + o + trad[at + 1:], mode) == want for o in others)


def repair(cli, articles):
    data = "".join(json.dumps(a, ensure_ascii=False) + "\n" for a in articles)
    out = subprocess.run([cli, "--lines"], input=data, capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit("%s: %s" % (cli, out.stderr[-500:]))
    return [json.loads(line) for line in out.stdout.splitlines()]


def differences(want, have):
    matcher = difflib.SequenceMatcher(None, want, have, autojunk=False)
    return [op[1:] for op in matcher.get_opcodes() if op[0] != "equal"]


def half_width(text):
    return text.translate({c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)})


def breaks_unknown(damaged, want, have):
    """whether the two differ by no more than paragraphs that end in a full line: one that goes on there, wrapped to the
    same width, would give the same lines"""
    lines, open_ = half_width(damaged).split("\n"), set()
    for a, b in zip(lines, lines[1:]):
        if a[-1:] in "。!?”;" and len(b) <= len(a):
            open_.add(a[-4:] + b[:3])
    return all(want[i1:i2] + have[j1:j2] == "\n" and want[i1 - 4:i1] + want[i2:i2 + 3] in open_ for i1, i2, j1, j2 in differences(want, have))


def verdict(damage, art, damaged, mode, want, have):
    """"same", "lost", "guessed" or "wrong" (with what is at fault)"""
    if want == have:
        return "same"
    if mode == "wrap":
        return "lost" if breaks_unknown(damaged, want, have) else "wrong"
    raw, trad = art["text"], damage.trad(art["text"])
    if mode not in damage.decoders or len(raw) != len(trad):
        return "wrong"
    place = {}  # of a character of the repaired clean text in the clean one
    for a, b, n in difflib.SequenceMatcher(None, want, half_width(raw), autojunk=False).get_matching_blocks():
        place.update((a + k, b + k) for k in range(n))
    result = "lost"
    for i1, i2, j1, j2 in differences(want, have):
        places = [place.get(i) for i in range(i1, i2)]
        if not places or None in places or not all(damage.is_lost(trad, p, mode) for p in places):
            return "wrong"
        if j2 - j1 > i2 - i1 or have[j1:j2].strip(MARK):
            result = "guessed"
    return result


def measure(cli, damage, clean, mode, verbose=False):
    """one row of the table"""
    modes = mode.split("+")
    damaged = [damage.article(a, modes) for a in clean]
    # Characters that the charset lacks are gone for good: what can be hoped for is the article without them.
    target = clean
    if mode.endswith("big5"):
        target = [dict(a, text=base64.b64decode(a["raw_b64"]).decode("big5")) for a in damaged]
    elif modes[0] in damage.decoders:
        target = [dict(a, text=kept) for a in clean for kept in [without(damage, a["text"])]]
    row = dict.fromkeys(("same", "lost", "guessed", "wrong", "kinds", "related", "chars", "off"), 0)
    for art, a, w, g in zip(target, damaged, repair(cli, target), repair(cli, damaged)):
        want, have = w["text"], g["text"]
        what = verdict(damage, art, a.get("text", ""), modes[0], want, have)
        row[what] += 1
        row["kinds"] += w["kinds"] == g["kinds"]
        row["chars"] += len(want)
        row["off"] += sum(max(i2 - i1, j2 - j1) for i1, i2, j1, j2 in differences(want, have)) if want != have else 0
        row["related"] += len(g["related"]) >= len(a.get("related", []))
        if verbose and want != have:
            for i1, i2, j1, j2 in differences(want, have)[:6]:
                print("   %s %s\n     want %r\n     have %r" % (art["id"], what, want[max(0, i1 - 12):i2 + 12], have[max(0, j1 - 12):j2 + 12]))
    row["n"] = len(clean)
    return row


def without(damage, text):
    """the text without the characters that GBK lacks in their traditional form"""
    trad = damage.trad(text)
    return "".join(c for c, t in zip(text, trad) if t.encode("gbk", "ignore")) if len(trad) == len(text) else text


def load(paths):
    clean = []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            clean += [json.loads(line) for line in f if line.strip()]
    for a in clean:
        a.pop("facts", None)
        # What stands beside the text cannot be found in it.
        a["related"] = [r for r in a.get("related", []) if r["title"] in a["text"]]
    return clean


HEAD = "%-24s %9s %6s %8s %6s %10s %7s %8s" % ("per cent of articles", "identical", "lost", "guessed", "wrong", "characters", "kinds", "related")


def line_of(mode, row):
    share = lambda k: 100 * row[k] / row["n"]
    return "%-24s %9.1f %6.1f %8.1f %6.1f %10.4f %7.1f %8.1f" % (
        mode, share("same"), share("lost"), share("guessed"), share("wrong"), 100 * (1 - row["off"] / max(1, row["chars"])),
        share("kinds"), share("related"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli"), parser.add_argument("damage"), parser.add_argument("articles", nargs="+")
    parser.add_argument("-m", "--modes", default=MODES.replace(" ", ","))
    parser.add_argument("-v", action="store_true")
    args = parser.parse_args()
    damage, clean = Damage(args.damage), load(args.articles)
    print(HEAD)
    for mode in args.modes.split(","):
        print(line_of(mode, measure(args.cli, damage, clean, mode, args.v)), flush=True)


if __name__ == "__main__":
    main()
