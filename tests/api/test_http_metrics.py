"""The page of metrics: what it says, who sees it, and that it names nobody."""

from __future__ import annotations

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from counterfoil.administration import create_token
from counterfoil.api.metering import ALL
from counterfoil.tokens import Scope, TokenKind
from tests.api.orders_on_the_wire import an_id, creates, mutation, order
from tests.api.serving import House, Reply

ALLOWED_VALUES = re.compile(r"[a-z_]+|[A-Z_]+|[0-9.]+|\+Inf")


def seen(house: House, **settings: str) -> dict[tuple[str, ...], float]:
    """Every sample of the page: name and values of labels, and its value."""
    page = house.served(**settings).ask("GET", "/metrics")
    assert 200 == page.status
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(page.body.decode())
        for sample in family.samples
    }


@pytest.fixture
def operator(house: House) -> str:
    """An operator's token that may administer."""
    return create_token(
        house.desk.connection,
        name="metrics",
        kind=TokenKind.LIVE,
        scopes=[Scope.ADMIN],
        company_id=None,
        created_by="tests",
    )


def asked(house: House, token: str | None, setting: str, **headers: str) -> Reply:
    """The page with a token, or without."""
    given = dict(headers)
    if token is not None:
        given["Authorization"] = f"Bearer {token}"
    return house.served(metrics=setting).ask("GET", "/metrics", headers=given)


def test_what_happens_is_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An accepted batch counts its orders, a refusal its code, and what waits is asked of the database."""
    monkeypatch.setattr("counterfoil.api.metering.FRESH_S", -1.0)
    before = seen(house)
    two = mutation(creates(order(an_id()), order(an_id())))
    assert 200 == house.ask(two, path="/graphqltest").status
    assert ["Invalid Token"] == house.ask(two, token="wrong").messages
    after = seen(house)

    def grew(*key: str) -> float:
        return after[key] - before.get(key, 0)

    assert 2 == grew("counterfoil_submissions_total", "graphqltest", "accepted")
    assert 1 == grew("counterfoil_refusals_total", "INVALID_TOKEN")
    assert 1 == grew("counterfoil_commit_seconds_count")
    assert 2 == grew("counterfoil_pending")
    assert 1 == after["counterfoil_database_up",]
    assert 0 == after["counterfoil_unsafe", "fsync"]


def test_a_refused_field_counts_beside_an_accepted_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals inside a payload are counted as those at top level are."""
    monkeypatch.setattr("counterfoil.api.metering.FRESH_S", -1.0)
    key = ("counterfoil_refusals_total", "UNAUTHORIZED")
    before = seen(house).get(key, 0)
    house.ask(mutation(creates(order(an_id(), enterprise="1500002")), creates(order(an_id()), key="b: ")))

    assert 1 == seen(house)[key] - before


def test_names_and_labels_are_those_of_the_table(house: House) -> None:
    """The page has exactly the metrics of the reference, with their labels, and no label is an id."""
    page = house.served().ask("GET", "/metrics")
    assert "text/plain; version=" in page.headers["content-type"]
    families = list(text_string_to_metric_families(page.body.decode()))

    shown = {f"{each.name}_total" if each.type == "counter" else each.name: each.type for each in families}
    assert {named.name: named.kind for named in ALL} == shown
    labels = {named.name.removesuffix("_total"): set(named.labels) for named in ALL}
    for family in families:
        for sample in family.samples:
            assert labels[family.name] == set(sample.labels) - {"le"}
            assert all(ALLOWED_VALUES.fullmatch(value) for value in sample.labels.values())


@pytest.mark.parametrize(
    ("setting", "without", "company", "operator_s"),
    [("loopback", 200, 200, 200), ("admin", 401, 403, 200), ("open", 200, 200, 200), ("off", 404, 404, 404)],
)
def test_who_sees_them(
    house: House, operator: str, setting: str, without: int, company: int, operator_s: int
) -> None:
    """By default this machine; `admin` asks for an operator's token, a company's own does not do."""
    company_s = create_token(
        house.desk.connection,
        name="metrics",
        kind=TokenKind.LIVE,
        scopes=[Scope.ADMIN],
        company_id=5500001,
        created_by="tests",
    )
    given = [asked(house, token, setting).status for token in (None, company_s, operator)]

    assert [without, company, operator_s] == given


def test_what_comes_through_a_proxy_comes_from_elsewhere(house: House, operator: str) -> None:
    """A proxy on this machine does not open the page to the world."""
    forwarded = {"X-Forwarded-For": "192.0.2.7"}
    assert 401 == asked(house, None, "loopback", **forwarded).status
    assert "MISSING_TOKEN" == asked(house, None, "loopback", **forwarded).json["error"]["code"]
    assert 200 == asked(house, operator, "loopback", **forwarded).status


def test_a_page_is_only_read(house: House) -> None:
    """Any other method is refused, with those that serve."""
    reply = house.served().ask("POST", "/metrics", b"")

    assert (405, "GET, HEAD") == (reply.status, reply.headers["allow"])
