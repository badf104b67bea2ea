"""Which parts of this machine a sandbox may see, read-only: the system's programs, and the tools on the search path.

Never a home folder as a whole, never the user's repository: of a tool's folder only what programs are made of.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store")
SYSTEM_FILES = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/ssl/certs",
)
TOOL_PARTS = ("bin", "lib", "lib64", "include", "libexec", "pyvenv.cfg", "jre", "node_modules")


def read_only_binds() -> list[str]:
    """Returns the arguments of bubblewrap that show these parts of the machine."""
    binds: list[str] = []
    for place in (*SYSTEM, *SYSTEM_FILES):
        if os.path.islink(place) and place in SYSTEM:
            binds += ["--symlink", os.readlink(place), place]
        else:
            binds += ["--ro-bind-try", place, place]
    for root in dict.fromkeys(_tool_roots()):
        for part in TOOL_PARTS:
            binds += ["--ro-bind-try", str(root / part), str(root / part)]
    return binds


def search_path() -> str:
    """Returns the search path for programs: the user's, then that of this program's own Python, as far as both are shown."""
    return ":".join(dict.fromkeys(str(folder) for folder in _folders()))


def _folders() -> Iterator[Path]:
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    for name in (*path, str(Path(sys.prefix, "bin"))):
        folder = Path(name)
        if folder.is_absolute() and folder.is_dir() and (_is_system(folder) or folder.name in ("bin", "sbin")):
            yield folder


def _tool_roots() -> Iterator[Path]:
    for folder in _folders():
        if not _is_system(folder):
            yield folder.parent
            for name in ("python", "python3"):
                # A virtual environment's Python is a link into the installation that it was made from.
                real = (folder / name).resolve()
                if real.is_file() and real.parent.name == "bin" and not _is_system(real):
                    yield real.parent.parent


def _is_system(path: Path) -> bool:
    return any(path.is_relative_to(place) for place in SYSTEM)
