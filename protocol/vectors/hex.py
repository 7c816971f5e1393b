#!/usr/bin/python3
"""Fills the ```hex NAME blocks of PROTOCOL.md from the vectors; with --check only tells whether they are up to date."""
import pathlib, re, sys

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parent / "PROTOCOL.md"


def fill(match):
    raw = (HERE / "v1" / f"{match[1]}.msgpack").read_bytes()
    lines = []
    for at in range(0, len(raw), 16):
        part = raw[at:at + 16]
        text = "".join(chr(b) if 32 <= b < 127 else "." for b in part)
        lines.append(f"{part.hex(' '):47}  {text}\n")
    return f"```hex {match[1]}\n{''.join(lines)}```"


def filled(text):
    return re.sub(r"```hex (\S+)\n(?:.*?)```", fill, text, flags=re.S)


if __name__ == "__main__":
    text = PAGE.read_text()
    if "--check" in sys.argv:
        sys.exit(0 if filled(text) == text else "PROTOCOL.md: the hex is not that of the vectors; run vectors/hex.py")
    PAGE.write_text(filled(text))
