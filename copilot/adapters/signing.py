"""Signs with the key that the person's git signs with, and finds out whose signature something carries.

`gpg.format` ssh runs ssh-keygen, openpgp runs gpg: lists of arguments, no controlling terminal (a prompt would draw over the
screen; an agent or a window asks instead), an environment of our own choosing, and a limit on time. Which program runs is the
person's own configuration, never that of a repository, because a copied folder brings its `.git/config` along.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.adapters.git import Git, GitFailed
from copilot.domain.approving import Signer
from copilot.errors import SurroundingsFailed

NAMESPACE = "pipeline-copilot"
SIGN_SECONDS = 60
"""Somebody may have to type a passphrase into a window, or touch a key."""
VERIFY_SECONDS = 20
SIGNATURE_CHARACTERS_MAX = 100_000
_KEPT = {
    "HOME", "PATH", "SSH_AUTH_SOCK", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "GNUPGHOME", "USER", "LOGNAME",
}  # fmt: skip
_SSH_HEADER, _PGP_HEADER = "-----BEGIN SSH SIGNATURE-----", "-----BEGIN PGP SIGNATURE-----"
_SSH_GOOD = re.compile(
    r"^Good \"" + NAMESPACE + r"\" signature (?:for (?P<name>.+) )?with \S+ key (?P<key>SHA256:\S+)$", re.MULTILINE
)
_LITERAL_KEY = re.compile(r"(?:key::)?(?P<key>(?:ssh-|ecdsa-|sk-)\S+ \S+.*)")


@dataclass(frozen=True, slots=True)
class SigningConfig:
    """What git's configuration says about signing. `key` and `signers` are "" where nothing is said."""

    format: str
    key: str
    signers: str
    revoked: str
    programs: Mapping[str, str]

    @property
    def is_ssh(self) -> bool:
        return self.format == "ssh"


class NotSigned(SurroundingsFailed):
    """The signing program gave no signature."""


def signing_config(git: Git) -> SigningConfig:
    """Reads it, of any scope; programs count only where the person's global configuration names them."""
    try:
        told = git.text("config", "--show-scope", "--null", "--get-regexp", r"^(gpg\..*|user\.signingkey)$", ok=(0, 1))
    except GitFailed as failed:
        raise SurroundingsFailed("git's configuration can't be read.", where=failed.where, next=failed.next) from None
    parts = told.split("\0")
    values: dict[str, str] = {}
    programs: dict[str, str] = {}
    for scope, entry in zip(parts[::2], parts[1::2], strict=False):
        name, _, value = entry.partition("\n")
        if name.endswith("program"):
            programs |= {name: value} if scope in ("global", "command") else {}
        else:
            values[name] = value
    return SigningConfig(
        values.get("gpg.format", "openpgp"),
        values.get("user.signingkey", "").strip(),
        values.get("gpg.ssh.allowedsignersfile", ""),
        values.get("gpg.ssh.revocationfile", ""),
        {
            "ssh": programs.get("gpg.ssh.program", "ssh-keygen"),
            "openpgp": programs.get("gpg.openpgp.program", programs.get("gpg.program", "gpg")),
        },
    )


def obstacle_to_signing(config: SigningConfig) -> tuple[str, str]:
    """Returns why nothing can be signed here and what to do about it, ("", "") where it can be tried."""
    if config.format not in config.programs:
        return f"gpg.format {config.format} is not known here", "Use ssh or openpgp: git config --global gpg.format ssh"
    if not config.key:
        return (
            "git knows no key of yours to sign with",
            "Name one: git config --global gpg.format ssh, and git config --global user.signingkey ~/.ssh/id_ed25519.pub",
        )
    if not _found(config.programs[config.format]):
        return f"{config.programs[config.format]} is not installed", "Install OpenSSH 8.2 or GnuPG 2.2, or a newer one."
    return "", ""


def sign(config: SigningConfig, data: bytes) -> tuple[str, str]:
    """Returns the armoured signature over the data, and the fingerprint of the key; raises NotSigned."""
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-") as folder:
        return _sign_ssh(config, data, Path(folder)) if config.is_ssh else _sign_pgp(config, data, Path(folder))


def verified(config: SigningConfig, signers: bytes, data: bytes, signature: str) -> Signer | str:
    """Returns whose signature it is, or why it counts for nothing; `signers` is a file of allowed signers for ssh.

    An OpenPGP key counts where the keyring of this person trusts it fully.
    """
    if len(signature) > SIGNATURE_CHARACTERS_MAX:
        return f"its signature has more than {SIGNATURE_CHARACTERS_MAX} characters"
    with tempfile.TemporaryDirectory(prefix="pipeline-copilot-") as folder:
        place = Path(folder)
        (place / "signature").write_text(signature, "utf-8", errors="replace")
        (place / "data").write_bytes(data)
        if signature.startswith(_SSH_HEADER):
            (place / "signers").write_bytes(signers)
            return _verified_ssh(config, data, place)
        if signature.startswith(_PGP_HEADER):
            return _verified_pgp(config, place)
    return "it carries no signature" if not signature else "its signature is of no kind that is known"


def _sign_ssh(config: SigningConfig, data: bytes, place: Path) -> tuple[str, str]:
    literal = _LITERAL_KEY.fullmatch(config.key)
    if literal:
        (place / "key.pub").write_text(literal["key"] + "\n", "utf-8")
    key = str(place / "key.pub") if literal else os.path.expanduser(config.key)
    options = ("-U",) if literal else ()
    program = config.programs["ssh"]
    done = _run([program, "-Y", "sign", "-n", NAMESPACE, "-f", key, *options], data, SIGN_SECONDS, place)
    signature = done.stdout.decode("ascii", "replace")
    if done.returncode != 0 or not signature.startswith(_SSH_HEADER):
        raise _not_signed(done, "Load the key into the agent: ssh-add FILE. A prompt can't be answered on this screen.")
    (place / "signature").write_text(signature, "ascii")
    seen = _run(
        ["ssh-keygen", "-Y", "check-novalidate", "-n", NAMESPACE, "-s", str(place / "signature")],
        data,
        VERIFY_SECONDS,
        place,
    )
    good = _SSH_GOOD.search(_said(seen))
    if seen.returncode != 0 or good is None:
        raise _not_signed(seen, "")
    return signature, good["key"]


def _verified_ssh(config: SigningConfig, data: bytes, place: Path) -> Signer | str:
    if not _found("ssh-keygen"):
        return "ssh-keygen is not installed, so its signature can't be verified"
    files = ["-s", str(place / "signature"), "-f", str(place / "signers")]
    names = _run(["ssh-keygen", "-Y", "find-principals", *files], b"", VERIFY_SECONDS, place)
    found = names.stdout.decode("utf-8", "replace").split("\n")[0].strip() if names.returncode == 0 else ""
    if not found:
        return "its key is not among the allowed signers"
    revoked = ["-r", os.path.expanduser(config.revoked)] if config.revoked else []
    seen = _run(
        ["ssh-keygen", "-Y", "verify", *files, "-n", NAMESPACE, "-I", found, *revoked], data, VERIFY_SECONDS, place
    )
    good = _SSH_GOOD.search(_said(seen))
    if seen.returncode != 0 or good is None:
        return "its signature is not one over this plan by an allowed signer"
    return Signer(good["key"], found)


def _sign_pgp(config: SigningConfig, data: bytes, place: Path) -> tuple[str, str]:
    options = ["--batch", "--no-tty", "--armor", "--detach-sign", "--local-user", config.key]
    done = _run([config.programs["openpgp"], *options], data, SIGN_SECONDS, place)
    signature = done.stdout.decode("ascii", "replace")
    if done.returncode != 0 or not signature.startswith(_PGP_HEADER):
        raise _not_signed(
            done,
            "Unlock the key first: gpg --clearsign asks for its passphrase. A prompt can't be answered on this screen.",
        )
    (place / "signature").write_text(signature, "ascii")
    (place / "data").write_bytes(data)
    key = _status(_run(_pgp_verify(config, place), b"", VERIFY_SECONDS, place)).get("VALIDSIG", [""])[-1]
    return signature, key.split(" ")[-1]


def _pgp_verify(config: SigningConfig, place: Path) -> list[str]:
    options = ["--batch", "--no-tty", "--no-auto-key-retrieve", "--auto-key-locate", "local", "--status-fd", "1"]
    return [config.programs["openpgp"], *options, "--verify", str(place / "signature"), str(place / "data")]


def _verified_pgp(config: SigningConfig, place: Path) -> Signer | str:
    if not _found(config.programs["openpgp"]):
        return "gpg is not installed, so its signature can't be verified"
    done = _run(_pgp_verify(config, place), b"", VERIFY_SECONDS, place)
    status = _status(done)
    if done.returncode != 0 or any(len(status.get(word, ())) != 1 for word in ("GOODSIG", "VALIDSIG")):
        return "its signature is not one over this plan by a key of your keyring"
    if "TRUST_FULLY" not in status and "TRUST_ULTIMATE" not in status:
        return "your keyring does not trust its key; gpg --lsign-key does, once you know whose it is"
    return Signer(status["VALIDSIG"][0].split(" ")[-1], status["GOODSIG"][0].partition(" ")[2])


def _status(done: subprocess.CompletedProcess[bytes]) -> dict[str, list[str]]:
    """Returns gpg's machine-readable lines by their keyword."""
    found: dict[str, list[str]] = {}
    for line in done.stdout.decode("utf-8", "replace").split("\n"):
        if line.startswith("[GNUPG:] "):
            word, _, rest = line.removeprefix("[GNUPG:] ").partition(" ")
            found.setdefault(word, []).append(rest)
    return found


def _run(command: Sequence[str], data: bytes, seconds: float, place: Path) -> subprocess.CompletedProcess[bytes]:
    program = _found(command[0])
    if not program:
        raise NotSigned(f"{command[0]} is not installed.", next="Install it, or sign with another gpg.format.")
    environment = {name: value for name, value in os.environ.items() if name in _KEPT} | {"LC_ALL": "C"}
    try:
        return subprocess.run(
            [program, *command[1:]],
            input=data,
            capture_output=True,
            env=environment,
            cwd=place,
            timeout=seconds,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        next = "Load the key into an agent, and touch a hardware key when it blinks."
        raise NotSigned(f"{command[0]} gave no answer within {seconds:g} seconds.", next=next) from None
    except OSError as error:
        raise NotSigned(f"{command[0]} could not be started: {error.strerror}.") from None


def _found(program: str) -> str:
    """Returns the full path of a program, "" where it isn't here or only below a relative folder of the search path."""
    found = shutil.which(os.path.expanduser(program)) or ""
    return found if os.path.isabs(found) else ""


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")


def _not_signed(done: subprocess.CompletedProcess[bytes], next: str) -> NotSigned:
    """Returns the error with the last thing that the program said; what it read of a key is never in that."""
    lines = [line.strip() for line in done.stderr.decode("utf-8", "replace").split("\n") if line.strip()]
    said = [line for line in lines if not line.startswith("Signing data")]
    return NotSigned(f"Nothing was signed: {said[-1][:200] if said else f'status {done.returncode}'}", next=next)
