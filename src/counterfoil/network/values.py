"""Values: how each kind of value in a network file is read.

Owns the reading of one TOML value into one of ours, with the sentence for what is no such value. Knows no
tables and no places. Next: shape.py, which says what stands under which key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from counterfoil.money import CURRENCIES

Reader = Callable[[Any], Any]

BIGGEST_ID = 2**63 - 1
BIGGEST_ORDER_ID = 2**31 - 1
"""What an order can name: `NonNegativeInt` of the Tracking API ends here."""

LONGEST_NAME = 255
LONGEST_DESCRIPTION = 2000
LONGEST_SKU = 100

# As many digits as an order may send (D39).
_AMOUNT = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,20}))?")
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class Wrong(Exception):
    """The value, or the key of a table, that cannot be what the file says it is."""

    def __init__(self, sentence: str, remedy: str, key: str = "") -> None:
        """`sentence` goes on where the path ends; `key` is given where a whole table is judged."""
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.key = key


class Bare(Struct, frozen=True):
    """A number with a point or an exponent, as written without quotes; never a float."""

    text: str


def shown(value: object) -> str:
    """The value as the file might write it, shortened."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"' if len(value) <= 40 else f'"{value[:40]}…"'
        case Bare():
            return value.text
        case dict():
            return "a table"
        case list():
            return "an array"
        case _:
            return str(value)[:60]


def nearest(word: str, known: Collection[str], otherwise: str) -> str:
    """The remedy for a word that is none of the known ones."""
    close = get_close_matches(word, known, n=1)
    return f"did you mean `{close[0]}`?" if close else otherwise


def whole_number(low: int, high: int) -> Reader:
    """Reads a whole number from `low` to `high`."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(f"must be a whole number, not {shown(value)}", "write it in digits, without quotes")
        if not low <= value <= high:
            raise Wrong(
                f"is {shown(value)}, outside {low} to {high}", f"choose a number from {low} to {high}"
            )
        return value

    return read


def count_or_unlimited(value: Any) -> int | None:
    """A whole number from 1, or `None` for `unlimited`."""
    if value == "unlimited":
        return None
    if isinstance(value, str):
        raise Wrong(
            f'must be a whole number or "unlimited", not {shown(value)}', 'write `1` or `"unlimited"`'
        )
    number: int = whole_number(1, BIGGEST_ORDER_ID)(value)
    return number


def yes_or_no(value: Any) -> bool:
    """`true` or `false`."""
    if not isinstance(value, bool):
        raise Wrong(f"must be true or false, not {shown(value)}", "write `true` or `false`, without quotes")
    return value


def text(longest: int, *, may_be_empty: bool = False) -> Reader:
    """Reads a line of text of at most `longest` characters, without control characters or outer blanks."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise Wrong(f"must be text, not {shown(value)}", "put it in double quotes")
        if not value.strip() and not may_be_empty:
            raise Wrong("is empty", "write at least one character")
        if len(value) > longest:
            raise Wrong(f"has {len(value)} characters, more than {longest}", "shorten it")
        if not value.isprintable() or value != value.strip():
            raise Wrong("has a control character, or a blank at an end", "remove it")
        return value

    return read


name = text(LONGEST_NAME)
description = text(LONGEST_DESCRIPTION, may_be_empty=True)
sku = text(LONGEST_SKU)


def one_of(words: Collection[str]) -> Reader:
    """Reads one of the given words, exactly."""

    def read(value: Any) -> str:
        listed = ", ".join(f'"{word}"' for word in words)
        if not isinstance(value, str):
            raise Wrong(f"must be text, not {shown(value)}", f"write one of {listed}")
        if value not in words:
            in_lower_case = {word.lower(): word for word in words}
            close = get_close_matches(value.lower(), in_lower_case, n=1)
            raise Wrong(
                f"is {shown(value)}, which is none of {listed}",
                f'did you mean "{in_lower_case[close[0]]}"?' if close else f"write one of {listed}",
            )
        return value

    return read


def list_of(read_each: Reader, *, may_be_empty: bool = True) -> Reader:
    """Reads an array, each element by `read_each`, none twice."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Wrong(f"must be an array, not {shown(value)}", "put it in brackets: [ … ]")
        if not value and not may_be_empty:
            raise Wrong("is empty", "write at least one element, or leave the key out")
        elements = []
        for index, each in enumerate(value):
            try:
                elements.append(read_each(each))
            except Wrong as wrong:
                raise Wrong(f"element {index} {wrong.sentence}", wrong.remedy) from wrong
        seen: set[object] = set()
        for element in elements:
            if element in seen:
                raise Wrong(f"has {shown(element)} twice", "keep one of them")
            seen.add(element)
        return tuple(elements)

    return read


def amount(value: Any) -> Decimal:
    """An exact number of at least 0, given as a whole number, with a point, or as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        written = str(value)
    elif isinstance(value, Bare):
        written = value.text.replace("_", "").removeprefix("+")
    elif isinstance(value, str):
        written = value
    else:
        raise Wrong(f"must be a number, not {shown(value)}", 'write it as 8, 8.5 or "8.50"')
    match = _AMOUNT.fullmatch(written)
    if match is None:
        if written.startswith("-"):
            raise Wrong(f"is {shown(value)}, below zero", "write an amount of 0 or more")
        raise Wrong(
            f"must be a plain number of at most 15 digits and 20 decimals, not {shown(value)}",
            'write it as 8, 8.5 or "8.50", without a sign, an exponent, blanks or a unit',
        )
    before, after = match.group(1), (match.group(2) or "").rstrip("0")
    # One spelling for each number, so that 8 and "8.00" are the same rate and no change of terms.
    return Decimal(f"{before}.{after}") if after else Decimal(before)


def amount_above_zero(value: Any) -> Decimal:
    """An exact number above 0."""
    number = amount(value)
    if number == 0:
        raise Wrong("is 0", "write an amount above 0")
    return number


def instant(value: Any) -> datetime:
    """A moment: a date is midnight UTC, a date-time needs its offset."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Wrong(f"is {shown(value)}, without a zone", "add the offset: 2026-03-01T10:00:00Z")
        if not 1970 <= value.year < 9999:
            raise Wrong(f"is in the year {value.year}", "choose a year from 1970 to 9998")
        return value.astimezone(UTC)
    moment = day(value)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


def day(value: Any) -> date:
    """A date of the calendar in UTC."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Wrong(f"must be a date, not {shown(value)}", "write it without quotes: 2026-03-01")
    if not 1970 <= value.year < 9999:
        raise Wrong(f"is in the year {value.year}", "choose a year from 1970 to 9998")
    return value


def currency(value: Any) -> str:
    """An ISO 4217 code."""
    if not isinstance(value, str) or value not in CURRENCIES:
        in_capitals = str(value).upper()
        remedy = f'write "{in_capitals}"' if in_capitals in CURRENCIES else 'write a code such as "USD"'
        raise Wrong(f"is {shown(value)}, which is no currency of ISO 4217", remedy)
    return value


def rates_per_euro(value: Any) -> dict[str, Decimal]:
    """How many units of each currency one euro is worth."""
    if not isinstance(value, dict) or not value:
        raise Wrong("must be a table of currencies", 'write it as { USD = "1.10", GBP = "0.88" }')
    rates = {}
    for code, rate in value.items():
        if currency(code) == "EUR":
            raise Wrong("names EUR, and one euro is always one euro", "remove EUR")
        try:
            rates[code] = amount_above_zero(rate)
        except Wrong as wrong:
            raise Wrong(f"for {code} {wrong.sentence}", wrong.remedy) from wrong
    return rates


def host(value: Any) -> str:
    """A host that links may lead to, `*.` in front for all below it; without case."""
    if not isinstance(value, str) or len(value) > 253 or not _HOST.fullmatch(value.lower()):
        raise Wrong(
            f"must be a host, not {shown(value)}",
            'write the bare name, "shop.example" or "*.shop.example", in ASCII, without https:// and path',
        )
    return value.lower()


def web_address(value: Any) -> str:
    """An absolute address of a page, `https://` or `http://`."""
    remedy = 'write the whole address: "https://shop.example/"'
    if not isinstance(value, str) or not value.isprintable() or " " in value or len(value) > 2000:
        raise Wrong(f"must be a web address, not {shown(value)}", remedy)
    try:
        parts = urlsplit(value)
        host_name = parts.hostname
    except ValueError:
        raise Wrong(f"must be a web address, not {shown(value)}", remedy) from None
    if parts.scheme not in ("https", "http") or not host_name or "@" in parts.netloc or "\\" in value:
        raise Wrong(f"must be a web address, not {shown(value)}", remedy)
    return value


def coupon_code(value: Any) -> str:
    """A coupon's code; a comma would part two codes (D68)."""
    code: str = name(value)
    if "," in code:
        raise Wrong(f"is {shown(code)}, with a comma", "write one table for each code")
    return code


def alternatives(value: Any) -> tuple[str | int | bool, ...]:
    """One value or an array of them, each text, a whole number, or true or false."""
    values = value if isinstance(value, list) else [value]
    for each in values:
        if not isinstance(each, str | int):
            raise Wrong(f"must be text or a whole number, not {shown(each)}", "put it in double quotes")
        if isinstance(each, str):
            name(each)
    if not values:
        raise Wrong("is empty", "write at least one value")
    return tuple(values)
