"""Where texts of a model may go, and where never."""

from __future__ import annotations

import pytest

from copilot.domain.free_form import is_protected, why_kept_out


@pytest.mark.parametrize(
    "path",
    [
        ".git/hooks/pre-commit",
        "x/.git/config",
        ".GIT/config",
        ".gi\u200bt/config",
        "git~1/config",
        ".github/workflows/ci.yml",
        ".gitlab-ci.yml",
        ".gitattributes",
        "docs/CODEOWNERS",
        "Jenkinsfile.release",
        "copilot.toml",
        "services/orders/rehearsal.toml",
        ".copilot/prompts/critic.md",
        "prompts/critic.md",
        "CLAUDE.md",
        "AGENTS.md",
        ".cursorrules",
        "tests/conftest.py",
        "tests/Conftest.py",
        "sitecustomize.py",
        "lib/usercustomize.py",
        "a/evil.pth",
        "setup.py",
        "setup.cfg",
        "services/orders/pyproject.toml",
        "tox.ini",
        "noxfile.py",
        ".envrc",
        ".env",
        "Makefile",
        "GNUmakefile",
        "rules.mk",
        "x.egg-link",
        ".vscode/tasks.json",
        ".idea/runConfigurations/a.xml",
        "services/orders/Dockerfile",
        "Dockerfile.prod",
        "docker-entrypoint.sh",
        "deploy/entrypoint.sh",
        "requirements.txt",
        "requirements-dev.txt",
        "dev-requirements.in",
        "constraints.txt",
        "poetry.lock",
        "package-lock.json",
        "package.json",
        "githooks/post-merge",
        "airflow_local_settings.py",
        "../outside.py",
        "/etc/passwd",
        "a//b.py",
        "a\\b.py",
        "C:/x.py",
        "a.py:stream",
        "a/b.py ",
        "copilot.toml.",
        "a\nb.py",
        "a\u202eyp.b",
        "",
    ],
)
def test_files_that_decide_over_others_or_run_by_themselves_are_kept_out(path: str) -> None:
    assert why_kept_out(path, is_new=False)


@pytest.mark.parametrize(
    "path",
    [
        "services/orders/orders/build.py.txt",
        "services/orders/orders/main.py",
        "services/orders/__init__.py",
        "schemas/order.avsc",
        "docker-compose.yml",
        "charts/orders/values.yaml",
        "dags/daily.py",
        "sql/order_totals.sql",
        "github/a.py",
        "docs/orders.md",
        "a/codeowners.py",
        "über/größe.py",
    ],
)
def test_files_of_a_pipeline_may_be_edited(path: str) -> None:
    assert why_kept_out(path, is_new=False) == ""


@pytest.mark.parametrize(
    "path", ["services/orders/__init__.py", "services/orders/json.py", "typing.pyi", "a/__main__.py"]
)
def test_a_new_module_that_takes_the_place_of_another_name_is_kept_out(path: str) -> None:
    assert why_kept_out(path, is_new=True)
    assert not why_kept_out(path, is_new=False)


def test_what_rules_may_not_touch_a_model_may_not_touch_either() -> None:
    for path in (".github/a.yml", "copilot.toml", "docs/CODEOWNERS", "Jenkinsfile", "cloudbuild.yaml", "x/.gitmodules"):
        assert is_protected(path)
        assert why_kept_out(path, is_new=False)
