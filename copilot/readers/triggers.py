"""Which functions are fed by a cloud's trigger? Told by their arguments and by the parts of an event that the file takes apart.

What feeds them is set where they are deployed, so each is an edge to an unknown endpoint under the function's name.
"""

from __future__ import annotations

from copilot.readers.scope import FunctionNode, Scope, Seen, parameters

_EVENTS = frozenset({"event", "data", "cloud_event", "cloudevent", "message"})
_PULSAR_FUNCTION = ("name", "pulsar", "Function")
_KOMBU_MIXINS = frozenset(
    (module, name) for module in ("kombu", "kombu.mixins") for name in ("ConsumerMixin", "ConsumerProducerMixin")
)
_CLOUD_EVENT = "functions_framework.cloud_event"
# Parts of a record that only one kind of trigger has, and the kind of endpoint behind it.
_RECORD_PARTS = (
    (frozenset({"kinesis"}), "stream"),
    (frozenset({"Sns"}), "topic"),
    (frozenset({"dynamodb"}), "table"),
    (frozenset({"s3", "bucket"}), "file"),
    (frozenset({"body"}), "queue"),
)
_FIREHOSE_PARTS = frozenset({"recordId", "data"})
_KAFKA_PARTS = frozenset({"topic", "value"})


def see_pulsar_function(scope: Scope, node: FunctionNode) -> None:
    """Notes that a method is what Pulsar runs as a function, if it is: it is fed, and publishes through its context."""
    if node.name != "process" or _PULSAR_FUNCTION not in scope.bases.get(scope.class_name, ()):
        return
    topics = ("var", scope.class_name, None)
    scope.sheet.add_call("consume", "trigger", node, scope.qualified, topics=topics, endpoint="topic")
    for name in parameters(node)[1:2]:
        scope.names[name] = Seen(thing=("client", "pulsar context", None, -1))


def see_kombu_mixin(scope: Scope, node: FunctionNode) -> None:
    """Lets what kombu's mixins hand to their heirs stand for its clients: `get_consumers(self, Consumer, …)`, `self.producer`."""
    bases = scope.bases.get(scope.class_name, ())
    if not any(base is not None and base[0] == "name" and base[1:] in _KOMBU_MIXINS for base in bases):
        return
    scope.attributes.setdefault((scope.class_name, "producer"), Seen(thing=("client", "kombu producer", None, -1)))
    for name in parameters(node)[:1] if node.name == "get_consumers" else ():
        scope.imports.setdefault(name, ("kombu.mixins", "Consumer"))


def add_trigger_calls(scope: Scope, functions: list[FunctionNode]) -> None:
    """Adds the calls that feed those of a file's functions which are deployed to be triggered."""
    candidates = [node for node in functions if _is_cloud_event(scope, node) or _takes_event(node)]
    if not candidates:
        return
    parts = scope.sheet.keys_read()
    for node in candidates:
        for endpoint in _endpoints(scope, node, parts):
            topics = ("var", node.name, None)
            scope.sheet.add_call("consume", "trigger", node, node.name, topics=topics, endpoint=endpoint)


def _takes_event(node: FunctionNode) -> bool:
    names = parameters(node)
    if node.name == "lambda_handler":
        return len(names) > 1 and names[0] in _EVENTS
    return len(names) == 2 and names[0] in _EVENTS and names[1].endswith("context")


def _is_cloud_event(scope: Scope, node: FunctionNode) -> bool:
    return any(scope.dotted(decorator) == _CLOUD_EVENT for decorator in node.decorator_list)


def _endpoints(scope: Scope, node: FunctionNode, parts: frozenset[tuple[str, str]]) -> list[str]:
    """Returns the kinds of endpoints that feed a function; `parts` are the keys that its file reads, with what they are read of."""
    keys = frozenset(key for _, key in parts)
    event = next(iter(parameters(node)), "")
    if _is_cloud_event(scope, node):
        return ["topic"] if {"message", "data"} <= keys else []
    if (event, "Records") in parts:
        return [endpoint for wanted, endpoint in _RECORD_PARTS if wanted <= keys][:1]
    if (event, "records") in parts and keys >= _KAFKA_PARTS:
        return ["topic"]
    if (event, "records") in parts and keys >= _FIREHOSE_PARTS:
        return ["stream"]
    # A background function of Google Cloud gets the message itself, in base64 under "data".
    return ["topic"] if (event, "data") in parts and "base64" in scope.libraries else []
