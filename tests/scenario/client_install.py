"""libzhiwen from an installed tree, as a stranger uses it: by pkg-config, by find_package, from C++; and what it shows of itself.

    client_install.py SCENARIO BUILD_DIR
"""
import glob
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from daemon_lib import Daemon, check, equal, run, text

SOURCE = pathlib.Path(os.environ.get("ZHIWEN_SOURCE", ".")).resolve()
BUILD = pathlib.Path(sys.argv.pop()).resolve()
CMAKE = """cmake_minimum_required(VERSION 3.13)
project(stranger C CXX)
find_package(zhiwen 0.1 REQUIRED)
add_executable(sender sender.c)
target_link_libraries(sender PRIVATE zhiwen::zhiwen)
add_executable(plus plus.cc)
target_link_libraries(plus PRIVATE zhiwen::zhiwen)
"""
PLUS = """#include <zhiwen.h>
#include <cstdio>
int main() { zw_position_t from = ZW_FROM_START; std::printf("%s %d\\n", zw_client_version(), from.at); }
"""


def do(*command, cwd=None, **env):
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=dict(os.environ, **env), capture_output=True, text=True, timeout=600)
    equal(done.returncode, 0, "%s\n%s%s" % (" ".join(map(str, command)), done.stdout, done.stderr))
    return done.stdout


class Installed:
    """The development files and the library below a folder of their own, then moved once: nothing may know where it was."""

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="zw-install-"))
        first, self.prefix = self.dir / "first", self.dir / "moved"
        for component in ("libzhiwen1", "libzhiwen-dev"):
            do("cmake", "--install", BUILD, "--prefix", first, "--component", component)
        first.rename(self.prefix)
        self.lib = pathlib.Path(glob.glob(str(self.prefix / "lib*/**/libzhiwen.so"), recursive=True)[0])
        symbols = do("nm", "-D", self.lib)
        self.sanitized = ["-fsanitize=address,undefined"] if "__asan" in symbols else []
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.dir)


def sends(program, lib):
    with Daemon().start() as d:
        lines = "".join(text(n).replace("\n", "") + "\n" for n in range(3))
        sent = subprocess.run([str(program)], input=lines, env=dict(os.environ, ZHIWEN_SOCKETS=d.dir, LD_LIBRARY_PATH=str(lib.parent)),
                              capture_output=True, text=True, timeout=120)
        equal((sent.returncode, sent.stdout.count(": new, article")), (0, 3), sent.stdout + sent.stderr)
        equal(d.stop(), 0, "exit")


def installed_library_builds_programs():
    with Installed() as i:
        pc = dict(PKG_CONFIG_PATH=str(i.lib.parent / "pkgconfig"))
        flags = do("pkg-config", "--cflags", "--libs", "zhiwen", **pc).split()
        check(do("pkg-config", "--modversion", "zhiwen", **pc).strip(), "a version")
        do("cc", "-Wall", "-Werror", "-pedantic", *i.sanitized, SOURCE / "clients/examples/sender.c", *flags, "-o", i.dir / "by_pkg_config")
        sends(i.dir / "by_pkg_config", i.lib)
        for name in ("subscriber", "store"):
            extra = ["-lsqlite3"] if name == "store" else []
            do("cc", "-Wall", *i.sanitized, SOURCE / "clients/examples" / (name + ".c"), *flags, *extra, "-o", i.dir / name)

        project = i.dir / "project"
        project.mkdir()
        shutil.copy(SOURCE / "clients/examples/sender.c", project)
        (project / "CMakeLists.txt").write_text(CMAKE)
        (project / "plus.cc").write_text(PLUS)
        options = ["-DCMAKE_%s_FLAGS=%s" % (kind, " ".join(i.sanitized)) for kind in ("C", "CXX")]
        do("cmake", "-S", project, "-B", project / "build", "-DCMAKE_PREFIX_PATH=%s" % i.prefix, *options, CMAKE_C_COMPILER_LAUNCHER="",
           CMAKE_CXX_COMPILER_LAUNCHER="")
        do("cmake", "--build", project / "build")
        sends(project / "build/sender", i.lib)
        out = do(project / "build/plus", LD_LIBRARY_PATH=str(i.lib.parent))
        check(re.match(r"\d+\.\d+\.\d+ 0$", out), out)


def only_the_map_is_visible():
    """The library shows what zhiwen.map names, all of which zhiwen.h declares, and needs only libzmq and the codec's library."""
    with Installed() as i:
        shown = {line.split()[-1].split("@")[0] for line in do("nm", "-D", "--defined-only", i.lib).splitlines() if " T " in line}
        mapped = set(re.findall(r"\b(zw_\w+);", (SOURCE / "clients/lib/zhiwen.map").read_text()))
        equal(sorted(shown - {s for s in shown if s.startswith("__")}), sorted(mapped), "symbols")
        headers = "".join(p.read_text() for p in i.prefix.glob("include/zhiwen/*.h"))
        equal([name for name in sorted(mapped) if not re.search(r"\b%s\(" % name, headers)], [], "declared by the installed headers")
        declared = set(re.findall(r"\b(zw_\w+)\(", (SOURCE / "clients/lib/zhiwen.h").read_text()))
        equal(sorted(declared - mapped), [], "and each function of zhiwen.h is there")
        about = do("readelf", "-d", i.lib)
        soname = re.search(r"SONAME.*\[(.*)\]", about)[1]
        check(re.fullmatch(r"libzhiwen\.so\.\d+", soname) and (i.lib.parent / soname).exists(), soname)
        needed = {n.split(".so")[0] for n in re.findall(r"NEEDED.*\[(.*)\]", about)}
        check(needed <= {"libzmq", "libmsgpackc", "libc", "libm", "libasan", "libubsan", "ld-linux-x86-64", "libpthread"}, needed)


run(installed_library_builds_programs, only_the_map_is_visible)
