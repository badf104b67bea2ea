"""What all tests share: a test that needs an outside tool is skipped, and named at the end, where the tool is missing."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile

import pytest
from hypothesis import HealthCheck, settings

from copilot.adapters.own_settings import AVSC_VARIABLE, JAVA_VARIABLE
from tests.outside import (
    AVSC_FOLDER,
    INSPECT_FOLDER,
    JAVA_JARS,
    KAFKA_FOLDER,
    LOCAL_MODEL,
    NOT_RUN,
    local_model_command,
    not_run,
)

# How fast a machine draws examples says nothing about the program; a busy one must not fail the gate.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

PROBE_SECONDS_MAX = 20
# Where `make model` puts it, seen before the tests get a cache of their own.
_CACHE = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
os.environ.setdefault(LOCAL_MODEL, os.path.join(_CACHE, "pipeline-copilot", "local-model"))
# A tool that is there may still not work: containers often forbid the namespaces that bubblewrap is made of.
PROBES = {
    "bwrap": ("bwrap", "--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "true"),
    "tmux": ("tmux", "-V"),
    # It has no option that does nothing; the probe is whether it is there.
    "ssh-keygen": ("sh", "-c", "command -v ssh-keygen"),
    # Part of the JDK, which is what runs a source file; the class is that of Avro in whichever jars the gate names.
    "avro-java": ("javap", "-cp", os.environ.get(JAVA_JARS, "."), "org.apache.avro.Schema"),
    "avsc": ("node", "-e", f"require.resolve('avsc', {{paths: [process.env.{AVSC_FOLDER}]}})"),
    # Loaded by the Python that runs the tests, whose extension modules it needs.
    "confluent-kafka": (
        sys.executable,
        "-c",
        f"import os, sys; sys.path[:0] = filter(None, [os.environ.get('{KAFKA_FOLDER}')]); import confluent_kafka.admin",
    ),
    # In a folder of its own, as it brings other libraries along.
    "inspect": ("test", "-e", os.path.join(os.environ.get(INSPECT_FOLDER, ""), "inspect_ai", "__init__.py")),
    "local model": local_model_command("fetched"),
}
# A model that the person has must not be asked, or paid, for a test.
MODEL_VARIABLES = (
    "PIPELINE_COPILOT_MODEL", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_PROFILE",
    "ANTHROPIC_CUSTOM_HEADERS",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    config.stash[NOT_RUN] = {}
    # What another version of this program kept in the person's own cache must not be read here, nor ours there.
    cache = tempfile.TemporaryDirectory(prefix="pipeline-copilot-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(cache.cleanup)
    os.environ["XDG_CACHE_HOME"] = cache.name
    # Nor may what decoders the person has decide what a test sees.
    os.environ["XDG_CONFIG_HOME"] = cache.name
    os.environ["XDG_STATE_HOME"] = cache.name
    for name in (JAVA_VARIABLE, AVSC_VARIABLE, *MODEL_VARIABLES):
        os.environ.pop(name, None)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("tool"):
        name = marker.args[0]
        if not tool_works(name):
            not_run(item, name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    not_run = config.stash[NOT_RUN]
    if not_run:
        width = max(len(test) for test in not_run)
        terminalreporter.write_line(f"not run: {'test':<{width - 9}}  tool" if width > 13 else "not run: test, tool")
        for test, name in sorted(not_run.items()):
            terminalreporter.write_line(f"{test:<{width}}  {name}")


@functools.cache
def tool_works(name: str) -> bool:
    """Tells whether the tool can be used here, by using it once."""
    command = PROBES.get(name, (name, "--version"))
    if shutil.which(command[0]) is None:
        return False
    try:
        return subprocess.run(command, capture_output=True, timeout=PROBE_SECONDS_MAX, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
