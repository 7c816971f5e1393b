"""Articles to measure with: about 5 KB each, made anew from the sentences of the tests' own articles and of everyday words.

No two are duplicates. A third of the sentences state facts of all types, as in a busy day's news; `dense` takes only these.
"""
import base64
import glob
import json
import random
import re

DICTIONARY = "/usr/lib/python3/dist-packages/jieba/dict.txt"


def statements(source):
    """Sentences that state facts, from tests/golden."""
    found = set()
    for path in sorted(glob.glob(source + "/tests/golden/*.jsonl")):
        with open(path, encoding="utf-8") as f:
            for line in f:
                for sentence in re.findall(r"[^。\n]{12,150}。", json.loads(line)["text"]):
                    found.add(sentence)
    return sorted(found)


def vocabulary():
    """Everyday words of two to four characters by how often they are used."""
    words, weights = [], []
    with open(DICTIONARY, encoding="utf-8") as f:
        for line in f:
            word, count, tag = line.split()
            if 2 <= len(word) <= 4 and int(count) >= 200 and tag[0] not in "nm" or tag == "n" and int(count) >= 200:
                words.append(word)
                weights.append(int(count))
    return words, weights


def other_number(r, match):
    """Another number of as many digits, so that no two articles tell the same; days and months stay what they are."""
    return str(r.randrange(10 ** (len(match.group()) - 1), 10 ** len(match.group())))


class Corpus:
    def __init__(self, source, seed=1):
        self.random = random.Random(seed)
        self.statements = statements(source)
        self.words, self.weights = vocabulary()
        self.count = 0

    def filler(self):
        words = self.random.choices(self.words, self.weights, k=self.random.randrange(8, 22))
        for i in range(6, len(words), 7):
            words[i] += ","
        return "".join(words) + "。"

    def statement(self):
        r = self.random
        return re.sub(r"(?<![\d.年月—-])[1-9]\d*(?![\d.]*[年月日号])", lambda m: other_number(r, m), r.choice(self.statements))

    def article(self, size=5000, dense=False):
        self.count += 1
        r, lines, total = self.random, [], 0
        while total < size:
            line = "".join(self.statement() if dense or r.random() < 1 / 3 else self.filler() for _ in range(r.randrange(2, 5)))
            lines.append(line)
            total += len(line.encode()) + 1
        return {"id": "b-%d" % self.count, "source": "bench", "title": self.filler()[:16], "published": "2012-03-%02d" % (1 + self.count % 28),
                "text": "\n".join(lines) + "\n"}


def save(path, articles):
    with open(path, "w", encoding="utf-8") as f:
        for a in articles:
            f.write(json.dumps(a, ensure_ascii=False) + "\n")
    return path


def damaged(article, kind, source):
    """The same article as it may come: bytes in another charset, a web page, out of step, torn."""
    text, out = article["text"], {k: v for k, v in article.items() if k != "text"}
    raw = None
    if kind == "gb18030":
        raw = text.encode("gb18030")
    elif kind == "latin1":
        text = text.encode().decode("latin-1")
    elif kind == "html":
        raw = ("<html><head><meta charset=utf-8><title>x</title></head><body><div>" + "".join("<p>%s</p>" % line for line in text.split("\n")) +
               "</div></body></html>").encode()
        out["format"] = "html"
    elif kind == "entities":
        text = "".join("&#%d;" % ord(c) if ord(c) > 127 else c for c in text)
    elif kind == "spaces":
        text = "\n".join(" ".join(line) for line in text.split("\n"))
    elif kind == "wrap":
        text = "\n".join(line[i:i + 30] for line in text.split("\n") for i in range(0, max(1, len(line)), 30))
    elif kind == "width":
        text = "".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) < 127 else c for c in text)
    elif kind == "doubled":
        text += text
    elif kind == "pinyin":
        readings = READINGS
        text = "".join(c + "(%s)" % readings[c] if c in readings else c for c in text)
    if raw is None:
        out["text"] = text
    else:
        out["raw_b64"] = base64.b64encode(raw).decode()
    return out


# Some of the characters that a conversion to traditional script touches, with their readings.
READINGS = {"质": "zhì", "业": "yè", "产": "chǎn", "个": "gè", "发": "fā", "会": "huì", "对": "duì", "国": "guó", "学": "xué", "实": "shí",
            "经": "jīng", "标": "biāo", "项": "xiàng", "检": "jiǎn", "验": "yàn", "证": "zhèng", "认": "rèn", "级": "jí", "办": "bàn", "开": "kāi"}
DAMAGES = "clean gb18030 latin1 html entities spaces wrap width doubled pinyin".split()
