"""Watches a process and all that it started: ends it at a limit, names that limit, and keeps the end of its output."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from copilot.domain.operation import Limits

LOOK_SECONDS = 0.1
GRACE_SECONDS = 10
CHUNK_BYTES = 65536
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Use:
    """What a process and its descendants use together."""

    processes: int
    memory_bytes: int


class Watch:
    """Holds one process to its limits; its output must come through a pipe."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self._limits = limits
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._dropped_bytes = 0

    def wait(self) -> tuple[str, str]:
        """Returns the limit that ended the process ("" where it ended by itself), and the last of its output."""
        reader = threading.Thread(target=self._read, daemon=True)
        reader.start()
        stopped_by = self._look()
        if stopped_by:
            self._process.kill()
        self._process.wait()
        reader.join(GRACE_SECONDS)
        return stopped_by, self._output()

    def _look(self) -> str:
        limits = self._limits
        ends = time.monotonic() + limits.command_seconds
        while True:
            try:
                self._process.wait(min(LOOK_SECONDS, max(ends - time.monotonic(), 0)))
            except subprocess.TimeoutExpired:
                pass
            else:
                return ""
            if time.monotonic() >= ends:
                return f"limit of {limits.command_seconds} seconds"
            use = use_of(self._process.pid)
            if use.processes > limits.command_processes:
                return f"limit of {limits.command_processes} processes"
            if use.memory_bytes > limits.command_memory_mib * 2**20:
                return f"limit of {limits.command_memory_mib} MiB of memory"

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        limit = self._limits.command_output_kib * 1024
        while chunk := os.read(pipe.fileno(), CHUNK_BYTES):
            self._kept.append(chunk)
            self._kept_bytes += len(chunk)
            while self._kept_bytes - len(self._kept[0]) >= limit:
                gone = len(self._kept.popleft())
                self._kept_bytes -= gone
                self._dropped_bytes += gone

    def _output(self) -> str:
        limit = self._limits.command_output_kib * 1024
        data = b"".join(self._kept)
        dropped = self._dropped_bytes + max(len(data) - limit, 0)
        text = data[-limit:].decode("utf-8", "replace")
        if not dropped:
            return text
        return f"({dropped // 1024} KiB before this are left out, over the limit of {limit // 1024} KiB)\n{text}"


def use_of(root: int) -> Use:
    """Returns what a process and its descendants use now, read from /proc; processes that end meanwhile don't count."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path("/proc", name, "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(name)], pages[int(name)] = int(fields[1]), int(fields[21])
    inside = {root}
    grew = True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in inside} - inside
        inside |= more
        grew = bool(more)
    return Use(len(inside), sum(pages.get(pid, 0) for pid in inside) * _PAGE_BYTES)
