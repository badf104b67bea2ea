"""Ways to give a topic another name: which places move with whom, and when they can't be told apart."""

from __future__ import annotations

from dataclasses import replace

from copilot.domain.alternative import Alternative, NewFile, NotOffered, TextEdit
from copilot.domain.mention import Mention
from copilot.domain.operation import RenameTopic
from copilot.domain.pipeline import Deployment, Link, PipelineMap
from copilot.domain.source import Span
from copilot.impact.fields import impact_of
from copilot.strategies.topic import rename_topic
from tests.planners.builders import link, pipeline

OLD, NEW = "orders", "orders.v2"


def at(path: str, line: int) -> Span:
    return Span(path, line, line)


def proved(it: Link, *places: Span) -> Link:
    return replace(it, proof=(*it.proof, *places))


def shop(writer: Span, reader: Span, *deployments: Deployment) -> PipelineMap:
    links = [
        proved(link("shop", OLD, "produces", None), writer),
        proved(link("billing", OLD, "consumes", None), reader),
    ]
    return replace(pipeline([], links), deployments=deployments)


def offered(map: PipelineMap, *mentions: Span) -> tuple[dict[str, Alternative], dict[str, str]]:
    operation = RenameTopic("", OLD, NEW)
    impact = replace(impact_of(operation, map), mentions=tuple(Mention(span, "") for span in mentions))
    found = rename_topic(operation, impact, map)
    real = {it.id.rpartition("-")[0]: it for it in found if isinstance(it, Alternative)}
    return real, {it.strategy: it.reason for it in found if isinstance(it, NotOffered)}


def words(alternative: Alternative, phase: int) -> list[tuple[str, int, str]]:
    edits = alternative.phases[phase].edits
    return [(it.path, it.line, it.after) for it in edits if isinstance(it, TextEdit)]


def test_readers_move_before_writers_and_the_bridge_goes_last() -> None:
    bridge = offered(shop(at("compose.yaml", 5), at("compose.yaml", 9)))[0]["bridge"]

    assert [phase.name for phase in bridge.phases] == ["new topic", "move readers", "move writers", "retire"]
    assert words(bridge, 1) == [("compose.yaml", 9, NEW)]
    assert words(bridge, 2) == [("compose.yaml", 9, NEW), ("compose.yaml", 5, NEW)]
    files = [any(isinstance(edit, NewFile) for edit in phase.edits) for phase in bridge.phases]
    assert files == [True, True, True, False]


def test_a_list_of_topics_gets_the_new_name_beside_the_old_one_until_the_end() -> None:
    creator = Deployment("topics", "compose:topics", (("TOPICS", "orders,refunds"),), at("compose.yaml", 1))
    bridge = offered(shop(at("a.yaml", 5), at("b.yaml", 9), creator), at("compose.yaml", 3))[0]["bridge"]

    assert words(bridge, 0) == [("compose.yaml", 3, "orders,orders.v2")]
    assert ("compose.yaml", 3, NEW) in words(bridge, 3)


def test_a_list_that_a_reader_subscribes_to_moves_with_the_reader() -> None:
    other = Deployment("billing", "staging:billing", (("TOPICS", "orders,refunds"),), at("staging.yaml", 1))
    bridge = offered(shop(at("a.yaml", 5), at("b.yaml", 9), other), at("staging.yaml", 3))[0]["bridge"]

    assert words(bridge, 0) == []
    assert ("staging.yaml", 3, NEW) in words(bridge, 1)


def test_every_deployment_that_sets_the_name_moves_with_its_job() -> None:
    staging = Deployment("billing", "staging:billing", (("ORDERS_TOPIC", OLD),), at("staging.yaml", 4))
    bridge = offered(shop(at("a.yaml", 5), at("b.yaml", 9), staging), at("staging.yaml", 6))[0]["bridge"]

    assert words(bridge, 1) == [("b.yaml", 9, NEW), ("staging.yaml", 6, NEW)]


def test_a_jobs_own_file_of_settings_moves_with_it_though_the_name_is_a_word_of_every_day() -> None:
    map = shop(at("a.yaml", 5), at("b.yaml", 9))
    impact = impact_of(RenameTopic("", OLD, NEW), map)
    mention = Mention(at("services/billing/prod.env", 2), "ORDERS_TOPIC=orders")
    found = rename_topic(RenameTopic("", OLD, NEW), replace(impact, mentions=(mention,)), map)

    bridge = next(it for it in found if isinstance(it, Alternative))
    assert words(bridge, 1) == [("b.yaml", 9, NEW), ("services/billing/prod.env", 2, NEW)]


def test_one_place_for_both_sides_leaves_only_what_moves_at_once() -> None:
    place = at("common/topics.py", 3)
    real, refused = offered(shop(place, place), place)

    assert set(real) == {"cut-over", "naive"}
    assert "common/topics.py:3" in refused["bridge job"]


def test_places_of_nobody_known_are_left_to_people() -> None:
    real, _ = offered(shop(at("a.yaml", 5), at("b.yaml", 9)), at("README.md", 7), at("copilot.toml", 2))

    assert real["bridge"].phases[-1].steps[0].manual == (
        "README.md:7  names orders: say orders.v2 where it means this topic",
        "copilot.toml:2  names orders: say orders.v2 where it means this topic",
    )


def test_the_chain_of_each_name_is_told() -> None:
    argument = offered(shop(at("a.yaml", 5), at("b.yaml", 9)))[0]["bridge"].argument

    assert "shop gets the name at services/shop/main.py:2 from a.yaml:5." in argument


def test_files_of_values_that_a_deployment_is_called_after_move_with_it() -> None:
    map = shop(at("a.yaml", 5), at("values/production.yaml", 9))
    links = tuple(replace(it, deployments=("values/production", "values/staging")) for it in map.links)
    bridge = offered(replace(map, links=(map.links[0], links[1])), at("values/staging.yaml", 9))[0]["bridge"]

    assert words(bridge, 1) == [("values/production.yaml", 9, NEW)]


def test_a_word_of_every_day_is_edited_in_code_only_as_a_text_of_its_own() -> None:
    map = shop(at("a.yaml", 5), at("services/billing/settings.py", 3))
    impact = replace(
        impact_of(RenameTopic("", OLD, NEW), map),
        mentions=(
            Mention(at("services/billing/settings.py", 3), 'TOPIC = "orders"'),
            Mention(at("services/billing/main.py", 9), 'print("orders")'),
            Mention(at("services/billing/tests/test_main.py", 2), "produce('orders')"),
        ),
    )
    found = rename_topic(RenameTopic("", OLD, NEW), impact, map)
    (bridge,) = [it for it in found if isinstance(it, Alternative) and it.id.startswith("bridge")]

    assert words(bridge, 1) == [
        ("services/billing/settings.py", 3, f'"{NEW}"'),
        ("services/billing/tests/test_main.py", 2, f"'{NEW}'"),
    ]
    assert bridge.phases[-1].steps[0].manual[0].startswith("services/billing/main.py:9  names orders")


def test_a_call_that_shows_no_name_is_left_to_a_person_and_nothing_is_replaced_for_show() -> None:
    real, refused = offered(shop(at("services/shop/main.py", 40), at("services/billing/main.py", 50)))

    assert "naive" not in real
    assert "No place was found" in refused["naive topic rename"]
    assert any("shop writes orders: move it to orders.v2" in text for text in real["bridge"].phases[2].steps[0].manual)
