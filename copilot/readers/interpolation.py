"""Which variables does a text in a deployment file refer to? `${VAR:-default}`, `$(VAR)`, `{{ var }}`, `${var.name}`.

Each language of references becomes the same values: a text put together from constant parts and variables, which `values`
resolves once it is known what sets them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from copilot.readers.values import Value

MAX_REFERENCES = 32
_Read = Callable[[re.Match[str]], Value]

_SHELL = re.compile(
    r"\$(?:\$|\{\{?(?P<braced>[\w.-]+?)(?:(?P<how>:?[-=?+])(?P<default>[^{}]*(?:\{[^{}]*\}[^{}]*)*))?\}?\}|(?P<bare>[A-Za-z_]\w*))"
)
_KUBERNETES = re.compile(r"\$\((?P<name>[\w.-]+)\)")
_JINJA = re.compile(
    r"""\{\{-?\s*(?P<name>[\w.]+)\s*(?P<rest>(?:\|\s*\w+\s*(?:\([^()]*\))?\s*)*)-?\}\}|\{\{.*?\}\}|\{%.*?%\}"""
)
_JINJA_DEFAULT = re.compile(r"""default\(\s*(?:"([^"]*)"|'([^']*)'|([\w.]+))""")
_JINJA_LOOKUP = re.compile(r"""lookup\(\s*['"](?:\w+\.)*env['"]\s*,\s*['"](\w+)['"]\s*\)""")
_TERRAFORM = re.compile(r"\$\{\s*(?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)+)\s*\}|\$\{(?P<plain>\w+)\}|\$\{[^{}]*\}")
_WORKFLOW = re.compile(
    r"\$\{\{\s*(?:env|vars|inputs|matrix)\.(?P<name>[\w-]+)\s*(?:\|\|\s*'(?P<default>[^']*)'\s*)?\}\}|\$\{\{.*?\}\}"
)


_ADDRESS = re.compile(
    r"((?:aws_(?:sqs_queue|sns_topic|kinesis_stream|kinesis_firehose_delivery_stream|dynamodb_table|s3_bucket)"
    r"|google_(?:pubsub_topic|pubsub_subscription|storage_bucket|bigquery_table))\.[\w-]+)\.(?:arn|id|url|stream_arn)\Z"
)


def terraform_reference(name: str, line: int) -> Value:
    """Returns the value of a reference in Terraform: the address of what carries records stands for its name."""
    if name in ("path.module", "path.root", "path.cwd"):
        return ("s", ".")
    address = _ADDRESS.match(name)
    if address is None:
        return ("env", name, None, line)
    return ("env", f"{address[1]}.{'bucket' if name.startswith('aws_s3') else 'name'}", None, line)


def put_together(text: str, pattern: re.Pattern[str], read: _Read) -> Value:
    """Returns the value of a text whose matches are what `read` makes of them; None from `read` is a part that nobody knows."""
    if not pattern.search(text):
        return ("s", text)
    parts: list[Value] = []
    at = 0
    for match in pattern.finditer(text):
        if len(parts) > MAX_REFERENCES:
            return None
        if match.start() > at:
            parts.append(("s", text[at : match.start()]))
        parts.append(read(match))
        at = match.end()
    if at < len(text):
        parts.append(("s", text[at:]))
    return parts[0] if len(parts) == 1 else ("cat", tuple(parts))


def shell_text(text: str, line: int) -> Value:
    """Returns the value of a text with shell or compose variables, `$$` being a plain dollar."""
    return put_together(text, _SHELL, partial(_shell, line)) if "$" in text else ("s", text)


def kubernetes_text(text: str, line: int) -> Value:
    """Returns the value of a text in a manifest: `$(VAR)` of the container, `${PARAMETER}` of a template around it."""
    if "$(" in text:
        return put_together(text, _KUBERNETES, lambda match: ("env", match["name"], None, line))
    return shell_text(text, line)


def jinja_text(text: str, line: int) -> Value:
    """Returns the value of a text with Ansible's variables."""
    return put_together(text, _JINJA, partial(_jinja, line)) if "{{" in text or "{%" in text else ("s", text)


def terraform_text(text: str, line: int) -> Value:
    """Returns the value of a text in Terraform, or of one of its template files."""
    return put_together(text, _TERRAFORM, partial(_terraform, line)) if "${" in text else ("s", text)


def workflow_text(text: str, line: int) -> Value:
    """Returns the value of a text in a GitHub workflow."""
    return put_together(text, _WORKFLOW, partial(_workflow, line)) if "${{" in text else ("s", text)


def _shell(line: int, match: re.Match[str]) -> Value:
    name = match["braced"] or match["bare"]
    if not name:
        return ("s", "$")
    # `${X:+word}` gives the word only where X is set, and `${X:?word}` an error: neither is a default.
    default = match["default"] if match["how"] in (":-", "-", ":=", "=") else None
    return ("env", name, shell_text(default, line) if default else None, line)


def _jinja(line: int, match: re.Match[str]) -> Value:
    if not match["name"]:
        looked_up = _JINJA_LOOKUP.search(match[0])
        return ("env", looked_up[1], None, line) if looked_up else ("env", match[0].strip("{}% -"), None, line)
    default = _JINJA_DEFAULT.search(match["rest"] or "")
    if default is None:
        return ("env", match["name"], None, line)
    fallback: Value = ("env", default[3], None, line) if default[3] else ("s", default[1] or default[2] or "")
    return ("env", match["name"], fallback, line)


def _terraform(line: int, match: re.Match[str]) -> Value:
    return terraform_reference(match["name"] or match["plain"] or match[0].strip("${} "), line)


def _workflow(line: int, match: re.Match[str]) -> Value:
    default = match["default"]
    return ("env", match["name"] or match[0].strip("${} "), ("s", default) if default else None, line)
