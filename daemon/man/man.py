"""Makes manual pages in Markdown (for lowdown) from what is documented elsewhere already, so that nothing is written twice.

usage: man.py program PAGE.md PROGRAM      fills in @HELP@ from PROGRAM --help
       man.py commands ZHIWEN              zhiwen(1), from the --help of every command
       man.py config ZHIWEND.YAML          zhiwend.yaml(5), from the commented example
       man.py rules RULES.md               zhiwen-rules(5)
       man.py library ZHIWEN.H             libzhiwen(3)
"""
import re
import subprocess
import sys

SEE = "\n# SEE ALSO\n\nzhiwend(8), zhiwen(1), zhiwen-web(1), zhiwend.yaml(5), zhiwen-rules(5), libzhiwen(3)\n"


def run_help(*command):
    return subprocess.run([*command, "--help"], check=True, capture_output=True, text=True).stdout


def literal(text):
    return "".join("    %s\n" % line if line else "\n" for line in text.rstrip("\n").split("\n"))


def options(text):
    """The lines of --help that describe options, and what stands behind them."""
    lines = text.split("\n")
    first = next(i for i, line in enumerate(lines) if re.match(r"  .*--?\w", line))
    return "\n".join(lines[first:])


def program(page, binary):
    text = options(run_help(binary))
    table, _, rest = text.partition("\n\n")
    status = rest[rest.index("Exit status:"):] if "Exit status:" in rest else ""
    sys.stdout.write(open(page).read().replace("@HELP@", "# OPTIONS\n\n%s\n# EXIT STATUS\n\n%s" % (literal(table), literal(status[12:].strip()))))


def commands(zhiwen):
    top = run_help(zhiwen)
    listed = re.findall(r"^  (\S+) +(.*)$", top, re.M)
    print("# NAME\n\nzhiwen - sends articles to zhiwend, watches facts, checks rules\n\n# SYNOPSIS\n\n**zhiwen** *COMMAND* [*OPTION*]... "
          "[*ARGUMENT*]...\n\n# COMMANDS\n")
    print(literal("\n".join("%-14s%s" % pair for pair in listed)))
    exits = top[top.index("Exit status:"):]
    for name, _ in listed:
        text = run_help(zhiwen, name)
        print("# zhiwen %s\n\n%s" % (name, literal(text.replace(exits, ""))))
        for sub in sorted(set(re.findall(r"\(see zhiwen %s (\w+) --help\)" % name, text))):
            print("# zhiwen %s %s\n\n%s" % (name, sub, literal(run_help(zhiwen, name, sub).replace(exits, ""))))
    print("# EXIT STATUS\n\n%s\n# ENVIRONMENT\n\nZHIWEN_SOCKETS\n\n> The folder of zhiwend's sockets, instead of */run/zhiwen*.\n%s"
          % (literal(exits[12:].strip()), SEE))


def config(path):
    text = open(path).read()
    print("# NAME\n\nzhiwend.yaml - configuration of zhiwend\n\n# DESCRIPTION\n\nThe file is */etc/zhiwen/zhiwend.yaml*, or what **--config** names. "
          "An unknown key or a bad value is told with file and line, and the daemon does not start: **zhiwend --check** tells before.\n\n"
          "# KEYS AND DEFAULTS\n\n%s%s" % (literal(text), SEE))


def rules(path):
    body = re.sub(r"\A# .*\n", "", open(path).read())
    body = re.sub(r"^(#+) (.*)$", lambda m: m[1][1:] + " " + (m[2].upper() if m[1] == "##" else m[2]), body, flags=re.M)
    # Tables as literal text: a pattern has more columns than a terminal.
    out, table = [], []
    for line in body.split("\n") + [""]:
        if line.startswith("|"):
            table.append(line)
            continue
        if table:
            out.append(literal("\n".join(row_text(row) for row in table if not re.match(r"\|[\s|:-]+$", row))))
            table = []
        out.append(line)
    print("# NAME\n\nzhiwen-rules - how rules for facts are written\n\n# DESCRIPTION\n%s%s" % ("\n".join(out), SEE))


def row_text(row):
    cells = [c.strip().replace("\0", "|").strip("`") for c in row.strip().strip("|").replace("\\|", "\0").split("|")]
    return "   ".join(cells).strip()


def library(path):
    text = open(path).read()
    top, rest = re.match(r"/\* (.*?)\*/\n(.*)", text, re.S).groups()
    top = "\n".join(re.sub(r"^ \* ?", "", line) for line in top.split("\n"))
    print("# NAME\n\nlibzhiwen - send articles to zhiwend, subscribe to its facts\n\n# SYNOPSIS\n\n    #include <zhiwen.h>\n    "
          "cc ... $(pkg-config --cflags --libs zhiwen)\n\n# DESCRIPTION\n\n%s\n# REFERENCE\n\n%s%s"
          % (literal(top), literal(rest.strip()), SEE))


if __name__ == "__main__":
    {"program": program, "commands": commands, "config": config, "rules": rules, "library": library}[sys.argv[1]](*sys.argv[2:])
