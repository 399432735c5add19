"""The report over HTTP: what real clients send, and every answer they get that is no page.

Owns transport, leniencies and errors of `/query` (spec/commission-detail-api.md, sections 1, 10 to 12).
Leaves what filters choose to test_every_filter.py. Next: test_tenants.py.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from graphql import build_client_schema, get_introspection_query

from counterfoil.api import schemas
from tests.api.test_projection import everything, required
from tests.api.test_schema_facts import facts, facts_of
from tests.reporting.bookkeeping import VINYL_DIGEST
from tests.reporting.counter import Counter

MINE = '{ publisherCommissions(forPublishers: ["7700001"], sinceCommissionId: "0") { count } }'
RECORDS_OF_A = 13
EMPTY: dict[str, Any] = {
    "count": 0,
    "limit": 10000,
    "maxCommissionId": None,
    "payloadComplete": True,
    "records": [],
}
PAGE = "{ count limit maxCommissionId payloadComplete records { commissionId } }"


def count(shelf: Counter, body: str | bytes, path: str = "/query", **headers: str) -> int:
    """How many records publisher A gets for a request."""
    reply = shelf.ask(path, body, token="publisher_a", headers=headers)
    assert (200, "application/json;charset=utf-8") == (reply.status, reply.headers["content-type"])
    (page,) = reply.json["data"].values()
    return int(page["count"])


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "text/plain", "application/x-www-form-urlencoded", "application/graphql"],
)
def test_a_bare_document_is_read_under_any_content_type(shelf: Counter, content_type: str) -> None:
    """The body is the document, whatever its type is called (D1)."""
    headers = {"Content-Type": content_type} if content_type else {}

    assert RECORDS_OF_A == count(shelf, MINE, **headers)


@pytest.mark.parametrize(
    "body",
    [
        "\n\n  " + MINE,
        "\ufeff" + MINE,
        "query Q " + MINE,
        json.dumps({"query": MINE}),
        json.dumps({"query": MINE, "variables": None, "operationName": None, "extensions": {"a": 1}}),
        '{publisherCommissions(forPublishers:["7700001",],sinceCommissionId:"0",),{count,},}',
        '{ publisherCommissions(forPublishers: "7700001" sinceCommissionId: "0") { count records { sid } } }',
    ],
)
def test_documents_as_clients_write_them(shelf: Counter, body: str) -> None:
    """Leading blanks, envelopes with nulls, commas too many or none, a bare string for a list."""
    assert RECORDS_OF_A == count(shelf, body)


@pytest.mark.parametrize("path", ["/query", "/query/", "/query?PUB_ID=7&query=%7B%20x%20%7D", "/query/?a"])
def test_the_address_has_no_say(shelf: Counter, path: str) -> None:
    """A trailing slash changes nothing, and the query string of a POST is ignored (D6)."""
    assert RECORDS_OF_A == count(shelf, MINE, path)


NULLS = """query Q($p: [String!]!, $since: String, $before: String, $cursor: String, $ids: [String!],
    $methods: [LockingMethod!], $statuses: [ValidationStatus!]) {
  publisherCommissions(forPublishers: $p, sincePostingDate: $since, beforePostingDate: $before,
    sinceCommissionId: $cursor, adIds: $ids, lockingMethods: $methods, validationStatuses: $statuses,
    actionTypes: null) { count } }"""


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (
            {"cursor": "0", "since": None, "before": None, "ids": None, "methods": None, "statuses": None},
            RECORDS_OF_A,
        ),
        ({"cursor": "0", "ids": [], "methods": []}, RECORDS_OF_A),
        ({"cursor": "0", "methods": ["OPEN_ENDED"], "statuses": "PENDING"}, 1),
        ({"cursor": "0", "ids": 12000002}, 0),
        ({"since": "2026-03-03", "cursor": None}, 4),
    ],
)
def test_variables_as_clients_send_them(shelf: Counter, variables: dict[str, Any], expected: int) -> None:
    """Nulls and empty lists say nothing; enum lists and bare values for lists are read (D4, D122)."""
    body = json.dumps({"query": NULLS, "variables": {"p": VINYL_DIGEST, **variables}})

    assert expected == count(shelf, body)


def test_a_query_may_come_by_get(shelf: Counter) -> None:
    """With a `query` parameter a GET is answered as the POST is; without one it is 405 with JSON (D5)."""
    asked = shelf.ask(f"/query?query={quote(MINE)}", token="publisher_a")
    bare = shelf.ask("/query", token="publisher_a")

    assert RECORDS_OF_A == asked.payload("publisherCommissions")["count"]
    assert (405, "POST", ["405"]) == (bare.status, bare.headers["allow"], bare.messages)


def test_the_last_day_is_the_default(shelf: Counter) -> None:
    """Without any date the last 24 hours of postings are meant (D115)."""
    told = shelf.query(
        '{ advertiserCommissions(forAdvertisers: "5500001") { records { orderId actionType } } }'
    )

    assert [("A-7", "sim_sale"), ("A-8", "sim_lead"), (None, "bonus")] == sorted(
        ((each["orderId"], each["actionType"]) for each in told.payload("advertiserCommissions")["records"]),
        key=lambda each: each[0] or "Z",
    )


@pytest.mark.parametrize(
    ("token", "ids"),
    [
        ("publisher_a", []),
        ("publisher_a", ["7700002"]),
        ("publisher_a", ["9999999", "x"]),
        ("advertiser", ["7700001"]),
        ("stranger", ["7700001", "7700002"]),
    ],
)
def test_no_company_with_rights_gives_an_empty_page(shelf: Counter, token: str, ids: list[str]) -> None:
    """Nothing is refused, and nothing is told: not even that the company exists (D122, D125)."""
    document = f'{{ publisherCommissions(forPublishers: {json.dumps(ids)}, sinceCommissionId: "0") {PAGE} }}'

    assert {"data": {"publisherCommissions": EMPTY}} == shelf.query(document, token).json


FAULTS = [
    ('sincePostingDate: "yesterday"', "Invalid date 'yesterday' for argument 'sincePostingDate'"),
    ('beforeLockingDate: ""', "Invalid date '' for argument 'beforeLockingDate'"),
    ('sinceCommissionId: "12a"', "Invalid commission id '12a' for argument 'sinceCommissionId'"),
    ('sinceEventDate: "2026-03-01", beforeEventDate: "2026-04-02"', "Date range may not exceed 31 days"),
]


@pytest.mark.parametrize(("argument", "message"), FAULTS)
def test_what_cannot_be_read_is_a_top_level_error(shelf: Counter, argument: str, message: str) -> None:
    """HTTP 200, null data and one sentence (D117, D120, D121)."""
    reply = shelf.query(f"{{ advertiserCommissions(forAdvertisers: [], {argument}) {{ count }} }}")

    assert (200, {"errors": [{"message": message}], "data": None}) == (reply.status, reply.json)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            '{ publisherCommissions(forPublishers: "1") { records { foo } } }',
            "FieldUndefined: Field 'foo' in type 'PublisherCommission' is undefined @ '…/records/foo'",
        ),
        (
            '{ advertiserCommissions(forAdvertisers: "1", updatedSince: "2026-03-01") { count } }',
            "UnknownArgument: Unknown field argument updatedSince @ 'advertiserCommissions'",
        ),
        (
            '{ advertiserCommissions(forAdvertisers: "1", orderIds: ["A-1"]) { count } }',
            "UnknownArgument: Unknown field argument orderIds @ 'advertiserCommissions'",
        ),
        ("{ me }", "FieldUndefined: Field 'me' in type 'Query' is undefined @ 'me'"),
    ],
)
def test_what_the_schema_does_not_have_is_an_error(shelf: Counter, document: str, message: str) -> None:
    """Unknown fields and arguments are never ignored, and our additions are unknown here (D152)."""
    told = shelf.query(document).message.replace("publisherCommissions/", "…/")

    assert f"Validation error of type {message}" == told


def test_a_document_that_does_not_parse_is_told(shelf: Counter) -> None:
    """The answer is JSON with a message, whatever was sent."""
    assert shelf.ask("/query", "{ publisherCommissions(").message.startswith("Invalid Syntax")


WITHOUT_RIGHTS = [
    (None, "Missing Token"),
    ("unknown", "Invalid Token"),
    ("revoked", "Invalid Token"),
    ("expired", "Invalid Token"),
    ("tracking", "Unauthorized"),
    ("advertiser_test", "Unauthorized"),
    ("test_reporting", "Unauthorized"),
]


@pytest.mark.parametrize(("token", "message"), WITHOUT_RIGHTS)
def test_who_may_not_read_is_told_so(shelf: Counter, token: str | None, message: str) -> None:
    """One sentence, null data, HTTP 200: no token, an ended one, no scope, a test one (D7, D147)."""
    reply = shelf.query(MINE, token)

    assert (200, {"errors": [{"message": message}], "data": None}) == (reply.status, reply.json)


def test_the_test_ledger_and_what_earns_nothing_are_not_listed(shelf: Counter) -> None:
    """Neither an order of the test ledger nor a non-commissionable one has a line (D112, D128)."""
    told = shelf.query(
        '{ advertiserCommissions(forAdvertisers: "5500001", sinceCommissionId: "0") { records { orderId } } }'
    )
    seen = {each["orderId"] for each in told.payload("advertiserCommissions")["records"]}

    assert {None, *(f"A-{n}" for n in range(1, 9)), "R-1", "R-2", "R-3"} == seen


def test_the_schema_that_is_served_is_the_originals(shelf: Counter) -> None:
    """Introspection over HTTP gives the types of the facts, deprecated fields included."""
    reply = shelf.query(get_introspection_query(input_value_deprecation=False))
    served = build_client_schema({"__schema": reply.payload("__schema")})

    assert facts("commission-detail") == facts_of(served)


@pytest.mark.parametrize(
    ("query", "companies", "type_name"),
    [
        ("advertiserCommissions", 'forAdvertisers: ["5500001", "5500002"]', "AdvertiserCommissions"),
        ("publisherCommissions", 'forPublishers: ["7700001", "7700002"]', "PublisherCommissions"),
    ],
)
def test_what_is_never_null_is_filled_on_every_record(
    shelf: Counter, query: str, companies: str, type_name: str
) -> None:
    """Every field of every record of the history, bonuses too, is what the schema says that it is."""
    schema = schemas.commission_detail().types
    document = f'{{ {query}({companies}, sinceCommissionId: "0") {{ {everything(schema, type_name)} }} }}'
    page = shelf.query(document, "operator").payload(query)

    assert [] == required(schema, type_name, page)
    assert {"bonus", "sim_sale", "item_sale", "sim_lead"} == {each["actionType"] for each in page["records"]}


def test_pages_follow_each_other_over_http(shelf: Counter) -> None:
    """The cursor with unchanged dates leads through all records, each once; past the end is nothing."""
    document = (
        'query($c: String) { publisherCommissions(forPublishers: "7700002", sincePostingDate: "2026-03-01",'
        ' beforePostingDate: "2026-03-31", sinceCommissionId: $c) ' + PAGE + " }"
    )
    first = shelf.query(document, "publisher_b").payload("publisherCommissions")
    ids = [each["commissionId"] for each in first["records"]]
    rest = [shelf.query(document, "publisher_b", c=each).payload("publisherCommissions") for each in ids]

    assert ids == sorted(ids, key=int)
    assert [ids[n:] for n in range(1, len(ids) + 1)] == [
        [each["commissionId"] for each in page["records"]] for page in rest
    ]
    assert EMPTY == rest[-1]
