"""The export: the files it makes, what it says when it cannot, and what becomes of a reader who goes away.

Owns the endpoint's own promises. Leaves rights to test_tenants.py, filters to test_every_filter.py.
"""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from http.client import HTTPConnection, IncompleteRead
from io import BytesIO
from threading import Event, Thread
from typing import Any

import psycopg
import pytest

from counterfoil.api import export as endpoint
from counterfoil.api.service import READERS_MAX
from counterfoil.reporting import Side, export_forms
from counterfoil.reporting.export import export
from counterfoil.reporting.export_forms import Csv, Head, JsonLines, Kind, Parquet
from counterfoil.reporting.records import field_names
from counterfoil.store import reports
from counterfoil.store.facts import Networks
from tests.desk import BEGINNING, Desk
from tests.reporting.bookkeeping import OPERATOR, create, filters, items, post, restate
from tests.reporting.counter import ADVERTISER, EXPORT, Counter
from tests.reporting.many_records import fill

MONEY = "commissionId,saleAmountUsd,pubCommissionAmountUsd,advCommissionAmountUsd"


def error(told: Any) -> dict[str, Any]:
    """The error of our own endpoints, without the id of the request."""
    found: dict[str, Any] = told.json["error"]
    assert found.pop("requestId") == told.headers["x-request-id"]
    return found


# ── files ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_csv_has_numbers_and_guarded_text(shelf: Counter) -> None:
    """Numbers stay numbers, negative ones too; text that looks like a formula gets an apostrophe."""
    reply = shelf.export(
        orderIds=["A-1", "A-3"], fields="orderId,coupon,pubCommissionAmountUsd,original,clickDate"
    )

    assert (
        b"orderId,coupon,pubCommissionAmountUsd,original,clickDate\r\n"
        b"A-1,VINYL10,8,true,2026-03-01T09:00:00Z\r\n"
        b"A-3,'=HYPERLINK(1),10.533,true,2026-03-01T09:00:00Z\r\n"
        b"A-1,VINYL10,-8,false,2026-03-01T09:00:00Z\r\n"
        b"A-1,,4,false,2026-03-01T09:00:00Z\r\n"
    ) == reply.body
    assert "text/csv; charset=utf-8; header=present" == reply.headers["content-type"]


def test_raw_text_has_no_guard_and_a_mark_comes_when_asked(shelf: Counter) -> None:
    """`raw=true` is for programs; `bom=true` is for spreadsheets that need it."""
    reply = shelf.export(orderIds="A-3", fields="coupon", raw="true", bom="1")

    assert b"\xef\xbb\xbfcoupon\r\n=HYPERLINK(1)\r\n" == reply.body


def test_every_field_unasked_comes_in_the_schemas_order(shelf: Counter) -> None:
    """Without `fields` there is every field that is neither nested nor deprecated."""
    (row,) = shelf.rows("publisher_b", orderIds="A-7")

    assert ["actionStatus", "actionTrackerId", "actionTrackerName"] == list(row)[:3]
    assert {"shopperId", "websiteName"} <= set(row)
    assert not {"items", "sid", "situations", "saleAmountAdvCurrency", "customPixel"} & set(row)


def test_lists_and_objects_are_exported_when_named(shelf: Counter) -> None:
    """As JSON lines they are as the API answers them; in a CSV they are JSON in a cell."""
    fields = "items,situationDetails,verticalAttributes,situations"
    (told,) = shelf.objects(orderIds="A-3", fields=fields)
    (row,) = shelf.rows(orderIds="A-3", fields=fields)
    document = """{ advertiserCommissions(forAdvertisers: "5500001", commissionIds: "2000000003") { records {
        items { sku quantity totalCommissionUsd situationDetails { id } } } } }"""
    (answered,) = shelf.query(document).payload("advertiserCommissions")["records"]

    assert told == {name: json.loads(cell) for name, cell in row.items()}
    assert {"id": "31", "name": "New customer"} == told["situationDetails"][0]
    assert ("New", None) == (told["verticalAttributes"]["custStatus"], told["verticalAttributes"]["brandId"])
    assert answered["items"] == [
        {
            **{name: each[name] for name in ("sku", "quantity", "totalCommissionUsd")},
            "situationDetails": [{"id": "31"}],
        }
        for each in told["items"]
    ]


def test_the_file_is_named_for_company_report_and_period(shelf: Counter) -> None:
    """A company by its name, several by their number, and the days of the window."""

    def name(token: str = ADVERTISER, **parameters: Any) -> str:
        return shelf.export(token, **parameters).headers["content-disposition"]

    month = {"sincePostingDate": "2026-03-01", "beforePostingDate": "2026-12-31"}
    assert (
        'attachment; filename="northwind-records_advertiser-commissions_2026-03-01_2026-12-31.csv"'
        == name(**month)
    )
    assert 'attachment; filename="sparfuchs_publisher-commissions_2026-04-10_2026-04-11.jsonl"' == name(
        "publisher_b", format="jsonl"
    )
    assert 'attachment; filename="2-companies_publisher-commissions_until_2026-04-11.csv"' == name(
        "operator", forPublishers="7700001,7700002,x", sinceCommissionId="0"
    )


def test_a_compressed_export_says_the_same(shelf: Counter) -> None:
    """With `Accept-Encoding: gzip` the same bytes come compressed."""
    path = f"{EXPORT}?sinceCommissionId=0"
    plain, packed = (
        shelf.ask(path, headers={"Accept-Encoding": encoding}) for encoding in ("identity", "gzip;q=1.0")
    )

    assert plain.body == gzip.decompress(packed.body)
    assert ("gzip", None) == (packed.headers["content-encoding"], plain.headers.get("content-encoding"))
    assert len(packed.body) < len(plain.body) / 3


def test_a_head_has_the_headers_alone(shelf: Counter) -> None:
    """HEAD is answered as GET is, without the file."""
    reply = shelf.ask(f"{EXPORT}?sinceCommissionId=0", method="HEAD")

    assert (200, b"") == (reply.status, reply.body)
    assert "2026-04-11T12:00:00Z" == reply.headers["counterfoil-as-of"]


def test_an_export_of_nothing_is_a_file(shelf: Counter) -> None:
    """With no record there are still the names of the columns."""
    nothing = {"orderIds": "no such order", "fields": "orderId,coupon"}

    assert b"orderId,coupon\r\n" == shelf.export(**nothing).body
    assert b"" == shelf.export(**nothing, format="jsonl").body
    assert b"orderId\r\n" == shelf.ask(EXPORT, '{"forAdvertisers": [], "fields": "orderId"}').body


def test_parameters_may_come_as_json(shelf: Counter) -> None:
    """A POST has them as members: text, numbers, switches, lists; nulls are not given."""
    body = {
        "forAdvertisers": 5500001,
        "orderIds": ["A-1", "A-3", ""],
        "adIds": [12000001],
        "sincePostingDate": None,
        "fields": ["orderId", "coupon"],
        "raw": True,
        "format": "csv",
    }
    reply = shelf.ask(EXPORT, json.dumps(body), token="operator")

    assert b"orderId,coupon\r\nA-1,VINYL10\r\nA-3,=HYPERLINK(1)\r\nA-1,VINYL10\r\nA-1,\r\n" == reply.body
    assert 200 == shelf.ask(EXPORT, b"").status
    assert 200 == shelf.ask(EXPORT, gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"}).status


def test_a_long_period_is_no_error(shelf: Counter) -> None:
    """The 31 days of the API do not bind an export."""
    rows = shelf.rows(sincePostingDate="2020-01-01", beforePostingDate="2030-01-01", fields="commissionId")

    assert shelf.rows(sinceCommissionId="0", fields="commissionId") == rows


def test_a_bonus_is_a_row_like_the_others(shelf: Counter) -> None:
    """A period record has its type, its figures and its dates, and nothing of an order."""
    told = {
        "actionType": "bonus",
        "original": True,
        "orderId": None,
        "items": [],
        "situationDetails": [],
        "verticalAttributes": None,
        "lockingMethod": None,
        "validationStatus": "AUTOMATED",
        "saleAmountUsd": "0",
        "orderDiscountUsd": "0",
        "cjFeeUsd": "0",
        "aid": None,
        "coupon": None,
        "clickDate": None,
        "source": "NA",
        "correctionReason": None,
        "newToFile": None,
        "publisherName": "Vinyl Digest",
        "pubCommissionAmountUsd": "25.5",
        "advCommissionAmountUsd": "-25.5",
        "actionStatus": "closed",
        "lockingDate": "2026-03-04T11:00:07Z",
        "eventDate": "2026-03-04T11:00:07Z",
        "postingDate": "2026-03-04T11:00:07Z",
    }
    given = {"actionTypes": "bonus", "sinceCommissionId": "0", "publisherIds": "7700001"}

    assert [told] == shelf.objects(**given, fields=",".join(told))


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────

UNFIT: list[tuple[dict[str, Any], str, str]] = [
    ({"format": "xls"}, "'xls' is not a value of 'format'.", "Use csv, jsonl or parquet."),
    ({"fields": "orderid"}, "There is no field 'orderid'.", "Did you mean orderId?"),
    ({"adids": "x"}, "There is no parameter 'adids'.", "Did you mean adIds?"),
    ({"advertiserIds": "1"}, "There is no parameter 'advertiserIds'.", "Did you mean forAdvertisers?"),
    (
        {"updatedSince": "lately"},
        "Invalid date 'lately' for argument 'updatedSince'",
        "Write it as 2026-03-01T00:00:00Z.",
    ),
    (
        {"sinceCommissionId": "x"},
        "Invalid commission id 'x' for argument 'sinceCommissionId'",
        "Send the digits of a commission id.",
    ),
    (
        {"lockingMethods": "open_ended"},
        "'open_ended' is not a value of 'lockingMethods'.",
        "Use IMMEDIATE, FIXED_DATE, FIXED_DURATION or OPEN_ENDED.",
    ),
    ({"format": ["csv", "jsonl"]}, "'format' is given more than once.", "Give it once."),
    ({"side": "both"}, "'both' is not a value of 'side'.", "Use advertiser or publisher."),
]


@pytest.mark.parametrize(("given", "message", "hint"), UNFIT)
def test_what_is_wrong_is_said_by_name(
    shelf: Counter, given: dict[str, Any], message: str, hint: str
) -> None:
    """Status 400, code, parameter, sentence and remedy, in the form of our own endpoints."""
    told = shelf.export(**given)
    found = error(told)
    code = found.pop("code")

    assert (400, "application/json;charset=utf-8") == (told.status, told.headers["content-type"])
    assert {
        "message": message,
        "param": next(iter(given)),
        "hint": hint,
        "docUrl": f"/help/errors/{code}",
    } == found


@pytest.mark.parametrize(
    "body", ["{", "[]", '"x"', "{} {}", '{"format": {"a": 1}}', '{"adIds": [1.5]}', "\xff"]
)
def test_a_body_that_cannot_be_used_is_told(shelf: Counter, body: str) -> None:
    """Only a JSON object of text, numbers, switches and lists of them is read."""
    told = shelf.ask(EXPORT, body.encode("latin-1"))

    assert 400 == told.status
    assert error(told)["code"] in ("BODY_UNREADABLE", "PARAMETER_INVALID")


def test_the_operator_says_whose_records(shelf: Counter) -> None:
    """Who may read everything has to say what is wanted."""
    assert "side" == error(shelf.export("operator"))["param"]
    assert "forPublishers" == error(shelf.export("operator", side="publisher"))["param"]


def test_other_methods_and_large_bodies_are_refused(shelf: Counter) -> None:
    """405 with what is allowed; 413 beyond a megabyte."""
    put = shelf.ask(EXPORT, "{}", method="PUT")
    large = shelf.ask(EXPORT, b" " * (endpoint.BODY_BYTES_MAX + 1))

    assert (405, "GET, HEAD, POST") == (put.status, put.headers["allow"])
    assert (413, "BODY_TOO_LARGE") == (large.status, error(large)["code"])
    assert 204 == shelf.ask(EXPORT, method="OPTIONS").status


def test_a_missing_extra_is_named(shelf: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra `parquet` the answer says how to install it."""
    monkeypatch.setattr(endpoint, "has_parquet", lambda: False)
    told = shelf.export(format="parquet")

    assert (501, "EXTRA_MISSING", "format") == (told.status, *map(error(told).get, ("code", "param")))
    assert "pip install 'counterfoil[parquet]'" in told.json["error"]["hint"]


# ── the forms themselves ─────────────────────────────────────────────────────────────────────────────

GUARDED = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\x00x"]
PLAIN = ["", "x=1", " =1", "'=1", "1-1", "ünïcode", "a,b", 'a "b"', "two\nlines", None]


@pytest.mark.parametrize("text", GUARDED)
def test_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    """Every beginning that a spreadsheet takes for a formula (trust, section 9, item 10)."""
    form = Csv([Head("a", Kind.TEXT)], raw=False, bom=False)

    assert form.rows([["'" + text]]) == form.rows([[text]])


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_stays_as_it_is(text: str | None) -> None:
    """An apostrophe stands before formulas alone."""
    guarded, raw = (Csv([Head("a", Kind.TEXT)], raw=raw, bom=False) for raw in (False, True))

    assert raw.rows([[text]]) == guarded.rows([[text]])


def test_numbers_have_no_guard() -> None:
    """A negative figure is a number, not a formula."""
    form = Csv([Head("a", Kind.FIGURE), Head("b", Kind.FLAG)], raw=False, bom=False)

    assert b"-8.25,false\r\n0,\r\n,true\r\n" == form.rows([["-8.25", "0", None], [False, None, True]])


def test_a_lone_surrogate_does_not_break_a_file() -> None:
    """What UTF-8 cannot hold is replaced in a CSV, and escaped in JSON (D145)."""
    heads = [Head("a", Kind.TEXT), Head("b", Kind.NESTED)]
    columns: list[list[Any]] = [["x\ud800"], [["\ud800"]]]

    assert "x\ufffd".encode() in Csv(heads, raw=False, bom=False).rows(columns)
    assert b'{"a":"x\\ud800","b":["\\ud800"]}\n' == JsonLines(heads).rows(columns)


def test_parquet_keeps_every_digit(shelf: Counter) -> None:
    """Amounts are exact decimals, dates are instants in UTC, lists are JSON."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

    fields = f"{MONEY},clickDate,original,coupon,items"
    reply = shelf.export(sinceCommissionId="0", format="parquet", fields=fields)
    table = parquet.read_table(BytesIO(reply.body))
    rows = shelf.objects(sinceCommissionId="0", fields=fields)

    assert [arrow.decimal128(38, 3)] * 3 == [table.schema.field(name).type for name in MONEY.split(",")[1:]]
    assert "timestamp[ms, tz=UTC]" == str(table.schema.field("clickDate").type)
    assert [
        {
            **row,
            **{name: Decimal(row[name]) for name in MONEY.split(",")[1:]},
            "clickDate": row["clickDate"] and datetime.fromisoformat(row["clickDate"]),
            "items": json.dumps(row["items"], separators=(",", ":")),
        }
        for row in rows
    ] == table.to_pylist()
    assert "application/vnd.apache.parquet" == reply.headers["content-type"]


def test_parquet_is_written_group_by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows leave in groups of bounded size, in their order; what does not fit the decimals is refused."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")

    monkeypatch.setattr(export_forms, "ROW_GROUP_ROWS", 5)
    form = Parquet([Head("n", Kind.TEXT), Head("sum", Kind.FIGURE)])
    pieces = [form.begin()]
    pieces += [form.rows([[f"{n}a", f"{n}b"], ["-1.005", "12"]]) for n in range(6)]
    pieces.append(form.end())
    file = parquet.ParquetFile(BytesIO(b"".join(pieces)))

    assert [True, False, False, True] == [bool(piece) for piece in pieces[:4]]
    assert [f"{n}{side}" for n in range(6) for side in "ab"] == file.read()["n"].to_pylist()
    assert Decimal("65.970") == sum(file.read()["sum"].to_pylist())
    assert file.num_row_groups > 2
    with pytest.raises(arrow.ArrowInvalid):
        form.rows([["x"], ["0.0001"]])


# ── as it is sent ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def many(desk: Desk, administrator: str) -> Iterator[Counter]:
    """A ledger of 7,000 records, served."""
    fill(desk, administrator, 7_000)
    opened = Counter(desk)
    yield opened
    opened.close()


def test_a_large_export_has_every_record_once(many: Counter) -> None:
    """Over many batches, ids ascend, none is missing, and the sums are the ledger's to the last digit."""
    rows = many.rows("operator", forAdvertisers="5500001,5500002", sinceCommissionId="0", fields=MONEY)
    expected = many.desk.connection.execute(
        "SELECT count(*), sum(sign * sale_usd), sum(sign * commission_usd),"
        " -sum(sign * (commission_usd + fee_usd))"
        " FROM commission_record JOIN order_version USING (enterprise_id, original_action_id, version)"
    ).fetchone()
    ids = [int(row["commissionId"]) for row in rows]
    sums = [sum(Decimal(row[name]) for row in rows) for name in MONEY.split(",")[1:]]

    assert expected == (len(rows), *sums)
    assert ids == sorted(set(ids))
    assert 3 * reports.BATCH_LINES < len(ids)


def test_an_export_holds_a_batch_and_no_more(many: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is, an export needs the memory of a few batches."""
    monkeypatch.setattr(reports, "BATCH_LINES", 100)
    wanted = filters("advertiserCommissions", forAdvertisers=["5500001"], sinceCommissionId="0")
    fields = sorted(field_names(Side.ADVERTISER))
    under_way = export(many.desk.connection, OPERATOR, wanted, Networks(), fields, pause_s=60)
    form = JsonLines([Head(field, Kind.NESTED) for field in ("commissionId", "orderId", "coupon")])
    tracemalloc.start()
    sizes = [
        len(form.rows([records.values(name) for name in ("commissionId", "orderId", "coupon")]))  # type: ignore[misc]
        for records in under_way.batches
    ]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (50, True) == (len(sizes), sum(sizes) > 200_000)
    assert 2_000_000 > peak


def test_a_reader_who_goes_away_is_noticed(many: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it held is free again at once: more readers can go away than there are connections."""
    monkeypatch.setattr(reports, "BATCH_LINES", 1)

    def is_begun() -> bool:
        connection = HTTPConnection("127.0.0.1", many.served.port)
        headers = {"Authorization": f"Bearer {many.tokens['advertiser']}"}
        connection.request("GET", f"{EXPORT}?sinceCommissionId=0", headers=headers)
        response = connection.getresponse()
        response.read(10)
        connection.close()
        return response.status == 200

    for _ in range(READERS_MAX + 2):
        until(is_begun, seconds=4)


def test_an_export_that_breaks_off_is_seen_to_be_incomplete(
    many: Counter, administrator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database ends the session in the middle, the file is not ended as if it were whole."""
    monkeypatch.setattr(reports, "BATCH_LINES", 2)
    connection = HTTPConnection("127.0.0.1", many.served.port, timeout=20)
    connection.request(
        "GET",
        f"{EXPORT}?sinceCommissionId=0",
        headers={"Authorization": f"Bearer {many.tokens['advertiser']}"},
    )
    response = connection.getresponse()
    response.read(100)
    with psycopg.connect(administrator, autocommit=True) as admin:
        name = many.desk.connection.info.dbname
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name = 'counterfoil api'",
            (name,),
        )

    with pytest.raises(IncompleteRead):
        response.read()
    connection.close()
    until(lambda: many.export(fields="orderId").status == 200)


def test_too_many_exports_at_once_are_told_to_wait(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit the answer is 503 with the time to wait; nothing queues up."""
    monkeypatch.setattr(endpoint, "EXPORTS_MAX", 0)
    told = counter.export()

    assert (503, "5", "OVERLOADED") == (told.status, told.headers["retry-after"], error(told)["code"])


def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Waits until it holds."""
    begin = time.monotonic()
    while not holds():
        assert time.monotonic() - begin < seconds, "waited in vain"
        time.sleep(0.02)


def test_an_export_waits_for_postings_under_way(desk: Desk) -> None:
    """The moment that an export is of lies after every posting that began before it."""
    told: list[datetime] = []
    begun = Event()

    def ask() -> None:
        with psycopg.connect(desk.urls.server, autocommit=True) as connection:
            begun.set()
            told.append(reports.settled_at(connection))

    with psycopg.connect(desk.urls.server) as posting:
        posting.execute("SELECT pg_advisory_xact_lock(4100003)")
        thread = Thread(target=ask)
        thread.start()
        begun.wait()
        time.sleep(0.1)
        assert [] == told
        posting.commit()
    thread.join(timeout=10)

    assert [BEGINNING] == told


def test_restated_items_are_exported_with_their_sign(counter: Counter) -> None:
    """What lies within a record is that of the API, reversals included."""
    sold = items(("X-1", "50.00", 2))
    post(counter.desk, create("A-1", 402, items=sold), restate("A-1", 402, items=items(("X-1", "50.00", 1))))
    quantities = [each["items"][0]["quantity"] for each in counter.objects(fields="items")]

    assert [2, -2, 1] == quantities
