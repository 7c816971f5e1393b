"""The shim (shim.c) for a daemon of one's own: compiled here, told what is to fail through a file that both map."""
import mmap
import os
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scenario"))
from daemon_lib import BIN  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ["sync_fails", "write_fails", "io_errno", "io_failed", "alloc_armed", "alloc_nth", "alloc_count", "alloc_failed", "clock_us"]


def sanitized():
    linked = subprocess.run(["ldd", os.path.join(BIN, "zhiwend")], capture_output=True, text=True).stdout
    return [line.split()[2] for line in linked.splitlines() if "libasan" in line or "libtsan" in line]


class Shim:
    """Reads and sets the fields of control_t as attributes. `env` is what the daemon is started with."""

    def __init__(self, alloc=False):
        self.__dict__["dir"] = tempfile.TemporaryDirectory(prefix="zw-shim-")
        so, control = os.path.join(self.dir.name, "shim.so"), os.path.join(self.dir.name, "control")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", so, os.path.join(HERE, "shim.c"), "-ldl"] + (["-DSHIM_ALLOC"] if alloc else []),
                       check=True)
        with open(control, "wb") as f:
            f.write(b"\0" * 8 * len(FIELDS))
        with open(control, "r+b") as f:
            self.__dict__["map"] = mmap.mmap(f.fileno(), 8 * len(FIELDS))
        # a sanitizer's run-time library wants to be the first
        self.__dict__["env"] = {"LD_PRELOAD": " ".join(sanitized() + [so]), "ZW_SHIM_CONTROL": control}

    def __getattr__(self, name):
        return struct.unpack_from("q", self.map, 8 * FIELDS.index(name))[0]

    def __setattr__(self, name, value):
        struct.pack_into("q", self.map, 8 * FIELDS.index(name), value)
