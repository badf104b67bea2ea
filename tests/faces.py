"""Proposals and maps built by hand, for what the faces show: small, and holding one of everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from copilot.adapters.messages_json import body_of
from copilot.domain.alternative import Alternative, Gate, NotOffered, Phase, Plan, Step
from copilot.domain.clones import Clone, Consumer
from copilot.domain.codec import canonical, digest_of
from copilot.domain.decision import Applied, Approval, Claim, Decision, Ruling, Stakes
from copilot.domain.evidence import Evidence, Finding, Measure, Recipe, Verdict
from copilot.domain.impacted import AskedChange, ImpactedFile, ImpactList
from copilot.domain.model import Call, Exchange, Message, PromptUse, Text, Tool, ToolResult, ToolUse, Usage
from copilot.domain.operation import ChangeRequest, RenameField
from copilot.domain.patch import FileChange, Patch, Refused
from copilot.domain.pipeline import (
    BlindSpot,
    Certainty,
    Decoder,
    Deployment,
    Endpoint,
    FieldUse,
    Job,
    Link,
    Mode,
    Objective,
    PipelineMap,
)
from copilot.domain.proposal import Compiled, Probed, Proposal, Reading, Worded, plan_digest
from copilot.domain.schema import SchemaField, SchemaSource, SchemaSubject, SchemaVersion
from copilot.domain.source import Gap, Span
from copilot.patches.diff import make_patch

COMMIT = "3f7a1c0d" * 5
CHECKS = ("scope", "syntax", "compatibility", "replay", "usage", "contract", "undo", "commands")
OLD_SCHEMA = """\
{
  "type": "record",
  "name": "Order",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "amount", "type": "long"}
  ]
}
"""
OLD_CODE = """\
def bill(order):
\ttotal = order["amount"]
\tif order["amount"] > 100:
\t\treturn total
"""


def a_proposal(*, stakes: Stakes = "low") -> Proposal:
    """Returns a decided proposal: nothing, the naive edit (refused), an alias (chosen), two phases (second)."""
    request = ChangeRequest(
        "rename amount to total in order", (RenameField("order", "", "amount", "total"),), COMMIT, "ada"
    )
    alternatives = (
        Alternative("nothing", "Change nothing", "rules", "do nothing", (), "It costs nothing."),
        _alternative("naive-11aa22", "Rename everywhere at once", "naive", 1),
        _alternative("alias-33bb44", "Rename, keep the old name as an alias", "alias", 1),
        _alternative("expand-55cc66", "Write both names, move the readers, drop the old name", "expand", 2),
    )
    plan = Plan(alternatives, (NotOffered("new topic", "All readers are in this repository."),))
    compiled = (
        Compiled("nothing", (), None),
        Compiled("naive-11aa22", _patches("naive-11aa22", 1)),
        Compiled("alias-33bb44", _patches("alias-33bb44", 1)),
        Compiled("expand-55cc66", _patches("expand-55cc66", 2)),
    )
    evidence = tuple(_evidence(it.id, check) for it in alternatives for check in CHECKS)
    reading = Reading("m", 12, 1, (), an_impact_list())
    proposal = Proposal("p-0123456789", request, reading, plan, (), compiled, evidence)
    return replace(proposal, decision=_decision(evidence, stakes))


def an_impact_list() -> ImpactList:
    """Returns what every patch edits, a test that none edits, and a page of the documentation."""
    asked = AskedChange("rename_field", "schemas/order.avsc", "", "amount", "total")
    names = "names 1 of the record's 1 other fields"
    files = (
        ImpactedFile("schemas/order.avsc", "change", 0.98, (Span("schemas/order.avsc", 6, 6),), ("defines Order",)),
        ImpactedFile("jobs/billing.py", "change", 0.8, (Span("jobs/billing.py", 2, 3),), (names, "names amount")),
        ImpactedFile("tests/test_billing.py", "change", 0.62, (Span("tests/test_billing.py", 9, 9),), (names,)),
        ImpactedFile("docs/orders[1].md", "look", 0.07, (), ("names amount", "but has not changed for long")),
        ImpactedFile("README.md", "look", 0.01, (), ("names amount",)),
    )
    return ImpactList(COMMIT, (asked,), files, (), 12)


def a_proposal_with_a_model() -> Proposal:
    """Returns the same, framed by a model at the second attempt, a critic that was cut off, then words, and a probe."""
    proposal = a_proposal()
    ids = {(it.alternative, it.check): it.id for it in proposal.evidence}
    replay, failed = ids["alias-33bb44", "replay"], ids["naive-11aa22", "replay"]
    worded = Worded(
        (
            ("naive-11aa22", "Records of version 1 would not be read any more by [b]anyone[/b].", (failed,)),
            (
                "naive-11aa22",
                "Records of version 1 would not be read any more, unlike with alias-33bb44.",
                (failed, replay),
            ),
            ("alias-33bb44", "All 3 versions are read back equal, & total keeps <amount>.", (replay,)),
            ("alias-33bb44", "All 3 versions are read back equal, so nobody has to wait for anybody.", (replay,)),
        )
    )
    trials = (("as it is", "", True), ("taken away", replay, True), ("turned round", failed, False))
    asked = replace(tuple(_exchanges())[1], purpose="words", model="model-2")
    probing = replace(asked, purpose="probe")
    exchanges = (*_exchanges(), asked, probing)
    return replace(proposal, exchanges=exchanges, worded=worded, probed=Probed(trials))


def _exchanges() -> Iterator[Exchange]:
    tool = Tool("frame", "What is asked.", '{"type":"object"}')
    asked = Message("user", (Text('<data name="request">\nrename amount\u202e to total\n</data>'),))
    wrong = ToolUse("t1", "frame", '{"operations":[]}')
    again = Message("user", (ToolResult("t1", "Give either operations or a question.", True),))
    right = ToolUse("t2", "frame", '{"operations":[{"op":"rename_field"}]}')
    use = PromptUse("frame", 2, "ab" * 32, "built in", "cd" * 32)
    critic = PromptUse("critic", 1, "ef" * 32, "own")
    turns = ((asked,), (asked, Message("assistant", (wrong,)), again))
    for messages, answer, problem in zip(
        turns, (wrong, right), ("Give either operations or a question.", ""), strict=True
    ):
        body = body_of(
            Call(("You frame.", '<data name="map">\n</data>'), (tool,), messages, "frame"), "model-1", is_claude=True
        )
        block = {"type": "tool_use", "id": answer.id, "name": answer.name, "input": json.loads(answer.input)}
        said = canonical({"role": "assistant", "content": [block]})
        yield Exchange(
            "frame", use, canonical(body), "api.example.com", "model-1", said, "tool_use",
            Usage(120, 80, 0, 20), 0.0012, 1.25, problem,
        )  # fmt: skip
    body = body_of(Call(("You refute.",), (), (Message("user", (Text("Begin."),)),)), "model-1", is_claude=False)
    yield Exchange(
        "critic", critic, canonical(body), "localhost", "model-1", "I would say\x1b[2J that", "", Usage(9), None, 3.0,
        "The connection was cut.", "alias-33bb44",
    )  # fmt: skip


def a_refused_proposal() -> Proposal:
    """Returns a proposal in which nothing survived, one alternative because it could not be compiled."""
    proposal = a_proposal()
    assert proposal.decision is not None
    rulings = tuple(replace(it, outcome="refused", rank=0) for it in proposal.decision.rulings)
    refused = Refused("alias-33bb44", "The name stands in a macro.", Span("a.py", 3, 3), "Change it by hand.")
    compiled = (*proposal.compiled[:2], Compiled("alias-33bb44", (), refused), proposal.compiled[3])
    return replace(proposal, compiled=compiled, decision=replace(proposal.decision, rulings=rulings, chosen=""))


def an_undecided_proposal() -> Proposal:
    return replace(a_proposal(), decision=None, evidence=(), compiled=())


def _alternative(id: str, title: str, strategy: str, phases: int) -> Alternative:
    step = Step("all at once", "schema", ("billing",), ("schemas/order.avsc", "jobs/billing.py"))
    gate = Gate("No record of the old shape is left in the topic.")
    names = ("expand", "contract") if phases == 2 else ("rename",)
    built = tuple(Phase(name, (), (step,), gate if phases == 2 else None) for name in names)
    return Alternative(id, title, "rules", strategy, built, "It wins where readers are few.")


def _patches(alternative: str, phases: int) -> tuple[Patch, ...]:
    schema = FileChange(
        "schemas/order.avsc", OLD_SCHEMA, OLD_SCHEMA.replace('"amount"', '"total", "aliases": ["amount"]')
    )
    code = FileChange("jobs/billing.py", OLD_CODE, OLD_CODE.replace('order["amount"]', 'order["total"]'))
    states = ((code, schema),) if phases == 1 else ((schema,), (code, schema))
    return tuple(make_patch(alternative, number, COMMIT, changes) for number, changes in enumerate(states))


def _evidence(alternative: str, check: str) -> Evidence:
    verdict: Verdict = "pass"
    findings: tuple[Finding, ...] = ()
    if alternative == "nothing":
        verdict = "not-applicable"
    elif check == "commands":
        verdict = "unknown"
        findings = (
            Finding("commands.not-allowed", "note", "The repository's tests were not run.", fix="--run-commands"),
        )
    elif (alternative, check) == ("naive-11aa22", "replay"):
        verdict = "fail"
        message = 'Records of version 1 can\'t be read: field "total" has no default.'
        place = Span("schemas/order.avsc", 6, 6)
        findings = (Finding("avro.missing-default", "error", message, place, "order", "total", 0, "Add an alias."),)
    measures = (Measure("versions", 3, "versions"), Measure("took", 0.25, "seconds", is_volatile=True))
    recipe = Recipe(check, 1, (("fastavro", "1.13.1"),), (("patch", "ab" * 32),))
    evidence = Evidence("", alternative, check, recipe, verdict, measures, findings)
    id = f"ev-{digest_of(evidence)[:12]}"
    place = Span("tests/test_billing.py", 9, 9)
    note = Finding("usage.likely-file-left", "note", "tests/test_billing.py may have to change too (62%).", place)
    is_told = check == "usage" and alternative != "nothing"
    return replace(evidence, id=id, likely=(note,) if is_told else ())


def _decision(evidence: tuple[Evidence, ...], stakes: Stakes) -> Decision:
    ids = {(it.alternative, it.check): it.id for it in evidence}
    replay = Claim("3 versions were read back equal.", (ids["alias-33bb44", "replay"], ids["alias-33bb44", "usage"]))
    failed = Claim("3 versions were tried and one could not be read.", (ids["naive-11aa22", "replay"],))
    rulings = (
        Ruling("alias-33bb44", "chosen", 1, "fewest coordinated deploys", (replay,)),
        Ruling("expand-55cc66", "acceptable", 2, "more phases than the chosen one", ()),
        Ruling("nothing", "acceptable", 3, "does not do what was asked", ()),
        Ruling("naive-11aa22", "refused", 0, "unreadable", (failed,)),
    )
    reasons = (Claim("One consumer must change together with the schema.", (ids["alias-33bb44", "usage"],)),)
    not_covered = ("Readers outside this repository.", "The repository's tests were not run.")
    return Decision(rulings, "alias-33bb44", stakes, reasons, not_covered, "d" * 64)


def a_map() -> PipelineMap:
    """Returns a map with one of everything, some of it hostile."""
    orders, unset = Endpoint("topic", "orders"), Endpoint("topic", "", "OUT_TOPIC")
    rows = Endpoint("table", "bills")
    file = Span("jobs/billing.py", 2, 2)
    links = (
        Link(
            "shop", orders, "produces", "order", Decoder("fastavro", "writer"), "certain", (Span("jobs/shop.py", 9, 9),)
        ),
        Link("billing", orders, "consumes", "order", Decoder("fastavro", "single"), "likely", (file,)),
        Link("billing", unset, "produces", None, None, "possible", (Span("jobs/billing.py", 8, 9),)),
        Link("billing", rows, "produces", None, None, "certain", ()),
    )
    uses = (
        a_use("amount", "reads", 2, "certain"),
        a_use("amount", "compares", 3, "likely"),
        a_use("id", "reads", 7, "certain", is_test=True),
    )
    return PipelineMap(
        COMMIT,
        (a_subject(),),
        (orders, unset, rows),
        (Job("billing", "jobs/billing.py"), Job("shop", "jobs/shop.py")),
        (Deployment("billing", "billing-eu", (("TOPIC", "orders"),), Span("compose.yaml", 3, 9)),),
        links,
        uses,
        (BlindSpot("billing", Span("jobs/billing.py", 12, 12), "the key is computed"),),
        (Objective("fresh", "orders", "An order is billed within 5 s.", Span("copilot.toml", 4, 4)),),
        (Gap(Span("schemas/broken\x1b[31m.avsc", 4, 4), "Trailing comma after the last field."),),
        12,
        uncommitted_count=2,
        other_languages=(("Scala", 12), ("Java", 1)),
    )


def a_subject() -> SchemaSubject:
    first = _version(1, "a1" * 20, (_field("id", '"string"'), _field("amount", '"int"')))
    second = _version(
        2, "b2" * 20, (_field("id", '"string"'), _field("amount", '"long"'), _field("note", '["null","string"]'))
    )
    literal = SchemaSource("jobs/billing.py", "d", COMMIT, "python-dict", 10, 90, Span("jobs/billing.py", 20, 28))
    return SchemaSubject("order", "avro", "BACKWARD", "copilot.toml:2", (first, second), (literal,))


def _version(number: int, commit: str, fields: tuple[SchemaField, ...]) -> SchemaVersion:
    source = SchemaSource("schemas/order.avsc", "d", commit, "file", 0, 10, Span("schemas/order.avsc", 1, 9))
    return SchemaVersion("order", number, "shop.Order", f"f{number}", f"m{number}", fields, "", "", source)


def _field(name: str, type: str) -> SchemaField:
    default = "null" if "null" in type else None
    return SchemaField(name, name, "shop.Order", type, default, (), "", "", Span("schemas/order.avsc", 5, 5))


def a_use(path: str, mode: Mode, line: int, certainty: Certainty, is_test: bool = False) -> FieldUse:
    place = Span("tests/test_billing.py" if is_test else "jobs/billing.py", line, line)
    return FieldUse("billing", "order", path, mode, "subscript", certainty, place, 7, is_test, f'order["{path}"]')


def an_empty_map() -> PipelineMap:
    return PipelineMap(COMMIT, (), (), (), (), (), (), (), (), (), 0)


def a_map_with_others() -> PipelineMap:
    """Returns the map with a clone that was read, one that was not, and a consumer that only the settings tell of."""
    here = [Span("copilot.toml", line, line) for line in (1, 5, 8)]
    clones = (
        Clone("billing", "../billing", "v1", "billing@example.org", here[0], "b" * 40, 7),
        Clone("ledger", "../ledger", "", "", here[1]),
    )
    consumer = Consumer("reports", "order", "", "contracts/reports.avsc", "java", "reports@example.org", here[2])
    found = a_map()
    place = Span("billing:invoice/main.py", 3, 3)
    topic = found.endpoints[0]
    links = (
        Link("billing:invoice", topic, "consumes", "order", Decoder("fastavro", "writer"), "likely", (place,)),
        Link(consumer.job, topic, "consumes", "order", Decoder("java", "own"), "certain", (here[2],)),
    )
    jobs = (Job("billing:invoice", "billing:invoice"), Job(consumer.job, consumer.schema))
    return replace(
        found,
        links=(*found.links, *links),
        jobs=(*found.jobs, *jobs),
        gaps=(*found.gaps, Gap(here[1], "the clone ledger is not read: ../ledger is no folder here.")),
        clones=clones,
        consumers=(consumer,),
    )


def a_map_with_uses(uses: tuple[FieldUse, ...]) -> PipelineMap:
    return replace(a_map(), uses=uses)


def an_approved_proposal() -> Proposal:
    proposal = a_proposal()
    plan = plan_digest(proposal, "alias-33bb44")
    return replace(proposal, approvals=(Approval(plan, "alias-33bb44", "ada", "2026-01-01T00:00:00Z", ""),))


def an_applied_proposal() -> Proposal:
    proposal = an_approved_proposal()
    plan = plan_digest(proposal, "alias-33bb44")
    applied = Applied(plan, "alias-33bb44", 0, ("c" * 40,), "copilot/p-0123456789", "2026-01-01T00:00:00Z")
    return replace(proposal, applied=(applied,))


def a_hostile_proposal() -> Proposal:
    """Returns a proposal whose texts try to be markup and terminal commands."""
    proposal = a_proposal()
    assert proposal.plan is not None
    alternatives = tuple(replace(it, title="[bold red]boo[/] \x1b[31m") for it in proposal.plan.alternatives)
    request = replace(proposal.request, text="[@click=quit]rename[/] \x1b]0;x\x07")
    return replace(proposal, request=request, plan=replace(proposal.plan, alternatives=alternatives))
