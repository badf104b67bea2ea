from __future__ import annotations

import pytest

from copilot.readers.version_folders import without_version
from tests.readers.sockets import map_of
from tests.readers.test_mapper import schema


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("schemas/v1/order.avsc", ("schemas/order", (1,))),
        ("schemas/3_0/order.avsc", ("schemas/order", (3, 0))),
        ("schemas/1.2.0/order.avsc", ("schemas/order", (1, 2, 0))),
        ("schema/10/0/lsst.v10_0.alert.avsc", ("schema/lsst.alert", (10, 0, 10, 0))),
        ("schemas/order/v2.avsc", ("schemas/order", (2,))),
        ("schemas/order-v2.avsc", ("schemas/order", (2,))),
        ("schemas/order_v1.1.avsc", ("schemas/order", (1, 1))),
        ("schemas/fink_ztf_1.1_0.4.3.avsc", ("schemas/fink_ztf", (1, 1, 0, 4, 3))),
        ("schemas/order-1.0.avsc", ("schemas/order", (1, 0))),
        ("schemas/track_2.avsc", ("schemas/track_2", ())),
        ("schemas/order.avsc", ("schemas/order", ())),
        ("schemas/order2.avsc", ("schemas/order2", ())),
        ("v2.avsc", ("v2", (2,))),
    ],
)
def test_version_numbers_are_told_from_the_rest_of_a_path(path: str, expected: tuple[str, tuple[int, ...]]) -> None:
    assert without_version(path) == expected


def test_version_folders_are_one_subject_in_the_order_of_their_numbers() -> None:
    texts = {f"schemas/{number}/order.avsc": schema("Order", *"abc"[:count]) for count, number in enumerate((9, 10), 1)}

    found = map_of({**texts, "schemas/9_1/order.avsc": schema("Order", "x")})

    (subject,) = found.subjects
    assert subject.name == "order"
    assert [version.source.path for version in subject.versions] == [
        "schemas/9/order.avsc",
        "schemas/9_1/order.avsc",
        "schemas/10/order.avsc",
    ]
    assert [version.number for version in subject.versions] == [1, 2, 3]


def test_a_namespace_that_carries_the_version_makes_no_other_subject() -> None:
    texts = {f"v{number}/alert.avsc": schema(f"sky.v{number}.alert", "id", *"ab"[:number]) for number in (1, 2)}

    found = map_of(texts)

    assert [(subject.name, len(subject.versions)) for subject in found.subjects] == [("alert", 2)]


def test_earlier_texts_of_a_folder_come_before_its_present_one() -> None:
    first, second = schema("Order", "id"), schema("Order", "id", "amount")
    found = map_of({"v1/order.avsc": second, "v2/order.avsc": schema("Order", "id", "x")}, {"v1/order.avsc": [first]})

    assert [len(version.fields) for version in found.subject("order").versions] == [1, 2, 2]


def test_each_version_is_read_with_the_siblings_of_its_own_folder() -> None:
    order = '{"type": "record", "name": "Order", "fields": [{"name": "line", "type": "Line"}]}'
    texts = {f"v{number}/Order.avsc": order for number in (1, 2)}
    texts |= {f"v{number}/Line.avsc": schema("Line", *"ab"[:number]) for number in (1, 2)}

    versions = map_of(texts).subject("Order").versions

    assert [[field.path for field in version.fields] for version in versions] == [
        ["line", "line.a"],
        ["line", "line.a", "line.b"],
    ]


def test_other_records_in_version_folders_stay_apart() -> None:
    found = map_of({"v1/a.avsc": schema("Order", "id"), "v2/a.avsc": schema("Refund", "id", "why")})

    assert [len(subject.versions) for subject in found.subjects] == [1, 1]


def test_the_newest_version_outside_of_the_folders_is_a_copy() -> None:
    texts = {f"schemas/v{number}/order.avsc": schema("Order", *"ab"[:number]) for number in (1, 2)}

    (subject,) = map_of({**texts, "schemas/order.avsc": schema("Order", "a", "b")}).subjects

    assert (subject.name, [copy.path for copy in subject.copies]) == ("order", ["schemas/order.avsc"])
    assert [copy.fields[1].name for copy in subject.copy_versions] == ["b"]


def test_code_that_names_a_version_is_bound_to_the_subject() -> None:
    texts = {f"schemas/v{number}/order.avsc": schema("Order", *"ab"[:number]) for number in (1, 2)}
    code = (
        "import fastavro\nfrom confluent_kafka import Consumer\nS = fastavro.schema.load_schema('schemas/v1/order.avsc')\n"
        "def run(c: Consumer):\n    c.subscribe(['orders'])\n    return fastavro.schemaless_reader(c.poll().value(), S)\n"
    )

    links = map_of({**texts, "job/Dockerfile": "", "job/main.py": code}).links

    assert {link.subject for link in links} == {"order"}


def test_a_link_names_the_version_whose_file_the_code_loads() -> None:
    texts = {f"schemas/v{number}/order.avsc": schema("Order", *"abc"[:number]) for number in (1, 2, 3)}

    def version(*numbers: int) -> set[int]:
        loads = "".join(f"S = fastavro.schema.load_schema('schemas/v{it}/order.avsc')\n" for it in numbers)
        code = (
            f"import fastavro\nfrom confluent_kafka import Consumer\nif x:\n    pass\n{loads}"
            "def run(c: Consumer):\n    c.subscribe(['orders'])\n    return fastavro.schemaless_reader(c.poll().value(), S)\n"
        )
        return {link.version for link in map_of({**texts, "job/Dockerfile": "", "job/main.py": code}).links}

    assert (version(1), version(2), version(3)) == ({1}, {2}, {0})
