"""Orders from rows: what is sent of a row, and when it is not.

Owns templates, counting, forms and bad rows. Leaves files to test_files.py.
"""

from typing import Any

import pytest

from counterfoil.sending import BadRow, Fixed, read_mapping
from counterfoil.sending.orders import Order, Row, orders_from

FIXED = Fixed(enterprise_id="1500001", action_tracker_id=401)
COMMON = {"enterpriseId": "1500001", "actionTrackerId": 401}


def made(header: str, maps: list[str], *lines: str, fixed: Fixed = FIXED) -> list[Order | BadRow]:
    """What becomes of rows of a file with this header; cells are parted by `|`."""
    names = header.split("|")
    rows = [Row(n, n + 1, line.split("|")) for n, line in enumerate(lines, start=1)]
    return list(orders_from(rows, read_mapping(maps, names), fixed))


def sent(header: str, maps: list[str], *lines: str, fixed: Fixed = FIXED) -> list[dict[str, Any]]:
    """The fields of the orders, which all have to be good."""
    return [each.fields for each in made(header, maps, *lines, fixed=fixed) if isinstance(each, Order)]


def bad(header: str, maps: list[str], line: str) -> BadRow:
    """The one bad row that comes of a line."""
    (row,) = made(header, maps, line)
    assert isinstance(row, BadRow)
    return row


def test_every_field_goes_to_its_place_on_the_wire() -> None:
    """All fields of the command line arrive under the names of the Tracking API."""
    header = "id|time|sum|off|code|cur|click|sid|ad|prop|sku|price|count|less|status|till"
    maps = [
        "order_id=id", "event_time=time", "amount=sum", "discount=off", "coupon=code", "currency=cur",
        "cj_event=click", "sid=sid", "ad_id=ad", "property_id=prop", "item_sku=sku", "item_unit_price=price",
        "item_quantity=count", "item_discount=less", "vertical.customerStatus=status", "custom.till no=till",
    ]  # fmt: skip
    line = "A-1|2026-03-01T10:00:00Z|120.00|12|SPRING|EUR|ev9|news|31001|52001|SKU1|50.00|2|5.00|New|4"

    assert [
        {
            **COMMON,
            "orderId": "A-1",
            "eventTime": "2026-03-01T10:00:00Z",
            "amount": "120.00",
            "discount": "12",
            "coupon": "SPRING",
            "currency": "EUR",
            "cjEvent": "ev9",
            "sid": "news",
            "adId": 31001,
            "promotionalPropertyId": 52001,
            "items": [{"sku": "SKU1", "unitPrice": "50.00", "quantity": 2, "discount": "5.00"}],
            "verticalParameters": {"customerStatus": "New"},
            "customParameters": [{"name": "till no", "value": "4"}],
        }
    ] == sent(header, maps, line)


@pytest.mark.parametrize("amount", ["0", "0.00", "12.50", "007.10", "12345678901234567890.123456789"])
def test_an_amount_passes_as_the_text_it_was(amount: str) -> None:
    """No digit of an amount is lost or added on the way."""
    assert [amount] == [
        order["amount"] for order in sent("id|sum", ["order_id=id", "amount=sum"], f"A|{amount}")
    ]


def test_equal_results_of_a_template_are_counted_in_file_order() -> None:
    """`{n}` is 1 for the first row of a kind, 2 for the next, whatever stands between them."""
    orders = sent("who|day", ["order_id=C-{who}-{day}-{n}"], "7|mon", "8|mon", "7|mon", "7|tue", "7|mon")

    assert ["C-7-mon-1", "C-8-mon-1", "C-7-mon-2", "C-7-tue-1", "C-7-mon-3"] == [o["orderId"] for o in orders]


def test_counting_looks_at_the_place_of_the_number() -> None:
    """Results are equal only with the place left open: a `1` in a row is not mistaken for a number."""
    orders = sent("a|b", ["order_id={a}{n}{b}"], "1|2", "12|", "1|2")

    assert ["112", "121", "122"] == [order["orderId"] for order in orders]


def test_each_template_counts_for_itself() -> None:
    """Two fields with the same template see the same numbers."""
    orders = sent("who", ["order_id={who}-{n}", "sid={who}-{n}"], "7", "7")

    assert [("7-1", "7-1"), ("7-2", "7-2")] == [(order["orderId"], order["sid"]) for order in orders]


def test_a_bad_row_is_counted_like_any_other() -> None:
    """Correcting a row later does not rename the orders after it."""
    first, second = made("who|sum", ["order_id={who}-{n}", "amount=sum"], "7|oops", "7|1.00")

    assert isinstance(first, BadRow)
    assert isinstance(second, Order)
    assert "7-2" == second.fields["orderId"]


def test_a_column_called_n_is_still_a_column() -> None:
    """Without braces `n` is a column's name; with them it is the count."""
    assert [("9", "1")] == [(o["orderId"], o["sid"]) for o in sent("n", ["order_id=n", "sid={n}"], "9")]


def test_doubled_braces_are_braces_and_quotes_make_a_constant() -> None:
    """Text can be written that would otherwise be read as a column."""
    assert [("{7}", "New")] == [
        (order["orderId"], order["verticalParameters"]["customerStatus"])
        for order in sent("who", ["order_id={{{who}}}", "vertical.customerStatus='New'"], "7")
    ]


def test_an_empty_cell_leaves_its_field_out() -> None:
    """What is optional and empty is not sent, and what is common to all orders holds."""
    fixed = Fixed(enterprise_id="1500001", action_tracker_id=401, ad_id=5, property_id=6, currency="USD")
    maps = ["order_id=id", "coupon=code", "currency=cur", "vertical.brand=code", "custom.c=code"]

    assert [
        {**COMMON, "adId": 5, "promotionalPropertyId": 6, "currency": "USD", "orderId": "A"},
        {**COMMON, "adId": 5, "promotionalPropertyId": 6, "currency": "EUR", "orderId": "B"},
    ] == sent("id|code|cur", maps, "A||", "B||EUR", fixed=fixed)


def test_a_row_without_an_item_is_sent_without_one() -> None:
    """Where all cells of an item are empty the order has none."""
    maps = ["order_id=id", "item_sku=sku", "item_unit_price=price", "item_quantity=count"]

    assert [{**COMMON, "orderId": "A"}] == sent("id|sku|price|count", maps, "A|||")
    assert "price" == bad("id|sku|price|count", maps, "A|SKU||1").column


DECIMALS = "Write digits with a point, such as 12.50."
INSTANTS = "Write 2026-03-01 or 2026-03-01T10:00:00Z."
CELLS = "Write a cell for each column, in quotes if there is a comma in it."


@pytest.mark.parametrize(
    ("line", "column", "value", "sentence", "remedy"),
    [
        ("|1|2026-03-01|1", "id", "", "the order id is empty.", "Give every order an id of its own."),
        ("A|12,50|2026-03-01|1", "sum", "12,50", "'12,50' is not a decimal.", "Write 12.50."),
        ("A|-1|2026-03-01|1", "sum", "-1", "'-1' is not a decimal.", DECIMALS),
        ("A|1e3|2026-03-01|1", "sum", "1e3", "'1e3' is not a decimal.", DECIMALS),
        ("A|١|2026-03-01|1", "sum", "١", "'١' is not a decimal.", DECIMALS),
        (
            "A|1|01.03.2026|1", "day", "01.03.2026",
            "'01.03.2026' is not a date, or a date-time with a zone.", INSTANTS,
        ),
        (
            "A|1|2026-03-01T10:00:00|1", "day", "2026-03-01T10:00:00",
            "'2026-03-01T10:00:00' is not a date, or a date-time with a zone.",
            INSTANTS,
        ),
        ("A|1|2026-03-01|1.0", "ad", "1.0", "'1.0' is not a whole number.", "Write digits, such as 3."),
        (
            "A|1|2026-03-01|2147483648", "ad", "2147483648",
            "'2147483648' is not a whole number.", "Write digits, such as 3.",
        ),
        (
            "A|1|2026-03-01", "ad", "", "the row has 3 cells and the header 4.",
            CELLS,
        ),
        (
            "A|1|2026-03-01|1|more", "after ad", "more", "the row has 5 cells and the header 4.",
            CELLS,
        ),
    ],
)  # fmt: skip
def test_a_bad_row_says_what_is_wrong_and_where(
    line: str, column: str, value: str, sentence: str, remedy: str
) -> None:
    """What would refuse a whole batch is found before, with line, column, value and remedy."""
    maps = ["order_id=id", "amount=sum", "event_time=day", "ad_id=ad"]

    assert BadRow(1, 2, column, value, sentence, remedy) == bad("id|sum|day|ad", maps, line)


def test_a_wrong_value_is_shown_short() -> None:
    """A long cell does not fill the screen."""
    assert 40 == len(bad("id|sum", ["order_id=id", "amount=sum"], f"A|{'x' * 5000}").value)
