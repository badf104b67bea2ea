from __future__ import annotations

import pytest

from copilot.readers.jobs import JobRoots, is_test_path, plain_name, unique_names


def roots(*paths: str, scripts: tuple[str, ...] = ()) -> dict[str, str]:
    return JobRoots(paths, frozenset(scripts), frozenset()).root_of_each()


def test_a_file_belongs_to_the_nearest_folder_that_is_built() -> None:
    assert roots("a/Dockerfile", "a/x/main.py", "a/b/pyproject.toml", "a/b/main.py") == {
        "a/x/main.py": "a",
        "a/b/main.py": "a/b",
    }


def test_test_folders_belong_to_the_job_around_them() -> None:
    assert roots("a/Dockerfile", "a/tests/requirements.txt", "a/tests/test_x.py") == {"a/tests/test_x.py": "a"}


def test_a_manifest_at_the_root_does_not_make_one_job_of_all() -> None:
    found = roots("pyproject.toml", "services/a/main.py", "b/x/y.py", "jobs/report.py", scripts=("jobs/report.py",))

    assert found == {"services/a/main.py": "services/a", "b/x/y.py": "b/x", "jobs/report.py": "jobs/report.py"}


@pytest.mark.parametrize("path", ["tests/a.py", "a/test_b.py", "a/b_test.py", "a/fixtures/c.py", "a/conftest.py"])
def test_tests_are_told_by_their_paths(path: str) -> None:
    assert is_test_path(path)


@pytest.mark.parametrize("path", ["a/latest.py", "a/test_utils/b.py", "contests/a.py", "a/testbed.py"])
def test_what_only_sounds_like_a_test_is_none(path: str) -> None:
    assert not is_test_path(path)


def test_names_are_as_short_as_they_can_be() -> None:
    assert unique_names(["a/x/out", "a/y/out", "b/in"]) == ["x/out", "y/out", "in"]


def test_names_end_where_paths_end() -> None:
    assert unique_names(["out", "a/out"]) == ["out", "a/out"]


def test_vague_names_carry_their_folder() -> None:
    assert unique_names(["a/output", "order"], frozenset({"a/output"})) == ["a/output", "order"]


def test_names_are_compared_without_registry_tag_and_dashes() -> None:
    assert plain_name("ghcr.io/team/Fraud-Scorer:1.2") == plain_name("services/fraud_scorer")


def test_a_folder_that_only_holds_folders_is_no_job() -> None:
    assert roots("teams/red/main.py", "teams/red/core/model.py", "teams/blue/app/main.py", "teams/blue/app/io.py") == {
        "teams/red/main.py": "teams/red",
        "teams/red/core/model.py": "teams/red",
        "teams/blue/app/main.py": "teams/blue/app",
        "teams/blue/app/io.py": "teams/blue/app",
    }


def test_each_script_of_a_folder_of_examples_is_a_job() -> None:
    found = roots(
        "examples/requirements.txt",
        "examples/produce.py",
        "examples/consume.py",
        "examples/settings.py",
        scripts=("examples/produce.py", "examples/consume.py"),
    )

    assert found == {
        "examples/produce.py": "examples/produce.py",
        "examples/consume.py": "examples/consume.py",
        "examples/settings.py": "examples",
    }


def test_scripts_that_lie_among_nothing_else_are_jobs_unless_they_make_one_image() -> None:
    plain = roots("kafka/a.py", "kafka/b.py", scripts=("kafka/a.py", "kafka/b.py"))
    built = roots("kafka/Dockerfile", "kafka/a.py", "kafka/b.py", scripts=("kafka/a.py", "kafka/b.py"))

    assert plain == {"kafka/a.py": "kafka/a.py", "kafka/b.py": "kafka/b.py"}
    assert built == {"kafka/a.py": "kafka", "kafka/b.py": "kafka"}


def test_files_beside_the_only_script_of_the_root_belong_to_it() -> None:
    assert roots("Dockerfile", "main.py", "reader.py", scripts=("main.py",)) == {
        "main.py": "main.py",
        "reader.py": "main.py",
    }


def test_a_package_that_nobody_runs_and_others_import_is_no_job() -> None:
    paths = ("frame/core.py", "step/Dockerfile", "step/main.py", "tool/x.py", "tool/y.py")
    jobs = JobRoots(paths, frozenset(), frozenset())

    packages = jobs.packages(
        jobs.root_of_each(), [("step/main.py", "frame/core.py"), ("tool/x.py", "tool/y.py")], frozenset()
    )

    assert packages == {"frame"}


def test_a_package_of_tools_for_tests_is_no_job_of_the_pipeline() -> None:
    jobs = JobRoots(("test_utils/x.py", "contest/x.py", "test_bench/Dockerfile"), frozenset(), frozenset())

    assert [root for root in ("test_utils", "contest", "test_bench") if jobs.is_for_tests(root)] == ["test_utils"]


def test_a_script_beside_a_folder_of_its_name_keeps_its_suffix() -> None:
    roots = JobRoots([], frozenset(), frozenset())

    named = roots.name_jobs(["jobs/feeder", "jobs/feeder.py", "jobs/scorer.py"])

    assert {root: job.name for root, job in named.items()} == {
        "jobs/feeder": "feeder",
        "jobs/feeder.py": "feeder.py",
        "jobs/scorer.py": "scorer",
    }
