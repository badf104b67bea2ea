"""Which model is asked, where it is, and what it may cost: `[model]` in the user's own settings, and the environment.

Never a repository's file: where requests and keys go is the user's alone. A key itself stands in no file; the environment holds
it, or what the SDK keeps for the user. No model is asked unless `use = true` or a name in the environment says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast, get_args
from urllib.parse import urlsplit

from copilot.adapters.own_settings import own_settings_path, own_tables
from copilot.domain.model import ModelLimits
from copilot.errors import WrongUsage

MODEL_VARIABLE = "PIPELINE_COPILOT_MODEL"
BASE_URL_VARIABLE = "ANTHROPIC_BASE_URL"
DEFAULT_BASE_URL = "https://api.anthropic.com"
Profile = Literal["claude", "compatible"]
Client = Literal["messages", "bedrock", "vertex", "foundry"]
_PRICES = ("price_input", "price_cached", "price_output")
_TEXTS = ("name", "base_url", "profile", "client", "key_variable")
_LIMITS = tuple(it.name for it in fields(ModelLimits))
_DEFAULT_LIMITS = ModelLimits()
_WRITTEN_TO_CACHE = 1.25
"""What writing to Claude's cache costs, in prices of new input."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars for a million tokens."""

    input: float
    cached: float
    output: float

    @property
    def written(self) -> float:
        return self.input * _WRITTEN_TO_CACHE


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`name` is "" where no model is to be asked. `base_url` is "" where the SDK knows by itself; it never ends in "/v1".

    `key_variable` names the variable of the environment that holds the key for `base_url`; "" leaves the key to the SDK where
    the address is the environment's too, and sends none where the address is from the file. Header values may be secrets.
    """

    name: str = ""
    base_url: str = ""
    profile: Profile = "claude"
    client: Client = "messages"
    key_variable: str = ""
    is_sdk_key: bool = True
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    prices: Prices | None = None
    limits: ModelLimits = _DEFAULT_LIMITS

    @property
    def server(self) -> str:
        """The host, and the port where one is named; no user and no password."""
        if self.client != "messages" and not self.base_url:
            return self.client
        parts = urlsplit(self.base_url or DEFAULT_BASE_URL)
        return f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""


def model_settings(environ: Mapping[str, str], home: Path, name: str = "") -> ModelSettings:
    """Returns what is set; `name` is a model that the person asked for now. Raises WrongUsage for what can't be understood."""
    path = own_settings_path(environ, home)
    table = own_tables(path).get("model", {})
    _check(table, path)
    named = name or environ.get(MODEL_VARIABLE, "").strip()
    wanted = named or (table.get("name", "") if table.get("use") else "")
    if table.get("use") and not wanted:
        raise WrongUsage(
            "[model] is to be used and names no model.", where=path, next='Write name = "…" below [model].'
        )
    from_file = str(table.get("base_url", ""))
    client = cast(Client, table.get("client", "messages"))
    # The addresses of clouds have versions and variables of their own.
    base_url = from_file if client != "messages" else without_version(from_file or environ.get(BASE_URL_VARIABLE, ""))
    _check_address(base_url, path if from_file else BASE_URL_VARIABLE)
    profile = table.get("profile") or ("claude" if _is_claude(base_url) or client != "messages" else "compatible")
    return ModelSettings(
        wanted,
        base_url,
        cast(Profile, profile),
        client,
        str(table.get("key_variable", "")),
        not from_file,
        _headers(table.get("headers", {}), environ, path),
        _prices(table, path),
        ModelLimits(**{limit: table[limit] for limit in _LIMITS if limit in table}),
    )


def without_version(base_url: str) -> str:
    """Returns an address as the SDK wants it: it adds "/v1/messages" itself."""
    return base_url.strip().rstrip("/").removesuffix("/v1").rstrip("/")


def _is_claude(base_url: str) -> bool:
    host = urlsplit(base_url or DEFAULT_BASE_URL).hostname or ""
    return host == "anthropic.com" or host.endswith(".anthropic.com")


def _check_address(base_url: str, where: object) -> None:
    try:
        parts = urlsplit(base_url)
        is_whole = not base_url or (parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        is_whole = False
    if not is_whole:
        next = "Write it as https://host or http://127.0.0.1:PORT."
        raise WrongUsage("The address of the model's server is no address of the web.", where=where, next=next)
    if parts.username or parts.password:
        next = "Put the key into a variable of the environment, and name it: key_variable."
        raise WrongUsage("The address of the model's server holds a user or a password.", where=where, next=next)


def _check(table: Any, path: Path) -> None:
    known = ("use", *_TEXTS, "headers", *_PRICES, *_LIMITS)
    if not isinstance(table, dict):
        raise WrongUsage('"model" must be a table.', where=path, next="Write [model] and its entries below.")
    for key, value in table.items():
        if key not in known:
            is_key = "key" in key or "token" in key
            kept = "A key stands in no file: name the variable that holds it, key_variable."
            next = kept if is_key else f"Use {', '.join(known)}."
            raise WrongUsage(f'[model] has no key "{key}".', where=path, next=next)
        if not _fits(key, value):
            raise WrongUsage(f'"{key}" in [model] is not understood.', where=path, next=_shape(key))


def _fits(key: str, value: object) -> bool:
    if key == "use":
        return isinstance(value, bool)
    if key in _TEXTS:
        choices = {"profile": get_args(Profile), "client": get_args(Client)}.get(key)
        return isinstance(value, str) and (choices is None or value in choices)
    if key == "headers":
        return isinstance(value, dict) and all(isinstance(it, str) for it in value.values())
    is_number = isinstance(value, int) or (isinstance(value, float) and (key in _PRICES or key == "dollars"))
    return is_number and not isinstance(value, bool) and 0 <= cast(float, value) < float("inf")


def _shape(key: str) -> str:
    shapes = {
        "use": "Write true or false.",
        "profile": f"Write one of {', '.join(get_args(Profile))}.",
        "client": f"Write one of {', '.join(get_args(Client))}.",
        "headers": 'Write [model.headers] and below it for example "X-Team" = "data"; "$NAME" is the variable NAME.',
    }
    text = "Write it in quotes." if key in _TEXTS else "Write a number from 0 on."
    return shapes.get(key, text)


def _headers(table: dict[str, str], environ: Mapping[str, str], path: Path) -> tuple[tuple[str, str], ...]:
    """Returns headers, a value that begins with "$" taken from the environment: what is secret need not stand in the file."""
    found = []
    for name, value in table.items():
        if value.startswith("$"):
            if not environ.get(value[1:]):
                next = f"Set {value[1:]}, or take the header out."
                raise WrongUsage(
                    f'The header "{name}" is to come from a variable that is not set.', where=path, next=next
                )
            value = environ[value[1:]]
        if not (value.isprintable() and value.isascii() and name.isascii() and name.isprintable() and name):
            next = "Use plain letters, on one line."
            raise WrongUsage(f'The header "{name}" holds what can\'t be sent.', where=path, next=next)
        found.append((name, value))
    return tuple(found)


def _prices(table: dict[str, Any], path: Path) -> Prices | None:
    given = [name for name in _PRICES if name in table]
    if not given:
        return None
    missing = [name for name in _PRICES if name not in table and name != "price_cached"]
    if missing:
        next = f"Add {' and '.join(missing)}, in dollars for a million tokens."
        raise WrongUsage(f"[model] has {given[0]} and lacks {missing[0]}.", where=path, next=next)
    input = float(table["price_input"])
    return Prices(input, float(table.get("price_cached", input)), float(table["price_output"]))
