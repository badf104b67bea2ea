"""Runs the repository's own commands in an exported copy of the tree, inside bubblewrap: no network, no home, limits on all.

What is seen there of this machine is named below and read-only; the environment is made anew. Without a bubblewrap that works,
`isolation` is "" and nothing is run.
"""

from __future__ import annotations

import functools
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from copilot.adapters.export import export_tree
from copilot.adapters.git import Git
from copilot.adapters.toolchains import read_only_binds, search_path
from copilot.adapters.watch import Watch
from copilot.domain.operation import ChangeRequest, Limits
from copilot.domain.patch import Patch
from copilot.errors import SurroundingsFailed
from copilot.ports import Ran, Tree

PROBE_SECONDS = 20
INSIDE = "/repository"
HOME = "/home/sandbox"
TEMPORARY_BYTES_MAX = 256 * 1024 * 1024
FILE_BYTES_MAX = 512 * 1024 * 1024
# Address space is asked for more freely than memory is used (threads, maps, just-in-time compilers); the memory that is used,
# by all processes together, is what `Watch` holds to the limit.
ADDRESS_SPACE_FACTOR = 4
_WALLS = (
    "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
    "--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev",
    *("--size", str(TEMPORARY_BYTES_MAX), "--tmpfs", "/tmp", "--size", str(TEMPORARY_BYTES_MAX), "--tmpfs", HOME),
)  # fmt: skip


class BubblewrapSandbox:
    """The sandbox of one tree; `git` is the repository that the tree comes from, for the files that are no text."""

    def __init__(self, tree: Tree, git: Git | None = None, *, program: str = "bwrap") -> None:
        self._tree = tree
        self._git = git
        self._program = program
        self._ran: dict[tuple[str, str, Limits], Ran] = {}

    @functools.cached_property
    def isolation(self) -> str:
        """Names the isolation after having tried it once: "bubblewrap 0.8.0", or ""."""
        try:
            version = _ask([self._path, "--version"])
            works = _ask([self._path, *_WALLS, *read_only_binds(), "--", *_limited(Limits()), "true"])
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return version.stdout.strip() if version.returncode == works.returncode == 0 else ""

    @functools.cached_property
    def _path(self) -> str:
        """The program's own path, because the environment inside is another one."""
        return shutil.which(self._program) or self._program

    def run(self, command: str, patches: tuple[Patch, ...], request: ChangeRequest) -> Ran:
        """Runs a command, split as a shell would but without one, on the state after the last of `patches`, on the base for ().

        What ran once on a state is not run again, so the base costs one run however many alternatives there are. Raises
        SurroundingsFailed where the copy can't be written, ValueError for a command with open quotes.
        """
        assert self.isolation, "nothing is run without isolation"
        key = (command, patches[-1].digest if patches else "", request.limits)
        if key not in self._ran:
            self._ran[key] = self._run_in_copy(shlex.split(command), patches[-1] if patches else None, request.limits)
        return self._ran[key]

    def _run_in_copy(self, arguments: list[str], patch: Patch | None, limits: Limits) -> Ran:
        try:
            with tempfile.TemporaryDirectory(prefix="pipeline-copilot-sandbox-", ignore_cleanup_errors=True) as folder:
                copy = Path(folder, "repository")
                export_tree(self._tree, self._git, patch, copy)
                return self._run(arguments, copy, limits)
        except OSError as error:
            raise SurroundingsFailed(
                f"The copy to run commands in could not be made: {error.strerror}.",
                where=error.filename or tempfile.gettempdir(),
                next="Make room in the temporary folder, or name another one in TMPDIR.",
            ) from None

    def _run(self, arguments: list[str], copy: Path, limits: Limits) -> Ran:
        walls = [self._path, *_WALLS, *read_only_binds(), "--bind", str(copy), INSIDE, "--chdir", INSIDE]
        started = time.monotonic()
        with subprocess.Popen(
            [*walls, "--", *_limited(limits), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(),
            cwd="/",
        ) as process:
            stopped_by, output = Watch(process, limits).wait()
        return Ran(process.returncode, output, time.monotonic() - started, stopped_by)


def _environment() -> dict[str, str]:
    return {
        "PATH": search_path(),
        "HOME": HOME,
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "CI": "true",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _limited(limits: Limits) -> list[str]:
    """Returns the start of the command line inside the walls; there, the count of processes is that of the sandbox alone."""
    space = limits.command_memory_mib * ADDRESS_SPACE_FACTOR * 2**20
    return [
        "prlimit",
        f"--as={space}",
        f"--nproc={limits.command_processes}",
        f"--fsize={FILE_BYTES_MAX}",
        "--core=0",
        "--",
    ]


def _ask(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        capture_output=True,
        text=True,
        timeout=PROBE_SECONDS,
        stdin=subprocess.DEVNULL,
        env=_environment(),
        check=False,
    )
