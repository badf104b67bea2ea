"""What the gate provides from outside, decoders of other languages and a model; a test of them has the marker `tool`."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from copilot.adapters.line_program import LineProgram
from copilot.formats.avro import AvroFormat
from copilot.formats.avro.outside import OutsideDecoder, avsc_decoder, java_decoder

JAVA_JARS = "TESTS_JAVA_JARS"
AVSC_FOLDER = "TESTS_AVSC_FOLDER"
KAFKA_FOLDER = "TESTS_KAFKA_FOLDER"
INSPECT_FOLDER = "TESTS_INSPECT_FOLDER"
LOCAL_MODEL = "TESTS_LOCAL_MODEL"
LOCAL_MODEL_PROGRAM = Path(__file__).parent.parent / "evals" / "local_model" / "local_model.py"
LOCAL_MODEL_SECONDS_MAX = 120
NOT_RUN = pytest.StashKey[dict[str, str]]()
"""The tests that lack a tool, with its name: the run ends with a table of them."""


@functools.cache
def java() -> OutsideDecoder:
    return java_decoder(LineProgram, "java", os.environ[JAVA_JARS].split(os.pathsep))


@functools.cache
def avsc() -> OutsideDecoder:
    return avsc_decoder(LineProgram, "node", os.environ[AVSC_FOLDER])


def format_with(*decoders: OutsideDecoder) -> AvroFormat:
    return AvroFormat(lambda: decoders)


def local_model_command(*arguments: str) -> tuple[str, ...]:
    """Returns the command that fetches, starts and stops the local model in the cache of the gate."""
    command, *options = arguments
    return (sys.executable, str(LOCAL_MODEL_PROGRAM), command, os.environ.get(LOCAL_MODEL, ""), *options)


@contextmanager
def local_model() -> Iterator[dict[str, str]]:
    """Starts the local model and yields the variables that lead a client to it; stops it, where it did not run before."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = local_model_command(*arguments)
        return subprocess.run(command, capture_output=True, text=True, timeout=LOCAL_MODEL_SECONDS_MAX, check=False)

    ran_before = run("status").returncode == 0
    started = run("start")
    assert started.returncode == 0, started.stderr
    told = dict(line.split("=", 1) for line in started.stdout.split())
    try:
        yield {
            "ANTHROPIC_BASE_URL": told["base_url"],
            "ANTHROPIC_API_KEY": told["api_key"],
            "PIPELINE_COPILOT_MODEL": told["model"],
        }
    finally:
        if not ran_before:
            run("stop")


def not_run(item: pytest.Item, name: str) -> NoReturn:
    """Skips a test for want of a tool, and has it named at the end of the run."""
    item.config.stash[NOT_RUN][item.nodeid] = name
    pytest.skip(f"{name} is missing or doesn't work here")
