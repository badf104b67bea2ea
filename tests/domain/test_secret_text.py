"""What looks like a secret goes to no model, and what does not stays as it is. The secrets here are made up."""

from __future__ import annotations

import pytest

from copilot.domain.secret_text import MARK, without_secrets

RANDOM = "q7Zr2LmX9vTa4KpW8sNc1bGd6HfJ3yEu5RoQiVxM0wPz"
# Put together here, so that no scanner takes this file for a leak.
KEYS = {
    "amazon": "AKIA" + "Q3EGRX5ZT7LJ2MPW",
    "github": "ghp_" + RANDOM[:36],
    "slack": "xoxb-" + "2342342342-" + RANDOM[:20],
    "anthropic": "sk-" + "ant-api03-" + RANDOM,
    "google": "AIza" + RANDOM[:35],
    "jwt": "eyJhbGciOiJIUzI1NiJ9." + RANDOM[:20] + "." + RANDOM[20:],
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_is_known_by_the_look_that_its_issuer_gave_it(key: str) -> None:
    assert without_secrets(f'client = Client("{key}")  # ours') == f'client = Client("{MARK}")  # ours'


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("DB_PASSWORD=hunter22x", "hunter22x"),
        ("      POSTGRES_PASSWORD: ziakhan", "ziakhan"),
        ("DB_PASS=hunter22x", "hunter22x"),
        ("export SASL_PASSWORD='S3cr3t!pass'", "S3cr3t!pass"),
        ('  "api_key": "abcDEF123456",', "abcDEF123456"),
        ("  password: Tr0ub4dor&3", "Tr0ub4dor&3"),
        ('token: str = "abcDEF123456"', "abcDEF123456"),
        ("sasl.jaas.password=K4fk4-pw-77", "K4fk4-pw-77"),
        ("url = 'postgres://shop:Pa55word@db:5432/shop'", "Pa55word"),
        (f"Authorization: Bearer {RANDOM}", RANDOM),
        (f'blob = "{RANDOM}"', RANDOM),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc\n-----END RSA PRIVATE KEY-----", "MIIEow"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEow cut short", "MIIEow"),
    ],
)
def test_what_is_set_as_a_secret_is_left_out_and_seen_to_be(line: str, secret: str) -> None:
    found = without_secrets(f"before\n{line}\nafter")

    assert secret not in found
    assert MARK in found
    assert found.startswith("before\n")
    assert found.count("\n") == line.count("\n") + 2


@pytest.mark.parametrize(
    "line",
    [
        'password = os.environ["DB_PASSWORD"]',
        "password: ${DB_PASSWORD}",
        'password = "{{ vault.password }}"',
        "token = settings.token",
        "token = get_token(request)",
        "secret: SecretStr",
        'password: "string", no default',
        '{"name": "token", "type": "string"}',
        '{"name": "api_key", "type": {"type": "long", "logicalType": "timestamp-millis"}}',
        "token_count: int = 4096",
        "tokens_max=4096",
        'password: "changeme"',
        "api_key = None",
        'topic = "orders-by-customer-and-day-and-region-of-the-shop-and-more"',
        "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "services/orders/orders/publish/aggregates/handlers/Version2/main.py",
        "Compares tokens: the fewer, the better.",
        "password_hash: bytes",
        'passlib = "^1.7.4"',
        "TOKEN_COUNT = count",
        "if not self._TOKEN:\n    return found",
    ],
)
def test_what_is_none_stays_as_it_is(line: str) -> None:
    assert without_secrets(line) == line


def test_taking_out_twice_takes_out_no_more() -> None:
    text = "\n".join([f"API_TOKEN={KEYS['github']}", "DB_PASSWORD=hunter22x", f'k = "{RANDOM}"'])

    assert without_secrets(without_secrets(text)) == without_secrets(text)
