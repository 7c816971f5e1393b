#!/usr/bin/env python3
"""Builds text/tables.bin, all that the room text must know about characters, from what Debian ships.

usage: make_tables.py UNICODE_DIR OPENCC_DIR JIEBA_DICT WORDS.tsv OUT

UNICODE_DIR  /usr/share/unicode (package unicode-data): readings, normal forms, radicals, which characters are in use
OPENCC_DIR   /usr/share/opencc (package libopencc-data): traditional to simplified; read with `opencc_dict`
JIEBA_DICT   /usr/lib/python3/dist-packages/jieba/dict.txt (package python3-jieba): words and how often they stand in print
WORDS.tsv    our own word rules, over those of OpenCC
The charsets come from Python's codecs, the names of character references from Python's html.entities.

The file: "ZWTEXT04", u32 number of sections, u32 0, then for each section char name[16], u64 offset, u64 size.
Everything is little-endian and 8-aligned. tables.h says what each section holds.
"""
import bz2, html.entities, math, os, re, struct, subprocess, sys, tempfile, unicodedata
from collections import defaultdict

LEADS, TRAILS = range(0x81, 0xFF), range(0x40, 0xFF)
TONES = {"a": "āáǎà", "e": "ēéěè", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "ü": "ǖǘǚǜ", "n": "\0ńňǹ", "m": "\0ḿ\0\0"}
TONED = {mark: (base, tone) for base, marks in TONES.items() for tone, mark in enumerate(marks, 1) if mark != "\0"}


def unihan(folder, name, wanted):
    """field → {character: value} for the fields wanted of Unihan_<name>.txt.bz2"""
    out = {field: {} for field in wanted}
    with bz2.open(os.path.join(folder, "Unihan_%s.txt.bz2" % name), "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) == 3 and parts[1] in out:
                out[parts[1]][chr(int(parts[0][2:], 16))] = parts[2]
    return out


def opencc(folder, name):
    """The dictionary `name` as {key: [values]}"""
    with tempfile.TemporaryDirectory() as tmp:
        target = os.path.join(tmp, "dict.txt")
        subprocess.run(["opencc_dict", "-i", os.path.join(folder, name + ".ocd2"), "-o", target, "-f", "ocd2", "-t", "text"],
                       check=True, stdout=subprocess.DEVNULL)
        with open(target, encoding="utf-8") as lines:
            return {k: v.split(" ") for k, v in (line.rstrip("\n").split("\t") for line in lines)}


def syllable(text):
    """A reading as one number: five bits a letter (a-z, ü 27), then the tone in the lowest three; 0 if it is none."""
    letters, tone = [], 0
    for c in unicodedata.normalize("NFC", text):
        base, mark = TONED.get(c, (c, 0))
        if base == "ê":
            base = "e"
        if not ("a" <= base <= "z" or base == "ü") or (mark and tone):
            return 0
        tone = tone or mark
        letters.append(27 if base == "ü" else ord(base) - 96)
    if not 1 <= len(letters) <= 6:
        return 0
    value = 0
    for letter in letters:
        value = value << 5 | letter
    return value << 3 | tone


def two_byte(codec):
    """The character for each pair of bytes of a two-byte charset, '' where there is none."""
    table = []
    for lead in LEADS:
        for trail in TRAILS:
            try:
                char = bytes([lead, trail]).decode(codec)
            except UnicodeDecodeError:
                char = ""
            table.append(char if len(char) == 1 else "")
    return table


def gb4_ranges():
    """The four-byte codes of GB18030 as runs (first linear index, first code point) that both count up by one."""
    ranges, last = [], None
    for cp in list(range(0x80, 0xD800)) + list(range(0xE000, 0x10000)):
        code = chr(cp).encode("gb18030")
        if len(code) != 4:
            continue
        linear = ((code[0] - 0x81) * 10 + code[1] - 0x30) * 1260 + (code[2] - 0x81) * 10 + code[3] - 0x30
        if last != (linear - 1, cp - 1):
            ranges.append((linear, cp))
        last = (linear, cp)
    return sorted(ranges)


# What NFKC would do and we do not: it would lose the meaning (m² is not m2, ① is not 1, Ⅱ is a class, … a mark).
KEEP = set("…‥㎡㎥²³¹℃℉™№ªº¼½¾·´¨¯¸") | {chr(c) for r in ((0x2070, 0x20A0), (0x2150, 0x218C), (0x2460, 0x2500), (0x3200, 0x3300)) for c in range(*r)}
# What NFKC leaves and Chinese text writes in one way only.
ALSO = {"∕": "/", "⁄": "/", "∶": ":", "‒": "-", "〜": "~", "∼": "~", "―": "—", "‐": "-", "‑": "-", "−": "-", "﹣": "-", "•": "·", "∙": "·", "・": "·", "･": "·", "‧": "·", "⋅": "·", "·": "·",
        "「": "“", "」": "”", "『": "‘", "』": "’", "﹁": "“", "﹂": "”", "﹃": "‘", "﹄": "’", "｢": "“", "｣": "”", "〝": "“", "〞": "”", "＂": '"',
        "〈": "〈", "〉": "〉", "﹝": "〔", "﹞": "〕", "︽": "《", "︾": "》", "≪": "《", "≫": "》", "○": "〇", "◯": "〇", "％": "%", "﹪": "%", "，": ",", "：": ":", "；": ";",
        "（": "(", "）": ")", "！": "!", "？": "?", "｡": "。", "､": "、", "㎏": "kg", "㎎": "mg", "㎜": "mm", "㎝": "cm", "㎞": "km", "㏄": "cc"}


def normal_forms(folder):
    """character → what it becomes, by NFKC where that does no harm, and the radicals as ordinary characters"""
    out = {}
    for cp in list(range(0xA0, 0xD800)) + list(range(0xE800, 0x10000)) + list(range(0x2F800, 0x2FA20)):
        char = chr(cp)
        form = unicodedata.normalize("NFKC", char)
        if form != char and char not in KEEP and len(form) <= 4 and not unicodedata.combining(form[0]) and form[0] != " ":
            out[char] = form
    with open(os.path.join(folder, "EquivalentUnifiedIdeograph.txt"), encoding="utf-8") as lines:
        for line in lines:
            m = re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*([0-9A-F]+)", line)
            if m:
                for cp in range(int(m[1], 16), int(m[2] or m[1], 16) + 1):
                    if 0x2E80 <= cp <= 0x2FD5:
                        out[chr(cp)] = chr(int(m[3], 16))
    # "○" is a circle in lists and the figure zero in dates: chars.c decides by its neighbours.
    out.update({k: v for k, v in ALSO.items() if k != v and k not in "○◯"})
    return out


def compositions(folder):
    """(letter, combining mark) → composed letter, for Latin letters"""
    out = []
    for cp in range(0xC0, 0x250):
        form = unicodedata.normalize("NFD", chr(cp))
        while len(form) >= 2:
            base = unicodedata.normalize("NFC", form[:-1])
            if len(base) == 1:
                out.append((ord(base), ord(form[-1]), cp))
            break
    return sorted(set(out))


def lost_words(st_phrases, chars, phrases, words):
    """traditional → simplified for words that would not come back as they are written: 批复 → 批覆 → 批覆"""
    out = {}
    for simp, values in st_phrases.items():
        trad = values[0]
        if len(trad) != len(simp) or not words.get(simp):
            continue
        back, i = "", 0
        while i < len(trad):
            n = next((n for n in range(min(8, len(trad) - i), 1, -1) if trad[i:i + n] in phrases), 1)
            back += phrases[trad[i:i + n]] if n > 1 else chars.get(trad[i], [trad[i]])[0]
            i += n
        if back != simp and len(back) == len(simp) and words[simp] > words.get(back, 0):
            out[trad] = simp
    return out


WORD_SLOTS_LOG2, WORD_MAX, RARE = 19, 4, 2


def word_counts(path, simplified):
    """word → occurrences, in simplified script, up to WORD_MAX characters; and of each character wherever it stands"""
    words, alone = defaultdict(int), defaultdict(int)
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            word, count = line.split(" ")[:2]
            if not all(0x4E00 <= ord(c) < 0x9FFF for c in word):
                continue
            word = "".join(simplified.get(c, [c])[0] for c in word)
            if max(word) > "\uffff":
                continue
            for c in word:
                alone[c] += int(count)
            if len(word) <= WORD_MAX and (int(count) >= RARE or len(word) == 1):
                words[word] += int(count)
    # A character that stands in longer words only may still be part of a word that the list lacks.
    for c, count in alone.items():
        words[c] = max(words[c], count // 8, 1)
    return words


def word_table(words):
    """An open hash table: keys of four code points of 16 bits (0: empty), costs in quarters of a bit. tables.c looks up."""
    total, mask = sum(words.values()), (1 << WORD_SLOTS_LOG2) - 1
    keys, costs = [0] * (mask + 1), bytearray(mask + 1)
    for word in sorted(words):
        key = 0
        for c in word:
            key = key << 16 | ord(c)
        slot = (key * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF) >> (64 - WORD_SLOTS_LOG2)
        while keys[slot]:
            slot = (slot + 1) & mask
        keys[slot], costs[slot] = key, min(255, round(4 * math.log2(total / words[word])))
    return keys, bytes(costs)


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    unicode_dir, opencc_dir, jieba_path, words_path, out_path = sys.argv[1:]

    fields = ["kMandarin", "kHanyuPinyin", "kHanyuPinlu", "kTGHZ2013", "kXHC1983"]
    raw = unihan(unicode_dir, "Readings", fields)
    in_use = set(unihan(unicode_dir, "OtherMappings", ["kTGH"])["kTGH"])
    usenet = unihan(unicode_dir, "DictionaryLikeData", ["kFrequency"])["kFrequency"]
    chars = {k: v for k, v in opencc(opencc_dir, "TSCharacters").items() if len(k) == 1}
    phrases = {k: v[0] for k, v in opencc(opencc_dir, "TSPhrases").items()}
    to_trad = opencc(opencc_dir, "STCharacters")
    with open(jieba_path, encoding="utf-8") as lines:
        in_print = {word: int(count) for word, count, *_ in (line.split(" ") for line in lines)}
    phrases.update(lost_words(opencc(opencc_dir, "STPhrases"), chars, phrases, in_print))
    with open(words_path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and line[0] != "#":
                key, value = line.rstrip("\n").split("\t")
                phrases[key] = value

    # ---- readings and how common a character is
    readings, counts = defaultdict(set), defaultdict(int)
    for field in fields:
        for char, value in raw[field].items():
            for part in re.split(r"[ ,]", value):
                m = re.match(r"(?:[\d.*]+:)?([^\d(]+)(?:\((\d+)\))?$", part)
                if m and syllable(m[1]):
                    readings[char].add(syllable(m[1]))
                    counts[char] += int(m[2] or 0)
    for trad, simp in chars.items():
        # Annotators read the simplified form now and then (樂 as lè), and only it has been counted in print.
        if len(simp[0]) == 1 and simp[0] != trad:
            readings[trad] |= readings[simp[0]]
            counts[trad] = max(counts[trad], counts[simp[0]])
    names = sorted({s for all_ in readings.values() for s in all_})
    number = {s: i for i, s in enumerate(names)}

    def frequency(char):
        byprint = math.log2(1 + counts[char]) * 12
        byusenet = (6 - int(usenet[char])) * 24 if char in usenet else 0
        # What has been counted is the simplified character; of its traditional forms the first is the usual one.
        other = 48 if char in chars and to_trad.get(chars[char][0], [char])[0] not in (char, chars[char][0]) else 0
        return max(0, min(255, int(max(byprint, byusenet)) + (8 if readings[char] else 0)) - other)

    gbk = two_byte("gbk")
    offsets, pool = [0], []
    for char in gbk:
        pool += sorted(number[s] for s in readings.get(char, ()))
        offsets.append(len(pool))

    big5 = [a or b or c for a, b, c in zip(two_byte("big5"), two_byte("cp950"), two_byte("big5hkscs"))]

    def gb2312(char):
        try:
            return len(char.encode("gb2312")) == 2
        except UnicodeEncodeError:
            return False

    # ---- script. A character that is also in use in simplified text (乾, 著, 徵) is ambiguous, see script.c.
    script = []
    for trad, simp in chars.items():
        if len(simp[0]) == 1 and simp[0] != trad:
            script.append((ord(trad), ord(simp[0]), 1 if gb2312(trad) or trad in in_use else 0))
    simplified_only = sorted(ord(c) for c, v in to_trad.items() if len(c) == 1 and c not in v and ord(c) < 0x10000)
    phrase_list = sorted((k, v) for k, v in phrases.items() if len(k) > 1 and len(k) == len(v) and len(k) <= 16)

    # ---- references
    entities = sorted({(n.rstrip(";"), v) for n, v in html.entities.html5.items() if len(n) < 32})
    names_blob, entity_rows = b"", []
    for name, value in entities:
        entity_rows.append((len(names_blob), len(name), ord(value[0]), ord(value[1]) if len(value) > 1 else 0))
        names_blob += name.encode()

    forms = normal_forms(unicode_dir)
    form_rows, form_pool = [], []
    for char in sorted(forms):
        form_rows.append((ord(char), len(form_pool), len(forms[char])))
        form_pool += [ord(c) for c in forms[char]]

    # ---- the character as words have it. Of two simplified forms (瞭: 瞭, 了) words have the one it is a form of.
    form_of = {trad: simp for simp, trads in to_trad.items() if len(simp) == 1 for trad in trads[1:]}

    def plain(char):
        simp = chars.get(char, [char])[0]
        simp = form_of.get(char, char) if simp == char else simp
        return ord(simp) if 0x3400 <= ord(simp) <= 0x9FFF else 0

    word_keys, word_costs = word_table(word_counts(jieba_path, chars))

    # ---- in traditional text rare: of several traditional forms of a character (復 複 覆, 於 于) all but the usual one.
    def is_rare(char):
        simp = form_of.get(char, chars.get(char, [char])[0])
        return len(simp) == 1 and to_trad.get(simp, [char])[0] != char

    def u16(values):
        return struct.pack("<%dH" % len(values), *values)

    def u32(values):
        return struct.pack("<%dI" % len(values), *values)

    sections = {
        "gbk": u16([ord(c) if c else 0 for c in gbk]),
        "gb18030-2": u16([ord(c) if c else 0 for c in two_byte("gb18030")]),
        "big5": u32([ord(c) if c else 0 for c in big5]),
        "gb18030-4": u32([x for pair in gb4_ranges() for x in pair]),
        "syllables": struct.pack("<%dQ" % len(names), *names),
        "reading-at": u32(offsets),
        "readings": u16(pool),
        "frequency": bytes(frequency(c) if c else 0 for c in gbk),
        "word-keys": struct.pack("<%dQ" % len(word_keys), *word_keys),
        "word-costs": word_costs,
        "plain": u16([plain(c) if c else 0 for c in gbk]),
        "rare": bytes(1 if c and is_rare(c) else 0 for c in gbk),
        "script": u32([x for row in sorted(script) for x in row]),
        "simplified": u32(simplified_only),
        "phrases": u32([x for k, v in phrase_list for x in [len(k)] + [ord(c) for c in k] + [ord(c) for c in v]]),
        "entities": u32([x for row in entity_rows for x in row]),
        "entity-names": names_blob,
        "forms": u32([x for row in form_rows for x in row]),
        "form-pool": u32(form_pool),
        "compose": u32([x for row in compositions(unicode_dir) for x in row]),
    }
    head = b"ZWTEXT04" + struct.pack("<II", len(sections), 0)
    at = len(head) + 32 * len(sections)
    body = b""
    for name, data in sections.items():
        head += struct.pack("<16sQQ", name.encode(), at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 8)
    with open(out_path, "wb") as out:
        out.write(head + body)


if __name__ == "__main__":
    main()
