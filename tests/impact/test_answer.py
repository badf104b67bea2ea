"""The impact list on small repositories: each schema language, each kind of evidence, and the laws."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.domain.impacted import AskedChange
from copilot.errors import Ambiguous
from copilot.impact.ranking import LOOK_FILES_MAX
from tests.impact.shop import DAY, FIELDS, SCHEMAS, START, ask, make, paths
from tests.repositories import commit, git, init, partial_clone

REMOVE = AskedChange("remove_field", "order", "", "coupon_code")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_schema_builder_and_its_test_are_on_the_list_in_every_language(schema: str, tmp_path: Path) -> None:
    found = ask(make(tmp_path / "shop", schema), REMOVE)

    assert paths(found)[0] == schema
    assert "shop/builder.py" in paths(found, "change")
    assert {"billing/Billing.java", "tests/test_builder.py"} <= set(paths(found))
    assert found.warnings == ()


def test_where_too_many_files_have_some_name_those_with_telling_names_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    commit(folder, {f"misc/order_{number}.txt": "an order\n" for number in range(30)}, at=START + DAY)
    monkeypatch.setattr("copilot.impact.facts.CANDIDATES_MAX", 5)

    found = ask(folder, REMOVE)

    assert {"protos/order.proto", "shop/builder.py", "billing/Billing.java"} <= set(paths(found))
    assert len(found.files) <= 5


def test_a_file_that_hands_the_record_on_whole_says_where_though_it_does_not_name_the_field(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    commit(folder, {"shop/bus.py": "def publish(order):\n    bus.send(json.dumps(asdict(order)))\n"}, at=START + DAY)

    (bus,) = [it for it in ask(folder, REMOVE).files if it.path == "shop/bus.py"]

    assert "hands Order on whole at line 2, whatever fields it has" in bus.reasons
    assert [span.first_line for span in bus.spans] == [2]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_field_is_pointed_at_in_its_schema(schema: str, tmp_path: Path) -> None:
    found = ask(make(tmp_path / "shop", schema), REMOVE)

    line = found.files[0].spans[0].first_line
    assert "coupon_code" in SCHEMAS[schema].split("\n")[line - 1]


@pytest.mark.parametrize(
    "named",
    [
        AskedChange("remove_field", "protos/order.proto", "Order", "coupon_code"),
        AskedChange("remove_field", "order.proto", "", "couponCode"),
        AskedChange("remove_field", "protos/order", "", "coupon_code"),
        AskedChange("remove_field", "old/place/order.proto", "", "coupon_code"),
        AskedChange("remove_field", "Order", "", "coupon_code"),
        AskedChange("remove_field", "shop.v1.Order", "", "coupon_code"),
        AskedChange("remove_field", "ORDER", "", "COUPON_CODE"),
        AskedChange("remove_field", "order-value", "", "coupon_code"),
        AskedChange("remove_field", "", "Order", "coupon_code"),
        AskedChange("remove_field", "order", "", "Order.coupon_code"),
    ],
)
def test_a_record_is_found_by_path_or_name_in_any_style(named: AskedChange, tmp_path: Path) -> None:
    found = ask(make(tmp_path / "shop", "protos/order.proto"), named)

    assert paths(found)[0] == "protos/order.proto"
    assert "shop/builder.py" in paths(found, "change")
    assert found.warnings == ()


def test_a_schema_file_of_the_whole_name_is_meant_before_a_class_of_a_part_of_it(tmp_path: Path) -> None:
    schema = '{"type": "record", "name": "RideRecord", "fields": [{"name": "fare", "type": "int"}, {"name": "tip", "type": "int"}]}'
    init(tmp_path / "taxi")
    commit(
        tmp_path / "taxi",
        {
            "schemas/taxi_ride_value.avsc": schema,
            "app/rides.py": "class TaxiRide(Record):\n    fare: int\n    tip: int\n",
        },
        at=START,
    )

    found = ask(tmp_path / "taxi", AskedChange("remove_field", "taxi_ride_value", "", "fare"))

    assert paths(found)[0] == "schemas/taxi_ride_value.avsc"


def test_a_new_field_is_placed_by_the_other_fields_that_files_name(tmp_path: Path) -> None:
    found = ask(make(tmp_path / "shop", "protos/order.proto"), AskedChange("add_field", "Order", "", "sales_channel"))

    assert paths(found)[:2] == ["protos/order.proto", "shop/builder.py"]
    assert "marketing/coupons.py" not in paths(found, "change")


def test_the_same_name_on_another_object_ranks_below_the_record_that_is_meant(tmp_path: Path) -> None:
    found = ask(make(tmp_path / "shop", "protos/order.proto"), REMOVE)

    order = paths(found)
    assert order.index("shop/builder.py") < order.index("marketing/coupons.py")
    assert order.index("billing/Billing.java") < order.index("marketing/coupons.py")


def test_files_without_any_evidence_are_not_listed(tmp_path: Path) -> None:
    found = ask(make(tmp_path / "shop", "protos/order.proto"), REMOVE)

    assert not [path for path in paths(found) if path.startswith("misc/")]


def test_what_a_compiler_wrote_is_on_no_list_whatever_its_name(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    compiled = {"shop/__pycache__/order_pb2.cpython-312.pyc": "\0order", "billing/Order.class": "\0Order"}
    commit(folder, compiled, at=START + DAY)

    assert not compiled.keys() & set(paths(ask(folder, REMOVE)))


def test_what_changed_with_the_schema_before_is_raised(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    quiet = paths(ask(folder, REMOVE))
    for number in range(1, 5):
        commit(
            folder,
            {
                "misc/module_7.py": f"A = {number}\n",
                "protos/order.proto": SCHEMAS["protos/order.proto"] + "\n" * number,
            },
            at=START + number * DAY,
        )

    found = ask(folder, REMOVE)

    assert "misc/module_7.py" not in quiet
    raised = next(it for it in found.files if it.path == "misc/module_7.py")
    assert any("changed with the schema in 4 of its last 4 changes" in reason for reason in raised.reasons)


def test_a_file_too_large_to_read_is_known_by_its_past(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    for number in range(1, 4):
        commit(
            folder,
            {
                "gen/bindings.ts": f"// {number}\n" * 200_000,
                "protos/order.proto": SCHEMAS["protos/order.proto"] + "\n" * number,
            },
            at=START + number * DAY,
        )

    found = ask(folder, REMOVE)

    bindings = next(it for it in found.files if it.path == "gen/bindings.ts")
    assert bindings.spans == ()
    assert bindings.probability > 0.03


def test_nothing_later_than_the_commit_is_used(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    before = ask(folder, REMOVE)
    commit(folder, {"late/late.py": SCHEMAS["shop/order.py"], "protos/order.proto": "// gone\n"}, at=START + DAY)

    assert ask(folder, REMOVE, at="HEAD~1") == before
    assert ask(folder, REMOVE, at="HEAD") != before


def test_the_order_in_which_files_were_committed_does_not_matter(tmp_path: Path) -> None:
    one = ask(make(tmp_path / "one", "protos/order.proto"), REMOVE)
    other = init(tmp_path / "other")
    files = list({"protos/order.proto": SCHEMAS["protos/order.proto"]}.items())
    files += [(path, (tmp_path / "one" / path).read_text()) for path in git(tmp_path / "one", "ls-files").split("\n")]
    random.Random(5).shuffle(files)
    commit(other, dict(files), at=START)

    assert replace(ask(other, REMOVE), commit="") == replace(one, commit="")


def test_a_second_answer_from_the_cache_is_the_same(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")

    assert ask(folder, REMOVE) == ask(folder, REMOVE)


def test_several_operations_make_one_list(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    found = ask(folder, REMOVE, AskedChange("add_field", "order", "", "voucher"))

    assert paths(found).count("protos/order.proto") == 1
    assert found.changes[1].field == "voucher"


def test_a_record_that_nobody_defines_is_answered_from_names_with_a_warning(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    found = ask(folder, AskedChange("remove_field", "Parcel", "", "coupon_code"))

    (warning,) = found.warnings
    assert warning.startswith('No record "Parcel" was found: the list rests on names alone.')
    assert warning.endswith("Did you mean Order in protos/order.proto?")
    assert {"shop/builder.py", "marketing/coupons.py"} <= set(paths(found))


def test_a_name_that_several_records_have_is_answered_and_said(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    commit(folder, {"other/order.proto": SCHEMAS["protos/order.proto"]}, at=START + DAY)

    by_name, by_path = ask(folder, REMOVE), ask(folder, replace(REMOVE, subject="protos/order.proto"))

    assert by_name.warnings == (
        '"order" is taken for other/order.proto; it could also mean protos/order.proto. Ask with a path to choose.',
    )
    assert by_path.warnings == ()


def test_a_field_that_the_record_lacks_is_said(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    found = ask(folder, AskedChange("remove_field", "order", "", "weight"))

    assert found.warnings == ('Order in protos/order.proto has no field "weight".',)


def test_lists_are_sorted_bounded_and_every_file_has_a_reason(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    copies = {f"copy_{number}/order.py": SCHEMAS["shop/order.py"] for number in range(50)}
    commit(folder, copies, at=START + DAY)

    found = ask(folder, REMOVE)

    chances = [it.probability for it in found.files]
    assert chances == sorted(chances, reverse=True)
    assert len(paths(found, "look")) == LOOK_FILES_MAX
    assert [it.list for it in found.files] == sorted((it.list for it in found.files), key=("change", "look").index)
    assert all(it.reasons for it in found.files)


def test_an_empty_tree_gives_an_empty_list(tmp_path: Path) -> None:
    folder = init(tmp_path / "empty")
    commit(folder, {}, at=START)

    assert ask(folder, REMOVE).files == ()


MESSAGES = """syntax = "proto3";
message Ping { int64 at = 1; }
message Parcel {
  string parcel_id = 1;
  string weight_unit = 2;
  double weight = 3;
  string destination = 4;
}
enum State { STATE_NEW = 0; STATE_SENT = 1; }
"""


def test_an_addition_to_a_file_of_many_records_goes_to_the_likeliest_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "parcels"
    init(folder)
    commit(folder, {"parcels.proto": MESSAGES, "send.py": "def send(p):\n    return p.weight, p.destination\n"})

    found = ask(folder, AskedChange("add_field", "parcels.proto", "", "weight_max"))

    assert paths(found)[:2] == ["parcels.proto", "send.py"]
    assert found.warnings == (
        'parcels.proto holds 2 records; "weight_max" is taken to be for Parcel. Name the record to choose: "add weight_max to'
        ' RECORD in parcels.proto".',
    )


def test_an_enum_is_no_record_that_a_field_could_be_for(tmp_path: Path) -> None:
    folder = tmp_path / "payments"
    init(folder)
    texts = {
        "pay.py": "class Mode(Enum):\n    FAST = 'f'\n    SLOW = 's'\n\n\nclass Payment(NamedTuple):\n    id: str\n    sum: int\n",
        "pay.avdl": "enum Mode {\n  FAST,\n  SLOW\n}\nrecord Payment {\n  string id;\n  long amount;\n}\n",
        "pay.proto": "enum Mode { FAST = 0; SLOW = 1; }\nmessage Payment { string id = 1; int64 amount = 2; }\n",
    }
    commit(folder, texts)

    for path in texts:
        assert ask(folder, AskedChange("add_field", path, "", "mode_slow")).warnings == ()


SPACED = '{"type": "record", "name": "Order", "namespace": "%s", "fields": [{"name": "%s", "type": "string"}]}'


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ("shop.v9_0.Order", "schemas/deep/9/0/order.avsc"),
        ("shop.v10_0.Order", "schemas/deep/10/0/order.avsc"),
        ("v9_0.Order", "schemas/deep/9/0/order.avsc"),
        ("shop.Order", "schemas/deep/10/0/order.avsc"),
        ("acme.billing.Order", "billing/wire/order.proto"),
        ("acme.book.Order", "book/reader.py"),
        ("acme.idl.Order", "idl/all.avdl"),
        ("acme.inner.Line", "schemas/outer.avsc"),
    ],
)
def test_the_whole_name_of_a_record_means_it_whatever_else_fits(named: str, path: str, tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    init(folder)
    line = '{"type": "record", "name": "Line", "fields": [{"name": "sku", "type": "string"}]}'
    outer = f'{{"type": "record", "name": "O", "namespace": "acme.inner", "fields": [{{"name": "l", "type": {line}}}]}}'
    texts = {
        "order.avsc": SPACED % ("shop.alert", "band"),
        "line.avsc": line,
        "schemas/deep/9/0/order.avsc": SPACED % ("shop.v9_0", "filter"),
        "schemas/deep/10/0/order.avsc": SPACED % ("shop.v10_0", "band"),
        "billing/wire/order.proto": "package acme.billing;\nmessage Order { string filter = 1; }\n",
        "book/reader.py": f"ORDER = '''{SPACED % ('acme.book', 'filter')}'''\n",
        "idl/all.avdl": '@namespace("acme.idl")\nprotocol P {\n  record Order {\n    string filter;\n  }\n}\n',
        "schemas/outer.avsc": outer,
        **{f"many/{number}/order.avsc": SPACED % (f"acme.other{number}", "band") for number in range(70)},
    }
    commit(folder, texts)

    assert paths(ask(folder, AskedChange("remove_field", named, "", "band")))[0] == path
    assert paths(ask(folder, AskedChange("remove_field", "", named, "band")))[0] == path


def test_a_new_symbol_of_an_enum_is_no_field_that_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "parcels"
    init(folder)
    commit(folder, {"parcels.proto": MESSAGES, "state.py": "FINAL = [STATE_NEW, STATE_SENT]\n"})

    found = ask(folder, AskedChange("add_symbol", "State", "", "STATE_LOST", symbol="STATE_LOST"))
    again = ask(folder, AskedChange("add_symbol", "State", "", "STATE_SENT", symbol="STATE_SENT"))

    assert paths(found) == ["parcels.proto", "state.py"]
    assert found.warnings == ()
    assert again.warnings == ('State in parcels.proto has a symbol "STATE_SENT" already.',)


def test_an_inner_record_is_found_by_the_name_of_its_file_among_many_of_its_own_name(tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    init(folder)
    inner = '{"properties": {"id": {}, "parts": {"properties": {"elements": {"properties": {"a": {}, "b": {}}}}}}}'
    others = {
        f"a/{number}.json": '{"properties": {"elements": {"properties": {"x": {}, "y": {}}}}}' for number in range(70)
    }
    commit(folder, {"schemas/long/folder/purchase.json": inner, **others})

    found = ask(folder, AskedChange("add_field", "purchase.parts.elements", "", "c"))

    assert paths(found)[0] == "schemas/long/folder/purchase.json"


def test_without_a_record_one_that_has_the_field_is_meant_or_the_name_is_its_own(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")

    by_field = ask(folder, AskedChange("remove_field", "", "", "coupon_code"))
    by_itself = ask(folder, AskedChange("rename_field", "", "", "Order", "Purchase"))

    assert paths(by_field)[0] == paths(by_itself)[0] == "protos/order.proto"
    assert by_field.warnings == by_itself.warnings == ()


def test_files_that_a_partial_clone_lacks_are_told_and_read_once_they_are_there(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    clone = partial_clone(folder, "blob:none", is_checked_out=False)

    before = ask(clone, REMOVE)
    git(clone, "remote", "set-url", "origin", f"file://{folder}")
    git(clone, "-c", "protocol.file.allow=always", "checkout", "-q", "HEAD")
    after = ask(clone, REMOVE)

    count = len(ask(folder, REMOVE).files) and ask(folder, REMOVE).files_read
    assert before.files_read == 0
    assert before.warnings[-1].startswith(f"This clone is a partial one: {count} files are not in it")
    assert replace(after, commit="") == replace(ask(folder, REMOVE), commit="")


def test_a_schema_that_is_a_pointer_and_submodules_are_told(tmp_path: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    folder = init(tmp_path / "shop")
    commit(folder, {"order.avsc": pointer, "main.py": "print(1)\n"}, at=START)
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{git(folder, 'rev-parse', 'HEAD').strip()},vendored")
    git(folder, "commit", "-qm", "Add a submodule")

    found = ask(folder, AskedChange("add_field", "Order", "", "note"))

    assert "order.avsc is a Git LFS pointer: what it stands for is not in git." in found.warnings
    assert "A submodule is not read: vendored." in found.warnings


def test_a_log_that_a_partial_clone_lacks_is_told(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    commit(folder, {"protos/order.proto": SCHEMAS["protos/order.proto"] + "\n// checked\n"}, at=START + DAY)
    clone = partial_clone(folder, "tree:0")

    found = ask(clone, REMOVE)

    assert "This clone is a partial one and lacks a part of its log" in found.warnings[-1]
    assert "shop/builder.py" in paths(found)


def test_a_misspelt_record_or_field_is_answered_with_what_may_be_meant(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")

    no_record = ask(folder, AskedChange("remove_field", "Odrer", "", "coupon_code"))
    no_field = ask(folder, AskedChange("remove_field", "Order", "", "cupon_code"))
    nothing = ask(folder, AskedChange("remove_field", "Zebra", "", "stripes"))

    assert "Did you mean Order in protos/order.proto" in no_record.warnings[0]
    assert no_field.warnings[0].endswith('has no field "cupon_code". Did you mean "coupon_code"?')
    assert nothing.warnings == ('No record "Zebra" was found: the list rests on names alone.',)


def test_a_schema_that_is_named_by_its_file_alone_gets_the_field_in_its_likeliest_record(tmp_path: Path) -> None:
    folder = tmp_path / "parcels"
    init(folder)
    commit(folder, {"protos/parcels.proto": MESSAGES})

    found = ask(folder, AskedChange("add_field", "parcels", "", "weight_max"))

    assert 'holds 2 records; "weight_max" is taken to be for Parcel' in found.warnings[0]


def _order(*names: str, record: str = "Order") -> str:
    return f"message {record} {{\n" + "".join(f"  string {name} = {it};\n" for it, name in enumerate(names, 1)) + "}\n"


def test_a_drifted_copy_of_a_record_is_no_other_record_that_has_the_field(tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    commit(folder, {"billing/copied/order.proto": _order(*FIELDS[:3], "tax_cents", "currency")})

    found = ask(folder, AskedChange("remove_field", "", "", "coupon_code"))

    assert paths(found)[0] == "protos/order.proto"
    assert (
        '"coupon_code" is taken for protos/order.proto; it could also mean billing/copied/order.proto'
        in found.warnings[0]
    )


@pytest.mark.parametrize(
    "other",
    [
        _order(*FIELDS, record="Refund"),
        _order("coupon_code", "shelf", "weight_grams", "robot_id"),
    ],
    ids=["of another name", "of other fields"],
)
def test_a_record_that_shares_its_name_or_its_fields_alone_is_asked_back_for(other: str, tmp_path: Path) -> None:
    folder = make(tmp_path / "shop", "protos/order.proto")
    commit(folder, {"warehouse/protos/picking.proto": other})

    with pytest.raises(Ambiguous, match=r"coupon_code in warehouse/protos/picking\.proto"):
        ask(folder, AskedChange("remove_field", "", "", "coupon_code"))
