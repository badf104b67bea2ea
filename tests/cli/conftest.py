"""What tests of a model behind the command line share: the scripted server that requests go to, a copy of the example,
and a folder for the person's own configuration."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.line import example
from tests.messages_server import MessagesServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesServer]:
    with MessagesServer() as started:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", started.base_url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "key-of-a-test")
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(example(), tmp_path / "shop", symlinks=True))


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The person's own configuration, which is empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    own = tmp_path / "own" / "pipeline-copilot"
    own.mkdir(parents=True)
    return own
