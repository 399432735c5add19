"""Every route with every caller has an expected answer; a route without a row fails (R22).

Owns the table of routes and who gets what there. Routes are read from the product, so that a new one is
missed here at once. What is in an answer is judged in tests/reporting/test_tenants.py.
"""

from __future__ import annotations

import ast
import json
from typing import NamedTuple

import pytest

from counterfoil.api.explorer import Explorer
from counterfoil.api.export import PATH as EXPORT
from counterfoil.api.plain_pages import STYLE_PATH
from counterfoil.api.service import served_files
from tests.reporting.counter import Counter
from tests.tidy.source import PACKAGE

CALLERS: tuple[str | None, ...] = (
    None,
    "unknown",
    "revoked",
    "expired",
    "advertiser_test",
    "stranger",
    "advertiser",
    "publisher_a",
    "operator",
)
ENDED: dict[str | None, str] = {
    None: "Missing Token", "unknown": "Invalid Token", "revoked": "Invalid Token", "expired": "Invalid Token",
}  # fmt: skip
MISSING, DENIED, SERVED = "Missing Token", "Unauthorized", "served"

ORDER = (
    'mutation {createOrders(newOrders: [{enterpriseId: "1500001", actionTrackerId: 401, orderId: "ROUTE", '
    'cjEvent: "none"}]) {orders {nothing}}}'
)
"""An order of Northwind's that whoever may send it is told is written wrong: nothing is kept."""
FAULTY = "Validation error of type FieldUndefined"


class Route(NamedTuple):
    """How a route is asked, and what each caller gets: a status, and how the sentence begins."""

    method: str
    path: str
    body: str | None
    expected: dict[str | None, tuple[int, str]]
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody writes to it


def _all(status: int, said: str) -> dict[str | None, tuple[int, str]]:
    """The same for every caller."""
    return dict.fromkeys(CALLERS, (status, said))


def _guarded(
    refused: int, denied: tuple[int, str], **served: tuple[int, str]
) -> dict[str | None, tuple[int, str]]:
    """Without a token that is one, its sentence; of the others only some are served."""
    ended = {caller: (refused, said) for caller, said in ENDED.items()}
    return {caller: ended.get(caller) or served.get(str(caller), denied) for caller in CALLERS}


READS = (200, SERVED)
ROUTES: dict[str, Route] = {
    "/graphql": Route(
        "POST",
        "/graphql",
        ORDER,
        _guarded(200, (200, DENIED), advertiser=(200, FAULTY)),
    ),
    "/graphqltest": Route(
        "POST",
        "/graphqltest",
        ORDER,
        _guarded(200, (200, DENIED), advertiser=(200, FAULTY), advertiser_test=(200, FAULTY)),
    ),
    "/query": Route(
        "POST",
        "/query",
        '{publisherCommissions(forPublishers: ["7700001"]) {count}}',
        _guarded(200, (200, DENIED), stranger=READS, advertiser=READS, publisher_a=READS, operator=READS),
    ),
    EXPORT: Route(
        "GET",
        f"{EXPORT}?side=publisher&forPublishers=7700001&sinceCommissionId=0",
        None,
        _guarded(401, (403, DENIED), stranger=READS, advertiser=READS, publisher_a=READS, operator=READS),
    ),
    "/sandbox/clock": Route(
        "POST", "/sandbox/clock", "{}", _guarded(401, (403, DENIED), operator=(400, "The body has to hold"))
    ),
    "/metrics": Route(
        "GET",
        "/metrics",
        None,
        _guarded(401, (403, DENIED), operator=READS),
        {"X-Forwarded-For": "192.0.2.1"},
    ),
    "/health/live": Route("GET", "/health/live", None, _all(200, SERVED)),
    "/health/ready": Route("GET", "/health/ready", None, _all(200, SERVED)),
    "/schema/tracking.graphql": Route("GET", "/schema/tracking.graphql", None, _all(200, SERVED)),
    "/schema/commission-detail.graphql": Route(
        "GET", "/schema/commission-detail.graphql", None, _all(200, SERVED)
    ),
    "/help/errors": Route("GET", "/help/errors", None, _all(200, SERVED)),
    "/help/errors/…": Route("GET", "/help/errors/NOT_FOUND", None, _all(200, SERVED)),
    "/": Route("GET", "/", None, _all(200, SERVED)),
    "/help/style.…": Route("GET", STYLE_PATH, None, _all(200, SERVED)),
    "/explorer/…": Route("GET", next(iter(Explorer().files)), None, _all(200, SERVED)),
    "no route": Route("GET", "/no/such/route", None, _all(404, "404")),
}


def _routes_of_the_product() -> set[str]:
    """What `http.py` tells apart, the export, and every file that is served; families by their folder."""
    tree = ast.parse((PACKAGE / "api" / "http.py").read_text("utf-8"))
    cases = [each.pattern for each in ast.walk(tree) if isinstance(each, ast.match_case)]
    told_apart = {
        str(case.value.value)
        for case in cases
        if isinstance(case, ast.MatchValue) and isinstance(case.value, ast.Constant)
    }
    assert "/graphql" in told_apart
    explorer = Explorer()
    files = {*served_files(explorer), *explorer.pages}
    return {_family(path) for path in {*told_apart, EXPORT, *files}}


def _family(path: str) -> str:
    for folder in ("/help/errors/", "/help/style.", "/explorer/"):
        if path.startswith(folder):
            return f"{folder}…"
    return path


def _said(status: int, body: bytes, content_type: str) -> str:
    if status == 200 and not content_type.startswith("application/json"):
        return SERVED
    answer = json.loads(body)
    if "error" in answer:
        return str(answer["error"]["message"])
    return str(answer["errors"][0]["message"]) if answer.get("errors") else SERVED


def test_every_route_has_a_row() -> None:
    """A route that is new has to say here what each caller gets."""
    assert set(ROUTES) - {"no route"} == _routes_of_the_product()
    assert all(set(CALLERS) == set(route.expected) for route in ROUTES.values())


@pytest.mark.parametrize("name", ROUTES)
def test_every_caller_gets_what_is_expected(shelf: Counter, name: str) -> None:
    """For each caller the status and the sentence of the table."""
    route = ROUTES[name]
    seen: dict[str | None, tuple[int, str]] = {}
    for caller in CALLERS:
        reply = shelf.ask(route.path, route.body, token=caller, method=route.method, headers=route.headers)
        said = _said(reply.status, reply.body, reply.headers.get("content-type", ""))
        begins = route.expected[caller][1]
        seen[caller] = (reply.status, begins if said.startswith(begins) else said)

    assert route.expected == seen


@pytest.mark.parametrize("name", ROUTES)
def test_a_cookie_is_no_token_anywhere(shelf: Counter, name: str) -> None:
    """With the operator's token as a cookie each route answers as it does without one."""
    route = ROUTES[name]
    cookie = {"Cookie": f"token={shelf.tokens['operator']}", **route.headers}
    reply = shelf.ask(route.path, route.body, token=None, method=route.method, headers=cookie)

    assert route.expected[None][0] == reply.status
    if route.expected[None][1] == MISSING:
        assert MISSING == _said(reply.status, reply.body, "application/json")
