"""Lists of orders as text, good ones and borderline ones, written as JSON and as literals of a document.

Owns the values and both ways to write them. Judges nothing. Next: test_typed_decoding.py.
"""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from counterfoil.capture.tracking.columns import NAME_MARK, NUMBER_MARK
from counterfoil.model.orders import Kind

INPUTS = {
    Kind.CREATE: "OrderCreateRequest",
    Kind.RESTATE: "OrderRestateRequest",
    Kind.CANCEL: "OrderCancelRequest",
}


class Name(NamedTuple):
    """An enum or another bare name of a document."""

    text: str


class Number(NamedTuple):
    """A number, as its digits."""

    text: str


class Object(NamedTuple):
    """An object: its members in order, names may repeat."""

    members: list[tuple[str, Any]]


def json_text(value: object, gap: str = "") -> str:
    """The value as JSON; a bare name is a string there."""
    match value:
        case Name(text):
            return json.dumps(text)
        case Number(text):
            return text
        case Object(members):
            pairs = (f"{gap}{json.dumps(name)}{gap}:{gap}{json_text(each, gap)}" for name, each in members)
            return "{" + ",".join(pairs) + gap + "}"
        case list():
            return "[" + ",".join(gap + json_text(each, gap) for each in value) + gap + "]"
        case _:
            return json.dumps(value)


def marked_text(value: object) -> str:
    """The value as the reader of literals hands it over."""
    match value:
        case Name(text):
            return json.dumps(NAME_MARK + text)
        case Number(text):
            is_short_int = re.fullmatch("-?[0-9]{1,18}", text)
            return text if is_short_int else json.dumps(NUMBER_MARK + text)
        case Object(members):
            return "{" + ",".join(f"{json.dumps(name)}:{marked_text(each)}" for name, each in members) + "}"
        case list():
            return "[" + ",".join(map(marked_text, value)) + "]"
        case _:
            return json.dumps(value)


def literal_text(value: object) -> str:
    """The value as a literal of a document."""
    match value:
        case Name(text) | Number(text):
            return text
        case Object(members):
            return "{" + ", ".join(f"{name}: {literal_text(each)}" for name, each in members) + "}"
        case list():
            return "[" + ", ".join(map(literal_text, value)) + "]"
        case _:
            return json.dumps(value)


NUMBERS = ("0", "7", "12.50", "0.00", "399.9", "1e-05", "2147483647", "123456789012345.12345678901234567890")
ODD_NUMBERS = (
    *("-0", "-1", "-0.0", "2147483648", "1e999", "1e15", "1E+2", "3.0", "3e0", "9007199254740993"),
    *("1234567890123456", "999999999999999999", "1000000000000000000", "12345678901234567890"),
    *("0." + "1" * 21, "1" * 1001),
)
DECIMALS = ("0", "1.50", "100.00", "12", "007.10", "0.00000")
ODD_TEXTS = (
    *("", " 1", "1 ", "1\n", "1\n2", "1_000", "NaN", "Infinity", "+1", "-1", "1e5", ".5", "1.", "0x1"),
    *("\u0663", "\uff11", "\x00", "\ud800", "\U0001f600", 'a\\b"c', "x-0, ", "12:00"),
    *("Retail", "Pending\n", "pending", "true", "null"),
)
INSTANTS = (
    *("2026-03-01", "2026-03-01T12:13:14Z", "2026-03-01T12:13:14.000Z", "2026-03-01T12:13:14.123456789Z"),
    *("2026-03-01T01:01:01.0-07:00", "2024-02-29T10:00+01", "2026-03-31t10:00:00.5z"),
    "2026-12-31T23:59:59+0530",
)
ODD_INSTANTS = (
    *("2026-02-30", "2026-02-29T10:00:00Z", "2026-13-01T10:00:00Z", "2026-3-1", "\uff12026-03-01"),
    *("2026-03-01T10:00:00", "2026-03-01T24:00:00Z", "2026-03-01T10:00:60Z", "2026-03-01T10:00:00Z\n"),
    *("0000-01-01", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"),
    "2026-03-01T10:00:00.1234567891Z",
)
ODD_THINGS: tuple[Any, ...] = (
    *(None, True, False, Name("Pending"), Name("pending"), Name("Retail"), Name("Other")),
    *([], [None], ["1"], Object([]), Object([("a", None)])),
)
_ODD = (ODD_THINGS, ODD_TEXTS, ODD_INSTANTS, tuple(map(Number, ODD_NUMBERS + NUMBERS)), DECIMALS, INSTANTS)
_STATUSES = {Kind.CANCEL: ("Declined",), Kind.RESTATE: ("Pending", "Accepted")}


class Writer:
    """Makes up orders; of a hundred values, `odd` are borderline ones."""

    def __init__(self, random: Random, odd: int = 0) -> None:
        self._random = random
        self._odd = odd

    def orders(self, kind: Kind) -> list[Any]:
        """A list of up to four orders."""
        return [self._perhaps_odd(lambda: self._order(kind)) for _ in range(self._random.randrange(5))]

    def _perhaps_odd(self, usual: Callable[[], Any]) -> Any:
        if self._random.randrange(100) >= self._odd:
            return usual()
        return self._random.choice(self._random.choice(_ODD))

    def _leaf(self, *usual: Any) -> Any:
        return self._perhaps_odd(lambda: self._random.choice(usual))

    def _text(self) -> Any:
        letters = 'aZ9-_/ \u00e9\u20ac\U0001f600"\\\n{}[]:,#$'
        return self._leaf("".join(self._random.choices(letters, k=self._random.randrange(6))), "A-1", "USD")

    def _id(self) -> Any:
        return self._leaf("7001", "ev9", Number("7001"), Number("7002"))

    def _decimal(self) -> Any:
        return self._leaf(*DECIMALS, *map(Number, NUMBERS))

    def _number(self) -> Any:
        return self._leaf(Number("0"), Number("4711"), Number("2147483647"))

    def _object(self, required: dict[str, Any], optional: dict[str, Callable[[], Any]]) -> Object:
        given = list(required.items())
        for name, value in optional.items():
            if self._random.randrange(3):
                given.append((name, None if self._random.randrange(9) == 0 else value()))
        self._random.shuffle(given)
        if given and self._random.randrange(400) < self._odd:
            name, _ = self._random.choice(given)
            given.append(self._random.choice([("foo", "x"), (name, self._text()), (name, self._decimal())]))
        if given and self._random.randrange(400) < self._odd:
            del given[0]
        return Object(given)

    def _list(self, element: Callable[[], Any]) -> list[Any]:
        return [self._perhaps_odd(element) for _ in range(self._random.randrange(4))]

    def _item(self) -> Object:
        needed = {"unitPrice": self._decimal(), "quantity": self._number(), "sku": self._text()}
        return self._object(needed, {"discount": self._decimal})

    def _pair(self) -> Object:
        return self._object({"name": self._text(), "value": self._text()}, {})

    def _bypass(self) -> Object:
        return self._object({"name": self._text(), "timestamp": self._leaf(*INSTANTS)}, {})

    def _verticals(self) -> Object:
        vertical = lambda: self._leaf(Name("Retail"), Name("NetworkServices"))  # noqa: E731
        texts = dict.fromkeys(("customerStatus", "class", "quantity"), self._text)
        return self._object({}, texts | {"advertiserVertical": vertical})

    def _ids(self) -> Object:
        return self._object({}, dict.fromkeys(("universalTagCjUser", "userId", "emailHash"), self._text))

    def _order(self, kind: Kind) -> Object:
        needed = {"enterpriseId": self._id(), "actionTrackerId": self._number(), "orderId": self._text()}
        stated: dict[str, Callable[[], Any]] = {
            "cjEvent": self._id,
            "amount": self._decimal,
            "discount": self._decimal,
            "coupon": self._text,
            "currency": self._text,
            "items": lambda: self._perhaps_odd(lambda: self._list(self._item)),
            "customParameters": lambda: self._perhaps_odd(lambda: self._list(self._pair)),
            "verticalParameters": lambda: self._perhaps_odd(self._verticals),
            "bypassChannel": lambda: self._perhaps_odd(self._bypass),
        }
        changed: dict[str, Callable[[], Any]] = {
            "correctionReason": lambda: self._leaf(Name("BadDebt"), Name("Other")),
            "status": lambda: self._leaf(*map(Name, _STATUSES[kind])),
        }
        if kind is Kind.CREATE:
            numbers = dict.fromkeys(("adId", "promotionalPropertyId"), self._number)
            texts = {"sid": self._text, "eventTime": lambda: self._leaf(*INSTANTS), "ids": self._ids}
            return self._object(needed, stated | numbers | texts)
        needed["updateTime"] = self._leaf(*INSTANTS)
        return self._object(needed, changed if kind is Kind.CANCEL else stated | changed)
