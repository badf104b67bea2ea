from __future__ import annotations

from collections.abc import Mapping

from copilot.readers.values import Surroundings, Text, Value, either, resolve


def around(settings: Mapping[str, str], path: str = "job/app/settings.py") -> Surroundings:
    return Surroundings(path, settings, lambda module, name: None)


def texts(value: Value, settings: Mapping[str, str] | None = None) -> list[str]:
    return [text.text for text in resolve(value, around(settings or {}))]


def test_a_setting_wins_over_the_default() -> None:
    value = ("env", "TOPIC", ("s", "default"))

    assert resolve(value, around({"TOPIC": "set"})) == (Text("set", "TOPIC", "setting"),)
    assert resolve(value, around({})) == (Text("default", "TOPIC", "default"),)


def test_what_nothing_sets_is_unset_and_names_the_variable() -> None:
    assert resolve(("env", "TOPIC", None), around({"TOPIC": ""})) == (Text("", "TOPIC", "unset"),)


def test_lists_in_one_setting_are_split() -> None:
    assert texts(("split", ("env", "TOPICS", None), ","), {"TOPICS": "a, b"}) == ["a", "b"]


def test_paths_start_at_the_file() -> None:
    assert texts(("path", (("file", 2), ("s", "schemas"), ("s", "x.avsc")))) == ["/job/schemas/x.avsc"]


def test_an_absolute_part_restarts_a_path() -> None:
    assert texts(("path", (("file", 1), ("env", "P", None))), {"P": "/schemas/x.avsc"}) == ["/schemas/x.avsc"]


def test_a_text_with_an_unset_part_is_unset() -> None:
    assert resolve(("cat", (("s", "a."), ("env", "X", None))), around({})) == (Text("", "a.{X}", "unset"),)


def test_an_unknown_path_is_named_by_what_is_known_of_it() -> None:
    path = ("path", (("env", "DATA", None), ("s", "raw"), ("cat", (("s", "day="), ("env", "DAY", None)))))

    assert resolve(path, around({})) == (Text("", "{DATA}/raw/day={DAY}", "unset"),)


def test_a_value_that_leads_back_to_itself_ends() -> None:
    loop = Surroundings("a.py", {}, lambda module, name: ("a.py", ("name", module, name)))

    assert resolve(("name", "a", "X"), loop) == ()


def test_either_keeps_both_once() -> None:
    assert either(("s", "a"), either(("s", "b"), ("s", "a"))) == ("any", (("s", "a"), ("s", "b")))
