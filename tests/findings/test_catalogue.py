"""Each kind of flaw is found where it is, and nothing is said where it only looks like one."""

from __future__ import annotations

import json

import pytest

from copilot.domain.clones import Consumer
from copilot.domain.source import Span
from copilot.settings import read_settings
from tests.findings.arranging import COMPOSE, FIELDS, READER, SHOP, WRITER, findings, rules, schema


def test_a_pipeline_without_flaws_has_no_findings() -> None:
    assert findings() == ()


class TestTopics:
    @pytest.mark.parametrize("name", ["orders-created", "orders_create", "order.created", "ordersCreated"])
    def test_a_slip_in_a_name_is_a_misspelt_topic(self, name: str) -> None:
        written = COMPOSE.replace("ORDERS_TOPIC: orders", "ORDERS_TOPIC: orders.created")
        read = written[: written.rindex("orders.created")] + name + "\n"

        (found,) = [it for it in findings({"compose.yaml": read}) if it.rule == "topic-misspelt"]

        assert found.title == (f"sink consumes {name}, which nobody here produces; orders produces orders.created.")
        assert [str(proof.span) for proof in found.proof][:2] == ["compose.yaml:10", "services/sink/main.py:9"]

    @pytest.mark.parametrize("name", ["orders.created.v2", "payments.created", "orders.created-dev", "orders.deleted"])
    def test_another_name_is_no_slip(self, name: str) -> None:
        written = COMPOSE.replace("ORDERS_TOPIC: orders", "ORDERS_TOPIC: orders.created")
        read = written[: written.rindex("orders.created")] + name + "\n"

        assert "warning topic-misspelt" not in rules({"compose.yaml": read})

    def test_loose_ends_are_notes_where_another_topic_joins_two_jobs(self) -> None:
        code = READER.replace('os.environ["ORDERS_TOPIC"]', 'os.environ["ORDERS_TOPIC"], "refunds"')

        assert rules({"services/sink/main.py": code}) == ["note topic-without-producer"]

    def test_a_topic_that_only_the_cluster_knows_keeps_loose_ends_quiet(self) -> None:
        code = READER.replace('os.environ["ORDERS_TOPIC"]', 'os.environ["ORDERS_TOPIC"], "refunds"')
        other = {"services/mail/Dockerfile": "", "services/mail/main.py": READER.replace("ORDERS_TOPIC", "MAIL_TOPIC")}

        assert rules({"services/sink/main.py": code, **other}) == []

    @pytest.mark.parametrize(
        "elsewhere",
        [
            {"services/etl/Main.java": 'builder.stream("refunds");\n'},
            {"services/etl/refunds.sql": "CREATE STREAM r WITH (KAFKA_TOPIC='refunds');\n"},
            {"connect/sink.json": '{"connector.class": "S3Sink", "topics": "refunds"}\n'},
        ],
    )
    def test_a_topic_that_other_code_names_is_no_loose_end(self, elsewhere: dict[str, str]) -> None:
        code = READER.replace('os.environ["ORDERS_TOPIC"]', 'os.environ["ORDERS_TOPIC"], "refunds"')

        assert rules({"services/sink/main.py": code, **elsewhere}) == []

    def test_loose_ends_are_no_news_where_more_topics_are_open_than_closed(self) -> None:
        code = READER.replace('os.environ["ORDERS_TOPIC"]', 'os.environ["ORDERS_TOPIC"], "refunds", "parcels"')

        assert rules({"services/sink/main.py": code}) == []

    def test_a_consumer_in_the_settings_is_an_end(self) -> None:
        code = WRITER + '        producer.produce("refunds", b"")\n'
        whole = {"services/orders/main.py": code}
        outside = Consumer("bank", "", "refunds", "", "", "", Span("copilot.toml", 1, 1))

        assert rules(whole) == ["note topic-without-consumer"]
        assert rules(whole, consumers=(outside,)) == []

    def test_a_topic_that_a_script_makes_is_no_slip(self) -> None:
        written = COMPOSE.replace("ORDERS_TOPIC: orders", "ORDERS_TOPIC: orders.created")
        read = written[: written.rindex("orders.created")] + "orders-created\n"
        script = "kafka-topics --bootstrap-server kafka:9092 --create --topic orders-created\n"

        assert "warning topic-misspelt" in rules({"compose.yaml": read})
        assert "warning topic-misspelt" not in rules({"compose.yaml": read, "deploy/topics.sh": script})

    def test_a_job_that_reads_both_topics_at_places_of_their_own_knows_them_apart(self) -> None:
        code = READER + '    other = Consumer({})\n    other.subscribe(["order-s"])\n'
        written = COMPOSE.replace("ORDERS_TOPIC: orders", "ORDERS_TOPIC: orders-")

        assert "warning topic-misspelt" not in rules({"services/sink/main.py": code, "compose.yaml": written})


class TestSettings:
    def test_a_misspelt_setting_is_told_with_its_line(self) -> None:
        code = READER.replace(
            "    consumer = Consumer(", '    limit = os.getenv("MAX_MESSAGES", "10")\n    consumer = Consumer('
        )

        (found,) = findings({"services/sink/main.py": code, "compose.yaml": COMPOSE + "      MAX_MESSAGE: 5\n"})

        assert (found.severity, found.rule) == ("warning", "setting-misspelt")
        assert (
            found.title == "MAX_MESSAGE is set for sink, but its code asks for MAX_MESSAGES, which nothing sets for it."
        )
        assert [str(proof.span) for proof in found.proof] == ["compose.yaml:11", "services/sink/main.py:8"]

    @pytest.mark.parametrize(
        ("set_to", "asked", "more"),
        [
            ("REDIS_HOST", "REDIS_PORT", {}),
            ("WORKERS_1", "WORKERS_2", {}),
            ("MAX_MESSAGE", "MAX_MESSAGES", {"services/sink/Dockerfile": "FROM scratch\nENV MAX_MESSAGES=3\n"}),
            ("MAX_MESSAGE", "MAX_MESSAGES", {"services/sink/run.sh": 'exec sink --max "$MAX_MESSAGE"\n'}),
        ],
    )
    def test_settings_that_differ_or_are_used_elsewhere_are_none(
        self, set_to: str, asked: str, more: dict[str, str]
    ) -> None:
        code = READER.replace(
            "    consumer = Consumer(", f'    limit = os.getenv("{asked}", "10")\n    consumer = Consumer('
        )

        assert rules({"services/sink/main.py": code, "compose.yaml": COMPOSE + f"      {set_to}: 5\n", **more}) == []

    def test_a_question_with_a_slip_is_told_where_another_job_asks_the_right_one(self) -> None:
        right = 'METRICS_PATH = os.path.join(\n    "a",\n    os.getenv("METRICS_PATH"),\n)\n'
        wrong = right.replace('getenv("METRICS', 'getenv("METRIS')
        texts = {
            "services/orders/settings.py": "import os\n" + right,
            "services/sink/settings.py": "import os\n" + wrong,
        }

        (found,) = findings(texts)

        assert found.title.startswith(
            "sink asks for METRIS_PATH, which no deployment sets, and keeps it as METRICS_PATH"
        )
        assert [str(proof.span) for proof in found.proof] == [
            "services/sink/settings.py:4",
            "services/orders/settings.py:4",
        ]
        assert rules({**texts, "services/sink/Dockerfile": "FROM scratch\nENV METRIS_PATH=/m\n"}) == []

    def test_a_name_that_another_job_reads_is_no_excuse(self) -> None:
        mine = READER.replace(
            "    consumer = Consumer(", '    limit = os.getenv("MAX_MESSAGES", "10")\n    consumer = Consumer('
        )
        texts = {
            "services/sink/main.py": mine,
            "services/orders/limits.py": 'import os\nLIMIT = os.environ["MAX_MESSAGE"]\n',
        }

        assert rules({**texts, "compose.yaml": COMPOSE + "      MAX_MESSAGE: 5\n"}) == ["warning setting-misspelt"]

    @pytest.mark.parametrize("is_in_code", [True, False])
    def test_a_slip_that_stands_once_is_told_where_other_jobs_have_the_name_right(self, is_in_code: bool) -> None:
        ask = '    limit = os.getenv("%s", "10")\n'
        right = {"services/orders/main.py": WRITER.replace("    producer = ", ask % "MAX_MESSAGES" + "    producer = ")}
        asked, given = ("MAX_MESAGES", "MAX_MESSAGES") if is_in_code else ("MAX_MESSAGES", "MAX_MESAGES")
        wrong = {"services/sink/main.py": READER.replace("    consumer = ", ask % asked + "    consumer = ", 1)}
        compose = COMPOSE.replace("      SCHEMAS:", "      MAX_MESSAGES: 5\n      SCHEMAS:") + f"      {given}: 5\n"

        found = findings({**right, **wrong, "compose.yaml": compose, "README.md": "Set MAX_MESSAGES.\n"})

        assert [(it.rule, it.job) for it in found] == [("setting-misspelt", "sink")]


class TestSchemaFiles:
    def test_a_setting_that_leads_to_no_schema_is_an_error_where_a_near_one_is_there(self) -> None:
        (found,) = findings({"compose.yaml": COMPOSE + "      SCHEMA_PATH: /app/schemas/ordr.avsc\n"})

        assert (found.severity, found.rule) == ("error", "schema-path-missing")
        assert str(found.proof[0].span) == "compose.yaml:11"
        assert "schemas/order.avsc" in found.next

    def test_a_path_in_the_configuration_that_a_chart_hands_on_is_looked_at(self) -> None:
        values = "image: {repository: shop/sink}\nconfigYaml:\n  CONSUMER_CONFIG:\n    TOPICS: [orders]\n"
        chart = {
            "charts/sink/Chart.yaml": "name: sink\n",
            "charts/sink/values.yaml": values + "    SCHEMA_PATH: /schemas/ordr.avsc\n",
        }

        (found,) = [it for it in findings(chart) if it.rule == "schema-path-missing"]

        assert str(found.proof[0].span) == "charts/sink/values.yaml:5"
        assert found.job == "sink"

    def test_a_misspelt_folder_of_a_schema_is_told(self) -> None:
        more = {
            "schemas/refund_step/out.avsc": schema("x", name="R"),
            "schemas/order_step/out.avsc": schema("y", name="O"),
        }

        (found,) = findings({**more, "compose.yaml": COMPOSE + "      SCHEMA_PATH: /schemas/orders_step/out.avsc\n"})

        assert found.rule == "schema-path-missing"
        assert "schemas/order_step/out.avsc" in found.next

    @pytest.mark.parametrize(
        "value",
        ["/anywhere/order.avsc", "https://example.org/schemas/gone.avsc", "/opt/vendor/theirs.avsc", "$DIR/gone.avsc"],
    )
    def test_paths_that_may_be_right_elsewhere_are_no_finding(self, value: str) -> None:
        assert rules({"compose.yaml": COMPOSE + f"      SCHEMA_PATH: {value}\n"}) == []

    def test_a_path_in_the_code_that_leads_nowhere_is_told(self) -> None:
        code = READER.replace("services/sink/schemas/order.avsc", "services/sink/schemas/refunds.avsc")

        assert "warning schema-path-missing" in rules({"services/sink/main.py": code})

    def test_a_schema_that_is_not_valid_is_told_and_one_in_tests_is_not(self) -> None:
        bad = '{"type": "record", "name": "X", "fields": [],}'

        assert rules({"schemas/bad.avsc": bad, "services/sink/tests/bad.avsc": bad}) == ["warning schema-unreadable"]

    def test_what_is_sent_to_a_registry_is_no_schema_that_nobody_can_read(self) -> None:
        request = '{\n  "schema": "{\n    \\"type\\": \\"record\\", \\"name\\": \\"X\\", \\"fields\\": []\n  }"\n}\n'

        assert rules({"schemas/click.avsc": request}) == []

    def test_a_byte_order_mark_that_pythons_libraries_refuse_is_told(self) -> None:
        marked = '\ufeff{"type": "record", "name": "Click", "fields": []}'

        assert rules({"schemas/click.avsc": marked}) == ["warning schema-byte-order-mark"]
        assert rules({"services/sink/tests/click.avsc": marked}) == []

    def test_comments_are_for_java_unless_python_names_the_file(self) -> None:
        commented = '// of the shop\n{"type": "record", "name": "Click", "fields": []}'

        assert rules({"datagen/click.avsc": commented}) == []
        code = READER + '\nCLICK = fastavro.schema.load_schema("datagen/click.avsc")\n'
        assert "warning schema-unreadable" in rules({"datagen/click.avsc": commented, "services/sink/main.py": code})


class TestReads:
    def test_a_read_of_a_field_that_no_version_has_is_told(self) -> None:
        code = READER.replace('order["amount"]', 'order["amuont"], order.get("comment")')

        found = findings({"services/sink/main.py": code})

        assert [(it.severity, it.rule, it.path) for it in found] == [
            ("error", "field-never-written", "amuont"),
            ("warning", "field-never-written", "comment"),
        ]
        assert 'it has "amount"' in found[0].title

    def test_a_record_that_goes_through_a_file_which_names_no_field_is_followed(self) -> None:
        code = READER.replace("import io", "import enriching, io, json").replace(
            'print(order["amount"])',
            'order = enriching.process(order)\n        print(json.dumps(order), order["comment"])',
        )

        found = findings(
            {"services/sink/main.py": code, "services/sink/enriching.py": "def process(event):\n    return event\n"}
        )

        assert [(it.rule, it.path) for it in found] == [("field-never-written", "comment")]

    def test_json_may_hold_anything(self) -> None:
        code = READER.replace(
            "fastavro.schemaless_reader(io.BytesIO(consumer.poll().value()), SCHEMA)",
            "json.loads(consumer.poll().value())",
        )
        code = code.replace('order["amount"]', 'order["comment"]').replace("import io", "import json, io")

        assert rules({"services/sink/main.py": code}) == []


class TestProducers:
    def test_a_required_field_that_nothing_fills_is_an_error(self) -> None:
        fields = (*FIELDS, "channel")

        found = findings({path: schema(*fields) for path in SHOP if path.endswith(".avsc")})

        assert [(it.severity, it.rule, it.path, it.job) for it in found] == [
            ("error", "required-field-unfilled", "channel", "orders")
        ]

    def test_a_topic_by_default_and_a_word_in_code_of_nobody_are_no_excuse(self) -> None:
        schemas = {path: schema(*FIELDS, "channel") for path in SHOP if path.endswith(".avsc")}
        compose = COMPOSE.replace("      ORDERS_TOPIC: orders\n      SCHEMAS", "      SCHEMAS")
        code = WRITER.replace('os.environ["ORDERS_TOPIC"]', 'os.getenv("ORDERS_TOPIC", "orders")')
        texts = {**schemas, "compose.yaml": compose, "services/orders/main.py": code}

        def unfilled(tool: str, code: str = code) -> list[str]:
            found = findings({**texts, "services/orders/main.py": code, "tools/labels.py": tool})
            return [it.path for it in found if it.rule == "required-field-unfilled"]

        assert unfilled('NAMES = ["channel"]\n') == ["channel"]
        assert unfilled('NAMES = ["channel"]\n', "from tools import labels\n" + code) == []

    @pytest.mark.parametrize("field", [("channel", ["null", "string"]), ("channel", "string", "web")])
    def test_what_the_encoder_fills_by_itself_is_none(self, field: tuple[object, ...]) -> None:
        assert rules({path: schema(*FIELDS, field) for path in SHOP if path.endswith(".avsc")}) == []

    @pytest.mark.parametrize(
        "code",
        [
            WRITER.replace('"EUR",', '"EUR", **checkout,'),
            WRITER.replace("        fastavro.s", '        order["channel"] = "web"\n        fastavro.s'),
            WRITER.replace("        fastavro.s", "        order.update(channel=1)\n        fastavro.s"),
        ],
    )
    def test_a_producer_that_may_fill_it_is_none(self, code: str) -> None:
        schemas = {path: schema(*FIELDS, "channel") for path in SHOP if path.endswith(".avsc")}

        assert rules({**schemas, "services/orders/main.py": code}) == []


_SCORER = """import io
import fastavro
from confluent_kafka import Consumer, Producer

ORDER = fastavro.schema.load_schema("schemas/order.avsc")
SCORED = fastavro.schema.load_schema("schemas/scored.avsc")

def main():
    producer, consumer = Producer({}), Consumer({})
    consumer.subscribe(["orders"])
    while True:
        order = fastavro.schemaless_reader(io.BytesIO(consumer.poll().value()), ORDER)
        out = io.BytesIO()
        scored = {**order, "score": 1}
        fastavro.schemaless_writer(out, SCORED, scored)
        producer.produce("scored", out.getvalue())
"""


class TestCopiedRecords:
    def rules_of(self, *more: object, code: str = _SCORER) -> list[tuple[str, str]]:
        texts = {
            "schemas/scored.avsc": schema(*FIELDS, ("score", "int"), *more, name="shop.Scored"),
            "services/scorer/Dockerfile": "",
            "services/scorer/main.py": code,
        }
        return [(it.rule, it.path) for it in findings(texts) if it.rule == "required-field-unfilled"]

    def test_what_a_copied_record_lacks_and_nothing_fills_is_an_error(self) -> None:
        assert self.rules_of("channel") == [("required-field-unfilled", "channel")]

    def test_what_it_has_or_the_code_fills_is_none(self) -> None:
        assert self.rules_of() == []
        assert self.rules_of("channel", code=_SCORER.replace('"score": 1', '"score": 1, "channel": "web"')) == []

    def test_a_record_of_another_kind_may_hold_anything(self) -> None:
        assert self.rules_of("channel", code=_SCORER.replace("{**order,", "{**order, **extra(order),")) == []


class TestLists:
    COPY = READER.replace('print(order["amount"])', "row = {name: order[name] for name in NAMES}")

    @pytest.mark.parametrize(
        ("names", "expected"),
        [
            ('("id", "amount", "currency")', ["note fields-dropped"]),
            ('("id", "amount", "currency", "note")', []),
            ('("id", "amount")', []),
            ("list(order)", []),
        ],
    )
    def test_a_list_that_leaves_fields_out_is_a_note(self, names: str, expected: list[str]) -> None:
        code = self.COPY.replace("def main():", f"NAMES = {names}\n\ndef main():")

        assert rules({"services/sink/main.py": code}) == expected

    @pytest.mark.parametrize("names", ["NAMES", '("id", "amount", "currency")'])
    def test_a_list_that_items_are_kept_by_is_one(self, names: str) -> None:
        code = READER.replace('print(order["amount"])', f"row = {{k: v for k, v in order.items() if k in {names}}}")
        code = code.replace("def main():", 'NAMES = ["id", "amount", "currency"]\n\ndef main():')

        assert rules({"services/sink/main.py": code}) == ["note fields-dropped"]

    def test_what_is_dropped_is_named(self) -> None:
        code = self.COPY.replace(
            "def main():", 'NAMES = [\n    "id",\n    "amount",\n    "currency",\n]\n\ndef main():'
        )

        (found,) = findings({"services/sink/main.py": code})

        assert "keeps 3 of the 4 fields" in found.title
        assert "note is dropped" in found.title
        assert str(found.proof[0].span) == "services/sink/main.py:8"


class TestNulls:
    SCHEMAS = tuple(path for path in SHOP if path.endswith(".avsc"))

    def rules_of(self, code: str, kind: object) -> list[str]:
        texts = {path: schema("id", ("amount", kind), "currency", FIELDS[3]) for path in self.SCHEMAS}
        return rules({**texts, "services/sink/main.py": READER.replace('print(order["amount"])', code)})

    def test_a_sum_with_a_field_that_may_be_null_is_a_warning(self) -> None:
        assert self.rules_of('total = 3 / order["amount"]', ["null", "int"]) == ["warning null-computed"]

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ('total = 3 / order["amount"]', "int"),
            ('total = 3 / (order["amount"] or 1)', ["null", "int"]),
            ('total = 3 / order["amount"] if order["amount"] else 0', ["null", "int"]),
            ('total = order["amount"] + "x"', ["null", "string"]),
            ('total = 3 / order["amount"]', ["null", "int", "string"]),
            ('if order["amount"] is None:\n            continue\n        total = 3 / order["amount"]', ["null", "int"]),
            ('total = np.log(order["amount"])', ["null", "int"]),
        ],
    )
    def test_a_field_that_is_looked_at_or_never_null_is_none(self, code: str, kind: object) -> None:
        assert self.rules_of(code, kind) == []


_STATE = {"type": "enum", "name": "State", "symbols": ["OPEN", "PAID", "SENT"]}


class TestSymbols:
    def rules_of(self, code: str, table: str = '{"OPEN": 1, "PAID": 2}') -> list[str]:
        texts = {path: schema(*FIELDS, ("state", _STATE)) for path in SHOP if path.endswith(".avsc")}
        reader = READER.replace("def main", f"CODES = {table}\n\ndef main").replace('print(order["amount"])', code)
        writer = WRITER.replace('"note": None', '"note": None, "state": "OPEN"')
        return rules({**texts, "services/sink/main.py": reader, "services/orders/main.py": writer})

    @pytest.mark.parametrize(
        "code", ['print(CODES[order["state"]])', 'state = order["state"]\n        print(CODES[state])']
    )
    def test_a_table_that_lacks_a_symbol_is_a_warning(self, code: str) -> None:
        assert self.rules_of(code) == ["warning symbol-not-in-table"]

    @pytest.mark.parametrize(
        ("code", "table"),
        [
            ('print(CODES[order["state"]])', '{"OPEN": 1, "PAID": 2, "SENT": 3}'),
            ('print(CODES[order["state"]])', '{"OPEN": 1, "PAID": 2, **OTHERS}'),
            ('print(CODES[order["state"]])', '{"id": 1, "amount": 2}'),
            ('print(CODES.get(order["state"]))', '{"OPEN": 1, "PAID": 2}'),
            ('if order["state"] in CODES:\n            print(CODES[order["state"]])', '{"OPEN": 1, "PAID": 2}'),
            ('CODES["SENT"] = 3\n        print(CODES[order["state"]])', '{"OPEN": 1, "PAID": 2}'),
            ('print(CODES[order["currency"]])', '{"OPEN": 1, "PAID": 2}'),
        ],
    )
    def test_a_table_that_may_hold_all_or_is_no_table_of_symbols_is_none(self, code: str, table: str) -> None:
        assert self.rules_of(code, table) == []


class TestDecoders:
    def test_one_local_schema_that_lacks_a_field_in_the_middle_is_an_error(self) -> None:
        (found,) = findings({"services/sink/schemas/order.avsc": schema("id", "currency", FIELDS[3])})

        assert (found.severity, found.rule) == ("error", "decoder-schema-differs")
        assert "it lacks amount" in found.title

    def test_one_that_lacks_the_last_field_works_by_luck_and_names_its_version(self) -> None:
        old = schema(*FIELDS[:3])
        past = {"schemas/order.avsc": [old, SHOP["schemas/order.avsc"]]}

        (found,) = findings({"services/sink/schemas/order.avsc": old}, past)

        assert (found.severity, found.rule) == ("warning", "decoder-schema-differs")
        assert "version 1 of 2" in found.title

    def test_a_reader_schema_that_cannot_read_is_an_error(self) -> None:
        found = findings(
            {
                "services/sink/schemas/order.avsc": schema(*FIELDS, "channel"),
                "services/sink/main.py": READER.replace(
                    "fastavro.schemaless_reader(io.BytesIO(consumer.poll().value()), SCHEMA)",
                    "next(fastavro.reader(io.BytesIO(consumer.poll().value()), SCHEMA))",
                ),
            }
        )

        assert [(it.severity, it.rule) for it in found] == [("error", "decoder-cannot-read")]

    @pytest.mark.parametrize(
        ("field", "expected"),
        [
            (("age", "int", 0), ["warning default-hides-absence"]),
            (("vip", "boolean", False), ["warning default-hides-absence"]),
            (("age", "int", -1), []),
            (("channel", "string", "unknown"), []),
            (("age", ["null", "int"], None), []),
        ],
    )
    def test_a_default_that_could_be_measured_hides_that_nobody_wrote_it(
        self, field: tuple[object, ...], expected: list[str]
    ) -> None:
        changed = {
            "services/sink/schemas/order.avsc": schema(*FIELDS, field),
            "services/sink/main.py": READER.replace(
                "fastavro.schemaless_reader(io.BytesIO(consumer.poll().value()), SCHEMA)",
                "next(fastavro.reader(io.BytesIO(consumer.poll().value()), SCHEMA))",
            ),
        }

        assert rules(changed) == expected


class TestCopies:
    def test_a_copy_that_drifted_without_meeting_on_a_topic_is_told(self) -> None:
        fields = ("a", "b", "c", "d", "e")
        texts = {
            "one/refund.avsc": schema(*fields, name="shop.Refund"),
            "two/refund.avsc": schema(*fields, "f", name="shop.Refund"),
        }

        (found,) = findings(texts)

        assert (found.severity, found.rule) == ("note", "copy-drifted")
        assert "has f besides" in found.title

    def test_a_copy_that_is_an_earlier_version_is_a_warning(self) -> None:
        old, new = schema("a", "b", name="shop.Refund"), schema("a", "b", "c", name="shop.Refund")

        (found,) = findings({"one/refund.avsc": new, "two/refund.avsc": old}, {"one/refund.avsc": [old, new]})

        assert (found.severity, found.rule) == ("warning", "copy-drifted")
        assert "is version 1 of 2" in found.title

    @pytest.mark.parametrize(
        "other",
        [
            schema("a", "b", "c", "d", name="shop.Refund", doc="the same"),
            schema("w", "x", "y", "z", name="shop.Refund"),
            schema("a", "b", "c", "d", "e", name="other.Refund"),
        ],
    )
    def test_equal_and_unlike_schemas_are_no_copies_that_drifted(self, other: str) -> None:
        assert (
            rules({"one/refund.avsc": schema("a", "b", "c", "d", name="shop.Refund"), "two/refund.avsc": other}) == []
        )

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("order", "order-v2"),
            ("refund", "refund_init"),
            ("1.2.0/avro/refund", "1.3.0-SNAPSHOT/avro/refund"),
            ("RefundV1", "RefundV11"),
            ("RefundV1", "RefundV1Superset"),
            ("a/lab_03_refund", "a/lab_05_refund"),
            ("a/refund_v2", "b/refund"),
        ],
    )
    def test_stages_of_a_schema_are_no_copies(self, first: str, second: str) -> None:
        old, new = schema("a", "b", "c", "d", name="shop.Refund"), schema("a", "b", "c", "d", "e", name="shop.Refund")

        assert "copy-drifted" not in " ".join(rules({f"lab/{first}.avsc": old, f"lab/{second}.avsc": new}))

    def test_stages_of_a_schema_in_one_file_of_code_are_no_copies(self) -> None:
        old, new = schema("a", "b", "c", "d", name="shop.Refund"), schema("a", "b", "c", "d", "e", name="shop.Refund")
        code = f"import json, avro\nV1 = json.loads('''{old}''')\nV2 = json.loads('''{new}''')\n"

        assert "copy-drifted" not in " ".join(rules({"lab/model.py": code}))

    def test_schemas_of_one_name_on_topics_of_their_own_are_no_copies(self) -> None:
        daily = schema("id", "amount", "currency", ("note", ["null", "string"], None), "day", name="shop.Order")
        code = WRITER.replace('"order.avsc"', '"daily/order.avsc"').replace('"note": None', '"note": None, "day": "x"')
        texts = {
            "schemas/daily/order.avsc": daily,
            "services/daily/Dockerfile": "",
            "services/daily/main.py": code.replace('os.environ["ORDERS_TOPIC"]', '"daily"').replace(
                'os.environ["SCHEMAS"]', '"schemas"'
            ),
        }

        assert "copy-drifted" not in " ".join(rules(texts))

    def test_copies_of_tests_may_differ(self) -> None:
        assert rules({"services/sink/tests/order.avsc": schema(*FIELDS, "more")}) == []


_OLD, _NEW = schema(*FIELDS), schema(*FIELDS, ("vat", "int"))
PAST = {"schemas/order.avsc": [_OLD, _NEW]}
STEP = {
    "schemas/order.avsc": _NEW,
    "services/sink/schemas/order.avsc": _NEW,
    "services/orders/main.py": WRITER.replace('"note"', '"vat": 3, "note"'),
}


class TestHistory:
    def test_a_step_against_the_assumed_level_is_a_note(self) -> None:
        assert rules(STEP, PAST) == ["note incompatible-step"]

    def test_a_step_against_a_declared_level_is_an_error(self) -> None:
        settings = read_settings('[compatibility]\n"*" = "BACKWARD"\n')

        (found,) = findings(STEP, PAST, settings)

        assert (found.severity, found.rule) == ("error", "incompatible-step")
        assert str(found.proof[0].span).startswith("schemas/order.avsc:")
        assert 'The data lacks "vat"' in found.title

    @pytest.mark.parametrize("level", ["NONE", "FORWARD"])
    def test_a_step_that_the_level_allows_is_none(self, level: str) -> None:
        assert rules(STEP, PAST, read_settings(f'[compatibility]\n"*" = "{level}"\n')) == []


class TestOpaqueStrings:
    def test_json_in_a_string_field_is_a_note(self) -> None:
        code = WRITER.replace('"note": None', '"note": json.dumps(checkout)').replace("import io", "import json, io")

        (found,) = findings({"services/orders/main.py": code})

        assert (found.severity, found.rule, found.path) == ("note", "opaque-json", "note")

    def test_json_of_something_else_on_the_line_is_none(self) -> None:
        code = READER.replace('print(order["amount"])', 'print(order["amount"], json.dumps({}))')

        assert rules({"services/sink/main.py": code.replace("import io", "import json, io")}) == []


def test_ids_stay_when_lines_move() -> None:
    changed = {"services/sink/main.py": READER.replace('order["amount"]', 'order["amuont"]')}
    moved = {path: "\n\n# more\n" + text for path, text in changed.items()}

    assert [it.id for it in findings(changed)] == [it.id for it in findings(moved)]


def test_every_finding_has_a_proof_and_says_what_to_do() -> None:
    text = json.dumps(json.loads(schema(*FIELDS[:2])))
    for found in findings({"services/sink/schemas/order.avsc": text}):
        assert found.proof
        assert found.next
        assert found.why


def test_a_decoder_that_stays_on_an_earlier_version_folder_is_told() -> None:
    folders = {
        "schemas/order.avsc": None,
        "services/sink/schemas/order.avsc": None,
        "schemas/v1/order.avsc": schema("id", "currency", FIELDS[3]),
        "schemas/v2/order.avsc": schema(*FIELDS),
        "services/orders/main.py": WRITER.replace('"order.avsc"', '"v2", "order.avsc"'),
        "services/sink/main.py": READER.replace("services/sink/schemas/order.avsc", "schemas/v1/order.avsc"),
    }

    (found,) = findings(folders)

    assert (found.severity, found.rule) == ("error", "decoder-schema-differs")
    assert "version 1 of 2" in found.title
    moved = READER.replace("services/sink/schemas/order.avsc", "schemas/v2/order.avsc")
    assert rules({**folders, "services/sink/main.py": moved}) == []
