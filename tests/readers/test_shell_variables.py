"""Shell scripts that deploy or start jobs put their names together from variables: each holds what was set above the line."""

from __future__ import annotations

import textwrap

import pytest

from copilot.readers.shell_variables import ShellVariables
from copilot.readers.values import Surroundings, resolve
from tests.readers.test_effects import edges


def read(script: str, text: str) -> set[tuple[str, str]]:
    """The texts that a text may be after a script, each with what it rests on."""
    variables = ShellVariables()
    for number, line in enumerate(textwrap.dedent(script).splitlines(), 1):
        variables.note(line, number)
    around = Surroundings("deploy.sh", {}, lambda module, name: None)
    return {(one.text or f"?{one.variable}", one.source) for one in resolve(variables.read(text, 1), around)}


@pytest.mark.parametrize(
    ("script", "text", "expected"),
    [
        ("topic=orders", "$topic", {("orders", "code")}),
        ('survey="ztf"\ntopic="${survey}-alerts"  # the raw ones', "${topic}", {("ztf-alerts", "code")}),
        ('export topic="orders"', "$topic-raw", {("orders-raw", "code")}),
        ("local topic='orders'", "$topic", {("orders", "code")}),
        ('topic="${1:-orders}"', "$topic", {("orders", "default")}),
        ('topic="$1"', "$topic", {("?$1", "unset")}),
        ('topic="$1"', "x-$topic", {("?x-{$1}", "unset")}),
        ("topic=$(cat topic.txt)\n", "$topic", {("?topic", "unset")}),
        ("topic=a\ntopic=b", "$topic", {("b", "code")}),
        ('topic=a\nif [ "$x" ]; then\n  topic=b\nfi', "$topic", {("a", "choice"), ("b", "choice")}),
        ('topic=a\nif [ "$x" ]; then echo; fi\ntopic=b', "$topic", {("b", "code")}),
        ('topic=a\nfor x in 1 2; do\n  topic="${topic}-x"\ndone\n', "$topic", {("a", "choice"), ("a-x", "choice")}),
    ],
)
def test_a_variable_holds_what_the_lines_above_set(script: str, text: str, expected: set[tuple[str, str]]) -> None:
    assert read(script, text) == expected


def test_a_name_that_doubles_itself_ends_as_an_unknown() -> None:
    script = "a=x\n" + 'a="${a}${a}"\n' * 200

    assert read(script, "$a-z") == {("?{a}{a}{a}{a}-z", "unset")}


FUNCTION = """
    import base64, os
    from google.cloud import pubsub_v1

    SURVEY = os.getenv("SURVEY")

    def run(event, context):
        text = base64.b64decode(event["data"])
        publisher = pubsub_v1.PublisherClient()
        publisher.publish(f"projects/p/topics/{SURVEY}-lite", text)
    """


def test_a_function_that_a_script_deploys_from_its_own_folder_has_the_names_put_together_there() -> None:
    script = """
        #!/bin/bash
        survey="${1:-ztf}"
        trigger_topic="${survey}-alerts"
        name="${survey}-compress"
        gcloud functions deploy "${name}" --entry-point run \\
            --trigger-topic "${trigger_topic}" --set-env-vars SURVEY="${survey}"
        """
    texts = {
        "functions/lite/deploy.sh": script,
        "functions/lite/main.py": FUNCTION,
        "functions/lite/requirements.txt": "",
    }

    assert edges(texts) == {("lite", "consumes", "ztf-alerts", "likely"), ("lite", "produces", "ztf-lite", "certain")}


def test_a_script_that_starts_a_program_hands_over_what_its_variables_hold() -> None:
    code = """
        import sys
        from kafka import KafkaConsumer

        if __name__ == "__main__":
            KafkaConsumer(sys.argv[1])
        """
    script = "#!/bin/sh\nstage=prod\ntopic=${stage}-orders\npython job.py $topic\n"

    assert edges({"job.py": code, "start.sh": script}) == {("job", "consumes", "prod-orders", "certain")}
