"""What holds for every answer and every module: what a browser may make of it, whom the product calls.

Owns the plain rules that docs/reference/asvs.md rests on and no other test states. Leaves pages to tests/api.
"""

from __future__ import annotations

import ast
from functools import cache
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from tests.api.orders_on_the_wire import creates, mutation, order
from tests.api.serving import House, Reply
from tests.tidy.source import modules_of_package

HTML = {"Accept": "text/html"}
ASKED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("POST", "/graphql", {}),
    ("GET", "/graphql", {}),
    ("GET", "/graphql", HTML),
    ("OPTIONS", "/graphqltest", {"Origin": "https://shop.example"}),
    ("GET", "/query", {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example"}),
    ("GET", "/export/commissions", {}),
    ("POST", "/sandbox/clock", {}),
    ("GET", "/health/live", {}),
    ("GET", "/health/ready", {}),
    ("GET", "/metrics", {}),
    ("GET", "/help/errors", HTML),
    ("GET", "/", HTML),
    ("GET", "/schema/tracking.graphql", {}),
    ("GET", "//evil.example/%2e%2e", {}),
)
CALLERS: dict[str, set[str]] = {
    "aiohttp": {"sending/sender.py"},
    "http.client": {"demo.py"},
    "urllib.request": set(),
    "smtplib": set(),
    "ftplib": set(),
    "ldap": set(),
}
"""Who may open connections to others: the client that a person starts, and the demo to itself."""

NEVER_READ = frozenset({"dill", "jinja2", "lxml", "mako", "marshal", "pickle", "shelve", "xml", "yaml"})
NEVER_CALLED = frozenset({"eval", "exec", "__import__"})
UNCHECKED = frozenset({"ssl", "verify", "verify_ssl", "check_hostname", "ssl_context"})


@pytest.mark.parametrize(("method", "path", "headers"), ASKED)
def test_no_answer_is_guessed_at_kept_or_led_away(
    house: House, method: str, path: str, headers: dict[str, str]
) -> None:
    """Each says its type for good, sets no cookie, leads nowhere else and names no software."""
    reply = house.served().ask(method, path, b"{}" if method == "POST" else None, headers)

    assert "nosniff" == reply.headers["x-content-type-options"]
    assert reply.status == 204 or "charset=utf-8" in reply.headers["content-type"]
    assert {"set-cookie", "location", "refresh", "server", "x-powered-by"}.isdisjoint(reply.headers)
    assert reply.status not in range(300, 400)


def test_what_is_no_http_is_answered_as_strictly(house: House) -> None:
    """The answer to broken HTTP, which goes another way, says its type for good as well."""
    assert b"\r\nx-content-type-options: nosniff\r\n" in house.served().raw(b"hello\r\n\r\n")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_a_request_is_never_echoed(house: House, method: str) -> None:
    """Methods that are none of ours are refused, and give nothing back of what came."""
    head = f"{method} /graphql HTTP/1.1\r\nHost: a\r\nX-Canary: canary71\r\nConnection: close\r\n\r\n"
    reply = house.served().raw(head.encode())

    assert reply.split()[1] in (b"400", b"405")
    assert b"canary71" not in reply


def test_whoever_is_turned_away_has_a_line(house: House) -> None:
    """No token, a wrong one, and rights that are missing: each refusal is in the log, without the token."""
    foreign = mutation(creates(order("BASELINE-1")))
    wrong = house.tokens["live"][:-1] + "?"
    told: list[Reply] = []
    with capture_logs() as lines:
        told += (house.ask(foreign, None), house.ask(foreign, wrong), house.ask(foreign, "alpine"))

    refused = [line for line in lines if line["event"] == "refused"]
    assert [("MISSING_TOKEN",), ("INVALID_TOKEN",), ("UNAUTHORIZED",)] == [line["codes"] for line in refused]
    assert [reply.headers["x-request-id"] for reply in told] == [line["request_id"] for line in refused]
    assert wrong not in str(lines)


@pytest.mark.parametrize("name", ["token", "access_token", "apiKey", "authorization", "Authorization"])
def test_a_token_in_the_address_opens_nothing(house: House, name: str) -> None:
    """Addresses end up in histories and in others' logs: a token is looked for in its header alone."""
    asked = urlencode({"query": "{ getBuildNumber }", name: f"Bearer {house.tokens['live']}"})
    for path in ("/graphql", "/graphqltest", "/query"):
        assert "Missing Token" == house.served().ask("GET", f"{path}?{asked}", None, {}).message
    assert 401 == house.served().ask("GET", f"/export/commissions?{asked}", None, {}).status


def test_the_server_calls_nobody() -> None:
    """Only the client of `send`, and the demo to its own server, can connect by HTTP or the like."""
    found = {name: {path for path, names in _imports() if _has(names, name)} for name in CALLERS}

    assert CALLERS == found


def test_nothing_that_comes_in_can_run() -> None:
    """No module reads a format that makes objects, or entities, of what it says, or runs text."""
    assert [] == [(path, names & NEVER_READ) for path, names in _imports() if _roots(names) & NEVER_READ]
    assert [] == [
        (module.path, node.lineno)
        for module in modules_of_package()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NEVER_CALLED
    ]


def test_certificates_are_checked() -> None:
    """No call of ours speaks of certificates: the libraries check them unless they are told not to."""
    assert [] == [
        (module.path, node.lineno)
        for module in modules_of_package()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.keyword) and node.arg in UNCHECKED
    ]


@cache
def _imports() -> list[tuple[str, set[str]]]:
    found = []
    for module in modules_of_package():
        nodes = list(ast.walk(module.tree))
        plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        found.append((module.path, plain | {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}))
    return found


def _has(names: set[str], name: str) -> bool:
    return any(each == name or each.startswith(f"{name}.") for each in names)


def _roots(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}
