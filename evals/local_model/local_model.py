"""Runs a small language model behind the Messages API, on loopback only: starts, stops and inspects its server.

What it needs is fetched by `fetching` into one cache folder; the server has a virtual environment of its own.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fetching import DEFAULT_MODEL, MODELS, Deadline, Failure, ensure_server, ensure_weights, is_fetched, note

TEMPLATE = Path(__file__).resolve().parent / "chatml-tools.jinja"
NOT_THERE = 3


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self").exists():
            return ""
    done = subprocess.run(
        ["ps", "-o", "command=", "-ww", "-p", str(pid)], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return done.stdout.strip()


def alive(state: dict[str, Any]) -> bool:
    """True only for the very process that was started: the run id is in its arguments."""
    return bool(state) and state["run"] in command_line(state["pid"])


def read_state(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def health(state: dict[str, Any], timeout: float = 2.0) -> bool:
    try:
        with urllib.request.urlopen(state["base_url"] + "/health", timeout=timeout) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def stop_process(state: dict[str, Any], state_file: Path) -> bool:
    was = alive(state)
    if was:
        os.kill(state["pid"], signal.SIGTERM)
        end = time.monotonic() + 10
        while alive(state) and time.monotonic() < end:
            time.sleep(0.1)
        if alive(state):
            os.kill(state["pid"], signal.SIGKILL)
            time.sleep(0.2)
    state_file.unlink(missing_ok=True)
    return was


def free_port(wanted: int = 0) -> int:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as err:
            raise Failure(f"port {wanted} cannot be used: {err.strerror}") from None
        return probe.getsockname()[1]


def tail(path: Path, count: int = 8) -> str:
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return "(no log)"
    if "Traceback (most recent call last):" in lines:  # the server's own words come before it
        lines = lines[: lines.index("Traceback (most recent call last):")] + lines[-1:]
    return "\n  ".join(lines[-count:])


def launch(
    python: Path, gguf: Path, options: argparse.Namespace, state_file: Path, deadline: Deadline
) -> dict[str, Any]:
    log = state_file.with_suffix(".log")
    state = {
        "run": secrets.token_hex(8),
        "model": options.model,
        "gguf": str(gguf),
        "port": free_port(options.port),
        "api_key": secrets.token_urlsafe(18),
    }
    state["base_url"] = f"http://127.0.0.1:{state['port']}"
    settings = {
        "gguf": str(gguf),
        "alias": options.model,
        "port": state["port"],
        "ctx": options.ctx,
        "threads": options.threads,
        "slots": options.slots,
        "template": "" if options.native_template else str(TEMPLATE),
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(python), str(Path(__file__).resolve()), "_serve", state["run"]],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=state_file.parent,
            env={**os.environ, "LOCAL_MODEL_SETTINGS": json.dumps({**settings, "key": state["api_key"]})},
        )
    state["pid"] = process.pid
    state_file.touch(mode=0o600)
    state_file.write_text(json.dumps(state))
    began = time.monotonic()
    try:
        while process.poll() is not None or not health(state):
            code = process.poll()
            if code is not None:
                why = " (illegal instruction: the wheel does not suit this processor)" if code == -4 else ""
                raise Failure(f"the server ended with status {code}{why}; last log lines:\n  {tail(log)}")
            if time.monotonic() - began > options.health_timeout:
                raise Failure(
                    f"no answer on {state['base_url']}/health after "
                    f"{options.health_timeout:.0f} s; last log lines:\n  {tail(log)}"
                )
            deadline.left()
            time.sleep(0.2)
    except BaseException:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        state_file.unlink(missing_ok=True)
        raise
    state["start_seconds"] = round(time.monotonic() - began, 1)
    state_file.write_text(json.dumps(state))
    return state


def serve() -> None:
    """The child process: runs inside the server's virtual environment."""
    settings = json.loads(os.environ.pop("LOCAL_MODEL_SETTINGS"))
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["gguf"]
    params.model_alias = {settings["alias"]}
    params.hostnames = ["127.0.0.1"]
    params.port = settings["port"]
    params.api_keys = [settings["key"]]
    params.n_ctx = settings["ctx"] * settings["slots"]
    params.n_parallel = settings["slots"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.use_jinja = True
    if settings["template"]:
        params.chat_template = Path(settings["template"]).read_text()
    params.offline = True
    params.ui = False
    params.endpoint_slots = False
    server = xllamacpp.Server(params)
    print("listening on", server.listening_address, flush=True)
    while True:
        signal.pause()


def show(state: dict[str, Any], export: bool) -> None:
    if export:
        print(f"export ANTHROPIC_BASE_URL={state['base_url']}")
        print(f"export ANTHROPIC_API_KEY={state['api_key']}")
        return
    for key in ("base_url", "api_key", "model", "pid"):
        print(f"{key}={state[key]}")


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="start.sh", description="A small local language model behind the Anthropic Messages API."
    )
    parser.add_argument("command", nargs="?", choices=("start", "stop", "status", "fetch", "fetched"), default="start")
    parser.add_argument(
        "cache",
        nargs="?",
        help="cache folder; default $XDG_CACHE_HOME/pipeline-copilot/"
        "local-model, or ~/.cache/... without that variable",
    )
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        help=f"one of {', '.join(MODELS)} (default {DEFAULT_MODEL}), or a label for --gguf",
    )
    parser.add_argument("--gguf", help="use this ChatML GGUF file instead of packaged weights")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--ctx", type=int, default=8192, help="context tokens per slot (default 8192)")
    parser.add_argument("--slots", type=int, default=1, help="requests served at once (default 1)")
    parser.add_argument(
        "--threads",
        type=int,
        default=max(1, (os.cpu_count() or 2) - 1),
        help="default: all cores but one; with none left over, any other load stalls it",
    )
    parser.add_argument(
        "--native-template",
        action="store_true",
        help="use the chat template inside the GGUF file (forced tools then fail)",
    )
    parser.add_argument("--timeout", type=float, default=900, help="seconds for the whole start (default 900)")
    parser.add_argument("--health-timeout", type=float, default=120, help="seconds to wait for the server")
    parser.add_argument("--export", action="store_true", help="print shell export lines instead")
    options = parser.parse_args(argv)
    if not options.gguf and options.model not in MODELS:
        parser.error(f"unknown model {options.model!r}; known: {', '.join(MODELS)}")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", options.model):
        parser.error("the model label may hold letters, digits, dot, dash and underscore only")
    return options


@contextmanager
def locked(run: Path, deadline: Deadline) -> Iterator[None]:
    """Lets one start or stop of this cache at a time go on."""
    with (run / "lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                deadline.left()
                time.sleep(0.3)
        yield


def start(options: argparse.Namespace, cache: Path, state_file: Path, deadline: Deadline) -> int:
    state = read_state(state_file)
    if alive(state) and health(state):
        note(f"{options.model}: already running")
        show(state, options.export)
        return 0
    stop_process(state, state_file)
    python = ensure_server(cache, deadline)
    gguf = Path(options.gguf).expanduser().resolve() if options.gguf else None
    if gguf and not gguf.is_file():
        raise Failure(f"no such file: {gguf}")
    state = launch(
        python, gguf or ensure_weights(cache, options.model, python, deadline), options, state_file, deadline
    )
    note(f"{options.model}: ready after {state['start_seconds']} s")
    show(state, options.export)
    return 0


def main(argv: list[str]) -> int:
    options = parse(argv)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    cache = Path(options.cache or Path(base) / "pipeline-copilot" / "local-model").expanduser().resolve()
    if options.command == "fetched":
        return 0 if is_fetched(cache, options.model) else NOT_THERE
    deadline, run = Deadline(options.timeout), cache / "run"
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise Failure(f"cannot use the cache folder: {err}") from None
    state_file = run / f"{options.model}.json"
    with locked(run, deadline):
        state = read_state(state_file)
        if options.command == "status":
            if not (alive(state) and health(state)):
                note(f"{options.model}: not running")
                return NOT_THERE
            show(state, options.export)
        elif options.command == "stop":
            note(f"{options.model}: " + ("stopped" if stop_process(state, state_file) else "was not running"))
        elif options.command == "fetch":
            ensure_weights(cache, options.model, ensure_server(cache, deadline), deadline)
            note(f"{options.model}: here")
        else:
            return start(options, cache, state_file, deadline)
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["_serve"]:
        serve()
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as err:
        print(f"error: {err}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
