"""Signing keys of people who exist only here, made by the real programs in temporary folders."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.repositories import git

SECONDS_MAX = 30


def ssh_key(folder: Path, name: str, passphrase: str = "") -> Path:
    """Makes an ed25519 key and returns the path of its private half; the public one lies beside it with ".pub"."""
    path = folder / name
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS_MAX)
    return path


def listed(keys: Iterable[tuple[str, Path]]) -> str:
    """Returns a file of allowed signers: (principal, key)."""
    public = ((name, " ".join(Path(f"{key}.pub").read_text("ascii").split()[:2])) for name, key in keys)
    return "".join(f"{name} {key}\n" for name, key in public)


def sits_down(repository: Path, name: str, key: Path, allowed: Path | str) -> None:
    """Makes a person, by mail NAME@example.org, the one whom git knows in that repository, with their key."""
    settings = {
        "user.name": name.capitalize(),
        "user.email": f"{name}@example.org",
        "gpg.format": "ssh",
        "user.signingkey": str(key),
        "gpg.ssh.allowedSignersFile": str(allowed),
    }
    for setting, value in settings.items():
        git(repository, "config", setting, value)
