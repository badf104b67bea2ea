"""What installed packages add is found, whichever way they were installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.plugins import load_formats


def install(folder: Path, name: str, entry_points: str) -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(entry_points)


def test_a_format_of_an_installed_package_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "other", "[console_scripts]\nother = other:main\n")
    install(tmp_path, "toml_of_old", "[pipeline_copilot.formats]\nold = toml_of_old:OldFormat\n")
    (tmp_path / "toml_of_old.py").write_text('class OldFormat:\n    name = "old"\n')

    before = set(load_formats())
    monkeypatch.syspath_prepend(tmp_path)

    assert set(load_formats()) - before == {"old"}
