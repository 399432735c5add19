"""What settings and tokens change: who may do what, and which answer is given where a decision has two.

Owns D7, D9, D10, D14, D20, D28, D29, D57 and D147 over the wire. Next: serving.py.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from counterfoil.tokens import Scope
from tests.api.orders_on_the_wire import (
    FUTURE,
    an_id,
    cancels,
    change,
    creates,
    mutation,
    order,
    restates,
)
from tests.api.serving import LIVE, House

BUILD = "{ getBuildNumber }"
UNAUTHORIZED = [{"message": "Unauthorized", "fields": ["enterpriseId"]}]

# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("token", "live", "test"),
    [
        (LIVE, True, True),
        ("test", False, True),
        ("testing", False, True),
        ("reporting", False, False),
        ("alpine", False, False),
    ],
)
def test_which_token_may_send_orders_where(house: House, token: str, live: bool, test: bool) -> None:
    """`tracking` serves both endpoints, `test` and test-only tokens the test endpoint, others none (D147)."""
    for path, may in (("/graphql", live), ("/graphqltest", test)):
        for field in (creates(order(an_id())), restates(change(an_id())), cancels(change(an_id()))):
            payload = house.ask(mutation(f"told: {field}"), token, path).payload("told")

            assert (path, None if may else UNAUTHORIZED) == (path, payload["errors"])
            assert may is (payload["orders"] is not None)


@pytest.mark.parametrize("token", [LIVE, "test", "testing", "reporting", "alpine"])
@pytest.mark.parametrize("path", ["/graphql", "/graphqltest"])
def test_introspection_needs_no_scope(house: House, token: str, path: str) -> None:
    """Every valid token may introspect and ask for the build number, on both endpoints (D147)."""
    reply = house.ask("{ getBuildNumber __typename __schema { queryType { name } } }", token, path)

    assert "Query" == reply.json["data"]["__schema"]["queryType"]["name"]


@pytest.mark.parametrize(
    "enterprise", ["1500002", "9999999", '"x"', '"1500001 "', '" 1500001"', '"01500001"', '""']
)
def test_a_foreign_enterprise_and_one_that_is_none_look_the_same(house: House, enterprise: str) -> None:
    """An id that is not the caller's own, known or not, is Unauthorized in the payload (D23)."""
    order_id = an_id()

    payload = house.ask(mutation(creates(order(order_id), order(order_id, enterprise=enterprise)))).payload()

    assert (None, UNAUTHORIZED) == (payload["orders"], payload["errors"])
    assert 0 == house.kept(order_id)


def test_fields_are_refused_one_by_one_and_kept_together(house: House) -> None:
    """Of several mutation fields each has its own refusal; what is accepted is kept (D24, D32)."""
    good, foreign, future = an_id(), an_id(), an_id()

    data = house.ask(
        mutation(
            creates(order(good), key="a: "),
            creates(order(foreign, enterprise="1500002"), key="b: "),
            creates(order(future, event_time=FUTURE), key="c: "),
            cancels(change(good)),
        )
    ).json["data"]

    assert [None, UNAUTHORIZED] == [data["a"]["errors"], data["b"]["errors"]]
    assert [["eventTime"]] == [error["fields"] for error in data["c"]["errors"]]
    assert [2, 0, 0] == [house.kept(each) for each in (good, foreign, future)]
    assert data["a"]["orders"][0]["submissionId"] != data["cancelOrders"]["orders"][0]["submissionId"]


@pytest.mark.parametrize(
    ("variables", "argument"),
    [
        ({"o": {"enterpriseId": "1500002"}}, "$o"),
        ({"o": None}, "$o"),
        ({"e": "1500002"}, "$e"),
        ({}, "$d"),
    ],
    ids=["whole order", "null lets the default through", "id alone", "default"],
)
def test_no_enterprise_escapes_behind_a_variable(
    house: House, variables: dict[str, object], argument: str
) -> None:
    """A foreign id is found in variables, in their defaults, and in the members of a literal."""
    rest = f'actionTrackerId: 401, orderId: "{an_id()}"'
    whole = {"actionTrackerId": 401, "orderId": "x"}
    if variables.get("o"):
        variables = {"o": [{**whole, "enterpriseId": "1500002"}]}
    declared = {
        "$o": f"$o: [OrderCreateRequest!] = [{{enterpriseId: 1500002, {rest}}}]",
        "$e": "$e: ID!",
        "$d": "$d: ID = 1500002",
    }[argument]
    value = "$o" if argument == "$o" else f"{{enterpriseId: {argument}, {rest}}}"
    document = (
        f"mutation({declared}) {{ createOrders(newOrders: {value}) "
        "{ orders { orderId } errors { message } } }"
    )
    reply = house.ask(json.dumps({"query": document, "variables": variables}))

    assert {"data": {"createOrders": {"orders": None, "errors": [{"message": "Unauthorized"}]}}} == reply.json


# ── status of a token error (D7), introspection (D9, D10) ────────────────────────────────────────────


@pytest.mark.parametrize("token", [None, "cfoil_live_x"])
def test_the_status_of_a_token_error_is_a_setting(house: House, token: str | None) -> None:
    """200 by default; by setting 401 with the same body and a challenge."""
    usual, strict = house.ask(BUILD, token), house.ask(BUILD, token, token_error_status="401")

    assert (200, None) == (usual.status, usual.headers.get("www-authenticate"))
    assert (401, "Bearer") == (strict.status, strict.headers["www-authenticate"])
    assert usual.body == strict.body


UNDEFINED = "Validation error of type FieldUndefined: Field '{0}' in type '{1}' is undefined @ '{0}'"
OPEN = "{ __schema { queryType { name } } }"


@pytest.mark.parametrize(
    ("introspection", "token", "document", "told"),
    [
        ("token", None, OPEN, "Missing Token"),
        ("token", None, "{", "Missing Token"),
        ("open", None, OPEN, None),
        ("open", None, "{ getBuildNumber __typename }", None),
        ("open", None, "{", "Missing Token"),
        ("open", None, "", "Missing Token"),
        ("open", None, mutation(creates(order("x"))), "Missing Token"),
        ("open", None, "{ __schema { queryType { name } } foo }", "Missing Token"),
        ("open", None, OPEN + " " * 65536, "Missing Token"),
        ("open", "cfoil_live_x", OPEN, "Invalid Token"),
        (
            "off", LIVE, OPEN,
            UNDEFINED.format("__schema", "Query"),
        ),
        (
            "off", LIVE, 'mutation { x: __type(name: "Order") { name } }',
            UNDEFINED.format("__type", "Mutation"),
        ),
        ("off", LIVE, "{ getBuildNumber __typename }", None),
        ("off", None, "{ getBuildNumber }", "Missing Token"),
    ],
)  # fmt: skip
def test_who_may_introspect(
    house: House, introspection: str, token: str | None, document: str, told: str | None
) -> None:
    """With a token by default; everyone where it is open; nobody where it is off (D9, D10)."""
    reply = house.ask(document, token, introspection=introspection)

    assert told == (None if reply.json["data"] else reply.message)


# ── details of errors (D14) ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("header", ["detailed", "Detailed", " detailed "])
def test_details_come_only_to_those_who_ask(house: House, header: str) -> None:
    """`extensions` hold the classification alone, or code, hint and address of the page as well."""
    plain = house.ask("{ foo }").json["errors"][0]
    detailed = house.ask("{ foo }", headers={"Counterfoil-Errors": header}).json["errors"][0]

    assert {"classification": "ValidationError"} == plain["extensions"]
    assert {"classification", "code", "hint", "docUrl"} == set(detailed["extensions"])
    assert {"message", "locations", "extensions"} == set(plain) == set(detailed)
    assert plain["message"] == detailed["message"]


def test_errors_that_are_not_the_engines_have_no_extensions(house: House) -> None:
    """Missing Token is the sentence alone; asked in detail it has code and hint."""
    assert [{"message": "Missing Token"}] == house.ask(BUILD, None).json["errors"]
    detailed = house.ask(BUILD, None, headers={"Counterfoil-Errors": "detailed"}).json["errors"][0]
    assert "MISSING_TOKEN" == detailed["extensions"]["code"]


def test_the_engines_own_words_for_a_variable_are_a_detail(house: House) -> None:
    """A fault inside a variable is told as for a literal; the engine's own text is a detail (9.5)."""
    body = (
        '{"query": "mutation($o: [OrderCreateRequest!]!) { createOrders(newOrders: $o) { __typename } }", '
        '"variables": {"o": [{"enterpriseId": 1500001, "actionTrackerId": 401}]}}'
    )

    error = house.ask(body, headers={"Counterfoil-Errors": "detailed"}).json["errors"][0]

    assert "is missing required fields '[orderId]'" in error["message"]
    assert (
        "Variable 'o' has an invalid value: Field 'orderId' has coerced Null value for NonNull type 'String!'"
        == error["extensions"]["engineMessage"]
    )


# ── values (D28, D57), counts (D29), calls (D20) ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("tolerance", "event_time", "is_accepted"),
    [
        (0, "2026-03-01T10:00:00Z", True),
        (0, "2026-03-01T10:00:00.000000001Z", False),
        (0, "2026-03-01T11:00:00+01:00", True),
        (0, FUTURE, False),
        (60, "2026-03-01T10:01:00Z", True),
        (60, "2026-03-01T10:01:00.001Z", False),
    ],
)
def test_how_far_ahead_a_time_may_be_is_a_setting(
    house: House, tolerance: int, event_time: str, is_accepted: bool
) -> None:
    """No second by default, to the last digit; more by setting (D27, D28)."""
    for field, time_name in (
        (creates(order(an_id(), event_time=event_time)), "eventTime"),
        (cancels(change(an_id(), update_time=event_time)), "updateTime"),
    ):
        errors = house.ask(mutation(f"told: {field}"), future_tolerance_s=tolerance).payload("told")["errors"]

        told = [{"message": f"Order may not have an {time_name} in the future", "fields": [time_name]}]
        assert (None if is_accepted else told) == errors


def test_a_long_order_id_is_cut_by_setting(house: House) -> None:
    """By setting an order id is kept with its first 96 characters, and told as it was sent (D57, D48)."""
    order_id = an_id().ljust(97, "x")

    payload = house.ask(mutation(creates(order(order_id))), order_id_too_long="truncate").payload()

    assert [order_id] == [each["orderId"] for each in payload["orders"]]
    assert [1, 0] == [house.kept(order_id[:96]), house.kept(order_id)]


def test_too_many_orders_are_counted_over_all_fields(house: House) -> None:
    """The limit holds for the request; by setting it is told on every mutation field (D29)."""
    ids = [an_id() for _ in range(3)]
    body = mutation(creates(order(ids[0]), order(ids[1])), restates(change(ids[2])), "__typename")

    refused = house.ask(body, orders_max=2, headers={"Counterfoil-Errors": "detailed"})
    assert (504, "504") == (refused.status, refused.message)
    assert "Send 2 orders or fewer in one request." == refused.json["errors"][0]["extensions"]["hint"]

    data = house.ask(body, orders_max=2, orders_max_answer="payload").json["data"]
    sentence = "Request may not have more than 2 orders"
    assert {
        "createOrders": {"orders": None, "errors": [{"message": sentence, "fields": ["newOrders"]}]},
        "restateOrders": {"orders": None, "errors": [{"message": sentence, "fields": ["restatedOrders"]}]},
        "__typename": "Mutation",
    } == data

    assert house.ask(body, orders_max=3).json["data"]["createOrders"]["errors"] is None


def test_calls_are_counted_by_token_where_there_is_a_limit(house: House) -> None:
    """Past the limit 429 with `Retry-After` and a JSON body; another token is not concerned (D20)."""
    mine, other = house.new_token(Scope.TRACKING), house.new_token(Scope.TRACKING)

    answers = [house.ask(BUILD, mine, rate_limit="2/600") for _ in range(3)]

    assert [200, 200, 429] == [reply.status for reply in answers]
    assert "429" == answers[2].message
    assert 590 < int(answers[2].headers["retry-after"]) <= 600
    assert 200 == house.ask(BUILD, other, rate_limit="2/600").status


def test_calls_are_free_again_after_the_while(house: House) -> None:
    """A new while begins when the old one is over."""
    mine = house.new_token(Scope.TRACKING)

    assert [200, 429] == [house.ask(BUILD, mine, rate_limit="1/1").status for _ in range(2)]
    time.sleep(1.05)
    assert 200 == house.ask(BUILD, mine, rate_limit="1/1").status


# ── shapes (D146), each by its setting ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("setting", "limit", "document"),
    [
        ("shape_selections_max", 1, "{ getBuildNumber __typename }"),
        ("shape_aliases_max", 1, "{ a: getBuildNumber b: getBuildNumber }"),
        ("shape_root_fields_max", 1, "{ getBuildNumber __typename }"),
        ("shape_repeats_max", 1, "{ getBuildNumber getBuildNumber }"),
        ("shape_fragments_max", 1, "{ ... { getBuildNumber } ... { getBuildNumber } }"),
        ("shape_variables_max", 1, "query($a: Int, $b: Int) { getBuildNumber }"),
        ("shape_operations_max", 1, "query A { getBuildNumber } query B { getBuildNumber }"),
        ("shape_directives_max", 1, "{ getBuildNumber @skip(if: true) @include(if: true) }"),
        ("shape_expanded_max", 1, "{ getBuildNumber __typename }"),
    ],
)
def test_each_limit_on_the_shape_is_a_setting(house: House, setting: str, limit: int, document: str) -> None:
    """One more than the setting allows is the engine's own refusal (D146)."""
    only: dict[str, Any] = {setting: limit}

    reply = house.ask(document, **only)

    assert f"maximum query complexity exceeded 2 > {limit}" == reply.message
    assert "ExecutionAborted" == reply.json["errors"][0]["extensions"]["classification"]


@pytest.mark.parametrize(
    ("setting", "body"),
    [
        ("shape_depth_max", "{ __schema { types { name } } }"),
        (
            "shape_value_depth_max",
            "mutation { createOrders(newOrders: [{items: {sku: 1}}]) { __typename } }",
        ),
        ("shape_variables_depth_max", '{"query": "{ getBuildNumber }", "variables": {"a": [[1]]}}'),
    ],
)
def test_each_depth_is_a_setting(house: House, setting: str, body: str) -> None:
    """Deeper than the setting allows is told with both numbers (D146)."""
    only: dict[str, Any] = {setting: 2}

    assert "maximum query depth exceeded 3 > 2" == house.ask(body, **only).message


def test_tokens_and_comments_are_bounded(house: House) -> None:
    """Too many tokens are Invalid Syntax, too much comment is the engine's refusal (D146)."""
    assert "Invalid Syntax" == house.ask("{ getBuildNumber __typename }", shape_tokens_max=3).message
    commented = "# " + "x" * 1100 + "\n{ getBuildNumber }"
    told = house.ask(commented, shape_comments_kb_max=1).message
    assert "maximum query complexity exceeded 1102 > 1024" == told
