"""Which files may free-form edits of a model never touch? Those that decide over builds, reviews and tools, or load by themselves.

A free-form edit is any text that a model wrote into a file. Whatever runs without being called (a test's `conftest.py`, a build's
hook, an editor's task) would turn such a text into a command on somebody's machine, so a model has no business there. Code that
somebody has to import or call is no such file: `__init__.py` may be edited, as any other module, and may not be made anew, since a
new one changes what a name stands for. So does a new module that is called as one of the standard library.
"""

from __future__ import annotations

import re
import sys

from copilot.domain.alternative import Alternative, Edit, NewFile, Replacement, SchemaEdit
from copilot.domain.visible import is_hidden, visible

# What decides over reviews, builds and this program itself; a change of a pipeline has no business there.
PROTECTED_FOLDERS = (".git", ".github", ".gitlab", ".circleci", ".buildkite", ".ci", ".husky")
PROTECTED_FILES = frozenset(
    {"copilot.toml", ".gitlab-ci.yml", ".travis.yml", "jenkinsfile", "azure-pipelines.yml", "bitbucket-pipelines.yml"}
    | {".pre-commit-config.yaml", ".drone.yml", "cloudbuild.yaml"}
)
PROTECTED_NAMES = frozenset({"codeowners", ".gitattributes", ".gitmodules", ".gitignore"})
_REVIEW = re.compile(
    r"codeowners|copilot\.toml|rehearsal\.toml|jenkinsfile.*|azure-pipelines.*\.ya?ml|bitbucket-pipelines\.ya?ml|cloudbuild.*\.ya?ml"
    r"|appveyor\.ya?ml|buildspec.*\.ya?ml|codefresh\.ya?ml|bitrise\.ya?ml|lefthook\.ya?ml|skaffold\.ya?ml|tiltfile|earthfile"
)
_LOADS = re.compile(
    r"conftest\.py|sitecustomize\.py|usercustomize\.py|.*\.pth|.*\.egg-link|noxfile\.py|tox\.ini|pytest\.ini|setup\.(?:py|cfg)"
    r"|pyproject\.toml|hatch_build\.py|build\.py|(?:gnu)?makefile|.*\.mk|justfile|taskfile\.ya?ml|rakefile|gemfile|fabfile\.py|tasks\.py"
    r"|(?:docker|container)file.*|.*\.dockerfile|(?:docker-)?entrypoint[^/]*|airflow_local_settings\.py|webserver_config\.py"
    r"|celeryconfig\.py|gunicorn\.conf\.py|jupyter_.*_config\.py|ipython_config\.py|dbt_project\.yml"
    r"|pom\.xml|build\.gradle.*|settings\.gradle.*|gradlew.*|mvnw.*|build\.sbt|build\.rs|cargo\.toml|go\.mod|cmakelists\.txt"
    r"|.*\.(?:exe|dll|so|dylib|pyc|pyd|jar|whl|code-workspace)"
)
_DEPENDENCIES = re.compile(
    r"(?:[^/]*[-_.])?(?:requirements|constraints)(?:[-_.][^/]*)?\.(?:txt|in)|pipfile.*|.*[-.]lock(?:\.json)?|uv\.toml|pip\.conf|environment\.ya?ml|package\.json"
)
_AGENTS = re.compile(r"(?:claude|agents|gemini|copilot-instructions)(?:\.local)?\.md|llms.*\.txt|mcp\.json")
_FOLDERS = frozenset({"prompts", "hooks", "githooks", "ci", "site-packages", "dist-packages"})
_MODULE = re.compile(r"(\w+)\.pyi?")
PATH_LENGTH_MAX = 120
_WHY = (
    (_REVIEW, "decides over builds, reviews or this program"),
    (_LOADS, "is read or run without anybody calling it"),
    (_DEPENDENCIES, "decides which code of others is installed"),
    (_AGENTS, "tells a model what to do"),
)


def is_protected(path: str) -> bool:
    """Tells whether a path belongs to git, to the build, to who reviews, or to the settings of this program, whoever edits it."""
    parts = path.lower().split("/")
    return (
        parts[0] in PROTECTED_FOLDERS
        or ".git" in parts
        or path.lower() in PROTECTED_FILES
        or parts[-1] in PROTECTED_NAMES
    )


def is_free_form(alternative: Alternative) -> bool:
    """Tells whether a model wrote text into files: anything but typed edits of schemas."""
    edits = (edit for phase in alternative.phases for edit in phase.edits)
    return alternative.origin == "claude" and any(not isinstance(edit, SchemaEdit) for edit in edits)


def refusal_of(alternative: Alternative) -> str:
    """Returns in a sentence which free-form edit of an alternative goes where none may go, or hides something; "" where all may."""
    for phase in alternative.phases if is_free_form(alternative) else ():
        for edit in phase.edits:
            if isinstance(edit, SchemaEdit):
                continue
            path = visible(edit.path)[:PATH_LENGTH_MAX]
            if why := why_kept_out(edit.path, is_new=isinstance(edit, NewFile)):
                return f"It would write into {path}, which {why}."
            if hidden := hidden_in(edit):
                return f"It would write {hidden} into {path}, which nobody can see."
    return ""


def hidden_in(edit: Edit) -> str:
    """Returns a character that can't be seen, as an escape, where an edit brings one that its place did not have; "" where none."""
    before, after = (
        (edit.before, edit.after) if isinstance(edit, Replacement) else ("", getattr(edit, "text", "") or "")
    )
    new = (mark for mark in after if mark not in "\n\r\t" and is_hidden(mark) and mark not in before)
    return visible(next(new, ""))


def why_kept_out(path: str, *, is_new: bool) -> str:
    """Returns why a free-form edit may not touch a path, in words that follow it; "" where it may."""
    parts = path.lower().split("/")
    if not _is_plain(path):
        return "is no plain path inside the repository"
    if any(part.startswith(".") for part in parts):
        return "is a setting of git or another tool, or lies in a folder of such"
    folder = next((part for part in parts[:-1] if part in _FOLDERS), "")
    if folder:
        return f'lies in a folder "{folder}", whose files run or are taken up by themselves'
    told = next((why for pattern, why in _WHY if pattern.fullmatch(parts[-1])), "")
    return told or (_why_no_new_module(parts[-1]) if is_new else "")


def _why_no_new_module(name: str) -> str:
    found = _MODULE.fullmatch(name)
    if found is None:
        return ""
    if found[1] in ("__init__", "__main__"):
        return "would change what the name of its folder stands for"
    return "would take the place of a module of the standard library" if found[1] in sys.stdlib_module_names else ""


def _is_plain(path: str) -> bool:
    """Tells whether a path names the same file on every system: no way out, no backslash, no stream, no short name."""
    parts = path.split("/")
    odd = any(part in ("", ".", "..") or part[-1] in ". " or re.search(r"~\d", part) for part in parts)
    return not odd and not re.search(r"[\\:*?\"<>|]", path) and not any(map(is_hidden, path))
