#!/usr/bin/env python3
"""Builds text/bigrams.bin: how likely a character is behind another in running Chinese.

usage: make_bigrams.py TSLMINFO MODEL WORDS OUT

MODEL  lm_sc.t3g of the package sunpinyin-data: open-gram, a language model of words counted in print (CC BY-SA 3.0);
       read with the TSLMINFO of the package sunpinyin-utils
WORDS  pydict_sc.bin of the same package: its words

The neighbours within each word and across each pair of words are summed up. What is much
rarer than chance would have it is left out, like what was never seen. Marks of punctuation are characters too.

The file: "ZWBIGR02", u64 number of pairs, then u32 [0x10001] where the pairs of each first character begin; u16 the
second characters, ascending within each; u8 the costs in quarters of a bit. Little-endian.
"""
import math, struct, subprocess, sys
from collections import defaultdict

LEAST = 1 / 4  # of what chance would give


def read_words(path):
    with open(path, "rb") as f:
        data = f.read()
    count, _, at = struct.unpack_from("<3I", data)
    words = data[at:].decode("utf-32-le").split("\0")
    if len(words) < count:
        sys.exit("%s is not laid out as expected" % path)
    return words


def read_counts(tslminfo, model, words):
    """(first, second) → probability of the pair at a place of running text, character → its own"""
    pairs, single, share, level = defaultdict(float), defaultdict(float), {}, -1
    with subprocess.Popen([tslminfo, "-v", "-p", model], stdout=subprocess.PIPE, text=True) as program:
        for line in program.stdout:
            if line[0] == "\\":
                level += 1
                if level == 3:
                    program.kill()
                    break
                continue
            part = line.split()
            if level == 1:
                word, p = words[int(part[0])], float(part[1])
                share[part[0]] = p
                for a, b in zip(word, word[1:]):
                    pairs[a, b] += p
                for a in word:
                    single[a] += p
            elif level == 2:
                a, b = words[int(part[0])], words[int(part[1])]
                if a and b:
                    pairs[a[-1], b[0]] += share[part[0]] * float(part[2])
    if level != 3:
        sys.exit("%s: no pairs of words in it" % model)
    return pairs, single


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    tslminfo, model, words_path, out_path = sys.argv[1:]
    pairs, single = read_counts(tslminfo, model, read_words(words_path))
    total, rows = sum(single.values()), defaultdict(list)
    for (a, b), p in pairs.items():
        if max(a, b) <= "\uffff" and p * total >= LEAST * single[a] * single[b]:
            rows[ord(a)].append((ord(b), max(1, min(255, round(4 * math.log2(single[a] / p))))))
    at, seconds, costs = [0], [], bytearray()
    for a in range(0x10000):
        for b, cost in sorted(rows.get(a, ())):
            seconds.append(b)
            costs.append(cost)
        at.append(len(seconds))
    if not 100000 < len(seconds) < 2000000:
        sys.exit("%s: %d pairs, not what was expected" % (model, len(seconds)))
    with open(out_path, "wb") as out:
        out.write(b"ZWBIGR02" + struct.pack("<Q", len(seconds)) + struct.pack("<%dI" % len(at), *at) +
                  struct.pack("<%dH" % len(seconds), *seconds) + bytes(costs))


if __name__ == "__main__":
    main()
