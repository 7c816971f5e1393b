"""Completion in bash and zsh: what it offers is what --help tells, and what --help tells is what the options' parser takes."""
import os
import pathlib
import re
import shutil
import string
import subprocess
import sys

from daemon_lib import BIN, check, equal, run

ZHIWEN = os.path.abspath(os.path.join(BIN, "zhiwen"))
SOURCE = pathlib.Path(os.environ.get("ZHIWEN_SOURCE", "."))
SCRIPTS = SOURCE / "clients/zhiwen/completion"
ZSH = """
compdef() { :; }
compadd() { shift; print -l -- "$@"; }
_files() { print -- "FILES $*"; }
_describe() { local list=${@[-1]} entry; for entry in ${(P)list}; do print -r -- ${entry%%%%:*}; done }
words=(%s); CURRENT=%d
source %s
"""


def output(*command):
    return subprocess.run([ZHIWEN, *command], capture_output=True, text=True, timeout=60)


def commands():
    return re.findall(r"^  ([a-z]+) ", output("--help").stdout, re.M)


def options(*command):
    """From the help: each option, short ones too."""
    found = set()
    for line in output(*command, "--help").stdout.splitlines():
        if re.match(r" {2,6}-", line):
            found |= set(re.findall(r"(?:^|, )(-{1,2}[a-z][a-z-]*)", re.split(r"(?<=\S)  ", line, maxsplit=1)[0].strip()))
    return found


def bash(*words):
    script = 'source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _zhiwen; printf "%%s\\n" "${COMPREPLY[@]}"' % (
        SCRIPTS / "zhiwen.bash", " ".join("'%s'" % w for w in (ZHIWEN,) + words), len(words))
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=SOURCE)
    equal(done.stderr, "", "bash on %s" % (words,))
    return set(done.stdout.split("\n")) - {""}


def zsh(*words):
    done = subprocess.run(["zsh", "-f", "-c", ZSH % (" ".join("'%s'" % w for w in (ZHIWEN,) + words), len(words) + 1, SCRIPTS / "_zhiwen")],
                          capture_output=True, text=True, timeout=60, cwd=SOURCE)
    equal(done.stderr, "", "zsh on %s" % (words,))
    return set(done.stdout.split("\n")) - {""}


def offers(shell):
    every = commands()
    check(len(every) > 8, "commands: %s" % every)
    equal(shell("") - {"--help", "--version"}, set(every), "commands")
    for command in [[c] for c in every] + [["rules", "calibrate"]]:
        equal(shell(*command, "-"), options(*command), "options of %s" % command)
    equal(shell("rules", ""), {"check", "new", "calibrate"}, "words of rules")
    equal(shell("export", "--format", ""), {"jsonl", "csv", "sqlite"}, "formats")
    equal(shell("export", "--modality", ""), {"asserted", "planned", "required", "negated"}, "modalities")
    equal(shell("watch", "--count", ""), set(), "a number")


def in_bash():
    offers(bash)
    equal(bash("se"), {"send"}, "a beginning")
    check("README.md" in bash("send", "READ"), "files")
    check("README.md" in bash("export", "-o", "READ"), "a file for a short option")
    equal(bash("extract", "--rules", "test"), {"tests"}, "folders")


def in_zsh():
    if not shutil.which("zsh"):
        sys.exit(77)
    offers(zsh)
    equal(zsh("send", ""), {"FILES "}, "files")
    equal(zsh("export", "-o", ""), {"FILES "}, "a file for a short option")
    equal(zsh("extract", "--rules", ""), {"FILES -/"}, "folders")


def help_is_the_parsers():
    """getopt names the options that an abbreviation may stand for, so it can be asked for all it knows."""
    for command in [[c] for c in commands()] + [["rules", "calibrate"]]:
        known = set()
        for letter in string.ascii_lowercase:
            told = output(*command, "--%s=x" % letter, "--no-such-option").stderr
            if "unrecognized option '--%s=x'" % letter in told:
                continue
            named = set(re.findall(r"'(--[a-z-]+)'", told)) - {"--no-such-option"}
            if not named: # one option, which has taken the value
                named = set(re.findall(r"'(--[a-z-]+)'", output(*command, "--" + letter).stderr))
            known |= named
        equal({o for o in options(*command) if o.startswith("--")}, known, "options in the help of %s" % command)


run(in_bash, in_zsh, help_is_the_parsers)
