"""Prints how soon a screen is there and how fast it answers, beside a bare Textual application in the same run.

"First frame" is the wall time from starting the process to the first frame that shows the marker, on a terminal of 120 by 40 (a
pseudo-terminal, nothing else drawn), with the index warm. The peer is the smallest application with an input line and a footer.
Rounds alternate; the fastest counts, and the median stands beside it, since others may use the machine. Nothing fails; a promise
that is not kept is marked.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

from copilot.example.build import build_repository

ROUNDS = 11
PROMISED_RATIO = 1.6
SECONDS_MAX = 60.0
# Without its first letter, which the cursor stands on in a colour of its own.
MARKER = b"should change?"
PEER = f"""
from textual.app import App
from textual.widgets import Footer, Input

class Bare(App):
    def compose(self):
        yield Input(placeholder="What {MARKER.decode()}")
        yield Footer()

Bare().run()
"""
PRODUCT = "from copilot.cli.main import run; run()"


def first_frame(code: str, folder: Path, home: Path) -> float:
    """Returns the seconds from starting Python on `code` to the frame that shows the marker."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = {**os.environ, "HOME": str(home), "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        return _seen(master, began)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)


def _seen(master: int, began: float) -> float:
    data = b""
    while time.perf_counter() - began < SECONDS_MAX:
        if select.select([master], [], [], 1.0)[0]:
            data += os.read(master, 65536)
            if MARKER in data:
                return time.perf_counter() - began
    raise SystemExit(f"no frame within {SECONDS_MAX:g} s; the terminal got:\n{data[-2000:].decode(errors='replace')}")


def main() -> None:
    """Prints the table."""
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-screen-") as name:
        home = Path(name)
        shop = home / "shop"
        build_repository(shop)
        environment = {**os.environ, "HOME": name}
        subprocess.run(
            [sys.executable, "-c", PRODUCT, "map", str(shop)], env=environment, check=True, stdout=subprocess.DEVNULL
        )
        rounds = [(first_frame(PEER, shop, home), first_frame(PRODUCT, shop, home)) for _ in range(ROUNDS)]
    for name, take in (("fastest", min), ("median", statistics.median)):
        peer, product = (take(seconds) for seconds in zip(*rounds, strict=True))
        ratio = product / peer
        mark = "" if ratio <= PROMISED_RATIO else f"  MORE THAN THE {PROMISED_RATIO:g} PROMISED"
        print(
            f"{name:<8} first frame of a bare application {peer:.3f} s, of the repository {product:.3f} s: {ratio:.2f} x{mark}"
        )


if __name__ == "__main__":
    main()
