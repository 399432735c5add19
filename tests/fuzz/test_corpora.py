"""The collections of difficult input at every entry: body, variables, address, cookie, headers, files (R16).

Owns what must hold at each of them. A quick run takes a part of the strings, the deep one all. Next:
tests/corpora/reading.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from graphql import StringValueNode, parse_value

from counterfoil import sending
from counterfoil.api import schemas
from counterfoil.api.graphql import Operation, read_operation
from counterfoil.capture.body import ListText, Request, read_request
from counterfoil.capture.scalars import NumberText
from counterfoil.capture.shape import ShapeLimits
from counterfoil.errors import Refusal
from counterfoil.network import read, read_ecb
from counterfoil.sending import BadRow, Fixed, Patience, Plan, RefusedBatch, Tally, Unsendable
from counterfoil.sending.files import read_rows
from tests.api.orders_on_the_wire import ANSWER, an_id, creates, mutation, order
from tests.api.serving import House, Reply
from tests.corpora.reading import (
    AMOUNTS,
    BYTES,
    INSTANTS,
    LOST,
    ORDER_IDS,
    Case,
    json_cases,
    naughty_strings,
)
from tests.fuzz.wire import keeps_the_promises

SAMPLE = 24
"""One in so many of the strings is in the quick run."""
QUERY = "{ getBuildNumber }"
MANY = f"mutation($o: [OrderCreateRequest!]!) {{ createOrders(newOrders: $o) {ANSWER} }}"
INNER = (b"Traceback", b"psycopg", b"Exception while", b"DataFetching", b'File \\"')


def _kept(house: House, prefix: str) -> int:
    found = house.desk.connection.execute(
        "SELECT count(*) FROM intake_log WHERE order_id LIKE %s", (f"{prefix}%",)
    ).fetchone()
    assert found is not None
    return int(found[0])


def _sent(house: House, body: bytes, path: str = "/graphql", **headers: str) -> Reply:
    reply = keeps_the_promises(house, body, path, headers)
    assert not any(word in reply.body for word in INNER), reply.body[:400]
    return reply


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────


def _plain(value: Any) -> Any:
    """A value with its numbers as floats, to be compared with what Python's own reader makes of it."""
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case ListText():
            return _plain(value.value())
        case bool():
            return value
        case NumberText() | int():
            return float(value)
        case _:
            return value


def _around(text: str) -> bytes:
    return b'{"query": "%s", "variables": {"a": %s}}' % (QUERY.encode(), text.encode())


def _of(is_json: bool | None) -> list[Case]:
    return [case for case in json_cases() if case.is_json is is_json]


def test_the_suite_is_whole() -> None:
    """95, 188 and 35 cases, as it was published."""
    assert (95, 188, 35) == tuple(len(_of(is_json)) for is_json in (True, False, None))


def test_what_must_be_read_as_json_is() -> None:
    """Each of the 95 is the value that it is, among the variables."""
    for case in _of(True):
        request = read_request(_around(case.text))

        assert isinstance(request, Request), case.name
        assert (QUERY, {"a": _plain(json.loads(case.text))}) == (request.document, _plain(request.variables))


def test_what_must_not_be_read_as_json_is_not() -> None:
    """Among the variables each of the 188 makes the body none, or a document that cannot be parsed."""
    for case in _of(False):
        request = read_request(_around(case.text))
        if isinstance(request, Request):
            # What is no JSON may be a bare document (D2): then it is all of the body, and fails as such.
            assert request.document.startswith('{"query"'), case.name
            operation = read_operation(schemas.tracking(), request, ShapeLimits())
            assert isinstance(operation, Refusal), case.name
            assert operation.message.startswith("Invalid Syntax"), case.name


def _answered(house: House, cases: Sequence[Case]) -> None:
    for case in cases:
        whole = _sent(house, case.text.encode())
        around = _sent(house, _around(case.text))

        assert "errors" in whole.json, case.name
        if case.is_json:
            assert {"getBuildNumber"} == set(around.json["data"]), case.name
        if case.is_json is False:
            assert around.json["errors"][0]["message"].startswith("Invalid Syntax"), case.name


def test_cases_are_answered(house: House) -> None:
    """As a body and among variables; what is JSON among them is served, what is none is `Invalid Syntax`."""
    _answered(house, json_cases()[::SAMPLE])


@pytest.mark.deep
def test_every_case_is_answered(house: House) -> None:
    """The same with each of them."""
    _answered(house, json_cases())


def test_bytes_that_are_no_text_are_answered(house: House) -> None:
    """Alone, in a string of the envelope and in a literal: told, and kept nowhere."""
    for raw in BYTES:
        _sent(house, raw)
        literal = _sent(house, mutation(creates(order("B-x"))).encode().replace(b"B-x", b"B-" + raw))
        in_string = _sent(house, b'{"query": "' + QUERY.encode() + b'", "variables": {"a": "' + raw + b'"}}')
        if not _is_text(raw):
            assert "Invalid Syntax" == literal.message == in_string.message
    assert 0 == house.kept("B-\ufffd")


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


# ── strings ───────────────────────────────────────────────────────────────────────────────────────────


def _new(order_id: str, **more: Any) -> dict[str, Any]:
    return {"enterpriseId": "1500001", "actionTrackerId": 401, "orderId": order_id, **more}


def _accepted(reply: Reply) -> list[str]:
    return [each["orderId"] for each in reply.payload()["orders"]]


def test_every_string_is_accepted_as_a_value(house: House) -> None:
    """In every text of an order, as variables and as literals: accepted, and told back as it was sent."""
    ids = [an_id() for _ in naughty_strings()]
    orders = [
        _new(each, sid=text, coupon=text, customParameters=[{"name": text, "value": text}])
        for each, text in zip(ids, naughty_strings(), strict=True)
    ]
    by_variables = house.ask(json.dumps({"query": MANY, "variables": {"o": orders}}))
    literals = [
        order(each, f", sid: {json.dumps(text)}, coupon: {json.dumps(text)}")
        for each, text in zip(ids, naughty_strings(), strict=True)
    ]
    by_literals = house.ask(json.dumps({"query": mutation(creates(*literals))}))

    assert ids == _accepted(by_variables) == _accepted(by_literals)


def test_every_order_id_is_an_id(house: House) -> None:
    """Ids that nobody expects come back as they were sent, and are kept as such."""
    mark = an_id("CORPUS") + "/"
    ids = [mark + text for text in ORDER_IDS]
    reply = house.ask(json.dumps({"query": MANY, "variables": {"o": [_new(each) for each in ids]}}))

    assert ids == _accepted(reply)
    assert len(ids) == _kept(house, mark)


def test_a_string_found_at_once_is_the_one_read_sign_by_sign() -> None:
    """A literal without escapes is read by a pattern; it says what the library reads in it."""
    for text in naughty_strings():
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            continue
        for literal in (json.dumps(text), json.dumps(text, ensure_ascii=False)):
            request = Request(document=f"{{a(b: {literal}) c}}", variables={})
            operation = read_operation(schemas.tracking(), request, ShapeLimits())
            assert isinstance(operation, Operation)
            (field, _) = operation.known.operations[0].selection_set.selections
            value = field.arguments[0].value  # type: ignore[attr-defined]
            expected = parse_value(literal)

            assert isinstance(expected, StringValueNode)
            assert (expected.value, expected.block) == (value.value, value.block)


def _in_doors(house: House, strings: Sequence[str]) -> None:
    good = QUERY.encode()
    for text in strings:
        raw = text.encode("utf-8", "surrogatepass")
        asked = house.served().ask("GET", f"/graphql?{quote(raw, safe='=&')}", None, _token(house))
        assert asked.status in (200, 405)
        by_address = urlencode({"query": QUERY, "variables": raw, "operationName": raw})
        assert 200 == house.served().ask("GET", f"/graphql?{by_address}", None, _token(house)).status
        strange = urlencode([(raw, raw), (b"side", raw)])
        told = house.served().ask("GET", f"/export/commissions?{strange}", None, _token(house))
        assert told.status in (200, 400)
        assert not any(word in told.body for word in INNER)
        _sent(house, json.dumps({"query": QUERY, "operationName": text, "extensions": text}).encode())
        header = "".join(sign for sign in text if sign.isprintable() and ord(sign) < 256)
        for name in ("Cookie", "X-Request-Id", "Accept", "Content-Type", "Counterfoil-Errors"):
            _sent(house, good, **{name: header})
        _sent(house, good, Authorization=f"Bearer {header}")


def _token(house: House) -> dict[str, str]:
    return {"Authorization": f"Bearer {house.tokens['live']}"}


def test_strings_at_every_door(house: House) -> None:
    """In address, cookie, headers and envelope: answered in the envelope, never by a bug."""
    _in_doors(house, naughty_strings()[::SAMPLE])


@pytest.mark.deep
def test_all_strings_at_every_door(house: House) -> None:
    """The same with each of them."""
    _in_doors(house, naughty_strings())


def test_a_megabyte_at_every_door(house: House) -> None:
    """A megabyte of one sign as a value is kept, as a document is refused; no head may be so large."""
    much = "x" * 1_000_000
    order_id = an_id()
    kept = house.ask(json.dumps({"query": MANY, "variables": {"o": [_new(order_id, coupon=much)]}}))
    refused = _sent(house, much.encode())

    assert [order_id] == _accepted(kept)
    assert refused.message.startswith("Invalid Syntax")
    assert len(refused.body) < 2048
    for head in ("Cookie: ", "X: ", "Authorization: Bearer "):
        # No more than one read of the server's: whoever is told before it has sent all may miss the answer.
        sent = f"POST /graphql HTTP/1.1\r\nHost: a\r\n{head}{much[:50_000]}\r\n\r\n"
        reply = house.served().raw(sent.encode())
        assert reply.startswith(b"HTTP/1.1 431 ")
    assert 200 == house.ask(QUERY).status


# ── values ────────────────────────────────────────────────────────────────────────────────────────────


def _values() -> Iterator[tuple[str, str, bool]]:
    for text, is_one in AMOUNTS.items():
        yield "amount", text, is_one
    for text, is_one in INSTANTS.items():
        yield "eventTime", text, is_one


def test_amounts_and_moments_are_taken_strictly(house: House) -> None:
    """What a scalar does not take is refused with its type; nothing is guessed, nothing else refuses it."""
    types = {"amount": "'NonNegativeDecimalNumber'", "eventTime": "'Instant'"}
    for name, text, is_one in _values():
        reply = house.ask(json.dumps({"query": MANY, "variables": {"o": [_new(an_id(), **{name: text})]}}))
        said = "" if reply.json["data"] else reply.message

        assert (name, text, is_one) == (name, text, types[name] not in said), said


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────


class Watcher:
    """Keeps what the client for files says."""

    def __init__(self) -> None:
        self.bad_rows: list[BadRow] = []
        self.refusals: list[RefusedBatch] = []

    def bad_row(self, row: BadRow) -> None:
        """A row that makes no order."""
        self.bad_rows.append(row)

    def refused(self, batch: RefusedBatch) -> None:
        """A batch that the server did not take."""
        self.refusals.append(batch)

    def again(self, reason: str, pause_s: float) -> None:
        """Nothing is sent again here."""
        raise AssertionError(reason)

    def moved(self, tally: Tally) -> None:
        """Goes on."""


def _planned(file: Path, url: str, maps: list[str]) -> Plan:
    fixed = Fixed(enterprise_id="1500001", action_tracker_id=401)
    return sending.plan(file, url, maps, fixed, batch_size=100, state_path=file.with_suffix(".state"))


async def test_strings_in_a_csv_arrive(house: House, tmp_path: Path) -> None:
    """Each string in a quoted cell becomes an order, or a row that is told; nothing stops the file."""
    mark = an_id("CORPUS") + "/"
    texts = [text for text in naughty_strings() if not any("\ud800" <= sign <= "\udfff" for sign in text)]
    rows = [f'{mark}-{n},"{text.replace(chr(34), chr(34) * 2)}"' for n, text in enumerate(texts)]
    file = tmp_path / "orders.csv"
    file.write_text("id,text\n" + "\n".join(rows) + "\n", "utf-8", newline="")
    url = f"http://127.0.0.1:{house.served().port}/graphql"
    plan = _planned(file, url, ["order_id=id", "coupon=text"])
    watcher = Watcher()
    await sending.send(plan, house.tokens["live"], watcher, Patience(attempts=1, answer_s=20))

    assert [] == watcher.refusals
    assert len(texts) == _kept(house, mark) + len(watcher.bad_rows)
    assert [] == watcher.bad_rows


@pytest.mark.parametrize("raw", BYTES, ids=lambda raw: ascii(raw)[:24])
def test_a_csv_of_bytes_is_read_or_told(tmp_path: Path, raw: bytes) -> None:
    """Bytes in header or cell: rows, or one sentence with a remedy."""
    for content in (raw, b"id,text\n1," + raw + b"\n", b'id,text\n1,"' + raw + b'"\n'):
        file = tmp_path / "orders.csv"
        file.write_bytes(content)
        with suppress(Unsendable):
            list(read_rows(file))
        with suppress(Unsendable):
            _planned(file, "http://127.0.0.1:1/graphql", ["order_id=id"])


def _texts() -> Iterator[str]:
    yield from (case.text for case in json_cases())
    yield from naughty_strings()
    yield from (raw.decode("utf-8", "replace") for raw in BYTES)


def test_a_network_file_of_anything_is_told() -> None:
    """No text of the collections is a network, none stops the reader, and each fault has a sentence."""
    for text in _texts():
        for written in (text, f"based_on = {text}", f"[[advertisers]]\nid = 1\nname = {text}\n"):
            told = read(written, "network.toml")
            assert not isinstance(told, list) or all(each.sentence for each in told)


def test_a_file_of_rates_of_anything_is_told() -> None:
    """The same for rates, as the whole file and as a cell; no such cell is taken for a rate."""
    for text in _texts():
        read_ecb(text, "rates.csv")
        told = read_ecb(f"Date,USD\n2026-03-02,{text}\n", "rates.csv")
        rates = [] if isinstance(told, list) else [each.per_euro for each in told]
        assert all(rate.is_finite() and rate > 0 for rate in rates), text


def test_what_was_lost_is_known() -> None:
    """25 cases of the suite came without their bytes; those of our own are as many."""
    assert len(BYTES) == sum(LOST in case.text for case in json_cases())
