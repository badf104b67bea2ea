"""Breaks patches of the example on purpose: the battery must notice each, or it proves nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from copilot.adapters.git import open_repository
from copilot.adapters.index import SqliteIndex
from copilot.adapters.tree import CommitTree, OverlayTree
from copilot.domain.alternative import Alternative
from copilot.domain.codec import digest_of_text
from copilot.domain.operation import ChangeRequest
from copilot.domain.patch import FileChange, Patch, Refused
from copilot.domain.pipeline import Impact
from copilot.example.build import build_repository
from copilot.planners.intent import understand
from copilot.plugins import Kit, build_kit
from copilot.ports import Case
from copilot.settings import SETTINGS_PATH, read_settings

CHECKS = ("scope", "syntax", "compatibility", "replay", "usage", "contract", "rollout", "undo")
RENAME = "rename amount to amount_cents in features"
ADD = "add an optional string region to decision"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    folder = tmp_path_factory.mktemp("example")
    commit = build_repository(folder / "shop")
    repository = open_repository(folder / "shop")
    tree = CommitTree(repository, commit)
    found = tree.read([SETTINGS_PATH])[SETTINGS_PATH]
    settings = read_settings(getattr(found, "text", ""))
    return build_kit(repository, tree, settings, SqliteIndex(folder / "index.sqlite"))


def compiled(
    kit: Kit, text: str, slug: str
) -> tuple[ChangeRequest, tuple[Impact, ...], Alternative, tuple[Patch, ...]]:
    base = kit.base_map()
    request = ChangeRequest(text, understand(text, base), base.commit, "ada")
    impacts = tuple(kit.impact_of(operation, base) for operation in request.operations)
    plan = kit.planner.plan(request, impacts, base)
    alternative = next(it for it in plan.alternatives if it.id.startswith(slug))
    patches = kit.compiler.compile(alternative, kit.tree)
    assert not isinstance(patches, Refused), patches
    return request, impacts, alternative, patches


def verdicts(
    kit: Kit, request: ChangeRequest, impacts: tuple[Impact, ...], alternative: Alternative, patches: tuple[Patch, ...]
) -> dict[str, str]:
    states = tuple(kit.mapper.map(OverlayTree(kit.tree, patch.changes), kit.settings) for patch in patches)
    case = Case(request, kit.base_map(), impacts, alternative, patches, states)
    return {check.name: check.run(case, kit.bench).verdict for check in kit.checks if check.name in CHECKS}


def mutated(patch: Patch, path: str, after: str | None) -> Patch:
    """The patch with another text for one file, or without that file (None); the diff is not the question here."""
    changes = [it if it.path != path else FileChange(path, it.before, after) for it in patch.changes]
    kept = tuple(it for it in changes if it.after is not None)
    return replace(patch, changes=kept, digest=digest_of_text(repr(kept)))


def schema_change(patch: Patch) -> FileChange:
    return next(change for change in patch.changes if change.path.startswith("schemas/"))


def test_the_patch_as_compiled_fails_nothing(kit: Kit) -> None:
    for text, slug in ((RENAME, "alias"), (ADD, "optional")):
        assert "fail" not in verdicts(kit, *compiled(kit, text, slug)).values()


def test_steps_in_the_wrong_order_are_noticed(kit: Kit) -> None:
    request, impacts, alternative, patches = compiled(kit, "rename outcome to verdict in decision", "alias")
    phase = alternative.phases[0]
    turned = replace(alternative, phases=(replace(phase, steps=phase.steps[::-1]),))

    assert verdicts(kit, request, impacts, alternative, patches)["rollout"] == "pass"
    assert verdicts(kit, request, impacts, turned, patches)["rollout"] == "fail"


def test_an_alias_taken_away_is_noticed(kit: Kit) -> None:
    request, impacts, alternative, patches = compiled(kit, RENAME, "alias")
    schema = schema_change(patches[-1])
    assert schema.after
    broken = re.sub(r',\s*"aliases": \[[^\]]*\]', "", schema.after)
    assert broken != schema.after

    found = verdicts(kit, request, impacts, alternative, (mutated(patches[-1], schema.path, broken),))

    assert found["replay"] == "fail"


def test_a_default_taken_away_is_noticed(kit: Kit) -> None:
    request, impacts, alternative, patches = compiled(kit, ADD, "optional")
    schema = schema_change(patches[-1])
    assert schema.after
    broken = re.sub(r'("region".*?),\s*"default": null', r"\1", schema.after)
    assert broken != schema.after

    found = verdicts(kit, request, impacts, alternative, (mutated(patches[-1], schema.path, broken),))

    assert found["compatibility"] == "fail"
    assert found["replay"] == "fail"


def test_a_schema_that_loses_another_field_too_is_noticed(kit: Kit) -> None:
    request, impacts, alternative, patches = compiled(kit, ADD, "optional")
    schema = schema_change(patches[-1])
    assert schema.after
    broken = re.sub(r'\s*\{"name": "score"[^}]*\},', "", schema.after, count=1)
    assert broken != schema.after

    assert (
        verdicts(kit, request, impacts, alternative, (mutated(patches[-1], schema.path, broken),))["replay"] == "fail"
    )


def test_a_field_put_in_with_another_type_than_the_code_was_proved_with_is_noticed(kit: Kit) -> None:
    request, impacts, alternative, patches = compiled(kit, RENAME, "alias")
    schema = schema_change(patches[-1])
    assert schema.after
    broken = re.sub(r'("amount_cents", "type": )"long"', r'\1"string"', schema.after)
    assert broken != schema.after

    found = verdicts(kit, request, impacts, alternative, (mutated(patches[-1], schema.path, broken),))

    assert found["compatibility"] == "fail"


def test_every_forgotten_code_file_is_noticed(kit: Kit) -> None:
    request, impacts, alternative, patches = compiled(kit, RENAME, "alias")
    code = [it.path for it in patches[-1].changes if it.path.endswith(".py") and "/tests/" not in it.path]
    assert code

    for path in code:
        found = verdicts(kit, request, impacts, alternative, (mutated(patches[-1], path, None),))

        assert {found["usage"], found["contract"]} & {"fail", "unknown"}, path
        assert "fail" in found.values(), path
