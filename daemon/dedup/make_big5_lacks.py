"""Writes big5_lacks.c: the Han characters that may be lost on the way through Big5.

usage: make_big5_lacks.py OPENCC_DICT OPENCC_DIR OUT

A simplified character is lost when a traditional form of it (OpenCC's STCharacters, from package libopencc-data, read with
`opencc_dict`) is not in Big5, as Python's codec has it: of 床 (牀), 群 (羣), 里 (裏) one form is, the other is not.
"""
import os
import subprocess
import sys
import tempfile


def in_big5(character):
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def main():
    tool, folder, out = sys.argv[1:]
    with tempfile.TemporaryDirectory() as tmp:
        target = os.path.join(tmp, "st.txt")
        subprocess.run([tool, "-i", os.path.join(folder, "STCharacters.ocd2"), "-o", target, "-f", "ocd2", "-t", "text"], check=True)
        with open(target, encoding="utf-8") as f:
            forms = dict(line.rstrip("\n").split("\t") for line in f)
    lost = [c for c in range(0x4E00, 0x9FA6) if not all(map(in_big5, forms.get(chr(c), chr(c)).split(" ")))]
    rows = [", ".join("0x%04X" % c for c in lost[i:i + 16]) for i in range(0, len(lost), 16)]
    with open(out, "w", encoding="utf-8") as f:
        f.write("/* Made by make_big5_lacks.py; not to be edited. */\n#include \"dedup/tokens.h\"\n\n")
        f.write("const uint16_t zw_big5_lacks[] = {\n    %s\n};\n" % ",\n    ".join(rows))
        f.write("const size_t zw_big5_lacks_count = %d;\n" % len(lost))


main()
