"""Methods and paths: what a GET may do, what a browser may ask, and what is no endpoint at all.

Owns D5, D6 and D19 as far as they show on the wire. Next: test_http_explorer.py.
"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.api.orders_on_the_wire import an_id, creates, mutation, order
from tests.api.serving import LIVE, House, Reply

JSON = "application/json;charset=utf-8"
BUILD = "{ getBuildNumber }"

METHOD = {"errors": [{"message": "405"}], "data": None}


def get(house: House, path: str, token: str | None = LIVE, method: str = "GET") -> Reply:
    """A GET with a token."""
    headers = {"Authorization": f"Bearer {house.tokens[token]}"} if token else {}
    return house.served().ask(method, path, None, headers)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/graphql", "/graphqltest/", "/query"])
def test_other_methods_are_refused_in_json(house: House, method: str, path: str) -> None:
    """Without a `query` every method but POST answers 405 with a JSON body and `Allow: POST` (D5, D19)."""
    reply = get(house, path, method=method)

    assert (405, "POST", JSON) == (reply.status, reply.headers["allow"], reply.headers["content-type"])
    assert method == "HEAD" or reply.json == METHOD


@pytest.mark.parametrize("path", ["/nothing", "/graphql/x", "/GRAPHQL", "/", "/schema", "/explorer/x.js"])
def test_other_paths_are_refused_in_json(house: House, path: str) -> None:
    """A path that is none answers 404 with the same envelope (D19)."""
    reply = house.ask(BUILD, path=path)

    assert (404, {"errors": [{"message": "404"}], "data": None}) == (reply.status, reply.json)


def test_a_get_with_a_query_reads(house: House) -> None:
    """Queries run by GET, with variables and an operation's name (D5)."""
    parameters = {
        "query": "query A($n: String!) { __type(name: $n) { name } } query B { getBuildNumber }",
        "variables": '{"n": "OrderStatus"}',
        "operationName": "A",
    }

    assert {"data": {"__type": {"name": "OrderStatus"}}} == get(
        house, f"/graphql?{urlencode(parameters)}"
    ).json
    assert 200 == get(house, f"/graphql?{urlencode({'query': BUILD})}", method="HEAD").status
    assert {"data": {"__typename": "Query"}} == get(house, "/query/?query=%7B__typename%7D").json


def test_a_get_never_writes(house: House) -> None:
    """A mutation by GET answers 405 and keeps nothing; without a token it is Missing Token all the same."""
    order_id = an_id()
    query = urlencode({"query": mutation(creates(order(order_id)))})

    reply = get(house, f"/graphql?{query}")

    assert (405, "POST", METHOD) == (reply.status, reply.headers["allow"], reply.json)
    assert "Missing Token" == get(house, f"/graphql?{query}", None).message
    assert 0 == house.kept(order_id)


@pytest.mark.parametrize(
    "query",
    ["query=", "query=%7B", "query=%7BgetBuildNumber%7D&variables=x", "query=%FF", "query=a&" + "b&" * 30,
     "query=%7BgetBuildNumber%7D&variables=[1]"],
)  # fmt: skip
def test_a_get_that_cannot_be_read_is_invalid(house: House, query: str) -> None:
    """What is wrong in the address is told as in a body: Invalid Syntax."""
    assert get(house, f"/graphql?{query}").message.startswith("Invalid Syntax")


@pytest.mark.parametrize("path", ["/graphql", "/graphqltest", "/query"])
def test_a_browser_may_ask_from_anywhere(house: House, path: str) -> None:
    """A preflight is answered, so that a page of any origin may send a token of its own (D16)."""
    reply = house.served().ask(
        "OPTIONS",
        path,
        None,
        {"Origin": "https://shop.example", "Access-Control-Request-Headers": "authorization,content-type"},
    )

    assert (204, b"", "*") == (reply.status, reply.body, reply.headers["access-control-allow-origin"])
    allowed = reply.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed
    assert "POST" in reply.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in reply.headers


def test_a_cookie_opens_nothing(house: House) -> None:
    """Raw bodies of any type are safe only because the API reads its header and never a cookie."""
    token = house.tokens["live"]

    reply = house.ask(BUILD, None, headers={"Cookie": f"token={token}; Authorization=Bearer {token}"})

    assert "Missing Token" == reply.message
    assert "set-cookie" not in reply.headers


def test_the_schema_is_served(house: House) -> None:
    """The SDL lies at `/schema/tracking.graphql`, for anyone."""
    reply = house.served().ask("GET", "/schema/tracking.graphql")

    assert (200, "text/plain; charset=utf-8") == (reply.status, reply.headers["content-type"])
    assert b"input OrderCreateRequest {" in reply.body
