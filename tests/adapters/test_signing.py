"""Signing with git's key and finding out whose signature it is, by the real programs."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.adapters.git import Git
from copilot.adapters.signing import (
    NotSigned,
    SigningConfig,
    obstacle_to_signing,
    sign,
    signing_config,
    verified,
)
from copilot.domain.approving import Signer
from tests.keys import listed, ssh_key
from tests.repositories import git, init

DATA = b'{"approves": "a plan"}\n'
PROGRAMS = {"ssh": "ssh-keygen", "openpgp": "gpg"}


def config_of(key: Path | str, format: str = "ssh") -> SigningConfig:
    return SigningConfig(format, str(key), "", "", PROGRAMS)


@pytest.mark.tool("ssh-keygen")
def test_an_ssh_signature_is_that_of_the_listed_person(tmp_path: Path) -> None:
    ada = ssh_key(tmp_path, "ada")

    signature, key = sign(config_of(ada), DATA)

    signers = listed([("ada@example.org", ada)]).encode()
    assert verified(config_of(ada), signers, DATA, signature) == Signer(key, "ada@example.org")
    assert key.startswith("SHA256:")


@pytest.mark.tool("ssh-keygen")
def test_an_ssh_signature_over_other_bytes_counts_for_nothing(tmp_path: Path) -> None:
    ada = ssh_key(tmp_path, "ada")
    signature, _ = sign(config_of(ada), DATA)

    found = verified(config_of(ada), listed([("ada@example.org", ada)]).encode(), DATA + b" ", signature)

    assert found == "its signature is not one over this plan by an allowed signer"


@pytest.mark.tool("ssh-keygen")
def test_a_key_that_is_not_listed_counts_for_nothing(tmp_path: Path) -> None:
    ada, bob = ssh_key(tmp_path, "ada"), ssh_key(tmp_path, "bob")
    signature, _ = sign(config_of(bob), DATA)

    found = verified(config_of(ada), listed([("ada@example.org", ada)]).encode(), DATA, signature)

    assert found == "its key is not among the allowed signers"


@pytest.mark.tool("ssh-keygen")
@pytest.mark.parametrize("options", ['namespaces="git"', 'valid-before="20200101"'])
def test_a_key_that_is_listed_for_something_else_counts_for_nothing(tmp_path: Path, options: str) -> None:
    ada = ssh_key(tmp_path, "ada")
    signature, _ = sign(config_of(ada), DATA)
    signers = listed([(f"ada@example.org {options}", ada)]).encode()

    assert isinstance(verified(config_of(ada), signers, DATA, signature), str)


@pytest.mark.tool("ssh-keygen")
def test_a_revoked_key_counts_for_nothing(tmp_path: Path) -> None:
    ada = ssh_key(tmp_path, "ada")
    signature, _ = sign(config_of(ada), DATA)
    revoked = replace(config_of(ada), revoked=f"{ada}.pub")

    assert isinstance(verified(revoked, listed([("ada@example.org", ada)]).encode(), DATA, signature), str)


@pytest.mark.tool("ssh-keygen")
def test_a_signature_of_another_purpose_counts_for_nothing(tmp_path: Path) -> None:
    """A signed commit must not become an approval."""
    ada = ssh_key(tmp_path, "ada")
    command = ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(ada)]
    done = subprocess.run(command, input=DATA, capture_output=True, check=True, timeout=30)

    found = verified(config_of(ada), listed([("ada@example.org", ada)]).encode(), DATA, done.stdout.decode())

    assert isinstance(found, str)


@pytest.mark.tool("ssh-keygen")
def test_a_key_with_a_passphrase_is_not_asked_for_on_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSH_AUTH_SOCK", "DISPLAY", "SSH_ASKPASS"):
        monkeypatch.delenv(name, raising=False)
    ada = ssh_key(tmp_path, "ada", "open sesame")

    with pytest.raises(NotSigned, match="Nothing was signed") as caught:
        sign(config_of(ada), DATA)

    assert "ssh-add" in caught.value.next
    assert "PRIVATE KEY" not in str(caught.value)


@pytest.mark.parametrize("signature", ["", "no signature", "-----BEGIN SSH SIGNATURE-----\n\x1b[31m", "x" * 200_000])
def test_what_is_no_signature_counts_for_nothing(signature: str) -> None:
    assert isinstance(verified(config_of(""), b"", DATA, signature), str)


@pytest.mark.tool("gpg")
def test_an_openpgp_signature_counts_where_the_keyring_trusts_its_key(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("g")
    home.chmod(0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    made = ["gpg", "--batch", "--passphrase", "", "--quick-generate-key", "Ada <ada@example.org>", "ed25519", "sign"]
    try:
        subprocess.run(made, check=True, capture_output=True, timeout=60)
        config = config_of("ada@example.org", "openpgp")

        signature, key = sign(config, DATA)

        assert verified(config, b"", DATA, signature) == Signer(key, "Ada <ada@example.org>")
        assert len(key) == 40
        assert isinstance(verified(config, b"", DATA + b" ", signature), str)
        trust = f"{key}:3:\n".encode()
        subprocess.run(["gpg", "--import-ownertrust"], input=trust, check=True, capture_output=True, timeout=30)
        distrusted = verified(config, b"", DATA, signature)
        assert isinstance(distrusted, str)
        assert "does not trust" in distrusted
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], capture_output=True, timeout=30, check=False)


def test_what_git_says_is_read_and_a_program_only_of_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "global").write_text('[gpg "ssh"]\n\tprogram = /opt/sign\n[gpg]\n\tformat = ssh\n', "utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    init(tmp_path / "shop")
    git(tmp_path / "shop", "config", "user.signingkey", "~/.ssh/id.pub")
    git(tmp_path / "shop", "config", "gpg.program", "/tmp/evil")

    config = signing_config(Git(tmp_path / "shop"))

    assert (config.format, config.key) == ("ssh", "~/.ssh/id.pub")
    assert config.programs == {"ssh": "/opt/sign", "openpgp": "gpg"}


def test_where_nothing_can_be_signed_it_is_said_what_to_do() -> None:
    assert "no key of yours" in obstacle_to_signing(config_of(""))[0]
    assert "x509" in obstacle_to_signing(config_of("k", "x509"))[0]


def test_where_the_program_is_missing_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)

    assert "not installed" in obstacle_to_signing(config_of("k"))[0]
    with pytest.raises(NotSigned, match="not installed"):
        sign(config_of("k"), DATA)
    assert "not installed" in str(verified(config_of("k"), b"", DATA, "-----BEGIN SSH SIGNATURE-----\n"))
