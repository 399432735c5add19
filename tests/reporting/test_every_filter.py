"""Every argument, alone and with every other, chooses exactly the records that show what was asked for.

Owns the comparison of what the server chooses with what its own answer shows, over HTTP, for both queries and
for the export. Next: history.py for the records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
from graphql import GraphQLObjectType

from counterfoil.api import schemas
from tests.reporting.bookkeeping import ALPINE_CID, NORTHWIND_CID, SPARFUCHS, VINYL_DIGEST
from tests.reporting.counter import Counter

Record = dict[str, Any]
Holds = Callable[[Record], bool]

COMPANIES = {
    "advertiserCommissions": ("forAdvertisers", [NORTHWIND_CID, ALPINE_CID]),
    "publisherCommissions": ("forPublishers", [VINYL_DIGEST, SPARFUCHS]),
}
SHOWN = (
    "commissionId postingDate eventDate lockingDate advertiserId publisherId aid websiteId actionStatus"
    " actionType lockingMethod validationStatus orderId"
)
ROOT_FIELDS_MAX = 10
FROM, UNTIL = "2026-03-03", "2026-03-31T23:59:59Z"


def date_holds(field: str, since: str, before: str) -> Holds:
    """Since is inclusive, before is exclusive."""
    return lambda record: since <= record[field] < before


def listed(field: str, *values: str) -> Holds:
    """Any of the values."""
    return lambda record: record[field] in values


def pair(kind: str, since: str, before: str) -> dict[str, Any]:
    """Both bounds of a window."""
    return {f"since{kind}Date": since, f"before{kind}Date": before}


CASES: dict[str, list[tuple[dict[str, Any], Holds]]] = {
    "posting date": [
        (pair("Posting", FROM, UNTIL), date_holds("postingDate", FROM, UNTIL)),
        (
            {"sincePostingDate": "2026-03-03T10:00:00Z"},
            date_holds("postingDate", "2026-03-03T10", "2026-03-04T10"),
        ),
        (
            {"beforePostingDate": "2026-03-04T10:00:00Z"},
            date_holds("postingDate", "2026-03-03T10", "2026-03-04T10"),
        ),
    ],
    "event date": [
        (pair("Event", "2026-03-31", "2026-04-20"), date_holds("eventDate", "2026-03-31", "2026-04-20")),
        ({"beforeEventDate": "2026-03-02"}, date_holds("eventDate", "2026-03-01", "2026-03-02")),
    ],
    "locking date": [
        (
            pair("Locking", "2026-03-04T11:00:07.000Z", "2026-04-04"),
            date_holds("lockingDate", "2026-03-04T11:00:07", "2026-04-04"),
        ),
        (
            {"sinceLockingDate": "2026-04-11 12:00:00+00:00"},
            date_holds("lockingDate", "2026-04-11T12", "2026-04-12T12"),
        ),
    ],
    "cursor": [
        ({"sinceCommissionId": "2000000012"}, lambda record: int(record["commissionId"]) > 2000000012)
    ],
    "commission ids": [
        (
            {"commissionIds": ["2000000004", "2000000019", "7"]},
            listed("commissionId", "2000000004", "2000000019"),
        ),
        ({"commissionIds": "2000000021"}, listed("commissionId", "2000000021")),
    ],
    "advertisers": [({"advertiserIds": [ALPINE_CID]}, listed("advertiserId", ALPINE_CID))],
    "publishers": [({"publisherIds": VINYL_DIGEST}, listed("publisherId", VINYL_DIGEST))],
    "ads": [({"adIds": ["12000002", "x"]}, listed("aid", "12000002"))],
    "websites": [({"websiteIds": ["9900001"]}, listed("websiteId", "9900001"))],
    "action statuses": [
        ({"actionStatuses": [word.upper()]}, listed("actionStatus", word))
        for word in ("new", "extended", "locked", "closed")
    ]
    + [({"actionStatuses": ["Locked", "extended", "?"]}, listed("actionStatus", "locked", "extended"))],
    "action types": [
        ({"actionTypes": ["Bonus", "SIM_LEAD"]}, listed("actionType", "bonus", "sim_lead")),
        ({"actionTypes": "item_sale"}, listed("actionType", "item_sale")),
    ],
    "locking methods": [
        ({"lockingMethods": ["OPEN_ENDED"]}, listed("lockingMethod", "OPEN_ENDED")),
        ({"lockingMethods": ["OPEN_ENDED", "IMMEDIATE"]}, listed("lockingMethod", "OPEN_ENDED", "IMMEDIATE")),
    ],
    "validation statuses": [
        ({"validationStatuses": ["PENDING"]}, listed("validationStatus", "PENDING")),
        (
            {"validationStatuses": ["AUTOMATED", "DECLINED"]},
            listed("validationStatus", "AUTOMATED", "DECLINED"),
        ),
    ],
}
ONLY = {"advertisers": "publisherCommissions", "publishers": "advertiserCommissions"}
ENDLESS = {"cursor", "commission ids", "posting date", "event date", "locking date"}
"""What lifts the window of the last day."""

LITERALS = frozenset({"lockingMethods", "validationStatuses"})


def cases_of(query: str) -> Iterator[tuple[dict[str, Any], Holds]]:
    """Each case, and each pair of cases of different arguments; without dates a cursor lifts the last day."""
    kinds = [kind for kind in CASES if ONLY.get(kind, query) == query]
    alone = [({kind}, *case) for kind in kinds for case in CASES[kind]]
    pairs = [
        ({*one, *other}, {**arguments, **others}, _both(holds, hold))
        for (one, arguments, holds), (other, others, hold) in combinations(alone, 2)
        if one != other
    ]
    for kinds_given, arguments, holds in [*alone, *pairs]:
        lifted = {} if kinds_given & ENDLESS else {"sinceCommissionId": "0"}
        yield {**arguments, **lifted}, holds


def _both(one: Holds, other: Holds) -> Holds:
    return lambda record: one(record) and other(record)


def literal(name: str, value: Any) -> str:
    """An argument as a client writes it; enum values have no quotes."""
    text = json.dumps(value)
    return f"{name}: {text.replace(chr(34), '') if name in LITERALS else text}"


def root(alias: str, query: str, arguments: dict[str, Any], selection: str) -> str:
    """A root field of the operator's, over all companies."""
    companies = literal(*COMPANIES[query])
    given = " ".join(literal(name, value) for name, value in arguments.items())
    return f"{alias}: {query}({companies} {given}) {selection}"


def everything(shelf: Counter, query: str) -> list[Record]:
    """All records of the history with what the filters speak of."""
    document = root("all", query, {"sinceCommissionId": "0"}, f"{{ records {{ {SHOWN} }} }}")
    records: list[Record] = shelf.query(f"{{ {document} }}", "operator").payload("all")["records"]
    return records


@pytest.mark.parametrize("query", COMPANIES)
def test_every_argument_is_in_a_case(query: str) -> None:
    """No argument of the schema is left out, but for the companies."""
    type_ = schemas.commission_detail().types.query_type
    assert isinstance(type_, GraphQLObjectType)
    given = {name for arguments, _ in cases_of(query) for name in arguments}

    assert set(type_.fields[query].args) - {COMPANIES[query][0]} == given


@pytest.mark.parametrize("query", COMPANIES)
def test_the_filters_choose_what_the_records_show(shelf: Counter, query: str) -> None:
    """For every argument alone and for every two, the records chosen are those whose fields say so."""
    records = everything(shelf, query)
    cases = list(cases_of(query))
    for begin in range(0, len(cases), ROOT_FIELDS_MAX):
        part = cases[begin : begin + ROOT_FIELDS_MAX]
        roots = [
            root(f"f{n}", query, arguments, "{ count records { commissionId } }")
            for n, (arguments, _) in enumerate(part)
        ]
        told = shelf.query(f"{{ {' '.join(roots)} }}", "operator").json["data"]
        for n, (arguments, holds) in enumerate(part):
            expected = [each["commissionId"] for each in records if holds(each)]
            assert expected == [each["commissionId"] for each in told[f"f{n}"]["records"]], arguments
            assert len(expected) == told[f"f{n}"]["count"]


@pytest.mark.parametrize("query", COMPANIES)
def test_every_case_chooses_some_and_not_all(shelf: Counter, query: str) -> None:
    """The cases mean something: alone, each chooses at least one record and leaves at least one out."""
    records = everything(shelf, query)
    alone = [case for kind, cases in CASES.items() if ONLY.get(kind, query) == query for case in cases]

    assert [] == [arguments for arguments, holds in alone if not 0 < sum(map(holds, records)) < len(records)]


@pytest.mark.parametrize("query", COMPANIES)
def test_an_export_chooses_the_same(shelf: Counter, query: str) -> None:
    """Each argument means the same as a parameter of the export."""
    records = everything(shelf, query)
    companies, everyone = COMPANIES[query]
    for kind, cases in CASES.items():
        if ONLY.get(kind, query) != query:
            continue
        for arguments, holds in cases:
            lifted = {} if kind in ENDLESS else {"sinceCommissionId": "0"}
            rows = shelf.rows(
                "operator", **{companies: ",".join(everyone), **arguments, **lifted}, fields="commissionId"
            )
            assert [each["commissionId"] for each in records if holds(each)] == [
                row["commissionId"] for row in rows
            ], arguments


def test_order_ids_choose_their_orders(shelf: Counter) -> None:
    """`orderIds` lifts the window of the last day, and is compared exactly."""
    rows = shelf.rows("advertiser", orderIds=["A-1", "R-2", "a-3", "N-1", "B-1"], fields="orderId,original")

    lives = [(order_id, original) for order_id in ("A-1", "R-2") for original in ("true", "false", "false")]
    assert lives == [(row["orderId"], row["original"]) for row in rows]
