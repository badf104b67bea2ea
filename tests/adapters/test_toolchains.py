from __future__ import annotations

import sys
from pathlib import Path

import pytest

from copilot.adapters.toolchains import read_only_binds, search_path


def shown(monkeypatch: pytest.MonkeyPatch, path: str) -> set[str]:
    monkeypatch.setenv("PATH", path)
    binds = read_only_binds()
    return {binds[at + 1] for at, word in enumerate(binds) if word.startswith("--ro-bind")}


def test_of_a_tools_folder_only_what_programs_are_made_of_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()

    places = shown(monkeypatch, f"/usr/bin:{tmp_path}/bin")

    assert {f"{tmp_path}/bin", f"{tmp_path}/lib"} <= places
    assert not places & {str(tmp_path), str(Path.home()), "/", "/etc", "/home", "/root", "/tmp", "/var", "/run"}


def test_a_virtual_environment_brings_the_installation_it_was_made_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    installed, environment = tmp_path / "installed" / "bin", tmp_path / "environment" / "bin"
    installed.mkdir(parents=True)
    environment.mkdir(parents=True)
    (installed / "python3").write_text("")
    (environment / "python").symlink_to(installed / "python3")

    assert str(tmp_path / "installed" / "lib") in shown(monkeypatch, str(environment))


def test_folders_that_are_not_shown_are_not_searched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    monkeypatch.setenv("PATH", f"relative/bin:{tmp_path}/scripts:{tmp_path}/missing/bin:/usr/bin:/usr/bin")

    assert search_path().split(":") == list(dict.fromkeys(["/usr/bin", f"{sys.prefix}/bin"]))
