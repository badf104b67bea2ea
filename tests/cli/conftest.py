"""What tests of a model behind the command line share: the scripted server that requests go to, and a copy of the example."""

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
